use super::Renames;
use crate::model::address::Address;

fn address(text: &str) -> Address {
    text.parse().unwrap()
}

#[test]
fn what_is_named_after_a_renamed_object_is_named_after_both_names() {
    let mut renames = Renames::default();
    renames.add(&address("keycloak/pod/group/acme"), "acme-old");
    renames.add(&address("keycloak/pod/group/acme/ops"), "admins");
    renames.add(&address("keycloak/pod/client/app"), "program");
    renames.add(&address("keycloak/pod/client-role/app/reader"), "viewer");
    renames.add(&address("keystone/project/Default/prod"), "production");
    for (here, there) in [
        ("keycloak/pod/group/acme", "keycloak/pod/group/acme-old"),
        ("keycloak/pod/group/acme/ops", "keycloak/pod/group/acme-old/admins"),
        ("keycloak/pod/group/acme/ops/night", "keycloak/pod/group/acme-old/admins/night"),
        ("keycloak/pod/membership/acme/ops/alice", "keycloak/pod/membership/acme-old/admins/alice"),
        ("keycloak/pod/client-role/app/reader", "keycloak/pod/client-role/program/viewer"),
        ("keycloak/pod/client-role/app/other", "keycloak/pod/client-role/program/other"),
        (
            "keycloak/pod/role-mapping/client/app/reader/group/acme/ops",
            "keycloak/pod/role-mapping/client/program/viewer/group/acme-old/admins",
        ),
        ("keycloak/pod/protocol-mapper/app/groups", "keycloak/pod/protocol-mapper/program/groups"),
        (
            "keystone/role-assignment/user/Default/bob/inherited/project/Default/prod/member",
            "keystone/role-assignment/user/Default/bob/inherited/project/Default/production/member",
        ),
        ("keycloak/pod/group/other/ops", "keycloak/pod/group/other/ops"),
        ("keycloak/master/group/acme", "keycloak/master/group/acme"),
        ("keystone/project/acme/prod", "keystone/project/acme/prod"),
    ] {
        assert_eq!(renames.there(&address(here)).to_string(), there);
        assert_eq!(renames.here(&address(there)).to_string(), here);
    }
}

#[test]
fn an_object_tells_its_own_other_name_alone() {
    let mut renames = Renames::default();
    renames.add(&address("keycloak/pod/group/acme"), "acme-old");
    assert_eq!(renames.name(&address("keycloak/pod/group/acme")), Some("acme-old"));
    assert_eq!(renames.name(&address("keycloak/pod/group/acme/ops")), None);
}
