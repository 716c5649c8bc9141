//! Objects that get another name: each stays what it is, with all that belongs to it, and nobody loses anything.

use serde_json::{Value as Json, json};

use super::ground::{Ground, with};

/// A spec of everything that can be renamed; `named` gives the name that an object has now, as fields of its declaration.
fn spec(ground: &Ground, named: impl Fn(&str, &str) -> Json) {
    let (realm_role, role) = (named("name", "ops"), named("name", &format!("{}-role", ground.domain)));
    let own = |fields: Json| with(&fields, json!({"domain": ground.domain}));
    let (project, user, group) = (own(named("name", "acme")), own(named("name", "svc")), own(named("name", "team")));
    let (client, client_role, scope) = (named("clientId", "app"), named("name", "reader"), named("name", "projects"));
    let (outer, inner) = (named("path", "/acme"), named("path", "/acme/ops"));
    let person = with(
        &named("username", "alice"),
        json!({"email": "alice@example.com", "firstName": "Alice", "lastName": "Ash"}),
    );
    let of = |document: &Json, key: &str| document[key].as_str().unwrap().to_owned();
    let grant = json!({"project": of(&project, "name"), "domain": ground.domain, "roles": [of(&role, "name")]});
    let client_roles = json!({of(&client, "clientId"): [of(&client_role, "name")]});
    ground.spec(
        json!({"roles": [role]}),
        json!({
            "editUsername": true,
            "userProfile": {"unmanagedAttributes": "adminEdit"},
            "roles": [with(&realm_role, json!({"composites": {"clientRoles": client_roles}}))],
            "clientScopes": [scope],
            "clients": [with(&client, json!({
                "serviceAccountRoles": true,
                "clientAuthentication": true,
                "roles": [client_role],
                "serviceAccount": {"realmRoles": [of(&realm_role, "name")]},
                "clientScopes": [of(&scope, "name")],
                "dedicatedScope": {"mappers": [
                    {"name": "groups", "type": "aggregated-user-group-attribute-mapper", "tokenClaim": "groups"}
                ]},
            }))],
            "defaultGroups": [of(&outer, "path")],
        }),
        json!({
            "projects": [project],
            "groups": [
                with(&outer, json!({"grants": [grant], "realmRoles": [of(&realm_role, "name")]})),
                with(&inner, json!({"members": [of(&person, "username")]})),
            ],
            "users": [with(&person, json!({"grants": [grant], "clientRoles": client_roles}))],
            "keystone": {
                "groups": [with(&group, json!({"members": [{"name": of(&user, "name"), "domain": ground.domain}]}))],
                "users": [user],
                "roleAssignments": [{
                    "group": {"name": of(&group, "name"), "domain": ground.domain},
                    "project": {"name": of(&project, "name"), "domain": ground.domain},
                    "role": of(&role, "name"),
                }],
            },
        }),
    );
}

/// The ids of everything that gets another name, and the secret of the client.
fn ids(ground: &Ground, name: impl Fn(&str) -> String) -> Vec<(&'static str, Json)> {
    let first = |list: &str| ground.keycloak("GET", list, None).expect(200).json()[0]["id"].clone();
    let keystone = |list: &str, name: &str| {
        let found =
            ground.sandbox.keystone("GET", &format!("{list}?domain_id={}", ground.domain_id), None).expect(200).json();
        found[list].as_array().unwrap().iter().find(|one| one["name"] == name).unwrap()["id"].clone()
    };
    let client = ground.client(&name("app"))["id"].as_str().unwrap().to_owned();
    let account = ground.keycloak("GET", &format!("clients/{client}/service-account-user"), None).expect(200).json();
    let scopes = ground.keycloak("GET", "client-scopes", None).expect(200).json();
    let scope = scopes.as_array().unwrap().iter().find(|scope| scope["name"] == name("projects").as_str()).unwrap();
    let group = first(&format!("groups?search={}&exact=true", name("acme")));
    let inner = first(&format!("groups/{}/children", group.as_str().unwrap()));
    let roles = ground.keycloak("GET", &format!("roles/{}", name("ops")), None).expect(200).json();
    let of_client =
        ground.keycloak("GET", &format!("clients/{client}/roles/{}", name("reader")), None).expect(200).json();
    let secret = ground.keycloak("GET", &format!("clients/{client}/client-secret"), None).expect(200).json();
    let role =
        ground.sandbox.keystone("GET", &format!("roles?name={}", name(&format!("{}-role", ground.domain))), None);
    vec![
        ("client", client.into()),
        ("account", account["id"].clone()),
        ("scope", scope["id"].clone()),
        ("group", group),
        ("inner group", inner),
        ("realm role", roles["id"].clone()),
        ("client role", of_client["id"].clone()),
        ("user", ground.user(&name("alice"))["id"].clone()),
        ("secret", secret["value"].clone()),
        ("project", keystone("projects", &name("acme"))),
        ("local user", keystone("users", &name("svc"))),
        ("local group", keystone("groups", &name("team"))),
        ("role", role.expect(200).json()["roles"][0]["id"].clone()),
    ]
}

/// What an object is called later: its path with each name changed.
fn new(name: &str) -> String {
    name.split('/')
        .map(|name| if name.is_empty() { String::new() } else { format!("{name}-new") })
        .collect::<Vec<_>>()
        .join("/")
}

#[test]
fn everything_that_is_renamed_stays_what_it_is() {
    let ground = Ground::new();
    spec(&ground, |word, name| json!({word: name}));
    ground.apply();
    let before = ids(&ground, str::to_owned);
    let role = before.last().unwrap().1.as_str().unwrap().to_owned();
    let renamed = |word: &str, name: &str| json!({word: new(name), "renamedFrom": name.rsplit('/').next().unwrap()});
    spec(&ground, renamed);
    let plan = ground.plan();
    assert!(plan.contains("Plan: 0 to add, 11 to change, 0 to destroy."), "{plan}");
    ground.apply();
    ground.unchanged();
    assert_eq!(ids(&ground, new), before);
    assert_eq!(ground.user("alice-new")["attributes"]["project"].as_array().unwrap().len(), 1);
    // The old names may stay in the spec as long as anybody likes; and they can go.
    spec(&ground, |word, name| json!({word: new(name)}));
    ground.unchanged();
    ground.sandbox.keystone("DELETE", &format!("roles/{role}"), None).expect(204);
}

#[test]
fn a_username_is_kept_where_the_realm_does_not_let_it_change() {
    let ground = Ground::new();
    ground.keycloak("POST", "users", Some(&json!({"username": "alice", "enabled": true}))).expect(201);
    ground.spec(json!({}), json!({}), json!({"users": [{"username": "alice.ash", "renamedFrom": "alice"}]}));
    let said = ground.run("apply", &["--auto-approve"]).expect(1);
    assert!(said.stderr.contains("say `editUsername: true` in its Realm document"), "{said:?}");
    assert_eq!(ground.user("alice")["username"], "alice");
}
