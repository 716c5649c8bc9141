//! What commands begin with: the spec understood, and a login to each server that it speaks of.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;
use clap::builder::PossibleValuesParser;
use jiff::{Timestamp, Unit};
use reqwest::Client;
use url::Url;

use super::exit::Exit;
use super::login::{self, LoginError};
use super::terminal::Terminal;
use super::{Common, transport, variable};
use crate::diagnostic::Diagnostics;
use crate::execute::Writers;
use crate::http::{Login, login as log_in};
use crate::keycloak;
use crate::keycloak::session::Credentials;
use crate::keystone;
use crate::model::address::Address;
use crate::model::wanted::{Ensure, Mode, Wanted};
use crate::observe::{Door, Servers, can_be_named};
use crate::pipeline::{self, Planned, Spec, Trouble};
use crate::plan::guard::{self, Policy};
use crate::report::complaint::{Complaint, Sort};
use crate::report::header::{Header, Server};
use crate::report::json::Place;
use crate::report::trouble;
use crate::resolve::site::{Environment, Realm};
use crate::rotation::Occasion;
use crate::secret::Secrets;
use crate::sink::issued::Places;
use crate::spec::{self, load};

/// The spec that the command line names. Warnings and errors are shown.
///
/// # Errors
/// The ending, when it makes no sense.
pub(super) fn understand(common: &Common, terminal: &Terminal) -> Result<Spec, Exit> {
    if common.files.is_empty() {
        let hint = "name a file or directory with -f PATH, or - for standard input";
        terminal.complain(Complaint::new(Sort::Usage, "no spec is given").hint(hint));
        return Err(Exit::Usage);
    }
    let mut diagnostics = Diagnostics::new();
    let loaded = load::read(&common.files, std::io::stdin(), &spec::KINDS, &mut diagnostics);
    let understood = pipeline::understand(loaded, common.environment.as_deref(), &mut diagnostics);
    let understood = understood.filter(|_| !diagnostics.has_errors());
    terminal.diagnose(diagnostics);
    understood.ok_or(Exit::Usage)
}

/// What may be done although a guard speaks against it.
#[derive(Args, Default)]
pub(super) struct Allowance {
    /// Allow what a guard refuses, by the guard's code; can be repeated
    #[arg(long = "allow", value_name = "CODE", value_parser = PossibleValuesParser::new(guard::ALLOWABLE))]
    codes: Vec<String>,
}

/// A spec, and the logins to the servers that it speaks of.
pub(super) struct Session {
    pub(super) spec: Spec,
    pub(super) servers: Servers,
    pub(super) writers: Writers,
    pub(super) header: Header,
    /// What plans are measured by.
    pub(super) policy: Policy,
    pub(super) secrets: Secrets,
    pub(super) client: Client,
    /// When it is, and what programs are told of Keystone.
    pub(super) occasion: Occasion,
}

impl Session {
    /// Logs in to every server that the spec speaks of.
    ///
    /// # Errors
    /// The ending, when the spec makes no sense or an account is not known.
    pub(super) fn for_plan(allowance: &Allowance, common: &Common, terminal: &Terminal) -> Result<Self, Exit> {
        Self::for_all_of(understand(common, terminal)?, &allowance.codes, common, terminal)
    }

    /// Logs in to every server that the spec speaks of; nothing is allowed that a guard would refuse.
    ///
    /// # Errors
    /// The ending, when the spec makes no sense or an account is not known.
    pub(super) fn for_reading(common: &Common, terminal: &Terminal) -> Result<Self, Exit> {
        Self::for_all_of(understand(common, terminal)?, &[], common, terminal)
    }

    /// Logs in to every server that `spec` speaks of, with what is `allowed` that a guard would refuse.
    ///
    /// # Errors
    /// The ending, when an account is not known.
    pub(super) fn for_all_of(
        spec: Spec,
        allowed: &[String],
        common: &Common,
        terminal: &Terminal,
    ) -> Result<Self, Exit> {
        // What is swept is not in the spec, and may be all that there is on its server.
        let swept = spec.wanted.iter().flat_map(|wanted| &wanted.sweeps).map(|sweep| Address::realm(&sweep.realm));
        // Where a project or a role goes, or gets another name, grants of people of any realm may name it.
        let goes = |wanted: &Wanted| {
            can_be_named(&wanted.address) && wanted.ensure == Ensure::Absent && wanted.mode == Mode::Manage
        };
        let renamed = spec.resolved.renames.iter().any(|rename| can_be_named(&rename.address));
        let goes = renamed || spec.wanted.iter().any(goes);
        let asks = goes && !allowed.iter().any(|code| code == guard::LEAVES_GRANTS);
        let realms = spec.resolved.realms.iter().filter(|_| asks).map(|site| Address::realm(&site.realm));
        let needed = spec.wanted.iter().map(|wanted| wanted.address.clone()).chain(swept).chain(realms);
        let needed: Vec<Address> = needed.collect();
        let mut session = Self::begin(spec, needed.iter(), common, terminal)?;
        session.policy.allowed.extend(allowed.iter().cloned());
        Ok(session)
    }

    /// What there is, and what would have to happen.
    pub(super) async fn look(&self) -> Result<Planned, Trouble> {
        pipeline::look(&self.spec, &self.servers, &self.policy, &self.occasion).await
    }

    /// Reads the secrets that are compared with those that the servers show.
    ///
    /// # Errors
    /// The ending, when one of them cannot be read.
    pub(super) fn reveal(&mut self, terminal: &Terminal) -> Result<(), Exit> {
        let unread = pipeline::reveal(&mut self.spec.wanted, &self.secrets);
        terminal.errors(&unread, |(source, error)| Complaint {
            source: source.as_ref().map(Place::of),
            causes: trouble::causes(error),
            ..Complaint::new(Sort::Login, error.to_string())
        });
        if unread.is_empty() { Ok(()) } else { Err(Exit::Usage) }
    }

    /// Logs in to the servers that `needed` objects live on. All that is missing is shown at once.
    ///
    /// # Errors
    /// The ending, when an account or a CA is not known.
    pub(super) fn begin<'a>(
        spec: Spec,
        needed: impl Iterator<Item = &'a Address>,
        common: &Common,
        terminal: &Terminal,
    ) -> Result<Self, Exit> {
        let secrets = Secrets::new(variable).with_commands(common.allow_commands);
        let on_servers = needed.filter(|address| !matches!(address, Address::Sink { .. }));
        let needed: BTreeSet<Option<&str>> = on_servers.map(server).collect();
        let client =
            transport::client(&spec.resolved.environment, &secrets, common.request_timeout).map_err(|error| {
                terminal.complain(worded(&error.into()));
                Exit::Usage
            })?;
        let environment = &spec.resolved.environment;
        let door = Door { client: client.clone(), keystone: environment.keystone.clone() };
        let occasion = Occasion {
            now: Timestamp::now().round(Unit::Second).unwrap_or_else(|_| Timestamp::now()),
            auth_url: environment.keystone.as_str().trim_end_matches('/').to_owned(),
            ca_file: ca_file(environment),
            forced: BTreeSet::new(),
            revoked: BTreeSet::new(),
        };
        let places = Places::of(&spec.resolved, &occasion.auth_url, common.allow_commands);
        let mut session = Self {
            occasion,
            servers: Servers { door: Some(door), places: Arc::new(places), ..Servers::default() },
            writers: Writers::default(),
            header: Header { environment: spec.resolved.environment.name.clone(), servers: Vec::new() },
            policy: Policy::default(),
            secrets,
            client,
            spec,
        };
        let mut errors = Vec::new();
        let mut logins = Logins::new();
        let parallelism = usize::from(common.parallelism);
        for index in 0..session.spec.resolved.realms.len() {
            if needed.contains(&Some(session.spec.resolved.realms[index].realm.as_str())) {
                errors.extend(session.realm(index, parallelism, &mut logins).err());
            }
        }
        if needed.contains(&None) {
            errors.extend(session.keystone(parallelism).err());
        }
        terminal.errors(&errors, worded);
        if errors.is_empty() { Ok(session) } else { Err(Exit::Usage) }
    }

    /// Logs in to the Keycloak of a realm; once to each server with each account, however many realms there are.
    fn realm(&mut self, index: usize, parallelism: usize, logins: &mut Logins) -> Result<(), LoginError> {
        let site: &Realm = &self.spec.resolved.realms[index];
        let credentials = login::keycloak(site, &self.secrets)?;
        let (realm, url) = (Some(site.realm.clone()), site.keycloak.clone());
        let account = credentials.account().to_owned();
        self.header.servers.push(Server { realm, url, account });
        let own = credentials.own();
        self.policy.own.extend(own.iter().cloned());
        self.writers.accounts.insert(site.realm.clone(), own.into_iter().collect());
        let same = |(url, known, _): &&(Url, Credentials, Login)| (url, known) == (&site.keycloak, &credentials);
        let known = logins.iter().find(same).map(|(_, _, login)| login.clone());
        let login = known.unwrap_or_else(|| {
            let (client, url) = (self.client.clone(), site.keycloak.clone());
            let login = log_in(keycloak::session::access(client, url.clone(), credentials.clone(), parallelism));
            logins.push((url, credentials, login.clone()));
            login
        });
        self.servers.realms.insert(site.realm.clone(), login.readers);
        self.writers.realms.insert(site.realm.clone(), login.writer);
        Ok(())
    }

    fn keystone(&mut self, parallelism: usize) -> Result<(), LoginError> {
        let environment = &self.spec.resolved.environment;
        let credentials = login::keystone(environment, &self.secrets)?;
        let (url, account) = (environment.keystone.clone(), credentials.account());
        self.header.servers.push(Server { realm: None, url, account });
        self.policy.own.extend(credentials.own());
        self.policy.own_ids.extend(credentials.own_ids());
        let access =
            keystone::session::access(self.client.clone(), environment.keystone.clone(), credentials, parallelism);
        let login = log_in(access);
        self.servers.keystone = Some(login.readers);
        self.writers.keystone = Some(login.writer);
        Ok(())
    }
}

/// The logins to Keycloak so far: where, as whom.
type Logins = Vec<(Url, Credentials, Login)>;

/// The realm that an object lives in; nothing for Keystone.
fn server(address: &Address) -> Option<&str> {
    match address {
        Address::Keycloak { realm, .. } => Some(realm),
        Address::Keystone { .. } | Address::Sink { .. } => None,
    }
}

/// The CA bundle that those are told of who are given access, as a path from anywhere.
pub(super) fn ca_file(environment: &Environment) -> Option<String> {
    let absolute = |path: &PathBuf| std::path::absolute(path).unwrap_or_else(|_| path.clone()).display().to_string();
    environment.ca_file.as_ref().map(absolute).or_else(|| variable("OS_CACERT"))
}

fn worded(error: &LoginError) -> Complaint {
    Complaint {
        source: error.source_in_spec().map(Place::of),
        causes: trouble::causes(error),
        hint: error.hint().map(str::to_owned),
        ..Complaint::new(Sort::Login, error.to_string())
    }
}

/// Shows why there is no plan; the ending that it means.
pub(super) fn told(trouble: &Trouble, terminal: &Terminal) -> Exit {
    match trouble {
        Trouble::Failures(failures) => {
            terminal.errors(failures, trouble::failure);
            Exit::of(failures)
        }
        Trouble::Problems(problems) => {
            terminal.errors(problems, trouble::problem);
            Exit::Error
        }
        Trouble::Stale => {
            let message = "the plan is stale: something that it relies on has changed; nothing was written";
            terminal.complain(Complaint::new(Sort::Stale, message).hint("run the command again to see the new plan"));
            Exit::Stale
        }
    }
}
