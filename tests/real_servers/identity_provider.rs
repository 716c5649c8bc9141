//! Keystone identity providers and their protocols.

use serde_json::{Value as Json, json};

use super::ground::{Ground, reads_only, with, without};

const ALLOWED: [&str; 3] = ["--auto-approve", "--allow", "OPCP-G001"];

/// A spec of the realm's door, with a mapping of this ground.
fn door(ground: &Ground, words: Json) {
    let mapping = format!("{}-projects", ground.domain);
    let rules = json!([{"local": [{"user": {"name": "{0}"}, "domain": {"name": ground.domain}, "projects_json": "{1}"}],
        "remote": [{"type": "OIDC-preferred_username"}, {"type": "OIDC-projects"}]}]);
    let words = with(&json!({"id": provider(ground), "mapping": mapping, "domain": ground.domain}), words);
    ground.spec(json!({"mappings": [{"id": mapping, "rules": rules}]}), json!({"identityProvider": words}), json!({}));
}

fn provider(ground: &Ground) -> String {
    format!("{}-idp", ground.domain)
}

fn federation(ground: &Ground, method: &str, path: &str, body: Option<&Json>) -> crate::harness::http::Reply {
    ground.sandbox.keystone(method, &format!("OS-FEDERATION/{path}"), body)
}

fn live(ground: &Ground) -> Json {
    let found = federation(ground, "GET", &format!("identity_providers/{}", provider(ground)), None).expect(200);
    found.json()["identity_provider"].clone()
}

/// The protocol as its list shows it: its own document hides `remote_id_attribute`.
fn live_protocol(ground: &Ground) -> Json {
    let list = format!("identity_providers/{}/protocols", provider(ground));
    let found = federation(ground, "GET", &list, None).expect(200).json();
    assert_eq!(found["protocols"].as_array().map(Vec::len), Some(1), "{found}");
    found["protocols"][0].clone()
}

/// The realm's issuer, as its discovery document says it.
fn issuer(ground: &Ground) -> String {
    let url = format!("{}/realms/{}/.well-known/openid-configuration", ground.sandbox.keycloak, ground.realm);
    let reply = ground.sandbox.http.call("GET", &url, &[], &crate::harness::http::Body::Nothing).unwrap().expect(200);
    reply.json()["issuer"].as_str().unwrap().to_owned()
}

#[test]
fn a_provider_is_created_enabled_with_the_realms_issuer_and_each_field_changes_alone() {
    let ground = Ground::new();
    let mut words = json!({});
    door(&ground, words.clone());
    ground.apply();
    let made = live(&ground);
    assert_eq!(
        (&made["enabled"], &made["remote_ids"], &made["domain_id"]),
        (&json!(true), &json!([issuer(&ground)]), &json!(ground.domain_id))
    );
    assert!(reads_only(&ground.passed()));
    let changes = [
        ("enabled", "enabled", json!(false)),
        ("description", "description", json!("made by a test")),
        ("authorizationTtl", "authorization_ttl", json!(30)),
        ("remoteIds", "remote_ids", json!([format!("https://other.example.com/{}", ground.domain)])),
        ("description", "description", json!("")),
    ];
    for (word, key, value) in changes {
        let before = live(&ground);
        words[word] = value.clone();
        door(&ground, words.clone());
        ground.apply();
        assert_eq!(live(&ground)[key], value, "{word}");
        assert_eq!(without(&live(&ground), &[key]), without(&before, &[key]), "{word} changes more than itself");
    }
}

#[test]
fn a_protocol_keeps_its_mapping_when_its_attribute_changes() {
    let ground = Ground::new();
    for attribute in ["HTTP_OIDC_ISS", "OTHER", ""] {
        door(&ground, json!({"remoteIdAttribute": attribute}));
        ground.apply();
        let live = live_protocol(&ground);
        assert_eq!((&live["id"], &live["remote_id_attribute"]), (&json!("openid"), &json!(attribute)));
        assert_eq!(live["mapping_id"], format!("{}-projects", ground.domain));
    }
}

#[test]
fn a_provider_made_by_hand_is_adopted_and_cannot_move_to_another_domain() {
    let ground = Ground::new();
    let theirs = json!({"identity_provider": {"domain_id": ground.domain_id, "enabled": true, "description": "by hand",
        "authorization_ttl": 7, "remote_ids": [issuer(&ground)]}});
    federation(&ground, "PUT", &format!("identity_providers/{}", provider(&ground)), Some(&theirs)).expect(201);
    let before = live(&ground);
    door(&ground, json!({"enabled": true}));
    ground.apply();
    assert_eq!(live(&ground), before);
    door(&ground, json!({"domain": "Default"}));
    let said = ground.refused();
    assert!(said.contains("another `domain`"), "{said}");
    assert_eq!(live(&ground), before);
}

#[test]
fn a_remote_id_moves_from_the_provider_that_gives_it_up() {
    let ground = Ground::new();
    let old = format!("{}-old", ground.domain);
    let theirs = json!({"identity_provider": {"domain_id": ground.domain_id, "remote_ids": [issuer(&ground)]}});
    federation(&ground, "PUT", &format!("identity_providers/{old}"), Some(&theirs)).expect(201);
    door(&ground, json!({}));
    let said = ground.refused();
    assert!(said.contains(&format!("belongs to keystone/identity-provider/{old}")), "{said}");

    let elsewhere = format!("https://other.example.com/{}", ground.domain);
    second_door(&ground, &json!({"id": old, "protocol": "old", "remoteIds": [elsewhere]}));
    ground.apply();
    assert_eq!(live(&ground)["remote_ids"], json!([issuer(&ground)]));
    assert_eq!(remote_ids(&ground, &old), json!([elsewhere]));
}

/// Adds a second Realm document to the spec, with a door of its own into the same mapping.
fn second_door(ground: &Ground, words: &Json) {
    let spec = std::fs::read_to_string(ground.tool.folder().join("spec.yaml")).unwrap();
    let mut documents: Vec<Json> = spec.split("\n---\n").map(|text| serde_json::from_str(text).unwrap()).collect();
    let mut second = documents[1].clone();
    second["metadata"]["name"] = "second".into();
    second["spec"]["realm"] = "master".into();
    let mapping = &documents[1]["spec"]["identityProvider"]["mapping"];
    second["spec"]["identityProvider"] = with(words, json!({"mapping": mapping}));
    documents.push(second);
    let spec: Vec<String> = documents.iter().map(ToString::to_string).collect();
    ground.tool.write("spec.yaml", &spec.join("\n---\n"));
}

fn remote_ids(ground: &Ground, id: &str) -> Json {
    let found = federation(ground, "GET", &format!("identity_providers/{id}"), None).expect(200).json();
    found["identity_provider"]["remote_ids"].clone()
}

#[test]
fn two_providers_swap_their_remote_ids() {
    let ground = Ground::new();
    let other = format!("{}-other", ground.domain);
    let [one, two] = ["one", "two"].map(|name| format!("https://{name}.example.com/{}", ground.domain));
    for (mine, theirs) in [(&one, &two), (&two, &one)] {
        door(&ground, json!({"remoteIds": [mine]}));
        second_door(&ground, &json!({"id": other, "domain": ground.domain, "remoteIds": [theirs]}));
        ground.apply();
        assert_eq!(
            (live(&ground)["remote_ids"].clone(), remote_ids(&ground, &other)),
            (json!([mine]), json!([theirs]))
        );
    }
}

#[test]
fn a_provider_that_goes_leaves_its_remote_id_to_another_one() {
    let ground = Ground::new();
    let old = format!("{}-old", ground.domain);
    let theirs = json!({"identity_provider": {"domain_id": ground.domain_id, "remote_ids": [issuer(&ground)]}});
    federation(&ground, "PUT", &format!("identity_providers/{old}"), Some(&theirs)).expect(201);
    door(&ground, json!({}));
    second_door(&ground, &json!({"id": old, "ensure": "absent"}));
    ground.run("apply", &ALLOWED).expect(0);
    ground.unchanged();
    assert_eq!(live(&ground)["remote_ids"], json!([issuer(&ground)]));
    federation(&ground, "GET", &format!("identity_providers/{old}"), None).expect(404);
}

/// Makes a person who has come through this ground's provider, and gives the Keystone id.
fn person(ground: &Ground, name: &str) -> String {
    let protocols = json!([{"protocol_id": "openid", "unique_id": name}]);
    let body = json!({"user": {"name": name, "domain_id": ground.domain_id,
        "federated": [{"idp_id": provider(ground), "protocols": protocols}]}});
    let made = ground.sandbox.keystone("POST", "users", Some(&body)).expect(201).json();
    made["user"]["id"].as_str().unwrap().to_owned()
}

#[test]
fn another_mapping_that_makes_others_of_people_must_be_allowed() {
    let ground = Ground::new();
    door(&ground, json!({}));
    ground.apply();
    let id = format!("{}-projects", ground.domain);
    let rules = json!([{"local": [{"user": {"name": "{0}", "id": "{1}"}, "domain": {"name": ground.domain},
        "projects_json": "{2}"}],
        "remote": [{"type": "OIDC-preferred_username"}, {"type": "OIDC-sub"}, {"type": "OIDC-projects"}]}]);
    let words = json!({"id": provider(&ground), "mapping": id, "domain": ground.domain});
    let by_sub = |ground: &Ground| {
        let mapping = json!({"mappings": [{"id": id, "rules": rules}]});
        ground.spec(mapping, json!({"identityProvider": words}), json!({}));
    };
    by_sub(&ground);
    ground.plan();
    person(&ground, "alice");
    person(&ground, "bob");
    let refused = ground.run("plan", &[]).expect(3).stderr;
    assert!(refused.contains("OPCP-G003"), "{refused}");
    assert!(refused.contains("people who have been there: 2, their application credentials: 0"), "{refused}");
    ground.run("apply", &["--auto-approve", "--allow", "OPCP-G003"]).expect(0);
    ground.unchanged();
}

#[test]
fn a_role_that_the_next_login_takes_away_is_told() {
    let ground = Ground::new();
    door(&ground, json!({}));
    ground.apply();
    let id = person(&ground, "alice");
    let assignment = json!({"role": "member", "user": {"name": "alice", "domain": ground.domain},
        "project": {"name": "prod", "domain": ground.domain}});
    let access =
        json!({"projects": [{"name": "prod", "domain": ground.domain}], "keystone": {"roleAssignments": [assignment]}});
    ground.spec(json!({}), json!({}), access);
    let said = ground.run("plan", &[]).expect(0).stderr;
    assert!(said.contains("the next login takes this role away"), "{said}");
    ground.apply();
    let project = ground.project("prod")["id"].as_str().unwrap().to_owned();
    let roles =
        ground.sandbox.keystone("GET", &format!("projects/{project}/users/{id}/roles"), None).expect(200).json();
    assert_eq!(roles["roles"][0]["name"], "member");
}

#[test]
fn a_remote_id_that_is_too_long_is_refused_while_planning() {
    let ground = Ground::new();
    door(&ground, json!({"remoteIds": [format!("https://{}", "x".repeat(57))]}));
    let said = ground.refused();
    assert!(said.contains("has 65 characters"), "{said}");
    federation(&ground, "GET", &format!("identity_providers/{}", provider(&ground)), None).expect(404);
}

#[test]
fn a_door_is_deleted_when_that_is_allowed() {
    let ground = Ground::new();
    door(&ground, json!({}));
    ground.apply();
    door(&ground, json!({"ensure": "absent"}));
    let said = ground.refused();
    assert!(said.contains("OPCP-G001"), "{said}");
    live(&ground);
    ground.run("apply", &ALLOWED).expect(0);
    ground.unchanged();
    federation(&ground, "GET", &format!("identity_providers/{}", provider(&ground)), None).expect(404);
}
