//! Clients: creation, a change of each field, adoption, and what must survive.

use serde_json::{Value as Json, json};

use super::ground::{Ground, PASSWORD, reads_only, with, without};

/// A client with every word of the language.
fn every_word() -> Json {
    json!({
        "clientId": "cli", "name": "Command line", "description": "made by a test", "enabled": true,
        "clientAuthentication": true, "authorization": false, "standardFlow": false, "directAccessGrants": true,
        "implicitFlow": false, "serviceAccountRoles": false, "rootUrl": "https://a.example", "homeUrl": "/home",
        "redirectUris": ["https://a.example/cb", "http://localhost/*"], "webOrigins": ["https://a.example"],
        "settings": {"attributes": {"access.token.lifespan": "300"}},
    })
}

#[test]
fn a_client_is_created_with_every_word() {
    let ground = Ground::new();
    ground.realm_spec(json!({"clients": [every_word()]}));
    assert!(ground.plan().contains(&format!("+ keycloak/{}/client/cli", ground.realm)));
    ground.apply();
    let mut live = ground.client("cli");
    for list in ["redirectUris", "webOrigins"] {
        live[list].as_array_mut().unwrap().sort_by_key(ToString::to_string);
    }
    let expected = json!({
        "name": "Command line", "description": "made by a test", "enabled": true, "publicClient": false,
        "standardFlowEnabled": false, "directAccessGrantsEnabled": true, "implicitFlowEnabled": false,
        "serviceAccountsEnabled": false, "rootUrl": "https://a.example", "baseUrl": "/home",
        "redirectUris": ["http://localhost/*", "https://a.example/cb"], "webOrigins": ["https://a.example"],
    });
    for (field, value) in expected.as_object().unwrap() {
        assert_eq!(&live[field], value, "{field}");
    }
    assert_eq!(live["attributes"]["access.token.lifespan"], "300");
    assert_eq!(live["authorizationServicesEnabled"], Json::Null);
    assert!(reads_only(&ground.passed()));
}

#[test]
fn each_field_of_a_client_changes_alone() {
    let ground = Ground::new();
    ground.realm_spec(json!({"clients": [every_word()]}));
    ground.apply();
    let secret = ground.client("cli")["secret"].clone();
    // The word and its new value, then the server's field and what it holds afterwards.
    let changes = [
        ("name", json!("Other"), "name", json!("Other")),
        ("description", json!("changed"), "description", json!("changed")),
        ("enabled", json!(false), "enabled", json!(false)),
        ("standardFlow", json!(true), "standardFlowEnabled", json!(true)),
        ("directAccessGrants", json!(false), "directAccessGrantsEnabled", json!(false)),
        ("implicitFlow", json!(true), "implicitFlowEnabled", json!(true)),
        ("rootUrl", json!("https://b.example"), "rootUrl", json!("https://b.example")),
        ("homeUrl", json!("/other"), "baseUrl", json!("/other")),
        ("redirectUris", json!([]), "redirectUris", json!([])),
        ("redirectUris", json!(["https://b.example/*"]), "redirectUris", json!(["https://b.example/*"])),
        ("webOrigins", json!(["+"]), "webOrigins", json!(["+"])),
    ];
    let mut spec = every_word();
    for (word, value, field, expected) in changes {
        let before = ground.client("cli");
        spec[word] = value;
        ground.realm_spec(json!({"clients": [spec]}));
        ground.apply();
        let after = ground.client("cli");
        assert_eq!(after[field], expected, "{word}");
        assert_eq!(without(&before, &[field]), without(&after, &[field]), "{word} changes more than {field}");
    }
    spec["settings"] = json!({"attributes": {"access.token.lifespan": "600"}, "surrogateAuthRequired": true});
    ground.realm_spec(json!({"clients": [spec]}));
    ground.apply();
    let live = ground.client("cli");
    assert_eq!(
        (&live["attributes"]["access.token.lifespan"], &live["surrogateAuthRequired"]),
        (&json!("600"), &json!(true))
    );
    assert_eq!(live["secret"], secret, "the secret is not ours to change");
}

#[test]
fn service_accounts_and_authorization_are_switched() {
    let ground = Ground::new();
    ground.realm_spec(json!({"clients": [{"clientId": "cli", "clientAuthentication": true, "serviceAccountRoles": true, "authorization": true}]}));
    ground.apply();
    let live = ground.client("cli");
    assert_eq!((&live["serviceAccountsEnabled"], &live["authorizationServicesEnabled"]), (&json!(true), &json!(true)));
    ground.realm_spec(json!({"clients": [{"clientId": "cli", "name": "Renamed"}]}));
    ground.apply();
    let live = ground.client("cli");
    assert_eq!(live["authorizationServicesEnabled"], true, "a change of the name switches nothing off");
    ground.realm_spec(json!({"clients": [{"clientId": "cli", "authorization": false}]}));
    ground.apply();
    assert_eq!(ground.client("cli")["authorizationServicesEnabled"], Json::Null);
}

#[test]
fn a_public_client_becomes_confidential() {
    let ground = Ground::new();
    let by_hand = json!({"clientId": "cli", "publicClient": true});
    ground.keycloak("POST", "clients", Some(&by_hand)).expect(201);
    ground.realm_spec(json!({"clients": [{"clientId": "cli", "clientAuthentication": true}]}));
    ground.apply();
    let live = ground.client("cli");
    assert_eq!(live["publicClient"], false);
    assert!(live["secret"].as_str().is_some_and(|secret| !secret.is_empty()));
}

#[test]
fn a_client_made_by_hand_is_adopted_and_what_is_not_ours_stays() {
    let ground = Ground::new();
    let mapper = json!({"name": "theirs", "protocol": "openid-connect", "protocolMapper": "oidc-usermodel-attribute-mapper",
        "config": {"claim.name": "theirs", "user.attribute": "theirs"}});
    let by_hand = json!({"clientId": "cli", "description": "", "redirectUris": ["http://localhost/*", "https://a.example/cb"],
        "directAccessGrantsEnabled": true, "attributes": {"theirs": "kept", "access.token.lifespan": "300"},
        "protocolMappers": [mapper], "defaultClientScopes": ["email"]});
    ground.keycloak("POST", "clients", Some(&by_hand)).expect(201);
    let before = ground.client("cli");

    let spec = json!({"clientId": "cli", "directAccessGrants": true, "clientAuthentication": true,
        "redirectUris": ["https://a.example/cb", "http://localhost/*"], "settings": {"attributes": {"access.token.lifespan": "300"}}});
    ground.realm_spec(json!({"clients": [spec]}));
    ground.unchanged();
    assert_eq!(ground.client("cli"), before, "another order of a set is no change");

    ground.realm_spec(json!({"clients": [with(&spec, json!({"name": "Ours"}))]}));
    ground.apply();
    assert_eq!(without(&ground.client("cli"), &["name"]), without(&before, &["name"]));
}

#[test]
fn origins_that_are_empty_stay_empty() {
    let ground = Ground::new();
    let by_hand = json!({"clientId": "cli", "redirectUris": ["https://a.example/*"], "webOrigins": []});
    ground.keycloak("POST", "clients", Some(&by_hand)).expect(201);
    let before = ground.client("cli");
    assert_eq!(before["webOrigins"], json!([]));
    // The server fills them from the redirect addresses at every PUT that does not name them.
    ground.realm_spec(json!({"clients": [{"clientId": "cli", "name": "Ours"}]}));
    ground.apply();
    assert_eq!(without(&ground.client("cli"), &["name"]), without(&before, &["name"]));
}

#[test]
fn a_secret_is_set_compared_and_changed_without_being_shown() {
    let mut ground = Ground::new();
    ground.tool.set("CLIENT_SECRET", PASSWORD);
    let client = json!({"clientId": "cli", "clientAuthentication": true, "secret": {"env": "CLIENT_SECRET"}});
    ground.realm_spec(json!({"clients": [client]}));
    ground.apply();
    assert_eq!(ground.client("cli")["secret"], PASSWORD);
    ground.tool.set("CLIENT_SECRET", "canary/another");
    let said = ground.apply();
    assert!(said.contains("(sensitive)") && !said.contains("canary"), "{said}");
    assert_eq!(ground.client("cli")["secret"], "canary/another");
    assert!(reads_only(&ground.passed()));
}

#[test]
fn capabilities_are_set_and_taken_back() {
    let ground = Ground::new();
    let uris = json!(["https://b.example/*", "https://a.example/*"]);
    let client = json!({"clientId": "cli", "consentRequired": true, "pkce": "S256", "frontchannelLogout": true,
        "postLogoutRedirectUris": uris, "dedicatedScope": {"fullScopeAllowed": false}});
    ground.realm_spec(json!({"clients": [client]}));
    ground.apply();
    let live = ground.client("cli");
    assert_eq!(live["attributes"]["post.logout.redirect.uris"], "https://a.example/*##https://b.example/*");
    assert_eq!(live["attributes"]["pkce.code.challenge.method"], "S256");
    assert_eq!([&live["consentRequired"], &live["frontchannelLogout"], &live["fullScopeAllowed"]], [true, true, false]);
    let secret = live["secret"].clone();
    let client = json!({"clientId": "cli", "consentRequired": false, "pkce": "off", "frontchannelLogout": false,
        "postLogoutRedirectUris": [], "dedicatedScope": {"fullScopeAllowed": true}});
    ground.realm_spec(json!({"clients": [client]}));
    ground.apply();
    let live = ground.client("cli");
    assert_eq!(live["attributes"].get("post.logout.redirect.uris"), None);
    assert_eq!(live["attributes"].get("pkce.code.challenge.method"), None);
    assert_eq!(
        [&live["consentRequired"], &live["frontchannelLogout"], &live["fullScopeAllowed"]],
        [false, false, true]
    );
    assert_eq!(live["secret"], secret, "what is not said of is not ours");
}

#[test]
fn what_a_client_authorizes_survives_every_write_of_it() {
    let mut ground = Ground::new();
    ground.tool.set("OTHER_SECRET", "another/canary+secret");
    let say = |more: Json| {
        let client = json!({"clientId": "cli", "clientAuthentication": true, "serviceAccountRoles": true});
        ground.realm_spec(json!({"clients": [with(&client, more)]}));
    };
    say(json!({"authorization": true}));
    ground.apply();
    let server = format!("clients/{}/authz/resource-server", ground.client("cli")["id"].as_str().unwrap());
    let by_hand = |method: &str, path: &str, body: Json, status: u16| {
        ground.keycloak(method, &format!("{server}{path}"), Some(&body)).expect(status);
    };
    by_hand("PUT", "", json!({"policyEnforcementMode": "PERMISSIVE", "decisionStrategy": "AFFIRMATIVE"}), 204);
    let scope = json!({"name": "über/read 🚀"});
    by_hand("POST", "/scope", scope.clone(), 201);
    by_hand("POST", "/resource", json!({"name": "Album", "uris": ["/albums/*"], "scopes": [scope]}), 201);
    by_hand("POST", "/policy/time", json!({"name": "by now", "notBefore": "2020-01-01 00:00:00"}), 201);
    by_hand("POST", "/permission/resource", json!({"name": "p", "resources": ["Album"], "policies": ["by now"]}), 201);
    let settings = || ground.keycloak("GET", &format!("{server}/settings"), None).expect(200).json();
    let before = settings();
    assert_eq!(
        (&before["resources"][0]["name"], &before["scopes"][0]["name"]),
        (&json!("Album"), &json!("über/read 🚀"))
    );
    let mapper =
        json!({"name": "m", "type": "oidc-usermodel-attribute-mapper", "userAttribute": "a", "tokenClaim": "a"});
    let writes = [
        json!({"name": "Named"}),
        json!({"redirectUris": ["https://a.example/*"], "webOrigins": []}),
        json!({"pkce": "S256", "settings": {"attributes": {"access.token.lifespan": "300"}}}),
        json!({"secret": {"env": "OTHER_SECRET"}}),
        json!({"roles": ["reader"], "serviceAccount": {"clientRoles": {"cli": ["reader"]}}}),
        json!({"dedicatedScope": {"fullScopeAllowed": false, "mappers": [mapper]}}),
        json!({"authorization": true, "enabled": false}),
    ];
    for more in writes {
        say(more.clone());
        ground.apply();
        assert_eq!(settings(), before, "{more}");
    }
}
