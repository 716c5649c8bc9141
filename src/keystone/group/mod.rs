//! A group of Keystone's own: it is only looked for, to be given roles.

use std::convert::Infallible;

use crate::http::Reader;
use crate::http::failure::Failure;
use crate::model::Json;
use crate::model::address::{Address, Ids};
use crate::model::step::Step;
use crate::model::wanted::{Live, Wanted};
use crate::resource::{Ask, Found, Request, Resource, Unsendable};

/// The resource `keystone/group/DOMAIN/NAME`.
pub struct Group;

impl Resource for Group {
    type Declared = Infallible;

    fn bare(address: Address) -> Wanted {
        Wanted { requires: vec![super::domain_of(&address)], ..Wanted::entity(address) }
    }

    fn wanted(declared: &Self::Declared) -> Wanted {
        match *declared {}
    }

    async fn observe(reader: &Reader, ask: &Ask<'_>) -> Result<Found, Failure> {
        let mut found = Found::default();
        let domains = super::domain::names(reader).await?;
        for Wanted { address, .. } in &ask.wanted {
            let home = super::domain_of(address);
            let Some((domain, _)) = domains.iter().find(|(_, name)| *name == home.name()) else { continue };
            for body in super::list::named(reader, "groups", domain, address.name()).await? {
                let id = body.get("id").and_then(Json::as_str).map(str::to_owned);
                found.live.insert(address.clone(), Live { id, body });
            }
        }
        Ok(found)
    }

    fn write(step: &Step, _ids: &Ids) -> Result<Request, Unsendable> {
        Err(Unsendable(step.address.clone()))
    }
}
