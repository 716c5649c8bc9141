//! A check as people read it.

use std::collections::{BTreeMap, BTreeSet};

use super::*;
use crate::access::Roles;
use crate::access::cause::Cause;
use crate::access::promise::{Difference, Promise};
use crate::model::address::{Address, KeycloakKind};

fn one(key: &str, names: &[&str]) -> Roles {
    Roles::from([(key.to_owned(), names.iter().map(|name| (*name).to_owned()).collect::<BTreeSet<_>>())])
}

fn shown(text: &str) -> String {
    anstream::adapter::strip_str(text).to_string()
}

#[test]
fn each_person_has_a_line_and_a_wrong_one_its_cause() {
    let promise = Promise { roles: one("Default/acme", &["member", "reader"]), ..Promise::default() };
    let carried = Claim::Grants(one("Default/acme", &["reader"]));
    let wrong = Carried::Otherwise {
        difference: Difference { missing: one("Default/acme", &["member"]), extra: Roles::new() },
        claim: carried,
        cause: Cause { why: "a cause".to_owned(), next: "a next step".to_owned() },
    };
    let missing = Address::keycloak("pod", KeycloakKind::User, ["carol"]);
    let people = BTreeMap::from([
        ("alice".to_owned(), Verdict { promise: promise.clone(), carried: Carried::AsPromised }),
        ("bob".to_owned(), Verdict { promise: promise.clone(), carried: wrong }),
        ("carol".to_owned(), Verdict { promise, carried: Carried::NotYet(missing) }),
    ]);
    let checks =
        [Check { realm: "pod".to_owned(), client: "openstack-cli".to_owned(), claim: "projects".to_owned(), people }];
    insta::assert_snapshot!(shown(&(check(&checks[0]) + &summary_of(&checks))), @r"
    Tokens of realm pod for client openstack-cli (claim `projects`):
      ✓ alice   Default/acme: member, reader
      ✗ bob     the token does not carry what is promised
          promised: Default/acme: member, reader
          carried:  Default/acme: reader
          missing:  Default/acme: member
          cause:    a cause
          next:     a next step
      ? carol   not known: there is no keycloak/pod/user/carol yet

    Tokens: 1 as promised, 1 wrong, 1 not known.
    ");
}
