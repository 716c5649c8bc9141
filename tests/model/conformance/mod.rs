//! Stories that are told to a model server and to the real one; both must answer alike.
//!
//! A story is a sequence of requests. What was answered is written down with ids, times and addresses
//! replaced by names, and compared with the text of the same name in `conformance/`: by one test with
//! the model, by another with the real server. The models are Keycloak 26.7 and Keystone 30; where another
//! release answers otherwise, a text of its own says so (`keycloak-user-26.0.txt`).

mod endpoint;
mod keycloak;
mod keystone;
pub(crate) mod told;
mod transcript;

pub(crate) use endpoint::Exchange;
pub(crate) use transcript::{Caller, Story};

/// Every story about Keycloak.
pub(crate) fn keycloak() -> Vec<Story> {
    keycloak::STORIES.to_vec()
}

/// Every story about Keystone.
pub(crate) fn keystone() -> Vec<Story> {
    keystone::STORIES.to_vec()
}

/// The file with the expected transcript of a story.
pub(crate) fn expected(story: &Story) -> std::path::PathBuf {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/model/conformance");
    folder.join(story.name).with_extension("txt")
}
