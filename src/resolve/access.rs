//! What an Access document means.

use super::user::{OwnProjects, Person};
use super::{Resolved, anchored, local, name};
use crate::diagnostic::Diagnostics;
use crate::model::address::{Address, KeycloakKind};
use crate::model::declared::{At, Declared};
use crate::spec::grant::DEFAULT_DOMAIN;
use crate::spec::{Document, access};

/// Adds what the document declares to `resolved`, whose realms are known by now.
pub(super) fn resolve(document: Document<access::Access>, resolved: &mut Resolved, diagnostics: &mut Diagnostics) {
    let at = document.at();
    let Document { name: _, spec, origin: _, directory } = document;
    let access::Access { environment: _, realm, projects, users, keystone } = spec;
    let Some(site) = resolved.realms.iter().find(|site| site.name == realm) else { return };
    let realm = site.realm.clone();
    let grant_attribute = site.grant_attribute.clone();
    let own = OwnProjects::new(projects.iter().map(|project| (domain(project), project.name.as_str())));
    for (index, project) in projects.into_iter().enumerate() {
        declare_project(project, at.field("projects").entry(index), resolved, diagnostics);
    }
    local::resolve(keystone, &own, &directory, &at.field("keystone"), resolved, diagnostics);
    let profile = Address::keycloak(&realm, KeycloakKind::UserProfile, []);
    let profile = resolved.user_profiles.iter().map(|declared| &declared.address).find(|address| **address == profile);
    let requires: Vec<Address> = profile.cloned().into_iter().collect();
    for (index, mut user) in users.into_iter().enumerate() {
        let at = at.field("users").entry(index);
        let username = user.username.to_lowercase();
        name::check(&username, name::USERNAME, &at.field("username"), diagnostics);
        user.initial_password = user.initial_password.map(|reference| anchored(&reference, &directory));
        let grants = user.grants.as_deref().map(|grants| own.grants(grants, &at.field("grants"), diagnostics));
        let address = Address::keycloak(&realm, KeycloakKind::User, [username.as_str()]);
        let value = Person { user, grants, grant_attribute: grant_attribute.clone(), requires: requires.clone() };
        resolved.users.push(Declared { address, at, value });
    }
}

fn declare_project(project: access::Project, at: At, resolved: &mut Resolved, diagnostics: &mut Diagnostics) {
    let domain = domain(&project);
    name::check(&project.name, name::KEYSTONE, &at.field("name"), diagnostics);
    name::check(domain, name::KEYSTONE, &at.field("domain"), diagnostics);
    if let Some(parent) = &project.parent {
        name::check(parent, name::KEYSTONE, &at.field("parent"), diagnostics);
    }
    let address = Address::project(domain, &project.name);
    resolved.projects.push(Declared { address, at, value: project });
}

fn domain(project: &access::Project) -> &str {
    project.domain.as_deref().unwrap_or(DEFAULT_DOMAIN)
}
