//! The stories told to the models: what they say, and what of the tool's requests is in none of them.

use std::collections::BTreeSet;
use std::sync::OnceLock;

use serde_json::{Value as Json, json};

use super::{Caller, Exchange, Story};
use crate::harness::http::{Body, Http};
use crate::model::Models;
use crate::model::log::Entry;

/// A story with its transcript and its exchanges.
pub(crate) struct Told {
    pub(crate) story: Story,
    pub(crate) transcript: String,
    pub(crate) exchanges: Vec<Exchange>,
}

/// Every story, told once to models of its own.
pub(crate) fn on_the_models() -> &'static [Told] {
    static TOLD: OnceLock<Vec<Told>> = OnceLock::new();
    TOLD.get_or_init(|| {
        let http = Http::new(None);
        let keycloak = super::keycloak().into_iter().map(|story| {
            let models = Models::start(&json!({}));
            let token = format!("Bearer {}", keycloak_token(&http, &models));
            tell(story, Caller::new(&http, &models.keycloak.url, "pod", ("authorization", token)))
        });
        let keystone = super::keystone().into_iter().map(|story| {
            let domain = json!({"name": "place", "description": "made by a test"});
            let models = Models::start(&json!({"keystone": {"domains": [domain]}}));
            let token = keystone_token(&http, &models);
            tell(story, Caller::new(&http, &models.keystone.url, "place", ("x-auth-token", token)))
        });
        keycloak.chain(keystone).collect()
    })
}

fn tell(story: Story, mut caller: Caller) -> Told {
    (story.tell)(&mut caller);
    let (transcript, exchanges) = caller.transcript();
    Told { story, transcript, exchanges }
}

/// The requests, with what the models answered, that are in no story: what the models say there is not known to be what
/// the real servers say. A token that is worth nothing is refused before anything else is looked at.
pub(crate) fn unproven(log: &[Entry]) -> BTreeSet<String> {
    static PROVEN: OnceLock<BTreeSet<&'static Exchange>> = OnceLock::new();
    let proven = PROVEN.get_or_init(|| on_the_models().iter().flat_map(|told| &told.exchanges).collect());
    let asked = log.iter().filter_map(|entry| {
        let status = entry.status.filter(|status| *status != 401)?;
        Some(Exchange::new(&entry.method, &entry.target, status))
    });
    asked.filter(|exchange| !proven.contains(exchange)).map(|one| format!("{} {}", one.status, one.endpoint)).collect()
}

/// A token of the model's administrator.
pub(crate) fn keycloak_token(http: &Http, models: &Models) -> String {
    let url = format!("{}/realms/master/protocol/openid-connect/token", models.keycloak.url);
    let fields = [("grant_type", "password"), ("client_id", "admin-cli"), ("username", "admin"), ("password", "admin")];
    let reply = http.call("POST", &url, &[], &Body::Form(&fields)).unwrap().expect(200);
    reply.json()["access_token"].as_str().unwrap().to_owned()
}

/// A token of the model's administrator.
pub(crate) fn keystone_token(http: &Http, models: &Models) -> String {
    let user = json!({"name": "admin", "domain": {"name": "Default"}, "password": "admin"});
    let scope: Json = json!({"project": {"name": "admin", "domain": {"name": "Default"}}});
    let body = json!({"auth": {"identity": {"methods": ["password"], "password": {"user": user}}, "scope": scope}});
    let url = format!("{}/v3/auth/tokens", models.keystone.url);
    let reply = http.call("POST", &url, &[], &Body::Json(&body)).unwrap().expect(201);
    reply.header("x-subject-token").unwrap().to_owned()
}
