//! The secret of a client, which the server can make anew. What it is, the client's own document says.

mod wire;

use std::convert::Infallible;

use crate::http::Reader;
use crate::http::failure::{Failure, Kind};
use crate::keycloak::client;
use crate::model::Json;
use crate::model::address::{Address, Ids, KeycloakKind};
use crate::model::step::{Action, Step};
use crate::model::wanted::{Live, Wanted};
use crate::resource::{Ask, Found, IdSource, Problem, Request, Resource, Unsendable, id};

/// The resource `keycloak/REALM/client-secret/CLIENT`. Its id is when it was made, in seconds since 1970, as the server
/// tells: another one has another id.
pub struct ClientSecret;

fn client_of(address: &Address) -> Address {
    Address::keycloak(super::realm(address), KeycloakKind::Client, [address.name()])
}

impl Resource for ClientSecret {
    type Declared = Infallible;

    fn bare(address: Address) -> Wanted {
        let client = client_of(&address);
        Wanted { requires: vec![client.clone()], document: client, ..Wanted::entity(address) }
    }

    fn wanted(declared: &Self::Declared) -> Wanted {
        match *declared {}
    }

    async fn observe(reader: &Reader, ask: &Ask<'_>) -> Result<Found, Failure> {
        let mut found = Found::default();
        let Some(realm) = ask.realm().filter(|_| !ask.realm_is_missing) else { return Ok(found) };
        for Wanted { address, source, .. } in &ask.wanted {
            let Some(client) = client::find(reader, realm, address.name()).await? else { continue };
            if !wire::has_secret(&client) {
                continue;
            }
            if wire::is_hidden(&client) {
                found.problems.push(Problem {
                    address: address.clone(),
                    source: source.clone(),
                    message: "the server does not show it to the tool's account".to_owned(),
                    hint: Some("that account needs the role `manage-clients` of the realm".to_owned()),
                });
            }
            // Read once, however many ask.
            let body = serde_json::json!({"keepsOld": keeps_old_ones(reader, realm).await?});
            found.live.insert(address.clone(), Live { id: Some(wire::made(&client)), body });
        }
        Ok(found)
    }

    fn write(step: &Step, ids: &Ids) -> Result<Request, Unsendable> {
        match step.action {
            Action::Update => {
                let client = id(ids, &client_of(&step.address))?;
                Ok(Request::create(wire::secret(super::realm(&step.address), client)))
            }
            Action::Create | Action::Delete => Err(Unsendable(step.address.clone())),
        }
    }

    fn learns_id() -> IdSource {
        IdSource::Look
    }
}

/// Whether old secrets stay valid for a while in this realm. Who may not see its policies is told of a hard cut: the
/// worse case.
async fn keeps_old_ones(reader: &Reader, realm: &str) -> Result<bool, Failure> {
    let seen = |answer: Result<std::sync::Arc<Json>, Failure>| match answer {
        Ok(document) => Ok(document.as_ref().clone()),
        Err(failure) if matches!(failure.kind, Kind::Forbidden | Kind::Missing) => Ok(Json::Null),
        Err(failure) => Err(failure),
    };
    let policies = seen(reader.get(&wire::policies(realm)).await)?;
    let profiles = seen(reader.get(&wire::profiles(realm)).await)?;
    Ok(wire::keeps_old(&policies, &profiles))
}

#[cfg(test)]
mod tests;
