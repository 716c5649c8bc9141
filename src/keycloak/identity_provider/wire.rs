//! How Keycloak spells identity providers. A PUT replaces all of one, its config included, but takes no other type and
//! refuses another alias; asterisks for the secret keep the one that is there (seen on 26.7). Texts of the config that are
//! empty are dropped.

use std::collections::BTreeSet;

use crate::http::route::Route;
use crate::keycloak::realm as name;
use crate::model::Json;
use crate::model::spelling::Spelling;
use crate::model::step::{Action, Step};
use crate::resource::{Body, Request};

/// The key of the alias.
pub(super) const ALIAS: &str = "alias";
/// The key of the type.
pub(super) const PROVIDER: &str = "providerId";
/// The key of the map of what only some types have.
pub(in crate::keycloak) const CONFIG: &str = "config";
/// The keys of flows, by alias.
pub(super) const FLOWS: [&str; 2] = ["firstBrokerLoginFlowAlias", "postBrokerLoginFlowAlias"];
/// Properties that are off where they are absent.
pub(super) const USES_KEYS: &str = "useJwksUrl";
pub(super) const VALIDATES: &str = "validateSignature";
pub(super) const PKCE: &str = "pkceEnabled";
/// The method of PKCE.
pub(super) const METHOD: &str = "pkceMethod";
/// Scopes, in which blanks part them.
pub(super) const SCOPES: &str = "defaultScope";

/// What is off where it is absent.
const FLAGS: [&str; 5] = ["hideOnLogin", "trustEmail", "linkOnly", "storeToken", "addReadTokenRoleOnCreate"];

fn instances(realm: &str) -> Route {
    crate::keycloak::route(realm, ["identity-provider", "instances"])
}

/// All of them: no more than 100 unless more are asked for (seen on 26.7).
pub(super) fn all(realm: &str) -> Route {
    instances(realm).with("max", -1)
}

/// The one of this alias.
pub(in crate::keycloak) fn one(realm: &str, alias: &str) -> Route {
    instances(realm).child(alias)
}

/// The authentication flows of the realm.
pub(super) fn flows(realm: &str) -> Route {
    crate::keycloak::route(realm, ["authentication", "flows"])
}

/// The number of people who have a link to the provider.
pub(super) fn people(realm: &str, alias: &str) -> Route {
    crate::keycloak::route(realm, ["users", "count"]).with("idpAlias", alias)
}

/// The types that the server says it has.
pub(super) fn types(server: &Json) -> BTreeSet<String> {
    let types = server.get("identityProviders").and_then(Json::as_array);
    types.into_iter().flatten().filter_map(|known| known.get("id")?.as_str()).map(str::to_owned).collect()
}

/// Shows what is off by saying so, and gives an order to what has none.
pub(super) fn normalise(mut body: Json) -> Json {
    let Json::Object(provider) = &mut body else { return body };
    for flag in FLAGS {
        provider.entry(flag).or_insert(Json::Bool(false));
    }
    if let Some(Json::Object(config)) = provider.get_mut(CONFIG) {
        for flag in [USES_KEYS, VALIDATES, PKCE] {
            config.entry(flag).or_insert("false".into());
        }
        if let Some(scopes) = config.get_mut(SCOPES) {
            *scopes = Spelling::Words.server(&Spelling::Words.operator(scopes));
        }
    }
    body
}

pub(super) fn write(step: &Step) -> Request {
    let realm = name(&step.address);
    let own = one(realm, step.address.name());
    match step.action {
        Action::Create => Request::create(instances(realm)),
        Action::Update => Request::put(own, Body::Whole),
        Action::Delete => Request::delete(own),
    }
}
