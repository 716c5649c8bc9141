//! What a declared user means: its grants with their domains, and which grants are this document's to decide.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::name;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::model::address::Address;
use crate::model::declared::At;
use crate::model::source::Source;
use crate::model::value::Keys;
use crate::spec::access;
use crate::spec::grant::{DEFAULT_DOMAIN, Grant};

/// A user as declared, with grants resolved.
#[derive(Clone)]
pub struct Person {
    /// What is written.
    pub user: access::User,
    /// Its grants, if the document speaks of them.
    pub grants: Option<Grants>,
    /// The attribute that holds grants in this realm.
    pub grant_attribute: String,
    /// What must be there before the account, besides the granted projects.
    pub requires: Vec<Address>,
}

/// A holder's grants.
#[derive(Clone)]
pub struct Grants {
    /// What the holder shall have.
    pub held: Vec<Grant>,
    /// The keys of all grants that the document decides: those on its own projects, and those held.
    pub owned: Keys,
    /// The domains of those projects; a grant that is already there may name them by id.
    pub domains: BTreeSet<String>,
}

impl Grants {
    /// The names of all roles that are held somewhere. Keystone looks them up at each login, and refuses the login
    /// for one that it does not find.
    #[must_use]
    pub fn roles(&self) -> BTreeSet<&str> {
        self.held.iter().flat_map(|grant| &grant.roles).map(String::as_str).collect()
    }
}

/// The projects that a document declares: the grants on them are its to decide.
pub(super) struct OwnProjects {
    keys: Arc<BTreeSet<String>>,
    domains: BTreeSet<String>,
    domains_of: BTreeMap<String, BTreeSet<String>>,
}

impl OwnProjects {
    /// Projects, by domain and name.
    pub(super) fn new<'a>(projects: impl Iterator<Item = (&'a str, &'a str)>) -> Self {
        let mut keys = BTreeSet::new();
        let mut domains_of = BTreeMap::<String, BTreeSet<String>>::new();
        for (domain, name) in projects {
            keys.insert(key(domain, name));
            domains_of.entry(name.to_owned()).or_default().insert(domain.to_owned());
        }
        let domains = domains_of.values().flatten().cloned().collect();
        Self { keys: Arc::new(keys), domains, domains_of }
    }

    /// The grants of one holder.
    pub(super) fn grants(&self, written: &[access::Grant], at: &At, diagnostics: &mut Diagnostics) -> Grants {
        let mut held = Vec::new();
        let mut places = BTreeMap::<String, Source>::new();
        for (index, written) in written.iter().enumerate() {
            let at = at.entry(index);
            let domain = written.domain.as_deref();
            let domain = self.domain(&written.project, domain, &at.field("project"), diagnostics);
            let Some(domain) = domain else { continue };
            let grant =
                Grant { domain, project: written.project.clone(), roles: written.roles.iter().cloned().collect() };
            name::check(&grant.project, name::KEYSTONE, &at.field("project"), diagnostics);
            for (index, role) in written.roles.iter().enumerate() {
                name::check(role, name::ROLE, &at.field("roles").entry(index), diagnostics);
            }
            if let Some(first) = places.insert(grant.key(), at.source()) {
                let message = format!("a second grant on project `{}`", grant.project);
                diagnostics.push(
                    Diagnostic::error(at.source(), message)
                        .also(first, "the first one")
                        .help("name all roles in one grant: Keystone would apply only some of them"),
                );
            }
            held.push(grant);
        }
        let owned = Keys::new(&self.keys, held.iter().map(Grant::key));
        let domains = self.domains.iter().chain(held.iter().map(|grant| &grant.domain)).cloned().collect();
        Grants { held, owned, domains }
    }

    /// The domain of a project that is named `at` some place: as `written`, as the document declares the project, else
    /// the default one.
    pub(super) fn domain(
        &self,
        project: &str,
        written: Option<&str>,
        at: &At,
        diagnostics: &mut Diagnostics,
    ) -> Option<String> {
        if let Some(domain) = written {
            return Some(domain.to_owned());
        }
        let domains: Vec<&String> = self.domains_of.get(project).into_iter().flatten().collect();
        match domains.as_slice() {
            [] => Some(DEFAULT_DOMAIN.to_owned()),
            [domain] => Some((*domain).clone()),
            domains => {
                let domains = domains.iter().map(|domain| domain.as_str()).collect::<Vec<_>>().join(", ");
                let message = format!("project `{project}` is declared in several domains: {domains}");
                diagnostics.push(Diagnostic::error(at.source(), message).help("say which `domain`"));
                None
            }
        }
    }
}

fn key(domain: &str, project: &str) -> String {
    Grant { domain: domain.to_owned(), project: project.to_owned(), roles: BTreeSet::new() }.key()
}
