//! A Keystone role: what somebody may be in a project or a domain. One of a domain is given in projects of that domain
//! alone, and a token shows what it implies in its place (seen on 30); no list but that of its domain shows it.

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

/// The resource `keystone/role/NAME`, or `keystone/role/DOMAIN/NAME`.
pub struct Role;

const COLLECTION: &str = "roles";

impl Resource for Role {
    type Declared = Declared<environment::Role>;

    fn bare(address: Address) -> Wanted {
        Wanted { requires: home(&address).into_iter().collect(), ..Wanted::entity(address) }
    }

    fn wanted(declared: &Self::Declared) -> Wanted {
        let Declared { address, at, value } = declared;
        let environment::Role { name, ensure, renamed_from: _, domain: _, description, options, implies: _ } = value;
        let immutable = options.as_ref().and_then(|Options { immutable }| *immutable);
        let key = |key| Path::new([key]);
        let mut fields = Fields::at(at).identity("name", key("name"), Value::Json(name.as_str().into()));
        if let Some(home) = home(address) {
            fields = fields.identity("domain", key("domain_id"), Value::Id(home));
        }
        let fields = fields.is("description", key("description"), Spelling::Same, description.as_deref()).is(
            immutable::WORD,
            Path::new(immutable::PATH),
            Spelling::Same,
            immutable,
        );
        let ensure = (*ensure).into();
        Wanted { fields: fields.into_vec(), ensure, source: Some(at.source()), ..Self::bare(address.clone()) }
    }

    async fn observe(reader: &Reader, ask: &Ask<'_>) -> Result<Found, Failure> {
        let asked: BTreeSet<&Address> = ask.wanted.iter().map(|wanted| &wanted.address).collect();
        let homes: BTreeSet<Option<Address>> = asked.iter().map(|address| home(address)).collect();
        let mut found = Found::default();
        let mut keep = |domain: Option<&str>, body: Json| {
            let [id, name] = ["id", "name"].map(|key| body.get(key).and_then(Json::as_str).map(str::to_owned));
            let address = Address::role_of(domain, name.as_deref().unwrap_or_default());
            if asked.contains(&address) {
                found.live.insert(address, Live { id, body: Self::normalise(body) });
            }
        };
        if homes.contains(&None) {
            for body in super::list::whole(reader, &Route::new(["v3", COLLECTION]), COLLECTION).await? {
                keep(None, body);
            }
        }
        if homes.iter().any(Option::is_some) {
            for (id, name) in super::domain::names(reader).await? {
                if homes.contains(&Some(Address::domain(&name))) {
                    for body in of_domain(reader, &id).await? {
                        keep(Some(&name), body);
                    }
                }
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
        super::write(step, ids, COLLECTION, "role")
    }
}

/// The domain that a role is of, if it is of one.
fn home(role: &Address) -> Option<Address> {
    (role.names().len() > 1).then(|| super::domain_of(role))
}

/// The roles of the domain with this id.
///
/// # Errors
/// [`Failure`] of the request, and when the list is not whole.
pub(super) async fn of_domain(reader: &Reader, domain: &str) -> Result<Vec<Json>, Failure> {
    super::list::perhaps_none(reader, &Route::new(["v3", COLLECTION]).with("domain_id", domain), COLLECTION).await
}
