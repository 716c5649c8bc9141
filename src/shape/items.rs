//! Lists of items told apart by a key: compared by key, merged in place, never by position. An item that is the id of
//! another thing is what that id is, as soon as it is known.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::Json;
use crate::model::address::{Address, Ids};
use crate::model::change::Item;
use crate::model::value::{Key, Owned, Value};
use crate::spec::grant::Grant;

/// The key of one item; nothing for what is not an item of this kind.
fn key(by: Key, item: &Json, ids: &Ids) -> Option<String> {
    match by {
        Key::Whole => Some(item.as_str().map_or_else(|| item.to_string(), str::to_owned)),
        Key::Grant => Grant::key_of(item.as_str()?, ids),
        Key::Name => item.get("name").and_then(Json::as_str).map(str::to_owned),
    }
}

/// Whether an item that is there means the one that is expected. A grant with anything besides its own words does not:
/// Keystone refuses such claims (seen on 29 and 30).
fn equal(by: Key, one: &Json, other: &Json, ids: &Ids) -> bool {
    let grant =
        |item: &Json| item.as_str().filter(|text| Grant::is_plain(text)).and_then(|text| Grant::parse(text, ids));
    one == other
        || match by {
            Key::Whole => false,
            Key::Name => covers(one, other),
            Key::Grant => grant(one).is_some() && grant(one) == grant(other),
        }
}

/// Whether `whole` says all that `part` says. Lists of texts have no order.
fn covers(whole: &Json, part: &Json) -> bool {
    match (whole, part) {
        (Json::Object(whole), Json::Object(part)) => {
            // What shall be null must not be there.
            part.iter().all(|(key, value)| covers(whole.get(key).unwrap_or(&Json::Null), value))
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

/// What `item` is on the server.
///
/// # Errors
/// The address of the thing whose id is not known yet.
fn settled(item: &Value, ids: &Ids) -> Result<Json, Address> {
    match item {
        Value::Json(json) => Ok(json.clone()),
        Value::Id(address) => ids.get(address).map(|id| id.as_str().into()).ok_or_else(|| address.clone()),
    }
}

/// An item's key by what is known now.
fn current_key<'a>(item: &'a Item, ids: &'a Ids) -> &'a str {
    match &item.after {
        Some(Value::Id(address)) => ids.get(address).unwrap_or(&item.key),
        Some(Value::Json(_)) | None => &item.key,
    }
}

/// Every owned key that there is in `live` or shall be, with what stands there before and after.
///
/// An item whose only spelling on the server means the wanted one stays as it is spelled there.
pub(super) fn compare(by: Key, owned: &Owned, wanted: &[Value], live: &[Json], ids: &Ids) -> Vec<Item> {
    let mut before = owned_items(by, owned, live, ids);
    let mut taken = BTreeSet::new();
    let mut items: Vec<Item> = wanted
        .iter()
        .filter_map(|item| {
            let json = match settled(item, ids) {
                Ok(json) => json,
                Err(address) => {
                    return Some(Item { key: address.to_string(), before: Vec::new(), after: Some(item.clone()) });
                }
            };
            let key = key(by, &json, ids).filter(|key| taken.insert(key.clone()))?;
            let before = before.remove(&key).unwrap_or_default();
            let after = match before.as_slice() {
                [only] if equal(by, only, &json, ids) => Value::Json(only.clone()),
                before => match item {
                    Value::Json(item) => Value::Json(overlaid(by, before.first(), item)),
                    Value::Id(_) => item.clone(),
                },
            };
            Some(Item { key, before, after: Some(after) })
        })
        .collect();
    items.extend(before.into_iter().map(|(key, before)| Item { key, before, after: None }));
    items
}

/// What shall stand under a key, with ids filled in; nothing where it goes.
pub(super) type Planned = (String, Option<Json>);

/// The items with their ids filled in.
///
/// # Errors
/// The address of a thing whose id is not known.
pub(super) fn planned(items: &[Item], ids: &Ids) -> Result<Vec<Planned>, Address> {
    let one = |item: &Item| {
        let after = item.after.as_ref().map(|after| settled(after, ids)).transpose()?;
        Ok((current_key(item, ids).to_owned(), after))
    };
    items.iter().map(one).collect()
}

/// `list` with each owned key as planned: replaced where it stood, new ones behind, all others untouched.
pub(super) fn merge(by: Key, owned: &Owned, items: &[Planned], list: &[Json], ids: &Ids) -> Vec<Json> {
    let mut planned: BTreeMap<&str, Option<&Json>> =
        items.iter().map(|(key, after)| (key.as_str(), after.as_ref())).collect();
    let mut merged: Vec<Json> = list
        .iter()
        .filter_map(|item| match key(by, item, ids).filter(|key| owned.owns(key)) {
            Some(key) => planned.insert(&items.iter().find(|(planned, _)| *planned == key)?.0, None).flatten().cloned(),
            None => Some(item.clone()),
        })
        .collect();
    merged.extend(items.iter().filter_map(|(key, _)| planned.get(key.as_str()).copied().flatten().cloned()));
    merged
}

/// Whether `list` has, under owned keys, just what `pick` says of each planned item: nothing is never shown.
pub(super) fn shows(
    by: Key,
    owned: &Owned,
    items: &[Item],
    list: &[Json],
    ids: &Ids,
    pick: impl Fn(&Item) -> Option<Vec<Json>>,
) -> bool {
    let live = owned_items(by, owned, list, ids);
    let shown = |item: &Item| {
        let mut there: Vec<&Json> = live.get(current_key(item, ids)).into_iter().flatten().collect();
        pick(item).is_some_and(|expected| {
            let all = expected.iter().all(|expected| {
                let found = there.iter().position(|one| equal(by, one, expected, ids));
                found.map(|position| there.swap_remove(position)).is_some()
            });
            all && there.is_empty()
        })
    };
    items.iter().all(shown) && live.keys().all(|key| items.iter().any(|item| current_key(item, ids) == key))
}

/// What an item shall be, as a list; nothing while that is not known.
pub(super) fn after(item: &Item, ids: &Ids) -> Option<Vec<Json>> {
    item.after.iter().map(|after| settled(after, ids).ok()).collect()
}
