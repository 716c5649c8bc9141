//! Directories that people come out of (user federation): components of a realm, their mappers, and what becomes of people
//! whose directory is disabled or cannot be reached. What a directory itself holds is what the seed says.

use serde_json::{Value as Json, json};

use super::rights::Rights;
use super::{Answer, Document, Keycloak, Request, created, representation, text};

const VIEW: &[&str] = &["view-realm", "manage-realm"];
const MANAGE: &[&str] = &["manage-realm"];
const VIEW_USERS: &[&str] = &["view-users", "manage-users", "query-users"];

const STORAGE: &str = "org.keycloak.storage.UserStorageProvider";
const MAPPER: &str = "org.keycloak.storage.ldap.mappers.LDAPStorageMapper";

/// Where nothing listens.
const NOWHERE: &str = "ldap://localhost:1";

/// What a new directory maps: its attribute and the user's, whether it must be there, whether it is always read.
const MAPPED: [(&str, &str, &str, bool, bool); 6] = [
    ("username", "uid", "username", true, false),
    ("first name", "cn", "firstName", true, true),
    ("last name", "sn", "lastName", true, true),
    ("email", "mail", "email", false, false),
    ("creation date", "createTimestamp", "createTimestamp", false, true),
    ("modify date", "modifyTimestamp", "modifyTimestamp", false, true),
];

/// How a directory answers.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Well,
    Disabled,
    OutOfReach,
}

impl Keycloak {
    /// `components…`.
    pub(super) fn components(
        &mut self,
        request: &Request,
        rights: &Rights,
        realm: &str,
        rest: &[&str],
    ) -> Result<Answer, Answer> {
        match (request.method.as_str(), rest) {
            ("GET", []) => {
                rights.need(VIEW)?;
                let asked = |key: &str, field: &str, one: &Document| {
                    request.query(key).is_none_or(|asked| text(one, field) == asked)
                };
                let all = self.realm(realm)?.components.iter();
                let found = all.filter(|one| asked("type", "providerType", one) && asked("parent", "parentId", one));
                Ok(Answer::json(200, &found.map(|one| Json::Object(one.clone())).collect()))
            }
            ("POST", []) => {
                rights.need(MANAGE)?;
                let Some(Json::Object(mut body)) = request.json() else { return Err(representation::unknown_error()) };
                if text(&body, "providerId") != "ldap" {
                    return Err(Answer::error(400, "Invalid provider type or no such provider"));
                }
                let parent = self.realm(realm)?.document["id"].clone();
                body.entry("parentId").or_insert(parent);
                let own = self.new_id();
                let id = body.get("id").and_then(Json::as_str).unwrap_or(&own).to_owned();
                body.insert("id".to_owned(), id.as_str().into());
                self.realm(realm)?.components.push(body);
                self.furnish_directory(realm, &id);
                Ok(created(request, &id))
            }
            ("PUT", [id]) => {
                rights.need(MANAGE)?;
                let Some(Json::Object(body)) = request.json() else { return Err(representation::unknown_error()) };
                let known = self.realm(realm)?.components.iter_mut().find(|one| text(one, "id") == *id);
                *known.ok_or_else(|| Answer::error(404, "Could not find component"))? = body;
                Ok(Answer::empty(204))
            }
            _ => Err(Answer::unknown_route()),
        }
    }

    /// The mappers that a new directory has.
    fn furnish_directory(&mut self, realm: &str, directory: &str) {
        let of_attributes = MAPPED.map(|(name, theirs, ours, mandatory, always)| {
            let config = json!({"ldap.attribute": [theirs], "user.model.attribute": [ours], "read.only": ["true"],
                "is.mandatory.in.ldap": [mandatory.to_string()], "always.read.value.from.ldap": [always.to_string()]});
            (name, "user-attribute-ldap-mapper", config)
        });
        let kerberos = ("Kerberos principal attribute mapper", "kerberos-principal-attribute-mapper", json!({}));
        for (name, provider, config) in of_attributes.into_iter().chain([kerberos]) {
            let mapper = json!({"id": self.new_id(), "name": name, "providerId": provider, "providerType": MAPPER,
                "parentId": directory, "config": config});
            self.realm(realm).unwrap().components.push(mapper.as_object().cloned().unwrap());
        }
    }

    /// `users/f:DIRECTORY:NAME`.
    pub(super) fn person_of_directory(&mut self, rights: &Rights, realm: &str, id: &str) -> Result<Answer, Answer> {
        rights.need(VIEW_USERS)?;
        let mut parts = id.splitn(3, ':').skip(1);
        let (directory, name) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
        let realm = self.realm(realm)?;
        if realm.state_of(directory) == Some(State::OutOfReach) {
            return Err(representation::unknown_error());
        }
        let is_it = |user: &&Document| text(user, "username") == name && text(user, "federationLink") == directory;
        let found = realm.users.iter().find(is_it).filter(|_| realm.state_of(directory) == Some(State::Well));
        found
            .map(|user| Answer::json(200, &Json::Object(user.clone())))
            .ok_or_else(|| Answer::error(404, "User not found"))
    }

    /// Adds a directory of the seed with its people, all of whom it knows; `isNew` are those whom Keycloak has not seen.
    pub(super) fn seed_directory(&mut self, realm: &str, seed: &Json) {
        let listed = |config: &Json| -> Json {
            let entries = config.as_object().into_iter().flatten();
            entries.map(|(key, value)| (key.clone(), json!([value]))).collect::<Document>().into()
        };
        let parent = self.realm(realm).unwrap().document["id"].clone();
        let id = self.new_id();
        let directory = json!({"id": id, "name": seed["name"], "providerId": "ldap", "providerType": STORAGE,
            "parentId": parent, "config": listed(&seed["config"])});
        self.realm(realm).unwrap().components.push(directory.as_object().cloned().unwrap());
        self.furnish_directory(realm, &id);
        for mapper in seed["mappers"].as_array().into_iter().flatten() {
            let mapper = json!({"id": self.new_id(), "name": mapper["name"], "providerId": mapper["providerId"],
                "providerType": MAPPER, "parentId": id, "config": listed(&mapper["config"])});
            self.realm(realm).unwrap().components.push(mapper.as_object().cloned().unwrap());
        }
        for person in seed["people"].as_array().into_iter().flatten() {
            let mut person = person.as_object().cloned().unwrap();
            let is_new = person.shift_remove("isNew") == Some(Json::Bool(true));
            person.insert("federationLink".to_owned(), id.as_str().into());
            person.insert("origin".to_owned(), id.as_str().into());
            self.seed_user(realm, &Json::Object(person));
            let realm = self.realm(realm).unwrap();
            if let Some(user) = realm.users.last().filter(|_| is_new) {
                realm.not_yet_seen.insert(text(user, "id").to_owned());
            }
        }
    }
}

impl super::Realm {
    fn state_of(&self, directory: &str) -> Option<State> {
        let directory = self.components.iter().find(|one| text(one, "id") == directory)?;
        let config = |key: &str| directory["config"][key][0].as_str().unwrap_or_default();
        Some(match (config("enabled"), config("connectionUrl")) {
            ("false", _) => State::Disabled,
            (_, NOWHERE) => State::OutOfReach,
            _ => State::Well,
        })
    }

    /// Whether the server shows this user: nobody whom it would have to look for where it cannot.
    pub(super) fn is_shown(&self, user: &Document) -> bool {
        let is_well = self.state_of(text(user, "federationLink")).is_none_or(|state| state == State::Well);
        is_well || !self.not_yet_seen.contains(text(user, "id"))
    }

    /// Those who have been looked for are accounts of the realm from then on.
    pub(super) fn see(&mut self, users: &[Document]) {
        for user in users {
            self.not_yet_seen.remove(text(user, "id"));
        }
    }

    /// The user as it is shown: one whose directory does not answer is disabled.
    pub(super) fn as_shown(&self, mut user: Document) -> Document {
        let state = self.state_of(text(&user, "federationLink"));
        if state.is_some_and(|state| state != State::Well) {
            user.insert("enabled".to_owned(), false.into());
        }
        user
    }

    /// What the server says to a change of a user whose directory does not let it happen.
    pub(super) fn refuses(&self, user: &Document, body: &Document) -> Result<(), Answer> {
        let link = text(user, "federationLink");
        let refused = |message: &str| Err(Answer::json(400, &json!({"errorMessage": message})));
        let name = text(user, "username");
        match self.state_of(link) {
            None => return Ok(()),
            Some(State::Disabled) => {
                let key = body.keys().next().map_or("", String::as_str);
                let key = match key {
                    "firstName" | "lastName" | "email" => format!("attribute({key})"),
                    _ => key.to_owned(),
                };
                let what = format!("Not possible to write '{key}' when updating user '{name}'.");
                return refused(&format!("The user is read-only. {what}"));
            }
            Some(State::OutOfReach) => return refused("The user is read-only."),
            Some(State::Well) => {}
        }
        let directory = self.components.iter().find(|one| text(one, "id") == link);
        let is_only_read = directory.is_some_and(|one| one["config"]["editMode"][0] == "READ_ONLY");
        let changes = |key: &str| body.get(key).is_some_and(|value| user.get(key) != Some(value));
        if is_only_read && ["attributes", "email", "firstName", "lastName"].iter().any(|key| changes(key)) {
            return refused("Federated storage is not writable");
        }
        Ok(())
    }
}
