//! Plans, and what becomes of them, as JSON for programs: the same values that [`super::text`] shows to people.
//!
//! `plan` gives one document, a [`PlanDocument`]; `apply` gives a line for each [`Event`] as it happens;
//! `credentials list` a [`CredentialsDocument`]. All are versioned by `format`, and described by the schemas under `schemas/`, made by [`schemas`]. Within one format fields
//! and words may be added; nothing is taken away and nothing changes its meaning. No type here has a place for a secret.

mod change;
mod diagnostic;
mod event;
mod plan;
#[cfg(test)]
mod tests;

use std::fmt;
use std::fmt::Write as _;

use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema};
use serde::Serialize;

use super::credentials::CredentialsDocument;
use super::is_harmful;
use crate::model::source::Source;
pub use event::{Event, OutcomeReport, ProofReport, StepReport};
pub use plan::{PlanDocument, Said, document};

/// The form of everything here; grows when a field goes, or its meaning changes.
pub(super) const FORMAT: u32 = 1;

/// A place in the spec.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Place {
    /// The file, as it was given; `<stdin>` for standard input.
    pub file: String,
    /// The line, from 1; absent when the file as a whole is meant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<usize>,
    /// The column in characters, from 1; absent when the file as a whole is meant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub column: Option<usize>,
}

impl Place {
    /// Where `source` is.
    #[must_use]
    pub fn of(source: &Source) -> Self {
        let said = |number: usize| (source.line > 0).then_some(number);
        Self { file: source.file.name().into_owned(), line: said(source.line), column: said(source.column) }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.file)?;
        let numbers = [self.line, self.column];
        numbers.into_iter().flatten().try_for_each(|number| write!(formatter, ":{number}"))
    }
}

/// The document of `plan`, indented, with a line end.
#[must_use]
pub fn pretty(document: &PlanDocument) -> String {
    harmless(serde_json::to_string_pretty(document))
}

/// Any other document, indented, with a line end.
pub(super) fn document_of(document: &impl Serialize) -> String {
    harmless(serde_json::to_string_pretty(document))
}

/// One event of `apply`, on one line.
#[must_use]
pub fn line(event: &Event) -> String {
    harmless(serde_json::to_string(event))
}

/// JSON without anything that a terminal would obey: outside of texts there is nothing of the kind, and inside of them
/// an escape means the same.
fn harmless(json: serde_json::Result<String>) -> String {
    // All keys are texts and no implementation is written by hand: it cannot fail.
    let json = json.unwrap_or_default();
    let mut text = String::with_capacity(json.len() + 1);
    for letter in json.chars() {
        if letter != '\n' && is_harmful(letter) {
            // Writing to a string cannot fail.
            let _ = write!(text, "\\u{:04x}", u32::from(letter));
        } else {
            text.push(letter);
        }
    }
    text.push('\n');
    text
}

/// The schemas (2020-12) of all, by the names of their files: `plan`, `apply-event` and `credentials`.
#[must_use]
pub fn schemas() -> [(&'static str, Schema); 3] {
    fn of<T: JsonSchema>() -> Schema {
        SchemaSettings::draft2020_12().for_serialize().into_generator().into_root_schema_for::<T>()
    }
    [("plan", of::<PlanDocument>()), ("apply-event", of::<Event>()), ("credentials", of::<CredentialsDocument>())]
}
