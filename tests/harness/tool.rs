//! Runs the real binary in an empty folder with an environment of its own.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread;

use tempfile::TempDir;

const BINARY: &str = env!("CARGO_BIN_EXE_opcp-provision");

/// The binary, a folder that it works in, and the variables that it sees.
pub(crate) struct Tool {
    folder: TempDir,
    variables: BTreeMap<String, String>,
}

/// What one run left: its words and how it ended.
#[derive(Clone, Debug)]
pub(crate) struct Outcome {
    /// None when it was killed.
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Outcome {
    /// This outcome, if the run ended with that exit code.
    pub(crate) fn expect(self, code: i32) -> Self {
        let Self { stdout, stderr, .. } = &self;
        assert_eq!(self.code, Some(code), "unexpected exit code\n--- stdout\n{stdout}\n--- stderr\n{stderr}");
        self
    }
}

/// A run that can be killed while it works.
#[derive(Clone)]
pub(crate) struct Running(Arc<Mutex<Child>>);

impl Running {
    /// Ends the run with SIGKILL, as a crash or the kernel would.
    pub(crate) fn kill(&self) {
        // A run that is already over needs no killing.
        let _over = self.0.lock().unwrap().kill();
    }
}

impl Tool {
    pub(crate) fn new() -> Self {
        Self { folder: TempDir::new().unwrap(), variables: BTreeMap::new() }
    }

    /// The folder that the binary works in, which is its home as well.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// A variable for all runs from now on.
    pub(crate) fn set(&mut self, name: &str, value: &str) {
        self.variables.insert(name.to_owned(), value.to_owned());
    }

    /// Writes a file into the folder.
    pub(crate) fn write(&self, name: &str, content: &str) -> PathBuf {
        let path = self.folder().join(name);
        std::fs::write(&path, content).unwrap();
        path
    }

    /// The binary, about to be run; without an end of its output.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        self.program(BINARY, arguments)
    }

    fn program(&self, program: &str, arguments: &[&str]) -> Command {
        let mut command = Command::new(program);
        command.args(arguments).current_dir(self.folder()).stdin(Stdio::null());
        command.env_clear().envs(&self.variables).env("HOME", self.folder()).env("PATH", "/usr/bin:/bin");
        command
    }

    /// Runs the binary to its end.
    pub(crate) fn run(&self, arguments: &[&str]) -> Outcome {
        self.run_watched(arguments, |_| ())
    }

    /// Runs the binary to its end; `started` gets the means to kill it before its first request can arrive.
    pub(crate) fn run_watched(&self, arguments: &[&str], started: impl FnOnce(Running)) -> Outcome {
        Self::start(self.command(arguments), started)
    }

    /// Runs the binary to its end as the child of another program with these arguments, such as `strace`.
    pub(crate) fn run_below(&self, program: &[&str], arguments: &[&str]) -> Outcome {
        let arguments = [&program[1..], &[BINARY], arguments].concat();
        Self::start(self.program(program[0], &arguments), |_| ())
    }

    fn start(mut command: Command, started: impl FnOnce(Running)) -> Outcome {
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let (stdout, stderr) = (collect(child.stdout.take().unwrap()), collect(child.stderr.take().unwrap()));
        let child = Arc::new(Mutex::new(child));
        started(Running(Arc::clone(&child)));
        // The pipes end when the process does: the lock is never held while it still works.
        let (stdout, stderr) = (stdout.join().unwrap(), stderr.join().unwrap());
        let code = child.lock().unwrap().wait().unwrap().code();
        Outcome { code, stdout, stderr }
    }

    /// The content of every file in the folder, by its name.
    pub(crate) fn files(&self) -> BTreeMap<PathBuf, Vec<u8>> {
        let mut found = BTreeMap::new();
        let mut folders = vec![self.folder().to_owned()];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else {
                    found.insert(path.clone(), std::fs::read(path).unwrap());
                }
            }
        }
        found
    }
}

fn collect(mut pipe: impl Read + Send + 'static) -> thread::JoinHandle<String> {
    thread::spawn(move || {
        let mut bytes = Vec::new();
        pipe.read_to_end(&mut bytes).unwrap();
        String::from_utf8_lossy(&bytes).into_owned()
    })
}
