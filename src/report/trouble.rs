//! What went wrong, each sort of error put into words: the object, what was tried, what was answered, the cause, the
//! next step.

use std::error::Error;

use super::complaint::{Complaint, Sort};
use super::json::Place;
use super::{ERROR, WARNING, told};
use crate::execute::{StepError, Unproved};
use crate::http::failure::{Failure, Kind};
use crate::model::address::Address;
use crate::model::source::Source;
use crate::plan::guard::Finding;
use crate::resource::{Problem, Warning};

/// One error as text: its message, the place in the spec that it is about, its causes, and what to do.
#[must_use]
pub fn error(message: &str, source: Option<&Source>, causes: &[String], hint: Option<&str>) -> String {
    told(("error", ERROR), message, source.map(Place::of).as_ref(), causes, hint)
}

/// A request that failed.
#[must_use]
pub fn failure(failure: &Failure) -> Complaint {
    Complaint {
        address: failure.about.as_ref().map(Address::to_string),
        causes: causes(failure),
        hint: failure.hint.clone(),
        ..Complaint::new(sort(failure.kind), failure.to_string())
    }
}

fn sort(kind: Kind) -> Sort {
    match kind {
        Kind::Unreachable => Sort::Unreachable,
        Kind::Untrusted => Sort::Untrusted,
        Kind::Interrupted => Sort::Interrupted,
        Kind::LoginRefused => Sort::LoginRefused,
        Kind::Forbidden => Sort::Forbidden,
        Kind::Missing => Sort::Missing,
        Kind::Conflict => Sort::Conflict,
        Kind::Refused => Sort::Refused,
        Kind::Busy => Sort::Busy,
        Kind::Unwell => Sort::Unwell,
        Kind::Unreadable => Sort::Unreadable,
        Kind::Unformed => Sort::Unformed,
    }
}

/// Something that makes a plan impossible.
#[must_use]
pub fn problem(problem: &Problem) -> Complaint {
    let Problem { address, source, message, hint } = problem;
    Complaint {
        address: Some(address.to_string()),
        source: source.as_ref().map(Place::of),
        hint: hint.clone(),
        ..Complaint::new(Sort::Impossible, format!("{address}: {message}"))
    }
}

/// Something that the operator should know about a plan, as text.
#[must_use]
pub fn warning(warning: &Warning) -> String {
    let Warning { address, source, message, hint } = warning;
    let place = source.as_ref().map(Place::of);
    told(("warning", WARNING), &format!("{address}: {message}"), place.as_ref(), &[], hint.as_deref())
}

/// Something dangerous about a plan, as text.
#[must_use]
pub fn finding(finding: &Finding) -> String {
    let Finding { code, address, source, message, hint, allowed: _ } = finding;
    error(&format!("{code}: {address} {message}"), source.as_ref(), &[], Some(hint))
}

/// A step that failed.
#[must_use]
pub fn step(step: &StepError) -> Complaint {
    match step {
        StepError::Failure(failed) | StepError::Unseen(failed) | StepError::Unlearned(failed) => failure(failed),
        StepError::Moved { address, .. } => Complaint {
            address: Some(address.to_string()),
            ..Complaint::new(Sort::Stale, step.to_string())
                .hint("look at what has changed with `plan`, then apply again")
        },
        StepError::Unformed { address, .. } => Complaint {
            address: Some(address.to_string()),
            causes: causes(step),
            ..Complaint::new(Sort::Unformed, step.to_string())
        },
        StepError::Stopped => Complaint::new(Sort::Stopped, step.to_string()),
    }
}

/// A write that the server accepted and does not show.
#[must_use]
pub fn unproved(unproved: &Unproved) -> Complaint {
    let Unproved { address, message, cause } = unproved;
    let message = format!("{address}: the server accepted the write, but a look afterwards {message}");
    Complaint {
        address: Some(address.to_string()),
        hint: cause.map(|cause| format!("likely cause: {cause}")),
        ..Complaint::new(Sort::Unproved, message)
    }
}

/// The causes beneath an error, outermost first.
#[must_use]
pub fn causes(error: &(dyn Error + 'static)) -> Vec<String> {
    let mut causes = Vec::new();
    let mut next = error.source();
    while let Some(cause) = next {
        causes.push(cause.to_string());
        next = cause.source();
    }
    causes
}
