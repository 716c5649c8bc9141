//! How Keycloak spells protocol mappers. A PUT replaces the config whole, and cannot rename (seen on 26.0, 26.7).

use crate::keycloak::client;
use crate::model::Json;
use crate::model::address::{Address, Ids};
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

/// The mapper of this name in a client's document. The document also shows mappers of providers that are no longer
/// installed, which the mappers' own list hides.
pub(super) fn mapper(client: &Json, name: &str) -> Option<Json> {
    mappers(client).find(|mapper| mapper.get("name").and_then(Json::as_str) == Some(name)).cloned()
}

/// All mappers in a client's document.
pub(super) fn mappers(client: &Json) -> impl Iterator<Item = &Json> {
    client.get("protocolMappers").and_then(Json::as_array).into_iter().flatten()
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

pub(super) fn write(step: &Step, client: &Address, ids: &Ids) -> Result<Request, Unsendable> {
    let mappers = client::clients(crate::keycloak::realm(client))
        .child(id(ids, client)?)
        .child("protocol-mappers")
        .child("models");
    Ok(match step.action {
        Action::Create => Request::create(mappers),
        Action::Update => Request::put(mappers.child(id(ids, &step.address)?), Body::Whole),
        Action::Delete => Request::delete(mappers.child(id(ids, &step.address)?)),
    })
}
