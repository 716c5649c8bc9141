//! Application credentials: made by their owner alone, with roles that the owner's token has; and the access rules that
//! stay when the credentials that were made with them have gone.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use serde_json::{Value as Json, json};

use super::login::Token;
use super::{Answer, Document, Keystone, Request, error, no_json, plain, role, text};

/// How much of a secret counts.
const SECRET_BYTES: usize = 72;

/// What may be said of a new credential, by the type that it has.
const TEXTS: [&str; 5] = ["description", "expires_at", "id", "project_id", "secret"];
const OTHERS: [&str; 4] = ["access_rules", "name", "roles", "unrestricted"];

const METHODS: [&str; 6] = ["DELETE", "GET", "HEAD", "PATCH", "POST", "PUT"];

/// An application credential of a user, for one project.
pub(super) struct Credential {
    /// What the server shows of it, without roles and rules.
    pub(super) document: Document,
    pub(super) secret: String,
    /// The ids of its roles.
    pub(super) roles: Vec<String>,
    /// The ids of its access rules.
    rules: Vec<String>,
}

impl Credential {
    pub(super) fn id(&self) -> &str {
        text(&self.document, "id")
    }

    pub(super) fn name(&self) -> &str {
        text(&self.document, "name")
    }

    pub(super) fn user(&self) -> &str {
        text(&self.document, "user_id")
    }

    /// None where it was made with a token for no project.
    pub(super) fn project(&self) -> Option<&str> {
        self.document["project_id"].as_str()
    }

    pub(super) fn is_unrestricted(&self) -> bool {
        self.document["unrestricted"] == true
    }

    /// When it ends; what is beyond the calendar never does.
    pub(super) fn ends(&self) -> Option<Timestamp> {
        let ends: DateTime = text(&self.document, "expires_at").parse().ok()?;
        timestamp(ends)
    }

    /// Whether somebody with this secret may log in.
    pub(super) fn opens_with(&self, secret: &str) -> bool {
        let start = |secret: &str| secret.as_bytes().iter().copied().take(SECRET_BYTES).collect::<Vec<u8>>();
        start(secret) == start(&self.secret) && self.ends().is_none_or(|ends| ends > Timestamp::now())
    }
}

/// What the tokens of a credential may be used for, kept with its user.
pub(super) struct AccessRule {
    user: String,
    document: Document,
}

impl AccessRule {
    fn id(&self) -> &str {
        text(&self.document, "id")
    }

    fn allows(&self, method: &str, path: &[&str]) -> bool {
        let rule = |key: &str| text(&self.document, key);
        rule("service") == "identity" && rule("method") == method && fits(rule("path"), path)
    }
}

impl Keystone {
    /// Adds an application credential of the seed: `{id, name, secret, user, project, domain, roles, description,
    /// expires_at, unrestricted, access_rules}`. All are given by name, user and project in the domain `domain`; without
    /// `roles` it has all that its owner has in the project.
    pub(super) fn seed_credential(&mut self, seed: &Json) {
        let field = |name: &str| seed[name].as_str();
        let home = text(self.domain_named(field("domain").unwrap_or("Default")).unwrap(), "id").to_owned();
        let here = |document: &Document, key: &str| {
            Some(text(document, "name")) == field(key) && text(document, "domain_id") == home
        };
        let user = self.users.iter().find(|user| here(&user.document, "user")).unwrap().id().to_owned();
        let project = self.projects.iter().find(|project| here(project, "project"));
        let project = project.map(|project| text(project, "id").to_owned());
        let all = project.as_deref().map(|project| self.roles_on(&user, project)).unwrap_or_default();
        let roles = seed["roles"].as_array().map(|names| {
            let role = |name: &Json| self.roles.iter().find(|role| role["name"] == *name).unwrap();
            names.iter().map(|name| text(role(name), "id").to_owned()).collect()
        });
        let id = field("id").map_or_else(|| self.new_id(), str::to_owned);
        let mut document = fresh(&id, &user, project.as_deref());
        document.insert("name".to_owned(), field("name").unwrap_or(&id).into());
        for key in ["description", "expires_at", "unrestricted"] {
            document.insert(key.to_owned(), seed[key].clone());
        }
        let access = self.rules_asked(&seed["access_rules"], &user).unwrap();
        let secret = field("secret").unwrap_or_default().to_owned();
        self.credentials.push(Credential { document, secret, roles: roles.unwrap_or(all), rules: access });
    }

    pub(super) fn create_credential(&mut self, request: &Request, token: &Token, user: &str) -> Result<Answer, Answer> {
        let body = valid(request)?;
        token.is_of(user, "create_application_credential")?;
        self.manages_credentials(token)?;
        let roles = self.roles_asked(&body, token)?;
        let expires = expiry(text(&body, "expires_at"), body.get("expires_at"))?;
        let name = text(&body, "name");
        let twice = (1..roles.len()).any(|place| roles[..place].contains(&roles[place]));
        if twice || self.credentials.iter().any(|known| known.user() == user && known.name() == name) {
            let message = format!(
                "Conflict occurred attempting to store application_credential - Duplicate entry found with name {name}."
            );
            return Err(error(409, &message, "Conflict"));
        }
        let access = self.rules_asked(&body.get("access_rules").cloned().unwrap_or_default(), user)?;
        let mut document = fresh(&self.new_id(), user, token.project.as_deref());
        for key in ["name", "description", "unrestricted"] {
            document.insert(key.to_owned(), body.get(key).cloned().unwrap_or_default());
        }
        document.insert("expires_at".to_owned(), expires);
        let secret = match text(&body, "secret") {
            "" => format!("generated-secret-{:069}", self.ids),
            chosen => chosen.to_owned(),
        };
        let credential = Credential { document, secret, roles, rules: access };
        let mut shown = self.shown_credential(&credential)?;
        shown["secret"] = credential.secret.as_str().into();
        self.credentials.push(credential);
        Ok(Answer::json(201, &json!({"application_credential": shown})))
    }

    /// The ids of the roles that a new credential gets: those of the token, or some of them with what they imply.
    fn roles_asked(&self, body: &Document, token: &Token) -> Result<Vec<String>, Answer> {
        let asked = body.get("roles").and_then(Json::as_array).cloned().unwrap_or_default();
        if asked.is_empty() {
            return Ok(token.roles.clone());
        }
        let mut roles = Vec::new();
        for role in &asked {
            let named = |name: &str| self.roles.iter().find(|role| text(role, "name") == name);
            let id = match (role["id"].as_str(), role["name"].as_str()) {
                (Some(id), _) => id,
                (_, name) => {
                    let name = name.unwrap_or_default();
                    let missing = || error(404, &format!("Role {name} is not defined"), "Not Found");
                    text(named(name).ok_or_else(missing)?, "id")
                }
            };
            roles.push(id.to_owned());
        }
        let implied = self.with_implied(roles.clone());
        roles.extend(implied.into_iter().filter(|id| !roles.contains(id)).collect::<Vec<_>>());
        if roles.iter().all(|role| token.roles.contains(role)) {
            return Ok(roles);
        }
        let message = "Invalid application credential: Cannot create an application credential with unassigned role";
        Err(error(400, message, "Bad Request"))
    }

    /// The ids of the rules that are asked for, by their own id or by what they say; what is new is kept.
    fn rules_asked(&mut self, asked: &Json, user: &str) -> Result<Vec<String>, Answer> {
        const SAID: [&str; 3] = ["service", "path", "method"];
        let mut ids = Vec::new();
        for rule in asked.as_array().into_iter().flatten() {
            let same = |known: &&AccessRule| {
                let said = SAID.iter().all(|key| known.document[*key] == rule[*key]);
                rule["id"] == known.id() || (known.user == user && said)
            };
            let id = match self.access_rules.iter().find(same) {
                Some(known) if known.user != user => return Err(no_rule(known.id())),
                Some(known) => known.id().to_owned(),
                // Only what is known can be asked for by its id alone; the rest is the server's own error.
                None if SAID.iter().any(|key| rule[*key].is_null()) => {
                    return Err(Answer::html(500, "500 Internal Server Error"));
                }
                None => {
                    let id = self.new_id();
                    let document =
                        json!({"id": id, "service": rule["service"], "path": rule["path"], "method": rule["method"]});
                    let document = document.as_object().cloned().unwrap_or_default();
                    self.access_rules.push(AccessRule { user: user.to_owned(), document });
                    id
                }
            };
            ids.push(id);
        }
        Ok(ids)
    }

    /// The application credentials of a user, none of one that is not there. They have no pages: where a limit would
    /// need another one, the server fails.
    pub(super) fn list_credentials(&self, request: &Request, user: &str) -> Result<Answer, Answer> {
        let asked =
            |known: &&Credential| known.user() == user && request.query("name").is_none_or(|name| known.name() == name);
        let found = self.credentials.iter().filter(asked);
        let shown = found.map(|known| self.shown_credential(known)).collect::<Result<Vec<Json>, Answer>>()?;
        let limit = request.query("limit").and_then(|limit| limit.parse::<usize>().ok());
        if limit.is_some_and(|limit| limit <= shown.len()) {
            return Err(Answer::html(500, "500 Internal Server Error"));
        }
        let links = json!({"next": null, "self": format!("{}{}", self.origin, request.target), "previous": null});
        Ok(Answer::json(200, &json!({"application_credentials": shown, "links": links})))
    }

    /// One application credential, whatever user the address names.
    pub(super) fn one_credential(&self, token: &Token, path: [&str; 2]) -> Result<Answer, Answer> {
        self.concerns(token, path, "get_application_credential")?;
        let [_, id] = path;
        Ok(Answer::json(200, &json!({"application_credential": self.shown_credential(self.credential(id)?)?})))
    }

    pub(super) fn delete_credential(&mut self, token: &Token, path: [&str; 2]) -> Result<Answer, Answer> {
        self.concerns(token, path, "delete_application_credential")?;
        self.manages_credentials(token)?;
        let [_, id] = path;
        self.credential(id)?;
        self.credentials.retain(|known| known.id() != id);
        Ok(Answer::empty(204))
    }

    /// A credential is for its owner and administrators; one that is not there, for the user of its address.
    fn concerns(&self, token: &Token, [user, id]: [&str; 2], action: &str) -> Result<(), Answer> {
        let owner = self.credentials.iter().find(|known| known.id() == id).map_or(user, Credential::user);
        token.is_of(owner, action).or_else(|_| token.administrator(action))
    }

    pub(super) fn credential(&self, id: &str) -> Result<&Credential, Answer> {
        let missing = || error(404, &format!("Could not find Application Credential: {id}."), "Not Found");
        self.credentials.iter().find(|known| known.id() == id).ok_or_else(missing)
    }

    /// What is below `/v3/users/{id}/access_rules`: for the user alone.
    pub(super) fn user_access_rules(
        &mut self,
        request: &Request,
        token: &Token,
        path: [&str; 2],
    ) -> Result<Answer, Answer> {
        let [user, id] = path;
        let action = match (request.method.as_str(), id) {
            ("DELETE", _) => "delete_access_rule",
            (_, "") => "list_access_rules",
            _ => "get_access_rule",
        };
        token.is_of(user, action)?;
        let mut own = self.access_rules.iter().filter(|rule| rule.user == user);
        if id.is_empty() {
            let shown: Vec<Json> = own.map(|rule| self.linked("access_rules", &rule.document)).collect();
            let links = json!({"next": null, "self": format!("{}{}", self.origin, request.target), "previous": null});
            return Ok(Answer::json(200, &json!({"access_rules": shown, "links": links})));
        }
        let rule = own.find(|rule| rule.id() == id).ok_or_else(|| no_rule(id))?;
        if request.method != "DELETE" {
            return Ok(Answer::json(200, &json!({"access_rule": self.linked("access_rules", &rule.document)})));
        }
        if self.credentials.iter().any(|known| known.rules.iter().any(|used| used == id)) {
            return Err(error(403, "May not delete access rule in use", "Forbidden"));
        }
        self.access_rules.retain(|rule| rule.id() != id);
        Ok(Answer::empty(204))
    }

    /// Whether the access rules of a credential, where it has any, allow what is asked for.
    pub(super) fn is_within_the_rules(&self, request: &Request, credential: &Credential) -> bool {
        let (method, path) = request.route();
        let mut rules = self.rules_of(credential).peekable();
        rules.peek().is_none() || rules.any(|rule| rule.allows(method, &path))
    }

    /// All of them go, as somebody else's doing.
    pub(crate) fn forget_credentials(&mut self) {
        self.credentials.clear();
    }

    /// One comes, with a secret that nobody knows.
    pub(crate) fn make_credential(&mut self, user: &str, project: &str, name: &str) {
        self.seed_credential(&json!({"user": user, "project": project, "name": name, "secret": "canary-of-nobody"}));
    }

    /// What becomes of credentials and rules when their owner is deleted.
    pub(super) fn owner_goes(&mut self, user: &str) {
        self.credentials.retain(|known| known.user() != user);
        self.access_rules.retain(|rule| rule.user != user);
    }

    /// The token of a credential manages credentials only where that was asked for.
    fn manages_credentials(&self, token: &Token) -> Result<(), Answer> {
        match token.credential.as_deref().map(|id| self.credential(id)).transpose()? {
            Some(credential) if !credential.is_unrestricted() => {
                let message = "You are not authorized to perform the requested action: Using method \
                    'application_credential' is not allowed for managing additional application credentials..";
                Err(error(403, message, "Forbidden"))
            }
            _ => Ok(()),
        }
    }

    fn rules_of(&self, credential: &Credential) -> impl Iterator<Item = &AccessRule> {
        credential.rules.iter().filter_map(|id| self.access_rules.iter().find(|rule| rule.id() == id))
    }

    /// The access rules of a credential as they are shown, where it has any.
    pub(super) fn shown_rules(&self, credential: &Credential) -> Option<Json> {
        let shown: Vec<Json> = self.rules_of(credential).map(|rule| rule.document.clone().into()).collect();
        (!shown.is_empty()).then(|| shown.into())
    }

    /// A credential whose role has been deleted cannot be shown, and neither can a list that has it.
    fn shown_credential(&self, credential: &Credential) -> Result<Json, Answer> {
        let role =
            |id: &String| self.roles.iter().find(|role| text(role, "id") == id).ok_or_else(|| role::not_found(id));
        let roles = credential.roles.iter().map(role).collect::<Result<Vec<&Document>, Answer>>()?;
        let mut shown = self.linked("application_credentials", &credential.document);
        shown["roles"] = json!(roles);
        if let Some(rules) = self.shown_rules(credential) {
            shown["access_rules"] = rules;
        }
        Ok(shown)
    }

    /// Every credential by its address, its roles by their names, without its secret.
    pub(super) fn credentials_by_address(&self) -> impl Iterator<Item = (String, Json)> {
        self.credentials.iter().map(|credential| {
            let owner = self.users.iter().find(|user| user.id() == credential.user()).map(|user| &user.document);
            let domain = owner.and_then(|owner| self.domains.iter().find(|domain| domain["id"] == owner["domain_id"]));
            let [domain, owner] =
                [domain, owner].map(|document| document.map_or("", |document| text(document, "name")));
            let address =
                super::address(&["keystone", "application-credential", "user", domain, owner, credential.name()]);
            let mut roles: Vec<&str> = self.role_names(&credential.roles).collect();
            roles.sort_unstable();
            let access: Vec<String> = self
                .rules_of(credential)
                .map(|rule| ["method", "service", "path"].map(|key| text(&rule.document, key)).join(" "))
                .collect();
            let mut shown = credential.document.clone();
            shown.extend([("roles".to_owned(), json!(roles)), ("access_rules".to_owned(), json!(access))]);
            (address, shown.into())
        })
    }
}

/// Refuses a new credential that its schema refuses.
fn valid(request: &Request) -> Result<Document, Answer> {
    let body = request.json().ok_or_else(no_json)?;
    let Some(body) = body["application_credential"].as_object().cloned() else {
        return Err(error(400, "'application_credential' is a required property", "Bad Request"));
    };
    let invalid = |field: &str, value: &Json, why: &str| {
        let (value, quoted) = python(value);
        let message = format!("Invalid input for field/attribute {field}. Value: {value}. {quoted}{why}");
        error(400, &message, "Bad Request")
    };
    let whole = |why: &str| {
        let value = plain(&body);
        let message = format!("Invalid input for field/attribute application_credential. Value: {value}. {why}");
        error(400, &message, "Bad Request")
    };
    if let Some(key) = body.keys().find(|key| !TEXTS.contains(&key.as_str()) && !OTHERS.contains(&key.as_str())) {
        return Err(whole(&format!("Additional properties are not allowed ('{key}' was unexpected)")));
    }
    let name = body.get("name").ok_or_else(|| whole("'name' is a required property"))?;
    match name.as_str().map(|name| name.chars().count()) {
        None => return Err(invalid("name", name, " is not of type 'string'")),
        Some(0) => return Err(invalid("name", name, " should be non-empty")),
        Some(256..) => return Err(invalid("name", name, " is too long")),
        _ => {}
    }
    for (key, value) in &body {
        match key.as_str() {
            key if TEXTS.contains(&key) && !value.is_string() && !value.is_null() => {
                return Err(invalid(key, value, " is not of type 'string', 'null'"));
            }
            "unrestricted" if !value.is_boolean() && !value.is_null() => {
                return Err(invalid(key, value, " is not of type 'boolean', 'null'"));
            }
            "roles" if !value.is_array() => return Err(invalid(key, value, " is not of type 'array'")),
            _ => {}
        }
    }
    let items = |key: &str| body.get(key).and_then(Json::as_array).cloned().unwrap_or_default();
    for (place, role) in items("roles").iter().enumerate() {
        match role.as_object().map(Document::len) {
            Some(0) => return Err(invalid(&place.to_string(), role, " should be non-empty")),
            Some(2..) => return Err(invalid(&place.to_string(), role, " has too many properties")),
            _ => {}
        }
    }
    for rule in items("access_rules") {
        if rule["method"].as_str().is_some_and(|method| !METHODS.contains(&method)) {
            let known = METHODS.map(|method| format!("'{method}'")).join(", ");
            return Err(invalid("method", &rule["method"], &format!(" is not one of [{known}]")));
        }
        if rule["path"].as_str().is_some_and(|path| !path.starts_with('/')) {
            return Err(invalid("path", &rule["path"], r" does not match '^/\\.*'"));
        }
    }
    Ok(body)
}

/// A value as Python prints it, and as it quotes it.
fn python(value: &Json) -> (String, String) {
    match value {
        Json::String(text) => (text.clone(), format!("'{text}'")),
        Json::Object(document) => (plain(document), plain(document)),
        Json::Bool(true) => ("True".to_owned(), "True".to_owned()),
        other => (other.to_string(), other.to_string()),
    }
}

/// A time as the server keeps it: in UTC, which may be said with a `Z`, or not at all; seconds may be left out.
fn expiry(text: &str, asked: Option<&Json>) -> Result<Json, Answer> {
    const REASON: &str = " The server could not comply with the request since it is either malformed or otherwise \
        incorrect. The client is assumed to be in error.";
    let Some(asked) = asked.filter(|asked| !asked.is_null()) else { return Ok(Json::Null) };
    if asked == "" {
        return Err(Answer::html(500, "500 Internal Server Error"));
    }
    let refused = |why: &str| error(400, &format!("{why}{REASON}"), "Bad Request");
    let local = text.strip_suffix('Z').unwrap_or(text);
    let time = local.split_once(['T', ' ']).is_some_and(|(_, time)| !time.contains(['+', '-']));
    let ends =
        local.parse::<DateTime>().ok().filter(|_| time).ok_or_else(|| refused("Timestamp not in expected format."))?;
    if timestamp(ends).is_some_and(|ends| ends < Timestamp::now()) {
        return Err(refused("The 'expires_at' must not be before now."));
    }
    Ok(ends.strftime("%Y-%m-%dT%H:%M:%S%.6f").to_string().into())
}

fn timestamp(utc: DateTime) -> Option<Timestamp> {
    Some(utc.to_zoned(TimeZone::UTC).ok()?.timestamp())
}

/// Whether a path is one of a rule's: `*` and `{name}` stand for one segment, `**` for all that follow.
fn fits(rule: &str, path: &[&str]) -> bool {
    let alike = |(rule, segment): (&&str, &&str)| *rule == "*" || rule.starts_with('{') || rule == segment;
    let rule: Vec<&str> = rule.split('/').skip(1).collect();
    match rule.split_last() {
        Some((&"**", start)) => path.len() > start.len() && start.iter().zip(path).all(alike),
        _ => rule.len() == path.len() && rule.iter().zip(path).all(alike),
    }
}

fn fresh(id: &str, user: &str, project: Option<&str>) -> Document {
    let credential = json!({"id": id, "name": null, "description": null, "user_id": user, "project_id": project, "system": null,
        "expires_at": null, "unrestricted": null});
    credential.as_object().cloned().unwrap_or_default()
}

fn no_rule(id: &str) -> Answer {
    error(404, &format!("Could not find Access Rule: {id}."), "Not Found")
}
