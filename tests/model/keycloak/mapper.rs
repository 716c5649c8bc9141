//! Protocol mappers of a client or a client scope, and the descriptions of their providers.

use serde_json::{Value as Json, json};

use super::{Answer, Document, Keycloak, Request, created, representation, text};

/// The key under which stored mappers lie.
pub(super) const LIST: &str = "protocolMappers";

/// What mappers are in, by its id.
#[derive(Clone, Copy)]
pub(super) enum Holder<'a> {
    Client(&'a str),
    Scope(&'a str),
}

impl Keycloak {
    fn holder(&mut self, realm: &str, holder: Holder<'_>) -> Result<&mut Document, Answer> {
        match holder {
            Holder::Client(id) => self.client(realm, id),
            Holder::Scope(id) => self.scope(realm, id),
        }
    }

    /// `clients/{id}/protocol-mappers/models…` and the same of client scopes; the caller has already been checked.
    pub(super) fn mappers(
        &mut self,
        request: &Request,
        realm: &str,
        holder: Holder<'_>,
        rest: &[&str],
    ) -> Result<Answer, Answer> {
        match (request.method.as_str(), rest) {
            ("GET", []) => {
                let client = self.holder(realm, holder)?.clone();
                let shown = all(&client).filter(|mapper| self.installed(mapper).is_some());
                Ok(Answer::json(200, &shown.map(effective).collect()))
            }
            ("GET", [id]) => {
                let client = self.holder(realm, holder)?.clone();
                let found = all(&client).find(|mapper| mapper["id"] == *id && self.installed(mapper).is_some());
                Ok(Answer::json(200, &effective(found.ok_or_else(model_not_found)?)))
            }
            ("POST", []) => {
                let body = representation::read(request, &representation::mapper(), lenient)?;
                let id = self.create_mapper(realm, holder, body)?;
                Ok(created(request, &id))
            }
            ("PUT", [id]) => {
                let body = representation::read(request, &representation::mapper(), lenient)?;
                self.update_mapper(realm, holder, id, &body)
            }
            ("DELETE", [id]) => {
                let list = stored_list(self.holder(realm, holder)?);
                let before = list.len();
                list.retain(|mapper| mapper["id"] != *id);
                if list.len() == before { Err(model_not_found()) } else { Ok(Answer::empty(204)) }
            }
            _ => Err(Answer::unknown_route()),
        }
    }

    fn create_mapper(&mut self, realm: &str, holder: Holder<'_>, body: Document) -> Result<String, Answer> {
        let body = Json::Object(body);
        if body["name"].is_null() || body["protocol"].is_null() {
            return Err(representation::duplicate());
        }
        if self.installed(&body).is_none() {
            return Err(provider_not_found());
        }
        let id = self.new_id();
        let list = stored_list(self.holder(realm, holder)?);
        if list.iter().any(|mapper| mapper["name"] == body["name"]) {
            return Err(Answer::json(409, &json!({"errorMessage": "Protocol mapper exists with same name"})));
        }
        list.push(stored(&id, &body));
        Ok(id)
    }

    /// The id of the body decides; `name` and `protocol` are ignored, `config` is replaced whole.
    fn update_mapper(
        &mut self,
        realm: &str,
        holder: Holder<'_>,
        path_id: &str,
        body: &Document,
    ) -> Result<Answer, Answer> {
        let id = text(body, "id").to_owned();
        let known = body.get("protocolMapper").is_none_or(|_| self.installed(&Json::Object(body.clone())).is_some());
        let list = stored_list(self.holder(realm, holder)?);
        if !list.iter().any(|mapper| mapper["id"] == path_id) {
            return Err(model_not_found());
        }
        let mapper = list.iter_mut().find(|mapper| mapper["id"] == id).ok_or_else(representation::unknown_error)?;
        if !known {
            return Err(provider_not_found());
        }
        if let Some(provider) = body.get("protocolMapper") {
            mapper["protocolMapper"] = provider.clone();
        }
        mapper["config"] = kept(body.get("config"));
        Ok(Answer::empty(204))
    }

    fn installed(&self, mapper: &Json) -> Option<&Json> {
        self.providers.iter().find(|provider| provider["id"] == mapper["protocolMapper"])
    }
}

pub(super) fn all(client: &Document) -> impl Iterator<Item = &Json> {
    client.get(LIST).and_then(Json::as_array).into_iter().flatten()
}

/// A mapper as it is kept; empty and null values of its configuration are dropped.
pub(super) fn stored(id: &str, body: &Json) -> Json {
    let mut mapper = json!({"id": id, "name": body["name"], "protocol": body["protocol"],
        "protocolMapper": body["protocolMapper"], "consentRequired": false, "config": kept(body.get("config"))});
    if let Some(given) = body["id"].as_str() {
        mapper["id"] = given.into();
    }
    mapper
}

/// A mapper that comes with a new client: one switch that is missing is stored as another one is.
pub(super) fn completed(mut body: Json) -> Json {
    let [missing, follows] = ["userinfo.token.claim", "id.token.claim"].map(|key| body["config"][key].clone());
    if missing.is_null() && !follows.is_null() {
        body["config"]["userinfo.token.claim"] = follows;
    }
    body
}

/// Turns scalars into text, as the server does where it wants text only.
pub(super) fn texts(map: Option<&mut Json>) {
    for value in map.and_then(Json::as_object_mut).into_iter().flat_map(|map| map.values_mut()) {
        if value.is_boolean() || value.is_number() {
            *value = value.to_string().into();
        } else if value.is_null() {
            *value = "".into();
        }
    }
}

fn lenient(body: &mut Document) {
    texts(body.get_mut("config"));
}

fn stored_list(client: &mut Document) -> &mut Vec<Json> {
    client.entry(LIST).or_insert_with(|| json!([])).as_array_mut().unwrap()
}

fn kept(config: Option<&Json>) -> Json {
    let given = config.and_then(Json::as_object).cloned().unwrap_or_default();
    Json::Object(given.into_iter().filter(|(_, value)| value != "").collect())
}

/// What the `models` routes show: two switches that are missing follow another one.
fn effective(mapper: &Json) -> Json {
    let mut shown = mapper.clone();
    for (missing, follows) in
        [("userinfo.token.claim", "id.token.claim"), ("introspection.token.claim", "access.token.claim")]
    {
        if shown["config"][missing].is_null() && !shown["config"][follows].is_null() {
            shown["config"][missing] = shown["config"][follows].clone();
        }
    }
    shown
}

fn model_not_found() -> Answer {
    Answer::error(404, "Model not found")
}

fn provider_not_found() -> Answer {
    Answer::error(404, "ProtocolMapper provider not found")
}

/// The providers that serverinfo describes: one of the server's own, and the platform's where it is installed.
pub(super) fn providers(platform: bool) -> Vec<Json> {
    let switch = |name: &str, label: &str, default: &str| {
        json!({"name": name, "label": format!("{label}.label"), "helpText": format!("{label}.tooltip"),
            "type": "boolean", "defaultValue": default, "secret": false, "required": false, "readOnly": false})
    };
    let common = || {
        vec![
            json!({"name": "claim.name", "label": "tokenClaimName.label", "helpText": "tokenClaimName.tooltip",
                "type": "String", "secret": false, "required": true, "readOnly": false}),
            json!({"name": "jsonType.label", "label": "jsonType.label", "helpText": "jsonType.tooltip",
                "type": "List", "secret": false, "required": false, "readOnly": false,
                "options": ["String", "long", "int", "boolean", "JSON"]}),
            switch("id.token.claim", "includeInIdToken", "true"),
            switch("access.token.claim", "includeInAccessToken", "true"),
            switch("lightweight.claim", "includeInLightweight", "false"),
            switch("userinfo.token.claim", "includeInUserInfo", "true"),
            switch("introspection.token.claim", "includeInIntrospection", "true"),
        ]
    };
    let attribute = |label: &str, kind: &str| {
        json!({"name": "user.attribute", "label": label, "helpText": "", "type": kind, "secret": false,
            "required": false, "readOnly": false})
    };
    let flag = |name: &str| {
        json!({"name": name, "label": format!("{name}.label"), "helpText": format!("{name}.tooltip"), "type": "boolean",
            "secret": false, "required": false, "readOnly": false})
    };
    let provider = |id: &str, name: &str, first: Json, last: Vec<Json>| {
        let properties = [vec![first], common(), last].concat();
        json!({"id": id, "name": name, "category": "Token mapper", "helpText": "", "priority": 0, "properties": properties})
    };
    let own = attribute("usermodel.attr.label", "UserProfileAttributeList");
    let own = provider(
        "oidc-usermodel-attribute-mapper",
        "User Attribute",
        own,
        vec![flag("multivalued"), flag("aggregate.attrs")],
    );
    let fixture = attribute("User Attribute", "String");
    let fixture =
        provider("aggregated-user-group-attribute-mapper", "Aggregated User Group Attribute", fixture, Vec::new());
    std::iter::once(own).chain(platform.then_some(fixture)).collect()
}
