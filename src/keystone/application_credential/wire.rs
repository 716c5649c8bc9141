//! How Keystone spells an application credential (seen on 28 to 30).

use crate::http::route::Route;
use crate::model::Json;
use crate::model::address::Ids;
use crate::model::step::{Action, Step};
use crate::resource::{Request, Unsendable, id};

/// What an access rule says; its id says nothing.
const RULE: [&str; 3] = ["service", "method", "path"];

/// Access rules without their ids, in an order that says nothing.
pub(super) fn normalise(mut body: Json) -> Json {
    if let Some(rules) = body.get_mut("access_rules").and_then(Json::as_array_mut) {
        for rule in rules.iter_mut() {
            *rule = RULE.iter().map(|key| ((*key).to_owned(), rule[*key].clone())).collect();
        }
        rules.sort_by_key(Json::to_string);
    }
    body
}

/// The request of a step. Whoever sends a creation is the owner, whose id is known by then.
pub(super) fn write(step: &Step, ids: &Ids) -> Result<Request, Unsendable> {
    let unsendable = || Unsendable(step.address.clone());
    let owner = step.address.credential_owner().ok_or_else(unsendable)?;
    let route = Route::new(["v3", "users", id(ids, &owner)?, "application_credentials"]);
    match step.action {
        Action::Create => Ok(Request { envelope: Some("application_credential"), ..Request::create(route) }),
        Action::Delete => Ok(Request::delete(route.child(id(ids, &step.address)?))),
        Action::Update => Err(unsendable()),
    }
}
