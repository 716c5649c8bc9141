//! Tells a story to a server and writes down what was said, so that two servers' answers can be compared.

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json, json};

use super::endpoint::Exchange;
use crate::harness::http::{Body, Http, Reply};

/// A named sequence of requests.
#[derive(Clone, Copy)]
pub(crate) struct Story {
    /// The name of the file with the expected transcript.
    pub(crate) name: &'static str,
    pub(crate) tell: fn(&mut Caller),
}

/// Talks to one server and remembers every exchange.
pub(crate) struct Caller<'a> {
    http: &'a Http,
    origin: String,
    /// The realm or domain in which the story happens.
    place: String,
    token: Vec<(&'static str, String)>,
    ids: Vec<String>,
    text: String,
    exchanges: Vec<Exchange>,
}

/// Fields whose values differ from run to run.
const VOLATILE: [&str; 15] = [
    "createdTimestamp",
    "client.secret.creation.time",
    "secret",
    "audit_ids",
    "expires_at",
    "issued_at",
    "access_token",
    "refresh_token",
    "session_state",
    "public_key",
    "not-before-policy",
    "refresh_expires_in",
    "password_expires_at",
    "expires_in",
    "scope",
];

impl<'a> Caller<'a> {
    /// `token` is the header that proves the login; in every path `{place}` stands for `place`.
    pub(crate) fn new(http: &'a Http, origin: &str, place: &str, token: (&'static str, String)) -> Self {
        let (origin, place) = (origin.trim_end_matches('/').to_owned(), place.to_owned());
        let token = vec![token];
        Self { http, origin, place, token, ids: Vec::new(), text: String::new(), exchanges: Vec::new() }
    }

    /// Everything that was said, and what was asked for and how it ended, one by one.
    pub(crate) fn transcript(self) -> (String, Vec<Exchange>) {
        (self.text, self.exchanges)
    }

    /// A heading for what follows.
    pub(crate) fn about(&mut self, what: &str) {
        self.text.extend(["\n# ", what, "\n"]);
    }

    /// The realm or domain in which the story happens.
    pub(crate) fn place(&self) -> &str {
        &self.place
    }

    /// Writes a line that was not an exchange.
    pub(crate) fn remark(&mut self, text: &str) {
        let text = &self.named(text);
        self.text.extend(["  ", text, "\n"]);
    }

    /// Asks without writing the exchange down.
    pub(crate) fn quietly(&mut self, path: &str) -> Json {
        self.quiet(|caller| caller.get(path))
    }

    /// Tells something without writing it down.
    pub(crate) fn quiet<T>(&mut self, tell: impl FnOnce(&mut Self) -> T) -> T {
        let (text, ids) = (self.text.len(), self.ids.len());
        let told = tell(self);
        self.text.truncate(text);
        self.ids.truncate(ids);
        told
    }

    /// One remark for each entry of a list, sorted, instead of the list: for what is hidden or comes in no order.
    pub(crate) fn quietly_each(&mut self, path: &str, list: &str, remark: impl Fn(&Json) -> String) {
        let answer = self.quietly(path);
        let mut remarks: Vec<String> = answer[list].as_array().into_iter().flatten().map(remark).collect();
        remarks.sort();
        for text in remarks {
            self.remark(&text);
        }
    }

    pub(crate) fn get(&mut self, path: &str) -> Json {
        self.send("GET", path, &Body::Nothing).json()
    }

    /// Creates something and gives its id: from the `Location` header, or else from the body.
    pub(crate) fn post(&mut self, path: &str, body: &Json) -> String {
        let reply = self.send("POST", path, &Body::Json(body));
        match reply.header("location") {
            Some(_) => reply.new_id(),
            None => reply
                .json()
                .as_object()
                .and_then(|body| body.values().next()?["id"].as_str().map(str::to_owned))
                .unwrap_or_default(),
        }
    }

    pub(crate) fn put(&mut self, path: &str, body: &Json) {
        self.send("PUT", path, &Body::Json(body));
    }

    pub(crate) fn patch(&mut self, path: &str, body: &Json) {
        self.send("PATCH", path, &Body::Json(body));
    }

    /// Posts a form without a token.
    pub(crate) fn form(&mut self, path: &str, fields: &[(&str, &str)]) -> Json {
        let token = std::mem::take(&mut self.token);
        let reply = self.send("POST", path, &Body::Form(fields)).json();
        self.token = token;
        reply
    }

    /// Sends the next requests with another token.
    pub(crate) fn with_token(&mut self, token: &str, tell: impl FnOnce(&mut Self)) {
        let header = self.token[0].0;
        let value = if header == "authorization" { format!("Bearer {token}") } else { token.to_owned() };
        let mine = std::mem::replace(&mut self.token, vec![(header, value)]);
        tell(self);
        self.token = mine;
    }

    pub(crate) fn send(&mut self, method: &str, path: &str, body: &Body) -> Reply {
        let target = path.replace("{place}", &self.place);
        let headers: Vec<(&str, &str)> = self.token.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let reply = self.http.insist(method, &format!("{}{target}", self.origin), &headers, body);
        self.exchanges.push(Exchange::new(method, &target, reply.status));
        let sent = match body {
            Body::Nothing => String::new(),
            Body::Json(json) => stable(json).to_string(),
            Body::Form(fields) => fields
                .iter()
                .map(|(name, value)| format!("{name}={}", steady(name, value)))
                .collect::<Vec<_>>()
                .join("&"),
            Body::Text(_, text) => (*text).to_owned(),
        };
        let request = format!("{method} {target} {sent}");
        let place = reply.header("location").map_or_else(String::new, |place| format!(" Location: {place}"));
        let answer = match serde_json::from_str(&reply.text) {
            Ok(json) => stable(&json).to_string(),
            Err(_) if reply.text.is_empty() => String::new(),
            // Nobody should rely on what an error page says.
            Err(_) => "(no JSON)".to_owned(),
        };
        let answer = format!("  {}{place} {answer}", reply.status);
        for line in [request, answer] {
            let line = self.named(line.trim_end());
            self.text += &(line + "\n");
        }
        reply
    }

    /// Replaces addresses and ids by names.
    fn named(&mut self, text: &str) -> String {
        let text = text.replace(&self.origin, "{server}").replace(&self.place, "{place}");
        let mut named = String::new();
        let mut rest = text.as_str();
        while !rest.is_empty() {
            let word = rest
                .split(|character: char| !(character.is_ascii_hexdigit() || character == '-'))
                .next()
                .unwrap_or_default();
            if is_id(word) {
                if !self.ids.iter().any(|known| known == word) {
                    self.ids.push(word.to_owned());
                }
                let number = self.ids.iter().position(|known| known == word).unwrap_or_default() + 1;
                named.extend(["<id ", &number.to_string(), ">"]);
                rest = &rest[word.len()..];
            } else {
                let next = rest[word.len()..].chars().next().map_or(0, char::len_utf8);
                named += &rest[..word.len() + next];
                rest = &rest[word.len() + next..];
            }
        }
        named
    }
}

/// A Keycloak id (8-4-4-4-12) or a Keystone id (32), in hexadecimal digits.
fn is_id(word: &str) -> bool {
    let parts: Vec<usize> = word.split('-').map(str::len).collect();
    parts == [8, 4, 4, 4, 12] || parts == [32]
}

/// What a thing with an id is called.
fn called(item: &Json) -> Option<&str> {
    let names = ["name", "clientId", "username", "alias"];
    item["id"].as_str().and(names.iter().find_map(|key| item[key].as_str()))
}

/// The document with sorted keys, lists of texts and of what has an id sorted, volatile values hidden.
fn stable(document: &Json) -> Json {
    match document {
        Json::Array(items) => {
            let mut items: Vec<Json> = items.iter().map(stable).collect();
            // Texts are a set. What has an id often comes in the order of the ids, which are others each time.
            if items.iter().all(|item| item.is_string() || called(item).is_some()) {
                items.sort_by_key(|item| called(item).map_or_else(|| item.to_string(), str::to_owned));
            }
            Json::Array(items)
        }
        // The answer of `client-secret`.
        Json::Object(fields)
            if fields.get("type").is_some_and(|kind| kind == "secret") && fields.contains_key("value") =>
        {
            json!({"type": "secret", "value": DIFFERS})
        }
        Json::Object(fields) => {
            let sorted: BTreeMap<String, Json> = fields
                .iter()
                .map(|(key, value)| {
                    let hidden = VOLATILE.contains(&key.as_str()) && !value.is_null();
                    let value = if hidden { DIFFERS.into() } else { stable(value) };
                    (key.clone(), value)
                })
                .collect();
            Json::Object(Map::from_iter(sorted))
        }
        // Where in the body an unknown key stands, and which others there are, in what order, helps nobody.
        Json::String(text) => [" at line ", " (class "].iter().fold(text.as_str(), before).into(),
        other => other.clone(),
    }
}

fn before<'a>(text: &'a str, end: &&str) -> &'a str {
    text.split_once(*end).map_or(text, |(start, _)| start)
}

/// What a value is written as that is never the same twice.
const DIFFERS: &str = "(differs)";

fn steady<'a>(name: &str, value: &'a str) -> &'a str {
    if VOLATILE.contains(&name) { DIFFERS } else { value }
}
