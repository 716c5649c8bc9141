//! One delivery, carried out: the place read again, what it shall tell laid over it, read back, and a login with what was
//! read.

use super::write::Written;
use super::{Execution, StepError};
use crate::http::failure::{Failure, Kind};
use crate::keycloak::client::{Credential, credential};
use crate::model::address::{Address, Ids};
use crate::model::change::Change;
use crate::model::step::Step;
use crate::model::wanted::Live;
use crate::secret::Secret;
use crate::shape::overlay::{Edit, propose};
use crate::shape::standing::{Standing, standing};
use crate::sink::issued::{Access, SinkError, tells_secrets};

/// Carries out a step on a place.
pub(super) async fn carry_out(execution: &Execution<'_>, step: &Step, ids: &Ids) -> Result<Written, StepError> {
    let address = &step.address;
    let failed = |error: SinkError| StepError::Unformed { address: address.clone(), source: error.into() };
    let places = &execution.servers.places;
    let found = places.read(address).await.map_err(failed)?;
    // Whether it logs in is what the plan has seen: a look at the place alone does not tell.
    let body = |access: &Access| access.body(logged_in(step));
    let live = found.as_ref().map(|access| Live { id: None, body: body(access) });
    match standing(step, live.as_ref(), ids) {
        Standing::Done => return Ok(Written::Already(None)),
        Standing::Stale(why) => return Err(StepError::Moved { address: address.clone(), why }),
        Standing::Ready | Standing::Unseen => {}
    }
    let unformed =
        |source: Box<dyn std::error::Error + Send + Sync>| StepError::Unformed { address: address.clone(), source };
    let issued = secret(execution, step, ids).await?;
    let fill = |change| {
        let secret = |reference: &_| execution.secrets.read(reference);
        Edit::of(change, ids, secret, |_| issued.clone())
    };
    let edits = step.fields.iter().map(fill).collect::<Result<Vec<_>, _>>().map_err(|error| unformed(error.into()))?;
    let found = found.unwrap_or_default();
    let told = found.with(&propose(found.body(true), &edits));
    places.write(address, &told).await.map_err(failed)?;
    let back = places.read(address).await.map_err(failed)?.unwrap_or_default();
    let back = if tells_secrets(address) {
        back
    } else {
        Access { secret: back.secret.clone().or_else(|| told.secret.clone()), ..back }
    };
    let opens = logs_in(execution, address, &back).await;
    if opens.map_err(|failure| StepError::Unlearned(failure.about(address)))? {
        return match places.restart(address, &told).await {
            Ok(()) => Ok(Written::Sent(None)),
            Err(error) => {
                let failure = Failure::new(Kind::Refused, "restart what works with it").because(error);
                Err(StepError::Unlearned(failure.about(address).hint("it is delivered: restart it by hand")))
            }
        };
    }
    let failure = Failure::new(Kind::Unreadable, "log in with what was read back from it");
    Err(StepError::Unlearned(failure.about(address).hint("the server refuses it: is something else writing there?")))
}

/// The secret that the step writes: as it was made in this run, as its server tells it, or as another place holds it.
async fn secret(execution: &Execution<'_>, step: &Step, ids: &Ids) -> Result<Option<Secret>, StepError> {
    let issued = step.fields.iter().find_map(|field| match &field.change {
        Change::Issued(credential) => Some(credential),
        _ => None,
    });
    let Some(issued) = issued else { return Ok(None) };
    if let Some(made) = execution.issued.made(issued) {
        return Ok(Some(made));
    }
    if let Address::Keycloak { realm, .. } = issued {
        let told = credential(&execution.reader(issued)?, realm, issued.name()).await;
        return match told.map_err(|failure| StepError::Unseen(failure.about(issued)))? {
            Credential::Secret(secret) => Ok(Some(secret)),
            Credential::Public | Credential::Hidden | Credential::NoClient => Ok(None),
        };
    }
    match ids.get(issued) {
        Some(id) => Ok(execution.servers.places.secret(id).await),
        None => Ok(None),
    }
}

/// Whether the plan has seen that the place logs in.
fn logged_in(step: &Step) -> bool {
    !step.fields.iter().any(|field| field.word == "logsIn")
}

async fn logs_in(execution: &Execution<'_>, address: &Address, access: &Access) -> Result<bool, Failure> {
    let servers = execution.servers;
    match (access.who(), &access.secret, servers.places.login(address), &servers.door) {
        (Some(id), Some(secret), Some(login), Some(door)) => door.opens_for(login, id, secret).await,
        _ => Ok(false),
    }
}
