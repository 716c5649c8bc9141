//! How Keycloak spells protocol mappers. A PUT replaces the config whole, and cannot rename (seen on 26.0, 26.7).

use crate::keycloak::{client, client_scope};
use crate::model::Json;
use crate::model::address::{Address, Ids, KeycloakKind};
use crate::model::step::{Action, Step};
use crate::resource::{Body, Request, Unsendable, id};

/// The key of the provider's id.
pub(super) const PROVIDER: &str = "protocolMapper";
/// The usual names of the properties that have words of their own.
pub(super) const USER_ATTRIBUTE: &str = "user.attribute";
pub(super) const TOKEN_CLAIM: &str = "claim.name";
pub(super) const ID_TOKEN: &str = "id.token.claim";
pub(super) const ACCESS_TOKEN: &str = "access.token.claim";
pub(super) const USERINFO: &str = "userinfo.token.claim";
pub(super) const INTROSPECTION: &str = "introspection.token.claim";

/// The operator's words for properties that have one.
pub(super) const WORDS: [(&str, &str); 6] = [
    (USER_ATTRIBUTE, "userAttribute"),
    (TOKEN_CLAIM, "tokenClaim"),
    (ID_TOKEN, "addToIdToken"),
    (ACCESS_TOKEN, "addToAccessToken"),
    (USERINFO, "addToUserinfo"),
    (INTROSPECTION, "addToIntrospection"),
];

/// The mapper of this name in the document of a client or a client scope. The document also shows mappers of providers that are no longer
/// installed, which the mappers' own list hides.
pub(super) fn mapper(scope: &Json, name: &str) -> Option<Json> {
    mappers(scope).find(|mapper| mapper.get("name").and_then(Json::as_str) == Some(name)).cloned()
}

/// All mappers in such a document.
pub(super) fn mappers(scope: &Json) -> impl Iterator<Item = &Json> {
    scope.get("protocolMappers").and_then(Json::as_array).into_iter().flatten()
}

/// Whether the server has made a mapper by itself: older versions do for a service account.
pub(super) fn is_built_in(mapper: &Json) -> bool {
    let text = |key| mapper.get(key).and_then(Json::as_str).unwrap_or_default();
    text(PROVIDER) == "oidc-usersessionmodel-note-mapper"
        && ["Client ID", "Client Host", "Client IP Address"].contains(&text("name"))
}

/// The effective config: what is absent follows another flag, as in the mappers' own list.
pub(super) fn normalise(mut body: Json) -> Json {
    if let Some(Json::Object(config)) = body.get_mut("config") {
        for (flag, leader) in [(USERINFO, ID_TOKEN), (INTROSPECTION, ACCESS_TOKEN)] {
            if let (None, Some(value)) = (config.get(flag), config.get(leader).cloned()) {
                config.insert(flag.to_owned(), value);
            }
        }
    }
    body
}

pub(super) fn write(step: &Step, scope: &Address, ids: &Ids) -> Result<Request, Unsendable> {
    let realm = crate::keycloak::realm(scope);
    let is_client = matches!(scope, Address::Keycloak { kind: KeycloakKind::Client, .. });
    let scopes = if is_client { client::clients(realm) } else { client_scope::scopes(realm) };
    let mappers = scopes.child(id(ids, scope)?).child("protocol-mappers").child("models");
    Ok(match step.action {
        Action::Create => Request::create(mappers),
        Action::Update => Request::put(mappers.child(id(ids, &step.address)?), Body::Whole),
        Action::Delete => Request::delete(mappers.child(id(ids, &step.address)?)),
    })
}
