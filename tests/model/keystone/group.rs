//! Groups of Keystone's own, and who is in them: the members are listed whole.

use serde_json::json;

use super::login::{Token, User};
use super::{Answer, Document, Json, Keystone, Request, enveloped, error, filled, merge, named, text, user};

impl Keystone {
    /// Adds a group of the seed; its `domain` and its `members`, who are of the same one, are given by name.
    pub(super) fn seed_group(&mut self, seed: &Json) {
        let mut given = seed.as_object().cloned().unwrap();
        let domain = given.shift_remove("domain").unwrap_or_else(|| "Default".into());
        let domain = text(self.domain_named(domain.as_str().unwrap()).unwrap(), "id").to_owned();
        let members = given.shift_remove("members").unwrap_or_default();
        let id = self.new_id();
        for name in members.as_array().into_iter().flatten() {
            let here = |user: &&User| user.document["name"] == *name && text(&user.document, "domain_id") == domain;
            let user = self.users.iter().find(here).unwrap().id().to_owned();
            self.members.push((id.clone(), user));
        }
        self.groups.push(fresh(&id, &domain, given));
    }

    pub(super) fn one_group(&self, id: &str) -> Result<Answer, Answer> {
        let group = self.group(id)?;
        Ok(Answer::json(200, &json!({"group": self.linked("groups", &self.groups[group])})))
    }

    pub(super) fn create_group(&mut self, request: &Request, token: &Token) -> Result<Answer, Answer> {
        token.administrator("create_group")?;
        let mut body = enveloped(request, "group")?;
        check(&body)?;
        named(&body, "group")?;
        let name = text(&body, "name").trim().to_owned();
        let domain = body.get("domain_id").and_then(Json::as_str).map(str::to_owned).or_else(|| token.domain.clone());
        let domain = domain.unwrap_or_else(|| "default".to_owned());
        if self.taken_by_a_group(&name, &domain) {
            let message = format!(
                "Conflict occurred attempting to store group - Duplicate entry found with name {name} at domain ID {domain}."
            );
            return Err(error(409, &message, "Conflict"));
        }
        body.insert("name".to_owned(), name.into());
        let id = self.new_id();
        let group = fresh(&id, &domain, body);
        self.groups.push(group.clone());
        Ok(Answer::json(201, &json!({"group": self.linked("groups", &group)})))
    }

    pub(super) fn update_group(&mut self, request: &Request, token: &Token, id: &str) -> Result<Answer, Answer> {
        token.administrator("update_group")?;
        let body = enveloped(request, "group")?;
        filled(&body, "group")?;
        check(&body)?;
        let place = self.group(id)?;
        let live = &self.groups[place];
        let changes = |key: &str| body.get(key).is_some_and(|value| Some(value) != live.get(key));
        if changes("domain_id") {
            return Err(error(400, "Cannot change Domain ID", "Bad Request"));
        }
        let name = text(&body, "name");
        if changes("name") && self.taken_by_a_group(name, text(live, "domain_id")) {
            let message =
                format!("Conflict occurred attempting to store group - Duplicate entry found with name {name}.");
            return Err(error(409, &message, "Conflict"));
        }
        merge(&mut self.groups[place], body);
        Ok(Answer::json(200, &json!({"group": self.linked("groups", &self.groups[place])})))
    }

    pub(super) fn delete_group(&mut self, token: &Token, id: &str) -> Result<Answer, Answer> {
        token.administrator("delete_group")?;
        let place = self.group(id)?;
        self.groups.remove(place);
        self.members.retain(|(group, _)| group != id);
        self.assignments.retain(|assignment| assignment.holder != id);
        Ok(Answer::empty(204))
    }

    pub(super) fn list_members(&self, request: &Request, id: &str) -> Result<Answer, Answer> {
        self.group(id)?;
        let is_in = |user: &&User| self.members.iter().any(|(group, member)| group == id && member == user.id());
        let shown = self.users.iter().filter(is_in).map(|user| self.linked("users", &Self::listed(&user.document)));
        let links = json!({"next": null, "self": format!("{}{}", self.origin, request.target), "previous": null});
        Ok(Answer::json(200, &json!({"users": shown.collect::<Vec<_>>(), "links": links})))
    }

    pub(super) fn member(&mut self, method: &str, token: &Token, [id, user]: [&str; 2]) -> Result<Answer, Answer> {
        token.administrator(if method == "PUT" { "add_user_to_group" } else { "remove_user_from_group" })?;
        if !self.users.iter().any(|known| known.id() == user) {
            return Err(user::no_user(user));
        }
        self.group(id)?;
        let link = (id.to_owned(), user.to_owned());
        let there = self.members.iter().position(|known| *known == link);
        match (method, there) {
            ("PUT", Some(_)) => {}
            ("PUT", None) => self.members.push(link),
            (_, Some(place)) => drop(self.members.remove(place)),
            (_, None) => {
                return Err(error(404, &format!("User '{user}' not found in group '{id}'"), "Not Found"));
            }
        }
        Ok(Answer::empty(204))
    }

    /// Where memberships stand in a dump.
    pub(super) fn member_addresses(&self) -> Vec<String> {
        let home = |document: &Document| {
            let domain = self.domains.iter().find(|domain| domain["id"] == document["domain_id"]);
            domain.map_or("", |domain| text(domain, "name")).to_owned()
        };
        let address = |(group, user): &(String, String)| {
            let group = &self.groups[self.group(group).ok()?];
            let user = &self.users.iter().find(|known| known.id() == user)?.document;
            let (domain, home) = (home(group), home(user));
            let parts = ["keystone", "membership", &domain, text(group, "name"), &home, text(user, "name")];
            Some(crate::model::address(&parts))
        };
        self.members.iter().filter_map(address).collect()
    }

    fn group(&self, id: &str) -> Result<usize, Answer> {
        self.groups.iter().position(|group| text(group, "id") == id).ok_or_else(|| no_group(id))
    }

    fn taken_by_a_group(&self, name: &str, domain: &str) -> bool {
        self.groups.iter().any(|known| text(known, "name") == name && text(known, "domain_id") == domain)
    }
}

/// Refuses what the schema of names, and the column, refuse.
fn check(document: &Document) -> Result<(), Answer> {
    match document.get("name").and_then(Json::as_str) {
        Some("") => {
            let message = "Invalid input for field/attribute name. Value: . '' should be non-empty";
            Err(error(400, message, "Bad Request"))
        }
        Some(name) if name.chars().count() > 64 => {
            let message = format!(
                "String length exceeded. The length of string '{name}' exceeds the limit of column name(CHAR(64))."
            );
            Err(error(400, &message, "Bad Request"))
        }
        _ => Ok(()),
    }
}

fn fresh(id: &str, domain: &str, given: Document) -> Document {
    let mut group = json!({"id": id, "domain_id": domain, "description": ""}).as_object().cloned().unwrap_or_default();
    group.extend(given);
    group
}

pub(super) fn no_group(id: &str) -> Answer {
    error(404, &format!("Could not find group: {id}."), "Not Found")
}
