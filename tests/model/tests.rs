//! The models against what is known of the real servers, and against their own promises: log, faults, dumps.

use std::collections::BTreeSet;

use serde_json::{Value as Json, json};

use crate::harness::http::{Body, Http, Reply};
use crate::harness::snapshot::compare;
use crate::model::conformance::{self, Exchange, told};
use crate::model::fault::{Fault, Gate};
use crate::model::keycloak::Keycloak;
use crate::model::keystone::Keystone;
use crate::model::{Answer, Models};

/// A model that is talked to with an administrator's token.
struct Talk {
    models: Models,
    http: Http,
}

impl Talk {
    fn new(seed: &Json) -> Self {
        Self { models: Models::start(seed), http: Http::new(None) }
    }

    fn keycloak_token(&self) -> String {
        told::keycloak_token(&self.http, &self.models)
    }

    fn keystone_token(&self) -> String {
        told::keystone_token(&self.http, &self.models)
    }

    fn users(&self, token: &str) -> reqwest::Result<Reply> {
        let url = format!("{}/admin/realms/pod/users", self.models.keycloak.url);
        self.http.call("GET", &url, &[("authorization", &format!("Bearer {token}"))], &Body::Nothing)
    }

    fn create_user(&self, token: &str) -> reqwest::Result<Reply> {
        let url = format!("{}/admin/realms/pod/users", self.models.keycloak.url);
        let body = json!({"username": "alice"});
        self.http.call("POST", &url, &[("authorization", &format!("Bearer {token}"))], &Body::Json(&body))
    }
}

/// Compares the stories whose names begin so, and reports all differences at once.
fn as_written_down(server: &str) {
    let told = told::on_the_models().iter().filter(|told| told.story.name.starts_with(server));
    let problems: Vec<String> =
        told.filter_map(|told| compare(&conformance::expected(&told.story), &told.transcript).err()).collect();
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

#[test]
fn the_model_of_keycloak_answers_as_written_down() {
    as_written_down("keycloak");
}

#[test]
fn the_model_of_keystone_answers_as_written_down() {
    as_written_down("keystone");
}

#[test]
fn every_request_of_a_story_is_granted_once_and_refused_once() {
    // What is no method of an address is granted to nobody.
    let is_known = |exchange: &&Exchange| exchange.status != 405;
    let exchanges = || told::on_the_models().iter().flat_map(|told| &told.exchanges).filter(is_known);
    let route = |exchange: &Exchange| exchange.endpoint.split(" ?").next().unwrap_or_default().to_owned();
    let with = |granted: bool| -> BTreeSet<String> {
        exchanges().filter(|exchange| exchange.is_granted() == granted).map(route).collect()
    };
    let (granted, refused) = (with(true), with(false));
    assert_eq!(
        granted,
        refused,
        "granted alone: {:?}\nrefused alone: {:?}",
        granted.difference(&refused).collect::<Vec<_>>(),
        refused.difference(&granted).collect::<Vec<_>>()
    );
}

#[test]
fn a_token_ends_with_its_time_and_with_its_uses() {
    let talk = Talk::new(&json!({"keycloak": {"tokenMilliseconds": 0}}));
    talk.users(&talk.keycloak_token()).unwrap().expect(401);
    let talk = Talk::new(&json!({"keycloak": {"tokenUses": 2}}));
    let token = talk.keycloak_token();
    for status in [200, 200, 401] {
        talk.users(&token).unwrap().expect(status);
    }
}

#[test]
fn a_login_is_worth_the_rights_of_its_seed() {
    let reader = json!({"clientId": "reader", "secret": "s", "serviceAccountsEnabled": true, "rights": ["view-users", "query-clients"]});
    let talk = Talk::new(&json!({"keycloak": {"realms": {"pod": {"clients": [reader]}}}}));
    let url = &talk.models.keycloak.url;
    let fields = [("grant_type", "client_credentials"), ("client_id", "reader"), ("client_secret", "s")];
    let token =
        talk.http.call("POST", &format!("{url}/realms/pod/protocol/openid-connect/token"), &[], &Body::Form(&fields));
    let token = token.unwrap().expect(200).json()["access_token"].as_str().unwrap().to_owned();
    talk.users(&token).unwrap().expect(200);
    talk.create_user(&token).unwrap().expect(403);
    let get = |path: &str| {
        let header = format!("Bearer {token}");
        talk.http
            .call("GET", &format!("{url}/admin/realms/{path}"), &[("authorization", &header)], &Body::Nothing)
            .unwrap()
    };
    assert_eq!(get("pod/clients").expect(200).text, "[]");
    get("master/users").expect(403);
}

#[test]
fn a_credential_of_the_seed_is_worth_what_its_owner_has() {
    let federated = json!([{"idp_id": "sso", "protocols": [{"protocol_id": "openid", "unique_id": "alice"}]}]);
    let credential = |name: &str| json!({"name": name, "secret": "s", "user": "alice", "project": "acme"});
    let mut night = credential("night");
    night["roles"] = json!(["reader"]);
    night["description"] = "for the night".into();
    night["expires_at"] = "2100-01-01T00:00:00.000000".into();
    night["access_rules"] = json!([{"service": "compute", "method": "GET", "path": "/v2"}]);
    let talk = Talk::new(&json!({"keystone": {
        "projects": [{"name": "acme"}],
        "users": [{"name": "alice", "federated": federated}],
        "roleAssignments": [{"user": "alice", "role": "member", "project": "acme"}],
        "applicationCredentials": [credential("day"), night],
    }}));
    let keystone = &talk.models.keystone;
    let dump = keystone.dump();
    let shown = |name: &str| &dump[&format!("keystone/application-credential/user/Default/alice/{name}")];
    assert_eq!(shown("day")["roles"], json!(["member", "reader"]));
    let night = shown("night");
    assert_eq!(night["roles"], json!(["reader"]));
    assert_eq!(night["access_rules"], json!(["GET compute /v2"]));
    assert_eq!([&night["description"], &night["expires_at"]], ["for the night", "2100-01-01T00:00:00.000000"]);
    assert!(night.get("secret").is_none(), "{night}");

    let identifies = |name: &str| json!({"id": shown(name)["id"], "secret": "s"});
    let logs_in = |credential: Json| {
        let identity = json!({"methods": ["application_credential"], "application_credential": credential});
        let url = format!("{}/v3/auth/tokens", keystone.url);
        talk.http.call("POST", &url, &[], &Body::Json(&json!({"auth": {"identity": identity}}))).unwrap()
    };
    logs_in(identifies("day")).expect(201);
    let by = |owner: Json| json!({"name": "day", "secret": "s", "user": owner});
    logs_in(by(json!({"id": shown("day")["user_id"]}))).expect(201);
    logs_in(by(json!({"name": "alice", "domain": {"name": "Default"}}))).expect(404);

    keystone.with(|keystone| keystone.credential_goes("alice", "night"));
    logs_in(identifies("night")).expect(404);
    keystone.with(|keystone| keystone.role_is_lost("alice", "member"));
    logs_in(identifies("day")).expect(401);
}

#[test]
fn a_list_without_limit_is_cut_at_a_thousand_without_a_word() {
    let talk =
        Talk::new(&json!({"keystone": {"manyProjects": 1200, "publicEndpoint": "https://elsewhere.example.com"}}));
    let token = talk.keystone_token();
    let get = |query: &str| {
        let url = format!("{}/v3/projects{query}", talk.models.keystone.url);
        talk.http.call("GET", &url, &[("x-auth-token", &token)], &Body::Nothing).unwrap().expect(200).json()
    };
    let cut = get("");
    assert_eq!((cut["projects"].as_array().unwrap().len(), &cut["links"]["next"]), (1000, &Json::Null));
    let page = get("?limit=1000");
    let next = page["links"]["next"].as_str().unwrap();
    assert!(next.starts_with("https://elsewhere.example.com/v3/projects?"), "{next}");
    assert_eq!(get(&next[next.find('?').unwrap()..])["projects"].as_array().unwrap().len(), 201);
    assert_eq!(get("?limit=0")["projects"].as_array().unwrap().len(), 1201);
}

#[test]
fn every_request_is_logged_with_its_answer() {
    let talk = Talk::new(&json!({}));
    let token = talk.keycloak_token();
    talk.create_user(&token).unwrap().expect(201);
    talk.users("no-token").unwrap().expect(401);
    let log = talk.models.keycloak.log.entries();
    let short: Vec<_> =
        log.iter().map(|entry| (entry.method.as_str(), entry.login, entry.write, entry.status)).collect();
    assert_eq!(
        short,
        [("POST", true, false, Some(200)), ("POST", false, true, Some(201)), ("GET", false, false, Some(401))]
    );
    assert_eq!(log[1].body, Some(json!({"username": "alice"})));
    assert_eq!(log[1].path(), "/admin/realms/pod/users");
}

#[test]
fn a_reset_before_and_after_differ_in_what_was_stored() {
    for (fault, stored) in [(Fault::ResetBefore, false), (Fault::ResetAfter, true), (Fault::Truncate, true)] {
        let talk = Talk::new(&json!({}));
        let token = talk.keycloak_token();
        talk.models.keycloak.faults.on(1, |request| request.method == "POST", fault.clone());
        let truncated = matches!(fault, Fault::Truncate);
        // The answer to a creation has no body that could be cut.
        assert_eq!(talk.create_user(&token).is_err(), !truncated);
        assert_eq!(talk.models.keycloak.dump().contains_key("keycloak/pod/user/alice"), stored);
        assert_eq!(talk.users(&token).unwrap().expect(200).json().as_array().unwrap().len(), usize::from(stored));
    }
}

#[test]
fn a_truncated_body_is_an_error_of_the_connection() {
    let talk = Talk::new(&json!({}));
    let token = talk.keycloak_token();
    talk.models.keycloak.faults.at(2, Fault::Truncate);
    talk.users(&token).unwrap();
    assert!(talk.users(&token).is_err());
    talk.users(&token).unwrap();
}

#[test]
fn an_answer_can_be_replaced_a_number_of_times() {
    let talk = Talk::new(&json!({}));
    let token = talk.keycloak_token();
    let busy = Answer::html(503, "busy").with("retry-after", "1");
    talk.models.keycloak.faults.on(2, |request| request.target.ends_with("/users"), Fault::Answer(busy));
    for status in [503, 503, 200] {
        talk.users(&token).unwrap().expect(status);
    }
}

#[test]
fn a_stalled_request_goes_on_when_the_gate_opens() {
    let talk = Talk::new(&json!({}));
    let token = talk.keycloak_token();
    let gate = Gate::closed();
    talk.models.keycloak.faults.at(1, Fault::Stall(gate.clone()));
    std::thread::scope(|scope| {
        let waiting = scope.spawn(|| talk.users(&token).unwrap().status);
        assert!(!waiting.is_finished());
        gate.open();
        assert_eq!(waiting.join().unwrap(), 200);
    });
}

#[test]
fn forgotten_tokens_are_refused() {
    let talk = Talk::new(&json!({}));
    let (keycloak, keystone) = (talk.keycloak_token(), talk.keystone_token());
    talk.models.keycloak.with(Keycloak::forget_tokens);
    talk.models.keystone.with(Keystone::forget_tokens);
    talk.users(&keycloak).unwrap().expect(401);
    let url = format!("{}/v3/projects", talk.models.keystone.url);
    talk.http.call("GET", &url, &[("x-auth-token", &keystone)], &Body::Nothing).unwrap().expect(401);
}
