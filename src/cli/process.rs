//! What the process lets nobody see: its memory, by a core dump or a debugger, and what a panic was about.

use std::panic;

use rustix::process::{Resource, Rlimit, setrlimit};

use super::terminal::Terminal;

/// Closes the process to the eyes of others. A panic is told by its place alone: what it was about may be a secret.
pub(super) fn close() {
    // Where the system does not let us, the memory is as private as that of any program.
    let _ = setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) });
    #[cfg(target_os = "linux")]
    let _ = rustix::process::set_dumpable_behavior(rustix::process::DumpableBehavior::NotDumpable);
    panic::set_hook(Box::new(|panic| Terminal::panicked(panic.location())));
}
