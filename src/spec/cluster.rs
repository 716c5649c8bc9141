//! What of the language is not legal in a cluster, as rules that the API server checks. Each stands next to the word
//! that it is about.
//!
//! A path is one of the machine that the tool runs on; in a cluster that is the controller's, which belongs to nobody
//! who may write a resource. Secrets have a rule of their own: see [`crate::secret::SecretRef`].

use serde_json::json;

use crate::model::Json;

/// The rule that none of `fields` is given.
pub(super) fn never(fields: &[&str], otherwise: &str) -> Json {
    let absent = fields.iter().map(|field| format!("!has(self.{field})")).collect::<Vec<_>>().join(" && ");
    json!([{"rule": absent, "message": otherwise}])
}
