//! Logging in to Keycloak: as a person through `admin-cli`, or as a service account. Refusals are recognised by
//! the server's own words (seen on 26.0 and 26.7), since statuses differ between versions.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use reqwest::Client;
use url::Url;

use super::{rights, user};
use crate::http::failure::{Failure, Kind};
use crate::http::route::Route;
use crate::http::{self, Access, Dialect, Token, exchange, exchange_patiently, sensitive};
use crate::model::Json;
use crate::model::address::{Address, KeycloakKind};
use crate::secret::Secret;

/// The client through which people log in to the admin API.
const ADMIN_CLI: &str = "admin-cli";

/// Who logs in.
#[derive(Clone, PartialEq, Eq)]
pub enum Credentials {
    /// A person's account.
    User {
        /// The realm that the account is in.
        realm: String,
        /// Its username.
        username: String,
        /// Its password.
        password: Secret,
    },
    /// A client's service account.
    ServiceAccount {
        /// The realm that the client is in.
        realm: String,
        /// Its client id.
        client_id: String,
        /// Its secret.
        client_secret: Secret,
    },
}

impl Credentials {
    /// The account's name, as plans show it.
    #[must_use]
    pub fn account(&self) -> &str {
        match self {
            Self::User { username, .. } => username,
            Self::ServiceAccount { client_id, .. } => client_id,
        }
    }

    /// What the login goes by: the account, by all its names, and the client that it goes through.
    #[must_use]
    pub fn own(&self) -> Vec<Address> {
        match self {
            Self::User { realm, username, .. } => vec![
                Address::keycloak(realm, KeycloakKind::User, [username.to_lowercase().as_str()]),
                Address::keycloak(realm, KeycloakKind::Client, [ADMIN_CLI]),
            ],
            Self::ServiceAccount { realm, client_id, .. } => {
                let account = user::service_account(client_id);
                vec![
                    Address::keycloak(realm, KeycloakKind::Client, [client_id.as_str()]),
                    Address::keycloak(realm, KeycloakKind::ServiceAccount, [client_id.as_str()]),
                    Address::keycloak(realm, KeycloakKind::User, [account.as_str()]),
                ]
            }
        }
    }

    fn realm(&self) -> &str {
        match self {
            Self::User { realm, .. } | Self::ServiceAccount { realm, .. } => realm,
        }
    }

    fn form(&self) -> Vec<(&'static str, &str)> {
        match self {
            Self::User { realm: _, username, password } => vec![
                ("grant_type", "password"),
                ("client_id", ADMIN_CLI),
                ("username", username),
                ("password", password.expose()),
            ],
            Self::ServiceAccount { realm: _, client_id, client_secret } => vec![
                ("grant_type", "client_credentials"),
                ("client_id", client_id),
                ("client_secret", client_secret.expose()),
            ],
        }
    }
}

/// The login of `credentials` to the Keycloak at `base`.
#[must_use]
pub fn access(client: Client, base: Url, credentials: Credentials, parallelism: usize) -> Access<Credentials> {
    let dialect = Dialect { header: "authorization", request_id: None, explain: rights::explain };
    Access { client, base, credentials, dialect, parallelism }
}

impl http::Credentials for Credentials {
    async fn token(&self, client: &Client, base: &Url) -> Result<Token, Failure> {
        let route = Route::new(["realms", self.realm(), "protocol", "openid-connect", "token"]);
        let url = route.below(base).map_err(|error| Failure::new(Kind::Unformed, route.to_string()).because(error))?;
        let attempt = format!("log in to Keycloak as {} (POST {url})", self.account());
        let asked = Instant::now();
        let request = client.post(url).form(&self.form());
        let (_, answer) = exchange(request, &attempt).await.map_err(|failure| refused(failure, self))?;
        let text = |key: &str| answer.get(key).and_then(Json::as_str);
        let access_token = text("access_token")
            .ok_or_else(|| Failure::new(Kind::Unreadable, &attempt).because("the answer holds no access token"))?;
        let lifespan = Duration::from_secs(answer.get("expires_in").and_then(Json::as_u64).unwrap_or(60));
        let margin = (lifespan / 3).min(Duration::from_secs(20));
        Ok(Token {
            value: sensitive(&format!("Bearer {access_token}"), &attempt)?,
            renew_at: asked + lifespan.saturating_sub(margin),
            own: BTreeSet::new(),
            account: None,
        })
    }
}

/// A refused login of the tool.
fn refused(failure: Failure, credentials: &Credentials) -> Failure {
    let client = match credentials {
        Credentials::User { .. } => ADMIN_CLI,
        Credentials::ServiceAccount { client_id, .. } => client_id,
    };
    Login { account: credentials.account(), client, realm: credentials.realm() }.refused(failure)
}

/// A login to Keycloak, as its refusal speaks of it.
#[derive(Clone, Copy)]
pub struct Login<'a> {
    /// Who logs in: the username, or the client id of a service account.
    pub account: &'a str,
    /// The client that the login goes through.
    pub client: &'a str,
    /// The realm that both are in.
    pub realm: &'a str,
}

impl Login<'_> {
    /// The refusal of this login, with its cause: the guide's troubleshooting rows by name.
    #[must_use]
    pub fn refused(self, failure: Failure) -> Failure {
        match self.cause(&failure) {
            // Where it leads says more than any guess.
            Some(_) if failure.is_redirect() => Failure { kind: Kind::LoginRefused, ..failure },
            Some(hint) => Failure { kind: Kind::LoginRefused, ..failure }.hint(hint),
            None => failure,
        }
    }

    fn cause(self, failure: &Failure) -> Option<String> {
        let Self { account, client, realm } = self;
        Some(match failure.words() {
            words if words.contains("Invalid client credentials") => format!(
                "Invalid client credentials: the client secret is wrong or missing, or there is no enabled client \
                 `{client}` in realm `{realm}`; take the secret from the client's Credentials tab in the Keycloak console"
            ),
            words if words.contains("Invalid user credentials") => {
                format!("the username or password of `{account}` is wrong in realm `{realm}`, or the account is locked")
            }
            words if words.contains("not fully set up") => format!(
                "`{account}` has a pending required action, a temporary password, or lacks e-mail, first or last name"
            ),
            words if words.contains("Account disabled") => format!("enable `{account}` in realm `{realm}`"),
            words if words.contains("direct access grants") => {
                format!("enable direct access grants on client `{client}`")
            }
            words if words.contains("retrieve service account") => {
                format!("enable service account roles on client `{client}`")
            }
            words if words.contains("Realm does not exist") => discovery_failed(realm),
            words if not_keycloak(failure.kind, words) => discovery_failed(realm),
            _ => return None,
        })
    }
}

/// Whether an answer is none that a Keycloak would give to a login: its refusals begin with an OAuth 2.0 error code.
fn not_keycloak(kind: Kind, words: &str) -> bool {
    let codes = ["invalid_", "unauthorized_client", "unsupported_grant_type", "access_denied"];
    match kind {
        Kind::Missing | Kind::Unreadable => true,
        Kind::Refused => !codes.iter().any(|code| words.starts_with(code)),
        _ => false,
    }
}

/// The guide's third troubleshooting row.
fn discovery_failed(realm: &str) -> String {
    format!(
        "OIDC discovery failed: this address does not lead to a Keycloak with a realm `{realm}`; \
         correct `keycloak.url` (or `fqdn`) and the realm's name in the spec, so that the discovery endpoint \
         points to the right realm"
    )
}

/// A realm's discovery document.
pub struct Discovery {
    /// Its address.
    pub url: Url,
    /// The realm's issuer.
    pub issuer: String,
    document: Json,
}

impl Discovery {
    /// The address that the document has under this key: `token_endpoint`, `jwks_uri`, `end_session_endpoint`.
    #[must_use]
    pub fn address(&self, key: &str) -> Option<Url> {
        self.document.get(key)?.as_str()?.parse().ok()
    }

    /// Whether people can log in with name and password at all.
    #[must_use]
    pub fn knows_passwords(&self) -> bool {
        let grants = self.document.get("grant_types_supported").and_then(Json::as_array);
        grants.is_none_or(|grants| grants.iter().any(|grant| grant == "password"))
    }
}

/// A realm's discovery document, after having seen that it leads to that realm.
///
/// # Errors
/// [`Failure`] when it does not: the guide's third troubleshooting row.
pub async fn discovery(client: &Client, base: &Url, realm: &str) -> Result<Discovery, Failure> {
    let route = Route::new(["realms", realm, ".well-known", "openid-configuration"]);
    let url = route.below(base).map_err(|error| Failure::new(Kind::Unformed, route.to_string()).because(error))?;
    let attempt = format!("GET {url}");
    let answer = exchange(client.get(url.clone()), &attempt).await;
    let explained =
        |failure: Failure| if failure.is_redirect() { failure } else { failure.hint(discovery_failed(realm)) };
    let (_, document) = answer.map_err(explained)?;
    let Some(issuer) = document.get("issuer").and_then(Json::as_str).map(str::to_owned) else {
        let failure = Failure::new(Kind::Unreadable, attempt).because("the answer is no discovery document");
        return Err(failure.hint(discovery_failed(realm)));
    };
    Ok(Discovery { url, issuer, document })
}

/// The address of a realm's discovery document, after having seen that it leads to that realm.
///
/// # Errors
/// [`Failure`] when it does not: the guide's third troubleshooting row.
pub async fn discover(client: &Client, base: &Url, realm: &str) -> Result<Url, Failure> {
    discovery(client, base, realm).await.map(|discovery| discovery.url)
}

/// Whether a client proves itself with this secret. Nothing comes of it, not even a token: the server is asked about one
/// that is none.
///
/// # Errors
/// [`Failure`] where that cannot be told.
pub async fn proves_itself(
    client: &Client,
    base: &Url,
    realm: &str,
    client_id: &str,
    secret: &Secret,
) -> Result<bool, Failure> {
    let route = Route::new(["realms", realm, "protocol", "openid-connect", "token", "introspect"]);
    let url = route.below(base).map_err(|error| Failure::new(Kind::Unformed, route.to_string()).because(error))?;
    let attempt = format!("prove to be client {client_id} (POST {url})");
    let form = [("token", "none"), ("client_id", client_id), ("client_secret", secret.expose())];
    match exchange_patiently(|| client.post(url.clone()).form(&form), &attempt).await {
        Ok(_) => Ok(true),
        Err(failure) if failure.kind == Kind::LoginRefused => Ok(false),
        Err(failure) => Err(failure),
    }
}

#[cfg(test)]
mod tests;
