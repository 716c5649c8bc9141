//! The client's words are understood as the client understands them.

use super::*;

fn cloud(variables: &'static [(&str, &str)]) -> Cloud {
    Cloud::of_variables(|name| variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned()))
}

#[test]
fn a_password_needs_no_auth_type_and_no_domain() {
    let cloud = cloud(&[("OS_USERNAME", "admin"), ("OS_PASSWORD", "canary"), ("OS_PROJECT_ID", "123")]);
    let Ok(Credentials::Password { user, project, .. }) = cloud.credentials() else { panic!("not a password") };
    assert_eq!(user, Named::Name { name: "admin".to_owned(), domain: Domain::Id("default".to_owned()) });
    assert_eq!(project, Named::Id("123".to_owned()));
}

#[test]
fn a_domain_by_name_wins_over_the_default() {
    let cloud = cloud(&[
        ("OS_USERNAME", "admin"),
        ("OS_PASSWORD", "canary"),
        ("OS_USER_DOMAIN_NAME", "Ops"),
        ("OS_DEFAULT_DOMAIN_ID", "other"),
        ("OS_PROJECT_NAME", "admin"),
    ]);
    let Ok(Credentials::Password { user, project, .. }) = cloud.credentials() else { panic!("not a password") };
    assert_eq!(user, Named::Name { name: "admin".to_owned(), domain: Domain::Name("Ops".to_owned()) });
    assert_eq!(project, Named::Name { name: "admin".to_owned(), domain: Domain::Id("other".to_owned()) });
}

#[test]
fn an_application_credential_is_recognised_by_its_id() {
    let cloud = cloud(&[("OS_APPLICATION_CREDENTIAL_ID", "1"), ("OS_APPLICATION_CREDENTIAL_SECRET", "canary")]);
    assert!(matches!(cloud.credentials(), Ok(Credentials::ApplicationCredential { .. })));
}

#[test]
fn what_is_missing_or_cannot_be_used_is_named() {
    let error = |variables| cloud(variables).credentials().err().map(|error| error.to_string());
    assert_eq!(
        error(&[("OS_USERNAME", "admin"), ("OS_PROJECT_NAME", "admin")]).unwrap(),
        "the OS_* variables: `password` is missing"
    );
    assert!(error(&[("OS_AUTH_TYPE", "v3oidcpassword")]).unwrap().contains("`v3oidcpassword` cannot be used"));
}
