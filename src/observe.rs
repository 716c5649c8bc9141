//! Looking at the servers: which backend answers for an address, and one bulk observation of all that is wanted.

use std::collections::{BTreeMap, BTreeSet};

use futures::future::join_all;

use crate::http::failure::{Failure, Kind};
use crate::http::{Reader, Readers};
use crate::keycloak;
use crate::keystone;
use crate::model::address::{Address, KeycloakKind, KeystoneKind};
use crate::model::wanted::{Ensure, Mode, Wanted};
use crate::plan::Plan;
use crate::resource::{Ask, Behaviour, Estranged, Found};

/// The right to look at every server of an environment.
#[derive(Clone, Default)]
pub struct Servers {
    /// The Keycloak of each realm, by the realm's name there.
    pub realms: BTreeMap<String, Readers>,
    /// Keystone, if anything there is spoken of.
    pub keystone: Option<Readers>,
}

/// One look at every server: each route of each is read at most once in it, whoever asks.
pub struct Observation {
    realms: BTreeMap<String, Reader>,
    keystone: Option<Reader>,
}

impl Servers {
    /// Begins one observation: nothing is remembered from before.
    #[must_use]
    pub fn begin(&self) -> Observation {
        let mut begun = Vec::new();
        let mut realms = BTreeMap::new();
        for (realm, readers) in &self.realms {
            let reader = readers.join(&begun);
            begun.push(reader.clone());
            realms.insert(realm.clone(), reader);
        }
        Observation { realms, keystone: self.keystone.as_ref().map(Readers::begin) }
    }
}

/// The pure answers of the resource at `address`.
#[must_use]
pub fn behaviour(address: &Address) -> Behaviour {
    match address {
        Address::Keycloak { kind, .. } => keycloak::behaviour(*kind),
        Address::Keystone { kind, .. } => keystone::behaviour(*kind),
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
    let wanted = behind_their_realms(wanted);
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

/// `wanted`, each thing in a realm that the spec may make or remove requiring that realm.
fn behind_their_realms(mut wanted: Vec<Wanted>) -> Vec<Wanted> {
    let comes_or_goes = |wanted: &&Wanted| wanted.ensure != Ensure::Existing && wanted.mode == Mode::Manage;
    let realms: BTreeSet<Address> = wanted.iter().filter(comes_or_goes).map(|wanted| wanted.address.clone()).collect();
    for wanted in &mut wanted {
        wanted.requires.extend(wanted.address.within().filter(|realm| realms.contains(realm)));
    }
    wanted
}

/// What there is of everything `wanted`, on all servers at once.
///
/// # Errors
/// Every [`Failure`], since a view with holes says nothing.
pub async fn observe(wanted: &[Wanted], observation: &Observation) -> Result<Found, Vec<Failure>> {
    let Observation { realms, keystone } = observation;
    let mut in_keycloak = BTreeMap::<(&str, KeycloakKind), Ask<'_>>::new();
    let mut in_keystone = BTreeMap::<KeystoneKind, Ask<'_>>::new();
    for wanted in wanted {
        let ask = match &wanted.address {
            Address::Keycloak { realm, kind, .. } => in_keycloak.entry((realm, *kind)).or_default(),
            Address::Keystone { kind, .. } => in_keystone.entry(*kind).or_default(),
        };
        ask.wanted.push(wanted);
        for sweep in &wanted.sweeps {
            in_keycloak.entry((&sweep.realm, sweep.kind)).or_default().sweeps.push(sweep);
        }
    }
    let mut missing = BTreeSet::new();
    for ((realm, kind), ask) in &in_keycloak {
        let comes_or_goes =
            |wanted: &&Wanted| wanted.mode == Mode::Manage && matches!(wanted.ensure, Ensure::Present | Ensure::Absent);
        let may_be_missing = ask.wanted.iter().any(comes_or_goes);
        if let Some(reader) = realms.get(*realm).filter(|_| *kind == KeycloakKind::Realm && may_be_missing)
            && keycloak::is_missing(reader, realm).await
        {
            missing.insert(*realm);
        }
    }
    for ((realm, _), ask) in &mut in_keycloak {
        ask.realm_is_missing = missing.contains(realm);
    }
    let of_keycloak = join_all(in_keycloak.iter().map(async |((realm, kind), ask)| match realms.get(*realm) {
        Some(reader) => keycloak::observe(*kind, reader, ask).await.map_err(|failure| about(failure, ask)),
        None => Err(unknown(ask)),
    }));
    let of_keystone = join_all(in_keystone.iter().map(async |(kind, ask)| match keystone {
        Some(reader) => keystone::observe(*kind, reader, ask).await.map_err(|failure| about(failure, ask)),
        None => Err(unknown(ask)),
    }));
    let (of_keycloak, of_keystone) = futures::join!(of_keycloak, of_keystone);
    let mut found = Found::default();
    let mut failures = Vec::new();
    let mut said = BTreeSet::new();
    for result in of_keycloak.into_iter().chain(of_keystone) {
        match result {
            Ok(part) => found.merge(part),
            Err(failure) if said.insert(failure.to_string()) => failures.push(failure),
            Err(_) => {}
        }
    }
    if !failures.is_empty() {
        return Err(failures);
    }
    let of_keycloak = in_keycloak.iter().map(|((_, kind), ask)| (keycloak::behaviour(*kind), ask));
    let of_keystone = in_keystone.iter().map(|(kind, ask)| (keystone::behaviour(*kind), ask));
    let settled: Vec<Found> =
        of_keycloak.chain(of_keystone).map(|(behaviour, ask)| settle(behaviour, ask, &found)).collect();
    for part in settled {
        found.merge(part);
    }
    Ok(found)
}

/// Whom `plan` would make others, looked for where it has steps that can.
///
/// # Errors
/// Every [`Failure`].
pub async fn estranged(plan: &Plan, observation: &Observation) -> Result<Vec<Estranged>, Vec<Failure>> {
    match &observation.keystone {
        Some(reader) => keystone::estranged(reader, plan.steps(), &plan.ids()).await.map_err(|failure| vec![failure]),
        None => Ok(Vec::new()),
    }
}

/// Keystone's ids of what the tool works as there.
///
/// # Errors
/// The [`Failure`] of the login.
pub async fn own(servers: &Servers) -> Result<BTreeSet<String>, Vec<Failure>> {
    match &servers.keystone {
        Some(readers) => readers.own().await.map_err(|failure| vec![failure]),
        None => Ok(BTreeSet::new()),
    }
}

/// What the whole view tells of the objects of one kind.
fn settle(behaviour: Behaviour, ask: &Ask<'_>, found: &Found) -> Found {
    let adapted = |asked: &Wanted| found.adapted.iter().find(|wanted| wanted.key() == asked.key());
    let wanted = ask.wanted.iter().map(|asked| adapted(asked).unwrap_or(asked)).collect();
    (behaviour.settle)(&Ask { wanted, sweeps: ask.sweeps.clone(), realm_is_missing: ask.realm_is_missing }, found)
}

/// A thing on a server that we have not logged in to.
fn unknown(ask: &Ask<'_>) -> Failure {
    about(Failure::new(Kind::Unformed, "look: no login to its server is known"), ask)
}

/// The failure with the object that was looked for, if it was one and the server has answered about it. Of several, the
/// request tells; and what is wrong with the server itself is told once for all.
fn about(failure: Failure, ask: &Ask<'_>) -> Failure {
    match (ask.wanted.as_slice(), failure.kind) {
        ([only], Kind::Forbidden | Kind::Missing | Kind::Refused | Kind::Unreadable | Kind::Unformed) => {
            failure.about(&only.address)
        }
        _ => failure,
    }
}
