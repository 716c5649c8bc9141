//! The Keycloak backend: its login, and the two matches over its resources.

pub mod assigned_scope;
pub mod client;
pub mod client_role;
pub mod client_scope;
pub mod client_secret;
pub mod composite;
pub mod default_group;
pub mod example_token;
pub mod group;
pub mod identity_provider;
pub mod identity_provider_mapper;
pub mod membership;
pub mod protocol_mapper;
pub mod realm;
pub mod realm_role;
pub mod rights;
pub mod role_mapping;
pub mod scope_mapping;
pub mod service_account;
pub mod session;
pub mod user;
pub mod user_profile;

mod administrators;
mod deaths;
mod hidden;
mod holders;
mod own_rights;
mod settings;
mod sweep;
mod user_federation;

use std::collections::{BTreeMap, BTreeSet};

use crate::http::Reader;
use crate::http::failure::Failure;
use crate::http::route::Route;
use crate::model::address::{Address, Ids, KeycloakKind};
use crate::model::step::Step;
use crate::model::wanted::Live;
use crate::resource::{Ask, Behaviour, Bereft, Found, Resource as _, Warning};

/// The pure answers of a kind of resource.
#[must_use]
pub fn behaviour(kind: KeycloakKind) -> Behaviour {
    match kind {
        KeycloakKind::Realm => Behaviour::of::<realm::Realm>(),
        KeycloakKind::UserProfile => Behaviour::of::<user_profile::UserProfile>(),
        KeycloakKind::ClientScope => Behaviour::of::<client_scope::ClientScope>(),
        KeycloakKind::Client => Behaviour::of::<client::Client>(),
        KeycloakKind::ClientSecret => Behaviour::of::<client_secret::ClientSecret>(),
        KeycloakKind::IdentityProvider => Behaviour::of::<identity_provider::IdentityProvider>(),
        KeycloakKind::IdentityProviderMapper => Behaviour::of::<identity_provider_mapper::IdentityProviderMapper>(),
        KeycloakKind::ProtocolMapper => Behaviour::of::<protocol_mapper::ProtocolMapper>(),
        KeycloakKind::AssignedScope => Behaviour::of::<assigned_scope::AssignedScope>(),
        KeycloakKind::Group => Behaviour::of::<group::Group>(),
        KeycloakKind::User => Behaviour::of::<user::User>(),
        KeycloakKind::Membership => Behaviour::of::<membership::Membership>(),
        KeycloakKind::DefaultGroup => Behaviour::of::<default_group::DefaultGroup>(),
        KeycloakKind::RealmRole => Behaviour::of::<realm_role::RealmRole>(),
        KeycloakKind::ClientRole => Behaviour::of::<client_role::ClientRole>(),
        KeycloakKind::Composite => Behaviour::of::<composite::Composite>(),
        KeycloakKind::ScopeMapping => Behaviour::of::<scope_mapping::ScopeMapping>(),
        KeycloakKind::ServiceAccount => Behaviour::of::<service_account::ServiceAccount>(),
        KeycloakKind::RoleMapping => Behaviour::of::<role_mapping::RoleMapping>(),
    }
}

/// What is there of what is asked.
///
/// # Errors
/// [`Failure`] of any request.
pub async fn observe(kind: KeycloakKind, reader: &Reader, ask: &Ask<'_>) -> Result<Found, Failure> {
    match kind {
        KeycloakKind::Realm => realm::Realm::observe(reader, ask).await,
        KeycloakKind::UserProfile => user_profile::UserProfile::observe(reader, ask).await,
        KeycloakKind::ClientScope => client_scope::ClientScope::observe(reader, ask).await,
        KeycloakKind::Client => client::Client::observe(reader, ask).await,
        KeycloakKind::ClientSecret => client_secret::ClientSecret::observe(reader, ask).await,
        KeycloakKind::IdentityProvider => identity_provider::IdentityProvider::observe(reader, ask).await,
        KeycloakKind::IdentityProviderMapper => {
            identity_provider_mapper::IdentityProviderMapper::observe(reader, ask).await
        }
        KeycloakKind::ProtocolMapper => protocol_mapper::ProtocolMapper::observe(reader, ask).await,
        KeycloakKind::AssignedScope => assigned_scope::AssignedScope::observe(reader, ask).await,
        KeycloakKind::Group => group::Group::observe(reader, ask).await,
        KeycloakKind::User => user::User::observe(reader, ask).await,
        KeycloakKind::Membership => membership::Membership::observe(reader, ask).await,
        KeycloakKind::DefaultGroup => default_group::DefaultGroup::observe(reader, ask).await,
        KeycloakKind::RealmRole => realm_role::RealmRole::observe(reader, ask).await,
        KeycloakKind::ClientRole => client_role::ClientRole::observe(reader, ask).await,
        KeycloakKind::Composite => composite::Composite::observe(reader, ask).await,
        KeycloakKind::ScopeMapping => scope_mapping::ScopeMapping::observe(reader, ask).await,
        KeycloakKind::ServiceAccount => service_account::ServiceAccount::observe(reader, ask).await,
        KeycloakKind::RoleMapping => role_mapping::RoleMapping::observe(reader, ask).await,
    }
}

/// Whether an object comes with a realm and Keycloak itself works with it: a client with its mappers and roles, a client
/// scope with its own mappers, or a role.
#[must_use]
pub fn is_built_in(address: &Address) -> bool {
    let Address::Keycloak { realm, kind, names } = address else { return false };
    let Some(name) = names.first() else { return false };
    match kind {
        KeycloakKind::RealmRole => realm_role::is_built_in(realm, name),
        KeycloakKind::ClientScope => client_scope::is_built_in(name),
        KeycloakKind::ProtocolMapper if protocol_mapper::is_in_client_scope(address) => {
            protocol_mapper::is_of_built_in_scope(address)
        }
        KeycloakKind::ScopeMapping => scope_mapping::is_built_in(address),
        KeycloakKind::Client | KeycloakKind::ProtocolMapper | KeycloakKind::ClientRole => {
            client_role::is_client_built_in(name) || (realm == "master" && name.ends_with("-realm"))
        }
        _ => false,
    }
}

/// The users and groups of a realm who have grants in this `attribute` that name what is `doomed` and keep them whatever the
/// `steps` do, by what they name; `ids` are those of the domains. Nobody of a realm that is not there.
///
/// # Errors
/// [`Failure`] of any request, and when not everybody is shown.
pub async fn holders(
    reader: &Reader,
    realm: &str,
    attribute: &str,
    doomed: &BTreeSet<Address>,
    steps: &[Step],
    ids: &Ids,
) -> Result<BTreeMap<Address, Vec<Address>>, Failure> {
    if holders::realm_goes(steps, realm) || is_missing(reader, realm).await {
        return Ok(BTreeMap::new());
    }
    holders::of_grants(reader, realm, attribute, doomed, steps, ids).await
}

/// What `steps` would leave a realm without an enabled administrator by, if they do.
///
/// # Errors
/// [`Failure`] of any request.
pub async fn bereft(reader: &Reader, realm: &str, steps: &[&Step]) -> Result<Option<Bereft>, Failure> {
    administrators::bereft(reader, realm, steps).await
}

/// What dies with what `steps` delete in a realm, and who loses by it.
///
/// # Errors
/// [`Failure`] of any request.
pub async fn deaths(reader: &Reader, realm: &str, steps: &[&Step]) -> Result<Vec<Warning>, Failure> {
    deaths::warnings(reader, realm, steps).await
}

/// The users who come out of a directory of their realm, each with the directory's id.
#[must_use]
pub fn people_of_directories(live: &BTreeMap<Address, Live>) -> BTreeMap<Address, String> {
    user_federation::people(live)
}

/// What speaks against `steps` in a realm where they concern `people` who come out of a directory, or make accounts that
/// somebody in a directory may have: problems and warnings.
///
/// # Errors
/// [`Failure`] of any request.
pub async fn of_directories(
    reader: &Reader,
    realm: &str,
    steps: &[&Step],
    people: &BTreeMap<Address, String>,
) -> Result<Found, Failure> {
    user_federation::reservations(reader, realm, steps, people).await
}

/// Whether there is certainly no such realm. What keeps that from being seen is told by whoever looks into it.
pub async fn is_missing(reader: &Reader, name: &str) -> bool {
    let answer = reader.get(&realm::of(name)).await;
    answer.is_err_and(|failure| realm::is_missing(&failure))
}

/// What the `steps` delete in a realm through which one of the `own` accounts has its rights: a group that it is in, a role
/// that it has. Nothing of a realm that is not there.
///
/// # Errors
/// [`Failure`] of any request.
pub async fn ended(
    reader: &Reader,
    realm: &str,
    own: &BTreeSet<Address>,
    steps: &[Step],
) -> Result<Vec<Address>, Failure> {
    own_rights::ended(reader, realm, own, steps).await
}

/// The realm that a Keycloak address is in; empty for other addresses, which no resource here is given.
fn realm(address: &Address) -> &str {
    match address {
        Address::Keycloak { realm, .. } => realm,
        Address::Keystone { .. } | Address::Sink { .. } => "",
    }
}

/// What the server says of itself, its providers included.
fn server_info() -> Route {
    Route::new(["admin", "serverinfo"])
}

/// A route of a realm's admin API.
fn route<'a>(realm: &'a str, segments: impl IntoIterator<Item = &'a str>) -> Route {
    Route::new(["admin", "realms", realm].into_iter().chain(segments))
}
