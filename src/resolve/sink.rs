//! What deliveries mean: the places of secrets, who logs in with what is there, and what begins anew after one.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Component, Path};

use url::Url;

use super::Resolved;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::model::address::{Address, SinkKind};
use crate::model::declared::{At, Declared};
use crate::secret::Argv;
use crate::spec::delivery::{
    self as words, CloudsYaml, Command, CommandFormat, Delivery, Ini, KEYSTONE_AUTHTOKEN, KubernetesSecret, Openrc,
    StoredFormat,
};

/// Who logs in with what is delivered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Login {
    /// An application credential.
    ApplicationCredential,
    /// A client of Keycloak.
    Client(Box<Client>),
}

/// A client of Keycloak, as programs are told of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Client {
    /// Its client id.
    pub id: String,
    /// The realm that it is in.
    pub realm: String,
    /// Keycloak's address.
    pub keycloak: Url,
    /// Whether it is said to have an account of its own.
    pub has_account: bool,
    /// The Keystone identity provider of the realm's people.
    pub identity_provider: String,
    /// That provider's protocol.
    pub protocol: String,
    /// Where programs learn how to log in to the realm.
    pub discovery_endpoint: String,
}

/// A place that a secret is delivered to, and what is said of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sink {
    /// Who logs in with what is there.
    pub login: Login,
    /// The region, if it is said.
    pub region: Option<String>,
    /// How it is written there.
    pub how: How,
    /// What begins anew then, if anything does.
    pub restart: Option<Restart>,
}

/// What begins anew after a delivery.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Restart {
    /// What a program restarts.
    Command(Argv),
    /// Workloads of Kubernetes, by sort and name.
    Workloads(Vec<Workload>),
}

/// A workload of Kubernetes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Workload {
    /// Its kind there: `Deployment`, `StatefulSet` or `DaemonSet`.
    pub kind: &'static str,
    /// Its name.
    pub name: String,
}

impl Workload {
    /// The kinds, by the words for them.
    const KINDS: [(&'static str, &'static str); 3] =
        [("deployment", "Deployment"), ("statefulset", "StatefulSet"), ("daemonset", "DaemonSet")];

    fn parse(text: &str) -> Option<Self> {
        let (word, name) = text.split_once('/')?;
        let (_, kind) = Self::KINDS.into_iter().find(|(known, _)| *known == word)?;
        (!name.is_empty() && !name.contains('/')).then(|| Self { kind, name: name.to_owned() })
    }
}

impl fmt::Display for Workload {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}/{}", self.kind.to_lowercase(), self.name)
    }
}

/// How a place is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum How {
    /// As a file, or a part of one.
    File {
        /// Whether the secret stands in a file of its own.
        secure_yaml: bool,
    },
    /// As a Secret of Kubernetes.
    Secret {
        /// Its form.
        format: StoredFormat,
        /// Labels that it shall have.
        labels: BTreeMap<String, String>,
        /// Annotations that it shall have.
        annotations: BTreeMap<String, String>,
    },
    /// By a program.
    Command {
        /// What takes it over.
        argv: Argv,
        /// What prints the id of the last one.
        current: Argv,
        /// The form in which it is given.
        format: CommandFormat,
    },
}

/// Complains about places that two secrets are delivered to: each would take it for its own that the other has gone.
pub(super) fn contested(resolved: &Resolved, diagnostics: &mut Diagnostics) {
    let of_credentials = resolved.application_credentials.iter().map(|declared| &declared.value.sinks);
    let of_clients = resolved.client_secrets.iter().map(|declared| &declared.value.sinks);
    let mut seen = BTreeMap::new();
    for (number, sinks) in of_credentials.chain(of_clients).enumerate() {
        for sink in sinks {
            let (first, at) = seen.entry(&sink.address).or_insert((number, &sink.at));
            if *first != number {
                let diagnostic = Diagnostic::error(sink.at.source(), "another secret is delivered there already");
                let diagnostic = diagnostic.also(at.source(), "here");
                diagnostics
                    .push(diagnostic.help("give each a place of its own: another file, cloud, section or Secret"));
            }
        }
    }
}

/// The places that what has this `name` is delivered to, each once.
pub(super) fn sinks(
    deliver: Vec<Delivery>,
    name: &str,
    login: &Login,
    directory: &Path,
    at: &At,
    diagnostics: &mut Diagnostics,
) -> Vec<Declared<Sink>> {
    let mut sinks = Vec::<Declared<Sink>>::new();
    for (index, delivery) in deliver.into_iter().enumerate() {
        let at = at.field("deliver").entry(index);
        let Some(sink) = sink(delivery, name, login, directory, at, diagnostics) else { continue };
        if let Some(first) = sinks.iter().find(|first| first.address == sink.address) {
            let diagnostic = Diagnostic::error(sink.at.source(), "it is delivered there already");
            diagnostics.push(diagnostic.also(first.at.source(), "here"));
        }
        sinks.push(sink);
    }
    sinks
}

fn sink(
    delivery: Delivery,
    name: &str,
    login: &Login,
    directory: &Path,
    at: At,
    diagnostics: &mut Diagnostics,
) -> Option<Declared<Sink>> {
    let Delivery { clouds_yaml, openrc, ini, kubernetes_secret, command, restart } = delivery;
    let restart = restart.and_then(|restart| {
        restart_of(restart, kubernetes_secret.is_some(), directory, &at.field("restart"), diagnostics)
    });
    let sink = |region, how| Sink { login: login.clone(), region, how, restart };
    let file = |secure_yaml| How::File { secure_yaml };
    let mut place = |kind, name: Option<&str>, path: &Path, word: &str| {
        let at = at.field(word).field("path");
        let segments = segments(&directory.join(path), &at, diagnostics)?;
        Some(Address::sink(kind, name.into_iter().chain(segments.iter().map(String::as_str))))
    };
    let (address, value) = match (clouds_yaml, openrc, ini, kubernetes_secret, command) {
        (Some(CloudsYaml { path, cloud, secure_yaml, region }), None, None, None, None) => {
            (place(SinkKind::CloudsYaml, Some(&cloud), &path, "cloudsYaml")?, sink(region, file(secure_yaml)))
        }
        (None, Some(Openrc { path, region }), None, None, None) => {
            (place(SinkKind::Openrc, None, &path, "openrc")?, sink(region, file(false)))
        }
        (None, None, Some(Ini { path, section, region }), None, None) => {
            let section = section.as_deref().unwrap_or(KEYSTONE_AUTHTOKEN);
            (place(SinkKind::Ini, Some(section), &path, "ini")?, sink(region, file(false)))
        }
        (None, None, None, Some(secret), None) => {
            let KubernetesSecret { namespace, name, format, region, labels, annotations } = secret;
            let names = namespace.iter().chain([&name]).map(String::as_str);
            let how = How::Secret { format, labels, annotations };
            (Address::sink(SinkKind::KubernetesSecret, names), sink(region, how))
        }
        (None, None, None, None, Some(Command { argv, current, stdin, region })) => {
            let (argv, current) = (argv.anchored(directory), current.anchored(directory));
            let program = argv.program().split('/').filter(|part| !part.is_empty());
            let address = Address::sink(SinkKind::Command, [name].into_iter().chain(program));
            (address, sink(region, How::Command { argv, current, format: stdin }))
        }
        _ => {
            let diagnostic = Diagnostic::error(at.source(), "a delivery goes to exactly one place");
            diagnostics
                .push(diagnostic.help("say one of `cloudsYaml`, `openrc`, `ini`, `kubernetesSecret` and `command`; and an entry for each of several"));
            return None;
        }
    };
    Some(Declared { address, at, value })
}

/// What begins anew, in the one form that it has.
fn restart_of(
    restart: words::Restart,
    in_cluster: bool,
    directory: &Path,
    at: &At,
    diagnostics: &mut Diagnostics,
) -> Option<Restart> {
    let mut refuse = |at: &At, message: &str, help: &str| {
        diagnostics.push(Diagnostic::error(at.source(), message).help(help));
        None
    };
    match (restart.command, restart.workloads) {
        (Some(argv), None) => Some(Restart::Command(argv.anchored(directory))),
        (None, Some(_)) if !in_cluster => {
            let message = "workloads are restarted where a `kubernetesSecret` is delivered";
            refuse(&at.field("workloads"), message, "say a `command` that restarts what works with it")
        }
        (None, Some(workloads)) => {
            let parsed = workloads.iter().map(|text| Workload::parse(text)).collect::<Option<Vec<_>>>();
            let help = "`deployment/NAME`, `statefulset/NAME` or `daemonset/NAME`";
            parsed.map(Restart::Workloads).or_else(|| refuse(&at.field("workloads"), "these are no workloads", help))
        }
        _ => refuse(at, "a restart has exactly one form", "say either `command` or `workloads`"),
    }
}

/// The segments of a path as addresses have them: the first is `.` where it is relative.
fn segments(path: &Path, at: &At, diagnostics: &mut Diagnostics) -> Option<Vec<String>> {
    let mut segments = if path.is_absolute() { Vec::new() } else { vec![".".to_owned()] };
    for component in path.components() {
        match component {
            Component::Normal(segment) => segments.push(segment.to_string_lossy().into_owned()),
            Component::ParentDir => segments.push("..".to_owned()),
            Component::RootDir | Component::CurDir | Component::Prefix(_) => {}
        }
    }
    if path.file_name().is_none() {
        diagnostics.push(Diagnostic::error(at.source(), "this is the path of no file"));
        return None;
    }
    Some(segments)
}
