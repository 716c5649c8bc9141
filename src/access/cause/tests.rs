//! Each cause is told by its own facts.

use super::*;
use crate::access::Roles;

fn mapper() -> Mapper {
    Mapper {
        name: "projects".to_owned(),
        provider: GUIDES_MAPPER.to_owned(),
        reach: Reach::Always,
        attribute: Some("project".to_owned()),
        claim: Some("projects".to_owned()),
        in_access_token: true,
    }
}

fn facts(mappers: &[Mapper]) -> Facts {
    Facts {
        client: "openstack-cli".to_owned(),
        claim: "projects".to_owned(),
        attribute: "project".to_owned(),
        mappers: mappers.to_vec(),
        has_value: true,
        policy: Some("adminEdit".to_owned()),
    }
}

fn missing() -> Difference {
    let missing = Roles::from([("Default/acme".to_owned(), ["member".to_owned()].into())]);
    Difference { missing, ..Difference::default() }
}

fn why(facts: &Facts) -> String {
    facts.cause(&Claim::Absent, &missing()).why
}

#[test]
fn a_missing_mapper_is_named() {
    let cause = facts(&[]).cause(&Claim::Absent, &missing());
    assert!(cause.why.contains("no mapper"), "{cause:?}");
    assert!(cause.next.contains("userAttribute: project, tokenClaim: projects"), "{cause:?}");
}

#[test]
fn a_mapper_that_is_nearly_right_is_named_with_what_is_wrong() {
    let wrong_claim = Mapper { claim: Some("grants".to_owned()), ..mapper() };
    assert!(why(&facts(&[wrong_claim])).contains("writes the claim `grants`, and Keystone reads `projects`"));
    let wrong_attribute = Mapper { attribute: Some("projects".to_owned()), ..mapper() };
    assert!(why(&facts(&[wrong_attribute])).contains("reads the attribute `projects`, and grants are in `project`"));
    let not_added = Mapper { in_access_token: false, ..mapper() };
    assert!(why(&facts(&[not_added])).contains("access tokens"));
}

#[test]
fn a_scope_that_is_not_default_is_named() {
    let optional = Mapper { reach: Reach::WhenAsked("cloud".to_owned()), ..mapper() };
    let cause = facts(&[optional]).cause(&Claim::Absent, &missing());
    assert!(cause.why.contains("optional scope `cloud`"), "{cause:?}");
    assert!(cause.next.contains("default scope"), "{cause:?}");
    let unassigned = Mapper { reach: Reach::Never("cloud".to_owned()), ..mapper() };
    assert!(why(&facts(&[unassigned])).contains("does not have"));
}

#[test]
fn a_policy_that_drops_the_attribute_is_told_from_a_person_without_grants() {
    let dropped = Facts { has_value: false, policy: Some("disabled".to_owned()), ..facts(&[mapper()]) };
    assert!(why(&dropped).contains("drops the attribute"));
    let without = Facts { has_value: false, ..facts(&[mapper()]) };
    assert!(why(&without).starts_with("Unauthorized: "), "the guide's row, by its name");
    assert!(why(&facts(&[mapper()])).starts_with("Unauthorized: "));
}

#[test]
fn another_type_of_mapper_is_blamed_for_another_shape() {
    let stock = Mapper { provider: "oidc-usermodel-attribute-mapper".to_owned(), ..mapper() };
    let cause = facts(&[stock]).cause(&Claim::Misshapen("is a list".to_owned()), &missing());
    assert!(cause.why.contains("oidc-usermodel-attribute-mapper") && cause.next.contains(GUIDES_MAPPER), "{cause:?}");
    let cause = facts(&[mapper()]).cause(&Claim::Misshapen("is no JSON".to_owned()), &missing());
    assert!(cause.why.contains("a value of the attribute"), "{cause:?}");
}

#[test]
fn roles_that_nobody_promised_are_not_put_down_to_what_is_missing() {
    let Difference { missing, extra } = missing();
    let extra = Difference { missing: extra, extra: missing };
    let cause = facts(&[mapper()]).cause(&Claim::Grants(Roles::new()), &extra);
    assert!(cause.why.contains("grants more"), "{cause:?}");
}

#[test]
fn a_mapper_of_another_claim_is_not_blamed_for_the_shape() {
    let provider = "oidc-usermodel-attribute-mapper".to_owned();
    let other = Mapper { provider, claim: Some("phone".to_owned()), ..mapper() };
    let cause = facts(&[other, mapper()]).cause(&Claim::Misshapen("is no JSON".to_owned()), &missing());
    assert!(cause.why.contains("a value of the attribute"), "{cause:?}");
}

#[test]
fn a_person_without_the_attribute_is_told_from_one_whose_values_grant_too_little() {
    let without = Facts { has_value: false, ..facts(&[mapper()]) };
    assert!(why(&without).contains("has no attribute `project`"));
    let stored_under_any_policy = Facts { policy: Some("disabled".to_owned()), ..facts(&[mapper()]) };
    assert!(why(&stored_under_any_policy).contains("grants what is missing"));
}
