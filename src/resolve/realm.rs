//! What a Realm document means.

use std::path::Path;

use serde_json::Map;
use url::Url;

use super::identity_provider::{self, Door};
use super::role::Container;
use super::site::{Realm, address};
use super::{
    Resolved, client_scope, client_secret, group, login, name, realm_identity_provider, realm_settings, role_mapping,
};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::model::Json;
use crate::model::address::{Address, KeycloakKind};
use crate::model::declared::{At, Declared};
use crate::model::wanted::{self, Sweep, Swept};
use crate::spec::access::UserGroup;
use crate::spec::client_scope::ClientScope;
use crate::spec::short::Short;
use crate::spec::{Document, Ensure, Mode, realm as words};

/// The realm of the administrators; its Keycloak host and identity provider have names of their own in OPCP.
const ADMINISTRATORS: &str = "master";

/// Keys that `settings` of a realm refuses, and what to use instead.
const NOT_REALM_SETTINGS: [(&str, &str); 35] = [
    ("id", "ids are the server's"),
    ("realm", "it is `realm`"),
    ("displayName", "it has its own word, `displayName`"),
    ("enabled", "it has its own word, `enabled`"),
    ("loginWithEmailAllowed", "it has its own word, `loginWithEmail`"),
    ("registrationAllowed", "it has its own word, `registration`"),
    ("rememberMe", "it has its own word, `rememberMe`"),
    ("resetPasswordAllowed", "it has its own word, `resetPassword`"),
    ("verifyEmail", "it has its own word, `verifyEmail`"),
    ("editUsernameAllowed", "it has its own word, `editUsername`"),
    ("accessTokenLifespan", "it has its own word, `accessTokenLifespan`"),
    ("ssoSessionIdleTimeout", "it has its own word, `ssoSessionIdle`"),
    ("ssoSessionMaxLifespan", "it has its own word, `ssoSessionMax`"),
    ("users", "they are `users` of Access documents"),
    ("federatedUsers", "they are `users` of Access documents"),
    ("groups", "they are `groups` of Access documents"),
    ("clients", "they are `clients`"),
    ("applications", "they are `clients`"),
    ("oauthClients", "they are `clients`"),
    ("protocolMappers", "they belong to clients"),
    ("privateKey", "secrets are never written in a spec"),
    ("codeSecret", "secrets are never written in a spec"),
    ("clientScopes", "they are `clientScopes`"),
    ("defaultDefaultClientScopes", "it is `type: default` of each of `clientScopes`"),
    ("defaultOptionalClientScopes", "it is `type: optional` of each of `clientScopes`"),
    ("clientScopeMappings", NOT_OURS),
    ("scopeMappings", NOT_OURS),
    ("roles", NOT_OURS),
    ("defaultRole", NOT_OURS),
    ("components", NOT_OURS),
    ("identityProviders", "they are `identityProviders`"),
    ("identityProviderMappers", "they are `mappers` of `identityProviders`"),
    ("authenticationFlows", NOT_OURS),
    ("authenticatorConfig", NOT_OURS),
    ("requiredActions", NOT_OURS),
];

/// Further fields of a realm that have words of their own.
const WORDS_OF_REALMS: [(&str, &str); 54] = [
    ("displayNameHtml", "displayNameHtml"),
    ("sslRequired", "requireSsl"),
    ("duplicateEmailsAllowed", "duplicateEmails"),
    ("registrationEmailAsUsername", "emailAsUsername"),
    ("loginTheme", "themes.login"),
    ("accountTheme", "themes.account"),
    ("adminTheme", "themes.admin"),
    ("emailTheme", "themes.email"),
    ("ssoSessionIdleTimeoutRememberMe", "sessions.rememberMeIdle"),
    ("ssoSessionMaxLifespanRememberMe", "sessions.rememberMeMax"),
    ("clientSessionIdleTimeout", "sessions.clientIdle"),
    ("clientSessionMaxLifespan", "sessions.clientMax"),
    ("offlineSessionIdleTimeout", "sessions.offlineIdle"),
    ("offlineSessionMaxLifespanEnabled", "sessions.offlineMaxLimited"),
    ("offlineSessionMaxLifespan", "sessions.offlineMax"),
    ("clientOfflineSessionIdleTimeout", "sessions.clientOfflineIdle"),
    ("clientOfflineSessionMaxLifespan", "sessions.clientOfflineMax"),
    ("accessCodeLifespanLogin", "sessions.login"),
    ("accessCodeLifespanUserAction", "sessions.loginAction"),
    ("defaultSignatureAlgorithm", "tokens.signatureAlgorithm"),
    ("revokeRefreshToken", "tokens.revokeRefreshToken"),
    ("refreshTokenMaxReuse", "tokens.refreshTokenReuse"),
    ("accessTokenLifespanForImplicitFlow", "tokens.implicitLifespan"),
    ("accessCodeLifespan", "tokens.clientLogin"),
    ("actionTokenGeneratedByUserLifespan", "tokens.userAction"),
    ("actionTokenGeneratedByAdminLifespan", "tokens.adminAction"),
    ("oauth2DeviceCodeLifespan", "tokens.deviceCode"),
    ("oauth2DevicePollingInterval", "tokens.devicePolling"),
    ("bruteForceProtected", "bruteForceProtection.enabled"),
    ("permanentLockout", "bruteForceProtection.permanent"),
    ("maxTemporaryLockouts", "bruteForceProtection.maxTemporaryLockouts"),
    ("failureFactor", "bruteForceProtection.maxFailures"),
    ("bruteForceStrategy", "bruteForceProtection.strategy"),
    ("waitIncrementSeconds", "bruteForceProtection.waitIncrement"),
    ("maxFailureWaitSeconds", "bruteForceProtection.maxWait"),
    ("maxDeltaTimeSeconds", "bruteForceProtection.failureReset"),
    ("quickLoginCheckMilliSeconds", "bruteForceProtection.quickLoginMilliseconds"),
    ("minimumQuickLoginWaitSeconds", "bruteForceProtection.quickLoginWait"),
    ("passwordPolicy", "passwordPolicy"),
    ("eventsListeners", "events.listeners"),
    ("eventsEnabled", "events.save"),
    ("eventsExpiration", "events.expiration"),
    ("enabledEventTypes", "events.types"),
    ("adminEventsEnabled", "events.saveAdmin"),
    ("adminEventsDetailsEnabled", "events.adminDetails"),
    ("internationalizationEnabled", "internationalization.enabled"),
    ("supportedLocales", "internationalization.locales"),
    ("defaultLocale", "internationalization.defaultLocale"),
    ("otpPolicyType", "otpPolicy.type"),
    ("otpPolicyAlgorithm", "otpPolicy.algorithm"),
    ("otpPolicyDigits", "otpPolicy.digits"),
    ("otpPolicyLookAheadWindow", "otpPolicy.lookAhead"),
    ("otpPolicyPeriod", "otpPolicy.period"),
    ("otpPolicyCodeReusable", "otpPolicy.reusable"),
];

const NOT_OURS: &str = "it is not a field of the realm but things of their own";

/// Keys that `settings` of a client refuses, and what to use instead.
const NOT_SETTINGS: [(&str, &str); 28] = [
    ("id", "ids are the server's"),
    ("clientId", "it is `clientId`"),
    ("secret", "it has its own word, `secret`, which refers to it"),
    ("consentRequired", "it has its own word, `consentRequired`"),
    ("frontchannelLogout", "it has its own word, `frontchannelLogout`"),
    ("fullScopeAllowed", "it is `dedicatedScope.fullScopeAllowed`"),
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
    ("defaultClientScopes", "they are `clientScopes`"),
    ("optionalClientScopes", "they are `clientScopes` of `type: optional`"),
    ("authorizationSettings", "the server keeps it elsewhere"),
    ("registeredNodes", "the server keeps it by itself"),
    ("access", "the server tells it and does not take it"),
];

/// Attributes of a client that have words of their own.
const OWN_ATTRIBUTES: [(&str, &str); 2] =
    [("pkce.code.challenge.method", "pkce"), ("post.logout.redirect.uris", "postLogoutRedirectUris")];

/// Keys that `settings` of a client scope refuses, and what to use instead.
const NOT_SCOPE_SETTINGS: [(&str, &str); 5] = [
    ("id", "ids are the server's"),
    ("name", "it is `name`"),
    ("description", "it has its own word, `description`"),
    ("protocol", "client scopes here are openid-connect"),
    ("protocolMappers", "they are `mappers`"),
];

/// Attributes of a client scope that have words of their own.
const OWN_SCOPE_ATTRIBUTES: [(&str, &str); 4] = [
    ("display.on.consent.screen", "displayOnConsentScreen"),
    ("consent.screen.text", "consentScreenText"),
    ("include.in.token.scope", "includeInTokenScope"),
    ("gui.order", "displayOrder"),
];

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
        check_profile_attributes(&profile, grants, &at, diagnostics);
        declare_profile(&realm, profile, &at, resolved, diagnostics);
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
    declare_scopes(&site.realm, client_scopes, &at.field("clientScopes"), resolved, diagnostics);
    for (index, client) in clients.into_iter().enumerate() {
        declare_client(&site, client, &directory, at.field("clients").entry(index), resolved, diagnostics);
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

fn declare_profile(
    realm: &str,
    profile: words::UserProfile,
    at: &At,
    resolved: &mut Resolved,
    diagnostics: &mut Diagnostics,
) {
    let warning = match profile.unmanaged_attributes {
        None | Some(words::UnmanagedAttributes::AdminEdit) => None,
        Some(words::UnmanagedAttributes::Enabled) => {
            Some(("people may change their own undeclared attributes", "anybody could grant themselves projects"))
        }
        Some(words::UnmanagedAttributes::Disabled | words::UnmanagedAttributes::AdminView) => {
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

fn check_profile_attributes(profile: &words::UserProfile, grants: &str, at: &At, diagnostics: &mut Diagnostics) {
    for (index, attribute) in profile.attributes.iter().enumerate() {
        let at = at.field("attributes").entry(index);
        name::check(&attribute.name, name::KEYCLOAK, &at.field("name"), diagnostics);
        if profile.attributes[..index].iter().any(|first| first.name == attribute.name) {
            let message = format!("attribute `{}` is declared twice", attribute.name);
            diagnostics.push(Diagnostic::error(at.field("name").source(), message));
        }
        if attribute.ensure == Ensure::Existing {
            let message = "an attribute of the profile is `present` or `absent`";
            diagnostics.push(Diagnostic::error(at.field("ensure").source(), message));
        }
        let editors = attribute.edit.iter().flatten();
        if attribute.name == grants && editors.into_iter().any(|who| *who == words::Audience::User) {
            let place = at.field("edit").source();
            let warning = Diagnostic::warning(place, "people may change their own grants")
                .help("anybody could grant themselves projects; say `edit: [admin]` instead");
            diagnostics.push(warning);
        }
    }
}

fn declare_client(
    site: &Realm,
    mut client: words::Client,
    directory: &Path,
    at: At,
    resolved: &mut Resolved,
    diagnostics: &mut Diagnostics,
) {
    client.secret = client.secret.map(|secret| client_secret::anchored(secret, directory));
    client_secret::declare(&client, site, directory, &at, resolved, diagnostics);
    let (realm, id) = (site.realm.as_str(), client.client_id.as_str());
    name::check(id, name::KEYCLOAK, &at.field("clientId"), diagnostics);
    check_settings(client.settings.as_ref(), &NOT_SETTINGS, &OWN_ATTRIBUTES, &at, diagnostics);
    let (mappers, scope_at) = (&client.dedicated_scope.mappers, at.field("dedicatedScope"));
    declare_mappers(realm, &[id], mappers, &scope_at, resolved, diagnostics);
    client_scope::of_client(realm, &client, &at, resolved, diagnostics);
    Container::Client(id).declare(&client.roles, realm, &at.field("roles"), resolved, diagnostics);
    role_mapping::of_service_account(realm, &client, &at, resolved, diagnostics);
    let address = Address::keycloak(realm, KeycloakKind::Client, [id]);
    resolved.clients.push(Declared { address, at, value: client });
}

fn declare_scopes(
    realm: &str,
    scopes: Vec<ClientScope>,
    at: &At,
    resolved: &mut Resolved,
    diagnostics: &mut Diagnostics,
) {
    for (index, scope) in scopes.into_iter().enumerate() {
        let at = at.entry(index);
        check_settings(scope.settings.as_ref(), &NOT_SCOPE_SETTINGS, &OWN_SCOPE_ATTRIBUTES, &at, diagnostics);
        declare_mappers(realm, &["client-scope", &scope.name], &scope.mappers, &at, resolved, diagnostics);
        client_scope::declare(realm, scope, at, resolved, diagnostics);
    }
}

/// Adds the mappers of the scope `at` some place, which addresses of mappers call by these names.
fn declare_mappers(
    realm: &str,
    scope: &[&str],
    mappers: &[words::ProtocolMapper],
    at: &At,
    resolved: &mut Resolved,
    diagnostics: &mut Diagnostics,
) {
    for (index, mapper) in mappers.iter().enumerate() {
        let at = at.field("mappers").entry(index);
        name::check(&mapper.name, name::KEYCLOAK, &at.field("name"), diagnostics);
        check_config(mapper, &at.field("config"), diagnostics);
        let names = scope.iter().copied().chain([mapper.name.as_str()]);
        let address = Address::keycloak(realm, KeycloakKind::ProtocolMapper, names);
        resolved.protocol_mappers.push(Declared { address, at, value: mapper.clone() });
    }
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

fn check_config(mapper: &words::ProtocolMapper, at: &At, diagnostics: &mut Diagnostics) {
    for (property, word) in NOT_CONFIG {
        if mapper.config.as_ref().is_some_and(|config| config.contains_key(property)) {
            let message = format!("`{property}` has its own word, `{word}`");
            diagnostics.push(Diagnostic::error(at.field(property).source(), message));
        }
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

/// Keys that objects in `settings` of a realm refuse, and the words for them.
const NOT_IN_REALM_SETTINGS: [(&str, &str, &str); 12] = [
    ("attributes", "frontendUrl", "frontendUrl"),
    (SMTP, "host", "email.host"),
    (SMTP, "port", "email.port"),
    (SMTP, "from", "email.from"),
    (SMTP, "fromDisplayName", "email.fromName"),
    (SMTP, "replyTo", "email.replyTo"),
    (SMTP, "replyToDisplayName", "email.replyToName"),
    (SMTP, "envelopeFrom", "email.envelopeFrom"),
    (SMTP, "ssl", "email.ssl"),
    (SMTP, "starttls", "email.startTls"),
    (SMTP, "auth", "email.authentication"),
    (SMTP, "user", "email.username"),
];

const SMTP: &str = "smtpServer";

pub(super) fn check_realm_settings(settings: Option<&Map<String, Json>>, at: &At, diagnostics: &mut Diagnostics) {
    for (key, value) in settings.into_iter().flatten() {
        let place = at.field(key);
        if let Some((_, instead)) = NOT_REALM_SETTINGS.iter().find(|(refused, _)| refused == key) {
            diagnostics.push(Diagnostic::error(place.source(), format!("`settings` cannot hold `{key}`: {instead}")));
        } else if let Some((_, word)) = WORDS_OF_REALMS.iter().find(|(known, _)| known == key) {
            let message = format!("`settings` cannot hold `{key}`: it has its own word, `{word}`");
            diagnostics.push(Diagnostic::error(place.source(), message));
        }
        for inner in value.as_object().into_iter().flat_map(Map::keys) {
            let place = place.field(inner).source();
            let own = NOT_IN_REALM_SETTINGS.iter().find(|(outer, known, _)| key == outer && inner == known);
            if let Some((_, _, word)) = own {
                let message = format!("`settings` cannot hold `{inner}`: it has its own word, `{word}`");
                diagnostics.push(Diagnostic::error(place, message));
            } else if names_a_secret(inner) {
                diagnostics.push(Diagnostic::error(place, "secrets are never written in a spec").conceal());
            }
        }
    }
}

/// Complains about `settings`, in the object `at` some place, that are not for them: those of a client, or of a client scope.
fn check_settings(
    settings: Option<&Map<String, Json>>,
    refused: &[(&str, &str)],
    own_attributes: &[(&str, &str)],
    at: &At,
    diagnostics: &mut Diagnostics,
) {
    for (key, value) in settings.into_iter().flatten() {
        let place = at.field("settings").field(key);
        if let Some((_, instead)) = refused.iter().find(|(refused, _)| refused == key) {
            diagnostics.push(Diagnostic::error(place.source(), format!("`settings` cannot hold `{key}`: {instead}")));
        } else if key == "attributes" {
            check_attributes(value, own_attributes, &place, diagnostics);
        }
    }
}

/// Whether an attribute's value is a secret, by its name.
pub(super) fn names_a_secret(attribute: &str) -> bool {
    let name = attribute.to_lowercase();
    name != "client.secret.creation.time"
        && ["secret", "password", "private.key"].iter().any(|part| name.contains(part))
}

/// The attributes of a client, or of a client scope, are single texts, and some of them are secrets.
fn check_attributes(attributes: &Json, own: &[(&str, &str)], at: &At, diagnostics: &mut Diagnostics) {
    let Json::Object(attributes) = attributes else {
        diagnostics.push(Diagnostic::error(at.source(), "expected a map of attributes"));
        return;
    };
    for (key, value) in attributes {
        let place = at.field(key).source();
        if let Some((_, word)) = own.iter().find(|(known, _)| known == key) {
            let message = format!("`settings` cannot hold `{key}`: it has its own word, `{word}`");
            diagnostics.push(Diagnostic::error(place, message));
        } else if names_a_secret(key) {
            diagnostics.push(Diagnostic::error(place, "secrets are never written in a spec").conceal());
        } else if value.is_array() || value.is_object() {
            diagnostics.push(Diagnostic::error(place, "an attribute here is one text"));
        }
    }
}
