//! Which step may start now. Pure: no clock, no runtime, no server.

use std::collections::BTreeSet;

use crate::model::address::Address;
use crate::model::step::{Action, Step};

/// The steps of a plan and how far each has come. Two steps on one server document are never under way together;
/// a failed step blocks what requires it, and nothing else but deletions: those come last, and stop at the first
/// surprise.
pub(super) struct Queue<'a> {
    waiting: Vec<&'a Step>,
    /// What is waiting or under way.
    open: BTreeSet<&'a Address>,
    /// The documents that are being written.
    busy: BTreeSet<&'a Address>,
    failed: BTreeSet<&'a Address>,
    /// What is not a deletion and has not ended.
    coming: usize,
}

impl<'a> Queue<'a> {
    pub(super) fn new(steps: &'a [Step]) -> Self {
        Self {
            waiting: steps.iter().collect(),
            open: steps.iter().map(|step| &step.address).collect(),
            busy: BTreeSet::new(),
            failed: BTreeSet::new(),
            coming: steps.iter().filter(|step| step.action != Action::Delete).count(),
        }
    }

    /// The next step that may start, now under way.
    pub(super) fn start(&mut self) -> Option<&'a Step> {
        let met = |required: &Address| !self.open.contains(required) && !self.failed.contains(required);
        let may_delete = self.coming == 0 && self.failed.is_empty();
        let may_start = |step: &&Step| {
            let its_turn = step.action != Action::Delete || may_delete;
            its_turn && step.requires.iter().all(met) && !self.busy.contains(&step.document)
        };
        let position = self.waiting.iter().position(may_start)?;
        let step = self.waiting.remove(position);
        self.busy.insert(&step.document);
        Some(step)
    }

    /// A step has ended.
    pub(super) fn end(&mut self, step: &'a Step, succeeded: bool) {
        self.open.remove(&step.address);
        self.busy.remove(&step.document);
        self.coming -= usize::from(step.action != Action::Delete);
        if !succeeded {
            self.failed.insert(&step.address);
        }
    }

    /// The steps that have not been started.
    pub(super) fn left(self) -> Vec<&'a Step> {
        self.waiting
    }
}

#[cfg(test)]
mod tests;
