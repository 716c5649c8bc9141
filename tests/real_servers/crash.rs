//! The tool is killed before and after each of its requests; run again, it converges.

use serde_json::{Value as Json, json};

use super::ground::{Ground, PASSWORD, reads_only};
use crate::harness::proxy::{Moment, Passage, Proxy};

/// Everything that this scenario makes: a policy, a client with its mapper, a project, a person with a grant.
fn everything(ground: &Ground, keycloak: &str, keystone: &str) -> String {
    let mapper = json!({"name": "projects", "type": "aggregated-user-group-attribute-mapper", "userAttribute": "project", "tokenClaim": "projects"});
    let client = json!({"clientId": "cli", "clientAuthentication": true, "directAccessGrants": true, "dedicatedScope": {"mappers": [mapper]}});
    let realm = json!({"userProfile": {"unmanagedAttributes": "adminEdit"}, "clients": [client]});
    let alice = json!({"username": "alice", "email": "alice@example.com", "firstName": "Alice", "lastName": "Ash",
        "initialPassword": {"env": "INITIAL_PASSWORD"}, "grants": [{"project": "prod", "domain": ground.domain, "roles": ["member"]}]});
    let access = json!({"projects": [{"name": "prod", "domain": ground.domain}], "users": [alice]});
    ground.spec_at(keycloak, keystone, &ground.realm, json!({}), realm, access)
}

/// What is none of the scenario's: a client, a person and a project of others, with all that they carry.
fn settle_neighbours(ground: &Ground) {
    let client = json!({"clientId": "theirs", "description": "Theirs", "attributes": {"theirs.own": "1"}, "redirectUris": ["https://theirs.example.com/*"]});
    ground.keycloak("POST", "clients", Some(&client)).expect(201);
    ground.edit_all_attributes();
    let bob =
        json!({"username": "bob", "email": "bob@example.com", "attributes": {"project": ["theirs"], "shoe": ["42"]}});
    ground.keycloak("POST", "users", Some(&bob)).expect(201);
    ground.make_project(json!({"name": "theirs", "description": "Theirs", "tags": ["theirs"]}));
}

/// The neighbours, as they stand.
fn neighbours(ground: &Ground) -> [Json; 3] {
    [ground.client("theirs"), ground.user("bob"), ground.project("theirs")]
}

/// Removes what the scenario makes, so that it starts from nothing again.
fn clear(ground: &Ground) {
    for (list, path) in [("clients?clientId=cli", "clients"), ("users?username=alice&exact=true", "users")] {
        for found in ground.keycloak("GET", list, None).expect(200).json().as_array().unwrap() {
            ground.keycloak("DELETE", &format!("{path}/{}", found["id"].as_str().unwrap()), None).expect(204);
        }
    }
    let mut profile = ground.keycloak("GET", "users/profile", None).expect(200).json();
    profile.as_object_mut().unwrap().shift_remove("unmanagedAttributePolicy");
    ground.keycloak("PUT", "users/profile", Some(&profile)).expect(200);
    let projects =
        ground.sandbox.keystone("GET", &format!("projects?domain_id={}", ground.domain_id), None).expect(200).json();
    for found in projects["projects"].as_array().unwrap().iter().filter(|project| project["name"] == "prod") {
        ground.sandbox.keystone("DELETE", &format!("projects/{}", found["id"].as_str().unwrap()), None).expect(204);
    }
}

/// One run through proxies.
fn run(ground: &Ground, passage: &std::sync::Arc<Passage>) -> Option<i32> {
    let trusted = ground.sandbox.trusted();
    let keycloak = Proxy::start(&ground.sandbox.keycloak, Some(&trusted), passage);
    let keystone = Proxy::start(&ground.sandbox.keystone, Some(&trusted), passage);
    ground.tool.write("proxied.yaml", &everything(ground, &keycloak.url, &keystone.url));
    let arguments = ["apply", "--auto-approve", "--color", "never", "-f", "proxied.yaml"];
    ground.tool.run_watched(&arguments, |run| passage.watch(run)).code
}

/// Nothing is missing, nothing is there twice, and the person can still be logged in.
fn is_whole(ground: &Ground, when: &str) {
    let outcome = ground.run("apply", &["--auto-approve"]);
    assert!(outcome.code == Some(0) && outcome.stdout.contains("No changes."), "{when}: {outcome:?}");
    let client = ground.client("cli");
    assert_eq!(client["protocolMappers"].as_array().map(Vec::len), Some(1), "{when}");
    assert_eq!(ground.keycloak("GET", "users/count", None).text, "2", "{when}");
    assert_eq!(ground.user("alice")["attributes"]["project"].as_array().map(Vec::len), Some(1), "{when}");
    ground.project("prod");
    let secret = client["secret"].as_str().unwrap();
    let fields = [
        ("grant_type", "password"),
        ("client_id", "cli"),
        ("client_secret", secret),
        ("username", "alice"),
        ("password", PASSWORD),
    ];
    let url = format!("{}/realms/{}/protocol/openid-connect/token", ground.sandbox.keycloak, ground.realm);
    let login = ground.sandbox.http.call("POST", &url, &[], &crate::harness::http::Body::Form(&fields)).unwrap();
    assert_eq!(login.status, 200, "{when}: {}", login.text);
}

#[test]
fn killed_at_any_request_the_next_run_converges() {
    let ground = Ground::new();
    settle_neighbours(&ground);
    ground.tool.write("spec.yaml", &everything(&ground, &ground.sandbox.keycloak, &ground.sandbox.keystone));
    let whole = Passage::open();
    assert_eq!(run(&ground, &whole), Some(0));
    is_whole(&ground, "without a crash");
    let theirs = neighbours(&ground);
    assert!(reads_only(&ground.passed()));
    let requests = whole.seen().len();
    for number in 1..=requests {
        for moment in [Moment::Before, Moment::After] {
            clear(&ground);
            let passage = Passage::killing(number, moment);
            let code = run(&ground, &passage);
            let when = format!("killed {moment:?} {number} of {requests}: {:?}", passage.seen().get(number - 1));
            assert_eq!(code, None, "{when}: it was not killed");
            ground.run("apply", &["--auto-approve"]).expect(0);
            is_whole(&ground, &when);
            assert_eq!(neighbours(&ground), theirs, "{when}");
        }
    }
}

/// What a run makes is documented by the requests that the scenario above enumerates.
#[test]
fn a_run_on_nothing_sends_each_write_once() {
    let ground = Ground::new();
    let whole = Passage::open();
    assert_eq!(run(&ground, &whole), Some(0));
    let mut writes: Vec<String> =
        whole.seen().into_iter().filter(|request| !reads_only(std::slice::from_ref(request))).collect();
    let all = writes.len();
    writes.sort();
    writes.dedup();
    assert_eq!(writes.len(), all, "{writes:?}");
}
