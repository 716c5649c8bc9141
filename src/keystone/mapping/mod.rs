//! A Keystone mapping: who the people of an identity provider are in Keystone, and what they may do there.
//!
//! Its rules are one value: their order matters, and the server replaces them whole. A PATCH without the version makes
//! them rules of version 1.0, which refuses `projects_json`, or takes over older rules without a word (seen on 30).

mod wire;

use crate::http::Reader;
use crate::http::failure::Failure;
use crate::model::Json;
use crate::model::address::{Address, Ids};
use crate::model::declared::{Declared, Fields};
use crate::model::path::Path;
use crate::model::spelling::Spelling;
use crate::model::step::Step;
use crate::model::wanted::{Live, Wanted};
use crate::resource::{Ask, Found, Request, Resource, Unsendable};
use crate::spec::environment::{self, SchemaVersion};

/// The resource `keystone/mapping/ID`.
pub struct Mapping;

impl Resource for Mapping {
    type Declared = Declared<environment::Mapping>;

    fn bare(address: Address) -> Wanted {
        Wanted::entity(address)
    }

    fn wanted(declared: &Self::Declared) -> Wanted {
        let Declared { address, at, value } = declared;
        let environment::Mapping { id: _, ensure, schema_version, rules } = value;
        let version = schema_version.or_else(|| rules.as_ref().map(|_| SchemaVersion::default()));
        let fields = Fields::at(at)
            .is("schemaVersion", Path::new([VERSION]), Spelling::Same, version.map(SchemaVersion::word))
            .is("rules", Path::new([RULES]), Spelling::Same, rules.clone().map(Json::Array));
        let ensure = (*ensure).into();
        Wanted { fields: fields.into_vec(), ensure, source: Some(at.source()), ..Self::bare(address.clone()) }
    }

    async fn observe(reader: &Reader, ask: &Ask<'_>) -> Result<Found, Failure> {
        let mut found = Found::default();
        for body in all(reader).await? {
            let id = body.get("id").and_then(Json::as_str).unwrap_or_default().to_owned();
            let address = Address::mapping(&id);
            if ask.wanted.iter().any(|wanted| wanted.address == address) {
                found.live.insert(address, Live { id: Some(id), body });
            }
        }
        Ok(found)
    }

    fn write(step: &Step, _ids: &Ids) -> Result<Request, Unsendable> {
        Ok(wire::write(step))
    }
}

/// All mappings.
///
/// # Errors
/// [`Failure`] of the request, and when the list is not whole.
pub(super) async fn all(reader: &Reader) -> Result<Vec<Json>, Failure> {
    super::list::whole(reader, &wire::mappings(), "mappings").await
}

pub(super) use wire::{RULES, VERSION, unknown_version};

#[cfg(test)]
mod tests;
