//! What is wrong with a value, in an operator's words. A value that may be a secret is never repeated.

use serde_json::Value;

use super::reader::Problem;
use super::{Loaded, concealed, path};
use crate::diagnostic::Diagnostic;

/// Characters of a value that are repeated in a message.
const MAX_SHOWN: usize = 60;
const SECRET_HELP: &str = "give a reference: `{env: NAME}` or `{file: PATH}`";

/// The finding for a problem at this pointer; for an unknown or missing field, that of the mapping.
pub(super) fn diagnostic(loaded: &Loaded, pointer: &str, problem: &Problem) -> Diagnostic {
    match problem {
        Problem::UnknownField { name, known } => unknown(loaded, pointer, name, known),
        Problem::MissingField(name) => missing(loaded, pointer, name),
        Problem::Expected(expected) => mismatch(loaded, pointer, expected),
        Problem::UnknownWord { .. } if concealed::is_concealed(pointer) => mismatch(loaded, pointer, "a secret"),
        Problem::UnknownWord { known } => {
            let (word, found) = match loaded.value.pointer(pointer) {
                Some(Value::Object(entries)) => {
                    let key = entries.keys().next().map_or("", String::as_str);
                    (key, format!("`{}`", cut(key)))
                }
                value => (value.and_then(Value::as_str).unwrap_or_default(), found(loaded, pointer)),
            };
            let finding = at(loaded, pointer, &format!("expected one of {}, found {found}", list(known)));
            let spelling = loaded.origin.spelling(pointer).filter(|spelling| known.contains(spelling));
            match (nearest(word, known), spelling) {
                (Some(nearest), _) => finding.help(format!("did you mean `{nearest}`?")),
                // A number or a boolean that looks like a word.
                (None, Some(spelling)) => finding.help(format!("write it in quotes: \"{spelling}\"")),
                (None, None) => finding,
            }
        }
        Problem::Other(message) if message.starts_with("relative URL") => {
            at(loaded, pointer, "this is no address").help("write it whole: `https://keystone.example.com`")
        }
        Problem::Other(message) => {
            let secret = loaded.value.pointer(pointer).and_then(Value::as_str);
            let secret = secret.filter(|text| concealed::is_concealed(pointer) && !text.is_empty());
            at(loaded, pointer, &secret.map_or_else(|| message.clone(), |secret| message.replace(secret, "****")))
        }
    }
}

fn unknown(loaded: &Loaded, pointer: &str, name: &str, known: &[&str]) -> Diagnostic {
    let entry = path::join(pointer, name);
    let place = path::place(&path::of(&loaded.value, pointer));
    let spelled = path::of(&loaded.value, &entry);
    let message = if spelled.ends_with("****") {
        format!("unknown field {place}")
    } else {
        format!("unknown field `{name}` {place}")
    };
    Diagnostic::error(loaded.origin.key_at(&entry), message).help(suggestion(name, known, "the fields here are"))
}

/// The finding for a field that is not there.
pub(super) fn missing(loaded: &Loaded, pointer: &str, name: &str) -> Diagnostic {
    let place = path::place(&path::of(&loaded.value, pointer));
    Diagnostic::error(loaded.origin.at(pointer), format!("missing field `{name}` {place}"))
}

fn mismatch(loaded: &Loaded, pointer: &str, expected: &str) -> Diagnostic {
    let value = loaded.value.pointer(pointer).unwrap_or(&Value::Null);
    let text = value.as_str();
    let secret = concealed::is_concealed(pointer) || expected.to_lowercase().contains("secret");
    if secret && !matches!(value, Value::Object(_) | Value::Array(_)) {
        return at(loaded, pointer, "a secret is given by reference, never written here").help(SECRET_HELP).conceal();
    }
    let wanted = if secret { "a reference to a secret" } else { wanted(expected) };
    let finding = at(loaded, pointer, &format!("expected {wanted}, found {}", found(loaded, pointer)));
    let help = match (expected, value) {
        _ if secret => SECRET_HELP.to_owned(),
        ("a string", Value::Number(_) | Value::Bool(_)) => {
            let spelling = loaded.origin.spelling(pointer).map_or_else(|| value.to_string(), str::to_owned);
            format!("write it in quotes: \"{}\"", cut(&spelling))
        }
        (expected, Value::Number(number)) if expected.starts_with("a duration") => {
            format!("say the unit as well: `{number}s`")
        }
        ("a boolean", Value::String(_)) if matches!(text, Some("true" | "false")) => "remove the quotes".to_owned(),
        ("a boolean", Value::String(_)) => "write `true` or `false`, without quotes".to_owned(),
        ("a sequence", Value::String(_) | Value::Number(_) | Value::Bool(_)) => {
            "a list is written `[one, two]`, or as a line `- one` for each entry".to_owned()
        }
        _ if text.is_some_and(|text| text.parse::<f64>().is_ok()) && wanted.contains("number") => {
            "remove the quotes".to_owned()
        }
        _ => return finding,
    };
    finding.help(help)
}

/// A finding at a value, beginning with the path.
fn at(loaded: &Loaded, pointer: &str, message: &str) -> Diagnostic {
    let path = path::of(&loaded.value, pointer);
    let message = if path.is_empty() { message.to_owned() } else { format!("{path}: {message}") };
    Diagnostic::error(loaded.origin.at(pointer), message)
}

/// What `serde` calls a type, in the words of the guide to YAML.
fn wanted(expected: &str) -> &str {
    match expected {
        "a boolean" => "true or false",
        "a string" | "path string" => "text",
        "a string representing an URL" => "an address",
        "a sequence" => "a list",
        "a map" => "a mapping",
        "u8" => "a whole number from 0 to 255",
        "u16" => "a whole number from 0 to 65535",
        "u32" => "a whole number from 0 to 4294967295",
        "u64" | "usize" => "a whole number, not negative",
        "i8" | "i16" | "i32" | "i64" | "isize" => "a whole number",
        "f32" | "f64" => "a number",
        other if other.starts_with("struct ") => "a mapping",
        other => other,
    }
}

/// What is at this pointer, as far as it may be shown.
pub(super) fn found(loaded: &Loaded, pointer: &str) -> String {
    match loaded.value.pointer(pointer) {
        None | Some(Value::Null) => "nothing".to_owned(),
        Some(Value::Array(_)) => "a list".to_owned(),
        Some(Value::Object(_)) => "a mapping".to_owned(),
        Some(_) if concealed::is_concealed(pointer) => "a value that is not shown".to_owned(),
        Some(Value::Bool(value)) => value.to_string(),
        Some(Value::Number(number)) => {
            let spelling = loaded.origin.spelling(pointer).map_or_else(|| number.to_string(), str::to_owned);
            format!("the number {}", cut(&spelling))
        }
        Some(Value::String(text)) => format!("the string {:?}", cut(text)),
    }
}

/// As much of a text as fits in a message.
pub(super) fn cut(text: &str) -> String {
    match text.char_indices().nth(MAX_SHOWN) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}

/// Help with a word that is none of the known ones: the nearest, or all of them.
pub(super) fn suggestion(word: &str, known: &[&str], lead: &str) -> String {
    match nearest(word, known) {
        Some(nearest) => format!("did you mean `{nearest}`?"),
        None => format!("{lead} {}", list(known)),
    }
}

/// The known word that is probably meant: at most every third character differs.
pub(super) fn nearest<'a>(word: &str, known: &[&'a str]) -> Option<&'a str> {
    // Of numbers, the nearest means nothing.
    word.chars().find(|character| character.is_alphabetic())?;
    let lower = word.to_lowercase();
    let distance = |candidate: &str| strsim::osa_distance(&lower, &candidate.to_lowercase());
    let allowed = (word.chars().count() / 3).min(3);
    let nearest = known.iter().copied().min_by_key(|candidate| distance(candidate))?;
    (distance(nearest) <= allowed).then_some(nearest)
}

/// `a`, `b` and so on.
pub(super) fn list(words: &[&str]) -> String {
    let quoted: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
    quoted.join(", ")
}
