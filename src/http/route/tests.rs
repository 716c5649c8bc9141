//! Routes never lead anywhere else than they say.

use proptest::prelude::*;

use super::*;

fn base() -> Url {
    "https://keycloak.example.com/auth/".parse().unwrap()
}

#[test]
fn names_are_escaped_as_one_segment_each() {
    let route = Route::new(["roles", "DOM\\admins", "a/b", "%2e%2e", "ü;x"]).with("q", "k:v w&x");
    let url = route.below(&base()).unwrap();
    assert_eq!(url.path(), "/auth/roles/DOM%5Cadmins/a%2Fb/%252e%252e/%C3%BC%3Bx");
    assert_eq!(url.query(), Some("q=k%3Av+w%26x"));
}

#[test]
fn segments_that_would_change_the_path_are_refused() {
    for segment in ["", ".", ".."] {
        let route = Route::new(["roles", segment]);
        assert_eq!(route.below(&base()), Err(UnsafeSegment(segment.to_owned())));
    }
}

proptest! {
    #[test]
    fn a_route_is_as_long_as_its_segments(name in "[^\\x00]+") {
        prop_assume!(name != "." && name != "..");
        let url = Route::new(["clients", &name]).below(&base()).unwrap();
        prop_assert_eq!(url.path_segments().unwrap().count(), 3);
        prop_assert!(url.path().starts_with("/auth/clients/"));
    }
}
