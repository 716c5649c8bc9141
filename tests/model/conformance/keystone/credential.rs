//! Application credentials: whose they are, what may be said of them, what they are worth, and what ends them.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value as Json, json};

use super::{Caller, home};
use crate::harness::http::{Body, Reply};

const PASSWORD: &str = "a password";
const SECRET: &str = "a secret of one's own choice";
const NOBODY: &str = "00000000000000000000000000000000";

/// A user with the role `member` and one that the story made, in the project `home`.
#[derive(Clone)]
struct Owner {
    id: String,
    project: String,
    /// A token for the project.
    token: String,
    role: String,
    /// The name of the role that the story made.
    role_name: String,
}

impl Owner {
    fn new(caller: &mut Caller) -> Self {
        caller.quiet(|caller| {
            let domain = home(caller);
            let project = caller.post("/v3/projects", &json!({"project": {"name": "home", "domain_id": domain}}));
            let role_name = format!("{}-role", caller.place());
            let role = caller.post("/v3/roles", &json!({"role": {"name": role_name}}));
            let id = user(caller, "owner");
            let member = role_named(caller, "member");
            let mut owner = Self { id, project, token: String::new(), role, role_name };
            owner.assign(caller, "PUT", &member);
            owner.assign(caller, "PUT", &owner.role);
            owner.token = owner.log_in(caller);
            owner
        })
    }

    /// The address of the owner's credentials.
    fn credentials(&self) -> String {
        format!("/v3/users/{}/application_credentials", self.id)
    }

    fn assign(&self, caller: &mut Caller, method: &str, role: &str) {
        let path = format!("/v3/projects/{}/users/{}/roles/{role}", self.project, self.id);
        caller.send(method, &path, &Body::Nothing);
    }

    fn log_in(&self, caller: &mut Caller) -> String {
        token_of(caller, &self.id, Some(&self.project))
    }

    /// Makes a credential, and gives what was answered.
    fn make(&self, caller: &mut Caller, fields: &Json) -> Reply {
        let mut reply = None;
        let body = json!({"application_credential": fields});
        caller.with_token(&self.token, |caller| {
            reply = Some(caller.send("POST", &self.credentials(), &Body::Json(&body)));
        });
        reply.unwrap()
    }

    /// Makes a credential with the chosen secret, without writing it down, and gives its id.
    fn has(&self, caller: &mut Caller, name: &str, fields: &Json) -> String {
        let mut all = json!({"name": name, "secret": SECRET});
        all.as_object_mut().unwrap().extend(fields.as_object().cloned().unwrap());
        let made = caller.quiet(|caller| self.make(caller, &all)).expect(201).json();
        made["application_credential"]["id"].as_str().unwrap_or_default().to_owned()
    }

    /// Says what an administrator is shown of the credentials.
    fn are_listed(&self, caller: &mut Caller) {
        let path = self.credentials();
        let reply = caller.quiet(|caller| caller.send("GET", &path, &Body::Nothing));
        let all = reply.json();
        let Some(all) = all["application_credentials"].as_array() else {
            return caller.remark(&format!("{}: {}", reply.status, said(&reply.json())));
        };
        let one = |one: &Json| format!("{} ({})", one["name"].as_str().unwrap_or_default(), names(&one["roles"]));
        let mut listed: Vec<String> = all.iter().map(one).collect();
        listed.sort();
        caller.remark(&format!("listed: {}", listed.join("; ")));
    }
}

fn user(caller: &mut Caller, name: &str) -> String {
    let domain = home(caller);
    caller.post("/v3/users", &json!({"user": {"name": name, "domain_id": domain, "password": PASSWORD}}))
}

fn role_named(caller: &mut Caller, name: &str) -> String {
    let roles = caller.quietly("/v3/roles");
    let found = roles["roles"].as_array().into_iter().flatten().find(|role| role["name"] == name);
    found.unwrap()["id"].as_str().unwrap_or_default().to_owned()
}

/// The token of a user with the password.
fn token_of(caller: &mut Caller, user: &str, project: Option<&str>) -> String {
    let user = json!({"id": user, "password": PASSWORD});
    let mut auth = json!({"identity": {"methods": ["password"], "password": {"user": user}}});
    if let Some(project) = project {
        auth["scope"] = json!({"project": {"id": project}});
    }
    let reply = caller.quiet(|caller| caller.send("POST", "/v3/auth/tokens", &Body::Json(&json!({"auth": auth}))));
    reply.header("x-subject-token").unwrap_or_default().to_owned()
}

/// Asks for a token with a credential.
fn asks(caller: &mut Caller, credential: &Json, scope: Option<Json>) -> Reply {
    let identity = json!({"methods": ["application_credential"], "application_credential": credential});
    let mut auth = json!({"identity": identity});
    if let Some(scope) = scope {
        auth["scope"] = scope;
    }
    caller.quiet(|caller| caller.send("POST", "/v3/auth/tokens", &Body::Json(&json!({"auth": auth}))))
}

/// Logs in with a credential, says what came of it, and gives the token.
fn enter(caller: &mut Caller, credential: &Json, scope: Option<Json>) -> String {
    let reply = asks(caller, credential, scope);
    let token = &reply.json()["token"];
    if token.is_null() {
        caller.remark(&format!("login: {} {}", reply.status, said(&reply.json())));
    } else {
        let [method, user, project] = [&token["methods"], &token["user"]["name"], &token["project"]["name"]];
        let restricted = &token["application_credential"]["restricted"];
        let roles = names(&token["roles"]);
        caller.remark(&format!(
            "login: {} by {method}, of {user}, for {project}, as ({roles}), restricted: {restricted}",
            reply.status
        ));
    }
    reply.header("x-subject-token").unwrap_or_default().to_owned()
}

/// Logs in with the chosen secret.
fn enter_by(caller: &mut Caller, id: &str) -> String {
    enter(caller, &json!({"id": id, "secret": SECRET}), None)
}

/// Says whether a token still serves its user.
fn serves(caller: &mut Caller, token: &str, user: &str) {
    let path = format!("/v3/users/{user}");
    let reply = caller.quiet(|caller| {
        let mut reply = None;
        caller.with_token(token, |caller| reply = Some(caller.send("GET", &path, &Body::Nothing)));
        reply.unwrap()
    });
    caller.remark(&format!("its token: {} {}", reply.status, said(&reply.json())));
}

fn said(answer: &Json) -> &str {
    answer["error"]["message"].as_str().unwrap_or_default()
}

/// The names of roles, sorted; that of the story comes last, whatever the story is called.
fn names(roles: &Json) -> String {
    let names = roles.as_array().into_iter().flatten().filter_map(|role| role["name"].as_str());
    let mut names: Vec<&str> = names.collect();
    names.sort_unstable_by_key(|name| (name.ends_with("-role"), *name));
    names.join(", ")
}

pub(super) fn credential(caller: &mut Caller) {
    let owner = Owner::new(caller);
    let path = owner.credentials();
    let other = caller.quiet(|caller| user(caller, "other"));
    let member = role_named(caller, "member");
    caller.quiet(|caller| {
        caller.send("PUT", &format!("/v3/projects/{}/users/{other}/roles/{member}", owner.project), &Body::Nothing)
    });
    let other_token = token_of(caller, &other, Some(&owner.project));
    let body = |fields: Json| json!({"application_credential": fields});

    caller.about("the owner makes one; the secret is told this once");
    let roles = json!([{"name": "member"}]);
    let made = owner.make(caller, &json!({"name": "plain", "roles": roles})).json();
    let secret = made["application_credential"]["secret"].as_str().unwrap_or_default();
    caller.remark(&format!("a secret of {} characters", secret.len()));
    let id = made["application_credential"]["id"].as_str().unwrap_or_default();
    let one = format!("{path}/{id}");
    let elsewhere = format!("/v3/users/{other}/application_credentials/{id}");
    caller.with_token(&owner.token, |caller| {
        caller.get(&path);
        caller.get(&one);
    });
    caller.about("with a secret of one's own; a project and an id are not for the owner to choose");
    let given = json!({"name": "chosen", "secret": SECRET, "description": "line\n\"two\"", "roles": roles, "id": NOBODY,
        "project_id": NOBODY});
    let made = owner.make(caller, &given).json();
    caller.remark(&format!("the secret is the chosen one: {}", made["application_credential"]["secret"] == SECRET));

    caller.about("nobody else makes one, an administrator neither; who has no token may not even try");
    caller.post(&path, &body(json!({"name": "theirs"})));
    caller.with_token(&other_token, |caller| {
        caller.post(&path, &body(json!({"name": "theirs"})));
    });
    caller.with_token("no-token", |caller| {
        caller.post(&path, &body(json!({"name": "theirs"})));
    });
    caller.post(&format!("/v3/users/{NOBODY}/application_credentials"), &body(json!({"name": "theirs"})));

    caller.about("another user sees none");
    caller.with_token(&other_token, |caller| {
        for path in [&path, &one, &elsewhere, &format!("{path}/{NOBODY}")] {
            caller.get(path);
        }
        caller.send("DELETE", &one, &Body::Nothing);
    });
    caller.about("an administrator sees one, whatever user the address names");
    caller.get(&one);
    caller.get(&elsewhere);
    caller.get(&format!("{path}/{NOBODY}"));
    caller.about("lists by name, and of nobody; a limit that is reached is too much");
    caller.get(&format!("{path}?name=plain"));
    caller.get(&format!("{path}?name=Plain"));
    caller.get(&format!("{path}?name=plain&limit=1000"));
    caller.get(&format!("{path}?limit=1"));
    caller.get(&format!("/v3/users/{NOBODY}/application_credentials"));
    owner.are_listed(caller);

    caller.about("nothing of it can be changed");
    caller.with_token(&owner.token, |caller| {
        caller.patch(&one, &body(json!({"description": "new"})));
        caller.put(&one, &body(json!({"description": "new"})));
    });
    caller.about("a name is taken once");
    owner.make(caller, &json!({"name": "plain"}));
    caller.about("as they are deleted: by an administrator, and by the owner");
    caller.send("DELETE", &one, &Body::Nothing);
    caller.send("DELETE", &one, &Body::Nothing);
    let again = owner.has(caller, "plain", &json!({}));
    caller.with_token(&owner.token, |caller| {
        caller.send("DELETE", &format!("{path}/{again}"), &Body::Nothing);
        caller.send("DELETE", &format!("{path}/{again}"), &Body::Nothing);
    });
}

pub(super) fn fields(caller: &mut Caller) {
    let owner = Owner::new(caller);
    let path = owner.credentials();
    caller.about("what the schema refuses");
    for fields in [
        json!({}),
        json!({"name": ""}),
        json!({"name": "x".repeat(256)}),
        json!({"name": 5}),
        json!({"name": "k", "color": "red"}),
        json!({"name": "k", "secret": 5}),
        json!({"name": "k", "description": true}),
        json!({"name": "k", "expires_at": 5}),
        json!({"name": "k", "unrestricted": "yes"}),
        json!({"name": "k", "roles": "member"}),
        json!({"name": "k", "roles": [{}]}),
        json!({"name": "k", "roles": [{"id": "a", "name": "member"}]}),
        json!({"name": "k", "access_rules": [{"service": "compute", "method": "get", "path": "/v2"}]}),
        json!({"name": "k", "access_rules": [{"service": "compute", "method": "GET", "path": "v2"}]}),
    ] {
        owner.make(caller, &fields);
    }
    caller.with_token(&owner.token, |caller| {
        caller.post(&path, &json!({}));
        caller.send("POST", &path, &Body::Text("application/json", "{broken"));
    });
    caller.about("what is wrong is told before who may not");
    caller.post(&path, &json!({"application_credential": {}}));

    caller.about("roles: by name, by id, none for all; what they imply comes with them");
    let reader = role_named(caller, "reader");
    owner.make(caller, &json!({"name": "by name", "roles": [{"name": "reader"}]}));
    owner.make(caller, &json!({"name": "by id", "roles": [{"id": reader}], "secret": null}));
    owner.make(caller, &json!({"name": "implied", "roles": [{"name": "member"}], "secret": ""}));
    owner.has(caller, "all", &json!({"roles": []}));
    owner.has(caller, "all by silence", &json!({}));
    owner.are_listed(caller);
    caller.about("roles that the owner has not, that are not there, and twice the same");
    owner.make(caller, &json!({"name": "more", "roles": [{"name": "reader"}, {"name": "admin"}]}));
    owner.make(caller, &json!({"name": "more", "roles": [{"name": "no-such-role"}]}));
    owner.make(caller, &json!({"name": "more", "roles": [{"id": NOBODY}]}));
    owner.make(caller, &json!({"name": "more", "roles": [{"name": "reader"}, {"name": "reader"}]}));
    caller.about("a token for no project makes a useless one");
    let unscoped = Owner { token: token_of(caller, &owner.id, None), ..owner };
    unscoped.make(caller, &json!({"name": "nowhere"}));
    unscoped.make(caller, &json!({"name": "somewhere", "roles": [{"name": "reader"}]}));
    let nowhere = unscoped.has(caller, "nowhere else", &json!({}));
    enter_by(caller, &nowhere);
    let owner = Owner { token: unscoped.log_in(caller), ..unscoped };

    caller.about("when it ends");
    for (number, ends) in [
        json!("2100-01-01T00:00:00"),
        json!("2100-01-01T00:00:00Z"),
        json!("2100-01-01T00:00:00.5Z"),
        json!("2100-01-01T00:00:00.123456789"),
        json!("2100-01-01 00:00:00"),
        json!("2100-01-01T00:00"),
        json!("2100-01-01T00:00Z"),
        json!("9999-12-31T23:59:59"),
        json!(null),
        json!("2100-01-01T00:00:00+00:00"),
        json!("2100-01-01T00:00:00-02:00"),
        json!("2100-01-01"),
        json!("2100-13-01T00:00:00Z"),
        json!("2001-01-01T00:00:00Z"),
        json!("soon"),
        json!(""),
    ]
    .into_iter()
    .enumerate()
    {
        let fields = json!({"name": format!("e{number}"), "expires_at": ends});
        let reply = caller.quiet(|caller| owner.make(caller, &fields));
        let answer = reply.json();
        let kept = &answer["application_credential"]["expires_at"];
        caller.remark(&format!("{ends}: {} {kept} {}", reply.status, said(&answer)));
    }
    caller.about("what may manage others, and what may not");
    for unrestricted in [json!(true), json!(false), json!(null)] {
        let name = format!("unrestricted: {unrestricted}");
        owner.make(caller, &json!({"name": name, "unrestricted": unrestricted, "roles": [{"name": "reader"}]}));
    }
}

pub(super) fn login(caller: &mut Caller) {
    let owner = Owner::new(caller);
    let path = owner.credentials();
    let id = owner.has(caller, "one", &json!({"roles": [{"name": "reader"}]}));
    caller.about("by id, by name and its owner's id, by name and its owner's name");
    let token = enter_by(caller, &id);
    enter(caller, &json!({"name": "one", "user": {"id": owner.id}, "secret": SECRET}), None);
    let domain = caller.quiet(home);
    let named = |name: &str| json!({"name": name, "domain": {"id": domain}});
    enter(caller, &json!({"name": "one", "user": named("owner"), "secret": SECRET}), None);
    caller.about("refusals");
    for credential in [
        json!({"id": id, "secret": "wrong"}),
        json!({"id": id}),
        json!({"id": NOBODY, "secret": SECRET}),
        json!({"name": "one", "secret": SECRET}),
        json!({"secret": SECRET}),
        json!({"name": "none", "user": {"id": owner.id}, "secret": SECRET}),
        json!({"name": "one", "user": {"id": NOBODY}, "secret": SECRET}),
        json!({"name": "one", "user": named("nobody"), "secret": SECRET}),
    ] {
        enter(caller, &credential, None);
    }
    caller.about("no scope can be asked for, not even its own");
    for scope in [json!({"project": {"id": owner.project}}), json!({"system": {"all": true}}), json!("unscoped")] {
        enter(caller, &json!({"id": id, "secret": SECRET}), Some(scope));
    }
    caller.about("as the first 72 bytes of a secret count");
    let long = owner.has(caller, "long", &json!({"secret": "s".repeat(100)}));
    for length in [71, 72, 300] {
        enter(caller, &json!({"id": long, "secret": "s".repeat(length)}), None);
    }

    caller.about("its token sees credentials, and manages none");
    serves(caller, &token, &owner.id);
    caller.with_token(&token, |caller| {
        caller.get(&format!("{path}?name=one"));
        caller.get(&format!("{path}/{id}"));
        caller.post(&path, &json!({"application_credential": {"name": "child"}}));
        caller.send("DELETE", &format!("{path}/{id}"), &Body::Nothing);
    });
    caller.about("unless it is unrestricted: then it makes some that are worth no more");
    let free = owner.has(caller, "free", &json!({"unrestricted": true, "roles": [{"name": "reader"}]}));
    let token = enter_by(caller, &free);
    let freed = Owner { token, ..owner };
    let child = freed.make(caller, &json!({"name": "child"})).json();
    let child = child["application_credential"]["id"].as_str().unwrap_or_default();
    freed.make(caller, &json!({"name": "adult", "roles": [{"name": "member"}]}));
    caller.with_token(&freed.token, |caller| {
        caller.send("DELETE", &format!("{path}/{child}"), &Body::Nothing);
    });

    caller.about("it ends with its time, and its tokens with it; it is still listed, and keeps its name");
    let owner = Owner { token: freed.log_in(caller), ..freed };
    let ends = Timestamp::now() + SignedDuration::from_secs(8);
    let ends = ends.strftime("%Y-%m-%dT%H:%M:%S").to_string();
    let short = owner.has(caller, "short", &json!({"expires_at": ends}));
    let token = enter_by(caller, &short);
    serves(caller, &token, &owner.id);
    let told = asks(caller, &json!({"id": short, "secret": SECRET}), None).json()["token"]["expires_at"].clone();
    caller.remark(&format!("its token says so: {}", told == format!("{ends}.000000Z")));
    while Timestamp::now().strftime("%Y-%m-%dT%H:%M:%S").to_string() <= ends {
        std::thread::sleep(Duration::from_millis(100));
    }
    enter_by(caller, &short);
    serves(caller, &token, &owner.id);
    owner.are_listed(caller);
    owner.make(caller, &json!({"name": "short"}));
}

pub(super) fn life(caller: &mut Caller) {
    let owner = Owner::new(caller);
    let Owner { id, project, role, role_name, .. } = &owner;
    let member = role_named(caller, "member");
    let all = owner.has(caller, "all", &json!({}));
    let own = owner.has(caller, "own", &json!({"roles": [{"name": role_name}]}));
    caller.about("with all that the owner has, and with one role");
    let [all_token, own_token] = [&all, &own].map(|id| enter_by(caller, id));

    caller.about("a role is lost: less is left, or nothing");
    caller.quiet(|caller| owner.assign(caller, "DELETE", role));
    for (credential, token) in [(&all, &all_token), (&own, &own_token)] {
        enter_by(caller, credential);
        serves(caller, token, id);
    }
    caller.about("it comes back, and all revives");
    caller.quiet(|caller| owner.assign(caller, "PUT", role));
    enter_by(caller, &own);
    serves(caller, &own_token, id);
    caller.about("nothing is left in the project");
    for role in [role, &member] {
        caller.quiet(|caller| owner.assign(caller, "DELETE", role));
    }
    enter_by(caller, &all);
    serves(caller, &all_token, id);
    serves(caller, &owner.token, id);
    owner.are_listed(caller);
    for role in [role, &member] {
        caller.quiet(|caller| owner.assign(caller, "PUT", role));
    }

    let enable = |caller: &mut Caller, path: &str, what: &str, enabled: bool| {
        caller.quiet(|caller| caller.patch(path, &json!({what: {"enabled": enabled}})));
    };
    caller.about("the project is disabled, and enabled again");
    let path = format!("/v3/projects/{project}");
    enable(caller, &path, "project", false);
    enter_by(caller, &all);
    serves(caller, &all_token, id);
    serves(caller, &owner.token, id);
    enable(caller, &path, "project", true);
    enter_by(caller, &all);
    serves(caller, &all_token, id);
    caller.about("the owner is disabled, and enabled again");
    let path = format!("/v3/users/{id}");
    enable(caller, &path, "user", false);
    enter_by(caller, &all);
    serves(caller, &all_token, id);
    owner.are_listed(caller);
    enable(caller, &path, "user", true);
    enter_by(caller, &all);
    serves(caller, &all_token, id);
    caller.about("the domain is disabled, and enabled again");
    let domain = caller.quiet(home);
    let path = format!("/v3/domains/{domain}");
    enable(caller, &path, "domain", false);
    enter_by(caller, &all);
    enable(caller, &path, "domain", true);
    enter_by(caller, &all);

    // What was revoked counts for all that is given out in the same second.
    std::thread::sleep(Duration::from_millis(1100));
    caller.about("the owner gets another password");
    let token = enter_by(caller, &all);
    caller.quiet(|caller| caller.patch(&format!("/v3/users/{id}"), &json!({"user": {"password": PASSWORD}})));
    enter_by(caller, &all);
    serves(caller, &token, id);
}

pub(super) fn deletion(caller: &mut Caller) {
    let owner = &Owner::new(caller);
    let Owner { id, role, role_name, .. } = owner;
    let member = role_named(caller, "member");
    let domain = caller.quiet(home);
    let all = owner.has(caller, "all", &json!({}));
    let own = owner.has(caller, "own", &json!({"roles": [{"name": role_name}]}));
    caller.about("the credential is deleted");
    let token = enter_by(caller, &own);
    let path = format!("{}/{own}", owner.credentials());
    caller.quiet(|caller| caller.send("DELETE", &path, &Body::Nothing));
    enter_by(caller, &own);
    serves(caller, &token, id);

    caller.about("a role is deleted: all goes that is for a project in which its owner had it, and nothing else");
    let far =
        caller.quiet(|caller| caller.post("/v3/projects", &json!({"project": {"name": "far", "domain_id": domain}})));
    let there = Owner { project: far.clone(), ..owner.clone() };
    caller.quiet(|caller| there.assign(caller, "PUT", &member));
    let there = Owner { token: there.log_in(caller), ..there };
    let elsewhere = there.has(caller, "elsewhere", &json!({}));
    owner.has(caller, "without it", &json!({"roles": [{"name": "reader"}]}));
    owner.are_listed(caller);
    caller.quiet(|caller| caller.send("DELETE", &format!("/v3/roles/{role}"), &Body::Nothing));
    owner.are_listed(caller);
    enter_by(caller, &all);
    enter_by(caller, &elsewhere);
    caller.about("a role is deleted that the owner had lost before: the list is broken, until its credential goes");
    let role = caller.quiet(|caller| caller.post("/v3/roles", &json!({"role": {"name": role_name}})));
    caller.quiet(|caller| owner.assign(caller, "PUT", &role));
    let last = owner.has(caller, "last", &json!({}));
    caller.quiet(|caller| owner.assign(caller, "DELETE", &role));
    caller.quiet(|caller| caller.send("DELETE", &format!("/v3/roles/{role}"), &Body::Nothing));
    owner.are_listed(caller);
    let path = owner.credentials();
    caller.quiet(|caller| caller.send("DELETE", &format!("{path}/{last}"), &Body::Nothing));
    owner.are_listed(caller);

    caller.about("the project is deleted: the credential stays, and is worth nothing");
    let token = enter_by(caller, &elsewhere);
    caller.quiet(|caller| caller.send("DELETE", &format!("/v3/projects/{far}"), &Body::Nothing));
    owner.are_listed(caller);
    enter_by(caller, &elsewhere);
    enter(caller, &json!({"id": elsewhere, "secret": "wrong"}), None);
    serves(caller, &token, id);
    caller.about("the owner is deleted");
    let last = owner.has(caller, "last", &json!({}));
    let token = enter_by(caller, &last);
    caller.quiet(|caller| caller.send("DELETE", &format!("/v3/users/{id}"), &Body::Nothing));
    owner.are_listed(caller);
    enter_by(caller, &last);
    serves(caller, &token, id);
    serves(caller, &owner.token, id);
}

pub(super) fn access_rule(caller: &mut Caller) {
    let owner = Owner::new(caller);
    let rules = format!("/v3/users/{}/access_rules", owner.id);
    let reader = json!([{"name": "reader"}]);
    let make = |caller: &mut Caller, name: &str, access_rules: Json| {
        let fields = json!({"name": name, "secret": SECRET, "roles": reader, "access_rules": access_rules});
        let made = owner.make(caller, &fields).json()["application_credential"].clone();
        let text = |value: &Json| value.as_str().unwrap_or_default().to_owned();
        (text(&made["id"]), text(&made["access_rules"][0]["id"]))
    };
    let rule = |path: &str| json!({"service": "identity", "method": "GET", "path": path});
    caller.about("a rule is made with a credential, and is kept once for its user");
    let (one, id) = make(caller, "one", json!([rule("/v3/users/*")]));
    let (two, _) = make(caller, "two", json!([rule("/v3/users/*"), rule("/v3/projects/**")]));
    let (three, _) = make(caller, "three", json!([{"id": id}]));
    make(caller, "none", json!([]));
    caller.about("what is not whole, and not known");
    make(caller, "half", json!([{"service": "compute"}]));
    make(caller, "unknown", json!([{"id": NOBODY}]));
    caller.about("the rules of a user are for the user alone");
    let own = format!("{rules}/{id}");
    caller.with_token(&owner.token, |caller| {
        caller.quietly_each(&rules, "access_rules", |rule| {
            ["service", "method", "path"].map(|key| rule[key].as_str().unwrap_or_default()).join(" ")
        });
        caller.get(&own);
        caller.get(&format!("{rules}/{NOBODY}"));
    });
    caller.get(&rules);
    caller.get(&own);
    caller.send("DELETE", &own, &Body::Nothing);
    caller.about("a login with rules, and what they allow");
    let token = enter_by(caller, &two);
    serves(caller, &token, &owner.id);
    caller.with_token(&token, |caller| {
        caller.get(&format!("/v3/projects/{}", owner.project));
        caller.get(&owner.credentials());
        caller.post(&owner.credentials(), &json!({"application_credential": {"name": "more"}}));
    });
    caller.about("a rule goes when nothing has it any more, which is not by itself");
    caller.with_token(&owner.token, |caller| {
        caller.send("DELETE", &own, &Body::Nothing);
        for credential in [&one, &two, &three] {
            caller.send("DELETE", &format!("{}/{credential}", owner.credentials()), &Body::Nothing);
        }
        caller.get(&own);
        caller.send("DELETE", &own, &Body::Nothing);
        caller.send("DELETE", &own, &Body::Nothing);
        caller.get(&rules);
    });
    caller.about("the rule of another user");
    let other = caller.quiet(|caller| user(caller, "other"));
    let (_, id) = make(caller, "again", json!([rule("/v3/users/*")]));
    let theirs = Owner { token: token_of(caller, &other, None), id: other, ..owner };
    theirs.make(caller, &json!({"name": "theirs", "access_rules": [{"id": id}]}));
}
