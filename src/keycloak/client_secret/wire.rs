//! How Keycloak spells secrets of clients. A new one is made by a request of its own. Where the preview feature
//! `client-secret-rotation` is on and an enabled client policy leads to the executor `secret-rotation`, the old one stays
//! valid for as long as the executor says (seen on 26.7); else it ends at once.

use crate::http::route::Route;
use crate::keycloak::client;
use crate::model::Json;
use crate::secret::is_masked;

/// What keeps old secrets.
const EXECUTOR: &str = "secret-rotation";

/// The condition that every client meets.
const ANY_CLIENT: &str = "any-client";

/// When the secret was made, in seconds since 1970. Not told of one that was chosen when the client was made.
const MADE: &str = "client.secret.creation.time";

/// The request that makes another secret, of the client of this id.
pub(super) fn secret(realm: &str, client: &str) -> Route {
    client::clients(realm).child(client).child("client-secret")
}

/// The client policies of the realm.
pub(super) fn policies(realm: &str) -> Route {
    crate::keycloak::route(realm, ["client-policies", "policies"])
}

/// The client profiles of the realm.
pub(super) fn profiles(realm: &str) -> Route {
    crate::keycloak::route(realm, ["client-policies", "profiles"])
}

/// Whether a client proves itself with a secret.
pub(super) fn has_secret(client: &Json) -> bool {
    let is = |key: &str| client.get(key) == Some(&Json::Bool(true));
    !is(client::PUBLIC) && !is("bearerOnly")
}

/// Whether the server hides the secret of a client that has one.
pub(super) fn is_hidden(client: &Json) -> bool {
    client.get(client::SECRET).and_then(Json::as_str).is_none_or(is_masked)
}

/// When the secret of a client was made.
pub(super) fn made(client: &Json) -> String {
    let told = client.get("attributes").and_then(|attributes| attributes.get(MADE)?.as_str());
    told.unwrap_or("unknown").to_owned()
}

/// Whether old secrets of every client stay valid for a while: a policy that depends on more is not counted on.
pub(super) fn keeps_old(policies: &Json, profiles: &Json) -> bool {
    let list = |of: &Json, key: &str| of.get(key).and_then(Json::as_array).cloned().unwrap_or_default();
    let text = |of: &Json, key: &str| of.get(key).and_then(Json::as_str).unwrap_or_default().to_owned();
    let rotates = |profile: &Json| list(profile, "executors").iter().any(|one| text(one, "executor") == EXECUTOR);
    let rotating: Vec<String> = list(profiles, "profiles")
        .iter()
        .filter(|profile| rotates(profile))
        .map(|profile| text(profile, "name"))
        .collect();
    list(policies, "policies").iter().any(|policy| {
        let conditions = list(policy, "conditions");
        let of_all = |condition: &Json| text(condition, "condition") == ANY_CLIENT;
        policy.get("enabled") == Some(&Json::Bool(true))
            && !conditions.is_empty()
            && conditions.iter().all(of_all)
            && list(policy, "profiles").iter().any(|name| rotating.iter().any(|known| name == known))
    })
}
