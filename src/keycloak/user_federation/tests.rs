//! Directories: who comes out of one, and what of them it owns.

use serde_json::json;

use super::*;
use crate::model::Json;

fn path(keys: &[&str]) -> Vec<String> {
    keys.iter().map(|key| (*key).to_owned()).collect()
}

fn mapper(attribute: &str, always: &str, read_only: &str) -> Json {
    json!({"providerId": "user-attribute-ldap-mapper", "config": {"user.model.attribute": [attribute],
        "always.read.value.from.ldap": [always], "read.only": [read_only]}})
}

#[test]
fn those_come_out_of_a_directory_whose_account_names_it() {
    let user = |name: &str| Address::keycloak("pod", KeycloakKind::User, [name]);
    let live = |body: Json| Live { id: None, body };
    let live = BTreeMap::from([
        (user("alice"), live(json!({"username": "alice"}))),
        (user("erika"), live(json!({"username": "erika", "federationLink": "1"}))),
        (Address::realm("pod"), live(json!({"federationLink": "1"}))),
    ]);
    assert_eq!(people(&live), BTreeMap::from([(user("erika"), "1".to_owned())]));
}

#[test]
fn a_directory_that_says_nothing_is_enabled_and_nothing_is_known_of_what_it_lets_be_changed() {
    let plain = Directory::read(&json!({"id": "1", "name": "Über 🚀", "providerId": "custom", "config": {}})).unwrap();
    assert!(plain.enabled && plain.imports && plain.mode == Mode::Unknown && !plain.can_be_asked());
    let config = json!({"enabled": ["false"], "importEnabled": ["false"], "editMode": ["WRITABLE"]});
    let other = Directory::read(&json!({"id": "1", "name": "a", "providerId": "ldap", "config": config})).unwrap();
    assert!(!other.enabled && !other.imports && other.mode == Mode::Writable && other.can_be_asked());
}

#[test]
fn what_is_always_read_comes_back_unless_it_is_written_there() {
    let restores = |always, read_only, mode| {
        let mapper = Mapper::read(&mapper("department", always, read_only)).unwrap();
        mapper.restores(&path(&["attributes", "department"]), mode)
    };
    assert!(restores("true", "true", Mode::Unsynced) && restores("true", "true", Mode::Writable));
    assert!(restores("true", "false", Mode::Unsynced) && !restores("true", "false", Mode::Writable));
    assert!(!restores("false", "true", Mode::Unsynced) && !restores("false", "true", Mode::Writable));
    let email = Mapper::read(&mapper("email", "true", "true")).unwrap();
    assert!(email.restores(&path(&["email"]), Mode::Unsynced));
    assert!(!email.restores(&path(&["attributes", "mail"]), Mode::Unsynced));
    assert!(Mapper::read(&json!({"providerId": "group-ldap-mapper", "config": {}})).is_none());
}

#[test]
fn what_is_only_read_owns_the_profile_and_every_attribute() {
    assert!(wire::is_profile(&path(&["email"])) && wire::is_profile(&path(&["attributes", "project"])));
    for own in ["enabled", "emailVerified", "requiredActions"] {
        assert!(!wire::is_profile(&path(&[own])), "{own}");
    }
}
