//! A promise against what a token carries.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::*;

fn roles(grants: &[(&str, &[&str])]) -> Roles {
    grants
        .iter()
        .map(|(key, roles)| ((*key).to_owned(), roles.iter().map(|role| (*role).to_owned()).collect()))
        .collect()
}

fn promise(grants: &[(&str, &[&str])], exact: &[&str]) -> Promise {
    let exact = exact.iter().map(|key| (*key).to_owned());
    Promise { roles: roles(grants), exact: Keys::new(&Arc::new(BTreeSet::new()), exact) }
}

#[test]
fn a_token_that_carries_the_promise_differs_in_nothing() {
    let promise = promise(&[("D/a", &["member"])], &["D/a", "D/b"]);
    let carried = Claim::Grants(roles(&[("D/a", &["member"]), ("D/foreign", &["admin"])]));
    assert!(promise.difference(&carried).is_empty(), "what the spec does not speak of is not its business");
}

#[test]
fn missing_and_extra_roles_are_told_apart() {
    let promise = promise(&[("D/a", &["member", "reader"])], &["D/a", "D/b"]);
    let carried = Claim::Grants(roles(&[("D/a", &["reader", "admin"]), ("D/b", &["member"])]));
    let difference = promise.difference(&carried);
    assert_eq!(difference.missing, roles(&[("D/a", &["member"])]));
    assert_eq!(difference.extra, roles(&[("D/a", &["admin"]), ("D/b", &["member"])]));
}

#[test]
fn a_token_without_a_readable_claim_carries_nothing() {
    let promise = promise(&[("D/a", &["member"])], &["D/a"]);
    for claim in [Claim::Absent, Claim::Misshapen("is no JSON".to_owned())] {
        assert_eq!(promise.difference(&claim).missing, promise.roles);
    }
}
