//! The identity providers of a realm, as they are declared, with their mappers.

use std::path::Path;

use url::Url;

use super::settings::names_a_secret;
use super::{Resolved, hidden_secret, name};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::model::address::{Address, KeycloakKind};
use crate::model::declared::{At, Declared};
use crate::spec::Ensure;
use crate::spec::realm_identity_provider::{IdentityProviderMapper, RealmIdentityProvider};

/// Properties of a provider that have words of their own.
const OWN_PROPERTIES: [(&str, &str); 17] = [
    ("authorizationUrl", "authorizationUrl"),
    ("tokenUrl", "tokenUrl"),
    ("logoutUrl", "logoutUrl"),
    ("userInfoUrl", "userInfoUrl"),
    ("issuer", "issuer"),
    ("jwksUrl", "jwksUrl"),
    ("useJwksUrl", "jwksUrl"),
    ("validateSignature", "validateSignature"),
    ("clientId", "clientId"),
    ("clientSecret", "clientSecret"),
    ("clientAuthMethod", "clientAuthentication"),
    ("defaultScope", "defaultScopes"),
    ("pkceEnabled", "pkce"),
    ("pkceMethod", "pkce"),
    ("syncMode", "syncMode"),
    ("guiOrder", "displayOrder"),
    ("hideOnLoginPage", "hideOnLogin"),
];

/// Properties of a mapper that have words of their own.
const OWN_OF_MAPPERS: [(&str, &str); 6] = [
    ("syncMode", "syncMode"),
    ("claim", "claim"),
    ("claim.value", "claimValue"),
    ("user.attribute", "userAttribute"),
    ("role", "role"),
    ("group", "group"),
];

/// Adds the `providers` that are declared `at` some place to `resolved`.
pub(super) fn declare(
    providers: Vec<RealmIdentityProvider>,
    realm: &str,
    directory: &Path,
    at: &At,
    resolved: &mut Resolved,
    diagnostics: &mut Diagnostics,
) {
    for (index, mut provider) in providers.into_iter().enumerate() {
        let at = at.entry(index);
        name::check(&provider.alias, name::ALIAS, &at.field("alias"), diagnostics);
        has_type(provider.ensure, provider.provider.as_deref(), "a new provider has a `type`", &at, diagnostics);
        check_urls(&provider, &at, diagnostics);
        let config = provider.config.iter().flatten().map(|(property, _)| property.as_str());
        check_config(config, &OWN_PROPERTIES, &at.field("config"), diagnostics);
        let secret_at = at.field("clientSecret");
        provider.client_secret =
            provider.client_secret.map(|secret| hidden_secret::checked(secret, directory, &secret_at, diagnostics));
        for (index, mapper) in std::mem::take(&mut provider.mappers).into_iter().enumerate() {
            let at = at.field("mappers").entry(index);
            declare_mapper(realm, &provider.alias, mapper, at, resolved, diagnostics);
        }
        let address = Address::keycloak(realm, KeycloakKind::IdentityProvider, [provider.alias.as_str()]);
        resolved.realm_identity_providers.push(Declared { address, at, value: provider });
    }
}

fn declare_mapper(
    realm: &str,
    provider: &str,
    mapper: IdentityProviderMapper,
    at: At,
    resolved: &mut Resolved,
    diagnostics: &mut Diagnostics,
) {
    name::check(&mapper.name, name::KEYCLOAK, &at.field("name"), diagnostics);
    has_type(mapper.ensure, mapper.provider.as_deref(), "a new mapper has a `type`", &at, diagnostics);
    let config = mapper.config.iter().flatten().map(|(property, _)| property.as_str());
    check_config(config, &OWN_OF_MAPPERS, &at.field("config"), diagnostics);
    let address = Address::keycloak(realm, KeycloakKind::IdentityProviderMapper, [provider, mapper.name.as_str()]);
    resolved.identity_provider_mappers.push(Declared { address, at, value: mapper });
}

/// Complains about something that may be made without its type.
fn has_type(ensure: Ensure, provider: Option<&str>, message: &str, at: &At, diagnostics: &mut Diagnostics) {
    if ensure == Ensure::Present && provider.is_none() {
        let diagnostic = Diagnostic::error(at.source(), message);
        diagnostics.push(diagnostic.help("say its `type`; or `ensure: existing`, if it is there already"));
    }
}

/// Complains about addresses that lead nowhere; an empty one says that there is none.
fn check_urls(provider: &RealmIdentityProvider, at: &At, diagnostics: &mut Diagnostics) {
    let RealmIdentityProvider { authorization_url, token_url, logout_url, user_info_url, jwks_url, .. } = provider;
    let urls = [
        ("authorizationUrl", authorization_url),
        ("tokenUrl", token_url),
        ("logoutUrl", logout_url),
        ("userInfoUrl", user_info_url),
        ("jwksUrl", jwks_url),
    ];
    let leads_somewhere = |url: Url| matches!(url.scheme(), "http" | "https") && url.has_host();
    for (word, url) in urls {
        let url = url.as_deref().filter(|url| !url.is_empty());
        if url.is_some_and(|url| !url.parse().is_ok_and(leads_somewhere)) {
            let diagnostic = Diagnostic::error(at.field(word).source(), "this is no address that anybody could go to");
            diagnostics.push(diagnostic.help("write it whole: `https://login.example.com/…`"));
        }
    }
    if provider.validate_signature == Some(true) && jwks_url.as_deref() == Some("") {
        let diagnostic = Diagnostic::error(at.field("validateSignature").source(), "there are no keys to do that with");
        diagnostics.push(diagnostic.help("say where they are: `jwksUrl`"));
    }
}

/// Complains about properties that have words of their own, and about secrets.
fn check_config<'a>(
    config: impl Iterator<Item = &'a str>,
    own: &[(&str, &str)],
    at: &At,
    diagnostics: &mut Diagnostics,
) {
    for property in config {
        let place = at.field(property).source();
        if let Some((_, word)) = own.iter().find(|(known, _)| *known == property) {
            let diagnostic = Diagnostic::error(place, format!("`{property}` has its own word, `{word}`"));
            diagnostics.push(if names_a_secret(property) { diagnostic.conceal() } else { diagnostic });
        } else if names_a_secret(property) {
            diagnostics.push(Diagnostic::error(place, "secrets are never written in a spec").conceal());
        }
    }
}
