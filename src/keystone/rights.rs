//! What the tool's account needs in Keystone (28 to 30, with the policies that come with it): one role for everything.

/// The role, in the project that the tool logs in to.
pub const ROLE: &str = "admin";

/// The parts of a spec that need it, for looking and for changing (seen on 30).
pub const PARTS: &str = "`domains`, `roles`, `mappings`, `identityProvider`, `projects`, `keystone` of an Access, and \
                         the roles and projects that grants name";
