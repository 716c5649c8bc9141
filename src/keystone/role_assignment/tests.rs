//! Assignments between their address, the server's list and the server's route.

use serde_json::json;

use super::*;

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
    let step = |action| Step::of(&bare, action);
    let put = RoleAssignment::write(&step(Action::Create), &ids).unwrap();
    assert_eq!((put.method, put.route.to_string().as_str()), (Method::PUT, "/v3/domains/d/groups/g/roles/r"));
    assert_eq!(RoleAssignment::write(&step(Action::Delete), &ids).unwrap().method, Method::DELETE);
    assert!(RoleAssignment::write(&step(Action::Create), &Ids::new()).is_err());
    let listed = json!({"role": {"id": "r"}, "group": {"id": "g"}, "scope": {"domain": {"id": "d"}}});
    assert_eq!(place_of(&listed).unwrap().join("/"), "domains/d/groups/g/roles/r");
}

#[test]
fn what_is_inherited_or_on_the_system_has_a_place_of_its_own() {
    let ids: Ids = [
        ("keystone/user/Default/bob", "u"),
        ("keystone/project/acme/prod", "p"),
        ("keystone/domain/acme", "d"),
        ("keystone/role/member", "r"),
    ]
    .map(|(text, id)| (address(text), id.to_owned()))
    .into();
    let user = json!({"id": "u"});
    let listed = |scope: Json| place_of(&json!({"role": {"id": "r"}, "user": user, "scope": scope})).unwrap().join("/");
    for (text, scope, route) in [
        (
            "keystone/role-assignment/user/Default/bob/inherited/project/acme/prod/member",
            json!({"project": {"id": "p"}, "OS-INHERIT:inherited_to": "projects"}),
            "OS-INHERIT/projects/p/users/u/roles/r/inherited_to_projects",
        ),
        (
            "keystone/role-assignment/user/Default/bob/inherited/domain/acme/member",
            json!({"domain": {"id": "d"}, "OS-INHERIT:inherited_to": "projects"}),
            "OS-INHERIT/domains/d/users/u/roles/r/inherited_to_projects",
        ),
        (
            "keystone/role-assignment/user/Default/bob/system/member",
            json!({"system": {"all": true}}),
            "system/users/u/roles/r",
        ),
    ] {
        assert_eq!(place(&address(text).assigned().unwrap(), &ids).unwrap().join("/"), route);
        assert_eq!(listed(scope), route);
    }
    for text in [
        "keystone/role-assignment/user/Default/bob/inherited/system/member",
        "keystone/role-assignment/robot/Default/bob/system/member",
        "keystone/role-assignment/user/Default/bob/realm/acme/member",
    ] {
        assert!(address(text).assigned().is_none(), "{text}");
    }
}

#[test]
fn what_is_taken_away_is_what_was_found() {
    let bare = RoleAssignment::bare(address(ON_A_DOMAIN));
    let step = Step { id: Some("domains/d/groups/other/roles/r".to_owned()), ..Step::of(&bare, Action::Delete) };
    let sent = RoleAssignment::write(&step, &Ids::new()).unwrap();
    assert_eq!((sent.method, sent.route.to_string().as_str()), (Method::DELETE, "/v3/domains/d/groups/other/roles/r"));
}
