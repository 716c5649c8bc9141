//! The kind `ApplicationCredential`: how an application logs in, where that is delivered to, and when it is renewed.

use jiff::Timestamp;
use kube::CustomResource;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::delivery::Delivery;
use super::duration::Seconds;
use super::grant::DEFAULT_DOMAIN;
use super::{OWN, Presence, REFERENCE};
use crate::secret::SecretRef;

/// The way of logging in with one, as Keystone calls it.
pub const APPLICATION_CREDENTIAL: &str = "application_credential";

/// The Keycloak client that owners log in through.
pub const OPENSTACK_CLI: &str = "openstack-cli";

/// An application credential: made, delivered, renewed before it ends, and removed when nobody needs it any more.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema, CustomResource)]
#[kube(group = "opcp.dev", version = "v1alpha1", kind = "ApplicationCredential", root = "Object", namespaced)]
#[kube(doc = "An ApplicationCredential in a cluster.")]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ApplicationCredential {
    /// The name of the Environment document that it belongs to.
    #[schemars(extend("x-becomes" = REFERENCE))]
    pub environment: String,
    /// Whether there shall be one.
    #[serde(default)]
    pub ensure: Presence,
    /// Whose credential it is: it can do no more than its owner, and ends with the owner's roles.
    pub owner: Owner,
    /// The name of the project that it works in.
    #[schemars(extend("x-becomes" = "Keystone application-credential `project_id`"))]
    pub project: String,
    /// The name of that project's domain; `Default` if absent.
    #[schemars(extend("default" = DEFAULT_DOMAIN, "x-becomes" = "Keystone application-credential `project_id`"))]
    pub domain: Option<String>,
    /// Value list: the names of its roles; all that the owner has in the project if absent.
    #[schemars(extend("x-becomes" = "Keystone application-credential `roles`"))]
    pub roles: Option<Vec<String>>,
    /// A text for people.
    #[schemars(extend("x-becomes" = "Keystone application-credential `description`"))]
    pub description: Option<String>,
    /// How long each lasts; or say `expiresAt`. Without both it never ends.
    #[schemars(extend("x-becomes" = "Keystone application-credential `expires_at`"))]
    pub expires_in: Option<Seconds>,
    /// When it ends, in UTC such as `2027-01-31T00:00:00Z`; or say `expiresIn`.
    #[schemars(extend("x-becomes" = "Keystone application-credential `expires_at`"))]
    pub expires_at: Option<Moment>,
    /// Whether it may manage application credentials and trusts itself: whoever holds it can then make more of them.
    #[schemars(extend("x-becomes" = "Keystone application-credential `unrestricted`"))]
    pub unrestricted: Option<bool>,
    /// Value list: the requests that it may be used for; any if absent.
    #[schemars(extend("x-becomes" = "Keystone application-credential `access_rules`"))]
    pub access_rules: Option<Vec<AccessRule>>,
    /// When it is renewed, and what becomes of the old one.
    #[serde(default)]
    pub rotation: Rotation,
    /// Where it is delivered to: at least one place, since nobody can see its secret again.
    #[schemars(extend("x-becomes" = "a delivery"))]
    pub deliver: Vec<Delivery>,
}

/// A moment in UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(try_from = "String")]
#[schemars(with = "String", extend("format" = "date-time"))]
pub struct Moment(Timestamp);

impl TryFrom<String> for Moment {
    type Error = NoMoment;

    fn try_from(text: String) -> Result<Self, NoMoment> {
        // Keystone takes no other offsets.
        text.parse().ok().filter(|_| text.ends_with('Z')).map(Self).ok_or(NoMoment)
    }
}

impl From<Moment> for Timestamp {
    fn from(Moment(moment): Moment) -> Self {
        moment
    }
}

/// A text that is no moment in UTC.
#[derive(Debug, thiserror::Error)]
#[error("expected a time in UTC such as 2027-01-31T00:00:00Z")]
pub struct NoMoment;

/// Who owns an application credential: a person of a realm, or a user of Keystone's own.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Owner {
    /// The name of the Realm document that the owner is in; a user of Keystone's own if absent.
    #[schemars(extend("x-becomes" = REFERENCE))]
    pub realm: Option<String>,
    /// The owner's username.
    #[schemars(extend("x-becomes" = "the owner of the Keystone application-credential"))]
    pub username: String,
    /// The name of the domain of a user of Keystone's own; `Default` if absent.
    #[schemars(extend("default" = DEFAULT_DOMAIN, "x-becomes" = "the owner of the Keystone application-credential"))]
    pub domain: Option<String>,
    /// The owner's password: nobody else can make the credential, not even an administrator.
    #[schemars(extend("x-becomes" = OWN))]
    pub password: SecretRef,
    /// The Keycloak client that an owner of a realm logs in through; `openstack-cli` if absent.
    #[schemars(extend("default" = OPENSTACK_CLI, "x-becomes" = OWN))]
    pub client_id: Option<String>,
}

/// A request that an application credential may be used for. Services enforce it that know of it
/// (`[keystone_authtoken] service_type`).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AccessRule {
    /// The type of the service, such as `compute`.
    #[schemars(extend("x-becomes" = "Keystone application-credential `access_rules`"))]
    pub service: String,
    /// The HTTP method.
    #[schemars(extend("x-becomes" = "Keystone application-credential `access_rules`"))]
    pub method: Method,
    /// The path; `*` stands for one segment, `**` for all that follow.
    #[schemars(extend("x-becomes" = "Keystone application-credential `access_rules`"))]
    pub path: String,
}

/// An HTTP method.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "UPPERCASE")]
pub enum Method {
    /// Looks.
    Get,
    /// Looks at the headers alone.
    Head,
    /// Makes, or acts.
    Post,
    /// Replaces.
    Put,
    /// Changes.
    Patch,
    /// Removes.
    Delete,
}

/// When an application credential is renewed, and what becomes of the old one.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Rotation {
    /// How long before its end it is renewed; a third of its life if absent.
    #[schemars(extend("x-becomes" = OWN))]
    pub renew_before: Option<Seconds>,
    /// How long the old one stays valid beside the new one; it goes in the same run if absent.
    #[schemars(extend("x-becomes" = OWN))]
    pub overlap: Option<Seconds>,
}
