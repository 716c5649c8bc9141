//! A role of one of Keystone's own users or groups, on a project or a domain. People who come through an identity
//! provider have theirs from grants: the mapping takes away what their token does not say (seen on 30).

mod passing;

use std::collections::BTreeSet;

use reqwest::Method;

use super::{domain, group, project, role, user};
use crate::http::Reader;
use crate::http::failure::Failure;
use crate::http::route::Route;
use crate::model::Json;
use crate::model::address::{Address, Ids, KeystoneKind};
use crate::model::declared::Declared;
use crate::model::step::{Action, Step};
use crate::model::wanted::{Ensure, Live, Shape, Wanted};
use crate::resource::{Ask, Body, Found, Request, Resource, Unsendable, id, ids};
use crate::spec::access;

/// The resource `keystone/role-assignment/HOLDER/…/TARGET/…/ROLE`.
pub struct RoleAssignment;

/// What an assignment links.
struct Link {
    holder: Address,
    target: Address,
    role: Address,
}

impl Resource for RoleAssignment {
    type Declared = Declared<access::RoleAssignment>;

    fn bare(address: Address) -> Wanted {
        let requires = link(&address).map_or_else(Vec::new, |Link { holder, target, role }| vec![holder, target, role]);
        Wanted { shape: Shape::Relation, requires, ..Wanted::entity(address) }
    }

    fn wanted(declared: &Self::Declared) -> Wanted {
        let Declared { address, at, value } = declared;
        let access::RoleAssignment { role: _, ensure, user: _, group: _, project: _, domain: _ } = value;
        Wanted { ensure: (*ensure).into(), source: Some(at.source()), ..Self::bare(address.clone()) }
    }

    async fn observe(reader: &Reader, ask: &Ask<'_>) -> Result<Found, Failure> {
        let linked = linked(reader, ask).await?;
        let ids = ids(&linked.live);
        let mut there = BTreeSet::new();
        for entry in super::list::whole(reader, &Route::new(["v3", "role_assignments"]), "role_assignments").await? {
            there.extend(direct(&entry));
        }
        let mut found = Found::default();
        for Wanted { address, .. } in &ask.wanted {
            // What links something that is not there is not there either.
            let place = link(address).and_then(|link| place(&link, &ids).ok());
            if place.is_some_and(|place| there.contains(&place)) {
                found.live.insert(address.clone(), Live { id: None, body: Json::Object(serde_json::Map::new()) });
            }
        }
        found.warnings = passing::warnings(reader, ask, &linked).await?;
        Ok(found)
    }

    fn write(step: &Step, ids: &Ids) -> Result<Request, Unsendable> {
        let link = link(&step.address).ok_or_else(|| Unsendable(step.address.clone()))?;
        let place = place(&link, ids)?;
        let route = Route::new(["v3"].into_iter().chain(place.iter().map(String::as_str)));
        let method = if step.action == Action::Delete { Method::DELETE } else { Method::PUT };
        Ok(Request { method, ..Request::put(route, Body::Empty) })
    }
}

/// What is linked, as the address says it.
fn link(address: &Address) -> Option<Link> {
    let names: Vec<&str> = address.names().iter().map(String::as_str).collect();
    let [holder, home, name, target @ .., role] = names.as_slice() else { return None };
    let holder = match *holder {
        "user" => Address::keystone(KeystoneKind::User, [*home, *name]),
        "group" => Address::keystone(KeystoneKind::Group, [*home, *name]),
        _ => return None,
    };
    let target = match target {
        ["project", domain, name] => Address::project(domain, name),
        ["domain", name] => Address::domain(name),
        _ => return None,
    };
    Some(Link { holder, target, role: Address::role(role) })
}

/// Where the server keeps an assignment, segment by segment.
type Place = [String; 6];

fn place(link: &Link, ids: &Ids) -> Result<Place, Unsendable> {
    let Link { holder, target, role } = link;
    let targets = if *target == Address::domain(target.name()) { "domains" } else { "projects" };
    let is_group = matches!(holder, Address::Keystone { kind: KeystoneKind::Group, .. });
    let holders = if is_group { "groups" } else { "users" };
    let [target, holder, role] = [id(ids, target)?, id(ids, holder)?, id(ids, role)?];
    Ok([targets, target, holders, holder, "roles", role].map(str::to_owned))
}

/// The place of a listed assignment; nothing for one that is inherited, and for one on the whole system.
fn direct(entry: &Json) -> Option<Place> {
    let scope = entry.get("scope")?;
    if scope.get("OS-INHERIT:inherited_to").is_some() {
        return None;
    }
    let one = |of: &Json, keys: [(&'static str, &'static str); 2]| {
        keys.into_iter().find_map(|(key, list)| Some((list, of.get(key)?.get("id")?.as_str()?.to_owned())))
    };
    let (targets, target) = one(scope, [("project", "projects"), ("domain", "domains")])?;
    let (holders, holder) = one(entry, [("user", "users"), ("group", "groups")])?;
    let role = entry.pointer("/role/id")?.as_str()?.to_owned();
    Some([targets.to_owned(), target, holders.to_owned(), holder, "roles".to_owned(), role])
}

/// All that is linked, as far as it is there.
async fn linked(reader: &Reader, ask: &Ask<'_>) -> Result<Found, Failure> {
    let linked: BTreeSet<&Address> = ask.wanted.iter().flat_map(|wanted| &wanted.requires).collect();
    let bare = |address: &&Address| Wanted { ensure: Ensure::Any, ..Wanted::entity((*address).clone()) };
    let linked: Vec<Wanted> = linked.iter().map(bare).collect();
    let of = |sort: KeystoneKind| {
        let is_of = |wanted: &&Wanted| matches!(wanted.address, Address::Keystone { kind, .. } if kind == sort);
        Ask { wanted: linked.iter().filter(is_of).collect(), ..Ask::default() }
    };
    let mut found = role::Role::observe(reader, &of(KeystoneKind::Role)).await?;
    found.merge(domain::Domain::observe(reader, &of(KeystoneKind::Domain)).await?);
    found.merge(project::Project::observe(reader, &of(KeystoneKind::Project)).await?);
    found.merge(user::User::observe(reader, &of(KeystoneKind::User)).await?);
    found.merge(group::Group::observe(reader, &of(KeystoneKind::Group)).await?);
    Ok(found)
}

#[cfg(test)]
mod tests;
