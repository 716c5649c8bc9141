//! What a Realm document means.

use super::identity_provider::{self, Door};
use super::site::{Realm, address};
use super::{Resolved, anchored, name};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::model::Json;
use crate::model::address::{Address, KeycloakKind};
use crate::model::declared::{At, Declared};
use crate::spec::{Document, realm as words};

/// The realm of the administrators; its Keycloak host and identity provider have names of their own in OPCP.
const ADMINISTRATORS: &str = "master";

/// Keys that `settings` of a client refuses, and what to use instead.
const NOT_SETTINGS: [(&str, &str); 20] = [
    ("id", "ids are the server's"),
    ("clientId", "it is `clientId`"),
    ("secret", "secrets are never written in a spec"),
    ("registrationAccessToken", "secrets are never written in a spec"),
    ("name", "it has its own word, `name`"),
    ("description", "it has its own word, `description`"),
    ("enabled", "it has its own word, `enabled`"),
    ("publicClient", "it has its own word, `clientAuthentication` (the opposite)"),
    ("bearerOnly", "Keycloak no longer supports it"),
    ("authorizationServicesEnabled", "it has its own word, `authorization`"),
    ("standardFlowEnabled", "it has its own word, `standardFlow`"),
    ("directAccessGrantsEnabled", "it has its own word, `directAccessGrants`"),
    ("implicitFlowEnabled", "it has its own word, `implicitFlow`"),
    ("serviceAccountsEnabled", "it has its own word, `serviceAccountRoles`"),
    ("rootUrl", "it has its own word, `rootUrl`"),
    ("baseUrl", "it has its own word, `homeUrl`"),
    ("redirectUris", "it has its own word, `redirectUris`"),
    ("webOrigins", "it has its own word, `webOrigins`"),
    ("protocolMappers", "they are `dedicatedScope.mappers`"),
    ("protocol", "clients here are openid-connect"),
];

/// Adds what the document declares to `resolved`.
pub(super) fn resolve(document: Document<words::Realm>, resolved: &mut Resolved, diagnostics: &mut Diagnostics) {
    let at = document.at();
    let Document { name, spec, origin: _, directory } = document;
    let words::Realm {
        environment: _,
        realm,
        keycloak,
        login,
        grant_attribute,
        user_profile,
        clients,
        identity_provider,
    } = spec;
    let realm = realm.unwrap_or_else(|| name.clone());
    name::check(&realm, name::KEYCLOAK, &at.field("realm"), diagnostics);
    let administrators = realm == ADMINISTRATORS;
    let host = if administrators { "admin.keycloak" } else { "keycloak" };
    let fqdn = resolved.environment.fqdn.as_deref();
    let keycloak_at = at.field("keycloak").field("url");
    let Some(keycloak) = address(keycloak.url, fqdn, host, &keycloak_at, diagnostics) else { return };
    if let Some(other) = resolved.realms.iter().find(|other| other.realm == realm) {
        let message = format!("realm `{realm}` is already spoken of by Realm document `{}`", other.name);
        diagnostics.push(Diagnostic::error(at.field("realm").source(), message).also(other.login_at.source(), "there"));
    }
    if let Some(profile) = user_profile {
        declare_profile(&realm, profile, &at.field("userProfile"), resolved, diagnostics);
    }
    for (index, client) in clients.into_iter().enumerate() {
        declare_client(&realm, client, at.field("clients").entry(index), resolved, diagnostics);
    }
    let login = login.map(|login| words::KeycloakLogin {
        client_secret: login.client_secret.as_ref().map(|reference| anchored(reference, &directory)),
        password: login.password.as_ref().map(|reference| anchored(reference, &directory)),
        ..login
    });
    let provider = identity_provider
        .id
        .clone()
        .unwrap_or_else(|| if administrators { "keycloak-admin" } else { "keycloak" }.to_owned());
    let protocol = identity_provider.protocol.clone().unwrap_or_else(|| "openid".to_owned());
    let door = Door { written: identity_provider, realm: Address::keycloak(&realm, KeycloakKind::Realm, []) };
    identity_provider::declare([&provider, &protocol], &door, &at.field("identityProvider"), resolved, diagnostics);
    resolved.realms.push(Realm {
        name,
        keycloak,
        login,
        login_at: at.field("login"),
        grant_attribute: grant_attribute.unwrap_or_else(|| "project".to_owned()),
        identity_provider: provider,
        protocol,
        realm,
    });
}

fn declare_profile(
    realm: &str,
    profile: words::UserProfile,
    at: &At,
    resolved: &mut Resolved,
    diagnostics: &mut Diagnostics,
) {
    if profile.unmanaged_attributes == Some(words::UnmanagedAttributes::Enabled) {
        let place = at.field("unmanagedAttributes").source();
        let warning = Diagnostic::warning(place, "people may change their own undeclared attributes")
            .help("anybody could grant themselves projects; say `adminEdit` instead");
        diagnostics.push(warning);
    }
    let address = Address::keycloak(realm, KeycloakKind::UserProfile, []);
    resolved.user_profiles.push(Declared { address, at: at.clone(), value: profile });
}

fn declare_client(realm: &str, client: words::Client, at: At, resolved: &mut Resolved, diagnostics: &mut Diagnostics) {
    let id = client.client_id.as_str();
    name::check(id, name::KEYCLOAK, &at.field("clientId"), diagnostics);
    check_settings(&client, &at.field("settings"), diagnostics);
    for (index, mapper) in client.dedicated_scope.mappers.iter().enumerate() {
        let at = at.field("dedicatedScope").field("mappers").entry(index);
        name::check(&mapper.name, name::KEYCLOAK, &at.field("name"), diagnostics);
        let address = Address::keycloak(realm, KeycloakKind::ProtocolMapper, [id, &mapper.name]);
        resolved.protocol_mappers.push(Declared { address, at, value: mapper.clone() });
    }
    let address = Address::keycloak(realm, KeycloakKind::Client, [id]);
    resolved.clients.push(Declared { address, at, value: client });
}

fn check_settings(client: &words::Client, at: &At, diagnostics: &mut Diagnostics) {
    for (key, value) in client.settings.iter().flatten() {
        let place = at.field(key);
        if let Some((_, instead)) = NOT_SETTINGS.iter().find(|(refused, _)| refused == key) {
            diagnostics.push(Diagnostic::error(place.source(), format!("`settings` cannot hold `{key}`: {instead}")));
        } else if key == "attributes" {
            check_attributes(value, &place, diagnostics);
        }
    }
}

/// A client's attributes are single texts, and some of them are secrets.
fn check_attributes(attributes: &Json, at: &At, diagnostics: &mut Diagnostics) {
    let Json::Object(attributes) = attributes else {
        diagnostics.push(Diagnostic::error(at.source(), "expected a map of attributes"));
        return;
    };
    for (key, value) in attributes {
        let place = at.field(key).source();
        if key.contains("secret") {
            diagnostics.push(Diagnostic::error(place, "secrets are never written in a spec"));
        } else if value.is_array() || value.is_object() {
            diagnostics.push(Diagnostic::error(place, "an attribute of a client is one text"));
        }
    }
}
