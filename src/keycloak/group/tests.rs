//! Groups: where they are made, and how they are written.

use reqwest::Method;

use super::*;
use crate::model::step::Action;
use crate::resource::Body;

fn address(names: &[&str]) -> Address {
    Address::keycloak("pod", KeycloakKind::Group, names.iter().copied())
}

fn step(action: Action, names: &[&str]) -> Step {
    Step::of(&Group::bare(address(names)), action)
}

#[test]
fn a_group_requires_the_one_that_it_is_in() {
    assert_eq!(Group::bare(address(&["a"])).requires, []);
    let inner = Group::bare(address(&["a", "b/c"]));
    assert_eq!(inner.requires, [address(&["a"])]);
    assert_eq!(inner.address.to_string(), "keycloak/pod/group/a/b%2Fc");
    assert_eq!(inner.address.to_string().parse(), Ok(inner.address));
}

#[test]
fn a_group_is_made_below_its_parent() {
    let ids = Ids::from([(address(&["a"]), "1".to_owned())]);
    let outer = Group::write(&step(Action::Create, &["a"]), &ids).unwrap();
    assert_eq!((outer.route.to_string().as_str(), outer.body), ("/admin/realms/pod/groups", Body::New));
    let inner = Group::write(&step(Action::Create, &["a", "b"]), &ids).unwrap();
    assert_eq!(inner.route.to_string(), "/admin/realms/pod/groups/1/children");
    assert_eq!(Group::write(&step(Action::Create, &["x", "b"]), &ids).unwrap_err().0, address(&["x"]));
}

#[test]
fn a_group_is_read_again_and_sent_whole() {
    let ids = Ids::from([(address(&["a"]), "1".to_owned())]);
    let update = Group::write(&step(Action::Update, &["a"]), &ids).unwrap();
    assert_eq!((update.method, update.route.to_string().as_str()), (Method::PUT, "/admin/realms/pod/groups/1"));
    assert_eq!(update.body, Body::Whole);
}
