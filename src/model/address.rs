//! Addresses: the one way to name a thing, on whichever server it lives. Not its id there: see [`Ids`].

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A thing on a server, by its natural key: `keycloak/pod/client/openstack-cli`,
/// `keystone/project/Default/acme-prod`; or a place that credentials are delivered to, `sink/openrc/./acme.sh`. `/` and
/// `%` in names are percent-encoded.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub enum Address {
    /// A thing in a Keycloak realm.
    Keycloak {
        /// The realm.
        realm: String,
        /// What sort of thing.
        kind: KeycloakKind,
        /// Its names, outermost first.
        names: Vec<String>,
    },
    /// A thing in the environment's Keystone.
    Keystone {
        /// What sort of thing.
        kind: KeystoneKind,
        /// Its names, outermost first.
        names: Vec<String>,
    },
    /// A place that credentials are delivered to.
    Sink {
        /// What sort of place.
        kind: SinkKind,
        /// Its names: in a file, before the segments of the file's path, the first of which is `.` where it is relative.
        names: Vec<String>,
    },
}

/// The server-given ids of things; the only place where they live while we run.
pub type Ids = BTreeMap<Address, String>;

/// The sorts of things in a Keycloak realm, in the order in which reports list them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum KeycloakKind {
    /// The realm itself; has no name. Its id is its issuer: what it is to other servers.
    Realm,
    /// The realm's user profile configuration; has no name.
    UserProfile,
    /// A group, by the names on its path.
    Group,
    /// A client scope, by name.
    ClientScope,
    /// A client, by client id.
    Client,
    /// The secret of a client, by client id. Its id is when it was made.
    ClientSecret,
    /// An identity provider of the realm, by alias: a directory whose people can log in to it.
    IdentityProvider,
    /// A mapper of an identity provider of the realm, by the provider's alias and its own name.
    IdentityProviderMapper,
    /// A protocol mapper: in a client's dedicated scope, by client id and mapper name; in a client scope, by the word
    /// `client-scope`, the scope's name and its own.
    ProtocolMapper,
    /// How a client has a client scope, by client id and the scope's name; by the scope's name alone, how new clients of
    /// the realm get it.
    AssignedScope,
    /// A user, by username.
    User,
    /// A user's membership of a group, by the names on the group's path and the username.
    Membership,
    /// A group that every new user is put into, by the names on its path.
    DefaultGroup,
    /// A role of the realm, by name.
    RealmRole,
    /// A role of a client, by client id and name.
    ClientRole,
    /// A role that another one contains, so that who has that one has both: `realm/ops/client/app/reader`,
    /// `client/app/admin/client/app/reader`, the containing role first.
    Composite,
    /// A role that tokens may carry by a scope: `realm/ops/client/app` for the dedicated one of a client,
    /// `client/app/reader/client-scope/projects`.
    ScopeMapping,
    /// The user that a client has for itself, by client id.
    ServiceAccount,
    /// A role of a holder, given to it directly: `realm/offline_access/user/alice`,
    /// `client/realm-management/view-users/group/acme/operators`, `realm/offline_access/service-account/robot`.
    RoleMapping,
}

/// The sorts of things in Keystone, in the order in which reports list them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum KeystoneKind {
    /// A domain, by name.
    Domain,
    /// A role, by name; one of a domain by the domain's name and its own.
    Role,
    /// A role that another one implies, so that who has that one has both: by the name of that one and its own, that of
    /// a role of a domain behind the domain's: `operator/auditor`, `acme/ops/auditor`.
    ImpliedRole,
    /// A project, by domain name and name.
    Project,
    /// A mapping of a federation's people to Keystone's, by id.
    Mapping,
    /// An identity provider, by id.
    IdentityProvider,
    /// A protocol of an identity provider, by the provider's id and its own.
    Protocol,
    /// A group of Keystone's own, by domain name and name.
    Group,
    /// A user of Keystone's own, by domain name and name.
    User,
    /// A user in a group of Keystone's own: by domain name and name of the group, and those of the user.
    Membership,
    /// A role of a user or a group on a project or a domain: `user/Default/bob/project/Default/acme-prod/member`,
    /// `group/Default/auditors/domain/acme/reader`; a role of a domain behind that:
    /// `user/Default/bob/project/acme/acme-prod/acme/ops`; one that holds in what is below:
    /// `group/Default/auditors/inherited/domain/acme/reader`; one on the whole system:
    /// `user/Default/bob/system/reader`.
    RoleAssignment,
    /// The roles that a user has in a project by whatever way: `user/Default/bob/project/Default/acme-prod`.
    EffectiveRoles,
    /// A person who comes through an identity provider, by the provider's id, its protocol's, and name.
    FederatedUser,
    /// A region of the cloud's endpoints, by id.
    Region,
    /// An application credential, by its owner and its name: `user/Default/svc-backup/backup-g1`,
    /// `federated-user/keycloak/openid/svc-acme-ci/acme-ci-g1`.
    ApplicationCredential,
}

/// The sorts of places that credentials are delivered to, in the order in which reports list them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SinkKind {
    /// A file as a whole, by the segments of its path.
    File,
    /// An entry of a clouds.yaml, by its name and the file.
    CloudsYaml,
    /// A file of variables for a shell.
    Openrc,
    /// A section of a file that oslo.config reads, by its name and the file.
    Ini,
    /// A Secret of Kubernetes, by namespace and name; by name alone where the namespace is that of the context.
    KubernetesSecret,
    /// A program that takes it over, by the name of what it takes over and its own.
    Command,
}

/// How many names a thing has: the least and the most.
type Names = (usize, usize);

const ANY_DEPTH: usize = usize::MAX;

const KEYCLOAK_KINDS: [(KeycloakKind, &str, Names); 19] = [
    (KeycloakKind::Realm, "realm", (0, 0)),
    (KeycloakKind::UserProfile, "user-profile", (0, 0)),
    (KeycloakKind::Group, "group", (1, ANY_DEPTH)),
    (KeycloakKind::ClientScope, "client-scope", (1, 1)),
    (KeycloakKind::Client, "client", (1, 1)),
    (KeycloakKind::ClientSecret, "client-secret", (1, 1)),
    (KeycloakKind::IdentityProvider, "identity-provider", (1, 1)),
    (KeycloakKind::IdentityProviderMapper, "identity-provider-mapper", (2, 2)),
    (KeycloakKind::ProtocolMapper, "protocol-mapper", (2, 3)),
    (KeycloakKind::AssignedScope, "assigned-scope", (1, 2)),
    (KeycloakKind::User, "user", (1, 1)),
    (KeycloakKind::Membership, "membership", (2, ANY_DEPTH)),
    (KeycloakKind::DefaultGroup, "default-group", (1, ANY_DEPTH)),
    (KeycloakKind::RealmRole, "realm-role", (1, 1)),
    (KeycloakKind::ClientRole, "client-role", (2, 2)),
    (KeycloakKind::Composite, "composite", (4, 6)),
    (KeycloakKind::ScopeMapping, "scope-mapping", (4, 5)),
    (KeycloakKind::ServiceAccount, "service-account", (1, 1)),
    (KeycloakKind::RoleMapping, "role-mapping", (4, ANY_DEPTH)),
];

const KEYSTONE_KINDS: [(KeystoneKind, &str, Names); 15] = [
    (KeystoneKind::Domain, "domain", (1, 1)),
    (KeystoneKind::Role, "role", (1, 2)),
    (KeystoneKind::ImpliedRole, "implied-role", (2, 4)),
    (KeystoneKind::Project, "project", (2, 2)),
    (KeystoneKind::Mapping, "mapping", (1, 1)),
    (KeystoneKind::IdentityProvider, "identity-provider", (1, 1)),
    (KeystoneKind::Protocol, "protocol", (2, 2)),
    (KeystoneKind::Group, "group", (2, 2)),
    (KeystoneKind::User, "user", (2, 2)),
    (KeystoneKind::Membership, "membership", (4, 4)),
    (KeystoneKind::RoleAssignment, "role-assignment", (5, 9)),
    (KeystoneKind::EffectiveRoles, "effective-roles", (6, 6)),
    (KeystoneKind::FederatedUser, "federated-user", (3, 3)),
    (KeystoneKind::Region, "region", (1, 1)),
    (KeystoneKind::ApplicationCredential, "application-credential", (4, 5)),
];

const SINK_KINDS: [(SinkKind, &str, Names); 6] = [
    (SinkKind::File, "file", (1, ANY_DEPTH)),
    (SinkKind::CloudsYaml, "clouds-yaml", (2, ANY_DEPTH)),
    (SinkKind::Openrc, "openrc", (1, ANY_DEPTH)),
    (SinkKind::Ini, "ini", (2, ANY_DEPTH)),
    (SinkKind::KubernetesSecret, "kubernetes-secret", (1, 2)),
    (SinkKind::Command, "command", (2, ANY_DEPTH)),
];

impl Address {
    /// A thing of `kind` in a Keycloak realm.
    pub fn keycloak<'a>(realm: &str, kind: KeycloakKind, names: impl IntoIterator<Item = &'a str>) -> Self {
        let names = names.into_iter().map(str::to_owned).collect();
        Self::Keycloak { realm: realm.to_owned(), kind, names }
    }

    /// A thing of `kind` in Keystone.
    pub fn keystone<'a>(kind: KeystoneKind, names: impl IntoIterator<Item = &'a str>) -> Self {
        Self::Keystone { kind, names: names.into_iter().map(str::to_owned).collect() }
    }

    /// A place of `kind` that credentials are delivered to.
    pub fn sink<'a>(kind: SinkKind, names: impl IntoIterator<Item = &'a str>) -> Self {
        Self::Sink { kind, names: names.into_iter().map(str::to_owned).collect() }
    }

    /// A Keystone project.
    #[must_use]
    pub fn project(domain: &str, name: &str) -> Self {
        Self::keystone(KeystoneKind::Project, [domain, name])
    }

    /// A Keystone domain.
    #[must_use]
    pub fn domain(name: &str) -> Self {
        Self::keystone(KeystoneKind::Domain, [name])
    }

    /// A Keystone role of no domain.
    #[must_use]
    pub fn role(name: &str) -> Self {
        Self::keystone(KeystoneKind::Role, [name])
    }

    /// A Keystone role, of a domain if there is one.
    #[must_use]
    pub fn role_of(domain: Option<&str>, name: &str) -> Self {
        Self::keystone(KeystoneKind::Role, domain.into_iter().chain([name]))
    }

    /// A Keystone mapping.
    #[must_use]
    pub fn mapping(id: &str) -> Self {
        Self::keystone(KeystoneKind::Mapping, [id])
    }

    /// A Keystone identity provider.
    #[must_use]
    pub fn identity_provider(id: &str) -> Self {
        Self::keystone(KeystoneKind::IdentityProvider, [id])
    }

    /// A Keycloak realm.
    #[must_use]
    pub fn realm(name: &str) -> Self {
        Self::keycloak(name, KeycloakKind::Realm, [])
    }

    /// The realm that a thing is in; nothing for a realm itself, and for things in Keystone.
    #[must_use]
    pub fn within(&self) -> Option<Self> {
        match self {
            Self::Keycloak { kind: KeycloakKind::Realm, .. } | Self::Keystone { .. } | Self::Sink { .. } => None,
            Self::Keycloak { realm, .. } => Some(Self::realm(realm)),
        }
    }

    /// The names of the thing, outermost first.
    #[must_use]
    pub fn names(&self) -> &[String] {
        match self {
            Self::Keycloak { names, .. } | Self::Keystone { names, .. } | Self::Sink { names, .. } => names,
        }
    }

    /// The innermost name: what the object itself is called on the server. Empty for a thing without a name.
    #[must_use]
    pub fn name(&self) -> &str {
        self.names().last().map_or("", String::as_str)
    }
}

impl fmt::Display for Address {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Keycloak { realm, kind, .. } => {
                let word = KEYCLOAK_KINDS.iter().find(|entry| entry.0 == *kind).map_or("", |entry| entry.1);
                write!(formatter, "keycloak/{}/{word}", encode(realm))?;
            }
            Self::Keystone { kind, .. } => {
                let word = KEYSTONE_KINDS.iter().find(|entry| entry.0 == *kind).map_or("", |entry| entry.1);
                write!(formatter, "keystone/{word}")?;
            }
            Self::Sink { kind, .. } => {
                let word = SINK_KINDS.iter().find(|entry| entry.0 == *kind).map_or("", |entry| entry.1);
                write!(formatter, "sink/{word}")?;
            }
        }
        self.names().iter().try_for_each(|name| write!(formatter, "/{}", encode(name)))
    }
}

impl From<Address> for String {
    fn from(address: Address) -> Self {
        address.to_string()
    }
}

impl TryFrom<String> for Address {
    type Error = AddressError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

/// A text that is no address.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not the address of anything this version knows")]
pub struct AddressError(String);

impl FromStr for Address {
    type Err = AddressError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let parts: Option<Vec<String>> = text.split('/').map(decode).collect();
        parts.and_then(|parts| parse(&parts)).ok_or_else(|| AddressError(text.to_owned()))
    }
}

fn parse(parts: &[String]) -> Option<Address> {
    match parts.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["keycloak", realm, word, names @ ..] => KEYCLOAK_KINDS
            .iter()
            .find(|(_, known, (least, most))| known == word && (*least..=*most).contains(&names.len()))
            .map(|(kind, ..)| Address::keycloak(realm, *kind, names.iter().copied())),
        ["keystone", word, names @ ..] => KEYSTONE_KINDS
            .iter()
            .find(|(_, known, (least, most))| known == word && (*least..=*most).contains(&names.len()))
            .map(|(kind, ..)| Address::keystone(*kind, names.iter().copied())),
        ["sink", word, names @ ..] => SINK_KINDS
            .iter()
            .find(|(_, known, (least, most))| known == word && (*least..=*most).contains(&names.len()))
            .map(|(kind, ..)| Address::sink(*kind, names.iter().copied())),
        _ => None,
    }
}

/// One name as a part of an address.
#[must_use]
pub fn encode(name: &str) -> String {
    name.replace('%', "%25").replace('/', "%2F")
}

/// The name that a part of an address stands for.
#[must_use]
pub fn decode(part: &str) -> Option<String> {
    let decoded = part.replace("%2F", "/").replace("%25", "%");
    (!part.is_empty() && encode(&decoded) == part).then_some(decoded)
}

mod link;
mod named;

pub use link::Assigned;

#[cfg(test)]
mod tests;
