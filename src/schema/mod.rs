//! What is generated from the types of [`crate::spec`]: schemas for editors, definitions for clusters, and a page for
//! people; and, for the repository's files, the schemas of what programs are told. Nothing here knows a single field: the types say what there is, the backends what becomes of it.

pub mod crd;
pub mod json;
pub mod reference;

use crate::report;
use crate::spec::KINDS;

/// A generated file.
pub struct File {
    /// Its path, from the root of the repository.
    pub path: String,
    /// Its content.
    pub text: String,
}

/// All files of the repository that are generated.
#[must_use]
pub fn files() -> Vec<File> {
    let file = |path: &str, text: String| File { path: path.to_owned(), text };
    let schemas = [
        file("schemas/opcp.schema.json", json::text(&json::schema(json::Draft::Newest, &KINDS))),
        file("schemas/opcp.draft-07.schema.json", json::text(&json::schema(json::Draft::Seven, &KINDS))),
        file("schemas/reference.md", reference::page(&KINDS)),
    ];
    let crds = KINDS.into_iter().map(|kind| {
        let path = format!("manifests/crds/{}.yaml", kind.to_lowercase());
        File { path, text: crd::text(&[kind]) }
    });
    let told = report::json::schemas().map(|(name, schema)| {
        let path = format!("schemas/{name}.schema.json");
        File { path, text: json::text(schema.as_value()) }
    });
    schemas.into_iter().chain(crds).chain(told).collect()
}
