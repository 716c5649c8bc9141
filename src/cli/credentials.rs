//! `credentials`: the application credentials of a spec, listed, renewed now, or taken away now.

use std::collections::BTreeSet;

use clap::{Args, Subcommand};

use super::Common;
use super::apply::Apply;
use super::exit::Exit;
use super::format::Format;
use super::session::{Session, told, understand};
use super::stop::Stop;
use super::terminal::Terminal;
use crate::model::address::{Address, KeystoneKind};
use crate::pipeline::{self, Spec, register};
use crate::report::complaint::{Complaint, Sort};
use crate::report::credentials::{for_programs, text};
use crate::spec::Presence;
use crate::spec::grant::DEFAULT_DOMAIN;

/// List, renew or revoke the application credentials of a spec
#[derive(Subcommand)]
pub(super) enum Credentials {
    List(List),
    Rotate(Rotate),
    Revoke(Revoke),
}

/// Show every generation: owner, project, roles, age, end, where it is delivered to, and what it is good for
#[derive(Args)]
pub(super) struct List {
    /// For whom it is printed
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
}

/// Make a new generation now, deliver and prove it; the old one goes after its overlap
///
/// Of a client of Keycloak whose secret is delivered, the server makes a new one.
#[derive(Args)]
pub(super) struct Rotate {
    /// The names of `ApplicationCredential` documents, and client ids
    #[arg(required = true, value_name = "NAME")]
    names: Vec<String>,

    /// Do not ask before writing
    #[arg(long)]
    auto_approve: bool,
}

/// Delete all generations now: what works with them stops
///
/// The spec still declares them: say `ensure: absent` there, too, or the next apply makes new ones.
#[derive(Args)]
pub(super) struct Revoke {
    /// The names of the `ApplicationCredential` documents
    #[arg(required_unless_present = "user", value_name = "NAME")]
    names: Vec<String>,

    /// Delete all application credentials of this user, whoever made them
    #[arg(long, value_name = "USERNAME", conflicts_with = "names")]
    user: Option<String>,

    /// The Realm document that the user is in; a user of Keystone's own if absent
    #[arg(long, value_name = "NAME", requires = "user")]
    realm: Option<String>,

    /// The name of the domain of a user of Keystone's own
    #[arg(long, value_name = "NAME", default_value = DEFAULT_DOMAIN)]
    domain: String,

    /// Do not ask before writing
    #[arg(long)]
    auto_approve: bool,
}

impl Credentials {
    pub(super) async fn run(&self, common: &Common, terminal: &Terminal) -> Result<Exit, Exit> {
        match self {
            Self::List(list) => list.run(common, terminal).await,
            Self::Rotate(rotate) => rotate.run(common, terminal).await,
            Self::Revoke(revoke) => revoke.run(common, terminal).await,
        }
    }
}

impl List {
    async fn run(&self, common: &Common, terminal: &Terminal) -> Result<Exit, Exit> {
        let spec = understand(common, terminal)?.of_secrets(|_| true);
        let session = Session::for_all_of(spec, &[], common, terminal)?;
        let stop = Stop::listen(common.timeout, terminal)?;
        let look = register(&session.spec, &session.servers, &session.occasion);
        let entries = stop.or(terminal.watch("reading the servers", look), terminal).await?;
        let entries = entries.map_err(|trouble| told(&trouble, terminal))?;
        terminal.data(&match self.format {
            Format::Text => text(&entries, session.occasion.now),
            Format::Json => for_programs(&entries),
        });
        Ok(Exit::Done)
    }
}

impl Rotate {
    async fn run(&self, common: &Common, terminal: &Terminal) -> Result<Exit, Exit> {
        let spec = understand(common, terminal)?;
        let credentials = spec.resolved.application_credentials.iter().map(|declared| &declared.address);
        let clients = spec.resolved.client_secrets.iter().map(|declared| &declared.address);
        let declared: Vec<Address> = credentials.chain(clients).cloned().collect();
        let meant = named("ApplicationCredential document or client", &self.names, &declared, terminal)?;
        if let Some(given) = meant.iter().find(|address| pipeline::is_given(&spec, address)) {
            let message = format!("{given}: the spec says what it is");
            let hint = "change it where the spec refers to, and run `apply`";
            terminal.complain(Complaint::new(Sort::Usage, message).hint(hint));
            return Err(Exit::Usage);
        }
        let spec = spec.of_secrets(|address| meant.contains(address));
        let mut session = Session::for_all_of(spec, &[], common, terminal)?;
        session.occasion.forced = meant;
        Apply::go_on(&session, self.auto_approve, common, terminal).await
    }
}

impl Revoke {
    async fn run(&self, common: &Common, terminal: &Terminal) -> Result<Exit, Exit> {
        let spec = understand(common, terminal)?;
        let Some(user) = &self.user else {
            let declared = spec.resolved.application_credentials.iter().map(|declared| declared.address.clone());
            let meant = named("ApplicationCredential document", &self.names, &declared.collect::<Vec<_>>(), terminal)?;
            let mut spec = spec.of_secrets(|address| meant.contains(address));
            for declared in &mut spec.resolved.application_credentials {
                declared.value.ensure = Presence::Absent;
            }
            let session = Session::for_all_of(spec, &[], common, terminal)?;
            return Apply::go_on(&session, self.auto_approve, common, terminal).await;
        };
        let owner = self.owner(user, &spec, terminal)?;
        let Some(any) = Address::application_credential(&owner, "any") else { return Err(Exit::Usage) };
        let spec = spec.of_secrets(|_| false).and_whatever_is_at(&any);
        let mut session = Session::for_all_of(spec, &[], common, terminal)?;
        session.occasion.revoked.insert(owner);
        Apply::go_on(&session, self.auto_approve, common, terminal).await
    }

    /// Whose credentials go.
    fn owner(&self, user: &str, spec: &Spec, terminal: &Terminal) -> Result<Address, Exit> {
        let Some(realm) = &self.realm else {
            return Ok(Address::keystone(KeystoneKind::User, [self.domain.as_str(), user]));
        };
        let Some(site) = spec.resolved.realms.iter().find(|site| site.name == *realm) else {
            let known: Vec<&str> = spec.resolved.realms.iter().map(|site| site.name.as_str()).collect();
            return Err(unknown("Realm document", realm, &known, terminal));
        };
        Ok(site.person(user))
    }
}

/// Those of the `declared` things that have these names.
fn named(kind: &str, names: &[String], declared: &[Address], terminal: &Terminal) -> Result<BTreeSet<Address>, Exit> {
    let known: Vec<&str> = declared.iter().map(Address::name).collect();
    if let Some(stranger) = names.iter().find(|name| !known.contains(&name.as_str())) {
        return Err(unknown(kind, stranger, &known, terminal));
    }
    let meant = |address: &&Address| names.iter().any(|name| name == address.name());
    Ok(declared.iter().filter(meant).cloned().collect())
}

fn unknown(kind: &str, name: &str, known: &[&str], terminal: &Terminal) -> Exit {
    let message = format!("there is no {kind} named `{name}`");
    let hint = match known {
        [] => "the spec has none".to_owned(),
        known => format!("the spec has {}", known.join(", ")),
    };
    terminal.complain(Complaint::new(Sort::Usage, message).hint(hint));
    Exit::Usage
}
