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
            || failed.iter().any(StepError::uncertain)
        {
            Self::HalfWay
        } else if failed.is_empty() {
            // It was asked to stop before anything was sent.
            Self::Unknown
        } else if failed.iter().all(|error| matches!(error, StepError::Moved { .. })) {
            Self::Stale
        } else {
            Self::of(failures())
        }
    }
}

impl Exit {
    /// The code of this ending.
    pub(super) fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Error => 1,
            Self::Pending => 2,
            Self::Guarded => 3,
            Self::Stale => 4,
            Self::Unknown => 5,
            Self::NoTerminal => 6,
            Self::HalfWay => 7,
            Self::Usage => 64,
            Self::Signal(number) => 128 + number,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        exit.code().into()
    }
}
