//! What a shell makes of the file.

use std::io::Write as _;
use std::process::{Command, Stdio};

use proptest::prelude::*;

use super::*;
use crate::secret::Secret;

fn delivery(client_secret: &str, username: &str) -> Delivery {
    Delivery {
        auth_url: "https://keystone.example.com/".parse().unwrap(),
        identity_provider: "keycloak".to_owned(),
        protocol: "openid".to_owned(),
        client_id: "openstack-cli".to_owned(),
        client_secret: Some(Secret::new(client_secret.to_owned())),
        discovery_endpoint: "https://keycloak.example.com/realms/pod/.well-known/openid-configuration".parse().unwrap(),
        username: username.to_owned(),
        project_id: "0123".to_owned(),
        project_name: "Default/acme\nrm -rf x".to_owned(),
        ca_file: Some("/etc/my ca.crt".to_owned()),
        proxies: vec![("https_proxy".to_owned(), "http://proxy:3128".to_owned())],
    }
}

/// What the variables are after a shell has sourced the file, with `password` typed.
fn sourced(shell: &str, text: &str, password: &str, variables: &[&str]) -> Vec<String> {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(text.as_bytes()).unwrap();
    let show = variables.iter().fold(String::new(), |show, name| format!("{show}printf '%s\\0' \"${name}\"; "));
    let mut child = Command::new(shell)
        .args(["-c", &format!(". {}; {show}", file.path().display())])
        .env("OS_PROJECT_NAME", "left over")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(format!("{password}\n").as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    text.split('\0').take(variables.len()).map(str::to_owned).collect()
}

#[test]
fn the_variables_are_the_guides() {
    let text = render(&delivery("s3cret", "alice")).unwrap();
    let exported: Vec<&str> = text.lines().filter_map(|line| line.strip_prefix("export ")).collect();
    assert_eq!(
        exported,
        [
            "OS_INTERFACE=public",
            "OS_IDENTITY_API_VERSION=3",
            "OS_AUTH_URL=https://keystone.example.com",
            "OS_AUTH_TYPE=v3oidcpassword",
            "OS_PROTOCOL=openid",
            "OS_IDENTITY_PROVIDER=keycloak",
            "OS_CLIENT_ID=openstack-cli",
            "OS_CLIENT_SECRET=s3cret",
            "OS_DISCOVERY_ENDPOINT=https://keycloak.example.com/realms/pod/.well-known/openid-configuration",
            "OS_USERNAME=alice",
            "OS_PROJECT_ID=0123",
            "OS_CACERT='/etc/my ca.crt'",
            "https_proxy=http://proxy:3128",
            "OS_PASSWORD",
        ]
    );
}

#[test]
fn the_password_is_asked_for_and_leftovers_are_cleared() {
    let text = render(&delivery("s3cret", "alice")).unwrap();
    let password = r#" pass "w'ord\$x "#;
    for shell in ["sh", "bash"] {
        let values = sourced(shell, &text, password, &["OS_PASSWORD", "OS_PROJECT_NAME", "OS_CACERT"]);
        assert_eq!(values, [password, "", "/etc/my ca.crt"], "{shell}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]
    #[test]
    fn whatever_a_secret_holds_reaches_the_shell_unchanged(secret in "[^\\x00]{1,40}", username in "[^\\x00]{1,20}") {
        let text = render(&delivery(&secret, &username)).unwrap();
        let values = sourced("sh", &text, "x", &["OS_CLIENT_SECRET", "OS_USERNAME"]);
        prop_assert_eq!(values, [secret, username]);
    }
}
