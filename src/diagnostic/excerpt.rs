//! The one line of a file that a finding shows: cut to a readable width, hidden parts replaced.
//!
//! The renderer derives the column from the text it is given. So what is cut away or replaced in front of the mark is
//! made up for by spaces, and the mark stays in its true column.

use std::ops::Range;

use crate::model::source::Source;

/// Characters kept before and after the start of the mark.
const BEFORE: usize = 50;
const AFTER: usize = 70;
/// What stands for a hidden part, whatever its length.
const HIDDEN: &str = "****";
/// What stands for a part that was cut away.
const CUT: char = '…';

/// A line to show.
pub(super) struct Excerpt {
    /// What to show of the line.
    pub(super) text: String,
    /// The bytes of `text` to mark.
    pub(super) mark: Range<usize>,
}

impl Excerpt {
    /// The line at this place; nothing when the file has no text there.
    pub(super) fn of(source: &Source, concealed: bool) -> Option<Self> {
        let text = source.file.text.as_str();
        let (before, after) = text.split_at_checked(source.span.start).filter(|_| !text.is_empty())?;
        let middle = before.len();
        let line_start = before.rfind(['\n', '\r']).map_or(0, |at| at + 1);
        let line_end = after.find(['\n', '\r']).map_or(text.len(), |at| middle + at);
        let start = before.char_indices().rev().take(BEFORE).last().map_or(middle, |(at, _)| at).max(line_start);
        let end = after.char_indices().nth(AFTER).map_or(text.len(), |(at, _)| middle + at).min(line_end);

        let pieces = pieces(text, start..end, &hidden(source, concealed));
        let first = pieces.partition_point(|(bytes, _)| bytes.end <= middle);
        let (prefix, rest) = pieces.split_at(first);
        let marked = rest.iter().take_while(|(bytes, _)| bytes.start < source.span.end).map(|(_, shown)| shown.len());
        let length: usize = marked.sum();

        let prefix: String = prefix.iter().map(|(_, shown)| *shown).collect();
        let mut shown = aligned(&prefix, start > line_start, source.column.saturating_sub(1));
        let mark = shown.len()..shown.len() + length;
        shown.extend(rest.iter().map(|(_, shown)| *shown));
        if end < line_end {
            shown.push(CUT);
        }
        Some(Self { text: shown, mark })
    }
}

/// The hidden parts of the file, in order and without overlap.
fn hidden(source: &Source, concealed: bool) -> Vec<Range<usize>> {
    let mut ranges = source.file.hidden().to_vec();
    if concealed {
        ranges.push(source.span.clone());
    }
    ranges.sort_by_key(|range| range.start);
    let mut merged: Vec<Range<usize>> = Vec::new();
    for range in ranges {
        match merged.last_mut() {
            Some(last) if range.start <= last.end => last.end = last.end.max(range.end),
            _ => merged.push(range),
        }
    }
    merged
}

/// The characters of these bytes, a hidden part counting as one, each with the bytes it stands for.
fn pieces<'a>(text: &'a str, bytes: Range<usize>, hidden: &[Range<usize>]) -> Vec<(Range<usize>, &'a str)> {
    let mut pieces = Vec::new();
    let mut at = bytes.start;
    while at < bytes.end {
        let next = hidden.get(hidden.partition_point(|range| range.end <= at));
        let (end, shown) = if let Some(range) = next.filter(|range| range.start <= at) {
            (range.end.min(bytes.end), HIDDEN)
        } else {
            let rest = text.get(at..bytes.end).unwrap_or_default();
            let length = rest.chars().next().map_or(rest.len().max(1), char::len_utf8);
            (at + length, rest.get(..length).unwrap_or_default())
        };
        pieces.push((at..end, shown));
        at = end;
    }
    pieces
}

/// What stands before the mark, made exactly `width` characters long at its left end.
fn aligned(prefix: &str, cut: bool, width: usize) -> String {
    let length = prefix.chars().count() + usize::from(cut);
    let surplus = length.saturating_sub(width);
    let mut aligned = " ".repeat(width.saturating_sub(length));
    if cut || surplus > 0 {
        aligned.push(CUT);
    }
    let dropped = if surplus > 0 { surplus + usize::from(!cut) } else { 0 };
    aligned.extend(prefix.chars().skip(dropped));
    aligned
}
