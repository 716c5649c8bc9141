//! Signals and the time limit: what is under way ends, nothing new begins.

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::Duration;

use tokio::signal::unix::{SignalKind, signal};

use super::exit::Exit;
use super::terminal::Terminal;
use crate::execute::Stop as Wish;
use crate::report::complaint::{Complaint, Sort};

/// The wish to stop, and where it came from.
#[derive(Clone, Default)]
pub(super) struct Stop {
    wish: Wish,
    signal: Arc<AtomicU8>,
    timeout: Option<Duration>,
}

impl Stop {
    /// Listens for SIGINT, SIGTERM and the time limit from now on.
    ///
    /// # Errors
    /// The ending, when the system does not let us.
    pub(super) fn listen(timeout: Option<Duration>, terminal: &Terminal) -> Result<Self, Exit> {
        let stop = Self { timeout, ..Self::default() };
        for (kind, number) in [(SignalKind::interrupt(), 2), (SignalKind::terminate(), 15)] {
            let mut signals = signal(kind).map_err(|error| {
                terminal.complain(Complaint::new(Sort::Usage, format!("failed to listen for signals: {error}")));
                Exit::Error
            })?;
            let stop = stop.clone();
            tokio::spawn(async move {
                while signals.recv().await.is_some() {
                    stop.signal.store(number, Ordering::SeqCst);
                    stop.wish.ask();
                }
            });
        }
        if let Some(timeout) = timeout {
            let stop = stop.clone();
            tokio::spawn(async move {
                tokio::time::sleep(timeout).await;
                stop.wish.ask();
            });
        }
        Ok(stop)
    }

    /// The wish, for whoever ends by itself.
    pub(super) fn wish(&self) -> &Wish {
        &self.wish
    }

    /// How the command ends, if it has been asked to; `otherwise` when time was up.
    pub(super) fn exit(&self, otherwise: Exit) -> Option<Exit> {
        self.wish.asked().then(|| match self.signal.load(Ordering::SeqCst) {
            0 => otherwise,
            number => Exit::Signal(number),
        })
    }

    /// Waits for `work`, which ends by itself once it is asked to. That it was asked is told at once, since the end may
    /// take a while.
    pub(super) async fn announcing<T>(&self, work: impl Future<Output = T>, terminal: &Terminal) -> T {
        let mut work = std::pin::pin!(work);
        tokio::select! {
            done = &mut work => return done,
            () = self.wish.wait(1) => {}
        }
        let why = self.why();
        terminal.error(&format!(
            "{why}: what is under way ends first and is looked at; nothing new begins. Once more ends the looking.\n"
        ));
        work.await
    }

    /// What is told of an ending that was asked for.
    pub(super) fn complaint(&self) -> Option<Complaint> {
        self.wish.asked().then(|| Complaint::new(Sort::Stopped, self.why()))
    }

    /// Why it was asked to stop.
    fn why(&self) -> String {
        match (self.signal.load(Ordering::SeqCst), self.timeout) {
            (0, Some(timeout)) => format!("stopped after {} s", timeout.as_secs()),
            _ => "interrupted".to_owned(),
        }
    }

    /// Waits for `work`, which can be dropped at any moment: it only reads.
    ///
    /// # Errors
    /// The ending, when something asks for it first; that is told.
    pub(super) async fn or<T>(&self, work: impl Future<Output = T>, terminal: &Terminal) -> Result<T, Exit> {
        tokio::select! {
            done = work => Ok(done),
            () = self.wish.wait(1) => {
                terminal.complain(Complaint::new(Sort::Stopped, format!("{}; nothing was written", self.why())));
                Err(self.exit(Exit::Unknown).unwrap_or(Exit::Unknown))
            }
        }
    }
}
