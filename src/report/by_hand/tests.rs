//! The text has one spec's own values, and can be copied.

use super::*;

fn door(realm: &str, provider: &str) -> Door {
    let issuer = format!("https://keycloak.example.com/realms/{realm}");
    Door {
        realm: realm.to_owned(),
        keys: format!("{issuer}/protocol/openid-connect/certs"),
        issuer,
        provider: provider.to_owned(),
        protocol: "openid".to_owned(),
    }
}

#[test]
fn two_realms_have_a_host_each_and_one_keystone() {
    let keystone: Url = "https://keystone.example.com".parse().unwrap();
    let doors = vec![door("pod", "keycloak"), door("master", "keycloak-admin")];
    insta::assert_snapshot!(render(&ByHand { keystone: &keystone, fqdn: Some("example.com"), doors }));
}

#[test]
fn without_a_realm_there_is_nothing_to_do() {
    let keystone: Url = "https://keystone.example.com".parse().unwrap();
    assert_eq!(render(&ByHand { keystone: &keystone, fqdn: None, doors: Vec::new() }), "");
}
