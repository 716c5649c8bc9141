//! How the tool logs in, as the spec says: exactly one form for each server.

use std::path::Path;

use super::anchored;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::model::declared::At;
use crate::secret::SecretRef;
use crate::spec::environment::{self, ADMIN_PROJECT, ApplicationCredentialLogin};
use crate::spec::grant::DEFAULT_DOMAIN;
use crate::spec::realm;

/// How the tool logs in to Keystone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeystoneLogin {
    /// By an entry of a clouds.yaml.
    Cloud(String),
    /// By an application credential.
    ApplicationCredential {
        /// Its id.
        id: String,
        /// Its secret.
        secret: SecretRef,
    },
    /// By an account of Keystone's own.
    Password {
        /// The account's name.
        username: String,
        /// Its password.
        password: SecretRef,
        /// The name of the account's domain.
        user_domain: String,
        /// The project to work in.
        project: String,
        /// The name of that project's domain.
        project_domain: String,
    },
}

/// How the tool logs in to Keycloak.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeycloakLogin {
    /// By a client's service account.
    ServiceAccount {
        /// The realm that the client is in; nothing for the declared one.
        realm: Option<String>,
        /// The client's id.
        client_id: String,
        /// The client's secret.
        client_secret: SecretRef,
    },
    /// By a person's account.
    User {
        /// The realm that the account is in; nothing for the declared one.
        realm: Option<String>,
        /// The username.
        username: String,
        /// The password.
        password: SecretRef,
    },
}

/// The one form that a Keystone login has.
pub(super) fn keystone(
    login: environment::KeystoneLogin,
    directory: &Path,
    at: &At,
    diagnostics: &mut Diagnostics,
) -> Option<KeystoneLogin> {
    let environment::KeystoneLogin {
        cloud,
        application_credential,
        username,
        password,
        user_domain,
        project,
        project_domain,
    } = login;
    let named = user_domain.is_some() || project.is_some() || project_domain.is_some();
    let or_default = |domain: Option<String>| domain.unwrap_or_else(|| DEFAULT_DOMAIN.to_owned());
    match (cloud, application_credential, username, password, named) {
        (Some(cloud), None, None, None, false) => Some(KeystoneLogin::Cloud(cloud)),
        (None, Some(ApplicationCredentialLogin { id, secret }), None, None, false) => {
            Some(KeystoneLogin::ApplicationCredential { id, secret: anchored(&secret, directory) })
        }
        (None, None, Some(username), Some(password), _) => Some(KeystoneLogin::Password {
            username,
            password: anchored(&password, directory),
            user_domain: or_default(user_domain),
            project: project.unwrap_or_else(|| ADMIN_PROJECT.to_owned()),
            project_domain: or_default(project_domain),
        }),
        _ => {
            let help = "either `cloud`; or `applicationCredential`; or `username` and `password`, with `userDomain`, \
                        `project` and `projectDomain` where they differ";
            diagnostics.push(unclear(at, help));
            None
        }
    }
}

/// The one form that a Keycloak login has.
pub(super) fn keycloak(
    login: realm::KeycloakLogin,
    directory: &Path,
    at: &At,
    diagnostics: &mut Diagnostics,
) -> Option<KeycloakLogin> {
    let realm::KeycloakLogin { realm, client_id, client_secret, username, password } = login;
    match (client_id, client_secret, username, password) {
        (Some(client_id), Some(secret), None, None) => {
            let client_secret = anchored(&secret, directory);
            Some(KeycloakLogin::ServiceAccount { realm, client_id, client_secret })
        }
        (None, None, Some(username), Some(password)) => {
            Some(KeycloakLogin::User { realm, username, password: anchored(&password, directory) })
        }
        _ => {
            let help =
                "either `clientId` and `clientSecret`, or `username` and `password`; and `realm` where it differs";
            diagnostics.push(unclear(at, help));
            None
        }
    }
}

fn unclear(at: &At, help: &str) -> Diagnostic {
    Diagnostic::error(at.source(), "a login has exactly one form").help(help)
}
