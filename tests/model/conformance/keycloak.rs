//! What is asked of Keycloak: the traps that lose data, the refusals that the tool reads, the shapes of lists.

use serde_json::{Value as Json, json};

use super::{Caller, Story};
use crate::harness::http::Body;

mod described;
mod directory;
mod effective_roles;
mod identity_provider;
mod lists;
mod realm_settings;
mod rename;
mod rights;
mod scopes;

pub(super) const STORIES: [Story; 25] = [
    Story { name: "keycloak-provider", tell: provider },
    Story { name: "keycloak-client", tell: client },
    Story { name: "keycloak-client-secret", tell: client_secret },
    Story { name: "keycloak-mapper", tell: mapper },
    Story { name: "keycloak-client-scope", tell: scopes::client_scope },
    Story { name: "keycloak-profile", tell: profile },
    Story { name: "keycloak-user", tell: user },
    Story { name: "keycloak-user-attributes", tell: user_attributes },
    Story { name: "keycloak-group", tell: group },
    Story { name: "keycloak-group-description", tell: described::of_groups },
    Story { name: "keycloak-profile-attributes", tell: described::of_profile },
    Story { name: "keycloak-realm", tell: realm },
    Story { name: "keycloak-role", tell: role },
    Story { name: "keycloak-effective-roles", tell: effective_roles::effective_roles },
    Story { name: "keycloak-login", tell: login },
    Story { name: "keycloak-example-token", tell: example_token },
    Story { name: "keycloak-lists", tell: lists::lists },
    Story { name: "keycloak-identity-provider", tell: identity_provider::identity_provider },
    Story { name: "keycloak-directory", tell: directory::directory },
    Story { name: "keycloak-realm-settings", tell: realm_settings::realm_settings },
    Story { name: "keycloak-rename", tell: rename::rename },
    Story { name: "keycloak-rights", tell: rights::rights },
    Story { name: "keycloak-rights-effective-roles", tell: rights::of_effective_roles },
    Story { name: "keycloak-rights-identity-provider", tell: rights::of_identity_providers },
    Story { name: "keycloak-rights-directory", tell: rights::of_directories },
];

const CLIENTS: &str = "/admin/realms/{place}/clients";
const USERS: &str = "/admin/realms/{place}/users";
const GROUPS: &str = "/admin/realms/{place}/groups";
const DEFAULT_GROUPS: &str = "/admin/realms/{place}/default-groups";
const ROLES: &str = "/admin/realms/{place}/roles";
const PROFILE: &str = "/admin/realms/{place}/users/profile";
const TOKEN: &str = "/realms/{place}/protocol/openid-connect/token";
const INTROSPECT: &str = "/realms/{place}/protocol/openid-connect/token/introspect";
const PLATFORM: &str = "aggregated-user-group-attribute-mapper";

/// What the server says of the platform's mapper: the names of its properties are the keys of a configuration.
fn provider(caller: &mut Caller) {
    let info = caller.quietly("/admin/serverinfo");
    let providers = info["protocolMapperTypes"]["openid-connect"].as_array().cloned().unwrap_or_default();
    for id in [PLATFORM, "oidc-usermodel-attribute-mapper"] {
        let found = providers.iter().find(|provider| provider["id"] == id);
        let properties =
            found.and_then(|provider| provider["properties"].as_array()).unwrap_or_else(|| panic!("{id} is missing"));
        caller.about(id);
        for property in properties {
            let [name, kind, default] = ["name", "type", "defaultValue"].map(|key| &property[key]);
            caller.remark(&format!(
                "{name} {kind} default {default} required {} options {}",
                property["required"], property["options"]
            ));
        }
    }
}

fn client(caller: &mut Caller) {
    caller.about("a new client and its defaults");
    let id = caller.post(CLIENTS, &json!({"clientId": "plain"}));
    let one = format!("{CLIENTS}/{id}");
    caller.get(&one);
    caller.get(&format!("{CLIENTS}?clientId=plain"));
    caller.get(&format!("{CLIENTS}?clientId=Plain"));
    caller.get(&format!("{CLIENTS}?clientId=lai&search=true"));
    caller.get(&format!("{one}/client-secret"));

    caller.about("refusals");
    caller.post(CLIENTS, &json!({"clientId": "plain"}));
    caller.post(CLIENTS, &json!({"clientId": "other", "nonsense": 1}));
    caller.post(CLIENTS, &json!({"clientId": "other", "enabled": "perhaps"}));
    caller.post(CLIENTS, &json!({"clientId": "other", "attributes": {"a": ["list"]}}));
    caller.post(CLIENTS, &json!({"clientId": "other", "redirectUris": ["javascript:alert(1)"]}));
    caller.send("POST", CLIENTS, &Body::Text("application/json", "{broken"));
    caller.send("POST", CLIENTS, &Body::Text("application/json", ""));
    caller.send("POST", CLIENTS, &Body::Text("text/plain", "{}"));
    caller.get(&format!("{CLIENTS}/00000000-0000-0000-0000-00000000dead"));

    caller.about("a PUT merges: nothing, texts, attributes, lists");
    caller.put(&one, &json!({}));
    caller.put(&one, &json!({"name": "A name", "description": "", "attributes": {"one": "1", "two": "2"}}));
    caller.put(&one, &json!({"attributes": {"one": "", "three": true}, "redirectUris": ["https://b.example/*", "https://a.example/*"]}));
    caller.get(&one);
    caller.put(&one, &json!({"redirectUris": [], "defaultClientScopes": ["email"], "attributes": {}}));
    caller.get(&one);

    caller.about("origins that are empty follow the redirect addresses at every PUT that does not name them");
    caller.put(&one, &json!({"redirectUris": ["https://a.example/*"], "webOrigins": []}));
    caller.get(&one);
    caller.put(&one, &json!({"name": "A name"}));
    caller.get(&one);
    caller.put(&one, &json!({"redirectUris": ["https://b.example/*"]}));
    caller.get(&one);
    caller.put(&one, &json!({"redirectUris": [], "webOrigins": []}));

    caller.about("authorization services need a service account");
    caller.put(&one, &json!({"authorizationServicesEnabled": true}));
    caller.post(CLIENTS, &json!({"clientId": "other", "authorizationServicesEnabled": true}));

    caller.about("a client that is put back as it was shown");
    let shown = caller.get(&one);
    caller.put(&one, &shown);
    caller.get(&one);

    caller.about("authorization services are switched off by a PUT that does not name them");
    caller.put(&one, &json!({"serviceAccountsEnabled": true, "authorizationServicesEnabled": true}));
    caller.get(&one);
    caller.put(&one, &json!({"name": "B name"}));
    caller.get(&one);

    caller.about("a public client has no secret");
    caller.put(&one, &json!({"serviceAccountsEnabled": false, "publicClient": true}));
    caller.get(&one);
    caller.get(&format!("{one}/client-secret"));
    caller.put(&one, &json!({"publicClient": false}));
    caller.get(&format!("{one}/client-secret"));

    caller.about("mappers of the body: ignored when absent, all of them when present");
    let mapper = json!({"name": "m", "protocol": "openid-connect", "protocolMapper": "oidc-usermodel-attribute-mapper",
        "config": {"claim.name": "c", "user.attribute": ""}});
    caller.put(&one, &json!({"protocolMappers": [mapper]}));
    caller.put(&one, &json!({"name": "C name"}));
    caller.get(&one);
    caller.put(&one, &json!({"protocolMappers": []}));
    caller.get(&one);

    caller.about("mappers that come with a new client, and with a PUT");
    let flags = |mapper: &str, claims: &[&str]| {
        let config: serde_json::Map<String, Json> =
            claims.iter().map(|claim| ((*claim).to_owned(), json!("true"))).collect();
        json!({"name": mapper, "protocol": "openid-connect", "protocolMapper": PLATFORM, "config": config})
    };
    let flagged = [flags("a", &["id.token.claim"]), flags("b", &["access.token.claim"]), flags("c", &[])];
    let with_mappers = caller.post(CLIENTS, &json!({"clientId": "mapped", "protocolMappers": flagged}));
    caller.mappers("mapped");
    caller.put(&format!("{CLIENTS}/{with_mappers}"), &json!({"protocolMappers": [flagged[0]]}));
    caller.mappers("mapped");
    for mapper in &flagged[1..] {
        caller.post(&format!("{CLIENTS}/{with_mappers}/protocol-mappers/models"), mapper);
    }
    caller.mappers("mapped");

    caller.about("a rename, and one to a name that is taken");
    caller.post(CLIENTS, &json!({"clientId": "full", "name": "Full", "enabled": false, "redirectUris": ["https://c.example/cb"],
        "rootUrl": "https://c.example", "baseUrl": "/home", "publicClient": true, "attributes": {"access.token.lifespan": "300"}}));
    caller.get(&format!("{CLIENTS}?clientId=full"));
    caller.put(&one, &json!({"clientId": "renamed"}));
    caller.put(&one, &json!({"clientId": "full"}));
    caller.get(&format!("{CLIENTS}?clientId=renamed"));
}

fn client_secret(caller: &mut Caller) {
    caller.about("which policies there are that could keep an old one");
    caller.get("/admin/realms/{place}/client-policies/policies");
    caller.get("/admin/realms/{place}/client-policies/profiles");

    caller.about("who knows it proves to be the client, and gets nothing");
    let id = caller.post(CLIENTS, &json!({"clientId": "robot", "secret": "first"}));
    let one = format!("{CLIENTS}/{id}");
    let proof = |secret| [("token", "none"), ("client_id", "robot"), ("client_secret", secret)];
    caller.form(INTROSPECT, &proof("first"));
    caller.form(INTROSPECT, &proof("second"));

    caller.about("the server makes another one, and the old one ends");
    caller.post(&format!("{one}/client-secret"), &json!({}));
    caller.form(INTROSPECT, &proof("first"));
    caller.get(&one);

    caller.about("a new client that names its protocol is public, and takes passwords");
    let id = caller.post(CLIENTS, &json!({"clientId": "named", "protocol": "openid-connect"}));
    let named = caller.quietly(&format!("{CLIENTS}/{id}"));
    caller.remark(&format!("public {} passwords {}", named["publicClient"], named["directAccessGrantsEnabled"]));
}

fn mapper(caller: &mut Caller) {
    let client = caller.post(CLIENTS, &json!({"clientId": "holder"}));
    let models = format!("{CLIENTS}/{client}/protocol-mappers/models");
    let body = |name: &str, provider: &str, config: Json| json!({"name": name, "protocol": "openid-connect", "protocolMapper": provider, "config": config});
    caller.about("a new mapper: booleans become texts, empty values are dropped, defaults are not applied");
    let config = json!({"user.attribute": "project", "claim.name": "projects", "id.token.claim": true, "jsonType.label": "", "foreign": "kept"});
    let id = caller.post(&models, &body("projects", PLATFORM, config));
    let one = format!("{models}/{id}");
    caller.get(&models);
    caller.get(&one);
    caller.get(&format!("{CLIENTS}?clientId=holder"));

    caller.about("refusals");
    caller.post(&models, &body("projects", PLATFORM, json!({})));
    caller.post(&models, &body("other", "no-such-mapper", json!({})));
    caller.post(&models, &json!({"name": "other", "protocol": "openid-connect"}));
    caller.post(&models, &json!({"protocol": "openid-connect", "protocolMapper": PLATFORM}));
    caller.post(&models, &body("other", PLATFORM, json!({"claim.name": ["list"]})));
    caller.post(&models, &json!({"name": "other", "nonsense": 1}));
    caller.get(&format!("{models}/00000000-0000-0000-0000-00000000dead"));

    caller.about("a PUT replaces the configuration; the id of the body decides; a name is ignored");
    caller.put(
        &one,
        &json!({"id": id, "name": "renamed", "protocol": "openid-connect", "protocolMapper": PLATFORM,
        "config": {"claim.name": "p"}}),
    );
    caller.get(&one);
    caller.put(&one, &json!({"id": id, "name": "projects", "protocol": "openid-connect", "protocolMapper": PLATFORM}));
    caller.get(&one);
    caller.put(&one, &json!({"id": id, "protocolMapper": "no-such-mapper"}));
    caller.put(&one, &json!({"name": "projects", "protocolMapper": PLATFORM}));
    let nowhere = "00000000-0000-0000-0000-00000000dead";
    let mut elsewhere = json!({"id": nowhere, "name": "projects", "protocol": "openid-connect", "protocolMapper": PLATFORM, "config": {}});
    caller.put(&one, &elsewhere);
    caller.put(&format!("{models}/{nowhere}"), &elsewhere);
    elsewhere["id"] = id.into();
    caller.put(&format!("{models}/{nowhere}"), &elsewhere);
}

impl Caller<'_> {
    /// Writes down the stored configuration of a client's mappers, by name since their order is no promise.
    fn mappers(&mut self, client: &str) {
        let found = self.quietly(&format!("{CLIENTS}?clientId={client}"));
        let mut mappers = found[0]["protocolMappers"].as_array().cloned().unwrap_or_default();
        mappers.sort_by_key(|mapper| mapper["name"].to_string());
        for mapper in mappers {
            let mut config: Vec<String> = mapper["config"]
                .as_object()
                .into_iter()
                .flatten()
                .map(|(key, value)| format!("{key}={value}"))
                .collect();
            config.sort();
            self.remark(&format!("{} stores {}", mapper["name"], config.join(" ")));
        }
    }
}

fn profile(caller: &mut Caller) {
    caller.about("the profile of a new realm");
    let fresh = caller.get(PROFILE);
    caller.about("a policy that is written with the rest of the document");
    let mut changed = fresh.clone();
    changed["unmanagedAttributePolicy"] = "ADMIN_EDIT".into();
    caller.put(PROFILE, &changed);
    caller.about("refusals");
    changed["unmanagedAttributePolicy"] = "DISABLED".into();
    caller.put(PROFILE, &changed);
    caller.put(PROFILE, &json!({"attributes": [fresh["attributes"][0]]}));
    caller.put(PROFILE, &json!({"nonsense": 1}));
    caller.get(PROFILE);
    caller.about("a policy alone loses everything else");
    caller.put(PROFILE, &json!({"unmanagedAttributePolicy": "ADMIN_VIEW"}));
    caller.get(PROFILE);
}

fn user(caller: &mut Caller) {
    caller.about("a new user is disabled unless the body says otherwise");
    let id = caller.post(USERS, &json!({"username": "Plain"}));
    let one = format!("{USERS}/{id}");
    caller.get(&one);
    caller.post(USERS, &json!({"username": "whole", "enabled": true, "email": "Whole@Example.com", "emailVerified": true,
        "firstName": "Wanda", "lastName": "Whole", "credentials": [{"type": "password", "value": "a password", "temporary": false}]}));
    caller.about("refusals");
    caller.post(USERS, &json!({"username": "plain"}));
    caller.post(USERS, &json!({"username": "third", "email": "whole@example.com"}));
    caller.post(USERS, &json!({"username": "third", "nonsense": 1}));
    caller.post(USERS, &json!({"username": "third", "enabled": "perhaps"}));
    caller.post(USERS, &json!({"username": "ab"}));
    caller.post(USERS, &json!({"username": "a b c"}));
    caller.post(USERS, &json!({"username": "third", "email": "no address"}));
    caller.post(USERS, &json!({"username": "third", "firstName": "<b>"}));
    caller.get(&format!("{USERS}/00000000-0000-0000-0000-00000000dead"));
    caller.put(&format!("{USERS}/00000000-0000-0000-0000-00000000dead"), &json!({}));

    caller.about("a PUT without attributes merges");
    caller.put(&one, &json!({}));
    caller.put(&one, &json!({"email": "plain@example.com", "firstName": "Petra", "lastName": "Plain"}));
    caller.put(&one, &json!({"enabled": true}));
    caller.get(&one);
    caller.put(&one, &json!({"username": "PLAIN", "lastName": ""}));
    caller.get(&one);
    caller.put(&one, &json!({"username": "else"}));
    caller.put(&one, &json!({"email": "whole@example.com"}));

    caller.about("a user that is put back as it was shown");
    let shown = caller.get(&one);
    caller.put(&one, &shown);
    caller.get(&one);

    caller.about("a PUT with attributes clears the three fields that it does not name");
    caller.put(&one, &json!({"attributes": {}}));
    caller.get(&one);

    caller.about("lists");
    caller.get(&format!("{USERS}?username=PLAIN&exact=true"));
    caller.get(&format!("{USERS}?username=pla"));
    caller.get(&format!("{USERS}?username=pla&exact=true"));
    caller.get(&format!("{USERS}?first=1&max=1&briefRepresentation=true"));
    caller.get(&format!("{USERS}?max=-1&briefRepresentation=true"));
    caller.get(&format!("{USERS}?max=many"));
    caller.get(&format!("{USERS}/count"));
}

fn user_attributes(caller: &mut Caller) {
    caller.about("the default policy: writes vanish without a word");
    let id = caller.post(USERS, &json!({"username": "holder", "attributes": {"project": ["a"]}}));
    let one = format!("{USERS}/{id}");
    caller.put(&one, &json!({"attributes": {"project": ["b"]}}));
    caller.get(&one);

    let mut profile = caller.get(PROFILE);
    caller.about("adminEdit: values are stored, several, in their order");
    profile["unmanagedAttributePolicy"] = "ADMIN_EDIT".into();
    caller.put(PROFILE, &profile);
    caller.put(&one, &json!({"attributes": {"project": ["b", "a", "b", " "], "single": "text", "number": [7], "object": [{"a": 1}]}}));
    caller.get(&one);
    caller.get(&format!("{USERS}?username=holder&exact=true&briefRepresentation=true"));
    caller.put(&one, &json!({"attributes": {"project": ["c"]}}));
    caller.get(&one);
    caller.put(&one, &json!({"attributes": {"project": ["x".repeat(2049)]}}));

    caller.about("adminView: shown, writes vanish");
    profile["unmanagedAttributePolicy"] = "ADMIN_VIEW".into();
    caller.put(PROFILE, &profile);
    caller.put(&one, &json!({"attributes": {"project": ["d"]}}));
    caller.get(&one);

    caller.about("disabled again: hidden, not lost");
    profile.as_object_mut().unwrap().shift_remove("unmanagedAttributePolicy");
    caller.put(PROFILE, &profile);
    caller.get(&one);
    caller.put(&one, &json!({"attributes": {}}));
    profile["unmanagedAttributePolicy"] = "ENABLED".into();
    caller.put(PROFILE, &profile);
    caller.get(&one);

    caller.about("a declared attribute that nobody may edit");
    profile["attributes"].as_array_mut().unwrap().push(json!({"name": "project", "multivalued": true,
        "permissions": {"view": ["admin"], "edit": []}}));
    caller.put(PROFILE, &profile);
    caller.put(&one, &json!({"attributes": {"project": ["e"]}}));
    caller.get(&one);
}

fn login(caller: &mut Caller) {
    let password = "a password";
    let client =
        caller.post(CLIENTS, &json!({"clientId": "cli", "secret": "a secret", "directAccessGrantsEnabled": true}));
    let whole = caller.post(
        USERS,
        &json!({"username": "whole", "enabled": true, "email": "whole@example.com", "firstName": "Wanda",
        "lastName": "Whole", "credentials": [{"type": "password", "value": password}]}),
    );
    caller.post(
        USERS,
        &json!({"username": "bare", "enabled": true, "credentials": [{"type": "password", "value": password}]}),
    );
    let base = [("grant_type", "password"), ("client_id", "cli")];
    let grant = |more: &[(&'static str, &'static str)]| [&base, more].concat();

    caller.about("a person's password grant, and its refresh");
    let given =
        caller.form(TOKEN, &grant(&[("client_secret", "a secret"), ("username", "Whole"), ("password", password)]));
    let token = given["refresh_token"].as_str().unwrap_or_default();
    caller.form(
        TOKEN,
        &[
            ("grant_type", "refresh_token"),
            ("client_id", "cli"),
            ("client_secret", "a secret"),
            ("refresh_token", token),
        ],
    );

    caller.about("refusals");
    caller.form(TOKEN, &grant(&[("client_secret", "wrong"), ("username", "whole"), ("password", password)]));
    caller.form(TOKEN, &grant(&[("username", "whole"), ("password", password)]));
    caller.form(
        TOKEN,
        &[
            ("grant_type", "password"),
            ("client_id", "nobody"),
            ("client_secret", "x"),
            ("username", "whole"),
            ("password", password),
        ],
    );
    caller.form(TOKEN, &grant(&[("client_secret", "a secret"), ("username", "whole"), ("password", "wrong")]));
    caller.form(TOKEN, &grant(&[("client_secret", "a secret"), ("username", "nobody"), ("password", password)]));
    caller.form(TOKEN, &grant(&[("client_secret", "a secret"), ("username", "bare"), ("password", password)]));
    caller.form(TOKEN, &[("grant_type", "client_credentials"), ("client_id", "cli"), ("client_secret", "a secret")]);
    caller.form(
        TOKEN,
        &[
            ("grant_type", "refresh_token"),
            ("client_id", "cli"),
            ("client_secret", "a secret"),
            ("refresh_token", "no token"),
        ],
    );
    caller.form(TOKEN, &[("client_id", "cli"), ("client_secret", "a secret")]);
    caller.form(TOKEN, &[("grant_type", "nonsense"), ("client_id", "cli"), ("client_secret", "a secret")]);
    caller.put(&format!("{USERS}/{whole}"), &json!({"enabled": false}));
    caller.form(TOKEN, &grant(&[("client_secret", "a secret"), ("username", "whole"), ("password", password)]));
    caller.put(&format!("{CLIENTS}/{client}"), &json!({"directAccessGrantsEnabled": false}));
    caller.form(TOKEN, &grant(&[("client_secret", "a secret"), ("username", "whole"), ("password", password)]));
    caller.put(&format!("{CLIENTS}/{client}"), &json!({"enabled": false}));
    caller.form(TOKEN, &grant(&[("client_secret", "a secret"), ("username", "whole"), ("password", password)]));

    caller.about("a service account has no refresh token");
    caller.put(&format!("{CLIENTS}/{client}"), &json!({"enabled": true, "serviceAccountsEnabled": true}));
    caller.form(TOKEN, &[("grant_type", "client_credentials"), ("client_id", "cli"), ("client_secret", "a secret")]);

    caller.about("tokens that are worth nothing, realms that do not exist");
    caller.with_token("no-token", |caller| {
        caller.get(CLIENTS);
    });
    caller.form("/realms/no-such-realm/protocol/openid-connect/token", &base);
    caller.get("/realms/no-such-realm/.well-known/openid-configuration");
    caller.quietly("/realms/{place}");
    caller.get("/realms/no-such-realm");
    caller.get("/admin/realms/no-such-realm/clients");
}

fn group(caller: &mut Caller) {
    let flat = format!("{GROUPS}?search=*&briefRepresentation=false&populateHierarchy=false&subGroupsCount=false");
    caller.about("groups in groups, with attributes");
    caller.get(&format!("{GROUPS}/count"));
    caller.get(&flat);
    let outer = caller.post(GROUPS, &json!({"name": "outer", "attributes": {"one": ["1", "2"], "none": []}}));
    let outer = format!("{GROUPS}/{outer}");
    let reply = caller.send(
        "POST",
        &format!("{outer}/children"),
        &Body::Json(&json!({"name": "in/ner", "attributes": {"one": [" "]}})),
    );
    let inner = format!("{GROUPS}/{}", reply.new_id());
    caller.get(&format!("{GROUPS}/count"));
    caller.get(&flat);
    caller.get(&outer);
    caller.get(&format!("{outer}/children?briefRepresentation=false&subGroupsCount=false&first=0&max=250"));
    caller.get(&format!("{outer}/children?briefRepresentation=false&subGroupsCount=false&first=250&max=250"));
    caller.get(&format!("{GROUPS}?briefRepresentation=false&subGroupsCount=false&first=0&max=250"));

    caller.about("refusals");
    caller.post(GROUPS, &json!({"name": "outer"}));
    caller.post(&format!("{outer}/children"), &json!({"name": "in/ner"}));
    caller.post(GROUPS, &json!({"name": "other", "nonsense": 1}));
    caller.post(GROUPS, &json!({"name": "other", "attributes": {"long": ["x".repeat(256)]}}));
    caller.put(&outer, &json!({"attributes": {}}));
    caller.get(&format!("{GROUPS}/00000000-0000-0000-0000-00000000dead"));

    caller.about("a PUT replaces the attributes that it mentions");
    caller.put(&outer, &json!({"name": "outer"}));
    caller.get(&outer);
    caller.put(&outer, &json!({"name": "outer", "attributes": {"two": ["2"]}}));
    let shown = caller.get(&outer);
    caller.put(&outer, &shown);
    caller.get(&outer);
    caller.put(&inner, &json!({"name": "renamed", "path": "/elsewhere", "subGroups": []}));
    caller.get(&inner);

    caller.about("members");
    let user = caller.post(USERS, &json!({"username": "whole", "email": "whole@example.com", "enabled": true}));
    let membership = |group: &str| format!("{USERS}/{user}/groups/{}", group.rsplit('/').next().unwrap_or_default());
    for _ in 0..2 {
        caller.put(&membership(&inner), &json!({}));
    }
    caller.get(&format!("{inner}/members?briefRepresentation=true&first=0&max=250"));
    caller.get(&format!("{inner}/members?briefRepresentation=true&first=250&max=250"));
    caller.get(&format!("{outer}/members?briefRepresentation=true&first=0&max=250"));
    caller.get(&format!("{USERS}/{user}/groups"));
    caller.put(&membership("/00000000-0000-0000-0000-00000000dead"), &json!({}));
    for _ in 0..2 {
        caller.send("DELETE", &membership(&inner), &Body::Nothing);
    }
    caller.get(&format!("{inner}/members?briefRepresentation=true&first=0&max=250"));

    caller.about("groups that every new user is put into");
    let id = |group: &str| group.rsplit('/').next().unwrap_or_default().to_owned();
    caller.names(DEFAULT_GROUPS);
    for group in [id(&inner), id(&inner), id(&outer), "00000000-0000-0000-0000-00000000dead".to_owned()] {
        caller.put(&format!("{DEFAULT_GROUPS}/{group}"), &json!({}));
    }
    caller.names(DEFAULT_GROUPS);
    let newer = caller.post(USERS, &json!({"username": "newer", "email": "newer@example.com", "enabled": true}));
    let shown = caller.quietly(&format!("{USERS}/{newer}/groups"));
    let mut into: Vec<&str> =
        shown.as_array().into_iter().flatten().filter_map(|group| group["name"].as_str()).collect();
    into.sort_unstable();
    caller.remark(&format!("a new user is in {}", into.join(", ")));
    for group in [id(&outer), id(&outer), "00000000-0000-0000-0000-00000000dead".to_owned()] {
        caller.send("DELETE", &format!("{DEFAULT_GROUPS}/{group}"), &Body::Nothing);
    }

    caller.about("a group goes with all that is in it");
    caller.send("DELETE", &outer, &Body::Nothing);
    caller.names(DEFAULT_GROUPS);
    caller.get(&format!("{GROUPS}/count"));
    caller.send("DELETE", &outer, &Body::Nothing);
}

fn realm(caller: &mut Caller) {
    const REALM: &str = "/admin/realms/{place}";
    let issuer = |caller: &mut Caller| {
        let discovery = caller.quietly("/realms/{place}/.well-known/openid-configuration");
        let issuer = discovery["issuer"].as_str().unwrap_or_default().to_owned();
        let own = issuer.starts_with("https://a.example/");
        let end = format!("/realms/{}", caller.place());
        caller.remark(&format!("its own address: {own}; the realm's name behind it: {}", issuer.ends_with(&end)));
    };
    caller.about("a realm of which nothing is said");
    caller.get(REALM);
    issuer(caller);

    caller.about("a PUT keeps what it does not mention, and replaces attributes");
    caller.put(REALM, &json!({}));
    caller.put(
        REALM,
        &json!({"displayName": "A name", "attributes": {"theirs": "1", "frontendUrl": "https://a.example/"}}),
    );
    let shown = caller.get(REALM);
    issuer(caller);
    caller.put(REALM, &json!({"displayName": "", "accessTokenLifespan": 90}));
    caller.get(REALM);
    caller.put(
        REALM,
        &json!({"attributes": {"frontendUrl": ""}, "browserSecurityHeaders": shown["browserSecurityHeaders"]}),
    );
    caller.get(REALM);
    issuer(caller);

    caller.about("refusals");
    caller.put(REALM, &json!({"nonsense": 1}));
    caller.post("/admin/realms", &json!({"realm": "{place}-made", "nonsense": 1}));
    caller.post("/admin/realms", &json!({"enabled": true}));
    caller.get("/admin/realms/no-such-realm");

    caller.about("a realm comes disabled unless the body says otherwise, and goes");
    let made = format!("{}-made", caller.place());
    caller.post("/admin/realms", &json!({"realm": made}));
    caller.post("/admin/realms", &json!({"realm": made}));
    let enabled = caller.quietly("/admin/realms/{place}-made")["enabled"].clone();
    caller.remark(&format!("it is enabled: {enabled}"));
    for _ in 0..2 {
        caller.send("DELETE", "/admin/realms/{place}-made", &Body::Nothing);
    }
}

impl Caller<'_> {
    /// Writes down the names in a list, sorted: it comes in no order.
    fn names(&mut self, path: &str) {
        let list = self.quietly(path);
        let name = |entry: &Json| entry["name"].as_str().unwrap_or_default().to_owned();
        let mut names: Vec<String> = list.as_array().into_iter().flatten().map(name).collect();
        names.sort();
        let (names, place) = (names.join(", "), self.place().to_owned());
        self.remark(&format!("there are {}", names.replace(&place, "{place}")));
    }

    /// The id of the only client or user of a list, not written down.
    fn id_of(&mut self, list: &str) -> String {
        self.quietly(list)[0]["id"].as_str().unwrap_or_default().to_owned()
    }
}

fn role_as_a_document(caller: &mut Caller, [ops, odd, reader]: [&Json; 3], client: &str) {
    caller.about("a role changes as a whole, but for its attributes");
    let by_id =
        |role: &Json| format!("/admin/realms/{{place}}/roles-by-id/{}", role["id"].as_str().unwrap_or_default());
    caller.put(&by_id(ops), &json!({"name": "ops", "description": "text", "attributes": {"team": ["a", "b"]}}));
    caller.get(&by_id(ops));
    caller.put(&by_id(ops), &json!({"name": "ops"}));
    caller.get(&by_id(ops));
    caller.put(&by_id(reader), &json!({"name": "reader", "description": "of a client"}));
    caller.get(&format!("{client}/roles?briefRepresentation=false"));
    caller.get("/admin/realms/{place}/roles-by-id/00000000-0000-0000-0000-00000000dead");

    caller.about("a role contains others, which are put and taken by id");
    let of = |role: &Json| json!([{"id": role["id"], "name": role["name"]}]);
    let inside = format!("{}/composites", by_id(ops));
    for role in [odd, reader, reader] {
        caller.send("POST", &inside, &Body::Json(&of(role)));
    }
    caller.names(&inside);
    let shown = caller.quietly(&by_id(ops));
    caller.remark(&format!("composite {}", shown["composite"]));
    caller.send("POST", &inside, &Body::Json(&json!([{"id": "00000000-0000-0000-0000-00000000dead", "name": "x"}])));
    for _ in 0..2 {
        caller.send("DELETE", &inside, &Body::Json(&of(odd)));
    }
    caller.send("DELETE", &inside, &Body::Json(&of(reader)));
    caller.names(&inside);

    caller.about("a role goes");
    caller.post(ROLES, &json!({"name": "gone"}));
    let gone = caller.quietly(&format!("{ROLES}/gone"));
    caller.send("DELETE", &by_id(&gone), &Body::Nothing);
    caller.send("DELETE", &by_id(&gone), &Body::Nothing);
}

fn role(caller: &mut Caller) {
    caller.about("roles that come with a realm");
    let unlike_before = |name: &str| !name.contains("organizations");
    for client in ["account", "broker", "realm-management", "admin-cli"] {
        let id = caller.id_of(&format!("{CLIENTS}?clientId={client}"));
        let list = caller.quietly(&format!("{CLIENTS}/{id}/roles"));
        let names = list.as_array().into_iter().flatten().filter_map(|role| role["name"].as_str());
        let mut names: Vec<&str> = names.filter(|name| unlike_before(name)).collect();
        names.sort_unstable();
        caller.remark(&format!("{client} has {}", names.join(", ")));
    }
    caller.names(ROLES);

    caller.about("roles of the realm and of a client");
    caller.post(ROLES, &json!({"name": "ops"}));
    caller.post(ROLES, &json!({"name": "ops"}));
    caller.post(ROLES, &json!({"name": "a/b; c"}));
    let client = caller.post(CLIENTS, &json!({"clientId": "Robot", "secret": "s"}));
    let client = format!("{CLIENTS}/{client}");
    caller.post(&format!("{client}/roles"), &json!({"name": "reader"}));
    caller.get(&format!("{client}/roles?briefRepresentation=true"));
    let ops = caller.get(&format!("{ROLES}/ops"));
    let odd = caller.get(&format!("{ROLES}/a%2Fb%3B%20c"));
    let reader = caller.get(&format!("{client}/roles/reader"));
    caller.get(&format!("{ROLES}/nobody"));

    role_as_a_document(caller, [&ops, &odd, &reader], &client);

    caller.about("a client's own account comes and goes with its flag");
    caller.get(&format!("{client}/service-account-user"));
    caller.put(&client, &json!({"serviceAccountsEnabled": true}));
    let account = caller.get(&format!("{client}/service-account-user"));
    let account = format!("{USERS}/{}", account["id"].as_str().unwrap_or_default());
    let shown = caller.quietly(&format!("{USERS}?username=service-account-robot&exact=true"));
    caller.remark(&format!("it is found by its name: {}", shown.as_array().is_some_and(|users| users.len() == 1)));

    caller.about("roles are given by id and name, and may be given twice");
    let user = caller.post(USERS, &json!({"username": "whole", "email": "whole@example.com", "enabled": true}));
    let user = format!("{USERS}/{user}");
    let group = caller.post(GROUPS, &json!({"name": "outer"}));
    let group = format!("{GROUPS}/{group}");
    let brief = |role: &Json| json!([{"id": role["id"], "name": role["name"]}]);
    let of_client = format!("clients/{}", client.rsplit('/').next().unwrap_or_default());
    for holder in [&user, &group, &account] {
        for _ in 0..2 {
            caller.send("POST", &format!("{holder}/role-mappings/realm"), &Body::Json(&brief(&ops)));
        }
        caller.send("POST", &format!("{holder}/role-mappings/realm"), &Body::Json(&brief(&odd)));
        caller.send("POST", &format!("{holder}/role-mappings/{of_client}"), &Body::Json(&brief(&reader)));
        caller.names(&format!("{holder}/role-mappings/realm"));
        caller.get(&format!("{holder}/role-mappings/{of_client}"));
    }
    caller.get(&format!("{group}/role-mappings"));
    let all = caller.quietly(&format!("{account}/role-mappings"));
    let mut own: Vec<&str> =
        all["realmMappings"].as_array().into_iter().flatten().filter_map(|role| role["name"].as_str()).collect();
    own.retain(|name| !name.starts_with("default-roles-"));
    own.sort_unstable();
    let of_clients = all["clientMappings"].as_object().into_iter().flatten();
    let of_clients: Vec<_> = of_clients.map(|(id, roles)| format!("{id}: {}", roles["mappings"][0]["name"])).collect();
    caller.remark(&format!("an account shows all at once: {}; {}", own.join(", "), of_clients.join(", ")));
    let shown = caller.quietly(&group);
    let mut own: Vec<&str> = shown["realmRoles"].as_array().into_iter().flatten().filter_map(Json::as_str).collect();
    own.sort_unstable();
    caller.remark(&format!("the group shows {}, {}", own.join(", "), shown["clientRoles"]));

    caller.about("the users who have a role");
    for list in
        [format!("{ROLES}/ops/users"), format!("{ROLES}/a%2Fb%3B%20c/users"), format!("{client}/roles/reader/users")]
    {
        for first in [0, 250] {
            let list = caller.quietly(&format!("{list}?briefRepresentation=true&first={first}&max=250"));
            let users = list.as_array().into_iter().flatten().filter_map(|user| user["username"].as_str());
            let users: Vec<String> = users.map(str::to_owned).collect();
            caller.remark(&format!("from {first}: {}", users.join(", ")));
        }
    }

    caller.about("refusals");
    let mappings = format!("{user}/role-mappings/realm");
    caller.send("POST", &mappings, &Body::Json(&json!([{"name": "ops"}])));
    caller.send("POST", &mappings, &Body::Json(&json!([{"id": ops["id"], "name": "other"}])));
    caller.send("POST", &mappings, &Body::Json(&brief(&reader)));
    caller.send(
        "POST",
        &format!("{USERS}/00000000-0000-0000-0000-00000000dead/role-mappings/realm"),
        &Body::Json(&brief(&ops)),
    );
    caller.get(&format!("{user}/role-mappings/clients/00000000-0000-0000-0000-00000000dead"));

    caller.about("roles are taken away by id and name, and may be taken away twice");
    for holder in [&user, &group, &account] {
        for _ in 0..2 {
            caller.send("DELETE", &format!("{holder}/role-mappings/realm"), &Body::Json(&brief(&ops)));
        }
        caller.send("DELETE", &format!("{holder}/role-mappings/{of_client}"), &Body::Json(&brief(&reader)));
        caller.names(&format!("{holder}/role-mappings/realm"));
        caller.get(&format!("{holder}/role-mappings/{of_client}"));
    }
    caller.put(&client, &json!({"serviceAccountsEnabled": false}));
    caller.get(&format!("{client}/service-account-user"));
    caller.get(&format!("{account}/role-mappings/realm"));
}

/// What an example token says of grants; times, ids and addresses in it are left out.
fn example_token(caller: &mut Caller) {
    let mut profile = caller.quietly(PROFILE);
    profile["unmanagedAttributePolicy"] = "ADMIN_EDIT".into();
    caller.put(PROFILE, &profile);
    let client = caller.post(CLIENTS, &json!({"clientId": "cli"}));
    let config = |claim: &str, access: &str| json!({"user.attribute": "project", "claim.name": claim, "jsonType.label": "String", "access.token.claim": access});
    let mapper = |name: &str, config: Json| json!({"name": name, "protocol": "openid-connect", "protocolMapper": PLATFORM, "config": config});
    let models = format!("{CLIENTS}/{client}/protocol-mappers/models");
    caller.post(&models, &mapper("projects", config("projects", "true")));
    caller.post(&models, &mapper("hidden", config("hidden", "false")));
    let grant = |project: &str, roles: &[&str]| {
        let roles: Vec<Json> = roles.iter().map(|role| json!({"name": role})).collect();
        json!({"domain": {"name": "Default"}, "name": project, "roles": roles}).to_string()
    };
    let outer = caller.post(GROUPS, &json!({"name": "outer", "attributes": {"project": [grant("b", &["reader"])]}}));
    let inner = Body::Json(&json!({"name": "inner", "attributes": {"project": [grant("a", &["member"])]}}));
    let inner = caller.send("POST", &format!("{GROUPS}/{outer}/children"), &inner).new_id();
    let person =
        json!({"username": "holder", "attributes": {"project": [grant("a", &["reader", "manager"]), "no grant"]}});
    let person = caller.post(USERS, &person);
    let nobody = caller.post(USERS, &json!({"username": "nobody"}));
    caller.send("PUT", &format!("{USERS}/{person}/groups/{inner}"), &Body::Nothing);
    for (who, id) in [("a person with grants, in a group within a group", &person), ("a person without", &nobody)] {
        let example = format!("{CLIENTS}/{client}/evaluate-scopes/generate-example-access-token");
        let token = caller.quietly(&format!("{example}?scope=openid%20profile&userId={id}"));
        caller.about(who);
        for claim in ["azp", "preferred_username", "projects", "hidden"] {
            caller.remark(&format!("{claim}: {}", token[claim]));
        }
    }
    caller.about("refusals");
    let example = format!("{CLIENTS}/{client}/evaluate-scopes/generate-example-access-token");
    caller.get(&format!("{example}?scope=openid&userId=00000000-0000-0000-0000-00000000dead"));
}
