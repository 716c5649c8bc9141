//! What has been proposed has no changes left, and nothing outside the changed paths has moved.

use std::collections::BTreeSet;
use std::convert::Infallible;
use std::sync::Arc;

use proptest::prelude::*;
use serde_json::json;

use super::overlay::{Edit, Shown, changes, propose, shown};
use super::standing::{Standing, standing};
use super::*;
use crate::model::Json;
use crate::model::address::Address;
use crate::model::change::Change;
use crate::model::path::Path;
use crate::model::source::{File, Source};
use crate::model::spelling::Spelling;
use crate::model::value::{Key, Keys, Owned, Value};
use crate::model::wanted::{Ensure, Field, Want};
use crate::secret::{Secret, SecretRef};

fn field(path: &[&str], want: Want) -> Field {
    let word = path.join(".");
    Field { word, path: Path::new(path.iter().copied()), spelling: Spelling::Same, want, source: None }
}

fn is(path: &[&str], value: Json) -> Field {
    field(path, Want::Is(Value::Json(value)))
}

fn grants(owned: &[&str], items: &[&str]) -> Field {
    let owned = Owned::Keys(Keys::new(&Arc::default(), owned.iter().map(|key| (*key).to_owned())));
    let items = items.iter().map(|item| Value::Json(json!(item))).collect();
    field(&["attributes", "project"], Want::Items { by: Key::Grant, owned, items })
}

fn wanted(fields: Vec<Field>) -> Wanted {
    Wanted { fields, ..Wanted::entity(Address::domain("x")) }
}

fn live(body: Json) -> Live {
    Live { id: Some("1".to_owned()), body }
}

/// The document after the changes have been written to it.
fn written(wanted: &Wanted, live: Option<&Live>) -> Json {
    let ids = Ids::new();
    let changes = changes(wanted, live, &ids);
    let secret = |_: &SecretRef| Ok::<_, Infallible>(Secret::new("canary".to_owned()));
    let edits: Vec<Edit<'_>> =
        changes.iter().map(|change| Edit::of(change, &ids, secret, |_| None).map_err(|_| "edit").unwrap()).collect();
    propose(live.map_or_else(|| json!({}), |live| live.body.clone()), &edits)
}

const READER: &str = r#"{"domain":{"name":"Default"},"name":"acme","roles":[{"name":"reader"}]}"#;
const READER_SPACED: &str = r#"{ "name": "acme", "roles": [ {"name": "reader"} ], "domain": {"name": "Default"} }"#;
const MEMBER: &str = r#"{"domain":{"name":"Default"},"name":"acme","roles":[{"name":"member"}]}"#;
const OTHER: &str = r#"{"domain":{"name":"Default"},"name":"other","roles":[{"name":"admin"}]}"#;

#[test]
fn a_missing_entity_is_created_unless_it_must_exist() {
    let present = wanted(vec![is(&["name"], json!("x"))]);
    let step = diff(&present, None, &Ids::new()).unwrap().unwrap();
    assert_eq!((step.action, step.fields.len()), (Action::Create, 1));
    let existing = Wanted { ensure: Ensure::Existing, ..present };
    assert_eq!(diff(&existing, None, &Ids::new()).unwrap_err().message, "does not exist");
}

#[test]
fn a_document_is_never_created() {
    let document = Wanted { shape: Shape::Document, ..wanted(vec![]) };
    assert!(diff(&document, None, &Ids::new()).is_err());
    assert_eq!(diff(&document, Some(&live(json!({}))), &Ids::new()).unwrap(), None);
}

#[test]
fn what_is_absent_from_the_spec_is_neither_compared_nor_written() {
    let wanted = wanted(vec![is(&["enabled"], json!(true))]);
    let found = live(json!({"enabled": false, "foreign": {"kept": [1, 2]}}));
    assert_eq!(written(&wanted, Some(&found)), json!({"enabled": true, "foreign": {"kept": [1, 2]}}));
}

#[test]
fn an_empty_text_is_as_good_as_none() {
    let wanted = wanted(vec![is(&["description"], json!(""))]);
    for body in [json!({}), json!({"description": null}), json!({"description": ""})] {
        assert_eq!(changes(&wanted, Some(&live(body)), &Ids::new()), []);
    }
}

#[test]
fn secrets_identities_and_initial_values_are_sent_at_creation_only() {
    let wanted = wanted(vec![
        field(&["name"], Want::Identity(Value::Json(json!("x")))),
        field(&["protocol"], Want::Once(Value::Json(json!("oidc")))),
        Field { spelling: Spelling::Password, ..field(&["credentials"], Want::Secret(SecretRef::Env("P".to_owned()))) },
    ]);
    assert_eq!(changes(&wanted, Some(&live(json!({}))), &Ids::new()), []);
    let password = json!([{"type": "password", "value": "canary", "temporary": false}]);
    assert_eq!(written(&wanted, None), json!({"name": "x", "protocol": "oidc", "credentials": password}));
}

#[test]
fn another_spelling_of_a_grant_is_no_change() {
    let wanted = wanted(vec![grants(&["Default/acme"], &[READER])]);
    let found = live(json!({"attributes": {"project": [OTHER, READER_SPACED]}}));
    assert_eq!(changes(&wanted, Some(&found), &Ids::new()), []);
}

#[test]
fn grants_that_are_not_ours_survive_verbatim_and_in_place() {
    let wanted = wanted(vec![grants(&["Default/acme"], &[MEMBER])]);
    let found = live(json!({"attributes": {"project": [OTHER, READER, "no grant"], "phone": ["1"]}}));
    let expected = json!({"attributes": {"project": [OTHER, MEMBER, "no grant"], "phone": ["1"]}});
    assert_eq!(written(&wanted, Some(&found)), expected);
}

#[test]
fn a_grant_that_stands_twice_is_written_once() {
    let wanted = wanted(vec![grants(&["Default/acme"], &[READER])]);
    let found = live(json!({"attributes": {"project": [READER, READER_SPACED]}}));
    assert_eq!(written(&wanted, Some(&found)), json!({"attributes": {"project": [READER]}}));
}

#[test]
fn a_grant_with_words_that_keystone_refuses_is_put_right() {
    let described = r#"{"domain":{"name":"Default"},"name":"acme","description":"x","roles":[{"name":"reader"}]}"#;
    let wanted = wanted(vec![grants(&["Default/acme"], &[READER])]);
    let found = live(json!({"attributes": {"project": [described]}}));
    assert_eq!(written(&wanted, Some(&found)), json!({"attributes": {"project": [READER]}}));
}

#[test]
fn a_value_that_is_listed_twice_is_one() {
    let list = Want::Items {
        by: Key::Whole,
        owned: Owned::All,
        items: vec![Value::Json(json!("a")), Value::Json(json!("a"))],
    };
    let wanted = wanted(vec![field(&["tags"], list)]);
    assert_eq!(written(&wanted, None), json!({"tags": ["a"]}));
    assert_eq!(changes(&wanted, Some(&live(json!({"tags": ["a"]}))), &Ids::new()), []);
}

#[test]
fn an_owned_key_without_an_item_goes() {
    let wanted = wanted(vec![grants(&["Default/acme"], &[])]);
    let found = live(json!({"attributes": {"project": [READER, OTHER]}}));
    assert_eq!(written(&wanted, Some(&found)), json!({"attributes": {"project": [OTHER]}}));
}

#[test]
fn an_empty_value_list_of_a_new_object_is_sent() {
    let list = Want::Items { by: Key::Whole, owned: Owned::All, items: vec![] };
    assert_eq!(written(&wanted(vec![field(&["webOrigins"], list)]), None), json!({"webOrigins": []}));
}

#[test]
fn a_step_is_ready_done_or_stale_as_the_server_shows_it() {
    let wanted = wanted(vec![is(&["a"], json!(2)), is(&["b"], json!(2))]);
    let step = diff(&wanted, Some(&live(json!({"a": 1, "b": 1}))), &Ids::new()).unwrap().unwrap();
    let stands = |body: Json| standing(&step, Some(&live(body)), &Ids::new());
    assert_eq!(stands(json!({"a": 1, "b": 1})), Standing::Ready);
    assert_eq!(stands(json!({"a": 2, "b": 1})), Standing::Ready, "half of it is done");
    assert_eq!(stands(json!({"a": 2, "b": 2, "c": 3})), Standing::Done);
    assert_eq!(stands(json!({"a": 3, "b": 1})), Standing::Stale("a has been changed meanwhile".to_owned()));
    assert_eq!(standing(&step, None, &Ids::new()), Standing::Stale("it is gone".to_owned()));
    let replaced = Live { id: Some("2".to_owned()), body: json!({"a": 1, "b": 1}) };
    assert!(matches!(standing(&step, Some(&replaced), &Ids::new()), Standing::Stale(_)));
}

#[test]
fn a_creation_is_done_when_its_object_is_there_as_planned_and_stale_otherwise() {
    let step = diff(&wanted(vec![is(&["a"], json!(1))]), None, &Ids::new()).unwrap().unwrap();
    assert_eq!(standing(&step, None, &Ids::new()), Standing::Ready);
    assert_eq!(standing(&step, Some(&live(json!({"a": 1}))), &Ids::new()), Standing::Done);
    assert!(matches!(standing(&step, Some(&live(json!({"a": 2}))), &Ids::new()), Standing::Stale(_)));
}

#[test]
fn an_owned_grant_that_appears_later_makes_the_plan_stale() {
    let wanted = wanted(vec![grants(&["Default/acme", "Default/other"], &[READER])]);
    let step = diff(&wanted, Some(&live(json!({}))), &Ids::new()).unwrap().unwrap();
    let stands = |values: Json| standing(&step, Some(&live(json!({"attributes": {"project": values}}))), &Ids::new());
    assert_eq!(stands(json!([])), Standing::Ready);
    assert_eq!(stands(json!(["foreign"])), Standing::Ready);
    assert!(matches!(stands(json!([OTHER])), Standing::Stale(_)), "it would have been lost unseen");
}

#[test]
fn an_id_that_is_not_known_is_never_sent() {
    let wanted = wanted(vec![field(&["domain_id"], Want::Identity(Value::Id(Address::domain("x"))))]);
    let changes = changes(&wanted, None, &Ids::new());
    let secret = |_: &SecretRef| Ok::<_, Infallible>(Secret::new(String::new()));
    let error = Edit::of(&changes[0], &Ids::new(), secret, |_| None).err().unwrap();
    assert_eq!(error.to_string(), "the id of keystone/domain/x is not known");
}

#[test]
fn an_item_that_is_an_id_is_that_id_as_soon_as_it_is_known() {
    let realm = Address::domain("realm");
    let list = Want::Items { by: Key::Whole, owned: Owned::All, items: vec![Value::Id(realm.clone())] };
    let wanted = wanted(vec![field(&["ids"], list)]);
    let (before, after) = (live(json!({"ids": ["old"]})), live(json!({"ids": ["issuer"]})));
    let known = Ids::from([(realm.clone(), "issuer".to_owned())]);

    let step = diff(&wanted, Some(&before), &Ids::new()).unwrap().unwrap();
    let Change::Items { items, .. } = &step.fields[0].change else { panic!("no items") };
    assert_eq!((items[0].key.as_str(), &items[0].after), ("keystone/domain/realm", &Some(Value::Id(realm))));
    assert_eq!(standing(&step, Some(&before), &Ids::new()), Standing::Ready);
    assert_eq!(standing(&step, Some(&before), &known), Standing::Ready);
    assert_eq!(standing(&step, Some(&after), &known), Standing::Done);
    assert!(matches!(standing(&step, Some(&live(json!({"ids": ["other"]}))), &known), Standing::Stale(_)));
    let secret = |_: &SecretRef| Ok::<_, Infallible>(Secret::new(String::new()));
    let error = Edit::of(&step.fields[0], &Ids::new(), secret, |_| None).err().unwrap();
    assert_eq!(error.to_string(), "the id of keystone/domain/realm is not known");
    let edit = Edit::of(&step.fields[0], &known, secret, |_| None).map_err(|_| "edit").unwrap();
    assert_eq!(propose(before.body.clone(), &[edit]), after.body);

    assert_eq!(diff(&wanted, Some(&after), &known).unwrap(), None);
    let step = diff(&wanted, Some(&before), &known).unwrap().unwrap();
    let Change::Items { items, .. } = &step.fields[0].change else { panic!("no items") };
    assert_eq!(items[0].key, "issuer");
    assert_eq!(standing(&step, Some(&after), &known), Standing::Done);
}

#[test]
fn what_the_server_cannot_change_is_sent_at_creation_and_a_problem_afterwards() {
    let home = Address::domain("home");
    let wanted = wanted(vec![field(&["domain_id"], Want::Fixed(Value::Id(home.clone())))]);
    let known = Ids::from([(home, "1".to_owned())]);
    let step = diff(&wanted, None, &known).unwrap().unwrap();
    assert_eq!((step.action, step.fields.len()), (Action::Create, 1));
    assert_eq!(diff(&wanted, Some(&live(json!({"domain_id": "1"}))), &known).unwrap(), None);
    let problem = diff(&wanted, Some(&live(json!({"domain_id": "2"}))), &known).unwrap_err();
    assert_eq!(problem.message, "has another `domain_id` on the server, which cannot be changed there");
}

#[test]
fn what_the_server_cannot_change_is_shown_where_its_field_is_written() {
    let file = Arc::new(File::new("spec.yaml", ""));
    let place = |line| Some(Source { file: file.clone(), line, column: 1, span: 0..0 });
    let fixed = field(&["domain_id"], Want::Fixed(Value::Json(json!("1"))));
    let line_of = |source| {
        let wanted = Wanted { source: place(1), ..wanted(vec![Field { source, ..fixed.clone() }]) };
        let problem = diff(&wanted, Some(&live(json!({"domain_id": "2"}))), &Ids::new()).unwrap_err();
        problem.source.map(|source| source.line)
    };
    assert_eq!((line_of(place(2)), line_of(None)), (Some(2), Some(1)));
}

fn leaf() -> impl Strategy<Value = Json> {
    prop_oneof![Just(Json::Null), any::<bool>().prop_map(Json::from), "[a-c]{0,2}".prop_map(Json::from)]
}

fn documents() -> impl Strategy<Value = Json> {
    let grants = prop::collection::vec(prop::sample::select(vec![READER, READER_SPACED, MEMBER, OTHER, "x"]), 0..4);
    let leaves = || prop::collection::btree_map("[a-d]", leaf(), 0..4);
    (leaves(), leaves(), grants).prop_map(|(top, inner, grants)| {
        let mut document = json!(top);
        document["inner"] = json!(inner);
        document["attributes"] = json!({"project": grants, "phone": ["1"]});
        document
    })
}

fn wishes() -> impl Strategy<Value = Wanted> {
    let keys = prop::collection::btree_set(prop::sample::select(vec!["Default/acme", "Default/other"]), 0..3);
    let leaves = prop::collection::btree_map(("[a-d]", any::<bool>()), leaf(), 0..5);
    (leaves, keys, any::<bool>()).prop_map(|(leaves, keys, held)| {
        let path = |key: &str, inner: bool| if inner { Path::new(["inner", key]) } else { Path::new([key]) };
        let mut fields: Vec<Field> = leaves
            .into_iter()
            .map(|((key, inner), value)| Field { path: path(&key, inner), ..is(&[], value) })
            .collect();
        let items = if held && keys.contains("Default/acme") { vec![MEMBER] } else { vec![] };
        fields.push(grants(&keys.into_iter().collect::<Vec<_>>(), &items));
        wanted(fields)
    })
}

/// `document` without what `wanted` speaks of.
fn rest(mut document: Json, wanted: &Wanted) -> Json {
    for field in &wanted.fields {
        let value = match &field.want {
            Want::Items { owned, .. } => {
                let values = field.path.get(&document).and_then(Json::as_array).cloned().unwrap_or_default();
                let key =
                    |value: &Json| crate::spec::grant::Grant::parse(value.as_str()?, &Ids::new()).map(|it| it.key());
                let foreign = values.into_iter().filter(|value| key(value).is_none_or(|key| !owned.owns(&key)));
                Json::Array(foreign.collect())
            }
            _ => Json::Null,
        };
        field.path.set(&mut document, value);
    }
    document
}

proptest! {
    #[test]
    fn what_is_proposed_has_no_changes_left_and_moves_nothing_else(document in documents(), wanted in wishes()) {
        let before = live(document.clone());
        let after = live(written(&wanted, Some(&before)));
        prop_assert_eq!(changes(&wanted, Some(&after), &Ids::new()), []);
        prop_assert_eq!(rest(after.body, &wanted), rest(document, &wanted));
    }

    #[test]
    fn what_is_written_stands_done_and_what_is_not_stands_ready(document in documents(), wanted in wishes()) {
        let before = live(document);
        if let Some(step) = diff(&wanted, Some(&before), &Ids::new()).unwrap() {
            let after = live(written(&wanted, Some(&before)));
            prop_assert_eq!(standing(&step, Some(&before), &Ids::new()), Standing::Ready);
            prop_assert_eq!(standing(&step, Some(&after), &Ids::new()), Standing::Done);
            let shows: BTreeSet<_> = step.fields.iter().map(|change| format!("{:?}", shown(change, &after.body, &Ids::new()))).collect();
            prop_assert_eq!(shows, BTreeSet::from([format!("{:?}", Shown::After)]));
        }
    }
}

#[test]
fn an_object_in_a_list_keeps_what_is_not_said_of_it() {
    let item = json!({"name": "a", "kept": 1, "who": ["x", "y"], "rules": {"one": {"max": 1}, "two": {}}});
    let found = live(json!({"list": [{"name": "b"}, item, "c"]}));
    let ask = |owned: &[&str], items: Vec<Json>| {
        let owned = Owned::Keys(owned.iter().map(|key| (*key).to_owned()).collect());
        wanted(vec![field(
            &["list"],
            Want::Items { by: Key::Name, owned, items: items.into_iter().map(Value::Json).collect() },
        )])
    };
    let same = ask(&["a"], vec![json!({"name": "a", "who": ["y", "x"], "rules": {"one": {}}})]);
    assert_eq!(changes(&same, Some(&found), &Ids::new()), []);
    for who in [json!(["x"]), json!(["x", "z"])] {
        let fewer_or_others = ask(&["a"], vec![json!({"name": "a", "who": who})]);
        assert_eq!(changes(&fewer_or_others, Some(&found), &Ids::new()).len(), 1);
    }
    let other = ask(&["a", "b", "d"], vec![json!({"name": "a", "rules": {"one": {"max": 2}}}), json!({"name": "d"})]);
    let expected = json!({"name": "a", "kept": 1, "who": ["x", "y"], "rules": {"one": {"max": 2}, "two": {}}});
    let after = written(&other, Some(&found));
    assert_eq!(after, json!({"list": [expected, "c", {"name": "d"}]}));
    assert_eq!(changes(&other, Some(&live(after)), &Ids::new()), []);
}

#[test]
fn a_secret_that_is_sent_again_is_sent_although_there_is_one() {
    let reference = || SecretRef::Env("S".to_owned());
    let planned =
        |want| changes(&wanted(vec![field(&["secret"], want)]), Some(&live(json!({"secret": "*****"}))), &Ids::new());
    assert_eq!(planned(Want::Secret(reference())), []);
    assert_eq!(planned(Want::Resent(reference()))[0].change, Change::Secret(reference()));
}

#[test]
fn a_secret_that_the_server_shows_is_compared_by_value_and_never_planned() {
    let ask = |value: Option<&str>| {
        let value = value.map(|value| Secret::new(value.to_owned()));
        wanted(vec![field(&["secret"], Want::Known { reference: SecretRef::Env("S".to_owned()), value })])
    };
    let planned = |value, shown: Json| changes(&ask(value), Some(&live(shown)), &Ids::new()).len();
    assert_eq!(planned(Some("canary"), json!({"secret": "canary"})), 0);
    assert_eq!(planned(Some("canary"), json!({"secret": "other"})), 1);
    assert_eq!(planned(Some("canary"), json!({})), 1);
    assert_eq!(planned(Some("canary"), json!({"secret": "*****"})), 0, "what is masked is not known");
    assert_eq!(planned(None, json!({"secret": "other"})), 0, "what has not been read cannot be compared");
    let step = update(&ask(Some("canary")), &live(json!({"secret": "other"})), &Ids::new()).unwrap();
    assert!(!serde_json::to_string(&step).unwrap().contains("canary") && !format!("{step:?}").contains("other"));
    assert_eq!(standing(&step, Some(&live(json!({"secret": "other"}))), &Ids::new()), Standing::Unseen);
}
