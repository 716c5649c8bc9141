//! The owners of application credentials, who alone can make them: how they log in, as the `openstack` client would.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use backon::{ConstantBuilder, Retryable as _};
use reqwest::Client;
use serde_json::json;
use url::Url;

use crate::http::failure::{Failure, Kind};
use crate::http::route::Route;
use crate::http::{self, Readers, Token, exchange, sensitive};
use crate::keycloak::client::{Credential, credential};
use crate::keycloak::example_token::SCOPES;
use crate::keycloak::session::{Login, discovery};
use crate::keystone::session::{account, entrance, subject};
use crate::model::Json;
use crate::model::address::Address;
use crate::resolve::site::is_private;
use crate::secret::Secret;

/// How long a person's token for a project is used: it ends with the login.
const USE: Duration = Duration::from_mins(1);

/// How long another login of the same person may take to end.
const BETWEEN_FIRST_LOGINS: Duration = Duration::from_millis(500);

/// A person who comes through an identity provider: logs in to Keycloak, and with that token to Keystone.
pub struct Person {
    /// Keycloak's address.
    pub keycloak: Url,
    /// The realm.
    pub realm: String,
    /// The right to look at the realm: the secret of the client is read there when it is needed, since the client may be
    /// made in the same run.
    pub readers: Readers,
    /// The client that the login goes through.
    pub client_id: String,
    /// The username.
    pub username: String,
    /// The password.
    pub password: Secret,
    /// The identity provider and its protocol.
    pub door: [String; 2],
    /// The project to work in.
    pub project: Address,
}

impl http::Credentials for Person {
    async fn token(&self, client: &Client, base: &Url) -> Result<Token, Failure> {
        let bearer = self.bearer(client).await?;
        let [provider, protocol] = &self.door;
        let url = below(&entrance(provider, protocol), base)?;
        let attempt = format!("log in to Keystone as {} (POST {url})", self.username);
        let header = sensitive(&format!("Bearer {}", bearer.expose()), &attempt)?;
        let enter = || exchange(client.post(url.clone()).header("authorization", header.clone()), &attempt);
        // Of two first logins at once Keystone refuses one (seen on 30): the next one finds the person.
        let once = ConstantBuilder::default().with_delay(BETWEEN_FIRST_LOGINS).with_max_times(1);
        let entered = enter.retry(once).when(|failure| matches!(failure.kind, Kind::Conflict | Kind::Missing)).await;
        let (headers, _) = entered.map_err(|failure| self.refused(failure))?;
        let unscoped = subject(&headers, &attempt)?;
        self.scoped(client, base, &unscoped).await
    }
}

impl Person {
    /// Keycloak's token.
    async fn bearer(&self, client: &Client) -> Result<Secret, Failure> {
        let found = discovery(client, &self.keycloak, &self.realm).await?;
        let url = found.address("token_endpoint").filter(is_private).ok_or_else(|| {
            Failure::new(Kind::Unreadable, format!("GET {}", found.url))
                .because("the discovery document names no token endpoint with https://")
        })?;
        let attempt = format!("log in to Keycloak as {} (POST {url})", self.username);
        let form = [
            ("grant_type", "password"),
            ("username", &self.username),
            ("password", self.password.expose()),
            ("scope", SCOPES),
        ];
        let request = match self.client_secret().await? {
            Some(secret) => client.post(url).basic_auth(&self.client_id, Some(secret.expose())).form(&form),
            None => client.post(url).form(&[&form[..], &[("client_id", self.client_id.as_str())]].concat()),
        };
        let login = Login { account: &self.username, client: &self.client_id, realm: &self.realm };
        let (_, answer) = exchange(request, &attempt).await.map_err(|failure| login.refused(failure))?;
        let token = answer.get("access_token").and_then(Json::as_str);
        let token =
            token.ok_or_else(|| Failure::new(Kind::Unreadable, attempt).because("the answer holds no token"))?;
        Ok(Secret::new(token.to_owned()))
    }

    /// The secret of the client; nothing for a public one.
    async fn client_secret(&self) -> Result<Option<Secret>, Failure> {
        let Self { client_id, realm, .. } = self;
        let refused = |why: &str, hint: &str| {
            Err(Failure::new(Kind::LoginRefused, format!("read the secret of client {client_id} of realm {realm}"))
                .because(why.to_owned())
                .hint(hint))
        };
        match credential(&self.readers.begin(), realm, client_id).await? {
            Credential::Secret(secret) => Ok(Some(secret)),
            Credential::Public => Ok(None),
            Credential::Hidden => refused(
                "the server hides it from the tool's account",
                "that account needs the role `manage-clients` of the realm",
            ),
            Credential::NoClient => {
                refused("there is no such client", "declare it, or name another one in `owner.clientId`")
            }
        }
    }

    /// Keystone's token for the project.
    async fn scoped(&self, client: &Client, base: &Url, unscoped: &Secret) -> Result<Token, Failure> {
        let [domain, project] = self.project.names() else {
            return Err(Failure::new(Kind::Unformed, "log in to Keystone without a project"));
        };
        let url = below(&Route::new(["v3", "auth", "tokens"]), base)?;
        let attempt = format!("log in to Keystone as {} for project {project} (POST {url})", self.username);
        let body = json!({"auth": {
            "identity": {"methods": ["token"], "token": {"id": unscoped.expose()}},
            "scope": {"project": {"name": project, "domain": {"name": domain}}},
        }});
        let asked = Instant::now();
        let answer = exchange(client.post(url).json(&body), &attempt).await;
        let (headers, answer) = answer.map_err(|failure| match failure.kind {
            Kind::LoginRefused => {
                failure.hint(format!("the token of {} carries no role in project `{project}`", self.username))
            }
            _ => failure,
        })?;
        let token = subject(&headers, &attempt)?;
        let value = sensitive(token.expose(), &attempt)?;
        Ok(Token { value, renew_at: asked + USE, own: BTreeSet::new(), account: account(&answer) })
    }

    /// A refusal of what stands before Keystone, or of Keystone itself.
    fn refused(&self, failure: Failure) -> Failure {
        let hint = format!(
            "`verify --login {}` tries the login stage by stage, and says why; until one succeeds, what the last one \
             carried stays in force in Keystone, and with it every application credential",
            self.username
        );
        match failure.kind {
            Kind::LoginRefused | Kind::Forbidden | Kind::Missing | Kind::Refused | Kind::Unwell => {
                Failure { kind: Kind::LoginRefused, ..failure }.hint(hint)
            }
            _ => failure,
        }
    }
}

fn below(route: &Route, base: &Url) -> Result<Url, Failure> {
    route.below(base).map_err(|error| Failure::new(Kind::Unformed, route.to_string()).because(error))
}
