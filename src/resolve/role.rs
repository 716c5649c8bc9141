//! Roles of realms and clients, as they are declared, and the roles that they contain. And the one walk over roles that
//! are listed by name, whatever they are listed for.

use std::collections::BTreeMap;

use super::role_mapping::RoleMapping;
use super::{Resolved, name};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::model::address::{Address, KeycloakKind};
use crate::model::declared::{At, Declared};
use crate::spec::Ensure;
use crate::spec::role::{Composites, HeldRole, Role};
use crate::spec::short::Short;

/// Where roles are.
#[derive(Clone, Copy)]
pub(super) enum Container<'a> {
    /// In the realm itself.
    Realm,
    /// In one of its clients.
    Client(&'a str),
}

/// Roles that are listed somewhere, by name.
#[derive(Clone, Copy)]
pub(super) struct Listed<'a> {
    /// Roles of the realm.
    pub(super) realm_roles: &'a [Short<HeldRole>],
    /// Roles of clients.
    pub(super) client_roles: &'a BTreeMap<String, Vec<Short<HeldRole>>>,
}

/// One of them.
pub(super) struct Named<'a> {
    /// Where it is.
    pub(super) container: Container<'a>,
    /// Its name.
    pub(super) name: &'a str,
    /// Whether it shall be there for what it is listed for.
    pub(super) ensure: Ensure,
    /// Where it is listed.
    pub(super) at: At,
}

impl<'a> Listed<'a> {
    /// Each of them, listed in the object `at` some place; complains about names that cannot be.
    pub(super) fn each(self, at: &At, diagnostics: &mut Diagnostics) -> Vec<Named<'a>> {
        let Self { realm_roles, client_roles } = self;
        let mut lists = vec![(Container::Realm, realm_roles, at.field("realmRoles"))];
        for (client, roles) in client_roles {
            let at = at.field("clientRoles").field(client);
            name::check(client, name::KEYCLOAK, &at, diagnostics);
            lists.push((Container::Client(client), roles, at));
        }
        let mut all = Vec::new();
        for (container, roles, at) in lists {
            for (index, Short(HeldRole { name, ensure })) in roles.iter().enumerate() {
                let at = at.entry(index);
                name::check(name, name::KEYCLOAK, &at, diagnostics);
                all.push(Named { container, name, ensure: *ensure, at });
            }
        }
        all
    }
}

impl<'c> Container<'c> {
    /// How addresses of what links roles name one of its roles.
    pub(super) fn names<'a>(self, role: &'a str) -> Vec<&'a str>
    where
        'c: 'a,
    {
        match self {
            Self::Realm => vec!["realm", role],
            Self::Client(client) => vec!["client", client, role],
        }
    }

    fn role(self, realm: &str, role: &str) -> Address {
        match self {
            Self::Realm => Address::keycloak(realm, KeycloakKind::RealmRole, [role]),
            Self::Client(client) => Address::keycloak(realm, KeycloakKind::ClientRole, [client, role]),
        }
    }

    /// Adds the `roles` that are declared `at` some place to `resolved`.
    pub(super) fn declare(
        self,
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
        self,
        role: &Role,
        realm: &str,
        at: &At,
        resolved: &mut Resolved,
        diagnostics: &mut Diagnostics,
    ) {
        let Composites { realm_roles, client_roles } = &role.composites;
        for Named { container, name, ensure, at } in (Listed { realm_roles, client_roles }).each(at, diagnostics) {
            let names = self.names(&role.name).into_iter().chain(container.names(name));
            let address = Address::keycloak(realm, KeycloakKind::Composite, names);
            if container.role(realm, name) == self.role(realm, &role.name) {
                diagnostics.push(Diagnostic::error(at.source(), "a role cannot contain itself"));
            } else if role.ensure != Ensure::Absent {
                resolved.composites.push(Declared { address, at, value: RoleMapping { ensure } });
            }
        }
    }
}
