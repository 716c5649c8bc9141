//! Paths of fields: as JSON pointers between stages, as `spec.clients[0].name` for the operator.

use std::fmt::Write as _;

use serde_json::Value;

use super::concealed;

/// One step from a value to a value in it.
#[derive(Clone, Copy)]
pub(super) enum Step<'a> {
    /// To the value of a key.
    Key(&'a str),
    /// To an entry of a list, from 0.
    Index(usize),
}

/// The pointer to the entry `key` of the value at `pointer`.
pub(super) fn join(pointer: &str, key: &str) -> String {
    format!("{pointer}/{}", key.replace('~', "~0").replace('/', "~1"))
}

/// The last key of a pointer, as it is written in a document.
pub(super) fn last(pointer: &str) -> String {
    let token = pointer.rsplit('/').next().unwrap_or_default();
    token.replace("~1", "/").replace("~0", "~")
}

/// The path as the operator would say it; empty for the document itself. Keys that may be secrets are replaced.
pub(super) fn spell<'a>(steps: impl IntoIterator<Item = Step<'a>>) -> String {
    let mut path = String::new();
    let mut inside = false;
    for step in steps {
        // Writing to a string cannot fail.
        let _ = match step {
            Step::Index(index) => write!(path, "[{index}]"),
            Step::Key(key) if inside && !concealed::is_vocabulary(key) => write!(path, ".****"),
            Step::Key(key) if !key.is_empty() && key.chars().all(is_word) => {
                write!(path, "{}{key}", if path.is_empty() { "" } else { "." })
            }
            Step::Key(key) => write!(path, "[{key:?}]"),
        };
        if let Step::Key(key) = step {
            inside = concealed::names_secret(key) || (inside && concealed::goes_on(key));
        }
    }
    path
}

fn is_word(character: char) -> bool {
    character.is_alphanumeric() || "_-<$".contains(character)
}

/// The path of this pointer into `document`.
pub(super) fn of(document: &Value, pointer: &str) -> String {
    let tokens: Vec<String> = pointer.split('/').skip(1).map(last).collect();
    let mut value = Some(document);
    let steps = tokens.iter().map(|token| match value {
        Some(Value::Array(entries)) => {
            let index = token.parse().unwrap_or_default();
            value = entries.get(index);
            Step::Index(index)
        }
        other => {
            value = other.and_then(|parent| parent.get(token));
            Step::Key(token)
        }
    });
    spell(steps)
}

/// Where something is: `in spec.clients[0]`, or `at the top level`.
pub(super) fn place(path: &str) -> String {
    if path.is_empty() { "at the top level".to_owned() } else { format!("in {path}") }
}
