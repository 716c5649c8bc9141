//! The transport of a model server: loopback HTTP, one lock around the state, the log, the faults.

use std::collections::BTreeMap;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::{Arc, Mutex, OnceLock};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::ConnectInfo;
use axum::extract::connect_info::Connected;
use axum::http::StatusCode;
use axum::response::Response;
use axum::serve::{IncomingStream, Listener};
use futures::StreamExt as _;
use serde_json::Value as Json;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Runtime;

use super::fault::{Fault, Faults};
use super::log::Log;
use super::{Answer, Request};

/// The state of a server and its answers.
pub(crate) trait Model: Send + 'static {
    fn answer(&mut self, request: &Request) -> Answer;

    /// Every object by its address, canonical, so that two dumps can be compared.
    fn dump(&self) -> BTreeMap<String, Json>;

    /// A readable name for every id that the server has given.
    fn names(&self) -> BTreeMap<String, String>;

    /// Every secret that the server knows: passwords, client secrets, tokens.
    fn secrets(&self) -> Vec<String>;
}

/// A running model server; it stops when dropped.
pub(crate) struct Server<M> {
    pub(crate) url: String,
    pub(crate) log: Log,
    pub(crate) faults: Faults,
    model: Arc<Mutex<M>>,
    runtime: Option<Runtime>,
}

impl<M: Model> Server<M> {
    /// Starts on a free loopback port.
    pub(crate) fn start(model: M) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let shared = Shared { model: Arc::new(Mutex::new(model)), log: Log::default(), faults: Faults::default() };
        let (model, log, faults) = (Arc::clone(&shared.model), shared.log.clone(), shared.faults.clone());
        let service = Router::new()
            .fallback(move |ConnectInfo(cut): ConnectInfo<Cut>, request| serve(shared.clone(), cut, request))
            .into_make_service_with_connect_info::<Cut>();
        runtime.spawn(async move { axum::serve(CuttableListener(listener), service).await });
        Self { url, log, faults, model, runtime: Some(runtime) }
    }

    /// Looks at the state, or changes it behind the tool's back.
    pub(crate) fn with<T>(&self, look: impl FnOnce(&mut M) -> T) -> T {
        look(&mut self.model.lock().unwrap())
    }

    /// The state, for what happens while the server works.
    pub(crate) fn state(&self) -> Arc<Mutex<M>> {
        Arc::clone(&self.model)
    }

    /// Every object by its address.
    pub(crate) fn dump(&self) -> BTreeMap<String, Json> {
        self.with(|model| model.dump())
    }
}

impl<M> Drop for Server<M> {
    fn drop(&mut self) {
        // A stalled request must not hold the test back.
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

struct Shared<M> {
    model: Arc<Mutex<M>>,
    log: Log,
    faults: Faults,
}

impl<M> Clone for Shared<M> {
    fn clone(&self) -> Self {
        Self { model: Arc::clone(&self.model), log: self.log.clone(), faults: self.faults.clone() }
    }
}

async fn serve<M: Model>(shared: Shared<M>, cut: Cut, request: axum::extract::Request) -> Response {
    let (head, body) = request.into_parts();
    let Ok(bytes) = to_bytes(body, usize::MAX).await else {
        return cut.reset();
    };
    let request = Request::new(&head.method, &head.uri, head.headers, bytes.into());
    let number = shared.log.arrived(&request);
    let fault = shared.faults.due(&request);
    match &fault {
        Some(Fault::ResetBefore) => {
            shared.faults.happens();
            return cut.reset();
        }
        Some(Fault::Noise(bytes)) => {
            shared.faults.happens();
            return cut.speak(bytes);
        }
        Some(Fault::Stall(gate)) => gate.passed().await,
        Some(Fault::Meanwhile(deed)) => deed.happens().await,
        _ => {}
    }
    let answer = match &fault {
        Some(Fault::Answer(answer)) => answer.clone(),
        Some(Fault::Alter(alteration)) => {
            let answer = shared.model.lock().unwrap().answer(&request);
            shared.log.meant(number, answer.status);
            let altered = alteration.of(&request, answer.clone());
            if altered != answer {
                shared.faults.happens();
            }
            altered
        }
        _ => {
            let answer = shared.model.lock().unwrap().answer(&request);
            shared.log.meant(number, answer.status);
            answer
        }
    };
    let is_whole = matches!(fault, Some(Fault::Truncate | Fault::Drip(..))) && answer.body.is_empty();
    if !is_whole && !matches!(fault, None | Some(Fault::Alter(_))) {
        shared.faults.happens();
    }
    match fault {
        Some(Fault::ResetAfter) => cut.reset(),
        Some(Fault::Truncate) => truncated(answer),
        Some(Fault::Withhold(gate)) => {
            gate.passed().await;
            cut.reset()
        }
        Some(Fault::Drip(pieces, pause)) => {
            shared.log.answered(number, answer.status);
            dripping(answer, pieces, pause)
        }
        _ => {
            shared.log.answered(number, answer.status);
            response(&answer, Body::from(answer.body.clone()))
        }
    }
}

fn response(answer: &Answer, body: Body) -> Response {
    let mut builder = Response::builder().status(StatusCode::from_u16(answer.status).unwrap());
    for (name, value) in &answer.headers {
        builder = builder.header(name, value);
    }
    builder.body(body).unwrap()
}

/// Announces the whole body and sends half of it.
fn truncated(answer: Answer) -> Response {
    let whole = answer.body.len();
    let half = Bytes::copy_from_slice(&answer.body[..whole / 2]);
    let parts = [Ok(half), Err(io::Error::from(io::ErrorKind::ConnectionReset))];
    let body = Body::from_stream(futures::stream::iter(parts));
    response(&answer.with("content-length", whole.to_string()), body)
}

/// Sends the body in pieces, with a pause before each.
fn dripping(answer: Answer, pieces: u32, pause: Duration) -> Response {
    let whole = answer.body.len();
    let size = whole.div_ceil(pieces as usize).max(1);
    let chunks: Vec<Bytes> = answer.body.chunks(size).map(Bytes::copy_from_slice).collect();
    let body = futures::stream::iter(chunks).then(move |chunk| async move {
        tokio::time::sleep(pause).await;
        Ok::<_, io::Error>(chunk)
    });
    response(&answer.with("content-length", whole.to_string()), Body::from_stream(body))
}

/// What becomes of a connection with the next byte that would be sent.
#[derive(Clone, Default)]
struct Cut(Arc<OnceLock<&'static [u8]>>);

impl Cut {
    /// The connection is reset; the answer is never seen.
    fn reset(&self) -> Response {
        self.speak(&[])
    }

    /// These bytes are sent instead of an answer, then the connection ends.
    fn speak(&self, bytes: &'static [u8]) -> Response {
        // Whatever came first has ended the connection already.
        let _already = self.0.set(bytes);
        Response::new(Body::empty())
    }
}

impl Connected<IncomingStream<'_, CuttableListener>> for Cut {
    fn connect_info(stream: IncomingStream<'_, CuttableListener>) -> Self {
        stream.io().cut.clone()
    }
}

struct CuttableListener(TcpListener);

impl Listener for CuttableListener {
    type Io = Cuttable;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Cuttable, SocketAddr) {
        let (stream, address) = Listener::accept(&mut self.0).await;
        (Cuttable { stream, cut: Cut::default(), spoken: 0 }, address)
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.0.local_addr()
    }
}

struct Cuttable {
    stream: TcpStream,
    cut: Cut,
    /// How much has been sent of what is sent instead of an answer.
    spoken: usize,
}

impl AsyncRead for Cuttable {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for Cuttable {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let Some(instead) = self.cut.0.get().copied() else {
            return Pin::new(&mut self.stream).poll_write(context, bytes);
        };
        while self.spoken < instead.len() {
            let rest = &instead[self.spoken..];
            self.spoken += ready!(Pin::new(&mut self.stream).poll_write(context, rest))?;
        }
        if instead.is_empty() {
            // Closing with a linger time of zero sends a reset instead of an orderly end.
            self.stream.set_zero_linger()?;
        }
        Poll::Ready(Err(io::ErrorKind::ConnectionReset.into()))
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
