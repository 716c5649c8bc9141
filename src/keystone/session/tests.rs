//! What is sent to log in, and how long the answer lasts.

use super::*;

#[test]
fn an_application_credential_asks_for_no_scope() {
    let credentials =
        Credentials::ApplicationCredential { id: "abc".to_owned(), secret: Secret::new("canary".to_owned()) };
    assert_eq!(credentials.to_json().pointer("/auth/scope"), None);
    assert_eq!(credentials.account(), "application credential abc");
}

#[test]
fn a_password_asks_for_its_project() {
    let named = |name: &str, domain| Named::Name { name: name.to_owned(), domain };
    let credentials = Credentials::Password {
        user: named("admin", Domain::Id("default".to_owned())),
        password: Secret::new("canary".to_owned()),
        project: named("ops", Domain::Name("Default".to_owned())),
    };
    let body = credentials.to_json();
    assert_eq!(body.pointer("/auth/scope/project"), Some(&json!({"name": "ops", "domain": {"name": "Default"}})));
    assert_eq!(body.pointer("/auth/identity/password/user/domain/id"), Some(&json!("default")));
}

#[test]
fn a_token_is_given_up_before_it_ends() {
    let end = Timestamp::now() + Duration::from_mins(10);
    let usable = usable_for(&json!({"token": {"expires_at": end.to_string()}}));
    assert!(usable > Duration::from_secs(500) && usable < Duration::from_secs(541), "{usable:?}");
    assert_eq!(usable_for(&json!({"token": {"expires_at": "2001-01-01T00:00:00Z"}})), Duration::from_mins(4));
}
