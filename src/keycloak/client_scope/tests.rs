//! Client scopes in the operator's words and in the server's.

use serde_json::json;

use super::*;
use crate::model::step::Action;
use crate::resource::Body;

#[test]
fn a_scope_is_shown_without_mappers_and_with_what_is_on() {
    let body = json!({"name": "s", "attributes": {"gui.order": "1"}, "protocolMappers": [{"name": "m"}]});
    let attributes = json!({"gui.order": "1", "display.on.consent.screen": "true", "include.in.token.scope": "true"});
    assert_eq!(ClientScope::normalise(body), json!({"name": "s", "attributes": attributes}));
    let off = json!({"attributes": {"display.on.consent.screen": "false", "include.in.token.scope": ""}});
    assert_eq!(ClientScope::normalise(off.clone()), off);
}

#[test]
fn a_change_names_the_scope_since_the_server_wants_that() {
    let address = Address::keycloak("pod", KeycloakKind::ClientScope, ["s"]);
    let step = Step::of(&ClientScope::bare(address.clone()), Action::Update);
    let request = ClientScope::write(&step, &Ids::from([(address, "1".to_owned())])).unwrap();
    assert_eq!(request.route.to_string(), "/admin/realms/pod/client-scopes/1");
    assert_eq!(request.body, Body::Changed { echo: &["name"] });
    assert!(ClientScope::write(&step, &Ids::new()).is_err());
}

#[test]
fn a_scope_of_another_protocol_is_not_taken_for_one_of_ours() {
    let wanted = |ensure| Wanted {
        ensure,
        ..Wanted::entity(Address::keycloak("pod", KeycloakKind::ClientScope, ["role_list"]))
    };
    let body = json!({"name": "role_list", "protocol": "saml"});
    let problem = of_another_protocol(&wanted(Ensure::Required), &body).unwrap();
    assert!(problem.message.contains("`saml`"), "{}", problem.message);
    assert_eq!(of_another_protocol(&wanted(Ensure::Any), &body), None);
    assert_eq!(of_another_protocol(&wanted(Ensure::Present), &json!({"protocol": "openid-connect"})), None);
}

#[test]
fn what_comes_with_a_new_realm_is_not_made() {
    let address = Address::keycloak("pod", KeycloakKind::ClientScope, ["email"]);
    let plain = Wanted::entity(address.clone());
    let own = Wanted::entity(Address::keycloak("pod", KeycloakKind::ClientScope, ["own"]));
    let field = Field {
        word: "description".to_owned(),
        path: Path::new(["description"]),
        spelling: Spelling::Same,
        want: Want::Is(Value::Json("x".into())),
        source: None,
    };
    let changed = Wanted { fields: vec![field], ..plain.clone() };
    let found = |wanted: &[&Wanted]| {
        let mut found = Found::default();
        let ask = Ask { wanted: wanted.to_vec(), realm_is_missing: true, ..Ask::default() };
        comes_with_the_realm(&ask, &mut found);
        found
    };
    let adapted = found(&[&plain, &own]).adapted;
    assert_eq!(adapted, [Wanted { ensure: Ensure::Required, ..plain }]);
    assert!(found(&[&changed]).problems[0].message.contains("`description`"));
}

#[test]
fn each_scope_of_a_new_realm_is_known_with_its_mappers() {
    assert!(built_in_names().all(is_built_in) && !is_built_in("projects"));
    assert!(is_mapper_built_in("basic", "sub") && !is_mapper_built_in("email", "sub"));
    let types = ["email", "phone", "role_list"].map(built_in_type);
    assert_eq!(types, [Some(ClientType::Default), Some(ClientType::Optional), None]);
}
