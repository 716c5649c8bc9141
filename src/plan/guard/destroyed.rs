//! What a step destroys beyond its own object: what hangs on that, or on a flag of it.

use super::{DESTROYS, DESTROYS_BY_FLAG, Finding, turned_off};
use crate::model::address::{Address, KeycloakKind, KeystoneKind};
use crate::model::step::{Action, Step};

/// What a flag takes with it when it is turned off (seen on Keycloak 26.0 and 26.7).
pub(super) fn destroys_by_flag(step: &Step) -> Option<Finding> {
    let Address::Keycloak { kind: KeycloakKind::Client, .. } = &step.address else { return None };
    let (word, consequence) = turned_off(step).find_map(|word| match word {
        "serviceAccountRoles" => Some((word, "its service account is deleted, with all its roles")),
        "clientAuthentication" => Some((word, "its secret is deleted; turning it on again makes another one")),
        _ => None,
    })?;
    Some(Finding::of(
        step,
        DESTROYS_BY_FLAG,
        format!("would have {word} turned off: {consequence}"),
        format!("if that is meant, say --allow {DESTROYS_BY_FLAG}"),
    ))
}

/// What goes here takes more with it than its name says.
pub(super) fn destroys(step: &Step) -> Option<Finding> {
    let consequence = match &step.address {
        Address::Keycloak { kind: KeycloakKind::Realm, .. } => "with all its users, groups and clients",
        Address::Keycloak { kind: KeycloakKind::User, .. } => "with its password, sessions and group memberships",
        Address::Keycloak { kind: KeycloakKind::Group, .. } => {
            "with its sub-groups, and with all that their members have through them"
        }
        Address::Keycloak { kind: KeycloakKind::Client, .. } => "with its secret, mappers and service account",
        Address::Keycloak { kind: KeycloakKind::IdentityProvider, .. } => {
            "with its mappers, and with the links of all who come through it; their accounts stay"
        }
        Address::Keycloak { kind: KeycloakKind::RealmRole | KeycloakKind::ClientRole, .. } => {
            "and is taken from all who have it"
        }
        Address::Keycloak { kind: KeycloakKind::ClientScope, .. } => {
            "with its mappers, and is taken from all clients that have it"
        }
        Address::Keystone { kind: KeystoneKind::Project, .. } => {
            "with its role assignments; its resources are orphaned"
        }
        Address::Keystone { kind: KeystoneKind::Domain, .. } => {
            "with its projects, users, groups and identity providers"
        }
        Address::Keystone { kind: KeystoneKind::Role, .. } => {
            "with its assignments, and with every application credential of those who hold it"
        }
        Address::Keystone { kind: KeystoneKind::IdentityProvider, .. } => {
            "with its protocols and the accounts of its people; their application credentials stay, and come back to \
             life with it"
        }
        Address::Keystone { kind: KeystoneKind::Protocol, .. } => {
            "with the accounts of the people who came through it; their application credentials stay, and come back to \
             life with it"
        }
        Address::Keystone { kind: KeystoneKind::User, .. } => {
            "with its password, role assignments and application credentials"
        }
        Address::Keystone { kind: KeystoneKind::Group, .. } => "with its memberships and role assignments",
        Address::Keycloak {
            kind:
                KeycloakKind::UserProfile
                | KeycloakKind::ClientSecret
                | KeycloakKind::IdentityProviderMapper
                | KeycloakKind::ProtocolMapper
                | KeycloakKind::AssignedScope
                | KeycloakKind::ScopeMapping
                | KeycloakKind::Membership
                | KeycloakKind::DefaultGroup
                | KeycloakKind::Composite
                | KeycloakKind::ServiceAccount
                | KeycloakKind::RoleMapping,
            ..
        }
        | Address::Keystone {
            kind:
                KeystoneKind::Mapping
                | KeystoneKind::Membership
                | KeystoneKind::RoleAssignment
                | KeystoneKind::ImpliedRole
                | KeystoneKind::EffectiveRoles
                | KeystoneKind::FederatedUser
                | KeystoneKind::Region
                | KeystoneKind::ApplicationCredential,
            ..
        }
        | Address::Sink { .. } => return None,
    };
    (step.action == Action::Delete).then(|| {
        Finding::of(
            step,
            DESTROYS,
            format!("would be deleted, {consequence}"),
            format!("if that is meant, say --allow {DESTROYS}"),
        )
    })
}
