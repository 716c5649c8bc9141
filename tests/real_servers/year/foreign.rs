//! What others have made by hand, in the realm and in the domain and beside them: nothing of it may change.

use std::collections::BTreeMap;

use serde_json::{Value as Json, json};

use crate::ground::Ground;

/// What others have, by its address; each as it was when they made it.
#[derive(Default)]
pub(super) struct Foreign {
    seen: BTreeMap<String, Json>,
}

impl Foreign {
    /// Watches what is at these addresses from now on.
    pub(super) fn watch(&mut self, ground: &Ground, addresses: &[String]) {
        self.seen.extend(addresses.iter().map(|address| (address.clone(), look(ground, address))));
    }

    /// All of it must be as it was, byte for byte.
    pub(super) fn is_as_it_was(&self, ground: &Ground) {
        for (address, before) in &self.seen {
            assert_eq!(look(ground, address).to_string(), before.to_string(), "{address} is another");
        }
    }
}

/// What is at `keycloak PATH` or `keystone PATH`, or at a part of it: ` #` and a pointer.
fn look(ground: &Ground, address: &str) -> Json {
    let (address, part) = address.split_once(" #").unwrap_or((address, ""));
    let (server, path) = address.split_once(' ').unwrap();
    let answer = match server {
        "keycloak" => ground.sandbox.keycloak("GET", path, None),
        "export" => ground.sandbox.keycloak("POST", path, None),
        _ => ground.sandbox.keystone("GET", path, None),
    };
    let mut found = answer.expect(200).json().pointer(part).cloned().unwrap_or_default();
    // Where a realm has an identity provider, Keycloak says of everybody who came through one.
    if found["federatedIdentities"] == json!([]) {
        found.as_object_mut().unwrap().shift_remove("federatedIdentities");
    }
    // Lists come in any order.
    if let Json::Array(items) = &mut found {
        items.sort_by_key(ToString::to_string);
    }
    found
}

/// Makes a project, a user and what the user may do in it, in a domain; gives their addresses.
pub(super) fn work_in_keystone(ground: &Ground, domain: &str) -> Vec<String> {
    let make = |list: &str, kind: &str, mut body: Json| {
        body["domain_id"] = domain.into();
        let made = ground.sandbox.keystone("POST", list, Some(&json!({kind: body}))).expect(201).json();
        made[kind]["id"].as_str().unwrap().to_owned()
    };
    let project =
        make("projects", "project", json!({"name": "theirs", "description": "Theirs 🚀", "tags": ["b", "a"]}));
    let user = make("users", "user", json!({"name": "theirs", "description": "kept", "theirs": "kept"}));
    let roles = ground.sandbox.keystone("GET", "roles?name=reader", None).expect(200).json();
    let role = roles["roles"][0]["id"].as_str().unwrap();
    ground.sandbox.keystone("PUT", &format!("projects/{project}/users/{user}/roles/{role}"), None).expect(204);
    vec![
        format!("keystone projects/{project}"),
        format!("keystone users/{user}"),
        format!("keystone role_assignments?user.id={user} #/role_assignments"),
    ]
}

/// Makes a client, a scope, a role, a group and a user in a realm, and a mapper in our client, if that is there; gives their
/// addresses.
pub(super) fn work_in_keycloak(ground: &Ground, realm: &str) -> Vec<String> {
    let sandbox = &ground.sandbox;
    let make = |list: &str, body: &Json| {
        let list = format!("realms/{realm}/{list}");
        format!("{list}/{}", sandbox.keycloak("POST", &list, Some(body)).expect(201).new_id())
    };
    let client = json!({"clientId": "theirs", "publicClient": true, "redirectUris": ["http://b.example/*", "http://a.example/*"],
        "attributes": {"theirs": "kept"}});
    let user = json!({"username": "theirs", "email": "theirs@example.com", "firstName": "T", "lastName": "H", "enabled": true,
        "attributes": {"shoe": ["42"], "project": ["no grant", "{ \"name\":\"theirs\" }"]}});
    let group = make("groups", &json!({"name": "theirs / 🚀", "attributes": {"theirs": ["b", "a"]}}));
    let user = make("users", &user);
    let group_id = group.rsplit('/').next().unwrap_or_default();
    sandbox.keycloak("PUT", &format!("{user}/groups/{group_id}"), None).expect(204);
    let scope = json!({"name": "theirs", "protocol": "openid-connect", "attributes": {"theirs": "kept"}});
    let mut paths =
        vec![make("clients", &client), make("client-scopes", &scope), format!("{user}/groups"), group, user];
    sandbox.keycloak("POST", &format!("realms/{realm}/roles"), Some(&json!({"name": "theirs"}))).expect(201);
    paths.push(format!("realms/{realm}/roles/theirs"));
    let ours = sandbox.keycloak("GET", &format!("realms/{realm}/clients?clientId=openstack-cli"), None).json();
    if let Some(id) = ours[0]["id"].as_str() {
        let mapper = json!({"name": "theirs", "protocol": "openid-connect", "protocolMapper": "oidc-full-name-mapper",
            "config": {"id.token.claim": "false"}});
        paths.push(make(&format!("clients/{id}/protocol-mappers/models"), &mapper));
    }
    paths.into_iter().map(|path| format!("keycloak {path}")).collect()
}
