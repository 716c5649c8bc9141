//! One step of a plan: what is done to one object. Data, saved as it is.

use serde::{Deserialize, Serialize};

use super::address::Address;
use super::change::{Change, FieldChange};
use super::source::Source;
use super::wanted::Wanted;

/// What is done to one object.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Step {
    /// The object.
    pub address: Address,
    /// What is done to it.
    pub action: Action,
    /// Which of its object's steps it is.
    #[serde(default, skip_serializing_if = "Part::is_only")]
    pub part: Part,
    /// The fields that it concerns.
    pub fields: Vec<FieldChange>,
    /// The steps or objects that must be there before.
    pub requires: Vec<Address>,
    /// The server document that is written: its lane.
    pub document: Address,
    /// The server's id of the object, when it has been found.
    pub id: Option<String>,
    /// What the server calls the object, where the step gives it another name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub renamed_from: Option<String>,
    /// Where the object is declared.
    #[serde(skip)]
    pub source: Option<Source>,
}

impl Step {
    /// What is done to what is `wanted`, without any fields, where the server's id of it is not known.
    #[must_use]
    pub fn of(wanted: &Wanted, action: Action) -> Self {
        Self {
            address: wanted.address.clone(),
            action,
            part: Part::Only,
            fields: Vec::new(),
            requires: wanted.requires.clone(),
            document: wanted.document.clone(),
            id: None,
            renamed_from: None,
            source: wanted.source.clone(),
        }
    }

    /// The object's address on the server, where the step gives it another name; what it is in has the names of the spec.
    #[must_use]
    pub fn renamed(&self) -> Option<Address> {
        self.renamed_from.as_ref().map(|name| self.address.called(name))
    }

    /// The same step of objects with other addresses; what it writes stays.
    #[must_use]
    pub fn readdressed(&self, other: &impl Fn(&Address) -> Address) -> Self {
        Self {
            address: other(&self.address),
            requires: self.requires.iter().map(other).collect(),
            document: other(&self.document),
            ..self.clone()
        }
    }

    /// Whether it only makes another step of its object possible.
    #[must_use]
    pub fn is_first(&self) -> bool {
        matches!(self.part, Part::First { .. })
    }

    /// Whether it makes steps of other objects possible, too.
    #[must_use]
    pub fn serves_others(&self) -> bool {
        matches!(&self.part, Part::First { before } if !before.is_empty())
    }

    /// Whether the server makes another secret: what is there afterwards has another id.
    #[must_use]
    pub fn renews(&self) -> bool {
        self.fields.iter().any(|field| matches!(field.change, Change::Renewed { .. }))
    }

    /// Whether this step must have been taken before `other` is.
    #[must_use]
    pub fn precedes(&self, other: &Self) -> bool {
        match &self.part {
            Part::First { before } if !other.is_first() => {
                self.address == other.address || before.contains(&other.address)
            }
            Part::First { .. } | Part::Only | Part::Last => false,
        }
    }
}

/// Which of its object's steps it is: what a server does not do at once takes two.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Part {
    /// There is no other.
    #[default]
    Only,
    /// What makes the other one possible.
    First {
        /// Other objects whose own steps it makes possible, too.
        before: Vec<Address>,
    },
    /// What has been made possible.
    Last,
}

impl Part {
    /// Whether there is no other step of the object.
    #[must_use]
    pub fn is_only(&self) -> bool {
        *self == Self::Only
    }
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
