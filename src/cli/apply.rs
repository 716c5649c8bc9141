//! `apply`: plan, confirm, execute in order, look again, report.

use clap::Args;

use super::Common;
use super::exit::Exit;
use super::format::Format;
use super::issuers;
use super::plan::{allowed, document, observed};
use super::session::{Allowance, Session, told};
use super::stop::Stop;
use super::terminal::Terminal;
use crate::execute::{Execution, Issued, Outcome, Progress, Writers, unreadable_secrets};
use crate::pipeline::{Planned, make_so, still};
use crate::report::complaint::{Complaint, Sort};
use crate::report::json::{Event, OutcomeReport, ProofReport, StepReport};
use crate::report::{json, outcome, text, trouble};

/// Make it so: plan, confirm, execute, and look whether it is so
#[derive(Args)]
pub(super) struct Apply {
    /// Do not ask before writing
    #[arg(long)]
    auto_approve: bool,

    /// For whom it is printed what happens
    ///
    /// JSON is a line for each event on standard output, the first being the plan, the last the outcome; it needs
    /// --auto-approve. Standard error and the exit code are the same as those of text.
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,

    #[command(flatten)]
    allowance: Allowance,
}

impl Apply {
    pub(super) async fn run(&self, common: &Common, terminal: &Terminal) -> Result<Exit, Exit> {
        let begun = self.begin(common, terminal);
        let planned = match &begun {
            Ok((session, stop)) => observed(session, stop, terminal).await,
            Err(exit) => Err(*exit),
        };
        let header = begun.as_ref().ok().map(|(session, _)| &session.header);
        match (self.format, header, &planned) {
            (Format::Json, header, planned) => {
                let document = document(header, planned.as_ref().ok(), terminal, None);
                terminal.data(&json::line(&Event::Plan(document)));
            }
            (Format::Text, Some(header), Ok(planned)) => terminal.data(&text::plan(&planned.plan, header)),
            (Format::Text, ..) => {}
        }
        let (exit, outcome) = match (&begun, &planned) {
            (Ok((session, stop)), Ok(planned)) => {
                let ended = self.carry_out(planned, session, stop, common, terminal).await;
                ended.unwrap_or_else(|exit| (exit, None))
            }
            (Err(exit), _) | (_, Err(exit)) => (*exit, None),
        };
        if self.format == Format::Json {
            let carried_out = planned.as_ref().ok().and_then(|planned| Some((&planned.plan, outcome.as_ref()?)));
            let outcome = OutcomeReport::of(carried_out, &terminal.said(), exit.code());
            terminal.data(&json::line(&Event::Outcome(outcome)));
        }
        Ok(exit)
    }

    /// The same for a session that has begun already, told to people.
    pub(super) async fn go_on(
        session: &Session,
        auto_approve: bool,
        common: &Common,
        terminal: &Terminal,
    ) -> Result<Exit, Exit> {
        let apply = Self { auto_approve, format: Format::Text, allowance: Allowance::default() };
        let stop = Stop::listen(common.timeout, terminal)?;
        let planned = observed(session, &stop, terminal).await?;
        terminal.data(&text::plan(&planned.plan, &session.header));
        let (exit, _) = apply.carry_out(&planned, session, &stop, common, terminal).await?;
        Ok(exit)
    }

    fn begin(&self, common: &Common, terminal: &Terminal) -> Result<(Session, Stop), Exit> {
        if self.format == Format::Json && !self.auto_approve {
            let message = "--format json is for programs, and nobody would see the question before writing";
            terminal.complain(Complaint::new(Sort::Usage, message).hint("look at the plan, then use --auto-approve"));
            return Err(Exit::Usage);
        }
        let mut session = Session::for_plan(&self.allowance, common, terminal)?;
        session.reveal(terminal)?;
        Ok((session, Stop::listen(common.timeout, terminal)?))
    }

    /// From a plan to the ending; with what has come of it, where anything was begun.
    async fn carry_out(
        &self,
        planned: &Planned,
        session: &Session,
        stop: &Stop,
        common: &Common,
        terminal: &Terminal,
    ) -> Result<(Exit, Option<Outcome>), Exit> {
        allowed(planned, terminal)?;
        if planned.plan.is_empty() {
            return Ok((Exit::Done, None));
        }
        let unreadable = unreadable_secrets(&planned.plan, &session.secrets);
        if !unreadable.is_empty() {
            terminal.errors(&unreadable, trouble::problem);
            return Err(Exit::Usage);
        }
        let parallelism = usize::from(common.parallelism);
        let issuers = issuers::of(&planned.plan, session, parallelism, terminal)?;
        let writers = Writers { issuers, ..session.writers.clone() };
        self.confirm(&session.header.environment, stop, terminal).await?;
        let execution = Execution {
            servers: &session.servers,
            writers: &writers,
            secrets: &session.secrets,
            issued: &Issued::default(),
            parallelism,
            stop: stop.wish(),
        };
        if self.format == Format::Text {
            terminal.data("\n");
        }
        let wanted = &session.spec.wanted;
        let look = still(planned, &session.spec, &session.servers, &session.policy, &session.occasion);
        let looked = stop.or(terminal.watch("looking again, since the plan is old", look), terminal).await?;
        looked.map_err(|trouble| told(&trouble, terminal))?;
        let tell = |progress: Progress<'_>| self.tell(&progress, terminal);
        let work = terminal.watch("writing", make_so(planned, wanted, &execution, tell));
        let outcome = stop.announcing(work, terminal).await;
        Ok((self.report(planned, &outcome, stop, terminal), Some(outcome)))
    }

    /// Asks whether to go on, unless that has been answered already.
    async fn confirm(&self, environment: &str, stop: &Stop, terminal: &Terminal) -> Result<(), Exit> {
        if self.auto_approve {
            return Ok(());
        }
        if !Terminal::can_ask() {
            let message = "this would need a confirmation, and there is no terminal to ask on";
            terminal.complain(Complaint::new(Sort::Usage, message).hint("look at the plan, then use --auto-approve"));
            return Err(Exit::NoTerminal);
        }
        let question = format!("\nMake these changes to {environment}? Only `yes` is taken for yes: ");
        if stop.or(terminal.confirms(question), terminal).await? {
            return Ok(());
        }
        terminal.error("Not confirmed: nothing was written.\n");
        Err(Exit::Error)
    }

    /// Shows what has happened to a step.
    fn tell(&self, progress: &Progress<'_>, terminal: &Terminal) {
        match (self.format, progress) {
            (Format::Json, progress) => terminal.data(&json::line(&Event::Step(StepReport::of(progress)))),
            (Format::Text, Progress::Done { step, sent }) => terminal.data(&outcome::done(step, *sent)),
            (Format::Text, Progress::Started(_) | Progress::Failed { .. }) => {}
        }
    }

    /// Shows what has come of the plan; the ending that it means.
    fn report(&self, planned: &Planned, outcome: &Outcome, stop: &Stop, terminal: &Terminal) -> Exit {
        terminal.data(&match self.format {
            Format::Text => outcome::summary(&planned.plan, outcome),
            Format::Json => json::line(&Event::Proof(ProofReport::of(outcome))),
        });
        if outcome.is_complete() {
            return Exit::Done;
        }
        for complaint in outcome::complaints(outcome).into_iter().chain(stop.complaint()) {
            terminal.complain(complaint);
        }
        terminal.error(&outcome::shortfall(outcome));
        let exit = Exit::after(outcome);
        stop.exit(exit).unwrap_or(exit)
    }
}
