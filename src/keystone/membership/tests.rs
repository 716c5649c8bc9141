//! What a membership requires, and how it is sent.

use super::*;

#[test]
fn the_user_is_put_into_the_group_and_taken_out_by_the_id_that_was_found_there() {
    let address: Address = "keystone/membership/acme/ops%2Fnight/Default/bob".parse().unwrap();
    let bare = Membership::bare(address);
    let names: Vec<String> = bare.requires.iter().map(Address::to_string).collect();
    assert_eq!(names, ["keystone/group/acme/ops%2Fnight", "keystone/user/Default/bob"]);
    assert_eq!(bare.shape, Shape::Relation);
    let ids: Ids = bare.requires.iter().zip(["g", "u"]).map(|(address, id)| (address.clone(), id.to_owned())).collect();
    let step = |action, id: Option<&str>| Step { id: id.map(str::to_owned), ..Step::of(&bare, action) };
    let sent = |action, id| {
        let Request { method, route, .. } = Membership::write(&step(action, id), &ids).unwrap();
        format!("{method} {route}")
    };
    assert_eq!(sent(Action::Create, None), "PUT /v3/groups/g/users/u");
    assert_eq!(sent(Action::Delete, None), "DELETE /v3/groups/g/users/u");
    assert_eq!(sent(Action::Delete, Some("another")), "DELETE /v3/groups/g/users/another");
    assert!(Membership::write(&step(Action::Create, None), &Ids::new()).is_err());
}
