//! Addresses of links, made of what they link.

use super::{Address, KeycloakKind};

impl Address {
    /// The link by which `holder`, a user, a group or a service account of a realm, has a role of it or of one of its
    /// clients. Nothing for other things.
    #[must_use]
    pub fn role_mapping(role: &Self, holder: &Self) -> Option<Self> {
        let Self::Keycloak { realm, kind, names } = holder else { return None };
        let word = match kind {
            KeycloakKind::User => "user",
            KeycloakKind::Group => "group",
            KeycloakKind::ServiceAccount => "service-account",
            _ => return None,
        };
        let names = role_words(role)?.into_iter().chain([word]).chain(names.iter().map(String::as_str));
        Some(Self::keycloak(realm, KeycloakKind::RoleMapping, names))
    }

    /// The link by which one role contains another. Nothing for other things.
    #[must_use]
    pub fn composite(whole: &Self, part: &Self) -> Option<Self> {
        let Self::Keycloak { realm, .. } = whole else { return None };
        let names = role_words(whole)?.into_iter().chain(role_words(part)?);
        Some(Self::keycloak(realm, KeycloakKind::Composite, names))
    }

    /// The link by which a user is in a group. Nothing for other things.
    #[must_use]
    pub fn membership(group: &Self, user: &Self) -> Option<Self> {
        match (group, user) {
            (
                Self::Keycloak { realm, kind: KeycloakKind::Group, names },
                Self::Keycloak { kind: KeycloakKind::User, .. },
            ) => {
                let names = names.iter().map(String::as_str).chain([user.name()]);
                Some(Self::keycloak(realm, KeycloakKind::Membership, names))
            }
            _ => None,
        }
    }

    /// The group of a membership, and the user. Nothing for other things.
    #[must_use]
    pub fn member(&self) -> Option<(Self, Self)> {
        let Self::Keycloak { realm, kind: KeycloakKind::Membership, names } = self else { return None };
        let (user, path) = names.split_last()?;
        let group = Self::keycloak(realm, KeycloakKind::Group, path.iter().map(String::as_str));
        Some((group, Self::keycloak(realm, KeycloakKind::User, [user.as_str()])))
    }
}

/// How links name a role of a realm or of a client.
fn role_words(role: &Address) -> Option<Vec<&str>> {
    let word = match role {
        Address::Keycloak { kind: KeycloakKind::RealmRole, .. } => "realm",
        Address::Keycloak { kind: KeycloakKind::ClientRole, .. } => "client",
        _ => return None,
    };
    Some([word].into_iter().chain(role.names().iter().map(String::as_str)).collect())
}
