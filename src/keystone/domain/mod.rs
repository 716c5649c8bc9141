//! A Keystone domain: what projects live in.

mod contents;

use std::collections::{BTreeMap, BTreeSet};

use super::immutable;
use crate::http::Reader;
use crate::http::failure::Failure;
use crate::model::Json;
use crate::model::address::{Address, Ids};
use crate::model::declared::{Declared, Fields};
use crate::model::path::Path;
use crate::model::spelling::Spelling;
use crate::model::step::Step;
use crate::model::value::Value;
use crate::model::wanted::{Ensure, Field, Live, Mode, Want, Wanted};
use crate::resource::{Ask, First, Found, Problem, Request, Resource, Unsendable};
use crate::spec::{Options, environment};

/// The resource `keystone/domain/NAME`.
pub struct Domain;

impl Resource for Domain {
    type Declared = Declared<environment::Domain>;

    fn bare(address: Address) -> Wanted {
        Wanted::entity(address)
    }

    fn wanted(declared: &Self::Declared) -> Wanted {
        let Declared { address, at, value } = declared;
        let environment::Domain { name, ensure, description, enabled, tags, options } = value;
        let immutable = options.as_ref().and_then(|Options { immutable }| *immutable);
        let key = |key| Path::new([key]);
        let fields = Fields::at(at)
            .identity("name", key("name"), Value::Json(name.as_str().into()))
            .is("description", key("description"), Spelling::Same, description.as_deref())
            .is("enabled", key("enabled"), Spelling::Same, *enabled)
            .values("tags", key("tags"), tags.as_ref())
            .is(immutable::WORD, Path::new(immutable::PATH), Spelling::Same, immutable);
        let ensure = (*ensure).into();
        Wanted { fields: fields.into_vec(), ensure, source: Some(at.source()), ..Self::bare(address.clone()) }
    }

    async fn observe(reader: &Reader, ask: &Ask<'_>) -> Result<Found, Failure> {
        let asked: BTreeSet<&Address> = ask.wanted.iter().map(|wanted| &wanted.address).collect();
        let mut found = Found::default();
        super::list::each(reader, "domains", |body| {
            let [id, name] = ["id", "name"].map(|key| body.get(key).and_then(Json::as_str));
            let address = Address::domain(name.unwrap_or_default());
            // What others are called is asked of their ids: grants may name their domains by them.
            let body = if asked.contains(&address) { Self::normalise(body.clone()) } else { Json::Null };
            found.live.insert(address, Live { id: id.map(str::to_owned), body });
        })
        .await?;
        for wanted in ask.wanted.iter().filter(|wanted| goes(wanted)) {
            if let Some(live) = found.live.get(&wanted.address) {
                found.warnings.extend(contents::warnings(reader, wanted, live).await?);
            }
        }
        Ok(found)
    }

    /// What is enabled is not deleted (seen on 30).
    fn settle(ask: &Ask<'_>, found: &Found) -> Found {
        let mut settled = immutable::settle(ask, found);
        for wanted in ask.wanted.iter().filter(|wanted| goes(wanted)) {
            let Some(live) = found.live.get(&wanted.address) else { continue };
            let told = settled.problems.iter().any(|problem| problem.address == wanted.address);
            match (live.body.get("enabled").and_then(Json::as_bool), immutable::is_protected(live)) {
                (Some(false), _) => {}
                _ if told => {}
                (_, false) => settled.first.push(disable(wanted)),
                (_, true) => settled.problems.push(Problem {
                    address: wanted.address.clone(),
                    source: wanted.source.clone(),
                    message: "is enabled and protected by the server (`immutable`), and is not deleted".to_owned(),
                    hint: Some(
                        "in a run of its own first, let it be there with `enabled: false`, `options: {immutable: false}`"
                            .to_owned(),
                    ),
                }),
            }
        }
        settled
    }

    fn normalise(body: Json) -> Json {
        immutable::normalise(body)
    }

    fn write(step: &Step, ids: &Ids) -> Result<Request, Unsendable> {
        super::write(step, ids, "domains", "domain")
    }
}

fn goes(wanted: &Wanted) -> bool {
    wanted.ensure == Ensure::Absent && wanted.mode == Mode::Manage
}

fn disable(wanted: &Wanted) -> First {
    let field = Field {
        word: "enabled".to_owned(),
        path: Path::new(["enabled"]),
        spelling: Spelling::Same,
        want: Want::Is(Value::Json(Json::Bool(false))),
        source: None,
    };
    First { wanted: Wanted { ensure: Ensure::Existing, fields: vec![field], ..wanted.clone() }, before: Vec::new() }
}

/// The name of every domain, by its id.
///
/// # Errors
/// [`Failure`] of any request.
pub(super) async fn names(reader: &Reader) -> Result<BTreeMap<String, String>, Failure> {
    let mut names = BTreeMap::new();
    super::list::each(reader, "domains", |domain| {
        if let [Some(id), Some(name)] = ["id", "name"].map(|key| domain.get(key).and_then(Json::as_str)) {
            names.insert(id.to_owned(), name.to_owned());
        }
    })
    .await?;
    Ok(names)
}
