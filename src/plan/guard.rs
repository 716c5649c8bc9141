//! Danger, found in the finished plan: named, coded checks. All findings at once.

use std::collections::BTreeSet;

use super::Plan;
use crate::model::Json;
use crate::model::address::Address;
use crate::model::change::Change;
use crate::model::source::Source;
use crate::model::step::Step;
use crate::model::value::Value;

/// A step that must not be taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Stable name of the check.
    pub code: &'static str,
    /// The object.
    pub address: Address,
    /// Where it is declared.
    pub source: Option<Source>,
    /// What is dangerous about it.
    pub message: String,
    /// What to do instead.
    pub hint: &'static str,
}

/// Every finding of every check; `own` are the accounts, clients and projects that the tool itself runs with.
#[must_use]
pub fn check(plan: &Plan, own: &BTreeSet<Address>) -> Vec<Finding> {
    plan.steps().iter().filter_map(|step| disables_itself(step, own)).collect()
}

/// The tool would end its own rights, and could not put them back.
fn disables_itself(step: &Step, own: &BTreeSet<Address>) -> Option<Finding> {
    let turns_off = |change: &Change| matches!(change, Change::Value { after: Value::Json(Json::Bool(false)), .. });
    let disabled = step.fields.iter().any(|field| field.word == "enabled" && turns_off(&field.change));
    (own.contains(&step.address) && disabled).then(|| Finding {
        code: "OPCP-G010",
        address: step.address.clone(),
        source: step.source.clone(),
        message: "would be disabled, and the tool runs with it".to_owned(),
        hint: "log in as another account to disable this one",
    })
}
