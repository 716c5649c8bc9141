//! How Keycloak spells the roles of clients, and which of them come with a realm (seen on 26.0 and 26.7; those of
//! organisations on 26.7 alone).

use crate::http::route::Route;

/// The role of all rights on a realm. Administrators have another one for that.
pub(super) const ALL_OF_THEM: &str = "realm-admin";

/// The rights on a realm.
pub(super) const REALM_MANAGEMENT: [&str; 22] = [
    "create-client",
    "impersonation",
    "manage-authorization",
    "manage-clients",
    "manage-events",
    "manage-identity-providers",
    "manage-organizations",
    "manage-realm",
    "manage-users",
    "query-clients",
    "query-groups",
    "query-organizations",
    "query-realms",
    "query-users",
    ALL_OF_THEM,
    "view-authorization",
    "view-clients",
    "view-events",
    "view-identity-providers",
    "view-organizations",
    "view-realm",
    "view-users",
];

const ACCOUNT: [&str; 8] = [
    "delete-account",
    "manage-account",
    "manage-account-links",
    "manage-consent",
    "view-applications",
    "view-consent",
    "view-groups",
    "view-profile",
];

/// The clients that every new realm has, with their roles.
pub(super) const BUILT_IN: [(&str, &[&str]); 6] = [
    ("account", &ACCOUNT),
    ("account-console", &[]),
    ("admin-cli", &[]),
    ("broker", &["read-token"]),
    ("realm-management", &REALM_MANAGEMENT),
    ("security-admin-console", &[]),
];

/// The roles of the client of this id.
pub(super) fn collection(realm: &str, client: &str) -> Route {
    crate::keycloak::client::clients(realm).child(client).child("roles")
}

/// All of them, with their attributes.
pub(super) fn roles(realm: &str, client: &str) -> Route {
    crate::keycloak::realm_role::full(collection(realm, client))
}
