//! The model of Keystone: domains, roles, projects, local users and groups, role assignments, identity providers with
//! protocols and mappings, application credentials, logins of local users and with application credentials.
//!
//! Behaviour as seen on Keystone 30. It is not a Keystone: nobody logs in through its federation, and the roles that the
//! seed says of a user are worth something everywhere.

mod assignment;
mod by_hand;
mod catalog;
mod credential;
mod domain;
mod federation;
mod group;
mod login;
mod project;
mod role;
mod user;

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json, json};

use super::{Answer, Model, Request, address};
use assignment::Assignment;
use credential::{AccessRule, Credential};
use login::{Token, User};

/// An object as the server stores it.
type Document = Map<String, Json>;

/// A list is cut here, without a word, when no limit is asked for.
const MAX_DB_LIMIT: usize = 1000;

/// The state of one Keystone.
pub(crate) struct Keystone {
    domains: Vec<Document>,
    roles: Vec<Document>,
    projects: Vec<Document>,
    users: Vec<User>,
    groups: Vec<Document>,
    /// Who is in which group: by id, the group's first.
    members: Vec<(String, String)>,
    /// Which roles imply which, beside those of the bootstrap: by id.
    implied: Vec<(String, String)>,
    assignments: Vec<Assignment>,
    mappings: Vec<Document>,
    providers: Vec<Document>,
    /// With `idp_id`, the provider's.
    protocols: Vec<Document>,
    /// The versions of mapping rules that the server knows.
    schema_versions: Vec<String>,
    credentials: Vec<Credential>,
    access_rules: Vec<AccessRule>,
    tokens: BTreeMap<String, Token>,
    /// All tokens that were ever given out.
    given: Vec<String>,
    /// How long a token lives.
    token_seconds: i64,
    /// How many requests a token serves before the server has forgotten it.
    token_uses: Option<u64>,
    /// What the server believes to be its address, where that is not how the caller reached it.
    public_endpoint: Option<String>,
    /// The regions without endpoints.
    regions: Vec<String>,
    ids: u64,
    requests: u64,
    /// How the caller reached the server, which is what links begin with.
    origin: String,
}

impl Keystone {
    /// Reads the `keystone` part of a scenario's seed. Domain `Default`, project `admin` and the user
    /// `admin` with `adminPassword` are always there.
    pub(crate) fn seeded(seed: &Json) -> Self {
        let mut this = Self {
            domains: Vec::new(),
            roles: Vec::new(),
            projects: Vec::new(),
            users: Vec::new(),
            groups: Vec::new(),
            members: Vec::new(),
            assignments: Vec::new(),
            implied: Vec::new(),
            mappings: Vec::new(),
            providers: Vec::new(),
            protocols: Vec::new(),
            schema_versions: serde_json::from_value(seed["schemaVersions"].clone())
                .unwrap_or_else(|_| ["1.0", "2.0", "3.0"].map(str::to_owned).into()),
            credentials: Vec::new(),
            access_rules: Vec::new(),
            tokens: BTreeMap::new(),
            given: Vec::new(),
            token_seconds: seed["tokenSeconds"].as_i64().unwrap_or(3600),
            token_uses: seed["tokenUses"].as_u64(),
            public_endpoint: seed["publicEndpoint"].as_str().map(str::to_owned),
            regions: Vec::new(),
            ids: 0,
            requests: 0,
            origin: String::new(),
        };
        let default = json!({"id": "default", "name": "Default", "description": "The default domain"});
        for domain in [default].iter().chain(seed["domains"].as_array().into_iter().flatten()) {
            this.seed_domain(domain);
        }
        let admin = json!({"name": "admin", "domain": "Default", "description": "Bootstrap project for initializing the cloud."});
        for project in [admin].iter().chain(seed["projects"].as_array().into_iter().flatten()) {
            this.seed_project(project);
        }
        for number in 0..seed["manyProjects"].as_u64().unwrap_or(0) {
            this.seed_project(&json!({"name": format!("filler-{number:05}"), "domain": "Default"}));
        }
        this.seed_roles(seed);
        this.seed_implied(&seed["implied"]);
        this.seed_logins(seed);
        for group in seed["groups"].as_array().into_iter().flatten() {
            this.seed_group(group);
        }
        for assignment in seed["roleAssignments"].as_array().into_iter().flatten() {
            this.seed_assignment(assignment);
        }
        for credential in seed["applicationCredentials"].as_array().into_iter().flatten() {
            this.seed_credential(credential);
        }
        this.seed_federation(seed);
        this
    }

    /// Keystone's ids are 32 hexadecimal digits.
    fn new_id(&mut self) -> String {
        self.ids += 1;
        format!("eeeeeeee{:024x}", self.ids)
    }

    fn domain_named(&self, name: &str) -> Option<&Document> {
        self.domains.iter().find(|domain| text(domain, "name") == name)
    }

    fn route(&mut self, request: &Request) -> Result<Answer, Answer> {
        match request.route() {
            ("GET", path) if path == ["v3"] => return Ok(version(request)),
            ("POST", path) if path == ["v3", "auth", "tokens"] => return self.log_in(request),
            _ => {}
        }
        let token = self.authenticate(request)?;
        let (method, path) = request.route();
        if path == ["v3", "roles"] && request.query("domain_id").is_some() {
            token.administrator("list_domain_roles")?;
        }
        token.looks_at(method, &path)?;
        match (method, path.as_slice()) {
            ("GET", ["v3", "domains"]) => self.list(request, "domains"),
            ("POST", ["v3", "domains"]) => self.create_domain(request, &token),
            ("GET", ["v3", "domains", id]) => self.one_domain(id),
            ("PATCH", ["v3", "domains", id]) => self.update_domain(request, &token, id),
            ("DELETE", ["v3", "domains", id]) => self.delete_domain(&token, id),
            ("GET", ["v3", "projects"]) => self.list(request, "projects"),
            ("POST", ["v3", "projects"]) => self.create_project(request, &token),
            ("GET", ["v3", "projects", id]) => self.one_project(id),
            ("PATCH", ["v3", "projects", id]) => self.update_project(request, &token, id),
            ("DELETE", ["v3", "projects", id]) => self.delete_project(&token, id),
            ("GET", ["v3", "roles"]) => self.list(request, "roles"),
            ("POST", ["v3", "roles"]) => self.create_role(request, &token),
            ("GET", ["v3", "roles", id]) => self.one_role(id),
            ("GET", ["v3", "regions"]) => Ok(self.regions(request)),
            ("GET", ["v3", "endpoints"]) => self.endpoints(request),
            ("GET", ["v3", "role_inferences"]) => self.role_inferences(&token),
            ("PUT" | "DELETE", ["v3", "roles", prior, "implies", implied]) => {
                self.imply(method, &token, [prior, implied])
            }
            ("PATCH", ["v3", "roles", id]) => self.update_role(request, &token, id),
            ("DELETE", ["v3", "roles", id]) => self.delete_role(&token, id),
            ("GET", ["v3", "users"]) => self.list(request, "users"),
            ("POST", ["v3", "users"]) => self.create_user(request, &token),
            ("GET", ["v3", "users", id]) => self.one_user(id),
            ("GET", ["v3", "users", id, "application_credentials"]) => self.list_credentials(request, id),
            ("POST", ["v3", "users", id, "application_credentials"]) => self.create_credential(request, &token, id),
            ("GET", ["v3", "users", user, "application_credentials", id]) => self.one_credential(&token, [user, id]),
            ("DELETE", ["v3", "users", user, "application_credentials", id]) => {
                self.delete_credential(&token, [user, id])
            }
            ("PATCH" | "PUT", ["v3", "users", _, "application_credentials", _]) => Err(not_allowed()),
            ("GET", ["v3", "users", id, "access_rules"]) => self.user_access_rules(request, &token, [id, ""]),
            ("GET" | "DELETE", ["v3", "users", id, "access_rules", rule]) => {
                self.user_access_rules(request, &token, [id, rule])
            }
            ("PATCH", ["v3", "users", id]) => self.update_user(request, &token, id),
            ("DELETE", ["v3", "users", id]) => self.delete_user(&token, id),
            ("GET", ["v3", "groups"]) => self.list(request, "groups"),
            ("POST", ["v3", "groups"]) => self.create_group(request, &token),
            ("GET", ["v3", "groups", id]) => self.one_group(id),
            ("PATCH", ["v3", "groups", id]) => self.update_group(request, &token, id),
            ("DELETE", ["v3", "groups", id]) => self.delete_group(&token, id),
            ("GET", ["v3", "groups", id, "users"]) => self.list_members(request, id),
            (method @ ("PUT" | "DELETE"), ["v3", "groups", group, "users", user]) => {
                self.member(method, &token, [group, user])
            }
            ("GET", ["v3", "role_assignments"]) => Ok(self.list_assignments(request)),
            (
                method @ ("PUT" | "DELETE"),
                [
                    "v3",
                    targets @ ("projects" | "domains"),
                    target,
                    holders @ ("users" | "groups"),
                    holder,
                    "roles",
                    role,
                ],
            ) => self.assign(method, &token, [targets, target, holders, holder, role], false),
            (
                method @ ("PUT" | "DELETE"),
                [
                    "v3",
                    "OS-INHERIT",
                    targets @ ("projects" | "domains"),
                    target,
                    holders @ ("users" | "groups"),
                    holder,
                    "roles",
                    role,
                    "inherited_to_projects",
                ],
            ) => self.assign(method, &token, [targets, target, holders, holder, role], true),
            (method @ ("PUT" | "DELETE"), ["v3", "system", holders @ ("users" | "groups"), holder, "roles", role]) => {
                self.assign(method, &token, ["system", "system", holders, holder, role], false)
            }
            (_, ["v3", "OS-FEDERATION", rest @ ..]) => self.federation(request, &token, rest),
            _ => Err(Answer::unknown_route()),
        }
    }

    /// A document as it is shown: with the address that the server believes it has.
    fn linked(&self, collection: &str, document: &Document) -> Json {
        let mut shown = document.clone();
        shown.insert(
            "links".to_owned(),
            json!({"self": format!("{}/v3/{collection}/{}", self.origin, text(document, "id"))}),
        );
        Json::Object(shown)
    }

    /// One page of a collection: cut at the server's limit, with a link only where a limit was asked for.
    fn list(&self, request: &Request, collection: &str) -> Result<Answer, Answer> {
        let all: Vec<Document> = match collection {
            "projects" => self.projects.clone(),
            "roles" => self.roles.clone(),
            "groups" => self.groups.clone(),
            "users" => {
                let through = |user: &&User| Self::comes_through(&user.document, request);
                self.users.iter().filter(through).map(|user| Self::listed(&user.document)).collect()
            }
            _ => self.domains.clone(),
        };
        let asked = |document: &&Document| {
            ["name", "domain_id", "parent_id"]
                .iter()
                .all(|key| request.query(key).is_none_or(|value| text(document, key) == value))
                // Roles of domains are shown to who asks for just them.
                && (collection != "roles" || request.query("domain_id").is_some() || text(document, "domain_id").is_empty())
                && request.query("enabled").is_none_or(|value| document["enabled"] == (value != "0"))
        };
        let mut found: Vec<&Document> = all.iter().filter(asked).collect();
        found.sort_by(|one, other| text(one, "id").cmp(text(other, "id")));
        if let Some(marker) = request.query("marker") {
            let place = all.iter().find(|document| text(document, "id") == marker);
            place.ok_or_else(|| error(404, &format!("Marker {marker} could not be found."), "Not Found"))?;
            found.retain(|document| text(document, "id") > marker);
        }
        let limit = match request.query("limit") {
            Some(value) => Some(value.parse::<i64>().map_err(|_| Answer::html(500, "500 Internal Server Error"))?),
            None => None,
        };
        let unlimited = limit.is_some_and(|limit| limit <= 0);
        let size =
            limit.and_then(|limit| usize::try_from(limit).ok()).map_or(MAX_DB_LIMIT, |limit| limit.min(MAX_DB_LIMIT));
        let size = if unlimited { usize::MAX } else { size };
        found.truncate(size);
        let next = match (limit, found.last()) {
            (Some(limit), Some(last)) if !unlimited && found.len() == size => {
                format!("{}/v3/{collection}?limit={limit}&marker={}", self.origin, text(last, "id")).into()
            }
            _ => Json::Null,
        };
        let links = json!({"next": next, "self": format!("{}{}", self.origin, request.target), "previous": null});
        let shown: Vec<Json> = found.into_iter().map(|document| self.linked(collection, document)).collect();
        Ok(Answer::json(200, &json!({collection: shown, "links": links})))
    }
}

impl Model for Keystone {
    fn answer(&mut self, request: &Request) -> Answer {
        self.requests += 1;
        self.origin = self.public_endpoint.clone().unwrap_or_else(|| request.origin());
        let id = format!("req-00000000-0000-4000-8000-{:012x}", self.requests);
        self.route(request).unwrap_or_else(|refusal| refusal).with("x-openstack-request-id", id)
    }

    fn dump(&self) -> BTreeMap<String, Json> {
        let domains =
            self.domains.iter().map(|domain| (address(&["keystone", "domain", text(domain, "name")]), domain));
        let projects = self.projects.iter().map(|project| {
            let domain = self.domains.iter().find(|domain| domain["id"] == project["domain_id"]);
            let domain = domain.map_or("", |domain| text(domain, "name"));
            (address(&["keystone", "project", domain, text(project, "name")]), project)
        });
        let domain = |document: &Document| {
            let domain = self.domains.iter().find(|domain| domain["id"] == document["domain_id"]);
            domain.map_or("", |domain| text(domain, "name"))
        };
        let named = |kind: &str, key: &str, documents: &[Document]| -> BTreeMap<String, Json> {
            let one =
                |document: &Document| (address(&["keystone", kind, text(document, key)]), document.clone().into());
            documents.iter().map(one).collect()
        };
        let mut dump: BTreeMap<String, Json> =
            domains.chain(projects).map(|(address, document)| (address, Json::Object(document.clone()))).collect();
        for role in &self.roles {
            // Whose domain has gone, nobody sees.
            if domain(role).is_empty() && !text(role, "domain_id").is_empty() {
                continue;
            }
            let parts = ["keystone", "role", domain(role), text(role, "name")];
            let parts: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
            dump.insert(address(&parts), role.clone().into());
        }
        dump.extend(named("mapping", "id", &self.mappings));
        dump.extend(named("identity-provider", "id", &self.providers));
        for protocol in &self.protocols {
            let address = address(&["keystone", "protocol", text(protocol, "idp_id"), text(protocol, "id")]);
            dump.insert(address, protocol.clone().into());
        }
        for user in &self.users {
            let mut shown = user.document.clone();
            let address = address(&["keystone", "user", domain(&shown), text(&shown, "name")]);
            if !user.password.is_empty() {
                shown.insert("password".to_owned(), user.password.as_str().into());
            }
            dump.insert(address, shown.into());
        }
        for group in &self.groups {
            let address = address(&["keystone", "group", domain(group), text(group, "name")]);
            dump.insert(address, group.clone().into());
        }
        dump.extend(self.member_addresses().into_iter().map(|address| (address, Json::Bool(true))));
        dump.extend(self.credentials_by_address());
        dump.extend(self.implied_addresses().into_iter().map(|address| (address, Json::Bool(true))));
        dump.extend(self.assignments.iter().filter_map(|one| Some((self.assignment_address(one)?, Json::Bool(true)))));
        dump
    }

    fn names(&self) -> BTreeMap<String, String> {
        let users = self.users.iter().map(|user| &user.document);
        let credentials = self.credentials.iter().map(|credential| &credential.document);
        let all = self.domains.iter().chain(&self.projects).chain(&self.roles).chain(users).chain(&self.groups);
        let all = all.chain(credentials);
        all.filter(|document| text(document, "id") != "default")
            .map(|document| (text(document, "id").to_owned(), text(document, "name").to_owned()))
            .collect()
    }

    fn secrets(&self) -> Vec<String> {
        let passwords = self.users.iter().map(|user| user.password.clone()).filter(|password| !password.is_empty());
        let credentials = self.credentials.iter().map(|credential| credential.secret.clone());
        passwords.chain(credentials).chain(self.given.iter().cloned()).collect()
    }
}

/// A text field of a document, empty when it is not there.
fn text<'a>(document: &'a Document, key: &str) -> &'a str {
    document.get(key).and_then(Json::as_str).unwrap_or_default()
}

/// The shape of Keystone's refusals.
fn error(code: u16, message: &str, title: &str) -> Answer {
    Answer::json(code, &json!({"error": {"code": code, "message": message, "title": title}}))
}

/// The entry of a body under its envelope, such as `{"project": {…}}`.
fn enveloped(request: &Request, envelope: &str) -> Result<Document, Answer> {
    let Some(body) = request.json() else {
        return Err(no_json());
    };
    // A body without its envelope is one of the server's own errors.
    body[envelope].as_object().cloned().ok_or_else(|| Answer::html(500, "500 Internal Server Error"))
}

/// The address is there, but not for this method.
fn not_allowed() -> Answer {
    Answer::json(405, &json!({"message": "The method is not allowed for the requested URL."}))
}

fn no_json() -> Answer {
    let text = "Expecting to find valid JSON in request body. The server could not comply with the request since it is \
        either malformed or otherwise incorrect. The client is assumed to be in error.";
    error(400, text, "Bad Request")
}

/// Refuses a new object without a name, as the schema does.
fn named(document: &Document, what: &str) -> Result<(), Answer> {
    if document.contains_key("name") {
        return Ok(());
    }
    let value = plain(document);
    let message = format!("Invalid input for field/attribute {what}. Value: {value}. 'name' is a required property");
    Err(error(400, &message, "Bad Request"))
}

/// A document as Python prints it, as far as it is simple.
fn plain(document: &Document) -> String {
    python(&Json::Object(document.clone()))
}

/// A value as Python prints it, as far as it is simple.
fn python(value: &Json) -> String {
    let text = value.to_string().replace('"', "'").replace("':", "': ").replace(",'", ", '").replace(",[", ", [");
    text.replace("true", "True").replace("false", "False")
}

/// Refuses a change of nothing.
fn filled(document: &Document, what: &str) -> Result<(), Answer> {
    if !document.is_empty() {
        return Ok(());
    }
    let message = format!("Invalid input for field/attribute {what}. Value: {{}}. {{}} should be non-empty");
    Err(error(400, &message, "Bad Request"))
}

/// Takes over what a PATCH names; an option that is null goes, and one that is not named stays.
fn merge(document: &mut Document, mut change: Document) {
    if let Some(mut options) = document.get("options").and_then(Json::as_object).cloned() {
        options.extend(change.shift_remove("options").as_ref().and_then(Json::as_object).cloned().unwrap_or_default());
        change.insert("options".to_owned(), options.into());
    }
    document.extend(change);
    if let Some(options) = document.get_mut("options").and_then(Json::as_object_mut) {
        options.retain(|_, value| !value.is_null());
    }
}

/// Refuses what the schema of names and flags refuses.
fn check(document: &Document) -> Result<(), Answer> {
    let invalid = |field: &str, value: &str, why: &str| {
        let message = format!("Invalid input for field/attribute {field}. Value: {value}. '{value}' {why}");
        Err(error(400, &message, "Bad Request"))
    };
    match document.get("name").and_then(Json::as_str) {
        Some("") => return invalid("name", "", "should be non-empty"),
        Some(name) if name.chars().count() > 64 => return invalid("name", name, "is too long"),
        _ => {}
    }
    match document.get("enabled").and_then(Json::as_str) {
        Some(word) => invalid("enabled", word, BOOLEANS),
        None => Ok(()),
    }
}

const BOOLEANS: &str = "is not one of [True, 'True', 'TRUE', 'true', False, 'False', 'FALSE', 'false', '', '1', '0', 'y', 'Y', 'n', \
    'N', 'on', 'ON', 'off', 'OFF', 'yes', 'no']";

/// An object whose `options.immutable` is set takes nothing but a change of that option.
fn mutable(live: &Document, change: &Document, what: &str, how: &str) -> Result<(), Answer> {
    let locked = live.get("options").is_some_and(|options| options["immutable"] == true);
    let unlocks = change.len() == 1 && change.get("options").is_some_and(|options| options["immutable"] != true);
    if !locked || unlocks {
        return Ok(());
    }
    let id = text(live, "id");
    let message =
        format!("Unable to {how} immutable {what} resource: `{id}. Set resource option \"immutable\" to false first.");
    Err(error(403, &message, "Forbidden"))
}

fn version(request: &Request) -> Answer {
    let link = json!([{"rel": "self", "href": format!("{}/v3/", request.origin())}]);
    let version = json!({"id": "v3.14", "status": "stable", "updated": "2020-04-07T00:00:00Z", "links": link,
        "media-types": [{"base": "application/json", "type": "application/vnd.openstack.identity-v3+json"}]});
    Answer::json(200, &json!({"version": version}))
}
