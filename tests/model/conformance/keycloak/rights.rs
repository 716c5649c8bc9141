//! What accounts with one role of `realm-management` each are answered: shown, shown nothing, or refused.

use std::collections::BTreeMap;

use serde_json::{Value as Json, json};

use super::directory::{self, COMPONENTS, NOBODY, STORAGE};
use super::effective_roles::{Made, made};
use super::identity_provider::{PROVIDERS, company};
use super::scopes::{GIVEN, SCOPES};
use super::{CLIENTS, Caller, GROUPS, PLATFORM, PROFILE, ROLES, TOKEN, USERS};
use crate::harness::http::{Body, Reply};
use crate::model::conformance::Exchange;

/// The roles that the tool's account may be given, one to each account of the story; the first one has none.
const SETS: [&str; 10] = [
    "(none)",
    "query-users",
    "query-groups",
    "query-clients",
    "view-users",
    "view-clients",
    "view-realm",
    "manage-users",
    "manage-clients",
    "manage-realm",
];

/// The same, for what only few have to do with.
const SETS_OF_PROVIDERS: [&str; 10] = [
    "(none)",
    "query-users",
    "query-realms",
    "view-users",
    "view-clients",
    "view-realm",
    "view-identity-providers",
    "manage-users",
    "manage-realm",
    "manage-identity-providers",
];

/// A request that changes nothing, or nothing more when it is sent again.
type Ask = (&'static str, String, Json);

pub(super) fn rights(caller: &mut Caller) {
    each(caller, &SETS, prepare);
}

pub(super) fn of_effective_roles(caller: &mut Caller) {
    each(caller, &SETS, |caller| {
        let Made { user, client } = made(caller);
        let lists = [format!("{user}/role-mappings/realm"), format!("{user}/role-mappings/clients/{client}")];
        let asks = lists.map(|list| ("GET", format!("{list}/composite"), Json::Null)).to_vec();
        vec![("the roles that accounts have in whatever way", asks)]
    });
}

pub(super) fn of_identity_providers(caller: &mut Caller) {
    each(caller, &SETS_OF_PROVIDERS, prepare_identity_providers);
}

pub(super) fn of_directories(caller: &mut Caller) {
    each(caller, &SETS_OF_PROVIDERS, prepare_directories);
}

/// Asks all that is prepared with a token of each of the sets.
fn each(caller: &mut Caller, sets: &[&'static str], prepare: impl Fn(&mut Caller) -> Vec<(&'static str, Vec<Ask>)>) {
    let (asks, tokens) = caller.quiet(|caller| {
        let asks = prepare(caller);
        let management = caller.id_of(&format!("{CLIENTS}?clientId=realm-management"));
        let roles = caller.get(&format!("{CLIENTS}/{management}/roles"));
        let tokens: Vec<String> = sets.iter().map(|set| token(caller, set, &management, &roles)).collect();
        (asks, tokens)
    });
    for (about, asks) in asks {
        caller.about(about);
        for ask in asks {
            caller.ask_each(sets, &tokens, &ask);
        }
    }
}

/// A token of a new service account with one role.
fn token(caller: &mut Caller, set: &str, management: &str, roles: &Json) -> String {
    let name = format!("has-{}", set.trim_matches(['(', ')']));
    let client = json!({"clientId": name, "serviceAccountsEnabled": true, "secret": "a secret"});
    let client = caller.post(CLIENTS, &client);
    let account = caller.get(&format!("{CLIENTS}/{client}/service-account-user"));
    let account = account["id"].as_str().unwrap_or_default();
    let given: Json = roles.as_array().into_iter().flatten().filter(|role| role["name"] == *set).cloned().collect();
    caller.send("POST", &format!("{USERS}/{account}/role-mappings/clients/{management}"), &Body::Json(&given));
    let fields = [("grant_type", "client_credentials"), ("client_id", name.as_str()), ("client_secret", "a secret")];
    caller.form(TOKEN, &fields)["access_token"].as_str().unwrap_or_default().to_owned()
}

/// The same of directories that people come out of.
fn prepare_directories(caller: &mut Caller) -> Vec<(&'static str, Vec<Ask>)> {
    let company = directory::company(caller);
    let id = caller.post(COMPONENTS, &company);
    let get = |path: String| ("GET", path, Json::Null);
    vec![(
        "directories, their mappers and somebody in them",
        vec![
            get(format!("{COMPONENTS}?type={STORAGE}")),
            get(format!("{COMPONENTS}?parent={id}")),
            get(format!("{USERS}/f:{id}:{NOBODY}")),
            ("POST", COMPONENTS.to_owned(), json!({"name": "more", "providerId": "no-such", "providerType": STORAGE})),
            ("PUT", format!("{COMPONENTS}/{id}"), company),
        ],
    )]
}

/// The same of identity providers.
fn prepare_identity_providers(caller: &mut Caller) -> Vec<(&'static str, Vec<Ask>)> {
    caller.post(PROVIDERS, &company("company"));
    let one = format!("{PROVIDERS}/company");
    let mapper = json!({"name": "m", "identityProviderAlias": "company",
        "identityProviderMapper": "oidc-user-attribute-idp-mapper", "config": {}});
    let id = caller.post(&format!("{one}/mappers"), &mapper);
    let mut whole = mapper.clone();
    whole["id"] = id.as_str().into();
    let nobody = "00000000-0000-0000-0000-00000000dead";
    let get = |path: String| ("GET", path, Json::Null);
    vec![(
        "identity providers, their mappers and their people",
        vec![
            get(format!("{PROVIDERS}?max=-1")),
            get(one.clone()),
            get(format!("{one}/mappers")),
            get(format!("{one}/mappers/{id}")),
            get(format!("{USERS}/count?idpAlias=company")),
            get("/admin/realms/{place}/authentication/flows".to_owned()),
            ("POST", PROVIDERS.to_owned(), company("company")),
            ("PUT", one.clone(), company("company")),
            ("DELETE", format!("{PROVIDERS}/nobody"), Json::Null),
            ("POST", format!("{one}/mappers"), mapper),
            ("PUT", format!("{one}/mappers/{id}"), whole),
            ("DELETE", format!("{one}/mappers/{nobody}"), Json::Null),
        ],
    )]
}

/// What there is to look at and to change, and what is asked of it.
#[expect(clippy::too_many_lines, reason = "a list of requests, one a line")]
fn prepare(caller: &mut Caller) -> Vec<(&'static str, Vec<Ask>)> {
    let person = json!({"username": "person", "email": "person@example.com", "enabled": true});
    let user = format!("{USERS}/{}", caller.post(USERS, &person));
    let group = caller.post(GROUPS, &json!({"name": "outer"}));
    caller.post(ROLES, &json!({"name": "ops"}));
    let ops = caller.get(&format!("{ROLES}/ops"));
    let client = caller.post(CLIENTS, &json!({"clientId": "app", "serviceAccountsEnabled": true}));
    let app = format!("{CLIENTS}/{client}");
    caller.post(&format!("{app}/roles"), &json!({"name": "reader"}));
    let reader = caller.get(&format!("{app}/roles/reader"));
    let mapper = json!({"name": "m", "protocol": "openid-connect", "protocolMapper": PLATFORM, "config": {}});
    let models = format!("{app}/protocol-mappers/models");
    let id = caller.post(&models, &mapper);
    let mut whole = mapper.clone();
    whole["id"] = id.as_str().into();
    let profile = caller.get(PROFILE);
    let scope = json!({"name": "scope", "protocol": "openid-connect"});
    let scope_id = caller.post(SCOPES, &scope);
    let one_scope = format!("{SCOPES}/{scope_id}");
    let scope_models = format!("{one_scope}/protocol-mappers/models");
    let scope_mapper = caller.post(&scope_models, &mapper);
    let mut whole_of_scope = mapper.clone();
    whole_of_scope["id"] = scope_mapper.as_str().into();
    let brief = |role: &Json| json!([{"id": role["id"], "name": role["name"]}]);
    let nobody = "00000000-0000-0000-0000-00000000dead";
    let pages = "briefRepresentation=true&first=0&max=250";
    let full = "briefRepresentation=false";
    let flat = "populateHierarchy=false&max=100000&briefRepresentation=false&subGroupsCount=false";
    let get = |path: String| ("GET", path, Json::Null);
    let by_id =
        |role: &Json| format!("/admin/realms/{{place}}/roles-by-id/{}", role["id"].as_str().unwrap_or_default());
    let of_group = format!("{GROUPS}/{group}");
    let user_id = user.rsplit('/').next().unwrap_or_default();
    vec![
        (
            "the server and the realm",
            vec![
                get("/admin/serverinfo".to_owned()),
                get("/admin/realms/{place}".to_owned()),
                get(PROFILE.to_owned()),
                ("PUT", "/admin/realms/{place}".to_owned(), json!({})),
                ("PUT", PROFILE.to_owned(), profile),
                ("POST", "/admin/realms".to_owned(), json!({"realm": "{place}", "enabled": true})),
            ],
        ),
        (
            "users: lists show nothing to those who may only ask",
            vec![
                get(format!("{USERS}/count")),
                get(format!("{USERS}?first=0&max=250&{full}")),
                get(format!("{USERS}?username=person&exact=true&{full}")),
                get(format!("/admin/realms/{{place}}/attack-detection/brute-force/users/{nobody}")),
                get(user.clone()),
                get(format!("{USERS}/{nobody}")),
                get(format!("{user}/groups?{full}")),
                ("POST", USERS.to_owned(), json!({"username": "person"})),
                ("PUT", user.clone(), json!({})),
                ("DELETE", format!("{USERS}/{nobody}"), Json::Null),
            ],
        ),
        (
            "groups",
            vec![
                get(format!("{GROUPS}/count")),
                get(format!("{GROUPS}?search=*&{flat}")),
                get(format!("{GROUPS}?{full}&subGroupsCount=false&first=0&max=250")),
                get(of_group.clone()),
                get(format!("{of_group}/children?{full}&subGroupsCount=false&first=0&max=250")),
                get(format!("{of_group}/members?{pages}")),
                ("POST", GROUPS.to_owned(), json!({"name": "outer"})),
                ("POST", format!("{of_group}/children"), json!({})),
                ("PUT", of_group.clone(), json!({"name": "outer"})),
                ("PUT", format!("{user}/groups/{group}"), json!({})),
                ("DELETE", format!("{user}/groups/{group}"), Json::Null),
                ("DELETE", format!("{GROUPS}/{nobody}"), Json::Null),
                get(format!("{user}/groups")),
                get("/admin/realms/{place}/default-groups".to_owned()),
                ("PUT", format!("/admin/realms/{{place}}/default-groups/{group}"), json!({})),
                ("DELETE", format!("/admin/realms/{{place}}/default-groups/{group}"), Json::Null),
            ],
        ),
        (
            "clients",
            vec![
                get(CLIENTS.to_owned()),
                get(format!("{CLIENTS}?clientId=app")),
                get(app.clone()),
                get(format!("{CLIENTS}/{nobody}")),
                get(format!("{app}/service-account-user")),
                get(format!("{app}/client-secret")),
                get("/admin/realms/{place}/client-policies/policies".to_owned()),
                get("/admin/realms/{place}/client-policies/profiles".to_owned()),
                get(SCOPES.to_owned()),
                get(models.clone()),
                get(format!("{models}/{id}")),
                get(format!("{app}/evaluate-scopes/generate-example-access-token?scope=openid&userId={user_id}")),
                ("POST", CLIENTS.to_owned(), json!({"clientId": "app"})),
                ("POST", format!("{app}/client-secret"), json!({})),
                ("PUT", app.clone(), json!({})),
                ("DELETE", format!("{CLIENTS}/{nobody}"), Json::Null),
                ("POST", models.clone(), mapper.clone()),
                ("PUT", format!("{models}/{id}"), whole),
                ("DELETE", format!("{models}/{nobody}"), Json::Null),
            ],
        ),
        (
            "client scopes, and who has them",
            vec![
                get(one_scope.clone()),
                get(format!("{SCOPES}/{nobody}")),
                ("POST", SCOPES.to_owned(), scope),
                ("PUT", one_scope.clone(), json!({"name": "scope"})),
                ("DELETE", format!("{SCOPES}/{nobody}"), Json::Null),
                get(format!("{scope_models}/{scope_mapper}")),
                ("POST", scope_models.clone(), mapper),
                ("PUT", format!("{scope_models}/{scope_mapper}"), whole_of_scope),
                ("DELETE", format!("{scope_models}/{nobody}"), Json::Null),
                ("PUT", format!("{app}/default-client-scopes/{scope_id}"), Json::Null),
                ("DELETE", format!("{app}/default-client-scopes/{scope_id}"), Json::Null),
                ("PUT", format!("{app}/optional-client-scopes/{scope_id}"), Json::Null),
                ("DELETE", format!("{app}/optional-client-scopes/{scope_id}"), Json::Null),
                get(GIVEN[0].to_owned()),
                get(GIVEN[1].to_owned()),
                ("PUT", format!("{}/{scope_id}", GIVEN[0]), Json::Null),
                ("DELETE", format!("{}/{scope_id}", GIVEN[0]), Json::Null),
                ("PUT", format!("{}/{scope_id}", GIVEN[1]), Json::Null),
                ("DELETE", format!("{}/{scope_id}", GIVEN[1]), Json::Null),
            ],
        ),
        (
            "roles that tokens may carry by a scope",
            [&app, &one_scope]
                .into_iter()
                .flat_map(|around| {
                    let all = format!("{around}/scope-mappings");
                    let lists = [format!("{all}/realm"), format!("{all}/clients/{client}")];
                    let roles = [brief(&ops), brief(&reader)];
                    let writes = lists
                        .into_iter()
                        .zip(roles)
                        .flat_map(|(list, role)| [("POST", list.clone(), role.clone()), ("DELETE", list, role)]);
                    [get(all)].into_iter().chain(writes).collect::<Vec<_>>()
                })
                .collect(),
        ),
        (
            "roles, and who has them",
            vec![
                get(format!("{ROLES}?briefRepresentation=true")),
                get(format!("{ROLES}?briefRepresentation=false")),
                get(by_id(&ops)),
                get(by_id(&reader)),
                get(format!("{}/composites", by_id(&ops))),
                get(format!("{}/composites", by_id(&reader))),
                ("PUT", by_id(&ops), json!({"name": "ops"})),
                ("PUT", by_id(&reader), json!({"name": "reader"})),
                ("POST", format!("{}/composites", by_id(&ops)), brief(&reader)),
                ("DELETE", format!("{}/composites", by_id(&ops)), brief(&reader)),
                ("DELETE", format!("/admin/realms/{{place}}/roles-by-id/{nobody}"), Json::Null),
                get(format!("{ROLES}/ops")),
                get(format!("{ROLES}/ops/users?{pages}")),
                get(format!("{app}/roles?briefRepresentation=true")),
                get(format!("{app}/roles?briefRepresentation=false")),
                get(format!("{app}/roles/reader")),
                get(format!("{app}/roles/reader/users?{pages}")),
                get(format!("{user}/role-mappings")),
                get(format!("{of_group}/role-mappings")),
                get(format!("{user}/role-mappings/realm")),
                get(format!("{user}/role-mappings/clients/{client}")),
                get(format!("{of_group}/role-mappings/realm")),
                get(format!("{of_group}/role-mappings/clients/{client}")),
                ("POST", ROLES.to_owned(), json!({"name": "ops"})),
                ("POST", format!("{app}/roles"), json!({"name": "reader"})),
                ("POST", format!("{user}/role-mappings/realm"), brief(&ops)),
                ("DELETE", format!("{user}/role-mappings/realm"), brief(&ops)),
                ("POST", format!("{user}/role-mappings/clients/{client}"), brief(&reader)),
                ("DELETE", format!("{user}/role-mappings/clients/{client}"), brief(&reader)),
                ("POST", format!("{of_group}/role-mappings/realm"), brief(&ops)),
                ("DELETE", format!("{of_group}/role-mappings/realm"), brief(&ops)),
                ("POST", format!("{of_group}/role-mappings/clients/{client}"), brief(&reader)),
                ("DELETE", format!("{of_group}/role-mappings/clients/{client}"), brief(&reader)),
            ],
        ),
    ]
}

impl Caller<'_> {
    /// Asks with every token, and writes down which sets are answered how.
    fn ask_each(&mut self, sets: &[&'static str], tokens: &[String], (method, path, body): &Ask) {
        let mut answers = BTreeMap::<String, Vec<&str>>::new();
        for (set, token) in sets.iter().copied().zip(tokens) {
            let body = if body.is_null() { Body::Nothing } else { Body::Json(body) };
            let reply = self.quiet(|caller| {
                let mut reply = None;
                caller.with_token(token, |caller| reply = Some(caller.send(method, path, &body)));
                reply.unwrap()
            });
            answers.entry(in_short(&reply)).or_default().push(set);
        }
        let mut query: Vec<&str> = path.split_once('?').map_or(Vec::new(), |(_, query)| query.split('&').collect());
        query.retain(|part| !part.starts_with("userId"));
        let route = Exchange::new(method, path.split('?').next().unwrap_or_default(), 0).endpoint;
        self.remark(format!("{route} {}", query.join("&")).trim_end());
        for (answer, sets) in answers {
            self.remark(&format!("  {answer}: {}", sets.join(", ")));
        }
    }
}

/// The status, and how much is shown.
fn in_short(reply: &Reply) -> String {
    let body = reply.json();
    let shown = match (&body, &body["count"], &body["realm"]) {
        _ if reply.status != 200 => String::new(),
        (Json::Array(list), _, _) => if list.is_empty() { " an empty list" } else { " a list" }.to_owned(),
        (Json::Number(count), _, _) | (_, Json::Number(count), _) => format!(" {count}"),
        (_, _, Json::String(_)) if body["accessTokenLifespan"].is_null() => " in part".to_owned(),
        _ => " whole".to_owned(),
    };
    format!("{}{shown}", reply.status)
}
