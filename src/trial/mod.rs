//! A person's login, tried stage by stage as the `openstack` client does it (`v3oidcpassword`): discovery, token, claim,
//! Apache, Keystone, scope. It stops at the first stage that fails, and says what the server said, why, and what to do.
//!
//! What it got it gives back: tokens are revoked and the session is ended, whatever comes of it.

mod federation;
mod refusal;
mod token;

use reqwest::Client;

use crate::access::Roles;
use crate::access::cause::Cause;
use crate::access::promise::Promise;
use crate::http::Reader;
use crate::http::failure::{Failure, Kind};
use crate::keycloak::session::{Discovery, discovery};
use crate::model::address::Ids;
use crate::resolve::site::{Environment, Realm};
use crate::secret::Secret;
use token::{Claimed, Session};

/// The stages, in their order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// The realm's discovery document.
    Discovery,
    /// A token of Keycloak for the person.
    Token,
    /// What that token says.
    Claim,
    /// The web server before Keystone takes the token.
    Apache,
    /// Keystone knows the person by it.
    Keystone,
    /// A token for a project, with the promised roles.
    Scope,
}

/// A stage that went well, and what came of it.
pub struct Passed {
    /// The stage.
    pub stage: Stage,
    /// What came of it.
    pub what: String,
}

/// The stage at which a login ends.
pub struct Stopped {
    /// The stage.
    pub stage: Stage,
    /// What was tried, and what the server said.
    pub what: String,
    /// What lies beneath.
    pub beneath: Vec<String>,
    /// Why, and what to do.
    pub cause: Option<Cause>,
    /// Whether that may lie in what no API can set.
    pub by_hand: bool,
    /// What sort of failure, if it is one of a request.
    pub kind: Option<Kind>,
}

/// What has come of a login.
#[derive(Default)]
pub struct Outcome {
    /// What went well.
    pub passed: Vec<Passed>,
    /// Where it ended, if it did not reach its end.
    pub stopped: Option<Stopped>,
    /// What could not be given back.
    pub kept: Vec<Failure>,
}

/// A login that is to be tried.
pub struct Trial<'a> {
    /// The client to talk with.
    pub http: &'a Client,
    /// The cloud.
    pub environment: &'a Environment,
    /// The person's realm.
    pub site: &'a Realm,
    /// The person's username.
    pub username: &'a str,
    /// The person's password.
    pub password: &'a Secret,
    /// The Keycloak client that the login goes through.
    pub client_id: &'a str,
    /// Its secret; nothing for a public client.
    pub client_secret: Option<&'a Secret>,
    /// The claim that Keystone reads.
    pub claim: &'a str,
    /// What the spec promises the person, if it does.
    pub promise: Option<&'a Promise>,
    /// The project to work in, by domain and name; the first one that is promised if absent.
    pub project: Option<(&'a str, &'a str)>,
    /// Ids of domains, as far as they are known.
    pub ids: &'a Ids,
    /// The right to look at the realm, for causes; nothing if the tool has not logged in there.
    pub reader: Option<&'a Reader>,
}

impl Trial<'_> {
    /// Tries the login.
    pub async fn run(&self) -> Outcome {
        let mut outcome = Outcome::default();
        let mut session = None;
        let mut tokens = Vec::new();
        let stopped = self.stages(&mut outcome.passed, &mut session, &mut tokens).await;
        outcome.stopped = stopped.err();
        // The token for a project first: it hangs on the other.
        while let Some(token) = tokens.pop() {
            outcome.kept.extend(self.revoke(&token).await.err());
        }
        if let Some(session) = session {
            outcome.kept.extend(self.log_out(&session).await.err());
        }
        outcome
    }

    async fn stages(
        &self,
        passed: &mut Vec<Passed>,
        session: &mut Option<Session>,
        tokens: &mut Vec<Secret>,
    ) -> Result<(), Stopped> {
        let mut pass = |stage, what| passed.push(Passed { stage, what });
        let discovery = self.discover().await?;
        pass(Stage::Discovery, format!("the issuer is {}", discovery.issuer));
        let session = session.insert(self.log_in(&discovery).await?);
        pass(Stage::Token, format!("Keycloak gives {} a token through client {}", self.username, self.client_id));
        let Claimed { roles, what } = self.read_claim(session).await?;
        pass(Stage::Claim, what);
        let entered = self.enter(session, &roles).await;
        if entered.as_ref().is_err_and(|stopped| stopped.stage == Stage::Keystone) {
            pass(Stage::Apache, "it hands the request on to Keystone".to_owned());
        }
        let unscoped = entered?;
        pass(Stage::Apache, format!("it takes the token at {}", unscoped.address));
        pass(Stage::Keystone, unscoped.who.clone());
        tokens.push(unscoped.token.clone());
        let (token, what) = self.scope(&unscoped, &roles).await?;
        tokens.extend(token);
        pass(Stage::Scope, what);
        Ok(())
    }

    async fn discover(&self) -> Result<Discovery, Stopped> {
        let stage = Stage::Discovery;
        let found = discovery(self.http, &self.site.keycloak, &self.site.realm).await;
        let found = found.map_err(|failure| Stopped::at(stage, &failure))?;
        if found.knows_passwords() {
            return Ok(found);
        }
        let cause = Cause {
            why: "the password grant is switched off in this Keycloak".to_owned(),
            next: "log in by another way than v3oidcpassword, or have the grant switched on".to_owned(),
        };
        Err(Stopped::because(stage, format!("{} does not offer logins with a password", found.url), cause))
    }

    /// What the person shall be able to do in a project.
    fn promised(&self) -> Roles {
        self.promise.map(|promise| promise.roles.clone()).unwrap_or_default()
    }
}

impl Stopped {
    /// At a request that failed; its hint tells the cause, and often what to do too.
    fn at(stage: Stage, failure: &Failure) -> Self {
        let cause = failure.hint.clone().map(|why| Cause { why, next: String::new() });
        Self::explained(stage, failure, cause)
    }

    /// At a request that failed for a known reason.
    fn explained(stage: Stage, failure: &Failure, cause: Option<Cause>) -> Self {
        let mut beneath = Vec::new();
        let mut next = std::error::Error::source(failure);
        while let Some(error) = next {
            beneath.push(error.to_string());
            next = error.source();
        }
        Self { stage, what: failure.to_string(), beneath, cause, by_hand: false, kind: Some(failure.kind) }
    }

    /// At something that no request says.
    fn because(stage: Stage, what: impl Into<String>, cause: Cause) -> Self {
        let what = what.into();
        Self { stage, what, beneath: Vec::new(), cause: Some(cause), by_hand: false, kind: None }
    }
}
