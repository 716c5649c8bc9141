//! Which step may start now. Pure: no clock, no runtime, no server.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::address::Address;
use crate::model::step::{Action, Step};

/// The steps of a plan and how far each has come. Two steps on one server document are never under way together;
/// a failed step blocks what requires it, and nothing else but deletions: those come last, and stop at the first
/// surprise.
pub(super) struct Queue<'a> {
    waiting: Vec<&'a Step>,
    /// How many steps of each object are waiting or under way.
    open: BTreeMap<&'a Address, usize>,
    /// The first ones of two that are waiting or under way, or have failed.
    first: Vec<&'a Step>,
    /// The documents that are being written.
    busy: BTreeSet<&'a Address>,
    failed: BTreeSet<&'a Address>,
    /// What goes.
    gone: BTreeSet<&'a Address>,
    /// What is not a deletion and has not ended.
    coming: usize,
}

impl<'a> Queue<'a> {
    pub(super) fn new(steps: &'a [Step]) -> Self {
        let gone = steps.iter().filter(|step| step.action == Action::Delete).map(|step| &step.address).collect();
        let mut queue = Self {
            waiting: steps.iter().collect(),
            open: BTreeMap::new(),
            first: steps.iter().filter(|step| step.is_first()).collect(),
            busy: BTreeSet::new(),
            failed: BTreeSet::new(),
            gone,
            coming: 0,
        };
        for step in steps {
            *queue.open.entry(&step.address).or_default() += 1;
        }
        queue.coming = steps.iter().filter(|step| !queue.goes(step)).count();
        queue
    }

    /// Whether a step is a deletion, or what makes just that possible.
    fn goes(&self, step: &Step) -> bool {
        !step.serves_others() && self.gone.contains(&step.address)
    }

    /// The next step that may start, now under way.
    pub(super) fn start(&mut self) -> Option<&'a Step> {
        let met = |required: &Address| !self.open.contains_key(required) && !self.failed.contains(required);
        let may_delete = self.coming == 0 && self.failed.is_empty();
        let may_start = |step: &&Step| {
            let its_turn = (!self.goes(step) || may_delete) && !self.first.iter().any(|first| first.precedes(step));
            its_turn && step.requires.iter().all(met) && !self.busy.contains(&step.document)
        };
        let position = self.waiting.iter().position(may_start)?;
        let step = self.waiting.remove(position);
        self.busy.insert(&step.document);
        Some(step)
    }

    /// A step has ended.
    pub(super) fn end(&mut self, step: &'a Step, succeeded: bool) {
        let open = self.open.remove(&step.address).unwrap_or_default();
        if open > 1 {
            self.open.insert(&step.address, open - 1);
        }
        self.busy.remove(&step.document);
        self.coming -= usize::from(!self.goes(step));
        if succeeded {
            self.first.retain(|first| !std::ptr::eq(*first, step));
        } else {
            self.failed.insert(&step.address);
        }
    }

    /// The steps that have not been started.
    pub(super) fn left(self) -> Vec<&'a Step> {
        self.waiting
    }
}

#[cfg(test)]
pub(super) mod tests;
