//! Statements about one object merge, whoever makes them and in whichever order.

use serde_json::json;

use super::*;
use crate::model::path::Path;
use crate::model::spelling::Spelling;
use crate::model::value::Value;
use crate::secret::SecretRef;

fn statement(fields: Vec<Field>) -> Wanted {
    Wanted { fields, ..Wanted::entity(Address::domain("x")) }
}

fn field(word: &str, want: Want) -> Field {
    Field { word: word.to_owned(), path: Path::new([word]), spelling: Spelling::Same, want, source: None }
}

fn merged(statements: Vec<Wanted>) -> Wanted {
    let mut diagnostics = Diagnostics::new();
    let merged = merge(statements, &mut diagnostics);
    assert!(diagnostics.is_empty());
    merged.into_iter().next().unwrap()
}

#[test]
fn disjoint_and_equal_statements_merge() {
    let is = |value| Want::Is(Value::Json(json!(value)));
    let one = statement(vec![field("a", is(1)), field("b", is(2))]);
    let two = statement(vec![field("b", is(2)), field("c", is(3))]);
    let words = |wanted: Wanted| wanted.fields.into_iter().map(|field| field.word).collect::<Vec<_>>();
    assert_eq!(words(merged(vec![one, two])), ["a", "b", "c"]);
}

#[test]
fn a_declared_value_wins_over_an_initial_one_in_either_order() {
    let once = || statement(vec![field("enabled", Want::Once(Value::Json(json!(true))))]);
    let is = || statement(vec![field("enabled", Want::Is(Value::Json(json!(false))))]);
    for statements in [vec![once(), is()], vec![is(), once()]] {
        assert_eq!(merged(statements).fields[0].want, Want::Is(Value::Json(json!(false))));
    }
}

#[test]
fn whoever_says_present_is_heard() {
    let existing = || Wanted { ensure: Ensure::Existing, ..statement(vec![]) };
    assert_eq!(merged(vec![existing(), existing()]).ensure, Ensure::Existing);
    assert_eq!(merged(vec![existing(), statement(vec![])]).ensure, Ensure::Present);
}

#[test]
fn what_is_managed_is_not_verified_too() {
    let is = |value| Want::Is(Value::Json(json!(value)));
    let managed = || statement(vec![field("a", is(1))]);
    let verified = |fields| statement(fields).verified();
    let mut diagnostics = Diagnostics::new();
    let both = merge(vec![verified(vec![field("a", is(1)), field("b", is(2))]), managed()], &mut diagnostics);
    let words: Vec<_> = both.iter().map(|wanted| (wanted.mode, wanted.fields[0].word.as_str())).collect();
    assert_eq!(words, [(Mode::Manage, "a"), (Mode::Verify, "b")]);
    assert_eq!(merge(vec![verified(vec![field("a", is(1))]), managed()], &mut diagnostics).len(), 1);
    let of_another_field = verified(vec![field("b", is(1))]);
    assert_eq!(merge(vec![of_another_field, managed()], &mut diagnostics).len(), 2);
    assert!(diagnostics.is_empty());
}

#[test]
fn a_secret_that_is_said_wins_over_one_that_the_server_would_make() {
    let known = Want::Known { reference: SecretRef::Env("S".to_owned()), value: None };
    let generated = || statement(vec![field("secret", Want::Generated)]);
    let said = || statement(vec![field("secret", known.clone())]);
    for statements in [vec![generated(), said()], vec![said(), generated()]] {
        assert_eq!(merged(statements).fields[0].want, known);
    }
}

#[test]
fn what_either_statement_requires_is_required_once() {
    let [one, two] = ["1", "2"].map(Address::domain);
    let requiring = |requires: &[&Address]| Wanted {
        requires: requires.iter().map(|address| (*address).clone()).collect(),
        ..statement(vec![])
    };
    assert_eq!(merged(vec![requiring(&[&one]), requiring(&[&one, &two])]).requires, [one, two]);
}

#[test]
fn an_initial_value_contradicts_no_declared_one() {
    let mut declared = Want::Is(Value::Json(json!(1)));
    assert_eq!(join_want(&mut declared, &Want::Once(Value::Json(json!(2)))), Ok(()));
    assert_eq!(declared, Want::Is(Value::Json(json!(1))));
}

#[test]
fn whole_lists_are_equal_in_whatever_order() {
    let list = |items: &[&str]| {
        let items = items.iter().map(|item| Value::Json(json!(item))).collect();
        Want::Items { by: Key::Whole, owned: Owned::All, items }
    };
    let joined = |other: &[&str]| join_want(&mut list(&["a", "b"]), &list(other));
    assert_eq!(joined(&["b", "a"]), Ok(()));
    for other in [&["a"][..], &["a", "b", "c"], &["a", "c"]] {
        assert_eq!(joined(other), Err(String::new()));
    }
}

#[test]
fn objects_in_lists_contradict_each_other_under_one_name() {
    let list = |items: &[(&str, i32)]| {
        let items = items.iter().map(|(name, max)| Value::Json(json!({"name": name, "max": max}))).collect();
        Want::Items { by: Key::Name, owned: Owned::Keys(["a".to_owned()].into_iter().collect()), items }
    };
    let joined = |other: &[(&str, i32)]| join_want(&mut list(&[("b", 1), ("a", 1)]), &list(other));
    assert_eq!(joined(&[("a", 1)]), Ok(()));
    assert_eq!(joined(&[("b", 1), ("a", 2)]), Err(" on a".to_owned()));
}
