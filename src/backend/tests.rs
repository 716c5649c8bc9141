use super::*;

fn wanted(address: &str) -> Wanted {
    let address = address.parse().unwrap();
    Wanted { ensure: Ensure::Present, ..(behaviour(&address).bare)(address) }
}

/// What the object at an address requires among these.
fn required(of: &str, among: &[&str]) -> Vec<String> {
    let all = with_requirements(among.iter().map(|address| wanted(address)).collect());
    let of = all.into_iter().find(|wanted| wanted.address.to_string() == of).unwrap();
    of.requires.iter().map(Address::to_string).collect()
}

#[test]
fn users_are_made_before_new_users_are_put_into_a_group() {
    let among = [
        "keycloak/pod/default-group/acme",
        "keycloak/pod/group/acme",
        "keycloak/pod/user/alice",
        "keycloak/master/user/bob",
    ];
    let required = required("keycloak/pod/default-group/acme", &among);
    assert_eq!(required, ["keycloak/pod/group/acme", "keycloak/pod/user/alice"]);
}

#[test]
fn what_a_realm_gives_to_new_clients_is_there_before_them() {
    let among =
        ["keycloak/pod/assigned-scope/projects", "keycloak/pod/client-scope/projects", "keycloak/pod/client/app"];
    assert_eq!(required("keycloak/pod/client/app", &among), ["keycloak/pod/assigned-scope/projects"]);
}
