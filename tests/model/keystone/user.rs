//! Local users, and people who came through federation: those are told apart in their own document only.

use serde_json::{Value as Json, json};

use super::login::{Token, User};
use super::{Answer, Document, Keystone, Request, check, enveloped, error, merge, named, python, text};

/// What only the document of one user shows.
const FEDERATED: &str = "federated";

impl Keystone {
    /// Adds a user of the seed; its `domain` is given by name.
    pub(super) fn seed_user(&mut self, seed: &Json) {
        let mut given = seed.as_object().cloned().unwrap();
        let mut take = |name: &str| given.shift_remove(name).unwrap_or_default();
        let (domain, password, roles) = (take("domain"), take("password"), take("roles"));
        let domain = text(self.domain_named(domain.as_str().unwrap_or("Default")).unwrap(), "id").to_owned();
        let mut document = fresh(&self.new_id(), &domain);
        document.extend(given);
        self.users.push(User {
            document,
            password: password.as_str().unwrap_or_default().to_owned(),
            roles: roles.as_array().into_iter().flatten().filter_map(Json::as_str).map(str::to_owned).collect(),
        });
    }

    /// A user as lists show it: without what tells people of a federation apart.
    pub(super) fn listed(document: &Document) -> Document {
        let mut listed = document.clone();
        listed.shift_remove(FEDERATED);
        listed
    }

    /// Whether a user comes through the identity provider and the protocol that a list is asked for.
    pub(super) fn comes_through(document: &Document, request: &Request) -> bool {
        let links = document.get(FEDERATED).and_then(Json::as_array).cloned().unwrap_or_default();
        let protocol = |link: &Json| {
            let protocols = link["protocols"].as_array().cloned().unwrap_or_default();
            request.query("protocol_id").is_none_or(|id| protocols.iter().any(|protocol| protocol["protocol_id"] == id))
        };
        let asked = ["idp_id", "protocol_id"].iter().any(|key| request.query(key).is_some());
        let fits = |link: &Json| request.query("idp_id").is_none_or(|id| link["idp_id"] == id) && protocol(link);
        !asked || links.iter().any(fits)
    }

    pub(super) fn one_user(&self, id: &str) -> Result<Answer, Answer> {
        let user = self.users.iter().find(|user| user.id() == id).ok_or_else(|| no_user(id))?;
        Ok(Answer::json(200, &json!({"user": self.linked("users", &user.document)})))
    }

    pub(super) fn create_user(&mut self, request: &Request, token: &Token) -> Result<Answer, Answer> {
        token.administrator("create_user")?;
        let mut body = enveloped(request, "user")?;
        check(&body)?;
        check_options(&body)?;
        named(&body, "user")?;
        let name = text(&body, "name").to_owned();
        let domain = body.get("domain_id").and_then(Json::as_str).map(str::to_owned).or_else(|| token.domain.clone());
        let domain = domain.unwrap_or_else(|| "default".to_owned());
        if self.user_named(&name, &domain) {
            let message = format!(
                "Conflict occurred attempting to store user - Duplicate entry found with name {name} at domain ID {domain}."
            );
            return Err(error(409, &message, "Conflict"));
        }
        let password = body.shift_remove("password").as_ref().and_then(Json::as_str).unwrap_or_default().to_owned();
        let mut document = fresh(&self.new_id(), &domain);
        document.extend(body);
        self.users.push(User { document: document.clone(), password, roles: Vec::new() });
        Ok(Answer::json(201, &json!({"user": self.linked("users", &document)})))
    }

    pub(super) fn update_user(&mut self, request: &Request, token: &Token, id: &str) -> Result<Answer, Answer> {
        token.administrator("update_user")?;
        let mut body = enveloped(request, "user")?;
        check(&body)?;
        check_options(&body)?;
        let place = self.users.iter().position(|user| user.id() == id).ok_or_else(|| no_user(id))?;
        let live = &self.users[place].document;
        let changes = |key: &str| body.get(key).is_some_and(|value| Some(value) != live.get(key));
        if changes("domain_id") {
            return Err(error(400, "Cannot change Domain ID", "Bad Request"));
        }
        let name = text(&body, "name");
        if changes("name") && self.user_named(name, text(live, "domain_id")) {
            let message =
                format!("Conflict occurred attempting to store user - Duplicate entry found with name {name}.");
            return Err(error(409, &message, "Conflict"));
        }
        let password = body.shift_remove("password");
        if password.is_some() || body.get("enabled").is_some_and(|enabled| enabled == false) {
            self.tokens.retain(|_, token| token.user != id);
        }
        if let Some(password) = password {
            password.as_str().unwrap_or_default().clone_into(&mut self.users[place].password);
        }
        merge(&mut self.users[place].document, body);
        // The answer to a PATCH repeats what the server has no field for.
        let user = &self.users[place].document;
        let extra: Document = user.clone().into_iter().filter(|(key, _)| !FIELDS.contains(&key.as_str())).collect();
        let mut shown = self.linked("users", user);
        shown["extra"] = extra.into();
        Ok(Answer::json(200, &json!({"user": shown})))
    }

    pub(super) fn delete_user(&mut self, token: &Token, id: &str) -> Result<Answer, Answer> {
        token.administrator("delete_user")?;
        let place = self.users.iter().position(|user| user.id() == id).ok_or_else(|| no_user(id))?;
        self.users.remove(place);
        self.assignments.retain(|assignment| assignment.holder != id);
        self.members.retain(|(_, user)| user != id);
        self.owner_goes(id);
        Ok(Answer::empty(204))
    }

    fn user_named(&self, name: &str, domain: &str) -> bool {
        let here = |user: &User| text(&user.document, "name") == name && text(&user.document, "domain_id") == domain;
        self.users.iter().any(here)
    }
}

/// The options that there are, but the rules of several ways of logging in.
const FLAGS: [&str; 6] = [
    "ignore_change_password_upon_first_use",
    "ignore_password_expiry",
    "ignore_lockout_failure_attempts",
    "lock_password",
    "ignore_user_inactivity",
    "multi_factor_auth_enabled",
];

const RULES: &str = "multi_factor_auth_rules";

/// Refuses options that there are none of, and rules that say nothing, or something twice.
fn check_options(user: &Document) -> Result<(), Answer> {
    let invalid = |field: &str, value: &Json, why: &str| {
        let value = python(value);
        let message = format!("Invalid input for field/attribute {field}. Value: {value}. {why}");
        Err(error(400, &message.replace("{value}", &value), "Bad Request"))
    };
    let Some(options) = user.get("options").and_then(Json::as_object) else { return Ok(()) };
    if let Some(unknown) = options.keys().find(|key| !FLAGS.contains(&key.as_str()) && *key != RULES) {
        let why = format!("Additional properties are not allowed ('{unknown}' was unexpected)");
        return invalid("options", &user["options"], &why);
    }
    let Some(rules) = options.get(RULES).filter(|rules| rules.is_array()) else { return Ok(()) };
    let lists = |json: &Json| json.as_array().cloned().unwrap_or_default();
    let repeats = |list: &[Json]| list.iter().enumerate().any(|(index, one)| list[..index].contains(one));
    for (index, rule) in lists(rules).iter().enumerate() {
        let ways = lists(rule);
        if ways.is_empty() {
            return invalid(&index.to_string(), rule, "{value} should be non-empty");
        }
        if repeats(&ways) {
            return invalid(&index.to_string(), rule, "{value} has non-unique elements");
        }
    }
    if repeats(&lists(rules)) {
        return invalid(RULES, rules, "{value} has non-unique elements");
    }
    Ok(())
}

/// The fields that the server itself knows.
const FIELDS: [&str; 7] =
    ["id", "name", "domain_id", "enabled", "default_project_id", "options", "password_expires_at"];

fn fresh(id: &str, domain: &str) -> Document {
    let user = json!({"id": id, "domain_id": domain, "enabled": true, "options": {}, "password_expires_at": null});
    user.as_object().cloned().unwrap_or_default()
}

pub(super) fn no_user(id: &str) -> Answer {
    error(404, &format!("Could not find user: {id}."), "Not Found")
}
