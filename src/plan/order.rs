//! The order of steps: each behind what it requires, otherwise by address. The one place where order is decided.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::address::Address;
use crate::model::step::{Action, Step};
use crate::resource::Problem;

/// `steps` in an order in which each requirement comes before what requires it, and the first of two steps on one
/// object before the other. What goes, goes last, and behind all that requires it: its step then requires theirs.
///
/// # Errors
/// A [`Problem`] that names the cycle, if they require each other.
pub(super) fn order(steps: Vec<Step>) -> Result<Vec<Step>, Problem> {
    let gone: BTreeSet<Address> =
        steps.iter().filter(|step| step.action == Action::Delete).map(|step| step.address.clone()).collect();
    let (going, coming): (Vec<Step>, Vec<Step>) =
        steps.into_iter().partition(|step| gone.contains(&step.address) && !step.serves_others());
    let mut ordered = behind_requirements(coming)?;
    ordered.extend(behind_requirements(reversed(going))?);
    Ok(ordered)
}

/// Deletions with their requirements turned round.
fn reversed(going: Vec<Step>) -> Vec<Step> {
    let mut required_by = BTreeMap::<Address, BTreeSet<Address>>::new();
    for step in &going {
        for required in &step.requires {
            required_by.entry(required.clone()).or_default().insert(step.address.clone());
        }
    }
    let turned = |step: Step| {
        let by = required_by.get(&step.address).into_iter().flatten();
        Step { requires: by.cloned().collect(), ..step }
    };
    going.into_iter().map(turned).collect()
}

fn behind_requirements(mut waiting: Vec<Step>) -> Result<Vec<Step>, Problem> {
    waiting.sort_by(|one, other| one.address.cmp(&other.address));
    let mut ordered = Vec::with_capacity(waiting.len());
    while !waiting.is_empty() {
        let open: BTreeSet<&Address> = waiting.iter().map(|step| &step.address).collect();
        let first: Vec<&Step> = waiting.iter().filter(|step| step.is_first()).collect();
        let ready = |step: &Step| {
            step.requires.iter().all(|required| !open.contains(required))
                && !first.iter().any(|first| first.precedes(step))
        };
        let ready: Vec<bool> = waiting.iter().map(ready).collect();
        let (now, later): (Vec<_>, Vec<_>) = waiting.into_iter().zip(ready).partition(|(_, ready)| *ready);
        waiting = later.into_iter().map(|(step, _)| step).collect();
        if now.is_empty() {
            return Err(cycle(&waiting));
        }
        ordered.extend(now.into_iter().map(|(step, _)| step));
    }
    Ok(ordered)
}

/// Follows requirements until one comes up again.
fn cycle(stuck: &[Step]) -> Problem {
    let stuck: BTreeMap<&Address, &Step> = stuck.iter().map(|step| (&step.address, step)).collect();
    let mut way: Vec<&Step> = Vec::new();
    let mut next = stuck.values().next().copied();
    while let Some(step) = next {
        if let Some(start) = way.iter().position(|seen| seen.address == step.address) {
            way.drain(..start);
            break;
        }
        way.push(step);
        next = step.requires.iter().find_map(|required| stuck.get(required).copied());
    }
    let names: Vec<String> = way.iter().chain(way.first()).map(|step| step.address.to_string()).collect();
    let first = way.first().copied().or(next);
    Problem {
        address: first.map_or_else(|| Address::domain(""), |step| step.address.clone()),
        source: first.and_then(|step| step.source.clone()),
        message: format!("requires itself: {}", names.join(" → ")),
        hint: None,
    }
}
