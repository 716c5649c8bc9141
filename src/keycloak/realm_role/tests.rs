//! Roles that come with a realm.

use super::*;

#[test]
fn a_new_realm_has_its_default_roles_by_its_name_in_lower_case() {
    assert!(is_built_in("Pod", "default-roles-pod") && is_built_in("Pod", "offline_access"));
    assert!(!is_built_in("Pod", "default-roles-Pod") && !is_built_in("Pod", "ops"));
}

#[test]
fn a_role_is_never_written() {
    use crate::model::address::KeycloakKind;
    use crate::model::step::{Action, Part};
    let address = Address::keycloak("pod", KeycloakKind::RealmRole, ["ops"]);
    let step = Step {
        document: address.clone(),
        address,
        action: Action::Create,
        part: Part::Only,
        fields: vec![],
        requires: vec![],
        id: None,
        source: None,
    };
    assert!(RealmRole::write(&step, &Ids::new()).is_err());
}
