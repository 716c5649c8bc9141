//! Lanes, requirements and failures.

use super::*;
use crate::model::step::{Action, Part};
use crate::model::wanted::Wanted;

/// A creation of `name` in a lane of its own or another's.
pub(in crate::execute) fn step(name: &str, document: &str, requires: &[&str]) -> Step {
    Step {
        requires: requires.iter().map(|name| Address::domain(name)).collect(),
        document: Address::domain(document),
        ..Step::of(&Wanted::entity(Address::domain(name)), Action::Create)
    }
}

fn started<'a>(queue: &mut Queue<'a>) -> Vec<&'a str> {
    std::iter::from_fn(|| queue.start()).map(|step| step.address.name()).collect()
}

#[test]
fn steps_on_different_documents_run_together_and_on_one_document_in_turn() {
    let steps = [step("a", "x", &[]), step("b", "x", &[]), step("c", "y", &[])];
    let mut queue = Queue::new(&steps);
    assert_eq!(started(&mut queue), ["a", "c"]);
    queue.end(&steps[0], true);
    assert_eq!(started(&mut queue), ["b"]);
}

#[test]
fn a_step_waits_for_what_it_requires() {
    let steps = [step("a", "a", &[]), step("b", "b", &["a", "not in the plan"])];
    let mut queue = Queue::new(&steps);
    assert_eq!(started(&mut queue), ["a"]);
    queue.end(&steps[0], true);
    assert_eq!(started(&mut queue), ["b"]);
}

#[test]
fn a_failure_blocks_what_requires_it_and_nothing_else() {
    let steps = [step("a", "x", &[]), step("b", "b", &["a"]), step("c", "c", &["b"]), step("d", "x", &[])];
    let mut queue = Queue::new(&steps);
    assert_eq!(started(&mut queue), ["a"]);
    queue.end(&steps[0], false);
    assert_eq!(started(&mut queue), ["d"]);
    queue.end(&steps[3], true);
    assert_eq!(started(&mut queue), [""; 0]);
    assert_eq!(queue.left().iter().map(|step| step.address.name()).collect::<Vec<_>>(), ["b", "c"]);
}

#[test]
fn deletions_wait_for_everything_else_and_stop_at_the_first_failure() {
    let going = Step { action: Action::Delete, ..step("b", "b", &[]) };
    let steps = [step("a", "a", &[]), going];
    let mut queue = Queue::new(&steps);
    assert_eq!(started(&mut queue), ["a"]);
    queue.end(&steps[0], true);
    assert_eq!(started(&mut queue), ["b"]);
    let mut queue = Queue::new(&steps);
    assert_eq!(started(&mut queue), ["a"]);
    queue.end(&steps[0], false);
    assert_eq!(started(&mut queue), [""; 0]);
}

#[test]
fn the_first_of_two_steps_comes_before_the_other_and_before_whom_it_serves() {
    let first = Step { part: Part::First { before: vec![Address::domain("b")] }, ..step("a", "a", &[]) };
    let last = Step { part: Part::Last, ..step("a", "a", &["b"]) };
    let steps = [last, step("b", "b", &[]), first, step("c", "c", &["a"])];
    let mut queue = Queue::new(&steps);
    assert_eq!(started(&mut queue), ["a"]);
    queue.end(&steps[2], true);
    assert_eq!(started(&mut queue), ["b"]);
    queue.end(&steps[1], true);
    assert_eq!(started(&mut queue), ["a"], "and c waits for both");
    queue.end(&steps[0], true);
    assert_eq!(started(&mut queue), ["c"]);
    let mut queue = Queue::new(&steps);
    started(&mut queue);
    queue.end(&steps[2], false);
    assert_eq!(started(&mut queue), [""; 0]);
}

#[test]
fn what_makes_a_deletion_possible_waits_as_the_deletion_does() {
    let first = Step { action: Action::Update, part: Part::First { before: vec![] }, ..step("a", "a", &[]) };
    let going = Step { action: Action::Delete, part: Part::Last, ..step("a", "a", &[]) };
    let steps = [first, going, step("b", "b", &[])];
    let mut queue = Queue::new(&steps);
    assert_eq!(started(&mut queue), ["b"]);
    queue.end(&steps[2], true);
    assert_eq!(started(&mut queue), ["a"]);
    queue.end(&steps[0], true);
    assert_eq!(started(&mut queue), ["a"]);
}
