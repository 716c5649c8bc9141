//! How Keycloak spells memberships: by both ids. Both writes may be repeated (seen on 26.7).

use reqwest::Method;

use crate::model::address::{Address, Ids};
use crate::model::step::{Action, Step};
use crate::resource::{Body, Request, Unsendable, id};

pub(super) fn write(step: &Step, group: &Address, user: &Address, ids: &Ids) -> Result<Request, Unsendable> {
    let realm = crate::keycloak::realm(&step.address);
    let route = crate::keycloak::route(realm, ["users", id(ids, user)?, "groups", id(ids, group)?]);
    let method = if step.action == Action::Delete { Method::DELETE } else { Method::PUT };
    Ok(Request { method, route, envelope: None, body: Body::Empty })
}
