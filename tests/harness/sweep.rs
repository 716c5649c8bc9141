//! One apply of a step, as it is, for tests that look at something else than `scenario` does. What goes wrong at each
//! request is the matrix's (`tests/matrix`).

use std::path::Path;

use super::stage::{Stage, allowed};
use super::tool::Outcome;

const APPLY: [&str; 6] = ["apply", "--auto-approve", "--color", "never", "-f", "spec.yaml"];

/// The arguments of an apply that nobody confirms and that these codes are allowed to.
pub(crate) fn apply(allowed: &[String]) -> Vec<&str> {
    APPLY.into_iter().chain(allowed.iter().map(String::as_str)).collect()
}

/// One run on the servers themselves.
pub(crate) fn direct(stage: &Stage, folder: &Path) -> Outcome {
    stage.write_spec(folder, &stage.models.keycloak.url, &stage.models.keystone.url);
    stage.tool.run(&apply(&allowed(folder)))
}
