//! The remote ids of all providers together: each has one owner, and the server says neither which id is taken nor by
//! whom (409 "Duplicate remote ID: None."; seen on 30).

use std::collections::BTreeSet;

use super::REMOTE_IDS;
use crate::model::Json;
use crate::model::address::{Address, Ids};
use crate::model::path::Path;
use crate::model::value::Value;
use crate::model::wanted::{Ensure, Field, Live, Want, Wanted};
use crate::resource::{Ask, Found, Problem, ids};

/// The longest remote id that Keystone accepts, since 29.
const LONGEST: usize = 64;

/// Puts the provider that gives a remote id up before the one that gets it; tells what cannot be.
pub(super) fn settle(ask: &Ask<'_>, found: &Found) -> Found {
    let ids = ids(&found.live);
    let mut settled = Found::default();
    for wanted in ask.wanted.iter().filter(|wanted| stays(wanted)) {
        let Some((field, asked)) = asked(wanted, &ids) else { continue };
        let shown = found.live.get(&wanted.address).map(shown).unwrap_or_default();
        let mut before = BTreeSet::new();
        for id in asked.difference(&shown) {
            match obstacle(id, wanted, ask, found, &ids) {
                Ok(owner) => before.extend(owner),
                Err((message, hint)) => settled.problems.push(Problem {
                    address: wanted.address.clone(),
                    source: field.source.clone().or_else(|| wanted.source.clone()),
                    message,
                    hint: Some(hint),
                }),
            }
        }
        if !before.is_empty() {
            let requires = wanted.requires.iter().cloned().chain(before).collect();
            settled.adapted.push(Wanted { requires, ..Wanted::clone(wanted) });
        }
    }
    settled
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
        Some(other) if other.ensure == Ensure::Absent => {
            Err((message, format!("delete {owner} in a run of its own, before this one")))
        }
        Some(other) if stays(other) && asked(other, ids).is_some() => Ok(Some(owner.clone())),
        _ => Err((message, format!("take it away from {owner}, for instance by declaring that one without it"))),
    }
}

fn stays(wanted: &Wanted) -> bool {
    matches!(wanted.ensure, Ensure::Present | Ensure::Existing)
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
