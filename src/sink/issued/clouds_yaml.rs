//! An entry of a clouds.yaml, with its secret in it or in a secure.yaml beside it: openstacksdk lays both over each other.

use serde_json::{Map, json};

use super::entry::{parse, replace};
use super::{Access, OTHERS};
use crate::model::Json;
use crate::secret::Secret;

const CLOUDS: &str = "clouds";
const KIND: &str = "v3applicationcredential";
const ID: &str = "application_credential_id";
const SECRET: &str = "application_credential_secret";

/// The words of the entry itself that speak of another way to log in, or of a project.
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
pub(super) fn read(text: &str, secrets: Option<&str>, cloud: &str) -> Result<Option<Access>, String> {
    let Some(found) = entry(text, cloud)? else { return Ok(None) };
    let apart = secrets.map(|secrets| entry(secrets, cloud)).transpose()?.flatten();
    let auth = |entry: &Map<String, Json>| entry.get("auth").and_then(Json::as_object).cloned().unwrap_or_default();
    let (inner, apart) = (auth(&found), apart.map(|apart| auth(&apart)).unwrap_or_default());
    let text = |entry: &Map<String, Json>, key: &str| entry.get(key).and_then(Json::as_str).map(str::to_owned);
    let is_ours = text(&found, "auth_type").as_deref() == Some(KIND);
    let others = OTHERS.iter().filter(|word| inner.contains_key(**word) || apart.contains_key(**word));
    let around = AROUND.iter().filter(|word| found.contains_key(**word));
    Ok(Some(Access {
        credential: text(&apart, ID).or_else(|| text(&inner, ID)).filter(|_| is_ours),
        secret: text(&apart, SECRET).or_else(|| text(&inner, SECRET)).map(Secret::new),
        auth_url: text(&inner, "auth_url"),
        region: text(&found, "region_name"),
        ca_file: text(&found, "cacert"),
        secure_yaml: apart.contains_key(SECRET),
        others: others.chain(around).map(|word| (*word).to_owned()).collect(),
        ..Access::default()
    }))
}

/// The file with the entry that tells `told`. What else the entry says stays.
pub(super) fn write(text: &str, told: &Access, cloud: &str) -> Result<String, String> {
    let mut found = entry(text, cloud)?.unwrap_or_default();
    let mut auth = found.get("auth").and_then(Json::as_object).cloned().unwrap_or_default();
    auth.retain(|word, _| !OTHERS.contains(&word.as_str()) && word != SECRET);
    found.retain(|word, _| !AROUND.contains(&word.as_str()));
    for (word, value) in told.words() {
        if let Some(value) = value {
            auth.insert(word.to_owned(), value.into());
        }
    }
    if let Some(secret) = told.secret.as_ref().filter(|_| !told.secure_yaml) {
        auth.insert(SECRET.to_owned(), secret.expose().into());
    }
    found.insert("auth_type".to_owned(), KIND.into());
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

/// The file of secrets with, or without, the one of this entry; nothing if it need not be written. The id stands there, too:
/// it counts for more than the other file's, so that no reader ever finds one with the secret of another.
pub(super) fn write_apart(secrets: Option<&str>, told: &Access, cloud: &str) -> Result<Option<String>, String> {
    let text = secrets.unwrap_or_default();
    let mut found = entry(text, cloud)?.unwrap_or_default();
    let mut auth = found.get("auth").and_then(Json::as_object).cloned().unwrap_or_default();
    let before = auth.clone();
    auth.retain(|word, _| !OTHERS.contains(&word.as_str()) && ![ID, SECRET].contains(&word.as_str()));
    if let (Some(id), Some(secret), true) = (&told.credential, &told.secret, told.secure_yaml) {
        auth.insert(ID.to_owned(), id.as_str().into());
        auth.insert(SECRET.to_owned(), secret.expose().into());
    }
    if auth == before {
        return Ok(None);
    }
    found.insert("auth".to_owned(), auth.into());
    replace(text, CLOUDS, cloud, &found.into()).map(Some)
}
