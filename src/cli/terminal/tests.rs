//! What is told of a panic.

use super::*;

#[test]
fn a_panic_is_told_by_its_place_alone() {
    let told = bug(Some(Location::caller()));
    assert!(told.starts_with(&format!("error: this is a fault of opcp-provision ({}:", file!())), "{told}");
    assert!(bug(None).starts_with("error: this is a fault of opcp-provision; "));
}
