//! Addresses are told apart, printed and read back.

use proptest::prelude::*;

use super::*;

#[test]
fn names_are_printed_outermost_first() {
    let mapper = Address::keycloak("pod", KeycloakKind::ProtocolMapper, ["openstack-cli", "projects"]);
    assert_eq!(mapper.to_string(), "keycloak/pod/protocol-mapper/openstack-cli/projects");
    assert_eq!(Address::project("Default", "acme/50%").to_string(), "keystone/project/Default/acme%2F50%25");
}

#[test]
fn a_thing_without_a_name_has_none_to_print() {
    let profile = Address::keycloak("pod", KeycloakKind::UserProfile, []);
    assert_eq!(profile.to_string(), "keycloak/pod/user-profile");
    assert_eq!(profile.name(), "");
}

#[test]
fn a_wrong_number_of_names_is_no_address() {
    for text in ["keystone/project/acme", "keycloak/pod/user-profile/x", "keystone", "", "keycloak/pod/client/"] {
        assert_eq!(text.parse::<Address>(), Err(AddressError(text.to_owned())));
    }
}

proptest! {
    #[test]
    fn what_is_printed_is_read_back(domain in ".+", name in ".+") {
        let address = Address::project(&domain, &name);
        prop_assert_eq!(address.to_string().parse::<Address>(), Ok(address));
    }
}

#[test]
fn a_role_mapping_names_its_role_and_its_holder() {
    let mappings = [
        ("realm/o%2Fps/user/alice", "realm-role/o%2Fps", "user/alice"),
        ("client/app/user/group/a/b", "client-role/app/user", "group/a/b"),
        ("realm/user/service-account/Robot", "realm-role/user", "service-account/Robot"),
    ];
    for (mapping, role, holder) in mappings {
        let mapping: Address = format!("keycloak/pod/role-mapping/{mapping}").parse().unwrap();
        let named = [mapping.mapped_role(), mapping.role_holder()].map(|named| named.unwrap().to_string());
        assert_eq!(named, [role, holder].map(|named| format!("keycloak/pod/{named}")));
    }
    let user: Address = "keycloak/pod/user/alice".parse().unwrap();
    assert_eq!((user.mapped_role(), user.role_holder()), (None, None));
}

#[test]
fn a_membership_in_keystone_names_its_user_and_an_implied_role_both_roles() {
    let address = |text: &str| text.parse::<Address>().unwrap();
    let member = address("keystone/membership/acme/ops/Default/bob").local_member().unwrap();
    assert_eq!(member.to_string(), "keystone/user/Default/bob");
    assert_eq!(address("keystone/group/acme/ops").local_member(), None);
    for (text, prior, implied) in [("a/b", "a", "b"), ("acme/a/b", "acme/a", "b"), ("acme/a/zoo/b", "acme/a", "zoo/b")]
    {
        let roles = address(&format!("keystone/implied-role/{text}")).implied_roles().unwrap();
        let expected = [prior, implied].map(|role| format!("keystone/role/{role}"));
        assert_eq!([roles.0.to_string(), roles.1.to_string()], expected);
    }
    assert_eq!(address("keystone/role/a").implied_roles(), None);
}

#[test]
fn a_mapper_and_a_role_name_the_scope_that_they_are_in() {
    let of = |address: &str| -> Address { format!("keycloak/pod/{address}").parse().unwrap() };
    assert_eq!(of("protocol-mapper/app/m").mapped_in(), Some(of("client/app")));
    assert_eq!(of("protocol-mapper/client-scope/m").mapped_in(), Some(of("client/client-scope")));
    assert_eq!(of("protocol-mapper/client-scope/s%2F1/m").mapped_in(), Some(of("client-scope/s%2F1")));
    assert_eq!(of("protocol-mapper/other/s/m").mapped_in(), None);
    let mappings = [
        ("realm/ops/client/app", "realm-role/ops", "client/app"),
        ("client/app/client/client-scope/s", "client-role/app/client", "client-scope/s"),
    ];
    for (mapping, role, scope) in mappings {
        assert_eq!(of(&format!("scope-mapping/{mapping}")).scoped_role(), Some((of(role), of(scope))));
    }
    assert_eq!(of("scope-mapping/realm/ops/group/g").scoped_role(), None);
    assert_eq!((of("client/app").mapped_in(), of("client/app").scoped_role()), (None, None));
}
