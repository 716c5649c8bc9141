//! A Keystone project: what roles are given in, and what resources belong to.

mod tree;

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
use crate::resource::{Ask, First, Found, Request, Resource, Unsendable};
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
        let access::Project { name, ensure, renamed_from: _, domain: _, description, enabled, tags, parent, options } =
            value;
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
                key(tree::PARENT),
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
        let have_parts: Vec<&Address> =
            ask.wanted.iter().filter(|wanted| tree::matters(wanted)).map(|wanted| &wanted.address).collect();
        let mut parts = Vec::new();
        super::list::each(reader, "projects", |body| {
            let text = |key| body.get(key).and_then(Json::as_str);
            let domain = text("domain_id").and_then(|id| domains.get(id));
            let (Some(domain), Some(name)) = (domain, text("name")) else { return };
            let address = Address::project(domain, name);
            let is_part = text(tree::PARENT).filter(|parent| text("domain_id") != Some(parent));
            let live = || Live { id: text("id").map(str::to_owned), body: Self::normalise(body.clone()) };
            if asked.contains(&address) {
                found.live.insert(address, live());
            } else if let Some(parent) = is_part.filter(|_| !have_parts.is_empty()) {
                parts.push((parent.to_owned(), address, live()));
            }
        })
        .await?;
        let whole: BTreeSet<String> =
            have_parts.into_iter().filter_map(|address| found.live.get(address)?.id.clone()).collect();
        let of_these = parts.into_iter().filter(|(parent, ..)| whole.contains(parent));
        found.live.extend(of_these.map(|(_, address, live)| (address, live)));
        Ok(found)
    }

    fn settle(ask: &Ask<'_>, found: &Found) -> Found {
        let mut settled = tree::settle(ask, found);
        let in_order = |asked: &&Wanted| settled.adapted.iter().find(|wanted| wanted.key() == asked.key()).cloned();
        let wanted: Vec<Wanted> =
            ask.wanted.iter().map(|asked| in_order(asked).unwrap_or_else(|| (*asked).clone())).collect();
        let unlocked = immutable::settle(&Ask { wanted: wanted.iter().collect(), ..Ask::default() }, found);
        let unlocks = |first: &First| unlocked.first.iter().any(|other| other.wanted.key() == first.wanted.key());
        // What is protected takes one step before its own already.
        settled.first.retain(|first| !unlocks(first));
        settled.merge(unlocked);
        settled
    }

    fn normalise(body: Json) -> Json {
        immutable::normalise(body)
    }

    fn write(step: &Step, ids: &Ids) -> Result<Request, Unsendable> {
        super::write(step, ids, "projects", "project")
    }
}
