//! The owners of the application credentials that a plan makes, logged in: nobody else can make them.

use std::collections::BTreeMap;

use super::exit::Exit;
use super::session::Session;
use super::terminal::Terminal;
use crate::http::{Login, login as log_in};
use crate::keystone;
use crate::keystone::session::{Credentials, Domain, Named};
use crate::model::address::Address;
use crate::model::declared::Declared;
use crate::model::step::Action;
use crate::owner::Person;
use crate::plan::Plan;
use crate::report::complaint::{Complaint, Sort};
use crate::report::json::Place;
use crate::report::trouble;
use crate::resolve::application_credential::{Credential, Owner};
use crate::rotation::declares;
use crate::secret::{Secret, SecretError};

/// The owner of each credential that is to be made, by the address of what declares it. The passwords are read now: what
/// cannot be read is found before anything is written.
///
/// # Errors
/// The ending, when one of them cannot be read.
pub(super) fn of(
    plan: &Plan,
    session: &Session,
    parallelism: usize,
    terminal: &Terminal,
) -> Result<BTreeMap<Address, Login>, Exit> {
    let made = |declared: &&Declared<Credential>| {
        let steps = plan.steps().iter().filter(|step| step.action == Action::Create);
        steps.into_iter().any(|step| declares(&declared.address, &step.address))
    };
    let mut logins = BTreeMap::new();
    let mut unread = Vec::new();
    for declared in session.spec.resolved.application_credentials.iter().filter(made) {
        match session.secrets.read(&declared.value.owner.password) {
            Ok(password) => {
                let login = login(&declared.value, password, session, parallelism);
                logins.extend(login.map(|login| (declared.address.clone(), login)));
            }
            Err(error) => unread.push((declared, error)),
        }
    }
    terminal.errors(&unread, |(declared, error): &(&Declared<Credential>, SecretError)| Complaint {
        source: Some(Place::of(&declared.at.field("owner").field("password").source())),
        causes: trouble::causes(error),
        ..Complaint::new(Sort::Login, format!("{}: {error}", declared.address))
    });
    if unread.is_empty() { Ok(logins) } else { Err(Exit::Usage) }
}

fn login(credential: &Credential, password: Secret, session: &Session, parallelism: usize) -> Option<Login> {
    let Owner { address, username, door, .. } = &credential.owner;
    let (client, keystone) = (session.client.clone(), session.spec.resolved.environment.keystone.clone());
    let named = |address: &Address| {
        let [domain, name] = address.names() else { return None };
        Some(Named::Name { name: name.clone(), domain: Domain::Name(domain.clone()) })
    };
    let Some(door) = door else {
        let (user, project) = (named(address)?, named(&credential.project)?);
        let credentials = Credentials::Password { user, password, project };
        return Some(log_in(keystone::session::access(client, keystone, credentials, parallelism)));
    };
    let site = session.spec.resolved.realms.iter().find(|site| site.name == door.realm)?;
    let person = Person {
        keycloak: site.keycloak.clone(),
        realm: site.realm.clone(),
        readers: session.servers.realms.get(&site.realm)?.clone(),
        client_id: door.client_id.clone(),
        username: username.clone(),
        password,
        door: [site.identity_provider.clone(), site.protocol.clone()],
        project: credential.project.clone(),
    };
    Some(log_in(keystone::session::access(client, keystone, person, parallelism)))
}
