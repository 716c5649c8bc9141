//! The kind `Access`: a tenant's people and projects.

use schemars::JsonSchema;
use serde::Deserialize;

use super::Ensure;
use crate::secret::SecretRef;

/// A tenant's people and projects.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Access {
    /// The name of the Environment document that it belongs to.
    pub environment: String,
    /// The name of the Realm document that its people are in.
    pub realm: String,
    /// Keystone projects; those not listed stay as they are.
    #[serde(default)]
    pub projects: Vec<Project>,
    /// Keycloak users; those not listed stay as they are.
    #[serde(default)]
    pub users: Vec<User>,
}

/// A Keystone project.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Project {
    /// Its name, at most 64 characters.
    pub name: String,
    /// Whether it shall be there.
    #[serde(default)]
    pub ensure: Ensure,
    /// The name of its domain; `Default` if absent.
    pub domain: Option<String>,
    /// A text for people.
    pub description: Option<String>,
    /// Whether anybody can work in it; created enabled.
    pub enabled: Option<bool>,
    /// Value list: its tags.
    pub tags: Option<Vec<String>>,
}

/// A Keycloak user.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct User {
    /// The username; Keycloak knows it in lower case.
    pub username: String,
    /// Whether the account shall be there.
    #[serde(default)]
    pub ensure: Ensure,
    /// The e-mail address; Keycloak knows it in lower case.
    pub email: Option<String>,
    /// Whether the e-mail address is known to be the person's.
    pub email_verified: Option<bool>,
    /// The first name.
    pub first_name: Option<String>,
    /// The last name.
    pub last_name: Option<String>,
    /// Whether the person can log in; created enabled.
    pub enabled: Option<bool>,
    /// The password that a new account gets; never sent to an existing one.
    pub initial_password: Option<SecretRef>,
    /// What the person may do, project by project. On the projects that this document declares the person has just
    /// these; a grant on another project is exact for that project alone. Absent: no grant is touched.
    pub grants: Option<Vec<Grant>>,
}

/// The right to some roles in one project.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Grant {
    /// The project's name.
    pub project: String,
    /// The name of the project's domain; as the project is declared in this document, else `Default`.
    pub domain: Option<String>,
    /// Value list: the names of the roles.
    pub roles: Vec<String>,
}
