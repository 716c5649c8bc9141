//! Clients: the defaults of a new one, the merge of a PUT and its traps, the client secret.

use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::{Map, Value as Json, json};

use super::mapper::Holder;
use super::rights::Rights;
use super::{Answer, Document, Keycloak, Request, client_scope, created, mapper, page, representation, text};

const VIEW: &[&str] = &["view-clients", "manage-clients"];
pub(super) const MANAGE: &[&str] = &["manage-clients"];

/// When a secret was made, in seconds since 1970.
const MADE: &str = "client.secret.creation.time";

/// The secret before the present one, while it is valid.
pub(super) const ROTATED: &str = "client.secret.rotated";

/// Keys of the representation that a client itself does not store.
const NOT_STORED: [&str; 2] = ["access", "authorizationSettings"];

impl Keycloak {
    pub(super) fn clients(
        &mut self,
        request: &Request,
        rights: &Rights,
        realm: &str,
        rest: &[&str],
    ) -> Result<Answer, Answer> {
        match (request.method.as_str(), rest) {
            ("GET", []) => {
                let shown = rights.list(VIEW, "query-clients")?;
                self.realm(realm)?;
                let clients = self.realms[realm].clients.iter().filter(|client| shown && asked_for(request, client));
                page(request, clients.map(|client| self.masked(rights, presented(client))).collect(), -1)
            }
            ("POST", []) => {
                rights.need(MANAGE)?;
                let mut body = representation::read(request, &representation::client(), lenient)?;
                self.lists_of_body(realm, &mut body)?;
                let id = self.create_client(realm, body)?;
                let birth = client_scope::types(self.client(realm, &id)?);
                self.realm(realm)?.births.insert(id.clone(), birth);
                // Its account may do what its roles say and nothing else.
                self.rights.insert(id.clone(), Rights::only([]));
                Ok(created(request, &id))
            }
            (method, [id, rest @ ..]) => {
                let write = method != "GET";
                if let Err(missing) = self.client(realm, id) {
                    // Whether an id exists is told only to those who may ask for clients.
                    rights.need(&[VIEW, &["query-clients"]].concat())?;
                    return Err(missing);
                }
                rights.need(if write { MANAGE } else { VIEW })?;
                if rest == ["evaluate-scopes", "generate-example-access-token"] {
                    return self.example_token(request, rights, realm, id);
                }
                if let ["roles", rest @ ..] = rest {
                    return self.roles(request, rights, realm, id, rest);
                }
                self.one_client(request, rights, realm, id, rest)
            }
            _ => Err(Answer::unknown_route()),
        }
    }

    fn one_client(
        &mut self,
        request: &Request,
        rights: &Rights,
        realm: &str,
        id: &str,
        rest: &[&str],
    ) -> Result<Answer, Answer> {
        let client = self.client(realm, id)?.clone();
        match (request.method.as_str(), rest) {
            ("GET", []) => Ok(Answer::json(200, &self.masked(rights, presented(&client)))),
            ("GET", ["client-secret"]) => {
                let mut secret = json!({"type": "secret"});
                if let Some(value) = client.get("secret") {
                    secret["value"] = value.clone();
                }
                Ok(Answer::json(200, &self.masked(rights, secret)))
            }
            ("POST", ["client-secret"]) => self.renew_secret(realm, id),
            ("GET", ["service-account-user"]) => {
                let message = format!("Service account not enabled for the client '{}'", text(&client, "clientId"));
                let account = self.realm(realm)?.accounts.get(id).cloned();
                account
                    .map(|account| Answer::json(200, &Json::Object(account)))
                    .ok_or_else(|| Answer::error(400, &message))
            }
            ("PUT", []) => {
                let body = representation::read(request, &representation::client(), lenient)?;
                self.update_client(realm, id, body)
            }
            ("DELETE", []) => {
                let realm = self.realm(realm)?;
                let account = realm.accounts.remove(id);
                let gone: Vec<String> = realm
                    .roles
                    .iter()
                    .filter(|role| text(role, "containerId") == id)
                    .map(|role| text(role, "id").to_owned())
                    .collect();
                realm.roles.retain(|role| text(role, "containerId") != id);
                realm.composites.retain(|(whole, part)| !gone.contains(whole) && !gone.contains(part));
                realm.scope_mappings.retain(|(scope, role)| scope != id && !gone.contains(role));
                let of_it = |holder: &str| account.as_ref().is_some_and(|account| text(account, "id") == holder);
                realm.mappings.retain(|mapping| !of_it(&mapping.holder) && !gone.contains(&mapping.role));
                realm.clients.retain(|client| text(client, "id") != id);
                Ok(Answer::empty(204))
            }
            (method, ["protocol-mappers", "models", rest @ ..]) => {
                if method != "GET" {
                    self.allow_mappers(rights)?;
                }
                self.mappers(request, realm, Holder::Client(id), rest)
            }
            (_, ["default-client-scopes", scope]) => self.assigned_scopes(request, realm, id, 0, scope),
            (_, ["optional-client-scopes", scope]) => self.assigned_scopes(request, realm, id, 1, scope),
            (_, ["scope-mappings", rest @ ..]) => self.scope_mappings(request, rights, realm, id, rest),
            _ => Err(Answer::unknown_route()),
        }
    }

    pub(super) fn client(&mut self, realm: &str, id: &str) -> Result<&mut Document, Answer> {
        let clients = &mut self.realm(realm)?.clients;
        let found = clients.iter_mut().find(|client| text(client, "id") == id);
        found.ok_or_else(|| Answer::error(404, "Could not find client"))
    }

    /// Adds a client of the seed. `rights` are those of its service account, `secret` may be given.
    pub(super) fn seed_client(&mut self, realm: &str, seed: &Json) {
        let mut body = seed.as_object().cloned().unwrap();
        let [rights, roles, realm_roles, client_roles, carried] =
            ["rights", "roles", "realmRoles", "clientRoles", "scopeRealmRoles"].map(|key| body.shift_remove(key));
        lenient(&mut body);
        let id = self.create_client(realm, body).unwrap();
        let name = text(self.client(realm, &id).unwrap_or_else(|_| panic!("it is new")), "clientId").to_owned();
        for role in roles.as_ref().and_then(Json::as_array).into_iter().flatten() {
            self.make_role(realm, Some(&name), json!({"name": role}));
        }
        self.realms.get_mut(realm).unwrap().carries(&id, carried.as_ref());
        if let Some(account) = self.realms[realm].accounts.get(&id).map(|account| text(account, "id").to_owned()) {
            let [realm_roles, client_roles] = [realm_roles, client_roles].map(Option::unwrap_or_default);
            self.seed_mappings(realm, &account, &realm_roles, &client_roles);
        }
        if let Some(roles) = rights {
            let roles = roles.as_array().unwrap().iter().map(|role| role.as_str().unwrap().to_owned());
            self.rights.insert(id, Rights::only(roles));
        }
    }

    fn create_client(&mut self, realm: &str, mut body: Document) -> Result<String, Answer> {
        let id = body.get("id").and_then(Json::as_str).map_or_else(|| self.new_id(), str::to_owned);
        let name = body.get("clientId").and_then(Json::as_str).unwrap_or(&id).to_owned();
        if self.realm(realm)?.clients.iter().any(|client| text(client, "clientId") == name) {
            return Err(exists(&name));
        }
        if body.contains_key("protocol") {
            for flag in ["publicClient", "directAccessGrantsEnabled"] {
                body.entry(flag).or_insert(true.into());
            }
        }
        let (mappers, attributes) = (body.shift_remove(mapper::LIST), body.shift_remove("attributes"));
        let mut client = defaults();
        for (index, list) in client_scope::LISTS.into_iter().enumerate() {
            let given = self.realm(realm)?.given_to_new(index);
            client.insert(list.to_owned(), given.into());
        }
        client.insert("id".to_owned(), id.clone().into());
        client.insert("clientId".to_owned(), name.into());
        overlay(&mut client, body)?;
        if let Some(Json::Object(given)) = attributes {
            merge_attributes(attributes_of(&mut client), given);
        }
        let mappers = mappers.as_ref().and_then(Json::as_array).cloned().unwrap_or_default();
        let mappers =
            mappers.into_iter().map(|mapper| mapper::stored(&self.new_id(), &mapper::completed(mapper))).collect();
        client.insert(mapper::LIST.to_owned(), Json::Array(mappers));
        self.keep_secret(&mut client);
        self.realm(realm)?.clients.push(client);
        self.keep_account(realm, &id)?;
        Ok(id)
    }

    /// A client has an account as long as its flag says so.
    fn keep_account(&mut self, realm: &str, id: &str) -> Result<(), Answer> {
        let client = self.client(realm, id)?;
        let username = format!("service-account-{}", text(client, "clientId").to_lowercase());
        if client["serviceAccountsEnabled"] != true {
            let realm = self.realm(realm)?;
            if let Some(account) = realm.accounts.remove(id) {
                realm.mappings.retain(|mapping| mapping.holder != text(&account, "id"));
            }
        } else if !self.realm(realm)?.accounts.contains_key(id) {
            let mut account = super::user::fresh(&self.new_id());
            account.shift_remove("attributes");
            account.insert("username".to_owned(), username.into());
            let user = text(&account, "id").to_owned();
            self.realm(realm)?.accounts.insert(id.to_owned(), account);
            self.give_default_roles(realm, &user);
        } else if let Some(account) = self.realm(realm)?.accounts.get_mut(id) {
            account.insert("username".to_owned(), username.into());
        }
        Ok(())
    }

    fn update_client(&mut self, realm: &str, id: &str, mut body: Document) -> Result<Answer, Answer> {
        if let Some(name) = body.get("clientId").and_then(Json::as_str) {
            let others = self.realm(realm)?.clients.iter().filter(|client| text(client, "id") != id);
            if others.into_iter().any(|client| text(client, "clientId") == name) {
                return Err(representation::duplicate());
            }
        }
        // Absent, null or false: authorization services are switched off.
        body.entry("authorizationServicesEnabled").or_insert(false.into());
        for ignored in ["id", "defaultClientScopes", "optionalClientScopes"] {
            body.shift_remove(ignored);
        }
        let (mappers, attributes) = (body.shift_remove(mapper::LIST), body.shift_remove("attributes"));
        let mut client = self.client(realm, id)?.clone();
        overlay(&mut client, body)?;
        if let Some(Json::Object(given)) = attributes {
            merge_attributes(attributes_of(&mut client), given);
        }
        if let Some(Json::Array(list)) = mappers {
            // One of the same name stays the same mapper.
            let id_of = |body: &Json| {
                mapper::all(&client).find(|known| known["name"] == body["name"]).map(|known| known["id"].clone())
            };
            let list = list.into_iter().map(|body| match id_of(&body) {
                Some(id) => mapper::stored(id.as_str().unwrap_or_default(), &body),
                None => mapper::stored(&self.new_id(), &body),
            });
            let list = list.collect();
            client.insert(mapper::LIST.to_owned(), Json::Array(list));
        }
        self.keep_secret(&mut client);
        *self.client(realm, id)? = client;
        self.keep_account(realm, id)?;
        Ok(Answer::empty(204))
    }

    /// How often the secret of a client has been made anew.
    pub(crate) fn renewals(&self) -> usize {
        self.renewals
    }

    /// Another secret; the one before stays valid where the realm's policies say so.
    fn renew_secret(&mut self, realm: &str, id: &str) -> Result<Answer, Answer> {
        let keeps_old = self.realm(realm)?.keeps_old_secrets;
        let secret = format!("generated/again+{}", self.new_id());
        self.renewals += 1;
        let client = self.client(realm, id)?;
        let old = client.insert("secret".to_owned(), secret.as_str().into());
        let attributes = attributes_of(client);
        let before: u64 = attributes.get(MADE).and_then(Json::as_str).and_then(|made| made.parse().ok()).unwrap_or(0);
        attributes.insert(MADE.to_owned(), now().max(before + 1).to_string().into());
        if let Some(old) = old.filter(|_| keeps_old) {
            attributes.insert(ROTATED.to_owned(), old);
        }
        Ok(Answer::json(200, &json!({"type": "secret", "value": secret})))
    }

    /// The client policies and profiles that keep old secrets, where the realm does.
    pub(super) fn client_policies(&mut self, rights: &Rights, realm: &str, what: &str) -> Result<Answer, Answer> {
        rights.need(&["view-realm", "manage-realm"])?;
        let keeps_old = self.realm(realm)?.keeps_old_secrets;
        let policy = json!({"name": "secrets", "enabled": true, "profiles": ["secrets"],
            "conditions": [{"condition": "any-client", "configuration": {}}]});
        let executor = json!({"executor": "secret-rotation", "configuration": {"expiration-period": 2_505_600}});
        let profile = json!({"name": "secrets", "executors": [executor]});
        let list: Vec<Json> =
            [if what == "policies" { policy } else { profile }].into_iter().filter(|_| keeps_old).collect();
        match what {
            "policies" | "profiles" => Ok(Answer::json(200, &json!({what: list}))),
            _ => Err(Answer::unknown_route()),
        }
    }

    /// A public client has no secret; another that has none gets a generated one.
    fn keep_secret(&mut self, client: &mut Document) {
        if client["publicClient"] == true {
            client.shift_remove("secret");
        } else if !client.contains_key("secret") {
            let secret = format!("generated/{}+{}", text(client, "clientId"), self.new_id());
            client.insert("secret".to_owned(), secret.into());
            let made = if self.clock_runs { now() } else { 1_750_000_000 };
            attributes_of(client).insert(MADE.to_owned(), made.to_string().into());
        }
    }
}

/// Seconds since 1970.
fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs()
}

/// What a client is after `{"clientId": …}`.
fn defaults() -> Document {
    let defaults = json!({
        "surrogateAuthRequired": false, "enabled": true, "alwaysDisplayInConsole": false,
        "clientAuthenticatorType": "client-secret", "redirectUris": [], "webOrigins": [], "notBefore": 0,
        "bearerOnly": false, "consentRequired": false, "standardFlowEnabled": true, "implicitFlowEnabled": false,
        "directAccessGrantsEnabled": false, "serviceAccountsEnabled": false, "publicClient": false,
        "frontchannelLogout": false, "protocol": "openid-connect", "attributes": {"realm_client": "false"},
        "authenticationFlowBindingOverrides": {}, "fullScopeAllowed": true, "nodeReRegistrationTimeout": -1,
    });
    defaults.as_object().cloned().unwrap_or_default()
}

/// Spellings that the server accepts: scalars in `attributes` and in a mapper's `config` become text.
fn lenient(body: &mut Document) {
    mapper::texts(body.get_mut("attributes"));
    for entry in body.get_mut(mapper::LIST).and_then(Json::as_array_mut).into_iter().flatten() {
        mapper::texts(entry.get_mut("config"));
    }
}

/// Takes over what the body names, lists as they are.
fn overlay(client: &mut Document, body: Document) -> Result<(), Answer> {
    let uris = body.get("redirectUris").and_then(Json::as_array);
    if uris.into_iter().flatten().filter_map(Json::as_str).any(|uri| uri.starts_with("javascript:")) {
        let text = "A redirect URI uses an illegal scheme";
        return Err(Answer::json(400, &json!({"error": "invalid_input", "error_description": text})));
    }
    let origins_given = body.contains_key("webOrigins");
    let accounts_given = body.contains_key("serviceAccountsEnabled");
    for (key, value) in body.into_iter().filter(|(key, _)| !NOT_STORED.contains(&key.as_str())) {
        client.insert(key, value);
    }
    if !origins_given && client["webOrigins"] == json!([]) {
        client.insert("webOrigins".to_owned(), origins(client.get("redirectUris")));
    }
    if client.get("authorizationServicesEnabled") != Some(&Json::Bool(true)) {
        client.shift_remove("authorizationServicesEnabled");
    } else if client["serviceAccountsEnabled"] != true && !accounts_given {
        return Err(representation::unknown_error());
    }
    service_account_scope(client);
    Ok(())
}

/// A client with a service account has one more default scope.
fn service_account_scope(client: &mut Document) {
    let wanted = client["serviceAccountsEnabled"] == true;
    if let Some(scopes) = client.get_mut("defaultClientScopes").and_then(Json::as_array_mut) {
        scopes.retain(|scope| scope != "service_account");
        if wanted {
            scopes.push("service_account".into());
        }
    }
}

fn attributes_of(client: &mut Document) -> &mut Document {
    client.entry("attributes").or_insert_with(|| json!({})).as_object_mut().unwrap()
}

/// An empty value removes its key, a key that is not named stays.
fn merge_attributes(stored: &mut Document, given: Document) {
    for (key, value) in given {
        if value.is_null() || value == "" {
            stored.shift_remove(&key);
        } else {
            stored.insert(key, value);
        }
    }
}

fn asked_for(request: &Request, client: &Map<String, Json>) -> bool {
    let name = text(client, "clientId");
    request
        .query("clientId")
        .is_none_or(|asked| if request.query("search") == Some("true") { name.contains(asked) } else { name == asked })
}

/// The body of a GET: the stored mappers are left out while there are none.
fn presented(client: &Document) -> Json {
    let mut body = client.clone();
    if mapper::all(client).next().is_none() {
        body.shift_remove(mapper::LIST);
    }
    body.insert("access".to_owned(), json!({"view": true, "configure": true, "manage": true}));
    Json::Object(body)
}

/// The web origins that follow from redirect addresses.
fn origins(redirects: Option<&Json>) -> Json {
    let addresses = redirects.and_then(Json::as_array).into_iter().flatten().filter_map(Json::as_str);
    let mut found: Vec<String> = Vec::new();
    for origin in addresses.filter_map(|address| url::Url::parse(address).ok()).map(|url| url.origin()) {
        let origin = origin.ascii_serialization();
        if origin != "null" && !found.contains(&origin) {
            found.push(origin);
        }
    }
    found.into()
}

fn exists(name: &str) -> Answer {
    Answer::json(409, &json!({"errorMessage": format!("Client {name} already exists")}))
}
