//! How an operator's value and a server's value of one field correspond. Not a comparison: both sides are compared
//! in the server's spelling, and only what is shown is turned back.

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::Json;

/// The correspondence between an operator's value and the server's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Spelling {
    /// Both say the same.
    Same,
    /// `true` is `false` on the server: client authentication is "not a public client".
    Inverted,
    /// Booleans are the texts `"true"` and `"false"`: Keycloak's attributes and mapper configs.
    Text,
    /// A policy word: `adminEdit` is `ADMIN_EDIT`, and `disabled` is the absence of the key (Keycloak refuses the
    /// literal `DISABLED`; seen on 26.0 and 26.7).
    Policy,
    /// A list of texts is one text: Keycloak's addresses after a logout, parted by `##`. Their order says nothing.
    Joined,
    /// A list of texts is one text, in which blanks part them: scopes. Their order says nothing.
    Words,
    /// A list of texts is one text, in which ` and ` parts them: Keycloak's policies for passwords. Their order says nothing,
    /// nor does a value that is empty or `undefined`, as consoles write it.
    Policies,
    /// A word in capitals: `force` is `FORCE`.
    Capitals,
    /// Seconds, written as `1h30m`.
    Duration,
    /// A time in UTC, `2027-01-31T00:00:00Z`, is `2027-01-31T00:00:00.000000` in Keystone.
    Utc,
    /// A password is the only entry of a list of Keycloak credentials. Never turned back: servers do not show it.
    Password,
}

impl Spelling {
    /// The server's value for an operator's.
    #[must_use]
    pub fn server(self, operator: &Json) -> Json {
        match (self, operator) {
            (Self::Inverted, Json::Bool(value)) => Json::Bool(!value),
            (Self::Text, Json::Bool(value)) => Json::String(value.to_string()),
            (Self::Policy, Json::String(word)) if word == "disabled" => Json::Null,
            (Self::Policy, Json::String(word)) => Json::String(shout(word)),
            (Self::Joined, Json::Array(items)) => {
                let mut parts: Vec<&str> = items.iter().filter_map(Json::as_str).collect();
                parts.sort_unstable();
                Json::String(parts.join(JOINT))
            }
            (Self::Words, Json::Array(items)) => {
                let mut parts: Vec<&str> = items.iter().filter_map(Json::as_str).collect();
                parts.sort_unstable();
                Json::String(parts.join(" "))
            }
            (Self::Policies, Json::Array(items)) => {
                let mut parts: Vec<&str> = items.iter().filter_map(Json::as_str).map(bare_policy).collect();
                parts.sort_unstable();
                Json::String(parts.join(AND))
            }
            (Self::Capitals, Json::String(word)) => Json::String(word.to_uppercase()),
            (Self::Utc, Json::String(text)) => Json::String(format!("{}.000000", text.trim_end_matches('Z'))),
            (Self::Password, value) => json!([{"type": "password", "value": value, "temporary": false}]),
            _ => operator.clone(),
        }
    }

    /// The operator's value for a server's; null where the server has none.
    #[must_use]
    pub fn operator(self, server: &Json) -> Json {
        match (self, server) {
            (Self::Inverted, Json::Bool(value)) => Json::Bool(!value),
            (Self::Text, Json::String(text)) if text == "true" => Json::Bool(true),
            (Self::Text, Json::String(text)) if text == "false" => Json::Bool(false),
            (Self::Joined, Json::String(text)) => text.split(JOINT).filter(|part| !part.is_empty()).collect(),
            (Self::Words, Json::String(text)) => text.split_whitespace().collect(),
            (Self::Policies, Json::String(text)) => {
                text.split(AND).map(str::trim).filter(|part| !part.is_empty()).map(bare_policy).collect()
            }
            (Self::Capitals, Json::String(word)) => Json::String(word.to_lowercase()),
            (Self::Duration, Json::Number(seconds)) => seconds.as_u64().map_or_else(|| server.clone(), duration),
            (Self::Utc, Json::String(text)) => {
                Json::String(format!("{}Z", text.split_once('.').map_or(text.as_str(), |(seconds, _)| seconds)))
            }
            (Self::Policy, Json::Null) => Json::String("disabled".to_owned()),
            (Self::Policy, Json::String(word)) => Json::String(hush(word)),
            _ => server.clone(),
        }
    }
}

/// What parts the texts of a joined list.
pub const JOINT: &str = "##";

/// What parts policies for passwords.
pub const AND: &str = " and ";

/// `notUsername(undefined)` to `notUsername`.
fn bare_policy(policy: &str) -> &str {
    ["()", "(undefined)"].iter().find_map(|nothing| policy.strip_suffix(nothing)).unwrap_or(policy)
}

/// 5400 to `1h30m`.
fn duration(seconds: u64) -> Json {
    let units = [("d", 24 * 3600), ("h", 3600), ("m", 60), ("s", 1)];
    let mut left = seconds;
    let text: String = units
        .iter()
        .filter_map(|(unit, length)| {
            let count = left / length;
            left %= length;
            (count > 0).then(|| format!("{count}{unit}"))
        })
        .collect();
    Json::String(if text.is_empty() { "0s".to_owned() } else { text })
}

/// `adminEdit` to `ADMIN_EDIT`.
fn shout(word: &str) -> String {
    let mut shouted = String::new();
    for letter in word.chars() {
        if letter.is_uppercase() {
            shouted.push('_');
        }
        shouted.extend(letter.to_uppercase());
    }
    shouted
}

/// `ADMIN_EDIT` to `adminEdit`.
fn hush(word: &str) -> String {
    let mut parts = word.split('_').map(str::to_lowercase);
    let first = parts.next().unwrap_or_default();
    parts.fold(first, |mut hushed, part| {
        let mut letters = part.chars();
        hushed.extend(letters.next().into_iter().flat_map(char::to_uppercase));
        hushed.push_str(letters.as_str());
        hushed
    })
}

#[cfg(test)]
mod tests;
