//! The backends as one: which of them answers for an address, and what an object requires beyond what the spec
//! declares. Pure; looking is `observe`'s.

use std::collections::{BTreeMap, BTreeSet};

use crate::keycloak;
use crate::keystone;
use crate::model::address::{Address, KeycloakKind};
use crate::model::wanted::{Ensure, Mode, Wanted};
use crate::resource::Behaviour;
use crate::sink;

/// The pure answers of the resource at `address`.
#[must_use]
pub fn behaviour(address: &Address) -> Behaviour {
    match address {
        Address::Keycloak { kind, .. } => keycloak::behaviour(*kind),
        Address::Keystone { kind, .. } => keystone::behaviour(*kind),
        Address::Sink { kind, .. } => sink::issued::behaviour(*kind),
    }
}

/// What is at `address`, to be looked for: whether anything is there does not matter.
#[must_use]
pub fn whatever_is_at(address: &Address) -> Wanted {
    Wanted { ensure: Ensure::Any, ..(behaviour(address).bare)(address.clone()) }
}

/// `wanted`, and everything that it requires but does not declare: that must be there already.
#[must_use]
pub fn with_requirements(wanted: Vec<Wanted>) -> Vec<Wanted> {
    let wanted = behind_what_new_ones_get(behind_new_users(behind_their_realms(wanted)));
    let mut known: BTreeSet<Address> = wanted.iter().map(|wanted| wanted.address.clone()).collect();
    let mut all = BTreeMap::new();
    // What shall be there is followed first: what it requires must exist, whatever else refers to it.
    let waits = |wanted: &Wanted| wanted.ensure == Ensure::Absent || wanted.mode == Mode::Verify;
    let (mut open, stays): (Vec<_>, Vec<_>) = wanted.into_iter().partition(waits);
    open.extend(stays);
    while let Some(wanted) = open.pop() {
        let source = wanted.source.clone();
        let required = wanted.requires.clone();
        let required_as = match (wanted.mode, wanted.ensure) {
            (Mode::Manage, Ensure::Present | Ensure::Existing | Ensure::Required) => Ensure::Required,
            (Mode::Manage, Ensure::Absent | Ensure::Any) | (Mode::Verify, _) => Ensure::Any,
        };
        all.insert(wanted.key(), wanted);
        for address in required {
            if known.insert(address.clone()) {
                let bare = (behaviour(&address).bare)(address);
                open.push(Wanted { ensure: required_as, source: source.clone(), ..bare });
            }
        }
    }
    all.into_values().collect()
}

/// `wanted`, each group that new users are put into requiring the users that may be made: who is made by the same plan is in
/// the groups that the plan shows.
fn behind_new_users(mut wanted: Vec<Wanted>) -> Vec<Wanted> {
    let is_of = |address: &Address, sort| matches!(address, Address::Keycloak { kind, .. } if *kind == sort);
    let comes = |wanted: &Wanted| wanted.ensure == Ensure::Present && wanted.mode == Mode::Manage;
    let new = wanted.iter().filter(|wanted| comes(wanted) && is_of(&wanted.address, KeycloakKind::User));
    let new: Vec<Address> = new.map(|wanted| wanted.address.clone()).collect();
    for wanted in wanted.iter_mut().filter(|wanted| comes(wanted)) {
        if is_of(&wanted.address, KeycloakKind::DefaultGroup) {
            wanted.requires.extend(new.iter().filter(|user| user.within() == wanted.address.within()).cloned());
        }
    }
    wanted
}

/// `wanted`, each client that may be made requiring what its realm gives to new ones: it is made with that.
fn behind_what_new_ones_get(mut wanted: Vec<Wanted>) -> Vec<Wanted> {
    let comes = |wanted: &Wanted| wanted.ensure == Ensure::Present && wanted.mode == Mode::Manage;
    let given = |wanted: &&Wanted| comes(wanted) && keycloak::assigned_scope::is_of_realm(&wanted.address);
    let given: Vec<Address> = wanted.iter().filter(given).map(|wanted| wanted.address.clone()).collect();
    let is_client = |address: &Address| matches!(address, Address::Keycloak { kind: KeycloakKind::Client, .. });
    for wanted in wanted.iter_mut().filter(|wanted| comes(wanted) && is_client(&wanted.address)) {
        let of_its_realm = given.iter().filter(|given| given.within() == wanted.address.within());
        wanted.requires.extend(of_its_realm.cloned());
    }
    wanted
}

/// `wanted`, each thing in a realm that the spec may make or remove requiring that realm.
fn behind_their_realms(mut wanted: Vec<Wanted>) -> Vec<Wanted> {
    let comes_or_goes = |wanted: &&Wanted| wanted.ensure != Ensure::Existing && wanted.mode == Mode::Manage;
    let realms: BTreeSet<Address> = wanted.iter().filter(comes_or_goes).map(|wanted| wanted.address.clone()).collect();
    for wanted in &mut wanted {
        wanted.requires.extend(wanted.address.within().filter(|realm| realms.contains(realm)));
    }
    wanted
}

#[cfg(test)]
mod tests;
