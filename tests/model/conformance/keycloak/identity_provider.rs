//! Identity providers of a realm, their mappers, and the people who come through them.

use serde_json::{Value as Json, json};

use super::{Caller, USERS};
use crate::harness::http::Body;

pub(super) const PROVIDERS: &str = "/admin/realms/{place}/identity-provider/instances";

/// What the story works with: an OIDC provider, not yet named.
pub(super) fn company(alias: &str) -> Json {
    json!({"alias": alias, "providerId": "oidc", "config": {"clientId": "realm", "clientSecret": "first",
        "authorizationUrl": "https://login.example.com/auth", "tokenUrl": "https://login.example.com/token"}})
}

pub(super) fn identity_provider(caller: &mut Caller) {
    types(caller);
    caller.about("a new one, all of them by default no more than a hundred, and what is shown of its secret");
    caller.get(&format!("{PROVIDERS}?max=-1"));
    caller.post(PROVIDERS, &company("company"));
    let one = format!("{PROVIDERS}/company");
    caller.get(&one);
    caller.get(&format!("{PROVIDERS}?max=-1"));

    caller.about("refusals");
    caller.post(PROVIDERS, &company("company"));
    for alias in ["with blank", "a/b", "a;b"] {
        caller.post(PROVIDERS, &company(alias));
    }
    caller.post(PROVIDERS, &json!({"alias": "other", "providerId": "no-such"}));
    caller.post(PROVIDERS, &json!({"alias": "other"}));
    caller.post(PROVIDERS, &json!({"alias": "other", "providerId": "oidc", "nonsense": 1}));
    let other = |config: Json| json!({"alias": "other", "providerId": "oidc", "config": config});
    caller.post(PROVIDERS, &other(json!({"authorizationUrl": "nowhere"})));
    caller.post(PROVIDERS, &other(json!({"validateSignature": true})));
    caller.get(&format!("{PROVIDERS}/other"));
    caller.put(&format!("{PROVIDERS}/other"), &company("other"));
    caller.send("DELETE", &format!("{PROVIDERS}/other"), &Body::Nothing);

    caller.about("names that differ in case, and letters of all sorts");
    for alias in ["Company", "über-🚀"] {
        caller.post(PROVIDERS, &company(alias));
        caller.send("DELETE", &format!("{PROVIDERS}/{alias}"), &Body::Nothing);
    }

    caller.about("it is put back as it was shown: the secret stays");
    let shown = caller.get(&one);
    caller.put(&one, &shown);
    caller.get(&one);

    caller.about("a PUT replaces all of it, but for its type");
    let mut whole = shown.clone();
    whole["displayName"] = "The company".into();
    whole["enabled"] = false.into();
    for flag in ["hideOnLogin", "trustEmail", "linkOnly", "storeToken", "addReadTokenRoleOnCreate"] {
        whole[flag] = true.into();
    }
    whole["firstBrokerLoginFlowAlias"] = "first broker login".into();
    whole["postBrokerLoginFlowAlias"] = "browser".into();
    for (key, value) in [("prompt", ""), ("defaultScope", "openid email"), ("theirs", "kept"), ("useJwksUrl", "true")] {
        whole["config"][key] = value.into();
    }
    caller.put(&one, &whole);
    caller.get(&one);
    whole["firstBrokerLoginFlowAlias"] = "".into();
    whole["providerId"] = "saml".into();
    whole["config"]["clientSecret"] = "second".into();
    caller.put(&one, &whole);
    caller.get(&one);
    caller.put(&one, &json!({"alias": "company", "providerId": "oidc", "config": {"clientId": "realm"}}));
    caller.get(&one);

    caller.about("a PUT without a type, and another alias");
    caller.put(&one, &json!({"alias": "company"}));
    caller.put(&one, &company("renamed"));

    caller.about("flows that there are, and one that there is not");
    let flows = caller.quietly("/admin/realms/{place}/authentication/flows");
    let has = |alias: &str| flows.as_array().into_iter().flatten().any(|flow| flow["alias"] == alias);
    for flow in ["browser", "first broker login", "no such flow"] {
        caller.remark(&format!("{flow}: {}", has(flow)));
    }
    mappers(caller, &one);
    people(caller, &one);
}

/// What the server says of the types that there are.
fn types(caller: &mut Caller) {
    caller.about("types of providers and of mappers");
    let info = caller.quietly("/admin/serverinfo");
    let has = |id: &str| info["identityProviders"].as_array().into_iter().flatten().any(|known| known["id"] == id);
    for id in ["oidc", "keycloak-oidc", "saml", "no-such"] {
        caller.remark(&format!("{id}: {}", has(id)));
    }
    for id in ["oidc-user-attribute-idp-mapper", "oidc-hardcoded-role-idp-mapper", "no-such"] {
        let known = &info["providers"]["identity-provider-mapper"]["providers"][id];
        caller.remark(&format!("{id}: {}", known.is_object()));
    }
}

fn mappers(caller: &mut Caller, provider: &str) {
    caller.about("a mapper, which must name its provider once more");
    let list = format!("{provider}/mappers");
    let body = |name: &str, kind: &str, config: Json| json!({"name": name, "identityProviderAlias": "company", "identityProviderMapper": kind, "config": config});
    let attribute = "oidc-user-attribute-idp-mapper";
    caller.get(&list);
    let config = json!({"claim": "dept", "user.attribute": "department", "syncMode": "INHERIT", "empty": ""});
    let id = caller.post(&list, &body("a/b: 🚀", attribute, config));
    let one = format!("{list}/{id}");
    caller.get(&list);
    caller.get(&one);

    caller.about("refusals; and a type that there is not, which is taken");
    caller.post(&list, &body("a/b: 🚀", attribute, json!({})));
    caller.post(&list, &json!({"name": "other", "identityProviderMapper": attribute}));
    caller.post(&list, &json!({"identityProviderAlias": "company", "identityProviderMapper": attribute}));
    caller.post(&list, &json!({"name": "other", "nonsense": 1}));
    let odd = caller.post(&list, &body("odd", "no-such-mapper", json!({})));
    caller.send("DELETE", &format!("{list}/{odd}"), &Body::Nothing);
    let nowhere = "00000000-0000-0000-0000-00000000dead";
    caller.get(&format!("{list}/{nowhere}"));
    caller.send("DELETE", &format!("{list}/{nowhere}"), &Body::Nothing);

    caller.about("a PUT replaces all of it, its name and type too");
    let mut whole = body("renamed", "oidc-role-idp-mapper", json!({"claim": "roles", "syncMode": "FORCE"}));
    whole["id"] = id.as_str().into();
    caller.put(&one, &whole);
    caller.get(&one);
    whole.as_object_mut().unwrap().shift_remove("config");
    caller.put(&one, &whole);
    caller.get(&one);
    whole["id"] = nowhere.into();
    caller.put(&format!("{list}/{nowhere}"), &whole);
    caller.get(&format!("{PROVIDERS}/other/mappers"));
}

fn people(caller: &mut Caller, provider: &str) {
    caller.about("people who come through it, and their links when it goes");
    let identity = |name: &str| json!([{"identityProvider": "company", "userId": name, "userName": name}]);
    for name in ["alice", "bob"] {
        caller.post(USERS, &json!({"username": name, "federatedIdentities": identity(name)}));
    }
    caller.get(&format!("{USERS}/count?idpAlias=company"));
    caller.get(&format!("{USERS}/count?idpAlias=nobody"));
    for _ in 0..2 {
        caller.send("DELETE", provider, &Body::Nothing);
    }
    caller.get(&format!("{USERS}/count?idpAlias=company"));
    caller.get(&format!("{USERS}/count"));
}
