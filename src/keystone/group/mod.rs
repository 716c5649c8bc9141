//! A group of Keystone's own: what its members have through it, they have together. Who is in it is a matter of
//! [`super::membership`].

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
use crate::spec::local;

/// The resource `keystone/group/DOMAIN/NAME`.
pub struct Group;

const COLLECTION: &str = "groups";

impl Resource for Group {
    type Declared = Declared<local::LocalGroup>;

    fn bare(address: Address) -> Wanted {
        Wanted { requires: vec![super::domain_of(&address)], ..Wanted::entity(address) }
    }

    fn wanted(declared: &Self::Declared) -> Wanted {
        let Declared { address, at, value } = declared;
        let local::LocalGroup { name, ensure, renamed_from: _, domain: _, description, members: _, authoritative: _ } =
            value;
        let key = |key| Path::new([key]);
        let fields = Fields::at(at)
            .identity("name", key("name"), Value::Json(name.as_str().into()))
            .identity("domain", key("domain_id"), Value::Id(super::domain_of(address)))
            .is("description", key("description"), Spelling::Same, description.as_deref());
        let ensure = (*ensure).into();
        Wanted { fields: fields.into_vec(), ensure, source: Some(at.source()), ..Self::bare(address.clone()) }
    }

    async fn observe(reader: &Reader, ask: &Ask<'_>) -> Result<Found, Failure> {
        let mut found = Found::default();
        let asked = ask.wanted.iter().map(|wanted| &wanted.address);
        for (address, listed) in super::list::by_name(reader, COLLECTION, asked).await? {
            for body in listed {
                let id = body.get("id").and_then(Json::as_str).map(str::to_owned);
                found.live.insert(address.clone(), Live { id, body });
            }
        }
        Ok(found)
    }

    fn write(step: &Step, ids: &Ids) -> Result<Request, Unsendable> {
        super::write(step, ids, COLLECTION, "group")
    }
}
