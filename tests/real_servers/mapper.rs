//! Protocol mappers in a client's dedicated scope.

use serde_json::{Value as Json, json};

use super::ground::{Ground, reads_only, with};

const PROVIDER: &str = "aggregated-user-group-attribute-mapper";

fn projects() -> Json {
    json!({"name": "projects", "type": PROVIDER, "userAttribute": "project", "tokenClaim": "projects"})
}

fn client(mappers: &[Json]) -> Json {
    json!({"clients": [{"clientId": "cli", "clientAuthentication": true, "dedicatedScope": {"mappers": mappers}}]})
}

/// The mappers of the client, as they are stored.
fn stored(ground: &Ground) -> Vec<Json> {
    ground.client("cli")["protocolMappers"].as_array().cloned().unwrap_or_default()
}

#[test]
fn a_mapper_is_created_with_the_guides_words() {
    let ground = Ground::new();
    ground.realm_spec(client(&[projects()]));
    ground.apply();
    let mappers = stored(&ground);
    assert_eq!(mappers.len(), 1);
    assert_eq!((&mappers[0]["name"], &mappers[0]["protocolMapper"]), (&json!("projects"), &json!(PROVIDER)));
    let config = json!({"user.attribute": "project", "claim.name": "projects", "id.token.claim": "true",
        "access.token.claim": "true", "userinfo.token.claim": "true", "introspection.token.claim": "true"});
    for (key, value) in config.as_object().unwrap() {
        assert_eq!(&mappers[0]["config"][key], value, "{key}");
    }
    assert!(reads_only(&ground.passed()));
}

#[test]
fn each_field_of_a_mapper_changes_alone() {
    let ground = Ground::new();
    ground.realm_spec(client(&[projects()]));
    ground.apply();
    let changes = [
        ("userAttribute", json!("other"), "user.attribute", "other"),
        ("tokenClaim", json!("others"), "claim.name", "others"),
        ("addToIdToken", json!(false), "id.token.claim", "false"),
        ("addToAccessToken", json!(false), "access.token.claim", "false"),
        ("addToUserinfo", json!(false), "userinfo.token.claim", "false"),
        ("addToIntrospection", json!(false), "introspection.token.claim", "false"),
        ("config", json!({"lightweight.claim": "true"}), "lightweight.claim", "true"),
        ("config", json!({"lightweight.claim": "false"}), "lightweight.claim", "false"),
    ];
    let mut spec = projects();
    for (word, value, key, expected) in changes {
        let before = stored(&ground)[0].clone();
        spec[word] = value;
        ground.realm_spec(client(&[spec.clone()]));
        ground.apply();
        let after = stored(&ground)[0].clone();
        assert_eq!(after["config"][key], expected, "{word}");
        assert_eq!(with(&before["config"], json!({key: expected})), after["config"], "{word} changes more than {key}");
        assert_eq!(before["id"], after["id"], "changed, not made again");
    }
}

#[test]
fn a_mapper_made_by_hand_is_adopted_and_its_neighbours_stay() {
    let ground = Ground::new();
    // Two of the switches are not stored: what the server shows follows the other two.
    let by_hand = json!({"name": "projects", "protocol": "openid-connect", "protocolMapper": PROVIDER,
        "config": {"claim.name": "projects", "user.attribute": "project", "id.token.claim": true, "access.token.claim": "true",
            "theirs": "kept"}});
    let theirs = json!({"name": "theirs", "protocol": "openid-connect", "protocolMapper": "oidc-usermodel-attribute-mapper",
        "config": {"claim.name": "theirs", "user.attribute": "theirs"}});
    let made = json!({"clientId": "cli", "protocolMappers": [theirs, by_hand]});
    ground.keycloak("POST", "clients", Some(&made)).expect(201);
    let before = ground.client("cli");

    ground.realm_spec(client(&[projects()]));
    ground.unchanged();
    assert_eq!(ground.client("cli"), before);

    ground.realm_spec(client(&[with(&projects(), json!({"tokenClaim": "others"}))]));
    ground.apply();
    let comparable = |mut mappers: Vec<Json>| {
        mappers.sort_by_key(|mapper| mapper["name"].to_string());
        // These two follow the other two where they are not stored; stored or not, they mean the same.
        for followed in ["userinfo.token.claim", "introspection.token.claim"] {
            mappers[0]["config"].as_object_mut().unwrap().shift_remove(followed);
        }
        mappers
    };
    let mut expected = comparable(before["protocolMappers"].as_array().cloned().unwrap());
    expected[0]["config"]["claim.name"] = "others".into();
    assert_eq!(comparable(stored(&ground)), expected);
}

#[test]
fn a_mapper_that_drifted_is_put_right() {
    let ground = Ground::new();
    ground.realm_spec(client(&[projects()]));
    ground.apply();
    let live = ground.client("cli");
    let mut mapper = stored(&ground)[0].clone();
    mapper["config"] = json!({"claim.name": "wrong"});
    let path =
        format!("clients/{}/protocol-mappers/models/{}", live["id"].as_str().unwrap(), mapper["id"].as_str().unwrap());
    ground.keycloak("PUT", &path, Some(&mapper)).expect(204);
    ground.apply();
    let config = &stored(&ground)[0]["config"];
    assert_eq!((&config["claim.name"], &config["user.attribute"]), (&json!("projects"), &json!("project")));
}

#[test]
fn a_provider_that_is_not_installed_is_named() {
    let ground = Ground::new();
    ground.realm_spec(client(&[with(&projects(), json!({"type": "no-such-mapper"}))]));
    let said = ground.refused();
    assert!(said.contains("no-such-mapper"), "{said}");
    assert_eq!(ground.keycloak("GET", "clients?clientId=cli", None).json(), json!([]), "nothing was written");
}

#[test]
fn a_property_that_the_provider_does_not_have_is_named() {
    let ground = Ground::new();
    ground.realm_spec(client(&[with(&projects(), json!({"config": {"no.such.property": "x"}}))]));
    let said = ground.refused();
    assert!(said.contains("no.such.property"), "{said}");
}
