//! The relation shape: a link between two objects, there or not.

use super::{problem, step};
use crate::model::step::{Action, Step};
use crate::model::wanted::{Ensure, Live, Wanted};
use crate::resource::Problem;

/// Makes a link that is missing, cuts one that shall not be there.
///
/// # Errors
/// A [`Problem`] when the link is missing and may not be made.
pub fn diff(wanted: &Wanted, live: Option<&Live>) -> Result<Option<Step>, Problem> {
    match (live, wanted.ensure) {
        (Some(_), Ensure::Present | Ensure::Existing | Ensure::Required)
        | (None, Ensure::Absent)
        | (_, Ensure::Any) => Ok(None),
        (None, Ensure::Present) => Ok(Some(step(wanted, Action::Create, None, Vec::new()))),
        (Some(live), Ensure::Absent) => Ok(Some(step(wanted, Action::Delete, live.id.clone(), Vec::new()))),
        (None, Ensure::Existing | Ensure::Required) => {
            Err(problem(wanted, "does not exist", "declare it, so that it is made"))
        }
    }
}
