//! How Keycloak spells default groups: by id, in a list of their own. Both writes may be repeated (seen on 26.7).

use reqwest::Method;

use crate::http::route::Route;
use crate::keycloak::{realm, route};
use crate::model::address::{Address, Ids};
use crate::model::step::{Action, Step};
use crate::resource::{Body, Request, Unsendable, id};

/// All default groups of a realm.
pub(super) fn list(realm: &str) -> Route {
    route(realm, ["default-groups"])
}

pub(super) fn write(step: &Step, group: &Address, ids: &Ids) -> Result<Request, Unsendable> {
    let method = if step.action == Action::Delete { Method::DELETE } else { Method::PUT };
    Ok(Request { method, route: list(realm(group)).child(id(ids, group)?), envelope: None, body: Body::Empty })
}
