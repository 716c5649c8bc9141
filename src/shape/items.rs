//! Lists of items told apart by a key: compared by key, merged in place, never by position.

use std::collections::BTreeMap;

use crate::model::Json;
use crate::model::address::Ids;
use crate::model::change::Item;
use crate::model::value::{Key, Owned};
use crate::spec::grant::Grant;

/// The key of one item; nothing for what is not an item of this kind.
fn key(by: Key, item: &Json, ids: &Ids) -> Option<String> {
    match by {
        Key::Whole => Some(item.as_str().map_or_else(|| item.to_string(), str::to_owned)),
        Key::Grant => Grant::parse(item.as_str()?, ids).map(|grant| grant.key()),
        Key::Name => item.get("name").and_then(Json::as_str).map(str::to_owned),
    }
}

/// Whether an item that is there means the one that is expected.
fn equal(by: Key, one: &Json, other: &Json, ids: &Ids) -> bool {
    let grant = |item: &Json| item.as_str().and_then(|text| Grant::parse(text, ids));
    match by {
        Key::Whole => one == other,
        Key::Grant => grant(one).is_some() && grant(one) == grant(other),
        Key::Name => covers(one, other),
    }
}

/// Whether `whole` says all that `part` says. Lists of texts have no order.
fn covers(whole: &Json, part: &Json) -> bool {
    match (whole, part) {
        (Json::Object(whole), Json::Object(part)) => {
            part.iter().all(|(key, value)| whole.get(key).is_some_and(|whole| covers(whole, value)))
        }
        (Json::Array(whole), Json::Array(part)) => {
            whole.len() == part.len() && part.iter().all(|item| whole.contains(item))
        }
        (whole, part) => whole == part,
    }
}

/// `item` as it shall be written, where `before` stands.
fn overlaid(by: Key, before: Option<&Json>, item: &Json) -> Json {
    match (by, before, item) {
        (Key::Name, Some(Json::Object(before)), Json::Object(item)) => {
            let mut whole = before.clone();
            for (key, value) in item {
                let value = overlaid(by, whole.get(key), value);
                whole.insert(key.clone(), value);
            }
            Json::Object(whole)
        }
        (_, _, item) => item.clone(),
    }
}

/// The items of `list` under owned keys, by key.
fn owned_items(by: Key, owned: &Owned, list: &[Json], ids: &Ids) -> BTreeMap<String, Vec<Json>> {
    let mut found = BTreeMap::<String, Vec<Json>>::new();
    for item in list {
        if let Some(key) = key(by, item, ids).filter(|key| owned.owns(key)) {
            found.entry(key).or_default().push(item.clone());
        }
    }
    found
}

/// Every owned key that there is in `live` or shall be, with what stands there before and after.
///
/// An item whose only spelling on the server means the wanted one stays as it is spelled there.
pub(super) fn compare(by: Key, owned: &Owned, wanted: &[Json], live: &[Json], ids: &Ids) -> Vec<Item> {
    let mut before = owned_items(by, owned, live, ids);
    let mut items: Vec<Item> = wanted
        .iter()
        .filter_map(|item| {
            let key = key(by, item, ids)?;
            let before = before.remove(&key).unwrap_or_default();
            let after = match before.as_slice() {
                [only] if equal(by, only, item, ids) => only.clone(),
                before => overlaid(by, before.first(), item),
            };
            Some(Item { key, before, after: Some(after) })
        })
        .collect();
    items.extend(before.into_iter().map(|(key, before)| Item { key, before, after: None }));
    items
}

/// `list` with each owned key as planned: replaced where it stood, new ones behind, all others untouched.
pub(super) fn merge(by: Key, owned: &Owned, items: &[Item], list: &[Json], ids: &Ids) -> Vec<Json> {
    let mut planned: BTreeMap<&str, Option<&Json>> =
        items.iter().map(|item| (item.key.as_str(), item.after.as_ref())).collect();
    let mut merged: Vec<Json> = list
        .iter()
        .filter_map(|item| match key(by, item, ids).filter(|key| owned.owns(key)) {
            Some(key) => planned.insert(&key_in(items, &key)?.key, None).flatten().cloned(),
            None => Some(item.clone()),
        })
        .collect();
    merged.extend(items.iter().filter_map(|item| planned.get(item.key.as_str()).copied().flatten().cloned()));
    merged
}

fn key_in<'a>(items: &'a [Item], key: &str) -> Option<&'a Item> {
    items.iter().find(|item| item.key == key)
}

/// Whether `list` has, under owned keys, just the items that `pick` takes of each planned one.
pub(super) fn shows<'a>(
    by: Key,
    owned: &Owned,
    items: &'a [Item],
    list: &[Json],
    ids: &Ids,
    pick: impl Fn(&'a Item) -> &'a [Json],
) -> bool {
    let live = owned_items(by, owned, list, ids);
    let shown = |item: &'a Item| {
        let there = live.get(&item.key).map_or(&[][..], Vec::as_slice);
        let expected = pick(item);
        there.len() == expected.len() && there.iter().zip(expected).all(|(one, other)| equal(by, one, other, ids))
    };
    items.iter().all(shown) && live.keys().all(|key| key_in(items, key).is_some())
}
