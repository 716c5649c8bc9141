//! How Keycloak reads a body: broken JSON, wrong types and unknown keys are refused with its own words.
//!
//! Which keys a representation has comes from the types of the `keycloak` crate, which are generated
//! from the server's own description of its interface.

use std::fmt;

use keycloak::types::{
    ClientRepresentation, ClientScopeRepresentation, CredentialRepresentation, GroupRepresentation,
    IdentityProviderMapperRepresentation, IdentityProviderRepresentation, ProtocolMapperRepresentation,
    RealmRepresentation, RoleRepresentation, UPConfig, UserRepresentation,
};
use serde::de::{DeserializeOwned, Deserializer, Visitor};
use serde_json::{Map, Value as Json, json};

use crate::model::{Answer, Request};

/// What the fields of a server of the future begin with, which nobody knows yet.
const NEWER: &str = "future";

/// Replaces the fields that nobody knows yet by those of a body: what is not mentioned goes.
pub(super) fn renew(document: &mut Map<String, Json>, body: &Map<String, Json>) {
    document.retain(|key, _| !key.starts_with(NEWER));
    let newer = body.iter().filter(|(key, _)| key.starts_with(NEWER));
    document.extend(newer.map(|(key, value)| (key.clone(), value.clone())));
}

/// A body or an entry of one: its name in messages and the keys that it may have.
pub(super) struct Shape {
    name: &'static str,
    keys: &'static [&'static str],
    fits: fn(&Json) -> bool,
    inside: Option<Inside>,
}

/// The key of a list, and the shape of its entries.
type Inside = (&'static str, fn() -> Shape);

pub(super) fn client() -> Shape {
    Shape { inside: Some(("protocolMappers", mapper)), ..shape::<ClientRepresentation>("ClientRepresentation") }
}

pub(super) fn client_scope() -> Shape {
    Shape {
        inside: Some(("protocolMappers", mapper)),
        ..shape::<ClientScopeRepresentation>("ClientScopeRepresentation")
    }
}

pub(super) fn mapper() -> Shape {
    shape::<ProtocolMapperRepresentation>("ProtocolMapperRepresentation")
}

pub(super) fn identity_provider() -> Shape {
    shape::<IdentityProviderRepresentation>("IdentityProviderRepresentation")
}

pub(super) fn identity_provider_mapper() -> Shape {
    shape::<IdentityProviderMapperRepresentation>("IdentityProviderMapperRepresentation")
}

pub(super) fn group() -> Shape {
    shape::<GroupRepresentation>("GroupRepresentation")
}

pub(super) fn role() -> Shape {
    shape::<RoleRepresentation>("RoleRepresentation")
}

pub(super) fn realm() -> Shape {
    shape::<RealmRepresentation>("RealmRepresentation")
}

pub(super) fn user() -> Shape {
    Shape { inside: Some(("credentials", credential)), ..shape::<UserRepresentation>("UserRepresentation") }
}

pub(super) fn profile() -> Shape {
    shape::<UPConfig>("UPConfig")
}

fn credential() -> Shape {
    shape::<CredentialRepresentation>("CredentialRepresentation")
}

/// Reads a body that must have this shape. `lenient` first turns what the server accepts in several
/// spellings into the one that the type knows.
pub(super) fn read(
    request: &Request,
    shape: &Shape,
    lenient: fn(&mut Map<String, Json>),
) -> Result<Map<String, Json>, Answer> {
    if request.bytes.is_empty() {
        return Err(unknown_error());
    }
    if request.header("content-type").is_none_or(|kind| !kind.starts_with("application/json")) {
        return Err(Answer::error(415, "The content-type header value did not match the value in @Consumes"));
    }
    let Some(Json::Object(mut body)) = request.json() else {
        return Err(cannot_parse("invalid_request"));
    };
    body.retain(|_, value| !value.is_null());
    lenient(&mut body);
    check(&body, shape)?;
    Ok(body)
}

/// The answer to a mistake that the server did not foresee.
pub(super) fn unknown_error() -> Answer {
    let text = "For more on this error consult the server log.";
    Answer::json(500, &json!({"error": "unknown_error", "error_description": text}))
}

fn cannot_parse(error: &str) -> Answer {
    Answer::json(400, &json!({"error": error, "error_description": "Cannot parse the JSON"}))
}

/// The answer to a conflict that the server noticed in its database only.
pub(super) fn duplicate() -> Answer {
    Answer::json(409, &json!({"error": "conflict", "error_description": "Duplicate resource error"}))
}

fn check(body: &Map<String, Json>, shape: &Shape) -> Result<(), Answer> {
    let known = |key: &String| shape.keys.contains(&key.as_str()) || key.starts_with(NEWER);
    if let Some(unknown) = body.keys().find(|key| !known(key)) {
        let text = format!(
            "Invalid json representation for {}. Unrecognized field \"{unknown}\" at line 1 column 1.",
            shape.name
        );
        return Err(Answer::error(400, &text));
    }
    if !(shape.fits)(&Json::Object(body.clone())) {
        return Err(cannot_parse("unknown_error"));
    }
    if let Some((key, inner)) = shape.inside {
        for entry in body.get(key).and_then(Json::as_array).into_iter().flatten() {
            check(entry.as_object().ok_or_else(|| cannot_parse("unknown_error"))?, &inner())?;
        }
    }
    Ok(())
}

fn shape<T: DeserializeOwned>(name: &'static str) -> Shape {
    Shape { name, keys: keys::<T>(), fits: |body| T::deserialize(body).is_ok(), inside: None }
}

/// The names that serde reads into a struct.
fn keys<T: DeserializeOwned>() -> &'static [&'static str] {
    let mut found: &'static [&'static str] = &[];
    // The deserializer only listens: it always stops with an error.
    let _stopped = T::deserialize(Listener(&mut found));
    found
}

struct Listener<'a>(&'a mut &'static [&'static str]);

impl<'de> Deserializer<'de> for Listener<'_> {
    type Error = Stopped;

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        fields: &'static [&'static str],
        _visitor: V,
    ) -> Result<V::Value, Stopped> {
        *self.0 = fields;
        Err(Stopped)
    }

    fn deserialize_any<V: Visitor<'de>>(self, _visitor: V) -> Result<V::Value, Stopped> {
        Err(Stopped)
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit
        unit_struct newtype_struct seq tuple tuple_struct map enum identifier ignored_any
    }
}

/// The listener has heard what it wanted.
#[derive(Debug)]
struct Stopped;

impl fmt::Display for Stopped {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("stopped listening")
    }
}

impl std::error::Error for Stopped {}

impl serde::de::Error for Stopped {
    fn custom<T: fmt::Display>(_message: T) -> Self {
        Stopped
    }
}
