//! Users: the cause of grants that vanish.

use super::*;

#[test]
fn grants_that_are_not_stored_are_put_down_to_the_profile_policy() {
    let cause = User::suspect(&Path::new(["attributes", "project"])).unwrap();
    assert!(cause.contains("unmanagedAttributePolicy"));
    assert_eq!(User::suspect(&Path::new(["email"])), None);
}
