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
    insta::assert_snapshot!(render(&ByHand { keystone: &keystone, fqdn: Some("example.com"), doors }), @r#"
    # What no API can set. In Apache's configuration (mod_auth_openidc) beside the host of https://keystone.example.com/:
    OIDCPassClaimsAs environment
    OIDCClaimPrefix "OIDC-"
    OIDCOAuthRemoteUserClaim preferred_username
    LimitRequestFieldSize 65536

    # Within <VirtualHost> of keystone.example.com: realm pod, identity provider keycloak
    OIDCOAuthVerifyJwksUri https://keycloak.example.com/realms/pod/protocol/openid-connect/certs
    <Location /v3/OS-FEDERATION/identity_providers/keycloak/protocols/openid/auth>
        AuthType oauth20
        Require claim "iss:https://keycloak.example.com/realms/pod"
    </Location>
    ProxyPreserveHost On
    RequestHeader set X-Forwarded-Proto https
    ProxyPass /v3/OS-FEDERATION/identity_providers/keycloak-admin/protocols/openid/auth http://127.0.0.1:5001/v3/OS-FEDERATION/identity_providers/keycloak-admin/protocols/openid/auth

    # A host has the keys of one realm. One more for realm master, identity provider keycloak-admin;
    # it leads to the same WSGI process as the first:
    Listen 127.0.0.1:5001
    <VirtualHost 127.0.0.1:5001>
    <Location />
        Require all denied
    </Location>
    OIDCOAuthVerifyJwksUri https://keycloak.example.com/realms/master/protocol/openid-connect/certs
    <Location /v3/OS-FEDERATION/identity_providers/keycloak-admin/protocols/openid/auth>
        AuthType oauth20
        Require claim "iss:https://keycloak.example.com/realms/master"
    </Location>
    </VirtualHost>

    # In keystone.conf:
    [auth]
    methods = password,token,application_credential,mapped,openid

    [federation]
    remote_id_attribute = OIDC-iss
    # A line for each dashboard at which people log in with their browser; correct the host's name.
    trusted_dashboard = https://dashboard.example.com/auth/websso/
    trusted_dashboard = https://admin.dashboard.example.com/auth/websso/
    "#);
}

#[test]
fn without_a_realm_there_is_nothing_to_do() {
    let keystone: Url = "https://keystone.example.com".parse().unwrap();
    assert_eq!(render(&ByHand { keystone: &keystone, fqdn: None, doors: Vec::new() }), "");
}
