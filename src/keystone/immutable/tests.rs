//! What the server protects is found and left alone.

use serde_json::json;

use super::*;
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

fn protected(immutable: bool) -> Live {
    Live { id: Some("1".to_owned()), body: json!({"description": null, "options": {"immutable": immutable}}) }
}

fn found_way(wanted: &Wanted) -> Way {
    way(wanted, &protected(true), &Ids::new())
}

#[test]
fn what_is_not_changed_stays_protected() {
    assert_eq!(found_way(&asked(Ensure::Present, &[])), Way::Clear);
    let nothing_new = asked(Ensure::Existing, &[(&["description"], json!(""))]);
    assert_eq!(found_way(&nothing_new), Way::Clear, "no text is as good as an empty one");
    assert_eq!(found_way(&asked(Ensure::Any, &[])), Way::Clear);
    assert_eq!(found_way(&asked(Ensure::Present, &[(&PATH, json!(false))])), Way::Clear, "that is one step");
    assert_eq!(found_way(&asked(Ensure::Present, &[(&PATH, json!(true))])), Way::Clear);
}

#[test]
fn what_changes_is_unlocked_first_where_the_spec_says_what_the_protection_shall_be() {
    let change: (&[&str], Json) = (&["description"], json!("ours"));
    for declared in [true, false] {
        assert_eq!(found_way(&asked(Ensure::Present, &[change.clone(), (&PATH, json!(declared))])), Way::Unlock);
    }
    let Way::Barred(message, _) = found_way(&asked(Ensure::Present, &[change])) else { panic!("nobody would lock it") };
    assert!(message.ends_with("its `description` is not changed"), "{message}");
}

#[test]
fn what_goes_is_unlocked_first_unless_it_shall_be_protected() {
    let project = Wanted { address: Address::project("z", "a"), ..asked(Ensure::Absent, &[]) };
    assert_eq!(found_way(&project), Way::Unlock);
    assert!(matches!(found_way(&asked(Ensure::Absent, &[])), Way::Barred(..)), "a role must be said to");
    assert_eq!(found_way(&asked(Ensure::Absent, &[(&PATH, json!(false))])), Way::Unlock);
    assert!(matches!(found_way(&asked(Ensure::Absent, &[(&PATH, json!(true))])), Way::Barred(..)));
}

#[test]
fn only_what_is_protected_is_unlocked() {
    let wanted = asked(Ensure::Absent, &[(&PATH, json!(false))]);
    let ask = Ask { wanted: vec![&wanted], ..Ask::default() };
    for (immutable, firsts) in [(false, 0), (true, 1)] {
        let found = Found { live: [(wanted.address.clone(), protected(immutable))].into(), ..Found::default() };
        let settled = settle(&ask, &found);
        assert_eq!((settled.first.len(), settled.problems.len()), (firsts, 0));
    }
}

#[test]
fn an_option_that_is_not_set_is_as_good_as_false() {
    for body in [json!({}), json!({"options": {}}), json!({"options": {"immutable": null}})] {
        assert_eq!(normalise(body), json!({"options": {"immutable": false}}));
    }
    assert_eq!(normalise(json!({"options": {"immutable": true}})), json!({"options": {"immutable": true}}));
}
