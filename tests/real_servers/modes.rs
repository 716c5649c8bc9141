//! What is only verified is shown and never changed: so that an account with few rights can do its part.

use serde_json::json;

use super::ground::Ground;

/// A realm and projects made by an administrator, and the spec of somebody who may manage its people and no more.
fn people(ground: &mut Ground, roles: &[&str]) {
    let login = ground.robot(roles);
    ground.edit_all_attributes();
    let client = json!({"clientId": "cli", "directAccessGrantsEnabled": false, "publicClient": false});
    ground.keycloak("POST", "clients", Some(&client)).expect(201);
    ground.make_project(json!({"name": "prod"}));
    let realm = json!({"login": login, "displayName": "Ours", "userProfile": {"unmanagedAttributes": "adminEdit"},
        "clients": [{"clientId": "cli", "directAccessGrants": true}, {"clientId": "missing"}],
        "modes": {"realm": "verify", "userProfile": "verify", "clients": "verify"}});
    let grants = json!([{"project": "prod", "domain": ground.domain, "roles": ["member"]}]);
    let alice = json!({"username": "alice", "email": "a@example.com", "firstName": "Alice", "lastName": "Ash",
        "grants": grants, "groups": ["/ours"]});
    let access = json!({"projects": [{"name": "prod", "domain": ground.domain, "description": "Ours"}],
        "groups": [{"path": "/ours", "grants": []}], "users": [alice], "modes": {"projects": "verify"}});
    ground.spec(json!({}), realm, access);
}

#[test]
fn an_account_that_may_manage_people_alone_applies_them_while_the_rest_is_verified() {
    let mut ground = Ground::new();
    people(&mut ground, &["manage-users", "view-realm", "view-clients"]);
    let realm = ground.keycloak("GET", "", None).expect(200).json();
    let applied = ground.run("apply", &["--auto-approve"]).expect(0).stdout;
    for drift in ["displayName", "directAccessGrants", "client/missing", "description"] {
        assert!(applied.contains(drift), "{drift} is not shown:\n{applied}");
    }
    assert!(applied.contains("Apply complete! 3 added, 0 changed, 0 destroyed."), "{applied}");
    assert_eq!(ground.user("alice")["attributes"]["project"].as_array().map(Vec::len), Some(1));
    assert_eq!(ground.client("cli")["directAccessGrantsEnabled"], false);
    assert_eq!(ground.keycloak("GET", "", None).expect(200).json(), realm);
    assert_eq!(ground.project("prod")["description"], "");
    ground.unchanged();
    ground.run("plan", &["--detailed-exitcode"]).expect(2);
}

#[test]
fn what_may_not_be_seen_is_not_taken_for_absent() {
    for (roles, missing) in [
        (["manage-users", "view-realm"], "`view-clients`"),
        (["manage-users", "view-clients"], "`view-realm`"),
        (["view-realm", "view-clients"], "`view-users`"),
    ] {
        let mut ground = Ground::new();
        people(&mut ground, &roles);
        let refused = ground.run("plan", &[]).expect(1);
        assert!(refused.stderr.contains(missing), "{missing} is not named:\n{}", refused.stderr);
    }
}
