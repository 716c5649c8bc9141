//! The kind `Realm`: one Keycloak realm and its door into the environment's Keystone.

use kube::CustomResource;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use url::Url;

use super::access::UserGroup;
use super::client::Client;
use super::client_scope::ClientScope;
use super::duration::Seconds;
use super::realm_identity_provider::RealmIdentityProvider;
use super::realm_settings::{
    BruteForceProtection, Email, Events, Internationalization, OtpPolicy, RequireSsl, Sessions, Themes, Tokens,
};
use super::role::Role;
use super::short::Short;
use super::{Ensure, Mode, OWN, REFERENCE};
use crate::model::Json;
use crate::secret::SecretRef;

/// The attribute that holds grants where nothing else is said.
pub const GRANT_ATTRIBUTE: &str = "project";

/// The protocol of an identity provider where nothing else is said.
pub const PROTOCOL: &str = "openid";

/// One Keycloak realm.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema, CustomResource)]
#[kube(group = "opcp.dev", version = "v1alpha1", kind = "Realm", root = "Object", namespaced)]
#[kube(doc = "A Realm in a cluster.")]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Realm {
    /// The name of the Environment document that it belongs to.
    #[schemars(extend("x-becomes" = REFERENCE))]
    pub environment: String,
    /// The realm's name in Keycloak; this document's name if absent.
    #[schemars(extend("x-becomes" = "Keycloak realm, by this name"))]
    pub realm: Option<String>,
    /// Whether the realm shall be there; `existing` if absent, so that a typo never makes a realm.
    #[schemars(extend("default" = "existing"))]
    pub ensure: Option<Ensure>,
    /// Its name for people.
    pub display_name: Option<String>,
    /// The same as HTML, for the pages on which people log in.
    pub display_name_html: Option<String>,
    /// Whether anybody can log in to it; created enabled.
    pub enabled: Option<bool>,
    /// Which connections must be encrypted.
    pub require_ssl: Option<RequireSsl>,
    /// Whether people can log in with their e-mail address.
    pub login_with_email: Option<bool>,
    /// Whether several people can have one e-mail address.
    pub duplicate_emails: Option<bool>,
    /// Whether the e-mail address of who makes an account is the username.
    pub email_as_username: Option<bool>,
    /// Whether people can make an account for themselves.
    pub registration: Option<bool>,
    /// Whether a login can outlive the browser.
    pub remember_me: Option<bool>,
    /// Whether people can set a forgotten password anew.
    pub reset_password: Option<bool>,
    /// Whether people must prove their e-mail address.
    pub verify_email: Option<bool>,
    /// Whether usernames can change.
    pub edit_username: Option<bool>,
    /// How long an access token lives.
    pub access_token_lifespan: Option<Seconds>,
    /// How long a session lasts without being used.
    pub sso_session_idle: Option<Seconds>,
    /// How long a session lasts at most.
    pub sso_session_max: Option<Seconds>,
    /// How long other sessions last.
    pub sessions: Option<Sessions>,
    /// What tokens are like.
    pub tokens: Option<Tokens>,
    /// Value list: what new passwords must be like, each in the server's words: `length(12)`, `notUsername`.
    pub password_policy: Option<Vec<String>>,
    /// What one-time passwords are like.
    pub otp_policy: Option<OtpPolicy>,
    /// What is done about those who try passwords.
    pub brute_force_protection: Option<BruteForceProtection>,
    /// The server that mails are sent by.
    pub email: Option<Email>,
    /// What is written down of what happens.
    pub events: Option<Events>,
    /// The languages of pages and mails.
    pub internationalization: Option<Internationalization>,
    /// The themes of pages and mails.
    pub themes: Option<Themes>,
    /// The address at which people and Keystone reach the realm, where it differs from the server's: its issuer begins
    /// with it.
    pub frontend_url: Option<String>,
    /// The server's own fields of the realm that have no word here, by their own names, overlaid as they are.
    pub settings: Option<serde_json::Map<String, Json>>,
    /// Its Keycloak.
    #[serde(default)]
    pub keycloak: Keycloak,
    /// How the tool logs in. Absent: by the `OPCP_KEYCLOAK_*` variables.
    pub login: Option<KeycloakLogin>,
    /// The attribute of users and groups that holds their grants; `project` if absent.
    #[schemars(extend("x-becomes" = "the key in Keycloak `attributes`", "default" = GRANT_ATTRIBUTE))]
    pub grant_attribute: Option<String>,
    /// The realm's user profile.
    pub user_profile: Option<UserProfile>,
    /// Roles of the realm; those not listed stay as they are.
    #[serde(default)]
    pub roles: Vec<Short<Role>>,
    /// Client scopes; those not listed stay as they are.
    #[serde(default)]
    pub client_scopes: Vec<ClientScope>,
    /// Clients; those not listed stay as they are.
    #[serde(default)]
    pub clients: Vec<Client>,
    /// Groups that every new user is put into, and every new account of a client, by path; those not listed stay.
    #[serde(default)]
    pub default_groups: Vec<Short<UserGroup>>,
    /// Identity providers of the realm: directories whose people can log in to it; those not listed stay as they are.
    #[serde(default)]
    pub identity_providers: Vec<RealmIdentityProvider>,
    /// Collections of which this document says everything: what is not listed goes.
    #[serde(default)]
    #[schemars(extend("x-becomes" = OWN))]
    pub authoritative: Vec<AuthoritativeRealm>,
    /// What is done about each section of this document; `manage` if absent.
    #[serde(default)]
    pub modes: Modes,
    /// The Keystone identity provider through which the realm's people come.
    #[serde(default)]
    pub identity_provider: IdentityProvider,
}

/// A collection of a realm of which its document says everything.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum AuthoritativeRealm {
    /// The groups that every new user is put into.
    DefaultGroups,
    /// The identity providers of the realm.
    IdentityProviders,
}

/// What is done about each section of a Realm document.
#[derive(Clone, Copy, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Modes {
    /// The realm's own fields.
    pub realm: Mode,
    /// The user profile.
    pub user_profile: Mode,
    /// The realm's roles.
    pub roles: Mode,
    /// Client scopes, with how new clients get them.
    pub client_scopes: Mode,
    /// Clients, with their dedicated scopes, their roles and the client scopes that they have.
    pub clients: Mode,
    /// The groups that every new user is put into.
    pub default_groups: Mode,
    /// The identity providers of the realm, with their mappers.
    pub identity_providers: Mode,
    /// Keystone's identity provider with its protocol.
    pub identity_provider: Mode,
}

/// A realm's Keycloak.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Keycloak {
    /// Its address. Absent: `https://keycloak.FQDN`, for realm `master` `https://admin.keycloak.FQDN`.
    #[schemars(extend("x-becomes" = OWN))]
    pub url: Option<Url>,
}

/// How the tool logs in to Keycloak: a service account (`clientId`, `clientSecret`) or a person's account
/// (`username`, `password`).
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct KeycloakLogin {
    /// The realm that the account is in; the declared realm if absent.
    #[schemars(extend("x-becomes" = OWN))]
    pub realm: Option<String>,
    /// The client whose service account is used.
    #[schemars(extend("x-becomes" = OWN))]
    pub client_id: Option<String>,
    /// That client's secret.
    #[schemars(extend("x-becomes" = OWN))]
    pub client_secret: Option<SecretRef>,
    /// The person's username.
    #[schemars(extend("x-becomes" = OWN))]
    pub username: Option<String>,
    /// The person's password.
    #[schemars(extend("x-becomes" = OWN))]
    pub password: Option<SecretRef>,
}

/// A realm's user profile.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct UserProfile {
    /// What happens to attributes that the profile does not declare.
    pub unmanaged_attributes: Option<UnmanagedAttributes>,
    /// Attributes that the profile declares; those not listed stay as they are.
    #[serde(default)]
    pub attributes: Vec<ProfileAttribute>,
    /// Groups that attributes are shown in; those not listed stay as they are.
    #[serde(default)]
    pub groups: Vec<ProfileGroup>,
}

/// A group that attributes of a user profile are shown in. What is not said of one that is there stays as it is.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ProfileGroup {
    /// Its name.
    #[schemars(extend("x-becomes" = "Keycloak user-profile `name` of the group"))]
    pub name: String,
    /// Whether the profile shall have it: `present` or `absent`.
    #[serde(default)]
    pub ensure: Ensure,
    /// Its name for people.
    #[schemars(extend("x-becomes" = "Keycloak user-profile `displayHeader` of the group"))]
    pub display_header: Option<String>,
    /// A text for people.
    #[schemars(extend("x-becomes" = "Keycloak user-profile `displayDescription` of the group"))]
    pub display_description: Option<String>,
    /// What else pages are told of it, by name; others stay as they are.
    #[schemars(extend("x-becomes" = "Keycloak user-profile `annotations` of the group"))]
    pub annotations: Option<serde_json::Map<String, Json>>,
}

/// An attribute that a user profile declares. What is not said of one that is there stays as it is.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ProfileAttribute {
    /// Its name.
    #[schemars(extend("x-becomes" = "Keycloak user-profile `name` of the attribute"))]
    pub name: String,
    /// Whether the profile shall declare it: `present` or `absent`.
    #[serde(default)]
    pub ensure: Ensure,
    /// Its name for people.
    #[schemars(extend("x-becomes" = "Keycloak user-profile `displayName` of the attribute"))]
    pub display_name: Option<String>,
    /// Whether it can have several values: grants need that.
    #[schemars(extend("x-becomes" = "Keycloak user-profile `multivalued` of the attribute"))]
    pub multivalued: Option<bool>,
    /// Value list: who sees it.
    #[schemars(extend("x-becomes" = "Keycloak user-profile `permissions.view` of the attribute"))]
    pub view: Option<Vec<Audience>>,
    /// Value list: who changes it. Whoever may change the attribute of grants may grant themselves projects.
    #[schemars(extend("x-becomes" = "Keycloak user-profile `permissions.edit` of the attribute"))]
    pub edit: Option<Vec<Audience>>,
    /// Value list: who must give it a value; nobody if empty.
    #[schemars(extend("x-becomes" = "Keycloak user-profile `required.roles` of the attribute"))]
    pub required: Option<Vec<Audience>>,
    /// Value list: the client scopes with one of which a login demands it, besides; only where somebody must give it.
    #[schemars(extend("x-becomes" = "Keycloak user-profile `required.scopes` of the attribute"))]
    pub required_scopes: Option<Vec<String>>,
    /// Value list: the client scopes with one of which it is asked for and shown; always if empty.
    #[schemars(extend("x-becomes" = "Keycloak user-profile `selector.scopes` of the attribute"))]
    pub scopes: Option<Vec<String>>,
    /// The value that it has where none is given; a server of 26.0 does not know it.
    #[schemars(extend("x-becomes" = "Keycloak user-profile `defaultValue` of the attribute"))]
    pub default_value: Option<String>,
    /// The group that it is shown in, by name; none if empty.
    #[schemars(extend("x-becomes" = "Keycloak user-profile `group` of the attribute"))]
    pub group: Option<String>,
    /// What else pages are told of it, by name, such as `inputType`; others stay as they are.
    #[schemars(extend("x-becomes" = "Keycloak user-profile `annotations` of the attribute"))]
    pub annotations: Option<serde_json::Map<String, Json>>,
    /// Validators by the server's names, such as `length`, each with its configuration; others stay as they are.
    #[schemars(extend("x-becomes" = "Keycloak user-profile `validations` of the attribute"))]
    pub validations: Option<serde_json::Map<String, Json>>,
}

/// Who sees or changes an attribute.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Audience {
    /// Administrators.
    Admin,
    /// The person.
    User,
}

/// What happens to attributes that the profile does not declare.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum UnmanagedAttributes {
    /// They are neither stored nor shown: grants get lost.
    Disabled,
    /// People may change their own: they could grant themselves projects.
    Enabled,
    /// Administrators see them.
    AdminView,
    /// Administrators see and change them.
    AdminEdit,
}

impl UnmanagedAttributes {
    /// The word for it in a spec.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Disabled => "disabled",
            Self::Enabled => "enabled",
            Self::AdminView => "adminView",
            Self::AdminEdit => "adminEdit",
        }
    }
}

/// The Keystone identity provider through which a realm's people come.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct IdentityProvider {
    /// Its id; `keycloak` if absent, `keycloak-admin` for realm `master`.
    #[schemars(extend("x-becomes" = "Keystone identity-provider, by this id"))]
    pub id: Option<String>,
    /// Its protocol's id; `openid` if absent.
    #[schemars(extend("x-becomes" = "Keystone protocol, by this id", "default" = PROTOCOL))]
    pub protocol: Option<String>,
    /// Whether both shall be there.
    #[serde(default)]
    pub ensure: Ensure,
    /// The id of the mapping of its people. Absent: neither provider nor protocol is managed.
    pub mapping: Option<String>,
    /// The name of the domain that it belongs to; a new one is in `Default` if absent. It can never be changed.
    pub domain: Option<String>,
    /// Whether anybody can come through it; created enabled.
    pub enabled: Option<bool>,
    /// A text for people.
    pub description: Option<String>,
    /// For how many minutes a login gives the rights of groups; what Keystone's configuration says if absent.
    pub authorization_ttl: Option<u32>,
    /// Value list: the issuers whose tokens it accepts; the realm's own if absent.
    pub remote_ids: Option<Vec<String>>,
    /// The variable in which the web server says a token's issuer; what Keystone's configuration says if absent.
    pub remote_id_attribute: Option<String>,
}
