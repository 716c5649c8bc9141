//! Whom a plan would make others in Keystone: what is read about it, and only when a step is such a change. A person is
//! who they are by provider, protocol and what the mapping knows them by; who is another one tomorrow has none of
//! today's roles and application credentials, which stay with the other one for good (seen on 30).

use std::collections::{BTreeMap, BTreeSet};

use futures::future::try_join_all;

use super::mapping;
use crate::http::Reader;
use crate::http::failure::Failure;
use crate::http::route::Route;
use crate::model::Json;
use crate::model::address::{Address, Ids, KeystoneKind};
use crate::model::change::{Change, FieldChange, Item};
use crate::model::step::{Action, Step};
use crate::model::value::Value;
use crate::resource::Estranged;
use crate::spec::rules::{Identity, identities};

/// A way into Keystone: an identity provider, and one of its protocols.
type Door = (String, String);

/// Whom a step makes others.
struct Suspicion {
    address: Address,
    how: String,
    doors: BTreeSet<Door>,
}

/// Everybody whom `steps` would make others, by step; nobody is asked about where no step can.
///
/// # Errors
/// [`Failure`] of any request.
pub(super) async fn estranged(reader: &Reader, steps: &[Step], ids: &Ids) -> Result<Vec<Estranged>, Failure> {
    let mut estranged = Vec::new();
    let of_mappings = steps.iter().filter_map(|step| Some((step, by_rules(step)?)));
    let of_protocols = steps.iter().filter_map(|step| Some((step, by_mapping(step)?)));
    let of_providers = steps.iter().flat_map(|step| taken(step, steps, ids));
    let mut suspicions = Vec::new();
    for (step, how) in of_mappings {
        let doors = doors_to(reader, step.address.name()).await?;
        suspicions.push(Suspicion { address: step.address.clone(), how, doors });
    }
    for (step, (before, after)) in of_protocols {
        let known = mappings(reader, steps).await?;
        let [before, after] = [before, after].map(|id| known.get(id));
        if let Some(how) = before.zip(after).and_then(|(before, after)| difference(before, after)) {
            let doors = door(&step.address).into_iter().collect();
            suspicions.push(Suspicion { address: step.address.clone(), how, doors });
        }
    }
    for (address, owner, id) in of_providers {
        let how = format!("they come through it instead of {owner}, with the remote id `{id}`");
        let doors = protocols(reader, owner.name()).await?.into_keys().map(|id| (owner.name().to_owned(), id));
        suspicions.push(Suspicion { address, how, doors: doors.collect() });
    }
    for Suspicion { address, how, doors } in suspicions {
        let people = people(reader, &doors).await?;
        if !people.is_empty() {
            let credentials = try_join_all(people.iter().map(|id| credentials(reader, id))).await?.into_iter().sum();
            estranged.push(Estranged { address, how, people: people.len(), credentials });
        }
    }
    Ok(estranged)
}

/// The change of the field at the top of a document.
fn change<'a>(step: &'a Step, key: &str) -> Option<&'a Change> {
    let field = |field: &&FieldChange| field.path.keys() == [key];
    (step.action == Action::Update).then(|| step.fields.iter().find(field)).flatten().map(|field| &field.change)
}

/// How the rules of a mapping make people others.
fn by_rules(step: &Step) -> Option<String> {
    (step.address == Address::mapping(step.address.name())).then_some(())?;
    let Change::Value { before: Some(before), after: Value::Json(after) } = change(step, mapping::RULES)? else {
        return None;
    };
    difference(before, after)
}

/// The mappings before and after of a protocol's step.
fn by_mapping(step: &Step) -> Option<(&str, &str)> {
    door(&step.address)?;
    let Change::Value { before: Some(before), after: Value::Json(after) } = change(step, "mapping_id")? else {
        return None;
    };
    Some((before.as_str()?, after.as_str()?))
}

/// What the remote ids that a step brings to a provider were taken from. An owner that goes takes its people with it:
/// that has a name of its own.
fn taken<'a>(step: &Step, steps: &'a [Step], ids: &Ids) -> Vec<(Address, &'a Address, String)> {
    let goes = |address: &Address| steps.iter().any(|step| step.action == Action::Delete && step.address == *address);
    let comes = remote_ids(step).filter(|item| item.before.is_empty()).filter_map(|item| match &item.after {
        Some(Value::Id(address)) => ids.get(address).cloned(),
        Some(Value::Json(json)) => json.as_str().map(str::to_owned),
        None => None,
    });
    let mut taken = Vec::new();
    for id in comes {
        let others = steps.iter().filter(|other| other.address != step.address && !goes(&other.address));
        for other in others {
            if remote_ids(other).any(|item| item.after.is_none() && item.key == id) {
                taken.push((step.address.clone(), &other.address, id.clone()));
            }
        }
    }
    taken
}

/// The remote ids that a step on a provider speaks of.
fn remote_ids(step: &Step) -> impl Iterator<Item = &Item> {
    let is_provider = step.address == Address::identity_provider(step.address.name());
    let lists = step.fields.iter().filter(move |_| is_provider).filter_map(|field| match &field.change {
        Change::Items { items, .. } => Some(items),
        _ => None,
    });
    lists.flatten()
}

/// How other rules know people by something else, if they do.
fn difference(before: &Json, after: &Json) -> Option<String> {
    let of = |rules: &Json| identities(rules.as_array().map_or(&[], Vec::as_slice));
    let (before, after) = (of(before), of(after));
    let same = before.len() == after.len() && before.iter().zip(&after).all(|(one, other)| one.is_same_person(other));
    let words = |all: &[Identity]| all.iter().map(Identity::to_string).collect::<Vec<_>>().join(", ");
    (!same).then(|| format!("they are known by {} instead of {}", words(&after), words(&before)))
}

fn door(address: &Address) -> Option<Door> {
    match (address, address.names()) {
        (Address::Keystone { kind: KeystoneKind::Protocol, .. }, [provider, id]) => {
            Some((provider.clone(), id.clone()))
        }
        _ => None,
    }
}

/// Every way in whose people go through `mapping`.
async fn doors_to(reader: &Reader, mapping: &str) -> Result<BTreeSet<Door>, Failure> {
    let mut doors = BTreeSet::new();
    for provider in super::identity_provider::all(reader).await? {
        let Some(id) = provider.get("id").and_then(Json::as_str) else { continue };
        let protocols = protocols(reader, id).await?.into_iter().filter(|(_, of)| of == mapping);
        doors.extend(protocols.map(|(protocol, _)| (id.to_owned(), protocol)));
    }
    Ok(doors)
}

/// The protocols of a provider, each with its mapping.
async fn protocols(reader: &Reader, provider: &str) -> Result<BTreeMap<String, String>, Failure> {
    let route = super::federation("identity_providers", provider).child("protocols");
    let listed = super::list::whole(reader, &route, "protocols").await?;
    let text = |of: &Json, key| of.get(key).and_then(Json::as_str).unwrap_or_default().to_owned();
    Ok(listed.iter().map(|protocol| (text(protocol, "id"), text(protocol, "mapping_id"))).collect())
}

/// The rules of every mapping, as they will be.
async fn mappings(reader: &Reader, steps: &[Step]) -> Result<BTreeMap<String, Json>, Failure> {
    let mut rules = BTreeMap::new();
    for mapping in mapping::all(reader).await? {
        let id = mapping.get("id").and_then(Json::as_str).unwrap_or_default();
        rules.insert(id.to_owned(), mapping.get(mapping::RULES).cloned().unwrap_or_default());
    }
    for step in steps.iter().filter(|step| step.address == Address::mapping(step.address.name())) {
        for field in step.fields.iter().filter(|field| field.path.keys() == [mapping::RULES]) {
            if let Change::Value { after: Value::Json(after), .. } = &field.change {
                rules.insert(step.address.name().to_owned(), after.clone());
            }
        }
    }
    Ok(rules)
}

/// The ids of all who have come in one of these ways.
async fn people(reader: &Reader, doors: &BTreeSet<Door>) -> Result<BTreeSet<String>, Failure> {
    let mut people = BTreeSet::new();
    for (provider, protocol) in doors {
        let route = Route::new(["v3", "users"]).with("idp_id", provider).with("protocol_id", protocol);
        super::list::filtered(reader, &route, "users", |user| {
            people.extend(user.get("id").and_then(Json::as_str).map(str::to_owned));
        })
        .await?;
    }
    Ok(people)
}

/// The ids of all who come through any identity provider.
///
/// # Errors
/// [`Failure`] of any request.
pub(super) async fn everybody(reader: &Reader) -> Result<BTreeSet<String>, Failure> {
    let mut doors = BTreeSet::new();
    for provider in super::identity_provider::all(reader).await? {
        let Some(id) = provider.get("id").and_then(Json::as_str) else { continue };
        doors.extend(protocols(reader, id).await?.into_keys().map(|protocol| (id.to_owned(), protocol)));
    }
    people(reader, &doors).await
}

/// How many application credentials a person has.
async fn credentials(reader: &Reader, person: &str) -> Result<usize, Failure> {
    const LIST: &str = "application_credentials";
    Ok(super::list::whole(reader, &Route::new(["v3", "users", person, LIST]), LIST).await?.len())
}
