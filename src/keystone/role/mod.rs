//! A Keystone role: what somebody may be in a project or a domain. Only roles of no domain: those of a domain give no
//! right in a project (seen on 30).

use std::collections::BTreeSet;

use super::immutable;
use crate::http::Reader;
use crate::http::failure::Failure;
use crate::http::route::Route;
use crate::model::Json;
use crate::model::address::{Address, Ids};
use crate::model::declared::{Declared, Fields};
use crate::model::path::Path;
use crate::model::spelling::Spelling;
use crate::model::step::Step;
use crate::model::value::Value;
use crate::model::wanted::{Live, Wanted};
use crate::resource::{Ask, Found, Request, Resource, Unsendable};
use crate::spec::{Options, environment};

/// The resource `keystone/role/NAME`.
pub struct Role;

impl Resource for Role {
    type Declared = Declared<environment::Role>;

    fn bare(address: Address) -> Wanted {
        Wanted::entity(address)
    }

    fn wanted(declared: &Self::Declared) -> Wanted {
        let Declared { address, at, value } = declared;
        let environment::Role { name, ensure, description, options, implies: _ } = value;
        let immutable = options.as_ref().and_then(|Options { immutable }| *immutable);
        let key = |key| Path::new([key]);
        let fields = Fields::at(at)
            .identity("name", key("name"), Value::Json(name.as_str().into()))
            .is("description", key("description"), Spelling::Same, description.as_deref())
            .is(immutable::WORD, Path::new(immutable::PATH), Spelling::Same, immutable);
        let ensure = (*ensure).into();
        Wanted { fields: fields.into_vec(), ensure, source: Some(at.source()), ..Self::bare(address.clone()) }
    }

    async fn observe(reader: &Reader, ask: &Ask<'_>) -> Result<Found, Failure> {
        let asked: BTreeSet<&Address> = ask.wanted.iter().map(|wanted| &wanted.address).collect();
        let mut found = Found::default();
        for body in super::list::whole(reader, &Route::new(["v3", "roles"]), "roles").await? {
            let [id, name] = ["id", "name"].map(|key| body.get(key).and_then(Json::as_str).map(str::to_owned));
            let address = Address::role(name.as_deref().unwrap_or_default());
            if asked.contains(&address) {
                found.live.insert(address, Live { id, body: Self::normalise(body) });
            }
        }
        Ok(found)
    }

    fn settle(ask: &Ask<'_>, found: &Found) -> Found {
        immutable::settle(ask, found)
    }

    fn normalise(body: Json) -> Json {
        immutable::normalise(body)
    }

    fn write(step: &Step, ids: &Ids) -> Result<Request, Unsendable> {
        super::write(step, ids, "roles", "role")
    }
}
