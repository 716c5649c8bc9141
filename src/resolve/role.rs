//! Roles of realms and clients, as they are declared, and the roles that they contain.

use super::role_mapping::RoleMapping;
use super::{Resolved, name};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::model::address::{Address, KeycloakKind};
use crate::model::declared::{At, Declared};
use crate::spec::Ensure;
use crate::spec::role::{Composites, Role};
use crate::spec::short::Short;

/// Where roles are.
pub(super) enum Container<'a> {
    /// In the realm itself.
    Realm,
    /// In one of its clients.
    Client(&'a str),
}

impl Container<'_> {
    /// How addresses of composites name one of its roles.
    fn names<'a>(&'a self, role: &'a str) -> Vec<&'a str> {
        match self {
            Self::Realm => vec!["realm", role],
            Self::Client(client) => vec!["client", client, role],
        }
    }

    fn role(&self, realm: &str, role: &str) -> Address {
        match self {
            Self::Realm => Address::keycloak(realm, KeycloakKind::RealmRole, [role]),
            Self::Client(client) => Address::keycloak(realm, KeycloakKind::ClientRole, [client, role]),
        }
    }

    /// Adds the `roles` that are declared `at` some place to `resolved`.
    pub(super) fn declare(
        &self,
        roles: &[Short<Role>],
        realm: &str,
        at: &At,
        resolved: &mut Resolved,
        diagnostics: &mut Diagnostics,
    ) {
        for (index, Short(role)) in roles.iter().enumerate() {
            let at = at.entry(index);
            name::check(&role.name, name::KEYCLOAK, &at, diagnostics);
            self.declare_composites(role, realm, &at.field("composites"), resolved, diagnostics);
            let (address, value) = (self.role(realm, &role.name), role.clone());
            let list = match self {
                Self::Realm => &mut resolved.realm_roles,
                Self::Client(_) => &mut resolved.client_roles,
            };
            list.push(Declared { address, at, value });
        }
    }

    fn declare_composites(
        &self,
        role: &Role,
        realm: &str,
        at: &At,
        resolved: &mut Resolved,
        diagnostics: &mut Diagnostics,
    ) {
        let Composites { realm_roles, client_roles } = &role.composites;
        let mut lists = vec![(Container::Realm, realm_roles, at.field("realmRoles"))];
        for (client, roles) in client_roles {
            let at = at.field("clientRoles").field(client);
            name::check(client, name::KEYCLOAK, &at, diagnostics);
            lists.push((Container::Client(client), roles, at));
        }
        let whole = self.names(&role.name);
        for (container, roles, at) in lists {
            for (index, Short(part)) in roles.iter().enumerate() {
                let at = at.entry(index);
                name::check(&part.name, name::KEYCLOAK, &at, diagnostics);
                let names = whole.iter().copied().chain(container.names(&part.name));
                let address = Address::keycloak(realm, KeycloakKind::Composite, names);
                if container.role(realm, &part.name) == self.role(realm, &role.name) {
                    diagnostics.push(Diagnostic::error(at.source(), "a role cannot contain itself"));
                } else if role.ensure != Ensure::Absent {
                    resolved.composites.push(Declared { address, at, value: RoleMapping { ensure: part.ensure } });
                }
            }
        }
    }
}
