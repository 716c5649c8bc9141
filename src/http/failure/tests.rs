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
            r#"{"receipt":{"methods":["password"]},"required_auth_methods":[["token","password"]]}"#,
            r#"required_auth_methods: [["token","password"]]"#,
        ),
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
fn only_the_servers_own_words_say_that_something_is_missing() {
    let says = |kind, words: &str| {
        let answer = Answered {
            status: StatusCode::NOT_FOUND,
            words: words.to_owned(),
            page: false,
            challenge: None,
            request_id: None,
            retry_after: None,
        };
        Failure { answer: Some(answer), ..Failure::new(kind, "GET https://kc/x") }.says_missing()
    };
    for words in ["User not found", "Could not find client", "Realm not found.", "Could not find project: 1."] {
        assert!(says(Kind::Missing, words), "{words}");
    }
    assert!(!says(Kind::Forbidden, "User not found"));
    for words in ["", "404 Not Found", "no Route matched with those values", "HTTP 404 Not Found"] {
        assert!(!says(Kind::Missing, words), "{words}");
    }
}

#[test]
fn only_what_may_have_happened_is_uncertain() {
    for status in 500..505 {
        let kind = Kind::of(StatusCode::from_u16(status).unwrap());
        assert!(kind.uncertain() && kind.passes(), "{status}");
    }
    let busy = Kind::of(StatusCode::TOO_MANY_REQUESTS);
    assert!(!busy.uncertain() && busy.passes());
    assert!(!Kind::of(StatusCode::BAD_REQUEST).passes());
    let unwell = Failure::new(Kind::Unwell, "log in to Keycloak");
    assert!(unwell.uncertain());
    assert!(!Failure { login: true, ..unwell }.uncertain(), "nothing is sent without a login");
    for (status, uncertain) in [(403, false), (404, false), (409, true), (502, true)] {
        let answer = Answered {
            status: StatusCode::from_u16(status).unwrap(),
            words: String::new(),
            page: false,
            challenge: None,
            request_id: None,
            retry_after: None,
        };
        let cut_off = Failure { answer: Some(answer), ..Failure::new(Kind::Interrupted, "POST https://kc/x") };
        assert_eq!(cut_off.uncertain(), uncertain, "{status}, and then silence");
    }
}
