//! A command that prints a secret: `pass show …`, `sops -d --extract …`. Not a shell: no word of it is interpreted.
//!
//! Nothing that the command prints is ever repeated, not even when it fails: it may be half of the secret.

use std::io::{ErrorKind, Read as _, Write as _};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use super::{Argv, Secret};
use zeroize::Zeroizing;

/// How long a command may take: somebody may have to touch a key for it.
pub(super) const PATIENCE: Duration = Duration::from_mins(1);

/// The most bytes that a secret has.
const LONGEST: u64 = 64 * 1024;

/// How long to wait before looking again whether a command that has closed its output has ended.
const PAUSE: Duration = Duration::from_millis(5);

/// Why a command gave no secret.
#[derive(Debug, thiserror::Error)]
pub enum CommandError {
    /// It could not be started, or its output not be read.
    #[error("failed to run it")]
    Unrunnable(#[source] std::io::Error),
    /// It took too long and was ended.
    #[error("it took longer than {} s and was ended", .0.as_secs())]
    Slow(Duration),
    /// It failed.
    #[error("it ended with {0}")]
    Failed(ExitStatus),
    /// It printed nothing, or what is no text, or more lines than a secret of its kind has.
    #[error("it printed {0} instead of one line of text")]
    NotOneLine(&'static str),
}

/// How the secret is told from what a command prints: [`line`] or [`text`].
pub(super) type Printed = fn(&[String], Duration) -> Result<Secret, CommandError>;

/// The one line that the command prints, without its end.
pub(super) fn line(argv: &[String], patience: Duration) -> Result<Secret, CommandError> {
    one_line(&run(argv, patience)?)
}

/// All that the command prints.
pub(super) fn text(argv: &[String], patience: Duration) -> Result<Secret, CommandError> {
    match whole(&run(argv, patience)?)? {
        "" => Err(CommandError::NotOneLine("nothing")),
        text => Ok(Secret::new(text.to_owned())),
    }
}

/// All that the command prints, nothing too, if it ends well; it finds `input` on its standard input.
///
/// # Errors
/// [`CommandError`] when it does not end well, or prints what is no text.
pub fn converse(argv: &Argv, input: &Secret) -> Result<Secret, CommandError> {
    let output = fed(&argv.0, PATIENCE, Some(input))?;
    whole(&output).map(|text| Secret::new(text.to_owned()))
}

/// What the command prints, if it ends well.
fn run(argv: &[String], patience: Duration) -> Result<Zeroizing<Vec<u8>>, CommandError> {
    fed(argv, patience, None)
}

/// The same of one that finds something on its standard input.
fn fed(argv: &[String], patience: Duration, input: Option<&Secret>) -> Result<Zeroizing<Vec<u8>>, CommandError> {
    let deadline = Instant::now() + patience;
    let (program, arguments) = argv.split_first().ok_or(CommandError::Unrunnable(ErrorKind::InvalidInput.into()))?;
    let mut command = Command::new(program);
    let stdin = if input.is_some() { Stdio::piped() } else { Stdio::null() };
    command.args(arguments).stdin(stdin).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = command.spawn().map_err(CommandError::Unrunnable)?;
    if let (Some(mut stdin), Some(input)) = (child.stdin.take(), input.cloned()) {
        // Not joined: a command that does not read would keep it for ever. One that has enough may close its end.
        thread::spawn(move || drop(stdin.write_all(input.expose().as_bytes())));
    }
    let output = output(&mut child, deadline);
    let status = output.and_then(|output| Ok((output, ended(&mut child, deadline)?)));
    let (output, status) = match status {
        Ok(done) => done,
        Err(error) => {
            // It fails only where the command has ended meanwhile.
            let _ = child.kill();
            let _ = child.wait();
            return Err(error.unwrap_or(CommandError::Slow(patience)));
        }
    };
    if status.success() { Ok(output) } else { Err(CommandError::Failed(status)) }
}

/// All that it prints; no error of its own when the time is over.
fn output(child: &mut Child, deadline: Instant) -> Result<Zeroizing<Vec<u8>>, Option<CommandError>> {
    let (sender, receiver) = mpsc::channel();
    let stdout = child.stdout.take();
    // Not joined: what the command has started may keep the pipe open for longer than anybody waits.
    thread::spawn(move || {
        let mut bytes = Zeroizing::new(Vec::new());
        let read = stdout.map_or(Ok(0), |stdout| stdout.take(LONGEST).read_to_end(&mut bytes));
        // It fails only where nobody waits any more.
        let _ = sender.send(read.map(|_| bytes));
    });
    match receiver.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
        Ok(read) => read.map_err(|error| Some(CommandError::Unrunnable(error))),
        Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => Err(None),
    }
}

/// How it ended; no error of its own when the time is over.
fn ended(child: &mut Child, deadline: Instant) -> Result<ExitStatus, Option<CommandError>> {
    loop {
        match child.try_wait() {
            Ok(Some(status)) => return Ok(status),
            Ok(None) if Instant::now() < deadline => thread::sleep(PAUSE),
            Ok(None) => return Err(None),
            Err(error) => return Err(Some(CommandError::Unrunnable(error))),
        }
    }
}

fn whole(output: &[u8]) -> Result<&str, CommandError> {
    std::str::from_utf8(output).map_err(|_| CommandError::NotOneLine("what is no UTF-8"))
}

fn one_line(output: &[u8]) -> Result<Secret, CommandError> {
    let text = whole(output)?;
    let line = text.strip_suffix('\n').unwrap_or(text);
    let line = line.strip_suffix('\r').unwrap_or(line);
    match line {
        "" => Err(CommandError::NotOneLine("nothing")),
        line if line.contains(['\n', '\r']) => Err(CommandError::NotOneLine("several lines")),
        line => Ok(Secret::new(line.to_owned())),
    }
}

#[cfg(test)]
mod tests;
