//! Paths to texts: files, directories and standard input. Knows nothing of YAML.

use std::collections::HashSet;
use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::model::source::{File, Mark, Source};

/// The largest text that is read, in bytes; 10,000 users take about 3 MB.
const MAX_BYTES: u64 = 64 * 1024 * 1024;
/// What some editors write in front of UTF-8.
const BYTE_ORDER_MARK: char = '\u{feff}';

/// A text and where it is from.
pub(super) struct Text {
    pub(super) path: PathBuf,
    pub(super) text: String,
}

/// The texts behind these paths, each file once, in the order of the paths and sorted within a directory.
pub(super) fn read(paths: &[PathBuf], mut standard_input: impl Read, diagnostics: &mut Diagnostics) -> Vec<Text> {
    let mut seen = HashSet::new();
    let mut texts = Vec::new();
    for path in paths {
        if path == Path::new("-") {
            if seen.insert(path.clone()) {
                texts.extend(text(path, &mut standard_input, diagnostics));
            }
            continue;
        }
        let mut files = Vec::new();
        if path.is_dir() {
            collect(path, &mut files, &mut seen, diagnostics);
            if files.is_empty() {
                diagnostics.push(problem(path, "no `*.yaml` or `*.yml` file is in this directory"));
            }
        } else {
            files.push(path.clone());
        }
        for file in files {
            // One file, reached by two paths, is not two documents of one name.
            if seen.insert(fs::canonicalize(&file).unwrap_or_else(|_| file.clone())) {
                match fs::File::open(&file) {
                    Ok(opened) => texts.extend(text(&file, opened, diagnostics)),
                    Err(error) => diagnostics.push(unreadable(&file, &error)),
                }
            }
        }
    }
    texts
}

/// The spec files below a directory, sorted, without hidden ones; a directory reached twice counts once.
fn collect(directory: &Path, files: &mut Vec<PathBuf>, seen: &mut HashSet<PathBuf>, diagnostics: &mut Diagnostics) {
    let entries = fs::canonicalize(directory).and_then(|canonical| {
        if !seen.insert(canonical) {
            return Ok(Vec::new());
        }
        fs::read_dir(directory)?.map(|entry| entry.map(|entry| entry.path())).collect::<io::Result<Vec<_>>>()
    });
    let mut entries = entries.unwrap_or_else(|error| {
        diagnostics.push(unreadable(directory, &error));
        Vec::new()
    });
    entries.sort();
    for entry in entries {
        let hidden = entry.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(b"."));
        let spec = entry.extension().is_some_and(|extension| extension == "yaml" || extension == "yml");
        if hidden {
        } else if entry.is_dir() {
            collect(&entry, files, seen, diagnostics);
        } else if spec {
            files.push(entry);
        }
    }
}

fn text(path: &Path, reader: impl Read, diagnostics: &mut Diagnostics) -> Option<Text> {
    let mut bytes = Vec::new();
    if let Err(error) = reader.take(MAX_BYTES + 1).read_to_end(&mut bytes) {
        diagnostics.push(unreadable(path, &error));
        return None;
    }
    if bytes.len() as u64 > MAX_BYTES {
        diagnostics.push(problem(path, "this file is larger than 64 MiB"));
        return None;
    }
    let text = match String::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => {
            let offset = error.utf8_error().valid_up_to();
            diagnostics.push(not_utf8(path, error.as_bytes(), offset));
            return None;
        }
    };
    let text = text.strip_prefix(BYTE_ORDER_MARK).map(str::to_owned).unwrap_or(text);
    Some(Text { path: path.to_owned(), text })
}

/// The line is named but not shown: it cannot be parsed, so nobody knows what in it is secret.
fn not_utf8(path: &Path, bytes: &[u8], offset: usize) -> Diagnostic {
    let before = String::from_utf8_lossy(bytes.get(..offset).unwrap_or_default());
    let before = before.strip_prefix(BYTE_ORDER_MARK).unwrap_or(&before);
    let (index, line) = super::document::lines(before, 0..before.len()).last().unwrap_or_default();
    let column = before.get(line).unwrap_or_default().chars().count() + 1;
    let mark = Mark { line: index + 1, column, ..Mark::default() };
    let byte = bytes.get(offset).copied().unwrap_or_default();
    let source = Source::marked(Arc::new(File::new(path, "")), mark);
    Diagnostic::error(source, format!("this file is not UTF-8: byte 0x{byte:02x} at offset {offset}"))
        .help("save it in the encoding UTF-8")
}

fn unreadable(path: &Path, error: &io::Error) -> Diagnostic {
    problem(path, &format!("failed to read this path: {error}"))
}

fn problem(path: &Path, message: &str) -> Diagnostic {
    Diagnostic::error(Source::whole(Arc::new(File::new(path, ""))), message)
}
