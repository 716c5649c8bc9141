//! How Keycloak spells composites: a list of roles, each by id, that is added or taken away. A deletion needs a body (seen on
//! 26.7).

use reqwest::Method;
use serde_json::json;

use crate::http::route::Route;
use crate::keycloak::realm;
use crate::keycloak::realm_role::by_id;
use crate::model::address::{Address, Ids};
use crate::model::step::{Action, Step};
use crate::resource::{Body, Request, Unsendable, id};

/// The roles that the role of this id contains.
pub(super) fn parts(realm: &str, whole: &str) -> Route {
    by_id(realm, whole).child("composites")
}

pub(super) fn write(step: &Step, whole: &Address, part: &Address, ids: &Ids) -> Result<Request, Unsendable> {
    let route = parts(realm(whole), id(ids, whole)?);
    let roles = json!([{"id": id(ids, part)?, "name": part.name()}]);
    let method = if step.action == Action::Delete { Method::DELETE } else { Method::POST };
    Ok(Request { method, route, envelope: None, body: Body::This(roles) })
}
