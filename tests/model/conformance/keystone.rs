//! What is asked of Keystone: projects, domains, lists by pages, logins; its identities, its federation and application
//! credentials in files of their own.

use serde_json::{Value as Json, json};

use super::{Caller, Story};
use crate::harness::http::Body;

mod credential;
mod federation;
mod identity;
mod rename;
mod rights;

pub(super) const STORIES: [Story; 21] = [
    Story { name: "keystone-role", tell: identity::role },
    Story { name: "keystone-domain-role", tell: identity::domain_role },
    Story { name: "keystone-user", tell: identity::user },
    Story { name: "keystone-group", tell: identity::group },
    Story { name: "keystone-person", tell: identity::person },
    Story { name: "keystone-role-assignment", tell: identity::role_assignment },
    Story { name: "keystone-mapping", tell: federation::mapping },
    Story { name: "keystone-identity-provider", tell: federation::identity_provider },
    Story { name: "keystone-project", tell: project },
    Story { name: "keystone-project-tree", tell: tree },
    Story { name: "keystone-rename", tell: rename::rename },
    Story { name: "keystone-domain", tell: domain },
    Story { name: "keystone-list", tell: list },
    Story { name: "keystone-login", tell: rights::login },
    Story { name: "keystone-rights", tell: rights::rights },
    Story { name: "keystone-application-credential", tell: credential::credential },
    Story { name: "keystone-application-credential-fields", tell: credential::fields },
    Story { name: "keystone-application-credential-login", tell: credential::login },
    Story { name: "keystone-application-credential-life", tell: credential::life },
    Story { name: "keystone-application-credential-deletion", tell: credential::deletion },
    Story { name: "keystone-access-rule", tell: credential::access_rule },
];

/// The id of the domain in which the story happens.
fn home(caller: &mut Caller) -> String {
    let found = caller.get("/v3/domains?name={place}");
    found["domains"][0]["id"].as_str().unwrap().to_owned()
}

fn project(caller: &mut Caller) {
    let domain = home(caller);
    let body = |fields: Json| {
        let mut project = json!({"domain_id": domain});
        project.as_object_mut().unwrap().extend(fields.as_object().cloned().unwrap());
        json!({"project": project})
    };
    caller.about("a new project and its defaults; names are trimmed");
    let id = caller.post("/v3/projects", &body(json!({"name": "plain"})));
    let one = format!("/v3/projects/{id}");
    caller.get(&one);
    caller.post(
        "/v3/projects",
        &body(json!({"name": " padded ", "description": "text", "enabled": false, "tags": ["b", "a"]})),
    );
    caller.get(&format!("/v3/projects?domain_id={domain}&name=padded"));

    caller.about("refusals");
    caller.post("/v3/projects", &body(json!({"name": "plain"})));
    caller.post("/v3/projects", &body(json!({"name": "x".repeat(65)})));
    caller.post("/v3/projects", &body(json!({"name": ""})));
    caller.post("/v3/projects", &body(json!({})));
    caller.post("/v3/projects", &body(json!({"name": "other", "enabled": "perhaps"})));
    caller.post("/v3/projects", &json!({"project": {"name": "other", "domain_id": "0".repeat(32)}}));
    caller.post("/v3/projects", &json!({}));
    caller.send("POST", "/v3/projects", &Body::Text("application/json", "{broken"));
    caller.get("/v3/projects/00000000000000000000000000000000");
    caller.patch("/v3/projects/00000000000000000000000000000000", &json!({"project": {}}));

    caller.about("a PATCH merges; tags are replaced; what the server has no field for is kept");
    caller.patch(&one, &json!({"project": {}}));
    caller.patch(&one, &json!({"project": {"description": "new", "tags": ["z"], "owner": "me"}}));
    caller.patch(&one, &json!({"project": {"enabled": false}}));
    caller.get(&one);
    caller.patch(&one, &json!({"project": {"name": "padded"}}));
    caller.patch(&one, &json!({"project": {"name": "renamed", "tags": []}}));
    caller.patch(&one, &json!({"project": {"domain_id": "default"}}));
    caller.patch(&one, &json!({"project": {"parent_id": "default"}}));

    caller.about("immutable: only the option itself can be changed");
    caller.patch(&one, &json!({"project": {"options": {"immutable": true}}}));
    caller.patch(&one, &json!({"project": {"description": "no"}}));
    caller.patch(&one, &json!({"project": {"options": {"immutable": null}}}));
    caller.get(&one);
    caller.about("immutable: it comes with any change, and goes alone; nothing is deleted meanwhile");
    caller.patch(&one, &json!({"project": {"options": {"immutable": true}, "description": "locked"}}));
    caller.patch(&one, &json!({"project": {"options": {"immutable": false}, "description": "no"}}));
    caller.send("DELETE", &one, &Body::Nothing);
    caller.patch(&one, &json!({"project": {"options": {"immutable": false}}}));
    caller.send("DELETE", &one, &Body::Nothing);
    caller.get(&one);
}

fn tree(caller: &mut Caller) {
    let domain = home(caller);
    let post = |caller: &mut Caller, name: &str, parent: &str| {
        let project = json!({"name": name, "domain_id": domain, "parent_id": parent});
        caller.post("/v3/projects", &json!({"project": project}))
    };
    caller.about("projects in projects, five deep and no deeper");
    let mut all = vec![post(caller, "a", &domain)];
    for name in ["b", "c", "d", "e"] {
        let parent = all.last().unwrap().clone();
        all.push(post(caller, name, &parent));
    }
    let deepest = all.last().unwrap().clone();
    post(caller, "f", &deepest);
    post(caller, "f", &"0".repeat(32));
    caller.about("a project without a domain is one of the token's");
    caller.post("/v3/projects", &json!({"project": {"name": "g", "parent_id": all[0]}}));
    let one = |id: &str| format!("/v3/projects/{id}");
    let enabled = |enabled: bool| json!({"project": {"enabled": enabled}});
    caller.about("nothing enabled in what is disabled");
    caller.patch(&one(&all[3]), &enabled(false));
    caller.patch(&one(&all[4]), &enabled(false));
    caller.patch(&one(&all[3]), &enabled(false));
    caller.patch(&one(&all[4]), &enabled(true));
    post(caller, "h", &all[3]);
    caller.patch(&one(&all[3]), &enabled(true));
    caller.patch(&one(&all[4]), &enabled(true));
    caller.about("nothing is moved, and nothing goes that has parts");
    caller.patch(&one(&all[4]), &json!({"project": {"parent_id": all[0]}}));
    caller.send("DELETE", &one(&all[3]), &Body::Nothing);
    caller.send("DELETE", &one(&all[4]), &Body::Nothing);
    caller.send("DELETE", &one(&all[3]), &Body::Nothing);
}

fn domain(caller: &mut Caller) {
    caller.about("a new domain and its defaults");
    let name = caller.place().to_owned();
    let id = caller.post("/v3/domains", &json!({"domain": {"name": format!("{name}-b")}}));
    let one = format!("/v3/domains/{id}");
    caller.get(&one);
    caller.about("refusals");
    caller.post("/v3/domains", &json!({"domain": {"name": name}}));
    caller.post("/v3/domains", &json!({"domain": {}}));
    caller.post("/v3/domains", &json!({"domain": {"name": "x".repeat(65)}}));
    caller.get("/v3/domains/00000000000000000000000000000000");
    caller.about("a PATCH merges");
    caller.patch(&one, &json!({"domain": {"description": "text"}}));
    caller.patch(&one, &json!({"domain": {"enabled": false}}));
    caller.patch(&one, &json!({"domain": {"name": name}}));
    caller.get(&one);
    caller.about("immutable: only the option itself can be changed");
    caller.patch(&one, &json!({"domain": {"options": {"immutable": true}, "description": "locked"}}));
    caller.patch(&one, &json!({"domain": {"description": "no"}}));
    caller.patch(&one, &json!({"domain": {"options": {"immutable": false}, "description": "no"}}));
    caller.patch(&one, &json!({"domain": {"options": {"immutable": false}}}));
    caller.about("only what is disabled is deleted");
    caller.patch(&one, &json!({"domain": {"enabled": true}}));
    caller.send("DELETE", &one, &Body::Nothing);
    caller.patch(&one, &json!({"domain": {"enabled": false, "options": {"immutable": true}}}));
    caller.send("DELETE", &one, &Body::Nothing);
    caller.patch(&one, &json!({"domain": {"options": {"immutable": false}}}));
    caller.send("DELETE", &one, &Body::Nothing);
    caller.get(&one);
    caller.about("what is in it goes with it, but for its roles, unless a part is protected");
    let id = caller.post("/v3/domains", &json!({"domain": {"name": format!("{name}-b")}}));
    let one = format!("/v3/domains/{id}");
    let inside = |what: &str, name: &str| json!({what: {"name": name, "domain_id": id}});
    let protected = json!({"project": {"name": "prod", "domain_id": id, "options": {"immutable": true}}});
    let project = caller.post("/v3/projects", &protected);
    let user = caller.post("/v3/users", &inside("user", "bob"));
    let group = caller.post("/v3/groups", &inside("group", "team"));
    let role = caller.post("/v3/roles", &inside("role", "own"));
    for list in ["users", "groups"] {
        caller.get(&format!("/v3/{list}?domain_id={id}&limit=1000"));
    }
    caller.patch(&one, &json!({"domain": {"enabled": false}}));
    caller.send("DELETE", &one, &Body::Nothing);
    caller.patch(&format!("/v3/projects/{project}"), &json!({"project": {"options": {"immutable": false}}}));
    caller.send("DELETE", &one, &Body::Nothing);
    for (list, id) in [("projects", project), ("users", user), ("groups", group), ("roles", role.clone())] {
        caller.get(&format!("/v3/{list}/{id}"));
    }
    caller.get(&format!("/v3/roles?domain_id={id}"));
    caller.send("DELETE", &format!("/v3/roles/{role}"), &Body::Nothing);
    caller.get(&format!("/v3/roles?domain_id={id}"));
}

fn list(caller: &mut Caller) {
    let domain = home(caller);
    for name in ["one", "two", "three"] {
        caller.post("/v3/projects", &json!({"project": {"name": name, "domain_id": domain}}));
    }
    caller.about("without a limit there is no link");
    names(caller, &format!("/v3/projects?domain_id={domain}"));
    caller.about("with a limit: pages, until there is no link");
    let mut page = Some(format!("/v3/projects?domain_id={domain}&limit=2"));
    let mut seen = Vec::new();
    while let Some(path) = page {
        let (shown, next) = names(caller, &path);
        seen.extend(shown);
        page = next;
    }
    seen.sort();
    assert_eq!(seen, ["one", "three", "two"]);
    caller.about("refusals and empty lists");
    caller.get(&format!("/v3/projects?domain_id={domain}&name=nobody&limit=2"));
    caller.get("/v3/domains?name=no-such-domain&limit=1000");
    caller.get("/v3/projects?limit=2&marker=00000000000000000000000000000000");
    caller.get("/v3/projects?limit=many");
    caller.about("regions are listed whole");
    caller.get("/v3/regions");
    caller.get("/v3/endpoints?interface=public");
    caller.get("/v3/endpoints?interface=none");
    caller.about("tokens that are worth nothing");
    caller.with_token("no-token", |caller| {
        caller.get("/v3/projects");
        caller.get("/v3/regions");
    });
    caller.about("logins that fail");
    let login = |user: Json| json!({"auth": {"identity": {"methods": ["password"], "password": {"user": user}}}});
    caller
        .post("/v3/auth/tokens", &login(json!({"name": "admin", "domain": {"name": "Default"}, "password": "wrong"})));
    caller
        .post("/v3/auth/tokens", &login(json!({"name": "nobody", "domain": {"name": "Default"}, "password": "wrong"})));
    let credential = json!({"id": "0".repeat(32), "secret": "wrong"});
    caller.post(
        "/v3/auth/tokens",
        &json!({"auth": {"identity": {"methods": ["application_credential"],
        "application_credential": credential}}}),
    );
}

/// The names on a page, not written down since their order follows random ids, and the path of the next page.
fn names(caller: &mut Caller, path: &str) -> (Vec<String>, Option<String>) {
    let page = caller.quietly(path);
    let projects = page["projects"].as_array().cloned().unwrap_or_default();
    let names: Vec<String> =
        projects.iter().map(|project| project["name"].as_str().unwrap_or_default().to_owned()).collect();
    let next = page["links"]["next"].as_str().map(str::to_owned);
    caller.remark(&format!("{} projects, {}", names.len(), if next.is_some() { "a link" } else { "no link" }));
    let path = next.map(|next| next[next.find("/v3/").unwrap_or_default()..].to_owned());
    (names, path)
}
