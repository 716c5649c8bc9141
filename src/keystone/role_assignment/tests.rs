//! Assignments between their address, the server's list and the server's route.

use serde_json::json;

use super::*;
use crate::model::step::Part;

fn address(text: &str) -> Address {
    text.parse().unwrap()
}

const ON_A_PROJECT: &str = "keystone/role-assignment/user/Default/bob/project/acme/prod/member";
const ON_A_DOMAIN: &str = "keystone/role-assignment/group/Default/team/domain/acme/reader";

#[test]
fn an_assignment_requires_all_that_it_links() {
    let requires = |text: &str| {
        let requires = RoleAssignment::bare(address(text)).requires;
        requires.iter().map(Address::to_string).collect::<Vec<_>>()
    };
    assert_eq!(
        requires(ON_A_PROJECT),
        ["keystone/user/Default/bob", "keystone/project/acme/prod", "keystone/role/member"]
    );
    assert_eq!(requires(ON_A_DOMAIN), ["keystone/group/Default/team", "keystone/domain/acme", "keystone/role/reader"]);
}

#[test]
fn it_is_put_and_deleted_where_the_list_shows_it() {
    let ids: Ids = [("keystone/group/Default/team", "g"), ("keystone/domain/acme", "d"), ("keystone/role/reader", "r")]
        .map(|(text, id)| (address(text), id.to_owned()))
        .into();
    let bare = RoleAssignment::bare(address(ON_A_DOMAIN));
    let step = |action| Step {
        address: bare.address.clone(),
        action,
        part: Part::Only,
        fields: vec![],
        requires: bare.requires.clone(),
        document: bare.address.clone(),
        id: None,
        source: None,
    };
    let put = RoleAssignment::write(&step(Action::Create), &ids).unwrap();
    assert_eq!((put.method, put.route.to_string().as_str()), (Method::PUT, "/v3/domains/d/groups/g/roles/r"));
    assert_eq!(RoleAssignment::write(&step(Action::Delete), &ids).unwrap().method, Method::DELETE);
    assert!(RoleAssignment::write(&step(Action::Create), &Ids::new()).is_err());
    let listed = json!({"role": {"id": "r"}, "group": {"id": "g"}, "scope": {"domain": {"id": "d"}}});
    assert_eq!(direct(&listed).unwrap().join("/"), "domains/d/groups/g/roles/r");
}

#[test]
fn what_is_inherited_or_on_the_system_is_another_thing() {
    let scope = json!({"project": {"id": "p"}, "OS-INHERIT:inherited_to": "projects"});
    assert_eq!(direct(&json!({"role": {"id": "r"}, "user": {"id": "u"}, "scope": scope})), None);
    assert_eq!(direct(&json!({"role": {"id": "r"}, "user": {"id": "u"}, "scope": {"system": {"all": true}}})), None);
}
