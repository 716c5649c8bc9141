//! What has come of a plan, as text for people.

use std::fmt::Write as _;

use super::complaint::Complaint;
use super::{BOLD, symbol, trouble};
use crate::execute::Outcome;
use crate::model::address::Address;
use crate::model::step::{Action, Step};
use crate::plan::{Counts, Plan};

/// The line of one step that has been done; or that was done already, when nothing had to be sent for it.
#[must_use]
pub fn done(step: &Step, sent: bool) -> String {
    let (sign, style) = symbol(step.action);
    let verb = match step.action {
        _ if !sent => "is so already",
        _ if step.is_first() => "made ready",
        Action::Create => "created",
        Action::Update => "changed",
        Action::Delete => "deleted",
    };
    format!("  {style}{sign}{style:#} {} {verb}\n", super::plain(&step.address.to_string()))
}

/// The last line of a run, for standard output.
#[must_use]
pub fn summary(plan: &Plan, outcome: &Outcome) -> String {
    let Counts { add: added, change: changed, destroy: destroyed } = counts(plan, outcome);
    let headline = if outcome.is_complete() { "Apply complete!" } else { "Apply incomplete." };
    format!("\n{BOLD}{headline}{BOLD:#} {added} added, {changed} changed, {destroyed} destroyed.\n")
}

/// How many objects of each sort are done and proved.
#[must_use]
pub fn counts(plan: &Plan, outcome: &Outcome) -> Counts {
    let count = |action| {
        let is_own = |step: &&Step| step.action == action && !step.is_first();
        plan.steps().iter().filter(is_own).filter(|step| outcome.done.contains(&step.address)).count()
    };
    Counts { add: count(Action::Create), change: count(Action::Update), destroy: count(Action::Delete) }
}

/// Everything that went wrong with a run.
#[must_use]
pub fn complaints(outcome: &Outcome) -> Vec<Complaint> {
    let Outcome { done: _, begun: _, failed, unproved, blind, left: _ } = outcome;
    let proof = unproved.iter().map(trouble::unproved).chain(blind.iter().map(trouble::failure));
    failed.iter().map(trouble::step).chain(proof).collect()
}

/// What follows from what kept a run from being complete, for standard error.
#[must_use]
pub fn shortfall(outcome: &Outcome) -> String {
    let Outcome { done, begun, failed: _, unproved: _, blind, left } = outcome;
    let mut text = String::new();
    if !blind.is_empty() {
        text.push_str("What was written could not be looked at again: nothing of it is proved.\n");
    }
    let mut list = |title: &str, addresses: &[&Address]| {
        if !addresses.is_empty() {
            // Writing to a string cannot fail.
            let _ = writeln!(text, "{title}");
            for address in addresses {
                let _ = writeln!(text, "  {address}");
            }
        }
    };
    list("Made ready, and not changed yet:", &begun.iter().collect::<Vec<_>>());
    list("Not begun:", &left.iter().filter(|address| !begun.contains(address)).collect::<Vec<_>>());
    text.push_str(if done.is_empty() && begun.is_empty() {
        "Run `apply` again when that is mended.\n"
    } else {
        "Run `apply` again to continue: what is done stays done.\n"
    });
    text
}
