//! Lists of items told apart by a key: compared by key, merged in place, never by position.

use std::collections::{BTreeMap, BTreeSet};

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
    }
}

/// Whether two items under one key mean the same. A grant with anything besides its own words does not: Keystone
/// refuses such claims (seen on 29 and 30).
fn equal(by: Key, one: &Json, other: &Json, ids: &Ids) -> bool {
    let grant =
        |item: &Json| item.as_str().filter(|text| Grant::is_plain(text)).and_then(|text| Grant::parse(text, ids));
    one == other
        || match by {
            Key::Whole => false,
            Key::Grant => grant(one).is_some() && grant(one) == grant(other),
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
    let mut taken = BTreeSet::new();
    let mut items: Vec<Item> = wanted
        .iter()
        .filter_map(|item| {
            let key = key(by, item, ids).filter(|key| taken.insert(key.clone()))?;
            let before = before.remove(&key).unwrap_or_default();
            let after = match before.as_slice() {
                [only] if equal(by, only, item, ids) => only.clone(),
                _ => item.clone(),
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
        let mut there: Vec<&Json> = live.get(&item.key).into_iter().flatten().collect();
        let all = pick(item).iter().all(|expected| {
            let found = there.iter().position(|one| equal(by, one, expected, ids));
            found.map(|position| there.swap_remove(position)).is_some()
        });
        all && there.is_empty()
    };
    items.iter().all(shown) && live.keys().all(|key| key_in(items, key).is_some())
}
