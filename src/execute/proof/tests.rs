//! What has come of a plan is told whole.

use super::*;
use crate::execute::queue::tests::step as step_in;
use crate::model::path::Path;
use crate::model::spelling::Spelling;
use crate::secret::SecretRef;
use serde_json::json;

fn step(name: &str, requires: &[&str]) -> Step {
    step_in(name, name, requires)
}

fn unreadable(step: &Step) -> StepError {
    StepError::Failure(Failure::new(Kind::Unreadable, "POST https://keystone.example.com").about(&step.address))
}

#[test]
fn a_failure_behind_which_all_stands_as_planned_is_none() {
    let step = step("a", &[]);
    let outcome = Proof::Seen(vec![]).outcome(&[&step], vec![(&step, unreadable(&step))], vec![]);
    assert!(outcome.is_complete());
}

#[test]
fn a_failure_that_has_kept_the_rest_from_being_begun_is_told_although_all_stands_as_planned() {
    let (first, second) = (step("a", &[]), step("b", &["a"]));
    let failed = vec![(&first, unreadable(&first))];
    let outcome = Proof::Seen(vec![]).outcome(&[&first], failed, vec![second.address]);
    assert_eq!(outcome.failed.len(), 1, "nothing tells why the second one is left");
    assert_eq!(outcome.done.len(), 1);
}

#[test]
fn a_failed_change_of_a_secret_that_nobody_can_see_is_not_believed() {
    let secret = FieldChange {
        word: "secret".to_owned(),
        path: Path::new(["secret"]),
        spelling: Spelling::Same,
        change: Change::Secret(SecretRef::Env("SECRET".to_owned())),
    };
    let changed = Step { action: Action::Update, fields: vec![secret], ..step("a", &[]) };
    let live = |body| Live { id: None, body };
    assert!(unseen(&changed, &live(json!({"secret": "**********"}))).is_some());
    assert!(unseen(&changed, &live(json!({}))).is_some());
    assert_eq!(unseen(&changed, &live(json!({"secret": "shown"}))), None, "what is asked for it was compared");
    let made = Step { action: Action::Create, ..changed };
    assert_eq!(unseen(&made, &live(json!({}))), None, "it came with the object, or not at all");
}
