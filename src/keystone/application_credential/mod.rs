//! An application credential. Its owner alone can make it, administrators can look at it and delete it, and nobody can
//! change it. Which of them there shall be is [`crate::rotation`]'s.

mod wire;

use crate::http::Reader;
use crate::http::failure::Failure;
use crate::http::route::Route;
use crate::model::Json;
use crate::model::address::{Address, Ids, KeystoneKind};
use crate::model::step::Step;
use crate::model::wanted::{Ensure, Live, Wanted};
use crate::resource::{Ask, Found, Request, Resource, Unsendable};

use super::{federated_user, user};

/// The resource `keystone/application-credential/OWNER/…/NAME`.
pub struct ApplicationCredential;

impl Resource for ApplicationCredential {
    type Declared = Wanted;

    fn bare(address: Address) -> Wanted {
        let requires = address.credential_owner().into_iter().collect();
        Wanted { requires, ..Wanted::entity(address) }
    }

    fn wanted(declared: &Self::Declared) -> Wanted {
        declared.clone()
    }

    async fn observe(reader: &Reader, ask: &Ask<'_>) -> Result<Found, Failure> {
        let owners = owners(reader, ask).await?;
        let mut found = Found::default();
        for (owner, Live { id, .. }) in &owners.live {
            let Some(id) = id else { continue };
            // With a limit the server fails (seen on 28 to 30).
            let route = Route::new(["v3", "users", id, "application_credentials"]);
            for credential in super::list::whole(reader, &route, "application_credentials").await? {
                let text = |key| credential.get(key).and_then(Json::as_str);
                let address = text("name").and_then(|name| Address::application_credential(owner, name));
                let id = text("id").map(str::to_owned);
                if let Some(address) = address {
                    found.live.insert(address, Live { id, body: wire::normalise(credential) });
                }
            }
        }
        found.problems = owners.problems;
        Ok(found)
    }

    fn normalise(body: Json) -> Json {
        wire::normalise(body)
    }

    fn write(step: &Step, ids: &Ids) -> Result<Request, Unsendable> {
        wire::write(step, ids)
    }
}

/// The owners of all that is asked for, as far as they are there.
async fn owners(reader: &Reader, ask: &Ask<'_>) -> Result<Found, Failure> {
    let mut owners: Vec<Address> = ask.wanted.iter().filter_map(|wanted| wanted.address.credential_owner()).collect();
    owners.sort();
    owners.dedup();
    let looked_for: Vec<Wanted> =
        owners.into_iter().map(|owner| Wanted { ensure: Ensure::Any, ..Wanted::entity(owner) }).collect();
    let (people, users): (Vec<&Wanted>, Vec<&Wanted>) = looked_for
        .iter()
        .partition(|wanted| matches!(wanted.address, Address::Keystone { kind: KeystoneKind::FederatedUser, .. }));
    let mut found = user::User::observe(reader, &Ask { wanted: users, ..Ask::default() }).await?;
    let people = Ask { wanted: people, ..Ask::default() };
    found.merge(federated_user::FederatedUser::observe(reader, &people).await?);
    Ok(found)
}
