//! Broken trust is said, never worked around.

use super::*;

#[test]
fn a_bundle_without_certificates_is_an_error() {
    assert!(matches!(
        client(Some(b"nothing of the sort"), Duration::from_secs(1)),
        Err(ClientError::Certificates(None))
    ));
}
