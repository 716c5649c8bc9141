//! Making it so: the only holder of writers. Runs steps in lanes, learns ids on the way, and has every write proved.

mod proof;
mod queue;
mod write;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, Ordering};

use futures::StreamExt as _;
use futures::stream::FuturesUnordered;

use crate::http::failure::{Failure, Kind};
use crate::http::{Reader, Readers, Writer};
use crate::model::address::{Address, Ids};
use crate::model::step::Step;
use crate::model::wanted::Wanted;
use crate::observe::{Servers, behaviour};
use crate::plan::Plan;
use crate::resource::Unsendable;
use crate::secret::{SecretError, Secrets};
use crate::shape::overlay::EditError;
pub use proof::Unproved;
use queue::Queue;

/// The right to write to every server of an environment.
#[derive(Clone, Default)]
pub struct Writers {
    /// The Keycloak of each realm, by the realm's name there.
    pub realms: BTreeMap<String, Writer>,
    /// Keystone.
    pub keystone: Option<Writer>,
}

/// All that an execution works with.
pub struct Execution<'a> {
    /// Where to look.
    pub servers: &'a Servers,
    /// Where to write.
    pub writers: &'a Writers,
    /// What references to secrets mean.
    pub secrets: Secrets,
    /// How many steps may be under way at once.
    pub parallelism: usize,
    /// Set from outside to stop: what is under way ends, nothing new begins.
    pub stop: &'a AtomicBool,
}

/// What happens while a plan is carried out.
pub enum Event<'a> {
    /// A step has begun.
    Begun(&'a Step),
    /// A step has ended well, as far as the server says.
    Done(&'a Step),
    /// A step has failed.
    Failed(&'a Step, &'a StepError),
}

/// What has come of a plan.
#[derive(Default)]
pub struct Outcome {
    /// What was written, and proved.
    pub done: BTreeSet<Address>,
    /// What failed.
    pub failed: Vec<StepError>,
    /// What the servers have accepted and do not show.
    pub unproved: Vec<Unproved>,
    /// The look that should have proved the writes, where it failed itself.
    pub blind: Vec<Failure>,
    /// What was not begun.
    pub left: Vec<Address>,
}

impl Outcome {
    /// Whether everything is as planned.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        let Self { done: _, failed, unproved, blind, left } = self;
        failed.is_empty() && unproved.is_empty() && blind.is_empty() && left.is_empty()
    }
}

/// Why a step has failed.
#[derive(Debug, thiserror::Error)]
pub enum StepError {
    /// A server did not do it.
    #[error(transparent)]
    Failure(#[from] Failure),
    /// The object is no longer as the plan has seen it; nothing was written to it.
    #[error("{address}: not written, since {why}")]
    Moved {
        /// The object.
        address: Address,
        /// What has changed.
        why: String,
    },
    /// The request could not be formed.
    #[error("failed to form the request")]
    Unsendable(#[from] Unsendable),
    /// An id or a secret could not be filled in.
    #[error("failed to fill in the request")]
    Edit(#[from] EditError<SecretError>),
}

impl StepError {
    /// The request that failed, if one was sent.
    #[must_use]
    pub fn failure(&self) -> Option<&Failure> {
        match self {
            Self::Failure(failure) => Some(failure),
            Self::Moved { .. } | Self::Unsendable(_) | Self::Edit(_) => None,
        }
    }
}

impl Execution<'_> {
    /// Carries out `plan` and proves it: one look at what was touched, through the eyes of `wanted`.
    pub async fn run(&self, plan: &Plan, wanted: &[Wanted], on_event: impl Fn(Event<'_>)) -> Outcome {
        let mut ids = plan.ids();
        let mut queue = Queue::new(plan.steps());
        let mut under_way = FuturesUnordered::new();
        let mut touched = Vec::new();
        let mut failed = Vec::new();
        loop {
            while under_way.len() < self.parallelism.max(1) && !self.stop.load(Ordering::SeqCst) {
                let Some(step) = queue.start() else { break };
                on_event(Event::Begun(step));
                touched.push(step);
                let ids = needed(step, &ids);
                under_way.push(async move { (step, write::carry_out(self, step, &ids).await) });
            }
            let Some((step, result)) = under_way.next().await else { break };
            queue.end(step, result.is_ok());
            match result {
                Ok(id) => {
                    ids.extend(id.map(|id| (step.address.clone(), id)));
                    on_event(Event::Done(step));
                }
                Err(error) => {
                    on_event(Event::Failed(step, &error));
                    failed.push((step, error));
                }
            }
        }
        let left = queue.left().into_iter().map(|step| step.address.clone()).collect();
        let proof = proof::prove(&touched, wanted, &ids, self.servers).await;
        proof.outcome(&touched, failed, left)
    }

    fn reader(&self, address: &Address) -> Result<Reader, Failure> {
        let readers = match address {
            Address::Keycloak { realm, .. } => self.servers.realms.get(realm),
            Address::Keystone { .. } => self.servers.keystone.as_ref(),
        };
        readers.map(Readers::begin).ok_or_else(|| no_login(address))
    }

    fn writer(&self, address: &Address) -> Result<&Writer, Failure> {
        let writer = match address {
            Address::Keycloak { realm, .. } => self.writers.realms.get(realm),
            Address::Keystone { .. } => self.writers.keystone.as_ref(),
        };
        writer.ok_or_else(|| no_login(address))
    }
}

/// The ids that a step can need: its own, those of what it requires, and those of what its object always does. A
/// deletion requires other steps, but may still need what its object stands on.
fn needed(step: &Step, ids: &Ids) -> Ids {
    let bare = (behaviour(&step.address).bare)(step.address.clone());
    let addresses = step.requires.iter().chain(&bare.requires).chain([&step.address]);
    addresses.filter_map(|address| Some((address.clone(), ids.get(address)?.clone()))).collect()
}

fn no_login(address: &Address) -> Failure {
    Failure::new(Kind::Unformed, "write: no login to its server is known").about(address)
}
