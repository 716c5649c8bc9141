//! The entry is what the `openstack` client reads.

use super::*;
use crate::secret::Secret;

fn delivery() -> Delivery {
    Delivery {
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
    }
}

#[test]
fn an_entry_holds_everything_but_the_password() {
    let text = render(&delivery(), "acme prod", None).unwrap();
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

#[test]
fn the_neighbours_entries_stay() {
    let first = render(&delivery(), "one", None).unwrap();
    let by_hand = format!("{first}  mine:\n    auth: {{auth_url: 'https://other'}}\n");
    let both = render(&delivery(), "two", Some(&by_hand)).unwrap();
    let read: Json = serde_yaml::from_str(&both).unwrap();
    let names: Vec<&String> = read["clouds"].as_object().unwrap().keys().collect();
    assert_eq!(names, ["one", "mine", "two"]);
    assert!(both.starts_with(&by_hand), "every byte of them: {both}");
    assert_eq!(read.pointer("/clouds/mine/auth/auth_url"), Some(&json!("https://other")));
}

#[test]
fn what_is_no_list_of_clouds_is_not_replaced() {
    for text in ["clouds: [", "clouds: []\n", "clouds: {one: {}}\n"] {
        assert!(render(&delivery(), "two", Some(text)).is_err(), "{text}");
    }
    let kept = "# ours\nclouds: {} # none yet\ncache: {}\n";
    let refused = render(&delivery(), "one", Some(kept));
    assert!(refused.is_err_and(|error| error.contains("not written in lines")));
}
