//! Sweeps: what users and groups have under swept keys, and the links of swept things, that no document lists.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::Json;
use crate::model::address::{Address, Ids, KeycloakKind};
use crate::model::declared::At;
use crate::model::spelling::Spelling;
use crate::model::value::{Key, Owned};
use crate::model::wanted::{Ensure, Field, Live, Mode, Sweep, Swept, Want, Wanted};
use crate::resource::{Ask, Found, ids};
use crate::spec::grant::Grant;

/// That what is declared `at` some place lists all things of this kind that the thing at `of` has.
pub(super) fn all_of(of: &Address, kind: KeycloakKind, at: &At) -> Sweep {
    Sweep {
        realm: super::realm(of).to_owned(),
        kind,
        of: Swept::All(of.clone()),
        mode: Mode::Manage,
        source: at.field("authoritative").source(),
    }
}

/// The things that have everything listed.
pub(super) fn swept<'a>(ask: &Ask<'a>) -> BTreeSet<&'a Address> {
    let swept = |sweep: &&'a Sweep| match &sweep.of {
        Swept::All(of) => Some(of),
        Swept::Items { .. } => None,
    };
    ask.sweeps.iter().filter_map(swept).collect()
}

/// Of the `things` that the swept one at `of` has those that nobody lists, asked to go; `bare` is such a thing itself. Those
/// that come with the realm are not given here.
pub(super) fn strays(
    ask: &Ask<'_>,
    of: &Address,
    things: impl IntoIterator<Item = (Address, Live)>,
    bare: fn(Address) -> Wanted,
) -> Found {
    let mut found = Found::default();
    let sweeps = || ask.sweeps.iter().filter(|sweep| sweep.of == Swept::All(of.clone()));
    let listed: BTreeSet<&Address> = ask.wanted.iter().map(|wanted| &wanted.address).collect();
    for (thing, live) in things.into_iter().filter(|(thing, _)| !listed.contains(thing)) {
        found.adapted.extend(sweeps().map(|sweep| Wanted {
            ensure: Ensure::Absent,
            mode: sweep.mode,
            source: Some(sweep.source.clone()),
            ..bare(thing.clone())
        }));
        found.live.insert(thing, live);
    }
    found
}

/// A link that is there: it has no id, and no fields.
pub(super) fn link(address: Address) -> (Address, Live) {
    (address, Live { id: None, body: Json::Null })
}

/// Whether `body` may have anything under a swept key. What is kept of many thousands depends on it.
pub(super) fn concerns(sweeps: &[&Sweep], body: &Json) -> bool {
    sweeps.iter().any(|sweep| {
        let Swept::Items { path, by: Key::Grant, keys, .. } = &sweep.of else { return false };
        let mut values = path.get(body).and_then(Json::as_array).into_iter().flatten().filter_map(Json::as_str);
        values.any(|value| match Grant::parse(value, &Ids::new()) {
            Some(grant) => keys.contains(&grant.key()),
            // What a domain is called that is given by id is known once Keystone has been seen.
            None => true,
        })
    })
}

/// What is asked of each holder that has something under a swept key: that what is not listed goes.
pub(super) fn holders(ask: &Ask<'_>, found: &Found) -> Found {
    let mut settled = BTreeMap::new();
    let mut asked = BTreeMap::<&Address, Vec<&Wanted>>::new();
    for wanted in &ask.wanted {
        asked.entry(&wanted.address).or_default().push(wanted);
    }
    let ids = ids(&found.live);
    for sweep in &ask.sweeps {
        let Swept::Items { word, path, by: Key::Grant, keys } = &sweep.of else { continue };
        for (address, live) in &found.live {
            if !is_of(sweep, address) {
                continue;
            }
            let values = path.get(&live.body).and_then(Json::as_array);
            let held = values.into_iter().flatten().filter_map(|value| Grant::parse(value.as_str()?, &ids));
            let asked = asked.get(address).map_or(&[][..], Vec::as_slice);
            let listed = |key: &String| asked.iter().any(|wanted| lists(wanted, key));
            let stray: Vec<Grant> = held.filter(|grant| keys.contains(&grant.key()) && !listed(&grant.key())).collect();
            if stray.is_empty() {
                continue;
            }
            let owned = Owned::Keys(stray.iter().map(Grant::key).collect());
            let want = Want::Items { by: Key::Grant, owned, items: Vec::new() };
            let (word, path) = (word.clone(), path.clone());
            let field = Field { word, path, spelling: Spelling::Same, want, source: Some(sweep.source.clone()) };
            let asked = || asked.iter().find(|wanted| wanted.mode == sweep.mode);
            let wanted = settled
                .entry((address.clone(), sweep.mode))
                .or_insert_with(|| asked().map_or_else(|| unlisted(address, sweep), |asked| as_it_is(asked)));
            join(wanted, field);
            // A grant that is there may name its domain by id.
            wanted.requires.extend(stray.iter().map(|grant| Address::domain(&grant.domain)));
        }
    }
    Found { adapted: settled.into_values().collect(), ..Found::default() }
}

fn is_of(sweep: &Sweep, address: &Address) -> bool {
    matches!(address, Address::Keycloak { realm, kind, .. } if *realm == sweep.realm && *kind == sweep.kind)
}

/// Whether a statement decides about this key.
fn lists(wanted: &Wanted, key: &str) -> bool {
    wanted.fields.iter().any(|field| match &field.want {
        Want::Items { by: Key::Grant, owned, .. } => owned.owns(key),
        _ => false,
    })
}

/// A holder of whom nothing else is said.
fn unlisted(address: &Address, sweep: &Sweep) -> Wanted {
    Wanted {
        ensure: Ensure::Existing,
        mode: sweep.mode,
        source: Some(sweep.source.clone()),
        ..Wanted::entity(address.clone())
    }
}

/// A holder of whom something is said: where it does not matter whether it is there, it is.
fn as_it_is(asked: &Wanted) -> Wanted {
    let ensure = if asked.ensure == Ensure::Any { Ensure::Existing } else { asked.ensure };
    Wanted { ensure, ..asked.clone() }
}

/// Adds `field` to what is asked of its holder.
fn join(wanted: &mut Wanted, field: Field) {
    let same = wanted.fields.iter_mut().find(|known| known.path == field.path);
    match (same.map(|known| &mut known.want), &field.want) {
        (Some(Want::Items { owned: Owned::Keys(keys), .. }), Want::Items { owned: Owned::Keys(more), .. }) => {
            keys.extend(more);
        }
        _ => wanted.fields.push(field),
    }
}
