//! Documents of YAML texts, and what the loader and the schemas say of them.

use std::path::{Path, PathBuf};

use jsonschema::Validator;
use opcp_provision::diagnostic::Diagnostics;
use opcp_provision::schema::json::{Draft, schema};
use opcp_provision::spec::load::{self, Loaded};
use opcp_provision::spec::{Documents, KINDS};
use serde_json::Value as Json;

/// The published schemas, ready to be asked.
pub(crate) struct Schemas([(Draft, Validator); 2]);

impl Schemas {
    pub(crate) fn new() -> Self {
        Self(
            [Draft::Newest, Draft::Seven]
                .map(|draft| (draft, jsonschema::validator_for(&schema(draft, &KINDS)).unwrap())),
        )
    }

    /// What each schema has against a document.
    pub(crate) fn complaints(&self, document: &Json) -> [Vec<String>; 2] {
        let complaint = |draft: Draft, error: jsonschema::ValidationError<'_>| {
            format!("{draft:?}: {}: {error}", error.instance_path())
        };
        self.0
            .each_ref()
            .map(|(draft, validator)| validator.iter_errors(document).map(|error| complaint(*draft, error)).collect())
    }
}

/// What stands in the repository below `folder`, in order.
pub(crate) fn files(folder: &str, extension: &str) -> Vec<PathBuf> {
    let mut folders = vec![root().join(folder)];
    let mut found = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|it| it == extension) {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The documents of a text, and what the loader has against them.
pub(crate) fn load(text: &str) -> (Vec<Json>, Diagnostics) {
    let mut complaints = Diagnostics::default();
    let loaded = load::read(&["-".into()], text.as_bytes(), &KINDS, &mut complaints);
    let documents = loaded.iter().map(|Loaded { value, .. }| value.clone()).collect();
    let _typed = Documents::parse(loaded, &mut complaints);
    (documents, complaints)
}
