//! What went wrong, ready to be told: text and JSON show the same. How each error becomes one is in [`super::trouble`].

use schemars::JsonSchema;
use serde::Serialize;

use super::json::Place;
use super::{ERROR, told};

/// Something that went wrong: the object, what was tried, what was answered, the cause, the next step.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Complaint {
    /// What sort of error.
    pub kind: Sort,
    /// The address of the object that it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// What went wrong, with the object's address; one sentence, lower case, without a full stop.
    pub message: String,
    /// The place in the spec that it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<Place>,
    /// What lies beneath, outermost first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub causes: Vec<String>,
    /// What to do about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
}

/// The sorts of error. New ones may come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Sort {
    /// The command line, or what the tool needs to know beside the spec, is not as it should be.
    Usage,
    /// A secret or an account to log in with is not known.
    Login,
    /// What is asked for is not possible.
    Impossible,
    /// The plan, or one of its steps, is stale: something has changed since it was made.
    Stale,
    /// It was asked to stop.
    Stopped,
    /// A server accepted a write and does not show it.
    Unproved,
    /// A request could not be formed.
    Unformed,
    /// A server could not be reached: the request has not been carried out.
    Unreachable,
    /// A server is not who it should be: the request has not been sent.
    Untrusted,
    /// A connection broke or timed out.
    Interrupted,
    /// A server refused the login.
    LoginRefused,
    /// A server does not let the tool's account do it.
    Forbidden,
    /// A server has no such thing.
    Missing,
    /// Something on the server is in the way.
    Conflict,
    /// A server found a request wrong.
    Refused,
    /// A server asks to come back later.
    Busy,
    /// A server, or something before it, is unwell.
    Unwell,
    /// An answer is not what this server should say.
    Unreadable,
}

impl Complaint {
    /// One of this sort, with nothing but its message.
    pub fn new(kind: Sort, message: impl Into<String>) -> Self {
        Self { kind, address: None, message: message.into(), source: None, causes: Vec::new(), hint: None }
    }

    /// With what to do about it.
    #[must_use]
    pub fn hint(self, hint: impl Into<String>) -> Self {
        Self { hint: Some(hint.into()), ..self }
    }

    /// As text for people.
    #[must_use]
    pub fn text(&self) -> String {
        let Self { kind: _, address: _, message, source, causes, hint } = self;
        told(("error", ERROR), message, source.as_ref(), causes, hint.as_deref())
    }
}
