//! Where secrets are delivered to: places that are read, compared and written like any object of a server. What else is in a file that others share stays as it is, byte for byte.

mod clouds_yaml;
mod cluster;
mod dialect;
pub(super) mod entry;
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
use crate::model::path::Path;
use crate::model::step::Step;
use crate::model::wanted::Wanted;
use crate::resolve::Resolved;
use crate::resolve::sink::{Login, Restart, Sink};
use crate::resource::{Behaviour, Found, IdSource, Request, Unsendable};
use crate::secret::Secret;
use cluster::Cluster;
use dialect::Dialect;
pub use place::obstacle;

/// How a program logs in, as a place tells it. Without `Debug`.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Access {
    /// Who logs in, and where, by the words of plans.
    pub words: BTreeMap<&'static str, String>,
    /// The secret.
    pub secret: Option<Secret>,
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
    /// The secret with which each workload has begun anew, by its id.
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
    /// The places that secrets of a spec are delivered to, for a Keystone that is reached at `auth_url`. Programs are run
    /// if that is allowed.
    #[must_use]
    pub fn of(spec: &Resolved, auth_url: &str, commands: bool) -> Self {
        let of_credentials = spec.application_credentials.iter().flat_map(|declared| &declared.value.sinks);
        let of_clients = spec.client_secrets.iter().flat_map(|declared| &declared.value.sinks);
        let sinks = of_credentials.chain(of_clients).map(|sink| (sink.address.clone(), sink.value.clone())).collect();
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
        let Some(sink) = self.sinks.get(address) else { return Ok(None) };
        match address {
            Address::Sink { kind: SinkKind::KubernetesSecret, names } => {
                self.cluster.read(names, sink).await.map_err(SinkError::Refused)
            }
            Address::Sink { kind: SinkKind::Command, .. } => {
                self.may_run().map_err(SinkError::Refused)?;
                program::current(sink, &self.auth_url).await.map_err(SinkError::Refused)
            }
            _ => place::read(address, Dialect::of(&sink.login)),
        }
    }

    /// Who logs in with what the place at `address` tells.
    ///
    /// Nothing of what is no place of the spec.
    #[must_use]
    pub fn login(&self, address: &Address) -> Option<&Login> {
        self.sinks.get(address).map(|sink| &sink.login)
    }

    /// Writes what the place at `address` shall tell.
    ///
    /// # Errors
    /// [`SinkError`] when it cannot be written; nothing is half-written.
    pub async fn write(&self, address: &Address, told: &Access) -> Result<(), SinkError> {
        let Some(sink) = self.sinks.get(address) else {
            return Err(SinkError::Refused("it is no place of the spec".to_owned()));
        };
        match address {
            Address::Sink { kind: SinkKind::KubernetesSecret, names } => {
                self.cluster.write(names, sink, told).await.map_err(SinkError::Refused)
            }
            Address::Sink { kind: SinkKind::Command, .. } => {
                self.may_run().map_err(SinkError::Refused)?;
                program::take_over(sink, told).await.map_err(SinkError::Refused)
            }
            _ => place::write(address, told, Dialect::of(&sink.login)),
        }
    }

    /// Has begun anew whatever works with what the place at `address` has been `told`.
    ///
    /// # Errors
    /// [`SinkError`] when that fails.
    pub async fn restart(&self, address: &Address, told: &Access) -> Result<(), SinkError> {
        let restart = self.sinks.get(address).and_then(|sink| sink.restart.as_ref());
        match (address, restart) {
            (_, Some(Restart::Command(argv))) => {
                self.may_run().map_err(SinkError::Refused)?;
                program::run(argv, String::new()).await.map_err(SinkError::Refused)?;
                let mut restarts = self.restarts.lock().unwrap_or_else(PoisonError::into_inner);
                restarts.insert(address.clone(), argv.program().to_owned());
                Ok(())
            }
            (Address::Sink { names, .. }, Some(Restart::Workloads(workloads))) => {
                self.cluster.restart(names, workloads, &told.restarted).await.map_err(SinkError::Refused)
            }
            _ => Ok(()),
        }
    }

    /// The secret of the application credential with this id, if a place holds it and tells it.
    pub async fn secret(&self, id: &str) -> Option<Secret> {
        for address in self.sinks.keys().filter(|address| tells_secrets(address)) {
            let held = self.read(address).await.ok().flatten();
            if let Some(secret) = held.filter(|held| held.who() == Some(id)).and_then(|held| held.secret) {
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

/// The words of a place in plans for who logs in and where, by which [`crate::rotation`] asks for them.
const WORDS: [&str; 6] = ["credential", "clientId", "authUrl", "identityProvider", "protocol", "discoveryEndpoint"];

impl Access {
    /// Who logs in: an application credential by its id, or a client by its client id.
    #[must_use]
    pub fn who(&self) -> Option<&str> {
        ["credential", "clientId"].iter().find_map(|word| self.words.get(word)).map(String::as_str)
    }

    /// What can be shown of it, and whether a login with it succeeds.
    #[must_use]
    pub fn body(&self, logs_in: bool) -> Json {
        let Self { words, secret: _, region, ca_file, secure_yaml, others, labels, annotations, restarted, restart } =
            self;
        let others = if others.is_empty() { Json::Null } else { json!(others) };
        let mut body: Map<String, Json> =
            words.iter().map(|(word, value)| ((*word).to_owned(), value.as_str().into())).collect();
        let mut say = |word: &str, value: Json| body.insert(word.to_owned(), value);
        say("region", json!(region));
        say("caFile", json!(ca_file));
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
            words: WORDS.into_iter().filter_map(|word| Some((word, text(word)?))).collect(),
            secret: text("secret").map(Secret::new).or_else(|| self.secret.clone()),
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

    /// What is told of who logs in and where, as keystoneauth calls it; the secret is not among it.
    fn told(&self, dialect: Dialect) -> impl Iterator<Item = (&'static str, &str)> {
        dialect.told.iter().filter_map(|(word, name)| Some((*name, self.words.get(word)?.as_str())))
    }
}

/// What is told of who logs in and where, read by keystoneauth's names. Where the auth type is that of another login, nobody
/// is named.
fn words(
    dialect: Dialect,
    auth_type: Option<&str>,
    read: impl Fn(&str) -> Option<String>,
) -> BTreeMap<&'static str, String> {
    let told = dialect.told.iter().filter(|(word, _)| *word != dialect.identity() || dialect.takes(auth_type));
    told.filter_map(|(word, name)| Some((*word, read(name)?))).collect()
}

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
    /// What is no file cannot be asked, or refuses; in its own words.
    #[error("{0}")]
    Refused(String),
    /// It is not such a file, or not one that can be written without touching what belongs to others.
    #[error("{place}: {why}")]
    Unfit {
        /// The file.
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
        refused: |_, _| None,
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
