//! An entry of a clouds.yaml, with its secret in it or in a secure.yaml beside it: openstacksdk lays both over each other.

use serde_json::{Map, json};

use super::dialect::Dialect;
use super::entry::{parse, replace};
use super::{Access, words};
use crate::model::Json;
use crate::secret::Secret;

const CLOUDS: &str = "clouds";

/// The words of another login that stand in the entry itself.
const AROUND: [&str; 2] = ["profile", "system_scope"];

fn entry(text: &str, cloud: &str) -> Result<Option<Map<String, Json>>, String> {
    let file = parse(text)?;
    let entry = file.get(CLOUDS).and_then(|clouds| clouds.get(cloud));
    match entry {
        None | Some(Json::Null) => Ok(None),
        Some(Json::Object(entry)) => Ok(Some(entry.clone())),
        Some(_) => Err(format!("its cloud `{cloud}` is no mapping")),
    }
}

/// What the entry tells, with what a secure.yaml says of it; nothing if there is none.
pub(super) fn read(text: &str, secrets: Option<&str>, cloud: &str, dialect: Dialect) -> Result<Option<Access>, String> {
    let Some(found) = entry(text, cloud)? else { return Ok(None) };
    let apart = secrets.map(|secrets| entry(secrets, cloud)).transpose()?.flatten();
    let (inner, apart) = (auth(&found), apart.map(|apart| auth(&apart)).unwrap_or_default());
    let text = |entry: &Map<String, Json>, key: &str| entry.get(key).and_then(Json::as_str).map(str::to_owned);
    let inside = dialect.others.iter().filter(|word| inner.contains_key(**word) || apart.contains_key(**word));
    let around = dialect.others.iter().filter(|word| AROUND.contains(word) && found.contains_key(**word));
    let auth_type = text(&found, "auth_type");
    Ok(Some(Access {
        words: words(dialect, auth_type.as_deref(), |name| text(&apart, name).or_else(|| text(&inner, name))),
        secret: text(&apart, dialect.secret).or_else(|| text(&inner, dialect.secret)).map(Secret::new),
        region: text(&found, "region_name"),
        ca_file: text(&found, "cacert"),
        secure_yaml: apart.contains_key(dialect.secret),
        others: inside.chain(around).map(|word| (*word).to_owned()).collect(),
        ..Access::default()
    }))
}

fn auth(entry: &Map<String, Json>) -> Map<String, Json> {
    entry.get("auth").and_then(Json::as_object).cloned().unwrap_or_default()
}

/// The file with the entry that tells `told`. What else the entry says stays.
pub(super) fn write(text: &str, told: &Access, cloud: &str, dialect: Dialect) -> Result<String, String> {
    let mut found = entry(text, cloud)?.unwrap_or_default();
    let mut auth = auth(&found);
    auth.retain(|word, _| !dialect.others.contains(&word.as_str()) && word != dialect.secret);
    found.retain(|word, _| !(AROUND.contains(&word.as_str()) && dialect.others.contains(&word.as_str())));
    for (word, value) in told.told(dialect) {
        auth.insert(word.to_owned(), value.into());
    }
    if let Some(secret) = told.secret.as_ref().filter(|_| !told.secure_yaml) {
        auth.insert(dialect.secret.to_owned(), secret.expose().into());
    }
    if !dialect.takes(found.get("auth_type").and_then(Json::as_str)) {
        found.insert("auth_type".to_owned(), dialect.auth_type.into());
    }
    found.insert("auth".to_owned(), auth.into());
    for (word, value) in [("region_name", &told.region), ("cacert", &told.ca_file)] {
        match value {
            Some(value) => drop(found.insert(word.to_owned(), value.as_str().into())),
            None => drop(found.shift_remove(word)),
        }
    }
    for (word, value) in [("interface", json!("public")), ("identity_api_version", json!(3))] {
        found.entry(word).or_insert(value);
    }
    replace(text, CLOUDS, cloud, &found.into())
}

/// The file of secrets with, or without, the one of this entry; nothing if it need not be written. Who logs in stands there,
/// too: it counts for more than the other file's, so that no reader ever finds one with the secret of another.
pub(super) fn write_apart(
    secrets: Option<&str>,
    told: &Access,
    cloud: &str,
    dialect: Dialect,
) -> Result<Option<String>, String> {
    let text = secrets.unwrap_or_default();
    let mut found = entry(text, cloud)?.unwrap_or_default();
    let mut auth = auth(&found);
    let before = auth.clone();
    let who = dialect.told.first().map_or("", |(_, name)| name);
    auth.retain(|word, _| !dialect.others.contains(&word.as_str()) && ![who, dialect.secret].contains(&word.as_str()));
    if let (Some(id), Some(secret), true) = (told.who(), &told.secret, told.secure_yaml) {
        auth.insert(who.to_owned(), id.into());
        auth.insert(dialect.secret.to_owned(), secret.expose().into());
    }
    if auth == before {
        return Ok(None);
    }
    found.insert("auth".to_owned(), auth.into());
    replace(text, CLOUDS, cloud, &found.into()).map(Some)
}
