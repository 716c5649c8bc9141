//! When a request is tried again, and after how long. Only reads are tried again here: before a write is sent again,
//! `execute` looks whether that is still right.

use std::time::Duration;

use backon::{BackoffBuilder as _, ExponentialBuilder};
use reqwest::Method;

use super::failure::{Failure, Kind};

/// The longest wait that a server can ask for.
const LONGEST_WAIT: Duration = Duration::from_secs(30);

/// Waits between tries: a quarter of a second, doubling, with jitter; four tries after the first.
pub(super) fn waits() -> ExponentialBuilder {
    ExponentialBuilder::default()
        .with_min_delay(Duration::from_millis(250))
        .with_max_delay(Duration::from_secs(5))
        .with_max_times(4)
        .with_jitter()
}

/// Whether another try of `method` is safe and may help: of a read, and of what has never been sent.
pub(super) fn helps(method: &Method, failure: &Failure) -> bool {
    failure.kind == Kind::Unreachable || (*method == Method::GET && failure.kind.passes())
}

/// The wait before the next try: what the server asks for, within reason, else the planned one.
pub(crate) fn wait(failure: &Failure, planned: Option<Duration>) -> Option<Duration> {
    let asked = failure.answer.as_ref().and_then(|answer| answer.retry_after);
    planned.map(|planned| asked.map_or(planned, |asked| asked.min(LONGEST_WAIT)))
}

/// The same waits for steps, which must look before they try again.
pub(crate) fn patience() -> impl Iterator<Item = Duration> {
    waits().build()
}
