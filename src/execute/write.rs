//! One step, carried out: its request as data, the document read again where the server replaces it whole, ids and
//! secrets filled in, and a look before anything is sent twice.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::Map;

use super::{Execution, StepError, deliver, issues, no_login};
use crate::backend::{behaviour, whatever_is_at};
use crate::http::failure::{Failure, Kind};
use crate::http::retry::{patience, wait};
use crate::http::{Reply, Writer};
use crate::model::Json;
use crate::model::address::{Address, Ids};
use crate::model::change::Change;
use crate::model::path::Path;
use crate::model::step::{Action, Step};
use crate::model::wanted::{Live, Wanted};
use crate::observe::observe;
use crate::resolve::sink::Login;
use crate::resource::{Body, IdSource, Request, ids as ids_of};
use crate::shape::overlay::{Edit, propose};
use crate::shape::standing::{Standing, standing};

/// How a step has ended well.
pub(super) enum Written {
    /// It was sent; the id of its object, if that was told.
    Sent(Option<String>),
    /// Nothing was left to be sent; the id of its object.
    Already(Option<String>),
}

/// One step on its way to the server.
struct Writing<'a> {
    execution: &'a Execution<'a>,
    writer: &'a Writer,
    step: &'a Step,
    ids: &'a Ids,
    request: Request,
    edits: Vec<Edit<'a>>,
}

/// Carries out `step`, and looks for what it has `brought`.
pub(super) async fn carry_out(
    execution: &Execution<'_>,
    step: &Step,
    ids: &Ids,
    brought: Vec<Wanted>,
) -> Result<(Written, Ids), StepError> {
    let unformed = |source: Box<dyn std::error::Error + Send + Sync>| StepError::Unformed {
        address: step.address.clone(),
        source,
    };
    if matches!(step.address, Address::Sink { .. }) {
        return Ok((deliver::carry_out(execution, step, ids).await?, Ids::new()));
    }
    let mut ids = ids.clone();
    if issues(step) {
        ids.extend(owner(execution, step, &ids).await?);
        execution.issued.make(&step.address).map_err(|error| unformed(error.into()))?;
    }
    let ids = &ids;
    let request = (behaviour(&step.address).write)(step, ids).map_err(|error| unformed(error.into()))?;
    let fill = |change| {
        let secret = |reference: &_| execution.secrets.read(reference);
        Edit::of(change, ids, secret, |credential| execution.issued.made(credential))
    };
    let edits = step.fields.iter().map(fill).collect::<Result<_, _>>().map_err(|error| unformed(error.into()))?;
    let writer = execution.writer(step)?;
    let writing = Writing { execution, writer, step, ids, request, edits };
    let mut written = writing.carry_out().await?;
    if issues(step) {
        writing.opens(&written).await?;
    }
    if step.action == Action::Create || step.renews() {
        execution.writers.log_in_again_after(step).await;
        if (behaviour(&step.address).learns_id)() == IdSource::Look {
            let live = writing.learn(writing.look()).await?;
            written = Written::Sent(live.and_then(|live| live.id));
        }
    }
    let found = writing.learn(found(execution, &brought)).await?;
    Ok((written, ids_of(&found)))
}

/// The owner of the application credential that `step` makes, by the id that a login tells: nobody else can make it.
async fn owner(execution: &Execution<'_>, step: &Step, ids: &Ids) -> Result<Option<(Address, String)>, StepError> {
    let (Some(owner), Some(issuer)) = (step.address.credential_owner(), execution.issuer(&step.address)) else {
        return Err(no_login(&step.address));
    };
    let login = issuer.readers.account();
    let told = tokio::select! {
        told = login => told.map_err(|failure| StepError::Unseen(failure.about(&step.address)))?,
        () = execution.stop.wait(1) => return Err(StepError::Stopped),
    };
    match (told, ids.get(&owner)) {
        (Some(told), Some(known)) if told != *known => {
            let why = format!("{owner} is another user than the one who logs in");
            Err(StepError::Moved { address: step.address.clone(), why })
        }
        (told, _) => Ok(told.map(|id| (owner, id))),
    }
}

/// What is there of `wanted` right now.
async fn found(execution: &Execution<'_>, wanted: &[Wanted]) -> Result<BTreeMap<Address, Live>, Failure> {
    if wanted.is_empty() {
        return Ok(BTreeMap::new());
    }
    let unseen = || Failure::new(Kind::Unformed, "look");
    let found = observe(wanted, &execution.servers.begin()).await;
    Ok(found.map_err(|failures| failures.into_iter().next().unwrap_or_else(unseen))?.live)
}

impl Writing<'_> {
    /// Proves an application credential by a login: it may be one that another run has made under the same name.
    async fn opens(&self, written: &Written) -> Result<(), StepError> {
        let (Written::Sent(id) | Written::Already(id)) = written;
        let secret = self.execution.issued.made(&self.step.address);
        let (Some(id), Some(secret), Some(door)) = (id, secret, &self.execution.servers.door) else { return Ok(()) };
        if self.learn(door.opens_for(&Login::ApplicationCredential, id, &secret)).await? {
            return Ok(());
        }
        let failure = Failure::new(Kind::Unreadable, "log in with what was made");
        let hint = match written {
            Written::Sent(_) => {
                "Keystone has made it and lets nobody in with it: where its owner has `multiFactorAuthRules`, one of them \
                 must be `[application_credential]`"
            }
            Written::Already(_) => "another run has made one under this name at the same moment: run it again",
        };
        Err(StepError::Unlearned(failure.about(&self.step.address).hint(hint)))
    }

    async fn carry_out(&self) -> Result<Written, StepError> {
        let mut doubt = None;
        self.try_until_told(&mut doubt).await.map_err(|error| match (doubt, error) {
            (Some(doubt), StepError::Failure(failure)) if !failure.uncertain() => {
                StepError::Failure(doubt.because(failure))
            }
            (_, error) => error,
        })
    }

    /// Sends until the server has said yes or no; with the last `doubt` whether something was written that no look tells.
    async fn try_until_told(&self, doubt: &mut Option<Failure>) -> Result<Written, StepError> {
        let Request { method, route, .. } = &self.request;
        let mut waits = patience();
        let mut before: Option<Failure> = None;
        loop {
            let body = self.body().await.map_err(|error| match (before.take(), error) {
                // What was sent before may have been carried out, and this look does not tell.
                (Some(failure), StepError::Unseen(blind)) => StepError::Failure(failure.because(blind)),
                (Some(failure), moved @ StepError::Moved { .. }) if failure.uncertain() => {
                    StepError::Failure(failure.because(moved))
                }
                (Some(failure), error) => stopped_after(&failure, error),
                (None, error) => error,
            });
            let Some(body) = body? else { return Ok(Written::Already(self.step.id.clone())) };
            let failure = match self.writer.send(method, route, &body, self.execution.stop).await {
                Ok(reply) => return Ok(Written::Sent(self.id(reply))),
                Err(failure) if failure.login && failure.kind == Kind::Interrupted && self.execution.stop.asked() => {
                    return Err(before.map_or(StepError::Stopped, |before| stopped_after(&before, StepError::Stopped)));
                }
                Err(failure) => self.explained(failure.about(&self.step.address)),
            };
            if failure.uncertain() && self.sends_a_secret() {
                *doubt = Some(failure.clone());
            }
            if let Some(written) = self.after(&failure).await.map_err(|error| stopped_after(&failure, error))? {
                return Ok(written);
            }
            let Some(pause) = wait(&failure, waits.next()) else { return Err(StepError::Failure(failure)) };
            self.pause(pause).await.map_err(|error| stopped_after(&failure, error))?;
            before = Some(failure);
        }
    }

    /// A failure with what the resource knows of it.
    fn explained(&self, failure: Failure) -> Failure {
        match (behaviour(&self.step.address).refused)(self.step, failure.kind) {
            Some(hint) => failure.hint(hint),
            None => failure,
        }
    }

    /// What is to be sent now; nothing if everything stands as planned. A document that changes is read again for it;
    /// if it has moved, nothing is sent.
    async fn body(&self) -> Result<Option<Json>, StepError> {
        let Request { route, envelope, body, .. } = &self.request;
        let (merges, echo) = match body {
            Body::Empty => return Ok(Some(Json::Null)),
            Body::This(body) => return Ok(Some(body.clone())),
            Body::New => return Ok(Some(wrap(*envelope, propose(Json::Object(Map::new()), &self.edits)))),
            Body::Beside(fields) => return Ok(Some(wrap(*envelope, propose(fields.clone(), &self.edits)))),
            Body::Whole => (false, &[][..]),
            Body::Changed { echo } => (true, *echo),
        };
        let reader = self.execution.reader(&self.step.address)?;
        let answer = self.unless_stopped(reader.stream(route)).await?;
        let answer = answer.map_err(|failure| {
            if failure.says_missing() {
                self.moved("it is gone".to_owned())
            } else {
                StepError::Unseen(failure.about(&self.step.address))
            }
        })?;
        let document = unwrap(*envelope, &answer).clone();
        if !document.is_object() {
            let failure = reader.unreadable(route, "the answer is not one object");
            return Err(StepError::Unseen(failure.about(&self.step.address)));
        }
        let normalise = behaviour(&self.step.address).normalise;
        let live = Live { id: self.step.id.clone(), body: normalise(document.clone()) };
        match standing(self.step, Some(&live), self.ids) {
            Standing::Done => Ok(None),
            Standing::Stale(why) => Err(self.moved(why)),
            Standing::Ready | Standing::Unseen => {
                let base = if merges { part(&document, self.step, echo) } else { document };
                Ok(Some(wrap(*envelope, propose(base, &self.edits))))
            }
        }
    }

    /// Whether something is sent that nobody can see afterwards.
    fn sends_a_secret(&self) -> bool {
        self.step.fields.iter().any(|field| matches!(field.change, Change::Secret(_) | Change::Issued(_)))
    }

    /// Whether a document changes that is there: `body` reads it each time.
    fn reads_first(&self) -> bool {
        matches!(self.request.body, Body::Whole | Body::Changed { .. })
    }

    /// What a failed request means: the step is done all the same, or can be tried again, or has failed.
    async fn after(&self, failure: &Failure) -> Result<Option<Written>, StepError> {
        let failed = || Err(StepError::Failure(failure.clone()));
        let missing = failure.kind == Kind::Missing;
        let may_help = failure.kind.passes() || failure.uncertain() || missing;
        if failure.login || !may_help {
            return failed();
        }
        if self.reads_first() && !missing {
            // Nothing is sent before the document has been read again. Two writes at once make Keycloak see a conflict.
            return if failure.kind.passes() || failure.kind == Kind::Conflict { Ok(None) } else { failed() };
        }
        let live = match self.unless_stopped(self.look()).await? {
            Ok(live) => live,
            Err(blind) => return Err(StepError::Failure(failure.clone().because(blind))),
        };
        // A server that says no for just that reason has done nothing.
        let refused = missing || failure.kind == Kind::Conflict;
        match standing(self.step, live.as_ref(), self.ids) {
            Standing::Done => Ok(Some(Written::Already(live.and_then(|live| live.id)))),
            Standing::Ready if failure.kind.passes() => Ok(None),
            Standing::Stale(why) if refused || !failure.uncertain() => Err(self.moved(why)),
            _ if missing => match self.unless_stopped(self.lost()).await? {
                Ok(Some(why)) => Err(self.moved(why)),
                Ok(None) => failed(),
                Err(blind) => Err(StepError::Failure(failure.clone().because(blind))),
            },
            Standing::Ready | Standing::Unseen | Standing::Stale(_) => failed(),
        }
    }

    fn moved(&self, why: String) -> StepError {
        StepError::Moved { address: self.step.address.clone(), why }
    }

    /// What the step relies on and is not there any more, as words.
    async fn lost(&self) -> Result<Option<String>, Failure> {
        let needed: Vec<Wanted> =
            self.ids.keys().filter(|address| **address != self.step.address).map(whatever_is_at).collect();
        let found = found(self.execution, &needed).await?;
        let gone = |address: &&Address| found.get(*address).and_then(|live| live.id.as_ref()) != self.ids.get(*address);
        Ok(needed.iter().map(|wanted| &wanted.address).find(gone).map(|address| format!("{address} is gone")))
    }

    /// What is at the step's address right now.
    async fn look(&self) -> Result<Option<Live>, Failure> {
        let mut found = found(self.execution, &[whatever_is_at(&self.step.address)]).await?;
        Ok(found.remove(&self.step.address))
    }

    fn id(&self, reply: Reply) -> Option<String> {
        let document = unwrap(self.request.envelope, &reply.body);
        let told = document.get("id").and_then(Json::as_str).map(str::to_owned);
        reply.created.or(told).or_else(|| self.step.id.clone())
    }

    /// What a look at what has been written finds; without it nobody knows what came with it.
    async fn learn<T>(&self, look: impl Future<Output = Result<T, Failure>>) -> Result<T, StepError> {
        let found = self.unless_stopped(look).await.unwrap_or_else(|_| {
            let failure = Failure::new(Kind::Interrupted, "look for what came with it, before it had to stop");
            Err(failure.about(&self.step.address))
        });
        found.map_err(StepError::Unlearned)
    }

    async fn pause(&self, pause: Duration) -> Result<(), StepError> {
        self.unless_stopped(tokio::time::sleep(pause)).await
    }

    /// Waits for what changes nothing, unless it has been asked to stop.
    async fn unless_stopped<T>(&self, work: impl Future<Output = T>) -> Result<T, StepError> {
        tokio::select! {
            done = work => Ok(done),
            () = self.execution.stop.wait(1) => Err(StepError::Stopped),
        }
    }
}

/// The error of a step that was stopped after such a failure: what was sent before may have been carried out.
fn stopped_after(failure: &Failure, error: StepError) -> StepError {
    match error {
        StepError::Stopped if failure.uncertain() => StepError::Failure(failure.clone()),
        error => error,
    }
}

/// The part of a document that a merging write needs: the lists that are merged into, and what must be echoed.
fn part(document: &Json, step: &Step, echo: &[&str]) -> Json {
    let lists = step.fields.iter().filter(|field| matches!(field.change, Change::Items { .. }));
    let paths = lists.map(|field| field.path.clone()).chain(echo.iter().map(|key| Path::new([*key])));
    let mut part = Json::Object(Map::new());
    for path in paths {
        if let Some(value) = path.get(document) {
            path.set(&mut part, value.clone());
        }
    }
    part
}

fn wrap(envelope: Option<&str>, document: Json) -> Json {
    match envelope {
        Some(key) => Json::Object([(key.to_owned(), document)].into_iter().collect()),
        None => document,
    }
}

fn unwrap<'a>(envelope: Option<&str>, answer: &'a Json) -> &'a Json {
    envelope.and_then(|key| answer.get(key)).unwrap_or(answer)
}
