//! All groups of a realm, by the names on their paths. The server's own `path` is not used: it does not tell a `/` in
//! a name from one between names.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::wire;
use crate::http::Reader;
use crate::http::collection::objects;
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
    let route = wire::count(realm);
    let answer = reader.get(&route).await?;
    let count =
        wire::counted(&answer).ok_or_else(|| reader.unreadable(&route, "the answer is not a number of groups"))?;
    for search in EVERYTHING {
        let route = wire::flat(realm, search);
        let answer = reader.get(&route).await?;
        let tree = by_names(&objects(reader, &route, answer.as_ref().clone())?);
        if tree.len() >= count {
            return Ok(tree);
        }
    }
    let tree = by_names(&walk(reader, realm).await?);
    if tree.len() >= count {
        return Ok(tree);
    }
    let message = format!("there are {count} groups, and {} of them are shown", tree.len());
    let hint = format!("the tool's account needs the role `view-users` of realm `{realm}` to see all groups");
    Err(Failure::new(Kind::Forbidden, "list all groups").because(message).hint(hint))
}

/// Level by level: for servers that have no flat list.
async fn walk(reader: &Reader, realm: &str) -> Result<Vec<Json>, Failure> {
    let mut found = level(reader, |first| wire::outermost(realm, first)).await?;
    let mut next = 0;
    while let Some(id) = found.get(next).and_then(|group| text(group, "id")).map(str::to_owned) {
        found.extend(level(reader, |first| wire::children(realm, &id, first)).await?);
        next += 1;
    }
    Ok(found)
}

/// The groups of all pages, whose last one is empty.
async fn level(reader: &Reader, page: impl Fn(usize) -> Route) -> Result<Vec<Json>, Failure> {
    let mut found = Vec::new();
    for number in 0.. {
        let route = page(number * wire::PAGE);
        let objects = objects(reader, &route, reader.get(&route).await?.as_ref().clone())?;
        if objects.is_empty() {
            break;
        }
        found.extend(objects);
    }
    Ok(found)
}

/// Those of the `asked` users who are on the pages of a list. The list has been seen to its end only when a page is
/// empty, since what may not be seen is taken out of pages afterwards; that is not needed once all have been seen.
pub(crate) async fn listed<'a>(
    reader: &Reader,
    page: impl Fn(usize) -> Route,
    mut asked: BTreeSet<&'a str>,
) -> Result<BTreeSet<&'a str>, Failure> {
    let mut seen = BTreeSet::new();
    for number in 0.. {
        if asked.is_empty() {
            break;
        }
        let route = page(number * wire::PAGE);
        let users = objects(reader, &route, reader.stream(&route).await?)?;
        if users.is_empty() {
            break;
        }
        seen.extend(users.iter().filter_map(|user| asked.take(text(user, "username")?)));
    }
    Ok(seen)
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
    fn a_group_in_one_that_is_not_shown_is_not_shown_as_an_outer_one() {
        assert!(by_names(&[json!({"id": "2", "name": "b", "parentId": "1"})]).is_empty());
    }
}
