//! Where every value of a document is written: one pass over the parser's events.
//!
//! The same pass finds what the value itself can no longer show: keys written twice, and what may be a secret.

use std::collections::HashSet;
use std::ops::Range;
use std::sync::Arc;

use serde_yaml::granit_parser::{Event, Parser, ScalarStyle, Span, StructureStyle};

use super::concealed;
use super::document::Document;
use super::path::{self, Step};
use super::syntax;
use crate::model::source::{Mark, Node, Positions};

/// How deep values may be nested. The spec language needs 10; the rest is for settings.
pub(super) const MAX_DEPTH: usize = 32;

/// What is known about a document without its value.
#[derive(Default)]
pub(super) struct Index {
    /// Where everything is; of a document that failed, up to there.
    pub(super) positions: Positions,
    /// Keys that are written more than once in a mapping.
    pub(super) duplicates: Vec<Duplicate>,
    /// Byte ranges of the file that may be secrets.
    pub(super) hidden: Vec<Range<usize>>,
    /// Why it cannot be read at all.
    pub(super) failure: Option<Failure>,
}

impl Index {
    /// Whether there is nothing in the document, or nothing but an unwritten null.
    pub(super) fn is_empty(&self) -> bool {
        let root = self.positions.0.first();
        self.failure.is_none() && root.is_none_or(|root| root.children.is_empty() && root.value.start == root.value.end)
    }
}

/// A key that is written again.
pub(super) struct Duplicate {
    /// The path of the mapping, as the operator would say it.
    pub(super) path: String,
    pub(super) key: Arc<str>,
    /// Where it is written again, and where first.
    pub(super) again: Mark,
    pub(super) first: Mark,
    /// The key itself may be a secret.
    pub(super) concealed: bool,
}

/// An error that makes a document unreadable.
pub(super) struct Failure {
    pub(super) mark: Mark,
    pub(super) message: String,
    pub(super) help: Option<String>,
}

/// What is said of depth without an end.
pub(super) fn too_deep() -> String {
    format!("values are nested deeper than {MAX_DEPTH} levels")
}

/// A mapping or sequence that is still open.
struct Frame {
    node: usize,
    mapping: bool,
    /// The key whose value comes next.
    key: Option<(Arc<str>, Mark)>,
    /// Everything in it may be a secret.
    concealed: bool,
}

struct Indexer<'a> {
    text: &'a str,
    document: &'a Document,
    index: Index,
    frames: Vec<Frame>,
    names: HashSet<Arc<str>>,
}

/// Index one document of `text`.
pub(super) fn index(text: &str, document: &Document) -> Index {
    let part = text.get(document.area.clone()).unwrap_or_default();
    let mut options = serde_yaml::granit_parser::Options::default();
    options.set_emit_comments(false);
    let mut indexer = Indexer { text, document, index: Index::default(), frames: Vec::new(), names: HashSet::new() };
    for event in Parser::new_from_str_with_options(part, options) {
        let result = event.map_err(|error| {
            let mark = indexer.mark(Span::new(*error.marker(), *error.marker()));
            let character = text.get(mark.start..).and_then(|rest| rest.chars().next());
            let (message, help) = syntax::words(error.kind(), character);
            Failure { mark, message, help }
        });
        if let Err(failure) = result.and_then(|(event, span)| indexer.take(event, span)) {
            indexer.fail(failure);
            break;
        }
    }
    indexer.index
}

impl Indexer<'_> {
    fn take(&mut self, event: Event<'_>, span: Span) -> Result<(), Failure> {
        match event {
            Event::Scalar(value, style, ..) => self.scalar(&value, style, span)?,
            Event::Alias(_) => {
                let mark = self.mark(span);
                self.refuse_as_key(mark)?;
                self.add(mark);
            }
            Event::MappingStart(style, ..) => self.open(style, span, true)?,
            Event::SequenceStart(style, ..) => self.open(style, span, false)?,
            Event::MappingEnd | Event::SequenceEnd => self.close(span),
            _ => {}
        }
        Ok(())
    }

    fn scalar(&mut self, value: &str, style: ScalarStyle, span: Span) -> Result<(), Failure> {
        let mark = self.mark(span);
        let awaits_key = self.frames.last().filter(|frame| frame.mapping && frame.key.is_none());
        if let Some(concealed) = awaits_key.map(|frame| frame.concealed) {
            if mark.start == mark.end && style == ScalarStyle::Plain {
                let message = "a key is missing before this `:`".to_owned();
                return Err(Failure { mark, message, help: None });
            }
            if concealed && !concealed::is_vocabulary(value) {
                self.index.hidden.push(mark.start..mark.end);
            }
            let name = self.name(value);
            if let Some(frame) = self.frames.last_mut() {
                frame.key = Some((name, mark));
            }
            return Ok(());
        }
        // A text that begins with `!` or `&` is the tag or the anchor of an empty value, and hidden as well.
        if self.value_is_concealed() {
            let key = self.frames.last().and_then(|frame| frame.key.as_ref()).map(|(_, key)| key.end);
            let start =
                key.map_or(span.tag_start().map_or(mark.start, |tag| self.mark(Span::empty(tag)).start), |end| {
                    let between = self.text.get(end..mark.start).unwrap_or_default();
                    mark.start - between.trim_start_matches([' ', '\t', ':']).len()
                });
            self.index.hidden.push(start..mark.end);
        }
        self.add(mark);
        Ok(())
    }

    /// Whether the scalar that comes next may be a secret.
    fn value_is_concealed(&self) -> bool {
        self.frames.last().is_some_and(|frame| match &frame.key {
            Some((name, _)) if frame.concealed => !concealed::is_reference(name),
            Some((name, _)) => concealed::names_secret(name),
            None => frame.concealed,
        })
    }

    fn open(&mut self, style: StructureStyle, span: Span, mapping: bool) -> Result<(), Failure> {
        let mut mark = self.mark(span);
        if style == StructureStyle::Block {
            // A block has no bracket; until its first key is known, one character stands for it.
            mark.end = mark.start + 1;
        }
        self.refuse_as_key(mark)?;
        if self.frames.len() >= MAX_DEPTH {
            return Err(Failure { mark, message: too_deep(), help: None });
        }
        let concealed = self.frames.last().is_some_and(|frame| match &frame.key {
            Some((name, _)) => concealed::names_secret(name) || (frame.concealed && concealed::goes_on(name)),
            None => frame.concealed,
        });
        let key = None;
        let node = self.add(mark);
        self.frames.push(Frame { node, mapping, key, concealed });
        Ok(())
    }

    fn close(&mut self, span: Span) {
        let Some(frame) = self.frames.pop() else {
            return;
        };
        let end = self.mark(span).end;
        let nodes = &mut self.index.positions.0;
        let mut children = nodes.get_mut(frame.node).map(|node| std::mem::take(&mut node.children)).unwrap_or_default();
        let name = |index: &usize| nodes.get(*index).and_then(|node| node.name.clone());
        let key = |index: &usize| nodes.get(*index).and_then(|node| node.key);
        let first = children.first().and_then(key).map(|mark| mark.end);
        let mut repeated = Vec::new();
        if frame.mapping {
            // Stable: of equal keys the one written first comes first, and is the one that `Positions` finds.
            children.sort_by_cached_key(name);
            for same in children.chunk_by(|one, other| name(one) == name(other)) {
                let mut marks = same.iter().filter_map(key);
                if let (Some(name), Some(first)) = (same.first().and_then(name), marks.next()) {
                    repeated.extend(marks.map(|again| (Arc::clone(&name), again, first)));
                }
            }
        }
        if let Some(node) = nodes.get_mut(frame.node) {
            let bracket = self.text.get(node.value.start..).is_some_and(|text| text.starts_with(['{', '[']));
            node.value.end = if bracket { end } else { first.unwrap_or(node.value.end) };
            node.children = children;
        }
        let path = if repeated.is_empty() { String::new() } else { self.path() };
        self.index.duplicates.extend(repeated.into_iter().map(|(key, again, first)| {
            let concealed = frame.concealed && !concealed::is_vocabulary(&key);
            Duplicate { path: path.clone(), key, again, first, concealed }
        }));
    }

    /// Add the value that comes next, with its key, to what is open.
    fn add(&mut self, value: Mark) -> usize {
        let position = self.index.positions.0.len();
        let mut node = Node { value, ..Node::default() };
        if let Some(frame) = self.frames.last_mut() {
            if let Some((name, key)) = frame.key.take() {
                node.name = Some(name);
                node.key = Some(key);
            }
            if let Some(parent) = self.index.positions.0.get_mut(frame.node) {
                parent.children.push(position);
            }
        }
        self.index.positions.0.push(node);
        position
    }

    /// A mapping, sequence or alias where a key should be.
    fn refuse_as_key(&self, mark: Mark) -> Result<(), Failure> {
        if self.frames.last().is_none_or(|frame| !frame.mapping || frame.key.is_some()) {
            return Ok(());
        }
        let bracket = self.text.get(mark.start.saturating_sub(1)..).is_some_and(|text| text.starts_with("{{"));
        let help =
            bracket.then(|| "`{{ … }}` is no template here; write it in quotes if it is meant as text".to_owned());
        Err(Failure { mark, message: "a key must be text".to_owned(), help })
    }

    /// The path of the value that is open.
    fn path(&self) -> String {
        path::spell(self.frames.iter().map(|frame| {
            let children = self.index.positions.0.get(frame.node).map_or(0, |node| node.children.len());
            let last = self.index.positions.0.get(frame.node).and_then(|node| node.children.last());
            let name = last.and_then(|last| self.index.positions.0.get(*last)).and_then(|node| node.name.as_deref());
            name.map_or(Step::Index(children.saturating_sub(1)), Step::Key)
        }))
    }

    fn fail(&mut self, failure: Failure) {
        let pending = self.frames.last().filter(|_| self.value_is_concealed());
        if let Some((_, key)) = pending.and_then(|frame| frame.key.as_ref()) {
            self.index.hidden.push(key.end..self.document.area.end);
        }
        self.index.hidden.extend(concealed::in_text(self.text, self.document.area.clone()));
        self.index.failure = Some(failure);
    }

    fn name(&mut self, name: &str) -> Arc<str> {
        if let Some(known) = self.names.get(name) {
            return Arc::clone(known);
        }
        let name: Arc<str> = name.into();
        self.names.insert(Arc::clone(&name));
        name
    }

    fn mark(&self, span: Span) -> Mark {
        let base = self.document.area.start;
        let limit = self.document.area.len();
        let start = span.start.byte_offset().unwrap_or(limit).min(limit);
        let end = span.end.byte_offset().unwrap_or(limit).clamp(start, limit);
        Mark {
            start: base + start,
            end: base + end,
            line: self.document.line + span.start.line().saturating_sub(1),
            column: span.start.col() + 1,
        }
    }
}
