//! Something that the spec declares, with its address and the place where each of its fields is written.

use std::collections::BTreeMap;

use super::Json;
use super::address::Address;
use super::path::Path;
use super::source::{Origin, Source};
use super::spelling::Spelling;
use super::value::{Key, Owned, Value};
use super::wanted::{Field, Want};

/// A declaration with all its names resolved.
#[derive(Clone)]
pub struct Declared<T> {
    /// What it is about.
    pub address: Address,
    /// Where it is written.
    pub at: At,
    /// What is written.
    pub value: T,
}

/// A place in a document.
#[derive(Clone)]
pub struct At {
    origin: Origin,
    pointer: String,
}

impl At {
    /// The place at a JSON pointer into the document of `origin`.
    #[must_use]
    pub fn new(origin: &Origin, pointer: &str) -> Self {
        Self { origin: origin.clone(), pointer: pointer.to_owned() }
    }

    /// The place of a field below this one.
    #[must_use]
    pub fn field(&self, name: &str) -> Self {
        let name = name.replace('~', "~0").replace('/', "~1");
        Self { origin: self.origin.clone(), pointer: format!("{}/{name}", self.pointer) }
    }

    /// The place of an entry of a list.
    #[must_use]
    pub fn entry(&self, index: usize) -> Self {
        self.field(&index.to_string())
    }

    /// Whether this place is `outer`, or below it.
    #[must_use]
    pub fn is_within(&self, outer: &Self) -> bool {
        let below = || self.pointer.strip_prefix(outer.pointer.as_str());
        self.origin.is(&outer.origin) && below().is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }

    /// File, line and column; those of the nearest enclosing place that is written, for what is not.
    #[must_use]
    pub fn source(&self) -> Source {
        self.origin.at(&self.pointer)
    }
}

/// Collects the fields of one declaration: what is absent is not ours.
pub struct Fields<'a> {
    at: &'a At,
    fields: Vec<Field>,
}

impl<'a> Fields<'a> {
    /// No fields yet; those to come are written at `at`.
    #[must_use]
    pub fn at(at: &'a At) -> Self {
        Self { at, fields: Vec::new() }
    }

    /// The field `word` has this value, if it is declared.
    #[must_use]
    pub fn is(self, word: &str, path: Path, spelling: Spelling, value: Option<impl Into<Json>>) -> Self {
        let value = value.map(|value| Want::Is(Value::Json(spelling.server(&value.into()))));
        self.push(word, path, spelling, value)
    }

    /// The field `word` says what the object's address says.
    #[must_use]
    pub fn identity(self, word: &str, path: Path, value: Value) -> Self {
        self.undeclared(word, path, Want::Identity(value))
    }

    /// The field `word` has this value when the object is created, declared or not.
    #[must_use]
    pub fn once(self, word: &str, path: Path, value: impl Into<Json>) -> Self {
        self.undeclared(word, path, Want::Once(Value::Json(value.into())))
    }

    fn undeclared(mut self, word: &str, path: Path, want: Want) -> Self {
        let word = word.to_owned();
        self.fields.push(Field { word, path, spelling: Spelling::Same, want, source: None });
        self
    }

    /// The value list `word` holds just these, if it is declared.
    #[must_use]
    pub fn values(self, word: &str, path: Path, values: Option<&Vec<String>>) -> Self {
        let items = |values: &Vec<String>| values.iter().map(|value| Value::Json(value.as_str().into())).collect();
        let want = values.map(|values| Want::Items { by: Key::Whole, owned: Owned::All, items: items(values) });
        self.push(word, path, Spelling::Same, want)
    }

    /// Each entry of the map `word` is a value list of its own below `path`.
    #[must_use]
    pub fn value_lists(mut self, word: &str, path: &Path, lists: Option<&BTreeMap<String, Vec<String>>>) -> Self {
        for (name, values) in lists.into_iter().flatten() {
            let items = values.iter().map(|value| Value::Json(value.as_str().into())).collect();
            self.fields.push(Field {
                word: format!("{word}.{name}"),
                path: path.child(name),
                spelling: Spelling::Same,
                want: Want::Items { by: Key::Whole, owned: Owned::All, items },
                source: Some(self.at.field(word).field(name).source()),
            });
        }
        self
    }

    /// The field `word`, which may be within others as `outer.inner`, is asked for in this way, if it is declared.
    #[must_use]
    pub fn push(mut self, word: &str, path: Path, spelling: Spelling, want: Option<Want>) -> Self {
        let source = Some(word.split('.').fold(self.at.clone(), |at, word| at.field(word)).source());
        self.fields.extend(want.map(|want| Field { word: word.to_owned(), path, spelling, want, source }));
        self
    }

    /// The collected fields.
    #[must_use]
    pub fn into_vec(self) -> Vec<Field> {
        self.fields
    }
}
