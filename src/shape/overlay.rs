//! The only comparison and the only merge. What has been proposed has no changes left, and nothing outside the
//! changed paths has moved: so what is shown is what is sent.

use super::items::{self, Planned};
use crate::model::Json;
use crate::model::address::{Address, Ids};
use crate::model::change::{Change, FieldChange, Item};
use crate::model::path::Path;
use crate::model::value::{Key, Owned, Value};
use crate::model::wanted::{Field, Live, Want, Wanted};
use crate::secret::{Secret, SecretRef, is_masked};

/// The fields of `wanted` that `live` does not show; all of them when there is nothing yet.
#[must_use]
pub fn changes(wanted: &Wanted, live: Option<&Live>, ids: &Ids) -> Vec<FieldChange> {
    wanted.fields.iter().filter_map(|field| field_change(field, live, ids)).collect()
}

fn field_change(field: &Field, live: Option<&Live>, ids: &Ids) -> Option<FieldChange> {
    let Field { word, path, spelling, want, source: _ } = field;
    let before = live.and_then(|live| path.get(&live.body));
    let change = match want {
        Want::Identity(_) | Want::Once(_) | Want::Fixed(_) | Want::Secret(_) | Want::Generated if live.is_some() => {
            return None;
        }
        Want::Generated => Change::Generated,
        Want::Renewed { hard_cut } => Change::Renewed { hard_cut: *hard_cut },
        Want::Issued(credential) => Change::Issued(credential.clone()),
        Want::Identity(value) => Change::Identity(value.clone()),
        Want::Secret(reference) | Want::Resent(reference) => Change::Secret(reference.clone()),
        Want::Once(after) | Want::Fixed(after) | Want::Is(after) => {
            if same(before, after, ids) {
                return None;
            }
            Change::Value { before: before.cloned(), after: after.clone() }
        }
        Want::Known { reference, value } => {
            let told = before.and_then(Json::as_str);
            let shows = |value: &Secret| told.is_some_and(|told| is_masked(told) || told == value.expose());
            if live.is_some() && value.as_ref().is_none_or(shows) {
                return None;
            }
            Change::Secret(reference.clone())
        }
        Want::Items { by, owned, items } => {
            let items = items::compare(*by, owned, items, list(before), ids);
            // A new object says so of a value list that is empty, too: Keycloak derives some that are left out.
            let said_when_new = live.is_none() && *owned == Owned::All;
            if !said_when_new && !items.iter().any(Item::changes) {
                return None;
            }
            Change::Items { by: *by, owned: owned.clone(), items }
        }
    };
    Some(FieldChange { word: word.clone(), path: path.clone(), spelling: *spelling, change })
}

/// The first field of `wanted` that `live` contradicts and that the server cannot change.
#[must_use]
pub fn contradiction<'a>(wanted: &'a Wanted, live: &Live, ids: &Ids) -> Option<&'a Field> {
    wanted.fields.iter().find(|field| match &field.want {
        Want::Fixed(value) => !same(field.path.get(&live.body), value, ids),
        Want::Identity(_)
        | Want::Once(_)
        | Want::Is(_)
        | Want::Items { .. }
        | Want::Secret(_)
        | Want::Resent(_)
        | Want::Known { .. }
        | Want::Issued(_)
        | Want::Renewed { .. }
        | Want::Generated => false,
    })
}

/// Whether the server shows `value`. An absent key is as good as null, and as an empty text: servers drop those.
fn same(shown: Option<&Json>, value: &Value, ids: &Ids) -> bool {
    let nothing = |json: &Json| json.is_null() || json.as_str() == Some("");
    match (shown, value) {
        (None, Value::Json(json)) => nothing(json),
        (Some(shown), Value::Json(json)) => shown == json || (nothing(shown) && nothing(json)),
        (Some(shown), Value::Id(address)) => shown.as_str() == ids.get(address).map(String::as_str),
        (None, Value::Id(_)) => false,
    }
}

fn list(value: Option<&Json>) -> &[Json] {
    value.and_then(Json::as_array).map_or(&[], Vec::as_slice)
}

/// What `document` shows of a planned change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shown {
    /// The planned value.
    After,
    /// The value that the plan has seen.
    Before,
    /// Something else.
    Neither,
    /// It cannot be seen: a secret.
    Unseen,
}

/// What `document` shows of `change`. The identity by which the document was found counts as shown.
#[must_use]
pub fn shown(change: &FieldChange, document: &Json, ids: &Ids) -> Shown {
    let value = change.path.get(document);
    let (after, before) = match &change.change {
        Change::Secret(_) | Change::Issued(_) | Change::Renewed { .. } => return Shown::Unseen,
        Change::Generated | Change::Identity(_) => (true, true),
        Change::Value { before, after } => {
            (same(value, after, ids), same(value, &Value::Json(before.clone().unwrap_or(Json::Null)), ids))
        }
        Change::Items { by, owned, items } => (
            items::shows(*by, owned, items, list(value), ids, |item| items::after(item, ids)),
            items::shows(*by, owned, items, list(value), ids, |item| Some(item.before.clone())),
        ),
    };
    match (after, before) {
        (true, _) => Shown::After,
        (_, true) => Shown::Before,
        _ => Shown::Neither,
    }
}

/// One change with ids and secrets filled in; lives for one request and can be neither printed nor saved.
pub struct Edit<'a> {
    path: &'a Path,
    content: Content<'a>,
}

enum Content<'a> {
    Value(Json),
    Items { by: Key, owned: &'a Owned, items: Vec<Planned>, ids: &'a Ids },
    Nothing,
}

/// Why a change could not be filled in.
#[derive(Debug, thiserror::Error)]
pub enum EditError<E: std::error::Error + 'static> {
    /// The id of another thing is not known.
    #[error("the id of {0} is not known")]
    Id(Address),
    /// The secret of an application credential or a client is not known.
    #[error("the secret of {0} is not known")]
    Issued(Address),
    /// The secret could not be read.
    #[error("failed to read the secret of {word}")]
    Secret {
        /// The field.
        word: String,
        /// Why.
        #[source]
        source: E,
    },
}

impl<'a> Edit<'a> {
    /// Fills ids and secrets into `change`: those that are referred to, and those of application credentials.
    ///
    /// # Errors
    /// [`EditError`] when one of them cannot be had.
    pub fn of<E: std::error::Error + 'static>(
        change: &'a FieldChange,
        ids: &'a Ids,
        secret: impl Fn(&SecretRef) -> Result<Secret, E>,
        issued: impl Fn(&Address) -> Option<Secret>,
    ) -> Result<Self, EditError<E>> {
        let FieldChange { word, path, spelling, change } = change;
        let content = match change {
            Change::Identity(Value::Json(json)) | Change::Value { after: Value::Json(json), .. } => {
                Content::Value(json.clone())
            }
            Change::Identity(Value::Id(address)) | Change::Value { after: Value::Id(address), .. } => {
                let id = ids.get(address).ok_or_else(|| EditError::Id(address.clone()))?;
                Content::Value(Json::String(id.clone()))
            }
            Change::Secret(reference) => {
                let value = secret(reference).map_err(|source| EditError::Secret { word: word.clone(), source })?;
                Content::Value(spelling.server(&Json::String(value.expose().to_owned())))
            }
            Change::Issued(credential) => {
                let value = issued(credential).ok_or_else(|| EditError::Issued(credential.clone()))?;
                Content::Value(spelling.server(&Json::String(value.expose().to_owned())))
            }
            Change::Items { by, owned, items } => {
                let items = items::planned(items, ids).map_err(EditError::Id)?;
                Content::Items { by: *by, owned, items, ids }
            }
            Change::Generated | Change::Renewed { .. } => Content::Nothing,
        };
        Ok(Self { path, content })
    }
}

/// `live` as it will be once `changes` have been made, as far as that can be known: of ids and secrets that are not
/// known it shows nothing.
#[must_use]
pub fn foreseen(live: &Live, changes: &[FieldChange], ids: &Ids) -> Live {
    let unknown = |_: &SecretRef| Err(std::fmt::Error);
    let edits: Vec<Edit<'_>> =
        changes.iter().filter_map(|change| Edit::of(change, ids, unknown, |_| None).ok()).collect();
    Live { id: live.id.clone(), body: propose(live.body.clone(), &edits) }
}

/// `document` with the edits made.
#[must_use]
pub fn propose(mut document: Json, edits: &[Edit<'_>]) -> Json {
    for edit in edits {
        let value = match &edit.content {
            Content::Nothing => continue,
            Content::Value(json) => json.clone(),
            Content::Items { by, owned, items, ids } => {
                Json::Array(items::merge(*by, owned, items, list(edit.path.get(&document)), ids))
            }
        };
        edit.path.set(&mut document, value);
    }
    document
}
