//! What is said about the spec, as JSON. Without the marked line: the file is the reader's own.

use schemars::JsonSchema;
use serde::Serialize;

use super::Place;
use crate::diagnostic::{Diagnostic, Severity};

/// Something about the spec.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "Diagnostic")]
pub(super) struct DiagnosticReport {
    /// How bad it is.
    severity: SeverityReport,
    /// Its stable code, if it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<String>,
    /// One sentence, lower case, without a full stop.
    message: String,
    /// The place that it is about.
    source: Place,
    /// What to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    hint: Option<String>,
    /// Further places, each with its sentence.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    also: Vec<Also>,
}

/// How bad it is.
#[derive(Clone, Copy, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "Severity")]
enum SeverityReport {
    /// The spec cannot be used.
    Error,
    /// The spec can be used; the operator should know.
    Warning,
}

/// A further place.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct Also {
    /// The place.
    source: Place,
    /// What is to be seen there.
    message: String,
}

impl DiagnosticReport {
    /// What `diagnostic` says.
    pub(super) fn of(diagnostic: &Diagnostic) -> Self {
        let also = |(source, message): &(_, String)| Also { source: Place::of(source), message: message.clone() };
        Self {
            severity: match diagnostic.severity {
                Severity::Error => SeverityReport::Error,
                Severity::Warning => SeverityReport::Warning,
            },
            code: diagnostic.code.map(str::to_owned),
            message: diagnostic.message.clone(),
            source: Place::of(&diagnostic.source),
            hint: diagnostic.help.clone(),
            also: diagnostic.also.iter().map(also).collect(),
        }
    }
}
