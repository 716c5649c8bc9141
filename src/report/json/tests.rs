//! Plans as programs see them.

use std::sync::Arc;

use serde_json::{Value as Json, json};

use super::*;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::model::address::{Address, KeycloakKind};
use crate::model::path::Path;
use crate::model::source::File;
use crate::model::spelling::Spelling;
use crate::model::value::{Key, Owned, Value};
use crate::model::wanted::{Field, Live, Want, Wanted};
use crate::plan::plan;
use crate::resource::Found;
use crate::secret::SecretRef;

fn field(word: &str, spelling: Spelling, want: Want) -> Field {
    Field { word: word.to_owned(), path: Path::new(["server", word]), spelling, want, source: None }
}

/// The document of a plan in which one user is made what `fields` say.
fn told(fields: Vec<Field>, live: Option<Json>) -> String {
    let address = Address::keycloak("pod", KeycloakKind::User, ["alice"]);
    let wanted = Wanted { fields, ..Wanted::entity(address.clone()) };
    let live = live.map(|body| (address, Live { id: Some("1".to_owned()), body: json!({"server": body}) }));
    let found = Found { live: live.into_iter().collect(), ..Found::default() };
    let plan = plan(&[wanted], found).unwrap();
    pretty(&document(None, Some((&plan, &[], &[])), &Said::default(), Some(0)))
}

/// The fields of the only step.
fn fields(fields: Vec<Field>, live: Option<Json>) -> Json {
    let document: Json = serde_json::from_str(&told(fields, live)).unwrap();
    document["plan"]["steps"][0]["fields"].clone()
}

#[test]
fn a_secret_is_told_as_where_it_is_found() {
    let secret = field("initialPassword", Spelling::Password, Want::Secret(SecretRef::Env("ALICE".to_owned())));
    let change = json!({"type": "secret", "reference": {"env": "ALICE"}});
    let path = json!(["server", "initialPassword"]);
    assert_eq!(fields(vec![secret], None), json!([{"word": "initialPassword", "path": path, "change": change}]));
}

#[test]
fn both_sides_are_told_in_the_operators_words() {
    let is = |value: Json| Want::Is(Value::Json(value));
    let asked = vec![
        field("authentication", Spelling::Inverted, is(json!(false))),
        field("policy", Spelling::Policy, is(json!("ADMIN_EDIT"))),
        field("lifespan", Spelling::Duration, is(json!(5400))),
    ];
    let told = fields(asked, Some(json!({"authentication": true, "lifespan": 60})));
    let sides = |index: usize| [&told[index]["change"]["before"], &told[index]["change"]["after"]];
    assert_eq!(sides(0), [&json!(false), &json!(true)]);
    assert_eq!(sides(1), [&json!("disabled"), &json!("adminEdit")]);
    assert_eq!(sides(2), [&json!("1m"), &json!("1h30m")]);
}

#[test]
fn grants_are_told_as_what_they_say_and_those_that_stay_are_not() {
    let grant = |project: &str, role: &str| {
        json!(format!(r#"{{"domain":{{"name":"Default"}},"name":"{project}","roles":[{{"name":"{role}"}}]}}"#))
    };
    let items = [grant("same", "reader"), grant("acme", "member")].map(Value::Json).into();
    let asked = field("grants", Spelling::Same, Want::Items { by: Key::Grant, owned: Owned::All, items });
    let live = json!({"grants": [grant("same", "reader"), grant("acme", "reader"), grant("old", "admin")]});
    let told = |project: &str, role: &str| json!({"domain": "Default", "project": project, "roles": [role]});
    let (was, is) = (told("acme", "reader"), told("acme", "member"));
    let changed = json!({"key": "Default/acme", "action": "change", "before": [was], "after": is});
    let gone = json!({"key": "Default/old", "action": "remove", "before": [told("old", "admin")], "after": null});
    assert_eq!(fields(vec![asked], Some(live))[0]["change"]["items"], json!([changed, gone]));
}

#[test]
fn what_would_move_the_cursor_is_escaped_and_means_the_same() {
    let value = json!("\u{1b}[2J\u{9b}\u{202e}\n");
    let asked = || vec![field("a", Spelling::Same, Want::Is(Value::Json(value.clone())))];
    let text = told(asked(), None);
    assert!(!text.chars().any(|letter| letter != '\n' && is_harmful(letter)), "{text}");
    assert_eq!(fields(asked(), None)[0]["change"]["after"], value);
}

#[test]
fn a_place_is_told_as_far_as_it_is_known() {
    let file = Arc::new(File::new("spec.yaml", "a: 1\n"));
    let mut diagnostics = Diagnostics::new();
    diagnostics.push(Diagnostic::error(Source::whole(file), "there is no document in this file"));
    let said = Said { diagnostics, ..Said::default() };
    let document: Json = serde_json::from_str(&pretty(&document(None, None, &said, Some(64)))).unwrap();
    assert_eq!(document["diagnostics"][0]["source"], json!({"file": "spec.yaml"}));
    assert_eq!(document["plan"], Json::Null, "there is no plan");
}
