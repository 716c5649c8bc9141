//! How Keycloak spells roles. A PUT takes the place of all that the role has, its attributes excepted; the answer to a POST
//! tells no id (seen on 26.7).

use crate::http::route::Route;
use crate::model::address::Ids;
use crate::model::step::{Action, Step};
use crate::resource::{Body, Request, Unsendable, id};

/// What every new realm has, besides its default roles (seen on 26.0 and 26.7).
pub(super) const BUILT_IN: [&str; 2] = ["offline_access", "uma_authorization"];

/// What the administrators' realm has besides.
pub(super) const ADMINISTRATORS: [&str; 2] = ["admin", "create-realm"];

/// The roles of the realm.
pub(super) fn collection(realm: &str) -> Route {
    crate::keycloak::route(realm, ["roles"])
}

/// All of them, with their attributes.
pub(super) fn roles(realm: &str) -> Route {
    full(collection(realm))
}

/// A list of roles with their attributes.
pub(in crate::keycloak) fn full(roles: Route) -> Route {
    roles.with("briefRepresentation", false)
}

/// The role of this id, of the realm or of a client.
pub(in crate::keycloak) fn by_id(realm: &str, id: &str) -> Route {
    crate::keycloak::route(realm, ["roles-by-id", id])
}

/// The request of a step on a role: it is made in `collection`, and found by its own id afterwards.
pub(in crate::keycloak) fn write(
    step: &Step,
    realm: &str,
    collection: impl FnOnce() -> Result<Route, Unsendable>,
    ids: &Ids,
) -> Result<Request, Unsendable> {
    Ok(match step.action {
        Action::Create => Request::create(collection()?),
        Action::Update => Request::put(by_id(realm, id(ids, &step.address)?), Body::Whole),
        Action::Delete => Request::delete(by_id(realm, id(ids, &step.address)?)),
    })
}
