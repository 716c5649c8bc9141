//! A user in a group: a link, said on either side. Seen from the group: one list of members each, never one of groups
//! for each user, but for users all of whose groups are listed.

mod wire;

use std::collections::{BTreeMap, BTreeSet};

use futures::{StreamExt as _, TryStreamExt as _, stream};

use crate::http::Reader;
use crate::http::collection::objects;
use crate::http::failure::Failure;
use crate::keycloak::group::{self, Tree};
use crate::keycloak::role_mapping::linked;
use crate::keycloak::{sweep, user};
use crate::model::Json;
use crate::model::address::{Address, Ids, KeycloakKind};
use crate::model::declared::Declared;
use crate::model::step::Step;
use crate::model::wanted::{Live, Shape, Wanted};
use crate::resolve::group::Membership as Declaration;
use crate::resource::{Ask, Found, Request, Resource, Unsendable, ids};

/// Lists of members that are read at once; more connections bring nothing (Keycloak 26.7).
const LISTS_AT_ONCE: usize = 4;

/// Who of those that are asked for is in a group, and where everybody is asked for, the ids of all by username.
type Members<'a> = (BTreeSet<&'a str>, BTreeMap<String, String>);

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
        let Some(realm) = ask.realm().filter(|_| !ask.realm_is_missing) else { return Ok(found) };
        let groups = group::tree(reader, realm).await?;
        let is_group = |of: &&Address| matches!(of, Address::Keycloak { kind: KeycloakKind::Group, .. });
        let (swept, of_users): (BTreeSet<&Address>, BTreeSet<&Address>) =
            sweep::swept(ask).into_iter().partition(is_group);
        let swept: BTreeSet<&[String]> = swept.into_iter().map(Address::names).collect();
        let mut asked: BTreeMap<&[String], BTreeSet<&str>> =
            swept.iter().map(|path| (*path, BTreeSet::new())).collect();
        for Wanted { address, .. } in &ask.wanted {
            let Some((username, path)) = address.names().split_last() else { continue };
            asked.entry(path).or_default().insert(username);
        }
        let lists = asked.into_iter().filter_map(|(path, asked)| {
            let (id, is_swept) = (id_of(groups.get(path)?)?, swept.contains(path));
            Some(async move {
                let page = |first| group::members(realm, id, first);
                let (mut members, mut everybody) = (BTreeSet::new(), BTreeMap::new());
                if is_swept {
                    everybody = group::everybody(reader, page).await?;
                    members.extend(asked.into_iter().filter(|username| everybody.contains_key(*username)));
                } else {
                    members = group::listed(reader, page, asked).await?;
                }
                Ok::<_, Failure>((path, (members, everybody)))
            })
        });
        let lists: Vec<_> = lists.collect();
        let members: BTreeMap<&[String], Members<'_>> =
            stream::iter(lists).buffer_unordered(LISTS_AT_ONCE).try_collect().await?;
        for Wanted { address, .. } in &ask.wanted {
            let Some((username, path)) = address.names().split_last() else { continue };
            if members.get(path).is_some_and(|(members, _)| members.contains(username.as_str())) {
                found.live.insert(address.clone(), Live { id: None, body: Json::Null });
            }
        }
        let mut accounts = Ids::new();
        for path in swept {
            let group = Address::keycloak(realm, KeycloakKind::Group, path.iter().map(String::as_str));
            let everybody = members.get(path).into_iter().flat_map(|(_, everybody)| everybody);
            let user = |(name, id): (&String, &String)| {
                (Address::keycloak(realm, KeycloakKind::User, [name.as_str()]), id.clone())
            };
            let everybody: Ids = everybody.map(user).collect();
            let links = everybody.keys().filter_map(|user| Address::membership(&group, user));
            found.merge(sweep::strays(ask, &group, links.map(sweep::link), Self::bare));
            accounts.extend(everybody.into_iter().filter(|(user, _)| user::is_service_account(user.name())));
        }
        for user in of_users {
            found.merge(groups_of(reader, ask, user, &groups).await?);
        }
        let strays: BTreeSet<Address> = found.adapted.iter().map(|stray| ends(&stray.address).1).collect();
        found.live.extend(linked(reader, strays.iter().collect()).await?);
        // Lists of users leave these out.
        let accounts = accounts.into_iter().filter(|(account, _)| strays.contains(account));
        found.live.extend(accounts.map(|(account, id)| (account, Live { id: Some(id), body: Json::Null })));
        Ok(found)
    }

    fn write(step: &Step, ids: &Ids) -> Result<Request, Unsendable> {
        let (group, user) = ends(&step.address);
        wire::write(step, &group, &user, ids)
    }
}

/// The paths of the groups that a user is in; nothing if there is no such user.
pub(super) async fn paths_of(reader: &Reader, user: &Address) -> Result<Option<Vec<Vec<String>>>, Failure> {
    let ids = ids(&linked(reader, [user].into()).await?);
    let Ok(list) = wire::groups_of(user, &ids) else { return Ok(None) };
    let answer = reader.get(&list).await?;
    let of_user = objects(reader, &list, answer.as_ref().clone())?;
    let of_user: BTreeSet<&str> = of_user.iter().filter_map(id_of).collect();
    let groups = group::tree(reader, super::realm(user)).await?;
    let is_of_user = |(_, group): &(&Vec<String>, &Json)| id_of(group).is_some_and(|id| of_user.contains(id));
    Ok(Some(groups.iter().filter(is_of_user).map(|(path, _)| path.clone()).collect()))
}

/// The groups of a user that nobody lists, asked to go; with what they are, by the realm's `groups`.
async fn groups_of(reader: &Reader, ask: &Ask<'_>, user: &Address, groups: &Tree) -> Result<Found, Failure> {
    let ids = ids(&linked(reader, [user].into()).await?);
    let Ok(list) = wire::groups_of(user, &ids) else { return Ok(Found::default()) };
    let answer = reader.get(&list).await?;
    let of_user = objects(reader, &list, answer.as_ref().clone())?;
    let of_user: BTreeSet<&str> = of_user.iter().filter_map(id_of).collect();
    let is_of_user = |(_, group): &(&Vec<String>, &Json)| id_of(group).is_some_and(|id| of_user.contains(id));
    let realm = super::realm(user);
    let their = |(path, body): (&Vec<String>, &Json)| {
        let address = Address::keycloak(realm, KeycloakKind::Group, path.iter().map(String::as_str));
        (address, Live { id: id_of(body).map(str::to_owned), body: body.clone() })
    };
    let theirs: BTreeMap<Address, Live> = groups.iter().filter(is_of_user).map(their).collect();
    let links = theirs.keys().filter_map(|group| Address::membership(group, user));
    let mut found = sweep::strays(ask, user, links.map(sweep::link), Membership::bare);
    found.live.extend(theirs);
    Ok(found)
}

fn id_of(body: &Json) -> Option<&str> {
    body.get("id").and_then(Json::as_str)
}

/// The group and the user of a membership.
fn ends(membership: &Address) -> (Address, Address) {
    membership.member().unwrap_or_else(|| (membership.clone(), membership.clone()))
}

#[cfg(test)]
mod tests;
