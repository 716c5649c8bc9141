//! How Keycloak spells memberships: by both ids. Both writes may be repeated (seen on 26.7).

use reqwest::Method;

use crate::http::route::Route;
use crate::model::address::{Address, Ids};
use crate::model::step::{Action, Step};
use crate::resource::{Body, Request, Unsendable, id};

/// The groups that a user is in: all of them, since no page is asked for (26.0 and 26.7).
pub(super) fn groups_of(user: &Address, ids: &Ids) -> Result<Route, Unsendable> {
    Ok(crate::keycloak::route(crate::keycloak::realm(user), ["users", id(ids, user)?, "groups"]))
}

pub(super) fn write(step: &Step, group: &Address, user: &Address, ids: &Ids) -> Result<Request, Unsendable> {
    let realm = crate::keycloak::realm(&step.address);
    let route = crate::keycloak::route(realm, ["users", id(ids, user)?, "groups", id(ids, group)?]);
    let method = if step.action == Action::Delete { Method::DELETE } else { Method::PUT };
    Ok(Request { method, route, envelope: None, body: Body::Empty })
}
