//! Projects: unique by name within a domain, created in the token's domain unless one is named; a PATCH merges.

use serde_json::{Value as Json, json};

use super::login::Token;
use super::{Answer, Document, Keystone, Request, check, enveloped, error, mutable, text};

impl Keystone {
    /// Adds a project of the seed; its `domain` is given by name.
    pub(super) fn seed_project(&mut self, seed: &Json) {
        let mut given = seed.as_object().cloned().unwrap();
        let domain = given.shift_remove("domain").unwrap_or_else(|| "Default".into());
        let domain = text(self.domain_named(domain.as_str().unwrap()).unwrap(), "id").to_owned();
        let mut project = fresh(self.new_id(), &domain);
        project.extend(given);
        self.projects.push(project);
    }

    pub(super) fn one_project(&self, id: &str) -> Result<Answer, Answer> {
        let project = self.projects.iter().find(|project| text(project, "id") == id).ok_or_else(|| not_found(id))?;
        Ok(Answer::json(200, &json!({"project": project})))
    }

    pub(super) fn create_project(&mut self, request: &Request, token: &Token) -> Result<Answer, Answer> {
        token.administrator("create_project")?;
        let mut body = enveloped(request, "project")?;
        check(&body)?;
        let Some(name) = body.get("name").and_then(Json::as_str).map(|name| name.trim().to_owned()) else {
            return Err(error(400, "'name' is a required property", "Bad Request"));
        };
        let domain = body.get("domain_id").and_then(Json::as_str).map(str::to_owned).or_else(|| token.domain.clone());
        let domain = domain.unwrap_or_else(|| "default".to_owned());
        if !self.domains.iter().any(|known| text(known, "id") == domain) {
            return Err(error(404, &format!("Could not find domain: {domain}."), "Not Found"));
        }
        self.vacant(&name, &domain)?;
        body.shift_remove("id");
        body.insert("name".to_owned(), name.into());
        let mut project = fresh(self.new_id(), &domain);
        project.extend(body);
        self.projects.push(project.clone());
        Ok(Answer::json(201, &json!({"project": project})))
    }

    pub(super) fn update_project(&mut self, request: &Request, token: &Token, id: &str) -> Result<Answer, Answer> {
        token.administrator("update_project")?;
        let body = enveloped(request, "project")?;
        check(&body)?;
        let place = self.projects.iter().position(|project| text(project, "id") == id).ok_or_else(|| not_found(id))?;
        let live = &self.projects[place];
        mutable(live, &body, "resource")?;
        for (key, status, title) in [("domain_id", 400, "Bad Request"), ("parent_id", 403, "Forbidden")] {
            if body.get(key).is_some_and(|value| Some(value) != live.get(key)) {
                return Err(error(status, &format!("Cannot change {key}"), title));
            }
        }
        if let Some(name) = body.get("name").and_then(Json::as_str).filter(|name| *name != text(live, "name")) {
            self.vacant(name, text(live, "domain_id"))?;
        }
        self.projects[place].extend(body.clone());
        // The answer to a PATCH repeats what the server has no field for.
        let mut shown = Json::Object(self.projects[place].clone());
        shown["extra"] = Json::Object(body.into_iter().filter(|(key, _)| !FIELDS.contains(&key.as_str())).collect());
        Ok(Answer::json(200, &json!({"project": shown})))
    }

    fn vacant(&self, name: &str, domain: &str) -> Result<(), Answer> {
        let holder = self.projects.iter().find(|known| text(known, "name") == name && text(known, "domain_id") == domain);
        match holder {
            None => Ok(()),
            Some(holder) => {
                let message = format!(
                    "Conflict occurred attempting to store project - it is not permitted to have two projects with \
                     either the same name or same id in the same domain: name is {name}, project id {}.",
                    text(holder, "id")
                );
                Err(error(409, &message, "Conflict"))
            }
        }
    }
}

/// The fields that the server itself knows.
const FIELDS: [&str; 9] = ["id", "name", "domain_id", "description", "enabled", "parent_id", "is_domain", "tags", "options"];

fn fresh(id: String, domain: &str) -> Document {
    let links = json!({"self": format!("http://keystone.model/v3/projects/{id}")});
    let project = json!({"id": id, "domain_id": domain, "description": "", "enabled": true, "parent_id": domain,
        "is_domain": false, "tags": [], "options": {}, "links": links});
    project.as_object().cloned().unwrap_or_default()
}

fn not_found(id: &str) -> Answer {
    error(404, &format!("Could not find project: {id}."), "Not Found")
}
