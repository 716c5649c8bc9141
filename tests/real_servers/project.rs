//! Keystone projects.

use serde_json::{Value as Json, json};

use super::ground::{Ground, reads_only, without};

fn projects(ground: &Ground, project: &Json) {
    ground.spec(json!({}), json!({}), json!({"projects": [project]}));
}

#[test]
fn a_project_is_created_with_every_word() {
    let ground = Ground::new();
    projects(
        &ground,
        &json!({"name": "prod", "domain": ground.domain, "description": "made by a test", "enabled": true, "tags": ["b", "a"]}),
    );
    ground.apply();
    let live = ground.project("prod");
    assert_eq!(
        (&live["description"], &live["enabled"], &live["domain_id"]),
        (&json!("made by a test"), &json!(true), &json!(ground.domain_id))
    );
    let mut tags: Vec<&str> = live["tags"].as_array().unwrap().iter().map(|tag| tag.as_str().unwrap()).collect();
    tags.sort_unstable();
    assert_eq!(tags, ["a", "b"]);
    assert!(reads_only(&ground.passed()));
}

#[test]
fn each_field_of_a_project_changes_alone() {
    let ground = Ground::new();
    let mut spec =
        json!({"name": "prod", "domain": ground.domain, "description": "one", "enabled": true, "tags": ["a"]});
    projects(&ground, &spec);
    ground.apply();
    let changes = [
        ("description", json!("two")),
        ("enabled", json!(false)),
        ("tags", json!(["b"])),
        ("tags", json!([])),
        ("enabled", json!(true)),
    ];
    for (word, value) in changes {
        let before = ground.project("prod");
        spec[word] = value.clone();
        projects(&ground, &spec);
        ground.apply();
        let after = ground.project("prod");
        assert_eq!(after[word], value, "{word}");
        assert_eq!(without(&after, &[word]), without(&before, &[word]), "{word} changes more than itself");
    }
}

#[test]
fn a_project_made_by_hand_is_adopted_and_what_is_not_ours_stays() {
    let ground = Ground::new();
    ground.make_project(json!({"name": "prod", "description": null, "tags": ["b", "a"], "options": {"immutable": null}, "owner": "theirs"}));
    let other = ground.make_project(json!({"name": "other", "description": "theirs"}));
    let before = ground.project("prod");
    projects(
        &ground,
        &json!({"name": "prod", "domain": ground.domain, "description": "", "tags": ["a", "b"], "enabled": true}),
    );
    ground.unchanged();
    assert_eq!(ground.project("prod"), before);
    projects(&ground, &json!({"name": "prod", "domain": ground.domain, "description": "ours"}));
    ground.apply();
    assert_eq!(without(&ground.project("prod"), &["description"]), without(&before, &["description"]));
    assert_eq!(ground.project("other")["id"], other.as_str());
}

#[test]
fn a_project_of_the_same_name_in_another_domain_is_another_project() {
    let ground = Ground::new();
    let name = super::ground::unique("same");
    let elsewhere = json!({"project": {"name": name, "domain_id": "default", "description": "theirs"}});
    let elsewhere = ground.sandbox.keystone("POST", "projects", Some(&elsewhere)).expect(201).json();
    projects(&ground, &json!({"name": name, "domain": ground.domain, "description": "ours"}));
    ground.apply();
    let path = format!("projects/{}", elsewhere["project"]["id"].as_str().unwrap());
    let untouched = ground.sandbox.keystone("GET", &path, None).expect(200).json();
    ground.sandbox.keystone("DELETE", &path, None).expect(204);
    assert_eq!(untouched["project"]["description"], "theirs");
    assert_eq!(ground.project(&name)["description"], "ours");
}

#[test]
fn a_domain_that_does_not_exist_is_named() {
    let ground = Ground::new();
    projects(&ground, &json!({"name": "prod", "domain": format!("{}-nowhere", ground.domain)}));
    let said = ground.refused();
    assert!(said.contains(&format!("{}-nowhere", ground.domain)), "{said}");
}

#[test]
fn a_project_is_part_of_another_one_for_good() {
    let ground = Ground::new();
    let spec = |parent: &str| {
        let child = json!({"name": "web", "domain": ground.domain, "parent": parent});
        let others = ["acme", "other"].map(|name| json!({"name": name, "domain": ground.domain}));
        let projects = [&others[..], &[child]].concat();
        ground.spec(json!({}), json!({}), json!({"projects": projects}));
    };
    spec("acme");
    ground.apply();
    assert_eq!(ground.project("web")["parent_id"], ground.project("acme")["id"]);
    spec("other");
    let said = ground.refused();
    assert!(said.contains("another `parent`"), "{said}");
    assert_eq!(ground.project("web")["parent_id"], ground.project("acme")["id"]);
}

#[test]
fn a_protected_project_is_unlocked_changed_and_locked_again() {
    let ground = Ground::new();
    let spec = |words: Json| {
        projects(&ground, &super::ground::with(&json!({"name": "prod", "domain": ground.domain}), words));
    };
    let locked = json!({"immutable": true});
    spec(json!({"description": "one", "tags": ["a"], "options": locked}));
    ground.apply();
    assert_eq!(ground.project("prod")["options"], locked);
    spec(json!({"description": "two"}));
    let said = ground.refused();
    assert!(said.contains("is protected by the server"), "nobody would know that it shall be locked again: {said}");
    assert_eq!(ground.project("prod")["description"], "one");
    spec(json!({"description": "two", "tags": ["b"], "enabled": false, "options": locked}));
    let said = ground.apply();
    assert!(said.contains("(first)") && said.contains("(then)"), "{said}");
    let live = ground.project("prod");
    assert_eq!((&live["description"], &live["tags"], &live["options"]), (&json!("two"), &json!(["b"]), &locked));
    assert!(reads_only(&ground.passed()));
    spec(json!({"description": "three", "options": {"immutable": false}}));
    ground.apply();
    let live = ground.project("prod");
    assert_eq!((&live["description"], &live["options"]), (&json!("three"), &json!({"immutable": false})));
}

#[test]
fn a_protected_project_is_deleted_when_that_is_allowed() {
    let ground = Ground::new();
    ground.make_project(json!({"name": "prod", "options": {"immutable": true}}));
    projects(&ground, &json!({"name": "prod", "domain": ground.domain, "ensure": "absent"}));
    let said = ground.refused();
    assert!(said.contains("OPCP-G001"), "{said}");
    assert_eq!(ground.project("prod")["options"], json!({"immutable": true}), "nothing is unlocked for nothing");
    ground.run("apply", &["--auto-approve", "--allow", "OPCP-G001"]).expect(0);
    ground.unchanged();
    let list = format!("projects?domain_id={}&name=prod", ground.domain_id);
    assert_eq!(ground.sandbox.keystone("GET", &list, None).expect(200).json()["projects"], json!([]));
}

#[test]
fn a_project_that_grants_still_name_is_kept_until_they_go_with_it() {
    let ground = Ground::new();
    ground.make_project(json!({"name": "old"}));
    ground.edit_all_attributes();
    let grant = json!({"name": "old", "domain": {"id": ground.domain_id}, "roles": [{"name": "member"}]}).to_string();
    let bob = json!({"username": "bob", "email": "bob@example.com", "attributes": {"project": [grant]}});
    ground.keycloak("POST", "users", Some(&bob)).expect(201);
    let old = json!({"name": "old", "domain": ground.domain, "ensure": "absent"});
    ground.access_spec(json!({"projects": [old]}));
    let outcome = ground.run("apply", &["--auto-approve", "--allow", "OPCP-G001"]).expect(3);
    assert!(outcome.stderr.contains("OPCP-G005") && outcome.stderr.contains("/user/bob"), "{}", outcome.stderr);
    ground.project("old");
    ground.access_spec(json!({"projects": [old], "authoritative": ["grants"]}));
    ground.run("apply", &["--auto-approve", "--allow", "OPCP-G001"]).expect(0);
    assert_eq!(ground.user("bob")["attributes"]["project"], Json::Null);
    ground.unchanged();
}

#[test]
fn a_tree_is_made_disabled_and_taken_away_in_the_order_that_the_server_wants() {
    let ground = Ground::new();
    let project = |name: &str, words: Json| super::ground::with(&json!({"name": name, "domain": ground.domain}), words);
    let spec = |words: [Json; 4]| {
        let [all, part, leaf, other] = words;
        let projects =
            json!([project("a leaf", leaf), project("part", part), project("all", all), project("other", other)]);
        ground.spec(json!({}), json!({}), json!({"projects": projects}));
    };
    let part_of = |parent: &str| json!({"parent": parent});
    spec([json!({}), part_of("all"), part_of("part"), part_of("all")]);
    ground.apply();
    assert_eq!(ground.project("a leaf")["parent_id"], ground.project("part")["id"]);
    spec([json!({"enabled": false}), json!({}), json!({}), json!({})]);
    let said = ground.refused();
    assert!(said.contains("has parts that are enabled") && said.contains("/part"), "{said}");
    let off = || json!({"enabled": false});
    spec([off(), off(), off(), json!({"ensure": "absent"})]);
    ground.run("apply", &["--auto-approve", "--allow", "OPCP-G001"]).expect(0);
    ground.unchanged();
    assert_eq!(ground.project("all")["enabled"], false);
    let on = || json!({"enabled": true});
    spec([on(), on(), on(), part_of("a leaf")]);
    ground.apply();
    assert_eq!(ground.project("other")["parent_id"], ground.project("a leaf")["id"]);
    let gone = || json!({"ensure": "absent"});
    spec([gone(), gone(), gone(), json!({})]);
    let refused = ground.run("apply", &["--auto-approve", "--allow", "OPCP-G001"]);
    assert!(refused.stderr.contains("has parts that stay"), "{refused:?}");
    spec([gone(), gone(), gone(), gone()]);
    ground.run("apply", &["--auto-approve", "--allow", "OPCP-G001"]).expect(0);
    ground.unchanged();
}

#[test]
fn a_tree_that_is_too_deep_is_told_with_the_servers_own_limit() {
    let ground = Ground::new();
    let names = ["a", "b", "c", "d", "e", "f"];
    let project = |(depth, name): (usize, &&str)| match depth {
        0 => json!({"name": name, "domain": ground.domain}),
        _ => json!({"name": name, "domain": ground.domain, "parent": names[depth - 1]}),
    };
    let projects: Json = names.iter().enumerate().map(project).collect();
    ground.spec(json!({}), json!({}), json!({"projects": projects}));
    let said = ground.refused();
    assert!(said.contains("max_project_tree_depth"), "{said}");
}
