//! Mappings, identity providers and protocols: a PUT only makes, a PATCH merges in its own way for each.

use serde_json::{Value as Json, json};

use super::login::Token;
use super::{Answer, Document, Keystone, Request, enveloped, error, filled, merge, plain, text};

/// The keys of a protocol that its own document does not show.
const LISTED_ONLY: [&str; 2] = ["idp_id", "remote_id_attribute"];

impl Keystone {
    pub(super) fn seed_federation(&mut self, seed: &Json) {
        let all = |name: &str| seed[name].as_array().cloned().unwrap_or_default();
        self.mappings = all("mappings").iter().filter_map(|mapping| mapping.as_object().cloned()).collect();
        for provider in all("identityProviders") {
            let mut given = provider.as_object().cloned().unwrap();
            let domain = given.shift_remove("domain").unwrap_or_else(|| "Default".into());
            let domain = text(self.domain_named(domain.as_str().unwrap()).unwrap(), "id").to_owned();
            let mut fresh = provider_without(&domain);
            fresh.extend(given);
            self.providers.push(fresh);
        }
        self.protocols = all("protocols").iter().filter_map(|protocol| protocol.as_object().cloned()).collect();
    }

    /// What is below `/v3/OS-FEDERATION`.
    pub(super) fn federation(&mut self, request: &Request, token: &Token, rest: &[&str]) -> Result<Answer, Answer> {
        let method = request.method.as_str();
        let what = match rest {
            ["mappings", ..] => "mapping",
            ["identity_providers", _, "protocols", ..] => "protocol",
            _ => "identity_provider",
        };
        let verb = match (method, rest.len() % 2) {
            ("GET", 1) => "list",
            ("GET", _) => "get",
            ("PUT", _) => "create",
            ("PATCH", _) => "update",
            _ => "delete",
        };
        token.administrator(&format!("{verb}_{what}{}", if verb == "list" { "s" } else { "" }))?;
        match (method, rest) {
            ("GET", ["mappings"]) => Ok(self.all(request, "mappings", &self.mappings)),
            ("GET", ["identity_providers"]) => Ok(self.all(request, "identity_providers", &self.providers)),
            (_, ["mappings", id]) => self.mapping(request, id),
            (_, ["identity_providers", id]) => self.provider(request, id),
            ("GET", ["identity_providers", provider, "protocols"]) => {
                let of: Vec<Document> =
                    self.protocols.iter().filter(|known| text(known, "idp_id") == *provider).cloned().collect();
                Ok(self.all(request, "protocols", &of))
            }
            (_, ["identity_providers", provider, "protocols", id]) => self.protocol(request, provider, id),
            _ => Err(Answer::unknown_route()),
        }
    }

    fn all(&self, request: &Request, list: &str, documents: &[Document]) -> Answer {
        let links = json!({"next": null, "self": format!("{}{}", self.origin, request.target), "previous": null});
        let shown: Vec<Json> = documents.iter().map(|document| self.shown(list, document)).collect();
        Answer::json(200, &json!({list: shown, "links": links}))
    }

    /// A document with its links, which for protocols lead nowhere.
    fn shown(&self, list: &str, document: &Document) -> Json {
        let (origin, id) = (&self.origin, text(document, "id"));
        let mut shown = document.clone();
        let links = match list {
            "protocols" => json!({"self": format!("{origin}/v3/protocols/{id}"),
                "identity_provider": format!("{origin}/v3/{}", text(document, "idp_id"))}),
            list => json!({"self": format!("{origin}/v3/OS-FEDERATION/{list}/{id}")}),
        };
        shown.insert("links".to_owned(), links);
        shown.into()
    }

    fn mapping(&mut self, request: &Request, id: &str) -> Result<Answer, Answer> {
        let place = self.mappings.iter().position(|known| text(known, "id") == id);
        let missing = || error(404, &format!("Could not find mapping: {id}."), "Not Found");
        let status = match (request.method.as_str(), place) {
            ("PUT", Some(_)) => return Err(conflict("mapping", "Duplicate entry.")),
            ("PUT", None) => {
                let mapping = self.valid_mapping(&enveloped(request, "mapping")?, id)?;
                self.mappings.push(mapping);
                201
            }
            (_, None) => return Err(missing()),
            ("PATCH", Some(place)) => {
                self.mappings[place] = self.valid_mapping(&enveloped(request, "mapping")?, id)?;
                200
            }
            ("DELETE", Some(place)) => {
                self.mappings.remove(place);
                return Ok(Answer::empty(204));
            }
            (_, Some(_)) => 200,
        };
        let shown = self.mappings.iter().find(|known| text(known, "id") == id).ok_or_else(missing)?;
        Ok(Answer::json(status, &json!({"mapping": self.shown("mappings", shown)})))
    }

    /// The mapping that a body makes. Without a version it is the oldest one; one that is not known is the server's
    /// own error.
    fn valid_mapping(&self, body: &Document, id: &str) -> Result<Document, Answer> {
        let version = body.get("schema_version").and_then(Json::as_str).unwrap_or("1.0");
        if !self.schema_versions.iter().any(|known| known == version) {
            return Err(Answer::html(500, "500 Internal Server Error"));
        }
        let refused = |words: &str| error(400, &format!("{words}\n"), "Bad Request");
        let Some(rules) = body.get("rules") else { return Err(refused("'rules' is a required property")) };
        if rules.as_array().is_some_and(Vec::is_empty) {
            return Err(refused("[] should be non-empty"));
        }
        if version != "3.0" && rules.to_string().contains("\"projects_json\"") {
            return Err(refused("Additional properties are not allowed ('projects_json' was unexpected)"));
        }
        let mapping = json!({"id": id, "rules": rules, "schema_version": version});
        Ok(mapping.as_object().cloned().unwrap_or_default())
    }

    fn provider(&mut self, request: &Request, id: &str) -> Result<Answer, Answer> {
        let place = self.providers.iter().position(|known| text(known, "id") == id);
        let status = match (request.method.as_str(), place) {
            ("PUT", Some(_)) => return Err(conflict("identity_provider", "Duplicate entry: None.")),
            ("PUT", None) => {
                let body = enveloped(request, "identity_provider")?;
                self.valid_remote_ids(&body, id)?;
                let mut provider = provider_without("");
                provider.extend(body);
                provider.insert("id".to_owned(), id.into());
                self.providers.push(provider);
                201
            }
            (_, None) => return Err(no_provider(id)),
            ("PATCH", Some(place)) => {
                let body = enveloped(request, "identity_provider")?;
                filled(&body, "identity_provider")?;
                if body.contains_key("domain_id") {
                    let message = format!(
                        "Invalid input for field/attribute identity_provider. Value: {}. Additional properties are not \
                         allowed ('domain_id' was unexpected)",
                        plain(&body)
                    );
                    return Err(error(400, &message, "Bad Request"));
                }
                self.valid_remote_ids(&body, id)?;
                merge(&mut self.providers[place], body);
                200
            }
            ("DELETE", Some(place)) => {
                self.providers.remove(place);
                self.protocols.retain(|protocol| text(protocol, "idp_id") != id);
                return Ok(Answer::empty(204));
            }
            (_, Some(_)) => 200,
        };
        let shown = self.providers.iter().find(|known| text(known, "id") == id).ok_or_else(|| no_provider(id))?;
        Ok(Answer::json(status, &json!({"identity_provider": self.shown("identity_providers", shown)})))
    }

    /// Refuses remote ids that are too long, that stand twice, or that another provider has.
    fn valid_remote_ids(&self, body: &Document, id: &str) -> Result<(), Answer> {
        let ids =
            |document: &Document| document.get("remote_ids").and_then(Json::as_array).cloned().unwrap_or_default();
        let asked = ids(body);
        let invalid = |field: &str, value: &str, words: &str| {
            let message = format!("Invalid input for field/attribute {field}. Value: {value}. {words}");
            error(400, &message, "Bad Request")
        };
        for (index, value) in asked.iter().enumerate() {
            let value = value.as_str().unwrap_or_default();
            if value.len() > 64 {
                return Err(invalid(&index.to_string(), value, &format!("'{value}' is too long")));
            }
        }
        if asked.iter().enumerate().any(|(index, value)| asked[..index].contains(value)) {
            let list = Json::from(asked).to_string().replace('"', "'").replace("','", "', '");
            return Err(invalid("remote_ids", &list, &format!("{list} has non-unique elements")));
        }
        let others = self.providers.iter().filter(|provider| text(provider, "id") != id);
        let taken = others.flat_map(ids).any(|value| asked.contains(&value));
        if taken { Err(conflict("identity_provider", "Duplicate remote ID: None.")) } else { Ok(()) }
    }

    fn protocol(&mut self, request: &Request, provider: &str, id: &str) -> Result<Answer, Answer> {
        let here = |known: &Document| text(known, "idp_id") == provider && text(known, "id") == id;
        let place = self.protocols.iter().position(here);
        let missing = || {
            let message = format!("Could not find federated protocol {id} for Identity Provider: {provider}.");
            error(404, &message, "Not Found")
        };
        let status = match (request.method.as_str(), place) {
            ("PUT", Some(_)) => {
                return Err(conflict("federation_protocol", &format!("Duplicate entry found with ID {id}.")));
            }
            ("PUT", None) => {
                let mut protocol = self.valid_protocol(request)?;
                if self.providers.iter().all(|known| text(known, "id") != provider) {
                    return Err(no_provider(provider));
                }
                protocol.insert("id".to_owned(), id.into());
                protocol.insert("idp_id".to_owned(), provider.into());
                self.protocols.push(protocol);
                201
            }
            (_, None) => return Err(missing()),
            ("PATCH", Some(place)) => {
                let body = self.valid_protocol(request)?;
                merge(&mut self.protocols[place], body);
                200
            }
            ("DELETE", Some(place)) => {
                self.protocols.remove(place);
                return Ok(Answer::empty(204));
            }
            (_, Some(_)) => 200,
        };
        let shown = self.protocols.iter().find(|known| here(known)).ok_or_else(missing)?;
        let mut shown = self.shown("protocols", shown);
        if let Some(shown) = shown.as_object_mut() {
            shown.retain(|key, _| !LISTED_ONLY.contains(&key.as_str()));
        }
        Ok(Answer::json(status, &json!({"protocol": shown})))
    }

    fn valid_protocol(&self, request: &Request) -> Result<Document, Answer> {
        let body = enveloped(request, "protocol")?;
        let invalid = |field: &str, value: &str, words: &str| {
            let message = format!("Invalid input for field/attribute {field}. Value: {value}. {words}");
            error(400, &message, "Bad Request")
        };
        if !body.contains_key("mapping_id") {
            return Err(invalid("protocol", &plain(&body), "'mapping_id' is a required property"));
        }
        if body.get("remote_id_attribute").is_some_and(Json::is_null) {
            return Err(invalid("remote_id_attribute", "None", "None is not of type 'string'"));
        }
        let mapping = text(&body, "mapping_id");
        if self.mappings.iter().all(|known| text(known, "id") != mapping) {
            return Err(error(400, &format!("Invalid mapping id: {mapping}"), "Bad Request"));
        }
        Ok(body)
    }
}

fn provider_without(domain: &str) -> Document {
    let provider = json!({"domain_id": domain, "description": null, "enabled": false, "authorization_ttl": null, "remote_ids": []});
    provider.as_object().cloned().unwrap_or_default()
}

fn conflict(what: &str, why: &str) -> Answer {
    error(409, &format!("Conflict occurred attempting to store {what} - {why}"), "Conflict")
}

fn no_provider(id: &str) -> Answer {
    error(404, &format!("Could not find Identity Provider: {id}."), "Not Found")
}
