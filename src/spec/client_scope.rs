//! Client scopes of a realm, and which of them clients have.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::client::{AuthoritativeScope, ProtocolMapper};
use super::role::HeldRole;
use super::short::{self, Short};
use super::{Ensure, NAMED, OWN, RENAMED};
use crate::model::Json;

/// What becomes of a role that tokens may carry.
pub(super) const SCOPE_MAPPING: &str = "Keycloak scope-mapping";

/// A client scope of a realm: what the tokens of the clients that have it carry.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ClientScope {
    /// Its name: letters, digits and marks of ASCII, without blanks, `"` and `\`.
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
    /// How clients that are made from now on get it; the clients that are there keep what they have.
    #[serde(rename = "type")]
    pub assigned: Option<RealmType>,
    /// Whether people who are asked for their consent are shown it.
    pub display_on_consent_screen: Option<bool>,
    /// What they are shown; its name if absent or empty.
    pub consent_screen_text: Option<String>,
    /// Whether tokens name it in their claim `scope`.
    pub include_in_token_scope: Option<bool>,
    /// Where it stands among those that are shown: low numbers first.
    pub display_order: Option<u32>,
    /// The server's own fields that have no word here, by their own names, overlaid as they are.
    pub settings: Option<serde_json::Map<String, Json>>,
    /// Protocol mappers; those not listed stay as they are.
    #[serde(default)]
    pub mappers: Vec<ProtocolMapper>,
    /// Roles of the realm that tokens may carry with it, by name; those not listed stay. Where it has any role, only
    /// people with one of them get it.
    #[serde(default)]
    #[schemars(extend("x-becomes" = SCOPE_MAPPING))]
    pub realm_roles: Vec<Short<HeldRole>>,
    /// Roles of clients that tokens may carry with it, by client id and name; those not listed stay.
    #[serde(default)]
    #[schemars(extend("x-becomes" = SCOPE_MAPPING))]
    pub client_roles: BTreeMap<String, Vec<Short<HeldRole>>>,
    /// Collections of which everything is said here: what is not listed goes.
    #[serde(default)]
    #[schemars(extend("x-becomes" = OWN))]
    pub authoritative: Vec<AuthoritativeScope>,
}

/// How a new client gets a scope.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum RealmType {
    /// Its tokens always have it.
    Default,
    /// Its tokens have it when they are asked for with it.
    Optional,
    /// It does not get it.
    None,
}

/// A client scope that a client has.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AssignedScope {
    /// The scope's name. It must be there, or declared in `clientScopes` of the Realm document.
    #[schemars(extend("x-becomes" = NAMED))]
    pub name: String,
    /// Whether the client has it.
    #[serde(default)]
    pub ensure: Ensure,
    /// How it has it.
    #[serde(rename = "type", default)]
    pub assigned: ClientType,
}

impl short::Named for AssignedScope {
    fn named(name: String) -> Self {
        Self { name, ensure: Ensure::default(), assigned: ClientType::default() }
    }
}

/// How a client has a scope.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum ClientType {
    /// Its tokens always have it.
    #[default]
    Default,
    /// Its tokens have it when they are asked for with it.
    Optional,
}
