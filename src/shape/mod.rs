//! How resources behave: wanted and live become steps. Pure, plain functions; no server's peculiarities.
//!
//! [`entity`], [`document`] and [`relation`] decide what happens to an object; [`overlay`] compares and merges its fields;
//! [`standing`] says what a fresh look means for a step.

pub mod document;
pub mod entity;
pub mod overlay;
pub mod relation;
pub mod standing;

mod items;

use crate::model::address::Ids;
use crate::model::change::FieldChange;
use crate::model::step::{Action, Step};
use crate::model::wanted::{Live, Shape, Wanted};
use crate::resource::Problem;

/// The step that makes `wanted` true, if one is needed.
///
/// # Errors
/// A [`Problem`] when no step can.
pub fn diff(wanted: &Wanted, live: Option<&Live>, ids: &Ids) -> Result<Option<Step>, Problem> {
    match wanted.shape {
        Shape::Entity => entity::diff(wanted, live, ids),
        Shape::Document => document::diff(wanted, live, ids),
        Shape::Relation => relation::diff(wanted, live),
    }
}

fn step(wanted: &Wanted, action: Action, id: Option<String>, fields: Vec<FieldChange>) -> Step {
    let renamed_from = wanted.renamed_from.clone().filter(|_| action == Action::Update);
    Step { fields, id, renamed_from, ..Step::of(wanted, action) }
}

/// The update of what is there, if any of its fields differ.
fn update(wanted: &Wanted, live: &Live, ids: &Ids) -> Option<Step> {
    let fields = overlay::changes(wanted, Some(live), ids);
    (!fields.is_empty()).then(|| step(wanted, Action::Update, live.id.clone(), fields))
}

fn problem(wanted: &Wanted, message: &str, hint: &str) -> Problem {
    Problem {
        address: wanted.address.clone(),
        source: wanted.source.clone(),
        message: message.to_owned(),
        hint: Some(hint.to_owned()),
    }
}

#[cfg(test)]
mod tests;
