//! The entity shape: an object with an identity and fields, created when missing, deleted when it shall not be there.

use super::{overlay, problem, step, update};
use crate::model::address::Ids;
use crate::model::step::{Action, Step};
use crate::model::wanted::{Ensure, Field, Live, Wanted};
use crate::resource::Problem;

/// Creates what is missing, updates what differs, deletes what shall not be there.
///
/// # Errors
/// A [`Problem`] when the object is missing and may not be created.
pub fn diff(wanted: &Wanted, live: Option<&Live>, ids: &Ids) -> Result<Option<Step>, Problem> {
    match (live, wanted.ensure) {
        (Some(live), Ensure::Absent) => Ok(Some(step(wanted, Action::Delete, live.id.clone(), Vec::new()))),
        (None, Ensure::Absent) | (_, Ensure::Any) => Ok(None),
        (Some(live), Ensure::Present | Ensure::Existing | Ensure::Required) => {
            match overlay::contradiction(wanted, live, ids) {
                Some(field) => Err(fixed(wanted, field)),
                None => Ok(update(wanted, live, ids)),
            }
        }
        (None, Ensure::Present) => Ok(Some(step(wanted, Action::Create, None, overlay::changes(wanted, None, ids)))),
        (None, Ensure::Existing) => {
            Err(problem(wanted, "does not exist", "correct the name; what says `ensure: existing` is never created"))
        }
        (None, Ensure::Required) => {
            Err(problem(wanted, "does not exist, and is required here", "correct the name, or declare it in the spec"))
        }
    }
}

/// What the server would have to change, and cannot.
fn fixed(wanted: &Wanted, field: &Field) -> Problem {
    let message = format!("has another `{}` on the server, which cannot be changed there", field.word);
    let hint = "say what it has, or say nothing of it; another one means another object: delete this one first";
    Problem { source: field.source.clone().or_else(|| wanted.source.clone()), ..problem(wanted, &message, hint) }
}
