//! Grants: values of the `project` attribute that are ours, beside values that are not.

use serde_json::{Value as Json, json};

use super::ground::{Ground, reads_only, with};

fn grant(ground: &Ground, project: &str, roles: &[&str]) -> Json {
    json!({"project": project, "domain": ground.domain, "roles": roles})
}

/// The value that stands for a grant.
fn value(ground: &Ground, project: &str, roles: &[&str]) -> String {
    let roles: Vec<Json> = roles.iter().map(|role| json!({"name": role})).collect();
    json!({"domain": {"name": ground.domain}, "name": project, "roles": roles}).to_string()
}

fn access(ground: &Ground, grants: &[Json]) -> Json {
    let alice = json!({"username": "alice", "email": "alice@example.com", "firstName": "Alice", "lastName": "Ash", "grants": grants});
    let projects = ["prod", "test"].map(|name| json!({"name": name, "domain": ground.domain}));
    json!({"projects": projects, "users": [alice]})
}

/// The values of the attribute, sorted.
fn stored(ground: &Ground) -> Vec<String> {
    let user = ground.user("alice");
    let values = user["attributes"]["project"].as_array().cloned().unwrap_or_default();
    let mut values: Vec<String> = values.iter().map(|value| value.as_str().unwrap().to_owned()).collect();
    values.sort();
    values
}

/// Makes alice by hand with these values of the attribute, and with one that is nobody's.
fn by_hand(ground: &Ground, values: &[String]) {
    ground.edit_all_attributes();
    let user = json!({"username": "alice", "email": "alice@example.com", "firstName": "Alice", "lastName": "Ash", "enabled": true,
        "attributes": {"project": values, "theirs": ["kept", "twice"]}});
    ground.keycloak("POST", "users", Some(&user)).expect(201);
}

#[test]
fn grants_are_given_changed_and_taken() {
    let ground = Ground::new();
    ground.access_spec(access(&ground, &[grant(&ground, "prod", &["member"]), grant(&ground, "test", &["reader"])]));
    ground.apply();
    assert_eq!(stored(&ground), [value(&ground, "prod", &["member"]), value(&ground, "test", &["reader"])]);
    ground.access_spec(access(
        &ground,
        &[grant(&ground, "prod", &["member", "reader"]), grant(&ground, "test", &["reader"])],
    ));
    ground.apply();
    assert_eq!(stored(&ground)[1], value(&ground, "test", &["reader"]));
    ground.access_spec(access(&ground, &[grant(&ground, "test", &["reader"])]));
    ground.apply();
    assert_eq!(stored(&ground), [value(&ground, "test", &["reader"])]);
    ground.access_spec(access(&ground, &[]));
    ground.apply();
    assert_eq!(stored(&ground), [] as [&str; 0]);
    assert!(reads_only(&ground.passed()));
}

#[test]
fn another_spelling_of_a_grant_is_no_change() {
    let ground = Ground::new();
    for project in ["prod", "test"] {
        ground.make_project(json!({"name": project}));
    }
    let spelled = format!(
        "{{ \"roles\": [ {{\"name\": \"reader\"}}, {{\"name\":\"member\"}} ],\n \"name\": \"prod\", \"domain\": {{\"name\": \"{}\"}} }}",
        ground.domain
    );
    by_hand(&ground, &[spelled]);
    let before = ground.user("alice");
    ground.access_spec(access(&ground, &[grant(&ground, "prod", &["member", "reader"])]));
    ground.unchanged();
    assert_eq!(ground.user("alice"), before);
}

#[test]
fn what_is_not_ours_survives_a_change_of_grants() {
    let ground = Ground::new();
    let theirs = [value(&ground, "foreign", &["admin"]), "no JSON at all".to_owned(), "{\"other\": 1}".to_owned()];
    by_hand(&ground, &[&theirs[..], &[value(&ground, "test", &["reader"])]].concat());
    ground.access_spec(access(&ground, &[grant(&ground, "prod", &["member"])]));
    ground.apply();
    let mut expected = [&theirs[..], &[value(&ground, "prod", &["member"])]].concat();
    expected.sort();
    assert_eq!(stored(&ground), expected, "the grant on test is ours to take, the others are not");
    let user = ground.user("alice");
    assert_eq!(user["attributes"]["theirs"], json!(["kept", "twice"]));
    assert_eq!(user["email"], "alice@example.com");
}

#[test]
fn a_holder_without_the_field_is_not_touched() {
    let ground = Ground::new();
    by_hand(&ground, &[value(&ground, "prod", &["admin"])]);
    let before = ground.user("alice");
    let access = json!({"projects": [{"name": "prod", "domain": ground.domain}], "users": [{"username": "alice", "firstName": "Alina"}]});
    ground.access_spec(access);
    ground.apply();
    assert_eq!(ground.user("alice"), with(&before, json!({"firstName": "Alina"})));
}

#[test]
fn a_grant_that_the_server_does_not_store_is_a_failure_that_names_the_policy() {
    let ground = Ground::new();
    ground.spec(json!({}), json!({}), access(&ground, &[grant(&ground, "prod", &["member"])]));
    let said = ground.refused();
    assert!(said.contains("unmanagedAttributePolicy"), "{said}");
}

#[test]
fn a_grant_on_a_project_that_does_not_exist_is_refused() {
    let ground = Ground::new();
    ground.access_spec(access(&ground, &[grant(&ground, "nowhere", &["member"])]));
    let said = ground.refused();
    assert!(said.contains("nowhere"), "{said}");
    assert_eq!(ground.keycloak("GET", "users/count", None).text, "0", "nothing was written");
}

#[test]
fn a_document_that_lists_all_grants_takes_every_other_one_away() {
    let ground = Ground::new();
    for project in ["prod", "test"] {
        ground.make_project(json!({"name": project}));
    }
    by_hand(&ground, &[value(&ground, "prod", &["member"]), value(&ground, "elsewhere", &["member"])]);
    let by_id = format!("{{\"domain\":{{\"id\":\"{}\"}},\"name\":\"test\",\"roles\":[]}}", ground.domain_id);
    let group = json!({"name": "stray", "attributes": {"project": [by_id, value(&ground, "elsewhere", &[])], "theirs": ["kept"]}});
    let group = ground.keycloak("POST", "groups", Some(&group)).expect(201).new_id();
    let projects = ["prod", "test"].map(|name| json!({"name": name, "domain": ground.domain}));
    let bob = json!({"username": "bob", "email": "b@example.com", "firstName": "Bob", "lastName": "Birch", "grants": [grant(&ground, "prod", &["reader"])]});
    ground.access_spec(json!({"projects": projects, "users": [bob], "authoritative": ["grants"]}));
    let applied = ground.apply();
    assert!(applied.contains("Apply complete! 1 added, 2 changed, 0 destroyed."), "{applied}");
    assert_eq!(stored(&ground), [value(&ground, "elsewhere", &["member"])]);
    let group = ground.keycloak("GET", &format!("groups/{group}"), None).expect(200).json();
    let expected = json!({"project": [value(&ground, "elsewhere", &[])], "theirs": ["kept"]});
    assert_eq!(group["attributes"], expected);
    assert!(reads_only(&ground.passed()));
}

#[test]
fn all_grants_of_one_user_are_listed_and_what_is_no_grant_stays() {
    let ground = Ground::new();
    ground.make_project(json!({"name": "prod"}));
    let by_id = |id: &str| json!({"domain": {"id": id}, "name": "by / id ü", "roles": [{"name": "admin"}]}).to_string();
    let theirs = "no JSON at all".to_owned();
    let stray = value(&ground, "foreign", &["admin"]);
    by_hand(
        &ground,
        &[value(&ground, "prod", &["reader"]), by_id(&ground.domain_id), by_id("nowhere"), stray, theirs.clone()],
    );
    let bob =
        json!({"username": "bob", "enabled": true, "attributes": {"project": [value(&ground, "foreign", &["admin"])]}});
    ground.keycloak("POST", "users", Some(&bob)).expect(201);
    let alice =
        json!({"username": "alice", "grants": [grant(&ground, "prod", &["member"])], "authoritative": ["grants"]});
    ground.access_spec(json!({"users": [alice]}));
    let planned = ground.run("plan", &[]).expect(0);
    let key = format!("- {}/by %2F id ü: admin", ground.domain);
    assert!(planned.stdout.contains(&key), "{}", planned.stdout);
    assert!(planned.stderr.contains("no JSON at all"), "{}", planned.stderr);
    ground.apply();
    let mut expected = [theirs, value(&ground, "prod", &["member"])];
    expected.sort();
    assert_eq!(stored(&ground), expected);
    assert_eq!(ground.user("bob")["attributes"]["project"], bob["attributes"]["project"]);
    assert_eq!(ground.user("alice")["attributes"]["theirs"], json!(["kept", "twice"]));
    assert!(reads_only(&ground.passed()));
}
