//! One exchange with a server: what comes back becomes a reply or a failure. Nothing is tried again here.

use std::time::{Duration, SystemTime};

use backon::Retryable as _;
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, LOCATION, RETRY_AFTER, WWW_AUTHENTICATE};
use reqwest::{RequestBuilder, Response, StatusCode};
use url::Url;

use super::broken::{self, broken};
use super::failure::{Answered, Failure, Kind, words};
use super::retry;
use crate::model::Json;

/// No answer of an admin API is larger, unpacked; a bigger one is not read to its end.
const LARGEST_ANSWER: usize = 128 << 20;

/// No refusal has more to say.
const LARGEST_REFUSAL: usize = 1 << 20;

/// Sends a request that needs no token, and returns the answer with its headers.
///
/// # Errors
/// [`Failure`] as the server's answer or its absence says.
pub async fn exchange(request: RequestBuilder, attempt: &str) -> Result<(HeaderMap, Json), Failure> {
    answer(request, attempt, None).await
}

/// The same, again where that may help: of what changes nothing.
///
/// # Errors
/// [`Failure`] of the last try.
pub async fn exchange_patiently(
    request: impl Fn() -> RequestBuilder,
    attempt: &str,
) -> Result<(HeaderMap, Json), Failure> {
    let ask = || exchange(request(), attempt);
    ask.retry(retry::waits()).when(|failure: &Failure| failure.kind.passes()).adjust(retry::wait).await
}

pub(super) async fn answer(
    request: RequestBuilder,
    attempt: &str,
    request_id: Option<&str>,
) -> Result<(HeaderMap, Json), Failure> {
    let response = arrive(request, attempt, request_id).await?;
    let headers = response.headers().clone();
    let bytes = read(response, LARGEST_ANSWER, attempt).await?;
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
    let target = response.headers().get(LOCATION).and_then(|value| place(value.to_str().ok()?));
    let body = match read(response, LARGEST_REFUSAL, attempt).await {
        Ok(body) => body,
        // What it refuses, and why, would have been in its words.
        Err(broken) if broken.kind == Kind::Interrupted => return Err(Failure { answer: Some(answer), ..broken }),
        Err(_) => Vec::new(),
    };
    let answer = Answered { words: words(&body), ..answer };
    let failure = Failure::new(Kind::of(status), attempt);
    let failure = match status {
        status if status.is_redirection() => failure.hint(redirected(status, target.as_deref())),
        StatusCode::BAD_REQUEST if asks_for_certificate(&answer) => failure.hint(broken::CERTIFICATE_ASKED_FOR),
        _ => failure,
    };
    Err(Failure { answer: Some(answer), ..failure })
}

fn redirected(status: StatusCode, target: Option<&str>) -> String {
    let target = target.map(|target| format!(" to {target}")).unwrap_or_default();
    format!("a redirect ({status}{target}) is never followed with a token: is this the server's own address?")
}

/// Where a redirect leads, without what may be secret in an address.
fn place(location: &str) -> Option<String> {
    let url: Url = location.parse().ok()?;
    Some(format!("{}{}", url.origin().ascii_serialization(), url.path()))
}

/// nginx takes every connection, and refuses what comes without a certificate by a page of its own.
fn asks_for_certificate(answer: &Answered) -> bool {
    answer.page && answer.words.contains("SSL certificate")
}

fn delay(text: &str) -> Option<Duration> {
    text.trim().parse().ok().map(Duration::from_secs).or_else(|| {
        let date = httpdate::parse_http_date(text).ok()?;
        date.duration_since(SystemTime::now()).ok()
    })
}

/// Reads a body to its end, unless it is larger than `most` bytes.
async fn read(mut response: Response, most: usize, attempt: &str) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| broken(error, attempt))? {
        if bytes.len() + chunk.len() > most {
            let why = format!("the answer is larger than {} MiB", most >> 20);
            return Err(Failure::new(Kind::Unreadable, attempt).because(why));
        }
        bytes.extend_from_slice(&chunk);
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
