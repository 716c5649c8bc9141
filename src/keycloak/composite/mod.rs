//! A role that another role contains: who has that one has both. A link between two roles, of the realm or of clients.

mod wire;

use std::collections::{BTreeMap, BTreeSet};

use futures::{StreamExt as _, TryStreamExt as _, stream};

use crate::http::Reader;
use crate::http::collection::objects;
use crate::http::failure::{Failure, Kind};
use crate::keycloak::role_mapping::{ids_of, linked};
use crate::keycloak::{client, client_role, is_built_in, sweep};
use crate::model::Json;
use crate::model::address::{Address, Ids, KeycloakKind};
use crate::model::declared::Declared;
use crate::model::step::Step;
use crate::model::wanted::{Live, Shape, Wanted};
use crate::resolve::role_mapping::RoleMapping as Declaration;
use crate::resource::{Ask, Found, Request, Resource, Unsendable};

/// Lists that are read at once.
const AT_ONCE: usize = 4;

/// The resource `keycloak/REALM/composite/ROLE/ROLE`: the containing role, and the one that it contains.
pub struct Composite;

impl Resource for Composite {
    type Declared = Declared<Declaration>;

    fn bare(address: Address) -> Wanted {
        let Some((whole, part)) = address.composite_roles() else { return Wanted::entity(address) };
        let client = |role: &Address| is_of_client(role).then(|| client_role::client_of(role));
        let requires: BTreeSet<Address> =
            [client(&whole), client(&part)].into_iter().flatten().chain([whole.clone(), part]).collect();
        Wanted {
            shape: Shape::Relation,
            document: whole,
            requires: requires.into_iter().collect(),
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
        let Some(realm) = ask.realm().filter(|_| !ask.realm_is_missing) else { return Ok(found) };
        let links = ask.wanted.iter().filter_map(|wanted| Some((&wanted.address, wanted.address.composite_roles()?)));
        let links: Vec<(&Address, (Address, Address))> = links.collect();
        let roles = links.iter().flat_map(|(_, (whole, part))| [whole, part]).collect();
        let ids = ids_of(reader, roles).await?;
        let mut of_whole = BTreeMap::<&str, Vec<(&Address, &str)>>::new();
        for (address, (whole, part)) in &links {
            // What links something that is not there is not there either.
            if let (Some(whole), Some(part)) = (ids.get(whole), ids.get(part)) {
                of_whole.entry(whole).or_default().push((address, part));
            }
        }
        let there = of_whole.into_iter().map(|(whole, parts)| async move {
            let route = wire::parts(realm, whole);
            let answer = reader.get(&route).await?;
            let contained = objects(reader, &route, answer.as_ref().clone())?;
            let is_there =
                |part: &str| contained.iter().any(|role| role.get("id").and_then(Json::as_str) == Some(part));
            let there = parts.into_iter().filter(|(_, part)| is_there(part)).map(|(address, _)| address.clone());
            Ok::<_, Failure>(there.collect::<Vec<_>>())
        });
        let there: Vec<Vec<Address>> =
            stream::iter(there.collect::<Vec<_>>()).buffer_unordered(AT_ONCE).try_collect().await?;
        found.live.extend(there.into_iter().flatten().map(|address| (address, Live { id: None, body: Json::Null })));
        for whole in sweep::swept(ask) {
            let parts = parts_of(reader, whole).await?;
            // What a role contains from its beginning, the server works with.
            let parts = parts.iter().filter(|part| !(is_built_in(whole) && is_built_in(part)));
            let links = parts.filter_map(|part| Address::composite(whole, part));
            found.merge(sweep::strays(ask, whole, links.map(sweep::link), Self::bare));
        }
        let strays: Vec<Address> = found.adapted.iter().flat_map(|stray| stray.requires.clone()).collect();
        found.live.extend(linked(reader, strays.iter().collect()).await?);
        Ok(found)
    }

    fn write(step: &Step, ids: &Ids) -> Result<Request, Unsendable> {
        let (whole, part) = step.address.composite_roles().ok_or_else(|| Unsendable(step.address.clone()))?;
        wire::write(step, &whole, &part, ids)
    }

    /// Nobody can put a role of administrators that they do not have into another one (seen on 26.7).
    fn refused(step: &Step, kind: Kind) -> Option<String> {
        let (whole, part) = step.address.composite_roles().filter(|_| kind == Kind::Forbidden)?;
        let right = |role: &Address| if is_of_client(role) { "`manage-clients`" } else { "`manage-realm`" };
        let rights = BTreeSet::from([right(&whole), right(&part)]).into_iter().collect::<Vec<_>>().join(" and ");
        let realm = super::realm(&whole);
        Some(format!(
            "the tool's account needs {rights} of realm `{realm}`, and must have {part} itself if that is a role of \
             administrators"
        ))
    }
}

/// All roles that a role contains; nothing of one that is not there.
async fn parts_of(reader: &Reader, whole: &Address) -> Result<Vec<Address>, Failure> {
    let realm = super::realm(whole);
    let ids = ids_of(reader, [whole].into()).await?;
    let Some(id) = ids.get(whole) else { return Ok(Vec::new()) };
    let route = wire::parts(realm, id);
    let answer = reader.get(&route).await?;
    let mut parts = Vec::new();
    for part in objects(reader, &route, answer.as_ref().clone())? {
        let text = |key: &str| part.get(key).and_then(Json::as_str);
        let (Some(name), Some(container)) = (text("name"), text("containerId")) else { continue };
        if part.get("clientRole").and_then(Json::as_bool) == Some(true) {
            let client = reader.object(&client::clients(realm).child(container)).await?;
            let client = client.get("clientId").and_then(Json::as_str).unwrap_or_default();
            parts.push(Address::keycloak(realm, KeycloakKind::ClientRole, [client, name]));
        } else {
            parts.push(Address::keycloak(realm, KeycloakKind::RealmRole, [name]));
        }
    }
    Ok(parts)
}

fn is_of_client(role: &Address) -> bool {
    matches!(role, Address::Keycloak { kind: KeycloakKind::ClientRole, .. })
}

#[cfg(test)]
mod tests;
