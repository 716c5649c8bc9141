//! What the spec promises a person's token: the grants that it gives to the person.

use std::collections::BTreeMap;

use super::{Roles, add, beyond};
use crate::access::claim::Claim;
use crate::model::address::Address;
use crate::model::value::Keys;
use crate::resolve::Resolved;
use crate::spec::Ensure;

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

/// What each person is promised whose grants the spec speaks of.
#[must_use]
pub fn promises(resolved: &Resolved) -> BTreeMap<Address, Promise> {
    let mut promises = BTreeMap::<Address, Promise>::new();
    for declared in resolved.users.iter().filter(|declared| declared.value.user.ensure != Ensure::Absent) {
        let Some(grants) = &declared.value.grants else { continue };
        let promise = promises.entry(declared.address.clone()).or_default();
        for grant in grants.held.iter().filter(|grant| !grant.roles.is_empty()) {
            add(&mut promise.roles, grant.key(), grant.roles.iter().cloned());
        }
        promise.exact.extend(&grants.owned);
    }
    promises
}

#[cfg(test)]
mod tests;
