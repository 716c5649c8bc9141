//! A promise against what a token carries.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::*;
use crate::diagnostic::Diagnostics;
use crate::pipeline;
use crate::spec::{KINDS, load};

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
    assert!(!Difference { extra: Roles::new(), ..difference.clone() }.is_empty());
    assert!(!Difference { missing: Roles::new(), ..difference }.is_empty());
}

#[test]
fn a_token_without_a_readable_claim_carries_nothing() {
    let promise = promise(&[("D/a", &["member"])], &["D/a"]);
    for claim in [Claim::Absent, Claim::Misshapen("is no JSON".to_owned())] {
        assert_eq!(promise.difference(&claim).missing, promise.roles);
    }
}

const HEAD: &str = "
apiVersion: opcp.dev/v1alpha1
kind: Environment
metadata: {name: prod}
spec: {fqdn: cloud.example.com}
---
apiVersion: opcp.dev/v1alpha1
kind: Realm
metadata: {name: pod}
spec: {environment: prod}
---
apiVersion: opcp.dev/v1alpha1
kind: Access
metadata: {name: acme}
spec:
  environment: prod
  realm: pod
  projects: [{name: prod}, {name: test}]
";

fn promised(access: &str) -> BTreeMap<String, Promise> {
    let mut diagnostics = Diagnostics::new();
    let text = format!("{HEAD}{access}");
    let loaded = load::read(&["-".into()], text.as_bytes(), &KINDS, &mut diagnostics);
    let spec = pipeline::understand(loaded, None, &mut diagnostics);
    assert!(!diagnostics.has_errors(), "{}", diagnostics.render(false));
    promises(&spec.unwrap().resolved)
        .into_iter()
        .map(|(address, promise)| (address.name().to_owned(), promise))
        .collect()
}

#[test]
fn a_person_is_promised_the_grants_of_groups_and_of_the_groups_around_them() {
    let promised = promised(
        "
  groups:
    - {path: /a, grants: [{project: prod, roles: [reader]}]}
    - {path: /a/b, grants: [{project: test, roles: [reader]}], members: [carol]}
    - {path: /a/b/c, grants: [{project: test, roles: [admin]}]}
  users:
    - {username: Bob, groups: [/a/b], grants: [{project: prod, roles: [member]}]}
    - {username: dan, groups: [{path: /a, ensure: absent}]}
",
    );
    let bob = &promised["bob"];
    assert_eq!(bob.roles, roles(&[("Default/prod", &["member", "reader"]), ("Default/test", &["reader"])]));
    assert!(bob.exact.contains("Default/test"), "of the document's own projects the person has what is written alone");
    assert_eq!(promised["carol"].roles, roles(&[("Default/prod", &["reader"]), ("Default/test", &["reader"])]));
    assert!(!promised["carol"].exact.contains("Default/prod"), "nothing is said of carol's own grants");
    assert!(!promised.contains_key("dan"));
}

#[test]
fn nothing_is_promised_to_whom_the_spec_does_not_look_at_or_sends_away() {
    let grant = "grants: [{project: prod, roles: [member]}]";
    assert!(promised(&format!("  modes: {{users: ignore}}\n  users: [{{username: bob, {grant}}}]\n")).is_empty());
    assert!(promised(&format!("  users: [{{username: bob, ensure: absent, {grant}}}]\n")).is_empty());
    assert_eq!(promised(&format!("  users: [{{username: bob, ensure: existing, {grant}}}]\n")).len(), 1);
}
