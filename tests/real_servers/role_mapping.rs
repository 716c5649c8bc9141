//! Roles of users, groups and service accounts: given, found, taken away; and what an account can give.

use serde_json::{Value as Json, json};

use super::ground::{Ground, PASSWORD, reads_only, with};

fn alice() -> Json {
    json!({"username": "alice", "email": "alice@example.com", "firstName": "Alice", "lastName": "Ash"})
}

/// Makes a role of the realm by hand.
fn role(ground: &Ground, name: &str) -> Json {
    ground.keycloak("POST", "roles", Some(&json!({"name": name}))).expect(201);
    let all = ground.keycloak("GET", "roles", None).expect(200).json();
    all.as_array().unwrap().iter().find(|role| role["name"] == name).cloned().unwrap()
}

/// Makes a client with a role by hand; gives its id and the role.
fn client_role(ground: &Ground, client: &str, name: &str) -> (String, Json) {
    let id = ground.keycloak("POST", "clients", Some(&json!({"clientId": client}))).expect(201).new_id();
    ground.keycloak("POST", &format!("clients/{id}/roles"), Some(&json!({"name": name}))).expect(201);
    let role = ground.keycloak("GET", &format!("clients/{id}/roles/{name}"), None).expect(200).json();
    (id, role)
}

/// The names of the roles that stand at a place, sorted, without the realm's default roles.
fn roles_at(ground: &Ground, place: &str) -> Vec<String> {
    let list = ground.keycloak("GET", place, None).expect(200).json();
    let names = list.as_array().unwrap().iter().map(|role| role["name"].as_str().unwrap().to_owned());
    let mut names: Vec<String> = names.filter(|name| !name.starts_with("default-roles-")).collect();
    names.sort();
    names
}

fn of_user(ground: &Ground, username: &str) -> String {
    format!("users/{}/role-mappings", ground.user(username)["id"].as_str().unwrap())
}

fn of_group(ground: &Ground, path: &str) -> String {
    let group = ground.keycloak("GET", &format!("group-by-path{path}"), None).expect(200).json();
    format!("groups/{}/role-mappings", group["id"].as_str().unwrap())
}

fn of_account(ground: &Ground, client: &str) -> String {
    let id = ground.client(client)["id"].as_str().unwrap().to_owned();
    let account = ground.keycloak("GET", &format!("clients/{id}/service-account-user"), None).expect(200).json();
    format!("users/{}/role-mappings", account["id"].as_str().unwrap())
}

#[test]
fn roles_of_users_groups_and_service_accounts_come_and_go_one_by_one() {
    let ground = Ground::new();
    let theirs = role(&ground, "theirs");
    role(&ground, "a/b; c");
    let (app, _) = client_role(&ground, "app", "reader");
    let entries = |ensure: &str| {
        let one = |name: &str| json!([{"name": name, "ensure": ensure}]);
        let client = json!({"clientId": "Robot", "serviceAccountRoles": true, "serviceAccount": {"realmRoles": one("a/b; c"),
            "clientRoles": {"realm-management": one("view-users"), "app": one("reader")}}});
        let mut user = alice();
        user["realmRoles"] = one("a/b; c");
        user["clientRoles"] = json!({"app": one("reader")});
        let groups = json!([{"path": "/acme"}, {"path": "/acme/ops", "members": ["alice"], "realmRoles": one("offline_access"),
            "clientRoles": {"app": one("reader")}}]);
        (json!({"clients": [client]}), json!({"users": [user], "groups": groups}))
    };
    let (realm, access) = entries("present");
    ground.spec(json!({}), realm, access);
    let said = ground.apply();
    assert!(said.contains("client/app/reader/service-account/Robot"), "{said}");
    let management = ground.client("realm-management")["id"].as_str().unwrap().to_owned();
    let holders = [of_user(&ground, "alice"), of_group(&ground, "/acme/ops"), of_account(&ground, "Robot")];
    for (holder, role) in holders.iter().zip(["a/b; c", "offline_access", "a/b; c"]) {
        assert_eq!(roles_at(&ground, &format!("{holder}/realm")), [role]);
        assert_eq!(roles_at(&ground, &format!("{holder}/clients/{app}")), ["reader"]);
        ground.keycloak("POST", &format!("{holder}/realm"), Some(&json!([theirs]))).expect(204);
    }
    assert_eq!(roles_at(&ground, &format!("{}/clients/{management}", holders[2])), ["view-users"]);
    assert!(reads_only(&ground.passed()));

    let (realm, access) = entries("absent");
    ground.spec(json!({}), realm, access);
    let said = ground.apply();
    assert!(said.contains("0 to add, 0 to change, 7 to destroy"), "{said}");
    for holder in &holders {
        assert_eq!(roles_at(&ground, &format!("{holder}/realm")), ["theirs"]);
        assert_eq!(roles_at(&ground, &format!("{holder}/clients/{app}")), [] as [&str; 0]);
    }
    assert_eq!(roles_at(&ground, &format!("{}/clients/{management}", holders[2])), [] as [&str; 0]);
}

#[test]
fn what_comes_through_a_group_or_another_role_is_not_given_directly() {
    let ground = Ground::new();
    let inner = role(&ground, "inner");
    let outer = role(&ground, "outer");
    ground.keycloak("POST", "roles/outer/composites", Some(&json!([inner]))).expect(204);
    let mut user = alice();
    user["realmRoles"] = json!(["outer"]);
    let group = json!({"path": "/acme", "members": ["alice"], "realmRoles": ["inner"]});
    ground.access_spec(json!({"users": [user], "groups": [group]}));
    ground.apply();
    user["realmRoles"] = json!(["inner", {"name": "outer", "ensure": "absent"}]);
    ground.access_spec(json!({"users": [user]}));
    let said = ground.apply();
    assert!(said.contains("1 to add, 0 to change, 1 to destroy"), "{said}");
    assert_eq!(roles_at(&ground, &format!("{}/realm", of_user(&ground, "alice"))), ["inner"]);
    assert_eq!(outer["composite"], false, "it was none when it was made");
}

#[test]
fn roles_of_many_users_are_seen_from_the_roles() {
    let ground = Ground::new();
    let ops = role(&ground, "o/ps");
    let (app, reader) = client_role(&ground, "app", "reader");
    let names: Vec<String> = (1..=22).map(|number| format!("user-{number:02}")).collect();
    for name in &names {
        ground.keycloak("POST", "users", Some(&json!({"username": name, "enabled": true}))).expect(201);
    }
    let first = of_user(&ground, &names[0]);
    ground.keycloak("POST", &format!("{first}/realm"), Some(&json!([ops]))).expect(204);
    ground.keycloak("POST", &format!("{first}/clients/{app}"), Some(&json!([reader]))).expect(204);
    let user = |name: &String| json!({"username": name, "ensure": "existing", "realmRoles": ["o/ps"], "clientRoles": {"app": ["reader"]}});
    ground.access_spec(json!({"users": names.iter().map(user).collect::<Json>()}));
    let said = ground.apply();
    assert!(said.contains("42 to add"), "{said}");
    let passed = ground.passed();
    assert!(reads_only(&passed));
    assert_eq!(passed.iter().filter(|request| request.contains("role-mappings")).count(), 0, "{passed:?}");
}

#[test]
fn a_role_that_is_not_there_is_refused_before_anything_is_written() {
    let ground = Ground::new();
    let mut user = alice();
    user["realmRoles"] = json!(["ofline_access"]);
    user["clientRoles"] = json!({"realm-management": ["view-user"]});
    ground.access_spec(json!({"users": [user]}));
    let said = ground.refused();
    assert!(said.contains("realm-role/ofline_access: does not exist"), "{said}");
    assert!(said.contains("client-role/realm-management/view-user: does not exist"), "{said}");
    assert_eq!(ground.keycloak("GET", "users", None).expect(200).json(), json!([]));
}

#[test]
fn an_account_gives_what_it_has_itself_and_nothing_else() {
    let mut ground = Ground::new();
    let login = ground.robot(&["manage-users", "view-realm", "view-clients"]);
    ground.keycloak("POST", "users", Some(&json!({"username": "bob", "enabled": true}))).expect(201);
    let roles = json!({"realm-management": ["view-realm", "manage-clients"]});
    let user = json!({"username": "bob", "ensure": "existing", "realmRoles": ["offline_access"], "clientRoles": roles});
    ground.spec(json!({}), json!({"login": login}), json!({"users": [user]}));
    let said = ground.refused();
    let expected = "must have the role `manage-clients` of client `realm-management` itself";
    assert!(said.contains(expected) && !said.contains("`view-realm`"), "{said}");
    let bob = of_user(&ground, "bob");
    assert_eq!(roles_at(&ground, &format!("{bob}/realm")), ["offline_access"]);
    let management = ground.client("realm-management")["id"].as_str().unwrap().to_owned();
    assert_eq!(roles_at(&ground, &format!("{bob}/clients/{management}")), ["view-realm"]);
}

#[test]
fn the_tool_does_not_take_a_role_from_its_own_account() {
    let mut ground = Ground::new();
    let login = ground.robot(&["manage-users", "view-realm", "view-clients"]);
    let roles = json!({"realm-management": [{"name": "view-realm", "ensure": "absent"}]});
    let client = json!({"clientId": "robot", "serviceAccount": {"clientRoles": roles}});
    ground.spec(json!({}), json!({"login": login, "clients": [client]}), json!({}));
    let outcome = ground.run("apply", &["--auto-approve"]).expect(3);
    assert!(outcome.stderr.contains("OPCP-G010"), "{}", outcome.stderr);
}

#[test]
fn roles_that_are_hidden_are_not_taken_for_absent() {
    let mut ground = Ground::new();
    let login = ground.robot(&["manage-users"]);
    let user = json!({"username": "service-account-robot", "ensure": "existing", "realmRoles": [{"name": "offline_access", "ensure": "absent"}]});
    let mut other = user.clone();
    other["realmRoles"] = json!(["offline_access"]);
    for user in [other, user] {
        ground.spec(json!({}), json!({"login": login}), json!({"users": [user]}));
        let outcome = ground.run("plan", &[]);
        let present = outcome.code == Some(1) && outcome.stderr.contains("`view-realm`");
        let absent = outcome.code == Some(0) && outcome.stdout.contains("No changes.");
        assert!(present || absent, "{outcome:?}");
    }
}

#[test]
fn an_account_that_may_only_create_realms_gives_roles_in_the_one_that_it_makes() {
    let mut ground = Ground::new();
    let name = format!("{}-made", ground.realm);
    let master = |method: &str, path: &str, body: Option<&Json>| {
        ground.sandbox.keycloak(method, &format!("realms/master/{path}"), body)
    };
    let client = |id: &str| json!({"clientId": id, "serviceAccountsEnabled": true, "secret": PASSWORD});
    let (maker_id, auditor_id) = (name.clone(), format!("{name}-auditor"));
    let maker = master("POST", "clients", Some(&client(&maker_id))).expect(201).new_id();
    let auditor = master("POST", "clients", Some(&client(&auditor_id))).expect(201).new_id();
    let account = |client: &str| {
        let user = master("GET", &format!("clients/{client}/service-account-user"), None).expect(200).json();
        user["id"].as_str().unwrap().to_owned()
    };
    let mappings = format!("users/{}/role-mappings", account(&maker));
    let role = master("GET", "roles/create-realm", None).expect(200).json();
    master("POST", &format!("{mappings}/realm"), Some(&json!([role]))).expect(204);
    let rights = master("GET", "clients?clientId=master-realm", None).expect(200).json()[0]["id"].clone();
    let rights = rights.as_str().unwrap();
    let role = |name: &str| master("GET", &format!("clients/{rights}/roles/{name}"), None).expect(200).json();
    let roles = json!([role("manage-users"), role("view-clients"), role("view-realm")]);
    master("POST", &format!("{mappings}/clients/{rights}"), Some(&roles)).expect(204);

    let login = json!({"realm": "master", "clientId": maker_id, "clientSecret": {"env": "MAKER_SECRET"}});
    let later = json!({"clientId": "later", "serviceAccountRoles": true, "serviceAccount": {
        "realmRoles": ["offline_access"], "clientRoles": {"realm-management": ["manage-users", "view-realm"]}}});
    let mut user = alice();
    user["clientRoles"] = json!({"account": ["view-profile"]});
    let sandbox = &ground.sandbox;
    let made = json!({"ensure": "present", "login": login, "clients": [later]});
    let spec = ground.spec_at(&sandbox.keycloak, &sandbox.keystone, &name, json!({}), made, json!({"users": [user]}));
    let given =
        json!({"clientId": auditor_id, "serviceAccount": {"clientRoles": {format!("{name}-realm"): ["view-users"]}}});
    let administrators = json!({"apiVersion": "opcp.dev/v1alpha1", "kind": "Realm", "metadata": {"name": "administrators"},
        "spec": {"environment": "sandbox", "realm": "master", "keycloak": {"url": sandbox.keycloak}, "login": login, "clients": [given]}});
    ground.tool.write("spec.yaml", &format!("{spec}\n---\n{administrators}"));
    let said = {
        ground.tool.set("MAKER_SECRET", PASSWORD);
        let first = ground.run("apply", &["--auto-approve"]);
        let second = ground.run("apply", &["--auto-approve"]);
        (first, second)
    };
    let held =
        ground.sandbox.keycloak("GET", &format!("realms/master/clients/{auditor}/service-account-user"), None).json();
    let held = format!("realms/master/users/{}/role-mappings", held["id"].as_str().unwrap());
    let held = ground.sandbox.keycloak("GET", &held, None).expect(200).json();
    for client in [maker, auditor] {
        ground.sandbox.keycloak("DELETE", &format!("realms/master/clients/{client}"), None).expect(204);
    }
    said.0.expect(0);
    assert!(said.1.expect(0).stdout.contains("No changes."));
    let held = &held["clientMappings"][format!("{name}-realm")]["mappings"];
    assert_eq!(
        held.as_array().map(|roles| roles.iter().map(|role| role["name"].clone()).collect::<Vec<_>>()),
        Some(vec![json!("view-users")])
    );
}

#[test]
fn the_tool_keeps_what_it_has_through_groups_and_other_roles() {
    let mut ground = Ground::new();
    let login = ground.robot(&["manage-users", "manage-realm", "manage-clients"]);
    let account = ground.user("service-account-robot")["id"].as_str().unwrap().to_owned();
    let make = |list: &str, body: &Json| {
        ground.keycloak("POST", list, Some(body)).expect(201);
    };
    for role in ["staff", "held", "harmless"] {
        make("roles", &json!({"name": role}));
    }
    let role = |name: &str| ground.keycloak("GET", &format!("roles/{name}"), None).expect(200).json();
    let management = ground.client("realm-management")["id"].as_str().unwrap().to_owned();
    let right =
        |name: &str| ground.keycloak("GET", &format!("clients/{management}/roles/{name}"), None).expect(200).json();
    let inside = |whole: &str| format!("roles-by-id/{}/composites", role(whole)["id"].as_str().unwrap());
    let parts = json!([right("view-users"), role("harmless")]);
    ground.keycloak("POST", &inside("staff"), Some(&parts)).expect(204);
    ground.keycloak("POST", &inside("held"), Some(&json!([right("view-clients")]))).expect(204);
    let outer = ground.keycloak("POST", "groups", Some(&json!({"name": "robots"}))).expect(201).new_id();
    let inner = format!("groups/{outer}/children");
    let inner = ground.keycloak("POST", &inner, Some(&json!({"name": "inner"}))).expect(201).json()["id"]
        .as_str()
        .unwrap()
        .to_owned();
    make("groups", &json!({"name": "people"}));
    ground.keycloak("PUT", &format!("users/{account}/groups/{inner}"), None).expect(204);
    let of_group = format!("groups/{outer}/role-mappings/realm");
    ground.keycloak("POST", &of_group, Some(&json!([role("staff"), role("held")]))).expect(204);

    let refused = |realm: Json, access: Json, of: &str| {
        let ground = &ground;
        ground.spec(json!({}), with(&json!({"login": login}), realm), access);
        let outcome = ground.run("apply", &["--auto-approve", "--allow", "OPCP-G001"]);
        assert_eq!(outcome.code, Some(3), "{of}:\n{}{}", outcome.stdout, outcome.stderr);
        assert!(
            outcome.stderr.contains("OPCP-G010") && outcome.stderr.contains("has rights through it"),
            "{}",
            outcome.stderr
        );
    };
    let absent = |name: &str| json!([{"name": name, "ensure": "absent"}]);
    let none = json!({});
    let of_client = json!({"clientRoles": {"realm-management": absent("view-users")}});
    refused(json!({"roles": [{"name": "staff", "composites": of_client}]}), none.clone(), "a right in a role");
    refused(json!({"roles": absent("held")}), none.clone(), "a role of a group");
    refused(none.clone(), json!({"groups": [{"path": "/robots", "realmRoles": absent("staff")}]}), "what a group has");
    refused(none.clone(), json!({"groups": [{"path": "/robots", "ensure": "absent"}]}), "the group around");
    ground.spec(
        json!({}),
        json!({"login": login, "roles": [{"name": "staff", "composites": {"realmRoles": absent("harmless")}}]}),
        json!({"groups": [{"path": "/people", "ensure": "absent"}]}),
    );
    ground.run("apply", &["--auto-approve", "--allow", "OPCP-G001"]).expect(0);
    ground.unchanged();
}
