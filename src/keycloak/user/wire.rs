//! How Keycloak spells users. A PUT with attributes replaces all of them, and clears e-mail, first and last name
//! when they are left out (seen on 26.0 and 26.7).

use crate::http::route::Route;
use crate::model::Json;
use crate::model::address::Ids;
use crate::model::step::{Action, Step};
use crate::resource::{Body, Request, Unsendable, id};

/// What the usernames of service accounts begin with; lists and counts leave them out.
pub(super) const SERVICE_ACCOUNT: &str = "service-account-";

/// The username of a client's service account.
pub(crate) fn service_account(client_id: &str) -> String {
    format!("{SERVICE_ACCOUNT}{}", client_id.to_lowercase())
}

fn users(realm: &str) -> Route {
    crate::keycloak::route(realm, ["users"])
}

/// The number of users.
pub(super) fn count(realm: &str) -> Route {
    users(realm).child("count")
}

/// What Keycloak knows of failed logins of a user who does not exist: nothing, which it tells those alone who may view
/// users. Others are shown no users, and by 26.0 a number of none (seen on 26.0 and 26.7).
pub(super) fn sight(realm: &str) -> Route {
    crate::keycloak::route(realm, ["attack-detection", "brute-force", "users", NOBODY])
}

/// An id that no user has.
const NOBODY: &str = "00000000-0000-0000-0000-000000000000";

/// Some users in full, attributes included.
pub(super) fn page(realm: &str, first: usize, max: usize) -> Route {
    users(realm).with("first", first).with("max", max).with("briefRepresentation", false)
}

/// The list of users with just this username.
pub(super) fn look_up(realm: &str, username: &str) -> Route {
    users(realm).with("username", username).with("exact", true).with("briefRepresentation", false)
}

/// A user's username; Keycloak stores it in lower case.
pub(super) fn username(user: &Json) -> Option<String> {
    user.get("username").and_then(Json::as_str).map(str::to_owned)
}

pub(super) fn write(step: &Step, ids: &Ids) -> Result<Request, Unsendable> {
    let users = users(crate::keycloak::realm(&step.address));
    Ok(match step.action {
        Action::Create => Request::create(users),
        Action::Update => Request::put(users.child(id(ids, &step.address)?), Body::Whole),
        Action::Delete => Request::delete(users.child(id(ids, &step.address)?)),
    })
}

/// Whether this is the name of a user that a client has for itself, which lists of users leave out.
pub(crate) fn is_service_account(username: &str) -> bool {
    username.starts_with(SERVICE_ACCOUNT)
}
