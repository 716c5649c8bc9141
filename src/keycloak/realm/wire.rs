//! How Keycloak spells realms. A PUT keeps what it does not mention, but replaces the attributes whole, and 26.0 then
//! also empties the browser's security headers unless they are mentioned (26.0 and 26.7).

use crate::http::failure::{Failure, Kind};
use crate::http::route::Route;
use crate::keycloak::realm as name;
use crate::model::Json;
use crate::model::path::Path;
use crate::model::step::{Action, Step};
use crate::resource::{Body, Request};

/// The key below which a realm keeps what has no key of its own.
pub(super) const ATTRIBUTES: &str = "attributes";

/// Objects that a PUT replaces whole. A password among them is shown masked, and one that is masked is kept.
const OBJECTS: [&str; 3] = [ATTRIBUTES, "browserSecurityHeaders", "smtpServer"];

/// One of the many fields that are shown to those alone who may view the realm; the others see a few harmless ones.
const SHOWN_TO_FEW: &str = "accessTokenLifespan";

/// The realm's document.
pub(crate) fn of(realm: &str) -> Route {
    crate::keycloak::route(realm, [])
}

/// The realm's discovery document.
pub(super) fn discovery(realm: &str) -> Route {
    Route::new(["realms", realm, ".well-known", "openid-configuration"])
}

/// Whether a failure says that there is no such realm, in the words of the admin API or in those of a login: whatever
/// stands before the server says 404, too.
pub(crate) fn is_missing(failure: &Failure) -> bool {
    let words = failure.words();
    failure.kind == Kind::Missing
        && ["Realm not found", "Realm does not exist"].iter().any(|known| words.starts_with(known))
}

/// Whether a realm's document has been cut down for an account that may not view it.
pub(super) fn is_cut(body: &Json) -> bool {
    body.get(SHOWN_TO_FEW).is_none()
}

pub(super) fn write(step: &Step) -> Request {
    let realm = of(name(&step.address));
    let inside = |path: &Path| path.keys().len() > 1;
    let echo: &'static [&'static str] =
        if step.fields.iter().any(|field| inside(&field.path)) { &OBJECTS } else { &[] };
    match step.action {
        Action::Create => Request::create(Route::new(["admin", "realms"])),
        Action::Update => Request::put(realm, Body::Changed { echo }),
        Action::Delete => Request::delete(realm),
    }
}
