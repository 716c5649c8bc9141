//! The settings of a realm, as far as a PUT does otherwise than one would think.

use serde_json::{Value as Json, json};

use super::Caller;

const REALM: &str = "/admin/realms/{place}";

impl Caller<'_> {
    /// Writes down some fields of the realm.
    fn shows(&mut self, keys: &[&str]) {
        let realm = self.quietly(REALM);
        for key in keys {
            let mut value = realm[*key].clone();
            if let Some(fields) = value.as_object_mut() {
                fields.sort_keys();
            }
            self.remark(&format!("{key}: {value}"));
        }
    }
}

pub(super) fn realm_settings(caller: &mut Caller) {
    let put = |caller: &mut Caller, body: Json, keys: &[&str]| {
        caller.put(REALM, &body);
        caller.shows(keys);
    };
    caller.about(
        "a password of the mail server is shown as asterisks, which keep it, while it is wanted; so is an unknown key",
    );
    let mail = ["smtpServer"];
    let server = json!({"host": "a", "from": "a@example.com", "auth": "true", "user": "a",
        "password": "geheim", "opcp.password.version": "1"});
    put(caller, json!({"smtpServer": server}), &mail);
    let masked = json!({"host": "b", "from": "a@example.com", "auth": "true", "user": "a", "password": "**********"});
    put(caller, json!({"smtpServer": masked}), &mail);
    put(caller, json!({"smtpServer": {"host": "b", "from": "a@example.com"}}), &mail);
    put(caller, json!({"smtpServer": {"host": "b", "from": "a@example.com", "password": "**********"}}), &mail);
    put(caller, json!({"smtpServer": {"host": "b"}}), &mail);
    put(caller, json!({"smtpServer": {}}), &mail);

    caller.about("policies for passwords are one text");
    let policy = ["passwordPolicy"];
    put(caller, json!({"passwordPolicy": "length(12) and digits and notUsername(undefined)"}), &policy);
    put(caller, json!({"passwordPolicy": "no-such(1)"}), &policy);
    put(caller, json!({"passwordPolicy": ""}), &policy);

    caller.about("what says nothing is not shown");
    put(caller, json!({"eventsExpiration": 60}), &["eventsExpiration"]);
    put(caller, json!({"eventsExpiration": 0}), &["eventsExpiration"]);
    let languages = ["internationalizationEnabled", "supportedLocales", "defaultLocale"];
    let german = json!({"internationalizationEnabled": true, "supportedLocales": ["de"], "defaultLocale": "de"});
    put(caller, german, &languages);
    put(caller, json!({"supportedLocales": [], "defaultLocale": ""}), &languages);
    put(caller, json!({"loginTheme": "keycloak.v2"}), &["loginTheme"]);
    put(caller, json!({"loginTheme": ""}), &["loginTheme"]);
    put(caller, json!({"ssoSessionIdleTimeoutRememberMe": 0}), &["ssoSessionIdleTimeoutRememberMe"]);

    caller.about("what was said of devices is forgotten by a PUT that does not mention it");
    let devices = ["oauth2DeviceCodeLifespan", "oauth2DevicePollingInterval"];
    put(caller, json!({"oauth2DeviceCodeLifespan": 777, "oauth2DevicePollingInterval": 7}), &devices);
    put(
        caller,
        json!({"displayName": "A name", "oauth2DeviceCodeLifespan": 777, "oauth2DevicePollingInterval": 7}),
        &devices,
    );
    put(caller, json!({"displayName": "B name"}), &devices);

    caller.about("a policy is taken with the field that leads it, and not without");
    let otp = ["otpPolicyType", "otpPolicyLookAheadWindow", "otpPolicyPeriod", "otpPolicyCodeReusable"];
    put(caller, json!({"otpPolicyLookAheadWindow": 3, "otpPolicyCodeReusable": true}), &otp);
    let shown = caller.quietly(REALM);
    let policy = |start: &str, more: Json| {
        let of_it = shown.as_object().into_iter().flatten().filter(|(key, _)| key.starts_with(start));
        let mut policy: serde_json::Map<String, Json> =
            of_it.map(|(key, value)| (key.clone(), value.clone())).collect();
        policy.extend(more.as_object().cloned().unwrap_or_default());
        Json::Object(policy)
    };
    put(caller, policy("otpPolicy", json!({"otpPolicyLookAheadWindow": 3, "otpPolicyCodeReusable": true})), &otp);
    let keys = ["webAuthnPolicyRpEntityName", "webAuthnPolicyCreateTimeout", "webAuthnPolicyPasswordlessCreateTimeout"];
    put(caller, json!({"webAuthnPolicyCreateTimeout": 9, "webAuthnPolicyPasswordlessCreateTimeout": 9}), &keys);
    put(caller, policy("webAuthnPolicy", json!({"webAuthnPolicyCreateTimeout": 9})), &keys);

    caller.about("a policy for keys that are passwords forgets two of its fields, unless they are mentioned");
    let leader = "webAuthnPolicyPasswordlessRpEntityName";
    let keys = [leader, "webAuthnPolicyPasswordlessPasskeysEnabled", "webAuthnPolicyPasswordlessMediation"];
    put(caller, json!({(leader): "a", (keys[1]): true, (keys[2]): "required"}), &keys);
    put(caller, json!({"displayName": "C name"}), &keys);
    put(caller, json!({(leader): "b"}), &keys);

    caller.about("mails are sent with a password or with a token, whose client's secret is shown to nobody");
    let token = json!({"host": "a", "from": "a@example.com", "auth": "true", "user": "u", "authType": "token",
        "authTokenUrl": "https://login.example.com/token", "authTokenScope": "mail", "authTokenClientId": "cloud",
        "authTokenClientSecret": "first", "opcp.authTokenClientSecret.version": "1"});
    let masked = |more: Json| {
        let mut masked = token.clone();
        masked["authTokenClientSecret"] = "**********".into();
        masked.as_object_mut().unwrap().extend(more.as_object().cloned().unwrap_or_default());
        masked
    };
    put(caller, json!({"smtpServer": token}), &["smtpServer"]);
    put(caller, json!({"smtpServer": masked(json!({"fromDisplayName": "The cloud"}))}), &["smtpServer"]);
    put(caller, json!({"smtpServer": masked(json!({"authType": "basic", "password": "second"}))}), &["smtpServer"]);
    put(caller, json!({"smtpServer": masked(json!({}))}), &["smtpServer"]);
}
