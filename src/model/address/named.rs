//! The objects whose names an address is made of: where one of them is called otherwise, so is everything that is named
//! after it.

use super::link::{role_and_rest, scope};
use super::{Address, KeycloakKind, KeystoneKind};

impl Address {
    /// Those of its names that are names of objects which a server can rename: where each stands, and the object.
    #[must_use]
    pub fn named(&self) -> Vec<(usize, Self)> {
        self.parts().into_iter().flat_map(|(start, part)| part.own_names(start)).collect()
    }

    /// The address of the same object if `name` were its own name.
    #[must_use]
    pub fn called(&self, name: &str) -> Self {
        self.clone().with_name(self.names().len().saturating_sub(1), name)
    }

    /// The same with another name at `index`.
    #[must_use]
    pub(in crate::model) fn with_name(mut self, index: usize, name: &str) -> Self {
        let (Self::Keycloak { names, .. } | Self::Keystone { names, .. } | Self::Sink { names, .. }) = &mut self;
        if let Some(own) = names.get_mut(index) {
            name.clone_into(own);
        }
        self
    }

    /// The names of a thing whose own names stand from `start` on, with what each is the name of.
    fn own_names(self, start: usize) -> Vec<(usize, Self)> {
        let last = self.names().len().saturating_sub(1);
        match &self {
            Self::Keycloak { realm, kind: KeycloakKind::Group, names } => {
                let outer = |depth: usize| names[..=depth].iter().map(String::as_str);
                let group = |depth| Self::keycloak(realm, KeycloakKind::Group, outer(depth));
                (0..names.len()).map(|depth| (start + depth, group(depth))).collect()
            }
            Self::Keycloak { realm, kind: KeycloakKind::ClientRole, names } => {
                let client = names.first().map(|client| Self::keycloak(realm, KeycloakKind::Client, [client.as_str()]));
                client.map(|client| (start, client)).into_iter().chain([(start + last, self.clone())]).collect()
            }
            _ => vec![(start + last, self)],
        }
    }

    /// What it is, or links, where a server can rename that; with the place of its first name.
    fn parts(&self) -> Vec<(usize, Self)> {
        match self {
            Self::Keycloak { realm, kind, names } => in_keycloak(self, realm, *kind, names),
            Self::Keystone { kind, names } => in_keystone(self, *kind, names),
            Self::Sink { .. } => Vec::new(),
        }
    }
}

fn in_keycloak(address: &Address, realm: &str, kind: KeycloakKind, names: &[String]) -> Vec<(usize, Address)> {
    let of = |kind, names: &[String]| Address::keycloak(realm, kind, names.iter().map(String::as_str));
    let behind = |rest: &[String]| names.len() - rest.len();
    match kind {
        KeycloakKind::Group
        | KeycloakKind::ClientScope
        | KeycloakKind::Client
        | KeycloakKind::User
        | KeycloakKind::RealmRole
        | KeycloakKind::ClientRole => vec![(0, address.clone())],
        KeycloakKind::ClientSecret | KeycloakKind::ServiceAccount => vec![(0, of(KeycloakKind::Client, names))],
        KeycloakKind::DefaultGroup => vec![(0, of(KeycloakKind::Group, names))],
        KeycloakKind::Membership => match names.split_last() {
            Some((user, path)) => {
                let user = of(KeycloakKind::User, std::slice::from_ref(user));
                vec![(0, of(KeycloakKind::Group, path)), (path.len(), user)]
            }
            None => Vec::new(),
        },
        KeycloakKind::ProtocolMapper => {
            address.mapped_in().map(|scope| (names.len().saturating_sub(2), scope)).into_iter().collect()
        }
        KeycloakKind::AssignedScope => match names {
            [client, scope] => {
                let client = of(KeycloakKind::Client, std::slice::from_ref(client));
                vec![(0, client), (1, of(KeycloakKind::ClientScope, std::slice::from_ref(scope)))]
            }
            names => vec![(0, of(KeycloakKind::ClientScope, names))],
        },
        KeycloakKind::Composite | KeycloakKind::ScopeMapping | KeycloakKind::RoleMapping => {
            let Some((role, rest)) = role_and_rest(realm, names) else { return Vec::new() };
            let start = behind(rest) - role.names().len();
            let other = match kind {
                KeycloakKind::Composite => {
                    role_and_rest(realm, rest).map(|(part, after)| (behind(after) - part.names().len(), part))
                }
                KeycloakKind::ScopeMapping => scope(realm, rest).map(|scope| (names.len() - 1, scope)),
                _ => address.role_holder().map(|holder| (behind(rest) + 1, holder)),
            };
            let other = other.map(|(start, part)| match part {
                Address::Keycloak { kind: KeycloakKind::ServiceAccount, names, .. } => {
                    (start, of(KeycloakKind::Client, &names))
                }
                part => (start, part),
            });
            [(start, role)].into_iter().chain(other).collect()
        }
        KeycloakKind::Realm
        | KeycloakKind::UserProfile
        | KeycloakKind::IdentityProvider
        | KeycloakKind::IdentityProviderMapper => Vec::new(),
    }
}

fn in_keystone(address: &Address, kind: KeystoneKind, names: &[String]) -> Vec<(usize, Address)> {
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    match kind {
        KeystoneKind::Role | KeystoneKind::Project | KeystoneKind::Group | KeystoneKind::User => {
            vec![(0, address.clone())]
        }
        KeystoneKind::ImpliedRole => match address.implied_roles() {
            Some((prior, implied)) => {
                let start = names.len() - implied.names().len();
                vec![(0, prior), (start, implied)]
            }
            None => Vec::new(),
        },
        KeystoneKind::Membership => match names.as_slice() {
            [domain, group, home, user] => vec![
                (0, Address::keystone(KeystoneKind::Group, [*domain, *group])),
                (2, Address::keystone(KeystoneKind::User, [*home, *user])),
            ],
            _ => Vec::new(),
        },
        KeystoneKind::RoleAssignment => match address.assigned() {
            Some(assigned) => {
                let target = assigned
                    .target
                    .filter(|target| matches!(target, Address::Keystone { kind: KeystoneKind::Project, .. }));
                let role = names.len() - assigned.role.names().len();
                let target = target.map(|target| (role - target.names().len(), target));
                [(1, assigned.holder), (role, assigned.role)].into_iter().chain(target).collect()
            }
            None => Vec::new(),
        },
        KeystoneKind::EffectiveRoles => match names.as_slice() {
            [_, home, user, _, domain, project] => {
                vec![(1, Address::keystone(KeystoneKind::User, [*home, *user])), (4, Address::project(domain, project))]
            }
            _ => Vec::new(),
        },
        KeystoneKind::ApplicationCredential => match address.credential_owner() {
            Some(owner @ Address::Keystone { kind: KeystoneKind::User, .. }) => vec![(1, owner)],
            _ => Vec::new(),
        },
        KeystoneKind::Domain
        | KeystoneKind::Mapping
        | KeystoneKind::IdentityProvider
        | KeystoneKind::Protocol
        | KeystoneKind::FederatedUser
        | KeystoneKind::Region => Vec::new(),
    }
}

#[cfg(test)]
mod tests;
