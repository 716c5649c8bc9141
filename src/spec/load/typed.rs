//! One document to its type, all problems at once.
//!
//! `serde` stops at the first error. So what it objects to is reported, taken out of a copy, and the copy is tried
//! again: an unknown field is removed, a missing or wrong value is replaced by a stand-in (see [`super::reader`]) that
//! causes no error of its own.

use std::borrow::Cow;
use std::collections::HashSet;

use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_path_to_error::{Path, Segment};

use super::reader::{Problem, Reader, sound};
use super::{Loaded, MAX_PROBLEMS, path, too_many, words};
use crate::diagnostic::Diagnostics;

/// Deserialise the value at this JSON pointer (`/spec`) of a document; every problem goes to `diagnostics`.
///
/// Nothing is returned if there is any problem, or a null, which [`super::read`] has reported.
pub fn parse<T: DeserializeOwned>(loaded: &Loaded, pointer: &str, diagnostics: &mut Diagnostics) -> Option<T> {
    let Some(value) = loaded.value.pointer(pointer) else {
        let (parent, _) = pointer.rsplit_once('/').unwrap_or_default();
        let name = path::last(pointer);
        let beside = loaded.value.pointer(parent).and_then(Value::as_object);
        // A misspelled one is reported as unknown where its mapping is parsed.
        if !beside.is_some_and(|beside| beside.keys().any(|key| words::nearest(key, &[&name]).is_some())) {
            diagnostics.push(words::missing(loaded, parent, &name));
        }
        return None;
    };
    if value.is_null() {
        return None;
    }
    let mut value = Cow::Borrowed(value);
    let mut given_up = HashSet::new();
    let mut reported = 0;
    loop {
        let (place, problem) = match serde_path_to_error::deserialize::<_, T>(Reader(&value)) {
            Ok(parsed) => return (reported == 0 && !contains_null(&value)).then_some(parsed),
            Err(error) => (locate(&value, error.path()), error.into_inner()),
        };
        let place = match &problem {
            Problem::UnknownField { name, .. } => {
                place.strip_suffix(&path::join("", name)).unwrap_or(&place).to_owned()
            }
            _ => place,
        };
        let copy = value.to_mut();
        if let Some(stand_in) = enclosing_null(copy, &place) {
            // The type refuses it: its mapping does without, until that is all that remains to be said of it.
            let (parent, _) = stand_in.rsplit_once('/')?;
            copy.pointer_mut(parent)?.as_object_mut()?.shift_remove(&path::last(&stand_in))?;
            given_up.insert(stand_in);
            continue;
        }
        let follows = matches!(problem, Problem::MissingField(name) if given_up.contains(&path::join(&place, name)));
        if !follows {
            let place_in_document = format!("{pointer}{place}");
            if reported == MAX_PROBLEMS {
                diagnostics.push(too_many(loaded.origin.at(&place_in_document)));
                return None;
            }
            reported += 1;
            diagnostics.push(words::diagnostic(loaded, &place_in_document, &problem));
        }
        match problem {
            Problem::UnknownField { name, known } => {
                let mapping = copy.pointer_mut(&place)?.as_object_mut()?;
                mapping.shift_remove(&name)?;
                // Probably it is the one that would be missing otherwise.
                if let Some(meant) = words::nearest(&name, known).filter(|meant| !mapping.contains_key(*meant)) {
                    mapping.insert(meant.to_owned(), Value::Null);
                }
            }
            Problem::MissingField(name) if !follows => {
                copy.pointer_mut(&place)?.as_object_mut()?.insert(name.to_owned(), Value::Null);
            }
            _ => *copy.pointer_mut(&place)? = Value::Null,
        }
    }
}

/// The pointer to where an error arose: a missing field in its mapping, an unknown one at its key.
fn locate(root: &Value, path: &Path) -> String {
    let mut pointer = String::new();
    let mut value = Some(root);
    for segment in path {
        let step = match (segment, value) {
            (Segment::Seq { index }, Some(Value::Array(entries))) => {
                sound(entries).nth(*index).map(|(position, entry)| (position.to_string(), entry))
            }
            // The variant of an enum is a key of the document only when it is written as a mapping.
            (Segment::Map { key } | Segment::Enum { variant: key }, Some(Value::Object(entries))) => {
                entries.get(key).map(|entry| (key.clone(), entry))
            }
            _ => None,
        };
        let Some((token, next)) = step else { break };
        pointer = path::join(&pointer, &token);
        value = Some(next);
    }
    pointer
}

/// The pointer to the null that is this place or holds it.
fn enclosing_null(root: &Value, place: &str) -> Option<String> {
    let ends = place.match_indices('/').map(|(at, _)| at).skip(1).chain([place.len()]);
    ends.filter_map(|end| place.get(..end))
        .find(|pointer| root.pointer(pointer).is_some_and(Value::is_null))
        .map(str::to_owned)
}

fn contains_null(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(entries) => entries.iter().any(contains_null),
        Value::Object(entries) => entries.values().any(contains_null),
        _ => false,
    }
}
