//! Roles that somebody has, as any kind of document declares them.

use std::collections::BTreeMap;

use super::{Resolved, name};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::model::address::{Address, KeycloakKind};
use crate::model::declared::{At, Declared};
use crate::spec::Ensure;
use crate::spec::realm::Client;
use crate::spec::role::{HeldRole, ServiceAccount};
use crate::spec::short::Short;

/// A role that a holder has.
#[derive(Clone, Copy)]
pub struct RoleMapping {
    /// Whether it shall be given to the holder itself.
    pub ensure: Ensure,
}

/// The roles that one holder is said to have.
pub(super) struct Held<'a> {
    /// Its realm.
    pub(super) realm: &'a str,
    /// How addresses of mappings name it.
    pub(super) holder: Vec<&'a str>,
    /// Roles of the realm.
    pub(super) realm_roles: &'a [Short<HeldRole>],
    /// Roles of clients.
    pub(super) client_roles: &'a BTreeMap<String, Vec<Short<HeldRole>>>,
}

impl Held<'_> {
    /// Adds what is declared `at` the holder's place to `resolved`.
    pub(super) fn declare(&self, at: &At, resolved: &mut Resolved, diagnostics: &mut Diagnostics) {
        let mut lists = vec![(vec!["realm"], self.realm_roles, at.field("realmRoles"))];
        for (client, roles) in self.client_roles {
            let at = at.field("clientRoles").field(client);
            name::check(client, name::KEYCLOAK, &at, diagnostics);
            lists.push((vec!["client", client], roles, at));
        }
        for (container, roles, at) in lists {
            for (index, Short(role)) in roles.iter().enumerate() {
                let at = at.entry(index);
                name::check(&role.name, name::KEYCLOAK, &at, diagnostics);
                let names = container.iter().copied().chain([role.name.as_str()]).chain(self.holder.iter().copied());
                let address = Address::keycloak(self.realm, KeycloakKind::RoleMapping, names);
                resolved.role_mappings.push(Declared { address, at, value: RoleMapping { ensure: role.ensure } });
            }
        }
    }
}

/// Adds the roles of a client's own account.
pub(super) fn of_service_account(
    realm: &str,
    client: &Client,
    at: &At,
    resolved: &mut Resolved,
    diagnostics: &mut Diagnostics,
) {
    let ServiceAccount { realm_roles, client_roles, authoritative } = &client.service_account;
    let at = at.field("serviceAccount");
    let says_anything =
        !realm_roles.is_empty() || client_roles.values().any(|roles| !roles.is_empty()) || !authoritative.is_empty();
    if says_anything && client.service_account_roles == Some(false) {
        let message = "a client without `serviceAccountRoles` has no account that could have roles";
        diagnostics.push(Diagnostic::error(at.source(), message));
        return;
    }
    let holder = vec!["service-account", client.client_id.as_str()];
    Held { realm, holder, realm_roles, client_roles }.declare(&at, resolved, diagnostics);
}
