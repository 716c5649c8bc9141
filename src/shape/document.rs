//! The document shape: one JSON document that the server owns; always there, only overlaid.

use super::{problem, update};
use crate::model::address::Ids;
use crate::model::step::Step;
use crate::model::wanted::{Live, Wanted};
use crate::resource::Problem;

/// Updates what differs.
///
/// # Errors
/// A [`Problem`] when the server shows no such document.
pub fn diff(wanted: &Wanted, live: Option<&Live>, ids: &Ids) -> Result<Option<Step>, Problem> {
    live.map(|live| update(wanted, live, ids))
        .ok_or_else(|| problem(wanted, "is not shown by the server", "check that the server is of a supported version"))
}
