//! A plan as JSON: what would change, what speaks against it, and why there is none. Not the saved form of a plan.

use schemars::JsonSchema;
use serde::Serialize;

use super::change::FieldReport;
use super::diagnostic::DiagnosticReport;
use super::{FORMAT, Place};
use crate::diagnostic::Diagnostics;
use crate::model::address::Address;
use crate::model::step::{Action, Part, Step};
use crate::plan::guard::Finding;
use crate::plan::{Counts, Plan};
use crate::report::complaint::Complaint;
use crate::report::header::{Header, Server};
use crate::resource::Warning;

/// What `plan` has found.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(title = "The document of `opcp-provision plan --format json`")]
pub struct PlanDocument {
    /// The form of this document.
    #[schemars(extend("const" = FORMAT))]
    format: u32,
    /// The code that `plan` ends with; absent in the first line of `apply`, whose last line has it.
    #[serde(skip_serializing_if = "Option::is_none")]
    exit_code: Option<u8>,
    /// The name of the environment; absent where the spec makes no sense.
    #[serde(skip_serializing_if = "Option::is_none")]
    environment: Option<String>,
    /// The servers that the spec speaks of, with the account that is used there.
    servers: Vec<ServerReport>,
    /// The plan; absent where there is none: `errors` and `diagnostics` say why.
    #[serde(skip_serializing_if = "Option::is_none")]
    plan: Option<PlanReport>,
    /// What the operator should know about the plan.
    warnings: Vec<WarningReport>,
    /// What is dangerous about the plan; it is refused as long as one of them is not allowed.
    findings: Vec<FindingReport>,
    /// What is said about the spec.
    diagnostics: Vec<DiagnosticReport>,
    /// What went wrong.
    errors: Vec<Complaint>,
}

/// A server.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "Server")]
struct ServerReport {
    /// The Keycloak realm; absent for Keystone.
    #[serde(skip_serializing_if = "Option::is_none")]
    realm: Option<String>,
    /// Its address.
    url: String,
    /// The account that is used there.
    account: String,
}

/// What would change.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "Plan")]
struct PlanReport {
    /// How many steps of each sort there are.
    summary: CountsReport,
    /// The steps, each behind what it requires. None: nothing is to be done.
    steps: Vec<StepPlan>,
    /// What would make true what the spec only verifies: never carried out, and not in the summary.
    drift: Vec<StepPlan>,
}

/// How many steps of each sort there are.
#[derive(Clone, Copy, Debug, Serialize, JsonSchema)]
#[schemars(rename = "Counts")]
struct CountsReport {
    /// Objects to make.
    add: usize,
    /// Objects to change.
    change: usize,
    /// Objects to destroy.
    destroy: usize,
}

/// What is done to one object.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "Step")]
struct StepPlan {
    /// The object: `keycloak/REALM/KIND/NAME…` or `keystone/KIND/NAME…`, `/` and `%` in names being percent-encoded.
    address: String,
    /// What is done to it.
    action: ActionReport,
    /// Which of the two steps of the object it is; absent where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    part: Option<PartReport>,
    /// The server's id of the object, where it is there already.
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<String>,
    /// What the server calls the object, where it gets another name.
    #[serde(skip_serializing_if = "Option::is_none")]
    renamed_from: Option<String>,
    /// What must be there, or done, before.
    requires: Vec<String>,
    /// Where the object is declared.
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<Place>,
    /// The fields that it concerns.
    fields: Vec<FieldReport>,
}

/// One of two steps of one object: what the server does not do at once.
#[derive(Clone, Copy, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "Part")]
pub(super) enum PartReport {
    /// What makes the other one possible.
    First,
    /// What has been made possible.
    Last,
}

impl PartReport {
    pub(super) fn of(part: &Part) -> Option<Self> {
        match part {
            Part::Only => None,
            Part::First { .. } => Some(Self::First),
            Part::Last => Some(Self::Last),
        }
    }
}

/// What is done to an object.
#[derive(Clone, Copy, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "Action")]
pub(super) enum ActionReport {
    /// It is made.
    Create,
    /// Some of its fields change.
    Update,
    /// It goes.
    Delete,
}

/// A step that must not be taken unseen.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[schemars(rename = "Finding")]
struct FindingReport {
    /// Stable name of the check; what `--allow` takes, where it can be allowed.
    code: String,
    /// The object.
    address: String,
    /// Where it is declared.
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<Place>,
    /// What is dangerous about it.
    message: String,
    /// What to do.
    hint: String,
    /// Whether it has been allowed on the command line.
    allowed: bool,
}

/// Something that the operator should know.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[schemars(rename = "Warning")]
struct WarningReport {
    /// The object.
    address: String,
    /// Where it is declared.
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<Place>,
    /// What is to be known, without the object's name.
    message: String,
    /// What to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    hint: Option<String>,
}

/// All that has been said beside the plan.
#[derive(Clone, Debug, Default)]
pub struct Said {
    /// About the spec.
    pub diagnostics: Diagnostics,
    /// About what went wrong.
    pub complaints: Vec<Complaint>,
}

/// The document of a plan with its warnings and findings; of none, where there is none.
#[must_use]
pub fn document(
    header: Option<&Header>,
    planned: Option<(&Plan, &[Warning], &[Finding])>,
    said: &Said,
    exit_code: Option<u8>,
) -> PlanDocument {
    let servers = header.map(|header| header.servers.iter().map(ServerReport::of).collect());
    let warnings = planned.map(|(_, warnings, _)| warnings.iter().map(WarningReport::of).collect());
    let findings = planned.map(|(_, _, findings)| findings.iter().map(FindingReport::of).collect());
    PlanDocument {
        format: FORMAT,
        exit_code,
        environment: header.map(|header| header.environment.clone()),
        servers: servers.unwrap_or_default(),
        plan: planned.map(|(plan, ..)| PlanReport::of(plan)),
        warnings: warnings.unwrap_or_default(),
        findings: findings.unwrap_or_default(),
        diagnostics: diagnostics(said),
        errors: said.complaints.clone(),
    }
}

pub(super) fn diagnostics(said: &Said) -> Vec<DiagnosticReport> {
    said.diagnostics.sorted().into_iter().map(DiagnosticReport::of).collect()
}

impl ServerReport {
    fn of(server: &Server) -> Self {
        let Server { realm, url, account } = server;
        Self { realm: realm.clone(), url: url.to_string(), account: account.clone() }
    }
}

impl PlanReport {
    fn of(plan: &Plan) -> Self {
        let Counts { add, change, destroy } = plan.counts();
        let steps = |steps: &[Step]| steps.iter().map(StepPlan::of).collect();
        Self { summary: CountsReport { add, change, destroy }, steps: steps(plan.steps()), drift: steps(plan.drift()) }
    }
}

impl StepPlan {
    fn of(step: &Step) -> Self {
        let Step { address, action, part, fields, requires, document: _, id, renamed_from, source } = step;
        Self {
            address: address.to_string(),
            action: ActionReport::of(*action),
            part: PartReport::of(part),
            id: id.clone(),
            renamed_from: renamed_from.clone(),
            requires: requires.iter().map(Address::to_string).collect(),
            source: source.as_ref().map(Place::of),
            fields: fields.iter().filter_map(FieldReport::of).collect(),
        }
    }
}

impl WarningReport {
    fn of(warning: &Warning) -> Self {
        let Warning { address, source, message, hint } = warning;
        Self {
            address: address.to_string(),
            source: source.as_ref().map(Place::of),
            message: message.clone(),
            hint: hint.clone(),
        }
    }
}

impl ActionReport {
    pub(super) fn of(action: Action) -> Self {
        match action {
            Action::Create => Self::Create,
            Action::Update => Self::Update,
            Action::Delete => Self::Delete,
        }
    }
}

impl FindingReport {
    fn of(finding: &Finding) -> Self {
        let Finding { code, address, source, message, hint, allowed } = finding;
        Self {
            code: (*code).to_owned(),
            address: address.to_string(),
            source: source.as_ref().map(Place::of),
            message: message.clone(),
            hint: hint.clone(),
            allowed: *allowed,
        }
    }
}
