//! Roles of realms and of clients, and roles that contain others: made, changed, taken away; what others have done stays.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value as Json, json};

use super::ground::{Ground, PASSWORD, reads_only, with};
use crate::harness::http::Body;

fn role(ground: &Ground, name: &str) -> Json {
    let all = ground.keycloak("GET", "roles?briefRepresentation=false", None).expect(200).json();
    all.as_array().unwrap().iter().find(|role| role["name"] == name).cloned().unwrap_or_default()
}

fn names(list: &Json) -> Vec<String> {
    let name = |one: &Json| one["name"].as_str().or_else(|| one.as_str()).map(str::to_owned);
    let mut names: Vec<String> = list.as_array().into_iter().flatten().filter_map(name).collect();
    names.sort();
    names
}

fn inside(ground: &Ground, role: &Json) -> Vec<String> {
    let id = role["id"].as_str().unwrap();
    names(&ground.keycloak("GET", &format!("roles-by-id/{id}/composites"), None).expect(200).json())
}

/// What a person's token says through this client.
fn claims(ground: &Ground, client: &str, username: &str) -> Json {
    let secret = ground.client(client)["secret"].as_str().unwrap().to_owned();
    let url = format!("{}/realms/{}/protocol/openid-connect/token", ground.sandbox.keycloak, ground.realm);
    let form = [
        ("grant_type", "password"),
        ("client_id", client),
        ("client_secret", &secret),
        ("username", username),
        ("password", PASSWORD),
    ];
    let token = ground.sandbox.http.call("POST", &url, &[], &Body::Form(&form)).unwrap().expect(200).json();
    let claims = token["access_token"].as_str().unwrap().split('.').nth(1).unwrap();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims).unwrap()).unwrap()
}

#[test]
fn roles_are_made_contain_each_other_and_are_worth_it() {
    let ground = Ground::new();
    let odd = "ops/über; 🚀 100%";
    let composites =
        json!({"realmRoles": ["viewer"], "clientRoles": {"app": ["admin"], "realm-management": ["view-users"]}});
    let roles = json!(["viewer", {"name": odd, "description": "Who keeps it running",
        "attributes": {"team": ["blue", "green"]}, "composites": composites}]);
    let client = json!({"clientId": "app", "clientAuthentication": true, "directAccessGrants": true,
        "roles": ["reader", {"name": "admin", "composites": {"clientRoles": {"app": ["reader"]}}}]});
    let alice = json!({"username": "alice", "email": "alice@example.com", "firstName": "Alice", "lastName": "Ash",
        "initialPassword": {"env": "INITIAL_PASSWORD"}, "realmRoles": [odd]});
    ground.spec(json!({}), json!({"roles": roles, "clients": [client]}), json!({"users": [alice]}));
    ground.apply();
    assert!(reads_only(&ground.passed()));
    let made = role(&ground, odd);
    assert_eq!(made["attributes"], json!({"team": ["blue", "green"]}));
    assert_eq!(inside(&ground, &made), ["admin", "view-users", "viewer"]);
    let claims = claims(&ground, "app", "alice");
    let of_realm = names(&claims["realm_access"]["roles"]);
    assert!(["viewer", odd].iter().all(|role| of_realm.iter().any(|one| one == role)), "{of_realm:?}");
    assert_eq!(names(&claims["resource_access"]["app"]["roles"]), ["admin", "reader"]);
}

#[test]
fn what_is_there_is_adopted_and_what_others_say_of_it_stays() {
    let ground = Ground::new();
    for name in ["ops", "old", "theirs", "gone"] {
        ground.keycloak("POST", "roles", Some(&json!({"name": name, "description": "by hand"}))).expect(201);
    }
    let ops = role(&ground, "ops");
    let by_id = format!("roles-by-id/{}", ops["id"].as_str().unwrap());
    let theirs = json!({"attributes": {"theirs": ["kept"], "team": ["red"]}});
    ground.keycloak("PUT", &by_id, Some(&with(&ops, theirs))).expect(204);
    let parts = json!([role(&ground, "old"), role(&ground, "theirs")]);
    ground.keycloak("POST", &format!("{by_id}/composites"), Some(&parts)).expect(204);

    let spec = |description: &str, gone: &str| {
        let ops = json!({"name": "ops", "description": description, "attributes": {"team": ["blue"]},
            "composites": {"realmRoles": [{"name": "old", "ensure": "absent"}, "offline_access"]}});
        ground.realm_spec(json!({"roles": [ops, {"name": "gone", "ensure": gone}]}));
    };
    spec("Ours", "existing");
    ground.apply();
    let after = role(&ground, "ops");
    assert_eq!(after["attributes"], json!({"theirs": ["kept"], "team": ["blue"]}));
    assert_eq!((&after["id"], after["description"].as_str()), (&ops["id"], Some("Ours")));
    assert_eq!(inside(&ground, &after), ["offline_access", "theirs"]);
    spec("", "absent");
    let said = ground.refused();
    assert!(said.contains("OPCP-G001") && said.contains("is taken from all who have it"), "{said}");
    ground.run("apply", &["--auto-approve", "--allow", "OPCP-G001"]).expect(0);
    ground.unchanged();
    assert_eq!(role(&ground, "gone"), Json::Null);
    assert_eq!(role(&ground, "old")["description"], "by hand");
    ground.realm_spec(json!({"roles": [{"name": "offline_access", "ensure": "absent"}]}));
    assert!(ground.refused().contains("OPCP-G011"));
}
