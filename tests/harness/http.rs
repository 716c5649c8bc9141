//! A plain, synchronous HTTP caller for tests. It retries nothing and follows nothing.

use std::sync::LazyLock;

use reqwest::{Client, Method};
use serde_json::Value as Json;
use tokio::runtime::Runtime;

/// Calls servers; JSON in, JSON out.
pub(crate) struct Http {
    client: Client,
    runtime: Runtime,
}

/// How often a request is sent that is answered with 500.
const ATTEMPTS: usize = 5;

/// What a server answered.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: reqwest::header::HeaderMap,
    pub(crate) text: String,
}

impl Reply {
    /// The body as JSON, null where it is not.
    pub(crate) fn json(&self) -> Json {
        serde_json::from_str(&self.text).unwrap_or_default()
    }

    /// The last segment of the `Location` header: the id of what was created.
    pub(crate) fn new_id(&self) -> String {
        let place = self.header("location").unwrap_or_else(|| panic!("no Location: {} {}", self.status, self.text));
        place.rsplit('/').next().unwrap_or_default().to_owned()
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// This reply, if it has the expected status.
    pub(crate) fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "unexpected answer: {}", self.text);
        self
    }
}

/// The body of a request.
pub(crate) enum Body<'a> {
    Nothing,
    Json(&'a Json),
    Form(&'a [(&'a str, &'a str)]),
    Text(&'a str, &'a str),
}

impl Http {
    /// A caller that trusts the certificates in `trusted` (PEM) and no others, where it is given.
    pub(crate) fn new(trusted: Option<&[u8]>) -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        Self { client: client(trusted), runtime }
    }

    /// Sends a request, and again while the answer is 500. Keycloak on H2 now and then refuses one of two simultaneous
    /// writers, of which it then stores nothing; a 500 that is no such accident comes again.
    pub(crate) fn insist(&self, method: &str, url: &str, headers: &[(&str, &str)], body: &Body) -> Reply {
        let call = || self.call(method, url, headers, body).unwrap();
        (1..ATTEMPTS).map(|_| call()).find(|reply| reply.status != 500).unwrap_or_else(call)
    }

    /// Sends one request; an error is one of the connection.
    pub(crate) fn call(
        &self,
        method: &str,
        url: &str,
        headers: &[(&str, &str)],
        body: &Body,
    ) -> reqwest::Result<Reply> {
        let mut request = self.client.request(Method::from_bytes(method.as_bytes()).unwrap(), url);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request = match body {
            Body::Nothing => request,
            Body::Json(json) => request.json(json),
            Body::Form(fields) => request.form(fields),
            Body::Text(kind, text) => request.header("content-type", *kind).body((*text).to_owned()),
        };
        self.runtime.block_on(async {
            let response = request.send().await?;
            let (status, headers) = (response.status().as_u16(), response.headers().clone());
            Ok(Reply { status, headers, text: response.text().await? })
        })
    }
}

/// The client for servers without TLS: what the system trusts is read once. It keeps no connection, and so no runtime.
static PLAIN: LazyLock<Client> = LazyLock::new(|| built(None));

/// A client that trusts the certificates in `trusted` (PEM) and no others, where they are given.
pub(crate) fn client(trusted: Option<&[u8]>) -> Client {
    trusted.map_or_else(|| PLAIN.clone(), |pem| built(Some(pem)))
}

fn built(trusted: Option<&[u8]>) -> Client {
    // Whoever comes first installs it for all tests of the process.
    let _already = rustls::crypto::ring::default_provider().install_default();
    let builder = Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        // A server may close an idle connection at any moment, and nothing here is sent twice.
        .pool_max_idle_per_host(0)
        .no_proxy();
    let builder = match trusted {
        Some(pem) => builder.tls_certs_only(reqwest::Certificate::from_pem_bundle(pem).unwrap()),
        None => builder,
    };
    builder.build().unwrap()
}
