//! Documents merge by field: several may speak of one object. Equal and disjoint statements merge; the same field,
//! or grant, with different values is an error that shows both places.

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::model::address::{Address, Ids};
use crate::model::value::{Key, Owned, Value};
use crate::model::wanted::{Ensure, Field, Mode, Want, Wanted};
use crate::spec::grant::Grant;

/// One statement for each object, in the order of addresses; two for one of which some is managed and some is only
/// verified.
#[must_use]
pub fn merge(statements: Vec<Wanted>, diagnostics: &mut Diagnostics) -> Vec<Wanted> {
    let mut merged = BTreeMap::<(Address, Mode), Wanted>::new();
    for statement in statements {
        match merged.get_mut(&statement.key()) {
            Some(first) => join(first, statement, diagnostics),
            None => {
                merged.insert(statement.key(), statement);
            }
        }
    }
    let managed: BTreeSet<Address> = merged.keys().filter(|(_, mode)| *mode == Mode::Manage).map(address).collect();
    for address in managed {
        if let Some(mut verified) = merged.remove(&(address.clone(), Mode::Verify))
            && let Some(managed) = merged.get(&(address, Mode::Manage))
        {
            // Contradictions are told all the same; what is managed need not be verified.
            join(&mut managed.clone(), verified.clone(), diagnostics);
            verified.fields.retain(|field| !managed.fields.iter().any(|managed| says_as_much(managed, field)));
            if !verified.fields.is_empty() {
                merged.insert(verified.key(), verified);
            }
        }
    }
    merged.into_values().collect()
}

fn address((address, _): &(Address, Mode)) -> Address {
    address.clone()
}

/// Whether all that `part` asks is asked by `whole`.
fn says_as_much(whole: &Field, part: &Field) -> bool {
    let follows = matches!(part.want, Want::Identity(_) | Want::Once(_) | Want::Secret(_) | Want::Generated);
    follows || (whole.path == part.path && whole.want == part.want)
}

fn join(first: &mut Wanted, second: Wanted, diagnostics: &mut Diagnostics) {
    if (first.ensure == Ensure::Absent) == (second.ensure == Ensure::Absent) {
        if second.ensure == Ensure::Present {
            first.ensure = Ensure::Present;
        }
    } else if let (Some(source), Some(other)) = (second.source.clone(), first.source.clone()) {
        let message = format!("{}: shall be there, and shall not", first.address);
        diagnostics.push(Diagnostic::error(source, message).also(other, "the other statement"));
    }
    for requirement in second.requires {
        if !first.requires.contains(&requirement) {
            first.requires.push(requirement);
        }
    }
    first.sweeps.extend(second.sweeps);
    first.link_sweeps.extend(second.link_sweeps);
    for field in second.fields {
        let Some(known) = first.fields.iter_mut().find(|known| known.path == field.path) else {
            first.fields.push(field);
            continue;
        };
        if let Err(what) = join_want(&mut known.want, &field.want) {
            diagnostics.extend(conflict(&first.address, known, &field, &what));
        }
        known.source = known.source.take().or(field.source);
    }
}

/// Adds what `second` asks to `first`; says what about when they contradict each other.
fn join_want(first: &mut Want, second: &Want) -> Result<(), String> {
    match (&mut *first, second) {
        (_, Want::Identity(_) | Want::Once(_) | Want::Generated) => Ok(()),
        (Want::Once(_) | Want::Generated, _) => {
            *first = second.clone();
            Ok(())
        }
        (
            Want::Items { by, owned: Owned::Keys(keys), items },
            Want::Items { owned: Owned::Keys(other_keys), items: other_items, .. },
        ) => {
            for key in keys.iter().filter(|key| other_keys.contains(key)) {
                if item(*by, items, key) != item(*by, other_items, key) {
                    return Err(format!(" on {key}"));
                }
            }
            items.extend(other_items.iter().filter(|item| !items.contains(item)).cloned().collect::<Vec<_>>());
            keys.extend(other_keys);
            Ok(())
        }
        (Want::Items { owned: Owned::All, items, .. }, Want::Items { owned: Owned::All, items: other_items, .. })
            if items.iter().all(|item| other_items.contains(item))
                && other_items.iter().all(|item| items.contains(item)) =>
        {
            Ok(())
        }
        (first, second) if *first == *second => Ok(()),
        _ => Err(String::new()),
    }
}

fn item<'a>(by: Key, items: &'a [Value], key: &str) -> Option<&'a Value> {
    let text = |item: &'a Value| match item {
        Value::Json(json) => json.as_str(),
        Value::Id(_) => None,
    };
    items.iter().find(|item| match by {
        Key::Whole => text(item) == Some(key),
        Key::Name => matches!(item, Value::Json(json) if json["name"].as_str() == Some(key)),
        Key::Grant => text(item).and_then(|text| Grant::parse(text, &Ids::new())).is_some_and(|it| it.key() == key),
    })
}

/// Nothing for what no document says: fields that follow from the object itself cannot contradict each other.
fn conflict(address: &Address, first: &Field, second: &Field, what: &str) -> Option<Diagnostic> {
    let message = format!("{address}: two statements about `{}`{what} contradict each other", second.word);
    let diagnostic = Diagnostic::error(second.source.clone()?, message);
    Some(diagnostic.also(first.source.clone()?, "the other statement"))
}

#[cfg(test)]
mod tests;
