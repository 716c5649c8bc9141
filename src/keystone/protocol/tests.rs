//! Protocols as they are sent.

use serde_json::json;

use super::*;
use crate::model::address::KeystoneKind;
use crate::model::step::Action;

#[test]
fn every_change_names_the_mapping() {
    let address = Address::keystone(KeystoneKind::Protocol, ["keycloak", "openid"]);
    let step = Step {
        requires: vec![provider_of(&address), Address::mapping("projects")],
        ..Step::of(&Protocol::bare(address), Action::Update)
    };
    let request = Protocol::write(&step, &Ids::new()).unwrap();
    assert_eq!((request.method.as_str(), request.body), ("PATCH", Body::Beside(json!({"mapping_id": "projects"}))));
    let route = "/v3/OS-FEDERATION/identity_providers/keycloak/protocols/openid";
    assert_eq!(request.route.to_string(), route);
}
