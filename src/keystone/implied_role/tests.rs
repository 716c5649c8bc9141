//! Which roles a link needs, and how it is sent.

use super::*;

#[test]
fn both_roles_must_be_there_and_are_sent_by_their_ids() {
    let address: Address = "keystone/implied-role/operator/auditor".parse().unwrap();
    let bare = ImpliedRole::bare(address);
    let names: Vec<String> = bare.requires.iter().map(Address::to_string).collect();
    assert_eq!(names, ["keystone/role/operator", "keystone/role/auditor"]);
    assert_eq!(bare.shape, Shape::Relation);
    let ids = bare.requires.iter().zip(["1", "2"]).map(|(address, id)| (address.clone(), id.to_owned())).collect();
    let step = |action| Step::of(&bare, action);
    for (action, method) in [(Action::Create, "PUT"), (Action::Delete, "DELETE")] {
        let request = ImpliedRole::write(&step(action), &ids).unwrap();
        assert_eq!(format!("{} {}", request.method, request.route), format!("{method} /v3/roles/1/implies/2"));
    }
    assert!(ImpliedRole::write(&step(Action::Create), &Ids::new()).is_err());
}

#[test]
fn a_role_of_a_domain_is_another_one_than_that_of_none() {
    let requires = |text: &str| {
        let requires = ImpliedRole::bare(text.parse().unwrap()).requires;
        requires.iter().map(Address::to_string).collect::<Vec<_>>()
    };
    assert_eq!(requires("keystone/implied-role/acme/ops/reader"), ["keystone/role/acme/ops", "keystone/role/reader"]);
    let both = requires("keystone/implied-role/acme/ops/acme/night");
    assert_eq!(both, ["keystone/role/acme/ops", "keystone/role/acme/night"]);
}
