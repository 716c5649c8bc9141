//! Roles of no domain: listed whole; those of the bootstrap take no change.

use serde_json::{Value as Json, json};

use super::login::Token;
use super::{Answer, Document, Keystone, Request, check, enveloped, error, filled, merge, mutable, named, text};

impl Keystone {
    /// The roles of the bootstrap, and those of the seed.
    pub(super) fn seed_roles(&mut self, seed: &Json) {
        let bootstrap = ["admin", "manager", "member", "reader", "service"]
            .map(|name| json!({"name": name, "options": {"immutable": true}}));
        for role in bootstrap.iter().chain(seed["roles"].as_array().into_iter().flatten()) {
            let mut fresh = fresh(&self.new_id());
            fresh.extend(role.as_object().cloned().unwrap());
            self.roles.push(fresh);
        }
    }

    pub(super) fn one_role(&self, id: &str) -> Result<Answer, Answer> {
        let role = self.roles.iter().find(|role| text(role, "id") == id).ok_or_else(|| not_found(id))?;
        Ok(Answer::json(200, &json!({"role": self.linked("roles", role)})))
    }

    pub(super) fn create_role(&mut self, request: &Request, token: &Token) -> Result<Answer, Answer> {
        token.administrator("create_role")?;
        let body = enveloped(request, "role")?;
        check(&body)?;
        named(&body, "role")?;
        self.free_role(text(&body, "name"))?;
        let mut role = fresh(&self.new_id());
        role.extend(body);
        self.roles.push(role.clone());
        Ok(Answer::json(201, &json!({"role": self.linked("roles", &role)})))
    }

    pub(super) fn update_role(&mut self, request: &Request, token: &Token, id: &str) -> Result<Answer, Answer> {
        token.administrator("update_role")?;
        let body = enveloped(request, "role")?;
        filled(&body, "role")?;
        check(&body)?;
        let place = self.roles.iter().position(|role| text(role, "id") == id).ok_or_else(|| not_found(id))?;
        mutable(&self.roles[place], &body, "role", "update")?;
        if let Some(name) =
            body.get("name").and_then(Json::as_str).filter(|name| *name != text(&self.roles[place], "name"))
        {
            self.free_role(name)?;
        }
        merge(&mut self.roles[place], body);
        Ok(Answer::json(200, &json!({"role": self.linked("roles", &self.roles[place])})))
    }

    pub(super) fn delete_role(&mut self, token: &Token, id: &str) -> Result<Answer, Answer> {
        token.administrator("delete_role")?;
        let place = self.roles.iter().position(|role| text(role, "id") == id).ok_or_else(|| not_found(id))?;
        mutable(&self.roles[place], &Document::new(), "role", "delete")?;
        self.roles.remove(place);
        self.role_goes(id);
        Ok(Answer::empty(204))
    }

    fn free_role(&self, name: &str) -> Result<(), Answer> {
        if self.roles.iter().all(|role| text(role, "name") != name) {
            return Ok(());
        }
        let message = format!("Conflict occurred attempting to store role - Duplicate entry found with name {name}.");
        Err(error(409, &message, "Conflict"))
    }
}

fn fresh(id: &str) -> Document {
    let role = json!({"id": id, "description": null, "domain_id": null, "options": {}});
    role.as_object().cloned().unwrap_or_default()
}

pub(super) fn not_found(id: &str) -> Answer {
    error(404, &format!("Could not find role: {id}."), "Not Found")
}
