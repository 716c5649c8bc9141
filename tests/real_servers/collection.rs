//! Collections of which everything is said, on the real Keycloak: what nobody lists goes, and what comes with the realm stays.

use serde_json::{Value as Json, json};

use super::ground::Ground;

/// The names of what a list shows, sorted.
fn names(ground: &Ground, list: &str, key: &str) -> Vec<String> {
    let shown = ground.keycloak("GET", list, None).expect(200).json();
    let mut names: Vec<String> =
        shown.as_array().unwrap().iter().map(|object| object[key].as_str().unwrap().to_owned()).collect();
    names.sort();
    names
}

fn made(ground: &Ground, list: &str, body: &Json) -> String {
    ground.keycloak("POST", list, Some(body)).expect(201).new_id()
}

#[test]
fn what_nobody_lists_goes_and_what_comes_with_the_realm_stays() {
    let ground = Ground::new();
    let person = |name: &str| json!({"username": name, "email": format!("{name}@example.com"), "firstName": "A", "lastName": "B"});
    let [alice, bob] = ["alice", "bob"].map(|name| made(&ground, "users", &person(name)));
    let robot = made(&ground, "clients", &json!({"clientId": "robot", "serviceAccountsEnabled": true}));
    let account = ground.keycloak("GET", &format!("clients/{robot}/service-account-user"), None).expect(200).json();
    let account = account["id"].as_str().unwrap().to_owned();
    let staff = made(&ground, "groups", &json!({"name": "staff, söme 🎉"}));
    let other = made(&ground, "groups", &json!({"name": "a b"}));
    for name in ["ops", "old"] {
        ground.keycloak("POST", "roles", Some(&json!({"name": name}))).expect(201);
    }
    ground.keycloak("POST", &format!("clients/{robot}/roles"), Some(&json!({"name": "writer"}))).expect(201);
    let old = ground.keycloak("GET", "roles/old", None).expect(200).json();
    let writer = ground.keycloak("GET", &format!("clients/{robot}/roles/writer"), None).expect(200).json();
    for (user, group) in [(&alice, &other), (&bob, &staff), (&account, &staff), (&alice, &staff)] {
        ground.keycloak("PUT", &format!("users/{user}/groups/{group}"), None).expect(204);
    }
    for holder in [format!("users/{alice}"), format!("users/{account}"), format!("groups/{staff}")] {
        let mappings = format!("{holder}/role-mappings");
        ground.keycloak("POST", &format!("{mappings}/realm"), Some(&json!([old]))).expect(204);
        ground.keycloak("POST", &format!("{mappings}/clients/{robot}"), Some(&json!([writer]))).expect(204);
    }
    ground.keycloak("POST", "roles/ops/composites", Some(&json!([old, writer]))).expect(204);
    ground.keycloak("PUT", &format!("default-groups/{other}"), None).expect(204);

    let group = json!({"path": "/staff, söme 🎉", "members": ["alice"], "realmRoles": ["ops"], "authoritative": ["members", "roles"]});
    let user = json!({"username": "alice", "ensure": "existing", "clientRoles": {"robot": ["writer"]}, "authoritative": ["groups", "roles"]});
    let client = json!({"clientId": "robot", "serviceAccount": {"authoritative": ["roles"]}});
    let ops = json!({"name": "ops", "authoritative": ["composites"]});
    let realm = json!({"clients": [client], "roles": [ops], "defaultGroups": ["/staff, söme 🎉"], "authoritative": ["defaultGroups"]});
    ground.spec(json!({}), realm, json!({"groups": [group], "users": [user]}));
    let told = ground.apply();
    assert!(told.contains("Apply complete! 2 added, 0 changed, 11 destroyed."), "{told}");

    assert_eq!(names(&ground, &format!("groups/{staff}/members"), "username"), ["alice"]);
    assert_eq!(names(&ground, &format!("users/{alice}/groups"), "name"), ["staff, söme 🎉"]);
    assert_eq!(names(&ground, "default-groups", "name"), ["staff, söme 🎉"]);
    assert_eq!(names(&ground, "roles/ops/composites", "name"), [""; 0]);
    let default = format!("default-roles-{}", ground.realm);
    let roles = |holder: &str| names(&ground, &format!("{holder}/role-mappings/realm"), "name");
    assert_eq!(roles(&format!("users/{alice}")), [default.as_str()]);
    assert_eq!(roles(&format!("users/{account}")), [default.as_str()]);
    assert_eq!(roles(&format!("groups/{staff}")), ["ops"]);
    let of_client = format!("role-mappings/clients/{robot}");
    assert_eq!(names(&ground, &format!("users/{alice}/{of_client}"), "name"), ["writer"]);
    assert_eq!(names(&ground, &format!("users/{account}/{of_client}"), "name"), [""; 0]);
    assert_eq!(names(&ground, &format!("users/{bob}/groups"), "name"), [""; 0]);
}
