//! What an Access document means.

use std::path::PathBuf;

use super::grants::OwnProjects;
use super::role::Listed;
use super::role_mapping::Held;
use super::user::Person;
use super::{Resolved, anchored, attributes, group, local, name};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::model::address::{Address, KeycloakKind};
use crate::model::declared::{At, Declared};
use crate::model::path::Path;
use crate::model::value::Key;
use crate::model::wanted::{self, Sweep, Swept};
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
    let access::Access { environment: _, realm, projects, groups, users, keystone, authoritative, modes } = spec;
    resolved.modes.of_access(modes, keystone.modes, &at);
    let Some(site) = resolved.realms.iter().find(|site| site.name == realm) else { return };
    let tenant = Tenant {
        realm: site.realm.clone(),
        grant_attribute: site.grant_attribute.clone(),
        own: OwnProjects::new(projects.iter().map(|project| (domain(project), names_of(project)))),
        directory,
    };
    if authoritative.contains(&access::Authoritative::Grants) {
        sweep_grants(&projects, &at, &tenant, resolved, diagnostics);
    }
    let stays = projects.iter().filter(|project| project.ensure != Ensure::Absent);
    let own: Vec<Address> = stays.map(|project| Address::project(domain(project), &project.name)).collect();
    for (index, project) in projects.into_iter().enumerate() {
        declare_project(project, at.field("projects").entry(index), resolved, diagnostics);
    }
    local::sweep_assignments(&keystone, &own, &at, resolved, diagnostics);
    local::resolve(keystone, &tenant.own, &tenant.directory, &at, resolved, diagnostics);
    for (index, group) in groups.into_iter().enumerate() {
        declare_group(group, at.field("groups").entry(index), &tenant, resolved, diagnostics);
    }
    for (index, user) in users.into_iter().enumerate() {
        declare_user(user, at.field("users").entry(index), &tenant, resolved, diagnostics);
    }
}

/// Has users and groups of the realm searched for grants that the document does not list.
fn sweep_grants(
    projects: &[access::Project],
    at: &At,
    tenant: &Tenant,
    resolved: &mut Resolved,
    diagnostics: &mut Diagnostics,
) {
    let place = at.field("authoritative");
    let Some(first) = projects.first() else {
        let diagnostic = Diagnostic::error(place.source(), "there are no projects whose grants this could be about");
        return diagnostics
            .push(diagnostic.help("the grants on the `projects` of the document are meant: declare some"));
    };
    let address = Address::project(domain(first), &first.name);
    for (kind, section) in [(KeycloakKind::User, "users"), (KeycloakKind::Group, "groups")] {
        let mode = match resolved.modes.of(&at.field(section)) {
            Mode::Manage => wanted::Mode::Manage,
            Mode::Verify => wanted::Mode::Verify,
            Mode::Ignore => continue,
        };
        let value = Sweep {
            realm: tenant.realm.clone(),
            kind,
            of: Swept::Items {
                word: "grants".to_owned(),
                path: Path::new(["attributes", &tenant.grant_attribute]),
                by: Key::Grant,
                keys: tenant.own.keys(),
            },
            mode,
            source: place.source(),
        };
        resolved.sweeps.push(Declared { address: address.clone(), at: at.clone(), value });
    }
}

/// Has all grants of one holder looked at: those that nobody lists go. Some may name their domains by id, so that Keystone
/// is asked for the names of all.
fn sweep_grants_of(holder: &Address, at: &At, tenant: &Tenant, resolved: &mut Resolved) {
    let Address::Keycloak { realm, kind, .. } = holder else { return };
    let mode = match resolved.modes.of(at) {
        Mode::Manage => wanted::Mode::Manage,
        Mode::Verify => wanted::Mode::Verify,
        Mode::Ignore => return,
    };
    let of = Swept::List {
        of: holder.clone(),
        word: "grants".to_owned(),
        path: Path::new(["attributes", &tenant.grant_attribute]),
        by: Key::Grant,
    };
    let value = Sweep { realm: realm.clone(), kind: *kind, of, mode, source: at.field("authoritative").source() };
    let address = Address::domain(DEFAULT_DOMAIN);
    resolved.sweeps.push(Declared { address, at: at.clone(), value });
}

/// Complains about grants on projects of which another document says that it knows all of them.
pub(super) fn contested(resolved: &Resolved, diagnostics: &mut Diagnostics) {
    for Declared { at: document, value: sweep, .. } in &resolved.sweeps {
        let Swept::Items { keys, .. } = &sweep.of else { continue };
        let users = resolved.users.iter().map(|user| (&user.address, &user.at, &user.value.grants));
        let groups = resolved.groups.iter().map(|group| (&group.address, &group.at, &group.value.grants));
        for (address, at, grants) in users.chain(groups) {
            let of_it = matches!(address, Address::Keycloak { realm, kind, .. } if *realm == sweep.realm && *kind == sweep.kind);
            if !of_it || at.is_within(document) {
                continue;
            }
            for (index, grant) in grants.iter().flat_map(|grants| &grants.held).enumerate() {
                if keys.contains(&grant.key()) {
                    let message =
                        format!("another document says that it lists all grants on project `{}`", grant.project);
                    let place = at.field("grants").entry(index).source();
                    diagnostics.push(
                        Diagnostic::error(place, message)
                            .also(sweep.source.clone(), "this one")
                            .help("grant it there, or take `authoritative` away"),
                    );
                }
            }
        }
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
    if group.renamed_from.as_ref().is_some_and(|name| name.starts_with('/')) {
        let place = at.field("renamedFrom").source();
        let diagnostic = Diagnostic::error(place, "a group is renamed where it is, and never moved");
        diagnostics.push(diagnostic.help("say the old name of the group itself, without those before it"));
    }
    let words = [(tenant.grant_attribute.as_str(), "grants")];
    let rule = attributes::Rule { longest: LONGEST_OF_GROUP, words: &words };
    // A longer one is an error that says nothing (seen on 26.7).
    if group.description.as_ref().is_some_and(|text| text.chars().count() > LONGEST_OF_GROUP) {
        let message = format!("Keycloak stores at most {LONGEST_OF_GROUP} characters here");
        diagnostics.push(Diagnostic::error(at.field("description").source(), message));
    }
    attributes::check(group.attributes.as_ref(), &rule, &at.field("attributes"), diagnostics);
    for (index, Short(member)) in group.members.iter().enumerate() {
        let at = at.field("members").entry(index);
        let username = member.username.to_lowercase();
        name::check(&username, name::USERNAME, &at, diagnostics);
        declare_membership(tenant, &names, &username, member.ensure, at, resolved);
    }
    let holder = ["group"].into_iter().chain(names.iter().map(String::as_str)).collect();
    let roles = Listed { realm_roles: &group.realm_roles, client_roles: &group.client_roles };
    Held { realm: &tenant.realm, holder, roles }.declare(&at, resolved, diagnostics);
    let grants = group.grants.as_deref();
    let grants = grants.map(|grants| tenant.own.grants(grants, LONGEST_OF_GROUP, &at.field("grants"), diagnostics));
    let address = Address::keycloak(&tenant.realm, KeycloakKind::Group, names.iter().map(String::as_str));
    if group.ensure != Ensure::Absent && group.authoritative.contains(&access::AuthoritativeGroup::Grants) {
        sweep_grants_of(&address, &at, tenant, resolved);
    }
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
    user.renamed_from = user.renamed_from.map(|name| name.to_lowercase());
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
    let holder = vec!["user", username.as_str()];
    let roles = Listed { realm_roles: &user.realm_roles, client_roles: &user.client_roles };
    Held { realm: &tenant.realm, holder, roles }.declare(&at, resolved, diagnostics);
    let grants = user.grants.as_deref();
    let grants = grants.map(|grants| tenant.own.grants(grants, LONGEST_OF_USER, &at.field("grants"), diagnostics));
    let profile = Address::keycloak(&tenant.realm, KeycloakKind::UserProfile, []);
    let looked_at = |declared: &&Declared<_>| resolved.modes.of(&declared.at) != Mode::Ignore;
    let profile = resolved.user_profiles.iter().filter(looked_at).find(|declared| declared.address == profile);
    let requires: Vec<Address> = profile.map(|declared| declared.address.clone()).into_iter().collect();
    let address = Address::keycloak(&tenant.realm, KeycloakKind::User, [username.as_str()]);
    if user.ensure != Ensure::Absent && user.authoritative.contains(&access::AuthoritativeUser::Grants) {
        sweep_grants_of(&address, &at, tenant, resolved);
    }
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
    name::check_tags(project.tags.as_ref(), &at, diagnostics);
    if let Some(parent) = &project.parent {
        name::check(parent, name::KEYSTONE, &at.field("parent"), diagnostics);
    }
    let address = Address::project(domain, &project.name);
    resolved.projects.push(Declared { address, at, value: project });
}

/// The name of a project, and the one that it had before.
fn names_of(project: &access::Project) -> (&str, Option<&str>) {
    (&project.name, project.renamed_from.as_deref())
}

fn domain(project: &access::Project) -> &str {
    project.domain.as_deref().unwrap_or(DEFAULT_DOMAIN)
}
