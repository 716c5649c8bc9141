//! All groups of a realm, by the names on their paths. The server's own `path` is not used: it does not tell a `/` in
//! a name from one between names.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::wire;
use crate::http::Reader;
use crate::http::collection::{READINGS, objects};
use crate::http::failure::{Failure, Kind};
use crate::http::route::Route;
use crate::model::Json;

/// Groups by the names on their paths.
pub(crate) type Tree = BTreeMap<Vec<String>, Json>;

/// What the flat lists are searched for; which of them means everything depends on the version.
const EVERYTHING: [&str; 2] = ["*", ""];

/// All groups of the realm. Only as many as the server counts are all: a list may be filtered, or cut.
///
/// # Errors
/// [`Failure`] of any request, and when the server counts more groups than it shows.
pub(crate) async fn tree(reader: &Reader, realm: &str) -> Result<Tree, Failure> {
    let (mut count, mut shown) = (0, 0);
    // Others may be at work: what is counted and not shown may have gone in between.
    for look in [Look::Shared, Look::Anew] {
        count = number(reader, realm, look).await?;
        for search in EVERYTHING {
            let route = wire::flat(realm, search);
            let tree = by_names(&objects(reader, &route, look.at(reader, &route).await?)?);
            if tree.len() >= count {
                return Ok(tree);
            }
        }
        let tree = by_names(&walk(reader, realm, look).await?);
        if tree.len() >= count {
            return Ok(tree);
        }
        shown = tree.len();
    }
    let message = format!("there are {count} groups, and {shown} of them are shown");
    let hint = format!("the tool's account needs the role `view-users` of realm `{realm}` to see all groups");
    Err(Failure::new(Kind::Forbidden, "list all groups").because(message).hint(hint))
}

/// Whether what has been read already will do.
#[derive(Clone, Copy)]
enum Look {
    Shared,
    Anew,
}

impl Look {
    async fn at(self, reader: &Reader, route: &Route) -> Result<Json, Failure> {
        match self {
            Self::Shared => Ok(reader.get(route).await?.as_ref().clone()),
            Self::Anew => reader.stream(route).await,
        }
    }
}

/// How many groups the server counts.
async fn number(reader: &Reader, realm: &str, look: Look) -> Result<usize, Failure> {
    let route = wire::count(realm);
    let answer = look.at(reader, &route).await?;
    wire::counted(&answer).ok_or_else(|| reader.unreadable(&route, "the answer is not a number of groups"))
}

/// Level by level: for servers that have no flat list.
async fn walk(reader: &Reader, realm: &str, look: Look) -> Result<Vec<Json>, Failure> {
    let mut found = level(reader, look, |first| wire::outermost(realm, first)).await?;
    let mut known: BTreeSet<String> = found.iter().filter_map(|group| text(group, "id").map(str::to_owned)).collect();
    let mut next = 0;
    while let Some(id) = found.get(next).and_then(|group| text(group, "id")).map(str::to_owned) {
        let inner = level(reader, look, |first| wire::children(realm, &id, first)).await?;
        // One that is shown in itself would never end.
        found.extend(inner.into_iter().filter(|group| text(group, "id").is_some_and(|id| known.insert(id.to_owned()))));
        next += 1;
    }
    Ok(found)
}

/// The groups of all pages.
async fn level(reader: &Reader, look: Look, page: impl Fn(usize) -> Route) -> Result<Vec<Json>, Failure> {
    let mut found = Vec::new();
    pages(reader, look, page, |groups| {
        found.extend(groups);
        true
    })
    .await?;
    Ok(found)
}

/// Those of the `asked` users who are on the pages of a list, which is not read further once all have been seen.
///
/// # Errors
/// [`Failure`] of any request, and when the list is not whole.
pub(crate) async fn listed<'a>(
    reader: &Reader,
    page: impl Fn(usize) -> Route,
    mut asked: BTreeSet<&'a str>,
) -> Result<BTreeSet<&'a str>, Failure> {
    let mut seen = BTreeSet::new();
    if !asked.is_empty() {
        pages(reader, Look::Anew, page, |users| {
            seen.extend(users.iter().filter_map(|user| asked.take(text(user, "username")?)));
            !asked.is_empty()
        })
        .await?;
    }
    Ok(seen)
}

/// The ids of all users on the pages of a list, by username.
///
/// # Errors
/// [`Failure`] of any request, and when the list is not whole.
pub(crate) async fn everybody(
    reader: &Reader,
    page: impl Fn(usize) -> Route,
) -> Result<BTreeMap<String, String>, Failure> {
    let mut seen = BTreeMap::new();
    pages(reader, Look::Anew, page, |users| {
        let user = |user: &Json| Some((text(user, "username")?.to_owned(), text(user, "id")?.to_owned()));
        seen.extend(users.iter().filter_map(user));
        true
    })
    .await?;
    Ok(seen)
}

/// Gives `take` page after page, until it has enough or one is empty. Each page is asked for with one object more than
/// it holds, with which the next one must begin: so nothing slips through between two pages (lists are sorted). One that
/// is short is the last one if nothing comes behind just what it shows: what may not be seen is taken out of pages
/// afterwards, and some servers cut them.
async fn pages(
    reader: &Reader,
    mut look: Look,
    page: impl Fn(usize) -> Route,
    mut take: impl FnMut(Vec<Json>) -> bool,
) -> Result<(), Failure> {
    for _ in 0..READINGS {
        let (mut start, mut seam) = (0, None);
        loop {
            let route = page(start);
            let objects = objects(reader, &route, look.at(reader, &route).await?)?;
            let id = |object: Option<&Json>| object.and_then(|object| text(object, "id")).map(str::to_owned);
            let (first, last) = (id(objects.first()), id(objects.last()));
            if objects.is_empty() && seam.is_none() {
                return Ok(());
            }
            if start > 0 && (first.is_none() || first != seam) {
                break;
            }
            start += objects.len().min(wire::PAGE);
            seam = last.filter(|_| objects.len() > wire::PAGE);
            if !take(objects) {
                return Ok(());
            }
        }
        look = Look::Anew;
    }
    let hint = "the list changes while it is being read: run again; or the tool's account may not see all of it, for \
                which it needs the role `view-users` of the realm";
    Err(reader.unreadable(&page(0), "the pages of the list do not fit together").hint(hint))
}

/// Groups by the names on their paths; one whose parent is not among them is left out.
fn by_names(groups: &[Json]) -> Tree {
    let by_id: HashMap<String, &Json> =
        groups.iter().filter_map(|group| Some((text(group, "id")?.to_owned(), group))).collect();
    let names = |group: &Json| {
        let mut names = vec![text(group, "name")?.to_owned()];
        let mut inner = group;
        while let Some(parent) = text(inner, "parentId") {
            inner = by_id.get(parent)?;
            names.push(text(inner, "name")?.to_owned());
            if names.len() > by_id.len() {
                return None;
            }
        }
        names.reverse();
        Some(names)
    };
    groups.iter().filter_map(|group| Some((names(group)?, group.clone()))).collect()
}

fn text<'a>(group: &'a Json, key: &str) -> Option<&'a str> {
    group.get(key).and_then(Json::as_str)
}

#[cfg(test)]
mod tests {
    //! Paths are made of names, not of the server's own paths.

    use serde_json::json;

    use super::*;

    #[test]
    fn a_slash_in_a_name_does_not_make_a_deeper_group() {
        let tree = by_names(&[
            json!({"id": "3", "name": "c", "parentId": "2"}),
            json!({"id": "1", "name": "a", "path": "/a"}),
            json!({"id": "2", "name": "b", "path": "/a/b", "parentId": "1"}),
            json!({"id": "4", "name": "a/b", "path": "/a/b"}),
        ]);
        let paths: Vec<_> =
            tree.iter().map(|(names, group)| (names.join("|"), group["id"].as_str().unwrap())).collect();
        let expected = [("a", "1"), ("a|b", "2"), ("a|b|c", "3"), ("a/b", "4")];
        assert_eq!(paths, expected.map(|(names, id)| (names.to_owned(), id)));
    }

    #[test]
    fn groups_in_a_circle_are_not_followed_for_ever() {
        assert!(
            by_names(&[
                json!({"id": "1", "name": "a", "parentId": "2"}),
                json!({"id": "2", "name": "b", "parentId": "1"}),
            ])
            .is_empty()
        );
    }

    #[test]
    fn a_group_in_one_that_is_not_shown_is_not_shown_as_an_outer_one() {
        assert!(by_names(&[json!({"id": "2", "name": "b", "parentId": "1"})]).is_empty());
    }
}
