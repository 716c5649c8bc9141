//! Secrets that Keycloak keeps and shows to nobody: asterisks stand for them, and asterisks that are sent back keep what
//! is there (seen on 26.7). Beside each stands the operator's word for which one it is, where that is said: Keycloak keeps
//! keys that it does not know in such maps.

use crate::model::Json;
use crate::model::declared::At;
use crate::model::path::Path;
use crate::model::spelling::Spelling;
use crate::model::value::Value;
use crate::model::wanted::{Field, Want, Wanted};
use crate::secret::is_masked;
use crate::spec::hidden_secret::HiddenSecret;

/// The fields of a secret that is declared `at` some place, and is `key` in the map `parent` of the server's document.
pub(super) fn fields(word: &str, parent: &Path, key: &str, secret: Option<&HiddenSecret>, at: &At) -> Vec<Field> {
    let Some(secret) = secret else { return Vec::new() };
    let reference = secret.references().next().map(Want::Secret);
    let version = secret.version.as_deref().map(|version| Want::Is(Value::Json(version.into())));
    let parts = [
        (word.to_owned(), parent.child(key), reference, at.clone()),
        (format!("{word}.version"), parent.child(&version_of(key)), version, at.field("version")),
    ];
    let field = |(word, path, want, at): (String, Path, Option<Want>, At)| {
        Some(Field { word, path, spelling: Spelling::Same, want: want?, source: Some(at.source()) })
    };
    parts.into_iter().filter_map(field).collect()
}

/// What is asked of what the server shows as `body`, if a secret in it must be sent again: there is none, or it is
/// another version. Nothing where that is not so.
pub(super) fn resent(wanted: &Wanted, body: &Json) -> Option<Wanted> {
    let is_other = |field: &Field| {
        let (Want::Secret(_), Some((key, parent))) = (&field.want, field.path.keys().split_last()) else {
            return false;
        };
        let there = field.path.get(body).and_then(Json::as_str).is_some_and(is_masked);
        let version = Path::new(parent.iter().map(String::as_str)).child(&version_of(key));
        let another = wanted.fields.iter().any(|field| {
            let wanted = Want::Is(Value::Json(version.get(body).cloned().unwrap_or_default()));
            field.path == version && field.want != wanted
        });
        !there || another
    };
    let mut again = wanted.clone();
    for field in again.fields.iter_mut().filter(|field| is_other(field)) {
        if let Want::Secret(reference) = &field.want {
            field.want = Want::Resent(reference.clone());
        }
    }
    (again != *wanted).then_some(again)
}

/// The key of the word for which secret the one under `key` is.
fn version_of(key: &str) -> String {
    format!("opcp.{key}.version")
}

#[cfg(test)]
mod tests {
    //! A secret is sent again when it is certainly not, or no longer, the one that is meant.

    use serde_json::json;

    use super::*;
    use crate::model::address::Address;
    use crate::secret::SecretRef;

    fn sends(version: Option<&str>, shown: &Json) -> bool {
        let secret =
            |path: Path, want| Field { word: String::new(), path, spelling: Spelling::Same, want, source: None };
        let config = Path::new(["config"]);
        let mut fields = vec![secret(config.child("clientSecret"), Want::Secret(SecretRef::Env("S".to_owned())))];
        let version = version.map(|version| Want::Is(Value::Json(version.into())));
        fields.extend(version.map(|version| secret(config.child("opcp.clientSecret.version"), version)));
        let wanted = Wanted { fields, ..Wanted::entity(Address::realm("pod")) };
        let again = resent(&wanted, &json!({"config": shown}));
        again.is_some_and(|again| matches!(again.fields[0].want, Want::Resent(_)))
    }

    #[test]
    fn a_secret_stays_while_there_is_one_of_the_same_version() {
        assert!(!sends(None, &json!({"clientSecret": "**********"})));
        assert!(!sends(None, &json!({"clientSecret": "**********", "opcp.clientSecret.version": "2"})));
        assert!(!sends(Some("2"), &json!({"clientSecret": "**********", "opcp.clientSecret.version": "2"})));
    }

    #[test]
    fn a_secret_is_sent_where_there_is_none_or_another_one() {
        assert!(sends(None, &json!({})));
        assert!(sends(None, &json!({"clientSecret": "${vault.theirs}"})));
        assert!(sends(Some("2"), &json!({"clientSecret": "**********"})));
        assert!(sends(Some("2"), &json!({"clientSecret": "**********", "opcp.clientSecret.version": "1"})));
    }
}
