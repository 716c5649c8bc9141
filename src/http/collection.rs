//! One way to find some objects in a collection: exact look-ups or pages, whichever costs less, for all resources.

use std::collections::{BTreeMap, BTreeSet};

use futures::{StreamExt as _, TryStreamExt as _, stream};

use super::Reader;
use super::failure::{Failure, Kind};
use super::route::Route;
use crate::model::Json;

/// Objects a page: the size that serves best, cold and warm, over [`PAGES_AT_ONCE`] connections (Keycloak 26.7).
const PAGE: usize = 250;
const PAGES_AT_ONCE: usize = 4;
const LOOK_UPS_AT_ONCE: usize = 8;

/// A page costs a server about as much as this many exact look-ups (Keycloak 26.7, 10,000 users).
const LOOK_UPS_PER_PAGE: usize = 20;

/// A collection that can be counted, paged and searched by exact key.
pub struct Collection<'a, P, L> {
    /// Answers with the number of objects.
    pub count: &'a Route,
    /// The page of at most so many (second) objects from the so-manieth (first).
    pub page: P,
    /// The list of objects with exactly this key.
    pub look_up: L,
    /// An object's key.
    pub key: fn(&Json) -> Option<String>,
}

impl<P: Fn(usize, usize) -> Route, L: Fn(&str) -> Route> Collection<'_, P, L> {
    /// The objects with these keys. A key that is not in the result is certainly absent: pages that shift while
    /// being read, or that are filtered, are never taken for the whole.
    ///
    /// # Errors
    /// [`Failure`] of any request.
    pub async fn find(&self, reader: &Reader, keys: &BTreeSet<String>) -> Result<BTreeMap<String, Json>, Failure> {
        if keys.len() <= LOOK_UPS_PER_PAGE {
            return self.look_up_all(reader, keys).await;
        }
        let count = reader.get(self.count).await?;
        let count = count.as_u64().and_then(|count| usize::try_from(count).ok()).ok_or_else(|| {
            Failure::new(Kind::Unreadable, format!("GET {}", self.count)).because("the answer is not a number")
        })?;
        let pages = count.div_ceil(PAGE);
        if keys.len() <= pages * LOOK_UPS_PER_PAGE {
            return self.look_up_all(reader, keys).await;
        }
        let (mut found, seen) = self.page_through(reader, keys, pages).await?;
        if seen < count {
            let missing = keys.iter().filter(|key| !found.contains_key(*key)).cloned().collect();
            found.extend(self.look_up_all(reader, &missing).await?);
        }
        Ok(found)
    }

    /// What the pages show of `keys`, and how many different objects they showed at all.
    async fn page_through(
        &self,
        reader: &Reader,
        keys: &BTreeSet<String>,
        pages: usize,
    ) -> Result<(BTreeMap<String, Json>, usize), Failure> {
        let mut found = BTreeMap::new();
        let mut seen = BTreeSet::new();
        let mut answers = stream::iter((0..pages).map(|page| (self.page)(page * PAGE, PAGE)))
            .map(|route| async move { objects(&route, reader.stream(&route).await?) })
            .buffer_unordered(PAGES_AT_ONCE);
        while let Some(page) = answers.try_next().await? {
            for object in page {
                let Some(key) = (self.key)(&object) else { continue };
                if keys.contains(&key) {
                    found.insert(key.clone(), object);
                }
                seen.insert(key);
            }
        }
        Ok((found, seen.len()))
    }

    async fn look_up_all(&self, reader: &Reader, keys: &BTreeSet<String>) -> Result<BTreeMap<String, Json>, Failure> {
        let look_up = |key: &String| {
            let (key, route) = (key.clone(), (self.look_up)(key));
            async move {
                let objects = objects(&route, reader.stream(&route).await?)?;
                let object = objects.into_iter().find(|object| (self.key)(object).as_ref() == Some(&key));
                Ok(object.map(|object| (key, object)))
            }
        };
        stream::iter(keys.iter().map(look_up).collect::<Vec<_>>())
            .buffer_unordered(LOOK_UPS_AT_ONCE)
            .try_filter_map(|found| async { Ok(found) })
            .try_collect()
            .await
    }
}

/// The objects of a list.
///
/// # Errors
/// [`Failure`] when the answer is something else: never taken for an empty list.
pub fn objects(route: &Route, answer: Json) -> Result<Vec<Json>, Failure> {
    match answer {
        Json::Array(objects) => Ok(objects),
        _ => Err(Failure::new(Kind::Unreadable, format!("GET {route}")).because("the answer is not a list")),
    }
}
