//! What a login is worth: the way of a person, or of an application, into each project that is open.

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value as Json, json};

use super::Year;
use super::spec::Roles;
use crate::directory::Browser;
use crate::ground::PASSWORD;
use crate::harness::http::{Body, Reply};

/// Where a login through the browser ends.
const APP: &str = "https://app.example/";

impl Year {
    /// What a person's login with the password is worth; nothing where Keycloak does not let the person in.
    pub(super) fn login(&self, name: &str) -> Option<Roles> {
        let form =
            [("grant_type", "password"), ("username", name), ("password", PASSWORD), ("scope", "openid profile")];
        let reply = self.token(&form);
        if reply.status == 200 {
            return Some(self.enter(&reply));
        }
        let refused = [400, 401].contains(&reply.status) && reply.text.contains("invalid_grant");
        let realm_is_gone = self.spec.ends && reply.status == 404 && reply.text.contains("Realm does not exist");
        assert!(refused || realm_is_gone, "{name}: {}", reply.text);
        None
    }

    /// What a login through the company's directory is worth.
    pub(super) fn login_through_the_directory(&self, name: &str) -> Roles {
        let end = Browser::new(&self.ground).log_in(&self.spec.name, "openstack-cli", name).unwrap();
        let code = end.split(['?', '&']).find_map(|part| part.strip_prefix("code=")).unwrap_or_else(|| panic!("{end}"));
        let reply = self.token(&[("grant_type", "authorization_code"), ("code", code), ("redirect_uri", APP)]);
        self.enter(&reply.expect(200))
    }

    fn token(&self, form: &[(&str, &str)]) -> Reply {
        let url = format!("{}/realms/{}/protocol/openid-connect/token", self.ground.sandbox.keycloak, self.spec.name);
        let basic = format!("Basic {}", STANDARD.encode(format!("openstack-cli:{}", self.client_secret)));
        self.ground.sandbox.http.insist("POST", &url, &[("authorization", &basic)], &Body::Form(form))
    }

    /// Through the door with a token of Keycloak, and into each project that is open.
    fn enter(&self, token: &Reply) -> Roles {
        let bearer = format!("Bearer {}", token.json()["access_token"].as_str().unwrap());
        let entrance = format!("OS-FEDERATION/identity_providers/{}/protocols/openid/auth", self.spec.provider());
        let entered = self.call("POST", &entrance, ("authorization", &bearer), None);
        assert_eq!(entered.status, 201, "the door does not let in: {}\n{}", entered.text, self.door.log());
        let unscoped = entered.header("x-subject-token").unwrap();
        let open = self.call("GET", "auth/projects", ("x-auth-token", unscoped), None).expect(200).json();
        let worth = |project: &Json| {
            let body = json!({"auth": {"identity": {"methods": ["token"], "token": {"id": unscoped}},
                "scope": {"project": {"id": project["id"]}}}});
            roles(&self.call("POST", "auth/tokens", ("accept", "*/*"), Some(&body)).expect(201).json())
        };
        open["projects"].as_array().unwrap().iter().map(worth).collect()
    }

    pub(super) fn file_of_the_application(&self) -> String {
        std::fs::read_to_string(self.ground.tool.folder().join("clouds.yaml")).unwrap()
    }

    /// What the application's login is worth with what has been delivered; nothing where Keystone does not let it in.
    pub(super) fn application(&self, delivered: &str) -> Option<Roles> {
        let file: Json = serde_yaml::from_str(delivered).unwrap();
        let auth = &file["clouds"]["app"]["auth"];
        let body = json!({"auth": {"identity": {"methods": ["application_credential"], "application_credential": {
            "id": auth["application_credential_id"], "secret": auth["application_credential_secret"]}}}});
        let reply = self.call("POST", "auth/tokens", ("accept", "*/*"), Some(&body));
        (reply.status == 201).then(|| [roles(&reply.json())].into())
    }

    fn call(&self, method: &str, path: &str, header: (&str, &str), body: Option<&Json>) -> Reply {
        let url = format!("{}/v3/{path}", self.door.url);
        self.ground.sandbox.http.call(method, &url, &[header], &body.map_or(Body::Nothing, Body::Json)).unwrap()
    }
}

/// The project that a token is for, and its roles there.
fn roles(answer: &Json) -> (String, BTreeSet<String>) {
    let text = |json: &Json| json.as_str().unwrap().to_owned();
    let roles = answer["token"]["roles"].as_array().unwrap();
    (text(&answer["token"]["project"]["name"]), roles.iter().map(|role| text(&role["name"])).collect())
}
