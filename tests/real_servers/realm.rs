//! Realms: made with all that is in them, changed field by field, and never by a typo.

use serde_json::{Value as Json, json};

use super::ground::{Ground, PASSWORD, reads_only, with, without};

/// Writes a spec about another realm than the ground's: one that its end removes, too.
fn spec(ground: &Ground, realm: &str, words: Json, access: Json) {
    let Ground { sandbox, .. } = ground;
    let spec = ground.spec_at(&sandbox.keycloak, &sandbox.keystone, realm, json!({}), words, access);
    ground.tool.write("spec.yaml", &spec);
}

fn live(ground: &Ground, realm: &str) -> Json {
    ground.sandbox.keycloak("GET", &format!("realms/{realm}"), None).expect(200).json()
}

/// All that a realm of its own needs, and people in it.
fn whole() -> (Json, Json) {
    let mapper = json!({"name": "projects", "type": "aggregated-user-group-attribute-mapper", "userAttribute": "project", "tokenClaim": "projects"});
    let client =
        json!({"clientId": "openstack-cli", "clientAuthentication": true, "dedicatedScope": {"mappers": [mapper]}});
    let words = json!({"ensure": "present", "displayName": "Made", "accessTokenLifespan": "90s", "ssoSessionMax": "1h30m",
        "loginWithEmail": false, "userProfile": {"unmanagedAttributes": "adminEdit"}, "clients": [client]});
    let alice = json!({"username": "alice", "email": "alice@example.com", "firstName": "Alice", "lastName": "Ash", "groups": ["/acme/ops"]});
    (words, json!({"users": [alice], "groups": [{"path": "/acme", "attributes": {"a": ["1"]}}, {"path": "/acme/ops"}]}))
}

#[test]
fn a_realm_is_made_with_all_that_is_in_it() {
    let ground = Ground::new();
    let name = format!("{}-made", ground.realm);
    let (words, access) = whole();
    spec(&ground, &name, words, access);
    let said = ground.apply();
    assert!(said.contains(&format!("+ keycloak/{name}/realm")), "{said}");
    let made = live(&ground, &name);
    let expected = json!({"displayName": "Made", "enabled": true, "accessTokenLifespan": 90, "ssoSessionMaxLifespan": 5400, "loginWithEmailAllowed": false});
    for (field, value) in expected.as_object().unwrap() {
        assert_eq!(&made[field], value, "{field}");
    }
    assert!(reads_only(&ground.passed()));
}

#[test]
fn each_field_of_a_realm_changes_alone() {
    let ground = Ground::new();
    let theirs = with(&live(&ground, &ground.realm)["attributes"], json!({"theirs": "kept"}));
    ground.keycloak("PUT", "", Some(&json!({"attributes": theirs}))).expect(204);
    // What a PUT forgets that does not mention it, and what it takes whole or not at all.
    let theirs = json!({"oauth2DeviceCodeLifespan": 777, "oauth2DevicePollingInterval": 7,
        "webAuthnPolicyRpEntityName": "theirs", "webAuthnPolicyUserVerificationRequirement": "required"});
    ground.keycloak("PUT", "", Some(&theirs)).expect(204);
    let mail = json!({"host": "a", "from": "a@example.com", "auth": "true", "user": "a", "password": PASSWORD});
    ground.keycloak("PUT", "", Some(&json!({"smtpServer": mail}))).expect(204);
    let mail = with(&mail, json!({"password": "**********"}));
    let changes = [
        ("displayName", "displayName", json!("A name"), json!("A name")),
        ("enabled", "enabled", json!(false), json!(false)),
        ("loginWithEmail", "loginWithEmailAllowed", json!(false), json!(false)),
        ("registration", "registrationAllowed", json!(true), json!(true)),
        ("rememberMe", "rememberMe", json!(true), json!(true)),
        ("resetPassword", "resetPasswordAllowed", json!(true), json!(true)),
        ("verifyEmail", "verifyEmail", json!(true), json!(true)),
        ("editUsername", "editUsernameAllowed", json!(true), json!(true)),
        ("accessTokenLifespan", "accessTokenLifespan", json!("10m"), json!(600)),
        ("ssoSessionIdle", "ssoSessionIdleTimeout", json!("1d"), json!(86_400)),
        ("ssoSessionMax", "ssoSessionMaxLifespan", json!("2d12h"), json!(216_000)),
        ("settings", "userManagedAccessAllowed", json!({"userManagedAccessAllowed": true}), json!(true)),
        ("settings", "smtpServer", json!({"smtpServer": {"debug": "b"}}), with(&mail, json!({"debug": "b"}))),
        ("settings", "webAuthnPolicyCreateTimeout", json!({"webAuthnPolicyCreateTimeout": 9}), json!(9)),
    ];
    let mut words = json!({});
    for (word, key, written, stored) in changes {
        let before = live(&ground, &ground.realm);
        words[word] = written;
        ground.realm_spec(words.clone());
        ground.apply();
        let after = live(&ground, &ground.realm);
        assert_eq!(after[key], stored, "{word}");
        assert_eq!(without(&after, &[key]), without(&before, &[key]), "{word} changes more than itself");
    }
}

#[test]
fn a_frontend_address_changes_the_issuer_and_no_other_attribute() {
    let ground = Ground::new();
    let theirs = with(&live(&ground, &ground.realm)["attributes"], json!({"theirs": "kept"}));
    let headers = json!({"xFrameOptions": "DENY"});
    let by_hand = json!({"attributes": theirs, "browserSecurityHeaders": headers});
    ground.keycloak("PUT", "", Some(&by_hand)).expect(204);
    let before = live(&ground, &ground.realm);
    assert_eq!(before["browserSecurityHeaders"]["xFrameOptions"], "DENY");
    for url in ["https://login.example.com/", ""] {
        ground.realm_spec(json!({"frontendUrl": url}));
        ground.apply();
        let after = live(&ground, &ground.realm);
        assert_eq!(after["attributes"]["frontendUrl"], url);
        assert_eq!(without(&after["attributes"], &["frontendUrl"]), theirs);
        assert_eq!(without(&after, &["attributes"]), without(&before, &["attributes"]));
    }
}

#[test]
fn a_realm_is_not_made_by_a_typo() {
    let ground = Ground::new();
    let name = format!("{}-typo", ground.realm);
    for words in [json!({}), json!({"displayName": "x"})] {
        spec(&ground, &name, words, json!({}));
        spec(&ground, &name, json!({"displayName": "x"}), json!({"groups": [{"path": "/a"}]}));
        let said = ground.refused();
        assert!(said.contains("ensure: present"), "{said}");
    }
    ground.sandbox.keycloak("GET", &format!("realms/{name}"), None).expect(404);
}

#[test]
fn an_account_that_may_only_create_realms_makes_one_with_all_that_is_in_it() {
    let mut ground = Ground::new();
    let name = format!("{}-made", ground.realm);
    let maker = json!({"clientId": name, "serviceAccountsEnabled": true, "secret": PASSWORD});
    let maker = ground.sandbox.keycloak("POST", "realms/master/clients", Some(&maker)).expect(201).new_id();
    let place = format!("realms/master/clients/{maker}");
    let account = ground.sandbox.keycloak("GET", &format!("{place}/service-account-user"), None).expect(200).json();
    let role = ground.sandbox.keycloak("GET", "realms/master/roles/create-realm", None).expect(200).json();
    let mappings = format!("realms/master/users/{}/role-mappings/realm", account["id"].as_str().unwrap());
    ground.sandbox.keycloak("POST", &mappings, Some(&json!([role]))).expect(204);
    ground.tool.set("MAKER_SECRET", PASSWORD);
    let (words, access) = whole();
    let login = json!({"realm": "master", "clientId": name, "clientSecret": {"env": "MAKER_SECRET"}});
    spec(&ground, &name, with(&words, json!({"login": login})), access);
    let outcome = ground.run("apply", &["--auto-approve"]);
    ground.sandbox.keycloak("DELETE", &place, None).expect(204);
    outcome.expect(0);
    assert_eq!(live(&ground, &name)["displayName"], "Made");
}

#[test]
fn a_realm_goes_when_that_is_allowed() {
    let ground = Ground::new();
    ground.realm_spec(json!({"ensure": "absent"}));
    assert_eq!(ground.run("apply", &["--auto-approve"]).code, Some(3));
    ground.run("apply", &["--auto-approve", "--allow", "OPCP-G001"]).expect(0);
    ground.keycloak("GET", "", None).expect(404);
    ground.unchanged();
}
