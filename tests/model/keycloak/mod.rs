//! The model of Keycloak: realms with clients and client scopes, their protocol mappers, groups, users, roles and the profile policy.
//!
//! Behaviour as seen on Keycloak 26.7.4, where the seed does not say another `version`; `later` has what is only told of
//! 26.8. It is not a Keycloak: there are no sessions, and a login is worth the rights
//! that its seed names, and those that come with its roles.

mod by_hand;
mod client;
mod client_scope;
mod crowd;
mod directory;
mod example;
mod group;
mod identity_provider;
mod later;
mod login;
mod mapper;
mod profile;
mod realm;
mod representation;
mod rights;
mod role;
mod user;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use serde_json::{Map, Value as Json, json};

use super::{Answer, Model, Request, address};
use crowd::Crowd;
use login::Tokens;
use rights::Rights;

/// An object as the server stores it.
type Document = Map<String, Json>;

/// The state of one Keycloak.
pub(crate) struct Keycloak {
    realms: BTreeMap<String, Realm>,
    /// What a user or service account may do, by its id; who is not listed may do everything.
    rights: BTreeMap<String, Rights>,
    passwords: BTreeMap<String, String>,
    tokens: Tokens,
    /// Provider ids of protocol mappers that are installed, with their description.
    providers: Vec<Json>,
    version: String,
    /// What the server says to be its address, where that is not how the caller reached it.
    public_url: Option<String>,
    ids: u64,
    /// Whether the secret of a new client says that it has just been made, so that no two runs leave the same.
    clock_runs: bool,
    scope_ids: u64,
    /// How often the secret of a client has been made anew.
    renewals: usize,
}

/// One realm. Documents are kept in the order of their creation.
#[derive(Default)]
struct Realm {
    document: Document,
    /// The account that has made it while the tool worked, and how many tokens had been given out by then.
    made_by: Option<(String, usize)>,
    clients: Vec<Document>,
    /// The client scopes.
    scopes: Vec<Document>,
    /// The ids of those that it has had from its beginning.
    first_scopes: BTreeSet<String>,
    /// The names of those that new clients get: always, or when they are asked for.
    given: [Vec<String>; 2],
    /// What the clients that were made while the tool worked had then, by their ids.
    births: BTreeMap<String, BTreeMap<String, &'static str>>,
    /// Which roles tokens may carry by which scope: the ids of a client or a client scope, and of a role.
    scope_mappings: BTreeSet<(String, String)>,
    /// Whether it was made while the tool worked.
    was_made: bool,
    groups: Vec<Document>,
    users: Vec<Document>,
    /// Users who are made up when they are asked for.
    crowd: Crowd,
    /// The ids of the groups that every new user is put into.
    default_groups: BTreeSet<String>,
    /// Who is in which group: the ids of a group and of a user.
    members: BTreeSet<(String, String)>,
    /// Roles of the realm and of its clients, told apart by what they are in.
    roles: Vec<Document>,
    mappings: Vec<role::Mapping>,
    /// Which role contains which, by their ids.
    composites: BTreeSet<(String, String)>,
    /// The users that clients have for themselves, by the client's id.
    accounts: BTreeMap<String, Document>,
    /// The ids of the clients that came with a realm while the tool worked.
    brought: BTreeSet<String>,
    /// Whether a client policy keeps the secret before the present one valid.
    keeps_old_secrets: bool,
    profile: Document,
    identity_providers: Vec<Document>,
    identity_provider_mappers: Vec<identity_provider::Mapper>,
    /// Who comes through which identity provider: its alias, and the id of a user.
    links: BTreeSet<(String, String)>,
    /// Directories that people come out of, and their mappers.
    components: Vec<Document>,
    /// The ids of those of them whom nobody has looked for yet.
    not_yet_seen: BTreeSet<String>,
}

impl Keycloak {
    /// Reads the `keycloak` part of a scenario's seed. Realms `master` and `pod` are always there, and
    /// so is `admin` of realm master, with `adminPassword`.
    pub(crate) fn seeded(seed: &Json) -> Self {
        let mut this = Self {
            realms: BTreeMap::new(),
            rights: BTreeMap::new(),
            passwords: BTreeMap::new(),
            tokens: Tokens::new(
                Duration::from_millis(seed["tokenMilliseconds"].as_u64().unwrap_or(60_000)),
                seed["expiresIn"].as_u64(),
                seed["tokenUses"].as_u64(),
            ),
            providers: mapper::providers(seed["mapperProvider"].as_bool().unwrap_or(true)),
            version: seed["version"].as_str().unwrap_or("26.7.4").to_owned(),
            public_url: seed["publicUrl"].as_str().map(str::to_owned),
            ids: 0,
            clock_runs: false,
            scope_ids: 0,
            renewals: 0,
        };
        let nothing = Map::new();
        let realms = seed["realms"].as_object().unwrap_or(&nothing);
        for name in ["master", "pod"].into_iter().chain(realms.keys().map(String::as_str)) {
            this.seed_realm(name, &seed["realms"][name]);
        }
        let password = seed["adminPassword"].as_str().unwrap_or("admin");
        this.seed_user("master", &json!({"username": "admin", "enabled": true, "password": password}));
        this.clock_runs = seed["clockRuns"] == true;
        this
    }

    fn seed_realm(&mut self, name: &str, seed: &Json) {
        if self.realms.contains_key(name) {
            return;
        }
        let mut profile = seed["profile"].as_object().cloned().unwrap_or_else(profile::default);
        if let Some(policy) = seed["unmanagedAttributePolicy"].as_str() {
            profile.insert(profile::POLICY.to_owned(), policy.into());
        }
        let mut document = self.new_realm(name);
        document.insert("enabled".to_owned(), true.into());
        realm::merge(&mut document, seed["realm"].as_object().cloned().unwrap_or_default());
        let keeps_old_secrets = seed["keepsOldSecrets"] == true;
        self.realms.insert(name.to_owned(), Realm { document, keeps_old_secrets, profile, ..Realm::default() });
        self.realms.get_mut(name).unwrap().crowd = Crowd::seeded(&seed["crowd"]);
        self.furnish(name);
        for role in seed["roles"].as_array().into_iter().flatten() {
            let mut alone = role.as_object().cloned().unwrap();
            alone.shift_remove("composites");
            self.make_role(name, None, Json::Object(alone));
        }
        for role in seed["roles"].as_array().into_iter().flatten() {
            self.seed_composites(name, role);
        }
        for scope in seed["clientScopes"].as_array().into_iter().flatten() {
            self.seed_scope(name, scope);
        }
        for client in seed["clients"].as_array().into_iter().flatten() {
            self.seed_client(name, client);
        }
        for user in seed["users"].as_array().into_iter().flatten() {
            self.seed_user(name, user);
        }
        for directory in seed["directories"].as_array().into_iter().flatten() {
            self.seed_directory(name, directory);
        }
        for provider in seed["identityProviders"].as_array().into_iter().flatten() {
            self.seed_identity_provider(name, provider);
        }
        let ids = self.ids_of_users(name);
        for group in seed["groups"].as_array().into_iter().flatten() {
            self.seed_group(name, group, &ids);
        }
    }

    fn new_id(&mut self) -> String {
        self.ids += 1;
        format!("cccccccc-0000-4000-8000-{:012x}", self.ids)
    }

    fn realm(&mut self, name: &str) -> Result<&mut Realm, Answer> {
        self.realms.get_mut(name).ok_or_else(|| Answer::error(404, "Realm not found."))
    }

    fn route(&mut self, request: &Request) -> Result<Answer, Answer> {
        let (method, path) = request.route();
        if let ["realms", realm, rest @ ..] = path.as_slice() {
            return self.public(request, method, realm, rest);
        }
        let token = self.tokens.authenticate(request)?;
        self.admit(&token)?;
        match (method, path.as_slice()) {
            ("POST", ["admin", "realms"]) => self.create_realm(request, &token),
            ("GET", ["admin", "serverinfo"]) => {
                self.rights_of(&token, &token.realm)?.need_any()?;
                Ok(self.server_info())
            }
            (_, ["admin", "realms", realm, rest @ ..]) => {
                self.realm(realm)?;
                let rights = self.rights_of(&token, realm)?;
                match rest {
                    [] => self.realm_itself(request, &rights, realm),
                    ["clients", rest @ ..] => self.clients(request, &rights, realm, rest),
                    ["client-policies", what] if request.method == "GET" => self.client_policies(&rights, realm, what),
                    ["client-scopes", rest @ ..] => self.client_scopes(request, &rights, realm, rest),
                    ["default-default-client-scopes", rest @ ..] => self.given_scopes(request, &rights, realm, 0, rest),
                    ["default-optional-client-scopes", rest @ ..] => {
                        self.given_scopes(request, &rights, realm, 1, rest)
                    }
                    ["identity-provider", "instances", rest @ ..] => {
                        self.identity_providers(request, &rights, realm, rest)
                    }
                    ["authentication", "flows"] if request.method == "GET" => Self::flows(&rights),
                    ["groups", rest @ ..] => self.groups(request, &rights, realm, rest),
                    ["default-groups", rest @ ..] => self.default_groups(request, &rights, realm, rest),
                    ["attack-detection", "brute-force", "users", _] if request.method == "GET" => {
                        Self::failed_logins(&rights)
                    }
                    ["components", rest @ ..] => self.components(request, &rights, realm, rest),
                    ["users", "profile"] => self.user_profile(request, &rights, realm),
                    ["users", rest @ ..] => self.users(request, &rights, realm, rest),
                    ["roles-by-id", id, rest @ ..] => self.roles_by_id(request, &rights, realm, id, rest),
                    ["roles", rest @ ..] => self.realm_roles(request, &rights, realm, rest),
                    _ => Err(Answer::unknown_route()),
                }
            }
            _ => Err(Answer::unknown_route()),
        }
    }

    fn server_info(&self) -> Answer {
        let mut info = json!({
            "systemInfo": {"version": self.version},
            "protocolMapperTypes": {"openid-connect": self.providers},
        });
        identity_provider::described(&mut info);
        Answer::json(200, &info)
    }
}

impl Model for Keycloak {
    fn answer(&mut self, request: &Request) -> Answer {
        self.route(request).unwrap_or_else(|refusal| refusal)
    }

    fn dump(&self) -> BTreeMap<String, Json> {
        let mut objects = BTreeMap::new();
        for (name, realm) in &self.realms {
            let at = |parts: &[&str]| address(&[&["keycloak", name], parts].concat());
            objects.insert(at(&["realm"]), Json::Object(realm.document.clone()));
            objects.insert(at(&["user-profile"]), Json::Object(realm.profile.clone()));
            for client in realm.clients.iter().filter(|client| !realm.brought.contains(text(client, "id"))) {
                let id = text(client, "clientId");
                for mapper in mapper::all(client) {
                    let label = mapper["name"].as_str().unwrap_or_default();
                    objects.insert(at(&["protocol-mapper", id, label]), mapper.clone());
                }
                let mut alone = client.clone();
                alone.shift_remove(mapper::LIST);
                // The others are shown as what they are: scopes that the client has.
                for list in client_scope::LISTS {
                    let names = alone[list].as_array_mut().into_iter();
                    names.for_each(|names| names.retain(|name| name == "service_account"));
                }
                objects.insert(at(&["client", id]), Json::Object(alone));
            }
            for group in &realm.groups {
                let names = group::names(&realm.groups, group);
                objects.insert(at(&[&["group"], names.as_slice()].concat()), Json::Object(group.clone()));
                if realm.default_groups.contains(text(group, "id")) {
                    objects.insert(at(&[&["default-group"], names.as_slice()].concat()), json!({}));
                }
                for user in &realm.users {
                    let link = (text(group, "id").to_owned(), text(user, "id").to_owned());
                    if realm.members.contains(&link) {
                        let place = [&["membership"], names.as_slice(), &[text(user, "username")]].concat();
                        objects.insert(at(&place), json!({}));
                    }
                }
            }
            for user in &realm.users {
                let mut user = user.clone();
                if let Some(password) = self.passwords.get(text(&user, "id")) {
                    user.insert("password".to_owned(), password.as_str().into());
                }
                objects.insert(at(&["user", text(&user, "username")]), Json::Object(user));
            }
            let places = realm.role_places().into_iter().chain(realm.scope_places());
            for (place, body) in places.chain(realm.identity_provider_places()) {
                let place: Vec<&str> = place.iter().map(String::as_str).collect();
                objects.insert(at(&place), body);
            }
            for place in realm.mapping_places() {
                let place: Vec<&str> = place.iter().map(String::as_str).collect();
                objects.insert(at(&[&["role-mapping"], place.as_slice()].concat()), json!({}));
            }
        }
        objects
    }

    fn names(&self) -> BTreeMap<String, String> {
        let mut names = BTreeMap::new();
        let mut name = |document: &Document, key: &str| {
            names.insert(text(document, "id").to_owned(), text(document, key).to_owned());
        };
        for realm in self.realms.values() {
            for client in &realm.clients {
                name(client, "clientId");
                mapper::all(client).filter_map(Json::as_object).for_each(|mapper| name(mapper, "name"));
            }
            realm.groups.iter().for_each(|group| name(group, "name"));
            realm.users.iter().chain(realm.accounts.values()).for_each(|user| name(user, "username"));
            for scope in &realm.scopes {
                name(scope, "name");
                mapper::all(scope).filter_map(Json::as_object).for_each(|mapper| name(mapper, "name"));
            }
            realm.roles.iter().for_each(|role| name(role, "name"));
            realm.components.iter().for_each(|one| name(one, "name"));
            realm.identity_provider_mappers.iter().for_each(|mapper| name(&mapper.body, "name"));
        }
        let providers = self.realms.values().flat_map(|realm| &realm.identity_providers);
        names.extend(providers.map(|one| (text(one, "internalId").to_owned(), text(one, "alias").to_owned())));
        names
    }

    fn secrets(&self) -> Vec<String> {
        let clients = self.realms.values().flat_map(|realm| &realm.clients);
        let secrets = clients.filter_map(|client| Some(client.get("secret")?.as_str()?.to_owned()));
        let providers = self.realms.values().flat_map(|realm| &realm.identity_providers);
        let of_providers = providers.filter_map(|one| Some(one["config"]["clientSecret"].as_str()?.to_owned()));
        let mails = self
            .realms
            .values()
            .filter_map(|realm| Some(realm.document.get("smtpServer")?.get("password")?.as_str()?.to_owned()));
        let of_providers = of_providers.chain(mails);
        secrets.chain(of_providers).chain(self.passwords.values().cloned()).chain(self.tokens.all()).collect()
    }
}

/// A text field of a document, empty when it is not there.
fn text<'a>(document: &'a Document, key: &str) -> &'a str {
    document.get(key).and_then(Json::as_str).unwrap_or_default()
}

fn created(request: &Request, id: &str) -> Answer {
    let place = request.target.split('?').next().unwrap_or_default();
    Answer::empty(201).with("location", format!("{}{place}/{id}", request.origin()))
}

/// The part of a list that `first` and `max` ask for.
fn page(request: &Request, list: Vec<Json>, default: i64) -> Result<Answer, Answer> {
    let (first, max) = part(request, default)?;
    Ok(Answer::json(200, &list.into_iter().skip(first).take(max).collect()))
}

/// The first one of a list, and how many, that `first` and `max` ask for.
fn part(request: &Request, default: i64) -> Result<(usize, usize), Answer> {
    let number = |name: &str, absent: i64| match request.query(name) {
        Some(value) => value.parse::<i64>().map_err(|_| Answer::error(404, "HTTP 404 Not Found")),
        None => Ok(absent),
    };
    let first = usize::try_from(number("first", 0)?).unwrap_or(0);
    Ok((first, usize::try_from(number("max", default)?).unwrap_or(usize::MAX)))
}
