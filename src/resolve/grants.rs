//! The grants of a holder, a user or a group: with their domains, and which of them are the document's to decide.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::name;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::model::address::Address;
use crate::model::declared::At;
use crate::model::source::Source;
use crate::model::value::{Key, Keys, Owned, Value};
use crate::model::wanted::Want;
use crate::spec::access;
use crate::spec::grant::{DEFAULT_DOMAIN, Grant};

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
    /// What is asked of the attribute that holds them.
    #[must_use]
    pub fn want(&self) -> Want {
        Want::Items {
            by: Key::Grant,
            owned: Owned::Keys(self.owned.clone()),
            items: self.held.iter().map(|grant| Value::Json(grant.to_value().into())).collect(),
        }
    }

    /// What must be there before them: the domains, the granted projects, and the roles. Keystone looks roles up at
    /// each login, and refuses the login for one that it does not find.
    pub fn requires(&self) -> impl Iterator<Item = Address> {
        let domains = self.domains.iter().map(|name| Address::domain(name));
        let projects = self.held.iter().map(Grant::project);
        let roles: BTreeSet<&str> = self.held.iter().flat_map(|grant| &grant.roles).map(String::as_str).collect();
        domains.chain(projects).chain(roles.into_iter().map(Address::role))
    }
}

/// The projects that a document declares: the grants on them are its to decide.
pub(super) struct OwnProjects {
    keys: Arc<BTreeSet<String>>,
    domains: BTreeSet<String>,
    domains_of: BTreeMap<String, BTreeSet<String>>,
}

impl OwnProjects {
    /// Projects, by domain and name, some with the name that they had before: a grant under that would have Keystone make
    /// another project at the next login.
    pub(super) fn new<'a>(projects: impl Iterator<Item = (&'a str, (&'a str, Option<&'a str>))>) -> Self {
        let mut keys = BTreeSet::new();
        let mut domains_of = BTreeMap::<String, BTreeSet<String>>::new();
        for (domain, (name, old)) in projects {
            keys.extend([Some(name), old].into_iter().flatten().map(|name| key(domain, name)));
            domains_of.entry(name.to_owned()).or_default().insert(domain.to_owned());
        }
        let domains = domains_of.values().flatten().cloned().collect();
        Self { keys: Arc::new(keys), domains, domains_of }
    }

    /// The keys of all grants on them.
    pub(super) fn keys(&self) -> Keys {
        Keys::new(&self.keys, [])
    }

    /// The grants of one holder, whose attributes have values of at most `longest` characters.
    pub(super) fn grants(
        &self,
        written: &[access::Grant],
        longest: usize,
        at: &At,
        diagnostics: &mut Diagnostics,
    ) -> Grants {
        let mut held = Vec::new();
        let mut places = BTreeMap::<String, Source>::new();
        for (index, written) in written.iter().enumerate() {
            let at = at.entry(index);
            let Some(grant) = self.grant(written, longest, &at, diagnostics) else { continue };
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

    fn grant(&self, written: &access::Grant, longest: usize, at: &At, diagnostics: &mut Diagnostics) -> Option<Grant> {
        let access::Grant { project, domain, roles } = written;
        let domain = self.domain(project, domain.as_deref(), &at.field("project"), diagnostics)?;
        name::check(project, name::KEYSTONE, &at.field("project"), diagnostics);
        for (index, role) in roles.iter().enumerate() {
            name::check(role, name::ROLE, &at.field("roles").entry(index), diagnostics);
        }
        let grant = Grant { domain, project: project.clone(), roles: roles.iter().cloned().collect() };
        let length = grant.to_value().chars().count();
        if length > longest {
            let message = format!("this grant takes {length} characters; Keycloak stores at most {longest} here");
            let diagnostic = Diagnostic::error(at.source(), message);
            diagnostics.push(diagnostic.help("name fewer roles: one role can imply others in Keystone"));
        }
        Some(grant)
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
