//! `settings` of a client or realm: the server's own fields, by their own names. Which ones are refused is said in
//! `resolve`.

use serde_json::Map;

use crate::model::Json;
use crate::model::declared::At;
use crate::model::path::Path;
use crate::model::spelling::Spelling;
use crate::model::value::{Key, Owned, Value};
use crate::model::wanted::{Field, Want};

/// Objects whose values are all texts, and whose booleans and numbers people write as such.
const TEXTS: [&str; 3] = ["attributes", "smtpServer", "browserSecurityHeaders"];

/// One field for each leaf of the settings.
pub(super) fn fields(settings: &Map<String, Json>, at: &At) -> Vec<Field> {
    settings.iter().flat_map(|(key, value)| leaves(value, &Path::new([key.as_str()]), &at.field(key))).collect()
}

fn leaves(value: &Json, path: &Path, at: &At) -> Vec<Field> {
    if let Json::Object(map) = value {
        return map.iter().flat_map(|(key, value)| leaves(value, &path.child(key), &at.field(key))).collect();
    }
    let is_text = path.keys().first().is_some_and(|key| TEXTS.contains(&key.as_str()));
    let want = match value {
        Json::Array(items) => {
            let items = items.iter().cloned().map(Value::Json).collect();
            Want::Items { by: Key::Whole, owned: Owned::All, items }
        }
        Json::Bool(_) | Json::Number(_) if is_text => Want::Is(Value::Json(Json::String(value.to_string()))),
        value => Want::Is(Value::Json(value.clone())),
    };
    let word = format!("settings.{path}");
    vec![Field { word, path: path.clone(), spelling: Spelling::Same, want, source: Some(at.source()) }]
}
