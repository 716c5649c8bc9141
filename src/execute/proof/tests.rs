//! What has come of a plan is told whole.

use super::*;
use crate::execute::queue::tests::step as step_in;

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
