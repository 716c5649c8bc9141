//! The proof of who we are, and its renewal before it ends.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Instant;

use backon::Retryable as _;
use futures::future::BoxFuture;
use reqwest::Client;
use reqwest::header::HeaderValue;
use tokio::sync::Mutex;
use url::Url;

use super::failure::{Failure, Kind};
use super::retry;

/// A proof of who we are, ready to be sent. Without `Debug`.
#[derive(Clone)]
pub struct Token {
    /// Its header's value; marked as sensitive.
    pub value: HeaderValue,
    /// When a new one must be asked for, well before this one ends.
    pub renew_at: Instant,
    /// The server's ids of what it is a proof of: the account, the project, their domains; as far as it tells them.
    pub own: BTreeSet<String>,
    /// The server's id of the account, if it tells it.
    pub account: Option<String>,
}

/// Who logs in, and how: the credentials of one server.
pub trait Credentials: Send + Sync + 'static {
    /// Asks the server at `base` for a new token.
    fn token(&self, client: &Client, base: &Url) -> impl Future<Output = Result<Token, Failure>> + Send;
}

/// Asks for a new token.
type Renew = Box<dyn Fn() -> BoxFuture<'static, Result<Token, Failure>> + Send + Sync>;

/// How the last login went.
#[derive(Default)]
enum LoginState {
    /// There was none.
    #[default]
    None,
    /// It brought this token.
    Holds(Arc<Token>),
    /// It failed at this time.
    Failed(Instant, Box<Failure>),
}

/// The token of a login, whichever is current.
pub(super) struct Tokens {
    renew: Renew,
    login: Mutex<LoginState>,
}

impl Tokens {
    pub(super) fn new(client: &Client, base: &Url, credentials: impl Credentials) -> Self {
        let shared = Arc::new((client.clone(), base.clone(), credentials));
        let renew = move || -> BoxFuture<'static, Result<Token, Failure>> {
            let shared = Arc::clone(&shared);
            Box::pin(async move { shared.2.token(&shared.0, &shared.1).await })
        };
        Self { renew: Box::new(renew), login: Mutex::default() }
    }

    /// The next request asks for a new token.
    pub(super) async fn forget(&self) {
        *self.login.lock().await = LoginState::None;
    }

    /// The current token; a new one when it is about to end, or is the `refused` one. One request at a time asks; those
    /// that were waiting for an answer share it, a failure too.
    pub(super) async fn current(&self, refused: Option<&Arc<Token>>) -> Result<Arc<Token>, Failure> {
        let waiting_since = Instant::now();
        let mut login = self.login.lock().await;
        match &*login {
            LoginState::Holds(token) => {
                let refused = refused.is_some_and(|refused| Arc::ptr_eq(refused, token));
                if !refused && Instant::now() < token.renew_at {
                    return Ok(Arc::clone(token));
                }
            }
            // A refusal is final: more of them would lock the account.
            LoginState::Failed(at, failure) if *at >= waiting_since || failure.kind == Kind::LoginRefused => {
                return Err(*failure.clone());
            }
            LoginState::Failed(..) | LoginState::None => {}
        }
        let ask = || (self.renew)();
        let answer = ask.retry(retry::waits()).when(|failure| failure.kind.passes()).adjust(retry::wait).await;
        match answer {
            Ok(token) => {
                let token = Arc::new(token);
                *login = LoginState::Holds(Arc::clone(&token));
                Ok(token)
            }
            Err(failure) => {
                *login = LoginState::Failed(Instant::now(), Box::new(failure.clone()));
                Err(failure)
            }
        }
    }
}
