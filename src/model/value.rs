//! What a field can hold: a value as the server spells it, the id of another thing, or a list of items.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::Json;
use super::address::Address;

/// A field's value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Value {
    /// As the server spells it; null for a key that must not be there.
    Json(Json),
    /// The id of another thing; always named, never inlined, since it may not exist yet.
    Id(Address),
}

/// How the items of a list are told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Key {
    /// An item is its own key: redirect URIs, tags.
    Whole,
    /// An item is the JSON text of a grant; its key is the grant's domain and project.
    Grant,
    /// An item is an object; its key is its `name`. What is not said of it stays as it is.
    Name,
}

/// Which keys of a list are ours.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Owned {
    /// The whole list: a value list.
    All,
    /// These keys; items with others are neither compared nor written.
    Keys(Keys),
}

/// Keys of a list: those that many lists have in common, held once, and this list's own.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Keys {
    common: Arc<BTreeSet<String>>,
    own: BTreeSet<String>,
}

impl Keys {
    /// The keys of `common`, and `own` ones.
    pub fn new(common: &Arc<BTreeSet<String>>, own: impl IntoIterator<Item = String>) -> Self {
        let own = own.into_iter().filter(|key| !common.contains(key)).collect();
        Self { common: Arc::clone(common), own }
    }

    /// Whether `key` is one of them.
    #[must_use]
    pub fn contains(&self, key: &str) -> bool {
        self.common.contains(key) || self.own.contains(key)
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = &String> {
        self.common.iter().chain(&self.own)
    }

    /// Adds those of `other`.
    pub fn extend(&mut self, other: &Self) {
        if !Arc::ptr_eq(&self.common, &other.common) {
            let more: Vec<String> = other.common.iter().filter(|key| !self.contains(key)).cloned().collect();
            self.own.extend(more);
        }
        let more: Vec<String> = other.own.iter().filter(|key| !self.contains(key)).cloned().collect();
        self.own.extend(more);
    }
}

impl FromIterator<String> for Keys {
    fn from_iter<I: IntoIterator<Item = String>>(own: I) -> Self {
        Self { common: Arc::default(), own: own.into_iter().collect() }
    }
}

impl Owned {
    /// Whether items with this key are ours.
    #[must_use]
    pub fn owns(&self, key: &str) -> bool {
        match self {
            Self::All => true,
            Self::Keys(keys) => keys.contains(key),
        }
    }
}
