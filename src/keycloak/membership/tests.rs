//! Memberships: what they link, and how that is written.

use reqwest::Method;

use super::*;
use crate::model::step::Action;
use crate::resource::Body;

fn address() -> Address {
    Address::keycloak("pod", KeycloakKind::Membership, ["a", "b", "alice"])
}

fn step(action: Action) -> Step {
    Step::of(&Membership::bare(address()), action)
}

#[test]
fn a_membership_requires_both_ends_and_is_part_of_the_user() {
    let bare = Membership::bare(address());
    let requires: Vec<String> = bare.requires.iter().map(Address::to_string).collect();
    assert_eq!(requires, ["keycloak/pod/group/a/b", "keycloak/pod/user/alice"]);
    assert_eq!(bare.document.to_string(), "keycloak/pod/user/alice");
}

#[test]
fn a_membership_is_made_and_ended_at_one_place() {
    let ids = Membership::bare(address()).requires.into_iter().zip(["g".to_owned(), "u".to_owned()]).collect();
    for (action, method) in [(Action::Create, Method::PUT), (Action::Delete, Method::DELETE)] {
        let request = Membership::write(&step(action), &ids).unwrap();
        assert_eq!(
            (request.method, request.route.to_string().as_str()),
            (method, "/admin/realms/pod/users/u/groups/g")
        );
        assert_eq!(request.body, Body::Empty);
    }
    assert!(Membership::write(&step(Action::Create), &Ids::new()).is_err());
}
