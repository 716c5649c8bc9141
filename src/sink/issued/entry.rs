//! One entry of one mapping of a YAML file, replaced or added; every other byte of the file stays as it is, comments too.

use std::fmt::Write as _;

use serde_json::{Map, json};
use serde_yaml::granit_parser::{Event, Parser, Span, StructureStyle};

use crate::model::Json;

/// Where the mapping and its entries are written.
struct Outline {
    /// The line of the mapping's own key, from 0.
    line: usize,
    /// Whether it is written in lines, and not in braces.
    in_lines: bool,
    /// The column of its entries.
    column: Option<usize>,
    /// The entries' names, and the lines of their keys.
    entries: Vec<(String, usize)>,
}

/// All mappings of a file; nothing of an empty one.
///
/// # Errors
/// What is wrong, without a word of the file: it may be a secret.
pub(super) fn parse(text: &str) -> Result<Map<String, Json>, String> {
    // The library's own excerpts would show the lines around an error, secrets included.
    let options = serde_yaml::options! { with_snippet: false };
    let file: Option<Map<String, Json>> = serde_yaml::from_str_with_options(text, options)
        .map_err(|_| "it is no YAML that can be understood".to_owned())?;
    Ok(file.unwrap_or_default())
}

/// `text` with the entry `name` of the mapping `outer` being `value`.
///
/// # Errors
/// Where that cannot be done without touching anything else.
pub(in crate::sink) fn replace(text: &str, outer: &str, name: &str, value: &Json) -> Result<String, String> {
    let mut expected = parse(text)?;
    let mapping = expected.entry(outer).or_insert_with(|| json!({}));
    if mapping.is_null() {
        *mapping = json!({});
    }
    let entries = mapping.as_object_mut().ok_or_else(|| format!("its `{outer}` is no mapping"))?;
    entries.insert(name.to_owned(), value.clone());
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let written = match outline(text, outer) {
        None => {
            let entry = indented(&yaml(&json!({outer: {name: value}}))?, 0);
            join(&[text, &entry])
        }
        Some(outline) if !outline.in_lines => {
            return Err(format!(
                "its `{outer}` is not written in lines, so that nothing can be added without touching the rest"
            ));
        }
        Some(outline) => {
            let own = lines.get(outline.line).map_or(0, |line| indentation(line));
            let column = outline.column.unwrap_or(own + 2);
            let entry = indented(&yaml(&json!({name: value}))?, column);
            let known = outline.entries.iter().find(|(known, _)| known == name).map(|(_, line)| *line);
            let start = known.or_else(|| outline.entries.last().map(|(_, line)| *line)).unwrap_or(outline.line);
            let end = end(&lines, start, if outline.entries.is_empty() { own } else { column });
            let start = if known.is_some() { start } else { end };
            join(&[&lines[..start].concat(), &entry, &lines[end..].concat()])
        }
    };
    let same = parse(&written).is_ok_and(|found| found == expected);
    if same {
        Ok(written)
    } else {
        Err("it is written in a way that cannot be extended without touching the rest".to_owned())
    }
}

/// Pieces of a file, each of which ends with a line end.
fn join(pieces: &[&str]) -> String {
    let mut text = String::new();
    for piece in pieces {
        if !text.is_empty() && !text.ends_with('\n') {
            text.push('\n');
        }
        text.push_str(piece);
    }
    text
}

/// The line behind an entry whose key is at `start` and at `column`, without the blank lines and comments behind it.
fn end(lines: &[&str], start: usize, column: usize) -> usize {
    let empty = |line: &str| matches!(line.trim_start().chars().next(), None | Some('#'));
    let inner = |line: &&&str| empty(line) || indentation(line) > column;
    let length = lines[start + 1..].iter().take_while(inner).count();
    let last = lines[start + 1..start + 1 + length].iter().rposition(|line| !empty(line));
    start + 1 + last.map_or(0, |last| last + 1)
}

fn indentation(line: &str) -> usize {
    line.len() - line.trim_start_matches(' ').len()
}

fn yaml(value: &Json) -> Result<String, String> {
    let options = serde_yaml::ser_options! { folded_wrap_chars: usize::MAX };
    let mut text = String::new();
    serde_yaml::to_fmt_writer_with_options(&mut text, value, options)
        .map_err(|_| "it cannot be written as YAML".to_owned())?;
    Ok(text)
}

fn indented(text: &str, column: usize) -> String {
    text.lines().fold(String::new(), |mut indented, line| {
        // Writing to a string cannot fail.
        let _ = writeln!(indented, "{:column$}{line}", "");
        indented
    })
}

/// Where the mapping `outer` of a file is; nothing if there is none.
fn outline(text: &str, outer: &str) -> Option<Outline> {
    let mut options = serde_yaml::granit_parser::Options::default();
    options.set_emit_comments(false);
    let mut walk = Walk { outer, depth: 0, key: true, found: None, inside: false };
    for event in Parser::new_from_str_with_options(text, options) {
        let (event, span) = event.ok()?;
        walk.take(&event, span);
    }
    walk.found
}

/// A walk through a file's events, as far as its second level.
struct Walk<'a> {
    outer: &'a str,
    depth: usize,
    /// Whether a key comes next, at the first two levels.
    key: bool,
    found: Option<Outline>,
    /// Whether the value of `outer` comes next, or is being walked through.
    inside: bool,
}

impl Walk<'_> {
    fn take(&mut self, event: &Event<'_>, span: Span) {
        let (line, column) = (span.start.line().saturating_sub(1), span.start.col());
        match event {
            Event::MappingStart(style, ..) => {
                if let (1, true, Some(found)) = (self.depth, self.inside, &mut self.found) {
                    found.in_lines = *style == StructureStyle::Block;
                }
                self.enter();
            }
            Event::SequenceStart(..) => self.enter(),
            Event::MappingEnd | Event::SequenceEnd => {
                self.depth -= 1;
                // No key is a collection: it was a value.
                self.key = true;
            }
            Event::Scalar(value, ..) => {
                match (self.depth, self.key) {
                    (1, true) => {
                        self.inside = *value == self.outer;
                        if self.inside {
                            self.found = Some(Outline { line, in_lines: true, column: None, entries: Vec::new() });
                        }
                    }
                    (2, true) if self.inside => {
                        if let Some(found) = &mut self.found {
                            found.column.get_or_insert(column);
                            found.entries.push((value.to_string(), line));
                        }
                    }
                    _ => {}
                }
                self.turn();
            }
            Event::Alias(_) => self.turn(),
            _ => {}
        }
    }

    fn enter(&mut self) {
        self.depth += 1;
        self.key = true;
    }

    /// A key is followed by its value, and a value by the next key.
    fn turn(&mut self) {
        self.key = !self.key;
    }
}
