//! Which step may start now. Pure: no clock, no runtime, no server.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::address::Address;
use crate::model::step::Step;

/// The steps of a plan and how far each has come. Two steps on one server document are never under way together;
/// a failed step blocks what requires it and nothing else.
pub(super) struct Queue<'a> {
    waiting: Vec<&'a Step>,
    under_way: BTreeMap<Address, &'a Address>,
    failed: BTreeSet<Address>,
}

impl<'a> Queue<'a> {
    pub(super) fn new(steps: &'a [Step]) -> Self {
        Self { waiting: steps.iter().collect(), under_way: BTreeMap::new(), failed: BTreeSet::new() }
    }

    /// The next step that may start, now under way.
    pub(super) fn start(&mut self) -> Option<&'a Step> {
        let open: BTreeSet<&Address> =
            self.waiting.iter().map(|step| &step.address).chain(self.under_way.keys()).collect();
        let busy: BTreeSet<&Address> = self.under_way.values().copied().collect();
        let may_start = |step: &&Step| {
            let met = |required| !open.contains(required) && !self.failed.contains(required);
            step.requires.iter().all(met) && !busy.contains(&step.document)
        };
        let position = self.waiting.iter().position(may_start)?;
        let step = self.waiting.remove(position);
        self.under_way.insert(step.address.clone(), &step.document);
        Some(step)
    }

    /// A step has ended.
    pub(super) fn end(&mut self, step: &Step, succeeded: bool) {
        self.under_way.remove(&step.address);
        if !succeeded {
            self.failed.insert(step.address.clone());
        }
    }

    /// The steps that have not been started.
    pub(super) fn left(self) -> Vec<&'a Step> {
        self.waiting
    }
}

#[cfg(test)]
mod tests;
