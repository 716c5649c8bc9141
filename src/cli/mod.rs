//! The command line: one command a file; its arguments' doc comments are its help. The only module that reads the
//! process environment.

mod apply;
mod by_hand;
mod credentials;
mod exit;
mod format;
mod init;
mod issuers;
mod login;
mod openrc;
mod plan;
mod process;
mod realm;
mod schema;
mod session;
mod stop;
mod terminal;
mod transport;
mod validate;
mod verify;

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::error::ErrorKind;
use clap::{Args, ColorChoice, Parser, Subcommand, ValueHint};

use exit::Exit;
use terminal::Terminal;

/// Infrastructure as code for OpenStack clouds whose people log in through Keycloak.
///
/// Write down who may do what; see what would change; make it so; prove that it is so.
#[derive(Parser)]
#[command(name = "opcp-provision", version, propagate_version = true, max_term_width = 100)]
#[command(after_long_help = EXIT_CODES)]
struct Cli {
    #[command(subcommand)]
    command: Command,
    #[command(flatten)]
    common: Common,
}

const EXIT_CODES: &str = "Exit codes:
  0    nothing to do, or done
  1    error found while talking to the servers
  2    changes pending (plan --detailed-exitcode), or not as the spec says (verify)
  3    refused by a guard
  4    the plan is stale: something has changed; nothing was written
  5    a server could not be reached or refused the login: nothing is known
  6    would need confirmation and there is no terminal
  7    stopped half-way: running again continues
  64   wrong usage, or an invalid spec
  130  interrupted (SIGINT); 143 terminated (SIGTERM)";

#[derive(Subcommand)]
enum Command {
    Init(init::Init),
    Validate(validate::Validate),
    Plan(plan::Plan),
    Apply(apply::Apply),
    Verify(verify::Verify),
    Openrc(openrc::Openrc),
    #[command(subcommand)]
    Credentials(credentials::Credentials),
    Schema(schema::Schema),
}

/// What all commands take.
#[derive(Args)]
#[command(next_help_heading = "Common options")]
struct Common {
    /// A file or a directory (*.yaml and *.yml in it, at any depth) of the spec, or - for standard input
    #[arg(short, long = "file", global = true, value_name = "PATH", value_hint = ValueHint::AnyPath)]
    files: Vec<PathBuf>,

    /// The environment that is meant, where the spec has several
    #[arg(long, global = true, value_name = "NAME")]
    environment: Option<String>,

    /// When to use colour; `NO_COLOR` is honoured
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    color: ColorChoice,

    /// How many requests may be under way at each server at once
    #[arg(long, global = true, value_name = "N", default_value_t = 8, value_parser = clap::value_parser!(u16).range(1..=64))]
    parallelism: u16,

    /// Stop after this long, such as 10m; what is under way ends first
    #[arg(long, global = true, value_name = "DURATION", value_parser = crate::spec::duration::parse)]
    timeout: Option<Duration>,

    /// Do not wait longer than this for the answer to a single request
    #[arg(long, global = true, value_name = "DURATION", default_value = "1m", value_parser = crate::spec::duration::parse)]
    request_timeout: Duration,

    /// Run the commands by which the spec says where secrets are
    #[arg(long, global = true)]
    allow_commands: bool,

    /// Say what is being done (-v: retries, -vv: every request); never what is secret
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    verbose: u8,
}

/// Runs the command that the process was called with.
#[must_use]
pub fn main() -> ExitCode {
    process::close();
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return refuse(&error),
    };
    let Cli { command, common } = cli;
    let terminal = Terminal::new(common.color, common.verbose);
    let exit = match runtime() {
        Ok(runtime) => {
            let exit = runtime.block_on(run(command, &common, &terminal));
            // A question that nobody has answered must not keep an interrupted command from ending.
            runtime.shutdown_background();
            exit
        }
        Err(error) => {
            terminal.error(&crate::report::trouble::error(&error.to_string(), None, &[], None));
            Exit::Error
        }
    };
    exit.into()
}

/// Help is data and wrong usage is not: Clap's own code for it means "changes pending" here.
fn refuse(error: &clap::Error) -> ExitCode {
    // There is nobody left to tell when not even this can be printed.
    let _ = error.print();
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => Exit::Done.into(),
        _ => Exit::Usage.into(),
    }
}

fn runtime() -> std::io::Result<tokio::runtime::Runtime> {
    // It fails only where a provider has been chosen already, which serves as well.
    let _ = rustls::crypto::ring::default_provider().install_default();
    tokio::runtime::Builder::new_multi_thread().enable_all().build()
}

async fn run(command: Command, common: &Common, terminal: &Terminal) -> Exit {
    let result = match command {
        Command::Init(init) => init.run(common, terminal).await,
        Command::Validate(validate::Validate {}) => validate::Validate::run(common, terminal),
        Command::Plan(plan) => plan.run(common, terminal).await,
        Command::Apply(apply) => apply.run(common, terminal).await,
        Command::Verify(verify) => verify.run(common, terminal).await,
        Command::Openrc(openrc) => openrc.run(common, terminal).await,
        Command::Credentials(credentials) => credentials.run(common, terminal).await,
        Command::Schema(schema) => Ok(schema.run(terminal)),
    };
    result.unwrap_or_else(|exit| exit)
}

/// The value of an environment variable; an empty one is as good as none.
#[expect(clippy::disallowed_methods, reason = "the one place where the process environment is read")]
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}
