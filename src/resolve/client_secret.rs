//! What a client's secret means: where it is delivered to, and when the server makes a new one.

use std::path::Path;
use std::time::Duration;

use super::Resolved;
use super::sink::{Client, Login, Sink, sinks};
use super::site::Realm;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::model::address::{Address, KeycloakKind};
use crate::model::declared::{At, Declared};
use crate::spec::client::Client as Declaration;
use crate::spec::client_secret::{ClientSecret as Words, Rotation};
use crate::spec::{Ensure, Mode};

/// The secret of a client, as far as more is done with it than to set it. At its own address.
#[derive(Clone)]
pub struct ClientSecret {
    /// The client.
    pub client: Address,
    /// How old it may get, if that is said.
    pub every: Option<Duration>,
    /// Where it is delivered to.
    pub sinks: Vec<Declared<Sink>>,
}

/// The same secret, its references followed from anywhere.
pub(super) fn anchored(secret: Words, directory: &Path) -> Words {
    let file = secret.file.map(|path| directory.join(path));
    let command = secret.command.map(|argv| argv.anchored(directory));
    Words { file, command, ..secret }
}

/// Checks the secret of a client, and adds what is done with it to `resolved`.
pub(super) fn declare(
    client: &Declaration,
    site: &Realm,
    directory: &Path,
    at: &At,
    resolved: &mut Resolved,
    diagnostics: &mut Diagnostics,
) {
    let Some(secret) = &client.secret else { return };
    let at = at.field("secret");
    if client.client_authentication == Some(false) {
        let message = "a client without client authentication has no secret";
        diagnostics.push(Diagnostic::error(at.source(), message));
    }
    let references = secret.references().count();
    if references > 1 {
        let diagnostic = Diagnostic::error(at.source(), "a secret is in one place");
        diagnostics.push(diagnostic.help("say one of `env`, `file`, `command` and `secretKeyRef`"));
    }
    if references > 0 && secret.rotation.is_some() {
        let message = "the server does not make a secret that is given here";
        let diagnostic = Diagnostic::error(at.field("rotation").source(), message);
        diagnostics.push(diagnostic.help("leave out the reference, so that the secret is the server's; or `rotation`"));
    }
    if references == 0 && secret.rotation.is_none() && secret.deliver.is_empty() {
        let diagnostic = Diagnostic::error(at.source(), "this says nothing");
        diagnostics.push(diagnostic.help(
            "say where it is (`{env: NAME}`, `{file: PATH}`), where to `deliver` it to, or its `rotation`; or leave it out",
        ));
    }
    let key = client.client_id.as_str();
    let login = Login::Client(Box::new(Client {
        id: key.to_owned(),
        realm: site.realm.clone(),
        keycloak: site.keycloak.clone(),
        has_account: client.service_account_roles == Some(true),
        identity_provider: site.identity_provider.clone(),
        protocol: site.protocol.clone(),
        discovery_endpoint: discovery_endpoint(site),
    }));
    let sinks = sinks(secret.deliver.clone(), key, &login, directory, &at, diagnostics);
    let idle = client.ensure == Ensure::Absent || resolved.modes.of(&at) != Mode::Manage;
    if idle || (sinks.is_empty() && secret.rotation.is_none()) {
        return;
    }
    let in_realm = |kind| Address::keycloak(&site.realm, kind, [key]);
    let every = secret.rotation.as_ref().map(|Rotation { every }| (*every).into());
    let value = ClientSecret { client: in_realm(KeycloakKind::Client), every, sinks };
    resolved.client_secrets.push(Declared { address: in_realm(KeycloakKind::ClientSecret), at, value });
}

/// Where programs learn how to log in to the realm.
fn discovery_endpoint(site: &Realm) -> String {
    let mut endpoint = site.keycloak.clone();
    // An address of a server always has segments.
    if let Ok(mut segments) = endpoint.path_segments_mut() {
        segments.pop_if_empty().extend(["realms", &site.realm, ".well-known", "openid-configuration"]);
    }
    endpoint.into()
}
