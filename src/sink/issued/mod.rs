//! Where application credentials are delivered to: places that are read, compared and written like any object of a
//! server. What else is in a file that others share stays as it is, byte for byte.

mod clouds_yaml;
mod cluster;
mod entry;
mod ini;
mod openrc;
mod place;
mod program;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use serde_json::{Map, json};

use crate::model::Json;
use crate::model::address::{Address, Ids, SinkKind};
use crate::model::declared::Declared;
use crate::model::path::Path;
use crate::model::step::Step;
use crate::model::wanted::Wanted;
use crate::resolve::application_credential::Credential;
use crate::resolve::sink::{Restart, Sink};
use crate::resource::{Behaviour, Found, IdSource, Request, Unsendable};
use crate::secret::Secret;
use cluster::Cluster;
pub use place::obstacle;

/// How a program logs in, as a place tells it. Without `Debug`.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Access {
    /// The id of the application credential.
    pub credential: Option<String>,
    /// Its secret.
    pub secret: Option<Secret>,
    /// Keystone's address.
    pub auth_url: Option<String>,
    /// The region.
    pub region: Option<String>,
    /// The path of the CA bundle.
    pub ca_file: Option<String>,
    /// Whether the secret stands in a file of its own.
    pub secure_yaml: bool,
    /// What is said of another way to log in, or of a project: with such words the login fails.
    pub others: Vec<String>,
    /// The labels that a Secret shall have, as far as it has them.
    pub labels: BTreeMap<String, String>,
    /// The annotations that a Secret shall have, as far as it has them.
    pub annotations: BTreeMap<String, String>,
    /// The credential with which each workload has begun anew, by its id.
    pub restarted: BTreeMap<String, String>,
    /// The program that has restarted what works with it, in this run.
    pub restart: Option<String>,
}

/// All places of a spec, and how they are reached.
#[derive(Default)]
pub struct Places {
    sinks: BTreeMap<Address, Sink>,
    cluster: Cluster,
    /// Whether programs may be run.
    commands: bool,
    auth_url: String,
    /// The programs that have restarted something in this run.
    restarts: Mutex<BTreeMap<Address, String>>,
}

impl Places {
    /// The places that `declared` credentials are delivered to, for a Keystone that is reached at `auth_url`. Programs are
    /// run if that is allowed.
    #[must_use]
    pub fn of(declared: &[Declared<Credential>], auth_url: &str, commands: bool) -> Self {
        let sinks = declared.iter().flat_map(|declared| &declared.value.sinks);
        let sinks = sinks.map(|sink| (sink.address.clone(), sink.value.clone())).collect();
        Self { sinks, commands, auth_url: auth_url.to_owned(), ..Self::default() }
    }

    /// What the place at `address` tells; nothing if there is no such place yet.
    ///
    /// # Errors
    /// [`SinkError`] when it cannot be read, or is not what it should be.
    pub async fn read(&self, address: &Address) -> Result<Option<Access>, SinkError> {
        let restart = self.restarts.lock().unwrap_or_else(PoisonError::into_inner).get(address).cloned();
        let told = self.told(address).await?;
        Ok(told.map(|told| Access { restart, ..told }))
    }

    async fn told(&self, address: &Address) -> Result<Option<Access>, SinkError> {
        let unfit = |why| SinkError::Unfit { place: address.to_string(), why };
        match (address, self.sinks.get(address)) {
            (Address::Sink { kind: SinkKind::KubernetesSecret, names }, Some(sink)) => {
                self.cluster.read(names, sink).await.map_err(unfit)
            }
            (Address::Sink { kind: SinkKind::Command, .. }, Some(Sink { how, region, .. })) => {
                self.may_run().map_err(unfit)?;
                let id = program::current(how).await.map_err(unfit)?;
                // What else it was told last, it does not tell.
                Ok(id.map(|id| Access {
                    credential: Some(id),
                    auth_url: Some(self.auth_url.clone()),
                    region: region.clone(),
                    ..Access::default()
                }))
            }
            _ => place::read(address),
        }
    }

    /// Writes what the place at `address` shall tell.
    ///
    /// # Errors
    /// [`SinkError`] when it cannot be written; nothing is half-written.
    pub async fn write(&self, address: &Address, told: &Access) -> Result<(), SinkError> {
        let unfit = |why| SinkError::Unfit { place: address.to_string(), why };
        match (address, self.sinks.get(address)) {
            (Address::Sink { kind: SinkKind::KubernetesSecret, names }, Some(Sink { how, .. })) => {
                self.cluster.write(names, how, told).await.map_err(unfit)
            }
            (Address::Sink { kind: SinkKind::Command, .. }, Some(Sink { how, .. })) => {
                self.may_run().map_err(unfit)?;
                program::take_over(how, told).await.map_err(unfit)
            }
            _ => place::write(address, told),
        }
    }

    /// Has begun anew whatever works with what the place at `address` tells by now.
    ///
    /// # Errors
    /// [`SinkError`] when that fails.
    pub async fn restart(&self, address: &Address, told: &Access) -> Result<(), SinkError> {
        let unfit = |why| SinkError::Unfit { place: address.to_string(), why };
        let restart = self.sinks.get(address).and_then(|sink| sink.restart.as_ref());
        match (address, restart) {
            (_, Some(Restart::Command(argv))) => {
                self.may_run().map_err(unfit)?;
                program::run(argv, String::new()).await.map_err(unfit)?;
                let mut restarts = self.restarts.lock().unwrap_or_else(PoisonError::into_inner);
                restarts.insert(address.clone(), argv.program().to_owned());
                Ok(())
            }
            (Address::Sink { names, .. }, Some(Restart::Workloads(workloads))) => {
                let id = told.credential.as_deref().unwrap_or_default();
                self.cluster.restart(names, workloads, id).await.map_err(unfit)
            }
            _ => Ok(()),
        }
    }

    /// The secret of the credential with this id, if a place holds it and tells it.
    pub async fn secret(&self, id: &str) -> Option<Secret> {
        for address in self.sinks.keys().filter(|address| tells_secrets(address)) {
            let held = self.read(address).await.ok().flatten();
            if let Some(secret) =
                held.filter(|held| held.credential.as_deref() == Some(id)).and_then(|held| held.secret)
            {
                return Some(secret);
            }
        }
        None
    }

    fn may_run(&self) -> Result<(), String> {
        let not =
            || "commands are not allowed to run: run it again with --allow-commands if you trust the spec".to_owned();
        if self.commands { Ok(()) } else { Err(not()) }
    }
}

/// Whether a place shows the secret that it holds to whoever may write there.
#[must_use]
pub fn tells_secrets(address: &Address) -> bool {
    matches!(address, Address::Sink { kind, .. } if *kind != SinkKind::Command)
}

/// The words of a place in plans, by which [`crate::rotation`] asks for them.
const WORDS: [&str; 3] = ["authUrl", "region", "caFile"];

impl Access {
    /// What can be shown of it, and whether a login with it succeeds.
    #[must_use]
    pub fn body(&self, logs_in: bool) -> Json {
        let Self {
            credential,
            secret: _,
            auth_url,
            region,
            ca_file,
            secure_yaml,
            others,
            labels,
            annotations,
            restarted,
            restart,
        } = self;
        let others = if others.is_empty() { Json::Null } else { json!(others) };
        let mut body = Map::new();
        let mut say = |word: &str, value: Json| body.insert(word.to_owned(), value);
        say("credential", json!(credential));
        for (word, value) in WORDS.iter().zip([auth_url, region, ca_file]) {
            say(word, json!(value));
        }
        say("secureYaml", json!(secure_yaml));
        say("otherLogin", others);
        say("labels", json!(labels));
        say("annotations", json!(annotations));
        say("restarted", json!(restarted));
        say("restart", json!(restart));
        say("logsIn", json!(logs_in));
        body.into()
    }

    /// The same as a body says it that also holds the secret; without one, that of this access stays.
    #[must_use]
    pub fn with(&self, body: &Json) -> Self {
        let text = |word: &str| body.get(word).and_then(Json::as_str).map(str::to_owned);
        let map = |word: &str| serde_json::from_value(body.get(word).cloned().unwrap_or_default()).unwrap_or_default();
        Self {
            credential: text("credential"),
            secret: text("secret").map(Secret::new).or_else(|| self.secret.clone()),
            auth_url: text("authUrl"),
            region: text("region"),
            ca_file: text("caFile"),
            secure_yaml: body.get("secureYaml").and_then(Json::as_bool).unwrap_or_default(),
            others: Vec::new(),
            labels: map("labels"),
            annotations: map("annotations"),
            restarted: map("restarted"),
            restart: text("restart"),
        }
    }

    /// What a program is told, as the words of keystoneauth, in their usual order; the secret is not among them.
    fn words(&self) -> [(&'static str, Option<&str>); 2] {
        [("auth_url", self.auth_url.as_deref()), ("application_credential_id", self.credential.as_deref())]
    }
}

/// The words of keystoneauth for other ways to log in, and for what an application credential brings itself: with one of
/// them its login is refused.
const OTHERS: [&str; 22] = [
    "access_token_endpoint",
    "application_credential_name",
    "client_id",
    "client_secret",
    "default_domain_id",
    "default_domain_name",
    "discovery_endpoint",
    "domain_id",
    "domain_name",
    "identity_provider",
    "password",
    "project_domain_id",
    "project_domain_name",
    "project_id",
    "project_name",
    "protocol",
    "system_scope",
    "trust_id",
    "user_domain_id",
    "user_domain_name",
    "user_id",
    "username",
];

/// Why a place cannot be read or written. What was there is untouched.
#[derive(Debug, thiserror::Error)]
pub enum SinkError {
    /// The file system refuses.
    #[error("failed to {what} {}", .path.display())]
    Io {
        /// What was tried.
        what: &'static str,
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// It is not such a place, or not one that can be written without touching what belongs to others.
    #[error("{place}: {why}")]
    Unfit {
        /// The place.
        place: String,
        /// Why.
        why: String,
    },
}

/// The pure answers of places.
#[must_use]
pub fn behaviour(_kind: SinkKind) -> Behaviour {
    Behaviour {
        bare,
        settle: |_, _| Found::default(),
        normalise: |body| body,
        write: unsendable,
        learns_id: || IdSource::Answer,
        brings: |_, _| false,
        remedy: || None,
        forbidden: |_| None,
        suspect,
    }
}

/// Two entries of one file are never written at once.
fn bare(address: Address) -> Wanted {
    let file: Vec<&str> = place::path_names(&address).iter().map(String::as_str).collect();
    if file.is_empty() {
        return Wanted::entity(address);
    }
    Wanted { document: Address::sink(SinkKind::File, file), ..Wanted::entity(address) }
}

fn unsendable(step: &Step, _ids: &Ids) -> Result<Request, Unsendable> {
    Err(Unsendable(step.address.clone()))
}

fn suspect(field: &Path) -> Option<&'static str> {
    (*field == Path::new(["logsIn"])).then_some("something else has written it meanwhile")
}

#[cfg(test)]
mod tests;
