//! One observation: reads each route at most once, whoever asks.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use reqwest::Method;
use tokio::sync::OnceCell;

use super::connection::Connection;
use super::failure::{Failure, Kind};
use super::route::Route;
use crate::model::Json;

/// The right to look at a server, as often as needed.
#[derive(Clone)]
pub struct Readers {
    connection: Arc<Connection>,
}

impl Readers {
    pub(super) fn new(connection: Arc<Connection>) -> Self {
        Self { connection }
    }

    /// Begins one observation: nothing is remembered from before.
    #[must_use]
    pub fn begin(&self) -> Reader {
        Reader { connection: Arc::clone(&self.connection), seen: Mutex::default() }
    }
}

type Once = Arc<OnceCell<Arc<Json>>>;

/// One observation of one server.
pub struct Reader {
    connection: Arc<Connection>,
    seen: Mutex<HashMap<Route, Once>>,
}

impl Reader {
    /// The document at `route`; asked for once in an observation, remembered for whoever asks again.
    ///
    /// # Errors
    /// [`Failure`] as the server's answer or its absence says.
    pub async fn get(&self, route: &Route) -> Result<Arc<Json>, Failure> {
        let cell = {
            let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(seen.entry(route.clone()).or_default())
        };
        cell.get_or_try_init(|| async { self.stream(route).await.map(Arc::new) }).await.cloned()
    }

    /// The document at `route`, not remembered: for the pages of a list, of which one asker keeps what matters.
    ///
    /// # Errors
    /// [`Failure`] as the server's answer or its absence says; an empty answer is unreadable, not empty.
    pub async fn stream(&self, route: &Route) -> Result<Json, Failure> {
        let reply = self.connection.send(&Method::GET, route, None).await?;
        if reply.body.is_null() {
            return Err(Failure::new(Kind::Unreadable, format!("GET {route}")).because("the answer is empty"));
        }
        Ok(reply.body)
    }
}
