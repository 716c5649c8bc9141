//! Roles that somebody has: of the realm and of clients, in every kind of document.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::short::{self, Short};
use super::{Ensure, NAMED};

/// A role that a user, a group or a service account has.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct HeldRole {
    /// The role's name. It must be there: roles are given here, not made.
    #[schemars(extend("x-becomes" = NAMED))]
    pub name: String,
    /// Whether it is given to the holder itself; what comes through a group or another role does not count.
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
}
