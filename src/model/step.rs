//! One step of a plan: what is done to one object. Data, saved as it is.

use serde::{Deserialize, Serialize};

use super::address::Address;
use super::change::FieldChange;
use super::source::Source;

/// What is done to one object.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Step {
    /// The object.
    pub address: Address,
    /// What is done to it.
    pub action: Action,
    /// The fields that it concerns.
    pub fields: Vec<FieldChange>,
    /// The steps or objects that must be there before.
    pub requires: Vec<Address>,
    /// The server document that is written: its lane.
    pub document: Address,
    /// The server's id of the object, when it has been found.
    pub id: Option<String>,
    /// Where the object is declared.
    #[serde(skip)]
    pub source: Option<Source>,
}

/// What is done to an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Action {
    /// It is made.
    Create,
    /// Some of its fields change.
    Update,
    /// It goes.
    Delete,
}
