//! Identity providers of a realm and their mappers: a PUT replaces all of one, and asterisks keep its secret.

use serde_json::{Value as Json, json};

use super::rights::Rights;
use super::{Answer, Document, Keycloak, Request, created, mapper, page, representation, text};

const VIEW: &[&str] = &["view-identity-providers", "manage-identity-providers"];
const MANAGE: &[&str] = &["manage-identity-providers"];
const MASK: &str = "**********";

/// The types that the model knows.
const TYPES: [&str; 3] = ["keycloak-oidc", "oidc", "saml"];
const MAPPERS: [&str; 6] = [
    "hardcoded-attribute-idp-mapper",
    "oidc-advanced-group-idp-mapper",
    "oidc-hardcoded-group-idp-mapper",
    "oidc-hardcoded-role-idp-mapper",
    "oidc-role-idp-mapper",
    "oidc-user-attribute-idp-mapper",
];

/// What an alias cannot hold, besides blanks.
const RESERVED: &str = "!#$&()*+,/:;=?@[\\]";

const FLOWS: [&str; 8] = [
    "browser",
    "clients",
    "direct grant",
    "docker auth",
    "first broker login",
    "registration",
    "reset credentials",
    "forms",
];

/// Addresses of a provider, with what they are called in a refusal.
const URLS: [(&str, &str); 5] = [
    ("authorizationUrl", "authorization_url"),
    ("tokenUrl", "token_url"),
    ("logoutUrl", "logout_url"),
    ("userInfoUrl", "userinfo_url"),
    ("jwksUrl", "jwks_url"),
];

/// A mapper, with the alias of the provider that it belongs to: the one in its address, whatever its body says.
pub(super) struct Mapper {
    provider: String,
    pub(super) body: Document,
}

impl Keycloak {
    /// `identity-provider/instances…`.
    pub(super) fn identity_providers(
        &mut self,
        request: &Request,
        rights: &Rights,
        realm: &str,
        rest: &[&str],
    ) -> Result<Answer, Answer> {
        rights.need(if request.method == "GET" { VIEW } else { MANAGE })?;
        match (request.method.as_str(), rest) {
            ("GET", []) => {
                let mut all: Vec<&Document> = self.realm(realm)?.identity_providers.iter().collect();
                all.sort_by_key(|provider| text(provider, "alias").to_owned());
                page(request, all.into_iter().map(presented).collect(), 100)
            }
            ("POST", []) => {
                let body = representation::read(request, &representation::identity_provider(), lenient)?;
                check(&body)?;
                let alias = text(&body, "alias").to_owned();
                if alias.contains(' ') {
                    return Err(Answer::error(400, "Empty Space not allowed."));
                }
                if let Some(letter) = alias.chars().find(|letter| RESERVED.contains(*letter)) {
                    return Err(Answer::error(400, &format!("Character '{letter}' not allowed.")));
                }
                if self.realm(realm)?.identity_provider(&alias).is_some() {
                    let message = format!("Identity Provider {alias} already exists");
                    return Err(Answer::json(409, &json!({"errorMessage": message})));
                }
                let stored = stored(&self.new_id(), body);
                self.realm(realm)?.identity_providers.push(stored);
                let place: String = url::form_urlencoded::byte_serialize(alias.as_bytes()).collect();
                Ok(created(request, &place))
            }
            (_, [alias, rest @ ..]) => {
                let known = self.realm(realm)?.identity_provider(alias).cloned();
                let known = known.ok_or_else(|| Answer::error(404, "HTTP 404 Not Found"))?;
                self.one_identity_provider(request, realm, &known, rest)
            }
            _ => Err(Answer::unknown_route()),
        }
    }

    fn one_identity_provider(
        &mut self,
        request: &Request,
        realm: &str,
        known: &Document,
        rest: &[&str],
    ) -> Result<Answer, Answer> {
        let alias = text(known, "alias");
        match (request.method.as_str(), rest) {
            ("GET", []) => Ok(Answer::json(200, &presented(known))),
            ("PUT", []) => {
                let mut body = representation::read(request, &representation::identity_provider(), lenient)?;
                check(&body)?;
                if text(&body, "alias") != alias {
                    let message = "Identity Provider alias cannot be changed";
                    return Err(Answer::json(400, &json!({"errorMessage": message})));
                }
                body.insert("providerId".to_owned(), known["providerId"].clone());
                if let Some(config) = body.get_mut("config").filter(|config| config["clientSecret"] == MASK) {
                    config["clientSecret"] = known["config"]["clientSecret"].clone();
                }
                let changed = stored(text(known, "internalId"), body);
                let place = self.realm(realm)?.identity_providers.iter_mut().find(|one| text(one, "alias") == alias);
                *place.unwrap() = changed;
                Ok(Answer::empty(204))
            }
            ("DELETE", []) => {
                let realm = self.realm(realm)?;
                realm.identity_providers.retain(|one| text(one, "alias") != alias);
                realm.identity_provider_mappers.retain(|mapper| mapper.provider != alias);
                realm.links.retain(|(provider, _)| provider != alias);
                Ok(Answer::empty(204))
            }
            (_, ["mappers", rest @ ..]) => self.identity_provider_mappers(request, realm, alias, rest),
            _ => Err(Answer::unknown_route()),
        }
    }

    fn identity_provider_mappers(
        &mut self,
        request: &Request,
        realm: &str,
        alias: &str,
        rest: &[&str],
    ) -> Result<Answer, Answer> {
        let shape = representation::identity_provider_mapper();
        let id = self.new_id();
        let mappers = &mut self.realm(realm)?.identity_provider_mappers;
        let missing = || Answer::error(404, "Model not found");
        match (request.method.as_str(), rest) {
            ("GET", []) => {
                let mine = mappers.iter().filter(|mapper| mapper.provider == alias);
                Ok(Answer::json(200, &mine.map(|mapper| Json::Object(mapper.body.clone())).collect()))
            }
            ("POST", []) => {
                let body = representation::read(request, &shape, lenient)?;
                let name = text(&body, "name");
                if name.is_empty() || text(&body, "identityProviderAlias").is_empty() {
                    return Err(representation::duplicate());
                }
                if mappers.iter().any(|mapper| mapper.provider == alias && text(&mapper.body, "name") == name) {
                    let message = format!("Failed to add mapper '{name}' to identity provider [oidc].");
                    return Err(Answer::json(400, &json!({"errorMessage": message})));
                }
                let body = mapper_body(&id, body);
                mappers.push(Mapper { provider: alias.to_owned(), body });
                Ok(created(request, &id))
            }
            (method, [id]) => {
                let place = mappers.iter().position(|one| one.provider == alias && text(&one.body, "id") == *id);
                let place = place.ok_or_else(missing)?;
                match method {
                    "GET" => Ok(Answer::json(200, &Json::Object(mappers[place].body.clone()))),
                    "PUT" => {
                        let body = representation::read(request, &shape, lenient)?;
                        mappers[place].body = mapper_body(id, body);
                        Ok(Answer::empty(204))
                    }
                    "DELETE" => {
                        mappers.remove(place);
                        Ok(Answer::empty(204))
                    }
                    _ => Err(Answer::unknown_route()),
                }
            }
            _ => Err(Answer::unknown_route()),
        }
    }

    /// `authentication/flows`: those of every realm.
    pub(super) fn flows(rights: &Rights) -> Result<Answer, Answer> {
        rights.need(&["view-clients", "view-realm", "manage-realm"])?;
        Ok(Answer::json(200, &FLOWS.iter().map(|flow| json!({"alias": flow, "builtIn": true})).collect()))
    }

    pub(super) fn seed_identity_provider(&mut self, realm: &str, seed: &Json) {
        let mut body = seed.as_object().cloned().unwrap();
        let mappers = body.shift_remove("mappers").unwrap_or_default();
        let alias = text(&body, "alias").to_owned();
        let provider = stored(&self.new_id(), body);
        self.realm(realm).unwrap().identity_providers.push(provider);
        for mapper in mappers.as_array().into_iter().flatten() {
            let mut body = mapper.as_object().cloned().unwrap();
            body.insert("identityProviderAlias".to_owned(), alias.as_str().into());
            let body = mapper_body(&self.new_id(), body);
            self.realm(realm).unwrap().identity_provider_mappers.push(Mapper { provider: alias.clone(), body });
        }
    }
}

impl super::Realm {
    fn identity_provider(&self, alias: &str) -> Option<&Document> {
        self.identity_providers.iter().find(|provider| text(provider, "alias") == alias)
    }

    /// Remembers through which providers a user comes.
    pub(super) fn link(&mut self, user: &str, identities: &Json) {
        for identity in identities.as_array().into_iter().flatten() {
            let provider = identity["identityProvider"].as_str().unwrap_or_default();
            self.links.insert((provider.to_owned(), user.to_owned()));
        }
    }

    /// The places of providers and mappers in a dump.
    pub(super) fn identity_provider_places(&self) -> Vec<(Vec<String>, Json)> {
        let providers = self.identity_providers.iter().map(|provider| {
            let place = ["identity-provider", text(provider, "alias")].map(str::to_owned);
            (place.to_vec(), Json::Object(provider.clone()))
        });
        let mappers = self.identity_provider_mappers.iter().map(|mapper| {
            let place = ["identity-provider-mapper", &mapper.provider, text(&mapper.body, "name")].map(str::to_owned);
            (place.to_vec(), Json::Object(mapper.body.clone()))
        });
        providers.chain(mappers).collect()
    }
}

/// What serverinfo says of the types that there are.
pub(super) fn described(info: &mut Json) {
    info["identityProviders"] =
        TYPES.iter().map(|id| json!({"groupName": "User-defined", "name": id, "id": id})).collect();
    let mappers: Document = MAPPERS.iter().map(|id| ((*id).to_owned(), json!({"order": 0}))).collect();
    info["providers"] = json!({"identity-provider-mapper": {"internal": false, "providers": mappers}});
}

/// Scalars are turned into text where the server wants text only.
fn lenient(body: &mut Document) {
    mapper::texts(body.get_mut("config"));
}

/// Refuses what the server refuses of a new one and of one that changes.
fn check(body: &Document) -> Result<(), Answer> {
    let refused = |message: &str| Err(Answer::json(400, &json!({"errorMessage": message})));
    let provider = body.get("providerId").and_then(Json::as_str);
    if !provider.is_some_and(|provider| TYPES.contains(&provider)) {
        return refused(&format!("Invalid identity provider id [{}]", provider.unwrap_or("null")));
    }
    let nothing = json!({});
    let config = body.get("config").unwrap_or(&nothing);
    for (key, name) in URLS {
        let url = config[key].as_str().filter(|url| !url.is_empty());
        if url.is_some_and(|url| url::Url::parse(url).is_err()) {
            return refused(&format!("The url [{name}] is malformed"));
        }
    }
    if config["validateSignature"] == "true" && config["useJwksUrl"] != "true" {
        return refused(
            "The 'Validating public key' is required when 'Validate signatures' enabled and 'Use JWKS URL' disabled",
        );
    }
    for key in ["firstBrokerLoginFlowAlias", "postBrokerLoginFlowAlias"] {
        let flow = text(body, key);
        if !flow.is_empty() && !FLOWS.contains(&flow) {
            return Err(representation::unknown_error());
        }
    }
    Ok(())
}

/// A provider as it is kept; empty values of its config are dropped, and so are flows without a name.
fn stored(id: &str, body: Document) -> Document {
    let mut provider = Document::new();
    provider.insert("internalId".to_owned(), id.into());
    provider.insert("enabled".to_owned(), true.into());
    provider.extend(body);
    provider.insert("internalId".to_owned(), id.into());
    provider.retain(|key, value| !(key.ends_with("FlowAlias") && value == ""));
    provider.shift_remove("types");
    let mut config = provider.get("config").and_then(Json::as_object).cloned().unwrap_or_default();
    config.retain(|_, value| value != "" && !value.is_null());
    provider.insert("config".to_owned(), Json::Object(config));
    provider
}

fn presented(provider: &Document) -> Json {
    let mut shown = provider.clone();
    if let Some(config) = shown.get_mut("config").filter(|config| !config["clientSecret"].is_null()) {
        config["clientSecret"] = MASK.into();
    }
    let mut types = vec!["USER_AUTHENTICATION"];
    if text(provider, "providerId").ends_with("oidc") {
        types.extend(["CLIENT_ASSERTION", "TRUST_MATERIAL", "EXCHANGE_EXTERNAL_TOKEN", "JWT_AUTHORIZATION_GRANT"]);
    }
    shown.insert("types".to_owned(), types.into());
    Json::Object(shown)
}

fn mapper_body(id: &str, mut body: Document) -> Document {
    body.insert("id".to_owned(), id.into());
    let mut config = body.get("config").and_then(Json::as_object).cloned().unwrap_or_default();
    config.retain(|_, value| value != "");
    body.insert("config".to_owned(), Json::Object(config));
    body
}
