//! What `settings` of realms, clients and client scopes cannot hold: what has a word of its own, what is a thing of its own,
//! and secrets.

use serde_json::Map;

use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::model::Json;
use crate::model::declared::At;

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

/// Complains about `settings` of a realm, which stand `at` some place.
pub(super) fn of_realm(settings: Option<&Map<String, Json>>, at: &At, diagnostics: &mut Diagnostics) {
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

/// Complains about `settings` of the client `at` some place.
pub(super) fn of_client(settings: Option<&Map<String, Json>>, at: &At, diagnostics: &mut Diagnostics) {
    check(settings, &NOT_SETTINGS, &OWN_ATTRIBUTES, at, diagnostics);
}

/// Complains about `settings` of the client scope `at` some place.
pub(super) fn of_client_scope(settings: Option<&Map<String, Json>>, at: &At, diagnostics: &mut Diagnostics) {
    check(settings, &NOT_SCOPE_SETTINGS, &OWN_SCOPE_ATTRIBUTES, at, diagnostics);
}

fn check(
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
