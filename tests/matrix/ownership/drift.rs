//! What people and newer servers do between two runs.

use serde_json::json;

use crate::cloud::Cloud;

/// How many kinds of drift there are.
pub(super) const KINDS: usize = 18;

/// One of them, with a value where it has one.
pub(super) fn happens(cloud: &Cloud, kind: usize, value: usize) {
    let user = ["ann", "ben", "foreign"][value % 3];
    let group = ["red", "blue"][value % 2];
    let project = ["one", "two", "foreign"][value % 3];
    let text = value.to_string();
    let grant = format!("{{\"roles\": [{{\"name\": \"r{value}\"}}], \"name\":\"{project}\"}}");
    cloud.models.keycloak.with(|keycloak| match kind {
        0 => edited(keycloak.edit("pod", "users", user, |user| drop(user.insert("firstName".to_owned(), text.into())))),
        1 => edited(keycloak.edit("pod", "users", user, |user| user["attributes"]["shoe"] = json!([text]))),
        2 => edited(keycloak.edit("pod", "users", user, |user| user["attributes"]["hat"] = json!([text, "x"]))),
        3 => drop(
            keycloak
                .edit("pod", "users", user, |user| user["attributes"]["project"] = json!([grant, "not JSON", text])),
        ),
        4 => edited(keycloak.edit("pod", "users", user, |user| {
            user.insert("futureField".to_owned(), json!({"value": value}));
        })),
        5 => keycloak.user_goes("pod", user),
        6 => edited(keycloak.edit("pod", "groups", group, |group| group["attributes"]["floor"] = json!([text]))),
        7 => edited(keycloak.edit("pod", "groups", group, |group| group["attributes"]["room"] = json!([text]))),
        8 => edited(keycloak.edit("pod", "groups", group, |group| {
            group.insert("futureField".to_owned(), json!([value]));
        })),
        9 => keycloak.member("pod", group, user, value.is_multiple_of(2)),
        10 => {
            keycloak.role("pod", user, if value.is_multiple_of(5) { "theirs" } else { "ops" }, value.is_multiple_of(2));
        }
        11 => edited(keycloak.edit("pod", "clients", "app", |client| {
            client.insert("description".to_owned(), text.into());
        })),
        12 => edited(keycloak.edit("pod", "clients", "app", |client| {
            client.insert("clientAuthenticatorType".to_owned(), format!("future-{value}").into());
        })),
        13 => {
            let name = format!("stranger-{value}");
            keycloak.user_goes("pod", &name);
            keycloak.user_appears("pod", &json!({"username": name, "attributes": {"project": [grant]}}));
        }
        _ => {}
    });
    cloud.models.keystone.with(|keystone| match kind {
        14 => edited(keystone.edit("projects", project, |project| {
            drop(project.insert("description".to_owned(), value.to_string().into()));
        })),
        15 => edited(keystone.edit("projects", project, |project| {
            project.insert("future".to_owned(), json!({"value": value}));
        })),
        16 => keystone.goes("projects", project),
        17 => keystone.assignments_go("svc"),
        _ => {}
    });
}

/// Whoever is not there is not changed.
fn edited(_: bool) {}
