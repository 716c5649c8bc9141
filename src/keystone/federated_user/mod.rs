//! A person who comes through an identity provider. Nobody makes one: the first login does. Found by provider, protocol
//! and name, since lists of users do not tell whence they come (seen on Keystone 30).

use crate::http::Reader;
use crate::http::failure::Failure;
use crate::http::route::Route;
use crate::model::Json;
use crate::model::address::{Address, Ids};
use crate::model::step::Step;
use crate::model::wanted::{Live, Wanted};
use crate::resource::{Ask, Found, Problem, Request, Resource, Unsendable};

/// The resource `keystone/federated-user/PROVIDER/PROTOCOL/NAME`.
pub struct FederatedUser;

impl Resource for FederatedUser {
    /// Nothing is said of such people here: they are Keycloak's users.
    type Declared = Address;

    fn bare(address: Address) -> Wanted {
        Wanted::entity(address)
    }

    fn wanted(declared: &Self::Declared) -> Wanted {
        Self::bare(declared.clone())
    }

    async fn observe(reader: &Reader, ask: &Ask<'_>) -> Result<Found, Failure> {
        let mut found = Found::default();
        for Wanted { address, source, .. } in &ask.wanted {
            match people(reader, address).await?.as_slice() {
                [] => {}
                [person] => {
                    let id = person.get("id").and_then(Json::as_str).map(str::to_owned);
                    found.live.insert(address.clone(), Live { id, body: person.clone() });
                }
                several => found.problems.push(Problem {
                    address: address.clone(),
                    source: source.clone(),
                    message: format!("is the name of {} people who come through it", several.len()),
                    hint: Some(
                        "those who have gone from Keycloak stay in Keystone: delete the users there whom nobody is any more"
                            .to_owned(),
                    ),
                }),
            }
        }
        Ok(found)
    }

    fn write(step: &Step, _ids: &Ids) -> Result<Request, Unsendable> {
        Err(Unsendable(step.address.clone()))
    }

    fn remedy() -> Option<&'static str> {
        Some("people come to be in Keystone by their first login: let this one log in once")
    }
}

/// Everybody of this name who has come through the identity provider.
///
/// # Errors
/// [`Failure`] of any request.
pub(super) async fn people(reader: &Reader, address: &Address) -> Result<Vec<Json>, Failure> {
    let [provider, protocol, name] = address.names() else { return Ok(Vec::new()) };
    let route = Route::new(["v3", "users"]).with("idp_id", provider).with("protocol_id", protocol).with("name", name);
    let mut people = Vec::new();
    super::list::filtered(reader, &route, "users", |user| {
        // Some databases do not tell upper and lower case apart.
        if user.get("name").and_then(Json::as_str) == Some(name) {
            people.push(user.clone());
        }
    })
    .await?;
    Ok(people)
}
