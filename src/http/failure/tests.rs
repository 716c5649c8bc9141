//! Failures are put into words that name what was tried and what was answered.

use super::*;

#[test]
fn the_servers_own_words_are_found_wherever_they_are() {
    for (body, expected) in [
        (
            r#"{"error":"invalid_grant","error_description":"Invalid user credentials"}"#,
            "invalid_grant: Invalid user credentials",
        ),
        (r#"{"errorMessage":"Client x already exists"}"#, "Client x already exists"),
        (r#"{"field":"project","errorMessage":"error-invalid-length","params":[]}"#, "project: error-invalid-length"),
        (r#"{"errors":[{"field":"a","errorMessage":"x"},{"errorMessage":"y"}]}"#, "a: x; y"),
        (r#"{"error":"HTTP 403 Forbidden"}"#, "HTTP 403 Forbidden"),
        (
            r#"{"error":{"code":404,"message":"Could not find project: x.","title":"Not Found"}}"#,
            "Could not find project: x.",
        ),
        ("<html><head><title> 502 Bad Gateway </title></head>", "502 Bad Gateway"),
        ("", ""),
        ("null", ""),
    ] {
        assert_eq!(words(body.as_bytes()), expected);
    }
}

#[test]
fn a_failure_names_object_attempt_answer_and_request() {
    let failure = Failure {
        answer: Some(Answered {
            status: StatusCode::CONFLICT,
            words: "Client x already exists".to_owned(),
            page: false,
            challenge: None,
            request_id: Some("req-1".to_owned()),
            retry_after: None,
        }),
        ..Failure::new(Kind::Conflict, "POST https://kc/admin/realms/pod/clients")
    }
    .about(&Address::project("Default", "acme"));
    assert_eq!(
        failure.to_string(),
        "keystone/project/Default/acme: failed to POST https://kc/admin/realms/pod/clients: \
         the server answered 409 Conflict, “Client x already exists” (request req-1)"
    );
}

#[test]
fn only_what_may_have_happened_is_uncertain() {
    for status in [StatusCode::INTERNAL_SERVER_ERROR, StatusCode::BAD_GATEWAY, StatusCode::GATEWAY_TIMEOUT] {
        assert!(Kind::of(status).uncertain() && Kind::of(status).passes(), "{status}");
    }
    for status in [StatusCode::TOO_MANY_REQUESTS, StatusCode::SERVICE_UNAVAILABLE] {
        assert!(!Kind::of(status).uncertain() && Kind::of(status).passes(), "{status}");
    }
    assert!(!Kind::of(StatusCode::BAD_REQUEST).passes());
    let unwell = Failure::new(Kind::Unwell, "log in to Keycloak");
    assert!(unwell.uncertain());
    assert!(!Failure { login: true, ..unwell }.uncertain(), "nothing is sent without a login");
}
