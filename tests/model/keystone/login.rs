//! Keystone's tokens: the password and application-credential methods, scopes, tokens that end, and what becomes of their
//! worth meanwhile.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value as Json, json};

use super::credential::Credential;
use super::{Answer, Document, Keystone, Request, error, no_json, project, text, user};

/// The ways of logging in that there are here.
const LOADED: [&str; 5] = ["password", "token", "application_credential", "mapped", "openid"];

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

    /// Whether it was made here, and did not come through a federation.
    fn is_local(&self) -> bool {
        !self.password.is_empty() || !self.document.contains_key("federated")
    }
}

/// One token that is still remembered.
#[derive(Clone)]
pub(super) struct Token {
    /// The id of its user.
    pub(super) user: String,
    /// The id of the project that it is for.
    pub(super) project: Option<String>,
    /// The id of the application credential that it was given for.
    pub(super) credential: Option<String>,
    /// The ids of the roles that it is worth at the moment.
    pub(super) roles: Vec<String>,
    administrates: bool,
    /// The domain in which a project without `domain_id` is created.
    pub(super) domain: Option<String>,
    ends: Timestamp,
    uses: Option<u64>,
}

impl Token {
    /// Writing needs role `admin`.
    pub(super) fn administrator(&self, action: &str) -> Result<(), Answer> {
        if self.administrates { Ok(()) } else { Err(forbidden(action)) }
    }

    /// Some things are for the user alone.
    pub(super) fn is_of(&self, user: &str, action: &str) -> Result<(), Answer> {
        if self.user == user { Ok(()) } else { Err(forbidden(action)) }
    }

    /// Some things can be looked at with the administrator's role alone, by the rules of the policy; below
    /// `OS-FEDERATION` everything. A user may look at itself.
    pub(super) fn looks_at(&self, method: &str, path: &[&str]) -> Result<(), Answer> {
        self.administrator(match (method, path) {
            ("GET", ["v3", "domains"]) => "list_domains",
            ("GET", ["v3", "endpoints"]) => "list_endpoints",
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
            ("GET", ["v3", "groups", _, "users"]) => "list_users_in_group",
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
    }

    /// The token of a request, with what it is worth now; missing, ended and invented ones all get the same answer.
    pub(super) fn authenticate(&mut self, request: &Request) -> Result<Token, Answer> {
        let known = request.header("x-auth-token").and_then(|sent| self.tokens.get_mut(sent));
        let valid = known.filter(|token| token.ends > Timestamp::now() && token.uses != Some(0));
        let token = valid.ok_or_else(unauthorized)?;
        token.uses = token.uses.map(|left| left - 1);
        let token = token.clone();
        let roles = self.worth(&token.user, token.project.as_deref(), token.credential.as_deref())?;
        let credential = token.credential.as_deref().map(|id| self.credential(id)).transpose()?;
        if credential.is_some_and(|credential| !self.is_within_the_rules(request, credential)) {
            return Err(unauthorized());
        }
        let administrates = self.role_names(&roles).any(|name| name == "admin");
        Ok(Token { roles, administrates, ..token })
    }

    /// The ids of the roles that a token is worth, which change while it lives; or why it is worth nothing.
    fn worth(&self, user: &str, project: Option<&str>, credential: Option<&str>) -> Result<Vec<String>, Answer> {
        let disabled = |what: &str, id: &str| {
            let message = format!("Unable to validate token because {what} {id} is disabled");
            error(404, &message, "Not Found")
        };
        let open = |domain| if self.is_open(domain) { Ok(()) } else { Err(disabled("domain", domain)) };
        if let Some(id) = project {
            let project = self.projects.iter().find(|project| text(project, "id") == id);
            let project = project.ok_or_else(|| project::not_found(id))?;
            if project["enabled"] == false {
                return Err(disabled("project", id));
            }
            open(text(project, "domain_id"))?;
        }
        let known = self.users.iter().find(|known| known.id() == user).ok_or_else(|| user::no_user(user))?;
        open(known.domain())?;
        let credential = credential.map(|id| self.credential(id)).transpose()?;
        if known.document["enabled"] == false {
            return Err(unauthorized());
        }
        let Some(project) = project else { return Ok(Vec::new()) };
        let mut roles = self.roles_on(user, project);
        roles.retain(|role| credential.is_none_or(|credential| credential.roles.contains(role)));
        if roles.is_empty() { Err(unauthorized()) } else { Ok(roles) }
    }

    pub(super) fn role_names(&self, ids: &[String]) -> impl Iterator<Item = &str> {
        let named = |id: &String| self.roles.iter().find(|role| text(role, "id") == id);
        ids.iter().filter_map(named).map(|role| text(role, "name"))
    }

    /// Whether a domain is enabled.
    fn is_open(&self, domain: &str) -> bool {
        self.domains.iter().any(|known| text(known, "id") == domain && known["enabled"] != false)
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
                self.one_way_is_enough(&user, "password")?;
                let project = self.scope_of(&auth["scope"])?;
                self.issue(&user, project.as_deref(), None).map_err(|_| unauthorized())
            }
            Some("application_credential") => {
                if !auth["scope"].is_null() {
                    let message = "Error authenticating with application credential: Application credentials cannot \
                        request a scope.";
                    let refusal = json!({"code": 401, "identity": {}, "message": message, "title": "Unauthorized"});
                    return Err(Answer::json(401, &json!({"error": refusal})));
                }
                let asked = &identity["application_credential"];
                let credential = self.credential_of(asked)?;
                let owner = self.users.iter().find(|user| user.id() == credential.user());
                owner.filter(|owner| self.may_log_in(owner)).ok_or_else(unauthorized)?;
                if !credential.opens_with(asked["secret"].as_str().unwrap_or_default()) {
                    return Err(unauthorized());
                }
                let [id, user] = [credential.id(), credential.user()].map(str::to_owned);
                self.one_way_is_enough(&user, "application_credential")?;
                let project = credential.project().map(str::to_owned);
                self.issue(&user, project.as_deref(), Some(&id))
            }
            _ => Err(unauthorized()),
        }
    }

    /// The credential that is asked for by its id, or by its name and its owner.
    fn credential_of(&self, asked: &Json) -> Result<&Credential, Answer> {
        const REASON: &str = "The server could not comply with the request since it is either malformed or otherwise \
            incorrect. The client is assumed to be in error.";
        if let Some(id) = asked["id"].as_str() {
            return self.credential(id);
        }
        let missing = |what: &str| {
            error(400, &format!("Expecting to find {what} in application credential. {REASON}"), "Bad Request")
        };
        let name = asked["name"].as_str().ok_or_else(|| missing("name or ID"))?;
        let (id, owner) = (&asked["user"]["id"], &asked["user"]["name"]);
        let owner = match (id.as_str(), owner.as_str()) {
            (Some(id), _) => id,
            (None, Some(owner)) => {
                // Somebody who came through a federation has no name to be found by.
                let here = |user: &&User| {
                    user.name() == owner && user.is_local() && self.is_domain(&asked["user"]["domain"], user.domain())
                };
                self.users.iter().find(here).ok_or_else(|| user::no_user(owner))?.id()
            }
            _ => return Err(missing("user")),
        };
        let here = |known: &&Credential| known.user() == owner && known.name() == name;
        self.credentials.iter().find(here).ok_or_else(unauthorized)
    }

    /// The id of the user that name (with its domain) or id and password belong to.
    fn user_of(&self, asked: &Json) -> Result<String, Answer> {
        let found = self.users.iter().find(|user| {
            asked["id"] == user.id()
                || (asked["name"] == user.name() && self.is_domain(&asked["domain"], user.domain()))
        });
        let right = found.filter(|user| asked["password"] == user.password.as_str() && self.may_log_in(user));
        right.map(|user| user.id().to_owned()).ok_or_else(unauthorized)
    }

    /// Refuses who must log in by more than one way, and tells the sets that this one is of; ways that are not loaded do
    /// not count.
    fn one_way_is_enough(&self, user: &str, way: &str) -> Result<(), Answer> {
        let user = self.users.iter().find(|known| known.id() == user).ok_or_else(unauthorized)?;
        let options = user.document.get("options").cloned().unwrap_or_default();
        let loaded = |rule: &Json| -> Vec<Json> {
            let ways = rule.as_array().into_iter().flatten();
            ways.filter(|way| way.as_str().is_some_and(|way| LOADED.contains(&way))).cloned().collect()
        };
        let rules = options["multi_factor_auth_rules"].as_array().into_iter().flatten().map(loaded);
        let rules: Vec<Vec<Json>> = rules.filter(|rule| !rule.is_empty()).collect();
        let is_enough = rules.iter().any(|rule| rule.iter().all(|one| one == way));
        if options["multi_factor_auth_enabled"] == false || rules.is_empty() || is_enough {
            return Ok(());
        }
        let begun: Vec<&Vec<Json>> = rules.iter().filter(|rule| rule.iter().any(|one| one == way)).collect();
        let (now, ends) = (Timestamp::now(), Timestamp::now() + SignedDuration::from_mins(5));
        let whose = json!({"id": user.id(), "name": user.name(), "domain": self.reference(user.domain())});
        let receipt = json!({"methods": [way], "user": whose, "expires_at": stamp(ends), "issued_at": stamp(now)});
        Err(Answer::json(401, &json!({"receipt": receipt, "required_auth_methods": begun})))
    }

    fn may_log_in(&self, user: &User) -> bool {
        user.document["enabled"] != false && self.is_open(user.domain())
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

    /// A token for a user, in a project and for an application credential where there are such.
    fn issue(&mut self, user: &str, project: Option<&str>, credential: Option<&str>) -> Result<Answer, Answer> {
        let roles = self.worth(user, project, credential)?;
        let user = self.users.iter().find(|known| known.id() == user).ok_or_else(unauthorized)?;
        let credential = credential.map(|id| self.credential(id)).transpose()?;
        let now = Timestamp::now();
        let ends = now + SignedDuration::from_secs(self.token_seconds);
        let ends = credential.and_then(Credential::ends).map_or(ends, |end| end.min(ends));
        let id = format!("keystone-token-{:06}", self.given.len());
        let method = if credential.is_some() { "application_credential" } else { "password" };
        let mut token = json!({
            "methods": [method], "user": {"id": user.id(), "name": user.name(), "domain": self.reference(user.domain()), "password_expires_at": null},
            "audit_ids": ["model"], "expires_at": stamp(ends), "issued_at": stamp(now),
        });
        if let Some(credential) = credential {
            token["application_credential"] = json!({"id": credential.id(), "name": credential.name(),
                "restricted": !credential.is_unrestricted()});
            if let Some(rules) = self.shown_rules(credential) {
                token["application_credential"]["access_rules"] = rules;
            }
        }
        let project = project.and_then(|id| self.projects.iter().find(|known| text(known, "id") == id));
        let domain = project.map(|project| text(project, "domain_id").to_owned());
        if let (Some(project), Some(domain)) = (project, &domain) {
            token["project"] = json!({"id": project["id"], "name": project["name"], "domain": self.reference(domain)});
            token["is_domain"] = false.into();
            let shown = roles.iter().zip(self.role_names(&roles)).map(|(id, name)| json!({"id": id, "name": name}));
            token["roles"] = shown.collect();
            token["catalog"] = json!([]);
        }
        let given = Token {
            user: user.id().to_owned(),
            project: project.map(|project| text(project, "id").to_owned()),
            credential: credential.map(|credential| credential.id().to_owned()),
            roles,
            administrates: false,
            domain,
            ends,
            uses: self.token_uses,
        };
        self.tokens.insert(id.clone(), given);
        self.given.push(id.clone());
        Ok(Answer::json(201, &json!({"token": token})).with("x-subject-token", id))
    }

    fn reference(&self, id: &str) -> Json {
        let name = self.domains.iter().find(|domain| text(domain, "id") == id).map(|domain| text(domain, "name"));
        json!({"id": id, "name": name})
    }
}

fn stamp(time: Timestamp) -> String {
    time.strftime("%Y-%m-%dT%H:%M:%S.000000Z").to_string()
}

fn forbidden(action: &str) -> Answer {
    let message = format!("You are not authorized to perform the requested action: identity:{action}.");
    error(403, &message, "Forbidden")
}

fn unauthorized() -> Answer {
    error(401, "The request you have made requires authentication.", "Unauthorized")
        .with("www-authenticate", "Keystone uri=\"http://keystone.model/v3\"")
}
