//! Roles that come with a realm.

use super::*;

#[test]
fn a_new_realm_has_its_default_roles_by_its_name_in_lower_case() {
    assert!(is_built_in("Pod", "default-roles-pod") && is_built_in("Pod", "offline_access"));
    assert!(!is_built_in("Pod", "default-roles-Pod") && !is_built_in("Pod", "ops"));
}

#[test]
fn a_role_is_made_in_its_collection_and_changed_by_its_id() {
    use crate::model::address::KeycloakKind;
    use crate::model::step::Action;
    let address = Address::keycloak("pod", KeycloakKind::RealmRole, ["ops"]);
    let ids = [(address.clone(), "1".to_owned())].into_iter().collect();
    let step = |action| Step::of(&RealmRole::bare(address.clone()), action);
    let sent = |action| {
        let request = RealmRole::write(&step(action), &ids).unwrap();
        format!("{} {}", request.method, request.route)
    };
    assert_eq!(sent(Action::Create), "POST /admin/realms/pod/roles");
    assert_eq!(sent(Action::Update), "PUT /admin/realms/pod/roles-by-id/1");
    assert_eq!(sent(Action::Delete), "DELETE /admin/realms/pod/roles-by-id/1");
    assert!(RealmRole::write(&step(Action::Update), &Ids::new()).is_err());
}
