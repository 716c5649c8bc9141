//! What is delivered can be read back, and everything else in a file stays as it is.

use std::collections::BTreeMap;

use super::dialect::Dialect;
use super::{Access, clouds_yaml, ini, openrc};
use crate::resolve::sink::{Client, Login};
use crate::secret::Secret;

const DIALECT: fn() -> Dialect = || Dialect::of(&Login::ApplicationCredential);

fn who(id: &str) -> BTreeMap<&'static str, String> {
    [("credential", id.to_owned()), ("authUrl", "https://keystone.example.com".to_owned())].into()
}

fn access() -> Access {
    Access {
        words: who("0123"),
        secret: Some(Secret::new("s3-_cret".to_owned())),
        region: Some("RegionOne".to_owned()),
        ca_file: Some("/etc/ssl/a $dir/it's.pem".to_owned()),
        ..Access::default()
    }
}

/// What is told, as far as it can be compared.
fn told(access: &Access) -> (crate::model::Json, Option<&str>) {
    (access.body(true), access.secret.as_ref().map(Secret::expose))
}

const CLOUDS: &str = "\
# our clouds
clouds:
  # a person's
  alice: {auth: {username: alice, password: 'a: b'}}   # keep

  acme:
    auth:
      username: somebody
      password: old
      auth_url: https://elsewhere
      project_name: acme
    volume_api_version: 3   # theirs

  # the last one
  zoe:
    auth_type: password
    auth:
      password: |
        # no comment
        text
# the end
";

#[test]
fn an_entry_of_a_clouds_yaml_is_replaced_and_all_else_stays() {
    let written = clouds_yaml::write(CLOUDS, &access(), "acme", DIALECT()).unwrap();
    let (before, after) = (CLOUDS.find("  acme:").unwrap(), CLOUDS.find("\n  # the last one").unwrap());
    assert!(written.starts_with(&CLOUDS[..before]), "{written}");
    assert!(written.ends_with(&CLOUDS[after..]), "{written}");
    assert!(written.contains("volume_api_version: 3"), "{written}");
    assert!(!written.contains("project_name") && !written.contains("somebody"), "{written}");
    let read = clouds_yaml::read(&written, None, "acme", DIALECT()).unwrap().unwrap();
    assert_eq!(told(&read), told(&access()));
    assert_eq!(
        clouds_yaml::write(&written, &access(), "acme", DIALECT()).unwrap(),
        written,
        "the second time nothing changes"
    );
    let person = clouds_yaml::read(CLOUDS, None, "acme", DIALECT()).unwrap().unwrap();
    assert_eq!(person.others, ["password", "project_name", "username"]);
    assert_eq!(person.who(), None);
}

#[test]
fn an_entry_is_added_wherever_there_is_room_for_it() {
    let files = [
        "",
        "# nothing yet\n",
        "clouds:\n",
        "clouds:\n# none\n",
        "clouds:\n    deep:\n        auth: {}\n",
        "clouds:\n  last: {}",
        "client:\n  x: 1\n",
        "client:\n  x: 1\nclouds:\n  one: {}\nother: 2\n",
        "---\nclouds:\n  one: {}\n",
        CLOUDS,
    ];
    for file in files {
        let written =
            clouds_yaml::write(file, &access(), "new", DIALECT()).unwrap_or_else(|error| panic!("{file}: {error}"));
        for line in file.lines() {
            assert!(written.contains(line), "{line} is gone: {written}");
        }
        let read = clouds_yaml::read(&written, None, "new", DIALECT()).unwrap().unwrap();
        assert_eq!(told(&read), told(&access()), "{written}");
    }
}

#[test]
fn a_file_that_cannot_be_extended_is_refused() {
    let refused =
        ["clouds: {one: {}}\n", "[]\n", "clouds: []\n", "clouds: {\n", "clouds:\n  new: 3\n", "a: 1\n---\nb: 2\n"];
    for file in refused {
        assert!(clouds_yaml::write(file, &access(), "new", DIALECT()).is_err(), "{file}");
    }
}

#[test]
fn a_secret_can_stand_in_a_file_of_its_own() {
    let apart = Access { secure_yaml: true, ..access() };
    let written = clouds_yaml::write(CLOUDS, &apart, "acme", DIALECT()).unwrap();
    assert!(!written.contains("s3-_cret"), "{written}");
    let others = "clouds:\n  alice:\n    auth: {password: hers}\n";
    let secrets = clouds_yaml::write_apart(Some(others), &apart, "acme", DIALECT()).unwrap().unwrap();
    assert!(secrets.starts_with(others), "{secrets}");
    let read = clouds_yaml::read(&written, Some(&secrets), "acme", DIALECT()).unwrap().unwrap();
    assert_eq!(told(&read), told(&apart));
    let next = Access { words: who("4567"), secret: Some(Secret::new("next".to_owned())), ..apart.clone() };
    let half = clouds_yaml::write_apart(Some(&secrets), &next, "acme", DIALECT()).unwrap().unwrap();
    let read = clouds_yaml::read(&written, Some(&half), "acme", DIALECT()).unwrap().unwrap();
    assert_eq!(told(&read), told(&next), "no reader finds the id of one with the secret of the other");
    assert_eq!(clouds_yaml::write_apart(Some(&secrets), &apart, "acme", DIALECT()).unwrap(), None);
    let back = clouds_yaml::write_apart(Some(&secrets), &access(), "acme", DIALECT()).unwrap().unwrap();
    assert!(!back.contains("s3-_cret"), "{back}");
    assert_eq!(
        clouds_yaml::write_apart(None, &access(), "acme", DIALECT()).unwrap(),
        None,
        "none is made without need"
    );
}

const NOVA: &str = "\
# nova
[DEFAULT]
password = theirs
[keystone_authtoken]
# how nova logs in
auth_type=password
username : nova
password = one
   two
www_authenticate_uri = https://keystone.example.com
region_name = Old

[api]
auth_strategy = keystone
";

#[test]
fn a_section_of_an_ini_file_is_put_right_and_all_else_stays() {
    let written = ini::write(NOVA, &access(), "keystone_authtoken", DIALECT()).unwrap();
    let expected = "\
# nova
[DEFAULT]
password = theirs
[keystone_authtoken]
# how nova logs in
auth_type = v3applicationcredential
www_authenticate_uri = https://keystone.example.com
region_name = RegionOne
application_credential_id = 0123
auth_url = https://keystone.example.com
cafile = /etc/ssl/a $$dir/it's.pem
application_credential_secret = s3-_cret

[api]
auth_strategy = keystone
";
    assert_eq!(written, expected);
    assert_eq!(ini::write(&written, &access(), "keystone_authtoken", DIALECT()).unwrap(), written);
    let read = ini::read(&written, "keystone_authtoken", DIALECT()).unwrap().unwrap();
    assert_eq!(told(&read), told(&access()));
    let before = ini::read(NOVA, "keystone_authtoken", DIALECT()).unwrap().unwrap();
    assert_eq!((before.who(), before.others.clone()), (None, vec!["password".to_owned(), "username".to_owned()]));
}

#[test]
fn a_section_that_is_missing_is_added_and_one_that_is_there_twice_is_refused() {
    let written = ini::write("[DEFAULT]\na = 1", &access(), "keystone_authtoken", DIALECT()).unwrap();
    assert!(written.starts_with("[DEFAULT]\na = 1\n[keystone_authtoken]\nauth_type"), "{written}");
    assert!(ini::write("", &access(), "x", DIALECT()).unwrap().starts_with("[x]\n"));
    assert!(ini::write("[x]\n[y]\n[x]\n", &access(), "x", DIALECT()).is_err());
    assert!(ini::write("", &access(), "x]\n[y", DIALECT()).is_err());
    assert!(ini::write("[x]", &access(), "x", DIALECT()).unwrap().starts_with("[x]\nauth_type"));
}

#[test]
fn a_file_for_a_shell_is_read_back_and_nobody_elses_is_replaced() {
    let written = openrc::write("", &access(), DIALECT()).unwrap();
    let read = openrc::read(&written, DIALECT()).unwrap().unwrap();
    assert_eq!(told(&read), told(&access()));
    assert!(openrc::write("export OS_PASSWORD=x\n", &access(), DIALECT()).is_err());
    assert!(openrc::read("export OS_PASSWORD=x\n", DIALECT()).is_err());
}

/// A client, with an account of its own or without.
fn client(has_account: bool) -> Dialect {
    Dialect::of(&Login::Client(Box::new(Client {
        id: "app".to_owned(),
        realm: "pod".to_owned(),
        keycloak: "https://keycloak.example.com".parse().unwrap(),
        has_account,
        identity_provider: "keycloak".to_owned(),
        protocol: "openid".to_owned(),
        discovery_endpoint: "https://keycloak.example.com/discovery".to_owned(),
    })))
}

#[test]
fn a_client_is_told_in_its_own_words_and_a_persons_login_through_it_stays() {
    let words = [("clientId", "app"), ("protocol", "openid")].map(|(word, value)| (word, value.to_owned())).into();
    let access = Access { words, secret: Some(Secret::new("a$b".to_owned())), ..Access::default() };
    let person = "clouds:\n  acme:\n    auth_type: v3oidcpassword\n    auth:\n      username: alice\n      client_secret: old\n      application_credential_id: gone\n";
    let read = clouds_yaml::read(person, None, "acme", client(true)).unwrap().unwrap();
    assert_eq!((read.who(), read.others.as_slice()), (None, &["application_credential_id".to_owned()][..]));
    let written = clouds_yaml::write(person, &access, "acme", client(true)).unwrap();
    assert!(written.contains("v3oidcpassword") && written.contains("username: alice"), "{written}");
    assert!(!written.contains("gone") && !written.contains("old"), "{written}");
    let read = clouds_yaml::read(&written, None, "acme", client(true)).unwrap().unwrap();
    assert_eq!(told(&read), told(&access));
    for (has_account, auth_type) in [(true, "v3oidcclientcredentials"), (false, "v3oidcpassword")] {
        let dialect = client(has_account);
        let written = ini::write("[x]\nauth_type = password\n", &access, "x", dialect).unwrap();
        assert!(written.starts_with(&format!("[x]\nauth_type = {auth_type}\nclient_id = app\n")), "{written}");
        assert!(written.contains("client_secret = a$$b\n"), "{written}");
        assert!(written.ends_with("access_token_type = access_token\nopenid_scope = openid profile\n"), "{written}");
        assert_eq!(ini::write(&written, &access, "x", dialect).unwrap(), written);
        assert_eq!(told(&ini::read(&written, "x", dialect).unwrap().unwrap()), told(&access));
        let written = openrc::write("", &access, dialect).unwrap();
        assert!(written.contains(&format!("export OS_AUTH_TYPE={auth_type}\n")), "{written}");
        assert_eq!(told(&openrc::read(&written, dialect).unwrap().unwrap()), told(&access));
    }
}
