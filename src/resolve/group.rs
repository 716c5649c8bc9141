//! What a declared group means, and who is in it.

use super::grants::Grants;
use super::name;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::model::declared::At;
use crate::spec::{Ensure, access};

/// A group as declared, with grants resolved.
#[derive(Clone)]
pub struct Group {
    /// What is written.
    pub group: access::Group,
    /// Its grants, if the document speaks of them.
    pub grants: Option<Grants>,
    /// The attribute that holds grants in this realm.
    pub grant_attribute: String,
}

/// A user in a group, as either side declares it.
#[derive(Clone, Copy)]
pub struct Membership {
    /// Whether the user shall be in the group.
    pub ensure: Ensure,
}

/// The names on a path such as `/acme/operators`; nothing when it is none.
pub(super) fn names(path: &str, at: &At, diagnostics: &mut Diagnostics) -> Option<Vec<String>> {
    let Some(rest) = path.strip_prefix('/').filter(|rest| !rest.is_empty()) else {
        let message = format!("`{path}` is not the path of a group");
        let diagnostic = Diagnostic::error(at.source(), message);
        diagnostics
            .push(diagnostic.help("write a `/` before the name of each group, outermost first: `/acme/operators`"));
        return None;
    };
    let names: Vec<String> = rest.split('/').map(str::to_owned).collect();
    for part in &names {
        name::check(part, name::KEYCLOAK, at, diagnostics);
    }
    Some(names)
}
