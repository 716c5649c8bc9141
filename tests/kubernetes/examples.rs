//! The examples on the API server.

use std::path::{Path, PathBuf};

use opcp_provision::diagnostic::Diagnostics;
use opcp_provision::spec::{KINDS, load};
use serde_json::Value as Json;

use crate::rules::ALL;
use crate::server::Namespace;

#[test]
fn every_example_that_is_legal_in_a_cluster_is_accepted_and_every_other_is_refused_in_our_words() {
    let namespace = Namespace::new("examples");
    let (mut accepted, mut refused) = (0, 0);
    for (path, document) in documents() {
        match namespace.dry_run(&document) {
            Ok(kept) => {
                assert_eq!(kept.get("spec"), document.get("spec"), "{}: something is lost", path.display());
                accepted += 1;
            }
            Err(message) if path.starts_with(folder().join("cluster")) => panic!("{}: {message}", path.display()),
            Err(message) => {
                assert!(ALL.iter().any(|words| message.contains(words)), "{}: {message}", path.display());
                refused += 1;
            }
        }
    }
    assert!(accepted >= KINDS.len() && refused > 0, "{accepted} accepted, {refused} refused");
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("examples")
}

fn documents() -> Vec<(PathBuf, Json)> {
    let mut diagnostics = Diagnostics::default();
    let loaded = load::read(&[folder()], std::io::empty(), &KINDS, &mut diagnostics);
    assert!(!diagnostics.has_errors(), "{}", diagnostics.render(false));
    loaded.into_iter().map(|document| (document.origin.file().path.clone(), document.value)).collect()
}
