//! One way to find some objects in a collection: exact look-ups or pages, whichever costs less, for all resources.
//!
//! Pages are asked for with one object more than they hold: the next one must begin with just that. Where all of them
//! join so, and the last one ends the list, nothing that was there all the time has slipped through between two pages,
//! whatever has come and gone meanwhile: lists are sorted by key.

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

/// How often all pages are read until they join: others may be at work.
pub(crate) const READINGS: usize = 3;

/// A page costs a server about as much as this many exact look-ups (Keycloak 26.7, 10,000 users).
const LOOK_UPS_PER_PAGE: usize = 20;

/// A collection that can be counted, paged and searched by exact key.
pub struct Collection<'a, P, L> {
    /// Answers with the number of objects.
    pub count: &'a Route,
    /// The page of at most so many (second) objects from the so-manieth (first), sorted by key.
    pub page: P,
    /// The list of objects with exactly this key.
    pub look_up: L,
    /// An object's key.
    pub key: fn(&Json) -> Option<String>,
    /// Whether pages leave out objects with this key, although look-ups find them.
    pub unlisted: fn(&str) -> bool,
    /// Refused to whom the count, the pages and the look-ups may show less than there is: asked for when something is
    /// not shown, or when everything is said of what is there.
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
        if found.len() < keys.len() {
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
        self.require_sight(reader).await?;
        let wanted = |key: &str, object: &Json| keys.contains(key) || concerns(object);
        let mut found = self.whole(reader, wanted).await?;
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
        // A count of nothing is not believed without a page that shows nothing.
        let pages = count.div_ceil(PAGE).max(1);
        if keys.len() <= pages * LOOK_UPS_PER_PAGE {
            return self.look_up_all(reader, keys).await;
        }
        let mut view = self.page_through(reader, |key, _| keys.contains(key), pages).await?;
        let missing: BTreeSet<String> = keys.iter().filter(|key| !view.found.contains_key(*key)).cloned().collect();
        let whole = view.shows(count) && missing.len() > pages * LOOK_UPS_PER_PAGE;
        let doubtful = missing.into_iter().filter(|key| !whole || (self.unlisted)(key)).collect();
        let mut found = std::mem::take(&mut view.found);
        found.extend(self.look_up_all(reader, &doubtful).await?);
        Ok(found)
    }

    async fn count(&self, reader: &Reader) -> Result<usize, Failure> {
        self.counted(reader, reader.get(self.count).await?.as_ref())
    }

    async fn recount(&self, reader: &Reader) -> Result<usize, Failure> {
        self.counted(reader, &reader.stream(self.count).await?)
    }

    fn counted(&self, reader: &Reader, answer: &Json) -> Result<usize, Failure> {
        let count = answer.as_u64().and_then(|count| usize::try_from(count).ok());
        count.ok_or_else(|| reader.unreadable(self.count, "the answer is not a number"))
    }

    async fn require_sight(&self, reader: &Reader) -> Result<(), Failure> {
        require_sight(reader, self.sight, self.count, self.right).await
    }

    /// What all pages show of what is wanted.
    async fn whole(
        &self,
        reader: &Reader,
        wanted: impl Fn(&str, &Json) -> bool,
    ) -> Result<BTreeMap<String, Json>, Failure> {
        let mut why = String::new();
        for reading in 0..READINGS {
            let count = if reading == 0 { self.count(reader).await? } else { self.recount(reader).await? };
            let view = self.page_through(reader, &wanted, count.div_ceil(PAGE).max(1)).await?;
            if view.shows(count) {
                return Ok(view.found);
            }
            why = match view.seen {
                seen if seen < count => format!("the server counts {count} of them and shows {seen}"),
                _ => format!("the server counts {count} of them, and the pages of its list do not fit together"),
            };
        }
        let hint = format!("{}; or the list changes while it is being read: run again", self.right);
        Err(reader.unreadable(self.count, &why).hint(hint))
    }

    /// What the pages show of what is wanted.
    async fn page_through(
        &self,
        reader: &Reader,
        wanted: impl Fn(&str, &Json) -> bool,
        pages: usize,
    ) -> Result<View, Failure> {
        let mut view = View::default();
        let mut seen = BTreeSet::new();
        let mut edges = BTreeMap::new();
        let mut answers = stream::iter((0..pages).map(|page| (page, (self.page)(page * PAGE, PAGE + 1))))
            .map(|(page, route)| async move {
                Ok::<_, Failure>((page, objects(reader, &route, reader.stream(&route).await?)?))
            })
            .buffer_unordered(PAGES_AT_ONCE);
        while let Some((page, objects)) = answers.try_next().await? {
            edges.insert(page, Edges::of(&objects, self.key));
            for object in objects {
                let Some(key) = (self.key)(&object) else { continue };
                if wanted(&key, &object) {
                    view.found.insert(key.clone(), object);
                }
                seen.insert(key);
            }
        }
        view.seen = seen.len();
        let edges: Vec<Edges> = edges.into_values().collect();
        view.joins = edges.windows(2).all(|pair| pair[0].joins(&pair[1])) && edges.last().is_none_or(Edges::ends);
        Ok(view)
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

/// What pages have shown.
#[derive(Default)]
struct View {
    /// What is wanted of it.
    found: BTreeMap<String, Json>,
    /// How many different objects.
    seen: usize,
    /// Whether each page begins where the one before it ends, and the last one ends the list.
    joins: bool,
}

impl View {
    /// Whether that is all of so many objects.
    fn shows(&self, count: usize) -> bool {
        self.joins && self.seen == count
    }
}

/// How a page begins and ends.
struct Edges {
    size: usize,
    first: Option<String>,
    last: Option<String>,
}

impl Edges {
    fn of(page: &[Json], key: fn(&Json) -> Option<String>) -> Self {
        Self { size: page.len(), first: page.first().and_then(key), last: page.last().and_then(key) }
    }

    fn joins(&self, next: &Self) -> bool {
        self.size == PAGE + 1 && self.last.is_some() && self.last == next.first
    }

    fn ends(&self) -> bool {
        self.size <= PAGE
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

/// Fails unless everything is shown to this account: what it is not shown may be there. `sight` is refused to others;
/// `list` is what has been looked at, and `right` what is missing then.
///
/// # Errors
/// [`Failure`] of the request, and [`Kind::Forbidden`] with the missing right.
pub async fn require_sight(reader: &Reader, sight: &Route, list: &Route, right: &str) -> Result<(), Failure> {
    match reader.get(sight).await {
        Err(refused) if refused.kind == Kind::Forbidden => Err(reader.hidden(list, right)),
        Ok(answer) if !answer.is_object() => Err(reader.unreadable(sight, "the answer is not one object")),
        answer => answer.map(|_| ()),
    }
}
