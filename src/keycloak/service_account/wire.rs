//! How Keycloak spells service accounts. It answers 400 for a client that has none (seen on 26.0 and 26.7).

use crate::http::route::Route;
use crate::keycloak::client;
use crate::model::Json;

/// Whether a client has an account.
pub(super) fn has_account(client: &Json) -> bool {
    client.get(client::SERVICE_ACCOUNT).and_then(Json::as_bool) == Some(true)
}

/// The account of the client of this id.
pub(super) fn account(realm: &str, client: &str) -> Route {
    client::clients(realm).child(client).child("service-account-user")
}
