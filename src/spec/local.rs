//! Identities of Keystone's own, which no identity provider knows, in Access documents.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::grant::DEFAULT_DOMAIN;
use super::short::{self, Short};
use super::{Ensure, Mode, NAMED, OWN, RENAMED};
use crate::secret::SecretRef;

/// Identities of Keystone's own: of services, and of administrators who must get in without Keycloak.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Local {
    /// Groups; those not listed stay as they are.
    #[serde(default)]
    pub groups: Vec<LocalGroup>,
    /// Users; those not listed stay as they are.
    #[serde(default)]
    pub users: Vec<LocalUser>,
    /// Roles of Keystone's own users and groups; those not listed stay as they are.
    #[serde(default)]
    pub role_assignments: Vec<RoleAssignment>,
    /// Collections of which this document says everything: what is not listed goes.
    #[serde(default)]
    #[schemars(extend("x-becomes" = OWN))]
    pub authoritative: Vec<AuthoritativeLocal>,
    /// What is done about each section beside this one; `manage` if absent.
    #[serde(default)]
    pub modes: LocalModes,
}

/// A collection of Keystone's own of which an Access document says everything.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum AuthoritativeLocal {
    /// The roles of users and groups on the projects that the document declares: nobody else has any there. What the
    /// tokens of people bring stays, that is a matter of `grants`; and so does what the tool itself works with.
    RoleAssignments,
}

/// What is done about each section of Keystone's own identities.
#[derive(Clone, Copy, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct LocalModes {
    /// Groups, with their members.
    pub groups: Mode,
    /// Users.
    pub users: Mode,
    /// Roles of users and groups.
    pub role_assignments: Mode,
}

/// A group of Keystone's own.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct LocalGroup {
    /// The name, at most 64 characters.
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
    /// The users in it, by name; those not listed stay as they are.
    #[serde(default)]
    pub members: Vec<Short<LocalMember>>,
    /// Collections of which this group says everything: what is not listed goes.
    #[serde(default)]
    #[schemars(extend("x-becomes" = OWN))]
    pub authoritative: Vec<AuthoritativeLocalGroup>,
}

/// A collection of which a group of Keystone's own says everything.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum AuthoritativeLocalGroup {
    /// The members, but those whom an identity provider has put into it for some time.
    Members,
}

/// A user in a group of Keystone's own.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct LocalMember {
    /// The user's name.
    #[schemars(extend("x-becomes" = NAMED, "examples" = ["svc-backup"]))]
    pub name: String,
    /// The name of the user's domain; the group's if absent.
    #[schemars(extend("x-becomes" = NAMED))]
    pub domain: Option<String>,
    /// Whether the user shall be in the group.
    #[serde(default)]
    pub ensure: Ensure,
}

impl short::Named for LocalMember {
    fn named(name: String) -> Self {
        Self { name, domain: None, ensure: Ensure::default() }
    }
}

/// A user of Keystone's own.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct LocalUser {
    /// The name.
    pub name: String,
    /// Whether the account shall be there.
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
    /// The e-mail address.
    pub email: Option<String>,
    /// Whether it can log in; created enabled.
    pub enabled: Option<bool>,
    /// The password that a new account gets; never sent to an existing one.
    pub initial_password: Option<SecretRef>,
    /// The project that a login is for if it names none.
    pub default_project: Option<Named>,
    /// Where its password and its logins are not dealt with as everybody's are.
    pub options: Option<UserOptions>,
}

/// Where the password and the logins of a user of Keystone's own are not dealt with as everybody's are.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct UserOptions {
    /// Whether the password may stay that an administrator has given, where others must change it at their first login.
    pub ignore_change_password_upon_first_use: Option<bool>,
    /// Whether the password never ends, where that of others does after some days: for services.
    pub ignore_password_expiry: Option<bool>,
    /// Whether it can log in however many logins have failed, where others are locked out for a while.
    pub ignore_lockout_failure_attempts: Option<bool>,
    /// Whether it stays enabled though it has not logged in for long, where others are disabled.
    pub ignore_user_inactivity: Option<bool>,
    /// Whether administrators alone can change the password.
    pub lock_password: Option<bool>,
    /// Whether `multiFactorAuthRules` count; they do where nothing is said, here or on the server.
    pub multi_factor_auth_enabled: Option<bool>,
    /// Value list: the sets of ways of logging in (`password`, `totp`, `token` and what else the server has loaded) any of
    /// which is enough. A way that the server has not loaded is left out of its set: `[password, totp]` is `[password]`
    /// where there is no `totp`. They count for application credentials, too, which come in by `[application_credential]`
    /// alone.
    #[schemars(extend("examples" = [[["password", "totp"]]]))]
    pub multi_factor_auth_rules: Option<Vec<Vec<String>>>,
}

impl UserOptions {
    /// Whether `way` alone is enough to log in.
    #[must_use]
    pub fn let_in(&self, way: &str) -> bool {
        let rules = self.multi_factor_auth_rules.as_deref().unwrap_or_default();
        let is_enough = |rule: &Vec<String>| rule.iter().all(|one| one == way);
        self.multi_factor_auth_enabled == Some(false) || rules.is_empty() || rules.iter().any(is_enough)
    }
}

/// A role of a user or a group on a project, a domain or the whole system.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RoleAssignment {
    /// The role's name.
    #[schemars(extend("x-becomes" = NAMED))]
    pub role: String,
    /// The name of the domain that it is a role of, if it is one of a domain.
    #[schemars(extend("x-becomes" = NAMED))]
    pub role_domain: Option<String>,
    /// Whether it shall be there.
    #[serde(default)]
    pub ensure: Ensure,
    /// The user who has the role; or say a `group`.
    pub user: Option<Named>,
    /// The group whose members have the role; or say a `user`.
    pub group: Option<Named>,
    /// The project that it is a role on; or say a `domain` or the `system`.
    pub project: Option<Named>,
    /// The name of the domain that it is a role on; or say a `project` or the `system`.
    #[schemars(extend("x-becomes" = NAMED))]
    pub domain: Option<String>,
    /// What of the system it is a role on; or say a `project` or a `domain`.
    #[schemars(extend("x-becomes" = "`system` in the address of the assignment"))]
    pub system: Option<System>,
    /// Whether it is a role in all projects below: of the domain, or in those that are part of the project. On the
    /// domain or the project itself it is none then.
    #[serde(default)]
    #[schemars(extend("x-becomes" = "`OS-INHERIT` in the address of the assignment"))]
    pub inherited: bool,
}

/// What of the system a role is on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum System {
    /// All of it.
    All,
}

/// A thing by its name in a domain.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Named {
    /// Its name.
    #[schemars(extend("x-becomes" = NAMED))]
    pub name: String,
    /// The name of its domain; for a project that is declared in this document its own, else `Default`.
    #[schemars(extend("x-becomes" = NAMED))]
    pub domain: Option<String>,
}
