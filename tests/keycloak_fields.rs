//! Each field that is written to Keycloak exists in its API: the representations of the `keycloak` crate, which are
//! generated from Keycloak's own description, keep it. Settings are left out: they are the operator's business.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path as File;

use keycloak::types::{
    ClientRepresentation, ClientScopeRepresentation, GroupRepresentation, IdentityProviderMapperRepresentation,
    IdentityProviderRepresentation, ProtocolMapperRepresentation, RealmRepresentation, RoleRepresentation, UPConfig,
    UserRepresentation,
};
use opcp_provision::backend::behaviour;
use opcp_provision::diagnostic::Diagnostics;
use opcp_provision::model::Json;
use opcp_provision::model::address::{Address, KeycloakKind};
use opcp_provision::model::path::Path;
use opcp_provision::model::step::{Action, Part, Step};
use opcp_provision::model::value::{Key, Value};
use opcp_provision::model::wanted::{Field, Want, Wanted};
use opcp_provision::pipeline;
use opcp_provision::resource::Body;
use opcp_provision::spec::{KINDS, load};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::json;

/// All that the specs of the scenarios ask of Keycloak.
fn asked() -> Vec<(KeycloakKind, Wanted)> {
    let folder = File::new(env!("CARGO_MANIFEST_DIR")).join("tests/scenarios");
    let specs = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path().join("spec.yaml"));
    specs.filter(|spec| spec.is_file()).flat_map(|spec| of_spec(&spec)).collect()
}

fn of_spec(spec: &File) -> Vec<(KeycloakKind, Wanted)> {
    let text = fs::read_to_string(spec).unwrap();
    let text = text.replace("{{keycloak}}", "https://keycloak.example.com");
    let text = text.replace("{{keystone}}", "https://keystone.example.com");
    let mut diagnostics = Diagnostics::new();
    let loaded = load::read(&["-".into()], text.as_bytes(), &KINDS, &mut diagnostics);
    let understood = pipeline::understand(loaded, None, &mut diagnostics);
    let wanted = understood.map(|spec| spec.wanted).unwrap_or_default();
    let keycloak = wanted.into_iter().filter_map(|wanted| match wanted.address {
        Address::Keycloak { kind, .. } => Some((kind, wanted)),
        Address::Keystone { .. } | Address::Sink { .. } => None,
    });
    keycloak.collect()
}

/// A document with this field alone.
fn document(field: &Field) -> Json {
    let value = match &field.want {
        Want::Identity(value) | Want::Once(value) | Want::Fixed(value) | Want::Is(value) => json(value),
        Want::Items { by: Key::Name, items, .. } => items.iter().map(json).collect(),
        Want::Items { .. } => json!(["x"]),
        Want::Known { .. } => json!("secret"),
        Want::Secret(_) | Want::Resent(_) => field.spelling.server(&json!("x")),
        Want::Issued(_) | Want::Renewed { .. } | Want::Generated => json!("x"),
    };
    let mut document = json!({});
    field.path.set(&mut document, value);
    document
}

fn json(value: &Value) -> Json {
    match value {
        Value::Json(value) => value.clone(),
        Value::Id(_) => json!("id"),
    }
}

/// Whether a representation keeps the field.
fn keeps<R: DeserializeOwned + Serialize>(path: &Path, document: &Json) -> bool {
    let representation: R = serde_json::from_value(document.clone()).unwrap();
    path.get(&serde_json::to_value(representation).unwrap()) == path.get(document)
}

#[test]
fn every_field_that_is_written_is_in_keycloaks_api() {
    let mut kinds = BTreeSet::new();
    for (kind, wanted) in asked() {
        for field in wanted.fields.iter().filter(|field| !field.word.starts_with("settings.")) {
            let document = document(field);
            let kept = match kind {
                KeycloakKind::Realm => keeps::<RealmRepresentation>(&field.path, &document),
                KeycloakKind::ClientScope => keeps::<ClientScopeRepresentation>(&field.path, &document),
                KeycloakKind::Client => keeps::<ClientRepresentation>(&field.path, &document),
                KeycloakKind::IdentityProvider => keeps::<IdentityProviderRepresentation>(&field.path, &document),
                KeycloakKind::IdentityProviderMapper => {
                    keeps::<IdentityProviderMapperRepresentation>(&field.path, &document)
                }
                KeycloakKind::ProtocolMapper => keeps::<ProtocolMapperRepresentation>(&field.path, &document),
                KeycloakKind::Group => keeps::<GroupRepresentation>(&field.path, &document),
                KeycloakKind::User => keeps::<UserRepresentation>(&field.path, &document),
                KeycloakKind::RealmRole | KeycloakKind::ClientRole => {
                    keeps::<RoleRepresentation>(&field.path, &document)
                }
                KeycloakKind::UserProfile => keeps::<UPConfig>(&field.path, &document),
                // Which list a scope is in is said by the route.
                KeycloakKind::AssignedScope => continue,
                KeycloakKind::Membership
                | KeycloakKind::DefaultGroup
                | KeycloakKind::Composite
                | KeycloakKind::ScopeMapping
                | KeycloakKind::ServiceAccount
                | KeycloakKind::ClientSecret
                | KeycloakKind::RoleMapping => false,
            };
            assert!(kept, "{}: {} is written as {}", wanted.address, field.word, field.path);
            kinds.insert(kind);
        }
    }
    assert_eq!(kinds.len(), 11, "every kind that has fields is asked for by some scenario");
}

#[test]
fn a_role_is_given_by_fields_that_are_in_keycloaks_api() {
    let address: Address = "keycloak/pod/role-mapping/realm/ops/user/alice".parse().unwrap();
    let Wanted { requires, document, .. } = (behaviour(&address).bare)(address.clone());
    let ids = requires.iter().map(|address| (address.clone(), "id".to_owned())).collect();
    let step = Step {
        address,
        action: Action::Create,
        part: Part::Only,
        fields: vec![],
        requires,
        document,
        id: None,
        renamed_from: None,
        source: None,
    };
    let request = (behaviour(&step.address).write)(&step, &ids).unwrap();
    let Body::This(roles) = request.body else { unreachable!("a list of roles is sent") };
    let read: Vec<RoleRepresentation> = serde_json::from_value(roles.clone()).unwrap();
    let kept = |role: &RoleRepresentation| json!({"id": role.id, "name": role.name});
    assert_eq!(read.iter().map(kept).collect::<Json>(), roles);
}
