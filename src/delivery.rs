//! Looks up all that a person needs to log in with the `openstack` client: from the spec, Keycloak and Keystone.

use reqwest::Client;

use crate::backend::whatever_is_at;
use crate::http::failure::Failure;
use crate::keycloak::client::{Credential, credential};
use crate::keycloak::session::discover;
use crate::model::address::{Address, KeycloakKind};
use crate::observe::{Servers, observe};
use crate::pipeline::Trouble;
use crate::resolve::site::{Environment, Realm};
use crate::resource::Problem;
use crate::secret::Secret;
use crate::sink::Delivery;

/// Who wants access to what.
pub struct Request<'a> {
    /// The cloud.
    pub environment: &'a Environment,
    /// The person's realm.
    pub realm: &'a Realm,
    /// The person's username.
    pub username: &'a str,
    /// The name of the project's domain.
    pub domain: &'a str,
    /// The project's name.
    pub project: &'a str,
    /// The Keycloak client to log in through.
    pub client_id: &'a str,
}

impl Request<'_> {
    /// The project's address.
    #[must_use]
    pub fn project(&self) -> Address {
        Address::project(self.domain, self.project)
    }

    /// The person's address.
    #[must_use]
    pub fn user(&self) -> Address {
        self.in_keycloak(KeycloakKind::User, &self.username.to_lowercase())
    }

    fn in_keycloak(&self, kind: KeycloakKind, name: &str) -> Address {
        Address::keycloak(&self.realm.realm, kind, [name])
    }

    /// Looks up ids, secret and addresses.
    ///
    /// # Errors
    /// Everything that is missing or could not be seen, at once.
    pub async fn gather(&self, servers: &Servers, client: &Client) -> Result<Delivery, Vec<Trouble>> {
        let (discovery, secret, project_id) = futures::join!(
            discover(client, &self.realm.keycloak, &self.realm.realm),
            self.client_secret(servers),
            self.project_id(servers),
        );
        let discovery = discovery.map_err(|failure| vec![failed(failure)]);
        match (discovery, secret, project_id) {
            (Ok(discovery_endpoint), Ok(client_secret), Ok(project_id)) => Ok(Delivery {
                auth_url: self.environment.keystone.clone(),
                identity_provider: self.realm.identity_provider.clone(),
                protocol: self.realm.protocol.clone(),
                client_id: self.client_id.to_owned(),
                client_secret,
                discovery_endpoint,
                username: self.username.to_owned(),
                project_id,
                project_name: format!("{}/{}", self.domain, self.project),
                ca_file: None,
                proxies: Vec::new(),
            }),
            (discovery, secret, project) => {
                let troubles = [discovery.err(), secret.err(), project.err()];
                Err(troubles.into_iter().flatten().flatten().collect())
            }
        }
    }

    async fn client_secret(&self, servers: &Servers) -> Result<Option<Secret>, Vec<Trouble>> {
        let address = self.in_keycloak(KeycloakKind::Client, self.client_id);
        let missing = |message: &str, hint: &str| Err(vec![problem(&address, message, hint)]);
        let Some(readers) = servers.realms.get(&self.realm.realm) else {
            return missing("is in a realm that the tool has not logged in to", "name a realm of the spec");
        };
        match credential(&readers.begin(), &self.realm.realm, self.client_id).await {
            Ok(Credential::Secret(secret)) => Ok(Some(secret)),
            Ok(Credential::Public) => Ok(None),
            Ok(Credential::Hidden) => {
                missing("hides its secret from the tool's account", "that account needs the role `manage-clients`")
            }
            Ok(Credential::NoClient) => {
                missing("does not exist", "apply the spec that declares it first, or name another one with --client")
            }
            Err(failure) => Err(vec![failed(failure.about(&address))]),
        }
    }

    /// The project's id; the person must be there too.
    async fn project_id(&self, servers: &Servers) -> Result<String, Vec<Trouble>> {
        let (project, user) = (self.project(), self.user());
        let found = observe(&[whatever_is_at(&project), whatever_is_at(&user)], &servers.begin()).await;
        let found = found.map_err(|failures| vec![Trouble::Failures(failures)])?;
        let id = found.live.get(&project).and_then(|live| live.id.clone());
        let hint = "apply the spec that declares it first, or correct the name";
        let missing = |address: &Address| problem(address, "does not exist", hint);
        match (id, found.live.contains_key(&user)) {
            (Some(id), true) => Ok(id),
            (Some(_), false) => Err(vec![missing(&user)]),
            (None, true) => Err(vec![missing(&project)]),
            (None, false) => Err(vec![missing(&project), missing(&user)]),
        }
    }
}

fn failed(failure: Failure) -> Trouble {
    Trouble::Failures(vec![failure])
}

fn problem(address: &Address, message: &str, hint: &str) -> Trouble {
    let (message, hint) = (message.to_owned(), Some(hint.to_owned()));
    Trouble::Problems(vec![Problem { address: address.clone(), source: None, message, hint }])
}
