//! Roles, of no domain and of one: listed whole; those of the bootstrap take no change.

use serde_json::{Value as Json, json};

use super::assignment::IMPLIED;
use super::login::Token;
use super::{Answer, Document, Keystone, Request, check, enveloped, error, filled, merge, mutable, named, text};

impl Keystone {
    /// The roles of the bootstrap, and those of the seed.
    pub(super) fn seed_roles(&mut self, seed: &Json) {
        let bootstrap = ["admin", "manager", "member", "reader", "service"]
            .map(|name| json!({"name": name, "options": {"immutable": true}}));
        for role in bootstrap.iter().chain(seed["roles"].as_array().into_iter().flatten()) {
            let mut fresh = fresh(&self.new_id());
            let mut given = role.as_object().cloned().unwrap();
            if let Some(domain) = given.shift_remove("domain") {
                let domain = self.domain_named(domain.as_str().unwrap()).unwrap();
                given.insert("domain_id".to_owned(), text(domain, "id").into());
            }
            fresh.extend(given);
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
        self.free_role(text(&body, "name"), text(&body, "domain_id"))?;
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
        if body.get("domain_id").is_some_and(|domain| *domain != self.roles[place]["domain_id"]) {
            return Err(error(400, "Update of `domain_id` is not allowed.", "Bad Request"));
        }
        if let Some(name) =
            body.get("name").and_then(Json::as_str).filter(|name| *name != text(&self.roles[place], "name"))
        {
            self.free_role(name, text(&self.roles[place], "domain_id"))?;
        }
        merge(&mut self.roles[place], body);
        Ok(Answer::json(200, &json!({"role": self.linked("roles", &self.roles[place])})))
    }

    pub(super) fn delete_role(&mut self, token: &Token, id: &str) -> Result<Answer, Answer> {
        token.administrator("delete_role")?;
        let place = self.roles.iter().position(|role| text(role, "id") == id).ok_or_else(|| not_found(id))?;
        mutable(&self.roles[place], &Document::new(), "role", "delete")?;
        self.roles.remove(place);
        self.implied.retain(|(prior, implied)| prior != id && implied != id);
        self.role_goes(id);
        Ok(Answer::empty(204))
    }

    /// Pairs of names: the implying role and the implied one.
    pub(super) fn seed_implied(&mut self, seed: &Json) {
        let id = |name: &Json| {
            let role = self.roles.iter().find(|role| Some(text(role, "name")) == name.as_str());
            text(role.unwrap(), "id").to_owned()
        };
        let pairs = seed.as_array().into_iter().flatten().map(|pair| (id(&pair[0]), id(&pair[1]))).collect();
        self.implied = pairs;
    }

    /// Where what was said of implied roles stands in a dump.
    pub(super) fn implied_addresses(&self) -> Vec<String> {
        let names = |id: &str| {
            let role = self.roles.iter().find(|role| text(role, "id") == id)?;
            let domain = self.domains.iter().find(|domain| domain["id"] == role["domain_id"]);
            Some(domain.map(|domain| text(domain, "name")).into_iter().chain([text(role, "name")]))
        };
        let address = |(prior, implied): &(String, String)| {
            let parts: Vec<&str> =
                ["keystone", "implied-role"].into_iter().chain(names(prior)?).chain(names(implied)?).collect();
            Some(crate::model::address(&parts))
        };
        self.implied.iter().filter_map(address).collect()
    }

    /// Which roles imply which: those of the bootstrap, and what was said since.
    pub(super) fn implications(&self) -> Vec<(String, String)> {
        let id = |name: &str| {
            let of_no_domain = |role: &&Document| text(role, "name") == name && text(role, "domain_id").is_empty();
            self.roles.iter().find(of_no_domain).map(|role| text(role, "id").to_owned())
        };
        let bootstrap = IMPLIED.iter().filter_map(|(prior, implied)| Some((id(prior)?, id(implied)?)));
        bootstrap.chain(self.implied.iter().cloned()).collect()
    }

    pub(super) fn role_inferences(&self, token: &Token) -> Result<Answer, Answer> {
        token.administrator("list_role_inference_rules")?;
        let shown = |id: &str| {
            let name = self.roles.iter().find(|role| text(role, "id") == id).map(|role| text(role, "name"));
            json!({"id": id, "name": name, "description": null, "links": {}})
        };
        let all = self.implications();
        let priors: std::collections::BTreeSet<&String> = all.iter().map(|(prior, _)| prior).collect();
        let list: Vec<Json> = priors
            .into_iter()
            .map(|prior| {
                let implied = all.iter().filter(|(one, _)| one == prior).map(|(_, implied)| shown(implied));
                json!({"prior_role": shown(prior), "implies": implied.collect::<Vec<_>>()})
            })
            .collect();
        Ok(Answer::json(200, &json!({"role_inferences": list, "links": {}})))
    }

    pub(super) fn imply(&mut self, method: &str, token: &Token, [prior, implied]: [&str; 2]) -> Result<Answer, Answer> {
        token.administrator(if method == "PUT" { "create_implied_role" } else { "delete_implied_role" })?;
        for id in [prior, implied] {
            if !self.roles.iter().any(|role| text(role, "id") == id) {
                return Err(not_found(id));
            }
        }
        let of = |id: &str, key: &str| {
            let known = self.roles.iter().find(|known| text(known, "id") == id).unwrap();
            text(known, key).to_owned()
        };
        let into_a_domain = of(prior, "domain_id").is_empty() && !of(implied, "domain_id").is_empty();
        if method == "PUT" && (into_a_domain || of(implied, "name") == "admin") {
            return Err(error(403, &format!("{implied} cannot be an implied roles."), "Forbidden"));
        }
        let link = (prior.to_owned(), implied.to_owned());
        let there = self.implied.iter().position(|known| *known == link);
        match (method, there) {
            ("PUT", _) if self.implications().contains(&link) => {
                Err(error(409, "Conflict occurred attempting to store implied_role - Duplicate entry.", "Conflict"))
            }
            ("PUT", _) => {
                self.implied.push(link);
                let shown = |id: &str| {
                    let role = self.roles.iter().find(|role| text(role, "id") == id).unwrap();
                    let whole = self.linked("roles", role);
                    json!({"id": id, "name": whole["name"], "links": whole["links"]})
                };
                let own = format!("{}/v3/roles/{prior}/implies/{implied}", self.origin);
                let rule = json!({"prior_role": shown(prior), "implies": shown(implied)});
                Ok(Answer::json(201, &json!({"role_inference": rule, "links": {"self": own}})))
            }
            (_, Some(place)) => {
                self.implied.remove(place);
                Ok(Answer::empty(204))
            }
            (_, None) => Err(error(404, &format!("{prior} does not imply {implied}."), "Not Found")),
        }
    }

    fn free_role(&self, name: &str, domain: &str) -> Result<(), Answer> {
        if self.roles.iter().all(|role| text(role, "name") != name || text(role, "domain_id") != domain) {
            return Ok(());
        }
        let home = if domain.is_empty() { String::new() } else { format!(" at domain ID {domain}") };
        let message =
            format!("Conflict occurred attempting to store role - Duplicate entry found with name {name}{home}.");
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
