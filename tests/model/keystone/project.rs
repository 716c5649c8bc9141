//! Projects: unique by name within a domain, created in the token's domain unless one is named; a PATCH merges.

use serde_json::{Value as Json, json};

use super::login::Token;
use super::{Answer, Document, Keystone, Request, check, enveloped, error, merge, mutable, named, text};

impl Keystone {
    /// Adds a project of the seed; its `domain` is given by name, and so is its `parent`, before it.
    pub(super) fn seed_project(&mut self, seed: &Json) {
        let mut given = seed.as_object().cloned().unwrap();
        let domain = given.shift_remove("domain").unwrap_or_else(|| "Default".into());
        let domain = text(self.domain_named(domain.as_str().unwrap()).unwrap(), "id").to_owned();
        let mut project = fresh(&self.new_id(), &domain);
        if let Some(parent) = given.shift_remove("parent") {
            let of_this_name = |known: &&Document| known["name"] == parent && text(known, "domain_id") == domain;
            let parent = text(self.projects.iter().find(of_this_name).unwrap(), "id").to_owned();
            given.insert("parent_id".to_owned(), parent.into());
        }
        project.extend(given);
        self.projects.push(project);
    }

    pub(super) fn one_project(&self, id: &str) -> Result<Answer, Answer> {
        let project = self.projects.iter().find(|project| text(project, "id") == id).ok_or_else(|| not_found(id))?;
        Ok(Answer::json(200, &json!({"project": self.linked("projects", project)})))
    }

    pub(super) fn create_project(&mut self, request: &Request, token: &Token) -> Result<Answer, Answer> {
        token.administrator("create_project")?;
        let mut body = enveloped(request, "project")?;
        check(&body)?;
        named(&body, "project")?;
        let name = text(&body, "name").trim().to_owned();
        let domain = body.get("domain_id").and_then(Json::as_str).map(str::to_owned).or_else(|| token.domain.clone());
        let domain = domain.unwrap_or_else(|| "default".to_owned());
        if !self.domains.iter().any(|known| text(known, "id") == domain) {
            return Err(error(400, &format!("Could not find domain: {domain}."), "Bad Request"));
        }
        if let Some(parent) = body.get("parent_id").and_then(Json::as_str).filter(|parent| *parent != domain) {
            self.takes_parts(parent, &domain)?;
        }
        let id = self.new_id();
        if self.taken(&name, &domain) {
            let message = format!(
                "Conflict occurred attempting to store project - it is not permitted to have two projects with either \
                 the same name or same id in the same domain: name is {name}, project id {id}."
            );
            return Err(error(409, &message, "Conflict"));
        }
        body.shift_remove("id");
        body.insert("name".to_owned(), name.into());
        let mut project = fresh(&id, &domain);
        project.extend(body);
        self.projects.push(project.clone());
        Ok(Answer::json(201, &json!({"project": self.linked("projects", &project)})))
    }

    pub(super) fn update_project(&mut self, request: &Request, token: &Token, id: &str) -> Result<Answer, Answer> {
        token.administrator("update_project")?;
        let body = enveloped(request, "project")?;
        check(&body)?;
        let place = self.projects.iter().position(|project| text(project, "id") == id).ok_or_else(|| not_found(id))?;
        let live = &self.projects[place];
        mutable(live, &body, "project", "update")?;
        let changes = |key: &str| body.get(key).is_some_and(|value| Some(value) != live.get(key));
        if changes("domain_id") {
            return Err(error(400, "Cannot change Domain ID", "Bad Request"));
        }
        if changes("parent_id") {
            return Err(error(403, "Update of `parent_id` is not allowed.", "Forbidden"));
        }
        if changes("name") && self.taken(text(&body, "name"), text(live, "domain_id")) {
            return Err(Answer::html(500, "500 Internal Server Error"));
        }
        if changes("enabled") {
            self.keeps_the_tree(id, text(live, "parent_id"), body["enabled"] == true)?;
        }
        merge(&mut self.projects[place], body);
        // The answer to a PATCH repeats what the server has no field for.
        let project = &self.projects[place];
        let extra: Document = project.clone().into_iter().filter(|(key, _)| !FIELDS.contains(&key.as_str())).collect();
        let mut shown = self.linked("projects", project);
        shown["extra"] = extra.into();
        Ok(Answer::json(200, &json!({"project": shown})))
    }

    pub(super) fn delete_project(&mut self, token: &Token, id: &str) -> Result<Answer, Answer> {
        token.administrator("delete_project")?;
        let place = self.projects.iter().position(|project| text(project, "id") == id).ok_or_else(|| not_found(id))?;
        mutable(&self.projects[place], &Document::new(), "project", "delete")?;
        if self.projects.iter().any(|project| text(project, "parent_id") == id) {
            let message = format!(
                "Cannot delete the project {id} since it is not a leaf in the hierarchy. Use the cascade option if you want \
                 to delete a whole subtree."
            );
            return Err(error(403, &message, "Forbidden"));
        }
        self.projects.remove(place);
        self.assignments.retain(|assignment| assignment.target != id);
        Ok(Answer::empty(204))
    }

    /// Refuses a new part of `parent` as the server does.
    fn takes_parts(&self, parent: &str, domain: &str) -> Result<(), Answer> {
        const DEEPEST: usize = 5;
        let Some(whole) = self.projects.iter().find(|known| text(known, "id") == parent) else {
            return Err(error(400, &format!("Could not find project: {parent}."), "Bad Request"));
        };
        let home = text(whole, "domain_id");
        if home != domain {
            let message = format!(
                "Cannot create project, since it specifies its domain_id {domain}, but specifies a parent in a different \
                 domain ({home})."
            );
            return Err(error(400, &message, "Bad Request"));
        }
        if whole["enabled"] != true {
            let message = format!("cannot create a project in a branch containing a disabled project: {parent}");
            return Err(error(400, &message, "Bad Request"));
        }
        if self.above(parent).len() >= DEEPEST {
            let message = format!("Max hierarchy depth reached for {parent} branch.");
            return Err(error(403, &message, "Forbidden"));
        }
        Ok(())
    }

    /// Nothing that is enabled is part of what is disabled.
    fn keeps_the_tree(&self, id: &str, parent: &str, enabled: bool) -> Result<(), Answer> {
        let is_enabled = |project: &&Document| project["enabled"] == true;
        let whole = self.projects.iter().find(|known| text(known, "id") == parent);
        if enabled && whole.is_some_and(|whole| !is_enabled(&whole)) {
            let message = format!("Cannot enable project {id} since it has disabled parents");
            return Err(error(403, &message, "Forbidden"));
        }
        if !enabled && self.projects.iter().filter(is_enabled).any(|known| text(known, "parent_id") == id) {
            let message = format!("Cannot disable project {id} since its subtree contains enabled projects.");
            return Err(error(403, &message, "Forbidden"));
        }
        Ok(())
    }

    fn taken(&self, name: &str, domain: &str) -> bool {
        self.projects.iter().any(|known| text(known, "name") == name && text(known, "domain_id") == domain)
    }
}

/// The fields that the server itself knows.
const FIELDS: [&str; 9] =
    ["id", "name", "domain_id", "description", "enabled", "parent_id", "is_domain", "tags", "options"];

fn fresh(id: &str, domain: &str) -> Document {
    let project = json!({"id": id, "domain_id": domain, "description": "", "enabled": true, "parent_id": domain,
        "is_domain": false, "tags": [], "options": {}});
    project.as_object().cloned().unwrap_or_default()
}

pub(super) fn not_found(id: &str) -> Answer {
    error(404, &format!("Could not find project: {id}."), "Not Found")
}
