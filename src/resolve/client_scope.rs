//! Client scopes, as a Realm document declares them; how clients have them, and which roles tokens may carry by them.

use super::role::{Listed, Named};
use super::role_mapping::RoleMapping;
use super::{Resolved, name};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::model::address::{Address, KeycloakKind};
use crate::model::declared::{At, Declared};
use crate::spec::Ensure;
use crate::spec::client::Client;
use crate::spec::client_scope::{ClientScope, ClientType, RealmType};
use crate::spec::short::Short;

/// The scope that comes to a client with an account of its own, and goes with it.
const OF_ACCOUNTS: &str = "service_account";

/// How a client has a client scope, or how new clients get it.
#[derive(Clone, Copy)]
pub struct Assignment {
    /// Whether it has it at all.
    pub ensure: Ensure,
    /// Whether its tokens always have it.
    pub assigned: ClientType,
}

/// Adds a client scope that is declared `at` some place to `resolved`; its mappers are added elsewhere.
pub(super) fn declare(realm: &str, scope: ClientScope, at: At, resolved: &mut Resolved, diagnostics: &mut Diagnostics) {
    name::check(&scope.name, name::SCOPE, &at.field("name"), diagnostics);
    let address = Address::keycloak(realm, KeycloakKind::ClientScope, [scope.name.as_str()]);
    if scope.ensure != Ensure::Absent {
        if let Some(assigned) = scope.assigned {
            let (ensure, assigned) = match assigned {
                RealmType::Default => (Ensure::Present, ClientType::Default),
                RealmType::Optional => (Ensure::Present, ClientType::Optional),
                RealmType::None => (Ensure::Absent, ClientType::Default),
            };
            let address = Address::keycloak(realm, KeycloakKind::AssignedScope, [scope.name.as_str()]);
            let value = Assignment { ensure, assigned };
            resolved.assigned_scopes.push(Declared { address, at: at.clone(), value });
        }
        let roles = Listed { realm_roles: &scope.realm_roles, client_roles: &scope.client_roles };
        carried(roles, &["client-scope", &scope.name], realm, &at, resolved, diagnostics);
    }
    resolved.client_scopes.push(Declared { address, at, value: scope });
}

/// Adds the client scopes that a client has, and the roles that tokens may carry by its dedicated one.
pub(super) fn of_client(realm: &str, client: &Client, at: &At, resolved: &mut Resolved, diagnostics: &mut Diagnostics) {
    if client.ensure == Ensure::Absent {
        return;
    }
    let id = client.client_id.as_str();
    for (index, Short(scope)) in client.client_scopes.iter().enumerate() {
        let at = at.field("clientScopes").entry(index);
        name::check(&scope.name, name::SCOPE, &at, diagnostics);
        if scope.name == OF_ACCOUNTS && scope.ensure == Ensure::Absent {
            let message = format!("`{OF_ACCOUNTS}` comes with a client's account, and goes with it");
            let help = "say `serviceAccountRoles: false`, or nothing of it";
            diagnostics.push(Diagnostic::error(at.source(), message).help(help));
        }
        let address = Address::keycloak(realm, KeycloakKind::AssignedScope, [id, &scope.name]);
        let value = Assignment { ensure: scope.ensure, assigned: scope.assigned };
        resolved.assigned_scopes.push(Declared { address, at, value });
    }
    let dedicated = &client.dedicated_scope;
    let roles = Listed { realm_roles: &dedicated.realm_roles, client_roles: &dedicated.client_roles };
    carried(roles, &["client", id], realm, &at.field("dedicatedScope"), resolved, diagnostics);
}

/// Adds the roles that tokens may carry by the scope that addresses call by these names.
fn carried(
    roles: Listed<'_>,
    scope: &[&str],
    realm: &str,
    at: &At,
    resolved: &mut Resolved,
    diagnostics: &mut Diagnostics,
) {
    for Named { container, name, ensure, at } in roles.each(at, diagnostics) {
        let names = container.names(name).into_iter().chain(scope.iter().copied());
        let address = Address::keycloak(realm, KeycloakKind::ScopeMapping, names);
        resolved.scope_mappings.push(Declared { address, at, value: RoleMapping { ensure } });
    }
}
