//! Keystone roles.

use serde_json::{Value as Json, json};

use super::ground::{Ground, reads_only, without};

fn roles(ground: &Ground, role: &Json) {
    ground.spec(json!({"roles": [role, {"name": "member"}]}), json!({}), json!({}));
}

fn live(ground: &Ground, name: &str) -> Json {
    let found = ground.sandbox.keystone("GET", &format!("roles?name={name}"), None).expect(200).json();
    assert_eq!(found["roles"].as_array().map(Vec::len), Some(1), "{found}");
    found["roles"][0].clone()
}

#[test]
fn a_role_is_created_changed_and_deleted() {
    let ground = Ground::new();
    let name = format!("{}-auditor", ground.domain);
    roles(&ground, &json!({"name": name}));
    ground.apply();
    let before = live(&ground, &name);
    roles(&ground, &json!({"name": name, "description": "Reads the books"}));
    ground.apply();
    let after = live(&ground, &name);
    assert_eq!(after["description"], "Reads the books");
    assert_eq!(without(&after, &["description"]), without(&before, &["description"]));
    assert!(reads_only(&ground.passed()));
    roles(&ground, &json!({"name": name, "ensure": "absent"}));
    let said = ground.refused();
    assert!(said.contains("OPCP-G001") && said.contains("application credential"), "{said}");
    ground.run("apply", &["--auto-approve", "--allow", "OPCP-G001"]).expect(0);
    ground.unchanged();
    let found = ground.sandbox.keystone("GET", &format!("roles?name={name}"), None).expect(200).json();
    assert_eq!(found["roles"], json!([]));
}

#[test]
fn a_role_of_the_bootstrap_is_left_alone() {
    let ground = Ground::new();
    let before = live(&ground, "reader");
    for role in [json!({"name": "reader", "description": "ours"}), json!({"name": "reader", "ensure": "absent"})] {
        roles(&ground, &role);
        let said = ground.refused();
        assert!(said.contains("keystone/role/reader: is protected"), "{said}");
    }
    assert_eq!(live(&ground, "reader"), before);
}

#[test]
fn a_role_that_is_misspelled_in_a_grant_is_named_while_planning() {
    let ground = Ground::new();
    let grants = json!([{"project": "prod", "domain": ground.domain, "roles": ["membre"]}]);
    ground.access_spec(json!({
        "projects": [{"name": "prod", "domain": ground.domain}],
        "users": [{"username": "alice", "email": "a@example.com", "firstName": "A", "lastName": "B", "grants": grants}],
    }));
    let said = ground.refused();
    assert!(said.contains("keystone/role/membre: does not exist"), "{said}");
}

#[test]
fn a_protected_role_is_unlocked_changed_and_locked_again() {
    let ground = Ground::new();
    let name = format!("{}-auditor", ground.domain);
    for text in ["one", "two"] {
        let role = json!({"name": name, "description": text, "options": {"immutable": true}});
        ground.spec(json!({"roles": [role]}), json!({}), json!({}));
        ground.apply();
        let list = ground.sandbox.keystone("GET", &format!("roles?name={name}"), None).expect(200).json();
        let live = &list["roles"][0];
        assert_eq!((&live["description"], &live["options"]), (&json!(text), &json!({"immutable": true})));
    }
}

#[test]
fn roles_imply_others_and_what_was_implied_by_hand_stays() {
    let ground = Ground::new();
    let name = |role: &str| format!("{}-{role}", ground.domain);
    let roles = |implied: Json| {
        let operator = json!({"name": name("operator"), "implies": implied});
        let auditor = json!({"name": name("auditor"), "implies": ["reader"]});
        ground.spec(json!({"roles": [auditor, operator]}), json!({}), json!({}));
    };
    roles(json!([name("auditor"), "member"]));
    ground.apply();
    let implied = || {
        let all = ground.sandbox.keystone("GET", "role_inferences", None).expect(200).json();
        let all = all["role_inferences"].as_array().unwrap().clone();
        let of_it = all.into_iter().find(|one| one["prior_role"]["name"] == name("operator")).unwrap();
        let names = of_it["implies"].as_array().unwrap().iter().map(|role| role["name"].as_str().unwrap().to_owned());
        let mut names: Vec<String> = names.collect();
        names.sort();
        names
    };
    assert_eq!(implied(), ["member".to_owned(), name("auditor")]);
    let id = |name: &str| live(&ground, name)["id"].as_str().unwrap().to_owned();
    let by_hand = format!("roles/{}/implies/{}", id(&name("operator")), id("reader"));
    ground.sandbox.keystone("PUT", &by_hand, None).expect(201);
    roles(json!([name("auditor"), {"name": "member", "ensure": "absent"}]));
    ground.apply();
    assert_eq!(implied(), ["reader".to_owned(), name("auditor")]);
    assert!(reads_only(&ground.passed()));
    for role in ["operator", "auditor"] {
        ground.sandbox.keystone("DELETE", &format!("roles/{}", id(&name(role))), None).expect(204);
    }
}

#[test]
fn a_role_of_a_domain_is_worth_what_it_implies_in_projects_of_that_domain() {
    let ground = Ground::new();
    let (domain, bob) = (ground.domain.as_str(), json!({"name": "bob", "domain": ground.domain}));
    let spec = |ensure: &str| {
        let role = json!({"name": "night", "domain": domain, "description": ensure, "implies": ["reader", {"name": "day", "domain": domain}], "ensure": ensure});
        let other = json!({"name": "day", "domain": domain, "ensure": ensure});
        let user = json!({"name": "bob", "domain": domain, "initialPassword": {"env": "INITIAL_PASSWORD"}});
        let given =
            json!({"role": "night", "roleDomain": domain, "user": bob, "project": {"name": "prod"}, "ensure": ensure});
        ground.spec(
            json!({"roles": [role, other]}),
            json!({}),
            json!({"projects": [{"name": "prod", "domain": domain}], "keystone": {"users": [user], "roleAssignments": [given]}}),
        );
    };
    spec("present");
    ground.apply();
    assert!(reads_only(&ground.passed()));
    let login = json!({"auth": {"identity": {"methods": ["password"], "password": {"user":
        {"name": "bob", "domain": {"name": domain}, "password": super::ground::PASSWORD}}},
        "scope": {"project": {"name": "prod", "domain": {"name": domain}}}}});
    let url = format!("{}/v3/auth/tokens", ground.sandbox.keystone);
    let token =
        ground.sandbox.http.call("POST", &url, &[], &crate::harness::http::Body::Json(&login)).unwrap().expect(201);
    let roles: Vec<Json> =
        token.json()["token"]["roles"].as_array().unwrap().iter().map(|role| role["name"].clone()).collect();
    assert_eq!(roles, ["reader"]);
    spec("absent");
    assert!(ground.refused().contains("OPCP-G001"));
    ground.run("apply", &["--auto-approve", "--allow", "OPCP-G001"]).expect(0);
    ground.unchanged();
    let left =
        ground.sandbox.keystone("GET", &format!("roles?domain_id={}", ground.domain_id), None).expect(200).json();
    assert_eq!(left["roles"], json!([]));
}
