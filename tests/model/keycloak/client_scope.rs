//! Client scopes: those of every realm and others, who has which of them, and the roles that tokens may carry by a scope.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value as Json, json};

use super::mapper::{self, Holder};
use super::rights::Rights;
use super::{Answer, Document, Keycloak, Realm, Request, client, created, representation, role, text};

const VIEW: &[&str] = &["view-clients", "manage-clients"];

/// The client scopes of a new realm.
const BUILT_IN: &str = include_str!("client_scopes.json");

/// Those that new clients of a new realm get; the first three are not for clients of openid-connect.
const DEFAULTS: [&str; 9] = [
    "role_list",
    "saml_organization",
    "AuthnContextClassRef",
    "web-origins",
    "acr",
    "profile",
    "roles",
    "basic",
    "email",
];
const OPTIONALS: [&str; 5] = ["address", "phone", "organization", "offline_access", "microprofile-jwt"];

/// What a body may say of a client scope; the server takes whatever else it says, and forgets it.
const KEYS: [&str; 6] = ["id", "name", "description", "protocol", "attributes", "protocolMappers"];

/// The keys of the two lists of a client.
pub(super) const LISTS: [&str; 2] = ["defaultClientScopes", "optionalClientScopes"];

const WORDS: [&str; 2] = ["default", "optional"];

/// What a client has, each scope with the word for its list.
type Types = BTreeMap<String, &'static str>;

impl Keycloak {
    /// The client scopes that a realm has from its beginning. Their ids are of their own.
    pub(super) fn furnish_scopes(&mut self, realm: &str) {
        let Json::Array(scopes) = serde_json::from_str(BUILT_IN).unwrap() else { panic!("no list") };
        for scope in scopes {
            let id = self.seed_scope(realm, &scope);
            self.realms.get_mut(realm).unwrap().first_scopes.insert(id);
        }
        let realm = self.realms.get_mut(realm).unwrap();
        realm.given =
            [DEFAULTS.as_slice(), &OPTIONALS].map(|names| names.iter().map(|name| (*name).to_owned()).collect());
    }

    /// Adds a client scope of the seed, with the `type` that new clients get it by.
    pub(super) fn seed_scope(&mut self, realm: &str, seed: &Json) -> String {
        let mut scope = seed.as_object().cloned().unwrap();
        let (assigned, roles) = (scope.shift_remove("type"), scope.shift_remove("realmRoles"));
        let mappers = scope.shift_remove(mapper::LIST);
        scope.entry("protocol").or_insert("openid-connect".into());
        let id = self.new_scope(realm, scope, mappers.as_ref());
        let realm = self.realms.get_mut(realm).unwrap();
        for (list, word) in realm.given.iter_mut().zip(WORDS) {
            list.extend(assigned.iter().filter(|assigned| *assigned == word).map(|_| text_of(&seed["name"])));
        }
        realm.carries(&id, roles.as_ref());
        id
    }

    /// The one of them that carries a role: who may not have it does not get the scope.
    pub(super) fn furnish_scope_mappings(&mut self, realm: &str) {
        let realm = self.realms.get_mut(realm).unwrap();
        let container = text(&realm.document, "id").to_owned();
        let role = realm.role(&container, "offline_access").map(|role| text(role, "id").to_owned());
        let scope = realm.scopes.iter().find(|scope| text(scope, "name") == "offline_access");
        let scope = scope.map(|scope| text(scope, "id").to_owned());
        realm.scope_mappings.extend(scope.zip(role));
    }

    fn new_scope_id(&mut self) -> String {
        self.scope_ids += 1;
        format!("dddddddd-0000-4000-8000-{:012x}", self.scope_ids)
    }

    fn new_scope(&mut self, realm: &str, mut scope: Document, mappers: Option<&Json>) -> String {
        let id = self.new_scope_id();
        scope.insert("id".to_owned(), id.as_str().into());
        scope.entry("attributes").or_insert_with(|| json!({}));
        let mappers = mappers.and_then(Json::as_array).into_iter().flatten();
        let mappers = mappers.map(|body| mapper::stored(&self.new_scope_id(), body)).collect();
        scope.insert(mapper::LIST.to_owned(), Json::Array(mappers));
        self.realms.get_mut(realm).unwrap().scopes.push(scope);
        id
    }

    /// `client-scopes…`.
    pub(super) fn client_scopes(
        &mut self,
        request: &Request,
        rights: &Rights,
        realm: &str,
        rest: &[&str],
    ) -> Result<Answer, Answer> {
        match (request.method.as_str(), rest) {
            ("GET", []) => {
                let shown = rights.list(VIEW, "query-clients")?;
                let scopes = self.realm(realm)?.scopes.iter().filter(|_| shown);
                Ok(Answer::json(200, &scopes.map(presented).collect()))
            }
            ("POST", []) => {
                rights.need(client::MANAGE)?;
                let mut body = representation::read(request, &representation::client_scope(), lenient)?;
                let protocol = text(&body, "protocol");
                if !["openid-connect", "saml"].contains(&protocol) {
                    return Err(Answer::json(400, &json!({"errorMessage": "Unexpected protocol"})));
                }
                self.check_name(realm, "", &body)?;
                let mappers = body.shift_remove(mapper::LIST);
                let id = self.new_scope(realm, body, mappers.as_ref());
                Ok(created(request, &id))
            }
            (method, [id, rest @ ..]) => {
                let known = self.realm(realm)?.scopes.iter().any(|scope| text(scope, "id") == *id);
                if !known {
                    // Whether an id exists is told only to those who may ask for clients.
                    rights.need(&[VIEW, &["query-clients"]].concat())?;
                    return Err(Answer::error(404, "Could not find client scope"));
                }
                rights.need(if method == "GET" { VIEW } else { client::MANAGE })?;
                self.one_scope(request, rights, realm, id, rest)
            }
            _ => Err(Answer::unknown_route()),
        }
    }

    fn one_scope(
        &mut self,
        request: &Request,
        rights: &Rights,
        realm: &str,
        id: &str,
        rest: &[&str],
    ) -> Result<Answer, Answer> {
        match (request.method.as_str(), rest) {
            ("GET", []) => Ok(Answer::json(200, &presented(self.scope(realm, id)?))),
            ("PUT", []) => {
                let taken_away = nothings(request);
                let mut body = representation::read(request, &representation::client_scope(), lenient)?;
                self.check_name(realm, id, &body)?;
                let scope = self.scope(realm, id)?;
                let attributes = body.shift_remove("attributes");
                for key in ["id", mapper::LIST] {
                    body.shift_remove(key);
                }
                scope.extend(body);
                let stored = scope["attributes"].as_object_mut().unwrap();
                stored.extend(attributes.as_ref().and_then(Json::as_object).cloned().unwrap_or_default());
                stored.retain(|key, _| !taken_away.contains(key));
                Ok(Answer::empty(204))
            }
            ("DELETE", []) => {
                let realm = self.realm(realm)?;
                let gone = realm.scopes.iter().position(|scope| text(scope, "id") == id).unwrap();
                let name = text(&realm.scopes.remove(gone), "name").to_owned();
                realm.given.iter_mut().for_each(|list| list.retain(|one| *one != name));
                realm.clients.iter_mut().for_each(|client| leave(client, &name));
                realm.scope_mappings.retain(|(scope, _)| scope != id);
                Ok(Answer::empty(204))
            }
            (method, ["protocol-mappers", "models", rest @ ..]) => {
                if method != "GET" {
                    self.allow_mappers(rights)?;
                }
                self.mappers(request, realm, Holder::Scope(id), rest)
            }
            (_, ["scope-mappings", rest @ ..]) => self.scope_mappings(request, rights, realm, id, rest),
            _ => Err(Answer::unknown_route()),
        }
    }

    /// A name that is not there, cannot be, or is another scope's.
    fn check_name(&mut self, realm: &str, id: &str, body: &Document) -> Result<(), Answer> {
        let Some(name) = body.get("name").and_then(Json::as_str) else {
            return Err(representation::unknown_error());
        };
        let fits = |letter: char| letter.is_ascii_graphic() && !['"', '\\'].contains(&letter);
        if name.is_empty() || !name.chars().all(fits) {
            let message = format!("Unexpected name \"{name}\" for ClientScope");
            return Err(Answer::json(400, &json!({"errorMessage": message})));
        }
        let mut others = self.realm(realm)?.scopes.iter().filter(|scope| text(scope, "id") != id);
        if others.any(|scope| text(scope, "name") == name) {
            let message = format!("Client Scope {name} already exists");
            return Err(Answer::json(409, &json!({"errorMessage": message})));
        }
        Ok(())
    }

    pub(super) fn scope(&mut self, realm: &str, id: &str) -> Result<&mut Document, Answer> {
        let found = self.realm(realm)?.scopes.iter_mut().find(|scope| text(scope, "id") == id);
        found.ok_or_else(|| Answer::error(404, "Could not find client scope"))
    }

    fn name_of(&mut self, realm: &str, id: &str) -> Result<(String, bool), Answer> {
        let scope = self.scope(realm, id).map_err(|_| Answer::error(404, "Client scope not found"))?;
        Ok((text(scope, "name").to_owned(), text(scope, "protocol") == "openid-connect"))
    }

    /// `default-default-client-scopes…` and `default-optional-client-scopes…`.
    pub(super) fn given_scopes(
        &mut self,
        request: &Request,
        rights: &Rights,
        realm: &str,
        list: usize,
        rest: &[&str],
    ) -> Result<Answer, Answer> {
        rights.need(if request.method == "GET" { VIEW } else { client::MANAGE })?;
        match (request.method.as_str(), rest) {
            ("GET", []) => {
                let realm = self.realm(realm)?;
                let of_name = |name: &String| realm.scopes.iter().find(|scope| text(scope, "name") == name);
                let short =
                    |scope: &Document| json!({"id": scope["id"], "name": scope["name"], "protocol": scope["protocol"]});
                Ok(Answer::json(200, &realm.given[list].iter().filter_map(of_name).map(short).collect()))
            }
            ("PUT", [id]) => {
                let (name, _) = self.name_of(realm, id)?;
                let given = &mut self.realm(realm)?.given;
                if given.iter().any(|list| list.contains(&name)) {
                    return Err(representation::duplicate());
                }
                given[list].push(name);
                Ok(Answer::empty(204))
            }
            ("DELETE", [id]) => {
                let (name, _) = self.name_of(realm, id)?;
                // Whichever list it is in.
                self.realm(realm)?.given.iter_mut().for_each(|list| list.retain(|one| *one != name));
                Ok(Answer::empty(204))
            }
            _ => Err(Answer::unknown_route()),
        }
    }

    /// `clients/{id}/default-client-scopes/{scope}` and the same of the optional ones.
    pub(super) fn assigned_scopes(
        &mut self,
        request: &Request,
        realm: &str,
        client: &str,
        list: usize,
        scope: &str,
    ) -> Result<Answer, Answer> {
        let (name, is_ours) = self.name_of(realm, scope)?;
        let client = self.client(realm, client)?;
        match request.method.as_str() {
            // One that the client has already, by whichever list, stays where it is.
            "PUT" if is_ours && !types(client).contains_key(&name) => {
                client[LISTS[list]].as_array_mut().unwrap().push(name.into());
            }
            "PUT" => {}
            "DELETE" => leave(client, &name),
            _ => return Err(Answer::unknown_route()),
        }
        Ok(Answer::empty(204))
    }

    /// `scope-mappings…` of a client or a client scope that is there.
    pub(super) fn scope_mappings(
        &mut self,
        request: &Request,
        rights: &Rights,
        realm: &str,
        scope: &str,
        rest: &[&str],
    ) -> Result<Answer, Answer> {
        if let ["clients", client] = rest {
            self.client(realm, client).map_err(|_| Answer::error(404, "Could not find client"))?;
        }
        let realm = self.realm(realm)?;
        match (request.method.as_str(), rest) {
            ("GET", []) => Ok(Answer::json(200, &realm.roles_of_scope(scope))),
            ("POST" | "DELETE", ["realm"] | ["clients", _]) => {
                let sent = request.json().filter(Json::is_array).unwrap_or_default();
                for role in sent.as_array().into_iter().flatten() {
                    if *rest == ["realm"] {
                        // Beside the right to change the scope.
                        rights.need(&["manage-realm"])?;
                    }
                    let id = role["id"].as_str().ok_or_else(representation::unknown_error)?;
                    if !realm.roles.iter().any(|known| text(known, "id") == id) {
                        return Err(Answer::error(404, "Role not found"));
                    }
                    let mapping = (scope.to_owned(), id.to_owned());
                    if request.method == "POST" {
                        realm.scope_mappings.insert(mapping);
                    } else {
                        realm.scope_mappings.remove(&mapping);
                    }
                }
                Ok(Answer::empty(204))
            }
            _ => Err(Answer::unknown_route()),
        }
    }

    /// What a POST says of a client's scopes: names that are not known are dropped, and who names one list names both.
    pub(super) fn lists_of_body(&mut self, realm: &str, body: &mut Document) -> Result<(), Answer> {
        if LISTS.iter().any(|list| body.contains_key(*list)) {
            let known: BTreeSet<String> =
                self.realm(realm)?.scopes.iter().map(|scope| text(scope, "name").to_owned()).collect();
            for list in LISTS {
                if let Some(names) = body.entry(list).or_insert_with(|| json!([])).as_array_mut() {
                    names.retain(|name| known.contains(&text_of(name)));
                }
            }
        }
        Ok(())
    }
}

impl Realm {
    /// Has tokens carry these roles of the realm by a scope.
    pub(super) fn carries(&mut self, scope: &str, roles: Option<&Json>) {
        let container = text(&self.document, "id").to_owned();
        for role in roles.and_then(Json::as_array).into_iter().flatten() {
            let role = text(self.role(&container, role.as_str().unwrap()).unwrap(), "id").to_owned();
            self.scope_mappings.insert((scope.to_owned(), role));
        }
    }

    /// What the realm gives to a new client of openid-connect.
    pub(super) fn given_to_new(&self, list: usize) -> Vec<String> {
        let ours = |name: &&String| {
            self.scopes.iter().any(|scope| text(scope, "name") == *name && text(scope, "protocol") == "openid-connect")
        };
        self.given[list].iter().filter(ours).cloned().collect()
    }

    fn roles_of_scope(&self, scope: &str) -> Json {
        let mut shown = json!({});
        let roles = self.roles.iter();
        for known in
            roles.filter(|known| self.scope_mappings.contains(&(scope.to_owned(), text(known, "id").to_owned())))
        {
            let client = self.clients.iter().find(|client| text(client, "id") == text(known, "containerId"));
            let list = match client {
                None => &mut shown["realmMappings"],
                Some(client) => {
                    let name = text(client, "clientId");
                    let of_client = &mut shown["clientMappings"][name];
                    of_client["id"] = client["id"].clone();
                    of_client["client"] = name.into();
                    &mut of_client["mappings"]
                }
            };
            if list.is_null() {
                *list = json!([]);
            }
            list.as_array_mut().unwrap().push(role::brief(known));
        }
        shown
    }

    /// The client scopes with their mappers, who has them, and the roles of scopes, as a dump shows them: without what came
    /// with a realm, or to a client, that was made while the tool worked, and is as it came.
    pub(super) fn scope_places(&self) -> Vec<(Vec<String>, Json)> {
        let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        let came = |scope: &Document| self.was_made && self.first_scopes.contains(text(scope, "id"));
        let mut places = Vec::new();
        let first: Vec<Json> = serde_json::from_str(BUILT_IN).unwrap();
        for scope in &self.scopes {
            let name = text(scope, "name");
            let came = came(scope);
            let as_it_came = first.iter().find(|first| came && first["name"] == name);
            let known = as_it_came.and_then(|first| first[mapper::LIST].as_array()).into_iter().flatten();
            let known: Vec<&Json> = known.map(|mapper| &mapper["name"]).collect();
            for mapper in mapper::all(scope).filter(|mapper| !known.contains(&&mapper["name"])) {
                let names = ["protocol-mapper", "client-scope", name, mapper["name"].as_str().unwrap_or_default()];
                places.push((owned(&names), mapper.clone()));
            }
            let mut alone = scope.clone();
            alone.shift_remove(mapper::LIST);
            if !came {
                places.push((owned(&["client-scope", name]), Json::Object(alone)));
            }
        }
        let first = |name: &str, word: &str| {
            let firsts = if word == "default" { DEFAULTS.as_slice() } else { &OPTIONALS };
            self.was_made && firsts.contains(&name)
        };
        for (list, word) in self.given.iter().zip(WORDS) {
            for name in list.iter().filter(|name| !first(name, word)) {
                places.push((owned(&["assigned-scope", name]), json!({"type": word})));
            }
        }
        let firsts = DEFAULTS.iter().chain(&OPTIONALS).filter(|_| self.was_made);
        for name in firsts.filter(|first| !self.given.iter().flatten().any(|name| name == *first)) {
            places.push((owned(&["assigned-scope", name]), json!({"type": "none"})));
        }
        for client in self.clients.iter().filter(|client| !self.brought.contains(text(client, "id"))) {
            let at_birth = self.births.get(text(client, "id"));
            for (scope, word) in types(client) {
                if scope != "service_account" && at_birth.is_none_or(|birth| birth.get(&scope) != Some(&word)) {
                    places.push((owned(&["assigned-scope", text(client, "clientId"), &scope]), json!({"type": word})));
                }
            }
            // What it has lost since then.
            for scope in at_birth.into_iter().flatten().map(|(scope, _)| scope) {
                if scope != "service_account" && !types(client).contains_key(scope) {
                    places.push((owned(&["assigned-scope", text(client, "clientId"), scope]), json!({"type": "none"})));
                }
            }
        }
        let came = |scope: &String| self.was_made && self.first_scopes.contains(scope);
        for (scope, role) in &self.scope_mappings {
            let came = came(scope);
            let of_id = |list: &[Document], key: &str| {
                let found = list.iter().find(|document| text(document, "id") == scope);
                found.map(|document| text(document, key).to_owned())
            };
            let scope = of_id(&self.clients, "clientId").map(|name| owned(&["client", &name]));
            let scope = scope.or_else(|| of_id(&self.scopes, "name").map(|name| owned(&["client-scope", &name])));
            if let (Some(role), Some(scope)) = (self.role_names(role), scope) {
                if came && role == ["realm", "offline_access"] {
                    continue;
                }
                places.push(([owned(&["scope-mapping"]), role, scope].concat(), json!({})));
            }
        }
        places
    }
}

/// What a client has.
pub(super) fn types(client: &Document) -> Types {
    let mut types = Types::new();
    for (list, word) in LISTS.into_iter().zip(WORDS) {
        let names = client.get(list).and_then(Json::as_array).into_iter().flatten();
        types.extend(names.map(|name| (text_of(name), word)));
    }
    types
}

/// A client loses a scope, whichever of its lists that is in.
fn leave(client: &mut Document, name: &str) {
    for list in LISTS {
        if let Some(names) = client.get_mut(list).and_then(Json::as_array_mut) {
            names.retain(|one| one != name);
        }
    }
}

fn text_of(name: &Json) -> String {
    name.as_str().unwrap_or_default().to_owned()
}

/// The attributes that a body takes away by naming them with nothing.
fn nothings(request: &Request) -> Vec<String> {
    let body = request.json().unwrap_or_default();
    let attributes = body["attributes"].as_object().into_iter().flatten();
    attributes.filter(|(_, value)| value.is_null()).map(|(key, _)| key.clone()).collect()
}

fn lenient(body: &mut Document) {
    body.retain(|key, _| KEYS.contains(&key.as_str()));
    mapper::texts(body.get_mut("attributes"));
}

/// The body of a GET: the stored mappers are left out while there are none.
fn presented(scope: &Document) -> Json {
    let mut body = scope.clone();
    if mapper::all(scope).next().is_none() {
        body.shift_remove(mapper::LIST);
    }
    Json::Object(body)
}
