//! A protocol of a Keystone identity provider: which mapping its people go through.
//!
//! Only the list of protocols shows `remote_id_attribute`, and every PATCH must name the mapping (seen on 30).

use crate::http::Reader;
use crate::http::failure::Failure;
use crate::http::route::Route;
use crate::model::Json;
use crate::model::address::{Address, Ids};
use crate::model::declared::{Declared, Fields};
use crate::model::path::Path;
use crate::model::spelling::Spelling;
use crate::model::step::Step;
use crate::model::wanted::{Live, Wanted};
use crate::resolve::identity_provider::Door;
use crate::resource::{Ask, Body, Found, Request, Resource, Unsendable};
use crate::spec::realm as words;

/// The resource `keystone/protocol/PROVIDER/ID`.
pub struct Protocol;

const MAPPING: &str = "mapping_id";

impl Resource for Protocol {
    type Declared = Declared<Door>;

    fn bare(address: Address) -> Wanted {
        Wanted { requires: vec![provider_of(&address)], ..Wanted::entity(address) }
    }

    fn wanted(declared: &Self::Declared) -> Wanted {
        let Declared { address, at, value } = declared;
        let Door { written, realm: _ } = value;
        let words::IdentityProvider {
            id: _,
            protocol: _,
            ensure,
            mapping,
            domain: _,
            enabled: _,
            description: _,
            authorization_ttl: _,
            remote_ids: _,
            remote_id_attribute,
        } = written;
        let key = |key| Path::new([key]);
        let fields = Fields::at(at).is("mapping", key(MAPPING), Spelling::Same, mapping.as_deref()).is(
            "remoteIdAttribute",
            key("remote_id_attribute"),
            Spelling::Same,
            remote_id_attribute.as_deref(),
        );
        let bare = Self::bare(address.clone());
        let mapping = mapping.as_deref().map(Address::mapping);
        Wanted {
            fields: fields.into_vec(),
            ensure: (*ensure).into(),
            requires: bare.requires.iter().cloned().chain(mapping).collect(),
            source: Some(at.source()),
            ..bare
        }
    }

    async fn observe(reader: &Reader, ask: &Ask<'_>) -> Result<Found, Failure> {
        let mut found = Found::default();
        for Wanted { address, .. } in &ask.wanted {
            let route = protocols(address);
            for body in super::list::whole(reader, &route, "protocols").await? {
                let id = body.get("id").and_then(Json::as_str).map(str::to_owned);
                if id.as_deref() == Some(address.name()) {
                    found.live.insert(address.clone(), Live { id, body });
                }
            }
        }
        Ok(found)
    }

    fn write(step: &Step, _ids: &Ids) -> Result<Request, Unsendable> {
        let route = protocols(&step.address).child(step.address.name());
        let is_mapping = |required: &&Address| **required == Address::mapping(required.name());
        let mapping = step.requires.iter().find(is_mapping).map(Address::name);
        Ok(super::write_at(step, route, "protocol", Body::Beside(serde_json::json!({MAPPING: mapping}))))
    }
}

fn provider_of(protocol: &Address) -> Address {
    Address::identity_provider(protocol.names().first().map_or("", String::as_str))
}

/// The protocols of the provider of `protocol`; that of a provider that is not there is empty.
fn protocols(protocol: &Address) -> Route {
    super::federation("identity_providers", provider_of(protocol).name()).child("protocols")
}

#[cfg(test)]
mod tests;
