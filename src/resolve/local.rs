//! What an Access document says of Keystone's own users and groups, and of their roles.

use std::path::Path;

use super::grants::OwnProjects;
use super::{Resolved, anchored, name};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::model::address::{Address, KeystoneKind};
use crate::model::declared::{At, Declared};
use crate::spec::access::{Local, LocalUser, Named, RoleAssignment};
use crate::spec::grant::DEFAULT_DOMAIN;

/// A user of Keystone's own as declared, with its default project resolved.
#[derive(Clone)]
pub struct Account {
    /// What is written.
    pub user: LocalUser,
    /// The project that a login is for if it names none.
    pub default_project: Option<Address>,
}

/// Adds what is declared `at` a place to `resolved`; `own` are the projects that the document declares.
pub(super) fn resolve(
    local: Local,
    own: &OwnProjects,
    directory: &Path,
    at: &At,
    resolved: &mut Resolved,
    diagnostics: &mut Diagnostics,
) {
    let Local { users, role_assignments, modes: _ } = local;
    for (index, mut user) in users.into_iter().enumerate() {
        let at = at.field("users").entry(index);
        let domain = user.domain.as_deref().unwrap_or(DEFAULT_DOMAIN);
        name::check(&user.name, name::ROLE, &at.field("name"), diagnostics);
        name::check(domain, name::KEYSTONE, &at.field("domain"), diagnostics);
        let address = Address::keystone(KeystoneKind::User, [domain, &user.name]);
        let default_project = user
            .default_project
            .as_ref()
            .and_then(|named| project(named, own, &at.field("defaultProject"), diagnostics));
        user.initial_password = user.initial_password.map(|reference| anchored(&reference, directory));
        resolved.local_users.push(Declared { address, at, value: Account { user, default_project } });
    }
    for (index, assignment) in role_assignments.into_iter().enumerate() {
        let at = at.field("roleAssignments").entry(index);
        name::check(&assignment.role, name::ROLE, &at.field("role"), diagnostics);
        let holder = holder(&assignment, &at, diagnostics);
        let target = target(&assignment, own, &at, diagnostics);
        if let Some((holder, target)) = holder.zip(target) {
            let names = holder.iter().chain(&target).map(String::as_str).chain([assignment.role.as_str()]);
            let address = Address::keystone(KeystoneKind::RoleAssignment, names);
            resolved.role_assignments.push(Declared { address, at, value: assignment });
        }
    }
}

/// Who has the role, as in the assignment's address.
fn holder(assignment: &RoleAssignment, at: &At, diagnostics: &mut Diagnostics) -> Option<Vec<String>> {
    let (word, named) = match (&assignment.user, &assignment.group) {
        (Some(named), None) => ("user", named),
        (None, Some(named)) => ("group", named),
        _ => {
            let diagnostic = Diagnostic::error(at.source(), "a role is given to one holder");
            diagnostics.push(diagnostic.help("say either its `user` or its `group`"));
            return None;
        }
    };
    let domain = named.domain.as_deref().unwrap_or(DEFAULT_DOMAIN);
    name::check(&named.name, name::ROLE, &at.field(word).field("name"), diagnostics);
    name::check(domain, name::KEYSTONE, &at.field(word).field("domain"), diagnostics);
    Some([word, domain, &named.name].map(str::to_owned).into())
}

/// What it is a role on, as in the assignment's address.
fn target(
    assignment: &RoleAssignment,
    own: &OwnProjects,
    at: &At,
    diagnostics: &mut Diagnostics,
) -> Option<Vec<String>> {
    match (&assignment.project, &assignment.domain) {
        (Some(named), None) => {
            let address = project(named, own, &at.field("project"), diagnostics)?;
            Some(["project".to_owned()].into_iter().chain(address.names().iter().cloned()).collect())
        }
        (None, Some(domain)) => {
            name::check(domain, name::KEYSTONE, &at.field("domain"), diagnostics);
            Some(vec!["domain".to_owned(), domain.clone()])
        }
        _ => {
            let diagnostic = Diagnostic::error(at.source(), "a role is given on one thing");
            diagnostics.push(diagnostic.help("say either its `project` or its `domain`"));
            None
        }
    }
}

/// The project that is meant.
fn project(named: &Named, own: &OwnProjects, at: &At, diagnostics: &mut Diagnostics) -> Option<Address> {
    let Named { name, domain } = named;
    name::check(name, name::KEYSTONE, &at.field("name"), diagnostics);
    let domain = own.domain(name, domain.as_deref(), &at.field("name"), diagnostics)?;
    name::check(&domain, name::KEYSTONE, &at.field("domain"), diagnostics);
    Some(Address::project(&domain, name))
}
