//! `plan`: what would change; writes nothing.

use clap::Args;

use super::Common;
use super::exit::Exit;
use super::session::{Allowance, Session, told};
use super::stop::Stop;
use super::terminal::Terminal;
use crate::pipeline::{Planned, look};
use crate::report::{text, trouble};

/// Show what would change; write nothing
#[derive(Args)]
pub(super) struct Plan {
    /// Exit with 2 when changes are pending
    #[arg(long)]
    detailed_exitcode: bool,

    /// Also read the secrets of clients, and compare them with those that the server shows
    ///
    /// Without it, only the secrets of the tool's own logins are read. `apply` always compares.
    #[arg(long)]
    compare_secrets: bool,

    #[command(flatten)]
    allowance: Allowance,
}

impl Plan {
    pub(super) async fn run(&self, common: &Common, terminal: &Terminal) -> Result<Exit, Exit> {
        let mut session = Session::for_plan(&self.allowance, common, terminal)?;
        if self.compare_secrets {
            session.reveal(terminal)?;
        }
        let stop = Stop::listen(common.timeout, terminal)?;
        let planned = shown(&session, &stop, terminal).await?;
        let differs = !planned.plan.is_empty() || !planned.plan.drift().is_empty();
        let pending = self.detailed_exitcode && differs;
        Ok(if pending { Exit::Pending } else { Exit::Done })
    }
}

/// The plan, printed; refused when a guard speaks against it.
pub(super) async fn shown(session: &Session, stop: &Stop, terminal: &Terminal) -> Result<Planned, Exit> {
    let look = look(&session.spec.wanted, &session.servers, &session.policy);
    let planned = stop.or(terminal.watch("reading the servers", look), terminal).await?;
    let planned = planned.map_err(|trouble| told(&trouble, terminal))?;
    terminal.data(&text::plan(&planned.plan, &session.header));
    terminal.errors(&planned.warnings, trouble::warning);
    if planned.findings.is_empty() {
        return Ok(planned);
    }
    terminal.errors(&planned.findings, trouble::finding);
    Err(Exit::Guarded)
}
