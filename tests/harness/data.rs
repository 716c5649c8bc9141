//! What a run tells programs: JSON that its schema allows, and that says what people are told.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use jsonschema::Validator;
use opcp_provision::report::json::schemas;
use serde_json::Value as Json;

use super::tool::Outcome;

static PLAN: LazyLock<Validator> = LazyLock::new(|| validator("plan"));
static EVENT: LazyLock<Validator> = LazyLock::new(|| validator("apply-event"));

fn validator(name: &str) -> Validator {
    let (_, schema) = schemas().into_iter().find(|(known, _)| *known == name).unwrap();
    jsonschema::draft202012::new(schema.as_value()).unwrap()
}

/// What is not as it should be with the document of a plan, beside the text of the same plan.
pub(crate) fn plan(data: &Outcome, text: &str) -> Vec<String> {
    let Ok(document) = serde_json::from_str(&data.stdout) else {
        return vec![format!("plan does not print one JSON document: {}", data.stdout)];
    };
    let mut problems = judge(&PLAN, &document);
    let mut expect = |holds: bool, what: &str| problems.extend((!holds).then(|| format!("{what}: {document:#}")));
    expect(document["exitCode"].as_i64() == data.code.map(i64::from), "the document says another exit code");
    expect(told(&document) == text.trim().lines().last().unwrap_or_default(), "another summary");
    // What is only verified is shown before.
    let (drift, changes) = text.split_once("opcp-provision will make these changes").unwrap_or((text, ""));
    expect(steps(&document["plan"]["steps"]) == changes.lines().filter_map(step).collect(), "other steps");
    expect(steps(&document["plan"]["drift"]) == drift.lines().filter_map(step).collect(), "another drift");
    let explained = ["errors", "diagnostics", "findings"].iter().any(|key| document[key] != Json::Array(Vec::new()));
    expect(explained || matches!(data.code, Some(0 | 2)), "the document does not say why there is no plan");
    problems
}

/// What is not as it should be with the events of a run, beside the document and the text of its plan.
pub(crate) fn events(data: &Outcome, plan: &Outcome) -> Vec<String> {
    let lines: Result<Vec<Json>, _> = data.stdout.lines().map(serde_json::from_str).collect();
    let Ok(events) = lines else { return vec![format!("apply prints no JSON lines: {}", data.stdout)] };
    let mut problems: Vec<String> = events.iter().flat_map(|event| judge(&EVENT, event)).collect();
    let mut expect = |holds: bool, what: &str| problems.extend((!holds).then(|| format!("{what}: {}", data.stdout)));
    let (first, last) = (events.first().cloned().unwrap_or_default(), events.last().cloned().unwrap_or_default());
    expect(last["type"] == "outcome", "the last line is not the outcome");
    expect(last["exitCode"].as_i64() == data.code.map(i64::from), "the outcome says another exit code");
    let mut document: Json = serde_json::from_str(&plan.stdout).unwrap_or_default();
    document["type"] = "plan".into();
    if let Some(fields) = document.as_object_mut() {
        fields.remove("exitCode");
    }
    expect(first == document || data.code != plan.code, "the first line is not the plan");
    let of_state = |states: &[&str]| {
        let steps = events.iter().filter(|event| event["type"] == "step");
        let of_state = steps.filter(|event| event["state"].as_str().is_some_and(|state| states.contains(&state)));
        of_state.map(|event| event["address"].to_string()).collect::<Vec<_>>()
    };
    let (mut begun, mut ended) = (of_state(&["started"]), of_state(&["done", "already", "failed"]));
    begun.sort();
    ended.sort();
    expect(begun == ended, "a step begins and does not end");
    let proved: BTreeSet<String> = addresses(events.iter().find(|event| event["type"] == "proof"), "proved");
    let summary: u64 = ["added", "changed", "destroyed"].iter().filter_map(|key| last["summary"][key].as_u64()).sum();
    expect(summary == proved.len() as u64, "the summary counts what is not proved");
    let planned: BTreeSet<String> = steps(&first["plan"]["steps"]).into_iter().map(|(_, address)| address).collect();
    expect(data.code != Some(0) || proved == planned, "something is planned and not proved");
    expect(
        data.code == Some(0) || !last["errors"].as_array().is_none_or(Vec::is_empty) || explained(&first),
        "no errors",
    );
    problems
}

/// Whether the plan itself says why nothing was done.
fn explained(plan: &Json) -> bool {
    ["findings", "diagnostics"].iter().any(|key| plan[key] != Json::Array(Vec::new()))
}

fn judge(validator: &Validator, document: &Json) -> Vec<String> {
    validator.iter_errors(document).map(|error| format!("{error} at {}", error.instance_path())).collect()
}

fn addresses(event: Option<&Json>, key: &str) -> BTreeSet<String> {
    let list = event.and_then(|event| event[key].as_array());
    list.into_iter().flatten().filter_map(|address| Some(address.as_str()?.to_owned())).collect()
}

/// The last line of a plan's text; empty where there is none.
fn told(document: &Json) -> String {
    let (plan, environment) = (&document["plan"], document["environment"].as_str().unwrap_or_default());
    let count = |key: &str| plan["summary"][key].as_u64().unwrap_or_default();
    match (plan, plan["steps"].as_array()) {
        (Json::Null, _) => String::new(),
        (_, Some(steps)) if steps.is_empty() && plan["drift"].as_array().is_none_or(Vec::is_empty) => {
            format!("No changes. {environment} matches the spec.")
        }
        (_, Some(steps)) if steps.is_empty() => format!("No changes. {environment} shows all that the spec manages."),
        _ => {
            let [add, change, destroy] = ["add", "change", "destroy"].map(count);
            format!("Plan: {add} to add, {change} to change, {destroy} to destroy.")
        }
    }
}

/// Symbol and address of each step.
fn steps(steps: &Json) -> BTreeSet<(char, String)> {
    let symbol = |step: &Json| match step["action"].as_str() {
        Some("create") => '+',
        Some("update") => '~',
        _ => '-',
    };
    let steps = steps.as_array().into_iter().flatten();
    steps.filter_map(|step| Some((symbol(step), step["address"].as_str()?.to_owned()))).collect()
}

/// Symbol and address in a line of text that begins a step.
fn step(line: &str) -> Option<(char, String)> {
    let address = super::readable::step(line)?;
    Some((line.trim_start().chars().next()?, address.to_owned()))
}
