//! How a client has a client scope: always, or when it is asked for; and how new clients of a realm get it. The server
//! keeps two lists for that, and a scope is in one of them. What it is in is shown as its `type`, so that one that moves
//! stays the same thing: it leaves one list first, and then comes to the other.

mod wire;

use std::collections::{BTreeMap, BTreeSet};

use crate::http::Reader;
use crate::http::collection::objects;
use crate::http::failure::Failure;
use crate::keycloak::{client, client_scope, sweep};
use crate::model::Json;
use crate::model::address::{Address, Ids, KeycloakKind};
use crate::model::declared::{Declared, Fields};
use crate::model::path::Path;
use crate::model::spelling::Spelling;
use crate::model::step::Step;
use crate::model::value::Value;
use crate::model::wanted::{Ensure, Field, Live, Mode, Want, Wanted};
use crate::resolve::client_scope::Assignment;
use crate::resource::{Ask, First, Found, Request, Resource, Unsendable};
use crate::spec::client_scope::ClientType;

/// The resource `keycloak/REALM/assigned-scope/CLIENT/SCOPE`, and `keycloak/REALM/assigned-scope/SCOPE` for new clients.
pub struct AssignedScope;

/// The scope that a client with an account of its own has, whatever the spec says.
const OF_ACCOUNTS: &str = "service_account";

/// The scopes of one holder, by name, each with its type.
type Types = BTreeMap<String, ClientType>;

impl Resource for AssignedScope {
    type Declared = Declared<Assignment>;

    fn bare(address: Address) -> Wanted {
        let (client, scope) = ends(&address);
        let document = client.clone().unwrap_or_else(|| Address::realm(super::realm(&address)));
        Wanted { requires: client.into_iter().chain([scope]).collect(), document, ..Wanted::entity(address) }
    }

    fn wanted(declared: &Self::Declared) -> Wanted {
        let Declared { address, at, value } = declared;
        let Assignment { ensure, assigned } = value;
        let fields = Fields::at(at).is("type", path(), Spelling::Same, Some(wire::word(*assigned)));
        let fields = fields.into_vec();
        Wanted { fields, ensure: (*ensure).into(), source: Some(at.source()), ..Self::bare(address.clone()) }
    }

    async fn observe(reader: &Reader, ask: &Ask<'_>) -> Result<Found, Failure> {
        let mut found = Found::default();
        let Some(realm) = ask.realm() else { return Ok(found) };
        let swept = sweep::swept(ask);
        let mut clients: BTreeSet<Address> = swept.iter().copied().cloned().collect();
        clients.extend(ask.wanted.iter().filter_map(|wanted| ends(&wanted.address).0));
        let mut missing = BTreeSet::new();
        let mut types = BTreeMap::<Option<Address>, Types>::new();
        for client in clients {
            let body = if ask.realm_is_missing { None } else { client::find(reader, realm, client.name()).await? };
            // A client that is still to be made has what the realm gives it: there is nothing else to compare with.
            let of_it = if let Some(body) = body {
                wire::of_client(&body)
            } else {
                missing.insert(client.clone());
                foreseen(reader, ask, realm).await?
            };
            types.insert(Some(client), of_it);
        }
        if ask.wanted.iter().any(|wanted| ends(&wanted.address).0.is_none()) {
            types.insert(None, of_realm(reader, ask, realm).await?);
        }
        for wanted in &ask.wanted {
            let (client, scope) = ends(&wanted.address);
            // Whoever only wants to know what is there is not told what will be.
            if wanted.ensure == Ensure::Any && client.as_ref().is_some_and(|client| missing.contains(client)) {
                continue;
            }
            let Some(is) = types.get(&client).and_then(|types| types.get(scope.name()).copied()) else { continue };
            found.first.extend(leaves(wanted, is));
            found.live.insert(wanted.address.clone(), live(is));
        }
        for client in swept {
            let scopes = if ask.realm_is_missing { Vec::new() } else { client_scope::all(reader, realm).await? };
            let assigned = types.get(&Some(client.clone())).into_iter().flatten();
            let assigned = assigned.filter(|(name, _)| *name != OF_ACCOUNTS).map(|(name, is)| {
                (Address::keycloak(realm, KeycloakKind::AssignedScope, [client.name(), name]), live(*is))
            });
            let strays = sweep::strays(ask, client, assigned, Self::bare);
            let of_strays: BTreeSet<Address> = strays.adapted.iter().map(|stray| ends(&stray.address).1).collect();
            let of_strays = of_strays.into_iter().filter_map(|scope| {
                let body = scopes.iter().find(|body| client_scope::name(body) == scope.name())?;
                Some((scope, client_scope::live(body)))
            });
            found.live.extend(of_strays);
            found.merge(strays);
        }
        Ok(found)
    }

    fn write(step: &Step, ids: &Ids) -> Result<Request, Unsendable> {
        wire::write(step, &ends(&step.address), ids)
    }
}

/// The client, and the scope that it has; no client where new ones are meant.
fn ends(assigned: &Address) -> (Option<Address>, Address) {
    let realm = super::realm(assigned);
    let client = match assigned.names() {
        [client, _] => Some(Address::keycloak(realm, KeycloakKind::Client, [client.as_str()])),
        _ => None,
    };
    (client, Address::keycloak(realm, KeycloakKind::ClientScope, [assigned.name()]))
}

/// Whether it is how new clients of a realm get a scope.
pub(crate) fn is_of_realm(address: &Address) -> bool {
    matches!(address, Address::Keycloak { kind: KeycloakKind::AssignedScope, names, .. } if names.len() == 1)
}

fn path() -> Path {
    Path::new([wire::TYPE])
}

fn live(is: ClientType) -> Live {
    Live { id: None, body: serde_json::json!({wire::TYPE: wire::word(is)}) }
}

/// What is asked of the type, if anything is.
fn asked(wanted: &Wanted) -> Option<ClientType> {
    wanted.fields.iter().find_map(|field| match &field.want {
        Want::Is(Value::Json(word)) if field.path == path() => wire::of_json(Some(word)),
        _ => None,
    })
}

/// That it leaves the list that it is in, where it shall be in the other one.
fn leaves(wanted: &Wanted, is: ClientType) -> Option<First> {
    let stays = matches!(wanted.ensure, Ensure::Present | Ensure::Existing);
    asked(wanted).filter(|asked| stays && *asked != is)?;
    let nowhere = |field: &Field| Field { want: Want::Is(Value::Json(Json::Null)), ..field.clone() };
    let fields = wanted.fields.iter().map(nowhere).collect();
    Some(First { wanted: Wanted { ensure: Ensure::Existing, fields, ..wanted.clone() }, before: Vec::new() })
}

/// What the realm gives to new clients.
async fn of_realm(reader: &Reader, ask: &Ask<'_>, realm: &str) -> Result<Types, Failure> {
    let mut types = Types::new();
    if ask.realm_is_missing {
        let known = client_scope::built_in_names();
        types.extend(known.filter_map(|name| Some((name.to_owned(), client_scope::built_in_type(name)?))));
        return Ok(types);
    }
    for assigned in wire::TYPES {
        let route = wire::of_new_clients(realm, assigned);
        let scopes = objects(reader, &route, reader.get(&route).await?.as_ref().clone())?;
        let ours = scopes.iter().filter(|scope| client_scope::is_openid(scope));
        types.extend(ours.map(|scope| (client_scope::name(scope).to_owned(), assigned)));
    }
    Ok(types)
}

/// What a client that is still to be made will have got from the realm: it is made when the realm's own lists are as they
/// shall be, but for what leaves them, which goes at the end.
async fn foreseen(reader: &Reader, ask: &Ask<'_>, realm: &str) -> Result<Types, Failure> {
    let mut types = of_realm(reader, ask, realm).await?;
    let to_come = ask.wanted.iter().filter(|wanted| {
        let managed = wanted.mode == Mode::Manage && wanted.ensure == Ensure::Present;
        managed && ends(&wanted.address).0.is_none()
    });
    types.extend(to_come.filter_map(|wanted| Some((wanted.address.name().to_owned(), asked(wanted)?))));
    Ok(types)
}

#[cfg(test)]
mod tests;
