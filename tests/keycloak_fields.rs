//! Each field that is written to Keycloak exists in its API: the representations of the `keycloak` crate, which are
//! generated from Keycloak's own description, keep it. Settings are left out: they are the operator's business.
//!
//! And the list of all fields of the servers' objects, which the reference page is made of, is theirs: of Keycloak as these
//! representations say it, of Keystone as real ones have answered (`tests/model/conformance`). `UPDATE_SCHEMAS=1` writes
//! it anew, before the page.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path as File;

use keycloak::types::{
    ClientRepresentation, ClientScopeRepresentation, GroupRepresentation, IdentityProviderMapperRepresentation,
    IdentityProviderRepresentation, ProtocolMapperRepresentation, RealmRepresentation, RoleRepresentation, UPAttribute,
    UPConfig, UPGroup, UserRepresentation,
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
use serde::de::value::Error;
use serde::de::{DeserializeOwned, Deserializer, Error as _, Visitor};
use serde::{Deserialize, Serialize, forward_to_deserialize_any};
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
        Want::Items { by: Key::Name, items, .. } => items.iter().map(json).map(said).collect(),
        Want::Items { .. } => json!(["x"]),
        Want::Known { .. } => json!("secret"),
        Want::Secret(_) | Want::Resent(_) => field.spelling.server(&json!("x")),
        Want::Issued(_) | Want::Renewed { .. } | Want::Generated => json!("x"),
    };
    let mut document = json!({});
    field.path.set(&mut document, value);
    document
}

/// An object without what it is said not to have.
fn said(mut item: Json) -> Json {
    if let Some(item) = item.as_object_mut() {
        item.retain(|_, value| !value.is_null());
    }
    item
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

/// Is asked for a representation, and learns of which fields it is made.
#[derive(Default)]
struct Names(&'static [&'static str]);

impl<'de> Deserializer<'de> for &mut Names {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, _visitor: V) -> Result<V::Value, Error> {
        Err(Error::custom("no representation"))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        fields: &'static [&'static str],
        _visitor: V,
    ) -> Result<V::Value, Error> {
        self.0 = fields;
        Err(Error::custom("the names are all that is asked for"))
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 u8 u16 u32 u64 f32 f64 char str string bytes byte_buf option unit unit_struct newtype_struct
        seq tuple tuple_struct map enum identifier ignored_any
    }
}

/// The fields of a representation.
fn fields<'de, R: Deserialize<'de>>() -> BTreeSet<String> {
    let mut names = Names::default();
    assert!(R::deserialize(&mut names).is_err());
    names.0.iter().map(|name| (*name).to_owned()).collect()
}

/// The objects of Keystone's API: in the singular, in lists, and as the page calls them.
const KEYSTONE: [(&str, &str, &str); 8] = [
    ("domain", "domains", "Keystone domain"),
    ("project", "projects", "Keystone project"),
    ("role", "roles", "Keystone role"),
    ("user", "users", "Keystone user"),
    ("group", "groups", "Keystone group"),
    ("identity_provider", "identity_providers", "Keystone identity-provider"),
    ("mapping", "mappings", "Keystone mapping"),
    ("protocol", "protocols", "Keystone protocol"),
];

/// What the stories put there that Keystone has no field for, and keeps.
const FOREIGN: [&str; 2] = ["owner", "phone"];

/// What real Keystones have shown of their objects, and what they were told of them.
fn of_keystone() -> BTreeMap<&'static str, BTreeSet<String>> {
    let mut found = BTreeMap::<_, BTreeSet<String>>::new();
    let stories = File::new(env!("CARGO_MANIFEST_DIR")).join("tests/model/conformance");
    let stories = fs::read_dir(stories).unwrap().map(|entry| entry.unwrap().path());
    let stories = stories.filter(|story| story.file_name().unwrap().to_string_lossy().starts_with("keystone-"));
    for story in stories {
        let text = fs::read_to_string(story).unwrap();
        let answers = text.lines().filter_map(|line| line.strip_prefix("  2")?.split_once(' '));
        for answer in answers.filter_map(|(_, body)| serde_json::from_str::<Json>(body).ok()) {
            for (one, many, sort) in KEYSTONE {
                let objects = answer[many].as_array().into_iter().flatten().chain([&answer[one]]);
                let keys = objects.filter_map(Json::as_object).flat_map(|object| object.keys().cloned());
                found.entry(sort).or_default().extend(keys.filter(|key| !FOREIGN.contains(&key.as_str())));
            }
        }
    }
    // It can be told, and is never shown.
    found.entry("Keystone user").or_default().insert("password".to_owned());
    found
}

#[test]
#[expect(clippy::disallowed_methods, reason = "a test has no command line to ask")]
fn the_list_of_the_servers_fields_is_theirs() {
    let keycloak = [
        ("Keycloak realm", fields::<RealmRepresentation>()),
        ("Keycloak client", fields::<ClientRepresentation>()),
        ("Keycloak client-scope", fields::<ClientScopeRepresentation>()),
        ("Keycloak protocol-mapper", fields::<ProtocolMapperRepresentation>()),
        ("Keycloak realm-role", fields::<RoleRepresentation>()),
        ("Keycloak client-role", fields::<RoleRepresentation>()),
        ("Keycloak group", fields::<GroupRepresentation>()),
        ("Keycloak user", fields::<UserRepresentation>()),
        ("Keycloak identity-provider", fields::<IdentityProviderRepresentation>()),
        ("Keycloak identity-provider-mapper", fields::<IdentityProviderMapperRepresentation>()),
        ("Keycloak user-profile", fields::<UPConfig>()),
        ("Keycloak user-profile attribute", fields::<UPAttribute>()),
        ("Keycloak user-profile group", fields::<UPGroup>()),
    ];
    let all: BTreeMap<&str, BTreeSet<String>> = keycloak.into_iter().chain(of_keystone()).collect();
    assert!(all.values().all(|fields| fields.len() > 2));
    let text = format!("{:#}\n", serde_json::to_value(all).unwrap());
    let file = File::new(env!("CARGO_MANIFEST_DIR")).join("src/schema/reference/fields.json");
    if std::env::var_os("UPDATE_SCHEMAS").is_some_and(|value| value == "1") {
        fs::write(&file, &text).unwrap();
    }
    assert!(
        fs::read_to_string(file).unwrap() == text,
        "UPDATE_SCHEMAS=1 writes the list anew, and `make schemas` the page"
    );
}
