//! Tokens are read without being believed.

use serde_json::json;

use super::*;

#[test]
fn the_claims_of_a_token_are_read() {
    let part = |json: &Json| URL_SAFE_NO_PAD.encode(json.to_string());
    let claims = json!({"sub": "1", "projects": "[{\"name\":\"ü?>\"}]"});
    let token = format!("{}.{}.signature", part(&json!({"alg": "RS256"})), part(&claims));
    assert_eq!(decode(&token), Some(claims));
}

#[test]
fn what_is_no_token_is_not_read() {
    for text in ["", "opaque", "a.b", "a.!.c", "e30.bm8gSlNPTg.x"] {
        assert_eq!(decode(text), None, "{text}");
    }
}
