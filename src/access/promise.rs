//! What the spec promises a person's token: the grants that it gives to the person.

use std::collections::BTreeMap;

use super::{Roles, add, beyond};
use crate::access::claim::Claim;
use crate::model::address::{Address, KeycloakKind};
use crate::model::declared::{At, Declared};
use crate::model::value::Keys;
use crate::resolve::Resolved;
use crate::resolve::grants::Grants;
use crate::resolve::group::{Group, Membership};
use crate::spec::{Ensure, Mode};

/// What one person is promised.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Promise {
    /// The roles that the token shall carry.
    pub roles: Roles,
    /// The projects in which the person shall have those roles and no others.
    pub exact: Keys,
}

/// How a token differs from what is promised.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Difference {
    /// Promised, and not in the token.
    pub missing: Roles,
    /// In the token, and not promised, where the spec is exact.
    pub extra: Roles,
}

impl Difference {
    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.missing.is_empty() && self.extra.is_empty()
    }
}

impl Promise {
    fn add(&mut self, grants: &Grants) {
        for grant in grants.held.iter().filter(|grant| !grant.roles.is_empty()) {
            add(&mut self.roles, grant.key(), grant.roles.iter().cloned());
        }
    }

    /// How a token with this claim differs. One without the claim carries nothing.
    #[must_use]
    pub fn difference(&self, claim: &Claim) -> Difference {
        let nothing = Roles::new();
        let carried = match claim {
            Claim::Grants(carried) => carried,
            Claim::Absent | Claim::Misshapen(_) => &nothing,
        };
        let exact = carried.iter().filter(|(key, _)| self.exact.contains(key));
        let exact = exact.map(|(key, roles)| (key.clone(), roles.clone())).collect();
        Difference { missing: beyond(&self.roles, carried), extra: beyond(&exact, &self.roles) }
    }
}

/// What each person is promised of whom the spec says grants or groups: the person's own grants, and those of the
/// groups, and of the groups around them.
#[must_use]
pub fn promises(resolved: &Resolved) -> BTreeMap<Address, Promise> {
    let mut promises = BTreeMap::<Address, Promise>::new();
    let looked_at = |ensure: Ensure, at: &At| ensure != Ensure::Absent && resolved.modes.of(at) != Mode::Ignore;
    for declared in &resolved.users {
        if !looked_at(declared.value.user.ensure, &declared.at) {
            continue;
        }
        let Some(grants) = &declared.value.grants else { continue };
        let promise = promises.entry(declared.address.clone()).or_default();
        promise.add(grants);
        promise.exact.extend(&grants.owned);
    }
    let mut groups = BTreeMap::<&Address, Vec<&Grants>>::new();
    let here = |declared: &&Declared<Group>| looked_at(declared.value.group.ensure, &declared.at);
    for declared in resolved.groups.iter().filter(here) {
        groups.entry(&declared.address).or_default().extend(&declared.value.grants);
    }
    let here = |declared: &&Declared<Membership>| looked_at(declared.value.ensure, &declared.at);
    for declared in resolved.memberships.iter().filter(here) {
        let Address::Keycloak { realm, .. } = &declared.address else { continue };
        let Some((username, path)) = declared.address.names().split_last() else { continue };
        let user = Address::keycloak(realm, KeycloakKind::User, [username.as_str()]);
        for depth in 1..=path.len() {
            let group = Address::keycloak(realm, KeycloakKind::Group, path[..depth].iter().map(String::as_str));
            for grants in groups.get(&group).into_iter().flatten() {
                promises.entry(user.clone()).or_default().add(grants);
            }
        }
    }
    promises
}

#[cfg(test)]
mod tests;
