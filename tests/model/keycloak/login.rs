//! Keycloak's token endpoint and discovery: the password and service-account grants, tokens that end.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use serde_json::{Value as Json, json};

use super::{Answer, Document, Keycloak, Request, client, profile, text};

/// The tokens that were given out.
pub(super) struct Tokens {
    life: Duration,
    /// What the server says of that, in seconds.
    announced: u64,
    /// How many requests an access token serves before the server has forgotten it.
    uses: Option<u64>,
    access: BTreeMap<String, Token>,
    refresh: BTreeMap<String, Token>,
    /// All that were ever given out.
    given: Vec<String>,
}

/// One token that is still remembered.
#[derive(Clone)]
pub(super) struct Token {
    pub(super) realm: String,
    /// The id of the user or service account.
    pub(super) holder: String,
    /// The client id of the client that it was given to.
    pub(super) client: String,
    ends: Instant,
    uses: Option<u64>,
    /// How many tokens had been given out before.
    pub(super) number: usize,
}

impl Tokens {
    pub(super) fn new(life: Duration, announced: Option<u64>, uses: Option<u64>) -> Self {
        let announced = announced.unwrap_or(life.as_secs());
        Self { life, announced, uses, access: BTreeMap::new(), refresh: BTreeMap::new(), given: Vec::new() }
    }

    pub(super) fn all(&self) -> impl Iterator<Item = String> {
        self.given.iter().cloned()
    }

    /// The token of a request, or the 401 that every missing, ended or invented one gets.
    pub(super) fn authenticate(&mut self, request: &Request) -> Result<Token, Answer> {
        let sent = request.header("authorization").and_then(|header| header.strip_prefix("Bearer "));
        let known = sent.and_then(|sent| self.access.get_mut(sent));
        let valid = known.filter(|token| token.ends > Instant::now() && token.uses != Some(0));
        let token = valid.ok_or_else(|| Answer::error(401, "HTTP 401 Unauthorized"))?;
        token.uses = token.uses.map(|left| left - 1);
        Ok(token.clone())
    }

    /// A service account gets no refresh token.
    fn issue(&mut self, realm: &str, client: &str, holder: &str, refreshable: bool) -> Answer {
        let number = self.given.len();
        let [access, refresh] = ["access", "refresh"].map(|kind| {
            self.given.push(format!("keycloak-{kind}-{:06}", self.given.len()));
            self.given[self.given.len() - 1].clone()
        });
        let token = Token {
            realm: realm.to_owned(),
            holder: holder.to_owned(),
            client: client.to_owned(),
            ends: Instant::now() + self.life,
            uses: self.uses,
            number,
        };
        let mut body = json!({"access_token": access, "expires_in": self.announced, "refresh_expires_in": 0,
            "token_type": "Bearer", "not-before-policy": 0, "scope": "profile email"});
        if refreshable {
            let ends = Instant::now() + Duration::from_mins(30);
            self.refresh.insert(refresh.clone(), Token { ends, uses: None, ..token.clone() });
            body["refresh_expires_in"] = 1800.into();
            body["refresh_token"] = refresh.into();
            body["session_state"] = "11111111-2222-4333-8444-555555555555".into();
        }
        self.access.insert(access, token);
        Answer::json(200, &body)
    }
}

impl Keycloak {
    /// What `/realms/…` answers without a token.
    pub(super) fn public(
        &mut self,
        request: &Request,
        method: &str,
        realm: &str,
        rest: &[&str],
    ) -> Result<Answer, Answer> {
        if !self.realms.contains_key(realm) {
            return Err(Answer::error(404, "Realm does not exist"));
        }
        match (method, rest) {
            ("GET", []) => Ok(Answer::json(
                200,
                &json!({"realm": realm, "public_key": "MIIB",
                "token-service": format!("{}/realms/{realm}/protocol/openid-connect", request.origin()),
                "account-service": format!("{}/realms/{realm}/account", request.origin()), "tokens-not-before": 0}),
            )),
            ("GET", [".well-known", "openid-configuration"]) => {
                Ok(Answer::json(200, &discovery(&self.frontend(request, realm), realm)))
            }
            ("POST", ["protocol", "openid-connect", "token"]) => self.token(request, realm),
            ("POST", ["protocol", "openid-connect", "token", "introspect"]) => match self.authenticated(request, realm)
            {
                Ok(_) => Ok(Answer::json(200, &json!({"active": false}))),
                Err(_) => Err(refused(401, "invalid_client", "Client authentication failed.")),
            },
            _ => Err(Answer::unknown_route()),
        }
    }

    /// The client that a request proves itself as: with its secret, or with the last one while that is still valid.
    fn authenticated(&self, request: &Request, realm: &str) -> Result<&Document, Answer> {
        let form: BTreeMap<String, String> = request.form().into_iter().collect();
        let field = |name: &str| form.get(name).map(String::as_str).unwrap_or_default();
        let basic = basic(request);
        let (id, secret) = match &basic {
            Some((id, secret)) => (id.as_str(), secret.as_str()),
            None => (field("client_id"), field("client_secret")),
        };
        let known = self.realms[realm].clients.iter().find(|client| text(client, "clientId") == id);
        let Some(client) = known.filter(|client| client["enabled"] == true) else {
            return Err(refused(401, "invalid_client", WRONG_CLIENT));
        };
        let valid = [client.get("secret"), client.get("attributes").and_then(|known| known.get(client::ROTATED))];
        if client["publicClient"] != true && !valid.into_iter().flatten().any(|known| known == secret) {
            return Err(refused(401, "unauthorized_client", WRONG_CLIENT));
        }
        Ok(client)
    }

    fn token(&mut self, request: &Request, realm: &str) -> Result<Answer, Answer> {
        let form: BTreeMap<String, String> = request.form().into_iter().collect();
        let field = |name: &str| form.get(name).map(String::as_str).unwrap_or_default();
        let client = self.authenticated(request, realm)?.clone();
        let (client, id) = (&client, text(&client, "clientId"));
        let public = client["publicClient"] == true;
        match field("grant_type") {
            "password" if client["directAccessGrantsEnabled"] != true => {
                Err(refused(400, "unauthorized_client", "Client not allowed for direct access grants"))
            }
            "password" => {
                let holder = self.password_login(realm, field("username"), field("password"))?;
                Ok(self.tokens.issue(realm, id, &holder, true))
            }
            "client_credentials" if public => {
                Err(refused(401, "unauthorized_client", "Public client not allowed to retrieve service account"))
            }
            "client_credentials" if client["serviceAccountsEnabled"] != true => {
                Err(refused(401, "unauthorized_client", "Client not enabled to retrieve service account"))
            }
            "client_credentials" => {
                let holder = text(client, "id").to_owned();
                Ok(self.tokens.issue(realm, id, &holder, false))
            }
            "refresh_token" => {
                let known = self.tokens.refresh.remove(field("refresh_token"));
                let valid =
                    known.filter(|token| token.realm == realm && token.client == id && token.ends > Instant::now());
                let token = valid.ok_or_else(|| refused(400, "invalid_grant", "Invalid refresh token"))?;
                Ok(self.tokens.issue(realm, id, &token.holder, true))
            }
            "" => Err(refused(400, "invalid_request", "Missing form parameter: grant_type")),
            _ => Err(refused(400, "unsupported_grant_type", "Unsupported grant_type")),
        }
    }

    fn password_login(&self, realm: &str, username: &str, password: &str) -> Result<String, Answer> {
        let invalid = |text| refused(400, "invalid_grant", text);
        let realm = &self.realms[realm];
        let user = realm.users.iter().find(|user| text(user, "username").eq_ignore_ascii_case(username));
        let user = user.ok_or_else(|| invalid("Invalid user credentials"))?;
        if user["enabled"] != true {
            return Err(invalid("Account disabled"));
        }
        if self.passwords.get(text(user, "id")).map(String::as_str) != Some(password) {
            return Err(invalid("Invalid user credentials"));
        }
        let actions = user.get("requiredActions").and_then(Json::as_array).is_some_and(|actions| !actions.is_empty());
        // The first administrator of a new server has no e-mail address and may log in.
        let complete = username == "admin" || profile::complete(&realm.profile, user);
        if actions || !complete {
            return Err(invalid("Account is not fully set up"));
        }
        Ok(text(user, "id").to_owned())
    }

    /// Ends every token that was given out, as a restart or a logout does.
    pub(crate) fn forget_tokens(&mut self) {
        self.tokens.access.clear();
    }
}

const WRONG_CLIENT: &str = "Invalid client or Invalid client credentials";

fn refused(status: u16, error: &str, description: &str) -> Answer {
    Answer::json(status, &json!({"error": error, "error_description": description}))
}

fn discovery(origin: &str, realm: &str) -> Json {
    let issuer = format!("{origin}/realms/{realm}");
    json!({
        "issuer": issuer,
        "authorization_endpoint": format!("{issuer}/protocol/openid-connect/auth"),
        "token_endpoint": format!("{issuer}/protocol/openid-connect/token"),
        "userinfo_endpoint": format!("{issuer}/protocol/openid-connect/userinfo"),
        "jwks_uri": format!("{issuer}/protocol/openid-connect/certs"),
        "grant_types_supported": ["authorization_code", "client_credentials", "implicit", "password", "refresh_token"],
    })
}

/// Client id and secret of an HTTP Basic header.
fn basic(request: &Request) -> Option<(String, String)> {
    let encoded = request.header("authorization")?.strip_prefix("Basic ")?;
    let decoded = String::from_utf8(base64(encoded)?).ok()?;
    decoded.split_once(':').map(|(id, secret)| (id.to_owned(), secret.to_owned()))
}

fn base64(text: &str) -> Option<Vec<u8>> {
    const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let (mut bits, mut count, mut bytes) = (0_u32, 0, Vec::new());
    for character in text.trim_end_matches('=').bytes() {
        let value = ALPHABET.iter().position(|known| *known == character)?;
        bits = bits << 6 | u32::try_from(value).ok()?;
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push(u8::try_from(bits >> count & 0xff).ok()?);
        }
    }
    Some(bytes)
}
