//! How Keycloak spells role mappings: a list of roles, each by id and name, that is added or taken away. A deletion
//! without a body would take away all of them (seen on 26.0 and 26.7).

use reqwest::Method;
use serde_json::json;

use super::Link;
use crate::http::route::Route;
use crate::keycloak::group::{PAGE, PAGE_AND_NEXT};
use crate::keycloak::realm;
use crate::model::Json;
use crate::model::address::{Address, Ids, KeycloakKind};
use crate::model::step::{Action, Step};
use crate::resource::{Body, Request, Unsendable, id};

/// All roles that a holder has.
pub(super) fn mappings(holder: &Address, ids: &Ids) -> Result<Route, Unsendable> {
    let is_group = matches!(holder, Address::Keycloak { kind: KeycloakKind::Group, .. });
    let holders = if is_group { "groups" } else { "users" };
    Ok(crate::keycloak::route(realm(holder), [holders, id(ids, holder)?, "role-mappings"]))
}

/// The roles that the document of all mappings of a holder shows: by client for those of clients.
pub(super) fn roles(realm: &str, mappings: &Json) -> Vec<Address> {
    let named = |roles: Option<&Json>| -> Vec<String> {
        roles.and_then(Json::as_array).into_iter().flatten().filter_map(name).map(str::to_owned).collect()
    };
    let of_realm = named(mappings.get("realmMappings")).into_iter();
    let of_realm = of_realm.map(|role| Address::keycloak(realm, KeycloakKind::RealmRole, [role.as_str()]));
    let of_clients = mappings.get("clientMappings").and_then(Json::as_object).into_iter().flatten();
    let of_clients = of_clients.flat_map(|(client, roles)| {
        let role = |role: String| Address::keycloak(realm, KeycloakKind::ClientRole, [client.as_str(), role.as_str()]);
        named(roles.get("mappings")).into_iter().map(role)
    });
    of_realm.chain(of_clients).collect()
}

/// Where the server keeps the roles that a holder has: those of the realm, or of a client.
pub(super) fn of_holder(holder: &Address, client: Option<&Address>, ids: &Ids) -> Result<Route, Unsendable> {
    let mappings = mappings(holder, ids)?;
    Ok(match client {
        Some(client) => mappings.child("clients").child(id(ids, client)?),
        None => mappings.child("realm"),
    })
}

/// The roles that a holder has in whatever way: through groups and other roles, too.
pub(in crate::keycloak) fn effective(
    holder: &Address,
    client: Option<&Address>,
    ids: &Ids,
) -> Result<Route, Unsendable> {
    Ok(of_holder(holder, client, ids)?.child("composite"))
}

/// The users who have a role themselves.
pub(in crate::keycloak) fn users_of(role: &Address, client: Option<&Address>, ids: &Ids) -> Result<Route, Unsendable> {
    let container = match client {
        Some(client) => crate::keycloak::client::clients(realm(role)).child(id(ids, client)?),
        None => crate::keycloak::route(realm(role), []),
    };
    Ok(container.child("roles").child(role.name()).child("users"))
}

/// Some users of a list.
pub(super) fn page(users: Route, first: usize) -> Route {
    users.with("briefRepresentation", true).with("first", first).with("max", PAGE_AND_NEXT)
}

/// The first users of a list: see [`crate::keycloak::group::first_members`].
pub(in crate::keycloak) fn first_page(users: Route) -> Route {
    users.with("briefRepresentation", true).with("first", 0).with("max", PAGE)
}

/// The name of a role.
pub(super) fn name(role: &Json) -> Option<&str> {
    role.get("name").and_then(Json::as_str)
}

/// Whether a group's own document shows the role, of this client if it is of one: it shows what the group itself has, by
/// name.
pub(in crate::keycloak) fn shows(group: &Json, role: &Address, client: Option<&Address>) -> bool {
    let roles = match client {
        Some(client) => group.get("clientRoles").and_then(|roles| roles.get(client.name())),
        None => group.get("realmRoles"),
    };
    let mut roles = roles.and_then(Json::as_array).into_iter().flatten().filter_map(Json::as_str);
    roles.any(|name| name == role.name())
}

pub(super) fn write(step: &Step, link: &Link, ids: &Ids) -> Result<Request, Unsendable> {
    let Link { holder, role, client } = link;
    let route = of_holder(holder, client.as_ref(), ids)?;
    let roles = json!([{"id": id(ids, role)?, "name": role.name()}]);
    let method = if step.action == Action::Delete { Method::DELETE } else { Method::POST };
    Ok(Request { method, route, envelope: None, body: Body::This(roles) })
}
