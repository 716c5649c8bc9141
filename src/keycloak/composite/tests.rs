//! Which roles a composite links, and how it is sent.

use super::*;
use crate::model::step::Action;

fn composite(names: &str) -> Address {
    format!("keycloak/pod/composite/{names}").parse().unwrap()
}

#[test]
fn both_roles_and_their_clients_must_be_there() {
    let requires = |names: &str| -> Vec<String> {
        Composite::bare(composite(names)).requires.iter().map(Address::to_string).collect()
    };
    assert_eq!(requires("realm/ops/realm/viewer"), ["keycloak/pod/realm-role/ops", "keycloak/pod/realm-role/viewer"]);
    let of_client = ["keycloak/pod/client/app", "keycloak/pod/realm-role/ops", "keycloak/pod/client-role/app/reader"];
    assert_eq!(requires("realm/ops/client/app/reader"), of_client);
    assert_eq!(Composite::bare(composite("realm/ops/realm/x")).document.to_string(), "keycloak/pod/realm-role/ops");
}

#[test]
fn one_role_is_sent_and_never_an_empty_list() {
    let address = composite("client/app/admin/realm/viewer");
    let (whole, part) = address.composite_roles().unwrap();
    let ids = [(whole, "1".to_owned()), (part, "2".to_owned())].into_iter().collect();
    let bare = Composite::bare(address);
    let step = |action| Step::of(&bare, action);
    for (action, method) in [(Action::Create, "POST"), (Action::Delete, "DELETE")] {
        let request = Composite::write(&step(action), &ids).unwrap();
        assert_eq!(
            (request.method.as_str(), request.route.to_string().as_str()),
            (method, "/admin/realms/pod/roles-by-id/1/composites")
        );
        assert_eq!(request.body, crate::resource::Body::This(serde_json::json!([{"id": "2", "name": "viewer"}])));
    }
}
