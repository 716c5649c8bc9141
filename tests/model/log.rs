//! The log of requests that tests count and compare. It records; it judges nothing.

use std::sync::{Arc, Mutex};

use serde_json::Value as Json;

use super::Request;

/// One request as it arrived, in the order of arrival.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub(crate) method: String,
    /// Path and query as they were sent.
    pub(crate) target: String,
    /// The body where it is JSON.
    pub(crate) body: Option<Json>,
    pub(crate) login: bool,
    pub(crate) write: bool,
    /// The status that was sent, none when the connection was cut before an answer.
    pub(crate) status: Option<u16>,
    /// What the model itself answered, whatever was sent; none when it never saw the request.
    pub(crate) meant: Option<u16>,
}

impl Entry {
    /// The path without the query.
    pub(crate) fn path(&self) -> &str {
        self.target.split('?').next().unwrap_or_default()
    }
}

/// A shared, growing list of entries.
#[derive(Clone, Default)]
pub(crate) struct Log(Arc<Mutex<Vec<Entry>>>);

impl Log {
    /// Records a request and gives its number, counted from one.
    pub(super) fn arrived(&self, request: &Request) -> usize {
        let mut entries = self.0.lock().unwrap();
        entries.push(Entry {
            method: request.method.clone(),
            target: request.target.clone(),
            body: request.json(),
            login: request.is_login(),
            write: request.is_write(),
            status: None,
            meant: None,
        });
        entries.len()
    }

    pub(super) fn meant(&self, number: usize, status: u16) {
        if let Some(entry) = self.0.lock().unwrap().get_mut(number - 1) {
            entry.meant = Some(status);
        }
    }

    pub(super) fn answered(&self, number: usize, status: u16) {
        // A log that was cleared meanwhile no longer has the entry.
        if let Some(entry) = self.0.lock().unwrap().get_mut(number - 1) {
            entry.status = Some(status);
        }
    }

    pub(crate) fn entries(&self) -> Vec<Entry> {
        self.0.lock().unwrap().clone()
    }

    /// The requests that changed, or should have changed, something.
    pub(crate) fn writes(&self) -> Vec<Entry> {
        self.entries().into_iter().filter(|entry| entry.write).collect()
    }

    /// Forgets everything: the next request is number one.
    pub(crate) fn clear(&self) {
        self.0.lock().unwrap().clear();
    }
}
