//! Who rules make of people.

use serde_json::json;

use super::*;

fn of(user: &Json, remote: &Json) -> Vec<Identity> {
    identities(&[
        json!({"local": [{"group": {"id": "g"}}, {"user": user, "domain": {"name": "Default"}}], "remote": remote}),
    ])
}

fn known_by(user: &Json, remote: &Json) -> String {
    of(user, remote).remove(0).known_by
}

#[test]
fn the_id_counts_and_the_name_where_there_is_none() {
    let remote = json!([{"type": "OIDC-preferred_username"}, {"type": "OIDC-sub"}]);
    assert_eq!(known_by(&json!({"name": "{0}", "id": "{1}"}), &remote), "{OIDC-sub}");
    assert_eq!(known_by(&json!({"name": "pod-{0}"}), &remote), "pod-{OIDC-preferred_username}");
}

#[test]
fn indices_pass_over_variables_that_only_say_whom_a_rule_is_for() {
    let remote = json!([{"type": "OIDC-azp", "any_one_of": ["cli"]}, {"type": "OIDC-iss", "not_any_of": ["x"]}, {"type": "OIDC-sub"}]);
    assert_eq!(known_by(&json!({"name": "{0}"}), &remote), "{OIDC-sub}");
}

#[test]
fn the_domain_of_the_user_counts_before_that_of_the_rule() {
    let remote = json!([{"type": "OIDC-sub"}]);
    assert_eq!(of(&json!({"name": "{0}"}), &remote)[0].domain.as_deref(), Some("Default"));
    assert_eq!(of(&json!({"name": "{0}", "domain": {"id": "pod"}}), &remote)[0].domain.as_deref(), Some("pod"));
}

#[test]
fn a_username_alone_can_be_told_in_advance() {
    let remote = json!([{"type": "OIDC-preferred_username"}, {"type": "OIDC-sub"}]);
    let told = |user: Json| of(&user, &remote)[0].of_username("alice");
    assert_eq!(told(json!({"name": "pod-{0}"})).as_deref(), Some("pod-alice"));
    assert_eq!(told(json!({"name": "{0}", "id": "{1}"})), None);
}

#[test]
fn rules_that_do_the_same_are_said_once_and_people_stay_who_they_are_in_another_domain() {
    let rule = |domain: &str| json!({"local": [{"user": {"name": "{0}", "domain": {"name": domain}}}], "remote": [{"type": "OIDC-sub"}]});
    assert_eq!(identities(&[rule("a"), rule("a")]).len(), 1);
    let both = identities(&[rule("a"), rule("b"), json!({"local": [{"projects_json": "{0}"}], "remote": []})]);
    assert!(both[0].is_same_person(&both[1]) && both.len() == 2);
}
