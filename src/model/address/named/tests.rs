use super::Address;

/// The objects that an address is named after, each with the name of it that stands there.
fn named(text: &str) -> Vec<String> {
    let address: Address = text.parse().unwrap();
    let said = |(index, object): (usize, Address)| format!("{}: {object}", address.names()[index]);
    address.named().into_iter().map(said).collect()
}

#[test]
fn every_link_is_named_after_what_it_links() {
    for (text, objects) in [
        ("keycloak/pod/group/a/b", vec!["a: keycloak/pod/group/a", "b: keycloak/pod/group/a/b"]),
        ("keycloak/pod/client-secret/app", vec!["app: keycloak/pod/client/app"]),
        ("keycloak/pod/default-group/a", vec!["a: keycloak/pod/group/a"]),
        ("keycloak/pod/protocol-mapper/client-scope/projects/m", vec!["projects: keycloak/pod/client-scope/projects"]),
        (
            "keycloak/pod/assigned-scope/app/projects",
            vec!["app: keycloak/pod/client/app", "projects: keycloak/pod/client-scope/projects"],
        ),
        ("keycloak/pod/assigned-scope/projects", vec!["projects: keycloak/pod/client-scope/projects"]),
        (
            "keycloak/pod/composite/realm/ops/client/app/reader",
            vec![
                "ops: keycloak/pod/realm-role/ops",
                "app: keycloak/pod/client/app",
                "reader: keycloak/pod/client-role/app/reader",
            ],
        ),
        (
            "keycloak/pod/composite/client/app/admin/realm/ops",
            vec![
                "app: keycloak/pod/client/app",
                "admin: keycloak/pod/client-role/app/admin",
                "ops: keycloak/pod/realm-role/ops",
            ],
        ),
        (
            "keycloak/pod/scope-mapping/realm/ops/client-scope/projects",
            vec!["ops: keycloak/pod/realm-role/ops", "projects: keycloak/pod/client-scope/projects"],
        ),
        (
            "keycloak/pod/role-mapping/realm/ops/service-account/robot",
            vec!["ops: keycloak/pod/realm-role/ops", "robot: keycloak/pod/client/robot"],
        ),
        (
            "keystone/implied-role/acme/ops/auditor",
            vec!["ops: keystone/role/acme/ops", "auditor: keystone/role/auditor"],
        ),
        (
            "keystone/membership/Default/auditors/acme/bob",
            vec!["auditors: keystone/group/Default/auditors", "bob: keystone/user/acme/bob"],
        ),
        (
            "keystone/role-assignment/group/Default/auditors/project/acme/prod/acme/ops",
            vec![
                "auditors: keystone/group/Default/auditors",
                "ops: keystone/role/acme/ops",
                "prod: keystone/project/acme/prod",
            ],
        ),
        (
            "keystone/role-assignment/user/Default/bob/system/reader",
            vec!["bob: keystone/user/Default/bob", "reader: keystone/role/reader"],
        ),
        (
            "keystone/role-assignment/user/Default/bob/domain/acme/reader",
            vec!["bob: keystone/user/Default/bob", "reader: keystone/role/reader"],
        ),
        (
            "keystone/effective-roles/user/Default/bob/project/acme/prod",
            vec!["bob: keystone/user/Default/bob", "prod: keystone/project/acme/prod"],
        ),
        ("keystone/application-credential/user/Default/bob/backup", vec!["bob: keystone/user/Default/bob"]),
        ("keystone/application-credential/federated-user/idp/openid/bob/backup", vec![]),
        ("keycloak/pod/realm", vec![]),
        ("keystone/domain/acme", vec![]),
        ("sink/openrc/./acme.sh", vec![]),
    ] {
        assert_eq!(named(text), objects, "{text}");
    }
}
