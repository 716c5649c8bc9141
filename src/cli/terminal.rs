//! The only place that prints: data to standard output, everything else to standard error.

use std::future::Future;
use std::io::{self, IsTerminal as _, Write as _};
use std::panic::Location;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use anstream::AutoStream;
use clap::ColorChoice;
use indicatif::{ProgressBar, ProgressStyle};
use tracing::Level;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

use crate::diagnostic::Diagnostics;
use crate::report::complaint::Complaint;
use crate::report::json::Said;
use crate::secret::Secret;

/// Whatever takes longer than this shows that it is being done.
const PATIENCE: Duration = Duration::from_secs(1);

/// Both streams of the process, with colour as asked for.
pub(super) struct Terminal {
    color: anstream::ColorChoice,
    /// The moving line that says what is being done, while there is one.
    bar: Mutex<Option<ProgressBar>>,
    /// What has been said on standard error: a report for programs says it too.
    said: Mutex<Said>,
}

impl Terminal {
    /// Sets up both streams, and the log of what is being done.
    pub(super) fn new(color: ColorChoice, verbose: u8) -> Self {
        let color = match color {
            ColorChoice::Auto => anstream::ColorChoice::Auto,
            ColorChoice::Always => anstream::ColorChoice::Always,
            ColorChoice::Never => anstream::ColorChoice::Never,
        };
        let level = match verbose {
            0 => Level::WARN,
            1 => Level::INFO,
            _ => Level::DEBUG,
        };
        // Our own events alone: libraries log headers, and headers hold tokens.
        let ours = Targets::new().with_target("opcp_provision", level);
        let log = tracing_subscriber::fmt::layer().with_writer(io::stderr).with_target(false).with_ansi(false);
        // It fails only where a test has set up a log of its own.
        let _ = tracing_subscriber::registry().with(ours).with(log).try_init();
        Self { color, bar: Mutex::default(), said: Mutex::default() }
    }

    /// Prints data. A reader that has gone away is not an error: `plan | head`.
    pub(super) fn data(&self, text: &str) {
        self.beside_the_bar(|| {
            let mut stream = AutoStream::new(io::stdout().lock(), self.color);
            let _ = stream.write_all(text.as_bytes()).and_then(|()| stream.flush());
        });
    }

    /// Prints what is not data.
    pub(super) fn error(&self, text: &str) {
        self.beside_the_bar(|| {
            let mut stream = AutoStream::new(io::stderr().lock(), self.color);
            let _ = stream.write_all(text.as_bytes()).and_then(|()| stream.flush());
        });
    }

    /// Says that there was a panic at `place`, which is a fault of the program.
    pub(super) fn panicked(place: Option<&Location<'_>>) {
        // There is nobody left to tell when not even this can be printed.
        let _ = io::stderr().write_all(bug(place).as_bytes());
    }

    /// Prints what went wrong, and keeps it for a report.
    pub(super) fn complain(&self, complaint: Complaint) {
        self.error(&complaint.text());
        self.kept().complaints.push(complaint);
    }

    /// The same for each of `errors`, put into words by `word`.
    pub(super) fn errors<E>(&self, errors: &[E], word: impl Fn(&E) -> Complaint) {
        for complaint in errors.iter().map(word) {
            self.complain(complaint);
        }
    }

    /// Prints what is to be said of the spec, and keeps it for a report.
    pub(super) fn diagnose(&self, diagnostics: Diagnostics) {
        let color = AutoStream::new(io::stderr(), self.color).current_choice() != anstream::ColorChoice::Never;
        if !diagnostics.is_empty() {
            self.error(&format!("{}\n", diagnostics.render(color)));
        }
        self.kept().diagnostics.extend(diagnostics);
    }

    /// What has been said so far.
    pub(super) fn said(&self) -> Said {
        self.kept().clone()
    }

    fn kept(&self) -> MutexGuard<'_, Said> {
        self.said.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether a question can be asked.
    pub(super) fn can_ask() -> bool {
        io::stdin().is_terminal() && io::stderr().is_terminal()
    }

    /// Asks; only `yes` is yes.
    pub(super) async fn confirms(&self, question: String) -> bool {
        self.error(&question);
        let read = || {
            let mut answer = String::new();
            io::stdin().read_line(&mut answer).is_ok() && answer.trim() == "yes"
        };
        tokio::task::spawn_blocking(read).await.unwrap_or(false)
    }

    /// Asks for something that is not shown while it is typed; nothing when it cannot be read.
    pub(super) async fn asks_secretly(&self, question: String) -> Option<Secret> {
        self.error(&question);
        let read = || console::Term::stderr().read_secure_line().ok().map(Secret::new);
        tokio::task::spawn_blocking(read).await.unwrap_or_default()
    }

    /// Asks; an empty answer is the default, where there is one. Nothing when there is nobody left to answer.
    pub(super) async fn asks(&self, question: &str, default: Option<&str>) -> Option<String> {
        let shown = default.map_or_else(|| format!("{question}: "), |default| format!("{question} [{default}]: "));
        self.error(&shown);
        let read = || {
            let mut answer = String::new();
            io::stdin().read_line(&mut answer).ok().filter(|read| *read > 0).map(|_| answer.trim().to_owned())
        };
        let answer = tokio::task::spawn_blocking(read).await.unwrap_or_default()?;
        Some(if answer.is_empty() { default.unwrap_or_default().to_owned() } else { answer })
    }

    /// Waits for `work`; a terminal is told what is being done once it takes long.
    pub(super) async fn watch<T>(&self, what: &'static str, work: impl Future<Output = T>) -> T {
        let mut work = std::pin::pin!(work);
        if let Ok(done) = tokio::time::timeout(PATIENCE, &mut work).await {
            return done;
        }
        let bar = Self::bar(what);
        *self.shown_bar() = Some(bar.clone());
        let done = work.await;
        *self.shown_bar() = None;
        bar.finish_and_clear();
        done
    }

    fn shown_bar(&self) -> MutexGuard<'_, Option<ProgressBar>> {
        self.bar.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Prints while the moving line, if there is one, is out of the way.
    fn beside_the_bar(&self, print: impl FnOnce()) {
        match self.shown_bar().as_ref() {
            Some(bar) => bar.suspend(print),
            None => print(),
        }
    }

    /// A moving line on standard error; nothing where that is no terminal.
    fn bar(what: &'static str) -> ProgressBar {
        let bar = ProgressBar::new_spinner().with_message(what);
        if let Ok(style) = ProgressStyle::with_template("{spinner} {msg} ({elapsed})") {
            bar.set_style(style);
        }
        bar.enable_steady_tick(Duration::from_millis(120));
        bar
    }
}

/// What is said of a panic at `place`.
fn bug(place: Option<&Location<'_>>) -> String {
    let place = place.map_or_else(String::new, |place| format!(" ({}:{})", place.file(), place.line()));
    format!(
        "error: this is a fault of opcp-provision{place}; what it was about is not shown, since that may be a secret\n  \
         = help: running again continues; please report this line with the version\n"
    )
}

#[cfg(test)]
mod tests;
