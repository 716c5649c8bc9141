//! Clients and client scopes of a realm, as they are declared, with their mappers and roles.

use std::path::Path;

use super::role::Container;
use super::site::Realm;
use super::{Resolved, client_scope, client_secret, name, role_mapping, settings};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::model::address::{Address, KeycloakKind};
use crate::model::declared::{At, Declared};
use crate::spec::client::{Client, ProtocolMapper};
use crate::spec::client_scope::ClientScope;

/// Adds a client of a realm, with all that is in it.
pub(super) fn declare(
    site: &Realm,
    mut client: Client,
    directory: &Path,
    at: At,
    resolved: &mut Resolved,
    diagnostics: &mut Diagnostics,
) {
    client.secret = client.secret.map(|secret| client_secret::anchored(secret, directory));
    client_secret::declare(&client, site, directory, &at, resolved, diagnostics);
    let (realm, id) = (site.realm.as_str(), client.client_id.as_str());
    name::check(id, name::KEYCLOAK, &at.field("clientId"), diagnostics);
    settings::of_client(client.settings.as_ref(), &at, diagnostics);
    let (mappers, scope_at) = (&client.dedicated_scope.mappers, at.field("dedicatedScope"));
    declare_mappers(realm, &[id], mappers, &scope_at, resolved, diagnostics);
    client_scope::of_client(realm, &client, &at, resolved, diagnostics);
    Container::Client(id).declare(&client.roles, realm, &at.field("roles"), resolved, diagnostics);
    role_mapping::of_service_account(realm, &client, &at, resolved, diagnostics);
    let address = Address::keycloak(realm, KeycloakKind::Client, [id]);
    resolved.clients.push(Declared { address, at, value: client });
}

/// Adds client scopes of a realm, with all that is in them.
pub(super) fn declare_scopes(
    realm: &str,
    scopes: Vec<ClientScope>,
    at: &At,
    resolved: &mut Resolved,
    diagnostics: &mut Diagnostics,
) {
    for (index, scope) in scopes.into_iter().enumerate() {
        let at = at.entry(index);
        settings::of_client_scope(scope.settings.as_ref(), &at, diagnostics);
        declare_mappers(realm, &["client-scope", &scope.name], &scope.mappers, &at, resolved, diagnostics);
        client_scope::declare(realm, scope, at, resolved, diagnostics);
    }
}

/// Adds the mappers of the scope `at` some place, which addresses of mappers call by these names.
fn declare_mappers(
    realm: &str,
    scope: &[&str],
    mappers: &[ProtocolMapper],
    at: &At,
    resolved: &mut Resolved,
    diagnostics: &mut Diagnostics,
) {
    for (index, mapper) in mappers.iter().enumerate() {
        let at = at.field("mappers").entry(index);
        name::check(&mapper.name, name::KEYCLOAK, &at.field("name"), diagnostics);
        check_config(mapper, &at.field("config"), diagnostics);
        let names = scope.iter().copied().chain([mapper.name.as_str()]);
        let address = Address::keycloak(realm, KeycloakKind::ProtocolMapper, names);
        resolved.protocol_mappers.push(Declared { address, at, value: mapper.clone() });
    }
}

/// Properties of a mapper that have words of their own.
const NOT_CONFIG: [(&str, &str); 6] = [
    ("user.attribute", "userAttribute"),
    ("claim.name", "tokenClaim"),
    ("id.token.claim", "addToIdToken"),
    ("access.token.claim", "addToAccessToken"),
    ("userinfo.token.claim", "addToUserinfo"),
    ("introspection.token.claim", "addToIntrospection"),
];

fn check_config(mapper: &ProtocolMapper, at: &At, diagnostics: &mut Diagnostics) {
    for (property, word) in NOT_CONFIG {
        if mapper.config.as_ref().is_some_and(|config| config.contains_key(property)) {
            let message = format!("`{property}` has its own word, `{word}`");
            diagnostics.push(Diagnostic::error(at.field(property).source(), message));
        }
    }
}
