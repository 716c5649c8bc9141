//! Keystone's lists, page by page. Without a limit newer releases cut them silently at 1000; a page may be shorter than
//! asked for (`max_db_limit`); older releases say `truncated`; some lists give a `next` link that leads nowhere (seen
//! on 28 to 30).

use std::collections::{BTreeMap, BTreeSet};

use crate::http::Reader;
use crate::http::failure::Failure;
use crate::http::route::Route;
use crate::model::Json;
use crate::model::address::Address;

/// The largest page that a server gives by default.
const PAGE: usize = 1000;

/// Things of one domain that are looked for by their names: more cost a server as much as a page of all.
pub(super) const FEW: usize = 20;

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

/// What the list `collection` shows under each of these addresses, of a domain and a name: of one name each while they are
/// few, else those of whole domains.
///
/// # Errors
/// [`Failure`] of any request, and when a list is not whole.
pub(super) async fn by_name<'a>(
    reader: &Reader,
    collection: &str,
    addresses: impl Iterator<Item = &'a Address>,
) -> Result<BTreeMap<Address, Vec<Json>>, Failure> {
    let mut asked = BTreeMap::<String, BTreeMap<&str, &Address>>::new();
    for address in addresses {
        asked.entry(super::domain_of(address).name().to_owned()).or_default().insert(address.name(), address);
    }
    let mut found = BTreeMap::<Address, Vec<Json>>::new();
    for (domain, home) in super::domain::names(reader).await? {
        let Some(asked) = asked.get(&home) else { continue };
        let mut keep = |object: &Json| {
            let name = object.get("name").and_then(Json::as_str).unwrap_or_default();
            if let Some(address) = asked.get(name) {
                found.entry((*address).clone()).or_default().push(object.clone());
            }
        };
        if asked.len() <= FEW {
            for name in asked.keys() {
                named(reader, collection, &domain, name).await?.iter().for_each(&mut keep);
            }
        } else {
            let route = Route::new(["v3", collection]).with("domain_id", &domain);
            filtered(reader, &route, collection, keep).await?;
        }
    }
    Ok(found)
}

/// Calls `look` with each object of the list at `route`, which says what is looked for, page by page.
///
/// # Errors
/// [`Failure`] of any request, and when the list is not whole.
pub(super) async fn filtered(
    reader: &Reader,
    route: &Route,
    collection: &str,
    look: impl FnMut(&Json),
) -> Result<(), Failure> {
    pages(reader, route, collection, look).await
}

async fn pages(reader: &Reader, list: &Route, collection: &str, mut look: impl FnMut(&Json)) -> Result<(), Failure> {
    let first = list.clone().with("limit", PAGE);
    let mut route = first.clone();
    let mut seen = BTreeSet::new();
    loop {
        // Several ask for the same lists: projects for those of domains, assignments for all that they link.
        let answer = reader.get(&route).await?;
        let page = objects(reader, &route, collection, &answer)?;
        let mut marker = None;
        for object in page {
            let id = object.get("id").and_then(Json::as_str).unwrap_or_default();
            if seen.insert(id.to_owned()) {
                marker = Some(id);
                look(object);
            }
        }
        // One that does not page shows all at once, whatever it is asked for, and links to nothing.
        let goes_on = page.len() == PAGE || goes_on(&answer);
        if marker.is_none() && !page.is_empty() {
            let why = format!("the list begins anew, after {} objects", seen.len());
            return Err(reader
                .unreadable(&route, &why)
                .hint("this Keystone, or a proxy before it, does not page its lists"));
        }
        let Some(marker) = marker.filter(|_| goes_on) else { break };
        route = first.clone().with("marker", marker);
    }
    // Every Keystone has the domain of its first administrator.
    if seen.is_empty() && collection == "domains" { Err(hidden(reader, &first)) } else { Ok(()) }
}

/// The objects of the list at `route`, which the server gives whole: under `key`, without pages and without a limit.
///
/// Roles, assignments, identity providers, mappings and the members of a group are such lists. They must not be asked for with a limit: that of
/// roles then links to a next page that begins anew, and that of application credentials fails (seen on 28 to 30).
///
/// # Errors
/// [`Failure`] of the request, and when the list is not whole.
pub(super) async fn whole(reader: &Reader, route: &Route, key: &str) -> Result<Vec<Json>, Failure> {
    let objects = perhaps_none(reader, route, key).await?;
    // Whoever logs in does it with a role.
    if objects.is_empty() && key == "roles" { Err(hidden(reader, route)) } else { Ok(objects) }
}

/// The same, of what there may be none of.
///
/// # Errors
/// [`Failure`] of the request, and when the list is not whole.
pub(super) async fn perhaps_none(reader: &Reader, route: &Route, key: &str) -> Result<Vec<Json>, Failure> {
    let answer = reader.get(route).await?;
    let objects = objects(reader, route, key, &answer)?.to_vec();
    if goes_on(&answer) {
        return Err(reader.unreadable(route, "the list goes on elsewhere, and cannot be paged"));
    }
    Ok(objects)
}

/// Whether there is a link to more.
fn goes_on(answer: &Json) -> bool {
    answer.pointer("/links/next").is_some_and(|next| !next.is_null())
}

fn hidden(reader: &Reader, route: &Route) -> Failure {
    reader.hidden(route, "the tool's account needs the role `admin`, or `reader` on the whole system")
}

fn objects<'a>(reader: &Reader, route: &Route, collection: &str, answer: &'a Json) -> Result<&'a [Json], Failure> {
    if answer.get("truncated").and_then(Json::as_bool) == Some(true) {
        return Err(reader
            .unreadable(route, "the list is truncated")
            .hint("this Keystone cannot page its lists: raise `[DEFAULT] list_limit` in its configuration"));
    }
    let objects = answer.get(collection).and_then(Json::as_array);
    objects.map(Vec::as_slice).ok_or_else(|| reader.unreadable(route, "the answer is not a list"))
}
