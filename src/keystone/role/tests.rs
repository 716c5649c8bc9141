//! Roles that the server protects are found and left alone.

use serde_json::json;

use super::*;
use crate::model::wanted::{Field, Want};

fn asked(ensure: Ensure, description: Option<&str>) -> Wanted {
    let field = |text: &str| Field {
        word: "description".to_owned(),
        path: Path::new(["description"]),
        spelling: Spelling::Same,
        want: Want::Is(Value::Json(text.into())),
        source: None,
    };
    Wanted { ensure, fields: description.map(field).into_iter().collect(), ..Role::bare(Address::role("member")) }
}

fn live(immutable: bool) -> Live {
    Live { id: Some("1".to_owned()), body: json!({"description": null, "options": {"immutable": immutable}}) }
}

#[test]
fn a_protected_role_is_found() {
    assert_eq!(locked(&asked(Ensure::Present, None), &live(true)), None);
    assert_eq!(locked(&asked(Ensure::Existing, Some("")), &live(true)), None, "no text is as good as an empty one");
    assert_eq!(locked(&asked(Ensure::Any, None), &live(true)), None);
}

#[test]
fn a_protected_role_is_neither_changed_nor_deleted() {
    let message = |wanted: &Wanted, immutable| locked(wanted, &live(immutable)).map(|problem| problem.message);
    let changed = asked(Ensure::Present, Some("ours"));
    assert!(message(&changed, true).is_some_and(|message| message.ends_with("its `description` is not changed")));
    assert!(message(&asked(Ensure::Absent, None), true).is_some_and(|message| message.ends_with("is not deleted")));
    assert_eq!(message(&changed, false), None);
}
