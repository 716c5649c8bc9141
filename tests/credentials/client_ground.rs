//! A client of Keycloak on the model servers, what its secret is delivered to, and the tool.

use std::collections::BTreeMap;

use serde_json::json;

use crate::harness::http::{Body, Http};
use crate::harness::secrets::leaks;
use crate::harness::tool::{Outcome, Tool};
use crate::model::{Model as _, Models};

const ADMIN: &str = "canary-admin-password";
const PROVISION: &str = "canary-secret-of-the-tool";

/// A server with a client, and the tool.
pub(crate) struct Ground {
    pub(crate) models: Models,
    pub(crate) tool: Tool,
}

/// The three places, told apart by how they say a secret.
const PLACES: [(&str, &str); 3] =
    [("clouds.yaml", "client_secret: "), ("app.conf", "client_secret = "), ("openrc.sh", "export OS_CLIENT_SECRET=")];

impl Ground {
    /// With a client whose secret has been there for long; the realm keeps the one before, or does not.
    pub(crate) fn new(keeps_old: bool) -> Self {
        let clients = json!([
            {"clientId": "app", "serviceAccountsEnabled": true},
            {"clientId": "open", "publicClient": true},
            {"clientId": "opcp-provision", "serviceAccountsEnabled": true, "secret": PROVISION},
            {"clientId": "given", "secret": "canary-given", "attributes": {}},
        ]);
        let pod = json!({"clients": clients, "keepsOldSecrets": keeps_old});
        let models =
            Models::start(&json!({"keycloak": {"adminPassword": ADMIN, "clockRuns": true, "realms": {"pod": pod}}}));
        let mut tool = Tool::new();
        tool.set("KEYCLOAK_PASSWORD", ADMIN);
        tool.set("KEYCLOAK_CLIENT_SECRET", PROVISION);
        tool.write("app.conf", "[DEFAULT]\n# ours\nkey = value\n");
        Self { models, tool }
    }

    /// Writes a spec with this client, for a Keycloak at `url`.
    pub(crate) fn write_spec(&self, url: &str, client: &str) {
        let keystone = &self.models.keystone.url;
        let text = format!(
            "apiVersion: opcp.dev/v1alpha1
kind: Environment
metadata: {{name: demo}}
spec:
  keystone: {{url: {keystone}}}
---
apiVersion: opcp.dev/v1alpha1
kind: Realm
metadata: {{name: pod}}
spec:
  environment: demo
  keycloak: {{url: {url}}}
  login: {{realm: master, username: admin, password: {{env: KEYCLOAK_PASSWORD}}}}
  clients:
    - {client}
"
        );
        self.tool.write("spec.yaml", &text);
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Outcome {
        let outcome = self.tool.run(&[arguments, &["-f", "spec.yaml", "--color", "never", "-vvv"]].concat());
        assert_eq!(self.leaks(&outcome), [] as [String; 0], "{arguments:?}");
        outcome
    }

    /// One run with this client.
    pub(crate) fn apply(&self, client: &str) -> Outcome {
        self.write_spec(&self.models.keycloak.url, client);
        self.run(&["apply", "--auto-approve"])
    }

    /// Every secret that stands where it must not.
    pub(crate) fn leaks(&self, outcome: &Outcome) -> Vec<String> {
        let secrets = self.models.keycloak.with(|keycloak| keycloak.secrets());
        let files = self.tool.files();
        let destinations = || PLACES.iter().map(|(name, _)| *name).chain(["vault", "service.conf"]);
        let strange = files.iter().filter(|(path, _)| !destinations().any(|name| path.ends_with(name)));
        let words = [("stdout", outcome.stdout.as_bytes()), ("stderr", outcome.stderr.as_bytes())];
        let words = words.map(|(name, bytes)| (name.to_owned(), bytes));
        let places =
            words.into_iter().chain(strange.map(|(path, bytes)| (path.display().to_string(), bytes.as_slice())));
        leaks(&secrets, places).into_iter().map(|leak| format!("{leak:?}")).collect()
    }

    /// What the server shows as the client's secret.
    pub(crate) fn secret(&self, client: &str) -> String {
        let shown = self.models.keycloak.dump()[&format!("keycloak/pod/client/{client}")].clone();
        shown["secret"].as_str().unwrap().to_owned()
    }

    /// The secret that each place tells.
    pub(crate) fn told(&self) -> BTreeMap<&'static str, String> {
        let told = |(name, start): (&'static str, &str)| {
            let text = std::fs::read_to_string(self.tool.folder().join(name)).ok()?;
            let value = text.lines().find_map(|line| line.trim_start().strip_prefix(start))?;
            Some((name, value.trim_matches(['\'', '"']).to_owned()))
        };
        PLACES.into_iter().filter_map(told).collect()
    }

    /// Whether a program gets a token with this secret.
    pub(crate) fn opens(&self, client: &str, secret: &str) -> bool {
        let form = [("grant_type", "client_credentials"), ("client_id", client), ("client_secret", secret)];
        let url = format!("{}/realms/pod/protocol/openid-connect/token", self.models.keycloak.url);
        Http::new(None).call("POST", &url, &[], &Body::Form(&form)).unwrap().status == 200
    }

    /// How often a new secret has been made.
    pub(crate) fn renewals(&self) -> usize {
        self.models.keycloak.with(|keycloak| keycloak.renewals())
    }

    /// What is wrong, where every place shall hold what the server shows.
    pub(crate) fn complaint(&self) -> Option<String> {
        let (told, secret) = (self.told(), self.secret("app"));
        if told.len() != PLACES.len() || told.values().any(|told| *told != secret) {
            return Some(format!("{:?} of three places hold what the server shows", told.keys()));
        }
        let conf = std::fs::read_to_string(self.tool.folder().join("app.conf")).unwrap();
        (!conf.starts_with("[DEFAULT]\n# ours\nkey = value\n")).then(|| format!("what belongs to others: {conf}"))
    }
}

const DELIVER: &str =
    "deliver: [{cloudsYaml: {path: clouds.yaml, cloud: app}}, {ini: {path: app.conf}}, {openrc: {path: openrc.sh}}]";

/// The client, with more words of its secret.
pub(crate) fn app(more: &str) -> String {
    format!("{{clientId: app, serviceAccountRoles: true, secret: {{{more}{DELIVER}}}}}")
}
