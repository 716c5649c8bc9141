//! The fields of a realm's settings, group by group. All of them lie in the one document of the realm; a field of a group has
//! the group's word before its own.

use super::wire;
use crate::keycloak::hidden;
use crate::keycloak::identity_provider::word;
use crate::model::declared::{At, Fields};
use crate::model::path::Path;
use crate::model::spelling::Spelling;
use crate::model::wanted::Field;
use crate::spec::realm::Realm;
use crate::spec::realm_settings::{
    BruteForceProtection, Email, Events, Internationalization, OtpPolicy, Sessions, Themes, Tokens,
};

const SAME: Spelling = Spelling::Same;
const TEXT: Spelling = Spelling::Text;
const DURATION: Spelling = Spelling::Duration;

/// The fields of all groups of the realm that is declared `at` some place.
pub(super) fn fields(realm: &Realm, at: &At) -> Vec<Field> {
    let mut fields = Vec::new();
    let mut add = |group: &str, of_it: Option<Vec<Field>>| {
        let named = |field: Field| Field { word: format!("{group}.{}", field.word), ..field };
        fields.extend(of_it.into_iter().flatten().map(named));
    };
    let of = |group: &str| at.field(group);
    add("themes", realm.themes.as_ref().map(|group| themes(group, &of("themes"))));
    add("sessions", realm.sessions.as_ref().map(|group| sessions(group, &of("sessions"))));
    add("tokens", realm.tokens.as_ref().map(|group| tokens(group, &of("tokens"))));
    let protection = realm.brute_force_protection.as_ref();
    add("bruteForceProtection", protection.map(|group| brute_force(group, &of("bruteForceProtection"))));
    add("email", realm.email.as_ref().map(|group| email(group, &of("email"))));
    add("events", realm.events.as_ref().map(|group| events(group, &of("events"))));
    let languages = realm.internationalization.as_ref();
    add("internationalization", languages.map(|group| internationalization(group, &of("internationalization"))));
    add("otpPolicy", realm.otp_policy.as_ref().map(|group| otp(group, &of("otpPolicy"))));
    fields
}

fn key(key: &str) -> Path {
    Path::new([key])
}

fn themes(themes: &Themes, at: &At) -> Vec<Field> {
    let Themes { login, account, admin, email } = themes;
    let fields = Fields::at(at)
        .is("login", key("loginTheme"), SAME, login.as_deref())
        .is("account", key("accountTheme"), SAME, account.as_deref())
        .is("admin", key("adminTheme"), SAME, admin.as_deref())
        .is("email", key("emailTheme"), SAME, email.as_deref());
    fields.into_vec()
}

fn sessions(sessions: &Sessions, at: &At) -> Vec<Field> {
    let Sessions {
        remember_me_idle,
        remember_me_max,
        client_idle,
        client_max,
        offline_idle,
        offline_max_limited,
        offline_max,
        client_offline_idle,
        client_offline_max,
        login,
        login_action,
    } = sessions;
    let fields = Fields::at(at)
        .is("rememberMeIdle", key("ssoSessionIdleTimeoutRememberMe"), DURATION, *remember_me_idle)
        .is("rememberMeMax", key("ssoSessionMaxLifespanRememberMe"), DURATION, *remember_me_max)
        .is("clientIdle", key("clientSessionIdleTimeout"), DURATION, *client_idle)
        .is("clientMax", key("clientSessionMaxLifespan"), DURATION, *client_max)
        .is("offlineIdle", key("offlineSessionIdleTimeout"), DURATION, *offline_idle)
        .is("offlineMaxLimited", key("offlineSessionMaxLifespanEnabled"), SAME, *offline_max_limited)
        .is("offlineMax", key("offlineSessionMaxLifespan"), DURATION, *offline_max)
        .is("clientOfflineIdle", key("clientOfflineSessionIdleTimeout"), DURATION, *client_offline_idle)
        .is("clientOfflineMax", key("clientOfflineSessionMaxLifespan"), DURATION, *client_offline_max)
        .is("login", key("accessCodeLifespanLogin"), DURATION, *login)
        .is("loginAction", key("accessCodeLifespanUserAction"), DURATION, *login_action);
    fields.into_vec()
}

fn tokens(tokens: &Tokens, at: &At) -> Vec<Field> {
    let Tokens {
        signature_algorithm,
        revoke_refresh_token,
        refresh_token_reuse,
        implicit_lifespan,
        client_login,
        user_action,
        admin_action,
        device_code,
        device_polling,
    } = tokens;
    let fields = Fields::at(at)
        .is("signatureAlgorithm", key("defaultSignatureAlgorithm"), SAME, signature_algorithm.as_deref())
        .is("revokeRefreshToken", key("revokeRefreshToken"), SAME, *revoke_refresh_token)
        .is("refreshTokenReuse", key("refreshTokenMaxReuse"), SAME, *refresh_token_reuse)
        .is("implicitLifespan", key("accessTokenLifespanForImplicitFlow"), DURATION, *implicit_lifespan)
        .is("clientLogin", key("accessCodeLifespan"), DURATION, *client_login)
        .is("userAction", key("actionTokenGeneratedByUserLifespan"), DURATION, *user_action)
        .is("adminAction", key("actionTokenGeneratedByAdminLifespan"), DURATION, *admin_action)
        .is("deviceCode", key(wire::DEVICE_CODE), DURATION, *device_code)
        .is("devicePolling", key(wire::DEVICE_POLLING), DURATION, *device_polling);
    fields.into_vec()
}

fn brute_force(protection: &BruteForceProtection, at: &At) -> Vec<Field> {
    let BruteForceProtection {
        enabled,
        permanent,
        max_temporary_lockouts,
        max_failures,
        strategy,
        wait_increment,
        max_wait,
        failure_reset,
        quick_login_milliseconds,
        quick_login_wait,
    } = protection;
    let fields = Fields::at(at)
        .is("enabled", key("bruteForceProtected"), SAME, *enabled)
        .is("permanent", key("permanentLockout"), SAME, *permanent)
        .is("maxTemporaryLockouts", key("maxTemporaryLockouts"), SAME, *max_temporary_lockouts)
        .is("maxFailures", key("failureFactor"), SAME, *max_failures)
        .is("strategy", key("bruteForceStrategy"), Spelling::Capitals, strategy.and_then(word))
        .is("waitIncrement", key("waitIncrementSeconds"), DURATION, *wait_increment)
        .is("maxWait", key("maxFailureWaitSeconds"), DURATION, *max_wait)
        .is("failureReset", key("maxDeltaTimeSeconds"), DURATION, *failure_reset)
        .is("quickLoginMilliseconds", key("quickLoginCheckMilliSeconds"), SAME, *quick_login_milliseconds)
        .is("quickLoginWait", key("minimumQuickLoginWaitSeconds"), DURATION, *quick_login_wait);
    fields.into_vec()
}

fn email(email: &Email, at: &At) -> Vec<Field> {
    let Email {
        host,
        port,
        from,
        from_name,
        reply_to,
        reply_to_name,
        envelope_from,
        ssl,
        start_tls,
        authentication,
        username,
        password,
        token_client_secret,
    } = email;
    let smtp = |name| Path::new([wire::SMTP, name]);
    let fields = Fields::at(at)
        .is("host", smtp("host"), SAME, host.as_deref())
        .is("port", smtp("port"), SAME, port.map(|port| port.to_string()))
        .is("from", smtp("from"), SAME, from.as_deref())
        .is("fromName", smtp("fromDisplayName"), SAME, from_name.as_deref())
        .is("replyTo", smtp("replyTo"), SAME, reply_to.as_deref())
        .is("replyToName", smtp("replyToDisplayName"), SAME, reply_to_name.as_deref())
        .is("envelopeFrom", smtp("envelopeFrom"), SAME, envelope_from.as_deref())
        .is("ssl", smtp("ssl"), TEXT, *ssl)
        .is("startTls", smtp("starttls"), TEXT, *start_tls)
        .is("authentication", smtp("auth"), TEXT, *authentication)
        .is("username", smtp("user"), SAME, username.as_deref());
    let secrets =
        [("password", "password", password), ("tokenClientSecret", "authTokenClientSecret", token_client_secret)];
    let secrets = secrets.into_iter().flat_map(|(word, property, secret)| {
        hidden::fields(word, &key(wire::SMTP), property, secret.as_ref(), &at.field(word))
    });
    fields.into_vec().into_iter().chain(secrets).collect()
}

fn events(events: &Events, at: &At) -> Vec<Field> {
    let Events { listeners, save, expiration, types, save_admin, admin_details } = events;
    let fields = Fields::at(at)
        .values("listeners", key("eventsListeners"), listeners.as_ref())
        .is("save", key("eventsEnabled"), SAME, *save)
        .is("expiration", key(wire::EVENTS_EXPIRATION), DURATION, *expiration)
        .values("types", key("enabledEventTypes"), types.as_ref())
        .is("saveAdmin", key("adminEventsEnabled"), SAME, *save_admin)
        .is("adminDetails", key("adminEventsDetailsEnabled"), SAME, *admin_details);
    fields.into_vec()
}

fn internationalization(languages: &Internationalization, at: &At) -> Vec<Field> {
    let Internationalization { enabled, locales, default_locale } = languages;
    let fields = Fields::at(at)
        .is("enabled", key("internationalizationEnabled"), SAME, *enabled)
        .values("locales", key("supportedLocales"), locales.as_ref())
        .is("defaultLocale", key("defaultLocale"), SAME, default_locale.as_deref());
    fields.into_vec()
}

fn otp(policy: &OtpPolicy, at: &At) -> Vec<Field> {
    let OtpPolicy { kind, algorithm, digits, look_ahead, period, reusable } = policy;
    let fields = Fields::at(at)
        .is("type", key("otpPolicyType"), SAME, kind.and_then(word))
        .is("algorithm", key("otpPolicyAlgorithm"), SAME, algorithm.and_then(word))
        .is("digits", key("otpPolicyDigits"), SAME, *digits)
        .is("lookAhead", key("otpPolicyLookAheadWindow"), SAME, *look_ahead)
        .is("period", key("otpPolicyPeriod"), DURATION, *period)
        .is("reusable", key("otpPolicyCodeReusable"), SAME, *reusable);
    fields.into_vec()
}
