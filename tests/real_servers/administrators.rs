//! The last enabled administrator of a realm stays, whatever is allowed.

use serde_json::json;

use super::ground::Ground;

#[test]
fn the_last_enabled_administrator_of_a_realm_stays() {
    let ground = Ground::new();
    let user = |name: &str| {
        let body = json!({"username": name, "email": format!("{name}@example.com"), "enabled": name != "old"});
        ground.keycloak("POST", "users", Some(&body)).expect(201).new_id()
    };
    let (root, boss, old, _next) = (user("root"), user("boss"), user("old"), user("next"));
    let management = ground.client("realm-management")["id"].as_str().unwrap().to_owned();
    let role = ground.keycloak("GET", &format!("clients/{management}/roles/realm-admin"), None).expect(200).json();
    let outer = ground.keycloak("POST", "groups", Some(&json!({"name": "admins"}))).expect(201).new_id();
    let inner = json!({"name": "innere"});
    let inner = ground.keycloak("POST", &format!("groups/{outer}/children"), Some(&inner)).expect(201).new_id();
    ground.keycloak("PUT", &format!("users/{boss}/groups/{inner}"), None).expect(204);
    for holder in [format!("users/{root}"), format!("users/{old}"), format!("groups/{outer}")] {
        let mappings = format!("{holder}/role-mappings/clients/{management}");
        ground.keycloak("POST", &mappings, Some(&json!([role]))).expect(204);
    }
    let gone = json!({"username": "root", "ensure": "absent"});
    let say = |users: &[serde_json::Value]| ground.spec(json!({}), json!({}), json!({"users": users}));
    let leaves =
        json!({"username": "boss", "ensure": "existing", "groups": [{"path": "/admins/innere", "ensure": "absent"}]});
    say(&[gone.clone(), leaves.clone()]);
    let said = ground.run("apply", &["--auto-approve", "--allow", "OPCP-G001"]).expect(3).stderr;
    assert!(said.contains("OPCP-G012") && said.contains("now it is boss, root"), "{said}");
    let next = json!({"username": "next", "ensure": "existing", "clientRoles": {"realm-management": ["realm-admin"]}});
    say(&[gone, leaves, next]);
    ground.run("apply", &["--auto-approve", "--allow", "OPCP-G001"]).expect(0);
    ground.unchanged();
    say(&[json!({"username": "next", "ensure": "existing", "enabled": false})]);
    assert!(ground.refused().contains("OPCP-G012"));
}
