//! What all documents have in common: `apiVersion`, `kind`, `metadata`; and that nothing in them is null.

use std::path::PathBuf;

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::Value;

use super::{Loaded, path, push_bounded, typed, words};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::model::source::Origin;

/// The only version of the spec language.
pub const API_VERSION: &str = "opcp.dev/v1alpha1";

/// The most characters of a name, as in Kubernetes.
pub(crate) const MAX_NAME: usize = 253;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Header {
    #[expect(dead_code, reason = "only its presence and type are checked here")]
    api_version: String,
    #[expect(dead_code, reason = "only its presence and type are checked here")]
    kind: String,
    #[expect(dead_code, reason = "only its presence and type are checked here")]
    metadata: Metadata,
    #[expect(dead_code, reason = "the kind decides whether there must be one")]
    spec: Option<IgnoredAny>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Metadata {
    #[expect(dead_code, reason = "only its presence and type are checked here")]
    name: String,
}

/// Check the header of a document; nothing is returned if its kind remains unknown.
pub(super) fn check(
    value: Value,
    origin: Origin,
    directory: PathBuf,
    kinds: &[&str],
    diagnostics: &mut Diagnostics,
) -> Option<Loaded> {
    let text = |pointer: &str| value.pointer(pointer).and_then(Value::as_str).unwrap_or_default().to_owned();
    let (api_version, kind, name) = (text("/apiVersion"), text("/kind"), text("/metadata/name"));
    let loaded = Loaded { api_version, kind, name, value, origin, directory };

    if !loaded.value.is_object() {
        let found = words::found(&loaded, "");
        let message = format!("expected a document with apiVersion, kind, metadata and spec, found {found}");
        diagnostics.push(Diagnostic::error(loaded.origin.at(""), message));
        return None;
    }
    if !loaded.api_version.is_empty() && loaded.api_version != API_VERSION {
        // Another tool's document: its fields are not judged.
        let message = format!("apiVersion: expected `{API_VERSION}`, found {}", words::found(&loaded, "/apiVersion"));
        diagnostics.push(Diagnostic::error(loaded.origin.at("/apiVersion"), message));
        return None;
    }
    push_bounded(nulls(&loaded).into_iter(), diagnostics);
    let _: Option<Header> = typed::parse(&loaded, "", diagnostics);
    if loaded.value.pointer("/metadata/name").is_some_and(Value::is_string) && !is_name(&loaded.name) {
        let message = format!("metadata.name: {} is not a valid name", words::found(&loaded, "/metadata/name"));
        diagnostics.push(Diagnostic::error(loaded.origin.at("/metadata/name"), message).help(format!(
            "lower-case letters, digits, `-` and `.`, with a letter or digit at both ends, at most {MAX_NAME} characters"
        )));
    }
    if !loaded.kind.is_empty() && !kinds.contains(&loaded.kind.as_str()) {
        let message = format!("kind: there is no kind {:?}", words::cut(&loaded.kind));
        let help = words::suggestion(&loaded.kind, kinds, "the kinds are");
        diagnostics.push(Diagnostic::error(loaded.origin.at("/kind"), message).help(help));
    }
    kinds.contains(&loaded.kind.as_str()).then_some(loaded)
}

fn is_name(name: &str) -> bool {
    let is_inner = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9');
    name.len() <= MAX_NAME
        && name.bytes().all(|byte| is_inner(byte) || matches!(byte, b'-' | b'.'))
        && name.bytes().next().is_some_and(is_inner)
        && name.bytes().next_back().is_some_and(is_inner)
}

/// One problem for each null of the document; one that several aliases repeat counts once.
fn nulls(loaded: &Loaded) -> Vec<Diagnostic> {
    let mut pointers = Vec::new();
    collect_nulls(&loaded.value, String::new(), &mut pointers);
    let mut nulls: Vec<Diagnostic> = pointers
        .iter()
        .map(|pointer| {
            let message = format!("{} has no value (null)", path::of(&loaded.value, pointer));
            Diagnostic::error(loaded.origin.key_at(pointer), message).help(
                "what is absent is not managed: remove the line, or give it a value (`\"\"`, `[]` and `{}` say empty)",
            )
        })
        .collect();
    nulls.dedup_by(|one, other| one.source == other.source);
    nulls
}

fn collect_nulls(value: &Value, pointer: String, nulls: &mut Vec<String>) {
    match value {
        Value::Null => nulls.push(pointer),
        Value::Array(entries) => {
            for (index, entry) in entries.iter().enumerate().filter(|(_, entry)| may_contain_null(entry)) {
                collect_nulls(entry, format!("{pointer}/{index}"), nulls);
            }
        }
        Value::Object(entries) => {
            for (key, entry) in entries.iter().filter(|(_, entry)| may_contain_null(entry)) {
                collect_nulls(entry, path::join(&pointer, key), nulls);
            }
        }
        _ => {}
    }
}

/// Spares the pointers of all the values that are none and contain none.
fn may_contain_null(value: &Value) -> bool {
    matches!(value, Value::Null | Value::Array(_) | Value::Object(_))
}
