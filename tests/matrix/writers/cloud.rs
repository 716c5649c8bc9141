//! The cloud that is written to from two sides: one of everything, some of it to be made, some to be changed, some to go.

use serde_json::json;

use crate::cloud::{Cloud, Spec, State};

const RULES: &str =
    "[{local: [{user: {name: \"{0}\"}, domain: {name: acme}}], remote: [{type: OIDC-preferred_username}]}]";

pub(super) fn start() -> Cloud {
    let mapper = json!({"name": "old", "protocol": "openid-connect", "protocolMapper": "oidc-usermodel-attribute-mapper",
        "config": {"user.attribute": "x", "claim.name": "x"}});
    let person = |name: &str| {
        json!({"username": name, "firstName": "Old", "lastName": "Ash", "email": format!("{name}@example.com"),
            "attributes": {"theirs": ["1"], "project": ["theirs"]}})
    };
    let realm = json!({
        "unmanagedAttributePolicy": "ADMIN_EDIT",
        "roles": [{"name": "ops"}],
        "clientScopes": [{"name": "projects", "description": "old", "attributes": {"theirs": "1"}}],
        "users": [person("alice"), person("leaver"), person("other")],
        "groups": [{"path": "/acme", "attributes": {"theirs": ["1"]}, "members": ["leaver"]}],
        "clients": [{"clientId": "app", "description": "old", "attributes": {"theirs": "1"}, "protocolMappers": [mapper]}],
    });
    let rules = json!([{"local": [{"user": {"name": "{0}"}, "domain": {"name": "Default"}}],
        "remote": [{"type": "OIDC-preferred_username"}]}]);
    let keystone = json!({
        "domains": [{"name": "acme", "description": "old"}],
        "roles": [{"name": "auditor", "description": "old"}],
        "projects": [{"name": "acme-prod", "domain": "acme", "description": "old"}, {"name": "other", "domain": "acme"}],
        "users": [{"name": "svc", "domain": "acme", "description": "old"}],
        "groups": [{"name": "operators"}],
        "roleAssignments": [{"role": "reader", "user": "svc", "onDomain": "acme", "domain": "acme"}],
        "mappings": [{"id": "people", "rules": rules, "schema_version": "2.0"}],
        "identityProviders": [{"id": "pod", "enabled": true, "remote_ids": ["urn:x"], "description": "old"}],
        "protocols": [{"id": "oidc", "idp_id": "pod", "mapping_id": "people"}],
    });
    let cloud = Cloud::new(&json!({"realms": {"pod": realm}}), &keystone);
    cloud.write("spec.yaml", &spec());
    cloud.write("other.yaml", &other());
    cloud
}

fn spec() -> Spec {
    Spec {
        keystone: format!(
            "    domains: [{{name: acme, description: ours}}]\n    roles: [{{name: auditor, description: ours}}, {{name: fresh}}]\n    \
             mappings:\n      - {{id: people, rules: {RULES}}}\n"
        ),
        realm: "  identityProvider: {id: pod, protocol: oidc, mapping: people, domain: Default, description: ours, remoteIds: [\"urn:y\"]}\n  \
            clientScopes: [{name: projects, description: ours}, {name: fresh-scope}]\n  defaultGroups: [/fresh]\n  \
            clients:\n    - {clientId: app, description: ours, clientScopes: [projects, fresh-scope], dedicatedScope: {mappers: [{name: projects, \
            type: oidc-usermodel-attribute-mapper, userAttribute: project, tokenClaim: projects}, {name: old, \
            type: oidc-usermodel-attribute-mapper, ensure: absent}]}}\n    \
            - {clientId: fresh, description: ours}\n"
            .to_owned(),
        access: "  projects: [{name: acme-prod, domain: acme, description: ours}, {name: fresh, domain: acme, description: ours}]\n  \
            groups:\n    - {path: /acme, attributes: {floor: [\"2\"]}, members: [alice, {username: leaver, ensure: absent}]}\n    \
            - {path: /fresh, members: [alice]}\n  users:\n    \
            - {username: alice, email: alice@example.com, firstName: Alice, lastName: Ash, attributes: {shoe: [\"42\"]}, realmRoles: [ops], \
            grants: [{project: acme-prod, domain: acme, roles: [member]}]}\n    \
            - {username: bobby, email: bobby@example.com, firstName: Bob, lastName: Birch, attributes: {shoe: [\"43\"]}}\n    \
            - {username: leaver, ensure: absent}\n  keystone:\n    users:\n      - {name: svc, domain: acme, description: ours}\n    \
            groups:\n      - {name: operators, description: ours, members: [{name: svc, domain: acme}]}\n    \
            roleAssignments:\n      - {role: auditor, user: {name: svc, domain: acme}, project: {name: acme-prod, domain: acme}}\n      \
            - {role: reader, user: {name: svc, domain: acme}, domain: acme, ensure: absent}\n"
            .to_owned(),
    }
}

/// Another spec that speaks of some of the same, and of more.
fn other() -> Spec {
    Spec {
        keystone: "    domains: [{name: acme, description: others}]\n    roles: [{name: second}]\n".to_owned(),
        realm: "  clientScopes: [{name: projects, displayOrder: 7}]\n  clients:\n    - {clientId: app, name: Others}\n"
            .to_owned(),
        access: "  projects: [{name: other, domain: acme, description: others}]\n  groups:\n    \
            - {path: /acme, attributes: {room: [\"7\"]}, members: [other]}\n    - {path: /fresh}\n  users:\n    \
            - {username: alice, ensure: existing, attributes: {hat: [\"7\"]}, grants: [{project: other, domain: acme, roles: [reader]}]}\n    \
            - {username: bobby, email: bobby@example.com, firstName: Bob, lastName: Birch, attributes: {hat: [\"9\"]}}\n"
            .to_owned(),
    }
}

/// What the other spec has asked for and is not there: of things that both speak of, each keeps its part.
pub(super) fn lost(state: &State) -> Option<String> {
    let asked = [
        ("keycloak/pod/user/alice", "\"hat\":[\"7\"]"),
        ("keycloak/pod/user/alice", "other"),
        ("keycloak/pod/user/bobby", "\"hat\":[\"9\"]"),
        ("keycloak/pod/group/acme", "\"room\":[\"7\"]"),
        ("keycloak/pod/client/app", "\"name\":\"Others\""),
        ("keycloak/pod/client/app", "\"theirs\":\"1\""),
        ("keycloak/pod/client-scope/projects", "\"gui.order\":\"7\""),
        ("keycloak/pod/client-scope/projects", "ours"),
        ("keycloak/pod/client-scope/projects", "\"theirs\":\"1\""),
        ("keystone/project/acme/other", "others"),
        ("keycloak/pod/user/alice", "\"shoe\":[\"42\"]"),
        ("keycloak/pod/user/alice", "\"theirs\":[\"1\"]"),
        ("keystone/domain/acme", "ours"),
    ];
    let missing = |(address, text): &&(&str, &str)| state.get(*address).is_none_or(|object| !object.contains(text));
    asked.iter().find(missing).map(|(address, text)| format!("{address} has no {text}: {:?}", state.get(*address)))
}
