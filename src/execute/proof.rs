//! The proof: one more look at what was touched. A server that says yes and stores nothing is found here; a failed
//! answer behind which everything stands as planned counts as done.

use std::collections::{BTreeMap, BTreeSet};

use super::{Outcome, StepError};
use crate::http::failure::Failure;
use crate::model::address::{Address, Ids};
use crate::model::change::FieldChange;
use crate::model::step::Step;
use crate::model::wanted::{Live, Wanted};
use crate::observe::{Servers, behaviour, observe};
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

/// Looks at what the steps have touched, through the eyes of `wanted`.
pub(super) async fn prove(touched: &[&Step], wanted: &[Wanted], ids: &Ids, servers: &Servers) -> Proof {
    let addresses: BTreeSet<&Address> = touched.iter().map(|step| &step.address).collect();
    let asked: Vec<Wanted> = wanted.iter().filter(|wanted| addresses.contains(&wanted.address)).cloned().collect();
    let found = match observe(&asked, servers).await {
        Ok(found) => found,
        Err(failures) => return Proof::Blind(failures),
    };
    let in_its_terms = asked.iter().chain(&found.adapted).map(|wanted| (&wanted.address, wanted));
    let asked: BTreeMap<&Address, &Wanted> = in_its_terms.collect();
    let doubt = |step: &&Step| {
        let wanted = asked.get(&step.address).copied();
        unproved(step, wanted, found.live.get(&step.address), ids)
    };
    Proof::Seen(touched.iter().filter_map(doubt).collect())
}

/// What speaks against a step being done: its own fields, or anything else that is asked of its object.
fn unproved(step: &Step, wanted: Option<&Wanted>, live: Option<&Live>, ids: &Ids) -> Option<Unproved> {
    let message = match (standing(step, live, ids), live) {
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

fn is_missing(change: &FieldChange, live: &Live, ids: &Ids) -> bool {
    matches!(shown(change, &live.body, ids), Shown::Before | Shown::Neither)
}

fn words<'a>(words: impl Iterator<Item = &'a str>) -> String {
    words.collect::<Vec<_>>().join(", ")
}

impl Proof {
    /// What has come of the plan, all told.
    pub(super) fn outcome(self, touched: &[&Step], failed: Vec<(&Step, StepError)>, left: Vec<Address>) -> Outcome {
        let failed_addresses: BTreeSet<Address> = failed.iter().map(|(step, _)| step.address.clone()).collect();
        let (unproved, blind) = match self {
            Self::Seen(unproved) => (unproved, Vec::new()),
            Self::Blind(failures) => {
                let failed = failed.into_iter().map(|(_, error)| error).collect();
                return Outcome { done: BTreeSet::new(), failed, unproved: Vec::new(), blind: failures, left };
            }
        };
        let doubtful: BTreeSet<Address> = unproved.iter().map(|unproved| unproved.address.clone()).collect();
        let done = touched.iter().map(|step| &step.address).filter(|address| !doubtful.contains(*address));
        Outcome {
            done: done.cloned().collect(),
            failed: failed
                .into_iter()
                .filter(|(step, _)| doubtful.contains(&step.address))
                .map(|(_, error)| error)
                .collect(),
            unproved: unproved.into_iter().filter(|unproved| !failed_addresses.contains(&unproved.address)).collect(),
            blind,
            left,
        }
    }
}
