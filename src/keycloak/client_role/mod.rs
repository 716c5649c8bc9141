//! A role of a client: its description and attributes. The roles that it contains are a resource of their own.

mod wire;

use std::collections::{BTreeMap, BTreeSet};

use crate::http::Reader;
use crate::http::failure::Failure;
use crate::keycloak::{client, realm_role};
use crate::model::address::{Address, Ids, KeycloakKind};
use crate::model::declared::Declared;
use crate::model::step::Step;
use crate::model::wanted::Wanted;
use crate::resource::{Ask, Found, IdSource, Request, Resource, Unsendable, id};
use crate::spec::role::Role;

/// The resource `keycloak/REALM/client-role/CLIENT/ROLE`.
pub struct ClientRole;

impl Resource for ClientRole {
    type Declared = Declared<Role>;

    fn bare(address: Address) -> Wanted {
        Wanted { requires: vec![client_of(&address)], ..Wanted::entity(address) }
    }

    fn wanted(declared: &Self::Declared) -> Wanted {
        realm_role::wanted(declared, Self::bare(declared.address.clone()))
    }

    async fn observe(reader: &Reader, ask: &Ask<'_>) -> Result<Found, Failure> {
        let mut found = Found::default();
        if ask.realm_is_missing {
            return Ok(found);
        }
        let clients: BTreeSet<Address> = ask.wanted.iter().map(|wanted| client_of(&wanted.address)).collect();
        let mut roles = BTreeMap::new();
        for client in clients {
            let realm = super::realm(&client);
            let body = client::find(reader, realm, client.name()).await?;
            if let Some(id) = body.as_ref().and_then(|body| body.get("id")?.as_str()) {
                let named = realm_role::by_name(reader, &wire::roles(realm, id)).await?;
                roles.insert(client, named);
            }
        }
        for Wanted { address, .. } in &ask.wanted {
            let role = roles.get_mut(&client_of(address)).and_then(|roles| roles.remove(address.name()));
            found.live.extend(role.map(|role| (address.clone(), role)));
        }
        Ok(found)
    }

    fn write(step: &Step, ids: &Ids) -> Result<Request, Unsendable> {
        let realm = super::realm(&step.address);
        let collection = || Ok(wire::collection(realm, id(ids, &client_of(&step.address))?));
        realm_role::write(step, realm, collection, ids)
    }

    fn learns_id() -> IdSource {
        IdSource::Look
    }

    fn remedy() -> Option<&'static str> {
        Some(realm_role::REMEDY)
    }
}

/// The client that has the role.
pub(super) fn client_of(role: &Address) -> Address {
    let client = role.names().first().map(String::as_str);
    Address::keycloak(super::realm(role), KeycloakKind::Client, client)
}

/// Whether every new realm has this client.
pub(super) fn is_client_built_in(client: &str) -> bool {
    wire::BUILT_IN.iter().any(|(known, _)| *known == client)
}

/// Whether every new realm has this role of this client.
pub(super) fn is_built_in(client: &str, role: &str) -> bool {
    wire::BUILT_IN.iter().any(|(known, roles)| *known == client && roles.contains(&role))
}

/// Whether a new realm has this role in the administrators' realm, too: of a client that stands for it there.
pub(super) fn is_administrators(role: &str) -> bool {
    wire::REALM_MANAGEMENT.contains(&role) && role != wire::ALL_OF_THEM
}

#[cfg(test)]
mod tests;
