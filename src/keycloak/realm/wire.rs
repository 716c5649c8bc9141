//! How Keycloak spells realms. A PUT keeps what it does not mention, but replaces the attributes whole, and 26.0 then
//! also empties the browser's security headers unless they are mentioned (26.0 and 26.7). It forgets what it has been told
//! of devices unless it is told again; and each policy for one-time passwords and for keys is taken whole or not at all,
//! as its leading field is mentioned or not (26.7).

use serde_json::Map;

use crate::http::failure::{Failure, Kind};
use crate::http::route::Route;
use crate::keycloak::realm as name;
use crate::model::Json;
use crate::model::path::Path;
use crate::model::spelling::Spelling;
use crate::model::step::{Action, Step};
use crate::resource::{Body, Request};

/// The key below which a realm keeps what has no key of its own.
pub(super) const ATTRIBUTES: &str = "attributes";

/// The key of the server that mails are sent by.
pub(super) const SMTP: &str = "smtpServer";

/// The key of the policies for passwords, one text.
pub(super) const PASSWORD_POLICY: &str = "passwordPolicy";

/// How long events are kept; not shown where that is for good.
pub(super) const EVENTS_EXPIRATION: &str = "eventsExpiration";

/// What a PUT forgets that does not mention it.
pub(super) const DEVICE_CODE: &str = "oauth2DeviceCodeLifespan";
pub(super) const DEVICE_POLLING: &str = "oauth2DevicePollingInterval";
const FORGOTTEN: [&str; 2] = [DEVICE_CODE, DEVICE_POLLING];

/// The same, and objects that a PUT replaces whole. A password among them is shown
/// masked, and one that is masked is kept, while it is wanted (`auth`).
const OBJECTS: [&str; 5] = [DEVICE_CODE, DEVICE_POLLING, ATTRIBUTES, "browserSecurityHeaders", SMTP];

/// The same, and policies that are taken whole or not at all.
const POLICIES: [&str; 38] = [
    DEVICE_CODE,
    DEVICE_POLLING,
    ATTRIBUTES,
    "browserSecurityHeaders",
    SMTP,
    "otpPolicyType",
    "otpPolicyAlgorithm",
    "otpPolicyInitialCounter",
    "otpPolicyDigits",
    "otpPolicyLookAheadWindow",
    "otpPolicyPeriod",
    "otpPolicyCodeReusable",
    "webAuthnPolicyRpEntityName",
    "webAuthnPolicySignatureAlgorithms",
    "webAuthnPolicyRpId",
    "webAuthnPolicyAttestationConveyancePreference",
    "webAuthnPolicyAuthenticatorAttachment",
    "webAuthnPolicyRequireResidentKey",
    "webAuthnPolicyResidentKey",
    "webAuthnPolicyUserVerificationRequirement",
    "webAuthnPolicyCreateTimeout",
    "webAuthnPolicyAvoidSameAuthenticatorRegister",
    "webAuthnPolicyAcceptableAaguids",
    "webAuthnPolicyExtraOrigins",
    "webAuthnPolicyPasswordlessRpEntityName",
    "webAuthnPolicyPasswordlessSignatureAlgorithms",
    "webAuthnPolicyPasswordlessRpId",
    "webAuthnPolicyPasswordlessAttestationConveyancePreference",
    "webAuthnPolicyPasswordlessAuthenticatorAttachment",
    "webAuthnPolicyPasswordlessRequireResidentKey",
    "webAuthnPolicyPasswordlessResidentKey",
    "webAuthnPolicyPasswordlessUserVerificationRequirement",
    "webAuthnPolicyPasswordlessCreateTimeout",
    "webAuthnPolicyPasswordlessAvoidSameAuthenticatorRegister",
    "webAuthnPolicyPasswordlessAcceptableAaguids",
    "webAuthnPolicyPasswordlessExtraOrigins",
    "webAuthnPolicyPasswordlessPasskeysEnabled",
    "webAuthnPolicyPasswordlessMediation",
];

/// One of the many fields that are shown to those alone who may view the realm; the others see a few harmless ones.
const SHOWN_TO_FEW: &str = "accessTokenLifespan";

/// The realm's document.
pub(crate) fn of(realm: &str) -> Route {
    crate::keycloak::route(realm, [])
}

/// The realm's discovery document.
pub(super) fn discovery(realm: &str) -> Route {
    Route::new(["realms", realm, ".well-known", "openid-configuration"])
}

/// Whether a failure says that there is no such realm, in the words of the admin API or in those of a login: whatever
/// stands before the server says 404, too.
pub(crate) fn is_missing(failure: &Failure) -> bool {
    let words = failure.words();
    failure.kind == Kind::Missing
        && ["Realm not found", "Realm does not exist"].iter().any(|known| words.starts_with(known))
}

/// Whether a realm's document has been cut down for an account that may not view it.
pub(super) fn is_cut(body: &Json) -> bool {
    body.as_object().is_none_or(is_cut_down)
}

fn is_cut_down(realm: &Map<String, Json>) -> bool {
    !realm.contains_key(SHOWN_TO_FEW)
}

/// Says what is said by being absent, and gives an order to what has none.
pub(super) fn normalise(mut body: Json) -> Json {
    if let Json::Object(realm) = &mut body
        && !is_cut_down(realm)
    {
        realm.entry(EVENTS_EXPIRATION).or_insert(0.into());
        if let Some(policies) = realm.get_mut(PASSWORD_POLICY) {
            *policies = Spelling::Policies.server(&Spelling::Policies.operator(policies));
        }
    }
    body
}

pub(super) fn write(step: &Step) -> Request {
    let realm = of(name(&step.address));
    let inside = |path: &Path| path.keys().len() > 1;
    let of_policy = |path: &Path| {
        let key = path.keys().first().map_or("", String::as_str);
        key.starts_with("otpPolicy") || key.starts_with("webAuthnPolicy")
    };
    let any = |of: &dyn Fn(&Path) -> bool| step.fields.iter().any(|field| of(&field.path));
    let echo: &'static [&'static str] = match (any(&of_policy), any(&inside)) {
        (true, _) => &POLICIES,
        (false, true) => &OBJECTS,
        (false, false) => &FORGOTTEN,
    };
    match step.action {
        Action::Create => Request::create(Route::new(["admin", "realms"])),
        Action::Update => Request::put(realm, Body::Changed { echo }),
        Action::Delete => Request::delete(realm),
    }
}
