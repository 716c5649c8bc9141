//! Protocols as they are sent.

use serde_json::json;

use super::*;
use crate::model::address::KeystoneKind;
use crate::model::step::{Action, Part};

#[test]
fn every_change_names_the_mapping() {
    let address = Address::keystone(KeystoneKind::Protocol, ["keycloak", "openid"]);
    let step = Step {
        address: address.clone(),
        action: Action::Update,
        part: Part::Only,
        fields: vec![],
        requires: vec![provider_of(&address), Address::mapping("projects")],
        document: address,
        id: Some("openid".to_owned()),
        renamed_from: None,
        source: None,
    };
    let request = Protocol::write(&step, &Ids::new()).unwrap();
    assert_eq!((request.method.as_str(), request.body), ("PATCH", Body::Beside(json!({"mapping_id": "projects"}))));
    let route = "/v3/OS-FEDERATION/identity_providers/keycloak/protocols/openid";
    assert_eq!(request.route.to_string(), route);
}
