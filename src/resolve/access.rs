//! What an Access document means.

use std::path::PathBuf;

use super::grants::OwnProjects;
use super::user::Person;
use super::{Resolved, anchored, attributes, group, local, name};
use crate::diagnostic::Diagnostics;
use crate::model::address::{Address, KeycloakKind};
use crate::model::declared::{At, Declared};
use crate::spec::grant::DEFAULT_DOMAIN;
use crate::spec::short::Short;
use crate::spec::{Document, Ensure, Mode, access};

/// The longest values that Keycloak stores as an attribute of a group, and of a user (seen on 26.0 and 26.7).
const LONGEST_OF_GROUP: usize = 255;
const LONGEST_OF_USER: usize = 2048;

/// The attributes of a user that Keycloak keeps beside the others.
const OWN_WORDS: [(&str, &str); 4] =
    [("username", "username"), ("email", "email"), ("firstName", "firstName"), ("lastName", "lastName")];

/// What all people and groups of a document have in common.
struct Tenant {
    realm: String,
    grant_attribute: String,
    /// The projects that the document declares.
    own: OwnProjects,
    directory: PathBuf,
}

/// Adds what the document declares to `resolved`, whose realms are known by now.
pub(super) fn resolve(document: Document<access::Access>, resolved: &mut Resolved, diagnostics: &mut Diagnostics) {
    let at = document.at();
    let Document { name: _, spec, origin: _, directory } = document;
    let access::Access { environment: _, realm, projects, groups, users, keystone, modes } = spec;
    resolved.modes.of_access(modes, keystone.modes, &at);
    let Some(site) = resolved.realms.iter().find(|site| site.name == realm) else { return };
    let tenant = Tenant {
        realm: site.realm.clone(),
        grant_attribute: site.grant_attribute.clone(),
        own: OwnProjects::new(projects.iter().map(|project| (domain(project), project.name.as_str()))),
        directory,
    };
    for (index, project) in projects.into_iter().enumerate() {
        declare_project(project, at.field("projects").entry(index), resolved, diagnostics);
    }
    local::resolve(keystone, &tenant.own, &tenant.directory, &at.field("keystone"), resolved, diagnostics);
    for (index, group) in groups.into_iter().enumerate() {
        declare_group(group, at.field("groups").entry(index), &tenant, resolved, diagnostics);
    }
    for (index, user) in users.into_iter().enumerate() {
        declare_user(user, at.field("users").entry(index), &tenant, resolved, diagnostics);
    }
}

fn declare_group(
    group: access::Group,
    at: At,
    tenant: &Tenant,
    resolved: &mut Resolved,
    diagnostics: &mut Diagnostics,
) {
    let Some(names) = group::names(&group.path, &at.field("path"), diagnostics) else { return };
    let words = [(tenant.grant_attribute.as_str(), "grants")];
    let rule = attributes::Rule { longest: LONGEST_OF_GROUP, words: &words };
    attributes::check(group.attributes.as_ref(), &rule, &at.field("attributes"), diagnostics);
    for (index, Short(member)) in group.members.iter().enumerate() {
        let at = at.field("members").entry(index);
        let username = member.username.to_lowercase();
        name::check(&username, name::USERNAME, &at, diagnostics);
        declare_membership(tenant, &names, &username, member.ensure, at, resolved);
    }
    let grants = group.grants.as_deref();
    let grants = grants.map(|grants| tenant.own.grants(grants, LONGEST_OF_GROUP, &at.field("grants"), diagnostics));
    let address = Address::keycloak(&tenant.realm, KeycloakKind::Group, names.iter().map(String::as_str));
    let value = group::Group { group, grants, grant_attribute: tenant.grant_attribute.clone() };
    resolved.groups.push(Declared { address, at, value });
}

fn declare_user(
    mut user: access::User,
    at: At,
    tenant: &Tenant,
    resolved: &mut Resolved,
    diagnostics: &mut Diagnostics,
) {
    let username = user.username.to_lowercase();
    name::check(&username, name::USERNAME, &at.field("username"), diagnostics);
    user.initial_password = user.initial_password.map(|reference| anchored(&reference, &tenant.directory));
    let words: Vec<_> = OWN_WORDS.into_iter().chain([(tenant.grant_attribute.as_str(), "grants")]).collect();
    let rule = attributes::Rule { longest: LONGEST_OF_USER, words: &words };
    attributes::check(user.attributes.as_ref(), &rule, &at.field("attributes"), diagnostics);
    for (index, Short(group)) in user.groups.iter().enumerate() {
        let at = at.field("groups").entry(index);
        if let Some(names) = group::names(&group.path, &at, diagnostics) {
            declare_membership(tenant, &names, &username, group.ensure, at, resolved);
        }
    }
    let grants = user.grants.as_deref();
    let grants = grants.map(|grants| tenant.own.grants(grants, LONGEST_OF_USER, &at.field("grants"), diagnostics));
    let profile = Address::keycloak(&tenant.realm, KeycloakKind::UserProfile, []);
    let looked_at = |declared: &&Declared<_>| resolved.modes.of(&declared.at) != Mode::Ignore;
    let profile = resolved.user_profiles.iter().filter(looked_at).find(|declared| declared.address == profile);
    let requires: Vec<Address> = profile.map(|declared| declared.address.clone()).into_iter().collect();
    let address = Address::keycloak(&tenant.realm, KeycloakKind::User, [username.as_str()]);
    let value = Person { user, grants, grant_attribute: tenant.grant_attribute.clone(), requires };
    resolved.users.push(Declared { address, at, value });
}

fn declare_membership(
    tenant: &Tenant,
    group: &[String],
    username: &str,
    ensure: Ensure,
    at: At,
    resolved: &mut Resolved,
) {
    let names = group.iter().map(String::as_str).chain([username]);
    let address = Address::keycloak(&tenant.realm, KeycloakKind::Membership, names);
    resolved.memberships.push(Declared { address, at, value: group::Membership { ensure } });
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
