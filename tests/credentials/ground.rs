//! An application credential on the model servers: its owner, what it is delivered to, and what is left of it.

use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt as _;

use serde_json::{Value as Json, json};

use crate::harness::http::{Body, Http};
use crate::harness::secrets::leaks;
use crate::harness::tool::{Outcome, Tool};
use crate::harness::vault;
use crate::model::{Model as _, Models};

const ADMIN: &str = "canary-admin-password";
const OWNER: &str = "canary-owner-password";

/// What else is in the files that it is delivered to.
pub(crate) const NEIGHBOURS: [(&str, &str); 2] = [
    ("clouds.yaml", "# ours\nclouds:\n  alice: {auth: {password: hers}} # keep\n# the end\n"),
    ("app.conf", "[DEFAULT]\n# ours\nkey = value\n\n[keystone_authtoken]\nusername = app\npassword = old\n"),
];

/// Servers with an owner and a project, and the tool.
pub(crate) struct Ground {
    pub(crate) models: Models,
    pub(crate) tool: Tool,
    /// Whether the secret of the cloud stands in a secure.yaml.
    pub(crate) secure: bool,
}

/// How a program logs in, as a file tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Told {
    pub(crate) id: String,
    pub(crate) secret: String,
}

impl Ground {
    /// With these application credentials of the owner.
    pub(crate) fn new(credentials: &Json) -> Self {
        let models = Models::start(&json!({"keycloak": {"adminPassword": ADMIN}, "keystone": {
            "adminPassword": ADMIN,
            "projects": [{"name": "acme"}],
            "users": [{"name": "svc", "password": OWNER}, {"name": "other", "password": "canary-other-password"}],
            "roleAssignments": [
                {"role": "member", "user": "svc", "project": "acme"},
                {"role": "member", "user": "other", "project": "acme"},
            ],
            "applicationCredentials": credentials,
        }}));
        let mut tool = Tool::new();
        tool.set("KEYSTONE_PASSWORD", ADMIN);
        tool.set("OWNER_PASSWORD", OWNER);
        for (name, text) in NEIGHBOURS {
            tool.write(name, text);
        }
        Self { models, tool, secure: false }
    }

    /// Writes a spec whose credential has `more` words, for a Keystone at `url`.
    pub(crate) fn write_spec(&self, url: &str, more: &str) {
        let place = if self.secure { "cloud: acme, secureYaml: true}" } else { "cloud: acme}" };
        self.tool.write("spec.yaml", &spec(url, more).replace("cloud: acme}", place));
    }

    /// Writes a spec whose credential has `more` words and goes to a vault, and `elsewhere`, which are lines of `deliver`.
    pub(crate) fn deliver_to_vault(&self, elsewhere: &str, more: &str) {
        vault::write(&self.tool, "vault", "application_credential_id");
        let spec = spec(&self.models.keystone.url, more);
        let (start, _) = spec.split_once("    - cloudsYaml").unwrap();
        self.tool.write("spec.yaml", &format!("{start}    - {}\n{elsewhere}{more}", vault::DELIVERY));
    }

    /// What the vault holds.
    pub(crate) fn in_vault(&self) -> Option<Told> {
        let text = std::fs::read_to_string(self.tool.folder().join("vault")).ok()?;
        let taken: Json = serde_json::from_str(&text).unwrap();
        let text = |key: &str| taken[key].as_str().unwrap().to_owned();
        Some(Told { id: text("application_credential_id"), secret: text("application_credential_secret") })
    }

    /// One run of a command on the spec that is there.
    pub(crate) fn again(&self, command: &str, more: &[&str]) -> Outcome {
        let arguments = [&[command, "-f", "spec.yaml", "--color", "never", "-vvv"][..], more].concat();
        let outcome = self.tool.run(&arguments);
        assert_eq!(self.leaks(&outcome), [] as [String; 0], "{command}");
        outcome
    }

    pub(crate) fn apply(&self, more: &str) -> Outcome {
        self.write_spec(&self.models.keystone.url, more);
        self.again("apply", &["--auto-approve"])
    }

    /// Every secret that stands where it must not: in words, and in files but those that it is delivered to.
    pub(crate) fn leaks(&self, outcome: &Outcome) -> Vec<String> {
        let secrets: Vec<String> = self.models.keystone.with(|keystone| keystone.secrets());
        let files = self.tool.files();
        let destinations = ["clouds.yaml", "secure.yaml", "app.conf", "openrc.sh", "service.conf", "vault"];
        let files = files.iter().filter(|(path, _)| !destinations.iter().any(|name| path.ends_with(name)));
        let mut places =
            vec![("stdout".to_owned(), outcome.stdout.as_bytes()), ("stderr".to_owned(), outcome.stderr.as_bytes())];
        places.extend(files.map(|(path, bytes)| (path.display().to_string(), bytes.as_slice())));
        leaks(&secrets, places).into_iter().map(|leak| format!("{leak:?}")).collect()
    }

    /// The names of the owner's application credentials, and what each shows.
    pub(crate) fn credentials(&self) -> BTreeMap<String, Json> {
        let dump = self.models.keystone.dump();
        let of_owner = dump.into_iter().filter_map(|(address, body)| {
            let name = address.strip_prefix("keystone/application-credential/user/Default/svc/")?;
            Some((name.to_owned(), body))
        });
        of_owner.collect()
    }

    pub(crate) fn names(&self) -> Vec<String> {
        self.credentials().into_keys().collect()
    }

    /// What each file tells, by its name; nothing for one that is not there, or tells nothing.
    pub(crate) fn told(&self) -> BTreeMap<&'static str, Option<Told>> {
        let read = |name: &str| std::fs::read_to_string(self.tool.folder().join(name)).unwrap_or_default();
        // As openstacksdk does: what stands in the other file counts for more.
        let files = ["secure.yaml", "clouds.yaml"].map(|name| -> Json {
            let text = read(name);
            if text.is_empty() { Json::Null } else { serde_yaml::from_str(&text).unwrap() }
        });
        let auth = |key: &str| {
            let pointer = format!("/clouds/acme/auth/{key}");
            files.iter().find_map(|file| file.pointer(&pointer)?.as_str().map(str::to_owned))
        };
        let line = |file: &str, start: &str| {
            let text = read(file);
            text.lines().find_map(|line| line.strip_prefix(start)).map(|value| value.trim_matches('\'').to_owned())
        };
        let told = |id: Option<String>, secret: Option<String>| Some(Told { id: id?, secret: secret? });
        [
            ("clouds.yaml", told(auth("application_credential_id"), auth("application_credential_secret"))),
            (
                "app.conf",
                told(
                    line("app.conf", "application_credential_id = "),
                    line("app.conf", "application_credential_secret = "),
                ),
            ),
            (
                "openrc.sh",
                told(
                    line("openrc.sh", "export OS_APPLICATION_CREDENTIAL_ID="),
                    line("openrc.sh", "export OS_APPLICATION_CREDENTIAL_SECRET="),
                ),
            ),
        ]
        .into()
    }

    /// Whether a program gets a token with this.
    pub(crate) fn opens(&self, told: &Told) -> bool {
        let Told { id, secret } = told;
        let body = json!({"auth": {"identity": {
            "methods": ["application_credential"],
            "application_credential": {"id": id, "secret": secret},
        }}});
        let url = format!("{}/v3/auth/tokens", self.models.keystone.url);
        Http::new(None).call("POST", &url, &[], &Body::Json(&body)).unwrap().status == 201
    }

    /// What is wrong with what is there where one generation is current: every file tells of it and opens, nobody else can
    /// read it, the neighbours are untouched, and there is no other generation.
    pub(crate) fn complaint(&self) -> Option<String> {
        let names = self.names();
        let [name] = names.as_slice() else { return Some(format!("not one generation but {names:?}")) };
        let id = self.credentials()[name]["id"].clone();
        for (file, told) in self.told() {
            let Some(told) = told else { return Some(format!("{file} tells nothing")) };
            if told.id != id || !self.opens(&told) {
                return Some(format!("{file} tells of another one, or of one that does not open"));
            }
            let mode = std::fs::metadata(self.tool.folder().join(file)).unwrap().permissions().mode();
            if mode & 0o077 != 0 {
                return Some(format!("{file} can be read by others: {mode:o}"));
            }
        }
        let text = |name: &str| std::fs::read_to_string(self.tool.folder().join(name)).unwrap();
        let (clouds, conf) = (text("clouds.yaml"), text("app.conf"));
        let kept = clouds.starts_with("# ours\nclouds:\n  alice: {auth: {password: hers}} # keep\n")
            && clouds.ends_with("# the end\n")
            && conf.starts_with("[DEFAULT]\n# ours\nkey = value\n\n[keystone_authtoken]\n");
        (!kept).then(|| format!("what belongs to others has changed: {clouds}{conf}"))
    }
}

fn spec(url: &str, more: &str) -> String {
    format!(
        "apiVersion: opcp.dev/v1alpha1
kind: Environment
metadata: {{name: demo}}
spec:
  keystone:
    url: {url}
    login: {{username: admin, password: {{env: KEYSTONE_PASSWORD}}}}
---
apiVersion: opcp.dev/v1alpha1
kind: ApplicationCredential
metadata: {{name: ci}}
spec:
  environment: demo
  owner: {{username: svc, password: {{env: OWNER_PASSWORD}}}}
  project: acme
  deliver:
    - cloudsYaml: {{path: clouds.yaml, cloud: acme}}
    - ini: {{path: app.conf}}
    - openrc: {{path: openrc.sh}}
{more}"
    )
}
