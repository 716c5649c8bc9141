//! The order of steps: each behind what it requires, otherwise by address. The one place where order is decided.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::address::Address;
use crate::model::step::{Action, Step};
use crate::resource::Problem;

/// `steps` in an order in which each requirement comes before what requires it. What goes, goes last, and behind all
/// that requires it: its step then requires theirs.
///
/// # Errors
/// A [`Problem`] that names the cycle, if they require each other.
pub(super) fn order(steps: Vec<Step>) -> Result<Vec<Step>, Problem> {
    let (going, coming): (Vec<Step>, Vec<Step>) = steps.into_iter().partition(|step| step.action == Action::Delete);
    let mut ordered = behind_requirements(coming)?;
    ordered.extend(behind_requirements(reversed(going))?);
    Ok(ordered)
}

/// Deletions with their requirements turned round.
fn reversed(going: Vec<Step>) -> Vec<Step> {
    let required_by = |address: &Address| {
        going.iter().filter(|step| step.requires.contains(address)).map(|step| step.address.clone()).collect()
    };
    let turned: Vec<Vec<Address>> = going.iter().map(|step| required_by(&step.address)).collect();
    going.into_iter().zip(turned).map(|(step, requires)| Step { requires, ..step }).collect()
}

fn behind_requirements(steps: Vec<Step>) -> Result<Vec<Step>, Problem> {
    let mut waiting: BTreeMap<Address, Step> = steps.into_iter().map(|step| (step.address.clone(), step)).collect();
    let mut ordered = Vec::with_capacity(waiting.len());
    while !waiting.is_empty() {
        let open: BTreeSet<Address> = waiting.keys().cloned().collect();
        let ready = |step: &Step| step.requires.iter().all(|required| !open.contains(required));
        let (now, later): (BTreeMap<_, _>, BTreeMap<_, _>) =
            std::mem::take(&mut waiting).into_iter().partition(|(_, step)| ready(step));
        if now.is_empty() {
            return Err(cycle(&later));
        }
        ordered.extend(now.into_values());
        waiting = later;
    }
    Ok(ordered)
}

/// Follows requirements until one comes up again.
fn cycle(stuck: &BTreeMap<Address, Step>) -> Problem {
    let mut way: Vec<&Step> = Vec::new();
    let mut next = stuck.values().next();
    while let Some(step) = next {
        if let Some(start) = way.iter().position(|seen| seen.address == step.address) {
            way.drain(..start);
            break;
        }
        way.push(step);
        next = step.requires.iter().find_map(|required| stuck.get(required));
    }
    let names: Vec<String> = way.iter().chain(way.first()).map(|step| step.address.to_string()).collect();
    let first = way.first().or(next.as_ref());
    Problem {
        address: first.map_or_else(|| Address::domain(""), |step| step.address.clone()),
        source: first.and_then(|step| step.source.clone()),
        message: format!("requires itself: {}", names.join(" → ")),
        hint: None,
    }
}
