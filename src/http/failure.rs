//! What can go wrong between us and a server. A failure has a kind, says what was tried and what was answered, and
//! carries its hint beside the text.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use reqwest::StatusCode;

use crate::model::Json;
use crate::model::address::Address;

/// A request that did not bring what it should.
#[derive(Clone, Debug)]
pub struct Failure {
    /// What sort of failure.
    pub kind: Kind,
    /// Whether it was the login that failed: the request itself has not been sent.
    pub login: bool,
    /// What was tried: `GET https://…`.
    pub attempt: String,
    /// The server's own answer, if there was one.
    pub answer: Option<Answered>,
    /// What follows for the operator.
    pub hint: Option<String>,
    /// The object that it was about.
    pub about: Option<Address>,
    /// What lies beneath.
    pub source: Option<Arc<dyn std::error::Error + Send + Sync>>,
}

/// What a server said when it said no.
#[derive(Debug, Clone)]
pub struct Answered {
    /// The HTTP status.
    pub status: StatusCode,
    /// Its own words, without markup; may be empty.
    pub words: String,
    /// Whether it was a page for people: a web server's or a proxy's own, or that of a server that fell over.
    pub page: bool,
    /// What it asks for instead (`WWW-Authenticate`).
    pub challenge: Option<String>,
    /// Its id of the request, for whoever reads its log.
    pub request_id: Option<String>,
    /// How long it asks to be left alone.
    pub retry_after: Option<Duration>,
}

/// The sorts of failure. They decide retries, exit codes and what may be concluded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// No connection: the request has certainly not been carried out.
    Unreachable,
    /// The server is not who it should be, as far as we trust, or does not trust us: the request has not been carried
    /// out.
    Untrusted,
    /// The connection broke or timed out: the request may have been carried out.
    Interrupted,
    /// The server refused who we are.
    LoginRefused,
    /// The server knows who we are and does not let us.
    Forbidden,
    /// There is no such thing.
    Missing,
    /// Something is in the way.
    Conflict,
    /// The server found the request wrong.
    Refused,
    /// The server asks to come back later: the request has not been carried out.
    Busy,
    /// The server, or something before it, is unwell: the request may have been carried out.
    Unwell,
    /// The answer is not what this server should say.
    Unreadable,
    /// The request cannot be formed.
    Unformed,
}

impl Kind {
    /// The kind that a status outside 2xx means.
    #[must_use]
    pub fn of(status: StatusCode) -> Self {
        match status {
            StatusCode::UNAUTHORIZED => Self::LoginRefused,
            StatusCode::FORBIDDEN => Self::Forbidden,
            StatusCode::NOT_FOUND => Self::Missing,
            StatusCode::CONFLICT => Self::Conflict,
            StatusCode::TOO_MANY_REQUESTS => Self::Busy,
            status if status.is_server_error() => Self::Unwell,
            status if status.is_client_error() => Self::Refused,
            _ => Self::Unreadable,
        }
    }

    /// Whether another try of something idempotent may help.
    #[must_use]
    pub fn passes(self) -> bool {
        matches!(self, Self::Unreachable | Self::Interrupted | Self::Busy | Self::Unwell)
    }

    /// Whether a write that ended so may have been carried out.
    fn uncertain(self) -> bool {
        matches!(self, Self::Interrupted | Self::Unwell | Self::Conflict | Self::Unreadable)
    }
}

impl Failure {
    /// A failure of `attempt` without an answer.
    #[must_use]
    pub fn new(kind: Kind, attempt: impl Into<String>) -> Self {
        Self { kind, login: false, attempt: attempt.into(), answer: None, hint: None, about: None, source: None }
    }

    /// Whether a write may have been carried out although it failed: only a look can tell.
    #[must_use]
    pub fn uncertain(&self) -> bool {
        // A refusal that was cut off is one all the same.
        let said = self.answer.as_ref().map(|answer| Kind::of(answer.status));
        !self.login && said.filter(|_| self.kind == Kind::Interrupted).unwrap_or(self.kind).uncertain()
    }

    /// With what lies beneath.
    #[must_use]
    pub fn because(self, source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self { source: Some(source.into().into()), ..self }
    }

    /// With what to do about it.
    #[must_use]
    pub fn hint(self, hint: impl Into<String>) -> Self {
        Self { hint: Some(hint.into()), ..self }
    }

    /// With the object that it is about.
    #[must_use]
    pub fn about(self, address: &Address) -> Self {
        Self { about: Some(address.clone()), ..self }
    }

    /// Whether the server sends us elsewhere, which is never followed.
    #[must_use]
    pub fn is_redirect(&self) -> bool {
        self.answer.as_ref().is_some_and(|answer| answer.status.is_redirection())
    }

    /// Whether it says that there is no such thing in the words of Keycloak or Keystone: whatever stands before them says
    /// 404, too.
    #[must_use]
    pub fn says_missing(&self) -> bool {
        let words = self.words();
        self.kind == Kind::Missing && (words.starts_with("Could not find") || words.contains(" not found"))
    }

    /// The server's own words; empty when it said nothing.
    #[must_use]
    pub fn words(&self) -> &str {
        self.answer.as_ref().map_or("", |answer| answer.words.as_str())
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(address) = &self.about {
            write!(formatter, "{address}: ")?;
        }
        write!(formatter, "failed to {}", self.attempt)?;
        if let Some(Answered { status, words, request_id, page: _, challenge: _, retry_after: _ }) = &self.answer {
            write!(formatter, ": the server answered {status}")?;
            if !words.is_empty() && status.canonical_reason() != Some(words) {
                write!(formatter, ", “{words}”")?;
            }
            if let Some(id) = request_id {
                write!(formatter, " (request {id})")?;
            }
        }
        Ok(())
    }
}

impl std::error::Error for Failure {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}

/// What a login that was not enough still needs, as Keystone calls it.
pub const MORE_TO_LOG_IN: &str = "required_auth_methods";

/// The server's own words in an error body: Keycloak's four fields, Keystone's message, the ways of logging in that it asks
/// for besides, or a page's title.
#[must_use]
pub fn words(body: &[u8]) -> String {
    let text = String::from_utf8_lossy(body);
    let Ok(json) = serde_json::from_slice::<Json>(body) else {
        return page_title(&text).unwrap_or_default();
    };
    let said = |key: &str| json.get(key).and_then(Json::as_str).map(str::to_owned);
    let problems = || {
        let problems = json.get("errors")?.as_array()?;
        Some(problems.iter().filter_map(problem).collect::<Vec<_>>().join("; ")).filter(|text| !text.is_empty())
    };
    problems()
        .or_else(|| problem(&json))
        .or_else(|| said("error_description").map(|words| with_code(&json, words)))
        .or_else(|| json.pointer("/error/message").and_then(Json::as_str).map(|words| words.trim().to_owned()))
        .or_else(|| said("error"))
        .or_else(|| said("message"))
        .or_else(|| json.get(MORE_TO_LOG_IN).map(|ways| format!("{MORE_TO_LOG_IN}: {ways}")))
        .unwrap_or_default()
}

/// One of Keycloak's validation problems: `project: error-invalid-length`.
fn problem(json: &Json) -> Option<String> {
    let message = json.get("errorMessage")?.as_str()?;
    Some(match json.get("field").and_then(Json::as_str) {
        Some(field) => format!("{field}: {message}"),
        None => message.to_owned(),
    })
}

fn with_code(json: &Json, words: String) -> String {
    match json.get("error").and_then(Json::as_str) {
        Some(code) => format!("{code}: {words}"),
        None => words,
    }
}

fn page_title(text: &str) -> Option<String> {
    let (_, rest) = text.split_once("<title>")?;
    let (title, _) = rest.split_once("</title>")?;
    Some(title.trim().chars().take(200).collect())
}

#[cfg(test)]
mod tests;
