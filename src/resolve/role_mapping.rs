//! Roles that somebody has, as any kind of document declares them.

use super::Resolved;
use super::role::{Listed, Named};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::model::address::{Address, KeycloakKind};
use crate::model::declared::{At, Declared};
use crate::spec::Ensure;
use crate::spec::client::Client;
use crate::spec::role::ServiceAccount;

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
    /// The roles.
    pub(super) roles: Listed<'a>,
}

impl Held<'_> {
    /// Adds what is declared `at` the holder's place to `resolved`.
    pub(super) fn declare(&self, at: &At, resolved: &mut Resolved, diagnostics: &mut Diagnostics) {
        for Named { container, name, ensure, at } in self.roles.each(at, diagnostics) {
            let names = container.names(name).into_iter().chain(self.holder.iter().copied());
            let address = Address::keycloak(self.realm, KeycloakKind::RoleMapping, names);
            resolved.role_mappings.push(Declared { address, at, value: RoleMapping { ensure } });
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
    Held { realm, holder, roles: Listed { realm_roles, client_roles } }.declare(&at, resolved, diagnostics);
}
