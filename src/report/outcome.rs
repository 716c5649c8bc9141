//! What has come of a plan, as text for people.

use std::fmt::Write as _;

use super::{BOLD, symbol, trouble};
use crate::execute::Outcome;
use crate::model::address::Address;
use crate::model::step::{Action, Part, Step};
use crate::plan::Plan;

/// The line of one step that has been done; or that was done already, when nothing had to be sent for it.
#[must_use]
pub fn done(step: &Step, sent: bool) -> String {
    let (sign, style) = symbol(step.action);
    let verb = match step.action {
        _ if !sent => "is so already",
        _ if matches!(step.part, Part::First { .. }) => "made ready",
        Action::Create => "created",
        Action::Update => "changed",
        Action::Delete => "deleted",
    };
    format!("  {style}{sign}{style:#} {} {verb}\n", super::plain(&step.address.to_string()))
}

/// The last line of a run, for standard output.
#[must_use]
pub fn summary(plan: &Plan, outcome: &Outcome) -> String {
    let count = |action| {
        let is_own = |step: &&Step| step.action == action && !matches!(step.part, Part::First { .. });
        plan.steps().iter().filter(is_own).filter(|step| outcome.done.contains(&step.address)).count()
    };
    let [added, changed, destroyed] = [Action::Create, Action::Update, Action::Delete].map(count);
    let headline = if outcome.is_complete() { "Apply complete!" } else { "Apply incomplete." };
    format!("\n{BOLD}{headline}{BOLD:#} {added} added, {changed} changed, {destroyed} destroyed.\n")
}

/// Everything that kept a run from being complete, for standard error.
#[must_use]
pub fn shortfall(outcome: &Outcome) -> String {
    let Outcome { done, begun, failed, unproved, blind, left } = outcome;
    let mut text: String = failed.iter().map(trouble::step).collect();
    text.extend(unproved.iter().map(trouble::unproved));
    text.extend(blind.iter().map(trouble::failure));
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
