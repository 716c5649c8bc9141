//! How keystoneauth calls what a login consists of: the words of a clouds.yaml, of `OS_` variables and of services' files.

use crate::resolve::sink::Login;

/// The words of one sort of login.
#[derive(Clone, Copy)]
pub(super) struct Dialect {
    /// The auth type that is written where none of the same family is there.
    pub(super) auth_type: &'static str,
    /// How the auth types begin that are of the same family.
    family: &'static str,
    /// What is told: by the word of plans, and by that of keystoneauth. The first one says who logs in.
    pub(super) told: &'static [(&'static str, &'static str)],
    /// The secret.
    pub(super) secret: &'static str,
    /// What keystoneauth takes for granted, unless it is configured by oslo.config (seen on 5.18).
    pub(super) granted: &'static [(&'static str, &'static str)],
    /// Words of other logins: with one of them this one is refused, or is not the one that is meant.
    pub(super) others: &'static [&'static str],
}

impl Dialect {
    /// The words of what is delivered to a place.
    pub(super) fn of(login: &Login) -> Self {
        match login {
            Login::ApplicationCredential => APPLICATION_CREDENTIAL,
            Login::Client(client) if client.has_account => CLIENT,
            Login::Client(_) => Self { auth_type: "v3oidcpassword", ..CLIENT },
        }
    }

    /// Whether a login of this auth type works with these words.
    pub(super) fn takes(&self, auth_type: Option<&str>) -> bool {
        auth_type.is_some_and(|auth_type| auth_type.starts_with(self.family))
    }

    /// The word of plans for who logs in.
    pub(super) fn identity(&self) -> &'static str {
        self.told.first().map_or("", |(word, _)| word)
    }

    /// The variable of the `openstack` client for a word.
    pub(super) fn variable(word: &str) -> String {
        format!("OS_{}", word.to_uppercase())
    }
}

const APPLICATION_CREDENTIAL: Dialect = Dialect {
    auth_type: "v3applicationcredential",
    family: "v3applicationcredential",
    told: &[("credential", "application_credential_id"), ("authUrl", "auth_url")],
    secret: "application_credential_secret",
    granted: &[],
    // It brings its project itself.
    others: &[
        "access_token_endpoint",
        "application_credential_name",
        "client_id",
        "client_secret",
        "default_domain_id",
        "default_domain_name",
        "discovery_endpoint",
        "domain_id",
        "domain_name",
        "identity_provider",
        "password",
        "profile",
        "project_domain_id",
        "project_domain_name",
        "project_id",
        "project_name",
        "protocol",
        "system_scope",
        "trust_id",
        "user_domain_id",
        "user_domain_name",
        "user_id",
        "username",
    ],
};

const CLIENT: Dialect = Dialect {
    auth_type: "v3oidcclientcredentials",
    family: "v3oidc",
    told: &[
        ("clientId", "client_id"),
        ("authUrl", "auth_url"),
        ("identityProvider", "identity_provider"),
        ("protocol", "protocol"),
        ("discoveryEndpoint", "discovery_endpoint"),
    ],
    secret: "client_secret",
    granted: &[("access_token_type", "access_token"), ("openid_scope", "openid profile")],
    others: &["application_credential_id", "application_credential_name", "application_credential_secret"],
};
