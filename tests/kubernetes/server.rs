//! The API server that all tests of this program share. It ends when this program does, however that ends.

use std::io::BufRead as _;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use opcp_provision::schema::crd::definition;
use opcp_provision::spec::KINDS;
use serde_json::{Value as Json, json};

use crate::harness::http::{Body, Http, Reply};
use crate::harness::proxy::{Passage, Proxy};

/// Where the API server is, and how to call it.
pub(crate) struct Server {
    address: String,
    token: String,
    authority: Vec<u8>,
    /// Its kubeconfig.
    kubeconfig: String,
    /// Its standard input ends with this program, and then the server ends.
    _process: Child,
}

/// A namespace of one test's own.
pub(crate) struct Namespace {
    server: &'static Server,
    http: Http,
    name: &'static str,
}

/// How long the server may take to serve a new kind.
const PATIENCE: Duration = Duration::from_mins(1);

static SERVER: OnceLock<Server> = OnceLock::new();

impl Server {
    fn shared() -> &'static Self {
        SERVER.get_or_init(|| {
            let server = Self::start();
            server.define();
            server
        })
    }

    fn start() -> Self {
        let program = variable("OPCP_KUBETEST");
        // The server removes it when it ends.
        let folder = tempfile::tempdir().unwrap().keep();
        let log = std::fs::File::create(folder.join("log")).unwrap();
        let mut command = Command::new(&program);
        command.arg(&folder).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(log);
        let mut process = command.spawn().unwrap_or_else(|error| panic!("failed to start {program}: {error}"));
        let mut place = String::new();
        std::io::BufReader::new(process.stdout.take().unwrap()).read_line(&mut place).unwrap();
        let text = std::fs::read_to_string(place.trim()).unwrap_or_else(|error| {
            let log = std::fs::read_to_string(folder.join("log")).unwrap_or_default();
            panic!("the API server did not become ready ({error}): {log}")
        });
        let config: Json = serde_yaml::from_str(&text).unwrap();
        let text = |pointer: &str| config.pointer(pointer).and_then(Json::as_str).unwrap().to_owned();
        Self {
            address: text("/clusters/0/cluster/server"),
            token: text("/users/0/user/token"),
            authority: std::fs::read(text("/clusters/0/cluster/certificate-authority")).unwrap(),
            kubeconfig: place.trim().to_owned(),
            _process: process,
        }
    }

    fn http(&self) -> Http {
        Http::new(Some(&self.authority))
    }

    fn call(&self, http: &Http, method: &str, path: &str, body: &Body) -> Reply {
        let authorization = format!("Bearer {}", self.token);
        http.call(method, &format!("{}{path}", self.address), &[("authorization", &authorization)], body).unwrap()
    }

    fn apply(&self, http: &Http, path: &str, query: &str, body: &Json) -> Reply {
        let path = format!("{path}?fieldManager=test&fieldValidation=Strict{query}");
        self.call(http, "PATCH", &path, &Body::Text("application/apply-patch+yaml", &body.to_string()))
    }

    /// Gives the server the definitions of the kinds, and waits until it serves them.
    fn define(&self) {
        let http = self.http();
        for kind in KINDS {
            let definition = definition(kind);
            let path = definition_path(&definition);
            let reply = self.apply(&http, &path, "", &definition);
            assert!(reply.status < 300, "the definition of {kind} is refused: {}", reply.text);
            let begin = Instant::now();
            while self.condition(&http, &path, "Established").as_deref() != Some("True") {
                assert!(begin.elapsed() < PATIENCE, "{kind} is not served");
            }
        }
    }

    fn condition(&self, http: &Http, path: &str, name: &str) -> Option<String> {
        let reply = self.call(http, "GET", path, &Body::Nothing).expect(200).json();
        let conditions = reply.pointer("/status/conditions").and_then(Json::as_array)?;
        let found = conditions.iter().find(|condition| condition.get("type").is_some_and(|it| it == name))?;
        found.get("status").and_then(Json::as_str).map(str::to_owned)
    }
}

impl Namespace {
    /// A new one; the names of tests are different.
    pub(crate) fn new(name: &'static str) -> Self {
        let server = Server::shared();
        let http = server.http();
        let namespace = json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}});
        let reply = server.apply(&http, &format!("/api/v1/namespaces/{name}"), "", &namespace);
        assert!(reply.status < 300, "{}", reply.text);
        Self { server, http, name }
    }

    /// What the server says of a document if it is applied, which it then is not.
    pub(crate) fn dry_run(&self, document: &Json) -> Result<Json, String> {
        let text = |pointer: &str| document.pointer(pointer).and_then(Json::as_str).unwrap().to_owned();
        let plural = match text("/kind").as_str() {
            "Access" => "accesses".to_owned(),
            kind => kind.to_lowercase() + "s",
        };
        let name = text("/metadata/name");
        let path = format!("/apis/opcp.dev/v1alpha1/namespaces/{}/{plural}/{name}", self.name);
        let reply = self.server.apply(&self.http, &path, "&dryRun=All", document);
        if reply.status < 300 { Ok(reply.json()) } else { Err(reply.json()["message"].as_str().unwrap().to_owned()) }
    }

    /// The path of the server's kubeconfig.
    pub(crate) fn kubeconfig(&self) -> &str {
        &self.server.kubeconfig
    }

    /// A proxy in front of the server, and a kubeconfig that leads there.
    pub(crate) fn behind(&self, passage: &Arc<Passage>) -> (Proxy, String) {
        let Server { address, token, authority, .. } = self.server;
        let proxy = Proxy::start(address, Some(authority), passage);
        let kubeconfig = json!({"apiVersion": "v1", "kind": "Config", "current-context": "test",
            "clusters": [{"name": "test", "cluster": {"server": proxy.url}}],
            "users": [{"name": "admin", "user": {"token": token}}],
            "contexts": [{"name": "test", "context": {"cluster": "test", "user": "admin"}}]});
        (proxy, kubeconfig.to_string())
    }

    /// An object in the namespace: `("api/v1", "secrets/one")`.
    pub(crate) fn object(&self, group: &str, object: &str) -> Json {
        self.server.call(&self.http, "GET", &self.path(group, object), &Body::Nothing).expect(200).json()
    }

    /// Applies an object in the namespace, as somebody else.
    pub(crate) fn apply(&self, group: &str, object: &str, body: &Json) {
        let reply = self.server.apply(&self.http, &self.path(group, object), "", body);
        assert!(reply.status < 300, "{}", reply.text);
    }

    /// The same, whoever has said something else before.
    pub(crate) fn take_over(&self, group: &str, object: &str, body: &Json) {
        let reply = self.server.apply(&self.http, &self.path(group, object), "&force=true", body);
        assert!(reply.status < 300, "{}", reply.text);
    }

    fn path(&self, group: &str, object: &str) -> String {
        format!("/{group}/namespaces/{}/{object}", self.name)
    }

    /// The state of a condition of a kind's definition.
    pub(crate) fn condition(&self, kind: &str, name: &str) -> Option<String> {
        self.server.condition(&self.http, &definition_path(&definition(kind)), name)
    }
}

fn definition_path(definition: &Json) -> String {
    let name = definition.pointer("/metadata/name").and_then(Json::as_str).unwrap();
    format!("/apis/apiextensions.k8s.io/v1/customresourcedefinitions/{name}")
}

#[expect(clippy::disallowed_methods, reason = "a test has no command line to ask")]
fn variable(name: &str) -> String {
    std::env::var(name).unwrap_or_else(|_| panic!("{name} is not set: run `make kubernetes-test`"))
}
