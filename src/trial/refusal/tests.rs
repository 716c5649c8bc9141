//! Each refusal is recognised, and put down to the server that it came from.

use reqwest::StatusCode;

use super::*;
use crate::http::failure::Answered;

fn failure(status: u16, words: &str, page: bool, challenge: Option<&str>) -> Failure {
    let status = StatusCode::from_u16(status).unwrap();
    let answer = Answered {
        status,
        words: words.to_owned(),
        page,
        challenge: challenge.map(str::to_owned),
        request_id: None,
        retry_after: None,
    };
    Failure { answer: Some(answer), ..Failure::new(Kind::of(status), "POST https://keystone/auth") }
}

fn refused(failure: &Failure) -> (Stage, String) {
    let carried = Roles::from([("Default/acme".to_owned(), ["observer".to_owned()].into())]);
    let entry = Entry {
        provider: "keycloak",
        protocol: "openid",
        realm: "pod",
        claim: "projects",
        carried: &carried,
        length: 9000,
    };
    let stopped = entry.refused(failure);
    (stopped.stage, stopped.cause.map(|cause| cause.why).unwrap_or_default())
}

const KEYSTONE: Option<&str> = Some("Keystone uri=\"https://keystone\"");
const GENERIC: &str = "The request you have made requires authentication.";

#[test]
fn apache_s_refusals_are_told_from_keystones() {
    let bearer = Some("Bearer realm=\"x\", error=\"invalid_token\"");
    let of = |failure: Failure, part: &str| {
        let (stage, why) = refused(&failure);
        assert_eq!(stage, Stage::Apache, "{why}");
        assert!(why.contains(part), "{why}");
    };
    of(failure(401, "401 Unauthorized", true, bearer), "keys of another realm than `pod`");
    of(failure(401, "401 Unauthorized", true, None), "requires the issuer of another realm");
    of(failure(400, "400 Bad Request", true, None), "9000 bytes");
    of(failure(302, "302 Found", true, None), "login page");
    of(failure(404, "404 Not Found", true, None), "does not hand on");
}

#[test]
fn keystone_s_refusals_are_named() {
    let of = |failure: Failure, part: &str| {
        let (stage, why) = refused(&failure);
        assert_eq!(stage, Stage::Keystone, "{why}");
        assert!(why.contains(part), "{why}");
    };
    of(failure(401, GENERIC, false, KEYSTONE), "Unauthorized: no rule of the mapping");
    of(failure(401, "Attempted to authenticate with an unsupported method.", false, KEYSTONE), "method of logging in");
    of(failure(403, "You are not authorized.", false, None), "none of its remote ids");
    of(failure(404, "Could not find Identity Provider: keycloak.", false, None), "no identity provider");
    of(failure(404, "Could not find mapping: x.", false, None), "mapping that is gone");
    of(failure(404, "Could not find domain: X.", false, None), "domain that does not exist");
    of(failure(404, "observer", false, None), "role `observer`");
    of(failure(404, "Could not find role assignment with role: 1.", false, None), "two logins at once");
    of(failure(409, "Conflict occurred attempting to store federated_user", false, None), "another identity provider");
    of(failure(400, "argument of type 'NoneType' is not iterable", false, None), "no `domain`");
    of(failure(400, "String length exceeded.", false, None), "String length exceeded");
    of(failure(500, "Internal Server Error", true, None), "something went wrong in Keystone");
}

#[test]
fn what_is_not_known_is_told_as_it_is() {
    let (stage, why) = refused(&failure(502, "502 Proxy Error", true, None));
    assert_eq!((stage, why.as_str()), (Stage::Apache, ""));
}

#[test]
fn a_project_that_is_not_granted_is_told_from_one_that_cannot_be_used() {
    let carried = Roles::from([("Default/acme".to_owned(), ["member".to_owned()].into())]);
    let refused = failure(401, GENERIC, false, KEYSTONE);
    let open = ["acme".to_owned()];
    let cause = of_scope(&refused, ("Default", "other"), &carried, Some(&open)).unwrap();
    assert!(cause.why.starts_with("Unauthorized: ") && cause.why.contains("can work in acme"), "{cause:?}");
    let cause = of_scope(&refused, ("Default", "acme"), &carried, None).unwrap();
    assert!(cause.why.contains("is disabled"), "{cause:?}");
    let disabled = failure(404, "Failed to validate token", false, None);
    assert!(of_scope(&disabled, ("Default", "acme"), &carried, None).unwrap().why.contains("account in Keystone"));
}
