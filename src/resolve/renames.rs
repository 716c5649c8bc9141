//! Objects that had another name before: `renamedFrom`.

use std::collections::BTreeMap;

use super::{Resolved, name};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::model::address::Address;
use crate::model::declared::{At, Declared};
use crate::model::source::Source;
use crate::spec::{Ensure, Mode};

/// An object that may still have its old name.
#[derive(Clone, Debug)]
pub struct Rename {
    /// The object, by the name that it shall have.
    pub address: Address,
    /// Its own old name.
    pub from: String,
    /// Where that is said.
    pub source: Source,
}

/// What a declaration says of its object's old name.
struct Said<'a> {
    address: &'a Address,
    at: &'a At,
    from: &'a str,
    ensure: Ensure,
}

/// All objects that had other names before, each once; complains about what cannot have been.
pub(super) fn all(resolved: &Resolved, diagnostics: &mut Diagnostics) -> Vec<Rename> {
    let mut renames = BTreeMap::<&Address, Rename>::new();
    let mut taken = BTreeMap::<Address, Source>::new();
    let declared = declared(resolved);
    for Said { address, at, from, ensure } in said(resolved) {
        let place = at.field("renamedFrom");
        if resolved.modes.of(at) == Mode::Ignore {
            continue;
        }
        name::check(from, name::OLD, &place, diagnostics);
        let old = address.called(from);
        let mut refuse = |message: &str, other: Option<(&Source, &str)>, help: &str| {
            let diagnostic = Diagnostic::error(place.source(), message).help(help);
            diagnostics.push(match other {
                Some((source, label)) => diagnostic.also(source.clone(), label),
                None => diagnostic,
            });
        };
        if ensure == Ensure::Absent {
            refuse("what shall not be there is not renamed", None, "say which name shall not be there, and this not");
        } else if old == *address {
            refuse("this is the name that it has in the spec", None, "say the name that it had before, or nothing");
        } else if let Some(other) = declared.get(&old) {
            let message = format!("{old} is declared as well: it would be renamed and be there");
            let help = "rename first, and declare the other one when that is done; or leave `renamedFrom` out";
            refuse(&message, Some((&other.source(), "here")), help);
        } else if let Some(first) = renames.get(address).filter(|first| first.from != from) {
            let help = "say the name that it has on the server now";
            refuse("another old name of the same object", Some((&first.source, "the first one")), help);
        } else if let Some(first) = taken.get(&old).filter(|_| !renames.contains_key(address)) {
            refuse(&format!("{old} becomes another object already"), Some((first, "here")), "one object has one name");
        } else {
            taken.insert(old, place.source());
            let rename = Rename { address: address.clone(), from: from.to_owned(), source: place.source() };
            renames.entry(address).or_insert(rename);
        }
    }
    renames.into_values().collect()
}

/// Whatever the documents say of old names.
fn said(resolved: &Resolved) -> Vec<Said<'_>> {
    fn of<'a, T>(
        declared: &'a [Declared<T>],
        old: impl Fn(&'a T) -> (Option<&'a String>, Ensure),
    ) -> impl Iterator<Item = Said<'a>> {
        declared.iter().filter_map(move |Declared { address, at, value }| {
            let (from, ensure) = old(value);
            Some(Said { address, at, from: from?, ensure })
        })
    }
    let Resolved { roles, projects, local_groups, local_users, .. } = resolved;
    let Resolved { clients, client_scopes, realm_roles, client_roles, groups, users, .. } = resolved;
    of(roles, |role| (role.renamed_from.as_ref(), role.ensure))
        .chain(of(projects, |project| (project.renamed_from.as_ref(), project.ensure)))
        .chain(of(local_groups, |group| (group.renamed_from.as_ref(), group.ensure)))
        .chain(of(local_users, |account| (account.user.renamed_from.as_ref(), account.user.ensure)))
        .chain(of(clients, |client| (client.renamed_from.as_ref(), client.ensure)))
        .chain(of(client_scopes, |scope| (scope.renamed_from.as_ref(), scope.ensure)))
        .chain(of(realm_roles, |role| (role.renamed_from.as_ref(), role.ensure)))
        .chain(of(client_roles, |role| (role.renamed_from.as_ref(), role.ensure)))
        .chain(of(groups, |group| (group.group.renamed_from.as_ref(), group.group.ensure)))
        .chain(of(users, |person| (person.user.renamed_from.as_ref(), person.user.ensure)))
        .collect()
}

/// Where the objects are declared that can be renamed.
fn declared(resolved: &Resolved) -> BTreeMap<&Address, &At> {
    fn of<T>(declared: &[Declared<T>]) -> impl Iterator<Item = (&Address, &At)> {
        declared.iter().map(|declared| (&declared.address, &declared.at))
    }
    let Resolved { roles, projects, local_groups, local_users, .. } = resolved;
    let Resolved { clients, client_scopes, realm_roles, client_roles, groups, users, .. } = resolved;
    of(roles)
        .chain(of(projects))
        .chain(of(local_groups))
        .chain(of(local_users))
        .chain(of(clients))
        .chain(of(client_scopes))
        .chain(of(realm_roles))
        .chain(of(client_roles))
        .chain(of(groups))
        .chain(of(users))
        .collect()
}
