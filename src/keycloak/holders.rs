//! Who has grants that name what a plan deletes: projects, which their logins would have made again, and roles, without
//! which their logins would be refused.

use std::collections::{BTreeMap, BTreeSet};

use crate::http::Reader;
use crate::http::failure::Failure;
use crate::keycloak::{group, user};
use crate::model::Json;
use crate::model::address::{Address, Ids, KeycloakKind};
use crate::model::change::{Change, Item};
use crate::model::path::Path;
use crate::model::step::{Action, Step};
use crate::model::value::Value;
use crate::spec::grant::{Grant, roles_of};

/// The users and groups of a realm who have grants in this `attribute` that name what is `doomed` and keep them, by what
/// they name. What the `steps` take away is not kept.
///
/// # Errors
/// [`Failure`] of any request, and when not everybody is shown.
pub(super) async fn of_grants(
    reader: &Reader,
    realm: &str,
    attribute: &str,
    doomed: &BTreeSet<Address>,
    steps: &[Step],
    ids: &Ids,
) -> Result<BTreeMap<Address, Vec<Address>>, Failure> {
    let path = Path::new(["attributes", attribute]);
    let held = |body: &Json| -> Vec<String> {
        let values = path.get(body).and_then(Json::as_array).into_iter().flatten().filter_map(Json::as_str);
        values.filter(|value| named(value, ids).iter().any(|name| doomed.contains(name))).map(str::to_owned).collect()
    };
    let of_kind = |kind, path: &[String]| Address::keycloak(realm, kind, path.iter().map(String::as_str));
    let users = user::everybody(reader, realm, |user| !held(user).is_empty()).await?;
    let users = users.into_iter().map(|(username, body)| (of_kind(KeycloakKind::User, &[username]), body));
    let groups = group::tree(reader, realm).await?;
    let groups = groups.into_iter().map(|(names, body)| (of_kind(KeycloakKind::Group, &names), body));
    let mut holders = BTreeMap::<Address, Vec<Address>>::new();
    for (holder, body) in users.chain(groups) {
        let mut names = BTreeSet::new();
        for value in held(&body) {
            names.extend(kept(steps, &holder, &path, &value, ids).into_iter().filter(|name| doomed.contains(name)));
        }
        for name in names {
            holders.entry(name).or_default().push(holder.clone());
        }
    }
    Ok(holders)
}

/// Whether the steps delete the realm, with everybody in it.
pub(super) fn realm_goes(steps: &[Step], realm: &str) -> bool {
    steps.iter().any(|step| {
        let is_it =
            matches!(&step.address, Address::Keycloak { realm: of, kind: KeycloakKind::Realm, .. } if of == realm);
        is_it && step.action == Action::Delete
    })
}

/// The project and the roles that an attribute value names.
fn named(value: &str, ids: &Ids) -> Vec<Address> {
    let project = Grant::parse(value, ids).map(|grant| grant.project());
    let roles = roles_of(value).unwrap_or_default();
    project.into_iter().chain(roles.iter().map(|role| Address::role(role))).collect()
}

/// Whether a holder goes when `gone` does: it is that itself, or a group in it.
fn goes_with(holder: &Address, gone: &Address) -> bool {
    let is_group = |address: &Address| matches!(address, Address::Keycloak { kind: KeycloakKind::Group, .. });
    holder == gone || is_group(holder) && is_group(gone) && holder.names().starts_with(gone.names())
}

/// What a holder's value still names once the steps are done: nothing where they take it, or the holder.
fn kept(steps: &[Step], holder: &Address, path: &Path, value: &str, ids: &Ids) -> Vec<Address> {
    let key = Grant::parse(value, ids).map(|grant| grant.key());
    let of_key = |item: &&Item| Some(&item.key) == key.as_ref();
    if steps.iter().any(|step| step.action == Action::Delete && goes_with(holder, &step.address)) {
        return Vec::new();
    }
    for step in steps.iter().filter(|step| step.address == *holder) {
        for field in step.fields.iter().filter(|field| field.path == *path) {
            let Change::Items { items, .. } = &field.change else { continue };
            match items.iter().find(of_key).map(|item| &item.after) {
                None => {}
                Some(Some(Value::Json(Json::String(after)))) => return named(after, ids),
                Some(_) => return Vec::new(),
            }
        }
    }
    named(value, ids)
}
