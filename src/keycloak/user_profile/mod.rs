//! A realm's user profile: the attributes that it declares, and what it does with others. Declared attributes of which
//! nothing is said are not touched.
//!
//! The policy decides whether grants are stored at all: without one, writes of undeclared attributes answer 204
//! and are dropped (seen on 26.0 and 26.7).

mod wire;

use std::sync::Arc;

use crate::http::Reader;
use crate::http::failure::Failure;
use crate::model::Json;
use crate::model::address::{Address, Ids};
use crate::model::declared::{Declared, Fields};
use crate::model::path::Path;
use crate::model::spelling::Spelling;
use crate::model::step::Step;
use crate::model::value::{Key, Owned, Value};
use crate::model::wanted::{Live, Shape, Want, Wanted};
use crate::resource::{Ask, Found, Request, Resource, Unsendable};
use crate::spec::{Ensure, realm};

/// The resource `keycloak/REALM/user-profile`.
pub struct UserProfile;

impl Resource for UserProfile {
    type Declared = Declared<realm::UserProfile>;

    fn bare(address: Address) -> Wanted {
        Wanted { shape: Shape::Document, ..Wanted::entity(address) }
    }

    fn wanted(declared: &Self::Declared) -> Wanted {
        let Declared { address, at, value } = declared;
        let realm::UserProfile { unmanaged_attributes, attributes, groups } = value;
        let policy = unmanaged_attributes.map(realm::UnmanagedAttributes::word);
        let declared = attributes.iter().filter(|attribute| attribute.ensure != Ensure::Absent);
        let items = Want::Items {
            by: Key::Name,
            owned: Owned::Keys(attributes.iter().map(|attribute| attribute.name.clone()).collect()),
            items: declared.map(wire::attribute).map(Value::Json).collect(),
        };
        let there = groups.iter().filter(|group| group.ensure != Ensure::Absent);
        let of_groups = Want::Items {
            by: Key::Name,
            owned: Owned::Keys(groups.iter().map(|group| group.name.clone()).collect()),
            items: there.map(wire::group).map(Value::Json).collect(),
        };
        let fields = Fields::at(at).is("unmanagedAttributes", Path::new([POLICY]), Spelling::Policy, policy).push(
            "attributes",
            Path::new([wire::ATTRIBUTES]),
            Spelling::Same,
            Some(items).filter(|_| !attributes.is_empty()),
        );
        let of_groups = Some(of_groups).filter(|_| !groups.is_empty());
        let fields = fields.push("groups", Path::new([wire::GROUPS]), Spelling::Same, of_groups);
        Wanted { fields: fields.into_vec(), source: Some(at.source()), ..Self::bare(address.clone()) }
    }

    async fn observe(reader: &Reader, ask: &Ask<'_>) -> Result<Found, Failure> {
        let mut found = Found::default();
        for Wanted { address, .. } in &ask.wanted {
            let body = read(reader, super::realm(address), ask).await?;
            found.live.insert(address.clone(), Live { id: None, body: body.as_ref().clone() });
        }
        Ok(found)
    }

    fn write(step: &Step, _ids: &Ids) -> Result<Request, Unsendable> {
        Ok(wire::replace(super::realm(&step.address)))
    }
}

/// The realm's profile; that of every new realm, if this one is still to be made.
///
/// # Errors
/// [`Failure`] of the request.
pub(super) async fn read(reader: &Reader, realm: &str, ask: &Ask<'_>) -> Result<Arc<Json>, Failure> {
    if ask.realm_is_missing { Ok(Arc::new(wire::of_a_new_realm())) } else { reader.object(&profile(realm)).await }
}

pub(super) use wire::{POLICY, profile, requires};

#[cfg(test)]
mod tests;
