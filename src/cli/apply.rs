//! `apply`: plan, confirm, execute in order, look again, report.

use clap::Args;

use super::Common;
use super::exit::Exit;
use super::plan::shown;
use super::session::{Allowance, Session, told};
use super::stop::Stop;
use super::terminal::Terminal;
use crate::execute::{Execution, Outcome, unreadable_secrets};
use crate::model::step::Step;
use crate::pipeline::{Planned, make_so};
use crate::report::{outcome, trouble};

/// Make it so: plan, confirm, execute, and look whether it is so
#[derive(Args)]
pub(super) struct Apply {
    /// Do not ask before writing
    #[arg(long)]
    auto_approve: bool,

    #[command(flatten)]
    allowance: Allowance,
}

impl Apply {
    pub(super) async fn run(&self, common: &Common, terminal: &Terminal) -> Result<Exit, Exit> {
        let mut session = Session::for_plan(&self.allowance, common, terminal)?;
        session.reveal(terminal)?;
        let stop = Stop::listen(common.timeout, terminal)?;
        let planned = shown(&session, &stop, terminal).await?;
        if planned.plan.is_empty() {
            return Ok(Exit::Done);
        }
        let unreadable = unreadable_secrets(&planned.plan, session.secrets);
        if !unreadable.is_empty() {
            terminal.errors(&unreadable, trouble::problem);
            return Err(Exit::Usage);
        }
        self.confirm(&session.header.environment, &stop, terminal).await?;
        let execution = Execution {
            servers: &session.servers,
            writers: &session.writers,
            secrets: session.secrets,
            parallelism: usize::from(common.parallelism),
            stop: stop.wish(),
        };
        terminal.data("\n");
        let on_done = |step: &Step, sent| terminal.data(&outcome::done(step, sent));
        let work = make_so(&planned, &session.spec.wanted, &execution, &session.policy, on_done);
        let outcome = terminal.watch("writing", work).await.map_err(|trouble| told(&trouble, terminal))?;
        Ok(reported(&planned, &outcome, &stop, terminal))
    }

    /// Asks whether to go on, unless that has been answered already.
    async fn confirm(&self, environment: &str, stop: &Stop, terminal: &Terminal) -> Result<(), Exit> {
        if self.auto_approve {
            return Ok(());
        }
        if !Terminal::can_ask() {
            let message = "this would need a confirmation, and there is no terminal to ask on";
            terminal.error(&trouble::error(message, None, &[], Some("look at the plan, then use --auto-approve")));
            return Err(Exit::NoTerminal);
        }
        let question = format!("\nMake these changes to {environment}? Only `yes` is taken for yes: ");
        if stop.or(terminal.confirms(question), terminal).await? {
            return Ok(());
        }
        terminal.error("Not confirmed: nothing was written.\n");
        Err(Exit::Error)
    }
}

/// Shows what has come of the plan; the ending that it means.
fn reported(planned: &Planned, outcome: &Outcome, stop: &Stop, terminal: &Terminal) -> Exit {
    terminal.data(&outcome::summary(&planned.plan, outcome));
    if outcome.is_complete() {
        return Exit::Done;
    }
    terminal.error(&outcome::shortfall(outcome));
    let exit = Exit::after(outcome);
    stop.exit(exit).unwrap_or(exit)
}
