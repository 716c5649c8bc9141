//! A Keystone identity provider: whose tokens let people in. Its protocol is a resource of its own.

mod remote_ids;

use crate::http::Reader;
use crate::http::failure::Failure;
use crate::http::route::Route;
use crate::model::Json;
use crate::model::address::{Address, Ids};
use crate::model::declared::{Declared, Fields};
use crate::model::path::Path;
use crate::model::spelling::Spelling;
use crate::model::step::Step;
use crate::model::value::{Key, Owned, Value};
use crate::model::wanted::{Ensure, Live, Want, Wanted};
use crate::resolve::identity_provider::Door;
use crate::resource::{Ask, Body, Found, Request, Resource, Unsendable};
use crate::spec::grant::DEFAULT_DOMAIN;
use crate::spec::realm as words;

/// The resource `keystone/identity-provider/ID`.
pub struct IdentityProvider;

const COLLECTION: &str = "identity_providers";
const REMOTE_IDS: &str = "remote_ids";

impl Resource for IdentityProvider {
    type Declared = Declared<Door>;

    fn bare(address: Address) -> Wanted {
        Wanted::entity(address)
    }

    fn wanted(declared: &Self::Declared) -> Wanted {
        let Declared { address, at, value } = declared;
        let Door { written, realm } = value;
        let words::IdentityProvider {
            id: _,
            protocol: _,
            ensure,
            mapping: _,
            domain,
            enabled,
            description,
            authorization_ttl,
            remote_ids,
            remote_id_attribute: _,
        } = written;
        let ensure = Ensure::from(*ensure);
        let key = |key| Path::new([key]);
        let same = Spelling::Same;
        let home = Address::domain(domain.as_deref().unwrap_or(DEFAULT_DOMAIN));
        let home_wanted = if domain.is_some() { Want::Fixed } else { Want::Once };
        let fields = Fields::at(at)
            .push("domain", key("domain_id"), same, Some(home_wanted(Value::Id(home.clone()))))
            .is("description", key("description"), same, description.as_deref())
            .is("authorizationTtl", key("authorization_ttl"), same, *authorization_ttl);
        // The server would make it disabled.
        let fields = match enabled {
            Some(enabled) => fields.is("enabled", key("enabled"), same, Some(*enabled)),
            None => fields.once("enabled", key("enabled"), true),
        };
        let items = match remote_ids {
            Some(ids) => ids.iter().map(|id| Value::Json(id.as_str().into())).collect(),
            None => vec![Value::Id(realm.clone())],
        };
        let remote = Want::Items { by: Key::Whole, owned: Owned::All, items };
        let fields = fields.push("remoteIds", key(REMOTE_IDS), same, Some(remote));
        let issuer = Some(realm.clone()).filter(|_| remote_ids.is_none() && ensure != Ensure::Absent);
        Wanted {
            fields: fields.into_vec(),
            ensure,
            requires: [home].into_iter().chain(issuer).collect(),
            source: Some(at.source()),
            ..Self::bare(address.clone())
        }
    }

    /// All that there are, asked for or not: a remote id has one owner.
    async fn observe(reader: &Reader, _ask: &Ask<'_>) -> Result<Found, Failure> {
        let mut found = Found::default();
        for body in all(reader).await? {
            let id = body.get("id").and_then(Json::as_str).unwrap_or_default().to_owned();
            found.live.insert(Address::identity_provider(&id), Live { id: Some(id), body });
        }
        Ok(found)
    }

    fn settle(ask: &Ask<'_>, found: &Found) -> Found {
        remote_ids::settle(ask, found)
    }

    fn write(step: &Step, _ids: &Ids) -> Result<Request, Unsendable> {
        let route = super::federation(COLLECTION, step.address.name());
        Ok(super::write_at(step, route, "identity_provider", Body::Changed { echo: &[] }))
    }
}

/// All identity providers.
///
/// # Errors
/// [`Failure`] of the request, and when the list is not whole.
pub(super) async fn all(reader: &Reader) -> Result<Vec<Json>, Failure> {
    super::list::whole(reader, &Route::new(["v3", "OS-FEDERATION", COLLECTION]), COLLECTION).await
}

#[cfg(test)]
mod tests;
