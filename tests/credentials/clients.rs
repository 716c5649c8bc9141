//! Secrets of Keycloak clients: delivered, made anew, and proved, on the models.

use std::collections::BTreeMap;

use serde_json::{Value as Json, json};

use crate::harness::http::{Body, Http};
use crate::harness::secrets::leaks;
use crate::harness::tool::{Outcome, Tool};
use crate::model::fault::Fault;
use crate::model::{Model as _, Models, Request};

const ADMIN: &str = "canary-admin-password";

/// A server with a client, and the tool.
pub(crate) struct Ground {
    pub(crate) models: Models,
    pub(crate) tool: Tool,
}

/// The three places, told apart by how they say a secret.
const PLACES: [(&str, &str); 3] = [
    ("clouds.yaml", "client_secret: "),
    ("app.conf", "client_secret = "),
    ("openrc.sh", "export OS_CLIENT_SECRET="),
];

impl Ground {
    /// With a client whose secret has been there for long; the realm keeps the one before, or does not.
    pub(crate) fn new(keeps_old: bool) -> Self {
        let clients = json!([
            {"clientId": "app", "serviceAccountsEnabled": true},
            {"clientId": "open", "publicClient": true},
            {"clientId": "given", "secret": "canary-given", "attributes": {}},
        ]);
        let pod = json!({"clients": clients, "keepsOldSecrets": keeps_old});
        let models = Models::start(&json!({"keycloak": {"adminPassword": ADMIN, "realms": {"pod": pod}}}));
        let mut tool = Tool::new();
        tool.set("KEYCLOAK_PASSWORD", ADMIN);
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
        let strange = files.iter().filter(|(path, _)| !PLACES.iter().any(|(name, _)| path.ends_with(name)));
        let words = [("stdout", outcome.stdout.as_bytes()), ("stderr", outcome.stderr.as_bytes())];
        let words = words.map(|(name, bytes)| (name.to_owned(), bytes));
        let places = words.into_iter().chain(strange.map(|(path, bytes)| (path.display().to_string(), bytes.as_slice())));
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
        let writes = self.models.keycloak.log.writes();
        writes.iter().filter(|write| write.path().ends_with("/client-secret")).count()
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

pub(crate) const DELIVER: &str =
    "deliver: [{cloudsYaml: {path: clouds.yaml, cloud: app}}, {ini: {path: app.conf}}, {openrc: {path: openrc.sh}}]";

/// The client, with more words of its secret.
pub(crate) fn app(more: &str) -> String {
    format!("{{clientId: app, serviceAccountRoles: true, secret: {{{more}{DELIVER}}}}}")
}

fn is_renewal(request: &Request) -> bool {
    request.method == "POST" && request.path.last().is_some_and(|last| last == "client-secret")
}

#[test]
fn what_the_server_made_is_delivered_and_proved_and_then_nothing_is_left_to_do() {
    let ground = Ground::new(false);
    let told = ground.apply(&app("")).expect(0);
    assert!(told.stdout.contains("Apply complete! 3 added, 0 changed, 0 destroyed."), "{}", told.stdout);
    assert_eq!((ground.complaint(), ground.renewals()), (None, 0));
    assert!(ground.opens("app", &ground.secret("app")));
    assert!(ground.apply(&app("")).expect(0).stdout.contains("No changes."));
    std::fs::write(ground.tool.folder().join("app.conf"), "[DEFAULT]\n# ours\nkey = value\n").unwrap();
    let plan = ground.run(&["plan"]).expect(0);
    assert!(plan.stdout.contains("Plan: 1 to add, 0 to change, 0 to destroy."), "{}", plan.stdout);
    ground.apply(&app("")).expect(0);
    assert_eq!((ground.complaint(), ground.renewals()), (None, 0));
}

#[test]
fn one_that_is_too_old_is_made_anew_and_the_plan_says_what_becomes_of_the_old_one() {
    for (keeps_old, words) in [(false, "hard cut: the old one ends at once"), (true, "the old one stays valid for a while")] {
        let ground = Ground::new(keeps_old);
        ground.apply(&app("")).expect(0);
        let old = ground.secret("app");
        ground.write_spec(&ground.models.keycloak.url, &app("rotation: {every: 30d}, "));
        let plan = ground.run(&["plan"]).expect(0);
        assert!(plan.stdout.contains("~ keycloak/pod/client-secret/app"), "{}", plan.stdout);
        assert!(plan.stdout.contains(words), "{}", plan.stdout);
        let format = ground.run(&["plan", "--format", "json"]).expect(0);
        assert!(format.stdout.contains(&format!("\"hardCut\": {}", !keeps_old)), "{}", format.stdout);
        ground.run(&["apply", "--auto-approve"]).expect(0);
        assert_eq!((ground.complaint(), ground.renewals()), (None, 1));
        assert_ne!(ground.secret("app"), old);
        assert_eq!(ground.opens("app", &old), keeps_old);
        let again = ground.run(&["apply", "--auto-approve"]).expect(0);
        assert!(again.stdout.contains("No changes."), "{}", again.stdout);
    }
}

#[test]
fn one_is_made_anew_at_once_unless_the_spec_says_what_it_is() {
    let mut ground = Ground::new(false);
    ground.apply(&app("")).expect(0);
    let old = ground.secret("app");
    ground.run(&["credentials", "rotate", "app", "--auto-approve"]).expect(0);
    assert_eq!((ground.complaint(), ground.renewals()), (None, 1));
    assert!(!ground.opens("app", &old));
    let told = ground.run(&["credentials", "rotate", "other", "--auto-approve"]).expect(64);
    assert!(told.stderr.contains("there is no ApplicationCredential document or client named `other`"), "{}", told.stderr);
    ground.tool.set("SECRET", "canary-chosen-by-hand");
    ground.apply(&app("env: SECRET, ")).expect(0);
    assert_eq!((ground.complaint(), ground.secret("app").as_str()), (None, "canary-chosen-by-hand"));
    assert!(ground.run(&["plan"]).expect(0).stdout.contains("No changes."), "in one run");
    let told = ground.run(&["credentials", "rotate", "app", "--auto-approve"]).expect(64);
    assert!(told.stderr.contains("client-secret/app: the spec says what it is"), "{}", told.stderr);
}

#[test]
fn a_lost_answer_makes_no_third_one() {
    for fault in [Fault::ResetAfter, Fault::Truncate] {
        let ground = Ground::new(true);
        ground.apply(&app("")).expect(0);
        let old = ground.secret("app");
        ground.models.keycloak.faults.on(1, is_renewal, fault);
        ground.run(&["credentials", "rotate", "app", "--auto-approve"]).expect(0);
        assert_eq!((ground.complaint(), ground.renewals()), (None, 1));
        assert!(ground.opens("app", &old), "programs work on");
    }
}

#[test]
fn a_client_that_is_made_in_the_same_run_is_delivered_too() {
    let ground = Ground::new(false);
    let client = "{clientId: new, secret: {deliver: [{openrc: {path: openrc.sh}}]}}";
    ground.apply(client).expect(0);
    assert_eq!(ground.told()["openrc.sh"], ground.secret("new"));
    assert!(ground.apply(client).expect(0).stdout.contains("No changes."));
    let turned = "{clientId: open, clientAuthentication: true, secret: {deliver: [{ini: {path: app.conf}}]}}";
    ground.apply(turned).expect(0);
    assert_eq!(ground.told()["app.conf"], ground.secret("open"));
    assert!(ground.apply(turned).expect(0).stdout.contains("No changes."));
}

#[test]
fn what_has_no_secret_and_what_the_tool_logs_in_with_is_refused() {
    let mut ground = Ground::new(false);
    let told = ground.apply("{clientId: open, secret: {deliver: [{openrc: {path: openrc.sh}}]}}").expect(1);
    assert!(told.stderr.contains("client/open: is a public client on the server, and has no secret"), "{}", told.stderr);
    ground.tool.set("OWN_SECRET", &ground.secret("app"));
    ground.write_spec(&ground.models.keycloak.url, &app("rotation: {every: 30d}, "));
    let spec = std::fs::read_to_string(ground.tool.folder().join("spec.yaml")).unwrap();
    let login = "{realm: pod, clientId: app, clientSecret: {env: OWN_SECRET}}";
    let own = spec.replace("{realm: master, username: admin, password: {env: KEYCLOAK_PASSWORD}}", login);
    ground.tool.write("spec.yaml", &own);
    let told = ground.run(&["apply", "--auto-approve"]).expect(3);
    assert!(told.stderr.contains("would be made anew, and the tool itself logs in as"), "{}", told.stderr);
    assert_eq!(ground.renewals(), 0);
}

/// A vault of its own make, that prints the secret which it took last.
const VAULT: &str = "#!/bin/sh\nif [ \"$1\" = current ]; then sed -n 's/.*client_secret\":\"\\([^\"]*\\).*/\\1/p' openrc.sh 2>/dev/null; exit 0; fi\numask 077; cat > openrc.sh\n";

#[test]
fn a_program_takes_it_over_and_prints_it() {
    use std::os::unix::fs::PermissionsExt as _;
    let ground = Ground::new(false);
    let path = ground.tool.write("vault.sh", VAULT);
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o700)).unwrap();
    let vault = "{command: {argv: [./vault.sh, put], current: [./vault.sh, current]}, restart: {command: [sh, -c, echo x >> restarts]}}";
    ground.write_spec(&ground.models.keycloak.url, &format!("{{clientId: app, secret: {{deliver: [{vault}]}}}}"));
    ground.run(&["apply", "--auto-approve", "--allow-commands"]).expect(0);
    let taken: Json =
        serde_json::from_str(&std::fs::read_to_string(ground.tool.folder().join("openrc.sh")).unwrap()).unwrap();
    assert_eq!((taken["client_id"].as_str(), taken["client_secret"].as_str()), (Some("app"), Some(ground.secret("app").as_str())));
    let again = ground.run(&["apply", "--auto-approve", "--allow-commands"]).expect(0);
    assert!(again.stdout.contains("No changes."), "{}", again.stdout);
    ground.run(&["credentials", "rotate", "app", "--auto-approve", "--allow-commands"]).expect(0);
    let restarts = std::fs::read_to_string(ground.tool.folder().join("restarts")).unwrap();
    assert_eq!(restarts.lines().count(), 2, "once for each secret");
}
