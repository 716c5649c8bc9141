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
    /// Whether pages leave out objects with this key, although look-ups find them.
    pub unlisted: fn(&str) -> bool,
    /// Refused to whom the count and the pages may show nothing although there is something: asked for only when
    /// neither shows anything.
    pub sight: &'a Route,
    /// Which right is missing when a list is empty that should not be.
    pub right: &'static str,
}

impl<P: Fn(usize, usize) -> Route, L: Fn(&str) -> Route> Collection<'_, P, L> {
    /// The objects with these keys. A key that is not in the result is certainly absent: pages that shift while
    /// being read, lists that leave something out, and accounts that are shown nothing are never taken for it.
    ///
    /// # Errors
    /// [`Failure`] of any request; of the right to look, too.
    pub async fn find(&self, reader: &Reader, keys: &BTreeSet<String>) -> Result<BTreeMap<String, Json>, Failure> {
        let found = self.by_the_cheaper_way(reader, keys).await?;
        if found.is_empty() && !keys.is_empty() {
            self.require_sight(reader).await?;
        }
        Ok(found)
    }

    /// All objects of which `concerns` is true, and those with these keys, as in [`Collection::find`].
    ///
    /// # Errors
    /// [`Failure`] of any request; and when as many objects as the server counts are not shown.
    pub async fn all(
        &self,
        reader: &Reader,
        keys: &BTreeSet<String>,
        concerns: impl Fn(&Json) -> bool,
    ) -> Result<BTreeMap<String, Json>, Failure> {
        let count = self.count(reader).await?;
        if count == 0 {
            self.require_sight(reader).await?;
        }
        let wanted = |key: &str, object: &Json| keys.contains(key) || concerns(object);
        let (mut found, seen) = self.page_through(reader, wanted, count.div_ceil(PAGE)).await?;
        if seen < count {
            let why = format!("the server counts {count} of them and shows {seen}");
            return Err(reader.unreadable(self.count, &why).hint(self.right.to_owned()));
        }
        let missing = keys.iter().filter(|key| !found.contains_key(*key)).cloned().collect();
        found.extend(self.look_up_all(reader, &missing).await?);
        Ok(found)
    }

    async fn by_the_cheaper_way(
        &self,
        reader: &Reader,
        keys: &BTreeSet<String>,
    ) -> Result<BTreeMap<String, Json>, Failure> {
        if keys.len() <= LOOK_UPS_PER_PAGE {
            return self.look_up_all(reader, keys).await;
        }
        let count = self.count(reader).await?;
        let pages = count.div_ceil(PAGE);
        if keys.len() <= pages * LOOK_UPS_PER_PAGE {
            return self.look_up_all(reader, keys).await;
        }
        let (mut found, seen) = self.page_through(reader, |key, _| keys.contains(key), pages).await?;
        let missing: BTreeSet<String> = keys.iter().filter(|key| !found.contains_key(*key)).cloned().collect();
        let whole = seen == count && missing.len() > pages * LOOK_UPS_PER_PAGE;
        let doubtful = missing.into_iter().filter(|key| !whole || (self.unlisted)(key)).collect();
        found.extend(self.look_up_all(reader, &doubtful).await?);
        Ok(found)
    }

    async fn count(&self, reader: &Reader) -> Result<usize, Failure> {
        let count = reader.get(self.count).await?;
        let count = count.as_u64().and_then(|count| usize::try_from(count).ok());
        count.ok_or_else(|| reader.unreadable(self.count, "the answer is not a number"))
    }

    /// Fails when there are objects and none is shown: nothing can be told of one that is not shown then. A count of
    /// none may be such a list itself.
    async fn require_sight(&self, reader: &Reader) -> Result<(), Failure> {
        if self.count(reader).await? == 0 {
            return match reader.get(self.sight).await {
                Err(refused) if refused.kind == Kind::Forbidden => Err(reader.hidden(self.count, self.right)),
                answer => answer.map(|_| ()),
            };
        }
        let route = (self.page)(0, 1);
        let shown = objects(reader, &route, reader.stream(&route).await?)?;
        if shown.is_empty() { Err(reader.hidden(&route, self.right)) } else { Ok(()) }
    }

    /// What the pages show of what is wanted, and how many different objects they showed at all.
    async fn page_through(
        &self,
        reader: &Reader,
        wanted: impl Fn(&str, &Json) -> bool,
        pages: usize,
    ) -> Result<(BTreeMap<String, Json>, usize), Failure> {
        let mut found = BTreeMap::new();
        let mut seen = BTreeSet::new();
        let mut answers = stream::iter((0..pages).map(|page| (self.page)(page * PAGE, PAGE)))
            .map(|route| async move { objects(reader, &route, reader.stream(&route).await?) })
            .buffer_unordered(PAGES_AT_ONCE);
        while let Some(page) = answers.try_next().await? {
            for object in page {
                let Some(key) = (self.key)(&object) else { continue };
                if wanted(&key, &object) {
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
                let objects = objects(reader, &route, reader.get(&route).await?.as_ref().clone())?;
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
pub fn objects(reader: &Reader, route: &Route, answer: Json) -> Result<Vec<Json>, Failure> {
    match answer {
        Json::Array(objects) => Ok(objects),
        _ => Err(reader.unreadable(route, "the answer is not a list")),
    }
}
