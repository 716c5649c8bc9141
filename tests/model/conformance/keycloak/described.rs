//! What people are shown: descriptions of groups, and how the user profile asks for attributes. Keycloak 26.0 knows less.

use serde_json::{Value as Json, json};

use super::{Caller, GROUPS, PROFILE};

/// A group's description, and what becomes of it.
pub(super) fn of_groups(caller: &mut Caller) {
    caller.about("a group has a description, at any depth");
    let text = "text / ü 🚀";
    let id = caller.post(GROUPS, &json!({"name": "plain", "description": text}));
    let one = format!("{GROUPS}/{id}");
    caller.get(&one);
    let inner = caller.post(&format!("{one}/children"), &json!({"name": "inner", "description": text}));
    caller.get(&format!("{GROUPS}/{inner}"));
    caller.about("it is kept empty, and cleared by a PUT that does not mention it");
    caller.put(&one, &json!({"name": "plain", "description": ""}));
    caller.get(&one);
    caller.put(&one, &json!({"name": "plain", "description": "another"}));
    caller.get(&one);
    caller.put(&one, &json!({"name": "plain"}));
    caller.get(&one);
    caller.about("one of more than 255 characters is too long");
    caller.put(&one, &json!({"name": "plain", "description": "x".repeat(256)}));
}

/// What a profile says of an attribute besides who may see it.
pub(super) fn of_profile(caller: &mut Caller) {
    let mut profile = caller.quietly(PROFILE);
    let attributes = profile["attributes"].as_array().cloned().unwrap_or_default();
    let mut put = |caller: &mut Caller, attribute: Json, groups: Json| {
        profile["attributes"] = attributes.iter().cloned().chain([attribute]).collect();
        profile["groups"] = groups;
        caller.put(PROFILE, &profile);
    };
    caller.about("an attribute has a place, a value and reasons of its own");
    let groups =
        json!([{"name": "w / ü 🚀", "displayHeader": "", "displayDescription": "text", "annotations": {"a": "b"}}]);
    let whole = json!({"name": "desk", "required": {"roles": ["user"], "scopes": ["email"]}, "selector": {"scopes": ["profile"]},
        "group": "w / ü 🚀", "defaultValue": "none", "annotations": {"inputType": "text"}});
    put(caller, whole, groups.clone());
    caller.about("what is null is not there, and what is empty stays so");
    let bare = json!({"name": "desk", "required": null, "selector": {"scopes": []}, "group": null, "defaultValue": "", "annotations": {}});
    put(caller, bare, groups.clone());
    caller.about("a group that is not there is refused");
    let lost = json!({"name": "desk", "group": "nowhere"});
    put(caller, lost, groups);
}
