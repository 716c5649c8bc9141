//! A user in a group of Keystone's own: a link, said of the group. Seen from the group: one list of members each.
//!
//! An identity provider can put people into groups for some time. The list does not show those (seen on 30: only the
//! groups of a user do, with `membership_expires_at`), so that they are neither found nor taken away.

use std::collections::{BTreeMap, BTreeSet};

use futures::{StreamExt as _, TryStreamExt as _, stream};
use reqwest::Method;

use super::{domain, group, list, user};
use crate::http::Reader;
use crate::http::failure::Failure;
use crate::http::route::Route;
use crate::model::Json;
use crate::model::address::{Address, Ids, KeystoneKind};
use crate::model::declared::Declared;
use crate::model::step::{Action, Step};
use crate::model::wanted::{Ensure, LinkSweep, Live, Shape, Wanted};
use crate::resource::{Ask, Body, Found, Problem, Request, Resource, Unsendable, id};
use crate::spec::local;

/// Lists of members that are read at once.
const LISTS_AT_ONCE: usize = 4;

/// The resource `keystone/membership/DOMAIN/GROUP/DOMAIN/USER`. What is there has the user's id.
pub struct Membership;

/// The ids of a group's members, by domain and name: people who come through identity providers may share a name.
type Members = BTreeMap<(String, String), Vec<String>>;

impl Resource for Membership {
    type Declared = Declared<local::LocalMember>;

    fn bare(address: Address) -> Wanted {
        let requires = ends(&address).map_or_else(Vec::new, <[Address; 2]>::into);
        Wanted { shape: Shape::Relation, requires, ..Wanted::entity(address) }
    }

    fn wanted(declared: &Self::Declared) -> Wanted {
        let Declared { address, at, value } = declared;
        let local::LocalMember { name: _, domain: _, ensure } = value;
        Wanted { ensure: (*ensure).into(), source: Some(at.source()), ..Self::bare(address.clone()) }
    }

    async fn observe(reader: &Reader, ask: &Ask<'_>) -> Result<Found, Failure> {
        let users = users(reader, ask).await?;
        let members = members(reader, ask).await?;
        let mut found = Found::default();
        let mut listed = BTreeSet::new();
        for wanted in &ask.wanted {
            let Some([group, user]) = ends(&wanted.address) else { continue };
            let named = members.get(&group).and_then(|members| members.get(&key(&user)));
            let named = named.map_or(&[][..], Vec::as_slice);
            let known = users.live.get(&user).and_then(|live| live.id.as_ref());
            let id = match (known, named) {
                (Some(known), named) => named.iter().find(|id| *id == known),
                (None, [only]) => Some(only),
                (None, []) => None,
                (None, several) => {
                    found.problems.push(ambiguous(&wanted.address, wanted.source.clone(), several.len()));
                    continue;
                }
            };
            if let Some(id) = id {
                listed.insert((group, id.clone()));
                found.live.insert(wanted.address.clone(), link(id));
            }
        }
        let swept: BTreeMap<&Address, &LinkSweep> = ask.link_sweeps.iter().map(|sweep| (&sweep.of, *sweep)).collect();
        let own = if swept.is_empty() { BTreeSet::new() } else { reader.own().await? };
        for (group, sweep) in swept {
            let stray = |id: &&String| !own.contains(*id) && !listed.contains(&(group.clone(), (*id).clone()));
            for ((home, name), ids) in members.get(group).into_iter().flatten() {
                let strays: Vec<&String> = ids.iter().filter(stray).collect();
                let address = Address::keystone(
                    KeystoneKind::Membership,
                    group.names().iter().map(String::as_str).chain([home.as_str(), name]),
                );
                match strays.as_slice() {
                    [] => {}
                    [only] if !found.live.contains_key(&address) => {
                        found.adapted.push(Wanted {
                            ensure: Ensure::Absent,
                            mode: sweep.mode,
                            source: Some(sweep.source.clone()),
                            ..Self::bare(address.clone())
                        });
                        found.live.insert(address, link(only));
                    }
                    _ => found.problems.push(ambiguous(&address, Some(sweep.source.clone()), ids.len())),
                }
            }
        }
        Ok(found)
    }

    fn write(step: &Step, ids: &Ids) -> Result<Request, Unsendable> {
        let [group, user] = ends(&step.address).ok_or_else(|| Unsendable(step.address.clone()))?;
        let (method, user) = match (step.action, &step.id) {
            (Action::Delete, Some(user)) => (Method::DELETE, user.as_str()),
            (Action::Delete, None) => (Method::DELETE, id(ids, &user)?),
            (Action::Create | Action::Update, _) => (Method::PUT, id(ids, &user)?),
        };
        let route = Route::new(["v3", "groups", id(ids, &group)?, "users", user]);
        Ok(Request { method, ..Request::put(route, Body::Empty) })
    }
}

/// The group and the user of a membership.
fn ends(membership: &Address) -> Option<[Address; 2]> {
    let [home, group, domain, user] = membership.names() else { return None };
    Some([
        Address::keystone(KeystoneKind::Group, [home.as_str(), group]),
        Address::keystone(KeystoneKind::User, [domain.as_str(), user]),
    ])
}

fn key(user: &Address) -> (String, String) {
    (super::domain_of(user).name().to_owned(), user.name().to_owned())
}

fn link(user: &str) -> Live {
    Live { id: Some(user.to_owned()), body: Json::Null }
}

/// The users who are asked for, as far as it can be told who is meant.
async fn users(reader: &Reader, ask: &Ask<'_>) -> Result<Found, Failure> {
    let asked: BTreeSet<Address> =
        ask.wanted.iter().filter_map(|wanted| ends(&wanted.address)).map(|[_, user]| user).collect();
    let wanted: Vec<Wanted> =
        asked.into_iter().map(|user| Wanted { ensure: Ensure::Any, ..Wanted::entity(user) }).collect();
    user::User::observe(reader, &Ask { wanted: wanted.iter().collect(), ..Ask::default() }).await
}

/// The members of every group that is asked about and is there.
async fn members(reader: &Reader, ask: &Ask<'_>) -> Result<BTreeMap<Address, Members>, Failure> {
    let of_wanted = ask.wanted.iter().filter_map(|wanted| ends(&wanted.address)).map(|[group, _]| group);
    let asked: BTreeSet<Address> = of_wanted.chain(ask.link_sweeps.iter().map(|sweep| sweep.of.clone())).collect();
    let asked: Vec<Wanted> =
        asked.into_iter().map(|group| Wanted { ensure: Ensure::Any, ..Wanted::entity(group) }).collect();
    let groups = group::Group::observe(reader, &Ask { wanted: asked.iter().collect(), ..Ask::default() }).await?;
    let domains = domain::names(reader).await?;
    let domains = &domains;
    let lists = groups.live.into_iter().map(|(address, live)| async move {
        let mut members = Members::new();
        for user in of_group(reader, &live.id.unwrap_or_default()).await? {
            let [id, name, home] =
                ["id", "name", "domain_id"].map(|key| user.get(key).and_then(Json::as_str).unwrap_or_default());
            let home = domains.get(home).map_or(home, String::as_str);
            members.entry((home.to_owned(), name.to_owned())).or_default().push(id.to_owned());
        }
        Ok::<_, Failure>((address, members))
    });
    let lists: Vec<_> = lists.collect();
    stream::iter(lists).buffer_unordered(LISTS_AT_ONCE).try_collect().await
}

/// The list of a group's members, which is given whole (seen on 30); nothing of a group that has gone meanwhile.
async fn of_group(reader: &Reader, group: &str) -> Result<Vec<Json>, Failure> {
    match list::whole(reader, &Route::new(["v3", "groups", group, "users"]), "users").await {
        Err(failure) if failure.says_missing() => Ok(Vec::new()),
        listed => listed,
    }
}

fn ambiguous(address: &Address, source: Option<crate::model::source::Source>, people: usize) -> Problem {
    Problem {
        address: address.clone(),
        source,
        message: format!("the group has {people} members of this name, and it cannot be told who is meant"),
        hint: Some("take those out who shall not be in it, by their ids: `openstack group remove user`".to_owned()),
    }
}

#[cfg(test)]
mod tests;
