//! Identity providers of a realm: another realm is the company's directory, and a person of it logs in.

use std::collections::BTreeMap;

use serde_json::{Value as Json, json};

use super::ground::{Ground, PASSWORD, reads_only, with};
use crate::harness::http::{Body, Reply};
use crate::harness::proxy::{Passage, Proxy};

/// A realm that is a company's directory: a person in it, and the client that the ground's realm is to it.
pub(crate) struct Directory {
    realm: String,
    /// Its address for Keycloak itself, which does not trust the certificate that it shows to others.
    inside: Proxy,
    client: String,
}

impl Directory {
    /// The directory of the people of realm `of`.
    pub(crate) fn new(ground: &Ground, of: &str) -> Self {
        let realm = format!("{}-directory", ground.realm);
        let sandbox = &ground.sandbox;
        sandbox.keycloak("POST", "realms", Some(&json!({"realm": realm, "enabled": true}))).expect(201);
        let back = format!("{}/realms/{of}/broker/*", sandbox.keycloak);
        let client = json!({"clientId": "cloud", "secret": PASSWORD, "redirectUris": [back]});
        let client = sandbox.keycloak("POST", &format!("realms/{realm}/clients"), Some(&client)).expect(201).new_id();
        let erika = json!({"username": "erika", "email": "erika@example.com", "firstName": "Erika", "lastName": "Muster",
            "enabled": true, "credentials": [{"type": "password", "value": PASSWORD}]});
        sandbox.keycloak("POST", &format!("realms/{realm}/users"), Some(&erika)).expect(201);
        let inside = Proxy::start(&sandbox.keycloak, Some(&sandbox.trusted()), &Passage::open());
        Self { realm, inside, client }
    }

    /// What a spec says of it.
    pub(crate) fn words(&self, ground: &Ground) -> Json {
        let outside = format!("{}/realms/{}", ground.sandbox.keycloak, self.realm);
        let connect = format!("{}/realms/{}/protocol/openid-connect", self.inside.url, self.realm);
        json!({"alias": "company", "type": "oidc", "displayName": "Die Firma über 🚀", "trustEmail": true, "syncMode": "force",
            "issuer": outside, "authorizationUrl": format!("{outside}/protocol/openid-connect/auth"),
            "tokenUrl": format!("{connect}/token"), "userInfoUrl": format!("{connect}/userinfo"),
            "jwksUrl": format!("{connect}/certs"), "validateSignature": true, "clientId": "cloud",
            "clientSecret": {"env": "COMPANY_SECRET", "version": "1"}, "clientAuthentication": "client_secret_post",
            "defaultScopes": ["openid", "profile", "email"], "pkce": "S256",
            "mappers": [{"name": "given / Vorname 🚀", "type": "oidc-user-attribute-idp-mapper", "syncMode": "inherit",
                    "claim": "given_name", "userAttribute": "given"},
                {"name": "operators", "type": "oidc-hardcoded-role-idp-mapper", "role": "operator"}],
            "authoritative": ["mappers"]})
    }
}

/// A browser as far as a login needs one: it keeps what pages tell it to keep, and sends the only form of each.
pub(crate) struct Browser<'a> {
    ground: &'a Ground,
    cookies: BTreeMap<(String, String), String>,
}

impl<'a> Browser<'a> {
    pub(crate) fn new(ground: &'a Ground) -> Self {
        Self { ground, cookies: BTreeMap::new() }
    }

    fn go(&mut self, url: &str, form: Option<&[(&str, &str)]>) -> Reply {
        let path = url.strip_prefix(self.ground.sandbox.keycloak.as_str()).unwrap_or_default();
        let fitting = self.cookies.iter().filter(|((place, _), _)| path.starts_with(place.as_str()));
        let cookies: Vec<String> = fitting.map(|((_, name), value)| format!("{name}={value}")).collect();
        let cookies = cookies.join("; ");
        let (method, body) = form.map_or(("GET", Body::Nothing), |form| ("POST", Body::Form(form)));
        let reply = self.ground.sandbox.http.call(method, url, &[("cookie", &cookies)], &body).unwrap();
        for cookie in reply.headers.get_all("set-cookie") {
            let cookie = cookie.to_str().unwrap();
            let (name, value) = cookie.split(';').next().unwrap().split_once('=').unwrap();
            let place = cookie.split(';').find_map(|part| part.trim().strip_prefix("Path=")).unwrap_or("/");
            self.cookies.insert((place.to_owned(), name.to_owned()), value.to_owned());
        }
        reply
    }

    /// Logs in to a client of a realm through the company: the address that the login ends at, or the page.
    pub(crate) fn log_in(&mut self, realm: &str, client: &str, username: &str) -> Result<String, String> {
        let mut url = format!(
            "{}/realms/{realm}/protocol/openid-connect/auth?client_id={client}&response_type=code&scope=openid\
             &redirect_uri=https://app.example/&kc_idp_hint=company",
            self.ground.sandbox.keycloak
        );
        let fields = [("username", username), ("password", PASSWORD)];
        let mut form: Option<&[(&str, &str)]> = None;
        for _ in 0..12 {
            let reply = self.go(&url, form.take());
            match reply.header("location") {
                Some(end) if end.starts_with("https://app.example/") => return Ok(end.to_owned()),
                Some(next) => next.clone_into(&mut url),
                None => {
                    let Some((_, rest)) = reply.text.split_once("action=\"") else { return Err(reply.text) };
                    url = rest.split('"').next().unwrap().replace("&amp;", "&");
                    form = Some(&fields);
                }
            }
        }
        Err("it does not end".to_owned())
    }
}

fn log_in(ground: &Ground) -> Result<String, String> {
    Browser::new(ground).log_in(&ground.realm, "app", "erika")
}

fn provider(ground: &Ground, alias: &str) -> Json {
    ground.keycloak("GET", &format!("identity-provider/instances/{alias}"), None).expect(200).json()
}

fn mappers(ground: &Ground, alias: &str) -> Vec<String> {
    let all = ground.keycloak("GET", &format!("identity-provider/instances/{alias}/mappers"), None).expect(200).json();
    let mut names: Vec<String> =
        all.as_array().unwrap().iter().map(|mapper| mapper["name"].as_str().unwrap().to_owned()).collect();
    names.sort();
    names
}

#[test]
fn a_person_of_a_companys_directory_logs_in_and_its_new_secret_is_sent_again() {
    let mut ground = Ground::new();
    ground.tool.set("COMPANY_SECRET", PASSWORD);
    let directory = Directory::new(&ground, &ground.realm);
    let app = json!({"clientId": "app", "clientAuthentication": true, "redirectUris": ["https://app.example/*"]});
    let say = |ground: &Ground, provider: &Json| {
        let realm = json!({"userProfile": {"unmanagedAttributes": "adminEdit"}, "roles": ["operator"], "clients": [app],
            "identityProviders": [provider], "authoritative": ["identityProviders"]});
        ground.realm_spec(realm);
    };
    let words = directory.words(&ground);
    say(&ground, &words);
    ground.apply();
    log_in(&ground).unwrap();
    let erika = ground.user("erika");
    assert_eq!((&erika["email"], &erika["attributes"]["given"]), (&json!("erika@example.com"), &json!(["Erika"])));
    let roles = format!("users/{}/role-mappings/realm", erika["id"].as_str().unwrap());
    let roles = ground.keycloak("GET", &roles, None).expect(200).json();
    assert!(roles.as_array().unwrap().iter().any(|role| role["name"] == "operator"), "{roles}");

    // Another field changes, and the secret that nobody can see is still the same.
    let words = with(&words, json!({"displayName": "Company"}));
    say(&ground, &words);
    ground.apply();
    log_in(&ground).unwrap();

    // The company makes another secret. Nothing tells so, until another version is said.
    let other = "another/canary+secret";
    ground.tool.set("COMPANY_SECRET", other);
    let client = format!("realms/{}/clients/{}", directory.realm, directory.client);
    ground.sandbox.keycloak("PUT", &client, Some(&json!({"secret": other}))).expect(204);
    ground.unchanged();
    log_in(&ground).unwrap_err();
    say(&ground, &with(&words, json!({"clientSecret": {"env": "COMPANY_SECRET", "version": "2"}})));
    let plan = ground.plan();
    assert!(plan.contains("~ clientSecret           (sensitive)"), "{plan}");
    ground.apply();
    log_in(&ground).unwrap();

    // It goes with the links of the people who come through it, and not without being allowed to.
    ground.realm_spec(json!({"identityProviders": [{"alias": "company", "ensure": "absent"}]}));
    let said = ground.refused();
    assert!(said.contains("OPCP-G001") && said.contains("people who come through it: 1"), "{said}");
    ground.run("apply", &["--auto-approve", "--allow", "OPCP-G001"]).expect(0);
    ground.unchanged();
    ground.keycloak("GET", "identity-provider/instances/company", None).expect(404);
    assert_eq!(ground.user("erika")["id"], erika["id"]);
}

#[test]
fn what_was_made_by_hand_is_adopted_and_what_others_say_of_it_stays() {
    let mut ground = Ground::new();
    ground.tool.set("COMPANY_SECRET", PASSWORD);
    let list = "identity-provider/instances";
    for (alias, flags) in [("über-🚀", json!({"hideOnLogin": true})), ("theirs", json!({})), ("stray", json!({}))] {
        let config = json!({"clientId": "old", "theirs": "kept", "tokenUrl": "https://a.example/token"});
        let provider = with(&json!({"alias": alias, "providerId": "oidc", "config": config}), flags);
        ground.keycloak("POST", list, Some(&provider)).expect(201);
    }
    for name in ["a/b: 🚀", "stray"] {
        let mapper = json!({"name": name, "identityProviderAlias": "über-🚀", "config": {"claim": "a", "theirs": "kept"},
            "identityProviderMapper": "oidc-user-attribute-idp-mapper"});
        ground.keycloak("POST", &format!("{list}/über-🚀/mappers"), Some(&mapper)).expect(201);
    }
    let before = provider(&ground, "über-🚀");
    let ours = |more: Json| {
        let ours = json!({"alias": "über-🚀", "ensure": "existing", "clientId": "new", "postLoginFlow": "browser",
            "clientSecret": {"env": "COMPANY_SECRET"}, "mappers": [{"name": "a/b: 🚀", "ensure": "existing", "claim": "b"}]});
        with(&ours, more)
    };
    ground.realm_spec(json!({"identityProviders": [ours(json!({}))]}));
    ground.apply();
    assert!(reads_only(&ground.passed()));
    let after = provider(&ground, "über-🚀");
    let config = json!({"clientId": "new", "clientSecret": "**********"});
    let expected = json!({"config": with(&before["config"], config), "postBrokerLoginFlowAlias": "browser"});
    assert_eq!(after, with(&before, expected));
    assert_eq!(mappers(&ground, "über-🚀"), ["a/b: 🚀", "stray"]);

    // What somebody has changed since is put back.
    let drifted =
        with(&after, json!({"enabled": false, "config": with(&after["config"], json!({"clientId": "drift"}))}));
    ground.keycloak("PUT", &format!("{list}/über-🚀"), Some(&drifted)).expect(204);
    ground.realm_spec(json!({"identityProviders": [ours(json!({"enabled": true, "postLoginFlow": ""}))]}));
    ground.apply();
    let mut expected = after.clone();
    expected.as_object_mut().unwrap().shift_remove("postBrokerLoginFlowAlias");
    assert_eq!(provider(&ground, "über-🚀"), expected);

    // What nobody lists goes where everything is said.
    let all = json!({"identityProviders": [ours(json!({"authoritative": ["mappers"]})), {"alias": "theirs", "ensure": "existing"}],
        "authoritative": ["identityProviders"]});
    ground.realm_spec(all);
    assert!(ground.refused().contains("OPCP-G001"));
    ground.run("apply", &["--auto-approve", "--allow", "OPCP-G001"]).expect(0);
    ground.unchanged();
    let left = ground.keycloak("GET", list, None).expect(200).json();
    let left: Vec<&Json> = left.as_array().unwrap().iter().map(|provider| &provider["alias"]).collect();
    assert_eq!(left, ["theirs", "über-🚀"]);
    assert_eq!(mappers(&ground, "über-🚀"), ["a/b: 🚀"]);
}

#[test]
fn what_the_server_would_take_and_could_not_use_is_refused() {
    let ground = Ground::new();
    let refused = |provider: Json, words: &[&str]| {
        ground.realm_spec(json!({"identityProviders": [provider]}));
        let said = ground.refused();
        assert!(words.iter().all(|word| said.contains(word)), "{said}");
    };
    refused(json!({"alias": "a", "type": "odic"}), &["no identity provider of type `odic`", "keycloak-oidc"]);
    refused(json!({"alias": "a", "type": "oidc", "firstLoginFlow": "nowhere"}), &["no authentication flow `nowhere`"]);
    let mapper = json!({"name": "m", "type": "oidc-nothing"});
    refused(json!({"alias": "a", "type": "saml", "mappers": [mapper]}), &["no mapper of type `oidc-nothing`"]);
    ground
        .keycloak("POST", "identity-provider/instances", Some(&json!({"alias": "a", "providerId": "saml"})))
        .expect(201);
    refused(json!({"alias": "a", "type": "oidc"}), &["another `type` on the server"]);
}
