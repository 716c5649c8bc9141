//! Runs the cases of a row side by side and counts how they end. The count is left in a file for whoever prints the table.

use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde::Serialize;

/// Cases that wait for each other do not keep a processor busy: more are under way than there are processors.
const AT_ONCE: usize = 16;

/// How a case ended.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Ending {
    /// The run reached what was asked for.
    Converged,
    /// The run said what was wrong, with the exit code that means it; the next one converged.
    Stopped,
    /// What was to disturb the run did not happen: it counts for nothing.
    Undisturbed,
}

/// How a case must not end.
#[derive(Debug)]
pub(crate) enum Broken {
    /// Something that was there is not any more, or what was asked for is not there although the run said so.
    Lost(String),
    /// Something is there twice, or was sent twice.
    Duplicated(String),
    /// A secret stands where it must not.
    Leaked(String),
    /// Any other broken promise: a panic, a wrong exit code, an error without words, a wait without end.
    Wrong(String),
}

impl Broken {
    /// The same, with the case that it is about before it and what the run said behind it.
    pub(crate) fn told(self, case: &str, said: &str) -> Self {
        let tell = |story: String| format!("{case}{story}\n{said}");
        match self {
            Self::Lost(story) => Self::Lost(tell(story)),
            Self::Duplicated(story) => Self::Duplicated(tell(story)),
            Self::Leaked(story) => Self::Leaked(tell(story)),
            Self::Wrong(story) => Self::Wrong(tell(story)),
        }
    }
}

/// What a row of the matrix has counted.
#[derive(Default, Serialize)]
struct Tally {
    row: &'static str,
    what: &'static str,
    cases: usize,
    converged: usize,
    stopped: usize,
    lost: usize,
    duplicated: usize,
    leaked: usize,
    wrong: usize,
    #[serde(skip)]
    stories: Vec<String>,
}

/// Whether everything is to be run that there is, and not a sample: `OPCP_MATRIX=long`.
#[expect(clippy::disallowed_methods, reason = "a test has no command line to ask")]
pub(crate) fn is_long() -> bool {
    std::env::var("OPCP_MATRIX").is_ok_and(|size| size == "long")
}

/// The one scenario to be tried, for whoever looks into it: `OPCP_MATRIX_ONLY`.
#[expect(clippy::disallowed_methods, reason = "a test has no command line to ask")]
pub(crate) fn only() -> Option<String> {
    std::env::var("OPCP_MATRIX_ONLY").ok()
}

/// Tries every case; fails with the first stories of those that broke a promise, and if there are fewer than `least`.
/// `row` is the row's letter and `what` its name in the table; together they name one line of it.
pub(crate) fn count<C: Sync>(
    row: &'static str,
    what: &'static str,
    least: usize,
    cases: &[C],
    attempt: impl Fn(&C) -> Result<Ending, Broken> + Sync,
) {
    let tally = Mutex::new(Tally { row, what, ..Tally::default() });
    side_by_side(cases, |case| {
        let ended = attempt(case);
        tally.lock().unwrap().add(ended);
    });
    let tally = tally.into_inner().unwrap();
    tally.keep();
    let broken = tally.stories.len();
    assert!(broken == 0, "{broken} of {} cases:\n{}", tally.cases, tally.stories[..broken.min(20)].join("\n\n"));
    assert!(tally.cases >= least || only().is_some(), "{} cases instead of at least {least}", tally.cases);
}

/// Does the work for every case, several at once.
pub(crate) fn side_by_side<C: Sync>(cases: &[C], work: impl Fn(&C) + Sync) {
    let next = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for _ in 0..AT_ONCE.min(cases.len()) {
            scope.spawn(|| {
                while let Some(case) = cases.get(next.fetch_add(1, Ordering::Relaxed)) {
                    work(case);
                }
            });
        }
    });
}

impl Broken {
    /// The same, with the name of the case in front.
    pub(crate) fn of(self, case: &str) -> Self {
        let named = |story: String| format!("{case}: {story}");
        match self {
            Self::Lost(story) => Self::Lost(named(story)),
            Self::Duplicated(story) => Self::Duplicated(named(story)),
            Self::Leaked(story) => Self::Leaked(named(story)),
            Self::Wrong(story) => Self::Wrong(named(story)),
        }
    }
}

impl Tally {
    fn add(&mut self, ended: Result<Ending, Broken>) {
        if matches!(ended, Ok(Ending::Undisturbed)) {
            return;
        }
        self.cases += 1;
        let (counter, story) = match ended {
            Ok(Ending::Converged) => (&mut self.converged, None),
            Ok(Ending::Stopped | Ending::Undisturbed) => (&mut self.stopped, None),
            Err(Broken::Lost(story)) => (&mut self.lost, Some(format!("lost: {story}"))),
            Err(Broken::Duplicated(story)) => (&mut self.duplicated, Some(format!("duplicated: {story}"))),
            Err(Broken::Leaked(story)) => (&mut self.leaked, Some(format!("leaked: {story}"))),
            Err(Broken::Wrong(story)) => (&mut self.wrong, Some(format!("wrong: {story}"))),
        };
        *counter += 1;
        self.stories.extend(story);
    }

    /// Leaves the count where `make matrix-test` finds it.
    fn keep(&self) {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("matrix");
        std::fs::create_dir_all(&folder).unwrap();
        let name = format!("{}-{}.json", self.row, self.what.replace(|letter: char| !letter.is_alphanumeric(), "-"));
        std::fs::write(folder.join(name), serde_json::to_string(self).unwrap()).unwrap();
    }
}
