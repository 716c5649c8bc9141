//! How Keycloak spells the user profile. A PUT replaces it whole: one that names the policy alone would drop all
//! declared attributes (seen on 26.7).

use crate::http::route::Route;
use crate::model::Json;
use crate::resource::{Body, Request};

/// The key of the policy; absent when disabled.
pub(crate) const POLICY: &str = "unmanagedAttributePolicy";

/// The realm's profile document.
pub(crate) fn profile(realm: &str) -> Route {
    crate::keycloak::route(realm, ["users", "profile"])
}

pub(super) fn replace(realm: &str) -> Request {
    Request::put(profile(realm), Body::Whole)
}

/// Whether the profile demands this attribute of people who log in.
pub(crate) fn requires(profile: &Json, attribute: &str) -> bool {
    let attributes = profile.get("attributes").and_then(Json::as_array).map_or(&[][..], Vec::as_slice);
    attributes.iter().any(|declared| {
        declared.get("name").and_then(Json::as_str) == Some(attribute)
            && declared.get("required").is_some_and(|required| !required.is_null())
    })
}
