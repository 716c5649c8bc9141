//! Loopback proxies in front of the two servers: they write down what passes and can kill the run that
//! sends it, before or after a chosen request. They change nothing that passes.

use std::sync::{Arc, Mutex, OnceLock};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::response::Response;
use reqwest::Client;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;

use super::tool::Running;

/// When, relative to its request, a run is killed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Moment {
    /// The server never sees the request.
    Before,
    /// The server has done what was asked, and the run does not learn it.
    After,
}

/// What passes through all proxies of one run, and when it is to be killed.
#[derive(Default)]
pub(crate) struct Passage {
    seen: Mutex<Vec<String>>,
    /// The number of the request, counted from one.
    kill: OnceLock<(usize, Moment)>,
    run: OnceLock<Running>,
}

impl Passage {
    /// Lets everything pass.
    pub(crate) fn open() -> Arc<Self> {
        Arc::default()
    }

    /// Kills the run at its `number`-th request.
    pub(crate) fn killing(number: usize, moment: Moment) -> Arc<Self> {
        let passage = Self::open();
        passage.arm(number, moment);
        passage
    }

    /// Kills the run at the `number`-th request from now on.
    pub(crate) fn arm(&self, number: usize, moment: Moment) {
        let number = self.seen.lock().unwrap().len() + number;
        assert!(self.kill.set((number, moment)).is_ok(), "a passage kills once");
    }

    /// The run that is to be killed.
    pub(crate) fn watch(&self, run: Running) {
        assert!(self.run.set(run).is_ok(), "a passage serves one run");
    }

    /// Method and target of every request, in the order of arrival.
    pub(crate) fn seen(&self) -> Vec<String> {
        self.seen.lock().unwrap().clone()
    }

    /// Notes a request and gives its number, counted from one.
    fn arrived(&self, request: String) -> usize {
        let mut seen = self.seen.lock().unwrap();
        seen.push(request);
        seen.len()
    }

    fn kills(&self, number: usize, moment: Moment) -> bool {
        let due = self.kill.get() == Some(&(number, moment));
        if due {
            // The run was started before it could send anything.
            self.run.wait().kill();
        }
        due
    }
}

/// One proxy; it stops when dropped.
pub(crate) struct Proxy {
    pub(crate) url: String,
    runtime: Option<Runtime>,
}

impl Proxy {
    /// Forwards everything to `target`, whose certificate must be signed by one in `trusted` (PEM).
    pub(crate) fn start(target: &str, trusted: Option<&[u8]>, passage: &Arc<Passage>) -> Self {
        let client = super::http::client(trusted);
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let (target, passage) = (target.trim_end_matches('/').to_owned(), Arc::clone(passage));
        let service = Router::new()
            .fallback(move |request| forward(client.clone(), target.clone(), Arc::clone(&passage), request));
        runtime.spawn(async move { axum::serve(listener, service).await });
        Self { url, runtime: Some(runtime) }
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

async fn forward(client: Client, target: String, passage: Arc<Passage>, request: axum::extract::Request) -> Response {
    let (head, body) = request.into_parts();
    let body = to_bytes(body, usize::MAX).await.unwrap_or_default();
    let path = head.uri.path_and_query().map_or("", |path| path.as_str());
    let number = passage.arrived(format!("{} {path}", head.method));
    if passage.kills(number, Moment::Before) {
        return gone();
    }
    let mut headers = head.headers;
    for own in ["host", "content-length", "connection"] {
        headers.remove(own);
    }
    let sent = client.request(head.method, format!("{target}{path}")).headers(headers).body(body).send();
    let Ok(answer) = sent.await else {
        return gone();
    };
    let (status, mut headers) = (answer.status(), answer.headers().clone());
    let bytes = answer.bytes().await.unwrap_or_default();
    if passage.kills(number, Moment::After) {
        return gone();
    }
    for own in ["transfer-encoding", "content-length", "connection"] {
        headers.remove(own);
    }
    let mut response = Response::new(Body::from(bytes));
    *response.status_mut() = status;
    *response.headers_mut() = headers;
    response
}

/// The answer that nobody is there to read, or that says that the server behind is away.
fn gone() -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = axum::http::StatusCode::BAD_GATEWAY;
    response
}
