//! What access is worth. Pure: it judges what was looked up elsewhere, and asks nobody.
//!
//! [`promise`] is what the spec gives a person, [`claim`] what a token says, as far as Keystone can read it, and
//! [`cause`] why the one is not the other. Not here: what Keystone makes of a claim.

pub mod cause;
pub mod claim;
pub mod promise;

use std::collections::{BTreeMap, BTreeSet};

/// The roles in each project, by the project's key as in [`Grant::key`](crate::spec::grant::Grant::key).
pub type Roles = BTreeMap<String, BTreeSet<String>>;

/// Adds `roles` in the project `key`.
fn add(to: &mut Roles, key: String, roles: impl IntoIterator<Item = String>) {
    to.entry(key).or_default().extend(roles);
}

/// Roles in projects, in one line for people.
#[must_use]
pub fn in_words(roles: &Roles) -> String {
    let project = |(key, roles): (&String, &BTreeSet<String>)| {
        let roles = roles.iter().map(String::as_str).collect::<Vec<_>>().join(", ");
        format!("{key}: {}", if roles.is_empty() { "(no roles)" } else { &roles })
    };
    let projects: Vec<String> = roles.iter().map(project).collect();
    if projects.is_empty() { "(nothing)".to_owned() } else { projects.join("; ") }
}

/// The roles of `asked` that `given` does not have; a project without such roles is left out.
#[must_use]
pub fn beyond(asked: &Roles, given: &Roles) -> Roles {
    let mut beyond = Roles::new();
    for (key, roles) in asked {
        let had = given.get(key);
        let more: BTreeSet<String> =
            roles.iter().filter(|role| had.is_none_or(|had| !had.contains(*role))).cloned().collect();
        if !more.is_empty() {
            beyond.insert(key.clone(), more);
        }
    }
    beyond
}
