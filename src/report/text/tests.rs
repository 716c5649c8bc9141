//! A plan as people see it.

use insta::assert_snapshot;
use serde_json::json;

use super::*;
use crate::model::address::KeycloakKind;
use crate::model::path::Path;
use crate::model::value::Owned;
use crate::model::wanted::{Field, Live, Want, Wanted};
use crate::plan::plan as make;
use crate::resource::Found;
use crate::secret::SecretRef;

fn field(word: &str, spelling: Spelling, want: Want) -> Field {
    Field { word: word.to_owned(), path: Path::new([word]), spelling, want, source: None }
}

fn shown(fields: Vec<Field>, live: Option<Json>) -> String {
    let address = Address::keycloak("pod", KeycloakKind::User, ["alice"]);
    let wanted = Wanted { fields, ..Wanted::entity(address.clone()) };
    let live = live.map(|body| (address, Live { id: Some("1".to_owned()), body }));
    let found = Found { live: live.into_iter().collect(), ..Found::default() };
    let realm = Some("pod".to_owned());
    let server = Server { realm, url: "https://kc".parse().unwrap(), account: "admin".to_owned() };
    let header = Header { environment: "prod".to_owned(), servers: vec![server] };
    anstream::adapter::strip_str(&plan(&make(&[wanted], found).unwrap(), &header)).to_string()
}

fn grant(project: &str, role: &str) -> Json {
    json!(format!(r#"{{"domain":{{"name":"Default"}},"name":"{project}","roles":[{{"name":"{role}"}}]}}"#))
}

#[test]
fn a_new_object_is_shown_with_all_that_is_sent_but_no_secret() {
    let grants = Want::Items { by: Key::Grant, owned: Owned::All, items: vec![Value::Json(grant("acme", "member"))] };
    let fields = vec![
        field("username", Spelling::Same, Want::Identity(Value::Json(json!("alice")))),
        field("email", Spelling::Same, Want::Is(Value::Json(json!("alice@example.com")))),
        field("initialPassword", Spelling::Password, Want::Secret(SecretRef::Env("CANARY".to_owned()))),
        field("grants", Spelling::Same, grants),
        field("domain", Spelling::Same, Want::Is(Value::Id(Address::domain("Default")))),
    ];
    assert_snapshot!(shown(fields, None), @r#"
    opcp-provision will make these changes to prod
    (realm pod at kc as admin):

      + keycloak/pod/user/alice
          + email             "alice@example.com"
          + initialPassword   (sensitive)
          + grants
              + Default/acme: member
          + domain            (id of keystone/domain/Default)

    Plan: 1 to add, 0 to change, 0 to destroy.
    "#);
}

#[test]
fn a_change_is_shown_with_both_sides_in_the_operators_words() {
    let items = [grant("same", "reader"), grant("acme", "member"), grant("new", "reader")].map(Value::Json).into();
    let grants = Want::Items { by: Key::Grant, owned: Owned::All, items };
    let uris = Want::Items { by: Key::Whole, owned: Owned::All, items: vec![Value::Json(json!("https://a"))] };
    let fields = vec![
        field("authentication", Spelling::Inverted, Want::Is(Value::Json(json!(false)))),
        field("policy", Spelling::Policy, Want::Is(Value::Json(json!("ADMIN_EDIT")))),
        field("gone", Spelling::Policy, Want::Is(Value::Json(Json::Null))),
        field("text", Spelling::Same, Want::Is(Value::Json(json!("one\nthree\n")))),
        field("uris", Spelling::Same, uris),
        field("grants", Spelling::Same, grants),
    ];
    let live = json!({
        "authentication": true,
        "gone": "ENABLED",
        "text": "one\ntwo\n",
        "uris": ["https://b"],
        "grants": [grant("same", "reader"), grant("acme", "reader"), grant("old", "admin")],
    });
    assert_snapshot!(shown(fields, Some(live)), @r#"
    opcp-provision will make these changes to prod
    (realm pod at kc as admin):

      ~ keycloak/pod/user/alice
          ~ authentication   false → true
          ~ policy           "disabled" → "adminEdit"
          ~ gone             "enabled" → "disabled"
          ~ text
                one
              - two
              + three
          ~ uris
              + https://a
              - https://b
          ~ grants
              ~ Default/acme: reader → member
              + Default/new: reader
              - Default/old: admin

    Plan: 0 to add, 1 to change, 0 to destroy.
    "#);
}

#[test]
fn nothing_to_do_is_said_in_one_line() {
    let fields = vec![field("a", Spelling::Same, Want::Is(Value::Json(json!(1))))];
    assert_eq!(shown(fields, Some(json!({"a": 1}))), "No changes. prod matches the spec.\n");
}

#[test]
fn what_would_move_the_cursor_is_shown_as_what_it_is() {
    let fields = vec![field("a", Spelling::Same, Want::Is(Value::Json(json!("x"))))];
    let text = shown(fields, Some(json!({"a": "\u{1b}[2J\u{202e}\n"})));
    assert!(!text.contains('\u{1b}') && !text.contains('\u{202e}'), "{text}");
}
