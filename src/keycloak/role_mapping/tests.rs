//! Role mappings: what they link, and how that is written.

use reqwest::Method;
use serde_json::json;

use super::*;
use crate::model::step::Action;
use crate::resource::Body;

fn address(names: &str) -> Address {
    format!("keycloak/pod/role-mapping/{names}").parse().unwrap()
}

fn step(address: Address, action: Action) -> Step {
    Step::of(&RoleMapping::bare(address), action)
}

/// Every thing that is required has its address for an id.
fn written(names: &str, action: Action) -> Request {
    let step = step(address(names), action);
    let ids = step.requires.iter().map(|address| (address.clone(), address.name().to_uppercase())).collect();
    RoleMapping::write(&step, &ids).unwrap()
}

#[test]
fn a_mapping_requires_all_that_it_links_and_is_part_of_its_holder() {
    let links = [
        ("realm/ops/user/alice", "user/alice realm-role/ops"),
        ("realm/ops/group/a/b", "group/a/b realm-role/ops"),
        ("client/app/ops/service-account/robot", "service-account/robot client-role/app/ops client/app"),
    ];
    for (names, expected) in links {
        let bare = RoleMapping::bare(address(names));
        let requires: Vec<String> = bare.requires.iter().map(Address::to_string).collect();
        assert_eq!(requires.join(" ").replace("keycloak/pod/", ""), expected);
        assert_eq!(bare.document, bare.requires[0]);
    }
}

#[test]
fn a_role_is_given_and_taken_away_by_id_and_name() {
    for (action, method) in [(Action::Create, Method::POST), (Action::Delete, Method::DELETE)] {
        let request = written("realm/ops/user/alice", action);
        assert_eq!(request.method, method);
        assert_eq!(request.route.to_string(), "/admin/realms/pod/users/ALICE/role-mappings/realm");
        assert_eq!(request.body, Body::This(json!([{"id": "OPS", "name": "ops"}])));
    }
    let request = written("client/app/ops/group/a/b", Action::Create);
    assert_eq!(request.route.to_string(), "/admin/realms/pod/groups/B/role-mappings/clients/APP");
}

#[test]
fn a_refusal_names_the_role_that_the_tool_would_need_itself() {
    let said =
        RoleMapping::refused(&step(address("client/app/ops/user/alice"), Action::Create), Kind::Forbidden).unwrap();
    assert!(said.contains("`manage-users` of realm `pod`") && said.contains("`ops` of client `app`"), "{said}");
}

#[test]
fn a_group_shows_its_own_roles() {
    let group = json!({"realmRoles": ["ops"], "clientRoles": {"app": ["reader"]}});
    let shows = |names| {
        let Link { role, client, .. } = link(&address(names)).unwrap();
        shows(&group, &role, client.as_ref())
    };
    assert!(shows("realm/ops/group/a") && shows("client/app/reader/group/a"));
    assert!(!shows("realm/reader/group/a") && !shows("client/app/ops/group/a") && !shows("client/ops/reader/group/a"));
}
