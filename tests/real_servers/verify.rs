//! `verify`: what Keycloak's example tokens carry, told with its cause; by hand, each way to spoil it.

use serde_json::{Value as Json, json};

use super::ground::{Ground, reads_only};
use crate::harness::proxy::{Passage, Proxy};
use crate::harness::tool::Outcome;

fn mapper() -> Json {
    json!({"name": "projects", "type": "aggregated-user-group-attribute-mapper", "userAttribute": "project",
        "tokenClaim": "projects"})
}

fn cli(mappers: &[Json]) -> Json {
    json!({"clientId": "cli", "clientAuthentication": true, "dedicatedScope": {"mappers": mappers}})
}

fn access(ground: &Ground) -> Json {
    let grant = |project: &str, role: &str| json!([{"project": project, "domain": ground.domain, "roles": [role]}]);
    let person = |username: &str, more: Json| {
        let mut person = json!({"username": username, "email": format!("{username}@example.com"), "firstName": "A", "lastName": "B"});
        person.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        person
    };
    json!({
        "projects": [{"name": "prod", "domain": ground.domain}, {"name": "test", "domain": ground.domain}],
        "groups": [{"path": "/team", "grants": grant("test", "reader")}, {"path": "/team/inner"}],
        "users": [
            person("alice", json!({"grants": grant("prod", "member"), "groups": ["/team/inner"]})),
            person("bob", json!({"grants": grant("prod", "reader")})),
        ],
    })
}

/// A realm as the guide has it, and two people; applied.
fn made() -> Ground {
    let ground = Ground::new();
    spec(&ground, &cli(&[mapper()]));
    ground.apply();
    ground
}

fn spec(ground: &Ground, client: &Json) {
    let realm = json!({"userProfile": {"unmanagedAttributes": "adminEdit"}, "clients": [client]});
    ground.spec(json!({}), realm, access(ground));
}

fn verify(ground: &Ground, exit: i32) -> Outcome {
    ground.run("verify", &[]).expect(exit)
}

/// Spoils something by hand; `verify` must say all of `parts`.
fn told(ground: &Ground, parts: &[&str]) {
    let said = verify(ground, 2).stdout;
    for part in parts {
        assert!(said.contains(part), "{part}:\n{said}");
    }
}

/// The mapper as the server has it, changed and put back.
fn change_mapper(ground: &Ground, change: impl FnOnce(&mut Json)) {
    let client = ground.client("cli");
    let mut mapper = client["protocolMappers"][0].clone();
    change(&mut mapper);
    let path = format!(
        "clients/{}/protocol-mappers/models/{}",
        client["id"].as_str().unwrap(),
        mapper["id"].as_str().unwrap()
    );
    ground.keycloak("PUT", &path, Some(&mapper)).expect(204);
}

#[test]
fn tokens_that_carry_what_is_promised_are_told_with_it() {
    let ground = made();
    let said = verify(&ground, 0).stdout;
    let (prod, test) = (format!("{}/prod", ground.domain), format!("{}/test", ground.domain));
    assert!(
        said.contains(&format!("✓ alice   {prod}: member; {test}: reader")),
        "with the group's and its parent's: {said}"
    );
    assert!(said.contains(&format!("✓ bob     {prod}: reader")), "{said}");
    assert!(said.contains("2 as promised, 0 wrong, 0 not known"), "{said}");
}

#[test]
fn a_look_at_tokens_costs_a_request_for_each_person_and_writes_nothing() {
    let ground = made();
    let passage = Passage::open();
    let trusted = ground.sandbox.trusted();
    let keycloak = Proxy::start(&ground.sandbox.keycloak, Some(&trusted), &passage);
    let keystone = Proxy::start(&ground.sandbox.keystone, Some(&trusted), &passage);
    let text = std::fs::read_to_string(ground.tool.folder().join("spec.yaml")).unwrap();
    let text = text.replace(&ground.sandbox.keycloak, &keycloak.url).replace(&ground.sandbox.keystone, &keystone.url);
    ground.tool.write("proxied.yaml", &text);
    ground.tool.run(&["verify", "-f", "proxied.yaml"]).expect(0);
    let seen = passage.seen();
    assert!(reads_only(&seen), "{seen:?}");
    assert_eq!(seen.iter().filter(|request| request.contains("generate-example-access-token")).count(), 2, "{seen:?}");
    assert!(
        !seen.iter().any(|request| request.contains("/client-scopes")),
        "causes are looked for when needed: {seen:?}"
    );
}

#[test]
fn a_missing_mapper_is_named() {
    let ground = made();
    spec(&ground, &json!({"clientId": "cli"}));
    let client = ground.client("cli");
    let id = client["id"].as_str().unwrap();
    let models = format!("clients/{id}/protocol-mappers/models");
    let made = client["protocolMappers"][0]["id"].as_str().unwrap();
    ground.keycloak("DELETE", &format!("{models}/{made}"), None).expect(204);
    // The spec says nothing of mappers: the client is the guide's then, which this realm does not have.
    let said = ground.run("verify", &[]).expect(1).stderr;
    assert!(said.contains("client/openstack-cli") && said.contains("does not exist"), "{said}");
    spec(&ground, &cli(&[mapper()]));
    told(&ground, &["+ keycloak/", "✗ alice", "the token has no claim `projects`", "client `cli` has no mapper"]);
}

#[test]
fn a_claim_that_access_tokens_do_not_carry_is_named() {
    let ground = made();
    change_mapper(&ground, |mapper| mapper["config"]["access.token.claim"] = "false".into());
    told(&ground, &["✗ alice", "no claim `projects`", "does not add its claim to access tokens"]);
}

#[test]
fn another_claim_and_another_attribute_are_named() {
    let ground = made();
    change_mapper(&ground, |mapper| mapper["config"]["claim.name"] = "grants".into());
    told(&ground, &["✗ bob", "writes the claim `grants`, and Keystone reads `projects`"]);
    change_mapper(&ground, |mapper| {
        mapper["config"]["claim.name"] = "projects".into();
        mapper["config"]["user.attribute"] = "projects".into();
    });
    told(&ground, &["✗ bob", "reads the attribute `projects`, and grants are in `project`"]);
}

#[test]
fn a_shape_that_keystone_does_not_read_is_named() {
    let ground = made();
    change_mapper(&ground, |mapper| mapper["config"]["jsonType.label"] = "JSON".into());
    told(&ground, &["✗ alice", "is a list of objects"]);
    change_mapper(&ground, |mapper| {
        mapper["protocolMapper"] = "oidc-usermodel-attribute-mapper".into();
        mapper["config"]["jsonType.label"] = "String".into();
        mapper["config"]["multivalued"] = "true".into();
    });
    let stock = json!({"name": "projects", "type": "oidc-usermodel-attribute-mapper", "userAttribute": "project",
        "tokenClaim": "projects", "config": {"multivalued": "true"}});
    spec(&ground, &cli(&[stock]));
    told(&ground, &["✗ bob", "the claim", "mapper `projects` of type `oidc-usermodel-attribute-mapper`"]);
}

#[test]
fn a_policy_that_drops_the_attribute_is_named() {
    let ground = made();
    let mut profile = ground.keycloak("GET", "users/profile", None).expect(200).json();
    profile.as_object_mut().unwrap().shift_remove("unmanagedAttributePolicy");
    ground.keycloak("PUT", "users/profile", Some(&profile)).expect(200);
    // What was stored before is hidden, and tokens still carry it.
    assert!(verify(&ground, 2).stdout.contains("✓ bob"));
    let bob = ground.user("bob")["id"].as_str().unwrap().to_owned();
    ground.keycloak("DELETE", &format!("users/{bob}"), None).expect(204);
    let grant = json!({"domain": {"name": ground.domain}, "name": "prod", "roles": [{"name": "reader"}]}).to_string();
    let again = json!({"username": "bob", "enabled": true, "email": "bob@example.com", "firstName": "A", "lastName": "B",
        "attributes": {"project": [grant]}});
    ground.keycloak("POST", "users", Some(&again)).expect(201);
    told(&ground, &["unmanagedAttributes", "✗ bob", "the realm's profile drops the attribute `project`"]);
}

#[test]
fn a_mapper_in_a_scope_that_is_not_default_is_named() {
    let ground = made();
    let client = ground.client("cli");
    let id = client["id"].as_str().unwrap();
    let mut moved = client["protocolMappers"][0].clone();
    let mapper = moved["id"].as_str().unwrap().to_owned();
    ground.keycloak("DELETE", &format!("clients/{id}/protocol-mappers/models/{mapper}"), None).expect(204);
    moved.as_object_mut().unwrap().shift_remove("id");
    let scope = json!({"name": "cloud", "protocol": "openid-connect", "protocolMappers": [moved]});
    ground.keycloak("POST", "client-scopes", Some(&scope)).expect(201);
    told(&ground, &["✗ bob", "in the scope `cloud`, which client `cli` does not have"]);
    let scopes = ground.keycloak("GET", "client-scopes", None).expect(200).json();
    let scope = scopes.as_array().unwrap().iter().find(|scope| scope["name"] == "cloud").unwrap()["id"].clone();
    let path = format!("clients/{id}/optional-client-scopes/{}", scope.as_str().unwrap());
    ground.keycloak("PUT", &path, None).expect(204);
    told(&ground, &["✗ bob", "optional scope `cloud`", "make `cloud` a default scope"]);
}

#[test]
fn roles_that_nobody_promised_are_extra() {
    let ground = made();
    let group = json!({"name": "shadow", "attributes": {"project": [
        json!({"domain": {"name": ground.domain}, "name": "prod", "roles": [{"name": "admin"}]}).to_string()]}});
    ground.keycloak("POST", "groups", Some(&group)).expect(201);
    let group = ground.only("groups?search=shadow&exact=true")["id"].clone();
    let bob = ground.user("bob")["id"].clone();
    let path = format!("users/{}/groups/{}", bob.as_str().unwrap(), group.as_str().unwrap());
    ground.keycloak("PUT", &path, None).expect(204);
    told(
        &ground,
        &[
            "No changes.",
            "✗ bob",
            &format!("extra:    {}/prod: admin", ground.domain),
            "a group that the spec does not speak of",
        ],
    );
}

#[test]
fn a_missing_right_is_named() {
    let mut ground = made();
    let robot = json!({"clientId": "robot", "serviceAccountsEnabled": true, "secret": "canary-robot"});
    ground.keycloak("POST", "clients", Some(&robot)).expect(201);
    let robot = ground.client("robot")["id"].as_str().unwrap().to_owned();
    let account = ground.keycloak("GET", &format!("clients/{robot}/service-account-user"), None).expect(200).json();
    let account = account["id"].as_str().unwrap();
    let rights = ground.client("realm-management")["id"].as_str().unwrap().to_owned();
    let role = ground.keycloak("GET", &format!("clients/{rights}/roles/view-users"), None).expect(200).json();
    let path = format!("users/{account}/role-mappings/clients/{rights}");
    ground.keycloak("POST", &path, Some(&json!([role]))).expect(204);
    ground.tool.set("ROBOT", "canary-robot");
    let realm = json!({"login": {"clientId": "robot", "clientSecret": {"env": "ROBOT"}}});
    let people = access(&ground);
    ground.spec(json!({}), realm, json!({"projects": people["projects"], "users": [people["users"][1]]}));
    let said = ground.run("verify", &[]).expect(1).stderr;
    assert!(said.contains("`view-clients`"), "{said}");
}
