//! What is asked of client scopes: their documents and mappers, who has them, the roles that tokens may carry by them.

use serde_json::{Value as Json, json};

use super::{CLIENTS, Caller, PLATFORM, ROLES};
use crate::harness::http::Body;

pub(super) const SCOPES: &str = "/admin/realms/{place}/client-scopes";
pub(super) const GIVEN: [&str; 2] =
    ["/admin/realms/{place}/default-default-client-scopes", "/admin/realms/{place}/default-optional-client-scopes"];
const NOBODY: &str = "00000000-0000-0000-0000-00000000dead";

fn text(document: &Json, key: &str) -> String {
    document[key].as_str().unwrap_or_default().to_owned()
}

impl Caller<'_> {
    /// The client scope of this name, not written down.
    pub(super) fn scope_of(&mut self, name: &str) -> Json {
        let all = self.quietly(SCOPES);
        let found = all.as_array().into_iter().flatten().find(|scope| scope["name"] == name);
        found.cloned().unwrap_or_default()
    }

    /// Writes down which scopes a client has.
    fn has(&mut self, client: &str) {
        let found = self.quietly(&format!("{CLIENTS}?clientId={client}"));
        for list in ["defaultClientScopes", "optionalClientScopes"] {
            let names = found[0][list].as_array().into_iter().flatten().filter_map(Json::as_str);
            let mut names: Vec<&str> = names.collect();
            names.sort_unstable();
            self.remark(&format!("{client} has as {list}: {}", names.join(" ")));
        }
    }
}

pub(super) fn client_scope(caller: &mut Caller) {
    caller.about("those that come with a realm, and what new clients get of them");
    let mut all = caller.quietly(SCOPES).as_array().cloned().unwrap_or_default();
    all.sort_by_key(|scope| text(scope, "name"));
    for scope in &all {
        let mut attributes: Vec<String> = scope["attributes"]
            .as_object()
            .into_iter()
            .flatten()
            .map(|(key, value)| format!("{key}={}", value.as_str().unwrap_or_default()))
            .collect();
        attributes.sort();
        let mappers = scope["protocolMappers"].as_array().into_iter().flatten();
        let mut mappers: Vec<String> =
            mappers.map(|mapper| format!("{} ({})", text(mapper, "name"), text(mapper, "protocolMapper"))).collect();
        mappers.sort();
        caller.remark(&format!("{} of {}: {}", text(scope, "name"), text(scope, "protocol"), attributes.join(" ")));
        caller.remark(&format!("  {}", mappers.join(", ")));
    }
    for list in GIVEN {
        caller.names(list);
    }
    let offline = text(&caller.scope_of("offline_access"), "id");
    let carried = caller.quietly(&format!("{SCOPES}/{offline}/scope-mappings"));
    caller.remark(&format!("offline_access carries {}", carried["realmMappings"][0]["name"]));

    documents(caller);
    mappers(caller);
    who_has_them(caller);
    what_new_clients_get(caller);
    roles(caller);

    caller.about("a scope goes, and all clients lose it");
    let gone = caller.post(SCOPES, &json!({"name": "gone", "protocol": "openid-connect"}));
    caller.send("PUT", &format!("{}/{gone}", GIVEN[0]), &Body::Nothing);
    caller.post(CLIENTS, &json!({"clientId": "loser"}));
    caller.has("loser");
    for _ in 0..2 {
        caller.send("DELETE", &format!("{SCOPES}/{gone}"), &Body::Nothing);
    }
    caller.has("loser");
    caller.names(GIVEN[0]);
}

fn documents(caller: &mut Caller) {
    caller.about("a new scope");
    let id = caller.post(SCOPES, &json!({"name": "plain", "protocol": "openid-connect"}));
    let one = format!("{SCOPES}/{id}");
    caller.get(&one);
    let with_all = json!({"name": "full", "protocol": "openid-connect", "description": "text", "nonsense": 1,
        "attributes": {"gui.order": "7", "display.on.consent.screen": "false", "empty": ""},
        "protocolMappers": [{"name": "m", "protocol": "openid-connect", "protocolMapper": PLATFORM, "config": {"claim.name": "c"}}]});
    caller.post(SCOPES, &with_all);
    let full = text(&caller.scope_of("full"), "id");
    caller.get(&format!("{SCOPES}/{full}"));

    caller.about("names: what is asked for with others, parted by blanks");
    for name in ["a/b%;?#&+:*'()[]|^~=@$!<,", "a b", "ü", "a\"b", "a\\b", "a\tb", "", "plain", "Plain"] {
        caller.post(SCOPES, &json!({"name": name, "protocol": "openid-connect"}));
    }

    caller.about("refusals");
    caller.post(SCOPES, &json!({"name": "other"}));
    caller.post(SCOPES, &json!({"name": "other", "protocol": "nonsense"}));
    caller.post(SCOPES, &json!({"protocol": "openid-connect"}));
    caller.post(SCOPES, &json!({"name": "other", "protocol": "openid-connect", "attributes": {"a": ["list"]}}));
    caller.get(&format!("{SCOPES}/{NOBODY}"));
    caller.put(&format!("{SCOPES}/{NOBODY}"), &json!({"name": "x"}));

    caller.about("a PUT merges, and needs the name; it does not see mappers");
    caller.put(&one, &json!({}));
    caller.put(&one, &json!({"name": "plain", "description": "d", "attributes": {"one": "1", "two": "2"}}));
    caller.put(&one, &json!({"name": "plain", "attributes": {"one": "", "two": null, "three": true}}));
    caller.get(&one);
    caller.put(&one, &json!({"name": "plain", "description": "", "protocolMappers": with_all["protocolMappers"]}));
    caller.get(&one);
    caller.put(&one, &json!({"name": "full"}));
    caller.put(&one, &json!({"name": "a b"}));
    let shown = caller.get(&format!("{SCOPES}/{full}"));
    caller.put(&format!("{SCOPES}/{full}"), &shown);
    caller.get(&format!("{SCOPES}/{full}"));
}

fn mappers(caller: &mut Caller) {
    caller.about("mappers, as in a client");
    let one = format!("{SCOPES}/{}", text(&caller.scope_of("plain"), "id"));
    let models = format!("{one}/protocol-mappers/models");
    let mapper = json!({"name": "projects", "protocol": "openid-connect", "protocolMapper": PLATFORM,
        "config": {"claim.name": "projects", "id.token.claim": true}});
    let id = caller.post(&models, &mapper);
    caller.post(&models, &mapper);
    caller.get(&one);
    let changed = json!({"id": id, "name": "projects", "protocol": "openid-connect", "protocolMapper": PLATFORM,
        "config": {"claim.name": "p"}});
    caller.put(&format!("{models}/{id}"), &changed);
    caller.get(&format!("{models}/{id}"));
    for _ in 0..2 {
        caller.send("DELETE", &format!("{models}/{id}"), &Body::Nothing);
    }
    caller.get(&one);
}

fn who_has_them(caller: &mut Caller) {
    caller.about("a client's two lists: a PUT to the other one does nothing, a DELETE from either takes it away");
    let client = format!("{CLIENTS}/{}", caller.post(CLIENTS, &json!({"clientId": "app"})));
    caller.has("app");
    let scope = text(&caller.scope_of("plain"), "id");
    let [always, asked] = ["default", "optional"].map(|list| format!("{client}/{list}-client-scopes/{scope}"));
    for (method, list) in [
        ("PUT", &always),
        ("PUT", &always),
        ("PUT", &asked),
        ("DELETE", &asked),
        ("DELETE", &asked),
        ("PUT", &asked),
        ("PUT", &always),
    ] {
        caller.send(method, list, &Body::Nothing);
        caller.has("app");
    }
    caller.send("DELETE", &always, &Body::Nothing);
    caller.has("app");
    let saml = text(&caller.scope_of("role_list"), "id");
    caller.send("PUT", &format!("{client}/default-client-scopes/{saml}"), &Body::Nothing);
    caller.has("app");
    for method in ["PUT", "DELETE"] {
        for list in ["default", "optional"] {
            caller.send(method, &format!("{client}/{list}-client-scopes/{NOBODY}"), &Body::Nothing);
        }
    }
    caller.about("the scope of accounts comes and goes with them");
    caller.put(&client, &json!({"serviceAccountsEnabled": true}));
    caller.has("app");
    caller.put(&client, &json!({"serviceAccountsEnabled": false}));
    caller.has("app");
}

fn what_new_clients_get(caller: &mut Caller) {
    caller.about("the realm's two lists: a PUT of what is in one of them is refused");
    let scope = text(&caller.scope_of("plain"), "id");
    let [always, asked] = GIVEN.map(|list| format!("{list}/{scope}"));
    for (method, list) in [
        ("PUT", &always),
        ("PUT", &always),
        ("PUT", &asked),
        ("DELETE", &asked),
        ("DELETE", &asked),
        ("PUT", &asked),
        ("DELETE", &always),
        ("PUT", &always),
    ] {
        caller.send(method, list, &Body::Nothing);
        for list in GIVEN {
            caller.names(list);
        }
    }
    for method in ["PUT", "DELETE"] {
        for list in GIVEN {
            caller.send(method, &format!("{list}/{NOBODY}"), &Body::Nothing);
        }
    }
    caller.about("a new client has what they say; but who names its scopes names all of them");
    caller.post(CLIENTS, &json!({"clientId": "plain"}));
    caller.has("plain");
    caller.post(CLIENTS, &json!({"clientId": "named", "optionalClientScopes": ["plain", "nonsense"]}));
    caller.has("named");
    caller.send("DELETE", &always, &Body::Nothing);
}

fn roles(caller: &mut Caller) {
    caller.about("roles that tokens may carry, put and taken by id");
    for name in ["ops", "a/b; c"] {
        caller.post(ROLES, &json!({"name": name}));
    }
    let [ops, odd] = ["ops", "a%2Fb%3B%20c"].map(|name| caller.quietly(&format!("{ROLES}/{name}")));
    let client = caller.post(CLIENTS, &json!({"clientId": "carrier"}));
    caller.post(&format!("{CLIENTS}/{client}/roles"), &json!({"name": "reader"}));
    let reader = caller.quietly(&format!("{CLIENTS}/{client}/roles/reader"));
    let scope = text(&caller.scope_of("plain"), "id");
    let brief = |role: &Json| json!([{"id": role["id"], "name": role["name"]}]);
    for around in [format!("{CLIENTS}/{client}"), format!("{SCOPES}/{scope}")] {
        let all = format!("{around}/scope-mappings");
        let [of_realm, of_client] = [format!("{all}/realm"), format!("{all}/clients/{client}")];
        caller.get(&all);
        for (list, role) in [(&of_realm, &ops), (&of_realm, &ops), (&of_client, &reader)] {
            caller.send("POST", list, &Body::Json(&brief(role)));
        }
        caller.get(&all);
        caller.send("POST", &of_realm, &Body::Json(&brief(&odd)));
        caller.send("DELETE", &of_realm, &Body::Json(&brief(&ops)));
        caller.send("DELETE", &of_realm, &Body::Json(&brief(&ops)));
        caller.get(&all);
        caller.send("DELETE", &of_realm, &Body::Json(&json!([])));
        caller.send("DELETE", &of_client, &Body::Json(&brief(&reader)));
        caller.get(&all);
        caller.send("POST", &of_realm, &Body::Json(&json!([{"id": NOBODY, "name": "x"}])));
        caller.send("POST", &of_realm, &Body::Json(&json!([{"name": "ops"}])));
        caller.send("POST", &format!("{all}/clients/{NOBODY}"), &Body::Json(&brief(&reader)));
    }
    caller.get(&format!("{SCOPES}/{NOBODY}/scope-mappings"));
}
