//! How the tool logs in: as the spec says, else by the usual variables. What it holds is resolved here and nowhere
//! else.

mod clouds;

use url::Url;

use super::transport::TransportError;
use super::variable;
use crate::keycloak::session::Credentials as KeycloakCredentials;
use crate::keystone::session::{Credentials as KeystoneCredentials, Domain, Named};
use crate::model::source::Source;
use crate::resolve::login::{KeycloakLogin, KeystoneLogin};
use crate::resolve::site::{Environment, Realm, without_version};
use crate::secret::{Secret, SecretError, SecretRef, Secrets};

/// Why the tool cannot log in.
#[derive(Debug, thiserror::Error)]
pub(super) enum LoginError {
    #[error("the login to {server} is not known")]
    Unknown { server: String, hint: &'static str, source_in_spec: Source },
    #[error("failed to read a secret of the login to {server}")]
    Secret { server: String, source_in_spec: Source, source: SecretError },
    #[error("the account is one of {found}, and the environment's Keystone is {expected}")]
    OtherCloud { found: String, expected: Url },
    #[error(transparent)]
    Transport(#[from] TransportError),
    #[error(transparent)]
    Clouds(#[from] clouds::CloudsError),
}

impl LoginError {
    pub(super) fn source_in_spec(&self) -> Option<&Source> {
        match self {
            Self::Unknown { source_in_spec, .. } | Self::Secret { source_in_spec, .. } => Some(source_in_spec),
            Self::Transport(error) => error.source_in_spec(),
            Self::OtherCloud { .. } | Self::Clouds(_) => None,
        }
    }

    pub(super) fn hint(&self) -> Option<&'static str> {
        match self {
            Self::Unknown { hint, .. } => Some(hint),
            Self::OtherCloud { .. } => Some(
                "an openrc or a clouds.yaml of another cloud is in use: unset the OS_* variables, or name the right cloud",
            ),
            Self::Transport(error) => error.hint(),
            Self::Secret { source, .. } => source.hint(),
            Self::Clouds(_) => None,
        }
    }
}

const KEYCLOAK_HINT: &str = "give `login` in the Realm document, with `clientId` and `clientSecret` or with `username` \
    and `password`; or set OPCP_KEYCLOAK_CLIENT_ID and OPCP_KEYCLOAK_CLIENT_SECRET, or OPCP_KEYCLOAK_USERNAME and \
    OPCP_KEYCLOAK_PASSWORD (and OPCP_KEYCLOAK_LOGIN_REALM)";

/// The account at a realm's Keycloak.
pub(super) fn keycloak(site: &Realm, secrets: &Secrets) -> Result<KeycloakCredentials, LoginError> {
    let server = || format!("Keycloak, realm {}", site.realm);
    let at = || site.login_at.source();
    let unknown = || LoginError::Unknown { server: server(), hint: KEYCLOAK_HINT, source_in_spec: at() };
    let login = site.login.clone().or_else(keycloak_variables).ok_or_else(unknown)?;
    let read = |reference: &SecretRef| read(secrets, reference, server(), at());
    let or_declared = |realm: Option<String>| realm.unwrap_or_else(|| site.realm.clone());
    Ok(match login {
        KeycloakLogin::ServiceAccount { realm, client_id, client_secret } => KeycloakCredentials::ServiceAccount {
            realm: or_declared(realm),
            client_id,
            client_secret: read(&client_secret)?,
        },
        KeycloakLogin::User { realm, username, password } => {
            KeycloakCredentials::User { realm: or_declared(realm), username, password: read(&password)? }
        }
    })
}

/// The account that the variables describe; a service account, if they describe one.
fn keycloak_variables() -> Option<KeycloakLogin> {
    let realm = || variable("OPCP_KEYCLOAK_LOGIN_REALM");
    let service_account = || {
        let (client_id, client_secret) = (variable("OPCP_KEYCLOAK_CLIENT_ID")?, given("OPCP_KEYCLOAK_CLIENT_SECRET")?);
        Some(KeycloakLogin::ServiceAccount { realm: realm(), client_id, client_secret })
    };
    let user = || {
        let (username, password) = (variable("OPCP_KEYCLOAK_USERNAME")?, given("OPCP_KEYCLOAK_PASSWORD")?);
        Some(KeycloakLogin::User { realm: realm(), username, password })
    };
    service_account().or_else(user)
}

const KEYSTONE_HINT: &str = "give `keystone.login` in the Environment document: `cloud`, or `applicationCredential`, or \
    `username` and `password`; or set OS_CLOUD, or the OS_* variables of an openrc file";

/// The account at the environment's Keystone.
pub(super) fn keystone(environment: &Environment, secrets: &Secrets) -> Result<KeystoneCredentials, LoginError> {
    let read = |reference: &SecretRef| read(secrets, reference, "Keystone".to_owned(), environment.login_at.source());
    let named =
        |name: &str, domain: &str| Named::Name { name: name.to_owned(), domain: Domain::Name(domain.to_owned()) };
    match &environment.login {
        None => by_variables(environment),
        Some(KeystoneLogin::Cloud(cloud)) => by_cloud(environment, cloud),
        Some(KeystoneLogin::ApplicationCredential { id, secret }) => {
            Ok(KeystoneCredentials::ApplicationCredential { id: id.clone(), secret: read(secret)? })
        }
        Some(KeystoneLogin::Password { username, password, user_domain, project, project_domain }) => {
            Ok(KeystoneCredentials::Password {
                user: named(username, user_domain),
                password: read(password)?,
                project: named(project, project_domain),
            })
        }
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
        let found = auth_url.parse::<Url>().ok().and_then(|url| url.host_str().map(str::to_owned));
        Err(LoginError::OtherCloud {
            found: found.unwrap_or_else(|| "something that is no address".to_owned()),
            expected: environment.keystone.clone(),
        })
    }
}

fn given(name: &str) -> Option<SecretRef> {
    variable(name).map(|_| SecretRef::Env(name.to_owned()))
}

fn read(secrets: &Secrets, reference: &SecretRef, server: String, at: Source) -> Result<Secret, LoginError> {
    secrets.read(reference).map_err(|source| LoginError::Secret { server, source_in_spec: at, source })
}
