//! Groups and who is in them: creation at depth, adoption, what must survive, and the end.

use serde_json::{Value as Json, json};

use super::ground::{Ground, reads_only, with, without};

fn alice() -> Json {
    json!({"username": "alice", "email": "alice@example.com", "firstName": "Alice", "lastName": "Ash"})
}

/// All groups as the server shows them, by path. What is to be searched for depends on its version.
fn groups(ground: &Ground) -> Vec<Json> {
    let found = ["*", ""].map(|all| {
        let list = format!("groups?search={all}&briefRepresentation=false&populateHierarchy=false");
        ground.keycloak("GET", &list, None).expect(200).json().as_array().cloned().unwrap()
    });
    found.into_iter().max_by_key(Vec::len).unwrap()
}

fn group(ground: &Ground, path: &str) -> Json {
    groups(ground).into_iter().find(|group| group["path"] == path).unwrap_or_else(|| panic!("no group {path}"))
}

fn members(ground: &Ground, path: &str) -> Vec<String> {
    let id = group(ground, path)["id"].as_str().unwrap().to_owned();
    let members = ground.keycloak("GET", &format!("groups/{id}/members"), None).expect(200).json();
    members.as_array().unwrap().iter().map(|user| user["username"].as_str().unwrap().to_owned()).collect()
}

/// Makes a group by hand and gives its id.
fn by_hand(ground: &Ground, parent: Option<&str>, body: &Json) -> String {
    let list = parent.map_or_else(|| "groups".to_owned(), |parent| format!("groups/{parent}/children"));
    ground.keycloak("POST", &list, Some(body)).expect(201).new_id()
}

#[test]
fn groups_are_made_at_any_depth_with_grants_attributes_and_members() {
    let ground = Ground::new();
    let grant = json!({"project": "prod", "domain": ground.domain, "roles": ["member"]});
    ground.access_spec(json!({
        "projects": [{"name": "prod", "domain": ground.domain}],
        "groups": [
            {"path": "/acme/op;s +/night", "members": ["alice", {"username": "Bob"}]},
            {"path": "/acme", "attributes": {"centre": ["4711", "4712"]}, "grants": [grant]},
            {"path": "/acme/op;s +"},
        ],
        "users": [with(&alice(), json!({"groups": ["/acme"]})), with(&alice(), json!({"username": "bob", "email": "bob@example.com"}))],
    }));
    ground.apply();
    let acme = group(&ground, "/acme");
    assert_eq!(acme["attributes"]["centre"], json!(["4711", "4712"]));
    let value = json!({"domain": {"name": ground.domain}, "name": "prod", "roles": [{"name": "member"}]}).to_string();
    assert_eq!(acme["attributes"]["project"], json!([value]));
    assert_eq!(members(&ground, "/acme"), ["alice"]);
    assert_eq!(members(&ground, "/acme/op;s +/night"), ["alice", "bob"]);
    assert!(reads_only(&ground.passed()));
}

#[test]
fn a_group_made_by_hand_is_adopted_and_keeps_what_is_not_ours() {
    let ground = Ground::new();
    let other = json!({"domain": {"name": "Default"}, "name": "theirs", "roles": [{"name": "admin"}]}).to_string();
    let acme = json!({"name": "acme",
        "attributes": {"theirs": ["kept", "kept too"], "centre": ["1"], "project": [other, "no JSON"]}});
    let id = by_hand(&ground, None, &acme);
    // Keycloak 26.0 knows no descriptions of groups.
    let described = with(&acme, json!({"description": "theirs"}));
    let _answer = ground.keycloak("PUT", &format!("groups/{id}"), Some(&described));
    let acme = id;
    by_hand(&ground, Some(&acme), &json!({"name": "ops", "attributes": {"theirs": ["kept"]}}));
    ground.access_spec(json!({"groups": [{"path": "/acme"}, {"path": "/acme/ops"}]}));
    ground.apply();
    let before = groups(&ground);
    ground.unchanged();
    assert_eq!(groups(&ground), before);
    ground.make_project(json!({"name": "prod"}));
    let grant = json!({"project": "prod", "domain": ground.domain, "roles": ["member"]});
    ground.access_spec(json!({"groups": [{"path": "/acme", "attributes": {"centre": ["2"]}, "grants": [grant]}]}));
    let said = ground.apply();
    assert!(said.contains("attributes.centre") && said.contains("0 to add, 1 to change"), "{said}");
    let after = group(&ground, "/acme");
    assert_eq!(after["attributes"]["theirs"], json!(["kept", "kept too"]));
    assert_eq!(after["attributes"]["centre"], json!(["2"]));
    assert_eq!(after["attributes"]["project"].as_array().unwrap()[..2], [json!(other), json!("no JSON")]);
    assert_eq!(without(&after, &["attributes"]), without(&before[0], &["attributes"]));
    ground.access_spec(json!({"groups": [{"path": "/acme", "attributes": {"centre": []}}]}));
    ground.apply();
    assert_eq!(group(&ground, "/acme")["attributes"].get("centre"), None);
}

#[test]
fn memberships_come_and_go_one_by_one_from_either_side() {
    let ground = Ground::new();
    ground.access_spec(json!({"groups": [{"path": "/a", "members": ["alice"]}, {"path": "/b"}], "users": [alice()]}));
    ground.apply();
    let id = ground.user("alice")["id"].as_str().unwrap().to_owned();
    let theirs = by_hand(&ground, None, &json!({"name": "theirs"}));
    ground.keycloak("PUT", &format!("users/{id}/groups/{theirs}"), None).expect(204);
    let groups = json!([{"path": "/a", "ensure": "absent"}, "/b"]);
    ground.access_spec(json!({"users": [with(&alice(), json!({"groups": groups}))]}));
    let said = ground.apply();
    assert!(said.contains("1 to add, 0 to change, 1 to destroy"), "{said}");
    assert_eq!(members(&ground, "/a"), [] as [&str; 0]);
    assert_eq!(members(&ground, "/b"), ["alice"]);
    assert_eq!(members(&ground, "/theirs"), ["alice"]);
    assert!(reads_only(&ground.passed()));
}

#[test]
fn a_group_goes_when_that_is_allowed() {
    let ground = Ground::new();
    ground.access_spec(json!({"groups": [{"path": "/a"}, {"path": "/a/b"}]}));
    ground.apply();
    ground.access_spec(json!({"groups": [{"path": "/a", "ensure": "absent"}, {"path": "/a/b", "ensure": "absent"}]}));
    assert_eq!(ground.run("apply", &["--auto-approve"]).code, Some(3));
    assert_eq!(groups(&ground).len(), 2);
    ground.run("apply", &["--auto-approve", "--allow", "OPCP-G001"]).expect(0);
    assert_eq!(groups(&ground).len(), 0);
    ground.unchanged();
}

#[test]
fn a_group_in_a_group_that_is_not_there_is_refused() {
    let ground = Ground::new();
    ground.access_spec(json!({"groups": [{"path": "/a/b"}]}));
    let said = ground.refused();
    assert!(said.contains("group/a: does not exist"), "{said}");
    assert_eq!(groups(&ground).len(), 0);
}

#[test]
fn groups_that_are_hidden_are_not_taken_for_absent() {
    let mut ground = Ground::new();
    by_hand(&ground, None, &json!({"name": "a"}));
    let login = ground.robot(&["query-groups", "query-users"]);
    ground.spec(json!({}), json!({"login": login}), json!({"groups": [{"path": "/a"}]}));
    let said = ground.refused();
    assert!(said.contains("view-users"), "{said}");
    assert_eq!(groups(&ground).len(), 1);
}

#[test]
fn a_group_is_described_and_a_description_of_others_stays() {
    let ground = Ground::new();
    by_hand(&ground, None, &json!({"name": "theirs", "description": "Their / ü 🚀"}));
    let say = |ground: &Ground, description: &str| {
        ground.access_spec(json!({"groups": [{"path": "/acme", "description": "Around"}, {"path": "/acme/inner", "description": description},
            {"path": "/theirs", "attributes": {"a": ["b"]}}]}));
    };
    for description in ["Neu / ü 🚀", "", "Other"] {
        say(&ground, description);
        ground.apply();
        assert_eq!(group(&ground, "/acme/inner")["description"], description);
    }
    assert_eq!(group(&ground, "/acme")["description"], "Around");
    assert_eq!(group(&ground, "/theirs")["description"], "Their / ü 🚀");
    assert!(reads_only(&ground.passed()));
}
