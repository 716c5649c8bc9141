//! Which roles holders have, with few requests: groups show theirs in the list of all groups; users are asked one by
//! one while they are few, and else each role is asked for its users.

use std::collections::{BTreeMap, BTreeSet};

use futures::{StreamExt as _, TryStreamExt as _, stream};

use super::{Link, wire};
use crate::http::Reader;
use crate::http::collection::objects;
use crate::http::failure::Failure;
use crate::http::route::Route;
use crate::keycloak::client_role::ClientRole;
use crate::keycloak::client_scope::ClientScope;
use crate::keycloak::realm_role::RealmRole;
use crate::keycloak::service_account::ServiceAccount;
use crate::keycloak::user::User;
use crate::keycloak::{client, group, realm};
use crate::model::address::{Address, Ids, KeycloakKind};
use crate::model::wanted::{Ensure, Live, Wanted};
use crate::resource::{Ask, Found, Resource, ids};

/// Users who are asked one by one: that costs a server about as much as a page of a role's users (Keycloak 26.7).
const FEW: usize = 20;
const AT_ONCE: usize = 4;

/// A mapping that may be there, with what it links.
pub(super) struct Asked {
    pub(super) mapping: Address,
    pub(super) link: Link,
}

/// Those of the mappings that are there.
///
/// # Errors
/// [`Failure`] of any request; of the right to look, too.
pub(super) async fn there(reader: &Reader, asked: Vec<Asked>) -> Result<BTreeSet<Address>, Failure> {
    let (of_users, others): (Vec<_>, Vec<_>) =
        asked.into_iter().partition(|asked| is_of(&asked.link.holder, KeycloakKind::User));
    let (of_groups, mut one_by_one): (Vec<_>, Vec<_>) =
        others.into_iter().partition(|asked| is_of(&asked.link.holder, KeycloakKind::Group));
    let users: BTreeSet<&Address> = of_users.iter().map(|asked| &asked.link.holder).collect();
    let mut there = BTreeSet::new();
    if users.len() <= FEW {
        one_by_one.extend(of_users);
    } else {
        there.extend(of_roles(reader, &of_users).await?);
    }
    there.extend(of_holders(reader, &one_by_one).await?);
    there.extend(in_groups(reader, &of_groups).await?);
    Ok(there)
}

fn is_of(address: &Address, sort: KeycloakKind) -> bool {
    matches!(address, Address::Keycloak { kind, .. } if *kind == sort)
}

async fn in_groups(reader: &Reader, asked: &[Asked]) -> Result<BTreeSet<Address>, Failure> {
    let Some(first) = asked.first() else { return Ok(BTreeSet::new()) };
    let groups = group::tree(reader, realm(&first.mapping)).await?;
    let has = |asked: &&Asked| {
        let group = groups.get(asked.link.holder.names());
        group.is_some_and(|group| wire::shows(group, &asked.link.role, asked.link.client.as_ref()))
    };
    Ok(asked.iter().filter(has).map(|asked| asked.mapping.clone()).collect())
}

/// Asks each holder for its roles of the realm, and of each client that is spoken of.
async fn of_holders(reader: &Reader, asked: &[Asked]) -> Result<BTreeSet<Address>, Failure> {
    let mut linked = clients(asked);
    linked.extend(asked.iter().map(|asked| &asked.link.holder));
    let ids = ids_of(reader, linked).await?;
    let mut lists = BTreeMap::<Route, Vec<&Asked>>::new();
    for asked in asked {
        // What links something that is not there is not there either.
        if let Ok(list) = wire::of_holder(&asked.link.holder, asked.link.client.as_ref(), &ids) {
            lists.entry(list).or_default().push(asked);
        }
    }
    let found = lists.into_iter().map(|(list, asked)| async move {
        let answer = reader.get(&list).await?;
        let roles = objects(reader, &list, answer.as_ref().clone())?;
        let names: BTreeSet<&str> = roles.iter().filter_map(wire::name).collect();
        Ok::<_, Failure>(those(&asked, |asked| names.contains(asked.link.role.name())))
    });
    all(found.collect()).await
}

/// All roles that a holder has directly; nothing of one that is not there.
pub(super) async fn all_of(reader: &Reader, holder: &Address) -> Result<Vec<Address>, Failure> {
    let realm = realm(holder);
    let ids = if is_of(holder, KeycloakKind::Group) {
        let groups = group::tree(reader, realm).await?;
        let id = groups.get(holder.names()).and_then(|group| group.get("id")?.as_str());
        id.map(|id| (holder.clone(), id.to_owned())).into_iter().collect()
    } else {
        ids_of(reader, [holder].into()).await?
    };
    let Ok(route) = wire::mappings(holder, &ids) else { return Ok(Vec::new()) };
    Ok(wire::roles(realm, reader.object(&route).await?.as_ref()))
}

/// Asks each role for the users who have it themselves.
async fn of_roles(reader: &Reader, asked: &[Asked]) -> Result<BTreeSet<Address>, Failure> {
    let mut linked = clients(asked);
    linked.extend(asked.iter().map(|asked| &asked.link.role));
    let ids = ids_of(reader, linked).await?;
    let mut lists = BTreeMap::<Route, Vec<&Asked>>::new();
    for asked in asked.iter().filter(|asked| ids.contains_key(&asked.link.role)) {
        if let Ok(list) = wire::users_of(&asked.link.role, asked.link.client.as_ref(), &ids) {
            lists.entry(list).or_default().push(asked);
        }
    }
    let found = lists.into_iter().map(|(list, asked)| async move {
        let holders = asked.iter().map(|asked| asked.link.holder.name()).collect();
        let names = group::listed(reader, |first| wire::page(list.clone(), first), holders).await?;
        Ok::<_, Failure>(those(&asked, |asked| names.contains(asked.link.holder.name())))
    });
    all(found.collect()).await
}

fn those(asked: &[&Asked], are: impl Fn(&Asked) -> bool) -> Vec<Address> {
    asked.iter().filter(|asked| are(asked)).map(|asked| asked.mapping.clone()).collect()
}

/// What several lists have shown, a few of them read at once.
async fn all(lists: Vec<impl Future<Output = Result<Vec<Address>, Failure>>>) -> Result<BTreeSet<Address>, Failure> {
    let found: Vec<Vec<Address>> = stream::iter(lists).buffer_unordered(AT_ONCE).try_collect().await?;
    Ok(found.into_iter().flatten().collect())
}

/// The clients whose roles are spoken of.
fn clients(asked: &[Asked]) -> BTreeSet<&Address> {
    asked.iter().filter_map(|asked| asked.link.client.as_ref()).collect()
}

/// The ids of all that is linked, as far as it is there.
pub(in crate::keycloak) async fn ids_of(reader: &Reader, of: BTreeSet<&Address>) -> Result<Ids, Failure> {
    Ok(ids(&linked(reader, of).await?))
}

/// All that is linked, but for groups, as far as it is there.
pub(in crate::keycloak) async fn linked(
    reader: &Reader,
    of: BTreeSet<&Address>,
) -> Result<BTreeMap<Address, Live>, Failure> {
    let linked: Vec<Wanted> = of.into_iter().map(bare).collect();
    let of = |sort: KeycloakKind| Ask {
        wanted: linked.iter().filter(|wanted| is_of(&wanted.address, sort)).collect(),
        ..Ask::default()
    };
    let mut found = Found::default();
    found.merge(client::Client::observe(reader, &of(KeycloakKind::Client)).await?);
    found.merge(ClientScope::observe(reader, &of(KeycloakKind::ClientScope)).await?);
    found.merge(RealmRole::observe(reader, &of(KeycloakKind::RealmRole)).await?);
    found.merge(ClientRole::observe(reader, &of(KeycloakKind::ClientRole)).await?);
    found.merge(ServiceAccount::observe(reader, &of(KeycloakKind::ServiceAccount)).await?);
    found.merge(User::observe(reader, &of(KeycloakKind::User)).await?);
    Ok(found.live)
}

/// Something that may be there or not.
fn bare(address: &Address) -> Wanted {
    Wanted { ensure: Ensure::Any, ..Wanted::entity(address.clone()) }
}
