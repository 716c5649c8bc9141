//! What the server protects is found and left alone.

use serde_json::json;

use super::*;
use crate::model::address::Address;
use crate::model::spelling::Spelling;
use crate::model::value::Value;
use crate::model::wanted::{Field, Want};

fn asked(ensure: Ensure, fields: &[(&[&str], Json)]) -> Wanted {
    let field = |(path, value): &(&[&str], Json)| Field {
        word: path.join("."),
        path: Path::new(path.iter().copied()),
        spelling: Spelling::Same,
        want: Want::Is(Value::Json(value.clone())),
        source: None,
    };
    Wanted { ensure, fields: fields.iter().map(field).collect(), ..Wanted::entity(Address::role("member")) }
}

fn message(wanted: &Wanted, immutable: bool) -> Option<String> {
    let body = json!({"description": null, "options": {"immutable": immutable}});
    problem(wanted, &Live { id: Some("1".to_owned()), body }).map(|problem| problem.message)
}

#[test]
fn what_is_protected_is_found() {
    assert_eq!(message(&asked(Ensure::Present, &[]), true), None);
    let nothing_new = asked(Ensure::Existing, &[(&["description"], json!(""))]);
    assert_eq!(message(&nothing_new, true), None, "no text is as good as an empty one");
    assert_eq!(message(&asked(Ensure::Any, &[]), true), None);
}

#[test]
fn what_is_protected_is_neither_changed_nor_deleted() {
    let changed = asked(Ensure::Present, &[(&["description"], json!("ours"))]);
    assert!(message(&changed, true).is_some_and(|message| message.ends_with("its `description` is not changed")));
    assert!(message(&asked(Ensure::Absent, &[]), true).is_some_and(|message| message.ends_with("is not deleted")));
    assert_eq!(message(&changed, false), None);
}

#[test]
fn an_option_that_is_not_set_is_as_good_as_false() {
    for body in [json!({}), json!({"options": {}}), json!({"options": {"immutable": null}})] {
        assert_eq!(normalise(body), json!({"options": {"immutable": false}}));
    }
    assert_eq!(normalise(json!({"options": {"immutable": true}})), json!({"options": {"immutable": true}}));
}

#[test]
fn the_protection_alone_can_be_taken_away() {
    let unprotected = asked(Ensure::Present, &[(&PATH, json!(false))]);
    assert_eq!(message(&unprotected, true), None);
    let with_more = asked(Ensure::Present, &[(&PATH, json!(false)), (&["description"], json!("ours"))]);
    assert!(message(&with_more, true).is_some());
}
