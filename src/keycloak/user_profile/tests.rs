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
