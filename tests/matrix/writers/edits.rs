//! What people do while a run is under way.

use serde_json::{Value as Json, json};

use crate::cloud::Cloud;

/// One change by hand.
pub(super) struct Edit {
    pub(super) name: &'static str,
    change: fn(&Cloud),
}

impl Edit {
    pub(super) fn make(&self, cloud: &Cloud) {
        (self.change)(cloud);
    }
}

fn keycloak(cloud: &Cloud, kind: &str, name: &str, path: &[&str], value: Json) {
    cloud.models.keycloak.with(|model| {
        model.edit("pod", kind, name, |document| set(document, path, value));
    });
}

fn keystone(cloud: &Cloud, kind: &str, name: &str, path: &[&str], value: Json) {
    cloud.models.keystone.with(|model| {
        model.edit(kind, name, |document| set(document, path, value));
    });
}

fn set(document: &mut serde_json::Map<String, Json>, path: &[&str], value: Json) {
    match path {
        [last] => {
            document.insert((*last).to_owned(), value);
        }
        [first, rest @ ..] => {
            set(document.entry(*first).or_insert_with(|| json!({})).as_object_mut().unwrap(), rest, value);
        }
        [] => {}
    }
}

/// All of them: of what the spec manages, of what it does not, and of whether something is there at all.
pub(super) const ALL: &[Edit] = &[
    Edit {
        name: "alice is renamed",
        change: |cloud| keycloak(cloud, "users", "alice", &["firstName"], "Theirs".into()),
    },
    Edit {
        name: "alice gets a hat",
        change: |cloud| keycloak(cloud, "users", "alice", &["attributes", "hat"], json!(["9"])),
    },
    Edit {
        name: "alice gets a field",
        change: |cloud| keycloak(cloud, "users", "alice", &["futureField"], json!({"a": 1})),
    },
    Edit { name: "alice goes", change: |cloud| cloud.models.keycloak.with(|model| model.user_goes("pod", "alice")) },
    Edit {
        name: "alice goes and comes again",
        change: |cloud| {
            cloud.models.keycloak.with(|model| {
                model.user_goes("pod", "alice");
                let again =
                    json!({"username": "alice", "email": "alice@example.com", "firstName": "Old", "lastName": "Ash"});
                model.user_appears("pod", &again);
            });
        },
    },
    Edit {
        name: "bobby comes",
        change: |cloud| {
            let person = json!({"username": "bobby", "firstName": "Other", "attributes": {"hat": ["1"]}});
            cloud.models.keycloak.with(|model| {
                model.user_goes("pod", "bobby");
                model.user_appears("pod", &person);
            });
        },
    },
    Edit { name: "leaver goes", change: |cloud| cloud.models.keycloak.with(|model| model.user_goes("pod", "leaver")) },
    Edit {
        name: "the group gets a room",
        change: |cloud| keycloak(cloud, "groups", "acme", &["attributes", "room"], json!(["7"])),
    },
    Edit {
        name: "the group's floor changes",
        change: |cloud| keycloak(cloud, "groups", "acme", &["attributes", "floor"], json!(["9"])),
    },
    Edit {
        name: "the group goes",
        change: |cloud| cloud.models.keycloak.with(|model| model.group_goes("pod", "acme")),
    },
    Edit {
        name: "the new group comes",
        change: |cloud| {
            cloud.models.keycloak.with(|model| {
                model.group_goes("pod", "fresh");
                model.group_appears("pod", &json!({"path": "/fresh", "attributes": {"room": ["1"]}}));
            });
        },
    },
    Edit {
        name: "alice leaves the group",
        change: |cloud| cloud.models.keycloak.with(|model| model.member("pod", "acme", "alice", false)),
    },
    Edit {
        name: "alice loses her role",
        change: |cloud| cloud.models.keycloak.with(|model| model.role("pod", "alice", "ops", false)),
    },
    Edit {
        name: "the client is described",
        change: |cloud| keycloak(cloud, "clients", "app", &["description"], "theirs".into()),
    },
    Edit {
        name: "the client gets an attribute",
        change: |cloud| keycloak(cloud, "clients", "app", &["attributes", "room"], "7".into()),
    },
    Edit {
        name: "the new client comes",
        change: |cloud| {
            cloud.models.keycloak.with(|model| {
                model.client_goes("pod", "fresh");
                model.client_appears(
                    "pod",
                    &json!({"clientId": "fresh", "description": "theirs", "attributes": {"room": "1"}}),
                );
            });
        },
    },
    Edit {
        name: "the scope is described",
        change: |cloud| keycloak(cloud, "client-scopes", "projects", &["description"], "theirs".into()),
    },
    Edit {
        name: "the scope gets an attribute",
        change: |cloud| keycloak(cloud, "client-scopes", "projects", &["attributes", "room"], "7".into()),
    },
    Edit {
        name: "the local group is described",
        change: |cloud| keystone(cloud, "groups", "operators", &["description"], "theirs".into()),
    },
    Edit {
        name: "the domain is described",
        change: |cloud| keystone(cloud, "domains", "acme", &["description"], "theirs".into()),
    },
    Edit {
        name: "the role is described",
        change: |cloud| keystone(cloud, "roles", "auditor", &["description"], "theirs".into()),
    },
    Edit {
        name: "the project is described",
        change: |cloud| keystone(cloud, "projects", "acme-prod", &["description"], "theirs".into()),
    },
    Edit {
        name: "the project gets tags",
        change: |cloud| keystone(cloud, "projects", "acme-prod", &["tags"], json!(["theirs"])),
    },
    Edit {
        name: "the project goes",
        change: |cloud| cloud.models.keystone.with(|model| model.goes("projects", "acme-prod")),
    },
    Edit {
        name: "the new project comes",
        change: |cloud| {
            cloud.models.keystone.with(|model| {
                model.goes("projects", "fresh");
                model.project_appears(
                    &json!({"name": "fresh", "domain": "acme", "description": "theirs", "extra": {"a": 1}}),
                );
            });
        },
    },
    Edit {
        name: "the local user is described",
        change: |cloud| keystone(cloud, "users", "svc", &["description"], "theirs".into()),
    },
    Edit {
        name: "the local user goes",
        change: |cloud| cloud.models.keystone.with(|model| model.goes("users", "svc")),
    },
    Edit {
        name: "the roles of the local user go",
        change: |cloud| cloud.models.keystone.with(|model| model.assignments_go("svc")),
    },
    Edit {
        name: "the provider gets a field",
        change: |cloud| keystone(cloud, "identity_providers", "pod", &["authorization_ttl"], 30.into()),
    },
    Edit {
        name: "the provider is described",
        change: |cloud| keystone(cloud, "identity_providers", "pod", &["description"], "theirs".into()),
    },
];
