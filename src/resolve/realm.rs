//! What a Realm document means.

use url::Url;

use super::identity_provider::{self, Door};
use super::role::Container;
use super::site::{Realm, address};
use super::{Resolved, client, group, login, name, realm_identity_provider, realm_settings, user_profile};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::model::address::{Address, KeycloakKind};
use crate::model::declared::{At, Declared};
use crate::model::wanted::{self, Sweep, Swept};
use crate::spec::access::UserGroup;
use crate::spec::short::Short;
use crate::spec::{Document, Mode, realm as words};

/// The realm of the administrators; its Keycloak host and identity provider have names of their own in OPCP.
const ADMINISTRATORS: &str = "master";

/// Adds what the document declares to `resolved`.
pub(super) fn resolve(document: Document<words::Realm>, resolved: &mut Resolved, diagnostics: &mut Diagnostics) {
    let at = document.at();
    let Document { name, spec, origin: _, directory } = document;
    let declared = spec.clone();
    let words::Realm {
        environment: _,
        realm,
        ensure: _,
        display_name: _,
        display_name_html: _,
        enabled: _,
        require_ssl: _,
        login_with_email: _,
        duplicate_emails: _,
        email_as_username: _,
        registration: _,
        remember_me: _,
        reset_password: _,
        verify_email: _,
        edit_username: _,
        access_token_lifespan: _,
        sso_session_idle: _,
        sso_session_max: _,
        sessions: _,
        tokens: _,
        password_policy: _,
        otp_policy: _,
        brute_force_protection: _,
        email: _,
        events: _,
        internationalization: _,
        themes: _,
        frontend_url,
        settings: _,
        keycloak,
        login,
        grant_attribute,
        user_profile,
        roles,
        client_scopes,
        clients,
        default_groups,
        identity_providers,
        authoritative,
        modes,
        identity_provider,
    } = spec;
    resolved.modes.of_realm(modes, &at);
    let realm = realm.unwrap_or_else(|| name.clone());
    name::check(&realm, name::REALM, &at.field("realm"), diagnostics);
    if let Some(attribute) = &grant_attribute {
        name::check(attribute, name::KEYCLOAK, &at.field("grantAttribute"), diagnostics);
    }
    check_frontend_url(frontend_url.as_deref(), &at.field("frontendUrl"), diagnostics);
    let administrators = realm == ADMINISTRATORS;
    let host = if administrators { "admin.keycloak" } else { "keycloak" };
    let fqdn = resolved.environment.fqdn.as_deref();
    let keycloak_at = at.field("keycloak").field("url");
    let Some(keycloak) = address(keycloak.url, fqdn, host, &keycloak_at, diagnostics) else { return };
    if let Some(other) = resolved.realms.iter().find(|other| other.realm == realm) {
        let message = format!("realm `{realm}` is already spoken of by Realm document `{}`", other.name);
        diagnostics.push(Diagnostic::error(at.field("realm").source(), message).also(other.login_at.source(), "there"));
    }
    realm_settings::declare(declared, &realm, &directory, &at, resolved, diagnostics);
    if let Some(profile) = user_profile {
        let at = at.field("userProfile");
        let grants = grant_attribute.as_deref().unwrap_or(words::GRANT_ATTRIBUTE);
        user_profile::declare(&realm, profile, grants, &at, resolved, diagnostics);
    }
    let login_at = at.field("login");
    let login = login.and_then(|login| login::keycloak(login, &directory, &login_at, diagnostics));
    let provider = identity_provider
        .id
        .clone()
        .unwrap_or_else(|| if administrators { "keycloak-admin" } else { "keycloak" }.to_owned());
    let protocol = identity_provider.protocol.clone().unwrap_or_else(|| words::PROTOCOL.to_owned());
    let door = Door { written: identity_provider, realm: Address::realm(&realm) };
    identity_provider::declare([&provider, &protocol], &door, &at.field("identityProvider"), resolved, diagnostics);
    let site = Realm {
        name,
        keycloak,
        login,
        login_at,
        grant_attribute: grant_attribute.unwrap_or_else(|| words::GRANT_ATTRIBUTE.to_owned()),
        identity_provider: provider,
        protocol,
        realm,
    };
    Container::Realm.declare(&roles, &site.realm, &at.field("roles"), resolved, diagnostics);
    client::declare_scopes(&site.realm, client_scopes, &at.field("clientScopes"), resolved, diagnostics);
    for (index, client) in clients.into_iter().enumerate() {
        client::declare(&site, client, &directory, at.field("clients").entry(index), resolved, diagnostics);
    }
    declare_default_groups(&default_groups, &site.realm, &at.field("defaultGroups"), resolved, diagnostics);
    let at_providers = at.field("identityProviders");
    realm_identity_provider::declare(identity_providers, &site.realm, &directory, &at_providers, resolved, diagnostics);
    sweep(&authoritative, &site.realm, &at, resolved);
    resolved.realms.push(site);
}

fn declare_default_groups(
    groups: &[Short<UserGroup>],
    realm: &str,
    section: &At,
    resolved: &mut Resolved,
    diagnostics: &mut Diagnostics,
) {
    for (index, Short(group)) in groups.iter().enumerate() {
        let at = section.entry(index);
        let Some(names) = group::names(&group.path, &at, diagnostics) else { continue };
        let address = Address::keycloak(realm, KeycloakKind::DefaultGroup, names.iter().map(String::as_str));
        let value = group::Membership { ensure: group.ensure };
        resolved.default_groups.push(Declared { address, at, value });
    }
}

/// Adds the collections of which the document says everything.
fn sweep(authoritative: &[words::AuthoritativeRealm], realm: &str, at: &At, resolved: &mut Resolved) {
    let address = Address::realm(realm);
    for collection in authoritative {
        let (section, kind) = match collection {
            words::AuthoritativeRealm::DefaultGroups => ("defaultGroups", KeycloakKind::DefaultGroup),
            words::AuthoritativeRealm::IdentityProviders => ("identityProviders", KeycloakKind::IdentityProvider),
        };
        let mode = match resolved.modes.of(&at.field(section)) {
            Mode::Manage => wanted::Mode::Manage,
            Mode::Verify => wanted::Mode::Verify,
            Mode::Ignore => continue,
        };
        let source = at.field("authoritative").source();
        let value = Sweep { realm: realm.to_owned(), kind, of: Swept::All(address.clone()), mode, source };
        resolved.sweeps.push(Declared { address: address.clone(), at: at.clone(), value });
    }
}

/// Complains about an address that issuers could not begin with; an empty one says that there is none.
fn check_frontend_url(url: Option<&str>, at: &At, diagnostics: &mut Diagnostics) {
    let leads_somewhere = |url: Url| matches!(url.scheme(), "http" | "https") && url.has_host();
    if url.is_some_and(|url| !url.is_empty() && !url.parse().is_ok_and(leads_somewhere)) {
        let diagnostic = Diagnostic::error(at.source(), "this is no address that people could go to");
        diagnostics.push(diagnostic.help("write it whole: `https://keycloak.example.com`"));
    }
}
