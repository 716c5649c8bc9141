//! What may become of an answer on its way, and what may happen beside a request: lists that lie, objects that come and
//! go between two pages, other people at work.

use std::sync::{Arc, Mutex};

use serde_json::{Value as Json, json};

use super::{Answer, Request};

type Change = dyn Fn(&Request, Answer) -> Answer + Send + Sync;

/// What is made of an answer.
#[derive(Clone)]
pub(crate) struct Alteration(Arc<Change>);

impl Alteration {
    pub(crate) fn new(change: impl Fn(&Request, Answer) -> Answer + Send + Sync + 'static) -> Self {
        Self(Arc::new(change))
    }

    /// The same answer with another document; one that is no document stays.
    pub(crate) fn json(change: impl Fn(Json) -> Json + Send + Sync + 'static) -> Self {
        Self::new(move |_, answer| match serde_json::from_slice(&answer.body) {
            Ok(document) => Answer { body: change(document).to_string().into_bytes(), ..answer },
            Err(_) => answer,
        })
    }

    /// Another list: that of Keycloak is the document, that of Keystone lies in it.
    pub(crate) fn list(change: impl Fn(Vec<Json>) -> Vec<Json> + Send + Sync + 'static) -> Self {
        Self::json(move |mut document| {
            if let Some(Json::Array(list)) = listed(&mut document) {
                *list = change(std::mem::take(list));
            }
            document
        })
    }

    /// No more than so many objects a page, whatever is asked for.
    pub(crate) fn at_most(size: usize) -> Self {
        Self::list(move |mut list| {
            list.truncate(size);
            list
        })
    }

    /// Another count, whichever way it is told.
    pub(crate) fn count(change: impl Fn(u64) -> u64 + Send + Sync + 'static) -> Self {
        Self::json(move |document| match (document.as_u64(), document["count"].as_u64()) {
            (Some(count), _) => change(count).into(),
            (None, Some(count)) => json!({"count": change(count)}),
            (None, None) => document,
        })
    }

    /// The first answer again and again.
    pub(crate) fn repeat() -> Self {
        let first = Mutex::new(None);
        Self::new(move |_, answer| first.lock().unwrap().get_or_insert(answer).clone())
    }

    pub(super) fn of(&self, request: &Request, answer: Answer) -> Answer {
        (self.0)(request, answer)
    }
}

/// The list in a document, wherever it lies.
fn listed(document: &mut Json) -> Option<&mut Json> {
    if document.is_array() {
        return Some(document);
    }
    document.as_object_mut()?.values_mut().find(|value| value.is_array())
}

/// Something that happens while a request waits.
#[derive(Clone)]
pub(crate) struct Deed(Arc<dyn Fn() + Send + Sync>);

impl Deed {
    pub(crate) fn new(deed: impl Fn() + Send + Sync + 'static) -> Self {
        Self(Arc::new(deed))
    }

    /// Lets it happen at once.
    pub(crate) fn now(&self) {
        (self.0)();
    }

    /// Beside the server, which goes on answering others.
    pub(super) async fn happens(&self) {
        let deed = Arc::clone(&self.0);
        // A deed that fails has said so itself.
        let _done = tokio::task::spawn_blocking(move || deed()).await;
    }
}
