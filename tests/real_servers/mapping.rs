//! Keystone mappings.

use serde_json::{Value as Json, json};

use super::ground::{Ground, reads_only};

/// Rules for grants in tokens, and the way in for those without any.
fn rules(name: &str) -> Json {
    json!([
        {"local": [{"user": {"name": name}, "domain": {"name": "Default"}, "projects_json": "{1}"}],
            "remote": [{"type": "OIDC-preferred_username"}, {"type": "OIDC-projects"}]},
        {"local": [{"user": {"name": name}, "domain": {"name": "Default"}}],
            "remote": [{"type": "OIDC-preferred_username"}, {"type": "OIDC-azp", "any_one_of": ["openstack-cli"]}]},
    ])
}

fn mapping(ground: &Ground, mapping: &Json) {
    ground.spec(json!({"mappings": [mapping]}), json!({}), json!({}));
}

fn live(ground: &Ground, id: &str) -> Json {
    ground.sandbox.keystone("GET", &format!("OS-FEDERATION/mappings/{id}"), None).expect(200).json()["mapping"].clone()
}

#[test]
fn a_mapping_is_created_changed_and_deleted() {
    let ground = Ground::new();
    let id = format!("{}-projects", ground.domain);
    mapping(&ground, &json!({"id": id, "rules": rules("{0}")}));
    ground.apply();
    assert_eq!((&live(&ground, &id)["rules"], &live(&ground, &id)["schema_version"]), (&rules("{0}"), &json!("3.0")));
    assert!(reads_only(&ground.passed()));
    mapping(&ground, &json!({"id": id, "rules": rules("pod-{0}")}));
    ground.apply();
    assert_eq!(live(&ground, &id)["rules"], rules("pod-{0}"));
    assert_eq!(live(&ground, &id)["schema_version"], "3.0", "a PATCH without the version would have made it 1.0");
    mapping(&ground, &json!({"id": id, "ensure": "absent"}));
    ground.apply();
    ground.sandbox.keystone("GET", &format!("OS-FEDERATION/mappings/{id}"), None).expect(404);
}

#[test]
fn the_order_of_rules_is_part_of_a_mapping_and_that_of_keys_is_not() {
    let ground = Ground::new();
    let id = format!("{}-projects", ground.domain);
    let mut turned = rules("{0}");
    turned.as_array_mut().unwrap().reverse();
    let body = json!({"mapping": {"schema_version": "3.0", "rules": turned}});
    ground.sandbox.keystone("PUT", &format!("OS-FEDERATION/mappings/{id}"), Some(&body)).expect(201);
    mapping(&ground, &json!({"rules": turned, "id": id}));
    ground.unchanged();
    mapping(&ground, &json!({"id": id, "rules": rules("{0}")}));
    ground.apply();
    assert_eq!(live(&ground, &id)["rules"], rules("{0}"));
}

#[test]
fn the_version_alone_changes_with_the_rules_as_they_are() {
    let ground = Ground::new();
    let id = format!("{}-old", ground.domain);
    let rules = json!([{"local": [{"user": {"name": "{0}"}}], "remote": [{"type": "OIDC-sub"}]}]);
    let body = json!({"mapping": {"schema_version": "2.0", "rules": rules}});
    ground.sandbox.keystone("PUT", &format!("OS-FEDERATION/mappings/{id}"), Some(&body)).expect(201);
    mapping(&ground, &json!({"id": id, "schemaVersion": "2.0", "ensure": "existing"}));
    ground.unchanged();
    mapping(&ground, &json!({"id": id, "rules": rules}));
    ground.apply();
    assert_eq!((&live(&ground, &id)["rules"], &live(&ground, &id)["schema_version"]), (&rules, &json!("3.0")));
}

/// Keystone 28 and older do not know version 3.0, and fall over it without a word.
#[test]
fn a_server_that_lacks_version_3_is_told_by_that() {
    let ground = Ground::new();
    let id = format!("{}-projects", ground.domain);
    // Never valid, for want of `remote`: a server that knows the version says so.
    let probe = json!({"mapping": {"schema_version": "3.0", "rules": [{"local": [{"projects_json": "{0}"}]}]}});
    let url = format!("{}/v3/OS-FEDERATION/mappings/{id}", ground.sandbox.keystone);
    let token = ground.sandbox.keystone_login();
    let call =
        ground.sandbox.http.call("PUT", &url, &[("x-auth-token", &token)], &crate::harness::http::Body::Json(&probe));
    mapping(&ground, &json!({"id": id, "rules": rules("{0}")}));
    if call.unwrap().status == 500 {
        let said = ground.refused();
        assert!(
            said.contains(&format!("keystone/mapping/{id}")) && said.contains("needs Keystone 29 or newer"),
            "{said}"
        );
        ground.sandbox.keystone("GET", &format!("OS-FEDERATION/mappings/{id}"), None).expect(404);
    } else {
        ground.apply();
        assert_eq!(live(&ground, &id)["schema_version"], "3.0");
    }
    let old = json!([{"local": [{"user": {"name": "{0}"}}], "remote": [{"type": "OIDC-sub"}]}]);
    for version in ["1.0", "2.0"] {
        mapping(&ground, &json!({"id": format!("{id}-{version}"), "schemaVersion": version, "rules": old}));
        ground.apply();
        assert_eq!(live(&ground, &format!("{id}-{version}"))["schema_version"], version);
    }
}
