//! The entry is what the `openstack` client reads.

use super::*;
use crate::secret::Secret;

#[test]
fn an_entry_holds_everything_but_the_password() {
    let delivery = Delivery {
        auth_url: "https://keystone.example.com/".parse().unwrap(),
        identity_provider: "keycloak".to_owned(),
        protocol: "openid".to_owned(),
        client_id: "openstack-cli".to_owned(),
        client_secret: Some(Secret::new("no: \"quotes\"\n".to_owned())),
        discovery_endpoint: "https://keycloak.example.com/d".parse().unwrap(),
        username: "alice".to_owned(),
        project_id: "0755".to_owned(),
        project_name: "acme".to_owned(),
        ca_file: Some("/ca.crt".to_owned()),
        proxies: Vec::new(),
    };
    let text = render(&delivery, "acme prod").unwrap();
    assert!(text.starts_with(MARK));
    let read: Json = serde_yaml::from_str(&text).unwrap();
    assert_eq!(
        read.pointer("/clouds/acme prod").unwrap(),
        &json!({
            "auth_type": "v3oidcpassword",
            "interface": "public",
            "identity_api_version": 3,
            "auth": {
                "auth_url": "https://keystone.example.com",
                "identity_provider": "keycloak",
                "protocol": "openid",
                "client_id": "openstack-cli",
                "discovery_endpoint": "https://keycloak.example.com/d",
                "username": "alice",
                "project_id": "0755",
                "client_secret": "no: \"quotes\"\n",
            },
            "cacert": "/ca.crt",
        })
    );
}
