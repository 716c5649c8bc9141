//! What the account that the tool runs with has through its groups, and through roles that contain others: a step that
//! takes such a thing away ends its rights as surely as one that takes a role from the account itself. Looked at only
//! where a step does so.

use std::collections::BTreeSet;

use crate::http::Reader;
use crate::http::collection::objects;
use crate::http::failure::{Failure, Kind};
use crate::keycloak::role_mapping::{effective, ids_of};
use crate::keycloak::{client_role, composite, is_built_in, membership, realm_role};
use crate::model::Json;
use crate::model::address::{Address, KeycloakKind};
use crate::model::step::{Action, Step};

/// The client whose roles are the rights on its realm; in the administrators' realm there is one for each realm.
const MANAGEMENT: &str = "realm-management";
const OF_A_REALM: &str = "-realm";

/// What the `steps` delete in a realm through which one of the `own` accounts, if it is there, has its rights.
///
/// # Errors
/// [`Failure`] of any request, but for what the account may not know of itself: then it may have its rights that way.
pub(super) async fn ended(
    reader: &Reader,
    realm: &str,
    own: &BTreeSet<Address>,
    steps: &[Step],
) -> Result<Vec<Address>, Failure> {
    let is_account = |own: &&Address| is_of(own, KeycloakKind::User) && super::realm(own) == realm;
    let Some(account) = own.iter().find(is_account) else { return Ok(Vec::new()) };
    let gone = steps.iter().filter(|step| step.action == Action::Delete && super::realm(&step.address) == realm);
    let gone: Vec<&Address> = gone.map(|step| &step.address).collect();
    let groups: Vec<(&Address, Address)> = gone.iter().filter_map(|gone| Some((*gone, group(gone)?))).collect();
    let mut ended = Vec::new();
    if !groups.is_empty() {
        let paths = perhaps(membership::paths_of(reader, account).await)?;
        let is_in = |group: &Address| {
            paths.as_ref().is_none_or(|paths| paths.iter().any(|path| path.starts_with(group.names())))
        };
        ended.extend(groups.into_iter().filter(|(_, group)| is_in(group)).map(|(gone, _)| gone.clone()));
    }
    let mut roles = Vec::new();
    for gone in gone {
        match gone.composite_roles() {
            Some((whole, part)) if gives_rights(reader, &part).await? => roles.push((gone, whole)),
            None if is_role(gone) && gives_rights(reader, gone).await? => roles.push((gone, gone.clone())),
            _ => {}
        }
    }
    if !roles.is_empty() {
        let held = perhaps(held(reader, account, roles.iter().map(|(_, role)| role)).await)?;
        let is_held = |role: &Address| held.as_ref().is_none_or(|held| held.contains(role));
        ended.extend(roles.into_iter().filter(|(_, role)| is_held(role)).map(|(gone, _)| gone.clone()));
    }
    Ok(ended)
}

/// Nothing where the account may not look at itself.
fn perhaps<T>(seen: Result<Option<T>, Failure>) -> Result<Option<T>, Failure> {
    match seen {
        Err(failure) if failure.kind == Kind::Forbidden => Ok(None),
        seen => seen,
    }
}

fn is_of(address: &Address, sort: KeycloakKind) -> bool {
    matches!(address, Address::Keycloak { kind, .. } if *kind == sort)
}

fn is_role(address: &Address) -> bool {
    is_of(address, KeycloakKind::RealmRole) || is_of(address, KeycloakKind::ClientRole)
}

/// The group that goes, or that something is taken from.
fn group(gone: &Address) -> Option<Address> {
    let group = if is_of(gone, KeycloakKind::Group) { gone.clone() } else { gone.role_holder()? };
    is_of(&group, KeycloakKind::Group).then_some(group)
}

/// Whether a role is a right of administrators.
fn is_right(role: &Address) -> bool {
    let of_all = super::realm(role) == "master";
    match role.names() {
        [client, _] => client == MANAGEMENT || (of_all && client.ends_with(OF_A_REALM)),
        [name] => of_all && realm_role::is_administrators(name),
        _ => false,
    }
}

/// Whether a role is a right of administrators, or contains one.
async fn gives_rights(reader: &Reader, role: &Address) -> Result<bool, Failure> {
    let (mut next, mut seen) = (vec![role.clone()], BTreeSet::new());
    while let Some(role) = next.pop() {
        if is_right(&role) {
            return Ok(true);
        }
        // What other roles contain that come with a realm is known, but for what everybody is given.
        let known = is_built_in(&role) && !realm_role::is_default(&role);
        if !known && seen.insert(role.clone()) {
            next.extend(composite::parts_of(reader, &role).await?);
        }
    }
    Ok(false)
}

/// Those of the `roles` that an account has, in whatever way; nothing where it is not shown.
async fn held<'a>(
    reader: &Reader,
    account: &Address,
    roles: impl Iterator<Item = &'a Address>,
) -> Result<Option<BTreeSet<Address>>, Failure> {
    let client = |role: &Address| is_of(role, KeycloakKind::ClientRole).then(|| client_role::client_of(role));
    let containers: BTreeSet<Option<Address>> = roles.map(client).collect();
    let linked = containers.iter().flatten().chain([account]).collect();
    let ids = ids_of(reader, linked).await?;
    let mut held = BTreeSet::new();
    for client in &containers {
        let Ok(list) = effective(account, client.as_ref(), &ids) else { return Ok(None) };
        let answer = reader.get(&list).await?;
        let roles = objects(reader, &list, answer.as_ref().clone())?;
        let realm = super::realm(account);
        held.extend(roles.iter().filter_map(|role| role.get("name").and_then(Json::as_str)).map(|name| match client {
            Some(client) => Address::keycloak(realm, KeycloakKind::ClientRole, [client.name(), name]),
            None => Address::keycloak(realm, KeycloakKind::RealmRole, [name]),
        }));
    }
    Ok(Some(held))
}
