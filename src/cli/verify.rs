//! `verify`: whether the servers are as the spec says, and whether people's tokens carry what it promises; or, for one
//! person, where a real login ends.

use std::path::PathBuf;

use clap::Args;

use super::exit::Exit;
use super::realm::{choose, site};
use super::session::{Session, told, understand};
use super::stop::Stop;
use super::terminal::Terminal;
use super::{Common, by_hand};
use crate::access::promise::promises;
use crate::http::Reader;
use crate::http::failure::{Failure, Kind};
use crate::keycloak::client::{Credential, credential};
use crate::model::address::{Address, Ids, KeycloakKind};
use crate::pipeline::{Planned, Spec};
use crate::report::{text, tokens as report, trial as stages, trouble};
use crate::resolve::site::Realm;
use crate::secret::{Secret, SecretRef, Secrets};
use crate::spec::grant::DEFAULT_DOMAIN;
use crate::tokens::{self, claim, clients};
use crate::trial::{Outcome, Trial};

/// Check whether all is as the spec says, and whether tokens carry what it promises; change nothing
///
/// Shows what `plan` would show; then, for each person whose grants the spec declares, whether an access token carries
/// them in the shape that Keystone reads (Keycloak makes an example of it; nobody logs in). Exits with 0 when all is as
/// the spec says, and with 2 when something is not.
///
/// With --login it tries one person's login instead, stage by stage as the `openstack` client does it, and stops at the
/// first that fails: discovery, token, claim, Apache, Keystone, scope. Tokens are given back afterwards.
#[derive(Args)]
pub(super) struct Verify {
    /// Compare secrets that the spec gives with those that the servers show, where they show them
    #[arg(long, conflicts_with = "login")]
    compare_secrets: bool,

    /// Print what no API can set (Apache, keystone.conf) for this spec, to be copied or compared
    #[arg(long)]
    by_hand: bool,

    /// The Keycloak client that people log in through [default: the declared one whose tokens carry grants]
    #[arg(long)]
    client: Option<String>,

    /// Try the login of this person
    #[arg(long, value_name = "USERNAME")]
    login: Option<String>,

    #[command(flatten)]
    attempt: Attempt,
}

/// How a login is tried.
#[derive(Args)]
#[command(next_help_heading = "Options of --login")]
struct Attempt {
    /// The environment variable that holds the person's password [default: ask on the terminal]
    #[arg(long, requires = "login", value_name = "NAME", conflicts_with = "password_file")]
    password_env: Option<String>,

    /// The file that holds the person's password
    #[arg(long, requires = "login", value_name = "FILE")]
    password_file: Option<PathBuf>,

    /// The Realm document that the person belongs to, where the spec does not tell
    #[arg(long, requires = "login")]
    realm: Option<String>,

    /// The environment variable that holds the client's secret, as the person has it [default: ask Keycloak for it]
    #[arg(long, requires = "login", value_name = "NAME")]
    client_secret_env: Option<String>,

    /// The project to work in [default: the first that the person is promised]
    #[arg(long, requires = "login")]
    project: Option<String>,

    /// The name of the project's domain
    #[arg(long, requires = "project", default_value = DEFAULT_DOMAIN)]
    domain: String,
}

impl Verify {
    pub(super) async fn run(&self, common: &Common, terminal: &Terminal) -> Result<Exit, Exit> {
        match &self.login {
            Some(username) => self.try_login(username, common, terminal).await,
            None => self.compare(common, terminal).await,
        }
    }

    /// The servers and the tokens against the spec.
    async fn compare(&self, common: &Common, terminal: &Terminal) -> Result<Exit, Exit> {
        let mut session = Session::for_reading(common, terminal)?;
        if self.compare_secrets {
            session.reveal(terminal)?;
        }
        let stop = Stop::listen(common.timeout, terminal)?;
        let planned = stop.or(terminal.watch("reading the servers", session.look()), terminal).await?;
        let Planned { plan, ids, warnings, .. } = planned.map_err(|trouble| told(&trouble, terminal))?;
        terminal.data(&text::plan(&plan, &session.header));
        terminal.error(&warnings.iter().map(trouble::warning).collect::<String>());
        let look = tokens::look(&session.spec.resolved, self.client.as_deref(), &ids, &session.servers);
        let checks = stop.or(terminal.watch("looking at tokens", look), terminal).await?;
        let checks = checks.map_err(|troubles| {
            let exits: Vec<Exit> = troubles.iter().map(|trouble| told(trouble, terminal)).collect();
            exits.into_iter().find(|exit| *exit == Exit::Unknown).unwrap_or(Exit::Error)
        })?;
        terminal.data(&checks.iter().map(report::check).collect::<String>());
        terminal.data(&report::summary_of(&checks));
        if self.by_hand {
            let shown = by_hand::of_servers(&session.spec.resolved, &session.client);
            terminal.data(&stop.or(shown, terminal).await?.map_err(|failure| refused(&failure, terminal))?);
        }
        let well = plan.is_empty() && plan.drift().is_empty() && checks.iter().all(|check| check.wrong() == 0);
        Ok(if well { Exit::Done } else { Exit::Pending })
    }

    /// One person's login.
    async fn try_login(&self, username: &str, common: &Common, terminal: &Terminal) -> Result<Exit, Exit> {
        let Attempt { realm, client_secret_env, project, domain, .. } = &self.attempt;
        let spec = understand(common, terminal)?;
        let realm = choose(&spec, realm.as_deref().or_else(|| home(&spec, username)), terminal)?;
        let site = site(&spec, &realm)?;
        let client_id = match &self.client {
            Some(client) => client.clone(),
            None => clients(&spec.resolved, site).remove(0),
        };
        let secret = client_secret_env.as_ref().map(|name| SecretRef::Env(name.clone()));
        // Who brings the client's secret need not be able to look at Keycloak.
        let client = Address::keycloak(&realm, KeycloakKind::Client, [client_id.as_str()]);
        let needed = [client].into_iter().filter(|_| secret.is_none()).collect::<Vec<_>>();
        let session = Session::begin(spec, needed.iter(), common, terminal)?;
        let site = site_of(&session, &realm)?;
        let stop = Stop::listen(common.timeout, terminal)?;
        let password = self.attempt.password(username, &session.secrets, &stop, terminal).await?;
        let reader = session.servers.realms.get(&realm).map(crate::http::Readers::begin);
        let client_secret = match (&secret, &reader) {
            (Some(reference), _) => Some(read(&session.secrets, reference, terminal)?),
            (None, Some(reader)) => stop.or(shown_secret(reader, site, &client_id, terminal), terminal).await??,
            (None, None) => None,
        };
        let promises = promises(&session.spec.resolved);
        let person = Address::keycloak(&realm, KeycloakKind::User, [username.to_lowercase().as_str()]);
        let trial = Trial {
            http: &session.client,
            environment: &session.spec.resolved.environment,
            site,
            username,
            password: &password,
            client_id: &client_id,
            client_secret: client_secret.as_ref(),
            claim: &claim(&session.spec.resolved, site, &client_id),
            promise: promises.get(&person),
            project: project.as_deref().map(|project| (domain.as_str(), project)),
            ids: &Ids::new(),
            reader: reader.as_ref(),
        };
        terminal.data(&format!("Login of {username} in realm {realm}, through client {client_id}:\n"));
        // It is not dropped half-way: what it got must be given back.
        let outcome = terminal.watch("trying the login", trial.run()).await;
        terminal.data(&stages::stages(&outcome));
        terminal.errors(&outcome.kept, trouble::failure);
        if self.by_hand || outcome.stopped.as_ref().is_some_and(|stopped| stopped.by_hand) {
            let shown = by_hand::of_servers(&session.spec.resolved, &session.client);
            let shown = stop.or(shown, terminal).await?.map_err(|failure| refused(&failure, terminal))?;
            terminal.data(&format!("\n{shown}"));
        }
        Ok(stop.exit(ending(&outcome)).unwrap_or_else(|| ending(&outcome)))
    }
}

impl Attempt {
    /// The person's password: from where the command line says, else asked for.
    async fn password(
        &self,
        username: &str,
        secrets: &Secrets,
        stop: &Stop,
        terminal: &Terminal,
    ) -> Result<Secret, Exit> {
        let given = match (&self.password_env, &self.password_file) {
            (Some(name), _) => Some(SecretRef::Env(name.clone())),
            (None, Some(path)) => Some(SecretRef::File(path.clone())),
            (None, None) => None,
        };
        if let Some(reference) = given {
            return read(secrets, &reference, terminal);
        }
        if !Terminal::can_ask() {
            let message = format!("the password of {username} is needed, and there is no terminal to ask on");
            let hint = Some("give it with --password-env NAME or --password-file FILE");
            terminal.error(&trouble::error(&message, None, &[], hint));
            return Err(Exit::NoTerminal);
        }
        let password = stop.or(terminal.asks_secretly(format!("Keycloak password of {username}: ")), terminal).await?;
        password.filter(|password| !password.expose().is_empty()).ok_or_else(|| {
            terminal.error(&trouble::error("no password was given", None, &[], None));
            Exit::Usage
        })
    }
}

/// The realm that the spec declares the person in, if it is just one.
fn home<'a>(spec: &'a Spec, username: &str) -> Option<&'a str> {
    let resolved = &spec.resolved;
    let name = username.to_lowercase();
    let declares = |site: &&Realm| {
        let person = Address::keycloak(&site.realm, KeycloakKind::User, [name.as_str()]);
        resolved.users.iter().any(|declared| declared.address == person)
    };
    let mut homes = resolved.realms.iter().filter(declares);
    homes.next().filter(|_| homes.next().is_none()).map(|site| site.name.as_str())
}

fn site_of<'a>(session: &'a Session, realm: &str) -> Result<&'a Realm, Exit> {
    site(&session.spec, realm)
}

fn read(secrets: &Secrets, reference: &SecretRef, terminal: &Terminal) -> Result<Secret, Exit> {
    secrets.read(reference).map_err(|error| {
        terminal.error(&trouble::error(&error.to_string(), None, &trouble::causes(&error), None));
        Exit::Usage
    })
}

/// The client's secret, as Keycloak shows it; nothing for a public client.
async fn shown_secret(
    reader: &Reader,
    site: &Realm,
    client_id: &str,
    terminal: &Terminal,
) -> Result<Option<Secret>, Exit> {
    let known = credential(reader, &site.realm, client_id).await.map_err(|failure| refused(&failure, terminal))?;
    let missing = |message: &str, hint: &str| {
        let address = Address::keycloak(&site.realm, KeycloakKind::Client, [client_id]);
        terminal.error(&trouble::error(&format!("{address}: {message}"), None, &[], Some(hint)));
        Err(Exit::Error)
    };
    match known {
        Credential::Secret(secret) => Ok(Some(secret)),
        Credential::Public => Ok(None),
        Credential::Hidden => missing(
            "hides its secret from the tool's account",
            "that account needs the role `view-clients`; or give the secret with --client-secret-env NAME",
        ),
        Credential::NoClient => {
            missing("does not exist", "apply the spec that declares it first, or name another one with --client")
        }
    }
}

fn refused(failure: &Failure, terminal: &Terminal) -> Exit {
    terminal.complain(trouble::failure(failure));
    Exit::of([failure])
}

/// How the command ends after a login that was tried.
fn ending(outcome: &Outcome) -> Exit {
    match &outcome.stopped {
        None => Exit::Done,
        Some(stopped) => match stopped.kind {
            Some(Kind::Unreachable | Kind::Untrusted | Kind::Interrupted | Kind::Busy) => Exit::Unknown,
            _ => Exit::Error,
        },
    }
}
