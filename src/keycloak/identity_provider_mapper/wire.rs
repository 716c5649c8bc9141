//! How Keycloak spells mappers of identity providers. A PUT replaces all of one, its config included; a POST must name the
//! provider once more (seen on 26.7).

use std::collections::BTreeSet;

use crate::http::route::Route;
use crate::keycloak::identity_provider::one;
use crate::model::Json;
use crate::model::address::Ids;
use crate::model::step::{Action, Step};
use crate::resource::{Body, Request, Unsendable, id};

/// The key of the type.
pub(super) const PROVIDER: &str = "identityProviderMapper";

/// All mappers of a provider.
pub(super) fn mappers(realm: &str, alias: &str) -> Route {
    one(realm, alias).child("mappers")
}

/// The types that the server says it has.
pub(super) fn types(server: &Json) -> BTreeSet<String> {
    let types = server.pointer("/providers/identity-provider-mapper/providers").and_then(Json::as_object);
    types.into_iter().flatten().map(|(name, _)| name.clone()).collect()
}

pub(super) fn write(step: &Step, provider: &str, ids: &Ids) -> Result<Request, Unsendable> {
    let mappers = mappers(crate::keycloak::realm(&step.address), provider);
    Ok(match step.action {
        Action::Create => Request::create(mappers),
        Action::Update => Request::put(mappers.child(id(ids, &step.address)?), Body::Whole),
        Action::Delete => Request::delete(mappers.child(id(ids, &step.address)?)),
    })
}
