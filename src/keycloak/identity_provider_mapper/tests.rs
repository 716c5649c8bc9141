//! Mappers of identity providers: where they are written, and which types there are.

use serde_json::json;

use super::*;
use crate::model::step::Action;

#[test]
fn a_mapper_is_written_below_its_provider() {
    let address: Address = "keycloak/pod/identity-provider-mapper/company/a%2Fb".parse().unwrap();
    let bare = IdentityProviderMapper::bare(address.clone());
    assert_eq!(bare.requires, [Address::keycloak("pod", KeycloakKind::IdentityProvider, ["company"])]);
    let ids = [(address, "7".to_owned())].into_iter().collect();
    let step = |action| Step::of(&bare, action);
    let route = |action| IdentityProviderMapper::write(&step(action), &ids).unwrap().route.to_string();
    let list = "/admin/realms/pod/identity-provider/instances/company/mappers";
    assert_eq!(route(Action::Create), list);
    assert_eq!(route(Action::Delete), format!("{list}/7"));
}

#[test]
fn the_types_are_those_that_the_server_tells() {
    let server = json!({"providers": {"identity-provider-mapper": {"providers": {"a-mapper": {}, "b-mapper": {}}}}});
    assert_eq!(wire::types(&server).into_iter().collect::<Vec<_>>(), ["a-mapper", "b-mapper"]);
    assert!(wire::types(&json!({})).is_empty());
}
