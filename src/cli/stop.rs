//! Signals and the time limit: what is under way ends, nothing new begins.

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};
use std::time::Duration;

use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::Notify;

use super::exit::Exit;

/// Set once, by whatever wants the command to end.
#[derive(Clone, Default)]
pub(super) struct Stop {
    asked: Arc<AtomicBool>,
    signal: Arc<AtomicU8>,
    woken: Arc<Notify>,
}

impl Stop {
    /// Listens for SIGINT, SIGTERM and the time limit from now on.
    pub(super) fn listen(timeout: Option<Duration>) -> std::io::Result<Self> {
        let stop = Self::default();
        for (kind, number) in [(SignalKind::interrupt(), 2), (SignalKind::terminate(), 15)] {
            let mut signals = signal(kind)?;
            let stop = stop.clone();
            tokio::spawn(async move {
                if signals.recv().await.is_some() {
                    stop.signal.store(number, Ordering::SeqCst);
                    stop.ask();
                }
            });
        }
        if let Some(timeout) = timeout {
            let stop = stop.clone();
            tokio::spawn(async move {
                tokio::time::sleep(timeout).await;
                stop.ask();
            });
        }
        Ok(stop)
    }

    fn ask(&self) {
        self.asked.store(true, Ordering::SeqCst);
        self.woken.notify_one();
    }

    /// The flag for whoever ends by itself.
    pub(super) fn flag(&self) -> &AtomicBool {
        &self.asked
    }

    /// How the command ends, if it has been asked to; `otherwise` when time was up.
    pub(super) fn exit(&self, otherwise: Exit) -> Option<Exit> {
        self.asked.load(Ordering::SeqCst).then(|| match self.signal.load(Ordering::SeqCst) {
            0 => otherwise,
            number => Exit::Signal(number),
        })
    }

    /// Waits for `work`, which can be dropped at any moment: it only reads.
    ///
    /// # Errors
    /// The ending, when something asks for it first.
    pub(super) async fn or<T>(&self, work: impl Future<Output = T>) -> Result<T, Exit> {
        tokio::select! {
            done = work => Ok(done),
            () = self.woken.notified() => Err(self.exit(Exit::Unknown).unwrap_or(Exit::Unknown)),
        }
    }
}
