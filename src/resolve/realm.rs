//! What a Realm document means.

use super::identity_provider::{self, Door};
use super::site::{Realm, address};
use super::{Resolved, login, name};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::model::Json;
use crate::model::address::{Address, KeycloakKind};
use crate::model::declared::{At, Declared};
use crate::spec::{self, Document};

/// The realm of the administrators; its Keycloak host and identity provider have names of their own in OPCP.
const ADMINISTRATORS: &str = "master";

/// Keys that `settings` of a client refuses, and what to use instead.
const NOT_SETTINGS: [(&str, &str); 25] = [
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
    ("defaultClientScopes", "the server ignores it when a client is changed"),
    ("optionalClientScopes", "the server ignores it when a client is changed"),
    ("authorizationSettings", "the server keeps it elsewhere"),
    ("registeredNodes", "the server keeps it by itself"),
    ("access", "the server tells it and does not take it"),
];

/// Adds what the document declares to `resolved`.
pub(super) fn resolve(document: Document<spec::realm::Realm>, resolved: &mut Resolved, diagnostics: &mut Diagnostics) {
    let at = document.at();
    let Document { name, spec, origin: _, directory } = document;
    let spec::realm::Realm {
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
    let login_at = at.field("login");
    let login = login.and_then(|login| login::keycloak(login, &directory, &login_at, diagnostics));
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
        login_at,
        grant_attribute: grant_attribute.unwrap_or_else(|| "project".to_owned()),
        identity_provider: provider,
        protocol,
        realm,
    });
}

fn declare_profile(
    realm: &str,
    profile: spec::realm::UserProfile,
    at: &At,
    resolved: &mut Resolved,
    diagnostics: &mut Diagnostics,
) {
    let warning = match profile.unmanaged_attributes {
        None | Some(spec::realm::UnmanagedAttributes::AdminEdit) => None,
        Some(spec::realm::UnmanagedAttributes::Enabled) => {
            Some(("people may change their own undeclared attributes", "anybody could grant themselves projects"))
        }
        Some(spec::realm::UnmanagedAttributes::Disabled | spec::realm::UnmanagedAttributes::AdminView) => {
            Some(("administrators cannot write undeclared attributes", "grants could not be stored"))
        }
    };
    diagnostics.extend(warning.map(|(message, consequence)| {
        let place = at.field("unmanagedAttributes").source();
        Diagnostic::warning(place, message).help(format!("{consequence}; say `adminEdit` instead"))
    }));
    let address = Address::keycloak(realm, KeycloakKind::UserProfile, []);
    resolved.user_profiles.push(Declared { address, at: at.clone(), value: profile });
}

fn declare_client(
    realm: &str,
    client: spec::realm::Client,
    at: At,
    resolved: &mut Resolved,
    diagnostics: &mut Diagnostics,
) {
    let id = client.client_id.as_str();
    name::check(id, name::KEYCLOAK, &at.field("clientId"), diagnostics);
    check_settings(&client, &at.field("settings"), diagnostics);
    for (index, mapper) in client.dedicated_scope.mappers.iter().enumerate() {
        let at = at.field("dedicatedScope").field("mappers").entry(index);
        name::check(&mapper.name, name::KEYCLOAK, &at.field("name"), diagnostics);
        check_config(mapper, &at.field("config"), diagnostics);
        let address = Address::keycloak(realm, KeycloakKind::ProtocolMapper, [id, &mapper.name]);
        resolved.protocol_mappers.push(Declared { address, at, value: mapper.clone() });
    }
    let address = Address::keycloak(realm, KeycloakKind::Client, [id]);
    resolved.clients.push(Declared { address, at, value: client });
}

/// Properties of a mapper that have words of their own.
const NOT_CONFIG: [(&str, &str); 6] = [
    ("user.attribute", "userAttribute"),
    ("claim.name", "tokenClaim"),
    ("id.token.claim", "addToIdToken"),
    ("access.token.claim", "addToAccessToken"),
    ("userinfo.token.claim", "addToUserinfo"),
    ("introspection.token.claim", "addToIntrospection"),
];

fn check_config(mapper: &spec::realm::ProtocolMapper, at: &At, diagnostics: &mut Diagnostics) {
    for (property, word) in NOT_CONFIG {
        if mapper.config.as_ref().is_some_and(|config| config.contains_key(property)) {
            let message = format!("`{property}` has its own word, `{word}`");
            diagnostics.push(Diagnostic::error(at.field(property).source(), message));
        }
    }
}

fn check_settings(client: &spec::realm::Client, at: &At, diagnostics: &mut Diagnostics) {
    for (key, value) in client.settings.iter().flatten() {
        let place = at.field(key);
        if let Some((_, instead)) = NOT_SETTINGS.iter().find(|(refused, _)| refused == key) {
            diagnostics.push(Diagnostic::error(place.source(), format!("`settings` cannot hold `{key}`: {instead}")));
        } else if key == "attributes" {
            check_attributes(value, &place, diagnostics);
        }
    }
}

/// Whether an attribute's value is a secret, by its name.
fn names_a_secret(attribute: &str) -> bool {
    let name = attribute.to_lowercase();
    name != "client.secret.creation.time"
        && ["secret", "password", "private.key"].iter().any(|part| name.contains(part))
}

/// A client's attributes are single texts, and some of them are secrets.
fn check_attributes(attributes: &Json, at: &At, diagnostics: &mut Diagnostics) {
    let Json::Object(attributes) = attributes else {
        diagnostics.push(Diagnostic::error(at.source(), "expected a map of attributes"));
        return;
    };
    for (key, value) in attributes {
        let place = at.field(key).source();
        if names_a_secret(key) {
            diagnostics.push(Diagnostic::error(place, "secrets are never written in a spec").conceal());
        } else if value.is_array() || value.is_object() {
            diagnostics.push(Diagnostic::error(place, "an attribute of a client is one text"));
        }
    }
}
