//! Users: listing, creation, and the PUT that replaces more than it seems to.

use serde_json::{Value as Json, json};

use super::profile::{self, Access};
use super::rights::Rights;
use super::{Answer, Document, Keycloak, Request, created, part, representation, text};

const VIEW: &[&str] = &["view-users", "manage-users"];
const MANAGE: &[&str] = &["manage-users"];

/// Fields that are kept beside the attributes and that a PUT with attributes replaces.
const ROOT: [&str; 3] = ["email", "firstName", "lastName"];

/// What a PUT may name and does not change.
const IGNORED: [&str; 8] =
    ["access", "clientRoles", "createdTimestamp", "disableableCredentialTypes", "groups", "id", "realmRoles", "totp"];

/// How long a value of an undeclared attribute may be.
const LONGEST: usize = 2048;

impl Keycloak {
    pub(super) fn users(
        &mut self,
        request: &Request,
        rights: &Rights,
        realm: &str,
        rest: &[&str],
    ) -> Result<Answer, Answer> {
        match (request.method.as_str(), rest) {
            ("GET", []) => {
                let shown = rights.list(VIEW, "query-users")?;
                let realm = self.realm(realm)?;
                // Accounts of clients are in no list of which nothing is asked.
                let accounts = realm.accounts.values().filter(|_| request.query("username").is_some());
                let all = realm.users.iter().chain(accounts);
                let all = all.filter(|user| shown && asked_for(request, user) && realm.is_shown(user));
                let mut found: Vec<Document> = all.map(|user| realm.as_shown(user.clone())).collect();
                realm.see(&found);
                found.sort_by(|one, other| text(one, "username").cmp(text(other, "username")));
                let brief = request.query("briefRepresentation") == Some("true");
                let (first, max) = part(request, 100)?;
                let crowd = realm.crowd.from(first.saturating_sub(found.len()), request.query("username"));
                let crowd = crowd.filter(|user| shown && asked_for(request, user));
                let found = found.into_iter().skip(first).chain(crowd).take(max);
                Ok(Answer::json(200, &found.map(|user| presented(&realm.profile, &user, brief)).collect()))
            }
            ("GET", ["count"]) => {
                rights.list(VIEW, "query-users")?;
                // 26.0 counts what it shows.
                let shown = !self.version.starts_with("26.0.") || rights.need(VIEW).is_ok();
                let realm = self.realm(realm)?;
                if let Some(provider) = request.query("idpAlias") {
                    let comes = |link: &&(String, String)| rights.need(VIEW).is_ok() && link.0 == provider;
                    return Ok(Answer::json(200, &realm.links.iter().filter(comes).count().into()));
                }
                let known = realm.users.iter().filter(|user| !realm.not_yet_seen.contains(text(user, "id")));
                let count = known.filter(|user| asked_for(request, user)).count() + realm.crowd.count();
                Ok(Answer::json(200, &(if shown { count } else { 0 }).into()))
            }
            ("POST", []) => {
                rights.need(MANAGE)?;
                let body = representation::read(request, &representation::user(), lenient)?;
                let id = self.create_user(realm, body)?;
                self.rights.insert(id.clone(), Rights::only([]));
                Ok(created(request, &id))
            }
            ("GET", [id]) if id.starts_with("f:") => self.person_of_directory(rights, realm, id),
            (_, [id]) if self.user(realm, id).is_err() => {
                // Whether an id exists is told only to those who may ask for users.
                rights.need(&[VIEW, &["query-users"]].concat())?;
                Err(Answer::error(404, "User not found"))
            }
            ("GET", [id]) => {
                rights.need(VIEW)?;
                let user = self.user(realm, id)?.clone();
                let realm = self.realm(realm)?;
                let mut body = presented(&realm.profile, &realm.as_shown(user), false);
                body["access"] = json!({"impersonate": true, "manage": true, "manageGroupMembership": true, "mapRoles": true,
                    "resetPassword": true, "view": true});
                Ok(Answer::json(200, &body))
            }
            ("PUT", [id]) => {
                rights.need(MANAGE)?;
                let body = representation::read(request, &representation::user(), lenient)?;
                self.update_user(realm, id, body)
            }
            ("DELETE", [id]) => {
                rights.need(MANAGE)?;
                let realm = self.realm(realm)?;
                realm.links.retain(|(_, user)| user != id);
                realm.users.retain(|user| text(user, "id") != *id);
                realm.forget_holder(id);
                Ok(Answer::empty(204))
            }
            (method, [id, "groups", rest @ ..]) => {
                rights.need(if method == "GET" { VIEW } else { MANAGE })?;
                self.anybody(realm, id)?;
                self.memberships(request, realm, id, rest)
            }
            (_, [id, "role-mappings", rest @ ..]) => {
                self.anybody(realm, id)?;
                self.role_mappings(request, rights, realm, id, rest)
            }
            _ => Err(Answer::unknown_route()),
        }
    }

    /// Refuses what is neither a user nor the account of a client.
    fn anybody(&mut self, realm: &str, id: &str) -> Result<(), Answer> {
        let accounts = &self.realm(realm)?.accounts;
        if !accounts.values().any(|account| text(account, "id") == id) {
            self.user(realm, id)?;
        }
        Ok(())
    }

    /// `attack-detection/brute-force/users/{id}` of a user who does not exist.
    pub(super) fn failed_logins(rights: &Rights) -> Result<Answer, Answer> {
        rights.need(VIEW)?;
        let nothing = json!({"numFailures": 0, "disabled": false, "lastIPFailure": "n/a", "lastFailure": 0});
        Ok(Answer::json(200, &nothing))
    }

    fn user(&mut self, realm: &str, id: &str) -> Result<&mut Document, Answer> {
        let found = self.realm(realm)?.users.iter_mut().find(|user| text(user, "id") == id);
        found.ok_or_else(|| Answer::error(404, "User not found"))
    }

    /// Adds a user of the seed past the profile policy, as values stay that were written under another one.
    pub(super) fn seed_user(&mut self, realm: &str, seed: &Json) {
        let mut user = fresh(&self.new_id());
        let mut given = seed.as_object().cloned().unwrap();
        let id = text(&user, "id").to_owned();
        if let Some(Json::String(password)) = given.shift_remove("password") {
            self.passwords.insert(id.clone(), password);
        }
        if let Some(Json::Array(roles)) = given.shift_remove("rights") {
            let roles = roles.iter().filter_map(Json::as_str).map(str::to_owned);
            self.rights.insert(id.clone(), Rights::only(roles));
        }
        let identities = given.shift_remove("federatedIdentities").unwrap_or_default();
        self.realm(realm).unwrap().link(&id, &identities);
        let [realm_roles, client_roles] =
            ["realmRoles", "clientRoles"].map(|key| given.shift_remove(key).unwrap_or_default());
        user.extend(given);
        self.realm(realm).unwrap().users.push(user);
        self.give_default_roles(realm, &id);
        self.seed_mappings(realm, &id, &realm_roles, &client_roles);
    }

    fn create_user(&mut self, realm: &str, mut body: Document) -> Result<String, Answer> {
        let username = text(&body, "username").to_lowercase();
        let mut user = fresh(&self.new_id());
        user.insert("enabled".to_owned(), false.into());
        user.insert("username".to_owned(), username.clone().into());
        for ignored in ["id", "username", "realmRoles", "clientRoles"] {
            body.shift_remove(ignored);
        }
        if self.realm(realm)?.users.iter().any(|user| text(user, "username") == username) {
            return Err(exists("username"));
        }
        let identities = body.shift_remove("federatedIdentities").unwrap_or_default();
        if let Some(link) = body.get("federationLink").cloned() {
            user.insert("origin".to_owned(), link);
        }
        let given = body.shift_remove("attributes").unwrap_or_else(|| json!({}));
        let stored =
            self.accepted_attributes(realm, &Document::new(), given.as_object().unwrap_or(&Document::new()), true)?;
        user.insert("attributes".to_owned(), Json::Object(stored));
        let id = text(&user, "id").to_owned();
        self.finish(realm, user, body)?;
        self.realm(realm)?.link(&id, &identities);
        self.give_default_roles(realm, &id);
        let realm = self.realm(realm)?;
        realm.members.extend(realm.default_groups.iter().map(|group| (group.clone(), id.clone())));
        Ok(id)
    }

    fn update_user(&mut self, realm: &str, id: &str, mut body: Document) -> Result<Answer, Answer> {
        let mut user = self.user(realm, id)?.clone();
        self.realm(realm)?.refuses(&user, &body)?;
        representation::renew(&mut user, &body);
        let username = body.shift_remove("username");
        let is_same = |name: &str| name.eq_ignore_ascii_case(text(&user, "username"));
        if let Some(name) = username.as_ref().and_then(Json::as_str).filter(|name| !is_same(name)) {
            if self.realm(realm)?.document["editUsernameAllowed"] != true {
                return Err(invalid("username", "error-user-attribute-read-only", &json!(["username"])));
            }
            let name = name.to_lowercase();
            if self.realm(realm)?.users.iter().any(|user| text(user, "username") == name) {
                return Err(exists("username"));
            }
            user.insert("username".to_owned(), name.into());
        }
        for ignored in IGNORED {
            body.shift_remove(ignored);
        }
        if let Some(Json::Object(given)) = body.shift_remove("attributes") {
            // With attributes, the three root fields that are not sent are cleared.
            for name in ROOT {
                user.shift_remove(name);
            }
            let live = user.get("attributes").and_then(Json::as_object).cloned().unwrap_or_default();
            let stored = self.accepted_attributes(realm, &live, &given, false)?;
            user.insert("attributes".to_owned(), Json::Object(stored));
        }
        self.finish(realm, user, body)?;
        Ok(Answer::empty(204))
    }

    /// Takes over the rest of a body, checks the whole user and stores it.
    fn finish(&mut self, realm: &str, mut user: Document, mut body: Document) -> Result<(), Answer> {
        let id = text(&user, "id").to_owned();
        let password = take_password(&mut user, body.shift_remove("credentials"));
        for (key, value) in body {
            if ROOT.contains(&key.as_str()) && value == "" {
                user.shift_remove(&key);
            } else {
                user.insert(key, value);
            }
        }
        if let Some(email) = user.get("email").and_then(Json::as_str).map(str::to_lowercase) {
            let mut others = self.realm(realm)?.users.iter().filter(|other| text(other, "id") != id);
            if others.any(|other| text(other, "email") == email) {
                return Err(exists("email"));
            }
            user.insert("email".to_owned(), email.into());
        }
        check(&user)?;
        if let Some(password) = password {
            self.passwords.insert(id.clone(), password);
        }
        let users = &mut self.realm(realm)?.users;
        match users.iter_mut().find(|stored| text(stored, "id") == id) {
            Some(stored) => *stored = user,
            None => users.push(user),
        }
        Ok(())
    }

    /// The attributes that are stored when `given` is written over `live`.
    fn accepted_attributes(
        &mut self,
        realm: &str,
        live: &Document,
        given: &Document,
        new: bool,
    ) -> Result<Document, Answer> {
        let profile = &self.realm(realm)?.profile;
        let mut stored = Document::new();
        for name in live.keys().chain(given.keys().filter(|name| !live.contains_key(*name))) {
            let values = given.get(name).map(values);
            let accepted = match profile::access(profile, name) {
                Access::Edited => values.flatten(),
                Access::Refused { .. } if !new && values.is_some_and(|sent| sent.as_ref() != live.get(name)) => {
                    return Err(invalid(name, "error-user-attribute-read-only", &json!([name])));
                }
                _ => live.get(name).cloned(),
            };
            if let Some(values) = accepted {
                let too_long = values.as_array().into_iter().flatten().filter_map(Json::as_str);
                if too_long.into_iter().any(|value| value.chars().count() > LONGEST) {
                    return Err(invalid(name, "error-invalid-length", &json!([name, 0, LONGEST])));
                }
                stored.insert(name.clone(), values);
            }
        }
        Ok(stored)
    }
}

/// The password among the credentials of a body; a temporary one must be changed at the first login.
fn take_password(user: &mut Document, credentials: Option<Json>) -> Option<String> {
    let credentials = credentials?;
    let password = credentials.as_array()?.iter().find(|credential| credential["type"] == "password")?;
    if password["temporary"] == true {
        user.insert("requiredActions".to_owned(), json!(["UPDATE_PASSWORD"]));
    }
    password["value"].as_str().map(str::to_owned)
}

pub(super) fn fresh(id: &str) -> Document {
    let user = json!({"id": id, "createdTimestamp": 1_750_000_000_000_u64, "enabled": true, "emailVerified": false,
        "totp": false, "disableableCredentialTypes": [], "requiredActions": [], "notBefore": 0, "attributes": {}});
    user.as_object().cloned().unwrap_or_default()
}

/// Spellings that the server accepts: one text instead of a list of texts.
fn lenient(body: &mut Document) {
    for value in body.get_mut("attributes").and_then(Json::as_object_mut).into_iter().flat_map(|map| map.values_mut()) {
        *value = values(value).unwrap_or_else(|| json!([]));
    }
}

/// The values of an attribute as they are stored: texts, none of them blank; none at all removes the attribute.
fn values(sent: &Json) -> Option<Json> {
    let list = match sent {
        Json::Array(list) => list.clone(),
        Json::Null => Vec::new(),
        one => vec![one.clone()],
    };
    // An object among the values removes the attribute without a word.
    if list.iter().any(Json::is_object) {
        return None;
    }
    let texts = list.into_iter().filter(|value| !value.is_null()).map(|value| match value {
        Json::String(text) => text,
        other => other.to_string(),
    });
    let texts: Vec<String> = texts.filter(|text| !text.trim().is_empty()).collect();
    (!texts.is_empty()).then(|| texts.into())
}

fn check(user: &Document) -> Result<(), Answer> {
    let username = text(user, "username");
    if !(3..=255).contains(&username.chars().count()) {
        return Err(invalid("username", "error-invalid-length", &json!(["username", 3, 255])));
    }
    if username.contains([
        '<', '>', '&', '"', '/', '\\', ' ', '$', '%', '!', '#', '?', '§', ',', ';', ':', '*', '~', '|', '^', '[', ']',
        '{', '}', '(', ')', '=',
    ]) {
        return Err(invalid("username", "error-username-invalid-character", &json!(["username"])));
    }
    let email = text(user, "email");
    if !email.is_empty() && email.split('@').filter(|part| !part.is_empty()).count() != 2 {
        return Err(invalid("email", "error-invalid-email", &json!(["email", email])));
    }
    for name in ["firstName", "lastName"] {
        if text(user, name).contains(['<', '>']) {
            return Err(invalid(name, "error-person-name-invalid-character", &json!([name])));
        }
    }
    Ok(())
}

fn asked_for(request: &Request, user: &Document) -> bool {
    let equals = |name: &str, exact: bool| {
        request.query(name).is_none_or(|asked| {
            let (asked, has) = (asked.to_lowercase(), text(user, name).to_lowercase());
            if exact { has == asked } else { has.contains(&asked) }
        })
    };
    let exact = request.query("exact") == Some("true");
    let enabled = request.query("enabled").is_none_or(|asked| user["enabled"] == (asked == "true"));
    equals("username", exact) && equals("email", exact) && enabled
}

/// The body of a GET: attributes only where the profile shows them, and only in the full form.
fn presented(profile: &Document, user: &Document, brief: bool) -> Json {
    let mut body = user.clone();
    let attributes = body.shift_remove("attributes");
    let shown: Document = attributes
        .as_ref()
        .and_then(Json::as_object)
        .into_iter()
        .flatten()
        .filter(|(name, _)| profile::access(profile, name).visible())
        .map(|(name, values)| (name.clone(), values.clone()))
        .collect();
    if brief {
        for name in ["totp", "disableableCredentialTypes", "requiredActions", "notBefore"] {
            body.shift_remove(name);
        }
    } else if !shown.is_empty() {
        body.insert("attributes".to_owned(), Json::Object(shown));
    }
    body.insert("access".to_owned(), json!({"manage": true}));
    Json::Object(body)
}

fn invalid(field: &str, message: &str, params: &Json) -> Answer {
    Answer::json(400, &json!({"field": field, "errorMessage": message, "params": params}))
}

fn exists(what: &str) -> Answer {
    Answer::json(409, &json!({"errorMessage": format!("User exists with same {what}")}))
}

/// What a list of somebody's users shows of each.
pub(super) fn brief(user: &Document) -> Json {
    let kept = ["id", "username", "email", "emailVerified", "firstName", "lastName", "enabled", "createdTimestamp"];
    let kept = kept.iter().filter_map(|key| Some(((*key).to_owned(), user.get(*key)?.clone())));
    Json::Object(kept.collect())
}
