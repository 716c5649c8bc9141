//! Keystone's tokens: the password and application-credential methods, scopes, and tokens that end.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value as Json, json};

use super::{Answer, Document, Keystone, Request, error, no_json, text};

/// A local user that can log in.
pub(super) struct User {
    /// What the server shows of it.
    pub(super) document: Document,
    pub(super) password: String,
    pub(super) roles: Vec<String>,
}

impl User {
    pub(super) fn id(&self) -> &str {
        text(&self.document, "id")
    }

    fn name(&self) -> &str {
        text(&self.document, "name")
    }

    fn domain(&self) -> &str {
        text(&self.document, "domain_id")
    }
}

/// An application credential of a user, for one project.
pub(super) struct Credential {
    pub(super) id: String,
    pub(super) secret: String,
    pub(super) user: String,
    project: String,
}

/// One token that is still remembered.
#[derive(Clone)]
pub(super) struct Token {
    /// The id of its user.
    user: String,
    roles: Vec<String>,
    /// The domain in which a project without `domain_id` is created.
    pub(super) domain: Option<String>,
    ends: Timestamp,
    uses: Option<u64>,
}

impl Token {
    /// Writing needs role `admin`.
    pub(super) fn administrator(&self, action: &str) -> Result<(), Answer> {
        if self.roles.iter().any(|role| role == "admin") {
            return Ok(());
        }
        let message = format!("You are not authorized to perform the requested action: identity:{action}.");
        Err(error(403, &message, "Forbidden"))
    }

    /// Some things can be looked at with the administrator's role alone, by the rules of the policy; below
    /// `OS-FEDERATION` everything. A user may look at itself.
    pub(super) fn looks_at(&self, method: &str, path: &[&str]) -> Result<(), Answer> {
        self.administrator(match (method, path) {
            ("GET", ["v3", "domains"]) => "list_domains",
            ("GET", ["v3", "projects"]) => "list_projects",
            ("GET", ["v3", "roles"]) => "list_roles",
            ("GET", ["v3", "role_assignments"]) => "list_role_assignments",
            ("GET", ["v3", "users"]) => "list_users",
            ("GET", ["v3", "users", id]) if *id != self.user => "get_user",
            ("GET", ["v3", "users", id, "application_credentials"]) if *id != self.user => {
                "list_application_credentials"
            }
            ("GET", ["v3", "groups"]) => "list_groups",
            ("GET", ["v3", "groups", _]) => "get_group",
            _ => return Ok(()),
        })
    }
}

impl Keystone {
    pub(super) fn seed_logins(&mut self, seed: &Json) {
        let password = seed["adminPassword"].as_str().unwrap_or("admin");
        let admin = json!({"name": "admin", "domain": "Default", "password": password, "roles": ["admin"]});
        for user in [admin].iter().chain(seed["users"].as_array().into_iter().flatten()) {
            self.seed_user(user);
        }
        for credential in seed["applicationCredentials"].as_array().into_iter().flatten() {
            let field = |name: &str| credential[name].as_str().unwrap_or_default().to_owned();
            let credential =
                Credential { id: field("id"), secret: field("secret"), user: field("user"), project: field("project") };
            self.credentials.push(credential);
        }
    }

    /// The token of a request; missing, ended and invented ones all get the same answer.
    pub(super) fn authenticate(&mut self, request: &Request) -> Result<Token, Answer> {
        let known = request.header("x-auth-token").and_then(|sent| self.tokens.get_mut(sent));
        let valid = known.filter(|token| token.ends > Timestamp::now() && token.uses != Some(0));
        let token = valid.ok_or_else(unauthorized)?;
        token.uses = token.uses.map(|left| left - 1);
        Ok(token.clone())
    }

    /// Ends every token that was given out.
    pub(crate) fn forget_tokens(&mut self) {
        self.tokens.clear();
    }

    pub(super) fn log_in(&mut self, request: &Request) -> Result<Answer, Answer> {
        let body = request.json().ok_or_else(no_json)?;
        let auth = &body["auth"];
        let identity = &auth["identity"];
        match identity["methods"][0].as_str() {
            Some("password") => {
                let user = self.user_of(&identity["password"]["user"])?;
                let project = self.scope_of(&auth["scope"])?;
                Ok(self.issue(&user, project.as_deref(), "password"))
            }
            Some("application_credential") => {
                if !auth["scope"].is_null() {
                    return Err(error(401, "Application credentials cannot request a scope.", "Unauthorized"));
                }
                let asked = &identity["application_credential"];
                let id = asked["id"].as_str().unwrap_or_default();
                let known = self.credentials.iter().find(|credential| credential.id == id);
                let missing = || error(404, &format!("Could not find Application Credential: {id}."), "Not Found");
                let credential = known.ok_or_else(missing)?;
                if asked["secret"].as_str() != Some(&credential.secret) {
                    return Err(unauthorized());
                }
                let user = self
                    .users
                    .iter()
                    .find(|user| user.name() == credential.user)
                    .ok_or_else(unauthorized)?
                    .id()
                    .to_owned();
                let project = self.projects.iter().find(|project| text(project, "name") == credential.project);
                let project = text(project.ok_or_else(unauthorized)?, "id").to_owned();
                Ok(self.issue(&user, Some(&project), "application_credential"))
            }
            _ => Err(unauthorized()),
        }
    }

    /// The id of the user that name (with its domain) or id and password belong to.
    fn user_of(&self, asked: &Json) -> Result<String, Answer> {
        let found = self.users.iter().find(|user| {
            asked["id"] == user.id()
                || (asked["name"] == user.name() && self.is_domain(&asked["domain"], user.domain()))
        });
        let right = found.filter(|user| asked["password"] == user.password.as_str());
        right.map(|user| user.id().to_owned()).ok_or_else(unauthorized)
    }

    fn scope_of(&self, scope: &Json) -> Result<Option<String>, Answer> {
        if scope.is_null() {
            return Ok(None);
        }
        let asked = &scope["project"];
        let found = self.projects.iter().find(|project| {
            asked["id"] == text(project, "id")
                || (asked["name"] == text(project, "name")
                    && self.is_domain(&asked["domain"], text(project, "domain_id")))
        });
        found.map(|project| Some(text(project, "id").to_owned())).ok_or_else(unauthorized)
    }

    fn is_domain(&self, asked: &Json, id: &str) -> bool {
        let named = asked["name"].as_str().and_then(|name| self.domain_named(name));
        asked["id"] == id || named.is_some_and(|domain| text(domain, "id") == id)
    }

    fn issue(&mut self, user: &str, project: Option<&str>, method: &str) -> Answer {
        let user = self.users.iter().find(|known| known.id() == user).unwrap();
        let now = Timestamp::now();
        let ends = now + SignedDuration::from_secs(self.token_seconds);
        let id = format!("keystone-token-{:06}", self.given.len());
        let mut token = json!({
            "methods": [method], "user": {"id": user.id(), "name": user.name(), "domain": self.reference(user.domain()), "password_expires_at": null},
            "audit_ids": ["model"], "expires_at": stamp(ends), "issued_at": stamp(now),
        });
        let mut given =
            Token { user: user.id().to_owned(), roles: Vec::new(), domain: None, ends, uses: self.token_uses };
        if let Some(project) = project.and_then(|id| self.projects.iter().find(|known| text(known, "id") == id)) {
            let domain = text(project, "domain_id");
            token["project"] = json!({"id": project["id"], "name": project["name"], "domain": self.reference(domain)});
            token["is_domain"] = false.into();
            token["roles"] =
                user.roles.iter().map(|role| json!({"id": format!("role-{role}"), "name": role})).collect();
            token["catalog"] = json!([]);
            given = Token { roles: user.roles.clone(), domain: Some(domain.to_owned()), ..given };
        }
        self.tokens.insert(id.clone(), given);
        self.given.push(id.clone());
        Answer::json(201, &json!({"token": token})).with("x-subject-token", id)
    }

    fn reference(&self, id: &str) -> Json {
        let name = self.domains.iter().find(|domain| text(domain, "id") == id).map(|domain| text(domain, "name"));
        json!({"id": id, "name": name})
    }
}

fn stamp(time: Timestamp) -> String {
    time.strftime("%Y-%m-%dT%H:%M:%S.000000Z").to_string()
}

fn unauthorized() -> Answer {
    error(401, "The request you have made requires authentication.", "Unauthorized")
        .with("www-authenticate", "Keystone uri=\"http://keystone.model/v3\"")
}
