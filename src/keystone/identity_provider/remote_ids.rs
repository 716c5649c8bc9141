//! The remote ids of all providers together: each has one owner, and the server says neither which id is taken nor by
//! whom (409 "Duplicate remote ID: None."; seen on 30).

use std::collections::{BTreeMap, BTreeSet};

use super::REMOTE_IDS;
use crate::model::Json;
use crate::model::address::{Address, Ids};
use crate::model::path::Path;
use crate::model::value::{Key, Owned, Value};
use crate::model::wanted::{Ensure, Field, Live, Mode, Want, Wanted};
use crate::resource::{Ask, First, Found, Problem, ids};

/// The longest remote id that Keystone accepts, since 29.
const LONGEST: usize = 64;

/// What a provider has while its own remote ids are on their way: no token's issuer, since without any remote id it
/// would let in tokens of every issuer.
const NOBODY: &str = "urn:opcp-provision:nobody";

/// Who takes remote ids from whom: the takers, and each one's owners.
type Moves = BTreeMap<Address, BTreeSet<Address>>;

/// Puts the provider that gives a remote id up before the one that gets it; one that must first have another's, or that
/// goes, gives up in a step of its own. Tells what cannot be.
pub(super) fn settle(ask: &Ask<'_>, found: &Found) -> Found {
    let ids = ids(&found.live);
    let mut settled = Found::default();
    let mut moves = Moves::new();
    for wanted in ask.wanted.iter().filter(|wanted| stays(wanted)) {
        let Some((field, asked)) = asked(wanted, &ids) else { continue };
        let shown = found.live.get(&wanted.address).map(shown).unwrap_or_default();
        for id in asked.difference(&shown) {
            match obstacle(id, wanted, ask, found, &ids) {
                Ok(owner) => moves.entry(wanted.address.clone()).or_default().extend(owner),
                Err((message, hint)) => settled.problems.push(Problem {
                    address: wanted.address.clone(),
                    source: field.source.clone().or_else(|| wanted.source.clone()),
                    message,
                    hint: Some(hint),
                }),
            }
        }
    }
    let leaves = |owner: &&Address| ask.wanted.iter().any(|other| other.address == **owner && goes(other));
    let leaving: BTreeSet<Address> = moves.values().flatten().filter(leaves).cloned().collect();
    let first: BTreeSet<Address> = leaving.iter().cloned().chain(turning_points(&moves)).collect();
    let mut nobodies = nobodies(found);
    for wanted in &ask.wanted {
        let before = moves.get(&wanted.address).into_iter().flatten().filter(|owner| !first.contains(owner));
        let before: Vec<Address> = before.cloned().collect();
        if !before.is_empty() {
            let requires = wanted.requires.iter().cloned().chain(before).collect();
            settled.adapted.push(Wanted { requires, ..Wanted::clone(wanted) });
        }
        let live = found.live.get(&wanted.address).filter(|_| stays(wanted) || goes(wanted));
        if let Some(live) = live.filter(|_| first.contains(&wanted.address)) {
            settled.first.extend(given_up(wanted, live, ask, &moves, &ids, &mut nobodies));
        }
    }
    settled
}

/// One provider of each circle of those that would wait for each other.
fn turning_points(moves: &Moves) -> BTreeSet<Address> {
    let mut points = BTreeSet::new();
    for start in moves.keys() {
        // Every way onwards from here that leads back here.
        let mut reached = BTreeSet::new();
        let mut open: Vec<&Address> = vec![start];
        while let Some(taker) = open.pop() {
            let owners = moves.get(taker).into_iter().flatten().filter(|owner| !points.contains(*owner));
            open.extend(owners.filter(|owner| reached.insert(*owner)));
        }
        if reached.contains(start) {
            points.insert(start.clone());
        }
    }
    points
}

/// What `wanted` gives up before others can have it, and before it takes anything itself.
fn given_up(
    wanted: &Wanted,
    live: &Live,
    ask: &Ask<'_>,
    moves: &Moves,
    ids: &Ids,
    nobodies: &mut impl Iterator<Item = String>,
) -> Option<First> {
    let (field, _) = asked(wanted, ids)?;
    let takers = moves.iter().filter(|(_, owners)| owners.contains(&wanted.address)).map(|(taker, _)| taker.clone());
    let takers: Vec<Address> = takers.collect();
    let taken: BTreeSet<String> = ask
        .wanted
        .iter()
        .filter(|other| takers.contains(&other.address))
        .filter_map(|other| asked(other, ids))
        .flat_map(|(_, asked)| asked)
        .collect();
    let mut kept: Vec<String> = shown(live).difference(&taken).cloned().collect();
    if kept.is_empty() {
        kept.extend(nobodies.next());
    }
    let items = kept.into_iter().map(|id| Value::Json(id.into())).collect();
    let field = Field { want: Want::Items { by: Key::Whole, owned: Owned::All, items }, ..field.clone() };
    let first = Wanted { ensure: Ensure::Existing, fields: vec![field], ..wanted.clone() };
    Some(First { wanted: first, before: takers })
}

/// Remote ids that no provider has: each has one owner, these too.
fn nobodies(found: &Found) -> impl Iterator<Item = String> {
    let providers = found.live.iter().filter(|(address, _)| is_provider(address));
    let taken: BTreeSet<String> = providers.flat_map(|(_, live)| shown(live)).collect();
    (1_u64..)
        .map(|number| if number == 1 { NOBODY.to_owned() } else { format!("{NOBODY}:{number}") })
        .filter(move |id| !taken.contains(id))
}

/// The provider that must give `id` up before `wanted` gets it, if there is one; or why it cannot get it.
fn obstacle(
    id: &str,
    wanted: &Wanted,
    ask: &Ask<'_>,
    found: &Found,
    ids: &Ids,
) -> Result<Option<Address>, (String, String)> {
    let length = id.chars().count();
    if length > LONGEST {
        let message = format!("its remote id `{id}` has {length} characters; Keystone stores at most {LONGEST}");
        return Err((message, "give the realm's Keycloak a shorter host name, or the realm a shorter name".to_owned()));
    }
    let wants = |other: &&Wanted| stays(other) && asked(other, ids).is_some_and(|(_, asked)| asked.contains(id));
    let others = || ask.wanted.iter().copied().filter(|other| other.address != wanted.address);
    if let Some(other) = others().find(wants) {
        let message = format!("its remote id `{id}` is declared for {}, too", other.address);
        return Err((
            message,
            "a remote id belongs to one identity provider: people of one issuer come one way".to_owned(),
        ));
    }
    let has = |(address, live): &(&Address, &Live)| **address != wanted.address && shown(live).contains(id);
    let Some((owner, _)) = found.live.iter().filter(|(address, _)| is_provider(address)).find(has) else {
        return Ok(None);
    };
    let message = format!("its remote id `{id}` belongs to {owner}");
    match others().find(|other| other.address == *owner) {
        Some(other) if goes(other) || (stays(other) && asked(other, ids).is_some()) => Ok(Some(owner.clone())),
        _ => Err((message, format!("take it away from {owner}, for instance by declaring that one without it"))),
    }
}

/// Whether a provider shall be there, and is written to.
fn stays(wanted: &Wanted) -> bool {
    matches!(wanted.ensure, Ensure::Present | Ensure::Existing) && wanted.mode == Mode::Manage
}

/// Whether a provider shall go, and does.
fn goes(wanted: &Wanted) -> bool {
    wanted.ensure == Ensure::Absent && wanted.mode == Mode::Manage
}

fn is_provider(address: &Address) -> bool {
    *address == Address::identity_provider(address.name())
}

/// The remote ids that are asked for, as far as they are known.
fn asked<'a>(wanted: &'a Wanted, ids: &Ids) -> Option<(&'a Field, BTreeSet<String>)> {
    let field = wanted.fields.iter().find(|field| field.path == Path::new([REMOTE_IDS]))?;
    let Want::Items { items, .. } = &field.want else { return None };
    let known = items.iter().filter_map(|item| match item {
        Value::Json(json) => json.as_str().map(str::to_owned),
        Value::Id(address) => ids.get(address).cloned(),
    });
    Some((field, known.collect()))
}

fn shown(live: &Live) -> BTreeSet<String> {
    let list = live.body.get(REMOTE_IDS).and_then(Json::as_array);
    list.into_iter().flatten().filter_map(Json::as_str).map(str::to_owned).collect()
}
