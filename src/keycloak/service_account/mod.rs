//! The user that a client has for itself. It comes and goes with the client's flag: nobody makes it.

mod wire;

use std::convert::Infallible;

use crate::http::Reader;
use crate::http::failure::Failure;
use crate::keycloak::client;
use crate::model::Json;
use crate::model::address::{Address, Ids, KeycloakKind};
use crate::model::step::Step;
use crate::model::wanted::{Live, Wanted};
use crate::resource::{Ask, Found, Request, Resource, Unsendable};

/// The resource `keycloak/REALM/service-account/CLIENT`. Its id is the user's.
pub struct ServiceAccount;

impl Resource for ServiceAccount {
    type Declared = Infallible;

    fn bare(address: Address) -> Wanted {
        let client = Address::keycloak(super::realm(&address), KeycloakKind::Client, [address.name()]);
        Wanted { requires: vec![client], ..Wanted::entity(address) }
    }

    fn wanted(declared: &Self::Declared) -> Wanted {
        match *declared {}
    }

    async fn observe(reader: &Reader, ask: &Ask<'_>) -> Result<Found, Failure> {
        let mut found = Found::default();
        if ask.realm_is_missing {
            return Ok(found);
        }
        for Wanted { address, .. } in &ask.wanted {
            let realm = super::realm(address);
            let client = client::find(reader, realm, address.name()).await?;
            let Some(client) = client.filter(wire::has_account) else { continue };
            let Some(client) = client.get("id").and_then(Json::as_str) else { continue };
            let user = reader.object(&wire::account(realm, client)).await?;
            let id = user.get("id").and_then(Json::as_str).map(str::to_owned);
            found.live.insert(address.clone(), Live { id, body: user.as_ref().clone() });
        }
        Ok(found)
    }

    fn write(step: &Step, _ids: &Ids) -> Result<Request, Unsendable> {
        Err(Unsendable(step.address.clone()))
    }

    fn remedy() -> Option<&'static str> {
        Some("say `serviceAccountRoles: true` of the client, so that it has an account")
    }
}

#[cfg(test)]
mod tests;
