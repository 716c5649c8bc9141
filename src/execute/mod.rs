//! Making it so: the only holder of writers. Runs steps in lanes, learns ids on the way, and has every write proved.

mod deliver;
mod issued;
mod proof;
mod queue;
mod stop;
mod write;

use std::collections::{BTreeMap, BTreeSet};

use futures::StreamExt as _;
use futures::stream::FuturesUnordered;

use crate::backend::{behaviour, whatever_is_at};
use crate::http::failure::{Failure, Kind};
use crate::http::{Login, Reader, Readers, Writer};
use crate::model::address::{Address, Ids, KeycloakKind};
use crate::model::change::{Change, FieldChange};
use crate::model::step::{Action, Step};
use crate::model::wanted::Wanted;
use crate::observe::Servers;
use crate::plan::Plan;
use crate::resource::Problem;
use crate::rotation::declares;
use crate::secret::Secrets;
pub use issued::Issued;
pub use proof::Unproved;
use queue::Queue;
pub use stop::Stop;
use write::Written;

/// The right to write to every server of an environment.
#[derive(Clone, Default)]
pub struct Writers {
    /// The Keycloak of each realm, by the realm's name there.
    pub realms: BTreeMap<String, Writer>,
    /// Keystone.
    pub keystone: Option<Writer>,
    /// The owner of each application credential that is to be made, by the address of what declares it.
    pub issuers: BTreeMap<Address, Login>,
    /// What the login to each realm goes by, by the realm's name there.
    pub accounts: BTreeMap<String, BTreeSet<Address>>,
}

impl Writers {
    /// Has every login of Keycloak begin anew whose account may do more since `step`: what comes with a new realm is
    /// its maker's, whichever realms that logs in to; and a role is its holder's.
    async fn log_in_again_after(&self, step: &Step) {
        let holder = step.address.role_holder();
        let maker = match &step.address {
            Address::Keycloak { kind: KeycloakKind::Realm, realm, .. } => self.accounts.get(realm),
            _ => None,
        };
        for (realm, account) in &self.accounts {
            let gains = holder.as_ref().is_some_and(|holder| account.contains(holder))
                || maker.is_some_and(|maker| !maker.is_disjoint(account));
            if let Some(writer) = self.realms.get(realm).filter(|_| gains) {
                writer.log_in_again().await;
            }
        }
    }
}

/// All that an execution works with.
pub struct Execution<'a> {
    /// Where to look.
    pub servers: &'a Servers,
    /// Where to write.
    pub writers: &'a Writers,
    /// What references to secrets mean.
    pub secrets: &'a Secrets,
    /// The secrets of application credentials.
    pub issued: &'a Issued,
    /// How many steps may be under way at once.
    pub parallelism: usize,
    /// The wish to stop.
    pub stop: &'a Stop,
}

/// What has come of a plan.
#[derive(Default)]
pub struct Outcome {
    /// What was written, and proved.
    pub done: BTreeSet<Address>,
    /// What was made ready for its change, and waits for it: of two steps the first was taken, and proved.
    pub begun: BTreeSet<Address>,
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
        let Self { done: _, begun: _, failed, unproved, blind, left } = self;
        failed.is_empty() && unproved.is_empty() && blind.is_empty() && left.is_empty()
    }
}

/// What has happened to a step.
#[derive(Clone, Copy)]
pub enum Progress<'a> {
    /// It has begun.
    Started(&'a Step),
    /// It has ended well.
    Done {
        /// The step.
        step: &'a Step,
        /// Whether anything had to be sent for it.
        sent: bool,
    },
    /// It has failed; only a look afterwards can tell what the server has done.
    Failed {
        /// The step.
        step: &'a Step,
        /// Why.
        error: &'a StepError,
    },
}

/// Why a step has failed.
#[derive(Debug, thiserror::Error)]
pub enum StepError {
    /// A server did not do it.
    #[error(transparent)]
    Failure(Failure),
    /// The object could not be looked at just before it was to be written; nothing was sent.
    #[error(transparent)]
    Unseen(Failure),
    /// The object is no longer as the plan has seen it; nothing was written to it.
    #[error("{address}: not written, since {why}")]
    Moved {
        /// The object.
        address: Address,
        /// What has changed.
        why: String,
    },
    /// It was written, and a look for what came with it failed.
    #[error(transparent)]
    Unlearned(Failure),
    /// An id or a secret could not be had.
    #[error("{address}: failed to form the request")]
    Unformed {
        /// The object.
        address: Address,
        /// Why.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// It was asked to stop before anything was sent.
    #[error("stopped")]
    Stopped,
}

impl StepError {
    /// The request that failed, if one was sent.
    #[must_use]
    pub fn failure(&self) -> Option<&Failure> {
        match self {
            Self::Failure(failure) | Self::Unseen(failure) | Self::Unlearned(failure) => Some(failure),
            Self::Moved { .. } | Self::Unformed { .. } | Self::Stopped => None,
        }
    }

    /// Whether something may have been written all the same.
    #[must_use]
    pub fn uncertain(&self) -> bool {
        match self {
            Self::Failure(failure) => failure.uncertain(),
            Self::Unlearned(_) => true,
            Self::Unseen(_) | Self::Moved { .. } | Self::Unformed { .. } | Self::Stopped => false,
        }
    }
}

impl Execution<'_> {
    /// Carries out `plan` and proves it: one look at what was touched, through the eyes of `wanted`. What
    /// happens to each step is told to `tell`.
    pub async fn run(&self, plan: &Plan, wanted: &[Wanted], tell: impl Fn(Progress<'_>)) -> Outcome {
        let mut ids = plan.ids();
        let unknown = |address: &&Address| !ids.contains_key(*address);
        // A deletion requires what requires it; what it is made of may come with something else all the same.
        let going = plan.steps().iter().filter(|step| step.action == Action::Delete);
        let parts: Vec<Address> = going.flat_map(|step| parts(&step.address)).collect();
        let required = plan.steps().iter().flat_map(|step| &step.requires).chain(&parts);
        let required: BTreeSet<&Address> = required.filter(unknown).collect();
        let mut queue = Queue::new(plan.steps());
        let mut under_way = FuturesUnordered::new();
        let mut touched = Vec::new();
        let mut failed = Vec::new();
        let mut locked_out = false;
        loop {
            while under_way.len() < self.parallelism.max(1) && !self.stop.asked() && !locked_out {
                let Some(step) = queue.start() else { break };
                let brought = brought(step, &required, &ids);
                tell(Progress::Started(step));
                let ids = needed(step, &ids);
                under_way.push(async move { (step, write::carry_out(self, step, &ids, brought).await) });
            }
            let Some((step, result)) = under_way.next().await else { break };
            queue.end(step, result.is_ok());
            match result {
                Ok((written, brought)) => {
                    let (id, sent) = match written {
                        Written::Sent(id) => (id, true),
                        Written::Already(id) => (id, false),
                    };
                    touched.push(step);
                    ids.extend(id.map(|id| (step.address.clone(), id)));
                    ids.extend(brought);
                    tell(Progress::Done { step, sent });
                }
                Err(error) => {
                    touched.extend(error.uncertain().then_some(step));
                    tell(Progress::Failed { step, error: &error });
                    // More refused logins would lock the account.
                    locked_out |= error.failure().is_some_and(|failure| failure.kind == Kind::LoginRefused);
                    failed.push((step, error));
                }
            }
        }
        let left = queue.left().into_iter().map(|step| step.address.clone()).collect();
        let touched = proof::latest(&touched);
        let proof = proof::prove(self, &touched, &failed, wanted, &ids).await;
        proof.outcome(&touched, failed, left)
    }

    fn reader(&self, address: &Address) -> Result<Reader, StepError> {
        let readers = match address {
            Address::Keycloak { realm, .. } => self.servers.realms.get(realm),
            Address::Keystone { .. } => self.servers.keystone.as_ref(),
            Address::Sink { .. } => None,
        };
        readers.map(Readers::begin).ok_or_else(|| no_login(address))
    }

    fn writer(&self, step: &Step) -> Result<&Writer, StepError> {
        let address = &step.address;
        let writer = match address {
            Address::Keycloak { realm, .. } => self.writers.realms.get(realm),
            Address::Keystone { .. } if issues(step) => self.issuer(address).map(|issuer| &issuer.writer),
            Address::Keystone { .. } => self.writers.keystone.as_ref(),
            Address::Sink { .. } => None,
        };
        writer.ok_or_else(|| no_login(address))
    }

    /// Who makes the application credential at `address`: its owner.
    fn issuer(&self, address: &Address) -> Option<&Login> {
        self.writers.issuers.iter().find(|(declared, _)| declares(declared, address)).map(|(_, login)| login)
    }
}

/// Whether a step makes an application credential.
fn issues(step: &Step) -> bool {
    step.action == Action::Create && step.address.credential_owner().is_some()
}

/// What a plan would send and cannot be read: found before anything is written.
#[must_use]
pub fn unreadable_secrets(plan: &Plan, secrets: &Secrets) -> Vec<Problem> {
    let references = plan.steps().iter().flat_map(|step| step.fields.iter().map(move |field| (step, field)));
    let problem = |(step, field): (&Step, &FieldChange)| {
        let Change::Secret(reference) = &field.change else { return None };
        let error = secrets.read(reference).err()?;
        let causes = std::iter::successors(std::error::Error::source(&error), |cause| cause.source());
        let message = causes.fold(format!("{}: {error}", field.word), |message, cause| format!("{message}: {cause}"));
        Some(Problem {
            address: step.address.clone(),
            source: step.source.clone(),
            message,
            hint: Some(error.hint().unwrap_or("it is needed to create the object; nothing was written").to_owned()),
        })
    };
    references.filter_map(problem).collect()
}

/// The ids that a step can need: its own, and those of what it requires and is made of; a deletion comes before what it
/// is made of, and does not require it.
fn needed(step: &Step, ids: &Ids) -> Ids {
    let parts = parts(&step.address);
    let addresses = step.requires.iter().chain([&step.address]).chain(&parts);
    addresses.filter_map(|address| Some((address.clone(), ids.get(address)?.clone()))).collect()
}

/// What a thing is made of.
fn parts(address: &Address) -> Vec<Address> {
    (behaviour(address).bare)(address.clone()).requires
}

/// What is `required` in a plan and `step` brings: its ids are not known yet.
fn brought(step: &Step, required: &BTreeSet<&Address>, ids: &Ids) -> Vec<Wanted> {
    let brings = behaviour(&step.address).brings;
    // Few steps bring anything: that is asked first, since there may be many of both.
    let brought = |address: &&Address| brings(step, address) && !ids.contains_key(*address);
    required.iter().copied().filter(brought).map(whatever_is_at).collect()
}

fn no_login(address: &Address) -> StepError {
    StepError::Failure(Failure::new(Kind::Unformed, "write: no login to its server is known").about(address))
}
