//! The command `opcp-provision`: parse, run, exit code.

use std::process::ExitCode;

fn main() -> ExitCode {
    opcp_provision::cli::main()
}
