//! `verify --login`: a real login through every stage, and each stage made to fail for real.

use serde_json::{Value as Json, json};

use super::ground::PASSWORD;
use super::guide::Pod;
use crate::harness::tool::Outcome;

/// Tries the login, which must end with this exit code.
fn login(pod: &Pod, flags: &[&str], exit: i32) -> Outcome {
    let fixed = ["--login", &pod.user, "--password-env", "INITIAL_PASSWORD"];
    let outcome = pod.ground.run("verify", &[&fixed, flags].concat()).expect(exit);
    let said = format!("{}{}", outcome.stdout, outcome.stderr);
    assert!(!said.contains("eyJ") && !said.contains("gAAAA"), "a token is shown: {said}");
    outcome
}

/// The login must end at this stage, with all of these words.
fn stops(pod: &Pod, flags: &[&str], stage: &str, parts: &[&str]) {
    let said = login(pod, flags, 1).stdout;
    let failed: Vec<&str> = said.lines().filter_map(|line| line.strip_prefix("  ✗ ")).collect();
    assert!(failed.len() == 1 && failed[0].starts_with(stage), "{said}");
    for part in parts {
        assert!(said.contains(part), "{part}:\n{said}");
    }
}

/// A person with a grant on one project, applied.
fn made() -> Pod {
    let pod = Pod::new();
    pod.spec(&grants(&pod));
    pod.ground.apply();
    pod
}

fn grants(pod: &Pod) -> Json {
    json!([{"project": pod.project, "roles": ["member"]}])
}

fn keycloak(pod: &Pod, method: &str, path: &str, body: Option<&Json>, status: u16) -> Json {
    let reply = pod.ground.sandbox.keycloak(method, &format!("realms/pod/{path}"), body).expect(status);
    if reply.text.is_empty() { Json::Null } else { reply.json() }
}

fn user(pod: &Pod) -> String {
    let found = keycloak(pod, "GET", &format!("users?username={}&exact=true", pod.user), None, 200);
    found[0]["id"].as_str().unwrap().to_owned()
}

#[test]
fn a_login_that_works_passes_every_stage_and_leaves_no_session() {
    let pod = made();
    let said = login(&pod, &[], 0).stdout;
    let stages: Vec<&str> = said.lines().filter_map(|line| line.strip_prefix("  ✓ ")?.split(' ').next()).collect();
    assert_eq!(stages, ["discovery", "token", "claim", "apache", "keystone", "scope"], "{said}");
    assert!(said.contains(&format!("Default/{}: member", pod.project)) && said.contains("The login works"), "{said}");
    assert_eq!(keycloak(&pod, "GET", &format!("users/{}/sessions", user(&pod)), None, 200), json!([]));
}

#[test]
fn the_tokens_stage_stops_at_the_secret_the_password_and_the_account() {
    let mut pod = made();
    pod.ground.tool.set("WRONG", "canary/wrong+secret");
    stops(&pod, &["--client-secret-env", "WRONG"], "token", &["Invalid client credentials: ", "Credentials tab"]);
    pod.ground.tool.set("INITIAL_PASSWORD", "canary/wrong+password");
    stops(&pod, &[], "token", &["Invalid user credentials", "the username or password"]);
    pod.ground.tool.set("INITIAL_PASSWORD", PASSWORD);
    let path = format!("users/{}", user(&pod));
    keycloak(&pod, "PUT", &path, Some(&json!({"requiredActions": ["UPDATE_PASSWORD"]})), 204);
    stops(&pod, &[], "token", &["Account is not fully set up", "required action"]);
    keycloak(&pod, "PUT", &path, Some(&json!({"requiredActions": [], "enabled": false})), 204);
    stops(&pod, &[], "token", &["Account disabled"]);
}

#[test]
fn the_discovery_stage_stops_at_a_wrong_address() {
    let pod = made();
    let spec = std::fs::read_to_string(pod.ground.tool.folder().join("spec.yaml")).unwrap();
    let spec = spec.replace(r#""realm":"pod""#, r#""realm":"no-such-realm""#);
    pod.ground.tool.write("spec.yaml", &spec);
    let mut pod = pod;
    pod.ground.tool.set("SECRET", "canary/secret");
    stops(&pod, &["--client-secret-env", "SECRET"], "discovery", &["OIDC discovery failed", "no-such-realm"]);
}

#[test]
fn the_claim_stage_stops_at_a_missing_mapper_and_at_a_missing_grant() {
    let pod = made();
    let client = keycloak(&pod, "GET", &format!("clients?clientId={}", pod.client), None, 200)[0].clone();
    let id = client["id"].as_str().unwrap();
    let mapper = client["protocolMappers"][0].clone();
    let models = format!("clients/{id}/protocol-mappers/models");
    keycloak(&pod, "DELETE", &format!("{models}/{}", mapper["id"].as_str().unwrap()), None, 204);
    stops(&pod, &[], "claim", &["no claim `projects`", "has no mapper that writes the attribute `project`"]);
    keycloak(&pod, "POST", &models, Some(&mapper), 201);
    pod.spec(&json!([{"project": pod.project, "roles": ["member", "reader"]}]));
    stops(&pod, &[], "claim", &[&format!("missing: Default/{}: reader", pod.project), "Unauthorized: "]);
}

#[test]
fn the_apache_stage_stops_at_the_keys_of_another_realm() {
    let pod = made();
    pod.spec_through("keycloak-admin", &grants(&pod));
    let parts = [
        "401",
        "the keys of another realm than `pod`",
        "<Location /v3/OS-FEDERATION/identity_providers/keycloak-admin/",
    ];
    stops(&pod, &[], "apache", &parts);
}

#[test]
fn the_keystone_stage_stops_at_a_mapping_without_the_person() {
    let pod = made();
    let sandbox = &pod.ground.sandbox;
    let protocol = "OS-FEDERATION/identity_providers/keycloak/protocols/openid";
    let before = sandbox.keystone("GET", protocol, None).expect(200).json()["protocol"]["mapping_id"].clone();
    let mapping = format!("{}-nobody", pod.ground.domain);
    let rule = json!({"local": [{"user": {"name": "{0}", "domain": {"name": "Default"}}, "domain": {"name": "Default"}}],
        "remote": [{"type": "OIDC-sub"}, {"type": "OIDC-preferred_username", "any_one_of": ["nobody"]}]});
    let body = json!({"mapping": {"schema_version": "3.0", "rules": [rule]}});
    sandbox.keystone("PUT", &format!("OS-FEDERATION/mappings/{mapping}"), Some(&body)).expect(201);
    let point = |mapping: &Json| json!({"protocol": {"mapping_id": mapping}});
    sandbox.keystone("PATCH", protocol, Some(&point(&mapping.as_str().into()))).expect(200);
    let nobody = login(&pod, &[], 1).stdout;
    sandbox.keystone("PATCH", protocol, Some(&point(&before))).expect(200);
    for part in
        ["✓ apache", "✗ keystone", "Unauthorized: no rule of the mapping matches", "remote_id_attribute = OIDC-iss"]
    {
        assert!(nobody.contains(part), "{part}:\n{nobody}");
    }
    let disable = |enabled: bool| json!({"identity_provider": {"enabled": enabled}});
    let provider = "OS-FEDERATION/identity_providers/keycloak";
    sandbox.keystone("PATCH", provider, Some(&disable(false))).expect(200);
    let disabled = login(&pod, &[], 1).stdout;
    sandbox.keystone("PATCH", provider, Some(&disable(true))).expect(200);
    assert!(disabled.contains("✗ keystone") && disabled.contains("is disabled, or the issuer"), "{disabled}");
    login(&pod, &[], 0);
}

#[test]
fn the_scope_stage_stops_at_a_project_that_is_not_granted() {
    let pod = made();
    let other = format!("{}-b", pod.project);
    stops(
        &pod,
        &["--project", &other],
        "scope",
        &["401", "has no role in project", &format!("can work in {}", pod.project)],
    );
}
