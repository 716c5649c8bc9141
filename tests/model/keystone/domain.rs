//! Domains: created enabled, with an empty description; a PATCH merges.

use serde_json::{Value as Json, json};

use super::login::Token;
use super::{Answer, Document, Keystone, Request, check, enveloped, error, merge, mutable, named, text};

impl Keystone {
    /// Adds a domain of the seed.
    pub(super) fn seed_domain(&mut self, seed: &Json) {
        let id = seed["id"].as_str().map_or_else(|| self.new_id(), str::to_owned);
        let mut domain = fresh(&id);
        domain.extend(seed.as_object().cloned().unwrap());
        self.domains.push(domain);
    }

    pub(super) fn one_domain(&self, id: &str) -> Result<Answer, Answer> {
        let domain = self.domains.iter().find(|domain| text(domain, "id") == id).ok_or_else(|| not_found(id))?;
        Ok(Answer::json(200, &json!({"domain": self.linked("domains", domain)})))
    }

    pub(super) fn create_domain(&mut self, request: &Request, token: &Token) -> Result<Answer, Answer> {
        token.administrator("create_domain")?;
        let mut body = enveloped(request, "domain")?;
        check(&body)?;
        named(&body, "domain")?;
        let name = text(&body, "name").to_owned();
        self.free(&name)?;
        let id = body.shift_remove("explicit_domain_id").as_ref().and_then(Json::as_str).map(str::to_owned);
        let mut domain = fresh(&id.unwrap_or_else(|| self.new_id()));
        body.shift_remove("id");
        domain.extend(body);
        self.domains.push(domain.clone());
        Ok(Answer::json(201, &json!({"domain": self.linked("domains", &domain)})))
    }

    pub(super) fn update_domain(&mut self, request: &Request, token: &Token, id: &str) -> Result<Answer, Answer> {
        token.administrator("update_domain")?;
        let body = enveloped(request, "domain")?;
        check(&body)?;
        let place = self.domains.iter().position(|domain| text(domain, "id") == id).ok_or_else(|| not_found(id))?;
        mutable(&self.domains[place], &body, "domain", "update")?;
        if let Some(name) =
            body.get("name").and_then(Json::as_str).filter(|name| *name != text(&self.domains[place], "name"))
        {
            self.free(name)?;
        }
        merge(&mut self.domains[place], body);
        Ok(Answer::json(200, &json!({"domain": self.linked("domains", &self.domains[place])})))
    }

    pub(super) fn delete_domain(&mut self, token: &Token, id: &str) -> Result<Answer, Answer> {
        token.administrator("delete_domain")?;
        let place = self.domains.iter().position(|domain| text(domain, "id") == id).ok_or_else(|| not_found(id))?;
        mutable(&self.domains[place], &Document::new(), "domain", "delete")?;
        if self.domains[place]["enabled"] == true {
            let message = "Cannot delete a domain that is enabled, please disable it first.";
            return Err(error(403, message, "Forbidden"));
        }
        if let Some(protected) = self
            .projects
            .iter()
            .find(|project| text(project, "domain_id") == id && project["options"]["immutable"] == true)
        {
            mutable(protected, &Document::new(), "project", "delete")?;
        }
        self.domains.remove(place);
        let gone: Vec<&Document> = self
            .users
            .iter()
            .map(|user| &user.document)
            .chain(&self.groups)
            .chain(&self.projects)
            .filter(|document| text(document, "domain_id") == id)
            .collect();
        let gone: Vec<String> =
            gone.into_iter().map(|document| text(document, "id").to_owned()).chain([id.to_owned()]).collect();
        self.assignments.retain(|one| !gone.contains(&one.holder) && !gone.contains(&one.target));
        self.members.retain(|(group, user)| !gone.contains(group) && !gone.contains(user));
        let providers = self.providers.extract_if(.., |provider| text(provider, "domain_id") == id);
        let providers: Vec<String> = providers.map(|provider| text(&provider, "id").to_owned()).collect();
        self.protocols.retain(|protocol| !providers.iter().any(|gone| gone == text(protocol, "idp_id")));
        self.projects.retain(|project| text(project, "domain_id") != id);
        self.groups.retain(|group| text(group, "domain_id") != id);
        let users = self.users.extract_if(.., |user| text(&user.document, "domain_id") == id);
        for user in users.collect::<Vec<_>>() {
            self.owner_goes(user.id());
        }
        Ok(Answer::empty(204))
    }

    fn free(&self, name: &str) -> Result<(), Answer> {
        if self.domain_named(name).is_none() {
            return Ok(());
        }
        let message = format!(
            "Conflict occurred attempting to store project - it is not permitted to have two projects acting as domains \
             with the same name: {name}."
        );
        Err(error(409, &message, "Conflict"))
    }
}

fn fresh(id: &str) -> Document {
    let domain = json!({"id": id, "description": "", "enabled": true, "tags": [], "options": {}});
    domain.as_object().cloned().unwrap_or_default()
}

pub(super) fn not_found(id: &str) -> Answer {
    error(404, &format!("Could not find domain: {id}."), "Not Found")
}
