//! One server and our standing there: the token and its renewal, the bound on concurrency, the words for failures.

use std::sync::Arc;
use std::time::{Duration, Instant};

use backon::Retryable as _;
use futures::future::BoxFuture;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue, LOCATION, RETRY_AFTER};
use reqwest::{Client, Method, RequestBuilder, Response, StatusCode};
use tokio::sync::{Mutex, Semaphore};
use url::Url;

use super::Access;
use super::failure::{Answered, Failure, Kind, words};
use super::retry;
use super::route::Route;
use crate::model::Json;

/// No answer of an admin API is larger; a bigger one is not read to its end.
const LARGEST_ANSWER: usize = 256 << 20;

/// A proof of who we are, ready to be sent. Without `Debug`.
#[derive(Clone)]
pub struct Token {
    /// Its header's value; marked as sensitive.
    pub value: HeaderValue,
    /// When a new one must be asked for, well before this one ends.
    pub renew_at: Instant,
}

/// Asks for a new token.
pub type Renew = Box<dyn Fn() -> BoxFuture<'static, Result<Token, Failure>> + Send + Sync>;

/// What is special about a server.
#[derive(Clone, Copy)]
pub struct Dialect {
    /// The header that carries the token.
    pub header: &'static str,
    /// The header that carries the server's id of a request, if it has one.
    pub request_id: Option<&'static str>,
    /// What a failure of a request on a route means for the operator.
    pub explain: fn(&Method, &Route, &Failure) -> Option<String>,
}

/// An answer within 2xx.
pub struct Reply {
    /// The last segment of `Location`: the id of what has been created.
    pub created: Option<String>,
    /// The body; null when there is none.
    pub body: Json,
}

pub(super) struct Connection {
    client: Client,
    base: Url,
    renew: Renew,
    dialect: Dialect,
    slots: Semaphore,
    token: Mutex<Option<Arc<Token>>>,
}

impl Connection {
    pub(super) fn new(access: Access) -> Self {
        let Access { client, base, renew, dialect, parallelism } = access;
        Self { client, base, renew, dialect, slots: Semaphore::new(parallelism.max(1)), token: Mutex::default() }
    }

    /// Sends a request, and again where that is safe and may help.
    pub(super) async fn send(&self, method: &Method, route: &Route, body: Option<&Json>) -> Result<Reply, Failure> {
        let attempt = || self.with_login(method, route, body);
        attempt
            .retry(retry::waits())
            .when(|failure| retry::helps(method, failure))
            .adjust(retry::wait)
            .notify(|failure, wait| tracing::info!("{failure}; again in {wait:?}"))
            .await
    }

    /// One try; when the token is refused, one more with a new one.
    async fn with_login(&self, method: &Method, route: &Route, body: Option<&Json>) -> Result<Reply, Failure> {
        let token = self.token(None).await?;
        match self.once(method, route, body, &token).await {
            Err(failure) if failure.kind == Kind::LoginRefused => {
                let token = self.token(Some(&token)).await?;
                self.once(method, route, body, &token).await
            }
            result => result,
        }
    }

    /// The current token; a new one when it is about to end, or is the `refused` one. One request at a time asks.
    async fn token(&self, refused: Option<&Arc<Token>>) -> Result<Arc<Token>, Failure> {
        let mut current = self.token.lock().await;
        if let Some(token) = current.as_ref() {
            let refused = refused.is_some_and(|refused| Arc::ptr_eq(refused, token));
            if !refused && Instant::now() < token.renew_at {
                return Ok(Arc::clone(token));
            }
        }
        let ask = || (self.renew)();
        let token =
            Arc::new(ask.retry(retry::waits()).when(|failure| failure.kind.passes()).adjust(retry::wait).await?);
        *current = Some(Arc::clone(&token));
        Ok(token)
    }

    async fn once(&self, method: &Method, route: &Route, body: Option<&Json>, token: &Token) -> Result<Reply, Failure> {
        let url = route
            .below(&self.base)
            .map_err(|error| Failure::new(Kind::Unformed, format!("{method} {}{route}", self.base)).because(error))?;
        let mut request =
            self.client.request(method.clone(), url.clone()).header(self.dialect.header, token.value.clone());
        if let Some(body) = body {
            request = request.json(body);
        }
        let _slot = self.slots.acquire().await;
        let attempt = format!("{method} {url}");
        let started = Instant::now();
        let result = answer(request, &attempt, self.dialect.request_id).await;
        tracing::debug!(
            %attempt, ms = started.elapsed().as_millis(),
            outcome = result.as_ref().err().map(tracing::field::display), "request"
        );
        let result = result.map(|(headers, body)| Reply { created: created(&headers), body });
        result.map_err(|failure| match (self.dialect.explain)(method, route, &failure) {
            Some(hint) => failure.hint(hint),
            None => failure,
        })
    }
}

/// Sends a request that needs no token, and returns the answer with its headers.
///
/// # Errors
/// [`Failure`] as the server's answer or its absence says.
pub async fn exchange(request: RequestBuilder, attempt: &str) -> Result<(HeaderMap, Json), Failure> {
    answer(request, attempt, None).await
}

async fn answer(
    request: RequestBuilder,
    attempt: &str,
    request_id: Option<&str>,
) -> Result<(HeaderMap, Json), Failure> {
    let response = arrive(request, attempt, request_id).await?;
    let headers = response.headers().clone();
    let bytes = read(response, attempt).await?;
    Ok((headers, json(&bytes, attempt)?))
}

/// The last segment of the address of what has been created.
fn created(headers: &HeaderMap) -> Option<String> {
    headers.get(LOCATION)?.to_str().ok()?.rsplit('/').next().map(str::to_owned)
}

/// Sends, and turns everything outside 2xx into a failure.
async fn arrive(request: RequestBuilder, attempt: &str, request_id: Option<&str>) -> Result<Response, Failure> {
    let response = request.send().await.map_err(|error| broken(error, attempt))?;
    let status = response.status();
    if status.is_success() {
        return Ok(response);
    }
    let header =
        |name: HeaderName| response.headers().get(name).and_then(|value| value.to_str().ok().map(str::to_owned));
    let answer = Answered {
        status,
        words: String::new(),
        request_id: request_id.and_then(|name| header(name.parse().ok()?)),
        retry_after: header(RETRY_AFTER).and_then(|text| delay(&text)),
    };
    let body = read(response, attempt).await.unwrap_or_default();
    let answer = Answered { words: words(&body), ..answer };
    let failure = Failure::new(Kind::of(status), attempt);
    let failure = if status.is_redirection() { failure.hint(redirected(status)) } else { failure };
    Err(Failure { answer: Some(answer), ..failure })
}

fn redirected(status: StatusCode) -> String {
    format!("a redirect ({status}) is never followed with a token: is this the server's own address?")
}

fn delay(text: &str) -> Option<Duration> {
    text.trim().parse().ok().map(Duration::from_secs).or_else(|| {
        let date = httpdate::parse_http_date(text).ok()?;
        date.duration_since(std::time::SystemTime::now()).ok()
    })
}

/// Reads a body to its end.
async fn read(mut response: Response, attempt: &str) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| broken(error, attempt))? {
        bytes.extend_from_slice(&chunk);
        if bytes.len() > LARGEST_ANSWER {
            return Err(Failure::new(Kind::Unreadable, attempt).because("the answer does not end"));
        }
    }
    Ok(bytes)
}

fn json(bytes: &[u8], attempt: &str) -> Result<Json, Failure> {
    if bytes.is_empty() {
        return Ok(Json::Null);
    }
    serde_json::from_slice(bytes).map_err(|error| {
        Failure::new(Kind::Unreadable, attempt)
            .because(error)
            .hint("the answer is not JSON: is this the server's own address, or a proxy's?")
    })
}

/// A request without a whole answer. Its address stands in the attempt, so the inner error need not repeat it.
fn broken(error: reqwest::Error, attempt: &str) -> Failure {
    let (kind, hint) = diagnosis(&error);
    let failure = Failure::new(kind, attempt);
    let failure = match hint {
        Some(hint) => failure.hint(hint),
        None => failure,
    };
    failure.because(error.without_url())
}

/// What sort of failure an error of the HTTP client is, and its likely cause. The client tells connection errors
/// apart by their text alone.
fn diagnosis(error: &reqwest::Error) -> (Kind, Option<&'static str>) {
    let mut text = String::new();
    let mut cause: Option<&dyn std::error::Error> = Some(error);
    while let Some(error) = cause {
        text.push_str(&error.to_string().to_lowercase());
        cause = error.source();
    }
    let says = |words: &str| text.contains(words);
    let kind = if error.is_connect() && says("certificate") {
        Kind::Untrusted
    } else if error.is_connect() {
        Kind::Unreachable
    } else if error.is_builder() {
        Kind::Unformed
    } else {
        Kind::Interrupted
    };
    let hint = if kind == Kind::Untrusted {
        Some("name the CA of the server's certificate with `caFile` in the Environment document, or check the address")
    } else if says("dns") || says("lookup") {
        Some("the host name is unknown: check `fqdn` and the addresses in the spec")
    } else if says("refused") {
        Some("nothing listens at this address: check the port, and whether the server is up")
    } else if says("timed out") {
        Some("the server did not answer in time: check the network and proxies between here and there")
    } else {
        None
    };
    (kind, hint)
}

/// A header value that is kept out of `Debug` output.
///
/// # Errors
/// [`Failure`] when the token holds characters that no header can carry.
pub fn sensitive(value: &str, attempt: &str) -> Result<HeaderValue, Failure> {
    let mut value =
        HeaderValue::from_str(value).map_err(|error| Failure::new(Kind::Unreadable, attempt).because(error))?;
    value.set_sensitive(true);
    Ok(value)
}
