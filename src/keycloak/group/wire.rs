//! How Keycloak spells groups. A PUT with attributes replaces all of them, and clears a description that it does not
//! mention (seen on 26.0 and 26.7).

use crate::http::route::Route;
use crate::model::Json;
use crate::model::address::{Address, Ids};
use crate::model::step::{Action, Step};
use crate::resource::{Body, Request, Unsendable, id};

/// More groups than any realm has: sorted by name alone, pages could shift.
const ALL: usize = 100_000;

/// Groups or members a page.
pub(crate) const PAGE: usize = 250;

/// What is asked for: a page, and the first object of the next one.
pub(crate) const PAGE_AND_NEXT: usize = PAGE + 1;

fn groups(realm: &str) -> Route {
    crate::keycloak::route(realm, ["groups"])
}

/// The number of groups at all depths.
pub(super) fn count(realm: &str) -> Route {
    groups(realm).child("count")
}

/// All groups in one flat list, on servers that understand this search: `*` on 26.7, nothing on 26.0.
pub(super) fn flat(realm: &str, search: &str) -> Route {
    full(groups(realm).with("search", search)).with("populateHierarchy", false).with("max", ALL)
}

/// Some of the groups that are in no other.
pub(super) fn outermost(realm: &str, first: usize) -> Route {
    full(groups(realm)).with("first", first).with("max", PAGE_AND_NEXT)
}

/// Some of the groups in the group of this id.
pub(super) fn children(realm: &str, id: &str, first: usize) -> Route {
    full(groups(realm).child(id).child("children")).with("first", first).with("max", PAGE_AND_NEXT)
}

/// Attributes included; counting sub-groups would cost as much as everything else.
fn full(route: Route) -> Route {
    route.with("briefRepresentation", false).with("subGroupsCount", false)
}

/// Some of the members of the group of this id, without their attributes.
pub(crate) fn members(realm: &str, id: &str, first: usize) -> Route {
    let members = groups(realm).child(id).child("members");
    members.with("briefRepresentation", true).with("first", first).with("max", PAGE_AND_NEXT)
}

/// The first of them, of whom everything is told: an address of its own, since pages that others look through are not kept.
pub(crate) fn first_members(realm: &str, id: &str) -> Route {
    let members = groups(realm).child(id).child("members");
    members.with("briefRepresentation", true).with("first", 0).with("max", PAGE)
}

/// What the server answered to [`count`].
pub(super) fn counted(answer: &Json) -> Option<usize> {
    answer.get("count")?.as_u64().and_then(|count| usize::try_from(count).ok())
}

pub(super) fn write(step: &Step, parent: Option<&Address>, ids: &Ids) -> Result<Request, Unsendable> {
    let groups = groups(crate::keycloak::realm(&step.address));
    Ok(match (step.action, parent) {
        (Action::Create, None) => Request::create(groups),
        (Action::Create, Some(parent)) => Request::create(groups.child(id(ids, parent)?).child("children")),
        (Action::Update, _) => Request::put(groups.child(id(ids, &step.address)?), Body::Whole),
        (Action::Delete, _) => Request::delete(groups.child(id(ids, &step.address)?)),
    })
}
