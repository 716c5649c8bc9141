//! The kind `Access`: a tenant's people and projects.

use schemars::JsonSchema;
use serde::Deserialize;

use super::{Ensure, Options};
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
    /// Identities of Keystone's own, which no identity provider knows.
    #[serde(default)]
    pub keystone: Local,
}

/// Identities of Keystone's own: of services, and of administrators who must get in without Keycloak.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Local {
    /// Users; those not listed stay as they are.
    #[serde(default)]
    pub users: Vec<LocalUser>,
    /// Roles of Keystone's own users and groups; those not listed stay as they are.
    #[serde(default)]
    pub role_assignments: Vec<RoleAssignment>,
}

/// A user of Keystone's own.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct LocalUser {
    /// The name.
    pub name: String,
    /// Whether the account shall be there.
    #[serde(default)]
    pub ensure: Ensure,
    /// The name of its domain; `Default` if absent.
    pub domain: Option<String>,
    /// A text for people.
    pub description: Option<String>,
    /// The e-mail address.
    pub email: Option<String>,
    /// Whether it can log in; created enabled.
    pub enabled: Option<bool>,
    /// The password that a new account gets; never sent to an existing one.
    pub initial_password: Option<SecretRef>,
    /// The project that a login is for if it names none.
    pub default_project: Option<Named>,
}

/// A role of a user or a group on a project or a domain.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RoleAssignment {
    /// The role's name.
    pub role: String,
    /// Whether it shall be there.
    #[serde(default)]
    pub ensure: Ensure,
    /// The user who has the role; or say a `group`.
    pub user: Option<Named>,
    /// The group whose members have the role; or say a `user`.
    pub group: Option<Named>,
    /// The project that it is a role on; or say a `domain`.
    pub project: Option<Named>,
    /// The name of the domain that it is a role on; or say a `project`.
    pub domain: Option<String>,
}

/// A thing by its name in a domain.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Named {
    /// Its name.
    pub name: String,
    /// The name of its domain; for a project that is declared in this document its own, else `Default`.
    pub domain: Option<String>,
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
    /// The name of the project of the same domain that it is part of. It can never be changed.
    pub parent: Option<String>,
    /// What the server does with it.
    pub options: Option<Options>,
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
