//! What a scope mapping links, how it is read and how it is sent.

use serde_json::json;

use super::*;
use crate::model::step::Action;
use crate::resource::Body;

fn address(names: &str) -> Address {
    format!("keycloak/pod/scope-mapping/{names}").parse().unwrap()
}

#[test]
fn it_is_part_of_its_scope_and_requires_all_that_it_links() {
    let links = [
        ("realm/ops/client/app", "client/app realm-role/ops"),
        ("client/app/reader/client-scope/s", "client-scope/s client/app client-role/app/reader"),
        ("client/app/reader/client/app", "client/app client-role/app/reader"),
    ];
    for (names, expected) in links {
        let bare = ScopeMapping::bare(address(names));
        let requires: Vec<String> = bare.requires.iter().map(Address::to_string).collect();
        assert_eq!(requires.join(" ").replace("keycloak/pod/", ""), expected);
        assert_eq!(bare.document, bare.requires[0]);
    }
}

#[test]
fn a_role_is_sent_by_its_id_and_never_an_empty_list() {
    let routes = [
        ("realm/ops/client/app", "clients/APP/scope-mappings/realm", "ops"),
        ("client/app/reader/client-scope/s", "client-scopes/S/scope-mappings/clients/APP", "reader"),
    ];
    for (names, route, role) in routes {
        let bare = ScopeMapping::bare(address(names));
        let ids = bare.requires.iter().map(|address| (address.clone(), address.name().to_uppercase())).collect();
        for (action, method) in [(Action::Create, "POST"), (Action::Delete, "DELETE")] {
            let request = ScopeMapping::write(&Step::of(&bare, action), &ids).unwrap();
            assert_eq!(format!("{} {}", request.method, request.route), format!("{method} /admin/realms/pod/{route}"));
            assert_eq!(request.body, Body::This(json!([{"id": role.to_uppercase(), "name": role}])));
        }
        assert!(ScopeMapping::write(&Step::of(&bare, Action::Create), &Ids::new()).is_err());
    }
}

#[test]
fn a_refusal_names_the_right_that_a_role_of_the_realm_takes_besides() {
    let said = |names: &str| {
        let step = Step::of(&ScopeMapping::bare(address(names)), Action::Create);
        ScopeMapping::refused(&step, Kind::Forbidden)
    };
    assert!(said("realm/ops/client/app").unwrap().contains("`manage-realm`"));
    assert!(!said("client/app/reader/client/app").unwrap().contains("`manage-realm`"));
}

#[test]
fn what_a_list_shows_is_called_by_the_same_addresses() {
    let list = json!({"realmMappings": [{"name": "o/ps"}],
        "clientMappings": {"app": {"client": "app", "mappings": [{"name": "reader"}]}}});
    let scope: Address = "keycloak/pod/client-scope/s".parse().unwrap();
    let carried = wire::carried("pod", &list).unwrap();
    let shown: Vec<String> = carried.iter().map(|role| wire::address(role, &scope).to_string()).collect();
    let expected = ["realm/o%2Fps/client-scope/s", "client/app/reader/client-scope/s"];
    assert_eq!(shown, expected.map(|names| address(names).to_string()));
    assert_eq!(wire::carried("pod", &json!({})), Some(BTreeSet::new()));
    for no_list in [
        json!([]),
        json!({"realmMappings": {}}),
        json!({"clientMappings": {"app": {}}}),
        json!({"realmMappings": [{}]}),
    ] {
        assert_eq!(wire::carried("pod", &no_list), None, "{no_list}");
    }
}

#[test]
fn what_comes_with_a_realm_is_known() {
    assert!(is_built_in(&address("realm/offline_access/client-scope/offline_access")));
    assert!(is_built_in(&address("client/account/view-groups/client/account-console")));
    assert!(!is_built_in(&address("realm/offline_access/client-scope/email")));
}
