//! A user in a group: a link, said on either side. Seen from the group: one list of members each, never one of groups
//! for each user.

mod wire;

use std::collections::{BTreeMap, BTreeSet};

use futures::{StreamExt as _, TryStreamExt as _, stream};

use crate::http::Reader;
use crate::http::failure::Failure;
use crate::keycloak::group;
use crate::model::Json;
use crate::model::address::{Address, Ids, KeycloakKind};
use crate::model::declared::Declared;
use crate::model::step::Step;
use crate::model::wanted::{Live, Shape, Wanted};
use crate::resolve::group::Membership as Declaration;
use crate::resource::{Ask, Found, Request, Resource, Unsendable};

/// Lists of members that are read at once; more connections bring nothing (Keycloak 26.7).
const LISTS_AT_ONCE: usize = 4;

/// The resource `keycloak/REALM/membership/PATH/USERNAME`.
pub struct Membership;

impl Resource for Membership {
    type Declared = Declared<Declaration>;

    fn bare(address: Address) -> Wanted {
        let (group, user) = ends(&address);
        Wanted {
            shape: Shape::Relation,
            requires: vec![group, user.clone()],
            document: user,
            ..Wanted::entity(address)
        }
    }

    fn wanted(declared: &Self::Declared) -> Wanted {
        let Declared { address, at, value } = declared;
        let Declaration { ensure } = value;
        Wanted { ensure: (*ensure).into(), source: Some(at.source()), ..Self::bare(address.clone()) }
    }

    async fn observe(reader: &Reader, ask: &Ask<'_>) -> Result<Found, Failure> {
        let mut found = Found::default();
        let Some(realm) = ask.wanted.first().map(|wanted| super::realm(&wanted.address)) else { return Ok(found) };
        if ask.realm_is_missing {
            return Ok(found);
        }
        let groups = group::tree(reader, realm).await?;
        let mut asked = BTreeMap::<&[String], BTreeSet<&str>>::new();
        for Wanted { address, .. } in &ask.wanted {
            let Some((username, path)) = address.names().split_last() else { continue };
            asked.entry(path).or_default().insert(username);
        }
        let id = |path: &[String]| groups.get(path)?.get("id")?.as_str();
        let lists = asked.into_iter().filter_map(|(path, asked)| {
            let id = id(path)?;
            Some(async move {
                let members = group::listed(reader, |first| group::members(realm, id, first), asked).await?;
                Ok::<_, Failure>((path, members))
            })
        });
        let lists: Vec<_> = lists.collect();
        let members: BTreeMap<&[String], BTreeSet<&str>> =
            stream::iter(lists).buffer_unordered(LISTS_AT_ONCE).try_collect().await?;
        for Wanted { address, .. } in &ask.wanted {
            let Some((username, path)) = address.names().split_last() else { continue };
            if members.get(path).is_some_and(|members| members.contains(username.as_str())) {
                found.live.insert(address.clone(), Live { id: None, body: Json::Null });
            }
        }
        Ok(found)
    }

    fn write(step: &Step, ids: &Ids) -> Result<Request, Unsendable> {
        let (group, user) = ends(&step.address);
        wire::write(step, &group, &user, ids)
    }
}

/// The group and the user of a membership.
fn ends(membership: &Address) -> (Address, Address) {
    let realm = super::realm(membership);
    let group = membership.names().split_last().map_or(&[][..], |(_, path)| path);
    let group = Address::keycloak(realm, KeycloakKind::Group, group.iter().map(String::as_str));
    (group, Address::keycloak(realm, KeycloakKind::User, [membership.name()]))
}

#[cfg(test)]
mod tests;
