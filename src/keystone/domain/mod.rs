//! A Keystone domain: what projects live in.

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
use crate::model::wanted::{Live, Wanted};
use crate::resource::{Ask, Found, Request, Resource, Unsendable};
use crate::spec::environment;

/// The resource `keystone/domain/NAME`.
pub struct Domain;

impl Resource for Domain {
    type Declared = Declared<environment::Domain>;

    fn bare(address: Address) -> Wanted {
        Wanted::entity(address)
    }

    fn wanted(declared: &Self::Declared) -> Wanted {
        let Declared { address, at, value } = declared;
        let environment::Domain { name, ensure, description, enabled } = value;
        let key = |key| Path::new([key]);
        let fields = Fields::at(at)
            .identity("name", key("name"), Value::Json(name.as_str().into()))
            .is("description", key("description"), Spelling::Same, description.as_deref())
            .is("enabled", key("enabled"), Spelling::Same, *enabled);
        let ensure = (*ensure).into();
        Wanted { fields: fields.into_vec(), ensure, source: Some(at.source()), ..Self::bare(address.clone()) }
    }

    async fn observe(reader: &Reader, ask: &Ask<'_>) -> Result<Found, Failure> {
        let asked: BTreeSet<&Address> = ask.wanted.iter().map(|wanted| &wanted.address).collect();
        let mut found = Found::default();
        super::list::each(reader, "domains", |body| {
            let [id, name] = ["id", "name"].map(|key| body.get(key).and_then(Json::as_str));
            let address = Address::domain(name.unwrap_or_default());
            if asked.contains(&address) {
                found.live.insert(address, Live { id: id.map(str::to_owned), body: body.clone() });
            }
        })
        .await?;
        found.problems = immutable::problems(ask, &found);
        Ok(found)
    }

    fn write(step: &Step, ids: &Ids) -> Result<Request, Unsendable> {
        super::write(step, ids, "domains", "domain")
    }
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
