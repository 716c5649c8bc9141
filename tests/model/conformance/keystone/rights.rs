//! Logins that succeed, and what somebody who is no administrator is answered.

use serde_json::{Value as Json, json};

use super::{Caller, home};
use crate::harness::http::Body;
use crate::model::conformance::Exchange;

const PASSWORD: &str = "a password";

/// A person with the role `reader` in a project, and what there is to look at.
struct Ground {
    domain: String,
    project: String,
    group: String,
    reader: String,
    person: String,
    other: String,
}

impl Ground {
    fn new(caller: &mut Caller) -> Self {
        let domain = home(caller);
        let project = json!({"project": {"name": "home", "domain_id": domain}});
        let project = caller.post("/v3/projects", &project);
        let group = caller.post("/v3/groups", &json!({"group": {"name": "team", "domain_id": domain}}));
        let [person, other] = ["person", "other"].map(|name| {
            caller.post("/v3/users", &json!({"user": {"name": name, "domain_id": domain, "password": PASSWORD}}))
        });
        let roles = caller.get("/v3/roles");
        let reader = roles["roles"].as_array().into_iter().flatten().find(|role| role["name"] == "reader");
        let reader = reader.unwrap()["id"].as_str().unwrap_or_default().to_owned();
        caller.send("PUT", &format!("/v3/projects/{project}/users/{person}/roles/{reader}"), &Body::Nothing);
        Self { domain, project, group, reader, person, other }
    }

    /// The body of the person's login to the project.
    fn login(&self, password: &str, project: &str) -> Json {
        let user = json!({"name": "person", "domain": {"id": self.domain}, "password": password});
        json!({"auth": {"identity": {"methods": ["password"], "password": {"user": user}},
            "scope": {"project": {"name": project, "domain": {"id": self.domain}}}}})
    }
}

pub(super) fn login(caller: &mut Caller) {
    let ground = caller.quiet(Ground::new);
    for (about, password, project) in [
        ("a password and a project", PASSWORD, "home"),
        ("a wrong password", "wrong", "home"),
        ("a project that is not there", PASSWORD, "nowhere"),
    ] {
        caller.about(about);
        let body = ground.login(password, project);
        let reply = caller.quiet(|caller| caller.send("POST", "/v3/auth/tokens", &Body::Json(&body)));
        let token = reply.json()["token"].clone();
        let given = if reply.header("x-subject-token").is_some() { "a token" } else { "no token" };
        let [method, user, scope] = [&token["methods"][0], &token["user"]["name"], &token["project"]["name"]];
        caller.remark(&format!("{}: {given}, by {method}, of {user}, for {scope}", reply.status));
    }
}

pub(super) fn rights(caller: &mut Caller) {
    let (ground, token) = caller.quiet(|caller| {
        let ground = Ground::new(caller);
        let login = ground.login(PASSWORD, "home");
        let reply = caller.send("POST", "/v3/auth/tokens", &Body::Json(&login));
        let token = reply.header("x-subject-token").unwrap_or_default().to_owned();
        (ground, token)
    });
    let Ground { domain, project, group, reader, person, other } = &ground;
    let federation = "/v3/OS-FEDERATION";
    let provider = format!("{federation}/identity_providers/nobody");
    caller.about("what an administrator is shown, and a reader of a project");
    for path in [
        "/v3/domains?limit=1000".to_owned(),
        format!("/v3/domains/{domain}"),
        "/v3/projects?limit=1000".to_owned(),
        format!("/v3/projects/{project}"),
        "/v3/roles".to_owned(),
        "/v3/role_assignments".to_owned(),
        format!("/v3/role_assignments?role.id={reader}"),
        format!("/v3/role_assignments?scope.project.id={project}"),
        "/v3/role_inferences".to_owned(),
        "/v3/regions".to_owned(),
        "/v3/endpoints?interface=public".to_owned(),
        format!("/v3/users?domain_id={domain}&name=person&limit=1000"),
        "/v3/users?idp_id=nobody&protocol_id=nothing&name=person&limit=1000".to_owned(),
        format!("/v3/users/{person}"),
        format!("/v3/users/{other}"),
        format!("/v3/users/{other}/application_credentials"),
        format!("/v3/groups?domain_id={domain}&name=team&limit=1000"),
        format!("/v3/groups/{group}"),
        format!("/v3/groups/{group}/users"),
        format!("/v3/groups?domain_id={domain}&limit=1000"),
        format!("/v3/users?domain_id={domain}&limit=1000"),
        format!("/v3/roles?domain_id={domain}"),
        format!("{federation}/mappings"),
        format!("{federation}/identity_providers"),
        format!("{provider}/protocols"),
        format!("{provider}/protocols/nothing"),
    ] {
        let shown = caller.asked("GET", &path, &Json::Null, None);
        let to_reader = caller.asked("GET", &path, &Json::Null, Some(&token));
        caller.remark(&format!("{}: {shown}, {to_reader}", Exchange::new("GET", &path, 0).endpoint));
    }
    caller.about("what a reader of a project changes");
    let named = |what: &str| json!({what: {"name": "more", "domain_id": domain}});
    let described = |what: &str| json!({what: {"description": "more"}});
    let nothing = Json::Null;
    let inherited = |targets: &str, target: &str, holders: &str, holder: &str| {
        format!("/v3/OS-INHERIT/{targets}/{target}/{holders}/{holder}/roles/{reader}/inherited_to_projects")
    };
    for (method, path, body) in [
        ("POST", "/v3/domains".to_owned(), json!({"domain": {"name": "more"}})),
        ("PATCH", format!("/v3/domains/{domain}"), described("domain")),
        ("POST", "/v3/projects".to_owned(), named("project")),
        ("PATCH", format!("/v3/projects/{project}"), described("project")),
        ("DELETE", format!("/v3/projects/{project}"), nothing.clone()),
        ("POST", "/v3/roles".to_owned(), json!({"role": {"name": "more"}})),
        ("PUT", format!("/v3/roles/{reader}/implies/{reader}"), nothing.clone()),
        ("DELETE", format!("/v3/roles/{reader}/implies/{reader}"), nothing.clone()),
        ("POST", "/v3/users".to_owned(), named("user")),
        ("PATCH", format!("/v3/users/{other}"), described("user")),
        ("DELETE", format!("/v3/users/{other}"), nothing.clone()),
        ("POST", "/v3/groups".to_owned(), named("group")),
        ("PATCH", format!("/v3/groups/{group}"), described("group")),
        ("DELETE", format!("/v3/groups/{group}"), nothing.clone()),
        ("PUT", format!("/v3/groups/{group}/users/{other}"), nothing.clone()),
        ("DELETE", format!("/v3/groups/{group}/users/{other}"), nothing.clone()),
        ("PUT", format!("/v3/domains/{domain}/groups/{group}/roles/{reader}"), nothing.clone()),
        ("PUT", format!("/v3/projects/{project}/groups/{group}/roles/{reader}"), nothing.clone()),
        ("DELETE", format!("/v3/projects/{project}/users/{person}/roles/{reader}"), nothing.clone()),
        ("PUT", inherited("projects", project, "groups", group), nothing.clone()),
        ("PUT", inherited("domains", domain, "users", person), nothing.clone()),
        ("PUT", inherited("domains", domain, "groups", group), nothing.clone()),
        ("DELETE", inherited("projects", project, "groups", group), nothing.clone()),
        ("PUT", format!("/v3/system/users/{person}/roles/{reader}"), nothing.clone()),
        ("PUT", format!("/v3/system/groups/{group}/roles/{reader}"), nothing.clone()),
        ("DELETE", format!("/v3/system/users/{person}/roles/{reader}"), nothing.clone()),
        ("DELETE", format!("/v3/system/groups/{group}/roles/{reader}"), nothing.clone()),
        ("PUT", format!("{federation}/mappings/more"), json!({"mapping": {"rules": []}})),
        ("PUT", provider.clone(), json!({"identity_provider": {}})),
        ("DELETE", provider.clone(), nothing.clone()),
        ("PUT", format!("{provider}/protocols/more"), json!({"protocol": {"mapping_id": "more"}})),
    ] {
        let answer = caller.asked(method, &path, &body, Some(&token));
        caller.remark(&format!("{}: {answer}", Exchange::new(method, &path, 0).endpoint));
    }
}

impl Caller<'_> {
    /// Asks with this token or its own, and gives the status and what was said.
    fn asked(&mut self, method: &str, path: &str, body: &Json, token: Option<&str>) -> String {
        let body = if body.is_null() { Body::Nothing } else { Body::Json(body) };
        let reply = self.quiet(|caller| {
            let mut reply = None;
            let mut ask = |caller: &mut Self| reply = Some(caller.send(method, path, &body));
            match token {
                Some(token) => caller.with_token(token, ask),
                None => ask(caller),
            }
            reply.unwrap()
        });
        // The reason names the rule of the policy.
        let body = reply.json();
        let rule = body["error"]["message"].as_str().and_then(|message| message.rsplit_once("action: "));
        let rule = rule.map_or_else(String::new, |(_, rule)| format!(" {}", rule.trim_end_matches('.')));
        format!("{}{rule}", reply.status)
    }
}
