//! Logging in to Keystone: by password or by an application credential.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use reqwest::Client;
use reqwest::header::HeaderMap;
use serde_json::json;
use url::Url;

use crate::http::failure::{Failure, Kind, MORE_TO_LOG_IN};
use crate::http::route::Route;
use crate::http::{self, Access, Dialect, Token, exchange, sensitive};
use crate::model::Json;
use crate::model::address::{Address, KeystoneKind};
use crate::secret::Secret;

/// Who logs in.
#[derive(Clone)]
pub enum Credentials {
    /// An account of Keystone's own.
    Password {
        /// Its name, or its id where there is no domain.
        user: Named,
        /// Its password.
        password: Secret,
        /// The project to work in.
        project: Named,
    },
    /// An application credential; it brings its own project.
    ApplicationCredential {
        /// Its id.
        id: String,
        /// Its secret.
        secret: Secret,
    },
}

/// A thing by its id, or by its name in a domain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Named {
    /// By id.
    Id(String),
    /// By name.
    Name {
        /// The name.
        name: String,
        /// Its domain.
        domain: Domain,
    },
}

/// A domain by its id or its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Domain {
    /// By id.
    Id(String),
    /// By name.
    Name(String),
}

impl Named {
    fn to_json(&self) -> Json {
        match self {
            Self::Id(id) => json!({"id": id}),
            Self::Name { name, domain: Domain::Id(id) } => json!({"name": name, "domain": {"id": id}}),
            Self::Name { name, domain: Domain::Name(domain) } => json!({"name": name, "domain": {"name": domain}}),
        }
    }

    /// The name, or the id of what is known by id alone.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Id(text) | Self::Name { name: text, domain: _ } => text,
        }
    }
}

impl Credentials {
    /// The account's name, as plans show it.
    #[must_use]
    pub fn account(&self) -> String {
        match self {
            Self::Password { user, .. } => user.name().to_owned(),
            Self::ApplicationCredential { id, .. } => format!("application credential {id}"),
        }
    }

    /// What the login goes by, as far as it is known by name: account, project and domains.
    #[must_use]
    pub fn own(&self) -> Vec<Address> {
        let Self::Password { user, project, .. } = self else { return Vec::new() };
        let domain = |named: &Named| match named {
            Named::Name { domain: Domain::Name(domain), .. } => Some(Address::domain(domain)),
            Named::Name { domain: Domain::Id(_), .. } | Named::Id(_) => None,
        };
        let named = match project {
            Named::Name { name, domain: Domain::Name(domain) } => Some(Address::project(domain, name)),
            Named::Name { domain: Domain::Id(_), .. } | Named::Id(_) => None,
        };
        let account = match user {
            Named::Name { name, domain: Domain::Name(domain) } => {
                Some(Address::keystone(KeystoneKind::User, [domain.as_str(), name]))
            }
            Named::Name { domain: Domain::Id(_), .. } | Named::Id(_) => None,
        };
        [domain(user), domain(project), named, account].into_iter().flatten().collect()
    }

    /// What the login goes by, as far as it is known by id alone.
    #[must_use]
    pub fn own_ids(&self) -> Vec<String> {
        let (user, project) = match self {
            Self::Password { user, project, .. } => (user, project),
            Self::ApplicationCredential { id, .. } => return vec![id.clone()],
        };
        let ids = [user, project].into_iter().map(|named| match named {
            Named::Id(id) | Named::Name { domain: Domain::Id(id), .. } => Some(id.clone()),
            Named::Name { domain: Domain::Name(_), .. } => None,
        });
        ids.flatten().collect()
    }

    /// The body of the login request; holds the secret.
    fn to_json(&self) -> Json {
        match self {
            Self::Password { user, password, project } => {
                let mut user = user.to_json();
                user["password"] = password.expose().into();
                json!({"auth": {
                    "identity": {"methods": ["password"], "password": {"user": user}},
                    "scope": {"project": project.to_json()},
                }})
            }
            Self::ApplicationCredential { id, secret } => json!({"auth": {"identity": {
                "methods": ["application_credential"],
                "application_credential": {"id": id, "secret": secret.expose()},
            }}}),
        }
    }
}

/// The login of `credentials` to the Keystone at `base` (without `/v3`).
#[must_use]
pub fn access<C>(client: Client, base: Url, credentials: C, parallelism: usize) -> Access<C> {
    let dialect =
        Dialect { header: "x-auth-token", request_id: Some("x-openstack-request-id"), explain: super::explain };
    Access { client, base, credentials, dialect, parallelism }
}

impl http::Credentials for Credentials {
    async fn token(&self, client: &Client, base: &Url) -> Result<Token, Failure> {
        let route = Route::new(["v3", "auth", "tokens"]);
        let url = route.below(base).map_err(|error| Failure::new(Kind::Unformed, route.to_string()).because(error))?;
        let attempt = format!("log in to Keystone as {} (POST {url})", self.account());
        let asked = Instant::now();
        let request = client.post(url).json(&self.to_json());
        let (headers, answer) = exchange(request, &attempt).await.map_err(|failure| refused(failure, self))?;
        let token = subject(&headers, &attempt)?;
        if !answer.get("token").is_some_and(Json::is_object) {
            // Without it, nobody knows what must not be taken from the account that we are.
            return Err(Failure::new(Kind::Unreadable, &attempt).because("the answer does not say whose token it is"));
        }
        let value = sensitive(token.expose(), &attempt)?;
        Ok(Token { value, renew_at: asked + usable_for(&answer), own: own(&answer), account: account(&answer) })
    }
}

/// Where people of an identity provider enter.
#[must_use]
pub fn entrance(provider: &str, protocol: &str) -> Route {
    Route::new(["v3", "OS-FEDERATION", "identity_providers", provider, "protocols", protocol, "auth"])
}

/// The token that the answer to a login brings.
///
/// # Errors
/// [`Failure`] where it brings none.
pub fn subject(headers: &HeaderMap, attempt: &str) -> Result<Secret, Failure> {
    let token = headers.get("x-subject-token").and_then(|token| token.to_str().ok());
    token.map(|token| Secret::new(token.to_owned())).ok_or_else(|| {
        Failure::new(Kind::Unreadable, attempt)
            .because("the answer holds no token")
            .hint("is this Keystone's own address? (`keystone.url` in the Environment document)")
    })
}

/// The id of the account, as the answer to a login tells it.
#[must_use]
pub fn account(answer: &Json) -> Option<String> {
    answer.pointer("/token/user/id").and_then(Json::as_str).map(str::to_owned)
}

/// The ids of the account, the project and their domains, as the answer to a login tells them: of an application
/// credential nothing else does.
fn own(answer: &Json) -> BTreeSet<String> {
    let places = ["/token/user/id", "/token/user/domain/id", "/token/project/id", "/token/project/domain/id"];
    places.iter().filter_map(|place| answer.pointer(place)?.as_str().map(str::to_owned)).collect()
}

/// How long a token can be used: to a minute before its end, or for four minutes where no end is told.
fn usable_for(answer: &Json) -> Duration {
    let end = answer.pointer("/token/expires_at").and_then(Json::as_str);
    let end = end.and_then(|end| end.parse::<Timestamp>().ok());
    let lifespan = end.and_then(|end| Duration::try_from(end.duration_since(Timestamp::now())).ok());
    let lifespan = lifespan.unwrap_or(Duration::from_mins(5));
    lifespan.saturating_sub((lifespan / 3).min(Duration::from_mins(1)))
}

/// A refused login, with its likely cause. Keystone says no more than "requires authentication" (seen on 28 to 30).
fn refused(failure: Failure, credentials: &Credentials) -> Failure {
    let hint = match (failure.kind, credentials) {
        (Kind::LoginRefused, _) if failure.words().starts_with(MORE_TO_LOG_IN) => {
            "the account must log in by more than one way: add a set with the one that is used here to its \
             `multiFactorAuthRules`"
                .to_owned()
        }
        (Kind::LoginRefused, Credentials::Password { project, .. }) => format!(
            "the name, domain or password is wrong, the account is disabled, or it has no role on project `{}`",
            project.name()
        ),
        (Kind::LoginRefused | Kind::Missing, Credentials::ApplicationCredential { .. }) => {
            "the application credential is unknown, expired, or its owner has no role on its project any more"
                .to_owned()
        }
        (Kind::Missing, Credentials::Password { .. }) => {
            "there is no Keystone at this address: correct `keystone.url` (or `fqdn`) in the Environment document"
                .to_owned()
        }
        _ => return failure,
    };
    Failure { kind: Kind::LoginRefused, ..failure }.hint(hint)
}

#[cfg(test)]
mod tests;
