//! What a service account depends on.

use serde_json::json;

use super::*;

#[test]
fn a_service_account_requires_its_client() {
    let account = Address::keycloak("pod", KeycloakKind::ServiceAccount, ["Robot"]);
    let requires: Vec<String> = ServiceAccount::bare(account).requires.iter().map(Address::to_string).collect();
    assert_eq!(requires, ["keycloak/pod/client/Robot"]);
}

#[test]
fn only_a_client_that_says_so_has_an_account() {
    assert!(wire::has_account(&json!({"serviceAccountsEnabled": true})));
    assert!(!wire::has_account(&json!({"serviceAccountsEnabled": false})) && !wire::has_account(&json!({})));
}
