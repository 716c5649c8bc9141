//! Roles of realms and clients, and who has them, in every kind of document.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::short::{self, Short};
use super::{Ensure, NAMED, OWN, RENAMED};

/// What becomes of a role that another one contains.
const COMPOSITE: &str = "Keycloak composite";

/// A role of a realm or of a client.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Role {
    /// Its name.
    pub name: String,
    /// Whether it shall be there. Those that come with every realm cannot go.
    #[serde(default)]
    pub ensure: Ensure,
    /// The name that it had before: where the server still has that one and not the new one, it is renamed and stays what
    /// it is, with all that belongs to it.
    #[schemars(extend("x-becomes" = RENAMED))]
    pub renamed_from: Option<String>,
    /// A text for people.
    pub description: Option<String>,
    /// Its attributes, each a value list; those not listed stay.
    pub attributes: Option<BTreeMap<String, Vec<String>>>,
    /// The roles that it contains: who has it has them, too.
    #[serde(default)]
    pub composites: Composites,
    /// Collections of which everything is said, here or by other documents: what is not listed goes.
    #[serde(default)]
    #[schemars(extend("x-becomes" = OWN))]
    pub authoritative: Vec<AuthoritativeRole>,
}

/// A collection of a role.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum AuthoritativeRole {
    /// The roles that it contains, but for those that come with it.
    Composites,
}

/// A collection of an account that a client has for itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum AuthoritativeServiceAccount {
    /// The roles that it has directly: those of the realm, but for its default roles, and those of clients.
    Roles,
}

impl short::Named for Role {
    fn named(name: String) -> Self {
        let (ensure, composites) = (Ensure::default(), Composites::default());
        Self {
            name,
            ensure,
            renamed_from: None,
            description: None,
            attributes: None,
            composites,
            authoritative: Vec::new(),
        }
    }
}

/// The roles that a role contains.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Composites {
    /// Roles of the realm, by name; those not listed stay.
    #[serde(default)]
    #[schemars(extend("x-becomes" = COMPOSITE))]
    pub realm_roles: Vec<Short<HeldRole>>,
    /// Roles of clients, by client id and name; those not listed stay.
    #[serde(default)]
    #[schemars(extend("x-becomes" = COMPOSITE))]
    pub client_roles: BTreeMap<String, Vec<Short<HeldRole>>>,
}

/// A role that a user, a group, a service account or another role has, or that tokens may carry by a scope.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct HeldRole {
    /// The role's name. It must be there, or declared in `roles` of the Realm document or of the client.
    #[schemars(extend("x-becomes" = NAMED))]
    pub name: String,
    /// Whether it shall be there for just this; what comes through a group or another role does not count.
    #[serde(default)]
    pub ensure: Ensure,
}

impl short::Named for HeldRole {
    fn named(name: String) -> Self {
        Self { name, ensure: Ensure::default() }
    }
}

/// The account that a client has for itself.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ServiceAccount {
    /// Roles of the realm that it has, by name; those not listed stay.
    #[serde(default)]
    pub realm_roles: Vec<Short<HeldRole>>,
    /// Roles of clients that it has, by client id and name; those not listed stay.
    #[serde(default)]
    pub client_roles: BTreeMap<String, Vec<Short<HeldRole>>>,
    /// Collections of which everything is said, here or by other documents: what is not listed goes.
    #[serde(default)]
    #[schemars(extend("x-becomes" = OWN))]
    pub authoritative: Vec<AuthoritativeServiceAccount>,
}
