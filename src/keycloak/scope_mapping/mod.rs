//! A role that tokens may carry by a scope: the dedicated one of a client, or a client scope. A link: whose tokens do carry
//! it is decided by who has the role.

mod wire;

use std::collections::{BTreeMap, BTreeSet};

use futures::{StreamExt as _, TryStreamExt as _, stream};

use crate::http::Reader;
use crate::http::failure::{Failure, Kind};
use crate::keycloak::role_mapping::{ids_of, linked};
use crate::keycloak::{client_role, sweep};
use crate::model::address::{Address, Ids, KeycloakKind};
use crate::model::declared::Declared;
use crate::model::step::Step;
use crate::model::wanted::{Shape, Wanted};
use crate::resolve::role_mapping::RoleMapping as Declaration;
use crate::resource::{Ask, Found, Request, Resource, Unsendable};

/// Lists that are read at once.
const AT_ONCE: usize = 4;

/// The resource `keycloak/REALM/scope-mapping/ROLE/SCOPE`.
pub struct ScopeMapping;

impl Resource for ScopeMapping {
    type Declared = Declared<Declaration>;

    fn bare(address: Address) -> Wanted {
        let Some((role, scope)) = address.scoped_role() else { return Wanted::entity(address) };
        let requires: BTreeSet<Address> = client_of(&role).into_iter().chain([scope.clone(), role]).collect();
        Wanted {
            shape: Shape::Relation,
            document: scope,
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
        let swept = sweep::swept(ask);
        let asked = ask.wanted.iter().filter_map(|wanted| Some(wanted.address.scoped_role()?.1));
        let scopes: BTreeSet<Address> = asked.chain(swept.iter().copied().cloned()).collect();
        let ids = ids_of(reader, scopes.iter().collect()).await?;
        let lists = scopes.iter().filter_map(|scope| {
            // What is not there has no roles.
            let route = wire::roles(scope, ids.get(scope)?);
            Some(async move {
                let answer = reader.get(&route).await?;
                let roles = wire::carried(realm, &answer);
                let roles = roles.ok_or_else(|| reader.unreadable(&route, "the answer is no list of roles"))?;
                Ok::<_, Failure>((scope, roles))
            })
        });
        let carried: BTreeMap<&Address, BTreeSet<Address>> =
            stream::iter(lists.collect::<Vec<_>>()).buffer_unordered(AT_ONCE).try_collect().await?;
        for Wanted { address, .. } in &ask.wanted {
            let Some((role, scope)) = address.scoped_role() else { continue };
            if carried.get(&scope).is_some_and(|roles| roles.contains(&role)) {
                found.live.extend([sweep::link(address.clone())]);
            }
        }
        for scope in swept {
            let mappings = carried.get(scope).into_iter().flatten().map(|role| wire::address(role, scope));
            let mappings = mappings.filter(|mapping| !is_built_in(mapping)).map(sweep::link);
            found.merge(sweep::strays(ask, scope, mappings, Self::bare));
        }
        // They are there, although nobody may have asked for them.
        let of_strays: Vec<Address> = found.adapted.iter().flat_map(|stray| stray.requires.clone()).collect();
        found.live.extend(linked(reader, of_strays.iter().collect()).await?);
        Ok(found)
    }

    fn write(step: &Step, ids: &Ids) -> Result<Request, Unsendable> {
        let (role, scope) = step.address.scoped_role().ok_or_else(|| Unsendable(step.address.clone()))?;
        wire::write(step, &role, &scope, ids)
    }

    /// Nobody can put a role of the realm into a scope who may not change the realm (seen on 26.7).
    fn refused(step: &Step, kind: Kind) -> Option<String> {
        let (role, _) = step.address.scoped_role().filter(|_| kind == Kind::Forbidden)?;
        let right = if client_of(&role).is_some() { "`manage-clients`" } else { "`manage-clients` and `manage-realm`" };
        Some(format!("the tool's account needs {right} of realm `{}`", super::realm(&role)))
    }
}

/// The client that has the role, if it is not the realm's.
fn client_of(role: &Address) -> Option<Address> {
    let is_of_client = matches!(role, Address::Keycloak { kind: KeycloakKind::ClientRole, .. });
    is_of_client.then(|| client_role::client_of(role))
}

/// Whether every new realm has it.
pub(super) fn is_built_in(mapping: &Address) -> bool {
    let names: Vec<&str> = mapping.names().iter().map(String::as_str).collect();
    wire::BUILT_IN.contains(&names.as_slice())
}

#[cfg(test)]
mod tests;
