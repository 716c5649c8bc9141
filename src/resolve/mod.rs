//! What the documents mean: references found, addresses and defaults derived, names checked. Pure; every problem of
//! every document at once; nothing here asks a server.

pub mod application_credential;
pub mod client_scope;
pub mod client_secret;
pub mod grants;
pub mod group;
pub mod identity_provider;
pub mod local;
pub mod login;
pub mod merge;
pub mod modes;
pub mod people;
pub mod renames;
pub mod role_mapping;
pub mod sink;
pub mod site;
pub mod tenants;
pub mod user;

mod access;
mod attributes;
mod client;
mod hidden_secret;
mod name;
mod realm;
mod realm_identity_provider;
mod realm_settings;
mod role;
pub(crate) mod settings;
mod user_profile;

use std::collections::BTreeMap;
use std::path::Path;

use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::model::address::KeycloakKind;
use crate::model::declared::{At, Declared};
use crate::model::wanted::{LinkSweep, Mode, Sweep, Swept};
use crate::secret::SecretRef;
use crate::spec::{self, Document, Documents, environment};
use application_credential::Credential;
use client_scope::Assignment;
use client_secret::ClientSecret;
use group::{Group, Membership};
use identity_provider::Door;
use local::Account;
use modes::Modes;
use renames::Rename;
use role_mapping::RoleMapping;
use site::{Environment, Realm};
use user::Person;

/// One environment and all that is declared in it.
pub struct Resolved {
    /// The environment.
    pub environment: Environment,
    /// Its realms.
    pub realms: Vec<Realm>,
    /// What is done about the sections of its documents.
    pub modes: Modes,
    /// Collections of which a document says everything, each with a project that it is about.
    pub sweeps: Vec<Declared<Sweep>>,
    /// Things in Keystone of whose links a document says everything.
    pub link_sweeps: Vec<Declared<LinkSweep>>,
    /// Objects that had other names before.
    pub renames: Vec<Rename>,
    /// Keystone domains.
    pub domains: Vec<Declared<environment::Domain>>,
    /// Keystone roles.
    pub roles: Vec<Declared<environment::Role>>,
    /// Keystone roles that others imply.
    pub implied_roles: Vec<Declared<environment::ImpliedRole>>,
    /// Keystone mappings.
    pub mappings: Vec<Declared<environment::Mapping>>,
    /// Keystone projects.
    pub projects: Vec<Declared<spec::access::Project>>,
    /// Keystone identity providers.
    pub identity_providers: Vec<Declared<Door>>,
    /// Their protocols.
    pub protocols: Vec<Declared<Door>>,
    /// Groups of Keystone's own.
    pub local_groups: Vec<Declared<spec::local::LocalGroup>>,
    /// Users of Keystone's own.
    pub local_users: Vec<Declared<Account>>,
    /// Users in groups of Keystone's own.
    pub local_memberships: Vec<Declared<spec::local::LocalMember>>,
    /// Roles of Keystone's own users and groups.
    pub role_assignments: Vec<Declared<spec::local::RoleAssignment>>,
    /// Realms of which something is said beyond what is in them.
    pub keycloak_realms: Vec<Declared<spec::realm::Realm>>,
    /// User profiles of realms.
    pub user_profiles: Vec<Declared<spec::realm::UserProfile>>,
    /// Clients.
    pub clients: Vec<Declared<spec::client::Client>>,
    /// Client scopes.
    pub client_scopes: Vec<Declared<spec::client_scope::ClientScope>>,
    /// How clients have them, and how new clients get them.
    pub assigned_scopes: Vec<Declared<Assignment>>,
    /// Roles that tokens may carry by a scope.
    pub scope_mappings: Vec<Declared<RoleMapping>>,
    /// Protocol mappers in dedicated scopes and client scopes.
    pub protocol_mappers: Vec<Declared<spec::client::ProtocolMapper>>,
    /// Identity providers of realms.
    pub realm_identity_providers: Vec<Declared<spec::realm_identity_provider::RealmIdentityProvider>>,
    /// Their mappers.
    pub identity_provider_mappers: Vec<Declared<spec::realm_identity_provider::IdentityProviderMapper>>,
    /// Groups.
    pub groups: Vec<Declared<Group>>,
    /// Users.
    pub users: Vec<Declared<Person>>,
    /// Users in groups.
    pub memberships: Vec<Declared<Membership>>,
    /// Groups that every new user of a realm is put into.
    pub default_groups: Vec<Declared<Membership>>,
    /// Roles of realms.
    pub realm_roles: Vec<Declared<spec::role::Role>>,
    /// Roles of clients.
    pub client_roles: Vec<Declared<spec::role::Role>>,
    /// Roles that others contain.
    pub composites: Vec<Declared<RoleMapping>>,
    /// Roles of users, groups and service accounts.
    pub role_mappings: Vec<Declared<RoleMapping>>,
    /// Application credentials.
    pub application_credentials: Vec<Declared<Credential>>,
    /// Secrets of clients that are delivered or made anew.
    pub client_secrets: Vec<Declared<ClientSecret>>,
}

impl Resolved {
    /// Whether every grant under this key goes that no document lists, of users and of groups of the realm.
    #[must_use]
    pub fn sweeps_grants(&self, realm: &str, key: &str) -> bool {
        let sweeps = |of: KeycloakKind| {
            self.sweeps.iter().any(
                |Declared { value: Sweep { realm: its, kind, of: swept, mode, source: _ }, .. }| {
                    let holds = matches!(swept, Swept::Items { keys, .. } if keys.contains(key));
                    holds && its == realm && *kind == of && *mode == Mode::Manage
                },
            )
        };
        sweeps(KeycloakKind::User) && sweeps(KeycloakKind::Group)
    }

    /// A warning, if Access documents can speak of everything.
    #[must_use]
    pub fn is_open_to_all(&self) -> Option<Diagnostic> {
        let speaks = !(self.projects.is_empty()
            && self.groups.is_empty()
            && self.users.is_empty()
            && self.local_groups.is_empty()
            && self.local_users.is_empty()
            && self.role_assignments.is_empty());
        let warning = || {
            let place = self.environment.at.source();
            Diagnostic::warning(place, "every Access document may speak of every project, group and role").help(
                "say in `tenants` what each may speak of, so that one tenant cannot grant itself another's projects",
            )
        };
        (speaks && self.environment.tenants.is_none()).then(warning)
    }
}

/// The environment called `chosen`, or the only one, and all that is declared in it. Nothing when that cannot be
/// told; what is wrong is added to `diagnostics`.
#[must_use]
pub fn resolve(documents: Documents, chosen: Option<&str>, diagnostics: &mut Diagnostics) -> Option<Resolved> {
    let Documents { environments, realms, accesses, application_credentials, known } = documents;
    once_each(&environments, "Environment", diagnostics);
    once_each(&realms, "Realm", diagnostics);
    once_each(&accesses, "Access", diagnostics);
    once_each(&application_credentials, "ApplicationCredential", diagnostics);
    for (named, at) in references(&realms, &accesses, &application_credentials) {
        name::refers_to(named, "Environment", known.as_deref(), &at, diagnostics);
    }
    let environment = choose(environments, chosen, diagnostics)?;
    let environment_name = environment.name.clone();
    let mut resolved = site::environment(environment, diagnostics)?;
    let elsewhere: BTreeMap<String, At> = realms
        .iter()
        .filter(|document| document.spec.environment != environment_name)
        .map(|document| (document.name.clone(), document.at().field("environment")))
        .collect();
    for document in realms.into_iter().filter(|document| document.spec.environment == environment_name) {
        realm::resolve(document, &mut resolved, diagnostics);
    }
    resolved.realms.sort_by(|one, other| one.realm.cmp(&other.realm));
    for document in accesses.into_iter().filter(|document| document.spec.environment == environment_name) {
        realm_is_here(&document.spec.realm, &document.at().field("realm"), known.as_deref(), &elsewhere, diagnostics);
        let (name, at) = (document.name.clone(), document.at());
        access::resolve(document, &mut resolved, diagnostics);
        if let Some(tenants) = &resolved.environment.tenants {
            tenants.check(&name, &at, &resolved, diagnostics);
        }
    }
    for document in application_credentials.into_iter().filter(|document| document.spec.environment == environment_name)
    {
        if let Some(realm) = &document.spec.owner.realm {
            let at = document.at().field("owner").field("realm");
            realm_is_here(realm, &at, known.as_deref(), &elsewhere, diagnostics);
        }
        application_credential::resolve(document, &mut resolved, diagnostics);
    }
    sink::contested(&resolved, diagnostics);
    access::contested(&resolved, diagnostics);
    local::contested(&resolved, diagnostics);
    name::check_case(&resolved.domains, diagnostics);
    name::check_case(&resolved.roles, diagnostics);
    name::check_case(&resolved.projects, diagnostics);
    name::check_case(&resolved.local_groups, diagnostics);
    name::check_case(&resolved.local_users, diagnostics);
    people::check(&resolved, diagnostics);
    resolved.renames = renames::all(&resolved, diagnostics);
    Some(resolved)
}

/// Complains about a reference to a Realm document that is not there, or is one of the environments `elsewhere`.
fn realm_is_here(
    realm: &str,
    at: &At,
    known: Option<&[(String, String)]>,
    elsewhere: &BTreeMap<String, At>,
    diagnostics: &mut Diagnostics,
) {
    name::refers_to(realm, "Realm", known, at, diagnostics);
    if let Some(other) = elsewhere.get(realm) {
        let message = format!("Realm document `{realm}` belongs to another environment");
        diagnostics.push(Diagnostic::error(at.source(), message).also(other.source(), "to this one"));
    }
}

/// The references of documents to their environments.
fn references<'a>(
    realms: &'a [Document<spec::realm::Realm>],
    accesses: &'a [Document<spec::access::Access>],
    credentials: &'a [Document<spec::application_credential::ApplicationCredential>],
) -> impl Iterator<Item = (&'a str, At)> {
    let of_realms = realms.iter().map(|document| (document.spec.environment.as_str(), document.at()));
    let of_accesses = accesses.iter().map(|document| (document.spec.environment.as_str(), document.at()));
    let of_credentials = credentials.iter().map(|document| (document.spec.environment.as_str(), document.at()));
    of_realms.chain(of_accesses).chain(of_credentials).map(|(name, at)| (name, at.field("environment")))
}

/// Complains about documents of one kind and one name.
fn once_each<T>(documents: &[Document<T>], kind: &str, diagnostics: &mut Diagnostics) {
    for (index, document) in documents.iter().enumerate() {
        if let Some(first) = documents[..index].iter().find(|first| first.name == document.name) {
            let message = format!("a second {kind} document named `{}`", document.name);
            let diagnostic = Diagnostic::error(document.named_at().source(), message)
                .also(first.named_at().source(), "the first one")
                .help("put both into one document, or give one another name");
            diagnostics.push(diagnostic);
        }
    }
}

/// The environment that is meant. Where there is none at all, each document's reference to it is complained about.
fn choose(
    mut environments: Vec<Document<environment::Environment>>,
    chosen: Option<&str>,
    diagnostics: &mut Diagnostics,
) -> Option<Document<environment::Environment>> {
    let meant = |document: &Document<environment::Environment>| chosen.is_none_or(|chosen| chosen == document.name);
    let names = || environments.iter().map(|document| document.name.as_str()).collect::<Vec<_>>().join(", ");
    let first = environments.first()?;
    let message = match (chosen, environments.iter().filter(|document| meant(document)).count()) {
        (_, 1) => return environments.iter().position(meant).map(|index| environments.swap_remove(index)),
        (Some(chosen), 0) => format!("the spec has no environment `{chosen}`, only {}", names()),
        _ => format!("the spec has several environments: {}", names()),
    };
    let diagnostic = Diagnostic::error(first.named_at().source(), message);
    diagnostics.push(diagnostic.help("choose one of them with --environment NAME"));
    None
}

/// A reference to a secret that is followed from anywhere: what is relative in it is relative to the document.
fn anchored(reference: &SecretRef, directory: &Path) -> SecretRef {
    match reference {
        SecretRef::Env(_) | SecretRef::SecretKeyRef(_) => reference.clone(),
        SecretRef::File(path) => SecretRef::File(directory.join(path)),
        SecretRef::Command(argv) => SecretRef::Command(argv.anchored(directory)),
    }
}

#[cfg(test)]
mod tests;
