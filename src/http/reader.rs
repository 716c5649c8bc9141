//! One observation: reads each route at most once, whoever asks.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use reqwest::Method;
use tokio::sync::OnceCell;

use super::connection::{Connection, Never};
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
        Reader { connection: Arc::clone(&self.connection), seen: Arc::default() }
    }

    /// Begins one observation, or takes part in one of those that have `begun`, if that is by the same login.
    #[must_use]
    pub fn join(&self, begun: &[Reader]) -> Reader {
        let same = |reader: &&Reader| Arc::ptr_eq(&reader.connection, &self.connection);
        begun.iter().find(same).cloned().unwrap_or_else(|| self.begin())
    }
}

/// What a server has answered, once it has.
type Once = Arc<OnceCell<Result<Arc<Json>, Failure>>>;

impl Readers {
    /// The server's ids of what we work as: account, project and domains, as far as the login tells them. Nothing more
    /// is asked for, if there has been a login.
    ///
    /// # Errors
    /// [`Failure`] of the login.
    pub async fn own(&self) -> Result<BTreeSet<String>, Failure> {
        self.connection.own().await
    }

    /// The server's id of the account that we work as, if it tells it.
    ///
    /// # Errors
    /// [`Failure`] of the login.
    pub async fn account(&self) -> Result<Option<String>, Failure> {
        self.connection.account().await
    }
}

/// One observation of one server. Copies of it are the same observation.
#[derive(Clone)]
pub struct Reader {
    connection: Arc<Connection>,
    seen: Arc<Mutex<HashMap<Route, Once>>>,
}

impl Reader {
    /// The document at `route`; asked for once in an observation, remembered for whoever asks again, a failure too: each
    /// of those who wait for it would wait as long.
    ///
    /// # Errors
    /// [`Failure`] as the server's answer or its absence says.
    pub async fn get(&self, route: &Route) -> Result<Arc<Json>, Failure> {
        let cell = {
            let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(seen.entry(route.clone()).or_default())
        };
        cell.get_or_init(|| async { self.stream(route).await.map(Arc::new) }).await.clone()
    }

    /// The same, of what is one object and neither a list nor a value.
    ///
    /// # Errors
    /// [`Failure`] as the server's answer or its absence says.
    pub async fn object(&self, route: &Route) -> Result<Arc<Json>, Failure> {
        let answer = self.get(route).await?;
        if answer.is_object() { Ok(answer) } else { Err(self.unreadable(route, "the answer is not one object")) }
    }

    /// The document at `route`, not remembered: for the pages of a list, of which one asker keeps what matters.
    ///
    /// # Errors
    /// [`Failure`] as the server's answer or its absence says; an empty answer is unreadable, not empty.
    pub async fn stream(&self, route: &Route) -> Result<Json, Failure> {
        let reply = self.connection.send(&Method::GET, route, None, &Never).await?;
        if reply.body.is_null() {
            return Err(self.unreadable(route, "the answer is empty"));
        }
        Ok(reply.body)
    }

    /// The server's ids of what the login is a proof of: the account and what it works in.
    ///
    /// # Errors
    /// [`Failure`] of the login.
    pub async fn own(&self) -> Result<BTreeSet<String>, Failure> {
        self.connection.own().await
    }

    /// The failure of an answer that is not what `route` should give.
    #[must_use]
    pub fn unreadable(&self, route: &Route, why: &str) -> Failure {
        Failure::new(Kind::Unreadable, self.connection.attempt(&Method::GET, route)).because(why)
    }

    /// The failure of an answer that shows nothing because it hides everything; `hint` names the missing right.
    #[must_use]
    pub fn hidden(&self, route: &Route, hint: &str) -> Failure {
        let failure = Failure::new(Kind::Forbidden, self.connection.attempt(&Method::GET, route));
        failure.because("the server shows an empty list to this account").hint(hint)
    }
}
