//! A role that another one implies: who has that one has both. A link between two roles. Keystone has such links from its
//! bootstrap (admin, manager, member, reader), and takes no `admin` as the implied one, and no role of a domain where the
//! implying one is of none (seen on 30).

use std::collections::BTreeSet;

use reqwest::Method;

use super::role;
use crate::http::Reader;
use crate::http::failure::Failure;
use crate::http::route::Route;
use crate::model::Json;
use crate::model::address::{Address, Ids};
use crate::model::declared::Declared;
use crate::model::step::{Action, Step};
use crate::model::wanted::{Ensure, Live, Shape, Wanted};
use crate::resource::{Ask, Body, Found, Request, Resource, Unsendable, id, ids};
use crate::spec::environment;

/// The resource `keystone/implied-role/ROLE/ROLE`: the implying role, and the one that it implies; a role of a domain
/// behind the domain's name.
pub struct ImpliedRole;

/// The list of all such links.
const LIST: &str = "role_inferences";

impl Resource for ImpliedRole {
    type Declared = Declared<environment::ImpliedRole>;

    fn bare(address: Address) -> Wanted {
        let requires = address.implied_roles().map_or_else(Vec::new, |(prior, implied)| vec![prior, implied]);
        Wanted { shape: Shape::Relation, requires, ..Wanted::entity(address) }
    }

    fn wanted(declared: &Self::Declared) -> Wanted {
        let Declared { address, at, value } = declared;
        let environment::ImpliedRole { name: _, domain: _, ensure } = value;
        Wanted { ensure: (*ensure).into(), source: Some(at.source()), ..Self::bare(address.clone()) }
    }

    async fn observe(reader: &Reader, ask: &Ask<'_>) -> Result<Found, Failure> {
        let mut there = BTreeSet::new();
        for one in super::list::whole(reader, &Route::new(["v3", LIST]), LIST).await? {
            let prior = one.pointer("/prior_role/id").and_then(Json::as_str).unwrap_or_default();
            let implied = one.get("implies").and_then(Json::as_array).into_iter().flatten();
            let implied = implied.filter_map(|role| role.get("id")?.as_str());
            there.extend(implied.map(|implied| (prior.to_owned(), implied.to_owned())));
        }
        // Of one name there may be roles of several domains.
        let roles: BTreeSet<&Address> = ask.wanted.iter().flat_map(|wanted| &wanted.requires).collect();
        let roles: Vec<Wanted> =
            roles.into_iter().map(|role| Wanted { ensure: Ensure::Any, ..role::Role::bare(role.clone()) }).collect();
        let roles = role::Role::observe(reader, &Ask { wanted: roles.iter().collect(), ..Ask::default() }).await?;
        let ids = ids(&roles.live);
        let is_there = |address: &&Address| {
            let link = address.implied_roles();
            let link = link.and_then(|(prior, implied)| Some((ids.get(&prior)?.clone(), ids.get(&implied)?.clone())));
            link.is_some_and(|link| there.contains(&link))
        };
        let asked = ask.wanted.iter().map(|wanted| &wanted.address).filter(is_there);
        let live = asked.map(|address| (address.clone(), Live { id: None, body: Json::Null })).collect();
        Ok(Found { live, ..Found::default() })
    }

    fn write(step: &Step, ids: &Ids) -> Result<Request, Unsendable> {
        let (prior, implied) = step.address.implied_roles().ok_or_else(|| Unsendable(step.address.clone()))?;
        let (prior, implied) = (id(ids, &prior)?, id(ids, &implied)?);
        let route = Route::new(["v3", "roles", prior, "implies", implied]);
        let method = if step.action == Action::Delete { Method::DELETE } else { Method::PUT };
        Ok(Request { method, ..Request::put(route, Body::Empty) })
    }
}

#[cfg(test)]
mod tests;
