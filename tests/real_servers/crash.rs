//! The tool is killed before and after each of its requests; run again, it converges.

use std::sync::Arc;

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

/// The same things as they were and as they shall be: some change, some of what they have comes, and some goes.
fn changes(ground: &Ground, keycloak: &str, keystone: &str, later: bool) -> String {
    let say = |before: Json, after: Json| if later { after } else { before };
    let comes = say("absent".into(), "present".into());
    let goes = say("present".into(), "absent".into());
    let mapper = json!({"name": "projects", "ensure": goes, "type": "aggregated-user-group-attribute-mapper",
        "userAttribute": "project", "tokenClaim": "projects"});
    let client = json!({"clientId": "cli", "description": say("".into(), "Later".into()),
        "redirectUris": say(json!([]), json!(["https://later.example.com/*"])), "dedicatedScope": {"mappers": [mapper]}});
    let grant = json!({"project": "prod", "domain": ground.domain, "roles": ["member"]});
    let alice = json!({"username": "alice", "lastName": say("Ash".into(), "Elm".into()),
        "groups": [{"path": "/team", "ensure": comes}], "grants": say(json!([grant]), json!([]))});
    let group = json!({"path": "/team", "attributes": {"floor": say(json!(["1"]), json!(["2"]))}});
    let prod = json!({"name": "prod", "domain": ground.domain, "description": say("".into(), "Later".into())});
    let access = json!({"projects": [prod], "groups": [group], "users": [alice]});
    ground.spec_at(keycloak, keystone, &ground.realm, json!({}), json!({"clients": [client]}), access)
}

/// All that `changes` speaks of, as it stands.
fn changed(ground: &Ground) -> Vec<Json> {
    let alice = ground.user("alice");
    let of_alice = format!("users/{}/groups", alice["id"].as_str().unwrap());
    let lists = ["groups?briefRepresentation=false", &of_alice];
    let lists = lists.map(|list| ground.keycloak("GET", list, None).expect(200).json());
    [ground.client("cli"), alice, ground.project("prod")].into_iter().chain(lists).collect()
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

/// What a run is asked for, by the addresses of both servers.
type Spec<'a> = &'a dyn Fn(&str, &str) -> String;

/// One run through proxies.
fn run(ground: &Ground, passage: &Arc<Passage>, spec: Spec<'_>) -> Option<i32> {
    let trusted = ground.sandbox.trusted();
    let keycloak = Proxy::start(&ground.sandbox.keycloak, Some(&trusted), passage);
    let keystone = Proxy::start(&ground.sandbox.keystone, Some(&trusted), passage);
    ground.tool.write("proxied.yaml", &spec(&keycloak.url, &keystone.url));
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
    let all = |keycloak: &str, keystone: &str| everything(&ground, keycloak, keystone);
    assert_eq!(run(&ground, &whole, &all), Some(0));
    is_whole(&ground, "without a crash");
    let theirs = neighbours(&ground);
    assert!(reads_only(&ground.passed()));
    let requests = whole.seen().len();
    let mut survived = 0;
    for number in 1..=requests {
        for moment in [Moment::Before, Moment::After] {
            clear(&ground);
            let passage = Passage::killing(number, moment);
            let code = run(&ground, &passage, &all);
            let when = format!("killed {moment:?} {number} of {requests}: {:?}", passage.seen().get(number - 1));
            survived += usize::from(code.is_some());
            ground.run("apply", &["--auto-approve"]).expect(0);
            is_whole(&ground, &when);
            assert_eq!(neighbours(&ground), theirs, "{when}");
        }
    }
    // A request that the server had to be asked again for is one more in the first run, and not in another.
    assert!(survived <= SURVIVORS, "{survived} runs were not killed");
}

/// So many runs may send fewer requests than the one by which they are counted.
const SURVIVORS: usize = 4;

#[test]
fn killed_while_it_changes_things_the_next_run_converges() {
    const POINTS: usize = 12;
    let ground = Ground::new();
    settle_neighbours(&ground);
    let (keycloak, keystone) = (ground.sandbox.keycloak.clone(), ground.sandbox.keystone.clone());
    let apply = |spec: String| {
        ground.tool.write("spec.yaml", &spec);
        ground.run("apply", &["--auto-approve"]).expect(0)
    };
    apply(everything(&ground, &keycloak, &keystone));
    apply(changes(&ground, &keycloak, &keystone, false));
    let whole = Passage::open();
    let later = |keycloak: &str, keystone: &str| changes(&ground, keycloak, keystone, true);
    assert_eq!(run(&ground, &whole, &later), Some(0));
    let (wanted, theirs, requests) = (changed(&ground), neighbours(&ground), whole.seen().len());
    assert!(requests >= POINTS, "{:?}", whole.seen());
    let mut survived = 0;
    for point in 0..POINTS {
        apply(changes(&ground, &keycloak, &keystone, false));
        let number = requests - point * requests / POINTS;
        let moment = if point % 2 == 0 { Moment::Before } else { Moment::After };
        let passage = Passage::killing(number, moment);
        survived += usize::from(run(&ground, &passage, &later).is_some());
        let when = format!("killed {moment:?} {number} of {requests}: {:?}", passage.seen().get(number - 1));
        apply(later(&keycloak, &keystone));
        let again = apply(later(&keycloak, &keystone));
        assert!(again.stdout.contains("No changes."), "{when}: {again:?}");
        assert_eq!(changed(&ground), wanted, "{when}");
        assert_eq!(neighbours(&ground), theirs, "{when}");
    }
    assert!(survived <= SURVIVORS, "{survived} runs were not killed");
}

/// What a run makes is documented by the requests that the scenario above enumerates.
#[test]
fn a_run_on_nothing_sends_each_write_once() {
    let ground = Ground::new();
    let whole = Passage::open();
    let all = |keycloak: &str, keystone: &str| everything(&ground, keycloak, keystone);
    assert_eq!(run(&ground, &whole, &all), Some(0));
    let mut writes: Vec<String> =
        whole.seen().into_iter().filter(|request| !reads_only(std::slice::from_ref(request))).collect();
    let all = writes.len();
    writes.sort();
    writes.dedup();
    assert_eq!(writes.len(), all, "{writes:?}");
}
