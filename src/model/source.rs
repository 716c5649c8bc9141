//! Where something was written: files, places in them, and the places of every field of a document.
//!
//! Nothing is read or parsed here; `spec::load` builds these values.

#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::cmp::Ordering;
use std::fmt;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A text that was read, without its byte order mark.
pub struct File {
    /// The path as the operator gave it; `-` is standard input.
    pub path: PathBuf,
    /// The whole text; empty when it could not be read.
    pub text: String,
    /// Byte ranges that must never be shown, in order.
    hidden: Vec<Range<usize>>,
}

impl File {
    /// A file in which everything may be shown.
    #[must_use]
    pub fn new(path: impl Into<PathBuf>, text: impl Into<String>) -> Self {
        Self { path: path.into(), text: text.into(), hidden: Vec::new() }
    }

    /// The same file; these byte ranges of its text are never shown.
    #[must_use]
    pub fn hiding(mut self, mut ranges: Vec<Range<usize>>) -> Self {
        ranges.sort_by_key(|range| (range.start, range.end));
        self.hidden = ranges;
        self
    }

    /// Byte ranges that must never be shown, in order; they may overlap.
    #[must_use]
    pub fn hidden(&self) -> &[Range<usize>] {
        &self.hidden
    }

    /// What to call this file when speaking to the operator.
    #[must_use]
    pub fn name(&self) -> Cow<'_, str> {
        if self.path == Path::new("-") { "<stdin>".into() } else { self.path.to_string_lossy() }
    }
}

/// A place in a file; cheap to clone. Places are ordered by file, line and column.
#[derive(Clone)]
pub struct Source {
    /// The file.
    pub file: Arc<File>,
    /// The line, from 1; 0 when the file as a whole is meant.
    pub line: usize,
    /// The column in characters, from 1; 0 when the file as a whole is meant.
    pub column: usize,
    /// The bytes of the file's text that are meant.
    pub span: Range<usize>,
}

impl Source {
    /// The file as a whole.
    #[must_use]
    pub fn whole(file: Arc<File>) -> Self {
        Self { file, line: 0, column: 0, span: 0..0 }
    }

    /// A place that the loader found.
    pub(crate) fn marked(file: Arc<File>, mark: Mark) -> Self {
        Self { file, line: mark.line, column: mark.column, span: mark.start..mark.end }
    }

    fn key(&self) -> (&Path, usize, usize, usize, usize) {
        (&self.file.path, self.line, self.column, self.span.start, self.span.end)
    }
}

impl PartialEq for Source {
    fn eq(&self, other: &Self) -> bool {
        self.key() == other.key()
    }
}

impl Eq for Source {}

impl PartialOrd for Source {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Source {
    fn cmp(&self, other: &Self) -> Ordering {
        self.key().cmp(&other.key())
    }
}

impl fmt::Display for Source {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            0 => write!(formatter, "{}", self.file.name()),
            line => write!(formatter, "{}:{line}:{}", self.file.name(), self.column),
        }
    }
}

impl fmt::Debug for Source {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

/// A place in a text that is not yet a [`File`]: bytes, line and column, the latter two from 1.
#[derive(Clone, Copy, Default)]
pub(crate) struct Mark {
    pub(crate) start: usize,
    pub(crate) end: usize,
    pub(crate) line: usize,
    pub(crate) column: usize,
}

/// One value of a document: where it and its key are written.
#[derive(Default)]
pub(crate) struct Node {
    /// Its key, when it is the value of one.
    pub(crate) name: Option<Arc<str>>,
    pub(crate) key: Option<Mark>,
    pub(crate) value: Mark,
    /// Entries of a sequence in their order, or of a mapping sorted by name; positions in [`Positions`].
    pub(crate) children: Vec<usize>,
}

/// Every value of a document; the first is the document itself.
#[derive(Default)]
pub(crate) struct Positions(pub(crate) Vec<Node>);

impl Positions {
    /// The value at this JSON pointer, or the deepest written one on the way to it; and whether it is there.
    fn find(&self, pointer: &str) -> (Option<&Node>, bool) {
        let mut node = self.0.first();
        for token in pointer.split('/').skip(1) {
            let token = token.replace("~1", "/").replace("~0", "~");
            match node.and_then(|parent| self.child(parent, &token)) {
                Some(child) => node = Some(child),
                None => {
                    return (node.and_then(|parent| self.child(parent, "<<")).or(node), false);
                }
            }
        }
        (node, true)
    }

    fn child(&self, parent: &Node, token: &str) -> Option<&Node> {
        let named = |index: &usize| self.0.get(*index).and_then(|node| node.name.as_deref());
        let first = parent.children.first()?;
        let position = match named(first) {
            Some(_) => parent.children.partition_point(|index| named(index) < Some(token)),
            None => token.parse().ok()?,
        };
        let node = self.0.get(*parent.children.get(position)?)?;
        node.name.as_deref().is_none_or(|name| name == token).then_some(node)
    }
}

/// A document's place in its file; answers where each field of it was written. Cheap to clone.
#[derive(Clone)]
pub struct Origin {
    file: Arc<File>,
    positions: Arc<Positions>,
}

impl Origin {
    pub(crate) fn new(file: Arc<File>, positions: Positions) -> Self {
        Self { file, positions: Arc::new(positions) }
    }

    /// Whether both are the place of one document.
    #[must_use]
    pub fn is(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.positions, &other.positions)
    }

    /// The file of the document.
    #[must_use]
    pub fn file(&self) -> &Arc<File> {
        &self.file
    }

    /// Where the value at this JSON pointer (`/spec/users/0/email`) starts.
    ///
    /// A value that is not written (absent, or null by leaving it out) is answered by its key or its nearest
    /// written ancestor, one that an alias or a merge key brings in by that alias.
    #[must_use]
    pub fn at(&self, pointer: &str) -> Source {
        let (node, _) = self.positions.find(pointer);
        let value = node.map(|node| node.value).unwrap_or_default();
        let unwritten = value.start == value.end;
        self.source(node.and_then(|node| node.key).filter(|_| unwritten).unwrap_or(value))
    }

    /// Where the key of the entry at this JSON pointer is written; else as [`Origin::at`].
    #[must_use]
    pub fn key_at(&self, pointer: &str) -> Source {
        match self.positions.find(pointer) {
            (Some(Node { key: Some(key), .. }), true) => self.source(*key),
            _ => self.at(pointer),
        }
    }

    /// The value at this JSON pointer as it is spelled in the file, when it is a scalar written there.
    pub(crate) fn spelling(&self, pointer: &str) -> Option<&str> {
        let (Some(node), true) = self.positions.find(pointer) else {
            return None;
        };
        let text = self.file.text.get(node.value.start..node.value.end)?;
        (node.children.is_empty() && !text.is_empty() && !text.starts_with('*')).then_some(text)
    }

    pub(crate) fn source(&self, mark: Mark) -> Source {
        Source::marked(Arc::clone(&self.file), mark)
    }
}
