//! The kind `Environment`: one cloud, its Keystone, and what all its realms share.

use std::path::PathBuf;

use std::collections::BTreeMap;

use kube::CustomResource;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use url::Url;

use super::grant::DEFAULT_DOMAIN;
use super::short::{self, Short};
use super::{Ensure, Mode, NAMED, OWN, Options, RENAMED, cluster};
use crate::model::Json;
use crate::secret::SecretRef;

/// The project that an administrator works in where nothing else is said.
pub const ADMIN_PROJECT: &str = "admin";

/// One cloud.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema, CustomResource)]
#[kube(group = "opcp.dev", version = "v1alpha1", kind = "Environment", root = "Object", namespaced)]
#[kube(doc = "An Environment in a cluster.")]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("x-kubernetes-validations" =
    cluster::never(&["caFile", "clientCertificate"], "in a cluster no path of a file is legal")))]
pub struct Environment {
    /// The base domain name from which all addresses follow that are not given: `keystone.FQDN`, `keycloak.FQDN`,
    /// and `admin.keycloak.FQDN` for realm `master`.
    #[schemars(extend("x-becomes" = OWN, "examples" = ["cloud.example.com"]))]
    pub fqdn: Option<String>,
    /// A PEM bundle of the CAs that both servers' certificates are trusted by, relative to this file. Absent: the
    /// system's.
    #[schemars(extend("x-becomes" = OWN))]
    pub ca_file: Option<PathBuf>,
    /// The certificate that the tool shows to a server, or to a proxy before it, that asks for one. Absent: that of
    /// `OS_CERT` and `OS_KEY`, or none.
    pub client_certificate: Option<ClientCertificate>,
    /// Its Keystone.
    #[serde(default)]
    pub keystone: Keystone,
    /// What each Access document may speak of; one that is not named here may speak of nothing. Absent: all of them of
    /// everything.
    #[schemars(extend("x-becomes" = OWN))]
    pub tenants: Option<Vec<Tenant>>,
}

/// A certificate that the tool shows of itself.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ClientCertificate {
    /// A PEM file of the certificate, and of those between it and its CA, relative to this file.
    #[schemars(extend("x-becomes" = OWN))]
    pub cert_file: PathBuf,
    /// Its private key: PEM, not encrypted.
    #[schemars(extend("x-becomes" = OWN))]
    pub key: SecretRef,
}

/// What an Access document may speak of. In patterns, `*` stands for any part of one name, `**` for any number of names.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Tenant {
    /// The document's name.
    #[schemars(extend("x-becomes" = OWN))]
    pub access: String,
    /// Patterns of `DOMAIN/PROJECT`: what it declares, and what it grants something on. `DOMAIN/*` also means the
    /// domain's own users and groups, and the roles on it; `*/*` also means `authoritative: [grants]` of users and groups.
    #[serde(default)]
    #[schemars(extend("x-becomes" = OWN))]
    pub projects: Vec<String>,
    /// Patterns of `/PATH/OF/GROUP`.
    #[serde(default)]
    #[schemars(extend("x-becomes" = OWN))]
    pub groups: Vec<String>,
    /// The names of the roles that it may grant; of a role of a domain `DOMAIN/ROLE`.
    #[serde(default)]
    #[schemars(extend("x-becomes" = OWN))]
    pub roles: Vec<String>,
    /// Whether it may give these roles on the whole system, too.
    #[serde(default)]
    #[schemars(extend("x-becomes" = OWN))]
    pub system: bool,
    /// The names of the roles of its Keycloak realm that it may give to users and groups.
    #[serde(default)]
    #[schemars(extend("x-becomes" = OWN))]
    pub realm_roles: Vec<String>,
    /// The names of the roles of clients that it may give to users and groups, by client id.
    #[serde(default)]
    #[schemars(extend("x-becomes" = OWN))]
    pub client_roles: BTreeMap<String, Vec<String>>,
}

/// A cloud's Keystone.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Keystone {
    /// Its address, with or without `/v3`. Absent: `https://keystone.FQDN`.
    #[schemars(extend("x-becomes" = OWN))]
    pub url: Option<Url>,
    /// How the tool logs in. Absent: by the `OS_*` variables.
    pub login: Option<KeystoneLogin>,
    /// Domains; those not listed stay as they are.
    #[serde(default)]
    pub domains: Vec<Domain>,
    /// Roles; those not listed stay as they are.
    #[serde(default)]
    pub roles: Vec<Role>,
    /// Mappings of people who come through identity providers; those not listed stay as they are.
    #[serde(default)]
    pub mappings: Vec<Mapping>,
    /// What is done about each section beside this one; `manage` if absent.
    #[serde(default)]
    pub modes: Modes,
}

/// What is done about each section of a cloud's Keystone.
#[derive(Clone, Copy, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Modes {
    /// Domains.
    pub domains: Mode,
    /// Roles.
    pub roles: Mode,
    /// Mappings.
    pub mappings: Mode,
}

/// How the tool logs in to Keystone: by `cloud`, by `applicationCredential`, or by the other fields.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("x-kubernetes-validations" =
    cluster::never(&["cloud"], "in a cluster there is no clouds.yaml; give the account itself")))]
pub struct KeystoneLogin {
    /// An entry of the clouds.yaml that the `openstack` client would use too.
    #[schemars(extend("x-becomes" = OWN))]
    pub cloud: Option<String>,
    /// An application credential.
    pub application_credential: Option<ApplicationCredentialLogin>,
    /// The account's name.
    #[schemars(extend("x-becomes" = OWN))]
    pub username: Option<String>,
    /// The account's password.
    #[schemars(extend("x-becomes" = OWN))]
    pub password: Option<SecretRef>,
    /// The name of the account's domain; `Default` if absent.
    #[schemars(extend("x-becomes" = OWN, "default" = DEFAULT_DOMAIN))]
    pub user_domain: Option<String>,
    /// The name of the project to work in; `admin` if absent.
    #[schemars(extend("x-becomes" = OWN, "default" = ADMIN_PROJECT))]
    pub project: Option<String>,
    /// The name of that project's domain; `Default` if absent.
    #[schemars(extend("x-becomes" = OWN, "default" = DEFAULT_DOMAIN))]
    pub project_domain: Option<String>,
}

/// An application credential to log in with.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ApplicationCredentialLogin {
    /// Its id.
    #[schemars(extend("x-becomes" = OWN))]
    pub id: String,
    /// Its secret.
    #[schemars(extend("x-becomes" = OWN))]
    pub secret: SecretRef,
}

/// A Keystone domain.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Domain {
    /// Its name, at most 64 characters.
    pub name: String,
    /// Whether it shall be there.
    #[serde(default)]
    pub ensure: Ensure,
    /// A text for people.
    pub description: Option<String>,
    /// Whether anybody of the domain can log in; created enabled.
    pub enabled: Option<bool>,
    /// Value list: its tags.
    pub tags: Option<Vec<String>>,
    /// What the server does with it.
    pub options: Option<Options>,
}

/// A Keystone role: what a person is in a project.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Role {
    /// Its name; upper and lower case are told apart.
    pub name: String,
    /// Whether it shall be there.
    #[serde(default)]
    pub ensure: Ensure,
    /// The name that it had before: where the server still has that one and not the new one, it is renamed and stays what
    /// it is, with all that belongs to it.
    #[schemars(extend("x-becomes" = RENAMED))]
    pub renamed_from: Option<String>,
    /// The name of the domain that it is a role of. It is given in projects of that domain alone, and is worth there
    /// just what it implies; no grant can name it. Absent: a role of no domain, for all projects.
    pub domain: Option<String>,
    /// A text for people.
    pub description: Option<String>,
    /// What the server does with it.
    pub options: Option<Options>,
    /// The roles that it implies: who has it has them, too. Those not listed stay.
    #[serde(default)]
    pub implies: Vec<Short<ImpliedRole>>,
}

/// A role that another one implies.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ImpliedRole {
    /// The role's name. It must be there, or declared.
    #[schemars(extend("x-becomes" = NAMED))]
    pub name: String,
    /// The name of the domain that it is a role of; only a role of a domain implies one. Absent: a role of no domain.
    #[schemars(extend("x-becomes" = NAMED))]
    pub domain: Option<String>,
    /// Whether it is implied.
    #[serde(default)]
    pub ensure: Ensure,
}

impl short::Named for ImpliedRole {
    fn named(name: String) -> Self {
        Self { name, domain: None, ensure: Ensure::default() }
    }
}

/// A Keystone mapping: who the people of an identity provider are in Keystone, and what they may do there.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Mapping {
    /// Its id.
    #[schemars(extend("x-becomes" = NAMED))]
    pub id: String,
    /// Whether it shall be there.
    #[serde(default)]
    pub ensure: Ensure,
    /// The version of its rules' language; 3.0 if absent where `rules` are said.
    pub schema_version: Option<SchemaVersion>,
    /// Value list: the rules, in Keystone's own words. Their order matters.
    pub rules: Option<Vec<Json>>,
}

/// A version of the language of mapping rules.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
pub enum SchemaVersion {
    /// The first one.
    #[serde(rename = "1.0")]
    One,
    /// With domains of projects; Keystone 25 and newer.
    #[serde(rename = "2.0")]
    Two,
    /// With `projects_json`, by which tokens carry grants; Keystone 29 and newer.
    #[default]
    #[serde(rename = "3.0")]
    Three,
}

impl SchemaVersion {
    /// The word for it, here and on the server.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::One => "1.0",
            Self::Two => "2.0",
            Self::Three => "3.0",
        }
    }
}
