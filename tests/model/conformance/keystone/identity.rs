//! Roles, local users, groups and role assignments.

use serde_json::{Value as Json, json};

use super::{Caller, home};

pub(super) fn role(caller: &mut Caller) {
    caller.about("a new role and its defaults");
    let name = format!("{}-role", caller.place());
    let id = caller.post("/v3/roles", &json!({"role": {"name": name}}));
    let one = format!("/v3/roles/{id}");
    caller.get(&one);
    caller.get("/v3/roles?name={place}-role");

    caller.about("refusals");
    caller.post("/v3/roles", &json!({"role": {"name": name}}));
    caller.post("/v3/roles", &json!({"role": {}}));
    caller.post("/v3/roles", &json!({"role": {"name": ""}}));
    caller.get("/v3/roles/00000000000000000000000000000000");
    caller.patch("/v3/roles/00000000000000000000000000000000", &json!({"role": {}}));

    caller.about("a PATCH merges");
    caller.patch(&one, &json!({"role": {"description": "text"}}));
    caller.patch(&one, &json!({"role": {"description": null}}));
    caller.patch(&one, &json!({"role": {"name": "member"}}));

    caller.about("a role implies another, once");
    let other = caller.post("/v3/roles", &json!({"role": {"name": format!("{}-other", caller.place())}}));
    let implied = format!("{one}/implies/{other}");
    let nothing = crate::harness::http::Body::Nothing;
    caller.send("PUT", &implied, &nothing);
    caller.send("PUT", &implied, &nothing);
    caller.send("PUT", &format!("{one}/implies/00000000000000000000000000000000"), &nothing);
    caller.send("DELETE", &implied, &nothing);
    caller.send("DELETE", &implied, &nothing);
    caller.send("DELETE", &format!("/v3/roles/{other}"), &nothing);

    caller.about("immutable");
    caller.patch(&one, &json!({"role": {"options": {"immutable": true}}}));
    caller.patch(&one, &json!({"role": {"description": "no"}}));
    caller.send("DELETE", &one, &crate::harness::http::Body::Nothing);
    caller.patch(&one, &json!({"role": {"options": {"immutable": false}}}));
    caller.send("DELETE", &one, &crate::harness::http::Body::Nothing);
    caller.get(&one);
}

pub(super) fn domain_role(caller: &mut Caller) {
    let domain = home(caller);
    let place = caller.place().to_owned();
    let nothing = crate::harness::http::Body::Nothing;
    let body = |name: &str| json!({"role": {"name": name, "domain_id": domain}});
    caller.about("a role of a domain, and how it is listed");
    caller.get(&format!("/v3/roles?domain_id={domain}"));
    let id = caller.post("/v3/roles", &body("own"));
    let one = format!("/v3/roles/{id}");
    caller.post("/v3/roles", &body("own"));
    caller.get(&one);
    caller.get(&format!("/v3/roles?domain_id={domain}"));
    caller.patch(&one, &json!({"role": {"description": "text"}}));
    caller.patch(&one, &json!({"role": {"domain_id": "default"}}));

    caller.about("it implies others, and no role of no domain implies it");
    let global = caller.post("/v3/roles", &json!({"role": {"name": format!("{place}-role")}}));
    let other = caller.post("/v3/roles", &body("other"));
    for implied in [format!("{one}/implies/{global}"), format!("{one}/implies/{other}")] {
        caller.send("PUT", &implied, &nothing);
    }
    caller.send("PUT", &format!("/v3/roles/{global}/implies/{id}"), &nothing);
    caller.send("DELETE", &format!("{one}/implies/{other}"), &nothing);

    caller.about("it is given on projects of its domain alone, and not on the system");
    let elsewhere = caller
        .post("/v3/projects", &json!({"project": {"name": format!("{place}-elsewhere"), "domain_id": "default"}}));
    let here = caller.post("/v3/projects", &json!({"project": {"name": "prod", "domain_id": domain}}));
    let user = caller.post("/v3/users", &json!({"user": {"name": "bob", "domain_id": domain}}));
    for target in
        [format!("projects/{here}"), format!("projects/{elsewhere}"), format!("domains/{domain}"), "system".to_owned()]
    {
        caller.send("PUT", &format!("/v3/{target}/users/{user}/roles/{id}"), &nothing);
    }
    caller.send("DELETE", &format!("/v3/projects/{elsewhere}"), &nothing);
    caller.about("it goes, and its assignments do");
    for role in [&id, &other, &global] {
        caller.send("DELETE", &format!("/v3/roles/{role}"), &nothing);
    }
    caller.get(&format!("/v3/role_assignments?user.id={user}"));
    caller.get(&format!("/v3/roles?domain_id={domain}"));
}

pub(super) fn user(caller: &mut Caller) {
    let domain = home(caller);
    let body = |fields: Json| {
        let mut user = json!({"domain_id": domain});
        user.as_object_mut().unwrap().extend(fields.as_object().cloned().unwrap());
        json!({"user": user})
    };
    caller.about("a new user and its defaults");
    let id = caller.post("/v3/users", &body(json!({"name": "plain"})));
    let one = format!("/v3/users/{id}");
    caller.get(&one);
    let password = "canary/initial+password\"1";
    let project =
        caller.post("/v3/projects", &json!({"project": {"name": "home", "domain_id": domain, "description": ""}}));
    let all = json!({"name": "full", "password": password, "email": "full@example.com", "description": "text",
        "enabled": false, "default_project_id": project});
    caller.post("/v3/users", &body(all));
    caller.get(&format!("/v3/users?domain_id={domain}&name=full&limit=1000"));
    caller.get(&format!("/v3/users?domain_id={domain}&name=Full&limit=1000"));

    caller.about("options: each for itself");
    let options = |options: Json| json!({"user": {"options": options}});
    let rules = json!([["password", "totp"], ["token"]]);
    caller.post("/v3/users", &body(json!({"name": "optional", "options": {"lock_password": true}})));
    for changed in [
        json!({"ignore_password_expiry": true, "ignore_user_inactivity": false}),
        json!({"ignore_change_password_upon_first_use": true, "ignore_lockout_failure_attempts": true}),
        json!({"lock_password": false, "multi_factor_auth_enabled": true, "multi_factor_auth_rules": rules}),
        json!({"multi_factor_auth_rules": [], "ignore_password_expiry": null}),
        json!({}),
    ] {
        caller.patch(&one, &options(changed));
    }
    caller.get(&one);
    for refused in [json!([[]]), json!([["password", "password"]]), json!([["password"], ["password"]])] {
        caller.patch(&one, &options(json!({"multi_factor_auth_rules": refused})));
    }
    caller.patch(&one, &options(json!({"nonsense": true})));
    let none = json!({"multi_factor_auth_enabled": null, "ignore_lockout_failure_attempts": null});
    caller.patch(&one, &options(none));

    caller.about("refusals");
    caller.post("/v3/users", &body(json!({"name": "plain"})));
    caller.post("/v3/users", &body(json!({})));
    caller.post("/v3/users", &body(json!({"name": ""})));
    caller.get("/v3/users/00000000000000000000000000000000");

    caller.about("a PATCH merges; what the server has no field for is kept");
    caller.patch(&one, &json!({"user": {"description": "new", "phone": "1"}}));
    caller.patch(&one, &json!({"user": {"email": "one@example.com", "enabled": false}}));
    caller.patch(&one, &json!({"user": {"default_project_id": project}}));
    caller.patch(&one, &json!({"user": {"name": "full"}}));
    caller.patch(&one, &json!({"user": {"domain_id": "default"}}));
    caller.get(&one);
    caller.send("DELETE", &one, &crate::harness::http::Body::Nothing);
    caller.get(&one);
}

pub(super) fn group(caller: &mut Caller) {
    let domain = home(caller);
    let body = |fields: Json| {
        let mut group = json!({"domain_id": domain});
        group.as_object_mut().unwrap().extend(fields.as_object().cloned().unwrap());
        json!({"group": group})
    };
    let nothing = crate::harness::http::Body::Nothing;
    let nobody = "0".repeat(32);
    caller.about("a new group and its defaults; names are trimmed");
    let id = caller.post("/v3/groups", &body(json!({"name": "team"})));
    let one = format!("/v3/groups/{id}");
    caller.get(&one);
    caller.post("/v3/groups", &body(json!({"name": " a/b; ü ", "description": "text", "phone": "1"})));
    caller.get(&format!("/v3/groups?domain_id={domain}&name=team&limit=1000"));
    caller.get(&format!("/v3/groups?domain_id={domain}&name=Team&limit=1000"));

    caller.about("refusals");
    caller.post("/v3/groups", &body(json!({"name": "team"})));
    caller.post("/v3/groups", &body(json!({})));
    caller.post("/v3/groups", &body(json!({"name": ""})));
    caller.post("/v3/groups", &body(json!({"name": "x".repeat(65)})));
    caller.get(&format!("/v3/groups/{nobody}"));

    caller.about("a PATCH merges");
    caller.patch(&one, &json!({"group": {"description": "new"}}));
    caller.patch(&one, &json!({"group": {"description": ""}}));
    caller.patch(&one, &json!({"group": {}}));
    caller.patch(&one, &json!({"group": {"name": "a/b; ü"}}));
    caller.patch(&one, &json!({"group": {"domain_id": "default"}}));
    caller.patch(&format!("/v3/groups/{nobody}"), &json!({"group": {"description": "new"}}));

    caller.about("members are put, once or more often, and are listed whole");
    let user = caller.post("/v3/users", &json!({"user": {"name": "bob", "domain_id": domain}}));
    let member = format!("{one}/users/{user}");
    caller.get(&format!("{one}/users"));
    caller.send("PUT", &member, &nothing);
    caller.send("PUT", &member, &nothing);
    caller.get(&format!("{one}/users"));
    caller.about("refusals of members, and leaving");
    caller.send("PUT", &format!("{one}/users/{nobody}"), &nothing);
    caller.send("PUT", &format!("/v3/groups/{nobody}/users/{user}"), &nothing);
    caller.send("DELETE", &member, &nothing);
    caller.send("DELETE", &member, &nothing);
    caller.send("DELETE", &format!("{one}/users/{nobody}"), &nothing);
    caller.get(&format!("/v3/groups/{nobody}/users"));

    caller.about("a group goes, and so does a user, with the membership");
    caller.send("PUT", &member, &nothing);
    caller.send("DELETE", &format!("/v3/users/{user}"), &nothing);
    caller.get(&format!("{one}/users"));
    caller.send("DELETE", &one, &nothing);
    caller.send("DELETE", &one, &nothing);
}

pub(super) fn role_assignment(caller: &mut Caller) {
    let domain = home(caller);
    let role = caller.post("/v3/roles", &json!({"role": {"name": format!("{}-role", caller.place())}}));
    let user = caller.post("/v3/users", &json!({"user": {"name": "bob", "domain_id": domain}}));
    let group = caller.post("/v3/groups", &json!({"group": {"name": "team", "domain_id": domain}}));
    let project = caller.post("/v3/projects", &json!({"project": {"name": "prod", "domain_id": domain}}));
    let mut places = Vec::new();
    for target in [format!("projects/{project}"), format!("domains/{domain}")] {
        for holder in [format!("users/{user}"), format!("groups/{group}")] {
            places.push(format!("/v3/{target}/{holder}/roles/{role}"));
            places.push(format!("/v3/OS-INHERIT/{target}/{holder}/roles/{role}/inherited_to_projects"));
        }
    }
    for holder in [format!("users/{user}"), format!("groups/{group}")] {
        places.push(format!("/v3/system/{holder}/roles/{role}"));
    }
    let nothing = crate::harness::http::Body::Nothing;
    caller.about("assignments are put, once or more often");
    for place in &places {
        caller.send("PUT", place, &nothing);
        caller.send("PUT", place, &nothing);
    }
    caller.about("as they are listed");
    let of = [
        format!("user.id={user}"),
        format!("group.id={group}"),
        format!("role.id={role}"),
        format!("scope.project.id={project}"),
    ];
    for place in of {
        caller.quietly_each(&format!("/v3/role_assignments?{place}"), "role_assignments", |entry| {
            let scope = entry["scope"].as_object().map(|scope| scope.keys().cloned().collect::<Vec<_>>().join(", "));
            let holder = ["user", "group"].into_iter().find(|key| entry.get(*key).is_some());
            format!("{} on {}", holder.unwrap_or_default(), scope.unwrap_or_default())
        });
    }
    caller.about("refusals, and going away");
    let nobody = "0".repeat(32);
    caller.send("PUT", &format!("/v3/projects/{project}/users/{nobody}/roles/{role}"), &nothing);
    caller.send("PUT", &format!("/v3/projects/{project}/groups/{nobody}/roles/{role}"), &nothing);
    caller.send("PUT", &format!("/v3/projects/{nobody}/users/{user}/roles/{role}"), &nothing);
    caller.send("PUT", &format!("/v3/domains/{nobody}/users/{user}/roles/{role}"), &nothing);
    caller.send("PUT", &format!("/v3/projects/{project}/users/{user}/roles/{nobody}"), &nothing);
    caller.send("PUT", &format!("/v3/system/users/{nobody}/roles/{role}"), &nothing);
    caller.send("PUT", &format!("/v3/system/groups/{nobody}/roles/{role}"), &nothing);
    caller.send("PUT", &format!("/v3/system/users/{user}/roles/{nobody}"), &nothing);
    caller.about("nobody looks whether who inherits is there");
    let inherits = |target: &str, holder: &str, role: &str| {
        format!("/v3/OS-INHERIT/{target}/{holder}/roles/{role}/inherited_to_projects")
    };
    let (here, nobodys) = (format!("projects/{project}"), format!("users/{nobody}"));
    caller.send("PUT", &inherits(&here, &nobodys, &role), &nothing);
    caller.send("DELETE", &inherits(&here, &nobodys, &role), &nothing);
    caller.send("PUT", &inherits(&here, &format!("users/{user}"), &nobody), &nothing);
    caller.send("PUT", &inherits(&format!("projects/{nobody}"), &format!("users/{user}"), &role), &nothing);
    caller.send("PUT", &inherits(&format!("domains/{nobody}"), &format!("users/{user}"), &role), &nothing);
    caller.about("going away");
    for place in &places {
        caller.send("DELETE", place, &nothing);
        caller.send("DELETE", place, &nothing);
    }
    caller.send("DELETE", &format!("/v3/roles/{role}"), &nothing);
    caller.get(&format!("/v3/role_assignments?user.id={user}"));
}

pub(super) fn person(caller: &mut Caller) {
    let domain = home(caller);
    let place = caller.place().to_owned();
    let provider = format!("{place}-p");
    let path = format!("/v3/OS-FEDERATION/identity_providers/{provider}");
    let mapping = format!("/v3/OS-FEDERATION/mappings/{provider}");
    let rules = json!([{"local": [{"user": {"name": "{0}"}}], "remote": [{"type": "OIDC-preferred_username"}]}]);
    caller.put(&mapping, &json!({"mapping": {"rules": rules, "schema_version": "1.0"}}));
    caller.put(&path, &json!({"identity_provider": {"domain_id": domain}}));
    caller.put(&format!("{path}/protocols/openid"), &json!({"protocol": {"mapping_id": provider}}));
    caller.about("people of a provider: their own document shows it, lists do not, and can be asked for them");
    let link =
        |unique: &str| json!([{"idp_id": provider, "protocols": [{"protocol_id": "openid", "unique_id": unique}]}]);
    let body = |name: &str| json!({"user": {"name": name, "domain_id": domain, "federated": link(name)}});
    let id = caller.post("/v3/users", &body("alice"));
    caller.get(&format!("/v3/users/{id}"));
    caller.post("/v3/users", &json!({"user": {"name": "local", "domain_id": domain}}));
    caller.get(&format!("/v3/users?idp_id={provider}&protocol_id=openid&limit=1000"));
    caller.get(&format!("/v3/users?idp_id={provider}&protocol_id=other&limit=1000"));
    caller.get(&format!("/v3/users?idp_id={provider}-other&limit=1000"));
    for name in ["alice", "nobody"] {
        caller.get(&format!("/v3/users?idp_id={provider}&protocol_id=openid&name={name}&limit=1000"));
    }
    caller.about("application credentials");
    caller.get(&format!("/v3/users/{id}/application_credentials"));
    caller.get("/v3/users/00000000000000000000000000000000/application_credentials");
    for path in [&format!("{path}/protocols/openid"), &path, &mapping] {
        caller.send("DELETE", path, &crate::harness::http::Body::Nothing);
    }
}
