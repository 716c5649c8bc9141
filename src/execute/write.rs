//! One step, carried out: its request as data, the document read again where the server replaces it whole, ids and
//! secrets filled in, and a look before anything is sent twice.

use serde_json::Map;

use super::{Execution, StepError};
use crate::http::Writer;
use crate::http::failure::{Failure, Kind};
use crate::http::retry::patience;
use crate::model::Json;
use crate::model::address::{Address, Ids};
use crate::model::change::Change;
use crate::model::path::Path;
use crate::model::step::{Action, Step};
use crate::model::wanted::{Ensure, Live, Wanted};
use crate::observe::{behaviour, observe};
use crate::resource::{Body, IdSource, Request};
use crate::shape::overlay::{Edit, propose};
use crate::shape::standing::{Standing, standing};

/// Carries out `step`; the id of its object afterwards.
pub(super) async fn carry_out(execution: &Execution<'_>, step: &Step, ids: &Ids) -> Result<Option<String>, StepError> {
    let request = (behaviour(&step.address).write)(step, ids)?;
    let edits: Vec<Edit<'_>> = step
        .fields
        .iter()
        .map(|change| Edit::of(change, ids, |reference| execution.secrets.read(reference)))
        .collect::<Result<_, _>>()?;
    let writer = execution.writer(&step.address)?;
    let id = match request.body {
        Body::Empty => send(execution, writer, step, &request, &Json::Null, ids).await,
        Body::This(ref body) => send(execution, writer, step, &request, body, ids).await,
        Body::New => {
            let body = wrap(request.envelope, propose(Json::Object(Map::new()), &edits));
            send(execution, writer, step, &request, &body, ids).await
        }
        Body::Whole | Body::Changed { .. } => update(execution, writer, step, &request, &edits, ids).await,
    }?;
    if step.action == Action::Create && (behaviour(&step.address).learns_id)() == IdSource::Look {
        writer.log_in_again().await;
        return Ok(look(execution, &step.address).await?.and_then(|live| live.id));
    }
    Ok(id)
}

/// Sends what does not depend on a document: a new one, a link, a deletion. What is not idempotent and whose fate is
/// not known is sent again only after a look that has found the step still to be done.
async fn send(
    execution: &Execution<'_>,
    writer: &Writer,
    step: &Step,
    request: &Request,
    body: &Json,
    ids: &Ids,
) -> Result<Option<String>, StepError> {
    let Request { method, route, envelope, body: _ } = request;
    let mut waits = patience();
    loop {
        let failure = match writer.send(method, route, body).await {
            Ok(reply) => {
                let document = unwrap(*envelope, &reply.body);
                let id = document.get("id").and_then(Json::as_str).map(str::to_owned);
                return Ok(reply.created.or(id));
            }
            Err(failure) => failure.about(&step.address),
        };
        let gone = step.action == Action::Delete && failure.kind == Kind::Missing;
        if !failure.kind.passes() && !failure.kind.uncertain() && !gone {
            return Err(failure.into());
        }
        let live = look(execution, &step.address).await?;
        match (standing(step, live.as_ref(), ids), waits.next().filter(|_| failure.kind.passes())) {
            (Standing::Done, _) => return Ok(live.and_then(|live| live.id)),
            (Standing::Ready, Some(wait)) => tokio::time::sleep(wait).await,
            (Standing::Ready | Standing::Unseen | Standing::Stale(_), _) => return Err(failure.into()),
        }
    }
}

/// What is at `address` right now.
async fn look(execution: &Execution<'_>, address: &Address) -> Result<Option<Live>, Failure> {
    let bare = (behaviour(address).bare)(address.clone());
    let found = observe(&[Wanted { ensure: Ensure::Existing, ..bare }], execution.servers).await;
    let mut found = found.map_err(first)?;
    Ok(found.live.remove(address))
}

/// Changes an object. Reads it again where what is sent depends on it; sends nothing if it has moved.
async fn update(
    execution: &Execution<'_>,
    writer: &Writer,
    step: &Step,
    request: &Request,
    edits: &[Edit<'_>],
    ids: &Ids,
) -> Result<Option<String>, StepError> {
    let Request { method, route, envelope, body } = request;
    let depends = |change: &Change| matches!(change, Change::Items { .. });
    let echo = match body {
        Body::Changed { echo } => *echo,
        Body::Empty | Body::This(_) | Body::New | Body::Whole => &[],
    };
    let merges = matches!(body, Body::Changed { .. });
    let reads = !merges || !echo.is_empty() || step.fields.iter().any(|field| depends(&field.change));
    let mut document = Json::Object(Map::new());
    if reads {
        let reader = execution.reader(&step.address)?;
        let answer = reader.stream(route).await.map_err(|failure| failure.about(&step.address))?;
        document = unwrap(*envelope, &answer).clone();
        let live = Live { id: step.id.clone(), body: (behaviour(&step.address).normalise)(document.clone()) };
        match standing(step, Some(&live), ids) {
            Standing::Ready | Standing::Unseen => {}
            Standing::Done => return Ok(step.id.clone()),
            Standing::Stale(why) => return Err(StepError::Moved { address: step.address.clone(), why }),
        }
    }
    let base = if merges { part(&document, step, echo) } else { document };
    let body = wrap(*envelope, propose(base, edits));
    writer.send(method, route, &body).await.map_err(|failure| failure.about(&step.address))?;
    Ok(step.id.clone())
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

/// The first of several failures of one look.
fn first(failures: Vec<Failure>) -> Failure {
    let mut failures = failures.into_iter();
    failures.next().unwrap_or_else(|| Failure::new(Kind::Unformed, "look"))
}
