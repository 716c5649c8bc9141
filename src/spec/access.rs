//! The kind `Access`: a tenant's people and projects.

use std::collections::BTreeMap;

use kube::CustomResource;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::grant::DEFAULT_DOMAIN;
use super::local::Local;
use super::role::HeldRole;
use super::short::{self, Short};
use super::{Ensure, Mode, NAMED, OWN, Options, REFERENCE, RENAMED};
use crate::secret::SecretRef;

/// A tenant's people and projects.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema, CustomResource)]
#[kube(group = "opcp.dev", version = "v1alpha1", kind = "Access", root = "Object", namespaced)]
#[kube(doc = "An Access in a cluster.")]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Access {
    /// The name of the Environment document that it belongs to.
    #[schemars(extend("x-becomes" = REFERENCE))]
    pub environment: String,
    /// The name of the Realm document that its people are in.
    #[schemars(extend("x-becomes" = REFERENCE))]
    pub realm: String,
    /// Keystone projects; those not listed stay as they are.
    #[serde(default)]
    pub projects: Vec<Project>,
    /// Keycloak groups; those not listed stay as they are.
    #[serde(default)]
    pub groups: Vec<Group>,
    /// Keycloak users; those not listed stay as they are.
    #[serde(default)]
    pub users: Vec<User>,
    /// Identities of Keystone's own, which no identity provider knows.
    #[serde(default)]
    pub keystone: Local,
    /// Collections of which this document says everything: what is not listed goes.
    #[serde(default)]
    #[schemars(extend("x-becomes" = OWN))]
    pub authoritative: Vec<Authoritative>,
    /// What is done about each section of this document; `manage` if absent.
    #[serde(default)]
    pub modes: Modes,
}

/// A collection of which an Access document says everything.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Authoritative {
    /// The grants on the projects that the document declares: nobody else in the realm has any.
    Grants,
}

/// What is done about each section of an Access document.
#[derive(Clone, Copy, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Modes {
    /// Projects.
    pub projects: Mode,
    /// Groups, with the members and grants that are said with them.
    pub groups: Mode,
    /// Users, with the memberships and grants that are said with them.
    pub users: Mode,
}

/// A Keystone project.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Project {
    /// Its name, at most 64 characters.
    pub name: String,
    /// Whether it shall be there.
    #[serde(default)]
    pub ensure: Ensure,
    /// The name that it had before: where the server still has that one and not the new one, it is renamed and stays what
    /// it is, with all that belongs to it.
    #[schemars(extend("x-becomes" = RENAMED))]
    pub renamed_from: Option<String>,
    /// The name of its domain; `Default` if absent.
    #[schemars(extend("default" = DEFAULT_DOMAIN))]
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

/// A Keycloak group.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Group {
    /// Its path: the names of all groups that it is in and its own, each after a `/`. The group that it is in must
    /// be declared or be there.
    #[schemars(extend("examples" = ["/acme"]))]
    pub path: String,
    /// Whether the group shall be there. One that goes takes its sub-groups with it.
    #[serde(default)]
    pub ensure: Ensure,
    /// Its own name before, without those of the groups that it is in: where the server still has a group of that name
    /// there and none of the new one, it is renamed and stays what it is, with all that belongs to it.
    #[schemars(extend("x-becomes" = RENAMED))]
    pub renamed_from: Option<String>,
    /// A text for people. Keycloak 26.0 has none.
    pub description: Option<String>,
    /// Attributes by name, each a value list of texts of at most 255 characters; those not named stay as they are.
    pub attributes: Option<BTreeMap<String, Vec<String>>>,
    /// The users in it, by username; those not listed stay as they are.
    #[serde(default)]
    pub members: Vec<Short<Member>>,
    /// Collections of which everything is said, here or by other documents: what is not listed goes.
    #[serde(default)]
    #[schemars(extend("x-becomes" = OWN))]
    pub authoritative: Vec<AuthoritativeGroup>,
    /// Roles of the realm that its members have through it, by name; those not listed stay as they are.
    #[serde(default)]
    pub realm_roles: Vec<Short<HeldRole>>,
    /// Roles of clients that its members have through it, by client id and name; those not listed stay as they are.
    #[serde(default)]
    pub client_roles: BTreeMap<String, Vec<Short<HeldRole>>>,
    /// What its members may do, by the rules of a user's grants.
    pub grants: Option<Vec<Grant>>,
}

/// A collection of a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum AuthoritativeGroup {
    /// Who is in it, whether the group says so or a user.
    Members,
    /// Its roles: those of the realm and those of clients.
    Roles,
    /// Its grants, on whatever project. What is no grant stays, and is told.
    Grants,
}

/// A collection of a user.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum AuthoritativeUser {
    /// The groups that the user is in, whether the user says so or a group. Keycloak puts a new user into the default groups
    /// of the realm: out of those that nobody lists the next run takes the user.
    Groups,
    /// The roles that the user has directly: those of the realm, but for its default roles, and those of clients.
    Roles,
    /// The user's grants, on whatever project. What is no grant stays, and is told.
    Grants,
}

/// A user in a group.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Member {
    /// The username.
    #[schemars(extend("x-becomes" = NAMED, "examples" = ["alice"]))]
    pub username: String,
    /// Whether the user shall be in the group.
    #[serde(default)]
    pub ensure: Ensure,
}

impl short::Named for Member {
    fn named(username: String) -> Self {
        Self { username, ensure: Ensure::default() }
    }
}

/// A group that a user is in.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct UserGroup {
    /// The group's path.
    #[schemars(extend("x-becomes" = NAMED, "examples" = ["/acme/operators"]))]
    pub path: String,
    /// Whether the user shall be in the group.
    #[serde(default)]
    pub ensure: Ensure,
}

impl short::Named for UserGroup {
    fn named(path: String) -> Self {
        Self { path, ensure: Ensure::default() }
    }
}

/// A Keycloak user.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct User {
    /// The username; Keycloak knows it in lower case.
    pub username: String,
    /// Whether the account shall be there.
    #[serde(default)]
    pub ensure: Ensure,
    /// The username before: where the server still has that one and not the new one, the account is renamed and stays
    /// what it is. The realm must allow that: `editUsername`.
    #[schemars(extend("x-becomes" = RENAMED))]
    pub renamed_from: Option<String>,
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
    /// Value list: what the person must do at the next login, by Keycloak's names such as `UPDATE_PASSWORD`.
    pub required_actions: Option<Vec<String>>,
    /// Attributes by name, each a value list of texts of at most 2048 characters; those not named stay as they are.
    pub attributes: Option<BTreeMap<String, Vec<String>>>,
    /// The groups that the user is in, by path; those not listed stay as they are.
    #[serde(default)]
    pub groups: Vec<Short<UserGroup>>,
    /// Collections of which everything is said, here or by other documents: what is not listed goes.
    #[serde(default)]
    #[schemars(extend("x-becomes" = OWN))]
    pub authoritative: Vec<AuthoritativeUser>,
    /// Roles of the realm that the user has, by name; those not listed stay as they are.
    #[serde(default)]
    pub realm_roles: Vec<Short<HeldRole>>,
    /// Roles of clients that the user has, by client id and name; those not listed stay as they are.
    #[serde(default)]
    pub client_roles: BTreeMap<String, Vec<Short<HeldRole>>>,
    /// What the person may do, project by project. On the projects that this document declares the person has just
    /// these; a grant on another project is exact for that project alone. Absent: no grant is touched.
    pub grants: Option<Vec<Grant>>,
}

/// The right to some roles in one project.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Grant {
    /// The project's name.
    #[schemars(extend("x-becomes" = "`name` in the text of the grant"))]
    pub project: String,
    /// The name of the project's domain; as the project is declared in this document, else `Default`.
    #[schemars(extend("x-becomes" = "`domain.name` in the text of the grant"))]
    pub domain: Option<String>,
    /// Value list: the names of the roles.
    #[schemars(extend("x-becomes" = "`roles[].name` in the text of the grant"))]
    pub roles: Vec<String>,
}
