//! A role of a realm: its description and attributes. The roles that it contains are a resource of their own.

mod wire;

use std::collections::BTreeMap;

use crate::http::Reader;
use crate::http::collection::objects;
use crate::http::failure::Failure;
use crate::http::route::Route;
use crate::keycloak::sweep;
use crate::model::Json;
use crate::model::address::{Address, Ids, KeycloakKind};
use crate::model::declared::{Declared, Fields};
use crate::model::path::Path;
use crate::model::spelling::Spelling;
use crate::model::step::Step;
use crate::model::value::Value;
use crate::model::wanted::{Live, Wanted};
use crate::resource::{Ask, Found, IdSource, Request, Resource, Unsendable};
use crate::spec::Ensure;
use crate::spec::role::{AuthoritativeRole, Role};

/// The resource `keycloak/REALM/realm-role/ROLE`.
pub struct RealmRole;

impl Resource for RealmRole {
    type Declared = Declared<Role>;

    fn bare(address: Address) -> Wanted {
        Wanted::entity(address)
    }

    fn wanted(declared: &Self::Declared) -> Wanted {
        wanted(declared, Self::bare(declared.address.clone()))
    }

    async fn observe(reader: &Reader, ask: &Ask<'_>) -> Result<Found, Failure> {
        let mut found = Found::default();
        let Some(realm) = ask.wanted.first().map(|wanted| super::realm(&wanted.address)) else { return Ok(found) };
        if ask.realm_is_missing {
            return Ok(found);
        }
        let mut roles = by_name(reader, &wire::roles(realm)).await?;
        if roles.is_empty() {
            let right = "the tool's account needs the role `view-realm` of the realm";
            return Err(reader.hidden(&wire::roles(realm), right));
        }
        for Wanted { address, .. } in &ask.wanted {
            found.live.extend(roles.remove(address.name()).map(|role| (address.clone(), role)));
        }
        Ok(found)
    }

    fn write(step: &Step, ids: &Ids) -> Result<Request, Unsendable> {
        let realm = super::realm(&step.address);
        write(step, realm, || Ok(wire::collection(realm)), ids)
    }

    fn learns_id() -> IdSource {
        IdSource::Look
    }

    fn remedy() -> Option<&'static str> {
        Some(REMEDY)
    }
}

/// What to do about a role that is given and is not there.
pub(super) const REMEDY: &str =
    "correct the name, or declare the role: in `roles` of the Realm document, or of the client that it is a role of";

/// What is asked of a role, of the realm or of a client, of which nothing is asked yet.
pub(super) fn wanted(declared: &Declared<Role>, bare: Wanted) -> Wanted {
    let Declared { address, at, value } = declared;
    let Role { name: _, ensure, renamed_from: _, description, attributes, composites: _, authoritative } = value;
    let fields = Fields::at(at)
        .identity("name", Path::new(["name"]), Value::Json(address.name().into()))
        .is("description", Path::new(["description"]), Spelling::Same, description.as_deref())
        .value_lists("attributes", &Path::new(["attributes"]), attributes.as_ref());
    let sweeps = authoritative.iter().filter(|_| *ensure != Ensure::Absent);
    let sweeps = sweeps.map(|AuthoritativeRole::Composites| sweep::all_of(address, KeycloakKind::Composite, at));
    Wanted {
        fields: fields.into_vec(),
        ensure: (*ensure).into(),
        sweeps: sweeps.collect(),
        source: Some(at.source()),
        ..bare
    }
}

/// The roles of a list, by name. Neither version cuts the list when no page is asked for (26.0 and 26.7).
pub(super) async fn by_name(reader: &Reader, route: &Route) -> Result<BTreeMap<String, Live>, Failure> {
    let answer = reader.get(route).await?;
    let role = |role: Json| {
        let text = |key: &str| role.get(key).and_then(Json::as_str).map(str::to_owned);
        Some((text("name")?, Live { id: text("id"), body: role.clone() }))
    };
    Ok(objects(reader, route, answer.as_ref().clone())?.into_iter().filter_map(role).collect())
}

/// Whether the realm has this role from its beginning.
pub(super) fn is_built_in(realm: &str, role: &str) -> bool {
    wire::BUILT_IN.contains(&role)
        || (realm == "master" && wire::ADMINISTRATORS.contains(&role))
        || role == defaults(realm)
}

/// Whether it is the role of a realm that Keycloak gives everybody.
pub(super) fn is_default(role: &Address) -> bool {
    matches!(role, Address::Keycloak { realm, kind: KeycloakKind::RealmRole, .. } if role.name() == defaults(realm))
}

fn defaults(realm: &str) -> String {
    format!("default-roles-{}", realm.to_lowercase())
}

pub(super) use wire::{by_id, full, write};

#[cfg(test)]
mod tests;
