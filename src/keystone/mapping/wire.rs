//! How Keystone spells mappings.

use crate::http::failure::Failure;
use crate::http::route::Route;
use crate::model::step::Step;
use crate::resource::{Body, Request};

pub(in crate::keystone) const RULES: &str = "rules";
pub(in crate::keystone) const VERSION: &str = "schema_version";

const COLLECTION: &str = "mappings";

/// All mappings, with their rules.
pub(super) fn mappings() -> Route {
    Route::new(["v3", "OS-FEDERATION", COLLECTION])
}

pub(super) fn write(step: &Step) -> Request {
    let route = super::super::federation(COLLECTION, step.address.name());
    super::super::write_at(step, route, "mapping", Body::Changed { echo: &[RULES, VERSION] })
}

/// What it means that the server failed over a mapping: it does not look up a version that it does not know, but falls
/// over it (an HTML page with status 500; seen on 28 with 3.0, and on 30 with 4.0).
pub(in crate::keystone) fn unknown_version(route: &Route, failure: &Failure) -> Option<String> {
    let own_error = failure.answer.as_ref().is_some_and(|answer| answer.status == 500);
    let of_a_mapping = route.segments().get(2).is_some_and(|collection| collection == COLLECTION);
    (own_error && of_a_mapping).then(|| {
        "Keystone answers so when it does not know the mapping's `schemaVersion`: 3.0 (`projects_json`, by which tokens \
         carry grants) needs Keystone 29 or newer, 2.0 needs Keystone 25"
            .to_owned()
    })
}
