//! A role of a user, a group or a service account: a link, given to the holder itself. What a holder has through a
//! group or another role is not that link.

mod holders;
mod wire;

use crate::http::Reader;
use crate::http::failure::{Failure, Kind};
use crate::keycloak::{client_role, realm_role, sweep};
use crate::model::Json;
use crate::model::address::{Address, Ids, KeycloakKind};
use crate::model::declared::Declared;
use crate::model::step::Step;
use crate::model::wanted::{Live, Shape, Wanted};
use crate::resolve::role_mapping::RoleMapping as Declaration;
use crate::resource::{Ask, Found, Request, Resource, Unsendable};

/// The resource `keycloak/REALM/role-mapping/ROLE/HOLDER`.
pub struct RoleMapping;

/// What a mapping links.
struct Link {
    holder: Address,
    role: Address,
    /// The client that has the role, if it is not the realm's.
    client: Option<Address>,
}

impl Resource for RoleMapping {
    type Declared = Declared<Declaration>;

    fn bare(address: Address) -> Wanted {
        let Some(Link { holder, role, client }) = link(&address) else { return Wanted::entity(address) };
        Wanted {
            shape: Shape::Relation,
            document: holder.clone(),
            requires: [holder, role].into_iter().chain(client).collect(),
            ..Wanted::entity(address)
        }
    }

    fn wanted(declared: &Self::Declared) -> Wanted {
        let Declared { address, at, value } = declared;
        let Declaration { ensure } = value;
        Wanted { ensure: (*ensure).into(), source: Some(at.source()), ..Self::bare(address.clone()) }
    }

    async fn observe(reader: &Reader, ask: &Ask<'_>) -> Result<Found, Failure> {
        let mut found = Found::default();
        if ask.realm_is_missing {
            return Ok(found);
        }
        let asked = ask.wanted.iter().filter_map(|wanted| {
            Some(holders::Asked { mapping: wanted.address.clone(), link: link(&wanted.address)? })
        });
        let there = holders::there(reader, asked.collect()).await?;
        found.live.extend(there.into_iter().map(|address| (address, Live { id: None, body: Json::Null })));
        for holder in sweep::swept(ask) {
            let roles = holders::all_of(reader, holder).await?;
            // Keycloak gives everybody these; who shall not have them is said to be without them.
            let roles = roles.iter().filter(|role| !realm_role::is_default(role));
            let mappings = roles.filter_map(|role| Address::role_mapping(role, holder));
            found.merge(sweep::strays(ask, holder, mappings.map(sweep::link), Self::bare));
        }
        let links: Vec<Link> = found.adapted.iter().filter_map(|stray| link(&stray.address)).collect();
        let of_strays = links.iter().flat_map(|link| [Some(&link.role), Some(&link.holder), link.client.as_ref()]);
        found.live.extend(linked(reader, of_strays.flatten().collect()).await?);
        Ok(found)
    }

    fn write(step: &Step, ids: &Ids) -> Result<Request, Unsendable> {
        let link = link(&step.address).ok_or_else(|| Unsendable(step.address.clone()))?;
        wire::write(step, &link, ids)
    }

    /// Nobody can give a role of administrators that they do not have (seen on 26.0 and 26.7).
    fn refused(step: &Step, kind: Kind) -> Option<String> {
        let Link { role, client, .. } = link(&step.address).filter(|_| kind == Kind::Forbidden)?;
        let (realm, name) = (super::realm(&role), role.name());
        let of = client.map_or_else(String::new, |client| format!(" of client `{}`", client.name()));
        Some(format!(
            "the tool's account needs the role `manage-users` of realm `{realm}`, and must have the role `{name}`{of} \
             itself to give it or take it away"
        ))
    }
}

fn link(mapping: &Address) -> Option<Link> {
    let (holder, role) = (mapping.role_holder()?, mapping.mapped_role()?);
    let is_of_client = matches!(role, Address::Keycloak { kind: KeycloakKind::ClientRole, .. });
    let client = is_of_client.then(|| client_role::client_of(&role));
    Some(Link { holder, role, client })
}

pub(super) use holders::{ids_of, linked};
pub(super) use wire::{effective, first_page, shows, users_of};

#[cfg(test)]
mod tests;
