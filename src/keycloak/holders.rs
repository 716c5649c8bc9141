//! Who has grants on projects that a plan deletes, and would have them come back.

use std::collections::{BTreeMap, BTreeSet};

use crate::http::Reader;
use crate::http::failure::Failure;
use crate::keycloak::{group, user};
use crate::model::Json;
use crate::model::address::{Address, Ids, KeycloakKind};
use crate::model::change::Change;
use crate::model::path::Path;
use crate::model::renames::Renames;
use crate::model::step::{Action, Step};
use crate::spec::grant::Grant;

/// The users and groups of a realm who have grants under these `keys` in this `attribute` and keep them, by key. What the
/// `steps` take away is not kept.
///
/// # Errors
/// [`Failure`] of any request, and when not everybody is shown.
pub(super) async fn of_grants(
    reader: &Reader,
    realm: &str,
    attribute: &str,
    keys: &BTreeSet<String>,
    names: &Renames,
    steps: &[Step],
    ids: &Ids,
) -> Result<BTreeMap<String, Vec<Address>>, Failure> {
    let path = Path::new(["attributes", attribute]);
    let held = |body: &Json| -> Vec<String> {
        let values = path.get(body).and_then(Json::as_array).into_iter().flatten();
        let grants = values.filter_map(|value| Grant::parse(value.as_str()?, ids));
        grants.map(|grant| grant.key()).filter(|key| keys.contains(key)).collect()
    };
    let of_kind = |kind, path: &[String]| names.here(&Address::keycloak(realm, kind, path.iter().map(String::as_str)));
    let users = user::everybody(reader, realm, |user| !held(user).is_empty()).await?;
    let users = users.into_iter().map(|(username, body)| (of_kind(KeycloakKind::User, &[username]), body));
    let groups = group::tree(reader, realm).await?;
    let groups = groups.into_iter().map(|(names, body)| (of_kind(KeycloakKind::Group, &names), body));
    let mut holders = BTreeMap::<String, Vec<Address>>::new();
    for (address, body) in users.chain(groups) {
        for key in held(&body).into_iter().filter(|key| !is_taken(steps, &address, &path, key)) {
            holders.entry(key).or_default().push(address.clone());
        }
    }
    Ok(holders)
}

/// Whether a step takes what a holder has under this key, or the holder itself.
fn is_taken(steps: &[Step], holder: &Address, path: &Path, key: &str) -> bool {
    steps.iter().filter(|step| step.address == *holder).any(|step| {
        let of_key = |change: &Change| match change {
            Change::Items { items, .. } => items.iter().any(|item| item.key == key && item.after.is_none()),
            _ => false,
        };
        step.action == Action::Delete || step.fields.iter().any(|field| field.path == *path && of_key(&field.change))
    })
}
