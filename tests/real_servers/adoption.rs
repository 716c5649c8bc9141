//! An environment that was made by hand, in other orders and spellings and with more in it than the spec says, is
//! adopted: only real differences are planned, and everything foreign is the same before and after.

use serde_json::{Value as Json, json};

use super::ground::Ground;

/// Makes by hand what [`spec`] asks for, and more.
fn by_hand(ground: &Ground) {
    let value = |project: &str, role: &str| {
        format!(
            "{{ \"roles\":[{{\"name\":\"{role}\"}}], \"name\":\"{project}\",\n\"domain\": {{\"name\":\"{}\"}} }}",
            ground.domain
        )
    };
    let mut profile = ground.keycloak("GET", "users/profile", None).expect(200).json();
    profile["unmanagedAttributePolicy"] = "ADMIN_EDIT".into();
    let shoe = json!({"name": "shoe", "permissions": {"view": ["admin", "user"], "edit": ["admin"]},
        "validations": {"length": {"max": 20}}});
    profile["attributes"].as_array_mut().unwrap().push(shoe);
    ground.keycloak("PUT", "users/profile", Some(&profile)).expect(200);
    let config = json!({"user.attribute": "project", "claim.name": "projects", "access.token.claim": "true",
        "id.token.claim": "true", "userinfo.token.claim": "true"});
    let mapper = json!({"name": "projects", "protocol": "openid-connect", "config": config,
        "protocolMapper": "aggregated-user-group-attribute-mapper"});
    let theirs = json!({"name": "theirs", "protocol": "openid-connect", "protocolMapper": "oidc-full-name-mapper",
        "config": {"id.token.claim": "false"}});
    let client = json!({"clientId": "cli", "publicClient": false, "directAccessGrantsEnabled": true,
        "standardFlowEnabled": false, "redirectUris": ["http://b.example/*", "http://a.example/*"],
        "attributes": {"theirs": "kept"}, "protocolMappers": [theirs, mapper], "description": "Old"});
    ground.keycloak("POST", "clients", Some(&client)).expect(201);
    ground.keycloak("POST", "clients", Some(&json!({"clientId": "theirs", "publicClient": true}))).expect(201);
    ground.keycloak("POST", "roles", Some(&json!({"name": "theirs"}))).expect(201);
    ground
        .keycloak("POST", "client-scopes", Some(&json!({"name": "theirs", "protocol": "openid-connect"})))
        .expect(201);
    let group = |parent: Option<&str>, body: &Json| {
        let path = parent.map_or_else(|| "groups".to_owned(), |id| format!("groups/{id}/children"));
        ground.keycloak("POST", &path, Some(body)).expect(201).new_id()
    };
    let acme = group(None, &json!({"name": "acme", "attributes": {"theirs": ["b", "a"]}}));
    let operators =
        json!({"name": "operators", "attributes": {"project": [value("elsewhere", "x"), value("prod", "reader")]}});
    let operators = group(Some(&acme), &operators);
    let theirs = group(Some(&acme), &json!({"name": "theirs"}));
    group(Some(&theirs), &json!({"name": "deeper", "attributes": {"project": ["not a grant"]}}));
    for (name, values) in [("alice", vec![value("test", "member"), "nobody's".to_owned()]), ("theirs", vec![])] {
        let user = json!({"username": name, "email": format!("{name}@example.com"), "firstName": "First",
            "lastName": "Last", "enabled": true, "attributes": {"project": values, "shoe": ["42"]}});
        let id = ground.keycloak("POST", "users", Some(&user)).expect(201).new_id();
        ground.keycloak("PUT", &format!("users/{id}/groups/{operators}"), None).expect(204);
        ground.keycloak("PUT", &format!("users/{id}/groups/{theirs}"), None).expect(204);
    }
    for (name, tags) in [("prod", json!(["b", "a"])), ("test", json!([])), ("theirs", json!(["x"]))] {
        ground.make_project(json!({"name": name, "tags": tags, "description": "By hand"}));
    }
}

/// The same, as a spec says it.
fn spec(ground: &Ground, description: &str, roles: &[&str]) {
    let grant = |project: &str, roles: &[&str]| json!({"project": project, "domain": ground.domain, "roles": roles});
    let mapper = json!({"name": "projects", "type": "aggregated-user-group-attribute-mapper",
        "userAttribute": "project", "tokenClaim": "projects"});
    let client = json!({"clientId": "cli", "clientAuthentication": true, "directAccessGrants": true,
        "standardFlow": false, "redirectUris": ["http://a.example/*", "http://b.example/*"],
        "description": description, "dedicatedScope": {"mappers": [mapper]}});
    let realm = json!({"userProfile": {"unmanagedAttributes": "adminEdit",
        "attributes": [{"name": "shoe", "edit": ["admin"], "view": ["user", "admin"]}]}, "clients": [client]});
    let project = |name: &str| json!({"name": name, "domain": ground.domain, "description": "By hand"});
    let mut prod = project("prod");
    prod["tags"] = json!(["a", "b"]);
    let access = json!({"projects": [project("test"), prod],
        "groups": [{"path": "/acme/operators", "grants": [grant("prod", &["reader"])], "members": ["alice"]}, {"path": "/acme"}],
        "users": [{"username": "alice", "email": "alice@example.com", "firstName": "First", "lastName": "Last",
            "grants": [grant("test", roles)]}]});
    ground.spec(json!({}), realm, access);
}

/// Everything in the realm and in the domain, with what has no order in one.
fn dump(ground: &Ground) -> Json {
    let export = "partial-export?exportClients=true&exportGroupsAndRoles=true";
    let users = ground.keycloak("GET", "users?briefRepresentation=false&max=100", None).expect(200).json();
    let groups = |user: &Json| {
        let id = user["id"].as_str().unwrap();
        ground.keycloak("GET", &format!("users/{id}/groups"), None).expect(200).json()
    };
    let memberships: Json = users.as_array().unwrap().iter().map(groups).collect();
    let projects = ground.sandbox.keystone("GET", &format!("projects?domain_id={}", ground.domain_id), None);
    let mut dump = json!({
        "realm": ground.keycloak("POST", export, None).expect(200).json(),
        "profile": ground.keycloak("GET", "users/profile", None).expect(200).json(),
        "users": users,
        "memberships": memberships,
        "projects": projects.expect(200).json()["projects"],
    });
    sort(&mut dump);
    dump
}

fn sort(json: &mut Json) {
    match json {
        Json::Array(items) => {
            items.iter_mut().for_each(sort);
            items.sort_by_key(ToString::to_string);
        }
        Json::Object(fields) => fields.values_mut().for_each(sort),
        _ => {}
    }
}

#[test]
fn what_was_made_by_hand_is_adopted_and_everything_foreign_stays() {
    let ground = Ground::new();
    by_hand(&ground);
    let before = dump(&ground);
    spec(&ground, "Old", &["member"]);
    ground.unchanged();
    assert_eq!(dump(&ground), before);
    spec(&ground, "New", &["member", "reader"]);
    let applied = ground.apply();
    assert!(applied.contains("Plan: 0 to add, 2 to change, 0 to destroy."), "{applied}");
    assert_ne!(dump(&ground), before);
    // Put back by hand, nothing is left of the run.
    let mut client = ground.client("cli");
    client["description"] = "Old".into();
    let path = format!("clients/{}", client["id"].as_str().unwrap());
    ground.keycloak("PUT", &path, Some(&client)).expect(204);
    let mut alice = ground.user("alice");
    let before_alice = before["users"].as_array().unwrap().iter().find(|user| user["username"] == "alice").unwrap();
    alice["attributes"]["project"] = before_alice["attributes"]["project"].clone();
    let path = format!("users/{}", alice["id"].as_str().unwrap());
    ground.keycloak("PUT", &path, Some(&alice)).expect(204);
    assert_eq!(dump(&ground), before);
}
