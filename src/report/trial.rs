//! A login that was tried, as text for people: a line for each stage. Everything can be read without colour.

use std::fmt::Write as _;

use super::{BOLD, DIM, UNKNOWN, WELL, WRONG, plain};
use crate::trial::{Outcome, Stage, Stopped};

/// The stages in their order, with their names.
const STAGES: [(Stage, &str); 6] = [
    (Stage::Discovery, "discovery"),
    (Stage::Token, "token"),
    (Stage::Claim, "claim"),
    (Stage::Apache, "apache"),
    (Stage::Keystone, "keystone"),
    (Stage::Scope, "scope"),
];

/// Every stage: what came of it, at which one the login ended, and which were not reached.
#[must_use]
pub fn stages(outcome: &Outcome) -> String {
    let mut text = String::new();
    for (stage, name) in STAGES {
        let mut line = |(sign, style): (char, anstyle::Style), said: &str| {
            // Writing to a string cannot fail.
            let _ = writeln!(text, "  {style}{sign}{style:#} {BOLD}{name:9}{BOLD:#}   {}", plain(said));
        };
        let passed = outcome.passed.iter().find(|passed| passed.stage == stage);
        match (passed, &outcome.stopped) {
            (Some(passed), _) => line(WELL, &passed.what),
            (None, Some(stopped)) if stopped.stage == stage => {
                line(WRONG, &stopped.what);
                more(&mut text, stopped);
            }
            (None, _) => line(UNKNOWN, "not reached"),
        }
    }
    text.push_str(match outcome.stopped {
        None => "\nThe login works.\n",
        Some(_) => "\nThe login does not work.\n",
    });
    text
}

fn more(text: &mut String, stopped: &Stopped) {
    let mut more = |label: &str, detail: &str| {
        if !detail.is_empty() {
            let _ = writeln!(text, "      {DIM}{label:8}{DIM:#} {}", plain(detail));
        }
    };
    for beneath in &stopped.beneath {
        more("because:", beneath);
    }
    if let Some(cause) = &stopped.cause {
        more("cause:", &cause.why);
        more("next:", &cause.next);
    }
}

#[cfg(test)]
mod tests;
