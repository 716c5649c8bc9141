//! The generations of application credentials, for people and for programs.

use std::fmt::Write as _;

use anstyle::Style;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

use super::{ADD, BOLD, CHANGE, DIM, ERROR, json, plain};
use crate::model::Json;
use crate::model::address::Address;
use crate::model::spelling::Spelling;
use crate::rotation::register::{Entry, State};

/// The word of a state, and its style.
fn word(state: State) -> (&'static str, Style) {
    match state {
        State::Current => ("current", ADD),
        State::Overlapping => ("overlapping", CHANGE),
        State::Expired => ("expired", ERROR),
        State::Orphan => ("orphan", CHANGE),
        State::Dead => ("dead", ERROR),
    }
}

/// All of them as text for people; how old they are is told as of `now`.
#[must_use]
pub fn text(entries: &[Entry], now: Timestamp) -> String {
    if entries.is_empty() {
        return format!(
            "{BOLD}No application credentials.{BOLD:#} The spec declares none, or none has been made yet.\n"
        );
    }
    entries.iter().fold(String::new(), |mut text, entry| {
        let Entry { address, id, project, roles, issued, expires, delivered, state } = entry;
        let (word, style) = word(*state);
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{BOLD}{}{BOLD:#}   {style}{word}{style:#}", plain(&address.to_string()));
        let mut line = |label: &str, value: &str| {
            let _ = writeln!(text, "    {DIM}{label:10}{DIM:#} {}", plain(value));
        };
        line("id", id);
        line("project", project);
        line("roles", &roles.join(", "));
        line("age", &distance(*issued, now));
        line("ends", &expires.map_or_else(|| "never".to_owned(), |end| ending(end, now)));
        let places: Vec<String> = delivered.iter().map(Address::to_string).collect();
        line("delivered", if places.is_empty() { "nowhere".to_owned() } else { places.join(", ") }.as_str());
        text
    })
}

fn ending(end: Timestamp, now: Timestamp) -> String {
    if end <= now {
        format!("{end} ({} ago)", distance(end, now))
    } else {
        format!("{end} (in {})", distance(now, end))
    }
}

/// How long it is from one moment to another: `89d23h`, to the two largest units.
fn distance(from: Timestamp, to: Timestamp) -> String {
    let seconds = u64::try_from(to.duration_since(from).as_secs()).unwrap_or_default();
    let coarse = match seconds {
        86_400.. => seconds / 3600 * 3600,
        3600.. => seconds / 60 * 60,
        _ => seconds,
    };
    Spelling::Duration.operator(&Json::from(coarse)).as_str().unwrap_or_default().to_owned()
}

/// The same for programs.
#[must_use]
pub fn for_programs(entries: &[Entry]) -> String {
    json::document_of(&CredentialsDocument { format: json::FORMAT, credentials: entries.iter().map(report).collect() })
}

/// All generations of the application credentials of a spec.
#[derive(Serialize, JsonSchema)]
#[schemars(title = "The document of `opcp-provision credentials list --format json`")]
pub struct CredentialsDocument {
    /// The form of this document.
    #[schemars(extend("const" = json::FORMAT))]
    format: u32,
    /// The generations, oldest first.
    credentials: Vec<CredentialReport>,
}

/// One generation of an application credential.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "Credential")]
struct CredentialReport {
    /// Its address.
    address: String,
    /// Keystone's id of it.
    id: String,
    /// The address of its owner.
    owner: String,
    /// The project, by domain and name; by id where it is not the declared one.
    project: String,
    /// The names of its roles, those that are implied included.
    roles: Vec<String>,
    /// When it was made.
    #[schemars(with = "String", extend("format" = "date-time"))]
    issued_at: Timestamp,
    /// When it ends; absent for never.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String", extend("format" = "date-time"))]
    expires_at: Option<Timestamp>,
    /// The addresses of the places that hold it.
    delivered: Vec<String>,
    /// What it is good for: `current`, `overlapping`, `expired`, `orphan` or `dead`.
    state: &'static str,
}

fn report(entry: &Entry) -> CredentialReport {
    let Entry { address, id, project, roles, issued, expires, delivered, state } = entry;
    CredentialReport {
        address: address.to_string(),
        id: id.clone(),
        owner: address.credential_owner().map(|owner| owner.to_string()).unwrap_or_default(),
        project: project.clone(),
        roles: roles.clone(),
        issued_at: *issued,
        expires_at: *expires,
        delivered: delivered.iter().map(Address::to_string).collect(),
        state: word(*state).0,
    }
}
