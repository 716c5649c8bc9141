//! Faults that a test asks a model server for: which request, and what goes wrong.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::sync::watch;

use super::list_fault::{Alteration, Deed};
use super::{Answer, Request};

/// What goes wrong with one request.
#[derive(Clone)]
pub(crate) enum Fault {
    /// This answer is sent and the model never sees the request.
    Answer(Answer),
    /// The connection is reset; the model never sees the request.
    ResetBefore,
    /// The model does what was asked; the connection is reset instead of an answer.
    ResetAfter,
    /// The model does what was asked; half of the answer's body arrives, then the connection is reset.
    Truncate,
    /// The request waits until the gate is opened, then goes its usual way.
    Stall(Gate),
    /// The model does what was asked, and something else is made of its answer.
    Alter(Alteration),
    /// Something happens before the model sees the request.
    Meanwhile(Deed),
    /// The model does what was asked; nothing is sent before the gate is opened.
    Withhold(Gate),
    /// The model does what was asked; its answer's body arrives in so many pieces, with pauses of this length.
    Drip(u32, Duration),
    /// These bytes are sent, which are no HTTP; the model never sees the request.
    Noise(&'static [u8]),
}

/// Holds stalled requests back until it is opened.
#[derive(Clone)]
pub(crate) struct Gate(Arc<watch::Sender<bool>>);

impl Gate {
    pub(crate) fn closed() -> Self {
        Self(Arc::new(watch::channel(false).0))
    }

    pub(crate) fn open(&self) {
        self.0.send_replace(true);
    }

    pub(super) async fn passed(&self) {
        // The sender lives as long as this gate does, so waiting cannot fail.
        let mut seen = self.0.subscribe();
        let _opened = seen.wait_for(|open| *open).await;
    }
}

type Matcher = Box<dyn Fn(&Request) -> bool + Send>;

struct Rule {
    matches: Matcher,
    fault: Fault,
    left: usize,
}

/// The faults that a server still has to commit.
#[derive(Clone, Default)]
pub(crate) struct Faults {
    rules: Arc<Mutex<Vec<Rule>>>,
    happened: Arc<AtomicUsize>,
}

impl Faults {
    /// The next `times` requests that match go wrong.
    pub(crate) fn on(&self, times: usize, matches: impl Fn(&Request) -> bool + Send + 'static, fault: Fault) {
        self.rules.lock().unwrap().push(Rule { matches: Box::new(matches), fault, left: times });
    }

    /// The `number`-th request from now on goes wrong, counted from one.
    pub(crate) fn at(&self, number: usize, fault: Fault) {
        self.on(1, counted(move |seen| seen == number), fault);
    }

    /// Every request from the `number`-th from now on goes wrong, counted from one.
    pub(crate) fn from(&self, number: usize, fault: Fault) {
        self.on(usize::MAX, counted(move |seen| seen >= number), fault);
    }

    /// Nothing goes wrong any more.
    pub(crate) fn clear(&self) {
        self.rules.lock().unwrap().clear();
    }

    /// How many faults have not happened yet.
    pub(crate) fn pending(&self) -> usize {
        self.rules.lock().unwrap().iter().map(|rule| rule.left).sum()
    }

    /// How many faults have made a difference: half of nothing is nothing.
    pub(crate) fn happened(&self) -> usize {
        self.happened.load(Ordering::Relaxed)
    }

    /// A fault makes a difference.
    pub(super) fn happens(&self) {
        self.happened.fetch_add(1, Ordering::Relaxed);
    }

    /// The fault for this request, if one is due; each rule is asked so that all of them count.
    pub(super) fn due(&self, request: &Request) -> Option<Fault> {
        let mut due = None;
        for rule in self.rules.lock().unwrap().iter_mut() {
            if rule.left > 0 && (rule.matches)(request) && due.is_none() {
                rule.left -= 1;
                due = Some(rule.fault.clone());
            }
        }
        due
    }
}

/// Matches by how many requests there have been, this one too.
fn counted(matches: impl Fn(usize) -> bool + Send + 'static) -> impl Fn(&Request) -> bool + Send + 'static {
    let seen = AtomicUsize::new(0);
    move |_| matches(seen.fetch_add(1, Ordering::Relaxed) + 1)
}
