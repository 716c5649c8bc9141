//! Client scopes, who has which of them, and the roles that tokens may carry by them: a person's real tokens are worth what
//! the spec says.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value as Json, json};

use super::ground::{Ground, PASSWORD, reads_only, with};
use crate::harness::http::Body;

const PROVIDER: &str = "oidc-usermodel-attribute-mapper";

fn mapper(name: &str, attribute: &str) -> Json {
    json!({"name": name, "type": PROVIDER, "userAttribute": attribute, "tokenClaim": name})
}

fn person(more: Json) -> Json {
    let person = json!({"username": "alice", "email": "alice@example.com", "firstName": "Alice", "lastName": "Ash",
        "initialPassword": {"env": "INITIAL_PASSWORD"}});
    with(&person, more)
}

fn client(more: Json) -> Json {
    with(&json!({"clientId": "app", "clientAuthentication": true, "directAccessGrants": true}), more)
}

/// What alice's token says when it is asked for with such scopes.
fn claims(ground: &Ground, scope: &str) -> Json {
    let secret = ground.client("app")["secret"].as_str().unwrap().to_owned();
    let url = format!("{}/realms/{}/protocol/openid-connect/token", ground.sandbox.keycloak, ground.realm);
    let form = [
        ("grant_type", "password"),
        ("client_id", "app"),
        ("client_secret", &secret),
        ("username", "alice"),
        ("password", PASSWORD),
        ("scope", scope),
    ];
    let token = ground.sandbox.http.call("POST", &url, &[], &Body::Form(&form)).unwrap().expect(200).json();
    let claims = token["access_token"].as_str().unwrap().split('.').nth(1).unwrap();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims).unwrap()).unwrap()
}

fn scopes(claims: &Json) -> Vec<String> {
    let mut scopes: Vec<String> = claims["scope"].as_str().unwrap_or_default().split(' ').map(str::to_owned).collect();
    scopes.sort();
    scopes
}

fn names(list: &Json) -> Vec<String> {
    let name = |one: &Json| one["name"].as_str().or_else(|| one.as_str()).map(str::to_owned);
    let mut names: Vec<String> = list.as_array().into_iter().flatten().filter_map(name).collect();
    names.sort();
    names
}

fn scope(ground: &Ground, name: &str) -> Json {
    let all = ground.keycloak("GET", "client-scopes", None).expect(200).json();
    all.as_array().unwrap().iter().find(|scope| scope["name"] == name).cloned().unwrap_or_default()
}

fn id(document: &Json) -> &str {
    document["id"].as_str().unwrap()
}

fn given(ground: &Ground, list: &str) -> Vec<String> {
    names(&ground.keycloak("GET", &format!("default-{list}-client-scopes"), None).expect(200).json())
}

#[test]
fn a_scope_is_worth_its_mappers_to_those_who_have_it() {
    let ground = Ground::new();
    ground.edit_all_attributes();
    let odd = "a/b%20;?#&";
    let spec = |assigned: Json| {
        let first = json!({"name": odd, "description": "Ä scope", "displayOnConsentScreen": true, "consentScreenText": "Über 🚀",
            "includeInTokenScope": true, "displayOrder": 3, "mappers": [mapper("team", "team"), mapper("ünter; 🚀 / %", "team")]});
        let silent = json!({"name": "silent", "includeInTokenScope": false, "mappers": [mapper("site", "site")]});
        let client = client(json!({"clientScopes": assigned}));
        let alice = person(json!({"attributes": {"team": ["blue"], "site": ["north"]}}));
        ground.spec(
            json!({}),
            json!({"clientScopes": [first, silent], "clients": [client]}),
            json!({"users": [alice]}),
        );
    };
    spec(json!([odd, {"name": "silent", "type": "optional"}, {"name": "profile", "ensure": "absent"}]));
    ground.apply();
    assert!(reads_only(&ground.passed()));
    let made = scope(&ground, odd);
    let attributes = json!({"display.on.consent.screen": "true", "consent.screen.text": "Über 🚀",
        "include.in.token.scope": "true", "gui.order": "3"});
    assert_eq!((&made["description"], &made["attributes"]), (&json!("Ä scope"), &attributes));
    let plain = claims(&ground, "openid");
    assert!(plain["team"].to_string().contains("blue"), "{plain}");
    assert_eq!(
        (&plain["site"], scopes(&plain)),
        (&Json::Null, vec![odd.to_owned(), "email".to_owned(), "openid".to_owned()])
    );
    let asked = claims(&ground, "openid silent");
    assert!(asked["site"].to_string().contains("north"), "{asked}");
    assert!(!scopes(&asked).contains(&"silent".to_owned()), "{asked}");

    // Both change places.
    spec(json!([{"name": odd, "type": "optional"}, "silent", {"name": "profile", "ensure": "absent"}]));
    let changes = ground.plan();
    assert!(changes.contains("assigned-scope/app/silent (first)"), "{changes}");
    ground.apply();
    let plain = claims(&ground, "openid");
    assert_eq!((&plain["team"], scopes(&plain)), (&Json::Null, vec!["email".to_owned(), "openid".to_owned()]));
    assert!(plain["site"].to_string().contains("north"), "{plain}");
    let asked = claims(&ground, &format!("openid {odd}"));
    assert!(asked["team"].to_string().contains("blue"), "{asked}");
}

#[test]
fn a_token_carries_the_roles_of_its_scopes_and_no_others() {
    let ground = Ground::new();
    let spec = |roles: Json, held: &[&str]| {
        let dedicated = with(&json!({"fullScopeAllowed": false}), roles);
        let app = client(json!({"roles": ["reader", "writer"], "dedicatedScope": dedicated,
            "clientScopes": ["operations"]}));
        let other = json!({"clientId": "other", "roles": ["viewer", "editor"]});
        let operations = json!({"name": "operations", "realmRoles": ["ops"], "clientRoles": {"other": ["editor"]}});
        let realm =
            json!({"roles": ["ops", "über; 🚀/x", "hidden"], "clients": [app, other], "clientScopes": [operations]});
        let alice = person(json!({"realmRoles": held,
            "clientRoles": {"app": ["reader", "writer"], "other": ["viewer"]}}));
        ground.spec(json!({}), realm, json!({"users": [alice]}));
    };
    let held = ["über; 🚀/x", "hidden", "ops"];
    spec(json!({"realmRoles": ["über; 🚀/x"], "clientRoles": {"other": ["viewer"]}}), &held);
    ground.apply();
    assert!(reads_only(&ground.passed()));
    let token = claims(&ground, "openid");
    assert_eq!(names(&token["realm_access"]["roles"]), ["ops", "über; 🚀/x"]);
    assert_eq!(names(&token["resource_access"]["other"]["roles"]), ["viewer"]);
    assert_eq!(names(&token["resource_access"]["app"]["roles"]), ["reader", "writer"], "its own are carried anyway");
    assert!(scopes(&token).contains(&"operations".to_owned()), "{token}");

    // Taken away, by name and as what nobody lists.
    let by_hand = ground.keycloak("GET", "roles/hidden", None).expect(200).json();
    let mappings = format!("clients/{}/scope-mappings/realm", id(&ground.client("app")));
    ground.keycloak("POST", &mappings, Some(&json!([by_hand]))).expect(204);
    let rest = json!({"clientRoles": {"other": [{"name": "viewer", "ensure": "absent"}]}});
    spec(rest.clone(), &held);
    ground.apply();
    let token = claims(&ground, "openid");
    assert_eq!(names(&token["realm_access"]["roles"]), ["hidden", "ops", "über; 🚀/x"], "what others have said stays");
    assert_eq!(token["resource_access"]["other"], Json::Null);
    spec(with(&rest, json!({"realmRoles": ["hidden"], "authoritative": ["roles"]})), &held);
    ground.apply();
    let token = claims(&ground, "openid");
    assert_eq!(names(&token["realm_access"]["roles"]), ["hidden", "ops"]);

    // Who has none of its roles does not get the scope.
    let user = ground.user("alice");
    let ops = ground.keycloak("GET", "roles/ops", None).expect(200).json();
    let held = format!("users/{}/role-mappings/realm", id(&user));
    ground.keycloak("DELETE", &held, Some(&json!([ops]))).expect(204);
    let token = claims(&ground, "openid");
    assert!(!scopes(&token).contains(&"operations".to_owned()), "{token}");
}

#[test]
fn what_is_there_is_adopted_and_what_others_say_of_it_stays() {
    let ground = Ground::new();
    let stored = |name: &str, claim: &str| {
        json!({"name": name, "protocol": "openid-connect", "protocolMapper": PROVIDER,
            "config": {"claim.name": claim, "user.attribute": "project", "theirs": "kept"}})
    };
    let made = json!({"name": "projects", "protocol": "openid-connect", "description": "by hand",
        "attributes": {"theirs": "kept", "consent.screen.text": "old"},
        "protocolMappers": [stored("projects", "wrong"), stored("theirs", "theirs")]});
    let made = ground.keycloak("POST", "client-scopes", Some(&made)).expect(201).new_id();
    let gone = json!({"name": "gone", "protocol": "openid-connect"});
    let gone = ground.keycloak("POST", "client-scopes", Some(&gone)).expect(201).new_id();
    ground.keycloak("PUT", &format!("default-default-client-scopes/{gone}"), None).expect(204);
    let app = json!({"clientId": "app", "defaultClientScopes": ["email", "gone"], "optionalClientScopes": ["phone"]});
    ground.keycloak("POST", "clients", Some(&app)).expect(201);

    let spec = |gone: &str, more: Json| {
        let projects = json!({"name": "projects", "description": "Ours", "consentScreenText": "", "includeInTokenScope": true,
            "type": "optional", "mappers": [mapper("projects", "project")]});
        let scopes = json!([with(&projects, more), {"name": "gone", "ensure": gone}, {"name": "address", "type": "none"},
            {"name": "profile", "ensure": "existing", "type": "optional"}]);
        ground.realm_spec(
            json!({"clientScopes": scopes, "clients": [{"clientId": "app", "clientScopes": ["projects"]}]}),
        );
    };
    spec("existing", json!({}));
    ground.apply();
    assert!(reads_only(&ground.passed()));
    let after = scope(&ground, "projects");
    assert_eq!((id(&after), &after["description"]), (made.as_str(), &json!("Ours")));
    assert_eq!(after["attributes"], json!({"theirs": "kept", "consent.screen.text": ""}), "what is on is not written");
    let mut mappers = after["protocolMappers"].as_array().cloned().unwrap();
    mappers.sort_by_key(|mapper| mapper["name"].to_string());
    assert_eq!(names(&json!(mappers)), ["projects", "theirs"]);
    assert_eq!(
        (&mappers[0]["config"]["claim.name"], &mappers[0]["config"]["theirs"]),
        (&json!("projects"), &json!("kept"))
    );
    let app = ground.client("app");
    assert_eq!(names(&app["defaultClientScopes"]), ["email", "gone", "projects"]);
    assert_eq!(names(&app["optionalClientScopes"]), ["phone"]);
    assert_eq!(
        given(&ground, "optional"),
        ["microprofile-jwt", "offline_access", "organization", "phone", "profile", "projects"]
    );
    assert!(!given(&ground, "default").contains(&"profile".to_owned()));

    spec("absent", json!({"authoritative": ["mappers"], "type": "default"}));
    let said = ground.refused();
    assert!(said.contains("OPCP-G001") && said.contains("is taken from all clients that have it"), "{said}");
    ground.run("apply", &["--auto-approve", "--allow", "OPCP-G001"]).expect(0);
    ground.unchanged();
    assert_eq!(names(&scope(&ground, "projects")["protocolMappers"]), ["projects"]);
    assert_eq!(names(&ground.client("app")["defaultClientScopes"]), ["email", "projects"]);
    assert!(given(&ground, "default").contains(&"projects".to_owned()));

    let closed = json!({"clientId": "app", "authoritative": ["clientScopes"], "clientScopes": [{"name": "email", "type": "optional"}],
        "serviceAccountRoles": true});
    ground.realm_spec(json!({"clients": [closed]}));
    ground.apply();
    let app = ground.client("app");
    assert_eq!(names(&app["defaultClientScopes"]), ["service_account"], "which comes with its account");
    assert_eq!(names(&app["optionalClientScopes"]), ["email"]);
    ground.realm_spec(json!({"clientScopes": [{"name": "email", "ensure": "absent"}]}));
    assert!(ground.refused().contains("OPCP-G011"));
}

#[test]
fn a_new_realm_and_new_clients_get_what_is_said_at_once() {
    let ground = Ground::new();
    let name = format!("{}-made", ground.realm);
    let (keycloak, keystone) = (&ground.sandbox.keycloak, &ground.sandbox.keystone);
    let scopes = json!([{"name": "email", "type": "optional"}, {"name": "phone", "type": "none"}, {"name": "projects", "type": "default"},
        {"name": "profile", "mappers": [mapper("projects", "project")]}]);
    let app = json!({"clientId": "app", "clientScopes": ["email", "projects", {"name": "acr", "type": "optional"},
        {"name": "organization", "ensure": "absent"}], "dedicatedScope": {"realmRoles": ["offline_access"]}});
    let closed = json!({"clientId": "closed", "authoritative": ["clientScopes"], "clientScopes": ["basic"]});
    let realm = json!({"ensure": "present", "clientScopes": scopes, "clients": [app, closed, {"clientId": "plain"}]});
    let spec = ground.spec_at(keycloak, keystone, &name, json!({}), realm, json!({}));
    ground.tool.write("spec.yaml", &spec);
    ground.apply();
    let client = |id: &str| {
        let path = format!("realms/{name}/clients?clientId={id}");
        ground.sandbox.keycloak("GET", &path, None).expect(200).json()[0].clone()
    };
    let has = |id: &str| {
        let client = client(id);
        ["defaultClientScopes", "optionalClientScopes"].map(|list| names(&client[list]).join(" "))
    };
    assert_eq!(has("plain")[0], "acr basic profile projects roles web-origins");
    let of_app =
        ["basic email profile projects roles web-origins", "acr address microprofile-jwt offline_access phone"];
    assert_eq!(has("app"), of_app);
    assert_eq!(has("closed"), ["basic", ""]);
}
