//! One exchange with a server: what comes back becomes a reply or a failure. Nothing is tried again here.

use std::error::Error;
use std::time::{Duration, SystemTime};

use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, LOCATION, RETRY_AFTER, WWW_AUTHENTICATE};
use reqwest::{RequestBuilder, Response, StatusCode};

use super::failure::{Answered, Failure, Kind, words};
use crate::model::Json;

/// No answer of an admin API is larger; a bigger one is not read to its end.
const LARGEST_ANSWER: usize = 256 << 20;

/// Sends a request that needs no token, and returns the answer with its headers.
///
/// # Errors
/// [`Failure`] as the server's answer or its absence says.
pub async fn exchange(request: RequestBuilder, attempt: &str) -> Result<(HeaderMap, Json), Failure> {
    answer(request, attempt, None).await
}

pub(super) async fn answer(
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
pub(super) fn created(headers: &HeaderMap) -> Option<String> {
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
        page: header(CONTENT_TYPE).is_some_and(|media| media.starts_with("text/html")),
        challenge: header(WWW_AUTHENTICATE),
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
        date.duration_since(SystemTime::now()).ok()
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
    let mut cause: Option<&dyn Error> = Some(error);
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
