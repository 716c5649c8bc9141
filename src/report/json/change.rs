//! One field of one object, before and after, as JSON: values in the operator's words, secrets as references.

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::json;

use crate::model::Json;
use crate::model::address::Ids;
use crate::model::change::{Change, FieldChange, Item};
use crate::model::value::{Key, Value};
use crate::report::operators_before;
use crate::secret::SecretRef;
use crate::spec::grant::Grant;

/// The change of one field.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[schemars(rename = "Field")]
pub(super) struct FieldReport {
    /// The operator's word for the field.
    word: String,
    /// The keys that lead to it in the server's document, outermost first.
    path: Vec<String>,
    /// What happens to it.
    change: ChangeReport,
}

/// What happens to a field.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(tag = "type", rename_all = "camelCase", rename_all_fields = "camelCase")]
#[schemars(rename = "Change")]
enum ChangeReport {
    /// One value takes the place of another; both as the operator writes them.
    Value {
        /// What the server shows; null where it shows nothing.
        before: Json,
        /// What it shall show; null where it shall show nothing.
        after: Json,
    },
    /// The id of another thing, which may not be there yet, takes the place of a value.
    Id {
        /// What the server shows; null where it shows nothing.
        before: Json,
        /// The address of the thing whose id it shall show; of a realm, the issuer.
        after_id_of: String,
    },
    /// Entries of a list come, change and go; those that stay are not listed.
    Items {
        /// The entries.
        items: Vec<ItemReport>,
    },
    /// A secret is sent. Neither side is shown.
    Secret {
        /// Where the secret is found.
        reference: SecretRef,
    },
    /// The secret of an application credential, which is made here. Neither side is shown.
    #[serde(rename_all = "camelCase")]
    Issued {
        /// The application credential.
        secret_of: String,
    },
    /// The server makes a secret by itself.
    Generated,
    /// The server makes another secret in the place of the one that is there.
    #[serde(rename_all = "camelCase")]
    Renewed {
        /// Whether that one ends at once: whoever works with it is refused until the new one has arrived.
        hard_cut: bool,
    },
}

/// An entry of a list.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "Item")]
struct ItemReport {
    /// What tells it apart: of a grant its domain and project, else the value or its name.
    key: String,
    /// What happens to it.
    action: ItemAction,
    /// What the server shows under this key: several where something else wrote it twice.
    before: Vec<Json>,
    /// What shall stand there; null for an entry that goes, and for one that is an id.
    after: Json,
    /// The address of the thing whose id shall stand there; of a realm, the issuer.
    #[serde(skip_serializing_if = "Option::is_none")]
    after_id_of: Option<String>,
}

/// What happens to an entry of a list.
#[derive(Clone, Copy, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
enum ItemAction {
    /// It comes.
    Add,
    /// It changes.
    Change,
    /// It goes.
    Remove,
}

impl FieldReport {
    /// The change as text shows it; nothing for what the object's address says already.
    pub(super) fn of(field: &FieldChange) -> Option<Self> {
        let FieldChange { word, path, spelling, change } = field;
        let before = |before: &Option<Json>| operators_before(before.as_ref(), *spelling).unwrap_or_default();
        let change = match change {
            Change::Identity(_) => return None,
            Change::Value { before: was, after: Value::Json(after) } => {
                ChangeReport::Value { before: before(was), after: spelling.operator(after) }
            }
            Change::Value { before: was, after: Value::Id(address) } => {
                ChangeReport::Id { before: before(was), after_id_of: address.to_string() }
            }
            Change::Items { by, owned: _, items } => {
                let changing = items.iter().filter(|item| item.changes());
                ChangeReport::Items { items: changing.map(|item| ItemReport::of(*by, item)).collect() }
            }
            Change::Secret(reference) => ChangeReport::Secret { reference: reference.without_arguments() },
            Change::Issued(credential) => ChangeReport::Issued { secret_of: credential.to_string() },
            Change::Generated => ChangeReport::Generated,
            Change::Renewed { hard_cut } => ChangeReport::Renewed { hard_cut: *hard_cut },
        };
        Some(Self { word: word.clone(), path: path.keys().to_vec(), change })
    }
}

impl ItemReport {
    fn of(by: Key, item: &Item) -> Self {
        let Item { key, before, after } = item;
        let action = match (before.is_empty(), after) {
            (true, Some(_)) => ItemAction::Add,
            (false, Some(_)) => ItemAction::Change,
            (_, None) => ItemAction::Remove,
        };
        let (after, after_id_of) = match after {
            None => (Json::Null, None),
            Some(Value::Json(after)) => (contents(by, after), None),
            Some(Value::Id(address)) => (Json::Null, Some(address.to_string())),
        };
        let before = before.iter().map(|before| contents(by, before)).collect();
        Self { key: key.clone(), action, before, after, after_id_of }
    }
}

/// An entry as it stands; a grant as what it says, for whoever judges plans by it.
fn contents(by: Key, item: &Json) -> Json {
    match by {
        Key::Whole | Key::Name => item.clone(),
        Key::Grant => match item.as_str().and_then(|text| Grant::parse(text, &Ids::new())) {
            Some(Grant { domain, project, roles }) => json!({"domain": domain, "project": project, "roles": roles}),
            None => item.clone(),
        },
    }
}
