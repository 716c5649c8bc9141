//! A role of a realm, as far as it is referred to: roles are given here, and never made.

mod wire;

use std::collections::BTreeMap;
use std::convert::Infallible;

use crate::http::Reader;
use crate::http::collection::objects;
use crate::http::failure::Failure;
use crate::http::route::Route;
use crate::model::Json;
use crate::model::address::{Address, Ids};
use crate::model::step::Step;
use crate::model::wanted::{Live, Wanted};
use crate::resource::{Ask, Found, Request, Resource, Unsendable};

/// The resource `keycloak/REALM/realm-role/ROLE`.
pub struct RealmRole;

impl Resource for RealmRole {
    type Declared = Infallible;

    fn bare(address: Address) -> Wanted {
        Wanted::entity(address)
    }

    fn wanted(declared: &Self::Declared) -> Wanted {
        match *declared {}
    }

    async fn observe(reader: &Reader, ask: &Ask<'_>) -> Result<Found, Failure> {
        let mut found = Found::default();
        let Some(realm) = ask.wanted.first().map(|wanted| super::realm(&wanted.address)) else { return Ok(found) };
        if ask.realm_is_missing {
            return Ok(found);
        }
        let mut roles = by_name(reader, &wire::roles(realm)).await?;
        if roles.is_empty() {
            let right = "the tool's account needs the role `view-realm` of the realm";
            return Err(reader.hidden(&wire::roles(realm), right));
        }
        for Wanted { address, .. } in &ask.wanted {
            found.live.extend(roles.remove(address.name()).map(|role| (address.clone(), role)));
        }
        Ok(found)
    }

    fn write(step: &Step, _ids: &Ids) -> Result<Request, Unsendable> {
        Err(Unsendable(step.address.clone()))
    }

    fn remedy() -> Option<&'static str> {
        Some(REMEDY)
    }
}

/// What to do about a role that is given and is not there.
pub(super) const REMEDY: &str = "correct the name, or make the role in Keycloak: roles are given here, not made";

/// The roles of a list, by name. Neither version cuts the list when no page is asked for (26.0 and 26.7).
pub(super) async fn by_name(reader: &Reader, route: &Route) -> Result<BTreeMap<String, Live>, Failure> {
    let answer = reader.get(route).await?;
    let role = |role: Json| {
        let text = |key: &str| role.get(key).and_then(Json::as_str).map(str::to_owned);
        Some((text("name")?, Live { id: text("id"), body: role.clone() }))
    };
    Ok(objects(reader, route, answer.as_ref().clone())?.into_iter().filter_map(role).collect())
}

/// Whether every new realm has this role.
pub(super) fn is_built_in(realm: &str, role: &str) -> bool {
    wire::BUILT_IN.contains(&role) || role == format!("default-roles-{}", realm.to_lowercase())
}

#[cfg(test)]
mod tests;
