//! How Keycloak spells the roles of a realm.

use crate::http::route::Route;

/// What every new realm has, besides its default roles (seen on 26.0 and 26.7).
pub(super) const BUILT_IN: [&str; 2] = ["offline_access", "uma_authorization"];

/// All roles of the realm.
pub(super) fn roles(realm: &str) -> Route {
    crate::keycloak::route(realm, ["roles"]).with("briefRepresentation", true)
}
