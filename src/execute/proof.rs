//! The proof: one more look at what was touched. A server that says yes and stores nothing is found here; a failed
//! answer behind which everything stands as planned counts as done.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use super::{Execution, Outcome, StepError, Stop};
use crate::backend::{behaviour, whatever_is_at};
use crate::http::failure::{Failure, Kind};
use crate::model::Json;
use crate::model::address::{Address, Ids};
use crate::model::change::{Change, FieldChange};
use crate::model::step::{Action, Step};
use crate::model::wanted::{Live, Mode, Wanted};
use crate::observe::observe;
use crate::secret::is_masked;
use crate::shape::diff;
use crate::shape::overlay::{Shown, shown};
use crate::shape::standing::{Standing, standing};

/// A write that the server has accepted and does not show.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unproved {
    /// The object.
    pub address: Address,
    /// What the look has found instead.
    pub message: String,
    /// The likely cause, where one is known.
    pub cause: Option<&'static str>,
}

/// What the look has found.
pub(super) enum Proof {
    /// Everything that was touched, as it stands: those not named stand as planned.
    Seen(Vec<Unproved>),
    /// The look failed: nothing is known.
    Blind(Vec<Failure>),
}

/// How long the look may take once it has been asked to stop.
const LAST_LOOK: Duration = Duration::from_secs(20);

/// The last step that was taken of each object: where there were two, it tells of both.
pub(super) fn latest<'a>(touched: &[&'a Step]) -> Vec<&'a Step> {
    touched.iter().map(|step| (&step.address, *step)).collect::<BTreeMap<_, _>>().into_values().collect()
}

/// Looks at what the steps have touched, one of each object, through the eyes of `wanted`. Of those that have `failed`
/// only what can be seen is believed.
pub(super) async fn prove(
    execution: &Execution<'_>,
    touched: &[&Step],
    failed: &[(&Step, StepError)],
    wanted: &[Wanted],
    ids: &Ids,
) -> Proof {
    let addresses: BTreeSet<&Address> = touched.iter().map(|step| &step.address).collect();
    let concerned = |wanted: &&Wanted| wanted.mode == Mode::Manage && addresses.contains(&wanted.address);
    let mut asked: Vec<Wanted> = wanted.iter().filter(concerned).cloned().collect();
    let listed: BTreeSet<&Address> = wanted.iter().filter(concerned).map(|wanted| &wanted.address).collect();
    // What nobody has listed had to change for just that.
    asked.extend(addresses.difference(&listed).map(|address| whatever_is_at(address)));
    let observation = execution.servers.begin();
    let found = tokio::select! {
        found = observe(&asked, &observation) => found,
        () = no_more_patience(execution.stop) => {
            Err(vec![Failure::new(Kind::Interrupted, "look at what was written, before it had to stop")])
        }
    };
    let found = match found {
        Ok(found) => found,
        Err(failures) => return Proof::Blind(failures),
    };
    let adapted = found.adapted.iter().filter(|wanted| wanted.mode == Mode::Manage);
    let in_its_terms = asked.iter().chain(adapted).map(|wanted| (&wanted.address, wanted));
    let asked: BTreeMap<&Address, &Wanted> = in_its_terms.collect();
    let doubt = |step: &&Step| {
        let (wanted, live) = (asked.get(&step.address).copied(), found.live.get(&step.address));
        let failed = failed.iter().any(|(failed, _)| failed.address == step.address);
        unproved(step, wanted, live, ids).or_else(|| live.filter(|_| failed).and_then(|live| unseen(step, live)))
    };
    Proof::Seen(touched.iter().filter_map(doubt).collect())
}

/// Waits until the look is not to be waited for any more: asked twice to stop, or asked and too late.
async fn no_more_patience(stop: &Stop) {
    stop.wait(1).await;
    // Whichever of both comes first is reason enough.
    let _ = tokio::time::timeout(LAST_LOOK, stop.wait(2)).await;
}

/// What speaks against a step being done: its own fields, or anything else that is asked of its object.
fn unproved(step: &Step, wanted: Option<&Wanted>, live: Option<&Live>, ids: &Ids) -> Option<Unproved> {
    let message = match (standing(step, live, ids), live) {
        // What else is asked of the object was to come next.
        (Standing::Done | Standing::Unseen, _) if step.is_first() => return None,
        (Standing::Done | Standing::Unseen, live) => {
            let left = diff(wanted?, live, ids).ok().flatten()?;
            format!("still shows another {}", words(left.fields.iter().map(|field| field.word.as_str())))
        }
        (_, None) => "does not find it".to_owned(),
        (_, Some(live)) => {
            let missing = step.fields.iter().filter(|change| is_missing(change, live, ids));
            format!("does not show {}", words(missing.map(|change| change.word.as_str())))
        }
    };
    let absent = |change: &&FieldChange| live.is_some_and(|live| is_missing(change, live, ids));
    let cause = step.fields.iter().filter(absent).find_map(|change| (behaviour(&step.address).suspect)(&change.path));
    Some(Unproved { address: step.address.clone(), message, cause })
}

/// What nobody can see of a change that has failed: whether its secret has been stored.
fn unseen(step: &Step, live: &Live) -> Option<Unproved> {
    let hidden = |change: &&FieldChange| {
        let told = change.path.get(&live.body).and_then(Json::as_str);
        matches!(change.change, Change::Secret(_)) && told.is_none_or(is_masked)
    };
    let change = step.fields.iter().find(hidden).filter(|_| step.action == Action::Update)?;
    let message = format!("does not show whether its {} was stored", change.word);
    Some(Unproved { address: step.address.clone(), message, cause: None })
}

fn is_missing(change: &FieldChange, live: &Live, ids: &Ids) -> bool {
    matches!(shown(change, &live.body, ids), Shown::Before | Shown::Neither)
}

fn words<'a>(words: impl Iterator<Item = &'a str>) -> String {
    words.collect::<Vec<_>>().join(", ")
}

impl Proof {
    /// What has come of the plan, all told.
    pub(super) fn outcome(self, touched: &[&Step], mut failed: Vec<(&Step, StepError)>, left: Vec<Address>) -> Outcome {
        let (unproved, blind) = match self {
            Self::Seen(unproved) => (unproved, Vec::new()),
            Self::Blind(failures) => (Vec::new(), failures),
        };
        let doubtful: BTreeSet<&Address> = match blind.as_slice() {
            [] => unproved.iter().map(|unproved| &unproved.address).collect(),
            _ => touched.iter().map(|step| &step.address).collect(),
        };
        let (begun, done): (Vec<&Step>, Vec<&Step>) = touched.iter().partition(|step| step.is_first());
        let sure = |steps: Vec<&Step>| {
            steps.into_iter().map(|step| step.address.clone()).filter(|address| !doubtful.contains(address)).collect()
        };
        let mut outcome = Outcome { done: sure(done), begun: sure(begun), left, blind, ..Outcome::default() };
        failed.sort_by(|(one, _), (other, _)| one.address.cmp(&other.address));
        let mut explained = BTreeSet::new();
        let stands = |address: &Address| outcome.done.contains(address) || outcome.begun.contains(address);
        let (harmless, failed): (Vec<_>, Vec<_>) =
            failed.into_iter().partition(|(step, error)| error.uncertain() && stands(&step.address));
        for (step, error) in failed {
            explained.insert(step.address.clone());
            match error {
                StepError::Stopped => outcome.left.push(step.address.clone()),
                error => outcome.failed.push(error),
            }
        }
        outcome.unproved = unproved.into_iter().filter(|unproved| !explained.contains(&unproved.address)).collect();
        outcome.unproved.sort_by(|one, other| one.address.cmp(&other.address));
        if outcome.failed.is_empty() && outcome.unproved.is_empty() && !outcome.left.is_empty() {
            // What was done all the same has kept the rest from being begun: nothing else tells why.
            outcome.failed = harmless.into_iter().map(|(_, error)| error).collect();
        }
        outcome
    }
}

#[cfg(test)]
mod tests;
