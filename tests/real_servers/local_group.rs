//! Keystone's own groups, their members, and what members may do: with the real `openstack` client, too.

use serde_json::{Value as Json, json};

use super::ground::{Ground, PASSWORD, reads_only, without};
use super::guide::shell;

fn local(ground: &Ground, local: &Json) {
    ground.spec(json!({}), json!({}), json!({"keystone": local}));
}

fn live(ground: &Ground, name: &str) -> Json {
    let list =
        ground.sandbox.keystone("GET", &format!("groups?domain_id={}", ground.domain_id), None).expect(200).json();
    let named = list["groups"].as_array().unwrap().iter().filter(|group| group["name"] == name);
    let found: Vec<Json> = named.cloned().collect();
    assert_eq!(found.len(), 1, "{list}");
    found[0].clone()
}

fn members(ground: &Ground, name: &str) -> Vec<String> {
    let path = format!("groups/{}/users", live(ground, name)["id"].as_str().unwrap());
    let list = ground.sandbox.keystone("GET", &path, None).expect(200).json();
    let names = list["users"].as_array().unwrap().iter().map(|user| user["name"].as_str().unwrap().to_owned());
    let mut names: Vec<String> = names.collect();
    names.sort();
    names
}

/// Makes a user or a group by hand and gives its id.
fn make(ground: &Ground, kind: &str, name: &str) -> String {
    let body = json!({kind: {"name": name, "domain_id": ground.domain_id, "password": PASSWORD}});
    let body = if kind == "group" { json!({kind: without(&body[kind], &["password"])}) } else { body };
    let made = ground.sandbox.keystone("POST", &format!("{kind}s"), Some(&body)).expect(201).json();
    made[kind]["id"].as_str().unwrap().to_owned()
}

#[test]
fn a_group_is_made_changed_adopted_and_deleted_with_its_members() {
    let ground = Ground::new();
    let name = "night/shift; Grüße 🦀";
    make(&ground, "user", "ann b/c");
    let group = |words: Json| {
        let group = json!({"name": name, "domain": ground.domain});
        local(&ground, &json!({"groups": [super::ground::with(&group, words)]}));
    };
    group(json!({"description": "one", "members": ["ann b/c"]}));
    ground.apply();
    assert_eq!(
        (live(&ground, name)["description"].clone(), members(&ground, name)),
        (json!("one"), vec!["ann b/c".to_owned()])
    );
    let id = live(&ground, name)["id"].clone();
    let theirs = json!({"group": {"phone": "1", "description": "by hand"}});
    ground.sandbox.keystone("PATCH", &format!("groups/{}", id.as_str().unwrap()), Some(&theirs)).expect(200);
    let eve = make(&ground, "user", "eve");
    ground.sandbox.keystone("PUT", &format!("groups/{}/users/{eve}", id.as_str().unwrap()), None).expect(204);
    let before = live(&ground, name);
    group(json!({"description": "two", "members": [{"name": "ann b/c", "ensure": "absent"}]}));
    ground.apply();
    assert_eq!(without(&live(&ground, name), &["description"]), without(&before, &["description"]));
    assert_eq!(members(&ground, name), ["eve"], "who was put into it by hand stays");
    assert!(reads_only(&ground.passed()));
    group(json!({"members": ["ann b/c"], "authoritative": ["members"]}));
    ground.apply();
    assert_eq!(members(&ground, name), ["ann b/c"]);
    group(json!({"ensure": "absent"}));
    assert!(ground.refused().contains("OPCP-G001"));
    ground.run("apply", &["--auto-approve", "--allow", "OPCP-G001"]).expect(0);
    ground.unchanged();
    ground.sandbox.keystone("GET", &format!("groups/{}", id.as_str().unwrap()), None).expect(404);
}

#[test]
fn more_groups_than_are_looked_for_one_by_one_are_found_in_the_list() {
    let ground = Ground::new();
    make(&ground, "user", "bob");
    let group = |number: usize| json!({"name": format!("group {number}"), "domain": ground.domain, "members": ["bob"]});
    local(&ground, &json!({"groups": (0..22).map(group).collect::<Json>()}));
    ground.apply();
    assert_eq!(members(&ground, "group 21"), ["bob"]);
}

/// Runs the real client as this user in this project of the ground's domain.
fn works_in(ground: &Ground, user: &str, project: &str) -> (bool, String) {
    let [auth, domain, authority] = [&ground.sandbox.keystone, &ground.domain, &ground.sandbox.authority];
    let variables = format!(
        "OS_AUTH_URL={auth}/v3 OS_CACERT={authority} OS_IDENTITY_API_VERSION=3 OS_USERNAME={user} \
         OS_USER_DOMAIN_NAME={domain} OS_PROJECT_NAME={project} OS_PROJECT_DOMAIN_NAME={domain}"
    );
    let script =
        format!("read -r OS_PASSWORD; export OS_PASSWORD {variables}; openstack token issue -f value -c project_id");
    shell(&ground.tool, &script, &format!("{PASSWORD}\n"))
}

#[test]
fn a_member_works_in_the_groups_project_and_below_it_by_an_inherited_role() {
    let ground = Ground::new();
    let (domain, team) = (ground.domain.as_str(), json!({"name": "team", "domain": ground.domain}));
    let spec = |inherited: &str, members: Json| {
        let projects = json!([{"name": "all", "domain": domain}, {"name": "part", "domain": domain, "parent": "all"}]);
        let svc = json!({"name": "svc", "domain": domain, "initialPassword": {"env": "INITIAL_PASSWORD"}});
        let keystone = json!({"users": [svc], "groups": [{"name": "team", "domain": domain, "members": members, "authoritative": ["members"]}],
        "roleAssignments": [
            {"role": "member", "group": team, "project": {"name": "all"}},
            {"role": "reader", "group": team, "project": {"name": "all"}, "inherited": true, "ensure": inherited},
        ]});
        ground.spec(json!({}), json!({}), json!({"projects": projects, "keystone": keystone}));
    };
    spec("absent", json!(["svc"]));
    ground.apply();
    let id = |name: &str| ground.project(name)["id"].as_str().unwrap().to_owned();
    let (done, said) = works_in(&ground, "svc", "all");
    assert!(done && said.contains(&id("all")), "{said}");
    let (done, said) = works_in(&ground, "svc", "part");
    assert!(!done && said.contains("401"), "a direct role is none below: {said}");
    spec("present", json!(["svc"]));
    ground.apply();
    let (done, said) = works_in(&ground, "svc", "part");
    assert!(done && said.contains(&id("part")), "{said}");
    spec("present", json!([]));
    ground.apply();
    for project in ["all", "part"] {
        let (done, said) = works_in(&ground, "svc", project);
        assert!(!done && said.contains("401"), "{project}: {said}");
    }
}
