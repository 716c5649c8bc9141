//! Each spelling turns there and back.

use serde_json::json;

use super::*;

#[test]
fn each_spelling_is_the_servers_and_turns_back() {
    for (spelling, operator, server) in [
        (Spelling::Same, json!("x"), json!("x")),
        (Spelling::Inverted, json!(true), json!(false)),
        (Spelling::Text, json!(false), json!("false")),
        (Spelling::Policy, json!("adminEdit"), json!("ADMIN_EDIT")),
        (Spelling::Policy, json!("enabled"), json!("ENABLED")),
        (Spelling::Policy, json!("disabled"), Json::Null),
        (Spelling::Capitals, json!("force"), json!("FORCE")),
    ] {
        assert_eq!(spelling.server(&operator), server);
        assert_eq!(spelling.operator(&server), operator);
    }
}

#[test]
fn a_value_of_a_newer_server_is_shown_and_not_lost() {
    assert_eq!(Spelling::Policy.operator(&json!("NEW_MODE")), json!("newMode"));
    assert_eq!(Spelling::Text.operator(&json!("maybe")), json!("maybe"));
}

#[test]
fn durations_are_shown_as_people_write_them() {
    for (seconds, text) in [(0, "0s"), (90, "1m30s"), (5400, "1h30m"), (2_592_000, "30d")] {
        assert_eq!(Spelling::Duration.operator(&json!(seconds)), json!(text));
    }
}

#[test]
fn a_joined_list_has_no_order() {
    let text = Spelling::Joined.server(&json!(["https://b", "https://a"]));
    assert_eq!(text, json!("https://a##https://b"));
    assert_eq!(Spelling::Joined.operator(&text), json!(["https://a", "https://b"]));
    assert_eq!(Spelling::Joined.operator(&Spelling::Joined.server(&json!([]))), json!([]));
}

#[test]
fn scopes_and_policies_have_no_order_and_what_says_nothing_of_a_policy_is_left_out() {
    assert_eq!(Spelling::Words.server(&json!(["openid", "email"])), json!("email openid"));
    assert_eq!(Spelling::Words.operator(&json!(" openid  email")), json!(["openid", "email"]));
    let shown = json!("notUsername(undefined) and length(12) and digits()");
    let policies = Spelling::Policies.operator(&shown);
    assert_eq!(policies, json!(["notUsername", "length(12)", "digits"]));
    assert_eq!(Spelling::Policies.server(&policies), json!("digits and length(12) and notUsername"));
    assert_eq!(Spelling::Policies.server(&json!([])), json!(""));
    assert_eq!(Spelling::Policies.operator(&json!("")), json!([]));
}
