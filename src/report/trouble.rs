//! What went wrong, as text for people: the object, what was tried, what was answered, the cause, the next step.

use std::error::Error;
use std::fmt::Write as _;

use anstyle::Style;

use super::{BOLD, DIM, ERROR, WARNING, plain};
use crate::execute::{StepError, Unproved};
use crate::http::failure::Failure;
use crate::model::source::Source;
use crate::plan::guard::Finding;
use crate::resource::{Problem, Warning};

/// One error: its text, the place in the spec that it is about, its causes, and what to do.
#[must_use]
pub fn error(message: &str, source: Option<&Source>, causes: &[String], hint: Option<&str>) -> String {
    told(("error", ERROR), message, source, causes, hint)
}

fn told(
    (level, style): (&str, Style),
    message: &str,
    source: Option<&Source>,
    causes: &[String],
    hint: Option<&str>,
) -> String {
    let mut text = format!("{style}{level}{style:#}{BOLD}: {}{BOLD:#}\n", plain(message));
    let mut more = |label: &str, detail: &str| {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "  {DIM}{label}{DIM:#} {}", plain(detail));
    };
    if let Some(source) = source {
        more("-->", &source.to_string());
    }
    for cause in causes {
        more("because:", cause);
    }
    if let Some(hint) = hint {
        more("hint:", hint);
    }
    text
}

/// A request that failed.
#[must_use]
pub fn failure(failure: &Failure) -> String {
    error(&failure.to_string(), None, &causes(failure), failure.hint.as_deref())
}

/// Something that makes a plan impossible.
#[must_use]
pub fn problem(problem: &Problem) -> String {
    let Problem { address, source, message, hint } = problem;
    error(&format!("{address}: {message}"), source.as_ref(), &[], hint.as_deref())
}

/// Something that the operator should know about a plan.
#[must_use]
pub fn warning(warning: &Warning) -> String {
    let Warning { address, source, message, hint } = warning;
    told(("warning", WARNING), &format!("{address}: {message}"), source.as_ref(), &[], hint.as_deref())
}

/// Something dangerous about a plan.
#[must_use]
pub fn finding(finding: &Finding) -> String {
    let Finding { code, address, source, message, hint } = finding;
    error(&format!("{code}: {address} {message}"), source.as_ref(), &[], Some(hint))
}

/// A step that failed.
#[must_use]
pub fn step(step: &StepError) -> String {
    match step {
        StepError::Failure(failed) => failure(failed),
        StepError::Moved { .. } => {
            error(&step.to_string(), None, &[], Some("look at what has changed with `plan`, then apply again"))
        }
        StepError::Unformed { .. } | StepError::Stopped => error(&step.to_string(), None, &causes(step), None),
    }
}

/// A write that the server accepted and does not show.
#[must_use]
pub fn unproved(unproved: &Unproved) -> String {
    let Unproved { address, message, cause } = unproved;
    let message = format!("{address}: the server accepted the write, but a look afterwards {message}");
    let cause = cause.map(|cause| format!("likely cause: {cause}"));
    error(&message, None, &[], cause.as_deref())
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
