//! A realm's user profile: what it does with attributes that it does not declare. Its declared attributes are not
//! touched.
//!
//! The policy decides whether grants are stored at all: without one, writes of undeclared attributes answer 204
//! and are dropped (seen on 26.0 and 26.7).

mod wire;

use crate::http::Reader;
use crate::http::failure::Failure;
use crate::model::address::{Address, Ids};
use crate::model::declared::{Declared, Fields};
use crate::model::path::Path;
use crate::model::spelling::Spelling;
use crate::model::step::Step;
use crate::model::wanted::{Live, Shape, Wanted};
use crate::resource::{Ask, Found, Request, Resource, Unsendable};
use crate::spec::realm;

/// The resource `keycloak/REALM/user-profile`.
pub struct UserProfile;

impl Resource for UserProfile {
    type Declared = Declared<realm::UserProfile>;

    fn bare(address: Address) -> Wanted {
        Wanted { shape: Shape::Document, ..Wanted::entity(address) }
    }

    fn wanted(declared: &Self::Declared) -> Wanted {
        let Declared { address, at, value } = declared;
        let realm::UserProfile { unmanaged_attributes } = value;
        let fields = Fields::at(at).is(
            "unmanagedAttributes",
            Path::new([POLICY]),
            Spelling::Policy,
            unmanaged_attributes.map(realm::UnmanagedAttributes::word),
        );
        Wanted { fields: fields.into_vec(), source: Some(at.source()), ..Self::bare(address.clone()) }
    }

    async fn observe(reader: &Reader, ask: &Ask<'_>) -> Result<Found, Failure> {
        let mut found = Found::default();
        for Wanted { address, .. } in &ask.wanted {
            let body = reader.get(&profile(super::realm(address))).await?;
            found.live.insert(address.clone(), Live { id: None, body: body.as_ref().clone() });
        }
        Ok(found)
    }

    fn write(step: &Step, _ids: &Ids) -> Result<Request, Unsendable> {
        Ok(wire::replace(super::realm(&step.address)))
    }
}

pub(super) use wire::{POLICY, profile, requires};

#[cfg(test)]
mod tests;
