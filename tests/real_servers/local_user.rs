//! Keystone's own users, and roles of its users and groups.

use serde_json::{Value as Json, json};

use super::ground::{Ground, PASSWORD, reads_only, without};
use crate::harness::http::Body;

fn local(ground: &Ground, keystone: Json, local: Json) {
    let mut access = json!({"projects": [{"name": "prod", "domain": ground.domain}]});
    access["keystone"] = local;
    ground.spec(keystone, json!({}), access);
}

fn live(ground: &Ground, name: &str) -> Json {
    let list = format!("users?domain_id={}&name={name}", ground.domain_id);
    let found = ground.sandbox.keystone("GET", &list, None).expect(200).json();
    assert_eq!(found["users"].as_array().map(Vec::len), Some(1), "{found}");
    found["users"][0].clone()
}

/// Makes a user or a group by hand and gives its id.
fn make(ground: &Ground, kind: &str, name: &str) -> String {
    let body = json!({kind: {"name": name, "domain_id": ground.domain_id}});
    let made = ground.sandbox.keystone("POST", &format!("{kind}s"), Some(&body)).expect(201).json();
    made[kind]["id"].as_str().unwrap().to_owned()
}

fn assigned(ground: &Ground, filter: &str) -> Vec<Json> {
    let found = ground.sandbox.keystone("GET", &format!("role_assignments?{filter}"), None).expect(200).json();
    found["role_assignments"].as_array().cloned().unwrap()
}

#[test]
fn a_user_is_created_with_its_password_and_each_field_changes_alone() {
    let ground = Ground::new();
    let mut user = json!({"name": "svc", "domain": ground.domain, "description": "one", "email": "svc@example.com",
        "enabled": true, "initialPassword": {"env": "INITIAL_PASSWORD"}, "defaultProject": {"name": "prod"}});
    local(&ground, json!({}), json!({"users": [user]}));
    ground.apply();
    assert_eq!(live(&ground, "svc")["default_project_id"], ground.project("prod")["id"]);
    let login = json!({"auth": {"identity": {"methods": ["password"], "password": {"user":
        {"name": "svc", "domain": {"id": ground.domain_id}, "password": PASSWORD}}}}});
    let url = format!("{}/v3/auth/tokens", ground.sandbox.keystone);
    ground.sandbox.http.call("POST", &url, &[], &Body::Json(&login)).unwrap().expect(201);
    assert!(reads_only(&ground.passed()));
    for (word, value) in [("description", json!("two")), ("email", json!("")), ("enabled", json!(false))] {
        let before = live(&ground, "svc");
        user[word] = value.clone();
        local(&ground, json!({}), json!({"users": [user]}));
        ground.apply();
        assert_eq!(live(&ground, "svc")[word], value, "{word}");
        assert_eq!(
            without(&live(&ground, "svc"), &[word]),
            without(&before, &[word]),
            "{word} changes more than itself"
        );
    }
}

#[test]
fn each_option_of_a_user_changes_alone_and_does_what_it_says() {
    let ground = Ground::new();
    let id = make(&ground, "user", "svc");
    let given = json!({"user": {"password": PASSWORD, "options": {"lock_password": true}}});
    ground.sandbox.keystone("PATCH", &format!("users/{id}"), Some(&given)).expect(200);
    let logs_in = || {
        let body = json!({"auth": {"identity": {"methods": ["password"], "password": {"user": {"id": id, "password": PASSWORD}}}}});
        let url = format!("{}/v3/auth/tokens", ground.sandbox.keystone);
        ground.sandbox.http.call("POST", &url, &[], &Body::Json(&body)).unwrap().status == 201
    };
    let apply = |options: &Json| {
        let user = json!({"name": "svc", "domain": ground.domain, "options": options});
        local(&ground, json!({}), json!({"users": [user]}));
        ground.apply();
        live(&ground, "svc")["options"].clone()
    };
    let mut options = json!({});
    let mut expected = json!({"lock_password": true});
    for (word, key, value) in [
        ("ignoreChangePasswordUponFirstUse", "ignore_change_password_upon_first_use", json!(true)),
        ("ignorePasswordExpiry", "ignore_password_expiry", json!(true)),
        ("ignoreLockoutFailureAttempts", "ignore_lockout_failure_attempts", json!(true)),
        ("ignoreUserInactivity", "ignore_user_inactivity", json!(true)),
        ("lockPassword", "lock_password", json!(false)),
        ("multiFactorAuthRules", "multi_factor_auth_rules", json!([["password", "totp"]])),
    ] {
        (options[word], expected[key]) = (value.clone(), value);
        assert_eq!(apply(&options), expected, "{word}");
    }
    assert!(logs_in(), "this Keystone has not loaded totp, so that the password is left of the set");
    options["multiFactorAuthRules"] = json!([["token", "password"]]);
    apply(&options);
    assert!(!logs_in(), "the password alone is not enough, though nothing says whether rules count");
    options["multiFactorAuthEnabled"] = true.into();
    assert_eq!(apply(&options).get("multi_factor_auth_enabled"), None, "they do already");
    options["multiFactorAuthEnabled"] = false.into();
    apply(&options);
    assert!(logs_in());
    options["multiFactorAuthEnabled"] = true.into();
    options["multiFactorAuthRules"] = json!([["token", "password"], ["password"]]);
    apply(&options);
    assert!(logs_in());
}

#[test]
fn a_user_made_by_hand_is_adopted_and_deleted_when_that_is_allowed() {
    let ground = Ground::new();
    let id = make(&ground, "user", "svc");
    let theirs = json!({"user": {"phone": "1", "description": "by hand"}});
    ground.sandbox.keystone("PATCH", &format!("users/{id}"), Some(&theirs)).expect(200);
    let before = live(&ground, "svc");
    local(&ground, json!({}), json!({"users": [{"name": "svc", "domain": ground.domain, "email": "svc@example.com"}]}));
    ground.apply();
    assert_eq!(without(&live(&ground, "svc"), &["email"]), without(&before, &["email"]));
    local(&ground, json!({}), json!({"users": [{"name": "svc", "domain": ground.domain, "ensure": "absent"}]}));
    assert!(ground.refused().contains("OPCP-G001"));
    ground.run("apply", &["--auto-approve", "--allow", "OPCP-G001"]).expect(0);
    ground.unchanged();
    ground.sandbox.keystone("GET", &format!("users/{id}"), None).expect(404);
}

#[test]
fn a_person_of_an_identity_provider_is_not_taken_for_a_local_user() {
    let ground = Ground::new();
    person(&ground, "alice");
    local(&ground, json!({}), json!({"users": [{"name": "alice", "domain": ground.domain, "description": "ours"}]}));
    let said = ground.refused();
    assert!(said.contains("is the name of a person who comes through an identity provider"), "{said}");
}

#[test]
fn roles_of_users_and_groups_are_given_and_taken_on_projects_and_domains() {
    let ground = Ground::new();
    let (domain, role) = (ground.domain.as_str(), format!("{}-auditor", ground.domain));
    let (user, group) = (make(&ground, "user", "bob"), make(&ground, "group", "team"));
    let keystone = json!({"roles": [{"name": role}]});
    let [bob, team] = ["bob", "team"].map(|name| json!({"name": name, "domain": domain}));
    let assignments = |ensure: &str| {
        json!({"roleAssignments": [
            {"role": role, "user": bob, "project": {"name": "prod"}, "ensure": ensure},
            {"role": "reader", "user": bob, "domain": domain},
            {"role": role, "group": team, "project": {"name": "prod", "domain": domain}},
            {"role": "reader", "group": team, "domain": domain, "ensure": ensure},
        ]})
    };
    local(&ground, keystone.clone(), assignments("present"));
    ground.apply();
    let found = [assigned(&ground, &format!("user.id={user}")), assigned(&ground, &format!("group.id={group}"))];
    assert_eq!(found.map(|list| list.len()), [2, 2]);
    assert!(reads_only(&ground.passed()));
    local(&ground, keystone, assignments("absent"));
    ground.apply();
    let [users, groups] =
        [assigned(&ground, &format!("user.id={user}")), assigned(&ground, &format!("group.id={group}"))];
    assert_eq!((users.len(), groups.len()), (1, 1));
    assert_eq!(users[0]["scope"]["domain"]["id"], ground.domain_id.as_str());
    assert_eq!(groups[0]["scope"]["project"]["id"], ground.project("prod")["id"]);
}

#[test]
fn an_inherited_role_is_not_taken_for_a_direct_one() {
    let ground = Ground::new();
    let user = make(&ground, "user", "bob");
    let roles = ground.sandbox.keystone("GET", "roles?name=reader", None).expect(200).json();
    let role = roles["roles"][0]["id"].as_str().unwrap();
    let project = ground.make_project(json!({"name": "prod"}));
    let place = format!("projects/{project}/users/{user}/roles/{role}");
    ground.sandbox.keystone("PUT", &format!("OS-INHERIT/{place}/inherited_to_projects"), None).expect(204);
    let bob = json!({"name": "bob", "domain": ground.domain});
    local(
        &ground,
        json!({}),
        json!({"roleAssignments": [{"role": "reader", "user": bob, "project": {"name": "prod"}}]}),
    );
    ground.apply();
    ground.sandbox.keystone("HEAD", &place, None).expect(204);
    assert_eq!(assigned(&ground, &format!("user.id={user}")).len(), 2, "the inherited one stays");
}

#[test]
fn roles_in_what_is_below_and_on_the_system_are_given_and_taken() {
    let ground = Ground::new();
    let (domain, user, group) = (ground.domain.as_str(), make(&ground, "user", "bob"), make(&ground, "group", "team"));
    let [bob, team] = ["bob", "team"].map(|name| json!({"name": name, "domain": domain}));
    let assignments = |ensure: &str| {
        json!({"roleAssignments": [
            {"role": "reader", "user": bob, "project": {"name": "prod"}, "inherited": true, "ensure": ensure},
            {"role": "reader", "user": bob, "domain": domain, "inherited": true, "ensure": ensure},
            {"role": "reader", "user": bob, "system": "all", "ensure": ensure},
            {"role": "reader", "user": bob, "domain": domain},
            {"role": "reader", "group": team, "project": {"name": "prod"}, "inherited": true, "ensure": ensure},
            {"role": "reader", "group": team, "domain": domain, "inherited": true, "ensure": ensure},
            {"role": "reader", "group": team, "system": "all", "ensure": ensure},
        ]})
    };
    let counted = || {
        let [of_user, of_group] = [format!("user.id={user}"), format!("group.id={group}")];
        (assigned(&ground, &of_user).len(), assigned(&ground, &of_group).len())
    };
    local(&ground, json!({}), assignments("present"));
    ground.apply();
    assert_eq!(counted(), (4, 3));
    assert!(reads_only(&ground.passed()));
    local(&ground, json!({}), assignments("absent"));
    ground.apply();
    assert_eq!(counted(), (1, 0));
}

#[test]
fn nobody_has_a_role_on_a_project_whose_roles_are_all_listed() {
    let ground = Ground::new();
    let (bob, eve, team) = (make(&ground, "user", "bob"), make(&ground, "user", "eve"), make(&ground, "group", "team"));
    let role = |name: &str| {
        let roles = ground.sandbox.keystone("GET", &format!("roles?name={name}"), None).expect(200).json();
        roles["roles"][0]["id"].as_str().unwrap().to_owned()
    };
    let (reader, member) = (role("reader"), role("member"));
    let project = ground.make_project(json!({"name": "prod"}));
    let other = ground.make_project(json!({"name": "other"}));
    let admin = ground.sandbox.keystone("GET", "users?name=admin&domain_id=default", None).expect(200).json();
    let admin = admin["users"][0]["id"].as_str().unwrap().to_owned();
    let person = person(&ground, "alice");
    let on = |path: String| drop(ground.sandbox.keystone("PUT", &path, None).expect(204));
    for holder in [&bob, &eve, &admin, &person] {
        on(format!("projects/{project}/users/{holder}/roles/{reader}"));
    }
    on(format!("projects/{other}/users/{eve}/roles/{reader}"));
    on(format!("projects/{project}/groups/{team}/roles/{member}"));
    on(format!("OS-INHERIT/projects/{project}/users/{bob}/roles/{member}/inherited_to_projects"));
    on(format!("OS-INHERIT/projects/{project}/users/{person}/roles/{member}/inherited_to_projects"));
    let given =
        json!({"role": "reader", "user": {"name": "bob", "domain": ground.domain}, "project": {"name": "prod"}});
    local(&ground, json!({}), json!({"authoritative": ["roleAssignments"], "roleAssignments": [given]}));
    ground.apply();
    let left = assigned(&ground, &format!("scope.project.id={project}"));
    let mut holders: Vec<&str> = left.iter().map(|one| one["user"]["id"].as_str().unwrap_or("a group")).collect();
    holders.sort_unstable();
    let mut expected = [bob.as_str(), &admin, &person];
    expected.sort_unstable();
    assert_eq!(holders, expected, "what is listed, the tool's own, and what may come from a token");
    assert_eq!(assigned(&ground, &format!("scope.project.id={other}")).len(), 1);
    assert!(reads_only(&ground.passed()));
}

/// Somebody who comes through an identity provider, made before the first login; gives the id.
fn person(ground: &Ground, name: &str) -> String {
    let (provider, mapping) = (format!("{}-idp", ground.domain), format!("{}-mapping", ground.domain));
    let put = |path: &str, body: Json| {
        ground.sandbox.keystone("PUT", &format!("OS-FEDERATION/{path}"), Some(&body)).expect(201)
    };
    let rules = json!([{"local": [{"user": {"name": "{0}"}}], "remote": [{"type": "OIDC-sub"}]}]);
    put(&format!("mappings/{mapping}"), json!({"mapping": {"rules": rules}}));
    put(&format!("identity_providers/{provider}"), json!({"identity_provider": {"domain_id": ground.domain_id}}));
    put(&format!("identity_providers/{provider}/protocols/openid"), json!({"protocol": {"mapping_id": mapping}}));
    let link = json!([{"idp_id": provider, "protocols": [{"protocol_id": "openid", "unique_id": ground.domain}]}]);
    let person = json!({"user": {"name": name, "domain_id": ground.domain_id, "federated": link}});
    let made = ground.sandbox.keystone("POST", "users", Some(&person)).expect(201).json();
    made["user"]["id"].as_str().unwrap().to_owned()
}
