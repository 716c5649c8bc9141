//! What `settings` of realms, clients and client scopes cannot hold: what has a word of its own, what is a thing of its own,
//! and secrets.

use serde_json::Map;

use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::model::Json;
use crate::model::declared::At;

/// Keys that `settings` of a realm refuses, and what to use instead.
const NOT_REALM_SETTINGS: [(&str, &str); 54] = [
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
    ("clientScopeMappings", "they are `clientRoles` of `clientScopes` and of dedicated scopes"),
    ("scopeMappings", "they are `realmRoles` of `clientScopes` and of dedicated scopes"),
    ("roles", "they are `roles`"),
    ("defaultRole", NOT_OURS),
    ("components", NOT_OURS),
    ("identityProviders", "they are `identityProviders`"),
    ("identityProviderMappers", "they are `mappers` of `identityProviders`"),
    ("authenticationFlows", NOT_OURS),
    ("authenticatorConfig", NOT_OURS),
    ("requiredActions", NOT_OURS),
    ("organizations", NOT_OURS),
    ("userFederationProviders", NOT_OURS),
    ("userFederationMappers", NOT_OURS),
    ("localizationTexts", NOT_OURS),
    ("defaultGroups", "they are `defaultGroups`"),
    ("publicKey", "a realm's keys are things of their own"),
    ("certificate", "a realm's keys are things of their own"),
    ("adminPermissionsClient", "the server makes it by itself"),
    ("keycloakVersion", TOLD),
    ("applicationScopeMappings", OUTDATED),
    ("clientTemplates", OUTDATED),
    ("defaultRoles", OUTDATED),
    ("otpSupportedApplications", TOLD),
    ("passwordCredentialGrantAllowed", OUTDATED),
    ("realmCacheEnabled", OUTDATED),
    ("userCacheEnabled", OUTDATED),
    ("social", OUTDATED),
    ("socialProviders", OUTDATED),
    ("updateProfileOnInitialSocialLogin", OUTDATED),
];

/// What the server shows and does not take (seen on 26.7).
const TOLD: &str = "the server tells it and does not take it";

/// What the server takes, if at all, and drops (seen on 26.7).
const OUTDATED: &str = "it is of older servers, and this one drops it";

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
const NOT_SETTINGS: [(&str, &str); 35] = [
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
    ("access", TOLD),
    ("origin", TOLD),
    ("clientTemplate", OUTDATED),
    ("defaultRoles", OUTDATED),
    ("directGrantsOnly", OUTDATED),
    ("useTemplateConfig", OUTDATED),
    ("useTemplateMappers", OUTDATED),
    ("useTemplateScope", OUTDATED),
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

/// What has `settings`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Of {
    /// A realm.
    Realm,
    /// A client.
    Client,
    /// A client scope.
    ClientScope,
}

/// What to use instead of this key in `settings`, or of this one in the object under it; nothing where they can hold it.
#[must_use]
pub(crate) fn instead(of: Of, key: &str, inner: Option<&str>) -> Option<String> {
    let told =
        |known: &[(&str, &str)]| known.iter().find(|(refused, _)| *refused == key).map(|(_, why)| (*why).to_owned());
    let own = |word: &str| format!("it has its own word, `{word}`");
    let words =
        |known: &[(&str, &str)], asked: &str| known.iter().find(|(one, _)| *one == asked).map(|(_, word)| own(word));
    match (of, inner) {
        (Of::Realm, None) => told(&NOT_REALM_SETTINGS).or_else(|| words(&WORDS_OF_REALMS, key)),
        (Of::Client, None) => told(&NOT_SETTINGS),
        (Of::ClientScope, None) => told(&NOT_SCOPE_SETTINGS),
        (Of::Realm, Some(inner)) => {
            let known = NOT_IN_REALM_SETTINGS.iter().find(|(outer, known, _)| key == *outer && inner == *known);
            known.map(|(_, _, word)| own(word))
        }
        (Of::Client, Some(inner)) => words(&OWN_ATTRIBUTES, inner).filter(|_| key == "attributes"),
        (Of::ClientScope, Some(inner)) => words(&OWN_SCOPE_ATTRIBUTES, inner).filter(|_| key == "attributes"),
    }
}

fn refused(key: &str, instead: &str) -> String {
    format!("`settings` cannot hold `{key}`: {instead}")
}

/// Complains about `settings` of a realm, which stand `at` some place.
pub(super) fn of_realm(settings: Option<&Map<String, Json>>, at: &At, diagnostics: &mut Diagnostics) {
    for (key, value) in settings.into_iter().flatten() {
        let place = at.field(key);
        if let Some(instead) = instead(Of::Realm, key, None) {
            diagnostics.push(Diagnostic::error(place.source(), refused(key, &instead)));
        }
        for inner in value.as_object().into_iter().flat_map(Map::keys) {
            let place = place.field(inner).source();
            if let Some(instead) = instead(Of::Realm, key, Some(inner)) {
                diagnostics.push(Diagnostic::error(place, refused(inner, &instead)));
            } else if names_a_secret(inner) {
                diagnostics.push(Diagnostic::error(place, "secrets are never written in a spec").conceal());
            }
        }
    }
}

/// Complains about `settings` of the client `at` some place.
pub(super) fn of_client(settings: Option<&Map<String, Json>>, at: &At, diagnostics: &mut Diagnostics) {
    check(settings, Of::Client, at, diagnostics);
}

/// Complains about `settings` of the client scope `at` some place.
pub(super) fn of_client_scope(settings: Option<&Map<String, Json>>, at: &At, diagnostics: &mut Diagnostics) {
    check(settings, Of::ClientScope, at, diagnostics);
}

fn check(settings: Option<&Map<String, Json>>, of: Of, at: &At, diagnostics: &mut Diagnostics) {
    for (key, value) in settings.into_iter().flatten() {
        let place = at.field("settings").field(key);
        if let Some(instead) = instead(of, key, None) {
            diagnostics.push(Diagnostic::error(place.source(), refused(key, &instead)));
        } else if key == "attributes" {
            check_attributes(value, of, &place, diagnostics);
        }
    }
}

/// Whether an attribute's value is a secret, by its name.
pub(crate) fn names_a_secret(attribute: &str) -> bool {
    let name = attribute.to_lowercase();
    name != "client.secret.creation.time"
        && ["secret", "password", "private.key"].iter().any(|part| name.contains(part))
}

/// The attributes of a client, or of a client scope, are single texts, and some of them are secrets.
fn check_attributes(attributes: &Json, of: Of, at: &At, diagnostics: &mut Diagnostics) {
    let Json::Object(attributes) = attributes else {
        diagnostics.push(Diagnostic::error(at.source(), "expected a map of attributes"));
        return;
    };
    for (key, value) in attributes {
        let place = at.field(key).source();
        if let Some(instead) = instead(of, "attributes", Some(key)) {
            diagnostics.push(Diagnostic::error(place, refused(key, &instead)));
        } else if names_a_secret(key) {
            diagnostics.push(Diagnostic::error(place, "secrets are never written in a spec").conceal());
        } else if value.is_array() || value.is_object() {
            diagnostics.push(Diagnostic::error(place, "an attribute here is one text"));
        }
    }
}
