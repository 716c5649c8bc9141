//! Remote ids have one owner and a longest length; who gives one up comes before who gets it.

use serde_json::json;

use super::*;
use crate::model::address::KeycloakKind;
use crate::model::wanted::Field;

fn realm() -> Address {
    Address::keycloak("pod", KeycloakKind::Realm, [])
}

fn asked(id: &str, remote_ids: Vec<Value>) -> Wanted {
    let want = Want::Items { by: Key::Whole, owned: Owned::All, items: remote_ids };
    let path = Path::new([REMOTE_IDS]);
    let field = Field { word: "remoteIds".to_owned(), path, spelling: Spelling::Same, want, source: None };
    Wanted { fields: vec![field], ..IdentityProvider::bare(Address::identity_provider(id)) }
}

fn text(id: &str) -> Value {
    Value::Json(id.into())
}

/// Providers with their remote ids, and the realm with its issuer.
fn seen(providers: &[(&str, &[&str])], issuer: &str) -> Found {
    let mut found = Found::default();
    for (id, remote_ids) in providers {
        let body = json!({"remote_ids": remote_ids});
        found.live.insert(Address::identity_provider(id), Live { id: Some((*id).to_owned()), body });
    }
    found.live.insert(realm(), Live { id: Some(issuer.to_owned()), body: json!({}) });
    found
}

fn messages(wanted: &[Wanted], found: &Found) -> Vec<String> {
    let settled = IdentityProvider::settle(&Ask { wanted: wanted.iter().collect(), ..Ask::default() }, found);
    settled.problems.into_iter().map(|problem| problem.message).collect()
}

#[test]
fn who_gives_a_remote_id_up_comes_before_who_gets_it() {
    let found = seen(&[("old", &["https://a", "https://b"]), ("new", &[])], "https://a");
    let wanted = [asked("new", vec![Value::Id(realm())]), asked("old", vec![text("https://b")])];
    let settled = IdentityProvider::settle(&Ask { wanted: wanted.iter().collect(), ..Ask::default() }, &found);
    assert!(settled.problems.is_empty());
    let [new] = settled.adapted.as_slice() else { panic!("one is adapted") };
    assert_eq!((new.address.name(), new.requires.as_slice()), ("new", [Address::identity_provider("old")].as_slice()));
}

#[test]
fn a_remote_id_of_a_provider_that_keeps_it_is_told_with_its_owner() {
    let found = seen(&[("old", &["https://a"])], "https://a");
    let told = ["its remote id `https://a` belongs to keystone/identity-provider/old"];
    assert_eq!(messages(&[asked("new", vec![Value::Id(realm())])], &found), told);
}

/// Who gives up first, what it has then, and before whom.
fn first(wanted: &[Wanted], found: &Found) -> Vec<(String, Vec<String>, Vec<String>)> {
    let settled = IdentityProvider::settle(&Ask { wanted: wanted.iter().collect(), ..Ask::default() }, found);
    assert_eq!(settled.problems, []);
    let kept = |wanted: &Wanted| match wanted.fields.as_slice() {
        [Field { want: Want::Items { items, .. }, .. }] => items.iter().map(|item| format!("{item:?}")).collect(),
        other => panic!("{other:?}"),
    };
    let names = |addresses: &[Address]| addresses.iter().map(|address| address.name().to_owned()).collect();
    settled
        .first
        .iter()
        .map(|first| (first.wanted.address.name().to_owned(), kept(&first.wanted), names(&first.before)))
        .collect()
}

#[test]
fn a_provider_that_goes_gives_its_remote_id_up_first() {
    let found = seen(&[("old", &["https://a"])], "https://a");
    let absent = Wanted { ensure: Ensure::Absent, ..asked("old", vec![]) };
    let told = first(&[asked("new", vec![Value::Id(realm())]), absent], &found);
    let nobody = format!("{:?}", text("urn:opcp-provision:nobody"));
    assert_eq!(told, [("old".to_owned(), vec![nobody], vec!["new".to_owned()])]);
}

#[test]
fn of_providers_that_wait_for_each_other_one_gives_up_first() {
    let found = seen(&[("a", &["https://a", "https://x"]), ("b", &["https://b"]), ("c", &["https://c"])], "");
    let wanted =
        [asked("a", vec![text("https://b")]), asked("b", vec![text("https://c")]), asked("c", vec![text("https://a")])];
    let told = first(&wanted, &found);
    assert_eq!(told, [("a".to_owned(), vec![format!("{:?}", text("https://x"))], vec!["c".to_owned()])]);
    let settled = IdentityProvider::settle(&Ask { wanted: wanted.iter().collect(), ..Ask::default() }, &found);
    let waits: Vec<(&str, &str)> =
        settled.adapted.iter().map(|wanted| (wanted.address.name(), wanted.requires[0].name())).collect();
    assert_eq!(waits, [("a", "b"), ("b", "c")], "and c for the first step of a alone");
}

#[test]
fn who_has_nothing_left_meanwhile_has_nobody() {
    let nobody = "urn:opcp-provision:nobody";
    let found = seen(&[("a", &["https://a"]), ("b", &["https://b"]), ("c", &[nobody])], "");
    let wanted = [asked("a", vec![text("https://b")]), asked("b", vec![text("https://a")])];
    let kept = format!("{:?}", text("urn:opcp-provision:nobody:2"));
    assert_eq!(first(&wanted, &found), [("a".to_owned(), vec![kept], vec!["b".to_owned()])]);
}

#[test]
fn a_remote_id_that_two_want_is_told() {
    let wanted = vec![asked("one", vec![text("https://a")]), asked("two", vec![Value::Id(realm())])];
    let told = messages(&wanted, &seen(&[], "https://a"));
    assert_eq!(told.len(), 2, "{told:?}");
}

#[test]
fn a_remote_id_that_is_too_long_is_told_unless_it_is_there_already() {
    let issuer = format!("https://{}", "x".repeat(57));
    let told = messages(&[asked("pod", vec![Value::Id(realm())])], &seen(&[("pod", &[])], &issuer));
    assert!(told[0].ends_with("has 65 characters; Keystone stores at most 64"), "{told:?}");
    let found = seen(&[("pod", &[&issuer])], &issuer);
    assert_eq!(messages(&[asked("pod", vec![Value::Id(realm())])], &found), [""; 0], "an older Keystone took it");
}

#[test]
fn an_issuer_that_is_not_known_yet_is_not_judged() {
    let wanted = vec![asked("pod", vec![Value::Id(realm())])];
    assert_eq!(messages(&wanted, &Found::default()), [""; 0]);
}
