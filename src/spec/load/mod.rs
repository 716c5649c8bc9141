//! Files to documents, and a document to its type; every problem of every file at once, with its place.
//!
//! Strict: an unknown field, a key written twice, a null, a wrong type is an error. Nothing here knows what a spec
//! says; the types are the callers'.

mod concealed;
mod document;
mod files;
mod header;
mod path;
mod position;
mod reader;
mod syntax;
#[cfg(test)]
mod tests;
mod typed;
mod words;

use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::Value;

use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::model::source::{File, Origin, Source};
use position::{Duplicate, Index};

pub use header::API_VERSION;
pub(crate) use header::MAX_NAME;
pub use typed::parse;

/// Problems of one kind that are shown of one document.
const MAX_PROBLEMS: usize = 100;

/// A document whose kind is known, as it was written.
pub struct Loaded {
    /// `apiVersion`: always [`API_VERSION`].
    pub api_version: String,
    /// `kind`: one of the kinds that [`read`] was given.
    pub kind: String,
    /// `metadata.name`; what was written there even if it is no valid name, empty if nothing was.
    pub name: String,
    /// The whole document. It may contain nulls, which have been reported.
    pub value: Value,
    /// Where each field is written.
    pub origin: Origin,
    /// The directory of the file, to which paths in the document are relative; `.` for standard input.
    pub directory: PathBuf,
}

/// Read files, directories (recursively `*.yaml` and `*.yml`, sorted, without hidden ones) and `-`.
///
/// All problems of all files go to `diagnostics`. A document with problems is returned nevertheless if it can be read
/// and its kind is one of `kinds`, so that [`parse`] finds the rest; none may be used when there are errors.
pub fn read(
    paths: &[PathBuf],
    standard_input: impl Read,
    kinds: &[&str],
    diagnostics: &mut Diagnostics,
) -> Vec<Loaded> {
    let texts = files::read(paths, standard_input, diagnostics);
    texts.into_iter().flat_map(|text| documents(text, kinds, diagnostics)).collect()
}

fn documents(files::Text { path, text }: files::Text, kinds: &[&str], diagnostics: &mut Diagnostics) -> Vec<Loaded> {
    let documents = document::split(&text);
    let mut indices: Vec<Index> = documents.iter().map(|document| position::index(&text, document)).collect();
    let hidden = indices.iter_mut().flat_map(|index| std::mem::take(&mut index.hidden)).collect();
    let directory = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let directory = directory.to_owned();
    let file = Arc::new(File::new(path, text).hiding(hidden));
    if indices.iter().all(Index::is_empty) {
        diagnostics.push(Diagnostic::error(Source::whole(Arc::clone(&file)), "there is no document in this file"));
    }

    let mut loaded = Vec::new();
    for (document, index) in documents.iter().zip(indices).filter(|(_, index)| !index.is_empty()) {
        let origin = Origin::new(Arc::clone(&file), index.positions);
        push_bounded(index.duplicates.iter().map(|found| duplicate(&origin, found)), diagnostics);
        let value = index.failure.map_or_else(|| document::value(&file.text, document), Err);
        match value {
            Ok(value) => loaded.extend(header::check(value, origin, directory.clone(), kinds, diagnostics)),
            Err(failure) => {
                let mut diagnostic = Diagnostic::error(origin.source(failure.mark), failure.message);
                diagnostic.help = failure.help;
                diagnostics.push(diagnostic);
            }
        }
    }
    loaded
}

fn duplicate(origin: &Origin, found: &Duplicate) -> Diagnostic {
    let place = path::place(&found.path);
    let message = if found.concealed {
        format!("duplicate key {place}")
    } else {
        format!("duplicate key `{}` {place}", found.key)
    };
    Diagnostic::error(origin.source(found.again), message).also(origin.source(found.first), "first written here")
}

/// Add these problems of one document, but not endlessly many.
fn push_bounded(mut problems: impl Iterator<Item = Diagnostic>, diagnostics: &mut Diagnostics) {
    diagnostics.extend(problems.by_ref().take(MAX_PROBLEMS));
    diagnostics.extend(problems.next().map(|next| too_many(next.source)));
}

/// Says that there are more problems from here on.
fn too_many(source: Source) -> Diagnostic {
    Diagnostic::error(source, format!("more than {MAX_PROBLEMS} problems in this document; the rest is not shown"))
}
