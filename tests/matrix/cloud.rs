//! A small cloud of the model servers, seeded by a case itself, with the real binary in front of it.

use std::collections::BTreeMap;

use serde_json::{Value as Json, json};

use crate::harness::tool::{Outcome, Tool};
use crate::model::Models;
use crate::tally::Broken;

/// Every object of both servers by its address, as text that is the same wherever the same is there.
pub(crate) type State = BTreeMap<String, String>;

/// Both servers and the tool.
pub(crate) struct Cloud {
    pub(crate) models: Models,
    pub(crate) tool: Tool,
}

/// Guards are not what these cases are about.
pub(crate) const ALLOWED: [&str; 4] =
    ["--allow=OPCP-G001", "--allow=OPCP-G002", "--allow=OPCP-G003", "--allow=OPCP-G005"];

impl Cloud {
    /// Servers that hold what `realm` (of Keycloak's realm `pod`) and `keystone` say.
    pub(crate) fn new(keycloak: &Json, keystone: &Json) -> Self {
        let mut tool = Tool::new();
        tool.set("PASSWORD", "admin");
        let mut keystone = keystone.clone();
        keystone["adminPassword"] = "admin".into();
        Self { models: Models::start(&json!({"keycloak": keycloak, "keystone": keystone})), tool }
    }

    /// Writes a spec into this file.
    pub(crate) fn write(&self, file: &str, spec: &Spec) {
        self.tool.write(file, &spec.text(&self.models.keycloak.url, &self.models.keystone.url));
    }

    pub(crate) fn apply(&self, file: &str) -> Outcome {
        let fixed = ["apply", "--auto-approve", "--color", "never", "-f", file];
        self.tool.run(&[&fixed[..], &ALLOWED].concat())
    }

    /// Plans; the code says whether there is something to do.
    pub(crate) fn plan(&self, file: &str) -> Outcome {
        let fixed = ["plan", "--detailed-exitcode", "--color", "never", "-f", file];
        self.tool.run(&[&fixed[..], &ALLOWED].concat())
    }

    /// As `apply` does, one step after the other: requests come in the same order each time.
    pub(crate) fn apply_in_order(&self, file: &str) -> Outcome {
        let fixed = ["apply", "--auto-approve", "--color", "never", "--parallelism", "1", "-f", file];
        self.tool.run(&[&fixed[..], &ALLOWED].concat())
    }

    /// How many requests each server has seen.
    pub(crate) fn requests(&self) -> [usize; 2] {
        [self.models.keycloak.log.entries().len(), self.models.keystone.log.entries().len()]
    }

    /// What both servers hold, without what is made up and taken away beside the tool.
    pub(crate) fn state(&self) -> State {
        let mut dump = self.models.keycloak.dump();
        dump.extend(self.models.keystone.dump());
        let ours = dump.into_iter().filter(|(address, _)| !address.contains("churn"));
        ours.map(|(address, object)| (address, nameless(object).to_string())).collect()
    }

    /// Makes everything true again that a case has made wrong.
    pub(crate) fn heal(&self) {
        self.models.keycloak.faults.clear();
        self.models.keystone.faults.clear();
    }

    /// What the servers have refused since something was already there.
    pub(crate) fn conflicts(&self) -> Vec<String> {
        let entries = [self.models.keycloak.log.writes(), self.models.keystone.log.writes()].concat();
        let conflicts = entries.into_iter().filter(|entry| entry.status == Some(409));
        conflicts.map(|entry| format!("{} {}", entry.method, entry.target)).collect()
    }
}

/// A spec: what stands in its documents below the logins.
#[derive(Clone, Default)]
pub(crate) struct Spec {
    /// Lines of `spec.keystone` of the Environment, indented by four.
    pub(crate) keystone: String,
    /// Lines of the Realm's spec, indented by two.
    pub(crate) realm: String,
    /// Lines of the Access' spec, indented by two.
    pub(crate) access: String,
}

impl Spec {
    fn text(&self, keycloak: &str, keystone_url: &str) -> String {
        let Self { keystone, realm, access } = self;
        let header = "apiVersion: opcp.dev/v1alpha1\nkind:";
        let login = "username: admin, password: {env: PASSWORD}";
        format!(
            "{header} Environment\nmetadata: {{name: demo}}\nspec:\n  keystone:\n    url: \"{keystone_url}\"\n    \
             login: {{{login}, userDomain: Default, project: admin, projectDomain: Default}}\n{keystone}---\n\
             {header} Realm\nmetadata: {{name: pod}}\nspec:\n  environment: demo\n  keycloak: {{url: \"{keycloak}\"}}\n  \
             login: {{realm: master, {login}}}\n{realm}---\n\
             {header} Access\nmetadata: {{name: acme}}\nspec:\n  environment: demo\n  realm: pod\n{access}"
        )
    }
}

/// What a run said and how it ended.
pub(crate) fn told(outcome: &Outcome) -> String {
    format!("exit {:?}\n{}{}", outcome.code, outcome.stdout, outcome.stderr)
}

/// The first difference between what is there and what should be.
pub(crate) fn difference(is: &State, should: &State) -> Option<Broken> {
    let missing = should.iter().find(|(address, _)| !is.contains_key(*address));
    let surplus = is.keys().find(|address| !should.contains_key(*address));
    let other = should.iter().find(|(address, object)| is.get(*address).is_some_and(|is| is != *object));
    match (missing, surplus, other) {
        (Some((address, _)), ..) => Some(Broken::Lost(format!("{address} is not there"))),
        (_, Some(address), _) => Some(Broken::Wrong(format!("{address} is still there, or should not be"))),
        (_, _, Some((address, object))) => {
            Some(Broken::Lost(format!("{address} is\n  {}\nand not\n  {object}", is[address])))
        }
        (None, None, None) => None,
    }
}

/// The document with its keys in order and without the ids that the servers give in the order of creation.
fn nameless(object: Json) -> Json {
    match object {
        Json::String(text) => masked(&text).into(),
        Json::Array(items) => items.into_iter().map(nameless).collect(),
        Json::Object(fields) => {
            let sorted: BTreeMap<String, Json> =
                fields.into_iter().map(|(key, value)| (key, nameless(value))).collect();
            Json::Object(sorted.into_iter().collect())
        }
        other => other,
    }
}

fn masked(text: &str) -> String {
    let ids = [("cccccccc-0000-4000-8000-", 36), ("eeeeeeee00000000", 32)];
    ids.iter().fold(text.to_owned(), |mut text, (start, length)| {
        while let Some(place) = text.find(start) {
            let end = (place + length).min(text.len());
            text.replace_range(place..end, "<id>");
        }
        text
    })
}
