//! Identity providers: what is shown in several ways is one, and what goes is asked after.

use serde_json::json;

use super::*;

#[test]
fn what_is_off_is_shown_so_and_scopes_have_no_order() {
    let shown = |scopes: &str| {
        IdentityProvider::normalise(json!({"alias": "company", "trustEmail": true, "config": {"defaultScope": scopes}}))
    };
    let body = shown("openid  profile email");
    assert_eq!(body, shown("email openid profile"));
    assert_eq!((&body["trustEmail"], &body["linkOnly"]), (&json!(true), &json!(false)));
    assert_eq!(body["config"]["validateSignature"], json!("false"));
    assert_eq!(IdentityProvider::normalise(json!([1])), json!([1]));
}

#[test]
fn what_the_server_does_not_know_is_named_with_what_it_knows() {
    let server = json!({"identityProviders": [{"id": "oidc"}, {"id": "saml"}, {}]});
    let known = wire::types(&server);
    let address = Address::keycloak("pod", KeycloakKind::IdentityProvider, ["company"]);
    let wanted = |provider: &str| {
        let field = Field {
            word: "type".to_owned(),
            path: Path::new([wire::PROVIDER]),
            spelling: Spelling::Same,
            want: Want::Fixed(Value::Json(provider.into())),
            source: None,
        };
        Wanted { fields: vec![field], ..Wanted::entity(address.clone()) }
    };
    let told = |provider: &str, known: &BTreeSet<String>| {
        let wanted = wanted(provider);
        without(&asked(&[&wanted], &[wire::PROVIDER]), known, "no type")
    };
    assert_eq!(told("odic", &BTreeSet::new()), [], "nothing is told of what there is");
    let problems = |provider: &str| told(provider, &known);
    assert_eq!(problems("oidc"), []);
    let told = problems("odic");
    assert_eq!((told[0].message.as_str(), told[0].hint.as_deref()), ("no type `odic`", Some("there are oidc, saml")));
}
