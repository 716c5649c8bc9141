//! What happens during `apply`, as JSON: the plan, each step, the proof, the outcome.

use schemars::JsonSchema;
use serde::Serialize;

use super::FORMAT;
use super::diagnostic::DiagnosticReport;
use super::plan::{ActionReport, PartReport, PlanDocument, Said, diagnostics};
use crate::execute::{Outcome, Progress};
use crate::model::address::Address;
use crate::plan::{Counts, Plan};
use crate::report::complaint::Complaint;
use crate::report::{outcome, trouble};

/// One line of `apply`. The first is the plan, the last the outcome; other types may come between them.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(tag = "type", rename_all = "camelCase")]
#[schemars(title = "A line of `opcp-provision apply --format json`")]
pub enum Event {
    /// What will be done, and what speaks against it.
    Plan(PlanDocument),
    /// A step begins or ends. How it stands is said by the proof: a write that failed may have been carried out.
    Step(StepReport),
    /// What a look afterwards has found.
    Proof(ProofReport),
    /// How the run has ended.
    Outcome(OutcomeReport),
}

/// A step begins or ends.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[schemars(rename = "StepEvent")]
pub struct StepReport {
    /// The object.
    address: String,
    /// What is done to it.
    action: ActionReport,
    /// Which of the two steps of the object it is; absent where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    part: Option<PartReport>,
    /// How far it has come.
    state: State,
    /// What went wrong with a step that failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<Complaint>,
}

/// How far a step has come.
#[derive(Clone, Copy, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
enum State {
    /// It has begun.
    Started,
    /// The server says that it is done.
    Done,
    /// Nothing had to be sent: it was so already.
    Already,
    /// It has failed.
    Failed,
}

/// What a look at all that was touched has found.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[schemars(rename = "Proof")]
pub struct ProofReport {
    /// What stands as planned.
    proved: Vec<String>,
    /// What the servers have accepted and do not show.
    unproved: Vec<Complaint>,
    /// Why the look failed: nothing is proved then.
    blind: Vec<Complaint>,
}

/// How a run has ended.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "Outcome")]
pub struct OutcomeReport {
    /// The form of these lines.
    #[schemars(extend("const" = FORMAT))]
    format: u32,
    /// The code that `apply` ends with.
    exit_code: u8,
    /// Whether everything is as the spec asks.
    complete: bool,
    /// How many objects of each sort are done and proved.
    summary: DoneReport,
    /// The addresses of what was made ready, and not changed yet.
    begun: Vec<String>,
    /// The addresses of what was not done; those that were made ready are among them.
    left: Vec<String>,
    /// What is said about the spec.
    diagnostics: Vec<DiagnosticReport>,
    /// Everything that went wrong.
    errors: Vec<Complaint>,
}

/// How many objects of each sort are done.
#[derive(Clone, Copy, Debug, Default, Serialize, JsonSchema)]
#[schemars(rename = "Done")]
struct DoneReport {
    /// Objects that were made.
    added: usize,
    /// Objects that were changed.
    changed: usize,
    /// Objects that were destroyed.
    destroyed: usize,
}

impl StepReport {
    /// What has happened to a step.
    #[must_use]
    pub fn of(progress: &Progress<'_>) -> Self {
        let (step, state, error) = match progress {
            Progress::Started(step) => (step, State::Started, None),
            Progress::Done { step, sent: true } => (step, State::Done, None),
            Progress::Done { step, sent: false } => (step, State::Already, None),
            Progress::Failed { step, error } => (step, State::Failed, Some(trouble::step(error))),
        };
        let (action, part) = (ActionReport::of(step.action), PartReport::of(&step.part));
        Self { address: step.address.to_string(), action, part, state, error }
    }
}

impl ProofReport {
    /// What the look after a run has found.
    #[must_use]
    pub fn of(outcome: &Outcome) -> Self {
        Self {
            proved: outcome.done.iter().map(Address::to_string).collect(),
            unproved: outcome.unproved.iter().map(trouble::unproved).collect(),
            blind: outcome.blind.iter().map(trouble::failure).collect(),
        }
    }
}

impl OutcomeReport {
    /// How a run has ended that had come as far as `carried_out`: a plan, and what has come of it.
    #[must_use]
    pub fn of(carried_out: Option<(&Plan, &Outcome)>, said: &Said, exit_code: u8) -> Self {
        let summary = carried_out.map(|(plan, outcome)| {
            let Counts { add, change, destroy } = outcome::counts(plan, outcome);
            DoneReport { added: add, changed: change, destroyed: destroy }
        });
        let begun = carried_out.map(|(_, outcome)| outcome.begun.iter().map(Address::to_string).collect());
        let left = carried_out.map(|(_, outcome)| outcome.left.iter().map(Address::to_string).collect());
        Self {
            format: FORMAT,
            exit_code,
            complete: exit_code == 0,
            summary: summary.unwrap_or_default(),
            begun: begun.unwrap_or_default(),
            left: left.unwrap_or_default(),
            diagnostics: diagnostics(said),
            errors: said.complaints.clone(),
        }
    }
}
