//! Attributes of users and groups: what Keycloak would refuse, or change without a word, is refused here.

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::model::declared::At;

/// What is said of the attributes of one holder.
pub(super) struct Rule<'a> {
    /// The most characters that a value can have.
    pub(super) longest: usize,
    /// Names that have their own word, with that word.
    pub(super) words: &'a [(&'a str, &'a str)],
}

/// Complains about names and values of `attributes`.
pub(super) fn check(
    attributes: Option<&BTreeMap<String, Vec<String>>>,
    rule: &Rule<'_>,
    at: &At,
    diagnostics: &mut Diagnostics,
) {
    for (name, values) in attributes.into_iter().flatten() {
        let at = at.field(name);
        if let Some((_, word)) = rule.words.iter().find(|(known, _)| known == name) {
            let message = format!("`attributes` cannot hold `{name}`: it has its own word, `{word}`");
            diagnostics.push(Diagnostic::error(at.source(), message));
        }
        if name.is_empty() || name.chars().count() > 255 {
            let message = "the name of an attribute has between 1 and 255 characters";
            diagnostics.push(Diagnostic::error(at.source(), message));
        }
        let mut seen = BTreeSet::new();
        for (index, value) in values.iter().enumerate() {
            let length = value.chars().count();
            let problem = if value.trim().is_empty() {
                "a blank value would not be stored".to_owned()
            } else if length > rule.longest {
                format!("this value has {length} characters; Keycloak stores at most {} here", rule.longest)
            } else if !seen.insert(value) {
                "this value is written twice".to_owned()
            } else {
                continue;
            };
            diagnostics.push(Diagnostic::error(at.entry(index).source(), problem));
        }
    }
}
