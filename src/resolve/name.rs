//! Names: what the servers would refuse, or change without a word, is refused here, with its place.

use std::collections::BTreeMap;

use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::model::declared::{At, Declared};

/// What a server demands of a name.
#[derive(Clone, Copy)]
pub(super) struct Rule {
    server: &'static str,
    longest: usize,
    refused: &'static [char],
    /// Whether it refuses all letters but those of ASCII.
    ascii: bool,
}

/// Names of projects and domains; `;` splits a claim's value on the way to Keystone (seen on 28 to 30).
pub(super) const KEYSTONE: Rule = Rule { server: "Keystone", longest: 64, refused: &[';'], ascii: false };
/// Names of roles; like all of a claim, they are split at `;`.
pub(super) const ROLE: Rule = Rule { server: "Keystone", longest: 255, refused: &[';'], ascii: false };
/// Names of groups of Keystone's own.
pub(super) const GROUP: Rule = Rule { server: "Keystone", longest: 64, refused: &[], ascii: false };
/// Tags of projects and domains.
const TAG: Rule = Rule { server: "Keystone", longest: 255, refused: &[',', '/'], ascii: false };
/// Ids of mappings, identity providers and protocols.
pub(super) const FEDERATION: Rule = Rule { server: "Keystone", longest: 64, refused: &['/'], ascii: false };
/// Names that things had before: whatever a server once took.
pub(super) const OLD: Rule = Rule { server: "a server", longest: 255, refused: &[], ascii: false };
/// Client ids and mappers' names.
pub(super) const KEYCLOAK: Rule = Rule { server: "Keycloak", longest: 255, refused: &[], ascii: false };
/// Names of client scopes: each can be asked for with others, parted by blanks, when a token is (seen on 26.7).
pub(super) const SCOPE: Rule = Rule { server: "Keycloak", longest: 255, refused: &[' ', '"', '\\'], ascii: true };
/// Names of realms: each is a part of addresses.
pub(super) const REALM: Rule = Rule { server: "Keycloak", longest: 255, refused: &['/'], ascii: false };
/// Aliases of a realm's identity providers (seen on 26.7).
pub(super) const ALIAS: Rule = Rule {
    server: "Keycloak",
    longest: 255,
    refused: &[' ', '!', '#', '$', '&', '(', ')', '*', '+', ',', '/', ':', ';', '=', '?', '@', '[', '\\', ']'],
    ascii: false,
};
/// Usernames.
pub(super) const USERNAME: Rule =
    Rule { server: "Keycloak", longest: 255, refused: &[' ', '<', '>', '/', '&', '"'], ascii: false };

/// Complains about a name that its server would refuse or change.
pub(super) fn check(name: &str, rule: Rule, at: &At, diagnostics: &mut Diagnostics) {
    let Rule { server, longest, refused, ascii } = rule;
    let length = name.chars().count();
    let is_refused = |letter: char| refused.contains(&letter) || letter.is_control() || (ascii && !letter.is_ascii());
    let problem = if name.is_empty() {
        "a name cannot be empty".to_owned()
    } else if length > longest {
        format!("this name has {length} characters; {server} stores at most {longest}")
    } else if name.trim() != name {
        "a name cannot begin or end with a blank: the servers disagree about it".to_owned()
    } else if matches!(name, "." | "..") {
        format!("`{name}` cannot be a name: it would lead to another address")
    } else if let Some(letter) = name.chars().find(|letter| is_refused(*letter)) {
        format!("a name cannot hold {letter:?} here")
    } else {
        return;
    };
    diagnostics.push(Diagnostic::error(at.source(), problem));
}

/// Complains about tags, in a field `tags` of what is `at` a place, that Keystone would refuse.
pub(super) fn check_tags(tags: Option<&Vec<String>>, at: &At, diagnostics: &mut Diagnostics) {
    for (index, tag) in tags.into_iter().flatten().enumerate() {
        check(tag, TAG, &at.field("tags").entry(index), diagnostics);
    }
}

/// Complains about names that differ in nothing but upper and lower case: many of Keystone's databases take them for one.
pub(super) fn check_case<T>(declared: &[Declared<T>], diagnostics: &mut Diagnostics) {
    let mut seen = BTreeMap::<String, &Declared<T>>::new();
    for one in declared {
        let first = seen.entry(one.address.to_string().to_lowercase()).or_insert(one);
        if first.address != one.address {
            let message = format!("`{}` differs from another name in case alone", one.address.name());
            let diagnostic = Diagnostic::error(one.at.source(), message).also(first.at.source(), "the other one");
            diagnostics.push(diagnostic.help("Keystone may take both for one: give them different names"));
        }
    }
}

/// Complains about a reference to a document that is not among the `known` ones, given by kind and name.
pub(super) fn refers_to(
    name: &str,
    kind: &str,
    known: Option<&[(String, String)]>,
    at: &At,
    diagnostics: &mut Diagnostics,
) {
    let Some(known) = known else { return };
    let names = || known.iter().filter(|(other, _)| other == kind).map(|(_, name)| name.as_str());
    if names().any(|known| known == name) {
        return;
    }
    let nearest = names()
        .map(|known| (strsim::jaro_winkler(known, name), known))
        .filter(|(likeness, _)| *likeness > 0.7)
        .max_by(|one, other| one.0.total_cmp(&other.0));
    let help = match (nearest, names().next()) {
        (Some((_, nearest)), _) => format!("did you mean `{nearest}`?"),
        (None, Some(_)) => format!("the spec has {}", names().collect::<Vec<_>>().join(", ")),
        (None, None) => format!("the spec has no {kind} document: give the file that holds it with -f, too"),
    };
    let message = format!("there is no {kind} document named `{name}`");
    diagnostics.push(Diagnostic::error(at.source(), message).help(help));
}
