//! One server and our standing there: the token and its renewal, the bound on concurrency, the words for failures.

use std::collections::BTreeSet;
use std::time::Instant;

use backon::Retryable as _;
use reqwest::{Client, Method};
use tokio::sync::Semaphore;
use url::Url;

use super::Access;
use super::answer::{answer, created};
use super::failure::{Failure, Kind};
use super::retry;
use super::route::Route;
use super::token::{Credentials, Token, Tokens};
use crate::model::Json;

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

/// The wish that nothing more is begun.
pub trait Halt: Sync {
    /// Waits until it has been said.
    fn called(&self) -> impl Future<Output = ()> + Send;
}

/// Nobody says it: reads can be dropped at any moment.
pub(super) struct Never;

impl Halt for Never {
    fn called(&self) -> impl Future<Output = ()> + Send {
        std::future::pending()
    }
}

pub(super) struct Connection {
    client: Client,
    base: Url,
    tokens: Tokens,
    dialect: Dialect,
    slots: Semaphore,
}

impl Connection {
    pub(super) fn new(access: Access<impl Credentials>) -> Self {
        let Access { client, base, credentials, dialect, parallelism } = access;
        let tokens = Tokens::new(&client, &base, credentials);
        Self { client, base, tokens, dialect, slots: Semaphore::new(parallelism.max(1)) }
    }

    pub(super) async fn forget_token(&self) {
        self.tokens.forget().await;
    }

    /// Sends a request, and again where that is safe and may help. Nothing is begun after a `halt`.
    pub(super) async fn send(
        &self,
        method: &Method,
        route: &Route,
        body: Option<&Json>,
        halt: &impl Halt,
    ) -> Result<Reply, Failure> {
        let attempt = || self.with_login(method, route, body, halt);
        attempt
            .retry(retry::waits())
            // A login has been tried often enough.
            .when(|failure| !failure.login && retry::helps(method, failure))
            .adjust(retry::wait)
            .notify(|failure, wait| tracing::info!("{failure}; again in {wait:?}"))
            .await
    }

    /// The server's ids of what the current token is a proof of.
    pub(super) async fn own(&self) -> Result<BTreeSet<String>, Failure> {
        Ok(self.tokens.current(None).await?.own.clone())
    }

    /// The server's id of the account that we work as, if it tells it.
    pub(super) async fn account(&self) -> Result<Option<String>, Failure> {
        Ok(self.tokens.current(None).await?.account.clone())
    }

    /// A request in words: `GET https://…`.
    pub(super) fn attempt(&self, method: &Method, route: &Route) -> String {
        match route.below(&self.base) {
            Ok(url) => format!("{method} {url}"),
            Err(_) => format!("{method} {}{route}", self.base),
        }
    }

    /// One try; when the token is refused, one more with a new one.
    async fn with_login(
        &self,
        method: &Method,
        route: &Route,
        body: Option<&Json>,
        halt: &impl Halt,
    ) -> Result<Reply, Failure> {
        // The slot comes first: a token that waits for one would age.
        let _slot = unless(halt, async { Ok(self.slots.acquire().await) }).await?;
        let token = unless(halt, self.tokens.current(None)).await?;
        match self.once(method, route, body, &token).await {
            Err(failure) if failure.kind == Kind::LoginRefused => {
                let token = unless(halt, self.tokens.current(Some(&token))).await?;
                let again = self.once(method, route, body, &token).await;
                again.map_err(|failure| match failure.kind {
                    Kind::LoginRefused if failure.hint.is_none() => {
                        failure.hint("the token was refused although it is new: do the clocks agree?")
                    }
                    _ => failure,
                })
            }
            result => result,
        }
    }

    async fn once(&self, method: &Method, route: &Route, body: Option<&Json>, token: &Token) -> Result<Reply, Failure> {
        let attempt = self.attempt(method, route);
        let url = route.below(&self.base).map_err(|error| Failure::new(Kind::Unformed, &attempt).because(error))?;
        let mut request = self.client.request(method.clone(), url).header(self.dialect.header, token.value.clone());
        if let Some(body) = body {
            request = request.json(body);
        }
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

/// What comes before a request is sent, unless there is a `halt`; its failures are those of a login.
async fn unless<T>(halt: &impl Halt, work: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    let done = tokio::select! {
        biased;
        () = halt.called() => Err(Failure::new(Kind::Interrupted, "log in, before it had to stop")),
        done = work => done,
    };
    done.map_err(|failure| Failure { login: true, ..failure })
}
