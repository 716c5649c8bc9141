//! What stands before a server and ends TLS: it forwards what it is asked, and notes by which version of HTTP.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::response::Response;
use axum::serve::Listener;
use reqwest::Client;
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Runtime;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

use super::authority::{Authority, Identity};
use crate::harness::http::client;

/// A front; it stops when dropped.
pub(super) struct Front {
    pub(super) port: u16,
    /// The version of each request.
    pub(super) versions: Arc<Mutex<Vec<String>>>,
    runtime: Option<Runtime>,
}

/// How a front speaks TLS: as `identity`, and only with whom `clients` vouches for.
pub(super) fn config(identity: &Identity, clients: Option<&Authority>, protocols: &[&str]) -> ServerConfig {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ServerConfig::builder_with_provider(Arc::clone(&provider)).with_safe_default_protocol_versions();
    let builder = match clients {
        None => builder.unwrap().with_no_client_auth(),
        Some(authority) => {
            let mut roots = RootCertStore::empty();
            let vouched = Identity { chain: authority.pem.clone(), key: String::new() };
            vouched.chain().into_iter().for_each(|certificate| roots.add(certificate).unwrap());
            let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider).build().unwrap();
            builder.unwrap().with_client_cert_verifier(verifier)
        }
    };
    let mut config = builder.with_single_cert(identity.chain(), identity.key()).unwrap();
    config.alpn_protocols = protocols.iter().map(|protocol| protocol.as_bytes().to_vec()).collect();
    config
}

impl Front {
    /// Forwards everything to `target`.
    pub(super) fn start(target: &str, config: ServerConfig) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let tcp = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
        let port = tcp.local_addr().unwrap().port();
        let versions = Arc::new(Mutex::new(Vec::new()));
        let (noted, client, target) = (Arc::clone(&versions), client(None), target.to_owned());
        let service = Router::new().fallback(move |request: axum::extract::Request| {
            noted.lock().unwrap().push(format!("{:?}", request.version()));
            forward(client.clone(), target.clone(), request)
        });
        let listener = Encrypted { tcp, acceptor: TlsAcceptor::from(Arc::new(config)) };
        runtime.spawn(async move { axum::serve(listener, service).await });
        Self { port, versions, runtime: Some(runtime) }
    }
}

impl Drop for Front {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

struct Encrypted {
    tcp: TcpListener,
    acceptor: TlsAcceptor,
}

impl Listener for Encrypted {
    type Io = TlsStream<TcpStream>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, SocketAddr) {
        loop {
            let (stream, address) = Listener::accept(&mut self.tcp).await;
            // Whoever does not agree on TLS is told so, and is none of ours.
            if let Ok(stream) = self.acceptor.accept(stream).await {
                return (stream, address);
            }
        }
    }

    fn local_addr(&self) -> std::io::Result<SocketAddr> {
        self.tcp.local_addr()
    }
}

async fn forward(client: Client, target: String, request: axum::extract::Request) -> Response {
    let (head, body) = request.into_parts();
    let body = to_bytes(body, usize::MAX).await.unwrap_or_default();
    let path = head.uri.path_and_query().map_or("", |path| path.as_str());
    let mut headers = head.headers;
    for own in ["host", "content-length", "connection"] {
        headers.remove(own);
    }
    let answer =
        client.request(head.method, format!("{target}{path}")).headers(headers).body(body).send().await.unwrap();
    let (status, mut headers) = (answer.status(), answer.headers().clone());
    for own in ["transfer-encoding", "content-length", "connection"] {
        headers.remove(own);
    }
    let mut response = Response::new(Body::from(answer.bytes().await.unwrap()));
    *response.status_mut() = status;
    *response.headers_mut() = headers;
    response
}
