//! How much memory a run of the tool holds at most.
//!
//! Asked of the system by a small process in between: what a process held before it became another program counts as
//! that program's, and a test holds much.

use std::process::{Command, Stdio};

use crate::harness::tool::Outcome;

/// Runs the program that it is given, and tells on its last line of standard error what that held at most, in KiB.
const SCALE: &str = "import resource, subprocess, sys
code = subprocess.call(sys.argv[1:])
sys.stderr.flush()
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, file=sys.stderr)
sys.exit(code if code >= 0 else 255)
";

/// Runs `command` to its end; how it went, and how many bytes it held at most. A run that is killed ends with 255.
pub(crate) fn weighed(command: &Command) -> (Outcome, u64) {
    let mut scale = Command::new("/usr/bin/python3");
    scale.args(["-c", SCALE]).arg(command.get_program()).args(command.get_args());
    scale.env_clear().envs(command.get_envs().filter_map(|(name, value)| Some((name, value?))));
    if let Some(folder) = command.get_current_dir() {
        scale.current_dir(folder);
    }
    let done = scale.stdin(Stdio::null()).output().unwrap();
    let [stdout, stderr] = [done.stdout, done.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
    let (stderr, weight) = match stderr.trim_end().rsplit_once('\n') {
        Some((said, weight)) => (format!("{said}\n"), weight.to_owned()),
        None => (String::new(), stderr.trim_end().to_owned()),
    };
    let kib: u64 = weight.parse().unwrap_or_else(|_| panic!("no weight: {stderr}{weight}"));
    (Outcome { code: done.status.code(), stdout, stderr }, kib << 10)
}
