//! Refused logins are recognised by the server's words.

use reqwest::StatusCode;

use super::*;
use crate::http::failure::Answered;

fn refusal(status: StatusCode, words: &str) -> Failure {
    let answer =
        Answered { status, words: words.to_owned(), page: false, challenge: None, request_id: None, retry_after: None };
    let failure = Failure { answer: Some(answer), ..Failure::new(Kind::of(status), "log in") };
    let credentials = Credentials::ServiceAccount {
        realm: "pod".to_owned(),
        client_id: "robot".to_owned(),
        client_secret: Secret::new("canary".to_owned()),
    };
    refused(failure, &credentials)
}

#[test]
fn the_guides_rows_are_named() {
    let secret = refusal(StatusCode::UNAUTHORIZED, "unauthorized_client: Invalid client or Invalid client credentials");
    assert!(secret.hint.unwrap().starts_with("Invalid client credentials: "));
    let realm = refusal(StatusCode::NOT_FOUND, "Realm does not exist");
    assert_eq!(realm.kind, Kind::LoginRefused);
    assert!(realm.hint.unwrap().starts_with("OIDC discovery failed: "));
}

#[test]
fn a_wrong_password_is_a_refused_login_whatever_its_status() {
    for status in [StatusCode::BAD_REQUEST, StatusCode::UNAUTHORIZED] {
        let failure = refusal(status, "invalid_grant: Invalid user credentials");
        assert_eq!(failure.kind, Kind::LoginRefused);
        assert!(failure.hint.unwrap().contains("`robot`"));
    }
}

#[test]
fn an_unwell_server_is_not_a_refusal() {
    let failure = refusal(StatusCode::BAD_GATEWAY, "Bad Gateway");
    assert_eq!((failure.kind, failure.hint), (Kind::Unwell, None));
}

#[test]
fn a_service_account_is_known_by_all_its_names() {
    let credentials = Credentials::ServiceAccount {
        realm: "pod".to_owned(),
        client_id: "Robot".to_owned(),
        client_secret: Secret::new("canary".to_owned()),
    };
    let own: Vec<String> = credentials.own().iter().map(Address::to_string).collect();
    let names = ["client/Robot", "service-account/Robot", "user/service-account-robot"];
    assert_eq!(own, names.map(|name| format!("keycloak/pod/{name}")));
}
