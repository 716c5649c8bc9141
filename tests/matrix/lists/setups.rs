//! The clouds that are lied about: each is small, and has more of one thing than fits on a page.

use std::fmt::Write as _;

use serde_json::{Value as Json, json};

use crate::cloud::{Cloud, Spec};

/// One cloud and what is asked of it.
pub(super) struct Setup {
    pub(super) name: &'static str,
    keycloak: Json,
    keystone: Json,
    spec: Spec,
    /// Projects that come last in Keystone's list, after the fillers.
    late: &'static [&'static str],
    /// Whether Keycloak has no flat list of groups.
    walks: bool,
}

impl Setup {
    fn new(name: &'static str, keycloak: Json, keystone: Json, spec: Spec) -> Self {
        Self { name, keycloak, keystone, spec, late: &[], walks: false }
    }

    pub(super) fn cloud(&self) -> Cloud {
        let cloud = Cloud::new(&self.keycloak, &self.keystone);
        for name in self.late {
            cloud.models.keystone.with(|model| model.project_appears(&json!({"name": name, "domain": "Default"})));
        }
        cloud.write("spec.yaml", &self.spec);
        cloud
    }

    /// Whether groups are read level by level.
    pub(super) fn walks(&self) -> bool {
        self.walks
    }
}

pub(super) fn all() -> Vec<Setup> {
    vec![
        few_users(),
        leaver(),
        many_users(),
        swept_users(),
        groups(),
        walked_groups(),
        members(),
        role_users(),
        clients(),
        projects(),
        keystone(),
        client_scopes(),
        directory(),
        local_groups(),
    ]
}

/// What comes and goes beside everything: in front, in the middle and at the end of every page.
fn churn() -> Vec<Json> {
    let places =
        ["churn-0", "churn-1", "user-100-churn", "user-249-churn", "user-251-churn", "user-400-churn", "zchurn-0"];
    places.map(|name| json!({"username": name, "firstName": "C", "lastName": "H"})).into()
}

/// So many users, and what comes and goes.
fn users(number: usize, more: impl Fn(usize) -> Json) -> Vec<Json> {
    let user = |number: usize| {
        let mut user = json!({"username": format!("user-{number:03}"), "firstName": "A", "lastName": "B"});
        user.as_object_mut().unwrap().extend(more(number).as_object().cloned().unwrap_or_default());
        user
    };
    (0..number).map(user).chain(churn()).collect()
}

fn realm(realm: Json) -> Json {
    let mut realm = realm;
    realm["unmanagedAttributePolicy"] = "ADMIN_EDIT".into();
    json!({"realms": {"pod": realm}})
}

fn access(lines: impl Into<String>) -> Spec {
    Spec { access: lines.into(), ..Spec::default() }
}

/// Looked up one by one.
fn few_users() -> Setup {
    let spec = access(
        "  users:\n    - {username: user-001, ensure: existing, firstName: New}\n    \
         - {username: user-002, ensure: absent}\n    \
         - {username: fresh, email: f@example.com, firstName: F, lastName: R}\n",
    );
    Setup::new("few users", realm(json!({"users": users(5, |_| Json::Null)})), json!({}), spec)
}

/// Whether somebody is there at all.
fn leaver() -> Setup {
    let spec = access("  users:\n    - {username: user-002, ensure: absent}\n");
    Setup::new("leaver", realm(json!({"users": users(5, |_| Json::Null)})), json!({}), spec)
}

/// Read page by page: those that go, and as many more that are not there that the pages are believed.
fn many_users() -> Setup {
    let mut lines = "  users:\n".to_owned();
    for number in (240..262).chain([0, 599]) {
        writeln!(lines, "    - {{username: user-{number:03}, ensure: absent}}").unwrap();
    }
    for number in 0..90 {
        writeln!(lines, "    - {{username: gone-{number:02}, ensure: absent}}").unwrap();
    }
    Setup::new("many users", realm(json!({"users": users(600, |_| Json::Null)})), json!({}), access(lines))
}

const GRANT: &str = "{\"domain\":{\"name\":\"Default\"},\"name\":\"acme-prod\",\"roles\":[{\"name\":\"member\"}]}";

/// All are read, since whoever has a grant that nobody lists loses it.
fn swept_users() -> Setup {
    let stray = |number: usize| match number {
        0 | 2 | 10 | 249 | 250 | 251 | 499 | 500 | 599 => {
            json!({"attributes": {"project": [GRANT, "theirs"], "shoe": ["42"]}})
        }
        _ => json!({"attributes": {"project": ["theirs"]}}),
    };
    let spec = access("  projects: [{name: acme-prod}]\n  authoritative: [grants]\n");
    let keystone = json!({"projects": [{"name": "acme-prod", "domain": "Default"}]});
    Setup::new("swept users", realm(json!({"users": users(600, stray)})), keystone, spec)
}

fn tree(outermost: usize) -> Vec<Json> {
    let group = |number: usize| {
        let path = format!("/group-{number:03}");
        let strays = if number.is_multiple_of(50) { json!({"project": [GRANT], "theirs": ["x"]}) } else { json!({}) };
        let inner = (number < 5).then(|| json!({"path": format!("{path}/inner"), "attributes": {}}));
        [json!({"path": path, "attributes": strays})].into_iter().chain(inner)
    };
    let churn = ["achurn", "group-100-churn", "zchurn"].map(|name| json!({"path": format!("/{name}")}));
    (0..outermost).flat_map(group).chain(churn).collect()
}

const GROUPS: &str = "  projects: [{name: acme-prod}]\n  authoritative: [grants]\n  groups:\n    \
    - {path: /group-001/inner, ensure: absent}\n    - {path: /group-002/inner/fresh}\n    - {path: /fresh}\n    \
    - {path: /gone, ensure: absent}\n";

fn groups() -> Setup {
    let keystone = json!({"projects": [{"name": "acme-prod", "domain": "Default"}]});
    Setup::new("groups", realm(json!({"groups": tree(60)})), keystone, access(GROUPS))
}

/// More on the outermost level than fit on a page.
fn walked_groups() -> Setup {
    let keystone = json!({"projects": [{"name": "acme-prod", "domain": "Default"}]});
    let setup = Setup::new("groups, level by level", realm(json!({"groups": tree(252)})), keystone, access(GROUPS));
    Setup { walks: true, ..setup }
}

/// More members than fit on a page; some of them go, one comes.
fn members() -> Setup {
    let everybody = users(400, |_| Json::Null);
    let names: Vec<&Json> = everybody.iter().map(|user| &user["username"]).filter(|name| *name != "user-399").collect();
    let groups = json!([{"path": "/acme", "members": names}]);
    let goes = |number: usize| format!("      - {{username: user-{number:03}, ensure: absent}}\n");
    let lines: String = [0, 100, 248, 249, 250, 251, 252, 398].map(goes).concat();
    let spec = access(format!("  groups:\n   - path: /acme\n     members:\n{lines}      - {{username: user-399}}\n"));
    Setup::new("members", realm(json!({"users": everybody, "groups": groups})), json!({}), spec)
}

/// More users who have a role than fit on a page; more of them are asked about than one by one.
fn role_users() -> Setup {
    let has = |number: usize| if number < 390 { json!({"realmRoles": ["ops"]}) } else { Json::Null };
    let mut everybody = users(400, has);
    for user in &mut everybody[400..] {
        user["realmRoles"] = json!(["ops"]);
    }
    let goes = |number: usize| {
        format!("    - {{username: user-{number:03}, ensure: existing, realmRoles: [{{name: ops, ensure: absent}}]}}\n")
    };
    let lines: String = (240..262).chain([0, 389, 395]).map(goes).collect();
    let spec = access(format!("  users:\n{lines}    - {{username: user-399, ensure: existing, realmRoles: [ops]}}\n"));
    Setup::new("users of a role", realm(json!({"roles": [{"name": "ops"}], "users": everybody})), json!({}), spec)
}

fn clients() -> Setup {
    let mapper = |name: &str| {
        json!({"name": name, "protocol": "openid-connect", "protocolMapper": "oidc-usermodel-attribute-mapper",
        "config": {"user.attribute": name, "claim.name": name}})
    };
    let clients = json!([
        {"clientId": "app", "protocolMappers": [mapper("stray"), mapper("other")]},
        {"clientId": "app-two"},
    ]);
    let lines = "  clients:\n    - clientId: app\n      dedicatedScope:\n        authoritative: [mappers]\n        \
        mappers:\n          - {name: projects, type: oidc-usermodel-attribute-mapper, userAttribute: project, \
        tokenClaim: projects}\n    - {clientId: fresh}\n    \
        - {clientId: gone, ensure: absent}\n";
    let spec = Spec { realm: lines.to_owned(), ..access("  projects: []\n") };
    Setup::new("clients and mappers", realm(json!({"clients": clients})), json!({}), spec)
}

/// Client scopes, which of them new clients get, and which ones a client has.
fn client_scopes() -> Setup {
    let mapper = json!({"name": "stray", "protocol": "openid-connect", "protocolMapper": "oidc-usermodel-attribute-mapper",
        "config": {"user.attribute": "a", "claim.name": "a"}});
    let theirs = json!({"roles": [{"name": "viewer"}, {"name": "old"}],
        "clientScopes": [{"name": "projects", "type": "optional", "protocolMappers": [mapper], "realmRoles": ["old"]},
            {"name": "stray"}],
        "clients": [{"clientId": "app", "defaultClientScopes": ["basic", "projects", "stray"], "optionalClientScopes": ["phone"]}]});
    let lines = "  clientScopes:\n    - name: projects\n      description: new\n      type: default\n      \
        authoritative: [mappers, roles]\n      realmRoles: [viewer]\n    - {name: fresh, type: optional}\n    \
        - {name: gone, ensure: absent}\n  clients:\n    - clientId: app\n      authoritative: [clientScopes]\n      \
        clientScopes: [basic, {name: projects, type: optional}]\n      \
        dedicatedScope: {realmRoles: [viewer]}\n";
    let spec = Spec { realm: lines.to_owned(), ..access("  projects: []\n") };
    Setup::new("client scopes", realm(theirs), json!({}), spec)
}

/// Where people come from, what is done with what is told of them, and the groups that they are put into.
fn directory() -> Setup {
    let mapper = |name: &str| json!({"name": name, "identityProviderMapper": "oidc-role-idp-mapper", "config": {}});
    let theirs = json!({
        "identityProviders": [{"alias": "nobodys", "providerId": "saml", "config": {}},
            {"alias": "ours", "providerId": "oidc", "config": {}, "mappers": [mapper("ours"), mapper("stray")]}],
        "groups": [{"path": "/old", "isDefault": true}, {"path": "/new"}, {"path": "/stray", "isDefault": true}],
    });
    let lines = "  authoritative: [identityProviders, defaultGroups]\n  defaultGroups: [/new]\n  identityProviders:\n    \
        - alias: ours\n      ensure: existing\n      displayName: new\n      authoritative: [mappers]\n      \
        mappers: [{name: ours, ensure: existing}, {name: fresh, type: oidc-role-idp-mapper, role: offline_access}]\n    \
        - {alias: fresh, type: oidc, clientId: x, authorizationUrl: \"https://a\", tokenUrl: \"https://b\"}\n";
    let spec = Spec { realm: lines.to_owned(), ..access("  projects: []\n") };
    Setup::new("directory", realm(theirs), json!({}), spec)
}

/// Groups of Keystone's own, and who is in them.
fn local_groups() -> Setup {
    let users = ["ann", "bob", "eve"].map(|name| json!({"name": name}));
    let keystone = json!({"users": users, "groups": [{"name": "operators", "members": ["ann", "eve"]},
        {"name": "all", "members": ["ann", "eve"]}, {"name": "past", "members": ["ann"]}]});
    let spec = access(
        "  keystone:\n    groups:\n      - {name: operators, description: new, members: [bob, {name: eve, ensure: absent}]}\n      \
         - {name: all, members: [ann], authoritative: [members]}\n      - {name: past, ensure: absent}\n      \
         - {name: fresh, members: [ann]}\n",
    );
    Setup::new("local groups", json!({}), keystone, spec)
}

/// More projects than any page shows, and those that matter at the end.
fn projects() -> Setup {
    let spec = access(
        "  projects:\n    - {name: late, ensure: absent}\n    - {name: later, description: new}\n    - {name: fresh}\n    \
         - {name: filler-01000, description: new}\n",
    );
    let early = ["p-churn-0", "p-churn-1"].map(|name| json!({"name": name, "domain": "Default"}));
    let setup = Setup::new("many projects", json!({}), json!({"projects": early, "manyProjects": 1998}), spec);
    Setup { late: &["late", "later", "p-churn-2"], ..setup }
}

/// All that Keystone lists whole.
fn keystone() -> Setup {
    let rules = json!([{"local": [{"user": {"name": "{0}"}, "domain": {"name": "Default"}}],
        "remote": [{"type": "OIDC-preferred_username"}]}]);
    let keystone = json!({
        "domains": [{"name": "old"}, {"name": "kept"}], "roles": [{"name": "auditor"}, {"name": "past"}],
        "projects": [{"name": "acme-prod", "domain": "kept"}],
        "users": [{"name": "svc", "domain": "kept"}, {"name": "leaver", "domain": "kept"}],
        "groups": [{"name": "operators"}],
        "roleAssignments": [{"role": "auditor", "user": "svc", "onDomain": "kept", "domain": "kept"}],
        "mappings": [{"id": "projects", "rules": rules, "schema_version": "2.0"}],
        "identityProviders": [{"id": "pod", "enabled": true, "remote_ids": ["urn:x"]}],
        "protocols": [{"id": "oidc", "idp_id": "pod", "mapping_id": "projects"}],
    });
    let spec = Spec {
        keystone: "    domains: [{name: old, ensure: absent}, {name: kept, description: new}, {name: fresh}]\n    \
            roles: [{name: past, ensure: absent}, {name: auditor, description: new}, {name: fresh}]\n    \
            mappings:\n      - id: projects\n        rules: [{local: [{user: {name: \"{0}\"}, domain: {name: kept}}], \
            remote: [{type: OIDC-preferred_username}]}]\n"
            .to_owned(),
        realm: "  identityProvider: {id: pod, protocol: oidc, mapping: projects, remoteIds: [\"urn:y\"]}\n".to_owned(),
        access: "  projects: [{name: acme-prod, domain: kept, description: new}]\n  keystone:\n    users:\n      \
            - {name: svc, domain: kept, description: new}\n      - {name: leaver, domain: kept, ensure: absent}\n    \
            roleAssignments:\n      - {role: auditor, user: {name: svc, domain: kept}, domain: kept, ensure: absent}\n      \
            - {role: reader, group: {name: operators}, project: {name: acme-prod, domain: kept}}\n"
            .to_owned(),
    };
    Setup::new("Keystone's own", json!({}), keystone, spec)
}
