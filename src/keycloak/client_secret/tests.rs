//! What Keycloak tells of secrets, and what keeps old ones valid.

use serde_json::json;

use super::wire::{has_secret, is_hidden, keeps_old, made};

#[test]
fn a_confidential_client_has_a_secret_that_may_be_hidden() {
    assert!(has_secret(&json!({"publicClient": false, "bearerOnly": false})));
    assert!(!has_secret(&json!({"publicClient": true})));
    assert!(!has_secret(&json!({"bearerOnly": true})));
    assert!(!is_hidden(&json!({"secret": "x"})));
    assert!(is_hidden(&json!({"secret": "**********"})));
    assert!(is_hidden(&json!({})));
    assert_eq!(made(&json!({"attributes": {"client.secret.creation.time": "1795847479"}})), "1795847479");
    assert_eq!(made(&json!({"attributes": {}})), "unknown");
}

#[test]
fn an_old_secret_stays_valid_only_by_a_policy_that_certainly_applies() {
    let profiles = json!({"profiles": [
        {"name": "plain", "executors": [{"executor": "pkce-enforcer"}]},
        {"name": "rotating", "executors": [{"executor": "secret-rotation", "configuration": {}}]},
    ]});
    let policies = |enabled: bool, condition: &str, profile: &str| json!({"policies": [{"enabled": enabled, "conditions": [{"condition": condition}], "profiles": [profile]}]});
    assert!(keeps_old(&policies(true, "any-client", "rotating"), &profiles));
    assert!(!keeps_old(&policies(false, "any-client", "rotating"), &profiles));
    assert!(!keeps_old(&policies(true, "any-client", "plain"), &profiles));
    assert!(!keeps_old(&policies(true, "client-roles", "rotating"), &profiles));
    assert!(!keeps_old(&json!({"policies": [{"enabled": true, "profiles": ["rotating"]}]}), &profiles));
    assert!(!keeps_old(&json!(null), &json!(null)), "where they cannot be seen, the worse case is announced");
}
