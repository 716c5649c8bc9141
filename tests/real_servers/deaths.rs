//! What dies with what goes, who loses by it, and what is left behind: told before.

use serde_json::{Value as Json, json};

use super::ground::{Ground, PASSWORD};
use crate::harness::http::Body;

fn warned(ground: &Ground, parts: &[&str]) {
    let said = ground.run("plan", &[]).expect(3).stderr;
    for part in parts {
        assert!(said.contains(part), "{part}: {said}");
    }
}

fn make(ground: &Ground, kind: &str, body: Json) -> String {
    let mut body = body;
    body["domain_id"] = ground.domain_id.as_str().into();
    let made = ground.sandbox.keystone("POST", &format!("{kind}s"), Some(&json!({kind: body}))).expect(201).json();
    made[kind]["id"].as_str().unwrap().to_owned()
}

/// Lets a user make an application credential for a project.
fn credential(ground: &Ground, user: &str, name: &str, project: &str, credential: &str) {
    let who = json!({"name": name, "domain": {"id": ground.domain_id}, "password": PASSWORD});
    let scope = json!({"project": {"id": project}});
    let login = json!({"auth": {"identity": {"methods": ["password"], "password": {"user": who}}, "scope": scope}});
    let (http, keystone) = (&ground.sandbox.http, &ground.sandbox.keystone);
    let reply = http.call("POST", &format!("{keystone}/v3/auth/tokens"), &[], &Body::Json(&login)).unwrap().expect(201);
    let token = reply.header("x-subject-token").unwrap().to_owned();
    let body = json!({"application_credential": {"name": credential}});
    let url = format!("{keystone}/v3/users/{user}/application_credentials");
    http.call("POST", &url, &[("x-auth-token", &token)], &Body::Json(&body)).unwrap().expect(201);
}

#[test]
fn what_dies_in_keystone_is_told_before_it_goes() {
    let ground = Ground::new();
    let (here, there) = (ground.make_project(json!({"name": "here"})), ground.make_project(json!({"name": "there"})));
    let user = |name: &str| make(&ground, "user", json!({"name": name, "password": PASSWORD}));
    let (bob, eve) = (user("bob"), user("eve"));
    let group = make(&ground, "group", json!({"name": "team"}));
    ground.sandbox.keystone("PUT", &format!("groups/{group}/users/{bob}"), None).expect(204);
    let name = format!("{}-night", ground.domain);
    let role = ground.sandbox.keystone("POST", "roles", Some(&json!({"role": {"name": name}}))).expect(201).json();
    let role = role["role"]["id"].as_str().unwrap();
    for (project, holder) in [(&here, &bob), (&there, &bob), (&there, &eve)] {
        ground.sandbox.keystone("PUT", &format!("projects/{project}/users/{holder}/roles/{role}"), None).expect(204);
    }
    credential(&ground, &bob, "bob", &here, "für hier 🌙");
    credential(&ground, &eve, "eve", &there, "for there");
    let of = |what: &str, name: &str| {
        let gone = json!([{"name": name, "domain": ground.domain, "ensure": "absent"}]);
        ground.spec(json!({}), json!({}), json!({"keystone": {what: gone}}));
    };
    of("users", "bob");
    warned(&ground, &["takes with it 1 application credential (für hier 🌙)"]);
    of("groups", "team");
    warned(&ground, &["takes from 1 member (bob) what they have through it"]);
    let gone = json!([{"name": "there", "domain": ground.domain, "ensure": "absent"}]);
    ground.spec(json!({}), json!({}), json!({"projects": gone}));
    warned(&ground, &["takes their roles in it from 2 users", "makes worthless 1 application credential (for there)"]);
    ground.spec(json!({"roles": [{"name": name, "ensure": "absent"}]}), json!({}), json!({}));
    warned(&ground, &["is taken from 2 users", "takes with it 2 application credentials (for there, für hier 🌙)"]);
    ground.run("apply", &["--auto-approve", "--allow", "OPCP-G001"]).expect(0);
    ground.unchanged();
    let left = ground.sandbox.keystone("GET", &format!("users/{bob}/application_credentials"), None).expect(200).json();
    assert_eq!(left["application_credentials"], json!([]));
}

#[test]
fn what_dies_in_a_realm_and_with_it_is_told_before_it_goes() {
    let ground = Ground::new();
    let name = format!("{}-carol", ground.domain);
    let user = |name: &str| {
        let body = json!({"username": name, "email": format!("{name}@example.com"), "enabled": true});
        ground.keycloak("POST", "users", Some(&body)).expect(201).new_id()
    };
    let (alice, _carol) = (user("alice"), user(&name));
    let outer = ground.keycloak("POST", "groups", Some(&json!({"name": "acme"}))).expect(201).new_id();
    ground.keycloak("POST", &format!("groups/{outer}/children"), Some(&json!({"name": "söme / inner"}))).expect(201);
    ground.keycloak("PUT", &format!("users/{alice}/groups/{outer}"), None).expect(204);
    ground.keycloak("POST", "roles", Some(&json!({"name": "ops / über"}))).expect(201);
    let role = ground.keycloak("GET", "roles/ops%20%2F%20%C3%BCber", None).expect(200).json();
    for holder in [format!("users/{alice}"), format!("groups/{outer}")] {
        ground.keycloak("POST", &format!("{holder}/role-mappings/realm"), Some(&json!([role]))).expect(204);
    }
    let app = json!({"clientId": "app"});
    ground.keycloak("POST", "clients", Some(&app)).expect(201);
    // Somebody who has come through the realm's identity provider.
    let link = json!([{"idp_id": "keycloak", "protocols": [{"protocol_id": "openid", "unique_id": name}]}]);
    let person = json!({"user": {"name": name, "domain_id": ground.domain_id, "federated": link}});
    let person = ground.sandbox.keystone("POST", "users", Some(&person)).expect(201).json();
    let person = person["user"]["id"].as_str().unwrap();
    let roles = json!({"roles": [{"name": "ops / über", "ensure": "absent"}], "identityProvider": {"id": "keycloak", "protocol": "openid"}});
    let access = json!({"groups": [{"path": "/acme", "ensure": "absent"}], "users": [{"username": name, "ensure": "absent"}],
        "projects": [{"name": "prod", "domain": ground.domain}]});
    ground.spec(json!({}), roles, access);
    warned(
        &ground,
        &[
            "takes with it 1 sub-group (söme / inner); takes from 1 member (alice) what they have through it",
            "is taken from all who have it now: 1 user (alice); 1 group (/acme)",
            &format!("leaves user {person} with its roles behind in Keystone"),
        ],
    );
    ground.spec(json!({}), json!({"ensure": "absent"}), json!({}));
    warned(&ground, &["takes with it what is in it now: 2 users; 2 groups; 1 client (app)"]);
    ground.run("apply", &["--auto-approve", "--allow", "OPCP-G001"]).expect(0);
    ground.unchanged();
}
