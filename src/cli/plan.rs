//! `plan`: what would change; writes nothing.

use clap::Args;
use clap::builder::PossibleValuesParser;

use super::Common;
use super::exit::Exit;
use super::session::{Session, understand};
use super::stop::Stop;
use super::terminal::Terminal;
use crate::pipeline::{Planned, Trouble, look, reveal};
use crate::plan::guard;
use crate::report::{text, trouble};

/// Show what would change; write nothing
#[derive(Args)]
pub(super) struct Plan {
    /// Exit with 2 when changes are pending
    #[arg(long)]
    detailed_exitcode: bool,

    #[command(flatten)]
    allowance: Allowance,
}

/// What may be done although a guard speaks against it.
#[derive(Args)]
pub(super) struct Allowance {
    /// Allow what a guard refuses, by the guard's code; can be repeated
    #[arg(long = "allow", value_name = "CODE", value_parser = PossibleValuesParser::new(guard::ALLOWABLE))]
    codes: Vec<String>,
}

impl Plan {
    pub(super) async fn run(&self, common: &Common, terminal: &Terminal) -> Result<Exit, Exit> {
        let session = begin(&self.allowance, common, terminal)?;
        let stop = listen(common, terminal)?;
        let planned = shown(&session, &stop, terminal).await?;
        let pending = self.detailed_exitcode && !planned.plan.is_empty();
        Ok(if pending { Exit::Pending } else { Exit::Done })
    }
}

/// The session that planning needs.
pub(super) fn begin(allowance: &Allowance, common: &Common, terminal: &Terminal) -> Result<Session, Exit> {
    let spec = understand(common, terminal)?;
    let needed: Vec<_> = spec.wanted.iter().map(|wanted| wanted.address.clone()).collect();
    let mut session = Session::begin(spec, needed.iter(), common, terminal)?;
    let unread = reveal(&mut session.spec.wanted, &session.secrets);
    terminal.errors(&unread, |(source, error)| {
        trouble::error(&error.to_string(), source.as_ref(), &trouble::causes(error), None)
    });
    if !unread.is_empty() {
        return Err(Exit::Usage);
    }
    session.policy.allowed.extend(allowance.codes.iter().cloned());
    Ok(session)
}

/// Listens for whatever ends the command early.
pub(super) fn listen(common: &Common, terminal: &Terminal) -> Result<Stop, Exit> {
    Stop::listen(common.timeout).map_err(|error| {
        terminal.error(&trouble::error(&format!("failed to listen for signals: {error}"), None, &[], None));
        Exit::Error
    })
}

/// The plan, printed; refused when a guard speaks against it.
pub(super) async fn shown(session: &Session, stop: &Stop, terminal: &Terminal) -> Result<Planned, Exit> {
    let look = look(&session.spec.wanted, &session.servers, &session.policy);
    let planned = stop.or(terminal.watch("reading the servers", look)).await?;
    let planned = planned.map_err(|trouble| told(&trouble, terminal))?;
    terminal.data(&text::plan(&planned.plan, &session.header));
    if planned.findings.is_empty() {
        return Ok(planned);
    }
    terminal.errors(&planned.findings, trouble::finding);
    Err(Exit::Guarded)
}

/// Shows why there is no plan; the ending that it means.
pub(super) fn told(trouble: &Trouble, terminal: &Terminal) -> Exit {
    match trouble {
        Trouble::Failures(failures) => {
            terminal.errors(failures, trouble::failure);
            Exit::of(failures)
        }
        Trouble::Problems(problems) => {
            terminal.errors(problems, trouble::problem);
            Exit::Error
        }
        Trouble::Stale => {
            let message = "the plan is stale: something that it relies on has changed; nothing was written";
            terminal.error(&trouble::error(message, None, &[], Some("run the command again to see the new plan")));
            Exit::Stale
        }
    }
}
