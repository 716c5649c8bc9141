//! Roles of clients that come with a realm.

use super::*;

#[test]
fn a_role_requires_its_client() {
    let role = Address::keycloak("pod", KeycloakKind::ClientRole, ["app", "reader"]);
    let requires: Vec<String> = ClientRole::bare(role).requires.iter().map(Address::to_string).collect();
    assert_eq!(requires, ["keycloak/pod/client/app"]);
}

#[test]
fn the_rights_on_a_realm_come_with_it_and_a_typo_does_not() {
    assert!(is_built_in("realm-management", "realm-admin") && is_built_in("broker", "read-token"));
    assert!(!is_built_in("realm-management", "manage-user") && !is_built_in("app", "view-users"));
    assert!(is_administrators("manage-users") && !is_administrators("realm-admin"));
}
