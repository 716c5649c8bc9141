//! One field of one object, before and after. Holds no secret: there is no place for one.

use serde::{Deserialize, Serialize};

use super::Json;
use super::address::Address;
use super::path::Path;
use super::spelling::Spelling;
use super::value::{Key, Owned, Value};
use crate::secret::SecretRef;

/// The change of one field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FieldChange {
    /// The operator's word for the field.
    pub word: String,
    /// Where the server's document holds it.
    pub path: Path,
    /// How its values are shown to the operator.
    pub spelling: Spelling,
    /// What happens to it.
    pub change: Change,
}

/// What happens to a field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Change {
    /// What the object's address says already, sent at its creation.
    Identity(Value),
    /// One value takes the place of another.
    Value {
        /// What the server shows; nothing where it shows nothing.
        before: Option<Json>,
        /// What it shall show.
        after: Value,
    },
    /// Items of a list come, change and go.
    Items {
        /// How items are told apart.
        by: Key,
        /// Which keys are ours.
        owned: Owned,
        /// Every owned key that there is or shall be, unchanged ones included: one that appears later makes the
        /// plan stale instead of vanishing unseen.
        items: Vec<Item>,
    },
    /// A secret is sent; neither side can be shown.
    Secret(SecretRef),
    /// The server makes a secret by itself; nothing is sent.
    Generated,
    /// This secret is sent, or written where it is delivered to: that of an application credential, which is made here when
    /// that is made, and known from nowhere else afterwards; or that of a client, which its server tells.
    Issued(Address),
    /// The server makes another secret in the place of the one that is there; nothing is sent.
    Renewed {
        /// Whether that one ends at once.
        hard_cut: bool,
    },
}

/// The items of a list that have one key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    /// The key; of an id that is not known yet, its address.
    pub key: String,
    /// What the server shows under it, verbatim: several where something else wrote it twice.
    pub before: Vec<Json>,
    /// What shall stand there.
    pub after: Option<Value>,
}

impl Item {
    /// Whether anything is written for this key.
    #[must_use]
    pub fn changes(&self) -> bool {
        let stays = |after: &Value| matches!(after, Value::Json(json) if self.before == [json.clone()]);
        !self.after.as_ref().map_or(self.before.is_empty(), stays)
    }
}
