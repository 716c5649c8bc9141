//! Sweeps: what users and groups have under swept keys, and the links of swept things, that no document lists.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::Json;
use crate::model::address::{Address, Ids, KeycloakKind};
use crate::model::declared::At;
use crate::model::path::Path;
use crate::model::spelling::Spelling;
use crate::model::value::{Key, Owned};
use crate::model::wanted::{Ensure, Field, Live, Mode, Sweep, Swept, Want, Wanted};
use crate::resource::{Ask, Found, Warning, ids};
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
        Swept::List { .. } | Swept::Items { .. } => None,
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

/// Whether any of the sweeps is about whoever has something, and not about things that are named.
pub(super) fn is_of_all(sweeps: &[&Sweep]) -> bool {
    sweeps.iter().any(|sweep| matches!(sweep.of, Swept::Items { .. }))
}

/// What is asked of each holder that has something under a swept key: that what is not listed goes. What is no grant, where
/// all of them are swept, stays and is told.
pub(super) fn holders(ask: &Ask<'_>, found: &Found) -> Found {
    let mut settled = BTreeMap::new();
    let mut warnings = Vec::new();
    let mut asked = BTreeMap::<&Address, Vec<&Wanted>>::new();
    for wanted in &ask.wanted {
        asked.entry(&wanted.address).or_default().push(wanted);
    }
    let ids = ids(&found.live);
    for sweep in &ask.sweeps {
        let (Swept::Items { word, path, by: Key::Grant, .. } | Swept::List { word, path, by: Key::Grant, .. }) =
            &sweep.of
        else {
            continue;
        };
        for (address, live) in found.live.iter().filter(|(address, _)| is_about(sweep, address)) {
            let values = path.get(&live.body).and_then(Json::as_array);
            let values: Vec<&str> = values.into_iter().flatten().filter_map(Json::as_str).collect();
            warnings.extend(told(sweep, address, path, &values, &ids));
            let asked = asked.get(address).map_or(&[][..], Vec::as_slice);
            let listed = |key: &String| asked.iter().any(|wanted| lists(wanted, key));
            let held = values.iter().filter_map(|value| Some((Grant::key_of(value, &ids)?, *value)));
            let stray: BTreeMap<String, &str> = held.filter(|(key, _)| sweeps(sweep, key) && !listed(key)).collect();
            if stray.is_empty() {
                continue;
            }
            let owned = Owned::Keys(stray.keys().cloned().collect());
            let want = Want::Items { by: Key::Grant, owned, items: Vec::new() };
            let (word, path) = (word.clone(), path.clone());
            let field = Field { word, path, spelling: Spelling::Same, want, source: Some(sweep.source.clone()) };
            let asked = || asked.iter().find(|wanted| wanted.mode == sweep.mode);
            let wanted = settled
                .entry((address.clone(), sweep.mode))
                .or_insert_with(|| asked().map_or_else(|| unlisted(address, sweep), |asked| as_it_is(asked)));
            join(wanted, field);
            // A grant that is there may name its domain by id.
            let domains = stray.values().filter_map(|value| Grant::parse(value, &ids));
            let domains = domains.map(|grant| Address::domain(&grant.domain));
            wanted.requires.extend(domains.filter(|domain| found.live.contains_key(domain)));
        }
    }
    Found { adapted: settled.into_values().collect(), warnings, ..Found::default() }
}

/// Whether a sweep is about this thing.
fn is_about(sweep: &Sweep, address: &Address) -> bool {
    match &sweep.of {
        Swept::List { of, .. } => of == address,
        Swept::Items { .. } => is_of(sweep, address),
        Swept::All(_) => false,
    }
}

/// Whether a sweep is about this key.
fn sweeps(sweep: &Sweep, key: &str) -> bool {
    match &sweep.of {
        Swept::List { .. } => true,
        Swept::Items { keys, .. } => keys.contains(key),
        Swept::All(_) => false,
    }
}

/// What is told of values that are no grants, where all grants are swept.
fn told(sweep: &Sweep, holder: &Address, path: &Path, values: &[&str], ids: &Ids) -> Option<Warning> {
    let strange = values.iter().filter(|value| Grant::key_of(value, ids).is_none());
    let strange: Vec<String> = strange.map(|value| Json::from(*value).to_string()).collect();
    let is_swept = matches!(sweep.of, Swept::List { .. }) && !strange.is_empty();
    is_swept.then(|| Warning {
        address: holder.clone(),
        source: Some(sweep.source.clone()),
        message: format!("keeps in `{path}` what is no grant: {}", strange.join(", ")),
        hint: Some("Keystone may refuse its people with it; take it away by hand".to_owned()),
    })
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
