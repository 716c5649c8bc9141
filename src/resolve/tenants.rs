//! What each Access document may speak of. Patterns are matched with names as addresses spell them; a word that an entry
//! does not have allows nothing.

use std::collections::BTreeSet;

use globset::{Glob, GlobBuilder, GlobSet, GlobSetBuilder};

use super::Resolved;
use super::grants::Grants;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::model::address::{Address, KeystoneKind, encode};
use crate::model::declared::{At, Declared};
use crate::spec::access::{AuthoritativeGroup, AuthoritativeUser};
use crate::spec::environment;
use crate::spec::local::RoleAssignment;

/// Patterns of all projects of all domains.
const EVERYWHERE: [&str; 3] = ["*/*", "**", "**/*"];

/// All tenants of an environment.
pub struct Tenants(Vec<Tenant>);

struct Tenant {
    access: String,
    projects: GlobSet,
    /// Domains of which it may speak of every project.
    domains: GlobSet,
    /// Whether it may speak of every project there is.
    everywhere: bool,
    groups: GlobSet,
    roles: BTreeSet<String>,
    /// Whether it may give them on the whole system.
    system: bool,
    /// The names of the roles that it may give in Keycloak, behind that of the client whose they are.
    keycloak_roles: BTreeSet<Vec<String>>,
}

impl Tenants {
    /// The tenants as written `at` some place.
    pub(super) fn new(written: Vec<environment::Tenant>, at: &At, diagnostics: &mut Diagnostics) -> Self {
        let tenants = written.into_iter().enumerate().map(|(index, tenant)| {
            let at = at.entry(index);
            let environment::Tenant { access, projects, groups, roles, system, realm_roles, client_roles } = tenant;
            let of_client =
                |(client, roles): (String, Vec<String>)| roles.into_iter().map(move |role| vec![client.clone(), role]);
            let of_realm = realm_roles.into_iter().map(|role| vec![role]);
            let domains = projects.iter().filter_map(|pattern| glob(pattern.strip_suffix("/*")?).ok());
            Tenant {
                access,
                everywhere: projects.iter().any(|pattern| EVERYWHERE.contains(&pattern.as_str())),
                domains: set(domains),
                projects: patterns(&projects, &at.field("projects"), diagnostics),
                groups: patterns(&groups, &at.field("groups"), diagnostics),
                roles: roles.into_iter().collect(),
                system,
                keycloak_roles: of_realm.chain(client_roles.into_iter().flat_map(of_client)).collect(),
            }
        });
        Self(tenants.collect())
    }

    /// Complains about everything that the Access document `name`, whose spec is `at` some place, may not speak of.
    pub(super) fn check(&self, name: &str, at: &At, resolved: &Resolved, diagnostics: &mut Diagnostics) {
        let tenants: Vec<&Tenant> = self.0.iter().filter(|tenant| tenant.access == name).collect();
        let mut check = Check { name, tenants, diagnostics };
        if check.tenants.is_empty() {
            return check.refuse(at, "anything: it is not among the `tenants`");
        }
        for Declared { address, at, value } in within(&resolved.projects, at) {
            check.project(address, at);
            if let Some(old) = renamed(address, value.renamed_from.as_ref()) {
                check.project(&old, &at.field("renamedFrom"));
            }
            if let (Some(parent), Some(domain)) = (&value.parent, address.names().first()) {
                check.project(&Address::project(domain, parent), &at.field("parent"));
            }
        }
        for Declared { address, at, value } in within(&resolved.groups, at) {
            check.group(address.names(), at);
            if let Some(old) = renamed(address, value.group.renamed_from.as_ref()) {
                check.group(old.names(), &at.field("renamedFrom"));
            }
            check.grants(value.grants.as_ref(), at);
            check.all_grants(value.group.authoritative.contains(&AuthoritativeGroup::Grants), at);
        }
        for Declared { at, value, address: _ } in within(&resolved.users, at) {
            check.grants(value.grants.as_ref(), at);
            check.all_grants(value.user.authoritative.contains(&AuthoritativeUser::Grants), at);
        }
        for Declared { address, at, value: _ } in within(&resolved.memberships, at) {
            check.group(address.names().split_last().map_or(&[], |(_, path)| path), at);
        }
        for Declared { address, at, value: _ } in within(&resolved.role_mappings, at) {
            check.keycloak_role(address, at);
        }
        for Declared { address, at, value: _ } in within(&resolved.local_groups, at) {
            check.domain(address.names().first().map_or("", String::as_str), at);
        }
        for Declared { address, at, value } in within(&resolved.local_users, at) {
            check.domain(address.names().first().map_or("", String::as_str), at);
            if let Some(project) = &value.default_project {
                check.project(project, &at.field("defaultProject"));
            }
        }
        for Declared { address, at, value } in within(&resolved.role_assignments, at) {
            check.role_assignment(address, value, at);
        }
    }
}

/// What one document may speak of.
struct Check<'a> {
    name: &'a str,
    tenants: Vec<&'a Tenant>,
    diagnostics: &'a mut Diagnostics,
}

impl Check<'_> {
    fn refuse(&mut self, at: &At, what: &str) {
        let message = format!("Access document `{}` may not speak of {what}", self.name);
        let help = "the Environment document's `tenants` says what each Access document may speak of";
        self.diagnostics.push(Diagnostic::error(at.source(), message).help(help));
    }

    fn project(&mut self, project: &Address, at: &At) {
        let path = spelled(project.names());
        if !self.tenants.iter().any(|tenant| tenant.projects.is_match(&path)) {
            self.refuse(at, &format!("project `{path}`"));
        }
    }

    fn domain(&mut self, domain: &str, at: &At) {
        let domain = encode(domain);
        if !self.tenants.iter().any(|tenant| tenant.domains.is_match(&domain)) {
            self.refuse(at, &format!("domain `{domain}`"));
        }
    }

    fn group(&mut self, names: &[String], at: &At) {
        let path = format!("/{}", spelled(names));
        if !self.tenants.iter().any(|tenant| tenant.groups.is_match(&path)) {
            self.refuse(at, &format!("group `{path}`"));
        }
    }

    fn role(&mut self, role: &str, at: &At) {
        if !self.tenants.iter().any(|tenant| tenant.roles.contains(role)) {
            self.refuse(at, &format!("role `{role}`"));
        }
    }

    fn keycloak_role(&mut self, mapping: &Address, at: &At) {
        let Some(role) = mapping.mapped_role() else { return };
        if !self.tenants.iter().any(|tenant| tenant.keycloak_roles.contains(role.names())) {
            self.refuse(at, &format!("the Keycloak role `{}`", spelled(role.names())));
        }
    }

    fn grants(&mut self, grants: Option<&Grants>, holder: &At) {
        for (index, grant) in grants.iter().flat_map(|grants| &grants.held).enumerate() {
            let at = holder.field("grants").entry(index);
            self.project(&grant.project(), &at.field("project"));
            grant.roles.iter().for_each(|role| self.role(role, &at.field("roles")));
        }
    }

    /// Who says everything of somebody's grants takes away those that others have given on their projects.
    fn all_grants(&mut self, says_all: bool, holder: &At) {
        if says_all && !self.tenants.iter().any(|tenant| tenant.everywhere) {
            self.refuse(&holder.field("authoritative"), "every project, as `authoritative: [grants]` of a holder does");
        }
    }

    fn role_assignment(&mut self, assignment: &Address, written: &RoleAssignment, at: &At) {
        let role: Vec<String> = written.role_domain.iter().chain([&written.role]).cloned().collect();
        // As written where there is no domain: a name is allowed as it is.
        let role = if role.len() == 1 { written.role.clone() } else { spelled(&role) };
        self.role(&role, &at.field("role"));
        match assignment.assigned().map(|assigned| assigned.target) {
            Some(Some(project @ Address::Keystone { kind: KeystoneKind::Project, .. })) => {
                self.project(&project, &at.field("project"));
            }
            Some(Some(domain)) => self.domain(domain.name(), &at.field("domain")),
            Some(None) if self.tenants.iter().any(|tenant| tenant.system) => {}
            Some(None) => self.refuse(&at.field("system"), "the whole system"),
            None => self.refuse(at, "this"),
        }
    }
}

/// What an object was called before, with what it is in.
fn renamed(address: &Address, old: Option<&String>) -> Option<Address> {
    old.map(|old| address.called(old))
}

/// Those declarations that are written `at` a place or below it.
fn within<'a, T>(declared: &'a [Declared<T>], at: &'a At) -> impl Iterator<Item = &'a Declared<T>> {
    declared.iter().filter(|declared| declared.at.is_within(at))
}

/// Names as in addresses.
fn spelled(names: &[String]) -> String {
    names.iter().map(|name| encode(name)).collect::<Vec<_>>().join("/")
}

fn glob(pattern: &str) -> Result<Glob, globset::Error> {
    GlobBuilder::new(pattern).literal_separator(true).build()
}

fn set(globs: impl Iterator<Item = Glob>) -> GlobSet {
    let mut set = GlobSetBuilder::new();
    for glob in globs {
        set.add(glob);
    }
    // Each pattern has been understood for itself.
    set.build().unwrap_or_default()
}

fn patterns(written: &[String], at: &At, diagnostics: &mut Diagnostics) -> GlobSet {
    let mut understood = Vec::new();
    for (index, pattern) in written.iter().enumerate() {
        match glob(pattern) {
            Ok(glob) => understood.push(glob),
            Err(error) => {
                let message = format!("`{pattern}` is not a pattern: {}", error.kind());
                diagnostics.push(Diagnostic::error(at.entry(index).source(), message));
            }
        }
    }
    set(understood.into_iter())
}
