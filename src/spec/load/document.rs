//! A text to its documents, a document to its value.
//!
//! Documents are cut apart before they are parsed, so that an error in one leaves the others readable. That is exact:
//! YAML takes a line that begins with `---` or `...` for a marker wherever it stands, even within quotes.

use std::ops::Range;

use serde_json::Value;
use serde_yaml::options::DuplicateKeyPolicy;
use serde_yaml::{Error, MessageFormatter as _, Options, UserMessageFormatter};

use super::position::{Failure, MAX_DEPTH};
use crate::model::source::Mark;

/// One document of a text.
pub(super) struct Document {
    /// Its bytes.
    pub(super) area: Range<usize>,
    /// The number of its first line, from 1.
    pub(super) line: usize,
}

/// The lines of this part of a text, counted from 0, without their line break.
pub(super) fn lines(text: &str, area: Range<usize>) -> impl Iterator<Item = (usize, Range<usize>)> {
    let mut next = Some(area.start);
    std::iter::from_fn(move || {
        let start = next?;
        let rest = text.get(start..area.end)?;
        let length = rest.find(['\n', '\r']).unwrap_or(rest.len());
        let ending = rest.get(length..).unwrap_or_default();
        let width = if ending.starts_with("\r\n") { 2 } else { 1 };
        next = (!ending.is_empty()).then_some(start + length + width);
        Some(start..start + length)
    })
    .enumerate()
}

/// Cut a text into its documents; some may be empty. Directives and comments belong to what follows them.
pub(super) fn split(text: &str) -> Vec<Document> {
    let mut documents = Vec::new();
    let (mut start, mut first, mut begun) = (0, 1, false);
    for (index, line) in lines(text, 0..text.len()) {
        let content = text.get(line.clone()).unwrap_or_default();
        if is_marker(content, "---") {
            if begun {
                documents.push(Document { area: start..line.start, line: first });
                (start, first) = (line.start, index + 1);
            }
            begun = true;
        } else if is_marker(content, "...") {
            if begun {
                documents.push(Document { area: start..line.end, line: first });
            }
            (start, first, begun) = (line.end, index + 1, false);
        } else {
            begun |= !matches!(content.trim_start().chars().next(), None | Some('#' | '%'));
        }
    }
    if begun {
        documents.push(Document { area: start..text.len(), line: first });
    }
    documents
}

fn is_marker(line: &str, marker: &str) -> bool {
    line.strip_prefix(marker).is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', '\t']))
}

/// The value of one document that the position index has accepted.
pub(super) fn value(text: &str, document: &Document) -> Result<Value, Failure> {
    let part = text.get(document.area.clone()).unwrap_or_default();
    serde_yaml::from_str_with_options(part, options()).map_err(|error| failure(part, document, &error))
}

/// Strict where YAML 1.1 guesses, bounded where anchors multiply.
fn options() -> Options {
    serde_yaml::options! {
        strict_booleans: true,
        leading_zero_numbers_as_strings: true,
        underscored_numbers_as_strings: true,
        reject_unsupported_tags: true,
        // It would print the neighbouring lines, and with them secrets.
        with_snippet: false,
        emit_comments: false,
        // The position index reports all of them; the rest of the document is checked nevertheless.
        duplicate_keys: DuplicateKeyPolicy::FirstWins,
        alias_limits: serde_yaml::alias_limits! { max_total_replayed_events: 150_000, max_replay_stack_depth: MAX_DEPTH },
        budget: serde_yaml::budget! {
            max_depth: MAX_DEPTH,
            max_events: 20_000_000,
            max_nodes: 20_000_000,
            // One anchor used by each of 10,000 users is legitimate; what aliases produce is bounded above.
            enforce_alias_anchor_ratio: false,
            max_aliases: 100_000,
            max_merge_keys: 100_000,
            max_anchors: 1_000,
        },
    }
}

/// What the library objects to, in our words; it never quotes a value.
fn failure(part: &str, document: &Document, error: &Error) -> Failure {
    let location = error.location();
    let (line, column) = location.map_or((1, 1), |at| (at.line(), at.column()));
    let (line, column) = (usize::try_from(line).unwrap_or(1).max(1), usize::try_from(column).unwrap_or(1).max(1));
    let start = lines(part, 0..part.len()).nth(line - 1).map_or(part.len(), |(_, bytes)| {
        let content = part.get(bytes.clone()).unwrap_or_default();
        bytes.start + content.char_indices().nth(column - 1).map_or(content.len(), |(at, _)| at)
    });
    let start = document.area.start + start;
    let (message, help) = words(error);
    let mark = Mark { start, end: start, line: document.line + line - 1, column };
    Failure { mark, message, help }
}

fn words(error: &Error) -> (String, Option<String>) {
    let (message, help) = match error {
        Error::AliasError { error, .. } | Error::WithSnippet { error, .. } => return words(error),
        Error::UnsupportedTag { .. } => {
            ("this tag is not supported", Some("remove it; YAML tags have no meaning here"))
        }
        Error::NonFiniteFloat { .. } => {
            ("this number is not finite", Some("write it in quotes if it is meant as text"))
        }
        Error::MergeValueNotMapOrSeqOfMaps { .. } => ("a merge key `<<` takes a mapping or a list of mappings", None),
        Error::RecursiveReferencesRequireWeakTypes { .. } => ("an anchor must not contain an alias to itself", None),
        Error::NullIntoString { .. } => ("a key must be text, not null", None),
        Error::Budget { .. }
        | Error::AliasReplayLimitExceeded { .. }
        | Error::AliasReplayStackDepthExceeded { .. }
        | Error::AliasExpansionLimitExceeded { .. } => {
            ("the anchors and aliases of this document expand to too much", Some("write less by aliases"))
        }
        other => {
            return (UserMessageFormatter.format_message(other).into_owned(), None);
        }
    };
    (message.to_owned(), help.map(str::to_owned))
}
