//! Keystone domains.

use serde_json::{Value as Json, json};

use super::ground::{Ground, reads_only, without};

fn domains(ground: &Ground, domain: &Json) {
    ground.spec(json!({"domains": [domain]}), json!({}), json!({}));
}

fn live(ground: &Ground, name: &str) -> Json {
    let found = ground.sandbox.keystone("GET", &format!("domains?name={name}"), None).expect(200).json();
    assert_eq!(found["domains"].as_array().map(Vec::len), Some(1), "{found}");
    found["domains"][0].clone()
}

#[test]
fn a_domain_is_created_and_each_field_changes_alone() {
    let ground = Ground::new();
    let name = format!("{}-more", ground.domain);
    let mut spec = json!({"name": name, "description": "one", "enabled": true, "tags": ["a b", "prod"]});
    domains(&ground, &spec);
    ground.apply();
    assert_eq!((&live(&ground, &name)["description"], &live(&ground, &name)["enabled"]), (&json!("one"), &json!(true)));
    for (word, value) in [
        ("description", json!("two")),
        ("tags", json!(["Größe", "prod"])),
        ("tags", json!([])),
        ("enabled", json!(false)),
        ("enabled", json!(true)),
    ] {
        let before = live(&ground, &name);
        spec[word] = value.clone();
        domains(&ground, &spec);
        ground.apply();
        let after = live(&ground, &name);
        assert_eq!(after[word], value, "{word}");
        assert_eq!(without(&after, &[word]), without(&before, &[word]), "{word} changes more than itself");
    }
    assert!(reads_only(&ground.passed()));
}

#[test]
fn a_domain_made_by_hand_is_adopted_and_what_is_not_ours_stays() {
    let ground = Ground::new();
    let change = json!({"domain": {"description": null, "owner": "theirs", "tags": ["b"]}});
    ground.sandbox.keystone("PATCH", &format!("domains/{}", ground.domain_id), Some(&change)).expect(200);
    let before = live(&ground, &ground.domain);
    domains(&ground, &json!({"name": ground.domain, "description": ""}));
    ground.unchanged();
    assert_eq!(live(&ground, &ground.domain), before);
    domains(&ground, &json!({"name": ground.domain, "description": "ours"}));
    ground.apply();
    assert_eq!(without(&live(&ground, &ground.domain), &["description"]), without(&before, &["description"]));
}

#[test]
fn a_project_in_a_domain_that_is_made_in_the_same_run() {
    let ground = Ground::new();
    let name = format!("{}-new", ground.domain);
    ground.spec(
        json!({"domains": [{"name": name}]}),
        json!({}),
        json!({"projects": [{"name": "prod", "domain": name}]}),
    );
    ground.apply();
    let id = live(&ground, &name)["id"].as_str().unwrap().to_owned();
    let found = ground.sandbox.keystone("GET", &format!("projects?domain_id={id}"), None).expect(200).json();
    assert_eq!(found["projects"][0]["name"], "prod");
}

#[test]
fn a_domain_is_disabled_and_deleted_when_that_is_allowed() {
    let ground = Ground::new();
    let name = format!("{}-old", ground.domain);
    ground.sandbox.keystone("POST", "domains", Some(&json!({"domain": {"name": name}}))).expect(201);
    ground.spec(json!({"domains": [{"name": name, "ensure": "absent"}]}), json!({}), json!({}));
    let said = ground.refused();
    assert!(said.contains("OPCP-G001"), "{said}");
    ground.run("apply", &["--auto-approve", "--allow", "OPCP-G001"]).expect(0);
    ground.unchanged();
    let list = ground.sandbox.keystone("GET", &format!("domains?name={name}"), None).expect(200).json();
    assert_eq!(list["domains"], json!([]));
}

#[test]
fn what_dies_with_a_domain_is_told_before() {
    let ground = Ground::new();
    let name = format!("{}-old", ground.domain);
    let domain =
        ground.sandbox.keystone("POST", "domains", Some(&json!({"domain": {"name": name}}))).expect(201).json();
    let id = domain["domain"]["id"].as_str().unwrap().to_owned();
    let make = |kind: &str, name: &str| {
        let body = json!({kind: {"name": name, "domain_id": id}});
        ground.sandbox.keystone("POST", &format!("{kind}s"), Some(&body)).expect(201);
    };
    for (kind, name) in [("project", "prod"), ("user", "bob"), ("group", "team"), ("role", "night")] {
        make(kind, name);
    }
    ground.spec(json!({"domains": [{"name": name, "ensure": "absent"}]}), json!({}), json!({}));
    let said = ground.run("plan", &[]).stderr;
    for part in ["1 project (prod)", "1 user (bob)", "1 group (team)", "leaves behind", "1 role (night)"] {
        assert!(said.contains(part), "{part}: {said}");
    }
    let role = json!({"name": "night", "domain": name, "ensure": "absent"});
    ground.spec(json!({"domains": [{"name": name, "ensure": "absent"}], "roles": [role]}), json!({}), json!({}));
    ground.run("apply", &["--auto-approve", "--allow", "OPCP-G001"]).expect(0);
    ground.unchanged();
    let left = ground.sandbox.keystone("GET", &format!("roles?domain_id={id}"), None).expect(200).json();
    assert_eq!(left["roles"], json!([]));
}
