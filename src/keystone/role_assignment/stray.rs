//! Roles on projects that nobody has listed, where the spec says that it lists all of them.
//!
//! What stays all the same: what the tokens of people bring, which is a matter of grants; whatever the tool itself works
//! with; and what an administrator is by the bootstrap. A person's role in what is below a project is none of a token's
//! (seen on 30), and goes.

use std::collections::{BTreeMap, BTreeSet};

use super::{INHERITED, Place, live};
use crate::http::Reader;
use crate::http::failure::Failure;
use crate::http::route::Route;
use crate::keystone::{domain, identity_change, list, role, user};
use crate::model::Json;
use crate::model::address::{Address, Ids, KeystoneKind};
use crate::model::source::Source;
use crate::model::wanted::{Ensure, LinkSweep, Live, Wanted};
use crate::resource::{Ask, Found, Problem, Resource as _, Warning};
use crate::spec::environment::ADMIN_PROJECT;
use crate::spec::grant::DEFAULT_DOMAIN;

/// What the bootstrap gives an administrator.
const ADMIN: &str = "admin";

/// An assignment that is there and that nobody has listed.
struct Stray<'a> {
    place: &'a Place,
    sweep: &'a LinkSweep,
    /// The project's id.
    project: &'a str,
    inherited: bool,
    /// `users` or `groups`, and the id.
    holder: [&'a str; 2],
    role: &'a str,
}

/// Those of them that go: `asked` are the places of what is listed.
pub(super) async fn strays(
    reader: &Reader,
    ask: &Ask<'_>,
    there: &BTreeSet<Place>,
    asked: &BTreeMap<Place, &Address>,
    ids: &Ids,
) -> Result<Found, Failure> {
    let own = reader.own().await?;
    let swept: BTreeMap<&str, &LinkSweep> =
        ask.link_sweeps.iter().filter_map(|sweep| Some((ids.get(&sweep.of)?.as_str(), *sweep))).collect();
    let unlisted = there.iter().filter(|place| !asked.contains_key(*place));
    let strays = unlisted.filter_map(|place| stray(place, &swept)).filter(|stray| !own.contains(stray.holder[1]));
    let (lifeline, strays): (Vec<Stray<'_>>, Vec<Stray<'_>>) = strays.partition(|stray| own.contains(stray.project));
    let mut found = Found::default();
    found.warnings.extend(lifeline.first().map(|first| kept(first.sweep, lifeline.len())));
    if strays.is_empty() {
        return Ok(found);
    }
    let holders = holders(reader, &strays).await?;
    let roles = roles(reader, &strays).await?;
    for stray in strays {
        let (kind, domain, name) = match holders.get(&stray.holder) {
            Some(Holder::Named { domain, name }) if stray.holder[0] == "groups" => ("group", domain, name),
            Some(Holder::Named { domain, name }) => ("user", domain, name),
            Some(Holder::Person { domain, name }) if stray.inherited => ("user", domain, name),
            Some(Holder::Person { .. }) => continue,
            Some(Holder::Gone) | None => {
                found.warnings.push(dangling(&stray));
                continue;
            }
        };
        let Some(role) = roles.get(stray.role) else {
            found.warnings.push(dangling(&stray));
            continue;
        };
        if *role == Address::role(ADMIN) && stray.sweep.of == Address::project(DEFAULT_DOMAIN, ADMIN_PROJECT) {
            continue;
        }
        let inherited = stray.inherited.then_some("inherited");
        let target = stray.sweep.of.names().iter().map(String::as_str);
        let holder = [kind, domain.as_str(), name.as_str()].into_iter();
        let names =
            holder.chain(inherited).chain(["project"]).chain(target).chain(role.names().iter().map(String::as_str));
        let address = Address::keystone(KeystoneKind::RoleAssignment, names);
        let source = Some(stray.sweep.source.clone());
        if found.live.contains_key(&address) || asked.values().any(|asked| **asked == address) {
            found.problems.push(ambiguous(address, source));
            continue;
        }
        found.adapted.push(Wanted {
            ensure: Ensure::Absent,
            mode: stray.sweep.mode,
            source,
            ..super::RoleAssignment::bare(address.clone())
        });
        found.live.insert(address, live(stray.place));
    }
    Ok(found)
}

/// The assignment at `place`, if it is on a project that is swept.
fn stray<'a>(place: &'a Place, swept: &BTreeMap<&str, &'a LinkSweep>) -> Option<Stray<'a>> {
    let names: Vec<&str> = place.iter().map(String::as_str).collect();
    let (inherited, names) = match names.as_slice() {
        [first, rest @ .., _] if *first == INHERITED[0] => (true, rest),
        names => (false, names),
    };
    let ["projects", project, holders, holder, _, role] = *names else { return None };
    let sweep = *swept.get(project)?;
    Some(Stray { place, sweep, project, inherited, holder: [holders, holder], role })
}

/// Who has a role.
enum Holder {
    /// One of Keystone's own.
    Named { domain: String, name: String },
    /// Somebody who comes through an identity provider.
    Person { domain: String, name: String },
    /// Nobody any more: only the id is left.
    Gone,
}

/// Who the holders are. Many users are people as a rule: those are listed by their providers then, and only what is to go
/// is asked about one by one.
async fn holders<'a>(reader: &Reader, strays: &[Stray<'a>]) -> Result<BTreeMap<[&'a str; 2], Holder>, Failure> {
    let domains = domain::names(reader).await?;
    let all: BTreeSet<[&str; 2]> = strays.iter().map(|stray| stray.holder).collect();
    let with_inherited: BTreeSet<&str> =
        strays.iter().filter(|stray| stray.inherited).map(|stray| stray.holder[1]).collect();
    let users = all.iter().filter(|[sort, _]| *sort == "users").count();
    let people = if users > list::FEW { identity_change::everybody(reader).await? } else { BTreeSet::new() };
    let mut holders = BTreeMap::new();
    for holder @ [sort, id] in all {
        let named = |body: &Json| {
            let text = |key: &str| body.get(key).and_then(Json::as_str).unwrap_or_default();
            let domain = domains.get(text("domain_id")).map_or(text("domain_id"), String::as_str);
            (domain.to_owned(), text("name").to_owned())
        };
        let known = if sort == "groups" {
            let group = one_group(reader, id).await?;
            group.as_ref().map(named).map_or(Holder::Gone, |(domain, name)| Holder::Named { domain, name })
        } else if people.contains(id) && !with_inherited.contains(id) {
            // Nothing will be said of them.
            Holder::Person { domain: String::new(), name: String::new() }
        } else {
            match user::by_id(reader, id).await? {
                None => Holder::Gone,
                Some(body) => {
                    let (domain, name) = named(&body);
                    let of_a_provider = !user::links(&Live { id: None, body }).is_empty();
                    if of_a_provider { Holder::Person { domain, name } } else { Holder::Named { domain, name } }
                }
            }
        };
        holders.insert(holder, known);
    }
    Ok(holders)
}

async fn one_group(reader: &Reader, id: &str) -> Result<Option<Json>, Failure> {
    let route = Route::new(["v3", "groups", id]);
    match reader.get(&route).await {
        Ok(answer) => {
            let group = answer.get("group").filter(|group| group.is_object()).cloned();
            group.map(Some).ok_or_else(|| reader.unreadable(&route, "the answer holds no group"))
        }
        Err(failure) if failure.says_missing() => Ok(None),
        Err(failure) => Err(failure),
    }
}

/// The roles, by their ids: those of a domain are looked for only where no other is meant.
async fn roles(reader: &Reader, strays: &[Stray<'_>]) -> Result<BTreeMap<String, Address>, Failure> {
    let named = |domain: Option<&str>, role: &Json| {
        let [id, name] = ["id", "name"].map(|key| role.get(key).and_then(Json::as_str));
        Some((id?.to_owned(), Address::role_of(domain, name?)))
    };
    let listed = list::whole(reader, &Route::new(["v3", "roles"]), "roles").await?;
    let mut roles: BTreeMap<String, Address> = listed.iter().filter_map(|role| named(None, role)).collect();
    let unknown = strays.iter().filter(|stray| !roles.contains_key(stray.role));
    let homes: BTreeSet<String> = unknown.filter_map(|stray| stray.sweep.of.names().first().cloned()).collect();
    if !homes.is_empty() {
        for (id, domain) in domain::names(reader).await?.into_iter().filter(|(_, domain)| homes.contains(domain)) {
            let of_it = role::of_domain(reader, &id).await?;
            roles.extend(of_it.iter().filter_map(|role| named(Some(&domain), role)));
        }
    }
    Ok(roles)
}

/// Who has a role where the tool itself works may be who gives it its own.
fn kept(sweep: &LinkSweep, unlisted: usize) -> Warning {
    Warning {
        address: sweep.of.clone(),
        source: Some(sweep.source.clone()),
        message: format!("the tool works in it, and leaves the roles on it that nobody lists: {unlisted}"),
        hint: Some(
            "let the tool log in to another project, or take away with `ensure: absent` what shall go".to_owned(),
        ),
    }
}

/// What is there no more cannot be named: what is left of the assignment can be taken away by hand alone.
fn dangling(stray: &Stray<'_>) -> Warning {
    let [sort, holder] = stray.holder;
    let sort = sort.trim_end_matches('s');
    Warning {
        address: stray.sweep.of.clone(),
        source: Some(stray.sweep.source.clone()),
        message: format!("role {} is left there for {sort} {holder}, and one of the two is gone", stray.role),
        hint: Some(format!("DELETE /v3/{} takes it away", stray.place.join("/"))),
    }
}

fn ambiguous(address: Address, source: Option<Source>) -> Problem {
    Problem {
        address,
        source,
        message: "is there for several users of this name, and it cannot be told who is meant".to_owned(),
        hint: Some("take away by their ids what nobody shall have: `openstack role remove`".to_owned()),
    }
}
