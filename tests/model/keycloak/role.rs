//! Roles of realms and clients, who has them directly, and what comes of having them.

use serde_json::{Value as Json, json};

use super::login::Token;
use super::rights::Rights;
use super::{Answer, Document, Keycloak, Request, page, representation, text};

const VIEW_USERS: &[&str] = &["view-users", "manage-users"];
const VIEW_REALM: &[&str] = &["view-realm", "manage-realm"];

/// The rights on a realm, as roles of the client that stands for them.
const RIGHTS: [&str; 22] = [
    "create-client",
    "impersonation",
    "manage-authorization",
    "manage-clients",
    "manage-events",
    "manage-identity-providers",
    "manage-organizations",
    "manage-realm",
    "manage-users",
    "query-clients",
    "query-groups",
    "query-organizations",
    "query-realms",
    "query-users",
    ALL_RIGHTS,
    "view-authorization",
    "view-clients",
    "view-events",
    "view-identity-providers",
    "view-organizations",
    "view-realm",
    "view-users",
];
const ACCOUNT: [&str; 8] = [
    "delete-account",
    "manage-account",
    "manage-account-links",
    "manage-consent",
    "view-applications",
    "view-consent",
    "view-groups",
    "view-profile",
];
const ALL_RIGHTS: &str = "realm-admin";

/// A role that is given to somebody, and since when tokens know it: the number of those given out before.
pub(super) struct Mapping {
    pub(super) holder: String,
    pub(super) role: String,
    since: usize,
}

/// The part of a role's document that the server does not show: which rights its holders have beside its own.
const GIVES: &str = "gives";

impl Keycloak {
    /// What every realm has from its beginning: clients, roles, and a client in the administrators' realm.
    pub(super) fn furnish(&mut self, name: &str) {
        self.furnish_scopes(name);
        let console = json!({"clientId": "admin-cli", "name": "${client_admin-cli}", "publicClient": true,
            "standardFlowEnabled": false, "directAccessGrantsEnabled": true});
        let account = json!({"clientId": "account", "name": "${client_account}", "publicClient": true,
            "baseUrl": format!("/realms/{name}/account/"), "redirectUris": [format!("/realms/{name}/account/*")]});
        // What stands for the rights on a realm; those on master are a client of its own.
        let rights = json!({"clientId": management(name), "bearerOnly": true});
        let broker = json!({"clientId": "broker", "name": "${client_broker}", "bearerOnly": true});
        for client in [console, account, broker, rights] {
            self.seed_client(name, &client);
        }
        for (client, roles) in [("account", ACCOUNT.as_slice()), ("broker", &["read-token"])] {
            for role in roles {
                self.make_role(name, Some(client), json!({"name": role}));
            }
        }
        let stands_for_it = (name != "master").then(|| format!("{name}-realm"));
        if let Some(client) = &stands_for_it {
            self.seed_client("master", &json!({"clientId": client, "bearerOnly": true}));
        }
        let defaults = format!("default-roles-{}", name.to_lowercase());
        for role in ["offline_access", "uma_authorization", &defaults] {
            self.make_role(name, None, json!({"name": role}));
        }
        self.furnish_scope_mappings(name);
        let places = [(name.to_owned(), management(name).to_owned())];
        for (realm, client) in places.into_iter().chain(stands_for_it.map(|client| ("master".to_owned(), client))) {
            for role in RIGHTS.into_iter().filter(|role| realm != "master" || *role != ALL_RIGHTS) {
                self.make_role(&realm, Some(&client), json!({"name": role}));
            }
        }
    }

    /// Adds a role of the seed: of the realm, or of one of its clients. What it `gives` is known to nobody but its holders.
    pub(super) fn make_role(&mut self, realm: &str, client: Option<&str>, mut role: Json) {
        let id = self.new_id();
        let realm = self.realms.get_mut(realm).unwrap();
        let client = client.map(|client| realm.clients.iter().find(|known| text(known, "clientId") == client).unwrap());
        let container = client.map_or_else(|| text(&realm.document, "id"), |client| text(client, "id")).to_owned();
        role["id"] = id.into();
        role["composite"] = role.get(GIVES).is_some().into();
        role["clientRole"] = client.is_some().into();
        role["containerId"] = container.into();
        realm.roles.push(role.as_object().cloned().unwrap());
    }

    /// Has a role of the realm contain those that its seed names as `composites`.
    pub(super) fn seed_composites(&mut self, realm: &str, seed: &Json) {
        let realm = self.realms.get_mut(realm).unwrap();
        let container = text(&realm.document, "id").to_owned();
        let id = |name: &Json| text(realm.role(&container, name.as_str().unwrap()).unwrap(), "id").to_owned();
        let parts: Vec<String> = seed["composites"].as_array().into_iter().flatten().map(id).collect();
        let whole = id(&seed["name"]);
        realm.composites.extend(parts.into_iter().map(|part| (whole.clone(), part)));
    }

    /// Gives the holder of this id the roles that its seed names.
    pub(super) fn seed_mappings(&mut self, realm: &str, holder: &str, realm_roles: &Json, client_roles: &Json) {
        let names = |list: &Json| -> Vec<String> {
            list.as_array().into_iter().flatten().map(|name| name.as_str().unwrap().to_owned()).collect()
        };
        let realm = self.realms.get_mut(realm).unwrap();
        let mut containers = vec![(text(&realm.document, "id").to_owned(), names(realm_roles))];
        for (client, roles) in client_roles.as_object().into_iter().flatten() {
            let client = realm.clients.iter().find(|known| text(known, "clientId") == client).unwrap();
            containers.push((text(client, "id").to_owned(), names(roles)));
        }
        for (container, names) in containers {
            for name in names {
                let role = realm.role(&container, &name).unwrap();
                let role = text(role, "id").to_owned();
                realm.mappings.push(Mapping { holder: holder.to_owned(), role, since: 0 });
            }
        }
    }

    /// Every account has the realm's default roles.
    pub(super) fn give_default_roles(&mut self, realm: &str, user: &str) {
        let roles = json!([format!("default-roles-{}", realm.to_lowercase())]);
        self.seed_mappings(realm, user, &roles, &Json::Null);
    }

    /// `roles…` of a realm or a client, whose id is the `container`.
    pub(super) fn roles(
        &mut self,
        request: &Request,
        rights: &Rights,
        realm: &str,
        container: &str,
        rest: &[&str],
    ) -> Result<Answer, Answer> {
        let missing = || Answer::error(404, "Could not find role");
        match (request.method.as_str(), rest) {
            ("GET", []) => {
                let realm = self.realm(realm)?;
                let roles = realm.roles.iter().filter(|role| text(role, "containerId") == container);
                let shown = if request.query("briefRepresentation").is_some_and(|brief| brief == "false") {
                    full
                } else {
                    brief
                };
                page(request, roles.map(shown).collect(), -1)
            }
            ("GET", [name]) => {
                let role = self.realm(realm)?.role(container, name).ok_or_else(missing)?;
                Ok(Answer::json(200, &full(role)))
            }
            ("POST", []) => {
                let body = representation::read(request, &representation::role(), |_| ())?;
                let name = text(&body, "name").to_owned();
                if self.realm(realm)?.role(container, &name).is_some() {
                    let message = format!("Role with name {name} already exists");
                    return Err(Answer::json(409, &json!({"errorMessage": message})));
                }
                let clients = &self.realm(realm)?.clients;
                let client = clients.iter().find(|client| text(client, "id") == container);
                let client = client.map(|client| text(client, "clientId").to_owned());
                self.make_role(realm, client.as_deref(), Json::Object(body));
                Ok(super::created(request, &name.replace('/', "%2F").replace(' ', "%20")))
            }
            ("GET", [name, "users"]) => {
                rights.need(VIEW_USERS)?;
                let realm = self.realm(realm)?;
                let role = text(realm.role(container, name).ok_or_else(missing)?, "id").to_owned();
                let has = |user: &&Document| realm.has(text(user, "id"), &role);
                let mut users: Vec<&Document> = realm.users.iter().chain(realm.accounts.values()).filter(has).collect();
                users.sort_by_key(|user| text(user, "username").to_owned());
                page(request, users.into_iter().map(super::user::brief).collect(), 100)
            }
            _ => Err(Answer::unknown_route()),
        }
    }

    /// `roles-by-id/{id}…`, of the realm or of a client.
    pub(super) fn roles_by_id(
        &mut self,
        request: &Request,
        rights: &Rights,
        realm: &str,
        id: &str,
        rest: &[&str],
    ) -> Result<Answer, Answer> {
        let of_id = |role: &Document| text(role, "id") == id;
        let known = self.realm(realm)?.roles.iter().find(|role| of_id(role)).cloned();
        let role = known.ok_or_else(|| Answer::error(404, "Could not find role with id"))?;
        let of_client = role["clientRole"] == true;
        rights.need(match (request.method.as_str(), of_client) {
            ("GET", true) => &["view-clients", "manage-clients"],
            ("GET", false) => VIEW_REALM,
            (_, true) => &["manage-clients"],
            (_, false) => &["manage-realm"],
        })?;
        let realm = self.realm(realm)?;
        match (request.method.as_str(), rest) {
            ("GET", []) => Ok(Answer::json(200, &full(&role))),
            ("PUT", []) => {
                let body = representation::read(request, &representation::role(), |_| ())?;
                if !body.contains_key("name") {
                    return Err(Answer::error(400, "role name is required"));
                }
                let (home, name) = (text(&role, "containerId"), text(&body, "name"));
                if realm.role(home, name).is_some_and(|other| !of_id(other)) {
                    return Err(representation::duplicate());
                }
                let stored = realm.roles.iter_mut().find(|role| of_id(role)).unwrap();
                stored.shift_remove("description");
                for (key, value) in body {
                    if ["name", "description", "attributes"].contains(&key.as_str()) {
                        stored.insert(key, value);
                    }
                }
                Ok(Answer::empty(204))
            }
            ("DELETE", []) => {
                realm.roles.retain(|role| !of_id(role));
                realm.mappings.retain(|mapping| mapping.role != id);
                realm.composites.retain(|(whole, part)| whole != id && part != id);
                realm.scope_mappings.retain(|(_, role)| role != id);
                Ok(Answer::empty(204))
            }
            ("GET", ["composites"]) => {
                let contained =
                    |role: &&Document| realm.composites.contains(&(id.to_owned(), text(role, "id").to_owned()));
                Ok(Answer::json(200, &realm.roles.iter().filter(contained).map(brief).collect()))
            }
            ("POST" | "DELETE", ["composites"]) => {
                let sent = request.json().filter(Json::is_array).ok_or_else(|| Answer::error(500, "unknown_error"))?;
                for part in sent.as_array().into_iter().flatten() {
                    let part = part["id"].as_str().unwrap_or_default().to_owned();
                    let known = realm.roles.iter().find(|role| text(role, "id") == part);
                    let known = known.ok_or_else(|| Answer::error(404, "Could not find composite role"))?;
                    rights.need(if known["clientRole"] == true { &["manage-clients"] } else { &["manage-realm"] })?;
                    if request.method == "POST" {
                        realm.composites.insert((id.to_owned(), part));
                    } else {
                        realm.composites.remove(&(id.to_owned(), part));
                    }
                }
                let is_composite = realm.composites.iter().any(|(whole, _)| whole == id);
                realm
                    .roles
                    .iter_mut()
                    .find(|role| of_id(role))
                    .unwrap()
                    .insert("composite".to_owned(), is_composite.into());
                Ok(Answer::empty(204))
            }
            _ => Err(Answer::unknown_route()),
        }
    }

    /// `roles…` of the realm itself.
    pub(super) fn realm_roles(
        &mut self,
        request: &Request,
        rights: &Rights,
        realm: &str,
        rest: &[&str],
    ) -> Result<Answer, Answer> {
        rights.need(if request.method == "GET" { VIEW_REALM } else { &["manage-realm"] })?;
        let container = text(&self.realm(realm)?.document, "id").to_owned();
        self.roles(request, rights, realm, &container, rest)
    }

    /// `users|groups/{id}/role-mappings…`; the holder has already been found.
    pub(super) fn role_mappings(
        &mut self,
        request: &Request,
        rights: &Rights,
        realm: &str,
        holder: &str,
        rest: &[&str],
    ) -> Result<Answer, Answer> {
        let reads = request.method == "GET";
        rights.need(if reads { VIEW_USERS } else { &["manage-users"] })?;
        let container = match rest {
            [] if reads => return Ok(Answer::json(200, &self.realm(realm)?.all_mappings(holder))),
            ["realm"] => text(&self.realm(realm)?.document, "id").to_owned(),
            ["clients", client] => {
                if reads {
                    rights.need(&["view-clients", "manage-clients"])?;
                }
                let found = self.client(realm, client).map(|client| text(client, "id").to_owned());
                found.map_err(|_| Answer::error(404, "Client not found"))?
            }
            _ => return Err(Answer::unknown_route()),
        };
        let since = self.tokens.all().count();
        let realm = self.realm(realm)?;
        if reads {
            let mine = |role: &&Document| text(role, "containerId") == container && realm.has(holder, text(role, "id"));
            return Ok(Answer::json(200, &realm.roles.iter().filter(mine).map(brief).collect()));
        }
        let sent = request.json().filter(Json::is_array);
        let none = Json::Array(Vec::new());
        // Without a body all are meant; the models are never asked for that.
        for role in sent.as_ref().unwrap_or(&none).as_array().into_iter().flatten() {
            let known = role["name"].as_str().and_then(|name| realm.role(&container, name));
            let known = known.filter(|known| known.get("id") == role.get("id"));
            let id = text(known.ok_or_else(|| Answer::error(404, "Role not found"))?, "id").to_owned();
            let name = role["name"].as_str().unwrap_or_default();
            if let Some(right) = right_to_give(realm, &container, name) {
                rights.need(&[&right])?;
            }
            let there = realm.has(holder, &id);
            if request.method == "DELETE" {
                realm.mappings.retain(|mapping| (mapping.holder.as_str(), &mapping.role) != (holder, &id));
            } else if !there {
                realm.mappings.push(Mapping { holder: holder.to_owned(), role: id, since });
            }
        }
        Ok(Answer::empty(204))
    }

    /// The names of the rights on `realm` that a holder of realm `home` has by its roles, as a token of this number
    /// tells. Tokens do not learn of what comes later, as on 26.0; 26.7 looks at the account itself.
    pub(super) fn mapped_rights(&self, home: &str, holder: &str, realm: &str, token: usize) -> Vec<String> {
        let Some(home_realm) = self.realms.get(home) else { return Vec::new() };
        let client = if home == realm { management(realm).to_owned() } else { format!("{realm}-realm") };
        let client = home_realm.clients.iter().find(|known| text(known, "clientId") == client);
        let container = client.map(|client| text(client, "id")).unwrap_or_default();
        let held = home_realm.mappings.iter().filter(|mapping| mapping.holder == holder && mapping.since <= token);
        let roles = held.filter_map(|mapping| home_realm.roles.iter().find(|role| text(role, "id") == mapping.role));
        let mut rights = Vec::new();
        for role in roles {
            if text(role, "containerId") == container {
                rights.push(text(role, "name").to_owned());
            }
            let gives = role.get(GIVES).and_then(Json::as_array).into_iter().flatten().filter_map(Json::as_str);
            rights.extend(gives.map(str::to_owned));
        }
        rights
    }

    /// The rights on all realms that a holder in the administrators' realm can give away there.
    pub(super) fn rights_elsewhere(&self, token: &Token, account: &str) -> Vec<String> {
        let mut rights = Vec::new();
        for (name, realm) in self.realms.iter().filter(|(name, _)| token.realm == "master" && *name != "master") {
            let mut mine = self.mapped_rights("master", account, name, token.number);
            if realm.is_made_by(token) {
                mine.extend(RIGHTS.map(str::to_owned));
            }
            rights.extend(mine.iter().map(|right| elsewhere(&format!("{name}-realm"), right)));
        }
        rights
    }
}

impl super::Realm {
    /// Whether the holder of the token has made the realm before the token was given out.
    pub(super) fn is_made_by(&self, token: &Token) -> bool {
        self.made_by.as_ref().is_some_and(|(holder, tokens)| *holder == token.holder && token.number >= *tokens)
    }

    pub(super) fn role(&self, container: &str, name: &str) -> Option<&Document> {
        self.roles.iter().find(|role| text(role, "containerId") == container && text(role, "name") == name)
    }

    /// A user or a group is gone, and with it its memberships and roles.
    pub(super) fn forget_holder(&mut self, id: &str) {
        self.members.retain(|(group, user)| group != id && user != id);
        self.default_groups.remove(id);
        self.mappings.retain(|mapping| mapping.holder != id);
    }

    fn has(&self, holder: &str, role: &str) -> bool {
        self.mappings.iter().any(|mapping| mapping.holder == holder && mapping.role == role)
    }

    /// All roles that a holder has, those of clients by client.
    fn all_mappings(&self, holder: &str) -> Json {
        let (mut of_realm, mut of_clients) = (Vec::new(), Document::new());
        for role in self.roles.iter().filter(|role| self.has(holder, text(role, "id"))) {
            let client = self.clients.iter().find(|client| text(client, "id") == text(role, "containerId"));
            match client {
                Some(client) => {
                    let id = text(client, "clientId");
                    let roles = of_clients
                        .entry(id)
                        .or_insert_with(|| json!({"id": client["id"], "client": id, "mappings": []}));
                    roles["mappings"].as_array_mut().unwrap().push(brief(role));
                }
                None => of_realm.push(brief(role)),
            }
        }
        let mut all = Document::new();
        if !of_realm.is_empty() {
            all.insert("realmMappings".to_owned(), of_realm.into());
        }
        if !of_clients.is_empty() {
            all.insert("clientMappings".to_owned(), Json::Object(of_clients));
        }
        Json::Object(all)
    }

    /// The names of the roles of the realm that a group has, and those of clients by client id.
    pub(super) fn roles_of_group(&self, group: &str) -> (Json, Json) {
        let (mut own, mut of_clients) = (Vec::new(), Document::new());
        for role in self.roles.iter().filter(|role| self.has(group, text(role, "id"))) {
            let client = self.clients.iter().find(|client| text(client, "id") == text(role, "containerId"));
            match client {
                Some(client) => {
                    let roles = of_clients.entry(text(client, "clientId")).or_insert_with(|| json!([]));
                    roles.as_array_mut().unwrap().push(text(role, "name").into());
                }
                None => own.push(text(role, "name").to_owned()),
            }
        }
        (own.into(), Json::Object(of_clients))
    }

    /// How addresses of what links roles name the role of this id.
    pub(super) fn role_names(&self, id: &str) -> Option<Vec<String>> {
        let role = self.roles.iter().find(|role| text(role, "id") == id)?;
        let client = self.clients.iter().find(|client| text(client, "id") == text(role, "containerId"));
        let name = text(role, "name").to_owned();
        Some(client.map_or_else(
            || vec!["realm".to_owned(), name.clone()],
            |client| vec!["client".to_owned(), text(client, "clientId").to_owned(), name.clone()],
        ))
    }

    /// The roles that somebody has made, and the roles that roles contain, as a dump shows them.
    pub(super) fn role_places(&self) -> Vec<(Vec<String>, Json)> {
        let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        let made = self.roles.iter().filter(|role| {
            let name = text(role, "name");
            let comes_with_it = ["read-token", "offline_access", "uma_authorization"].contains(&name);
            !(comes_with_it || name.starts_with("default-roles-") || RIGHTS.contains(&name) || ACCOUNT.contains(&name))
        });
        let roles = made.filter_map(|role| {
            let mut place = self.role_names(text(role, "id"))?;
            place[0] = format!("{}-role", place[0]);
            let mut body = full(role);
            // That follows from what it contains, which stands for itself.
            body.as_object_mut()?.shift_remove("composite");
            Some((place, body))
        });
        let composites = self.composites.iter().filter_map(|(whole, part)| {
            Some(([owned(&["composite"]), self.role_names(whole)?, self.role_names(part)?].concat(), json!({})))
        });
        roles.chain(composites).collect()
    }

    /// Where each role that is given to somebody stands in a dump: what all accounts have from the beginning is left out.
    pub(super) fn mapping_places(&self) -> Vec<Vec<String>> {
        let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        let place = |mapping: &Mapping| {
            let role = self.roles.iter().find(|role| text(role, "id") == mapping.role)?;
            let name = text(role, "name");
            if name.starts_with("default-roles-") {
                return None;
            }
            let client = self.clients.iter().find(|client| text(client, "id") == text(role, "containerId"));
            let role = match client {
                Some(client) => owned(&["client", text(client, "clientId"), name]),
                None => owned(&["realm", name]),
            };
            let id = |document: &&Document| text(document, "id") == mapping.holder;
            let user = self.users.iter().find(id).map(|user| owned(&["user", text(user, "username")]));
            let group = || {
                let group = self.groups.iter().find(id)?;
                Some([owned(&["group"]), owned(&super::group::names(&self.groups, group))].concat())
            };
            let account = || {
                let (client, _) = self.accounts.iter().find(|(_, user)| text(user, "id") == mapping.holder)?;
                let client = self.clients.iter().find(|known| text(known, "id") == client)?;
                Some(owned(&["service-account", text(client, "clientId")]))
            };
            Some([role, user.or_else(group).or_else(account)?].concat())
        };
        self.mappings.iter().filter_map(place).collect()
    }
}

/// What nobody can give away who does not have it: if a role is one of the rights on a realm, that right. One on
/// another realm than this has the name of the client that stands for it.
fn right_to_give(realm: &super::Realm, container: &str, name: &str) -> Option<String> {
    let client = realm.clients.iter().find(|client| text(client, "id") == container);
    let client = client.map(|client| text(client, "clientId")).unwrap_or_default();
    match client {
        _ if !RIGHTS.contains(&name) => None,
        "realm-management" | "master-realm" => Some(name.to_owned()),
        other if other.ends_with("-realm") => Some(elsewhere(other, name)),
        _ => None,
    }
}

/// The name of a right on a realm that a client of the administrators' realm stands for.
fn elsewhere(client: &str, right: &str) -> String {
    format!("{client}/{right}")
}

fn management(realm: &str) -> &'static str {
    if realm == "master" { "master-realm" } else { "realm-management" }
}

pub(super) fn brief(role: &Document) -> Json {
    let mut brief = role.clone();
    brief.shift_remove(GIVES);
    brief.shift_remove("attributes");
    Json::Object(brief)
}

fn full(role: &Document) -> Json {
    let mut full = brief(role);
    full["attributes"] = role.get("attributes").cloned().unwrap_or_else(|| json!({}));
    full
}
