//! What a field can hold: a value as the server spells it, the id of another thing, or a list of items.

use std::collections::BTreeSet;

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
    Keys(BTreeSet<String>),
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
