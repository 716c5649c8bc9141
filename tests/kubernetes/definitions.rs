//! The API server takes the definitions for whole.

use opcp_provision::spec::KINDS;

use crate::server::Namespace;

#[test]
fn the_definitions_are_served_and_structural() {
    let namespace = Namespace::new("definitions");
    for kind in KINDS {
        assert_eq!(namespace.condition(kind, "Established").as_deref(), Some("True"), "{kind}");
        // This condition is there only where a schema is not structural.
        assert_eq!(namespace.condition(kind, "NonStructuralSchema"), None, "{kind}");
    }
}
