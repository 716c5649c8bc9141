//! One HTTP request and one answer, as the models see them. No transport.

use axum::http::{HeaderMap, Method, Uri};
use percent::decode;
use serde_json::{Value as Json, json};
use url::form_urlencoded;

/// A request that has been read to its end.
pub(crate) struct Request {
    pub(crate) method: String,
    /// Path and query as they were sent.
    pub(crate) target: String,
    /// The decoded segments of the path.
    pub(crate) path: Vec<String>,
    pub(crate) headers: HeaderMap,
    pub(crate) bytes: Vec<u8>,
    query: Vec<(String, String)>,
}

impl Request {
    pub(crate) fn new(method: &Method, uri: &Uri, headers: HeaderMap, bytes: Vec<u8>) -> Self {
        Self {
            method: method.to_string(),
            target: uri.path_and_query().map_or_else(String::new, ToString::to_string),
            path: uri.path().trim_matches('/').split('/').map(decode).collect(),
            query: form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes()).into_owned().collect(),
            headers,
            bytes,
        }
    }

    /// The method and the path's segments, to be matched.
    pub(crate) fn route(&self) -> (&str, Vec<&str>) {
        (&self.method, self.path.iter().map(String::as_str).collect())
    }

    pub(crate) fn query(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// The address that the caller used, such as `http://127.0.0.1:4711`.
    pub(crate) fn origin(&self) -> String {
        format!("http://{}", self.header("host").unwrap_or_default())
    }

    /// The fields of a form body.
    pub(crate) fn form(&self) -> Vec<(String, String)> {
        form_urlencoded::parse(&self.bytes).into_owned().collect()
    }

    /// The JSON body, if it is one.
    pub(crate) fn json(&self) -> Option<Json> {
        serde_json::from_slice(&self.bytes).ok()
    }

    /// Whether this asks for a token, which is no change of either server.
    pub(crate) fn is_login(&self) -> bool {
        self.method == "POST"
            && (self.path == ["v3", "auth", "tokens"]
                || self.path.ends_with(&["openid-connect".to_owned(), "token".to_owned()]))
    }

    /// Whether this changes something on the server.
    pub(crate) fn is_write(&self) -> bool {
        self.method != "GET" && self.method != "HEAD" && !self.is_login()
    }
}

/// The status with which a model says that it does not have a route. The real servers never send it.
pub(crate) const UNKNOWN_ROUTE: u16 = 501;

/// What a model answers.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn empty(status: u16) -> Self {
        Self { status, headers: Vec::new(), body: Vec::new() }
    }

    pub(crate) fn json(status: u16, body: &Json) -> Self {
        Self::text(status, "application/json", body.to_string())
    }

    pub(crate) fn text(status: u16, kind: &str, body: impl Into<String>) -> Self {
        Self { body: body.into().into_bytes(), ..Self::empty(status) }.with("content-type", kind)
    }

    /// What a proxy in front of a server says when the server is away.
    pub(crate) fn html(status: u16, title: &str) -> Self {
        Self::text(status, "text/html", format!("<html><head><title>{title}</title></head></html>"))
    }

    /// A body of the form `{"error": text}`.
    pub(crate) fn error(status: u16, text: &str) -> Self {
        Self::json(status, &json!({"error": text}))
    }

    /// The model does not have this route: a fault of the test, never an answer of the server.
    pub(crate) fn unknown_route() -> Self {
        Self::error(UNKNOWN_ROUTE, "the model server has no such route")
    }

    pub(crate) fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.to_owned(), value.into()));
        self
    }
}

mod percent {
    //! Percent-decoding of one segment of a path.

    pub(super) fn decode(segment: &str) -> String {
        // `+` is a plain character in a path, and means a space only in a form.
        let form = format!("x={}", segment.replace('+', "%2B").replace('&', "%26").replace('=', "%3D"));
        url::form_urlencoded::parse(form.as_bytes()).next().map_or_else(String::new, |(_, value)| value.into_owned())
    }
}
