//! A group that every new user of a realm is put into, and every new account of a client: a link between the two.

mod wire;

use std::collections::BTreeSet;

use crate::http::Reader;
use crate::http::collection::objects;
use crate::http::failure::Failure;
use crate::keycloak::{group, sweep};
use crate::model::Json;
use crate::model::address::{Address, Ids, KeycloakKind};
use crate::model::declared::Declared;
use crate::model::step::Step;
use crate::model::wanted::{Live, Shape, Wanted};
use crate::resolve::group::Membership as Declaration;
use crate::resource::{Ask, Found, Request, Resource, Unsendable};

/// The resource `keycloak/REALM/default-group/PATH`.
pub struct DefaultGroup;

impl Resource for DefaultGroup {
    type Declared = Declared<Declaration>;

    fn bare(address: Address) -> Wanted {
        Wanted { shape: Shape::Relation, requires: vec![group_of(&address)], ..Wanted::entity(address) }
    }

    fn wanted(declared: &Self::Declared) -> Wanted {
        let Declared { address, at, value } = declared;
        let Declaration { ensure } = value;
        Wanted { ensure: (*ensure).into(), source: Some(at.source()), ..Self::bare(address.clone()) }
    }

    async fn observe(reader: &Reader, ask: &Ask<'_>) -> Result<Found, Failure> {
        let mut found = Found::default();
        let Some(realm) = ask.realm().filter(|_| !ask.realm_is_missing) else { return Ok(found) };
        let list = wire::list(realm);
        let answer = reader.get(&list).await?;
        let listed = objects(reader, &list, answer.as_ref().clone())?;
        let ids: BTreeSet<&str> = listed.iter().filter_map(|group| group.get("id")?.as_str()).collect();
        for (names, body) in group::tree(reader, realm).await? {
            let Some(id) = body.get("id").and_then(Json::as_str).filter(|id| ids.contains(id)) else { continue };
            let id = Some(id.to_owned());
            let of_kind = |kind| Address::keycloak(realm, kind, names.iter().map(String::as_str));
            found.live.insert(of_kind(KeycloakKind::DefaultGroup), Live { id: None, body: Json::Null });
            found.live.insert(of_kind(KeycloakKind::Group), Live { id, body });
        }
        for of in sweep::swept(ask) {
            let is_default =
                |address: &&Address| matches!(address, Address::Keycloak { kind: KeycloakKind::DefaultGroup, .. });
            let there: Vec<Address> = found.live.keys().filter(is_default).cloned().collect();
            found.merge(sweep::strays(ask, of, there.into_iter().map(sweep::link), Self::bare));
        }
        Ok(found)
    }

    fn write(step: &Step, ids: &Ids) -> Result<Request, Unsendable> {
        wire::write(step, &group_of(&step.address), ids)
    }
}

fn group_of(default: &Address) -> Address {
    Address::keycloak(super::realm(default), KeycloakKind::Group, default.names().iter().map(String::as_str))
}

#[cfg(test)]
mod tests;
