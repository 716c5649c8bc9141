//! The policy for attributes that the user profile does not declare.

use serde_json::{Value as Json, json};

use super::ground::{Ground, reads_only, with, without};

fn profile(ground: &Ground) -> Json {
    ground.keycloak("GET", "users/profile", None).expect(200).json()
}

#[test]
fn every_policy_is_set_and_the_rest_of_the_profile_stays() {
    let ground = Ground::new();
    let mut by_hand = profile(&ground);
    let badge = json!({"name": "badge", "displayName": "Badge", "multivalued": true, "validations": {"length": {"max": 10}},
        "permissions": {"view": ["admin"], "edit": ["admin"]}, "annotations": {"theirs": "kept"}});
    by_hand["attributes"].as_array_mut().unwrap().push(badge);
    ground.keycloak("PUT", "users/profile", Some(&by_hand)).expect(200);
    let before = profile(&ground);
    let policies = [
        ("adminEdit", json!("ADMIN_EDIT")),
        ("adminView", json!("ADMIN_VIEW")),
        ("enabled", json!("ENABLED")),
        ("disabled", Json::Null),
    ];
    for (word, value) in policies {
        ground.realm_spec(json!({"userProfile": {"unmanagedAttributes": word}}));
        ground.apply();
        let live = profile(&ground);
        assert_eq!(live["unmanagedAttributePolicy"], value, "{word}");
        assert_eq!(without(&live, &["unmanagedAttributePolicy"]), before, "{word}");
    }
    assert!(reads_only(&ground.passed()));
}

#[test]
fn a_policy_set_by_hand_is_no_change() {
    let ground = Ground::new();
    ground.realm_spec(json!({"userProfile": {"unmanagedAttributes": "disabled"}}));
    ground.unchanged();
    ground.edit_all_attributes();
    ground.realm_spec(json!({"userProfile": {"unmanagedAttributes": "adminEdit"}}));
    ground.unchanged();
}

#[test]
fn attributes_are_declared_changed_and_removed_beside_those_of_others() {
    let ground = Ground::new();
    let mut by_hand = profile(&ground);
    let theirs = json!({"name": "theirs", "permissions": {"view": ["admin"], "edit": ["admin"]}, "multivalued": true});
    by_hand["attributes"].as_array_mut().unwrap().push(theirs);
    ground.keycloak("PUT", "users/profile", Some(&by_hand)).expect(200);
    let before = profile(&ground);
    let declare = |attribute: Json| ground.realm_spec(json!({"userProfile": {"attributes": [attribute]}}));
    let declared = |attribute: Option<Json>| {
        let mut expected = before.clone();
        expected["attributes"].as_array_mut().unwrap().extend(attribute);
        expected
    };
    declare(
        json!({"name": "badge", "multivalued": true, "view": ["admin", "user"], "edit": ["admin"], "validations": {"length": {"max": 10}}}),
    );
    ground.apply();
    let badge = json!({"name": "badge", "multivalued": true, "validations": {"length": {"max": 10}},
        "permissions": {"view": ["admin", "user"], "edit": ["admin"]}});
    assert_eq!(profile(&ground), declared(Some(badge.clone())));
    declare(json!({"name": "badge", "displayName": "Badge", "multivalued": false}));
    ground.apply();
    let changed = with(&badge, json!({"displayName": "Badge", "multivalued": false}));
    assert_eq!(profile(&ground), declared(Some(changed)));
    declare(json!({"name": "badge", "ensure": "absent"}));
    ground.apply();
    assert_eq!(profile(&ground), before);
    assert!(reads_only(&ground.passed()));
}

#[test]
fn attributes_and_the_groups_that_they_are_shown_in_are_declared_in_every_field() {
    let ground = Ground::new();
    let mut by_hand = profile(&ground);
    by_hand["groups"].as_array_mut().unwrap().push(json!({"name": "theirs", "annotations": {"a": "b"}}));
    ground.keycloak("PUT", "users/profile", Some(&by_hand)).expect(200);
    let before = profile(&ground);
    let declare = |groups: Json, attributes: Json| {
        ground.realm_spec(json!({"userProfile": {"groups": groups, "attributes": attributes}}));
        ground.apply();
        let live = profile(&ground);
        let last = |list: &str| live[list].as_array().unwrap().last().unwrap().clone();
        (last("attributes"), last("groups"))
    };
    let desks = json!({"name": "desks / ü 🚀", "displayHeader": "Desks", "displayDescription": "Where people sit", "annotations": {"order": "1"}});
    let (desk, group) = declare(
        json!([desks]),
        json!([{"name": "desk", "required": ["user", "admin"], "requiredScopes": ["email"], "scopes": ["profile"], "view": ["admin"],
            "edit": ["admin"], "group": "desks / ü 🚀", "defaultValue": "none", "annotations": {"inputType": "text"}}]),
    );
    assert_eq!(group, desks);
    let mut whole = json!({"name": "desk", "required": {"roles": ["admin", "user"], "scopes": ["email"]}, "selector": {"scopes": ["profile"]},
        "permissions": {"view": ["admin"], "edit": ["admin"]}, "group": "desks / ü 🚀", "defaultValue": "none",
        "annotations": {"inputType": "text"}, "multivalued": false});
    assert_eq!(desk, whole);
    // Nobody must give it any more, it is always asked for, and shown with all others.
    let (desk, _) = declare(
        json!([]),
        json!([{"name": "desk", "required": [], "scopes": [], "group": "", "annotations": {"more": "x"}}]),
    );
    for gone in ["required", "group"] {
        whole.as_object_mut().unwrap().shift_remove(gone);
    }
    whole["selector"]["scopes"] = json!([]);
    whole["annotations"] = json!({"inputType": "text", "more": "x"});
    assert_eq!(desk, whole);
    declare(json!([{"name": "desks / ü 🚀", "ensure": "absent"}]), json!([{"name": "desk", "ensure": "absent"}]));
    assert_eq!(profile(&ground), before);
    assert!(reads_only(&ground.passed()));
}
