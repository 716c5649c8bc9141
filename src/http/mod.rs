//! Transport shared by both servers: one login each, out of which come the right to look and the right to write.
//!
//! A [`Reader`] is one observation and can only read; a [`Writer`] can only write and is given to `execute` alone.
//! Neither can be made outside this module: who was not given one has none.

pub mod client;
pub mod collection;
pub mod failure;
pub mod route;

mod answer;
mod broken;
mod connection;
mod reader;
pub(crate) mod retry;
mod token;

use std::sync::Arc;

pub use answer::{exchange, exchange_patiently, sensitive};
pub use connection::{Dialect, Halt, Reply};
pub use reader::{Reader, Readers};
use reqwest::Method;
pub use token::{Credentials, Token};
use url::Url;

use crate::http::connection::Connection;
use crate::http::failure::Failure;
use crate::http::route::Route;
use crate::model::Json;

/// Both rights that come out of one login.
#[derive(Clone)]
pub struct Login {
    /// The right to look.
    pub readers: Readers,
    /// The right to write.
    pub writer: Writer,
}

/// The right to write. Deliberately without reads: what is read decides, and that is not its business.
#[derive(Clone)]
pub struct Writer {
    connection: Arc<Connection>,
}

impl Writer {
    /// Sends `body`, null for none; again only if it never reached the server. What comes before it is sent, a login and
    /// the wait for others, is given up at a `halt`: the failure is one of a login then.
    ///
    /// # Errors
    /// [`Failure`] as the server's answer or its absence says.
    pub async fn send(&self, method: &Method, route: &Route, body: &Json, halt: &impl Halt) -> Result<Reply, Failure> {
        self.connection.send(method, route, Some(body).filter(|body| !body.is_null()), halt).await
    }
}

impl Writer {
    /// The next request asks for a new token: what has been written may have changed what the account may do.
    pub async fn log_in_again(&self) {
        self.connection.forget_token().await;
    }
}

/// Everything a login needs. The first token is asked for with the first request.
pub struct Access<C> {
    /// The client to talk with.
    pub client: reqwest::Client,
    /// The server's address.
    pub base: Url,
    /// Who logs in.
    pub credentials: C,
    /// What is special about this server.
    pub dialect: Dialect,
    /// How many requests may be under way at once.
    pub parallelism: usize,
}

/// A login to one server.
#[must_use]
pub fn login(access: Access<impl Credentials>) -> Login {
    let connection = Arc::new(Connection::new(access));
    Login { readers: Readers::new(Arc::clone(&connection)), writer: Writer { connection } }
}
