//! Which list a scope is in, what it leaves first, and how that is sent.

use super::*;
use crate::model::source::Source;
use crate::model::step::{Action, Part};
use crate::shape::diff;

fn address(names: &str) -> Address {
    format!("keycloak/pod/assigned-scope/{names}").parse().unwrap()
}

fn wanted(names: &str, ensure: Ensure, assigned: ClientType) -> Wanted {
    let field = Field {
        word: "type".to_owned(),
        path: path(),
        spelling: Spelling::Same,
        want: Want::Is(Value::Json(wire::word(assigned).into())),
        source: None::<Source>,
    };
    Wanted { ensure, fields: vec![field], ..AssignedScope::bare(address(names)) }
}

/// The request of a step; every thing that is required has its name for an id.
fn sent(step: &Step) -> String {
    let ids = AssignedScope::bare(step.address.clone()).requires;
    let ids = ids.into_iter().map(|address| (address.clone(), address.name().to_uppercase())).collect();
    let request = AssignedScope::write(step, &ids).unwrap();
    format!("{} {}", request.method, request.route).replace("/admin/realms/pod/", "")
}

#[test]
fn it_is_part_of_its_client_or_of_the_realm_and_requires_its_scope() {
    let of = |names: &str| {
        let Wanted { requires, document, .. } = AssignedScope::bare(address(names));
        let requires: Vec<String> = requires.iter().map(Address::to_string).collect();
        format!("{document}: {}", requires.join(" "))
    };
    assert_eq!(of("app/email"), "keycloak/pod/client/app: keycloak/pod/client/app keycloak/pod/client-scope/email");
    assert_eq!(of("email"), "keycloak/pod/realm: keycloak/pod/client-scope/email");
    assert!(is_of_realm(&address("email")) && !is_of_realm(&address("app/email")));
}

#[test]
fn what_is_in_no_list_comes_to_the_one_that_is_asked_for() {
    let step =
        |names: &str, assigned| diff(&wanted(names, Ensure::Present, assigned), None, &Ids::new()).unwrap().unwrap();
    assert_eq!(sent(&step("app/email", ClientType::Default)), "PUT clients/APP/default-client-scopes/EMAIL");
    assert_eq!(sent(&step("app/email", ClientType::Optional)), "PUT clients/APP/optional-client-scopes/EMAIL");
    assert_eq!(sent(&step("email", ClientType::Default)), "PUT default-default-client-scopes/EMAIL");
    assert_eq!(sent(&step("email", ClientType::Optional)), "PUT default-optional-client-scopes/EMAIL");
}

#[test]
fn what_is_in_the_other_list_leaves_that_first() {
    let asked = wanted("app/email", Ensure::Present, ClientType::Default);
    assert_eq!(leaves(&asked, ClientType::Default), None);
    let there = live(ClientType::Optional);
    let first = leaves(&asked, ClientType::Optional).unwrap().wanted;
    let first = diff(&first, Some(&there), &Ids::new()).unwrap().unwrap();
    assert_eq!(
        (first.action, sent(&first)),
        (Action::Update, "DELETE clients/APP/optional-client-scopes/EMAIL".to_owned())
    );
    let nowhere = crate::shape::overlay::foreseen(&there, &first.fields, &Ids::new());
    let then = diff(&asked, Some(&nowhere), &Ids::new()).unwrap().unwrap();
    assert_eq!((then.action, sent(&then)), (Action::Update, "PUT clients/APP/default-client-scopes/EMAIL".to_owned()));
    for ensure in [Ensure::Absent, Ensure::Any] {
        assert_eq!(leaves(&wanted("app/email", ensure, ClientType::Default), ClientType::Optional), None);
    }
}

#[test]
fn between_both_steps_it_is_nowhere_and_nothing_is_stale() {
    use crate::shape::standing::{Standing, standing};
    let asked = wanted("app/email", Ensure::Present, ClientType::Default);
    let there = live(ClientType::Optional);
    let first = leaves(&asked, ClientType::Optional).unwrap().wanted;
    let first = diff(&first, Some(&there), &Ids::new()).unwrap().unwrap();
    let nowhere = crate::shape::overlay::foreseen(&there, &first.fields, &Ids::new());
    let then = diff(&asked, Some(&nowhere), &Ids::new()).unwrap().unwrap();
    let first = Step { part: Part::First { before: vec![] }, ..first };
    let then = Step { part: Part::Last, ..then };
    let stands = |step: &Step, is: Option<ClientType>| standing(step, is.map(live).as_ref(), &Ids::new());
    assert_eq!(stands(&first, Some(ClientType::Optional)), Standing::Ready);
    assert_eq!((stands(&first, None), stands(&then, None)), (Standing::Done, Standing::Ready));
    assert_eq!(stands(&then, Some(ClientType::Default)), Standing::Done);
    assert!(matches!(stands(&first, Some(ClientType::Default)), Standing::Stale(_)));
    let alone = Step { part: Part::Only, ..then };
    assert!(matches!(stands(&alone, None), Standing::Stale(_)), "a thing that is gone");
}

#[test]
fn what_shall_not_be_there_goes_whichever_list_it_is_in() {
    let step =
        diff(&wanted("app/email", Ensure::Absent, ClientType::Default), Some(&live(ClientType::Optional)), &Ids::new());
    assert_eq!(sent(&step.unwrap().unwrap()), "DELETE clients/APP/default-client-scopes/EMAIL");
}

#[test]
fn a_clients_document_shows_both_lists() {
    let body = serde_json::json!({"defaultClientScopes": ["a", "b"], "optionalClientScopes": ["c"]});
    let types: Vec<_> =
        wire::of_client(&body).into_iter().map(|(name, is)| format!("{name} {}", wire::word(is))).collect();
    assert_eq!(types, ["a default", "b default", "c optional"]);
}
