//! How the tool logs in: as the spec says, else by the usual variables. What it holds is resolved here and nowhere
//! else.

mod clouds;

use std::path::PathBuf;

use url::Url;

use super::variable;
use crate::http::client::ClientError;
use crate::keycloak::session::Credentials as KeycloakCredentials;
use crate::keystone::session::{Credentials as KeystoneCredentials, Domain, Named};
use crate::model::source::Source;
use crate::resolve::site::{Environment, Realm, without_version};
use crate::secret::{Secret, SecretError, SecretRef, Secrets};
use crate::spec::environment::KeystoneLogin;
use crate::spec::grant::DEFAULT_DOMAIN;
use crate::spec::realm::KeycloakLogin;

/// The project that an administrator works in where nothing else is said.
const ADMIN_PROJECT: &str = "admin";

/// Why the tool cannot log in.
#[derive(Debug, thiserror::Error)]
pub(super) enum LoginError {
    #[error("the login to {server} is not known")]
    Unknown { server: String, hint: &'static str, source_in_spec: Source },
    #[error("the login to {server} is neither one thing nor the other")]
    Ambiguous { server: String, hint: &'static str, source_in_spec: Source },
    #[error("failed to read a secret of the login to {server}")]
    Secret { server: String, source_in_spec: Source, source: SecretError },
    #[error("`{found}` is another server than the environment's Keystone `{expected}`")]
    OtherCloud { found: String, expected: Url },
    #[error("failed to read the CA bundle {}", .path.display())]
    Bundle { path: PathBuf, source: std::io::Error },
    #[error(transparent)]
    Client(#[from] ClientError),
    #[error(transparent)]
    Clouds(#[from] clouds::CloudsError),
}

impl LoginError {
    pub(super) fn source_in_spec(&self) -> Option<&Source> {
        match self {
            Self::Unknown { source_in_spec, .. }
            | Self::Ambiguous { source_in_spec, .. }
            | Self::Secret { source_in_spec, .. } => Some(source_in_spec),
            Self::OtherCloud { .. } | Self::Bundle { .. } | Self::Client(_) | Self::Clouds(_) => None,
        }
    }

    pub(super) fn hint(&self) -> Option<&'static str> {
        match self {
            Self::Unknown { hint, .. } | Self::Ambiguous { hint, .. } => Some(hint),
            Self::OtherCloud { .. } => Some(
                "an openrc or a clouds.yaml of another cloud is in use: unset the OS_* variables, or name the right cloud",
            ),
            Self::Bundle { .. } => Some("correct `caFile` in the Environment document"),
            Self::Secret { .. } | Self::Client(_) | Self::Clouds(_) => None,
        }
    }
}

/// The bundle of CAs to trust instead of the system's: the spec's, else that of `OS_CACERT`.
pub(super) fn ca_bundle(environment: &Environment) -> Result<Option<Vec<u8>>, LoginError> {
    let path = environment.ca_file.clone().or_else(|| variable("OS_CACERT").map(PathBuf::from));
    path.map(|path| std::fs::read(&path).map_err(|source| LoginError::Bundle { path, source })).transpose()
}

const KEYCLOAK_HINT: &str = "give `login` in the Realm document, with `clientId` and `clientSecret` or with `username` \
    and `password`; or set OPCP_KEYCLOAK_CLIENT_ID and OPCP_KEYCLOAK_CLIENT_SECRET, or OPCP_KEYCLOAK_USERNAME and \
    OPCP_KEYCLOAK_PASSWORD (and OPCP_KEYCLOAK_LOGIN_REALM)";

/// The account at a realm's Keycloak.
pub(super) fn keycloak(site: &Realm, secrets: Secrets) -> Result<KeycloakCredentials, LoginError> {
    let login = site.login.clone().unwrap_or_else(|| KeycloakLogin {
        realm: variable("OPCP_KEYCLOAK_LOGIN_REALM"),
        client_id: variable("OPCP_KEYCLOAK_CLIENT_ID"),
        client_secret: given("OPCP_KEYCLOAK_CLIENT_SECRET"),
        username: variable("OPCP_KEYCLOAK_USERNAME"),
        password: given("OPCP_KEYCLOAK_PASSWORD"),
    });
    let server = || format!("Keycloak, realm {}", site.realm);
    let read = |reference: &SecretRef| read(secrets, reference, server(), site.login_at.source());
    let KeycloakLogin { realm, client_id, client_secret, username, password } = login;
    let realm = realm.unwrap_or_else(|| site.realm.clone());
    match (client_id, client_secret, username, password) {
        (Some(client_id), Some(secret), None, None) => {
            Ok(KeycloakCredentials::ServiceAccount { realm, client_id, client_secret: read(&secret)? })
        }
        (None, None, Some(username), Some(password)) => {
            Ok(KeycloakCredentials::User { realm, username, password: read(&password)? })
        }
        (None, None, None, None) => {
            Err(LoginError::Unknown { server: server(), hint: KEYCLOAK_HINT, source_in_spec: site.login_at.source() })
        }
        _ => {
            Err(LoginError::Ambiguous { server: server(), hint: KEYCLOAK_HINT, source_in_spec: site.login_at.source() })
        }
    }
}

const KEYSTONE_HINT: &str = "give `keystone.login` in the Environment document: `cloud`, or `applicationCredential`, or \
    `username` and `password`; or set OS_CLOUD, or the OS_* variables of an openrc file";

/// The account at the environment's Keystone.
pub(super) fn keystone(environment: &Environment, secrets: Secrets) -> Result<KeystoneCredentials, LoginError> {
    let Some(login) = &environment.login else { return by_variables(environment) };
    let at = || environment.login_at.source();
    let read = |reference: &SecretRef| read(secrets, reference, "Keystone".to_owned(), at());
    let KeystoneLogin { cloud, application_credential, username, password, user_domain, project, project_domain } =
        login;
    match (cloud, application_credential, username, password) {
        (Some(cloud), None, None, None) => by_cloud(environment, cloud),
        (None, Some(credential), None, None) => Ok(KeystoneCredentials::ApplicationCredential {
            id: credential.id.clone(),
            secret: read(&credential.secret)?,
        }),
        (None, None, Some(username), Some(password)) => {
            let named = |name: &str, domain: &Option<String>| Named::Name {
                name: name.to_owned(),
                domain: Domain::Name(domain.clone().unwrap_or_else(|| DEFAULT_DOMAIN.to_owned())),
            };
            Ok(KeystoneCredentials::Password {
                user: named(username, user_domain),
                password: read(password)?,
                project: named(project.as_deref().unwrap_or(ADMIN_PROJECT), project_domain),
            })
        }
        _ => Err(LoginError::Ambiguous { server: "Keystone".to_owned(), hint: KEYSTONE_HINT, source_in_spec: at() }),
    }
}

fn by_cloud(environment: &Environment, cloud: &str) -> Result<KeystoneCredentials, LoginError> {
    let entry = clouds::find(cloud)?;
    same_cloud(environment, entry.auth_url()?)?;
    entry.credentials().map_err(LoginError::from)
}

fn by_variables(environment: &Environment) -> Result<KeystoneCredentials, LoginError> {
    if let Some(cloud) = variable("OS_CLOUD") {
        return by_cloud(environment, &cloud);
    }
    if let Some(url) = variable("OS_AUTH_URL") {
        same_cloud(environment, &url)?;
    }
    let unknown = || LoginError::Unknown {
        server: "Keystone".to_owned(),
        hint: KEYSTONE_HINT,
        source_in_spec: environment.login_at.source(),
    };
    let entry = clouds::Cloud::of_variables(variable);
    if entry.is_empty() { Err(unknown()) } else { entry.credentials().map_err(LoginError::from) }
}

/// Refuses yesterday's openrc: its account must be the environment's.
fn same_cloud(environment: &Environment, auth_url: &str) -> Result<(), LoginError> {
    let same = auth_url.parse::<Url>().is_ok_and(|url| {
        let url = without_version(url);
        let expected = &environment.keystone;
        (url.scheme(), url.host(), url.port_or_known_default())
            == (expected.scheme(), expected.host(), expected.port_or_known_default())
    });
    if same {
        Ok(())
    } else {
        Err(LoginError::OtherCloud { found: auth_url.to_owned(), expected: environment.keystone.clone() })
    }
}

fn given(name: &str) -> Option<SecretRef> {
    variable(name).map(|_| SecretRef::Env(name.to_owned()))
}

fn read(secrets: Secrets, reference: &SecretRef, server: String, at: Source) -> Result<Secret, LoginError> {
    secrets.read(reference).map_err(|source| LoginError::Secret { server, source_in_spec: at, source })
}
