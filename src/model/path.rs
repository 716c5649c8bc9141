//! Paths into a server's JSON document. Not routes: those lead to documents.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::Json;

/// The keys that lead to a field, outermost first. Keys may hold any character, dots too.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Path(Vec<String>);

impl Path {
    /// The path through `keys`.
    pub fn new<'a>(keys: impl IntoIterator<Item = &'a str>) -> Self {
        Self(keys.into_iter().map(str::to_owned).collect())
    }

    /// The keys, outermost first.
    #[must_use]
    pub fn keys(&self) -> &[String] {
        &self.0
    }

    /// This path and `key` behind it.
    #[must_use]
    pub fn child(&self, key: &str) -> Self {
        Self(self.0.iter().cloned().chain([key.to_owned()]).collect())
    }

    /// The value here in `document`; a JSON null is as good as nothing.
    #[must_use]
    pub fn get<'a>(&self, document: &'a Json) -> Option<&'a Json> {
        self.0.iter().try_fold(document, |value, key| value.get(key)).filter(|value| !value.is_null())
    }

    /// Puts `value` here, if there is none.
    pub fn set_if_absent(&self, document: &mut Json, value: Json) {
        if self.get(document).is_none() {
            self.set(document, value);
        }
    }

    /// Puts `value` here, making the objects on the way; null takes the key away.
    pub fn set(&self, document: &mut Json, value: Json) {
        let Some((last, way)) = self.0.split_last() else { return };
        let place = way.iter().try_fold(document, |place, key| Some(object(place)?.entry(key).or_insert(Json::Null)));
        let Some(object) = place.and_then(object) else { return };
        if value.is_null() {
            object.shift_remove(last);
        } else {
            object.insert(last.clone(), value);
        }
    }
}

/// `place` as an object; anything else that stood there gives way to an empty one.
fn object(place: &mut Json) -> Option<&mut serde_json::Map<String, Json>> {
    if !place.is_object() {
        *place = Json::Object(serde_json::Map::new());
    }
    place.as_object_mut()
}

impl fmt::Display for Path {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0.join("."))
    }
}
