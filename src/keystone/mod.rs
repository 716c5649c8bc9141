//! The Keystone backend: its login, and the two matches over its resources.

pub mod application_credential;
pub mod domain;
pub mod effective_roles;
pub mod federated_user;
pub mod group;
pub mod identity_provider;
pub mod implied_role;
pub mod mapping;
pub mod membership;
pub mod project;
pub mod protocol;
pub mod region;
pub mod rights;
pub mod role;
pub mod role_assignment;
pub mod session;
pub mod user;

mod deaths;
mod identity_change;
mod immutable;
mod list;

use reqwest::Method;

use crate::http::Reader;
use crate::http::failure::{Failure, Kind};
use crate::http::route::Route;
use crate::model::address::{Address, Ids, KeystoneKind};
use crate::model::step::{Action, Step};
use crate::resource::{Ask, Behaviour, Body, Estranged, Found, Request, Resource as _, Unsendable, Warning, id};
use crate::spec::grant::DEFAULT_DOMAIN;

/// The pure answers of a kind of resource.
#[must_use]
pub fn behaviour(kind: KeystoneKind) -> Behaviour {
    match kind {
        KeystoneKind::Domain => Behaviour::of::<domain::Domain>(),
        KeystoneKind::Role => Behaviour::of::<role::Role>(),
        KeystoneKind::ImpliedRole => Behaviour::of::<implied_role::ImpliedRole>(),
        KeystoneKind::Project => Behaviour::of::<project::Project>(),
        KeystoneKind::Mapping => Behaviour::of::<mapping::Mapping>(),
        KeystoneKind::IdentityProvider => Behaviour::of::<identity_provider::IdentityProvider>(),
        KeystoneKind::Protocol => Behaviour::of::<protocol::Protocol>(),
        KeystoneKind::Group => Behaviour::of::<group::Group>(),
        KeystoneKind::User => Behaviour::of::<user::User>(),
        KeystoneKind::Membership => Behaviour::of::<membership::Membership>(),
        KeystoneKind::RoleAssignment => Behaviour::of::<role_assignment::RoleAssignment>(),
        KeystoneKind::EffectiveRoles => Behaviour::of::<effective_roles::EffectiveRoles>(),
        KeystoneKind::FederatedUser => Behaviour::of::<federated_user::FederatedUser>(),
        KeystoneKind::Region => Behaviour::of::<region::Region>(),
        KeystoneKind::ApplicationCredential => Behaviour::of::<application_credential::ApplicationCredential>(),
    }
}

/// What is there of what is asked.
///
/// # Errors
/// [`Failure`] of any request.
pub async fn observe(kind: KeystoneKind, reader: &Reader, ask: &Ask<'_>) -> Result<Found, Failure> {
    match kind {
        KeystoneKind::Domain => domain::Domain::observe(reader, ask).await,
        KeystoneKind::Role => role::Role::observe(reader, ask).await,
        KeystoneKind::ImpliedRole => implied_role::ImpliedRole::observe(reader, ask).await,
        KeystoneKind::Project => project::Project::observe(reader, ask).await,
        KeystoneKind::Mapping => mapping::Mapping::observe(reader, ask).await,
        KeystoneKind::IdentityProvider => identity_provider::IdentityProvider::observe(reader, ask).await,
        KeystoneKind::Protocol => protocol::Protocol::observe(reader, ask).await,
        KeystoneKind::Group => group::Group::observe(reader, ask).await,
        KeystoneKind::User => user::User::observe(reader, ask).await,
        KeystoneKind::Membership => membership::Membership::observe(reader, ask).await,
        KeystoneKind::RoleAssignment => role_assignment::RoleAssignment::observe(reader, ask).await,
        KeystoneKind::EffectiveRoles => effective_roles::EffectiveRoles::observe(reader, ask).await,
        KeystoneKind::FederatedUser => federated_user::FederatedUser::observe(reader, ask).await,
        KeystoneKind::Region => region::Region::observe(reader, ask).await,
        KeystoneKind::ApplicationCredential => {
            application_credential::ApplicationCredential::observe(reader, ask).await
        }
    }
}

/// Everybody whom `steps` would make others in Keystone; `ids` are those of what they touch and rely on.
///
/// # Errors
/// [`Failure`] of any request.
pub async fn estranged(reader: &Reader, steps: &[Step], ids: &Ids) -> Result<Vec<Estranged>, Failure> {
    identity_change::estranged(reader, steps, ids).await
}

/// What dies with what `steps` delete, and what stays of `people` whose accounts in Keycloak go: each step with who they are
/// here.
///
/// # Errors
/// [`Failure`] of any request.
pub async fn deaths(reader: &Reader, steps: &[Step], people: &[(&Step, Address)]) -> Result<Vec<Warning>, Failure> {
    let mut warnings = deaths::warnings(reader, steps).await?;
    warnings.extend(deaths::left_behind(reader, people).await?);
    Ok(warnings)
}

/// The request of a step for what lives in `collection`, one document under `envelope`: POST makes, PATCH merges.
fn write(step: &Step, ids: &Ids, collection: &str, envelope: &'static str) -> Result<Request, Unsendable> {
    let route = Route::new(["v3", collection]);
    Ok(match step.action {
        Action::Create => Request { envelope: Some(envelope), ..Request::create(route) },
        Action::Update => Request {
            method: Method::PATCH,
            envelope: Some(envelope),
            ..Request::put(route.child(id(ids, &step.address)?), Body::Changed { echo: &[] })
        },
        Action::Delete => Request::delete(route.child(id(ids, &step.address)?)),
    })
}

/// The roles that `keystone-manage bootstrap` makes, which the default policies ask for (27 to 30).
const BOOTSTRAP_ROLES: [&str; 5] = ["admin", "manager", "member", "reader", "service"];

/// Whether an object comes with every Keystone, and its policies or its first login go by it.
#[must_use]
pub fn is_built_in(address: &Address) -> bool {
    let Address::Keystone { kind, names } = address else { return false };
    match (kind, names.iter().map(String::as_str).collect::<Vec<_>>().as_slice()) {
        (KeystoneKind::Role, [name]) => BOOTSTRAP_ROLES.contains(name),
        (KeystoneKind::Project, [DEFAULT_DOMAIN, name]) => *name == "admin",
        (KeystoneKind::Domain, [name]) => *name == DEFAULT_DOMAIN,
        _ => false,
    }
}

/// The domain that a project, a user or a group is in.
fn domain_of(address: &Address) -> Address {
    Address::domain(address.names().first().map_or("", String::as_str))
}

/// The route of what lives in `collection` of the federation under an id that the operator chooses.
fn federation(collection: &str, id: &str) -> Route {
    Route::new(["v3", "OS-FEDERATION", collection, id])
}

/// The request of a step for what lives at `route`, a document under `envelope`: PUT makes and does nothing else, PATCH
/// changes as `body` says.
fn write_at(step: &Step, route: Route, envelope: &'static str, body: Body) -> Request {
    match step.action {
        Action::Create => Request { envelope: Some(envelope), ..Request::put(route, Body::New) },
        Action::Update => Request { method: Method::PATCH, envelope: Some(envelope), ..Request::put(route, body) },
        Action::Delete => Request::delete(route),
    }
}

/// What a failure means for the operator, where a rule is known (Keystone 28 to 30).
fn explain(method: &Method, route: &Route, failure: &Failure) -> Option<String> {
    let words = failure.words().to_lowercase();
    match failure.kind {
        Kind::Unwell if *method != Method::GET => mapping::unknown_version(route, failure),
        Kind::Forbidden if words.contains("immutable") => {
            Some("the object is protected: take `immutable` off it first".to_owned())
        }
        Kind::Forbidden if words.contains("max hierarchy depth") => Some(
            "the server allows no deeper trees of projects: `[DEFAULT] max_project_tree_depth` in its configuration"
                .to_owned(),
        ),
        Kind::Forbidden if words.contains("not authorized") => {
            let role = rights::ROLE;
            Some(format!(
                "the tool's account needs the role `{role}` (or what this Keystone's policy asks for {route})"
            ))
        }
        _ => None,
    }
}
