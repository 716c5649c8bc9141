//! Clients in the operator's words and in the server's.

use std::sync::Arc;

use serde_json::json;

use super::*;
use crate::model::address::KeycloakKind;
use crate::model::declared::At;
use crate::model::source::{File, Origin, Positions};
use crate::model::step::Action;
use crate::resource::Body;

#[test]
fn a_client_is_shown_without_mappers_in_order_and_with_what_is_false() {
    let body = json!({"attributes": {"post.logout.redirect.uris": "b##a"}, "protocolMappers": [{"name": "m"}]});
    let shown = json!({"attributes": {"post.logout.redirect.uris": "a##b"}, "authorizationServicesEnabled": false});
    assert_eq!(Client::normalise(body), shown);
}

#[test]
fn an_update_echoes_what_the_server_would_switch_off() {
    let address = Address::keycloak("pod", KeycloakKind::Client, ["c"]);
    let step = Step::of(&Client::bare(address.clone()), Action::Update);
    let request = Client::write(&step, &Ids::from([(address.clone(), "1".to_owned())])).unwrap();
    assert_eq!(request.route.to_string(), "/admin/realms/pod/clients/1");
    assert_eq!(
        request.body,
        Body::Changed { echo: &["authorizationServicesEnabled", "serviceAccountsEnabled", "webOrigins"] }
    );
    let error = Client::write(&step, &Ids::new()).unwrap_err();
    assert_eq!(error.to_string(), "the id of keycloak/pod/client/c is not known");
}

#[test]
fn settings_are_compared_leaf_by_leaf_and_attributes_are_texts() {
    let origin = Origin::new(Arc::new(File::new("spec.yaml", "")), Positions::default());
    let Json::Object(settings) = json!({"attributes": {"access.token.lifespan": 300}, "notBefore": 5}) else {
        panic!("no object");
    };
    let fields = settings::fields(&settings, &At::new(&origin, ""));
    let leaves: Vec<_> = fields.iter().map(|field| (field.path.to_string(), format!("{:?}", field.want))).collect();
    assert_eq!(
        leaves,
        [
            ("attributes.access.token.lifespan".to_owned(), r#"Is(Json(String("300")))"#.to_owned()),
            ("notBefore".to_owned(), "Is(Json(Number(5)))".to_owned()),
        ]
    );
}

#[test]
fn a_client_brings_its_service_account_when_its_flag_is_turned_on() {
    let account: Address = "keycloak/pod/service-account/c".parse().unwrap();
    let step = |action, path: &str, on: bool| {
        let change = crate::model::change::Change::Value { before: None, after: Value::Json(on.into()) };
        let field = crate::model::change::FieldChange {
            word: "x".to_owned(),
            path: Path::new([path]),
            spelling: Spelling::Same,
            change,
        };
        let address = Address::keycloak("pod", KeycloakKind::Client, ["c"]);
        Step { fields: vec![field], ..Step::of(&Client::bare(address), action) }
    };
    let flag = "serviceAccountsEnabled";
    assert!(Client::brings(&step(Action::Create, flag, true), &account));
    assert!(Client::brings(&step(Action::Update, flag, true), &account));
    assert!(!Client::brings(&step(Action::Update, flag, false), &account));
    assert!(!Client::brings(&step(Action::Create, "enabled", true), &account));
    let other: Address = "keycloak/other/service-account/c".parse().unwrap();
    assert!(!Client::brings(&step(Action::Create, flag, true), &other));
}
