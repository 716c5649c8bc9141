//! How a command ends: one code for each kind of ending.

use std::process::ExitCode;

use crate::execute::{Outcome, StepError};
use crate::http::failure::{Failure, Kind};

/// How a command ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Exit {
    /// Nothing to do, or done.
    Done,
    /// An error, found while talking to the servers.
    Error,
    /// Changes are pending.
    Pending,
    /// Refused by a guard.
    Guarded,
    /// The plan is stale; nothing was written.
    Stale,
    /// A server could not be reached or refused the login: nothing is known.
    Unknown,
    /// A question could not be asked.
    NoTerminal,
    /// Stopped half-way.
    HalfWay,
    /// Wrong usage, or an invalid spec.
    Usage,
    /// Interrupted by a signal: SIGINT or SIGTERM.
    Signal(u8),
}

impl Exit {
    /// The ending that failures of a look mean.
    pub(super) fn of<'a>(failures: impl IntoIterator<Item = &'a Failure>) -> Self {
        let unknown = |failure: &Failure| {
            matches!(
                failure.kind,
                Kind::Unreachable
                    | Kind::Untrusted
                    | Kind::Interrupted
                    | Kind::LoginRefused
                    | Kind::Busy
                    | Kind::Unwell
            )
        };
        if failures.into_iter().any(unknown) { Self::Unknown } else { Self::Error }
    }

    /// The ending that the outcome of a plan means. As long as certainly nothing was written, it says why.
    pub(super) fn after(outcome: &Outcome) -> Self {
        let Outcome { done, begun, failed, unproved, blind, left: _ } = outcome;
        let failures = || failed.iter().filter_map(StepError::failure);
        if outcome.is_complete() {
            Self::Done
        } else if !done.is_empty()
            || !begun.is_empty()
            || !unproved.is_empty()
            || !blind.is_empty()
            || failures().any(|failure| failure.kind.uncertain())
        {
            Self::HalfWay
        } else if !failed.is_empty() && failed.iter().all(|error| matches!(error, StepError::Moved { .. })) {
            Self::Stale
        } else {
            Self::of(failures())
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(match exit {
            Exit::Done => 0,
            Exit::Error => 1,
            Exit::Pending => 2,
            Exit::Guarded => 3,
            Exit::Stale => 4,
            Exit::Unknown => 5,
            Exit::NoTerminal => 6,
            Exit::HalfWay => 7,
            Exit::Usage => 64,
            Exit::Signal(number) => 128 + number,
        })
    }
}
