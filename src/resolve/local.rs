//! What an Access document says of Keystone's own users and groups, and of their roles.

use std::collections::BTreeSet;
use std::path::Path;

use super::grants::OwnProjects;
use super::{Resolved, anchored, name};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::model::address::{Address, KeystoneKind};
use crate::model::declared::{At, Declared};
use crate::model::wanted::{self, LinkSweep};
use crate::spec::grant::DEFAULT_DOMAIN;
use crate::spec::local::{
    AuthoritativeLocal, AuthoritativeLocalGroup, Local, LocalGroup, LocalUser, Named, RoleAssignment, System,
};
use crate::spec::short::Short;
use crate::spec::{Ensure, Mode};

/// A user of Keystone's own as declared, with its default project resolved.
#[derive(Clone)]
pub struct Account {
    /// What is written.
    pub user: LocalUser,
    /// The project that a login is for if it names none.
    pub default_project: Option<Address>,
}

/// Adds what a document whose spec is `at` a place declares to `resolved`; `own` are the projects that it declares.
pub(super) fn resolve(
    local: Local,
    own: &OwnProjects,
    directory: &Path,
    at: &At,
    resolved: &mut Resolved,
    diagnostics: &mut Diagnostics,
) {
    let Local { groups, users, role_assignments, authoritative: _, modes: _ } = local;
    let document = at;
    let at = &document.field("keystone");
    for (index, group) in groups.into_iter().enumerate() {
        declare_group(group, at.field("groups").entry(index), document, resolved, diagnostics);
    }
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
        check_rules(&user, &at, diagnostics);
        user.initial_password = user.initial_password.map(|reference| anchored(&reference, directory));
        resolved.local_users.push(Declared { address, at, value: Account { user, default_project } });
    }
    for (index, assignment) in role_assignments.into_iter().enumerate() {
        let at = at.field("roleAssignments").entry(index);
        name::check(&assignment.role, name::ROLE, &at.field("role"), diagnostics);
        if let Some(domain) = &assignment.role_domain {
            name::check(domain, name::KEYSTONE, &at.field("roleDomain"), diagnostics);
        }
        let holder = holder(&assignment, &at, diagnostics);
        let target = target(&assignment, own, &at, diagnostics);
        if let Some((holder, target)) = holder.zip(target) {
            let role = assignment.role_domain.as_deref().into_iter().chain([assignment.role.as_str()]);
            let names = holder.iter().chain(&target).map(String::as_str).chain(role);
            let address = Address::keystone(KeystoneKind::RoleAssignment, names);
            resolved.role_assignments.push(Declared { address, at, value: assignment });
        }
    }
}

/// Complains about ways of logging in that Keystone would refuse: none, or one that is named twice.
fn check_rules(user: &LocalUser, at: &At, diagnostics: &mut Diagnostics) {
    let rules = user.options.as_ref().and_then(|options| options.multi_factor_auth_rules.as_ref());
    let at = at.field("options").field("multiFactorAuthRules");
    for (index, rule) in rules.into_iter().flatten().enumerate() {
        let ways: BTreeSet<&String> = rule.iter().collect();
        let message = match rule.len() {
            0 => "a set without any way of logging in",
            count if ways.len() < count => "a set names a way of logging in once",
            _ => continue,
        };
        diagnostics.push(Diagnostic::error(at.entry(index).source(), message).help("such as `[password, totp]`"));
    }
}

fn declare_group(group: LocalGroup, at: At, document: &At, resolved: &mut Resolved, diagnostics: &mut Diagnostics) {
    let home = group.domain.as_deref().unwrap_or(DEFAULT_DOMAIN);
    name::check(&group.name, name::GROUP, &at.field("name"), diagnostics);
    name::check(home, name::KEYSTONE, &at.field("domain"), diagnostics);
    let address = Address::keystone(KeystoneKind::Group, [home, &group.name]);
    let stays = group.ensure != Ensure::Absent;
    for (index, Short(member)) in group.members.iter().enumerate().filter(|_| stays) {
        let at = at.field("members").entry(index);
        let domain = member.domain.as_deref().unwrap_or(home);
        name::check(&member.name, name::ROLE, &at, diagnostics);
        name::check(domain, name::KEYSTONE, &at, diagnostics);
        let names = [home, &group.name, domain, &member.name];
        let address = Address::keystone(KeystoneKind::Membership, names);
        resolved.local_memberships.push(Declared { address, at, value: member.clone() });
    }
    if stays && group.authoritative.contains(&AuthoritativeLocalGroup::Members) {
        let place = at.field("authoritative");
        sweep(address.clone(), KeystoneKind::Membership, [&at, &place, document], resolved);
    }
    resolved.local_groups.push(Declared { address, at, value: group });
}

/// Has the `projects` of the document whose spec is `at` a place searched for roles that nobody lists, if it says so.
pub(super) fn sweep_assignments(
    local: &Local,
    projects: &[Address],
    at: &At,
    resolved: &mut Resolved,
    diagnostics: &mut Diagnostics,
) {
    if !local.authoritative.contains(&AuthoritativeLocal::RoleAssignments) {
        return;
    }
    let place = at.field("keystone").field("authoritative");
    if projects.is_empty() {
        let diagnostic = Diagnostic::error(place.source(), "there are no projects whose roles this could be about");
        diagnostics.push(diagnostic.help("the roles on the `projects` of the document are meant: declare some"));
    }
    let section = at.field("keystone").field("roleAssignments");
    for project in projects {
        sweep(project.clone(), KeystoneKind::RoleAssignment, [&section, &place, at], resolved);
    }
}

/// Has the links of a thing searched for what nobody lists, as the `section` has it; it is said at `place`, in `document`.
fn sweep(of: Address, kind: KeystoneKind, [section, place, document]: [&At; 3], resolved: &mut Resolved) {
    let mode = match resolved.modes.of(section) {
        Mode::Manage => wanted::Mode::Manage,
        Mode::Verify => wanted::Mode::Verify,
        Mode::Ignore => return,
    };
    let value = LinkSweep { of: of.clone(), kind, mode, source: place.source() };
    resolved.link_sweeps.push(Declared { address: of, at: document.clone(), value });
}

/// Complains about links of which another document says that it knows all of them.
pub(super) fn contested(resolved: &Resolved, diagnostics: &mut Diagnostics) {
    let memberships = resolved.local_memberships.iter().map(|declared| (&declared.address, &declared.at));
    let assignments = resolved.role_assignments.iter().map(|declared| (&declared.address, &declared.at));
    for (address, at) in memberships.chain(assignments) {
        let names: Vec<&str> = address.names().iter().map(String::as_str).collect();
        let (of, what) = match (address, names.as_slice()) {
            (Address::Keystone { kind: KeystoneKind::Membership, .. }, [domain, group, ..]) => {
                (Address::keystone(KeystoneKind::Group, [*domain, *group]), "members of group")
            }
            (
                Address::Keystone { kind: KeystoneKind::RoleAssignment, .. },
                [_, _, _, "project", domain, project, ..] | [_, _, _, "inherited", "project", domain, project, ..],
            ) => (Address::project(domain, project), "roles on project"),
            _ => continue,
        };
        let elsewhere = |sweep: &&Declared<LinkSweep>| sweep.address == of && !at.is_within(&sweep.at);
        if let Some(sweep) = resolved.link_sweeps.iter().find(elsewhere) {
            let message = format!("another document says that it lists all {what} `{}`", of.name());
            diagnostics.push(
                Diagnostic::error(at.source(), message)
                    .also(sweep.value.source.clone(), "this one")
                    .help("say it there, or take `authoritative` away"),
            );
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
    let rule = if word == "group" { name::GROUP } else { name::ROLE };
    name::check(&named.name, rule, &at.field(word).field("name"), diagnostics);
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
    let target = match (&assignment.project, &assignment.domain, assignment.system) {
        (Some(named), None, None) => {
            let address = project(named, own, &at.field("project"), diagnostics)?;
            let home = address.names().first();
            if let Some(domain) = assignment.role_domain.as_ref().filter(|domain| home != Some(domain)) {
                let message = format!("a role of domain `{domain}` is given in projects of that domain alone");
                let diagnostic = Diagnostic::error(at.field("roleDomain").source(), message);
                diagnostics.push(diagnostic.help("give a role of no domain: it can be the one that this one implies"));
                return None;
            }
            ["project".to_owned()].into_iter().chain(address.names().iter().cloned()).collect()
        }
        (None, Some(domain), None) => {
            name::check(domain, name::KEYSTONE, &at.field("domain"), diagnostics);
            vec!["domain".to_owned(), domain.clone()]
        }
        (None, None, Some(System::All)) if assignment.inherited => {
            let message = "a role on the system is not `inherited`: it is one on no project";
            let diagnostic = Diagnostic::error(at.field("inherited").source(), message);
            diagnostics.push(diagnostic.help("say a `domain` or a `project`, below which it is a role"));
            return None;
        }
        (None, None, Some(System::All)) if assignment.role_domain.is_some() => {
            let diagnostic =
                Diagnostic::error(at.field("roleDomain").source(), "a role of a domain is none on the system");
            diagnostics.push(diagnostic.help("give a role of no domain"));
            return None;
        }
        (None, None, Some(System::All)) => vec!["system".to_owned()],
        _ => {
            let diagnostic = Diagnostic::error(at.source(), "a role is given on one thing");
            diagnostics.push(diagnostic.help("say either its `project` or its `domain`, or `system: all`"));
            return None;
        }
    };
    let inherited = assignment.inherited.then(|| "inherited".to_owned());
    Some(inherited.into_iter().chain(target).collect())
}

/// The project that is meant.
fn project(named: &Named, own: &OwnProjects, at: &At, diagnostics: &mut Diagnostics) -> Option<Address> {
    let Named { name, domain } = named;
    name::check(name, name::KEYSTONE, &at.field("name"), diagnostics);
    let domain = own.domain(name, domain.as_deref(), &at.field("name"), diagnostics)?;
    name::check(&domain, name::KEYSTONE, &at.field("domain"), diagnostics);
    Some(Address::project(&domain, name))
}
