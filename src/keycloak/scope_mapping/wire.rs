//! How Keycloak spells the roles that tokens may carry by a scope: one list of all of them, and a list for the realm's and
//! for each client's to which some are added or taken from, each by id. A deletion without a body would take away all of
//! them (seen on 26.7).

use std::collections::BTreeSet;

use reqwest::Method;
use serde_json::json;

use crate::http::route::Route;
use crate::keycloak::{client, client_scope, realm};
use crate::model::Json;
use crate::model::address::{Address, Ids, KeycloakKind};
use crate::model::step::{Action, Step};
use crate::resource::{Body, Request, Unsendable, id};

/// What every new realm has.
pub(super) const BUILT_IN: [&[&str]; 3] = [
    &["realm", "offline_access", "client-scope", "offline_access"],
    &["client", "account", "manage-account", "client", "account-console"],
    &["client", "account", "view-groups", "client", "account-console"],
];

/// The address of a role of a scope.
pub(super) fn address(role: &Address, scope: &Address) -> Address {
    let is_of = |address: &Address, sort| matches!(address, Address::Keycloak { kind, .. } if *kind == sort);
    let of = if is_of(role, KeycloakKind::ClientRole) { "client" } else { "realm" };
    let sort = if is_of(scope, KeycloakKind::Client) { "client" } else { "client-scope" };
    let names = [of].into_iter().chain(role.names().iter().map(String::as_str)).chain([sort, scope.name()]);
    Address::keycloak(realm(role), KeycloakKind::ScopeMapping, names)
}

/// The roles of the scope of this id.
pub(super) fn roles(scope: &Address, id: &str) -> Route {
    let is_client = matches!(scope, Address::Keycloak { kind: KeycloakKind::Client, .. });
    let scopes = if is_client { client::clients(realm(scope)) } else { client_scope::scopes(realm(scope)) };
    scopes.child(id).child("scope-mappings")
}

/// The roles that such a list shows; nothing if it is no list.
pub(super) fn carried(realm: &str, list: &Json) -> Option<BTreeSet<Address>> {
    let list = list.as_object()?;
    let names = |roles: &Json| -> Option<Vec<String>> {
        let name = |role: &Json| role.get("name")?.as_str().map(str::to_owned);
        roles.as_array()?.iter().map(name).collect()
    };
    let mut carried = BTreeSet::new();
    if let Some(roles) = list.get("realmMappings") {
        let of_realm = |name: &String| Address::keycloak(realm, KeycloakKind::RealmRole, [name.as_str()]);
        carried.extend(names(roles)?.iter().map(of_realm));
    }
    if let Some(clients) = list.get("clientMappings") {
        for (client, roles) in clients.as_object()? {
            let of_client = |name: &String| Address::keycloak(realm, KeycloakKind::ClientRole, [client, name.as_str()]);
            carried.extend(names(roles.get("mappings")?)?.iter().map(of_client));
        }
    }
    Some(carried)
}

pub(super) fn write(step: &Step, role: &Address, scope: &Address, ids: &Ids) -> Result<Request, Unsendable> {
    let all = roles(scope, id(ids, scope)?);
    let route = match super::client_of(role) {
        Some(client) => all.child("clients").child(id(ids, &client)?),
        None => all.child("realm"),
    };
    let roles = json!([{"id": id(ids, role)?, "name": role.name()}]);
    let method = if step.action == Action::Delete { Method::DELETE } else { Method::POST };
    Ok(Request { method, route, envelope: None, body: Body::This(roles) })
}
