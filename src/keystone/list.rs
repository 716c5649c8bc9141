//! Keystone's lists, page by page. Without a limit newer releases cut them silently at 1000; older ones say
//! `truncated`; some lists give a `next` link that leads nowhere (seen on 28 to 30).

use std::collections::BTreeSet;

use crate::http::Reader;
use crate::http::failure::{Failure, Kind};
use crate::http::route::Route;
use crate::model::Json;

/// The largest page that a server gives by default.
const PAGE: usize = 1000;

/// Calls `look` with each object of the list `collection`, page by page.
///
/// # Errors
/// [`Failure`] of any request, and when the list is not whole: never taken for absence.
pub(super) async fn each(reader: &Reader, collection: &str, look: impl FnMut(&Json)) -> Result<(), Failure> {
    pages(reader, &Route::new(["v3", collection]), collection, look).await
}

/// The objects of the list `collection` with exactly this name in the domain with this id.
///
/// # Errors
/// [`Failure`] of any request, and when the list is not whole.
pub(super) async fn named(reader: &Reader, collection: &str, domain: &str, name: &str) -> Result<Vec<Json>, Failure> {
    let route = Route::new(["v3", collection]).with("domain_id", domain).with("name", name);
    let mut found = Vec::new();
    pages(reader, &route, collection, |object| {
        let text = |key| object.get(key).and_then(Json::as_str);
        // Some databases do not tell upper and lower case apart.
        if (text("name"), text("domain_id")) == (Some(name), Some(domain)) {
            found.push(object.clone());
        }
    })
    .await?;
    Ok(found)
}

async fn pages(reader: &Reader, list: &Route, collection: &str, mut look: impl FnMut(&Json)) -> Result<(), Failure> {
    let first = list.clone().with("limit", PAGE);
    let mut route = first.clone();
    let mut seen = BTreeSet::new();
    loop {
        let answer = reader.get(&route).await?;
        let page = objects(&route, collection, &answer)?;
        let mut marker = None;
        for object in page {
            let id = object.get("id").and_then(Json::as_str).unwrap_or_default();
            if seen.insert(id.to_owned()) {
                marker = Some(id);
                look(object);
            }
        }
        let Some(marker) = marker.filter(|_| page.len() >= PAGE) else { return Ok(()) };
        route = first.clone().with("marker", marker);
    }
}

/// The objects of the list at `route`, which the server gives whole: under `key`, without pages and without a limit.
///
/// Roles, assignments, identity providers and mappings are such lists. They must not be asked for with a limit: that of
/// roles then links to a next page that begins anew, and that of application credentials fails (seen on 28 to 30).
///
/// # Errors
/// [`Failure`] of the request, and when the list is not whole.
pub(super) async fn whole(reader: &Reader, route: &Route, key: &str) -> Result<Vec<Json>, Failure> {
    let answer = reader.get(route).await?;
    objects(route, key, &answer).map(<[Json]>::to_vec)
}

fn objects<'a>(route: &Route, collection: &str, answer: &'a Json) -> Result<&'a [Json], Failure> {
    let incomplete = |why: &str| Failure::new(Kind::Unreadable, format!("GET {route}")).because(why);
    if answer.get("truncated").and_then(Json::as_bool) == Some(true) {
        return Err(incomplete("the list is truncated")
            .hint("this Keystone cannot page its lists: raise `[DEFAULT] list_limit` in its configuration"));
    }
    let objects = answer.get(collection).and_then(Json::as_array);
    objects.map(Vec::as_slice).ok_or_else(|| incomplete("the answer is not a list"))
}
