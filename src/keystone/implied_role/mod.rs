//! A role that another one implies: who has that one has both. A link between two roles. Keystone has such links from its
//! bootstrap (admin, manager, member, reader), and takes no `admin` as the implied one (seen on 30).

use std::collections::BTreeSet;

use reqwest::Method;

use crate::http::Reader;
use crate::http::failure::Failure;
use crate::http::route::Route;
use crate::model::Json;
use crate::model::address::{Address, Ids, KeystoneKind};
use crate::model::declared::Declared;
use crate::model::step::{Action, Step};
use crate::model::wanted::{Live, Shape, Wanted};
use crate::resource::{Ask, Body, Found, Request, Resource, Unsendable, id};
use crate::spec::environment;

/// The resource `keystone/implied-role/ROLE/ROLE`: the implying role, and the one that it implies.
pub struct ImpliedRole;

/// The list of all such links.
const LIST: &str = "role_inferences";

impl Resource for ImpliedRole {
    type Declared = Declared<environment::ImpliedRole>;

    fn bare(address: Address) -> Wanted {
        let requires = address.names().iter().map(|name| Address::role(name)).collect();
        Wanted { shape: Shape::Relation, requires, ..Wanted::entity(address) }
    }

    fn wanted(declared: &Self::Declared) -> Wanted {
        let Declared { address, at, value } = declared;
        let environment::ImpliedRole { name: _, ensure } = value;
        Wanted { ensure: (*ensure).into(), source: Some(at.source()), ..Self::bare(address.clone()) }
    }

    async fn observe(reader: &Reader, ask: &Ask<'_>) -> Result<Found, Failure> {
        let mut there = BTreeSet::new();
        for one in super::list::whole(reader, &Route::new(["v3", LIST]), LIST).await? {
            let prior = one.pointer("/prior_role/name").and_then(Json::as_str).unwrap_or_default();
            let implied = one.get("implies").and_then(Json::as_array).into_iter().flatten();
            let names = implied.filter_map(|role| role.get("name")?.as_str());
            there.extend(names.map(|name| Address::keystone(KeystoneKind::ImpliedRole, [prior, name])));
        }
        let asked = ask.wanted.iter().map(|wanted| &wanted.address).filter(|address| there.contains(address));
        let live = asked.map(|address| (address.clone(), Live { id: None, body: Json::Null })).collect();
        Ok(Found { live, ..Found::default() })
    }

    fn write(step: &Step, ids: &Ids) -> Result<Request, Unsendable> {
        let [prior, implied] = step.address.names() else { return Err(Unsendable(step.address.clone())) };
        let (prior, implied) = (id(ids, &Address::role(prior))?, id(ids, &Address::role(implied))?);
        let route = Route::new(["v3", "roles", prior, "implies", implied]);
        let method = if step.action == Action::Delete { Method::DELETE } else { Method::PUT };
        Ok(Request { method, ..Request::put(route, Body::Empty) })
    }
}

#[cfg(test)]
mod tests;
