//! The policy is one key of a document that stays whole.

use serde_json::json;

use super::*;

#[test]
fn an_attribute_is_required_only_where_the_profile_says_so() {
    let profile = json!({"attributes": [
        {"name": "email", "required": {"roles": ["user"]}},
        {"name": "lastName", "required": null},
        {"name": "firstName"},
    ]});
    assert!(requires(&profile, "email"));
    assert!(!requires(&profile, "firstName") && !requires(&profile, "lastName") && !requires(&profile, "phone"));
}

#[test]
fn what_nobody_must_give_and_is_in_no_group_is_said_to_be_without() {
    let attribute = |words: serde_json::Value| wire::attribute(&serde_json::from_value(words).unwrap());
    assert_eq!(attribute(json!({"name": "a"})), json!({"name": "a"}));
    let whole =
        attribute(json!({"name": "a", "required": ["user"], "requiredScopes": ["s"], "scopes": [], "group": "g"}));
    let required = json!({"roles": ["user"], "scopes": ["s"]});
    assert_eq!(whole, json!({"name": "a", "required": required, "selector": {"scopes": []}, "group": "g"}));
    let bare = attribute(json!({"name": "a", "required": [], "group": ""}));
    assert_eq!(bare, json!({"name": "a", "required": null, "group": null}));
}
