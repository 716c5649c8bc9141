//! A Keystone project: what roles are given in, and what resources belong to.

use std::collections::BTreeSet;

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
use crate::model::wanted::{Live, Want, Wanted};
use crate::resource::{Ask, Found, Request, Resource, Unsendable};
use crate::spec::{Options, access};

/// The resource `keystone/project/DOMAIN/NAME`.
pub struct Project;

impl Resource for Project {
    type Declared = Declared<access::Project>;

    fn bare(address: Address) -> Wanted {
        Wanted { requires: vec![super::domain_of(&address)], ..Wanted::entity(address) }
    }

    fn wanted(declared: &Self::Declared) -> Wanted {
        let Declared { address, at, value } = declared;
        let access::Project { name, ensure, domain: _, description, enabled, tags, parent, options } = value;
        let immutable = options.as_ref().and_then(|Options { immutable }| *immutable);
        let parent = parent.as_ref().map(|parent| Address::project(super::domain_of(address).name(), parent));
        let key = |key| Path::new([key]);
        let fields = Fields::at(at)
            .identity("name", key("name"), Value::Json(name.as_str().into()))
            .identity("domain", key("domain_id"), Value::Id(super::domain_of(address)))
            .is("description", key("description"), Spelling::Same, description.as_deref())
            .is("enabled", key("enabled"), Spelling::Same, *enabled)
            .values("tags", key("tags"), tags.as_ref())
            .push(
                "parent",
                key("parent_id"),
                Spelling::Same,
                parent.clone().map(|parent| Want::Fixed(Value::Id(parent))),
            )
            .is(immutable::WORD, Path::new(immutable::PATH), Spelling::Same, immutable);
        let bare = Self::bare(address.clone());
        Wanted {
            fields: fields.into_vec(),
            ensure: (*ensure).into(),
            requires: bare.requires.iter().cloned().chain(parent).collect(),
            source: Some(at.source()),
            ..bare
        }
    }

    async fn observe(reader: &Reader, ask: &Ask<'_>) -> Result<Found, Failure> {
        let domains = super::domain::names(reader).await?;
        let asked: BTreeSet<&Address> = ask.wanted.iter().map(|wanted| &wanted.address).collect();
        let mut found = Found::default();
        super::list::each(reader, "projects", |body| {
            let text = |key| body.get(key).and_then(Json::as_str);
            let domain = text("domain_id").and_then(|id| domains.get(id));
            let (Some(domain), Some(name)) = (domain, text("name")) else { return };
            let address = Address::project(domain, name);
            if asked.contains(&address) {
                let id = text("id").map(str::to_owned);
                found.live.insert(address, Live { id, body: Self::normalise(body.clone()) });
            }
        })
        .await?;
        Ok(found)
    }

    fn settle(ask: &Ask<'_>, found: &Found) -> Found {
        immutable::settle(ask, found)
    }

    fn normalise(body: Json) -> Json {
        immutable::normalise(body)
    }

    fn write(step: &Step, ids: &Ids) -> Result<Request, Unsendable> {
        super::write(step, ids, "projects", "project")
    }
}
