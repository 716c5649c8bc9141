//! Looking at the servers: one bulk observation of all that is wanted. What it means is decided elsewhere.

use std::collections::{BTreeMap, BTreeSet};

use futures::future::join_all;

use crate::http::failure::{Failure, Kind};
use crate::http::{Reader, Readers};
use crate::keycloak;
use crate::keystone;
use crate::model::address::{Address, Ids, KeycloakKind, KeystoneKind};
use crate::model::step::Step;
use crate::model::wanted::{Ensure, Mode, Wanted};
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

/// Whom `steps` would make others, looked for where there are any that can; `ids` are those of what was found.
///
/// # Errors
/// Every [`Failure`].
pub async fn estranged(steps: &[Step], ids: &Ids, observation: &Observation) -> Result<Vec<Estranged>, Vec<Failure>> {
    match &observation.keystone {
        Some(reader) => keystone::estranged(reader, steps, ids).await.map_err(|failure| vec![failure]),
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
