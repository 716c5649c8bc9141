//! The identity providers of a realm: people who come from a company's own directory. Not the identity provider of
//! Keystone, through which the realm's people come to the cloud.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::client::Pkce;
use super::hidden_secret::HiddenSecret;
use super::{Ensure, OWN};

/// An identity provider of a realm: a directory whose people can log in to the realm.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RealmIdentityProvider {
    /// Its alias. It is a part of the address that the directory leads people back to, and can never be changed.
    pub alias: String,
    /// Whether it shall be there. When it goes, people's links to it go, too.
    #[serde(default)]
    pub ensure: Ensure,
    /// The sort of provider, by the server's name: `oidc`, `keycloak-oidc`, `saml`. A new one must have it; it can never
    /// be changed.
    #[serde(rename = "type")]
    pub provider: Option<String>,
    /// Its name for people.
    pub display_name: Option<String>,
    /// Whether anybody can come through it; created enabled.
    pub enabled: Option<bool>,
    /// Whether the login page leaves it out; programs can still lead to it.
    pub hide_on_login: Option<bool>,
    /// Where it stands on the login page: a number, the lowest first.
    pub display_order: Option<u32>,
    /// Whether e-mail addresses that it tells are taken for proven.
    pub trust_email: Option<bool>,
    /// Whether it only serves people who have linked an account with it.
    pub link_only: Option<bool>,
    /// Whether the tokens that it gives out are kept.
    pub store_token: Option<bool>,
    /// Whether new people may read the tokens of theirs that are kept.
    pub readable_tokens: Option<bool>,
    /// The authentication flow of who comes for the first time, by its alias; the realm's own if empty.
    pub first_login_flow: Option<String>,
    /// The authentication flow after each login, by its alias; none if empty.
    pub post_login_flow: Option<String>,
    /// When what it tells of a person is taken over.
    pub sync_mode: Option<SyncMode>,
    /// OIDC: where people log in.
    pub authorization_url: Option<String>,
    /// OIDC: where a login is exchanged for tokens.
    pub token_url: Option<String>,
    /// OIDC: where people are told of when they log out.
    pub logout_url: Option<String>,
    /// OIDC: where more is told of people.
    pub user_info_url: Option<String>,
    /// OIDC: who must have issued its tokens.
    pub issuer: Option<String>,
    /// OIDC: where the keys are that its tokens are signed with.
    pub jwks_url: Option<String>,
    /// OIDC: whether its tokens must be signed with these keys.
    pub validate_signature: Option<bool>,
    /// OIDC: the client that the realm is to it.
    pub client_id: Option<String>,
    /// OIDC: the secret of that client.
    pub client_secret: Option<HiddenSecret>,
    /// OIDC: how that client proves who it is.
    pub client_authentication: Option<ProviderAuthentication>,
    /// OIDC: value list: the scopes that are asked for.
    pub default_scopes: Option<Vec<String>>,
    /// OIDC: the proof that a login must carry that nobody else began it.
    pub pkce: Option<Pkce>,
    /// Further properties of the provider, by its own names; others stay.
    pub config: Option<BTreeMap<String, String>>,
    /// What is done with what it tells of people; mappers that are not listed stay as they are.
    #[serde(default)]
    pub mappers: Vec<IdentityProviderMapper>,
    /// Collections of which everything is said here: what is not listed goes.
    #[serde(default)]
    #[schemars(extend("x-becomes" = OWN))]
    pub authoritative: Vec<AuthoritativeProvider>,
}

/// A collection of an identity provider of which everything is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum AuthoritativeProvider {
    /// The mappers.
    Mappers,
}

/// When what a provider tells of a person is taken over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum SyncMode {
    /// Once, when the person comes for the first time.
    Import,
    /// At each login.
    Force,
    /// As each mapper did before there were such modes.
    Legacy,
}

/// How a realm proves who it is to an OIDC provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ProviderAuthentication {
    /// Its secret, in the body of the request.
    ClientSecretPost,
    /// Its secret, in a header.
    ClientSecretBasic,
    /// Its secret, in a header and without any encoding.
    ClientSecretBasicUnencoded,
    /// A token that is signed with its secret.
    ClientSecretJwt,
    /// A token that is signed with the realm's own key.
    PrivateKeyJwt,
}

/// A mapper of an identity provider: what is done with what it tells of a person.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct IdentityProviderMapper {
    /// Its name.
    pub name: String,
    /// Whether it shall be there.
    #[serde(default)]
    pub ensure: Ensure,
    /// The sort of mapper, by the server's name, such as `oidc-user-attribute-idp-mapper`. A new one must have it.
    #[serde(rename = "type")]
    pub provider: Option<String>,
    /// When it works; as its provider says if `inherit`.
    pub sync_mode: Option<MapperSyncMode>,
    /// The claim that it reads.
    pub claim: Option<String>,
    /// The value that the claim must have.
    pub claim_value: Option<String>,
    /// The attribute of the person that it writes.
    pub user_attribute: Option<String>,
    /// The role that it gives: of the realm by name, of a client as `CLIENT.ROLE`.
    pub role: Option<String>,
    /// The group that it puts people into, by its path.
    pub group: Option<String>,
    /// Further properties of the mapper, by its own names; others stay.
    pub config: Option<BTreeMap<String, String>>,
}

/// When a mapper of an identity provider works.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum MapperSyncMode {
    /// As its provider says.
    Inherit,
    /// Once, when the person comes for the first time.
    Import,
    /// At each login.
    Force,
    /// As it did before there were such modes.
    Legacy,
}
