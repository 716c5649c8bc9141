//! The JSON Schema of a spec, as strict as the loader as far as a schema can be: unknown fields and nulls are refused.
//! Not in it: references between documents, and what a value means.

use schemars::generate::SchemaSettings;
use schemars::transform::RecursiveTransform;
use schemars::{Schema, SchemaGenerator};
use serde_json::{Map, json};

use crate::model::Json;
use crate::spec::access::Access;
use crate::spec::application_credential::ApplicationCredential;
use crate::spec::environment::Environment;
use crate::spec::load::{API_VERSION, MAX_NAME};
use crate::spec::realm::Realm;

/// A version of the language of schemas.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Draft {
    /// 2020-12.
    Newest,
    /// Draft-07, the one that every editor reads.
    Seven,
}

/// The schema of one document of any of these kinds.
#[must_use]
pub fn schema(draft: Draft, kinds: &[&str]) -> Json {
    let settings = match draft {
        Draft::Newest => SchemaSettings::draft2020_12(),
        Draft::Seven => SchemaSettings::draft07(),
    };
    let (meta_schema, definitions_at) = (settings.meta_schema.clone(), settings.definitions_path.clone());
    let mut generator =
        settings.with(|settings| settings.transforms.insert(0, Box::new(RecursiveTransform(strict)))).into_generator();
    let cases: Vec<Json> = kinds.iter().map(|kind| case(kind, &spec_of(kind, &mut generator))).collect();
    let definitions = generator.take_definitions(true);
    let mut schema = json!({
        "$schema": meta_schema,
        "title": "opcp-provision",
        "description": "One document of a spec: who may do what on an OpenStack cloud behind Keycloak.",
        "type": "object",
        "properties": {
            "apiVersion": {"description": "The version of the language.", "const": API_VERSION},
            "kind": {"description": "What the document is about.", "enum": kinds},
            "metadata": {
                "description": "What the document is called.",
                "type": "object",
                "properties": {"name": {
                    "description": "The name by which other documents refer to it.",
                    "type": "string",
                    "maxLength": MAX_NAME,
                    "pattern": "^[a-z0-9]([-.a-z0-9]*[a-z0-9])?$",
                }},
                "required": ["name"],
                "additionalProperties": false,
            },
            "spec": {"description": "What is declared.", "type": "object"},
        },
        "required": ["apiVersion", "kind", "metadata", "spec"],
        "additionalProperties": false,
        "allOf": cases,
    });
    let definitions_at = definitions_at.trim_matches('/').to_owned();
    if let Some(schema) = schema.as_object_mut() {
        schema.insert(definitions_at, Json::Object(definitions));
    }
    schema
}

/// A schema as the text of a file.
#[must_use]
pub fn text(schema: &Json) -> String {
    format!("{schema:#}\n")
}

/// What holds of a document of this kind.
fn case(kind: &str, spec: &Schema) -> Json {
    json!({
        "if": {"properties": {"kind": {"const": kind}}, "required": ["kind"]},
        "then": {"properties": {"spec": spec}},
    })
}

/// The schema of the `spec` of this kind.
pub(super) fn spec_of(kind: &str, generator: &mut SchemaGenerator) -> Schema {
    match kind {
        "Environment" => generator.subschema_for::<Environment>(),
        "Realm" => generator.subschema_for::<Realm>(),
        "Access" => generator.subschema_for::<Access>(),
        _ => generator.subschema_for::<ApplicationCredential>(),
    }
}

/// Makes a schema refuse null, and rids it of what is not for editors.
fn strict(schema: &mut Schema) {
    refuse_null(schema);
    let Some(schema) = schema.as_object_mut() else { return };
    schema.retain(|keyword, _| !keyword.starts_with("x-"));
    // Those of whole objects and lists say nothing that is not said of their fields.
    if schema.get("default").is_some_and(|default| default.is_null() || default.is_object() || default.is_array()) {
        schema.shift_remove("default");
    }
    plain(schema);
}

/// Texts in one line, and numbers in the words that every reader of schemas knows.
pub(super) fn plain(schema: &mut Map<String, Json>) {
    if let Some(Json::String(text)) = schema.get_mut("description") {
        *text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    }
    if schema.get("format").and_then(Json::as_str) == Some("uint32") {
        schema.shift_remove("format");
        schema.insert("maximum".to_owned(), u32::MAX.into());
    }
}

/// An optional field is one that may be absent; null is never a value.
pub(super) fn refuse_null(schema: &mut Schema) {
    let Some(schema) = schema.as_object_mut() else { return };
    let is_null = |one: &Json| one.get("type").and_then(Json::as_str) == Some("null");
    if let Some(Json::Array(types)) = schema.get_mut("type") {
        types.retain(|name| name.as_str() != Some("null"));
        if let [only] = types.as_slice() {
            let only = only.clone();
            schema.insert("type".to_owned(), only);
        }
    }
    if let Some(Json::Array(mut choices)) = schema.shift_remove("anyOf") {
        choices.retain(|choice| !is_null(choice));
        match choices.as_slice() {
            [Json::Object(only)] => only.iter().for_each(|(keyword, value)| {
                schema.entry(keyword).or_insert_with(|| value.clone());
            }),
            _ => {
                schema.insert("anyOf".to_owned(), Json::Array(choices));
            }
        }
    }
}
