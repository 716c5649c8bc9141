//! `plan`: what would change; writes nothing.

use clap::Args;

use super::Common;
use super::exit::Exit;
use super::format::Format;
use super::session::{Allowance, Session, told};
use super::stop::Stop;
use super::terminal::Terminal;
use crate::pipeline::Planned;
use crate::plan::guard::Finding;
use crate::report::header::Header;
use crate::report::json::PlanDocument;
use crate::report::{json, text, trouble};

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

    /// For whom the plan is printed
    ///
    /// JSON is one document on standard output, whatever happens: where there is no plan, it says why. Standard error
    /// and the exit code are the same as those of text.
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,

    #[command(flatten)]
    allowance: Allowance,
}

impl Plan {
    pub(super) async fn run(&self, common: &Common, terminal: &Terminal) -> Result<Exit, Exit> {
        let session = self.begin(common, terminal);
        let planned = match &session {
            Ok((session, stop)) => observed(session, stop, terminal).await,
            Err(exit) => Err(*exit),
        };
        let header = session.as_ref().ok().map(|(session, _)| &session.header);
        if let (Format::Text, Some(header), Ok(planned)) = (self.format, header, &planned) {
            terminal.data(&text::plan(&planned.plan, header));
        }
        let exit = planned.as_ref().map_or_else(|exit| *exit, |planned| self.ending(planned, terminal));
        if self.format == Format::Json {
            let document = document(header, planned.as_ref().ok(), terminal, Some(exit));
            terminal.data(&json::pretty(&document));
        }
        Ok(exit)
    }

    fn begin(&self, common: &Common, terminal: &Terminal) -> Result<(Session, Stop), Exit> {
        let mut session = Session::for_plan(&self.allowance, common, terminal)?;
        if self.compare_secrets {
            session.reveal(terminal)?;
        }
        Ok((session, Stop::listen(common.timeout, terminal)?))
    }

    fn ending(&self, planned: &Planned, terminal: &Terminal) -> Exit {
        let differs = !planned.plan.is_empty() || !planned.plan.drift().is_empty();
        match allowed(planned, terminal) {
            Err(exit) => exit,
            Ok(()) if self.detailed_exitcode && differs => Exit::Pending,
            Ok(()) => Exit::Done,
        }
    }
}

/// What the servers have, and what would have to happen.
pub(super) async fn observed(session: &Session, stop: &Stop, terminal: &Terminal) -> Result<Planned, Exit> {
    let planned = stop.or(terminal.watch("reading the servers", session.look()), terminal).await?;
    planned.map_err(|trouble| told(&trouble, terminal))
}

/// Whether a plan may be carried out; what it is to be known of it, and what a guard says against it, is shown.
pub(super) fn allowed(planned: &Planned, terminal: &Terminal) -> Result<(), Exit> {
    terminal.error(&planned.warnings.iter().map(trouble::warning).collect::<String>());
    let refused: Vec<&Finding> = planned.findings.iter().filter(|finding| !finding.allowed).collect();
    terminal.error(&refused.iter().map(|finding| trouble::finding(finding)).collect::<String>());
    if refused.is_empty() { Ok(()) } else { Err(Exit::Guarded) }
}

/// All that is known of a plan, for programs.
pub(super) fn document(
    header: Option<&Header>,
    planned: Option<&Planned>,
    terminal: &Terminal,
    exit: Option<Exit>,
) -> PlanDocument {
    let planned = planned.map(|planned| (&planned.plan, planned.warnings.as_slice(), planned.findings.as_slice()));
    json::document(header, planned, &terminal.said(), exit.map(Exit::code))
}
