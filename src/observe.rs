//! Looking at the servers: one bulk observation of all that is wanted. What it means is decided elsewhere.

mod consequences;
mod renamed;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use futures::future::join_all;
use reqwest::Client as Http;
use url::Url;

use crate::http::failure::{Failure, Kind};
use crate::http::{Reader, Readers, login as log_in};
use crate::keycloak;
use crate::keycloak::client::{Credential, credential};
use crate::keycloak::session::proves_itself;
use crate::keystone;
use crate::keystone::session::Credentials;
use crate::model::address::{Address, KeycloakKind, KeystoneKind};
use crate::model::wanted::{Ensure, Live, Mode, Wanted};
use crate::resolve::sink::{Client, Login};
use crate::resource::{Ask, Behaviour, Found, Problem};
use crate::secret::Secret;
use crate::sink::issued::{self, Places};

pub use consequences::{Consequences, Seen, can_be_named, consequences};
pub use renamed::{Looked, observe_renamed};

/// The right to look at every server of an environment.
#[derive(Clone, Default)]
pub struct Servers {
    /// The Keycloak of each realm, by the realm's name there.
    pub realms: BTreeMap<String, Readers>,
    /// Keystone, if anything there is spoken of.
    pub keystone: Option<Readers>,
    /// Where it is tried whether what is delivered logs in.
    pub door: Option<Door>,
    /// The places that they are delivered to.
    pub places: Arc<Places>,
}

/// Where it is tried whether what is delivered logs in.
#[derive(Clone)]
pub struct Door {
    /// The client to talk with.
    pub client: Http,
    /// Keystone's address.
    pub keystone: Url,
}

impl Door {
    /// Whether somebody with this id and secret logs in.
    ///
    /// # Errors
    /// [`Failure`] where that cannot be told.
    pub async fn opens_for(&self, login: &Login, id: &str, secret: &Secret) -> Result<bool, Failure> {
        if let Login::Client(client) = login {
            return proves_itself(&self.client, &client.keycloak, &client.realm, id, secret).await;
        }
        let credentials = Credentials::ApplicationCredential { id: id.to_owned(), secret: secret.clone() };
        let access = keystone::session::access(self.client.clone(), self.keystone.clone(), credentials, 1);
        match log_in(access).readers.account().await {
            Ok(_) => Ok(true),
            Err(failure) if failure.kind == Kind::LoginRefused => Ok(false),
            Err(failure) => Err(failure),
        }
    }
}

/// One look at every server: each route of each is read at most once in it, whoever asks.
pub struct Observation {
    realms: BTreeMap<String, Reader>,
    keystone: Option<Reader>,
    door: Option<Door>,
    places: Arc<Places>,
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
        let keystone = self.keystone.as_ref().map(Readers::begin);
        Observation { realms, keystone, door: self.door.clone(), places: Arc::clone(&self.places) }
    }
}

impl Observation {
    /// Whether this is what the server shows as the secret of a client: an older one may still prove it.
    async fn shows(&self, client: &Client, secret: &Secret) -> Result<bool, Failure> {
        let Some(reader) = self.realms.get(&client.realm) else { return Ok(false) };
        match credential(reader, &client.realm, &client.id).await {
            Ok(Credential::Secret(shown)) => Ok(shown == *secret),
            Ok(Credential::Public | Credential::Hidden | Credential::NoClient) => Ok(false),
            // Neither is there a client in a realm that is still to be made.
            Err(failure) if failure.kind == Kind::Missing => Ok(false),
            Err(failure) => Err(failure),
        }
    }
}

/// What there is of everything `wanted`, on all servers at once.
///
/// # Errors
/// Every [`Failure`], since a view with holes says nothing.
pub async fn observe(wanted: &[Wanted], observation: &Observation) -> Result<Found, Vec<Failure>> {
    let Observation { realms, keystone, door: _, places: _ } = observation;
    let mut in_keycloak = BTreeMap::<(&str, KeycloakKind), Ask<'_>>::new();
    let mut in_keystone = BTreeMap::<KeystoneKind, Ask<'_>>::new();
    let mut sinks = Vec::new();
    for wanted in wanted {
        let ask = match &wanted.address {
            Address::Keycloak { realm, kind, .. } => in_keycloak.entry((realm, *kind)).or_default(),
            Address::Keystone { kind, .. } => in_keystone.entry(*kind).or_default(),
            Address::Sink { .. } => {
                sinks.push(wanted);
                continue;
            }
        };
        ask.wanted.push(wanted);
        for sweep in &wanted.sweeps {
            in_keycloak.entry((&sweep.realm, sweep.kind)).or_default().sweeps.push(sweep);
        }
        for sweep in &wanted.link_sweeps {
            in_keystone.entry(sweep.kind).or_default().link_sweeps.push(sweep);
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
    let of_sinks = join_all(sinks.into_iter().map(|wanted| place(wanted, observation)));
    let (of_keycloak, of_keystone, of_sinks) = futures::join!(of_keycloak, of_keystone, of_sinks);
    let mut found = Found::default();
    let mut failures = Vec::new();
    let mut said = BTreeSet::new();
    for result in of_keycloak.into_iter().chain(of_keystone).chain(of_sinks) {
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

/// What a place that secrets are delivered to holds, and whether it logs in.
async fn place(wanted: &Wanted, observation: &Observation) -> Result<Found, Failure> {
    let Wanted { address, source, .. } = wanted;
    let places = &observation.places;
    let mut found = Found::default();
    let problem = |message: String| Problem {
        address: address.clone(),
        source: source.clone(),
        message,
        hint: Some("mend this, or choose another place: nothing was written".to_owned()),
    };
    found.problems.extend(issued::obstacle(address).map(problem));
    match places.read(address).await {
        Ok(None) => {}
        Ok(Some(access)) => {
            let logs_in = match (places.login(address), access.who(), &access.secret) {
                (Some(Login::Client(client)), Some(id), Some(secret)) if id == client.id => {
                    observation.shows(client, secret).await?
                }
                (Some(login @ Login::ApplicationCredential), Some(id), Some(secret)) => match &observation.door {
                    Some(door) => door.opens_for(login, id, secret).await?,
                    None => false,
                },
                // Whether that can be used, only its users know.
                (_, Some(_), None) => !issued::tells_secrets(address),
                _ => false,
            };
            found.live.insert(address.clone(), Live { id: None, body: access.body(logs_in) });
        }
        Err(error) => {
            let causes = std::iter::successors(std::error::Error::source(&error), |cause| cause.source());
            let message = causes.fold(error.to_string(), |message, cause| format!("{message}: {cause}"));
            found.problems.push(problem(message));
        }
    }
    Ok(found)
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
    let (sweeps, link_sweeps) = (ask.sweeps.clone(), ask.link_sweeps.clone());
    (behaviour.settle)(&Ask { wanted, sweeps, link_sweeps, realm_is_missing: ask.realm_is_missing }, found)
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
