//! People: creation, a change of each field, adoption, and what must survive.

use serde_json::{Value as Json, json};

use super::ground::{Ground, PASSWORD, reads_only, with, without};
use crate::harness::http::{Body, Reply};

fn alice() -> Json {
    json!({"username": "alice", "email": "alice@example.com", "emailVerified": true, "firstName": "Alice", "lastName": "Ash",
        "enabled": true, "initialPassword": {"env": "INITIAL_PASSWORD"}})
}

/// Logs in as a person, with a client made for it.
fn log_in(ground: &Ground, username: &str, password: &str) -> Reply {
    let client = json!({"clientId": "door", "publicClient": true, "directAccessGrantsEnabled": true});
    // It may be there from an earlier login.
    let _made = ground.keycloak("POST", "clients", Some(&client));
    let url = format!("{}/realms/{}/protocol/openid-connect/token", ground.sandbox.keycloak, ground.realm);
    let fields = [("grant_type", "password"), ("client_id", "door"), ("username", username), ("password", password)];
    ground.sandbox.http.call("POST", &url, &[], &Body::Form(&fields)).unwrap()
}

#[test]
fn a_person_is_created_and_can_log_in() {
    let ground = Ground::new();
    ground.access_spec(json!({"users": [alice()]}));
    ground.apply();
    let live = ground.user("alice");
    let expected = json!({"email": "alice@example.com", "emailVerified": true, "firstName": "Alice", "lastName": "Ash", "enabled": true});
    for (field, value) in expected.as_object().unwrap() {
        assert_eq!(&live[field], value, "{field}");
    }
    log_in(&ground, "alice", PASSWORD).expect(200);
    assert!(reads_only(&ground.passed()));
}

#[test]
fn a_person_is_enabled_when_nothing_is_said() {
    let ground = Ground::new();
    ground.access_spec(json!({"users": [without(&alice(), &["enabled", "emailVerified", "initialPassword"])]}));
    ground.apply();
    assert_eq!(ground.user("alice")["enabled"], true);
}

#[test]
fn each_field_of_a_person_changes_alone() {
    let ground = Ground::new();
    ground.edit_all_attributes();
    ground.access_spec(json!({"users": [alice()]}));
    ground.apply();
    let id = ground.user("alice")["id"].as_str().unwrap().to_owned();
    let live = with(&ground.user("alice"), json!({"attributes": {"theirs": ["kept", "twice"]}}));
    ground.keycloak("PUT", &format!("users/{id}"), Some(&live)).expect(204);
    let changes = [
        ("email", json!("other@example.com")),
        ("emailVerified", json!(false)),
        ("firstName", json!("Alina")),
        ("lastName", json!("Birch")),
        ("enabled", json!(false)),
    ];
    let mut spec = alice();
    for (word, value) in changes {
        let before = ground.user("alice");
        spec[word] = value.clone();
        ground.access_spec(json!({"users": [spec]}));
        ground.apply();
        let after = ground.user("alice");
        assert_eq!(after[word], value, "{word}");
        assert_eq!(without(&after, &[word]), without(&before, &[word]), "{word} changes more than itself");
    }
}

#[test]
fn the_initial_password_is_set_at_creation_only() {
    let mut ground = Ground::new();
    ground.access_spec(json!({"users": [alice()]}));
    ground.apply();
    ground.tool.set("INITIAL_PASSWORD", "canary/another+password");
    ground.unchanged();
    ground.access_spec(json!({"users": [with(&alice(), json!({"firstName": "Alina"}))]}));
    ground.apply();
    log_in(&ground, "alice", PASSWORD).expect(200);
}

#[test]
fn a_person_made_by_hand_is_adopted() {
    let ground = Ground::new();
    let by_hand = json!({"username": "alice", "email": "Alice@Example.com", "firstName": "Alice", "lastName": "Ash", "enabled": true,
        "emailVerified": true, "requiredActions": ["UPDATE_PROFILE"]});
    ground.keycloak("POST", "users", Some(&by_hand)).expect(201);
    ground.edit_all_attributes();
    let before = ground.user("alice");
    ground.access_spec(json!({"users": [alice()]}));
    ground.unchanged();
    assert_eq!(ground.user("alice"), before, "the server's spelling of an address is no change");
}

#[test]
fn a_person_without_an_address_is_refused() {
    let ground = Ground::new();
    ground.access_spec(json!({"users": [{"username": "bob"}]}));
    let said = ground.refused();
    assert!(said.contains("bob") && said.contains("email"), "{said}");
    assert_eq!(ground.keycloak("GET", "users/count", None).text, "0");
}

#[test]
fn a_person_who_must_exist_is_not_made() {
    let ground = Ground::new();
    ground.access_spec(json!({"users": [{"username": "bob", "ensure": "existing", "firstName": "Bob"}]}));
    let said = ground.refused();
    assert!(said.contains("bob"), "{said}");
    assert_eq!(ground.keycloak("GET", "users/count", None).text, "0");
}
