//! Realms: made and removed, a PUT that replaces their attributes, the few fields that everybody sees.

use serde_json::{Value as Json, json};

use super::login::Token;
use super::rights::Rights;
use super::{Answer, Document, Keycloak, Realm, Request, profile, representation, text};

/// What a server answers for a realm of which nothing is said; `{realm}` and `{id}` stand for its name and id.
const DEFAULTS: &str = include_str!("realm.json");

/// Attributes that are shown whether they are stored or not.
const ALWAYS: [&str; 7] = [
    "cibaAuthRequestedUserHint",
    "cibaBackchannelTokenDeliveryMode",
    "cibaExpiresIn",
    "cibaInterval",
    "oauth2DeviceCodeLifespan",
    "oauth2DevicePollingInterval",
    "parRequestUriLifespan",
];

/// The server that mails are sent by, and what is shown of its password.
const SMTP: &str = "smtpServer";
const SECRETS: [&str; 2] = ["password", "authTokenClientSecret"];
const MASK: &str = "**********";

/// What a PUT puts back that does not mention it.
const FORGOTTEN: [(&str, u64); 2] = [("oauth2DeviceCodeLifespan", 600), ("oauth2DevicePollingInterval", 5)];

/// What the fields of policies begin with, and the field without which they are not taken.
const POLICIES: [(&str, &str); 3] = [
    ("otpPolicy", "otpPolicyType"),
    ("webAuthnPolicyPasswordless", "webAuthnPolicyPasswordlessRpEntityName"),
    ("webAuthnPolicy", "webAuthnPolicyRpEntityName"),
];

/// What a policy for keys that are passwords forgets that does not mention it.
const FORGOTTEN_OF_KEYS: [&str; 2] =
    ["webAuthnPolicyPasswordlessPasskeysEnabled", "webAuthnPolicyPasswordlessMediation"];

const PASSWORD_POLICIES: [&str; 7] =
    ["digits", "length", "maxLength", "notEmail", "notUsername", "passwordHistory", "specialChars"];

/// What those see who may not view the realm.
const SHOWN_TO_ALL: [&str; 4] = ["realm", "bruteForceProtected", "supportedLocales", "organizationsEnabled"];

impl Keycloak {
    /// `admin/realms`.
    pub(super) fn create_realm(&mut self, request: &Request, token: &Token) -> Result<Answer, Answer> {
        let rights = self.rights.get(&token.holder).cloned().unwrap_or_default();
        rights.need(&["create-realm"])?;
        let unreadable = |_| Answer::json(400, &json!({"errorMessage": "unable to read contents from stream"}));
        let mut body = representation::read(request, &representation::realm(), |_| ()).map_err(unreadable)?;
        let name = text(&body, "realm").to_owned();
        if name.is_empty() {
            return Err(Answer::json(400, &json!({"errorMessage": "Realm name cannot be empty"})));
        }
        if self.realms.contains_key(&name) {
            return Err(Answer::json(409, &json!({"errorMessage": format!("Realm {name} already exists")})));
        }
        body.entry("enabled").or_insert(false.into());
        let mut document = self.new_realm(&name);
        merge(&mut document, body);
        tidy(&mut document);
        // Only a token that is asked for from now on carries the rights that come with the realm.
        let made_by = Some((token.holder.clone(), self.tokens.all().count()));
        let realm = Realm { document, profile: profile::default(), made_by, was_made: true, ..Realm::default() };
        self.realms.insert(name.clone(), realm);
        self.furnish(&name);
        for (home, realm) in &mut self.realms {
            let came = realm
                .clients
                .iter()
                .filter(|client| *home == name || text(client, "clientId") == format!("{name}-realm"));
            realm.brought.extend(came.map(|client| text(client, "id").to_owned()).collect::<Vec<_>>());
        }
        let place = format!("{}/admin/realms/{name}", request.origin());
        Ok(Answer::empty(201).with("location", place))
    }

    /// `admin/realms/{realm}`.
    pub(super) fn realm_itself(&mut self, request: &Request, rights: &Rights, name: &str) -> Result<Answer, Answer> {
        match request.method.as_str() {
            "GET" => {
                rights.need_any()?;
                let mut body = self.realm(name)?.document.clone();
                for secret in SECRETS {
                    if let Some(mail) = body.get_mut(SMTP).filter(|mail| !mail[secret].is_null()) {
                        mail[secret] = MASK.into();
                    }
                }
                if rights.need(&["view-realm", "manage-realm"]).is_err() {
                    body.insert("supportedLocales".to_owned(), json!([]));
                    body.retain(|key, _| SHOWN_TO_ALL.contains(&key.as_str()));
                }
                Ok(Answer::json(200, &Json::Object(body)))
            }
            "PUT" => {
                rights.need(&["manage-realm"])?;
                let body = representation::read(request, &representation::realm(), |_| ())?;
                replace(&mut self.realm(name)?.document, body)?;
                Ok(Answer::empty(204))
            }
            "DELETE" => {
                rights.need(&["manage-realm"])?;
                self.realms.remove(name);
                let master = self.realm("master")?;
                master.clients.retain(|client| text(client, "clientId") != format!("{name}-realm"));
                Ok(Answer::empty(204))
            }
            _ => Err(Answer::unknown_route()),
        }
    }

    pub(super) fn new_realm(&mut self, name: &str) -> Document {
        let document = DEFAULTS.replace("{realm}", name).replace("{id}", &self.new_id());
        serde_json::from_str(&document).unwrap()
    }

    /// The realm's address as people see it, which its issuer begins with.
    pub(super) fn frontend(&self, request: &Request, realm: &str) -> String {
        let url = self.realms[realm].document["attributes"]["frontendUrl"].as_str().filter(|url| !url.is_empty());
        let origin = || self.public_url.clone().unwrap_or_else(|| request.origin());
        url.map_or_else(origin, |url| url.trim_end_matches('/').to_owned())
    }
}

/// What a PUT does: besides what is mentioned, it forgets what was said of devices; and policies for one-time passwords and
/// for keys are taken only with the field that leads them.
fn replace(document: &mut Document, mut body: Document) -> Result<(), Answer> {
    check(&body)?;
    for (key, default) in FORGOTTEN {
        body.entry(key).or_insert(default.into());
    }
    for (start, leader) in POLICIES {
        let passwordless = |key: &str| key.starts_with(POLICIES[1].0);
        if !body.contains_key(leader) {
            body.retain(|key, _| !key.starts_with(start) || (passwordless(key) && start != POLICIES[1].0));
        }
    }
    if body.contains_key(POLICIES[1].1) {
        document.retain(|key, _| !FORGOTTEN_OF_KEYS.contains(&key.as_str()));
    }
    let reusable = body.get("otpPolicyCodeReusable").cloned();
    if let Some(mail) = body.get_mut(SMTP).and_then(Json::as_object_mut) {
        for secret in SECRETS {
            let known = document[SMTP][secret].clone();
            if mail.get(secret).is_some_and(|shown| shown == MASK) {
                mail.shift_remove(secret);
                if !known.is_null() {
                    mail.insert(secret.to_owned(), known);
                }
            }
        }
        // None is kept that is not wanted.
        let is_wanted = mail.get("auth").is_some_and(|wanted| wanted == "true");
        let by_token = mail.get("authType").is_some_and(|kind| kind == "token");
        mail.retain(|key, _| match key.as_str() {
            "password" => is_wanted && !by_token,
            key if key.starts_with("authToken") => is_wanted && by_token,
            _ => true,
        });
    }
    merge(document, body);
    for (key, _) in FORGOTTEN {
        document["attributes"][key] = document[key].to_string().into();
    }
    if let Some(reusable) = reusable {
        document["attributes"]["realmReusableOtpCode"] = reusable.to_string().into();
    }
    tidy(document);
    Ok(())
}

/// Refuses what the server refuses of a realm that changes.
fn check(body: &Document) -> Result<(), Answer> {
    let refused = |message: &str| Err(Answer::json(400, &json!({"errorMessage": message})));
    for policy in text(body, "passwordPolicy").split(" and ").filter(|policy| !policy.is_empty()) {
        if !PASSWORD_POLICIES.contains(&policy.split('(').next().unwrap_or_default()) {
            return refused("Password policy not found");
        }
    }
    if let Some(mail) = body.get(SMTP).and_then(Json::as_object).filter(|mail| !mail.is_empty()) {
        let from = mail.get("from").and_then(Json::as_str);
        if !from.is_some_and(|from| from.contains('@')) {
            return refused(&format!(
                "Invalid sender address '{}'. If the address contains UTF-8 characters in the local part please ensure \
                 the SMTP server supports the SMTPUTF8 extension and enable 'Allow UTF-8' in the email realm configuration.",
                from.unwrap_or("null")
            ));
        }
    }
    Ok(())
}

/// What says nothing is not shown.
fn tidy(document: &mut Document) {
    document.retain(|key, value| match key.as_str() {
        "eventsExpiration" => *value != 0,
        "supportedLocales" => *value != json!([]),
        "passwordPolicy" => value != "",
        _ => true,
    });
}

/// Keeps what the body does not mention, but for attributes: those are replaced whole.
pub(super) fn merge(document: &mut Document, body: Document) {
    for (key, mut value) in body {
        if key == "attributes" {
            for name in ALWAYS {
                if value[name].is_null() {
                    value[name] = document["attributes"][name].clone();
                }
            }
        }
        document.insert(key, value);
    }
}
