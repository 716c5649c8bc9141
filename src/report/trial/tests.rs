//! A tried login as people read it.

use super::*;
use crate::access::cause::Cause;
use crate::trial::Passed;

#[test]
fn the_stage_at_which_it_ends_is_told_with_cause_and_next_step() {
    let passed = [(Stage::Discovery, "the issuer is https://kc/realms/pod"), (Stage::Token, "a token")];
    let passed = passed.map(|(stage, what)| Passed { stage, what: what.to_owned() });
    let cause = Cause { why: "no mapper".to_owned(), next: "declare one".to_owned() };
    let stopped = Stopped {
        stage: Stage::Claim,
        what: "the token has no claim `projects`".to_owned(),
        beneath: vec!["deep down".to_owned()],
        cause: Some(cause),
        by_hand: false,
        kind: None,
    };
    let outcome = Outcome { passed: passed.into(), stopped: Some(stopped), kept: Vec::new() };
    insta::assert_snapshot!(anstream::adapter::strip_str(&stages(&outcome)), @r"
      ✓ discovery   the issuer is https://kc/realms/pod
      ✓ token       a token
      ✗ claim       the token has no claim `projects`
          because: deep down
          cause:   no mapper
          next:    declare one
      ? apache      not reached
      ? keystone    not reached
      ? scope       not reached

    The login does not work.
    ");
}
