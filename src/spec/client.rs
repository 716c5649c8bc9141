//! Clients of a realm, in Realm documents, with their dedicated scopes and protocol mappers.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::client_scope::{AssignedScope, SCOPE_MAPPING};
use super::client_secret::ClientSecret;
use super::role::{HeldRole, Role, ServiceAccount};
use super::short::Short;
use super::{Ensure, OWN, RENAMED};
use crate::model::Json;

/// A Keycloak client.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Client {
    /// Its client id.
    pub client_id: String,
    /// Whether it shall be there.
    #[serde(default)]
    pub ensure: Ensure,
    /// The client id that it had before: where the server still has that one and not the new one, it is renamed and stays what
    /// it is, with all that belongs to it.
    #[schemars(extend("x-becomes" = RENAMED))]
    pub renamed_from: Option<String>,
    /// Its display name.
    pub name: Option<String>,
    /// A text for people.
    pub description: Option<String>,
    /// Whether anybody can log in through it; created enabled.
    pub enabled: Option<bool>,
    /// Whether it must prove who it is by a secret (a confidential client).
    pub client_authentication: Option<bool>,
    /// Whether it has authorization services; they need service account roles.
    pub authorization: Option<bool>,
    /// Whether people log in by Keycloak's own login page.
    pub standard_flow: Option<bool>,
    /// Whether it may send a person's name and password: what `v3oidcpassword` does.
    pub direct_access_grants: Option<bool>,
    /// Whether tokens are returned in the address; an outdated flow.
    pub implicit_flow: Option<bool>,
    /// Whether people are asked before the client gets anything about them.
    pub consent_required: Option<bool>,
    /// The proof that a login must carry that nobody else began it.
    pub pkce: Option<Pkce>,
    /// Its secret. Absent: the server generates one, and it is left alone.
    pub secret: Option<ClientSecret>,
    /// Whether a logout is told to the client through the person's browser.
    pub frontchannel_logout: Option<bool>,
    /// Value list: where a logout may lead back to.
    pub post_logout_redirect_uris: Option<Vec<String>>,
    /// Roles of the client; those not listed stay as they are.
    #[serde(default)]
    pub roles: Vec<Short<Role>>,
    /// Whether the client has an account of its own.
    pub service_account_roles: Option<bool>,
    /// What that account may do. The client must have it: by `serviceAccountRoles: true`, or already.
    #[serde(default)]
    pub service_account: ServiceAccount,
    /// The address that relative ones are relative to.
    pub root_url: Option<String>,
    /// Where a link to the client leads.
    pub home_url: Option<String>,
    /// Value list: where a login may lead back to.
    pub redirect_uris: Option<Vec<String>>,
    /// Value list: the origins that scripts may call from.
    pub web_origins: Option<Vec<String>>,
    /// The server's own fields that have no word here, by their own names, overlaid as they are.
    pub settings: Option<serde_json::Map<String, Json>>,
    /// The client scopes that it has, by name; those not listed stay. A new client has those, too, that the realm gives
    /// to every new one.
    #[serde(default)]
    pub client_scopes: Vec<Short<AssignedScope>>,
    /// Its dedicated scope.
    #[serde(default)]
    pub dedicated_scope: DedicatedScope,
    /// Collections of which everything is said here: what is not listed goes.
    #[serde(default)]
    #[schemars(extend("x-becomes" = OWN))]
    pub authoritative: Vec<AuthoritativeClient>,
}

/// A collection of a client of which everything is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum AuthoritativeClient {
    /// The client scopes that it has; `service_account`, which comes with its account, stays.
    ClientScopes,
}

/// The proof that a login must carry that nobody else began it (PKCE).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
pub enum Pkce {
    /// A hash; the other method, `plain`, proves nothing.
    S256,
    /// None is demanded.
    #[serde(rename = "off")]
    Off,
}

/// The scope `CLIENT-dedicated` of a client.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DedicatedScope {
    /// Whether tokens for the client carry all roles of their person, and not only those of its scopes.
    pub full_scope_allowed: Option<bool>,
    /// Protocol mappers; those not listed stay as they are.
    #[serde(default)]
    pub mappers: Vec<ProtocolMapper>,
    /// Roles of the realm that its tokens may carry although `fullScopeAllowed` is off, by name; those not listed stay.
    #[serde(default)]
    #[schemars(extend("x-becomes" = SCOPE_MAPPING))]
    pub realm_roles: Vec<Short<HeldRole>>,
    /// Roles of clients that they may carry, by client id and name; those not listed stay. Those of the client itself they
    /// carry anyway.
    #[serde(default)]
    #[schemars(extend("x-becomes" = SCOPE_MAPPING))]
    pub client_roles: BTreeMap<String, Vec<Short<HeldRole>>>,
    /// Collections of which everything is said here: what is not listed goes.
    #[serde(default)]
    #[schemars(extend("x-becomes" = OWN))]
    pub authoritative: Vec<AuthoritativeScope>,
}

/// A collection of a dedicated scope, or of a client scope, of which everything is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum AuthoritativeScope {
    /// The protocol mappers; those that the server has made by itself stay.
    Mappers,
    /// The roles that tokens may carry; those that come with the realm stay.
    Roles,
}

/// A protocol mapper: what a token says about its person.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ProtocolMapper {
    /// Its name.
    pub name: String,
    /// Whether it shall be there.
    #[serde(default)]
    pub ensure: Ensure,
    /// The provider that it is made by, such as `aggregated-user-group-attribute-mapper`.
    #[serde(rename = "type")]
    pub provider: String,
    /// The attribute that it reads.
    pub user_attribute: Option<String>,
    /// The claim that it writes.
    pub token_claim: Option<String>,
    /// Whether ID tokens carry the claim.
    pub add_to_id_token: Option<bool>,
    /// Whether access tokens carry the claim: what Keystone reads.
    pub add_to_access_token: Option<bool>,
    /// Whether the userinfo answer carries the claim.
    pub add_to_userinfo: Option<bool>,
    /// Whether the introspection answer carries the claim.
    pub add_to_introspection: Option<bool>,
    /// Further properties of the provider, by its own names.
    pub config: Option<BTreeMap<String, String>>,
}
