//! The servers of the sandbox, and administrators' calls to them that the tool has no part in.

use std::cell::RefCell;
use std::time::{Duration, Instant};

use serde_json::{Value as Json, json};

use crate::harness::http::{Body, Http, Reply};

/// The sandbox that `.sandbox/env.sh` describes.
pub(crate) struct Sandbox {
    pub(crate) keycloak: String,
    pub(crate) keystone: String,
    pub(crate) authority: String,
    pub(crate) keycloak_admin: Login,
    pub(crate) keystone_admin: Login,
    pub(crate) http: Http,
    keycloak_token: RefCell<Option<(Instant, String)>>,
    keystone_token: RefCell<Option<(Instant, String)>>,
}

/// A name and a password.
pub(crate) struct Login {
    pub(crate) username: String,
    pub(crate) password: String,
}

/// A token is used for less long than the shortest-lived one lives.
const FRESH: Duration = Duration::from_secs(30);

impl Sandbox {
    /// The sandbox of the environment; without one no test can say anything.
    pub(crate) fn from_environment() -> Self {
        let login = |server: &str| Login {
            username: variable(&format!("{server}_ADMIN_USERNAME")),
            password: variable(&format!("{server}_ADMIN_PASSWORD")),
        };
        let authority = variable("CA_FILE");
        let pem = std::fs::read(&authority).unwrap_or_else(|error| panic!("failed to read {authority}: {error}"));
        Self {
            keycloak: variable("KEYCLOAK_URL"),
            keystone: variable("KEYSTONE_URL"),
            authority,
            keycloak_admin: login("KEYCLOAK"),
            keystone_admin: login("KEYSTONE"),
            http: Http::new(Some(&pem)),
            keycloak_token: RefCell::default(),
            keystone_token: RefCell::default(),
        }
    }

    /// The certificates that the servers' are signed by, as PEM.
    pub(crate) fn trusted(&self) -> Vec<u8> {
        std::fs::read(&self.authority).unwrap()
    }

    /// Calls Keycloak below `/admin` as its administrator.
    pub(crate) fn keycloak(&self, method: &str, path: &str, body: Option<&Json>) -> Reply {
        let token = fresh(&self.keycloak_token, || self.keycloak_login());
        let url = format!("{}/admin/{path}", self.keycloak);
        self.http.insist(method, &url, &[("authorization", &format!("Bearer {token}"))], &payload(body))
    }

    /// Calls Keystone below `/v3` as its administrator.
    pub(crate) fn keystone(&self, method: &str, path: &str, body: Option<&Json>) -> Reply {
        let token = fresh(&self.keystone_token, || self.keystone_login());
        let url = format!("{}/v3/{path}", self.keystone);
        self.http.call(method, &url, &[("x-auth-token", &token)], &payload(body)).unwrap()
    }

    pub(crate) fn keycloak_login(&self) -> String {
        let Login { username, password } = &self.keycloak_admin;
        let fields =
            [("grant_type", "password"), ("client_id", "admin-cli"), ("username", username), ("password", password)];
        let url = format!("{}/realms/master/protocol/openid-connect/token", self.keycloak);
        let reply = self.http.call("POST", &url, &[], &Body::Form(&fields)).unwrap().expect(200);
        reply.json()["access_token"].as_str().unwrap().to_owned()
    }

    pub(crate) fn keystone_login(&self) -> String {
        let Login { username, password } = &self.keystone_admin;
        let user = json!({"name": username, "domain": {"name": "Default"}, "password": password});
        let scope = json!({"project": {"name": "admin", "domain": {"name": "Default"}}});
        let body = json!({"auth": {"identity": {"methods": ["password"], "password": {"user": user}}, "scope": scope}});
        let url = format!("{}/v3/auth/tokens", self.keystone);
        let reply = self.http.call("POST", &url, &[], &Body::Json(&body)).unwrap().expect(201);
        reply.header("x-subject-token").unwrap().to_owned()
    }
}

fn fresh(token: &RefCell<Option<(Instant, String)>>, login: impl FnOnce() -> String) -> String {
    let mut held = token.borrow_mut();
    match &*held {
        Some((since, token)) if since.elapsed() < FRESH => token.clone(),
        _ => held.insert((Instant::now(), login())).1.clone(),
    }
}

fn payload(body: Option<&Json>) -> Body<'_> {
    body.map_or(Body::Nothing, Body::Json)
}

/// A variable of `.sandbox/env.sh`.
pub(crate) fn variable(name: &str) -> String {
    let name = format!("OPCP_SANDBOX_{name}");
    from_environment(&name).unwrap_or_else(|| {
        panic!("{name} is not set: these tests need the sandbox (make sandbox-up, then . .sandbox/env.sh)")
    })
}

/// A variable of the test run itself.
#[expect(clippy::disallowed_methods, reason = "a test has no command line to ask")]
pub(crate) fn from_environment(name: &str) -> Option<String> {
    std::env::var(name).ok()
}
