//! The stage of one scenario: the model servers with what its `live.json` says, and the tool in front of them.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde_json::{Value as Json, json};

use super::readable::Names;
use super::secrets::{Leak, canary, leaks};
use super::tool::{Outcome, Tool};
use crate::model::log::Entry;
use crate::model::{Model, Models};

/// The variables of the logins that every scenario may use.
const LOGINS: [&str; 2] = ["KEYCLOAK_PASSWORD", "KEYSTONE_PASSWORD"];

/// Servers, tool, and every secret that either of them has seen.
pub(crate) struct Stage {
    pub(crate) models: Models,
    pub(crate) tool: Tool,
    secrets: BTreeSet<String>,
    /// Names of ids that the servers have known.
    ids: BTreeMap<String, String>,
}

impl Stage {
    /// Starts the servers that a scenario's folder describes.
    pub(crate) fn new(folder: &Path) -> Self {
        let mut variables: BTreeSet<String> = LOGINS.iter().map(|name| (*name).to_owned()).collect();
        for step in steps(folder) {
            variables.extend(named_variables(&spec(&step)));
        }
        let mut seed: Json = serde_json::from_str(&read(&folder.join("live.json"))).unwrap();
        reveal(&mut seed);
        for (server, name) in ["keycloak", "keystone"].iter().zip(LOGINS) {
            seed[*server]["adminPassword"] = canary(name).into();
        }
        let mut tool = Tool::new();
        for name in &variables {
            tool.set(name, &canary(name));
        }
        if folder.join("example").exists() {
            log_in_by_variables(&mut tool);
        }
        let secrets = variables.iter().map(|name| canary(name)).collect();
        Self { models: Models::start(&seed), tool, secrets, ids: BTreeMap::new() }
    }

    /// Writes the spec of a step for servers at these addresses.
    pub(crate) fn write_spec(&self, step: &Path, keycloak: &str, keystone: &str) {
        let spec = spec(step).replace("{{keycloak}}", keycloak).replace("{{keystone}}", keystone);
        self.tool.write("spec.yaml", &spec);
    }

    /// Writes the documents of the spec that is there into files of their own, the last one first.
    pub(crate) fn write_permuted(&self, folder: &str) {
        let path = self.tool.folder().join(folder);
        if path.exists() {
            std::fs::remove_dir_all(&path).unwrap();
        }
        std::fs::create_dir(&path).unwrap();
        let spec = read(&self.tool.folder().join("spec.yaml"));
        for (number, document) in spec.split("\n---\n").collect::<Vec<_>>().into_iter().rev().enumerate() {
            self.tool.write(&format!("{folder}/{number:02}.yaml"), document);
        }
    }

    /// Every object of both servers by its address.
    pub(crate) fn dump(&self) -> BTreeMap<String, Json> {
        let mut dump = self.models.keycloak.dump();
        dump.extend(self.models.keystone.dump());
        dump
    }

    /// The same as text, with names for ids and secrets: equal for two servers that hold the same.
    pub(crate) fn state(&mut self) -> String {
        let names = self.names();
        let dump: serde_json::Map<String, Json> = self.dump().into_iter().collect();
        names.compact(&Json::Object(dump))
    }

    /// What both servers were asked since their logs were cleared.
    pub(crate) fn log(&self) -> Vec<Entry> {
        [self.models.keycloak.log.entries(), self.models.keystone.log.entries()].concat()
    }

    /// What the servers know now has its name afterwards, too.
    pub(crate) fn learn_ids(&mut self) {
        self.ids.extend(self.models.keycloak.with(|model| model.names()));
        self.ids.extend(self.models.keystone.with(|model| model.names()));
    }

    pub(crate) fn clear_log(&self) {
        self.models.keycloak.log.clear();
        self.models.keystone.log.clear();
    }

    /// One line for each write, sorted: the order is the tool's own affair as far as this text goes. Left out is
    /// what was refused because a token had ended, and so never looked at.
    pub(crate) fn writes(&mut self) -> String {
        let names = self.names();
        let line = |server: &str, entry: &Entry| {
            let body = entry.body.as_ref().map_or_else(String::new, |body| names.compact(body));
            format!("{} {server}{} {body}", entry.method, names.apply(&entry.target)).trim_end().to_owned() + "\n"
        };
        let servers =
            [("{{keycloak}}", self.models.keycloak.log.writes()), ("{{keystone}}", self.models.keystone.log.writes())];
        let seen = servers.iter().flat_map(|(server, writes)| writes.iter().map(move |entry| (*server, entry)));
        let mut lines: Vec<String> =
            seen.filter(|(_, entry)| entry.status != Some(401)).map(|(server, entry)| line(server, entry)).collect();
        lines.sort();
        lines.concat()
    }

    /// One line for each object that the servers have created for a POST, sorted.
    pub(crate) fn created(&mut self) -> Vec<String> {
        let names = self.names();
        let line = |entry: &Entry| {
            let body = entry.body.as_ref().map_or_else(String::new, |body| names.compact(body));
            format!("{} {body}", names.apply(&entry.target))
        };
        let made = |entry: &&Entry| entry.method == "POST" && entry.write && entry.meant == Some(201);
        let mut lines: Vec<String> = self.log().iter().filter(made).map(line).collect();
        lines.sort();
        lines
    }

    /// Names for every id and secret that the servers know.
    pub(crate) fn names(&mut self) -> Names {
        self.learn_secrets();
        let mut names = Names::default();
        self.learn_ids();
        self.ids.iter().for_each(|(id, name)| names.add(id, &format!("<{name}>")));
        self.secrets.iter().for_each(|secret| names.add(secret, "<secret>"));
        names.add(&self.models.keycloak.url, "{{keycloak}}");
        names.add(&self.models.keystone.url, "{{keystone}}");
        names
    }

    /// Every secret that stands where it must not: in what was said, asked for, or left in files.
    pub(crate) fn leaks(&mut self, command: &str, outcome: &Outcome) -> Vec<Leak> {
        self.learn_secrets();
        let secrets: Vec<String> = self.secrets.iter().cloned().collect();
        let files = self.tool.files();
        let targets: String = self.log().iter().map(|entry| entry.target.clone() + "\n").collect();
        let mut places = vec![
            (format!("standard output of {command}"), outcome.stdout.as_bytes()),
            (format!("standard error of {command}"), outcome.stderr.as_bytes()),
            (format!("an address that {command} asked for"), targets.as_bytes()),
        ];
        places.extend(files.iter().map(|(path, bytes)| (path.display().to_string(), bytes.as_slice())));
        leaks(&secrets, places)
    }

    /// The text with `{{keycloak}}` and `{{keystone}}` for the servers' addresses.
    pub(crate) fn without_addresses(&self, text: &str) -> String {
        let mut names = Names::default();
        for (url, name) in [(&self.models.keycloak.url, "keycloak"), (&self.models.keystone.url, "keystone")] {
            names.add(url, &format!("{{{{{name}}}}}"));
            names.add(url.trim_start_matches("http://"), &format!("{name}.example.com"));
        }
        names.apply(text)
    }

    fn learn_secrets(&mut self) {
        self.secrets.extend(self.models.keycloak.with(|model| model.secrets()));
        self.secrets.extend(self.models.keystone.with(|model| model.secrets()));
    }
}

/// The folder of all scenarios.
pub(crate) fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/scenarios")
}

/// A scenario's folder itself, and the steps that follow it.
pub(crate) fn steps(folder: &Path) -> Vec<PathBuf> {
    let following = (2..).map(|number| folder.join(format!("step-{number}"))).take_while(|step| step.exists());
    std::iter::once(folder.to_owned()).chain(following).collect()
}

/// The flags that allow what the file `allow` of a scenario's folder names, one code on each line.
pub(crate) fn allowed(folder: &Path) -> Vec<String> {
    let codes = std::fs::read_to_string(folder.join("allow")).unwrap_or_default();
    codes.lines().map(|code| format!("--allow={code}")).collect()
}

/// The spec of a step: its own, or an example's with the models' addresses.
fn spec(step: &Path) -> String {
    let own = step.join("spec.yaml");
    if own.exists() { read(&own) } else { example(read(&step.join("example")).trim()) }
}

/// The files of an example as one text, with the models' addresses in place of those that follow from its domain name.
fn example(name: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples").join(name);
    let mut files: Vec<PathBuf> = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let documents: Vec<String> = files.iter().map(|path| with_addresses(&read(path))).collect();
    documents.join("\n---\n")
}

fn with_addresses(document: &str) -> String {
    let kind = document.lines().find_map(|line| line.strip_prefix("kind: "));
    let (old, new) = match kind {
        Some("Environment") => ("  keystone:\n", "  keystone:\n    url: \"{{keystone}}\"\n"),
        Some("Realm") => ("  environment: prod\n", "  environment: prod\n  keycloak: {url: \"{{keycloak}}\"}\n"),
        _ => return document.to_owned(),
    };
    assert_eq!(document.matches(old).count(), 1, "{document}");
    document.replace(old, new)
}

/// The accounts of an example that leaves its logins to variables.
fn log_in_by_variables(tool: &mut Tool) {
    let accounts = [
        ("OS_USERNAME", "admin"),
        ("OS_USER_DOMAIN_NAME", "Default"),
        ("OS_PROJECT_NAME", "admin"),
        ("OS_PROJECT_DOMAIN_NAME", "Default"),
        ("OPCP_KEYCLOAK_LOGIN_REALM", "master"),
        ("OPCP_KEYCLOAK_USERNAME", "admin"),
    ];
    for (name, value) in accounts {
        tool.set(name, value);
    }
    for (name, login) in ["OPCP_KEYCLOAK_PASSWORD", "OS_PASSWORD"].iter().zip(LOGINS) {
        tool.set(name, &canary(login));
    }
}

/// The names in `{env: NAME}` of a spec.
fn named_variables(spec: &str) -> Vec<String> {
    let is_part = |character: &char| character.is_ascii_alphanumeric() || *character == '_';
    spec.split("env:").skip(1).map(|rest| rest.trim_start().chars().take_while(is_part).collect()).collect()
}

/// Puts each secret in the place of its reference.
fn reveal(seed: &mut Json) {
    if let Some(name) = seed.get("env").and_then(Json::as_str) {
        *seed = json!(canary(name));
        return;
    }
    match seed {
        Json::Array(items) => items.iter_mut().for_each(reveal),
        Json::Object(fields) => fields.values_mut().for_each(reveal),
        _ => {}
    }
}

pub(crate) fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("failed to read {}: {error}", path.display()))
}
