//! The half of a login that is Keycloak's: a token by the password grant, what it says, and the end of its session.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use reqwest::RequestBuilder;
use url::Url;

use super::{Stage, Stopped, Trial};
use crate::access::cause::Cause;
use crate::access::claim::Claim;
use crate::access::promise::Difference;
use crate::access::{Roles, in_words};
use crate::http::exchange;
use crate::http::failure::{Failure, Kind};
use crate::keycloak::example_token::{self, SCOPES};
use crate::keycloak::session::{Discovery, Login};
use crate::model::Json;
use crate::resolve::site::is_private;
use crate::secret::Secret;
use crate::tokens::facts;

/// A session at Keycloak.
pub(super) struct Session {
    /// The token that Keystone gets to see.
    pub(super) access: Secret,
    /// What the session is ended by.
    refresh: Option<Secret>,
    /// Where.
    end: Option<Url>,
}

/// What a token says.
pub(super) struct Claimed {
    /// Roles in projects.
    pub(super) roles: Roles,
    /// The same for people.
    pub(super) what: String,
}

impl Trial<'_> {
    /// The second stage. As the `openstack` client does: the client's secret in a Basic header, the same scopes.
    pub(super) async fn log_in(&self, discovery: &Discovery) -> Result<Session, Stopped> {
        let stage = Stage::Token;
        let url = discovery.address("token_endpoint").ok_or_else(|| {
            let failure = Failure::new(Kind::Unreadable, format!("GET {}", discovery.url));
            Stopped::at(stage, &failure.because("the discovery document names no token endpoint"))
        })?;
        let attempt = format!("log in as {} (POST {url})", self.username);
        if !is_private(&url) {
            let failure = Failure::new(Kind::Unformed, attempt).because("the password would travel in plain text");
            let hint =
                "the discovery document names this address: set the hostname of this Keycloak to begin with https://";
            return Err(Stopped::at(stage, &failure.hint(hint)));
        }
        let form = [
            ("grant_type", "password"),
            ("username", self.username),
            ("password", self.password.expose()),
            ("scope", SCOPES),
        ];
        let answer = exchange(self.as_client(self.http.post(url), &form), &attempt).await;
        let login = Login { account: self.username, client: self.client_id, realm: &self.site.realm };
        let (_, answer) = answer.map_err(|failure| Stopped::at(stage, &login.refused(failure)))?;
        let token = |key: &str| answer.get(key).and_then(Json::as_str).map(|token| Secret::new(token.to_owned()));
        let access = token("access_token").ok_or_else(|| {
            let failure = Failure::new(Kind::Unreadable, attempt);
            Stopped::at(stage, &failure.because("the answer holds no access token"))
        })?;
        Ok(Session { access, refresh: token("refresh_token"), end: discovery.address("end_session_endpoint") })
    }

    /// A request with a form, in the name of the client.
    fn as_client(&self, request: RequestBuilder, form: &[(&str, &str)]) -> RequestBuilder {
        match self.client_secret {
            Some(secret) => request.basic_auth(self.client_id, Some(secret.expose())).form(form),
            None => request.form(&[form, &[("client_id", self.client_id)]].concat()),
        }
    }

    /// The third stage.
    pub(super) async fn read_claim(&self, session: &Session) -> Result<Claimed, Stopped> {
        let stage = Stage::Claim;
        let claims = decode(session.access.expose()).ok_or_else(|| {
            let cause = Cause {
                why: "Keycloak gives out tokens of another kind (lightweight or opaque ones)".to_owned(),
                next: "let the client use ordinary access tokens".to_owned(),
            };
            Stopped::because(stage, "the token is no JSON Web Token: nothing can be read of it", cause)
        })?;
        let claim = Claim::read(&claims, self.claim, self.ids);
        let difference = self.promise.map(|promise| promise.difference(&claim)).unwrap_or_default();
        match claim {
            Claim::Grants(carried) if difference.is_empty() => {
                let what = format!("`{}` says {}", self.claim, in_words(&carried));
                Ok(Claimed { roles: carried, what })
            }
            Claim::Absent if self.promise.is_some_and(|promise| promise.roles.is_empty()) => {
                let what = format!("there is no claim `{}`, and the spec promises nothing", self.claim);
                Ok(Claimed { roles: Roles::new(), what })
            }
            claim => {
                let mut what = claim.summary(self.claim);
                for (label, difference) in [("missing", &difference.missing), ("not promised", &difference.extra)] {
                    if !difference.is_empty() {
                        what = format!("{what}; {label}: {}", in_words(difference));
                    }
                }
                let cause = self.cause_of(&claim, &difference, &claims).await;
                Err(Stopped::because(stage, what, cause))
            }
        }
    }

    /// Why the claim is not as it should be.
    async fn cause_of(&self, claim: &Claim, difference: &Difference, claims: &Json) -> Cause {
        let user = claims.get("sub").and_then(Json::as_str);
        let unseen = |why: String| Cause {
            why,
            next: format!(
                "look at the mappers of client `{}` and at the attribute `{}` of the person and the person's groups",
                self.client_id, self.site.grant_attribute
            ),
        };
        let (Some(reader), Some(user)) = (self.reader, user) else {
            return unseen("not known: the tool has no login of its own to Keycloak here".to_owned());
        };
        let client = match example_token::client(reader, &self.site.realm, self.client_id).await {
            Ok(Some(client)) => client,
            Ok(None) => return unseen(format!("not known: there is no client `{}`", self.client_id)),
            Err(failure) => return unseen(format!("not known: {failure}")),
        };
        match facts(reader, self.site, &client, self.claim, user).await {
            Ok(facts) => facts.cause(claim, difference),
            Err(failure) => unseen(format!("not known: {failure}")),
        }
    }

    /// Ends the session.
    pub(super) async fn log_out(&self, session: &Session) -> Result<(), Failure> {
        let (Some(refresh), Some(end)) = (&session.refresh, &session.end) else { return Ok(()) };
        let attempt = format!("end the session (POST {end})");
        if !is_private(end) {
            return Err(Failure::new(Kind::Unformed, attempt).because("its token would travel in plain text"));
        }
        let form = [("refresh_token", refresh.expose())];
        exchange(self.as_client(self.http.post(end.clone()), &form), &attempt).await.map(|_| ())
    }
}

/// The claims of a JSON Web Token. Its signature is checked where the token is used.
fn decode(token: &str) -> Option<Json> {
    let mut parts = token.split('.');
    let (_, claims, _) = (parts.next()?, parts.next()?, parts.next()?);
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims).ok()?).ok()
}

#[cfg(test)]
mod tests;
