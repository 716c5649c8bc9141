//! What will happen, in which order: a value without secrets, made once and obeyed. Pure.

pub mod guard;
pub mod renaming;

mod order;

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::backend::behaviour;
use crate::model::address::{Address, Ids};
use crate::model::step::{Action, Part, Step};
use crate::model::wanted::{Ensure, Live, Mode, Want, Wanted};
use crate::resource::{First, Found, Problem, ids};
use crate::shape::{self, overlay};

/// The form of a plan; grows when its meaning changes.
const FORMAT: u32 = 1;

/// What will happen. Immutable, ordered, free of secrets.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Plan {
    format: u32,
    relies_on: Ids,
    steps: Vec<Step>,
    drift: Vec<Step>,
}

/// How many objects of each sort a plan has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Objects to make.
    pub add: usize,
    /// Objects to change.
    pub change: usize,
    /// Objects to destroy.
    pub destroy: usize,
}

impl Plan {
    /// The steps, each behind what it requires.
    #[must_use]
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// What would make true what is only verified, by address: shown, never carried out.
    #[must_use]
    pub fn drift(&self) -> &[Step] {
        &self.drift
    }

    /// Whether both would do the same.
    #[must_use]
    pub fn does_as(&self, other: &Self) -> bool {
        let Self { format, relies_on, steps, drift: _ } = self;
        (format, relies_on, steps) == (&other.format, &other.relies_on, &other.steps)
    }

    /// The ids that the plan has seen, of what it touches and of what it relies on.
    #[must_use]
    pub fn ids(&self) -> Ids {
        let touched = self.steps.iter().filter_map(|step| Some((step.address.clone(), step.id.clone()?)));
        self.relies_on.clone().into_iter().chain(touched).collect()
    }

    /// Whether nothing will happen.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.steps.is_empty()
    }

    /// How many objects of each sort there are.
    #[must_use]
    pub fn counts(&self) -> Counts {
        let own = self.steps.iter().filter(|step| !step.is_first());
        own.fold(Counts::default(), |counts, step| match step.action {
            Action::Create => Counts { add: counts.add + 1, ..counts },
            Action::Update => Counts { change: counts.change + 1, ..counts },
            Action::Delete => Counts { destroy: counts.destroy + 1, ..counts },
        })
    }
}

/// The plan that makes what is `found` into what is `wanted`.
///
/// # Errors
/// Every [`Problem`] that makes it impossible.
pub fn plan(wanted: &[Wanted], found: Found) -> Result<Plan, Vec<Problem>> {
    let Found { live, adapted, first, mut problems, warnings: _ } = found;
    let adapted: BTreeMap<_, Wanted> = adapted.into_iter().map(|wanted| (wanted.key(), wanted)).collect();
    let first: BTreeMap<_, &First> = first.iter().map(|first| (first.wanted.key(), first)).collect();
    let mut ids = ids(&live);
    // What is made anew has another id then, which nothing shows yet.
    for wanted in adapted.values().filter(|wanted| renews(wanted)) {
        ids.remove(&wanted.address);
    }
    let mut steps = Vec::new();
    let mut drift = Vec::new();
    let mut refused = Vec::new();
    let mut broken: BTreeSet<Address> = problems.iter().map(|problem| problem.address.clone()).collect();
    let listed: BTreeSet<_> = wanted.iter().map(Wanted::key).collect();
    let swept = adapted.values().filter(|wanted| !listed.contains(&wanted.key()));
    for asked in wanted.iter().chain(swept) {
        let wanted = adapted.get(&asked.key()).unwrap_or(asked);
        if broken.contains(&wanted.address) {
            continue;
        }
        match in_turn(wanted, first.get(&wanted.key()).copied(), live.get(&wanted.address), &ids) {
            Ok(needed) if wanted.mode == Mode::Verify => drift.extend(needed),
            Ok(needed) => steps.extend(needed),
            Err(problem) => refused.push((wanted, problem)),
        }
    }
    let mut brought = BTreeMap::new();
    for (wanted, problem) in refused {
        let is_missing = wanted.ensure == Ensure::Required && !live.contains_key(&wanted.address);
        if let Some(bringer) = steps.iter().find(|step| is_missing && brings(step, &wanted.address)) {
            brought.insert(&wanted.address, bringer.address.clone());
            continue;
        }
        // What is missing because its own requirement is missing is told by that.
        let follows = wanted.requires.iter().any(|required| broken.contains(required));
        broken.insert(problem.address.clone());
        let remedy = (behaviour(&wanted.address).remedy)().filter(|_| is_missing).map(str::to_owned);
        problems.extend((!follows).then(|| Problem { hint: remedy.or(problem.hint.clone()), ..problem }));
    }
    let swept = adapted.values().filter(|wanted| !listed.contains(&wanted.key()));
    problems.extend(unmet_requirements(wanted.iter().chain(swept), &steps, &live, |address| {
        broken.contains(address) || brought.contains_key(address)
    }));
    if !problems.is_empty() {
        return Err(problems);
    }
    // What is made anyway, and only verified in some of its fields, is compared with the next look.
    let made: BTreeSet<&Address> = steps.iter().map(|step: &Step| &step.address).collect();
    drift.retain(|step: &Step| step.action != Action::Create || !made.contains(&step.address));
    for step in &mut steps {
        let bringers: BTreeSet<Address> =
            step.requires.iter().filter_map(|required| brought.get(required)).cloned().collect();
        step.requires
            .extend(bringers.into_iter().filter(|bringer| !step.requires.contains(bringer)).collect::<Vec<_>>());
    }
    let required: BTreeSet<&Address> = steps.iter().flat_map(|step| &step.requires).collect();
    let relies_on = ids.iter().filter(|(address, _)| required.contains(address));
    let relies_on = relies_on.map(|(address, id)| (address.clone(), id.clone())).collect();
    let steps = order::order(steps).map_err(|cycle| vec![cycle])?;
    Ok(Plan { format: FORMAT, relies_on, steps, drift })
}

/// The steps that make `wanted` true: one at most, and what must come first.
///
/// # Errors
/// A [`Problem`] when no step can.
fn in_turn(wanted: &Wanted, first: Option<&First>, live: Option<&Live>, ids: &Ids) -> Result<Vec<Step>, Problem> {
    let step = match (first, live) {
        (Some(first), Some(live)) => shape::diff(&first.wanted, Some(live), ids)?.map(|step| (first, live, step)),
        _ => None,
    };
    let Some((First { before, .. }, live, step)) = step else {
        return Ok(shape::diff(wanted, live, ids)?.into_iter().collect());
    };
    let then = shape::diff(wanted, Some(&overlay::foreseen(live, &step.fields, ids)), ids)?;
    let Some(then) = then else { return Ok(vec![step]) };
    Ok(vec![Step { part: Part::First { before: before.clone() }, ..step }, Step { part: Part::Last, ..then }])
}

/// Whether the server is to make another secret.
fn renews(wanted: &Wanted) -> bool {
    wanted.fields.iter().any(|field| matches!(field.want, Want::Renewed { .. }))
}

/// Whether carrying out `step` makes what is at `address`, too.
fn brings(step: &Step, address: &Address) -> bool {
    (behaviour(&step.address).brings)(step, address)
}

/// What is asked for and cannot be, for want of something that it requires; of what is `settled` nothing is said.
fn unmet_requirements<'a>(
    wanted: impl Iterator<Item = &'a Wanted>,
    steps: &[Step],
    live: &BTreeMap<Address, Live>,
    settled: impl Fn(&Address) -> bool,
) -> Vec<Problem> {
    let of_action = |deleted: bool| {
        let matching = steps.iter().filter(move |step| (step.action == Action::Delete) == deleted);
        matching.map(|step| &step.address).collect::<BTreeSet<&Address>>()
    };
    let (to_come, to_go) = (of_action(false), of_action(true));
    let managed = wanted.filter(|wanted| wanted.mode == Mode::Manage);
    let stays = managed.filter(|wanted| matches!(wanted.ensure, Ensure::Present | Ensure::Existing | Ensure::Required));
    let problem = |wanted: &Wanted, message: String| Problem {
        address: wanted.address.clone(),
        source: wanted.source.clone(),
        message,
        hint: None,
    };
    stays
        .flat_map(|wanted| wanted.requires.iter().map(move |required| (wanted, required)))
        .filter_map(|(wanted, required)| {
            if to_go.contains(required) {
                Some(problem(wanted, format!("requires {required}, which is to be deleted")))
            } else if live.contains_key(required) || to_come.contains(required) || settled(required) {
                None
            } else {
                Some(problem(wanted, format!("requires {required}, which is neither there nor planned")))
            }
        })
        .collect()
}

#[cfg(test)]
mod tests;
