//! A group: its attributes, one of which holds the grants of all its members. Its other attributes are not touched; who
//! is in it is a resource of its own, and so are its sub-groups.

mod tree;
mod wire;

use crate::http::Reader;
use crate::http::failure::Failure;
use crate::keycloak::{sweep, user};
use crate::model::Json;
use crate::model::address::{Address, Ids, KeycloakKind};
use crate::model::declared::{Declared, Fields};
use crate::model::path::Path;
use crate::model::spelling::Spelling;
use crate::model::step::Step;
use crate::model::value::Value;
use crate::model::wanted::{Live, Wanted};
use crate::resolve::grants::Grants;
use crate::resolve::group;
use crate::resource::{Ask, Found, Request, Resource, Unsendable};
use crate::spec::{Ensure, access};

/// The resource `keycloak/REALM/group/PATH`.
pub struct Group;

impl Resource for Group {
    type Declared = Declared<group::Group>;

    fn bare(address: Address) -> Wanted {
        Wanted { requires: parent(&address).into_iter().collect(), ..Wanted::entity(address) }
    }

    fn wanted(declared: &Self::Declared) -> Wanted {
        let Declared { address, at, value } = declared;
        let group::Group { group, grants, grant_attribute } = value;
        let access::Group {
            path: _,
            ensure,
            renamed_from: _,
            description,
            attributes,
            members: _,
            authoritative,
            realm_roles: _,
            client_roles: _,
            grants: _,
        } = group;
        let all = Path::new(["attributes"]);
        let fields = Fields::at(at)
            .identity("path", Path::new(["name"]), Value::Json(address.name().into()))
            .is("description", Path::new(["description"]), Spelling::Same, description.as_deref())
            .value_lists("attributes", &all, attributes.as_ref())
            .push("grants", all.child(grant_attribute), Spelling::Same, grants.as_ref().map(Grants::want));
        let sweeps = authoritative.iter().filter(|_| *ensure != Ensure::Absent).filter_map(|collection| {
            let kind = match collection {
                access::AuthoritativeGroup::Members => KeycloakKind::Membership,
                access::AuthoritativeGroup::Roles => KeycloakKind::RoleMapping,
                // Which ones these are, Keystone knows too: see `resolve`.
                access::AuthoritativeGroup::Grants => return None,
            };
            Some(sweep::all_of(address, kind, at))
        });
        let bare = Self::bare(address.clone());
        let requires = bare.requires.iter().cloned().chain(grants.iter().flat_map(Grants::requires)).collect();
        Wanted {
            fields: fields.into_vec(),
            ensure: (*ensure).into(),
            requires,
            sweeps: sweeps.collect(),
            source: Some(at.source()),
            ..bare
        }
    }

    async fn observe(reader: &Reader, ask: &Ask<'_>) -> Result<Found, Failure> {
        let mut found = Found::default();
        let Some(realm) = ask.realm() else { return Ok(found) };
        if ask.realm_is_missing {
            return Ok(found);
        }
        let mut groups = tree(reader, realm).await?;
        for Wanted { address, .. } in &ask.wanted {
            if let Some(body) = groups.remove(address.names()) {
                let id = body.get("id").and_then(Json::as_str).map(str::to_owned);
                found.live.insert(address.clone(), Live { id, body });
            }
        }
        if found.live.len() < ask.wanted.len() || sweep::is_of_all(&ask.sweeps) {
            user::require_sight(reader, realm, &wire::count(realm)).await?;
        }
        for (names, body) in groups.into_iter().filter(|(_, body)| sweep::concerns(&ask.sweeps, body)) {
            let id = body.get("id").and_then(Json::as_str).map(str::to_owned);
            let address = Address::keycloak(realm, KeycloakKind::Group, names.iter().map(String::as_str));
            found.live.insert(address, Live { id, body });
        }
        Ok(found)
    }

    fn settle(ask: &Ask<'_>, found: &Found) -> Found {
        sweep::holders(ask, found)
    }

    fn write(step: &Step, ids: &Ids) -> Result<Request, Unsendable> {
        wire::write(step, parent(&step.address).as_ref(), ids)
    }
}

/// The group that a group is in.
fn parent(group: &Address) -> Option<Address> {
    let (_, outer) = group.names().split_last().filter(|(_, outer)| !outer.is_empty())?;
    Some(Address::keycloak(super::realm(group), KeycloakKind::Group, outer.iter().map(String::as_str)))
}

pub(super) use tree::{Tree, everybody, listed, tree};
pub(super) use wire::{PAGE, PAGE_AND_NEXT, first_members, members};

#[cfg(test)]
mod tests;
