//! A role of one of Keystone's own users or groups, on a project, a domain or the whole system; or in all projects below
//! one of these. People who come through an identity provider have theirs from grants: the mapping takes away what their
//! token does not say (seen on 30).

mod passing;
mod stray;

use std::collections::{BTreeMap, BTreeSet};

use reqwest::Method;

use super::{domain, group, project, role, user};
use crate::http::Reader;
use crate::http::failure::Failure;
use crate::http::route::Route;
use crate::model::Json;
use crate::model::address::{Address, Assigned, Ids, KeystoneKind};
use crate::model::declared::Declared;
use crate::model::step::{Action, Step};
use crate::model::wanted::{Ensure, Live, Shape, Wanted};
use crate::resource::{Ask, Body, Found, Request, Resource, Unsendable, id, ids};
use crate::spec::local;

/// The resource `keystone/role-assignment/HOLDER/…/TARGET/…/ROLE`. The id of what is there is its place.
pub struct RoleAssignment;

impl Resource for RoleAssignment {
    type Declared = Declared<local::RoleAssignment>;

    fn bare(address: Address) -> Wanted {
        let requires = address.assigned().map_or_else(Vec::new, |Assigned { holder, target, inherited: _, role }| {
            [holder].into_iter().chain(target).chain([role]).collect()
        });
        Wanted { shape: Shape::Relation, requires, ..Wanted::entity(address) }
    }

    fn wanted(declared: &Self::Declared) -> Wanted {
        let Declared { address, at, value } = declared;
        let local::RoleAssignment {
            role: _,
            role_domain: _,
            ensure,
            user: _,
            group: _,
            project: _,
            domain: _,
            system: _,
            inherited: _,
        } = value;
        Wanted { ensure: (*ensure).into(), source: Some(at.source()), ..Self::bare(address.clone()) }
    }

    async fn observe(reader: &Reader, ask: &Ask<'_>) -> Result<Found, Failure> {
        let linked = linked(reader, ask).await?;
        let ids = ids(&linked.live);
        let listed = super::list::whole(reader, &Route::new(["v3", "role_assignments"]), "role_assignments").await?;
        let there: BTreeSet<Place> = listed.iter().filter_map(place_of).collect();
        let mut found = Found::default();
        let mut asked = BTreeMap::new();
        for Wanted { address, .. } in &ask.wanted {
            // What links something that is not there is not there either.
            let Some(place) = address.assigned().and_then(|link| place(&link, &ids).ok()) else { continue };
            if there.contains(&place) {
                found.live.insert(address.clone(), live(&place));
            }
            asked.insert(place, address);
        }
        found.warnings = passing::warnings(reader, ask, &linked).await?;
        if !ask.link_sweeps.is_empty() {
            found.merge(stray::strays(reader, ask, &there, &asked, &ids).await?);
        }
        Ok(found)
    }

    fn write(step: &Step, ids: &Ids) -> Result<Request, Unsendable> {
        let unsendable = || Unsendable(step.address.clone());
        let (method, place) = match (step.action, &step.id) {
            (Action::Delete, Some(found)) => (Method::DELETE, found.split('/').map(str::to_owned).collect()),
            (Action::Delete, None) => (Method::DELETE, place(&step.address.assigned().ok_or_else(unsendable)?, ids)?),
            (Action::Create | Action::Update, _) => {
                (Method::PUT, place(&step.address.assigned().ok_or_else(unsendable)?, ids)?)
            }
        };
        let route = Route::new(["v3"].into_iter().chain(place.iter().map(String::as_str)));
        Ok(Request { method, ..Request::put(route, Body::Empty) })
    }
}

/// Where the server keeps an assignment, segment by segment.
type Place = Vec<String>;

const INHERITED: [&str; 2] = ["OS-INHERIT", "inherited_to_projects"];

fn place(link: &Assigned, ids: &Ids) -> Result<Place, Unsendable> {
    let Assigned { holder, target, inherited, role } = link;
    let target = match target {
        None => vec!["system"],
        Some(target) if is_domain(target) => vec!["domains", id(ids, target)?],
        Some(target) => vec!["projects", id(ids, target)?],
    };
    let is_group = matches!(holder, Address::Keystone { kind: KeystoneKind::Group, .. });
    let holder = [if is_group { "groups" } else { "users" }, id(ids, holder)?];
    Ok(placed(&target, holder, id(ids, role)?, *inherited))
}

fn placed(target: &[&str], holder: [&str; 2], role: &str, inherited: bool) -> Place {
    let [before, after] = INHERITED.map(|word| inherited.then_some(word));
    let link = target.iter().copied().chain(holder).chain(["roles", role]);
    before.into_iter().chain(link).chain(after).map(str::to_owned).collect()
}

/// The place of a listed assignment.
fn place_of(entry: &Json) -> Option<Place> {
    let scope = entry.get("scope")?;
    let one = |of: &'_ Json, keys: [(&'static str, &'static str); 2]| {
        keys.into_iter().find_map(|(key, list)| Some([list.to_owned(), of.get(key)?.get("id")?.as_str()?.to_owned()]))
    };
    let target = match one(scope, [("project", "projects"), ("domain", "domains")]) {
        Some(target) => target.into(),
        None => vec![scope.get("system").map(|_| "system".to_owned())?],
    };
    let [holders, holder] = one(entry, [("user", "users"), ("group", "groups")])?;
    let role = entry.pointer("/role/id")?.as_str()?;
    let target: Vec<&str> = target.iter().map(String::as_str).collect();
    Some(placed(&target, [&holders, &holder], role, scope.get("OS-INHERIT:inherited_to").is_some()))
}

fn live(place: &Place) -> Live {
    Live { id: Some(place.join("/")), body: Json::Object(serde_json::Map::new()) }
}

fn is_domain(target: &Address) -> bool {
    *target == Address::domain(target.name())
}

/// All that is linked and swept, as far as it is there.
async fn linked(reader: &Reader, ask: &Ask<'_>) -> Result<Found, Failure> {
    let swept = ask.link_sweeps.iter().map(|sweep| &sweep.of);
    let linked: BTreeSet<&Address> = ask.wanted.iter().flat_map(|wanted| &wanted.requires).chain(swept).collect();
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
