//! The grants of a holder, a user or a group: with their domains, and which of them are the document's to decide.

use std::collections::{BTreeMap, BTreeSet};

use super::name;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::model::address::Address;
use crate::model::declared::At;
use crate::model::source::Source;
use crate::model::value::{Key, Owned};
use crate::model::wanted::Want;
use crate::spec::access;
use crate::spec::grant::{DEFAULT_DOMAIN, Grant};

/// A holder's grants.
#[derive(Clone)]
pub struct Grants {
    /// What the holder shall have.
    pub held: Vec<Grant>,
    /// The keys of all grants that the document decides: those on its own projects, and those held.
    pub owned: BTreeSet<String>,
    /// The domains of those projects; a grant that is already there may name them by id.
    pub domains: BTreeSet<String>,
}

impl Grants {
    /// What is asked of the attribute that holds them.
    #[must_use]
    pub fn want(&self) -> Want {
        Want::Items {
            by: Key::Grant,
            owned: Owned::Keys(self.owned.clone()),
            items: self.held.iter().map(|grant| grant.to_value().into()).collect(),
        }
    }

    /// What must be there before them: the domains, and the granted projects.
    pub fn requires(&self) -> impl Iterator<Item = Address> {
        let domains = self.domains.iter().map(|name| Address::domain(name));
        domains.chain(self.held.iter().map(Grant::project))
    }
}

/// The grants of one holder, whose attributes have values of at most `longest` characters; `own` are the projects
/// that the document declares.
pub(super) fn grants(
    written: &[access::Grant],
    longest: usize,
    own: &BTreeSet<(String, String)>,
    at: &At,
    diagnostics: &mut Diagnostics,
) -> Grants {
    let mut held = Vec::new();
    let mut places = BTreeMap::<String, Source>::new();
    for (index, written) in written.iter().enumerate() {
        let at = at.entry(index);
        let Some(domain) = domain(written, own, &at, diagnostics) else { continue };
        let grant = Grant { domain, project: written.project.clone(), roles: written.roles.iter().cloned().collect() };
        name::check(&grant.project, name::KEYSTONE, &at.field("project"), diagnostics);
        for (index, role) in written.roles.iter().enumerate() {
            name::check(role, name::KEYCLOAK, &at.field("roles").entry(index), diagnostics);
        }
        if let Some(first) = places.insert(grant.key(), at.source()) {
            let message = format!("a second grant on project `{}`", grant.project);
            diagnostics.push(
                Diagnostic::error(at.source(), message)
                    .also(first, "the first one")
                    .help("name all roles in one grant: Keystone would apply only some of them"),
            );
        }
        let length = grant.to_value().chars().count();
        if length > longest {
            let message = format!("this grant takes {length} characters; Keycloak stores at most {longest} here");
            let diagnostic = Diagnostic::error(at.source(), message);
            diagnostics.push(diagnostic.help("name fewer roles: one role can imply others in Keystone"));
        }
        held.push(grant);
    }
    let domains = own.iter().map(|(domain, _)| domain).chain(held.iter().map(|grant| &grant.domain)).cloned().collect();
    let own = own.iter().map(|(domain, project)| key(domain, project));
    let owned = own.chain(held.iter().map(Grant::key)).collect();
    Grants { held, owned, domains }
}

fn key(domain: &str, project: &str) -> String {
    Grant { domain: domain.to_owned(), project: project.to_owned(), roles: BTreeSet::new() }.key()
}

/// The domain of a grant's project: as written, as the document declares the project, else the default one.
fn domain(
    written: &access::Grant,
    own: &BTreeSet<(String, String)>,
    at: &At,
    diagnostics: &mut Diagnostics,
) -> Option<String> {
    if let Some(domain) = &written.domain {
        return Some(domain.clone());
    }
    let declared: Vec<&str> =
        own.iter().filter(|(_, name)| *name == written.project).map(|(domain, _)| domain.as_str()).collect();
    match declared.as_slice() {
        [] => Some(DEFAULT_DOMAIN.to_owned()),
        [domain] => Some((*domain).to_owned()),
        domains => {
            let message =
                format!("project `{}` is declared in several domains: {}", written.project, domains.join(", "));
            diagnostics.push(Diagnostic::error(at.field("project").source(), message).help("say which `domain`"));
            None
        }
    }
}
