//! Example tokens: what the mappers of a client's dedicated scope, and of the client scopes that it has, make of a person and of the person's groups. Only the
//! mapper of the guide works; its merged claim is as the fixture provider's.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value as Json, json};

use super::rights::Rights;
use super::{Answer, Document, Keycloak, Request, client_scope, mapper, text};

const GUIDES_MAPPER: &str = "aggregated-user-group-attribute-mapper";

impl Keycloak {
    /// `clients/{id}/evaluate-scopes/generate-example-access-token`; it takes the right to see people too.
    pub(super) fn example_token(
        &mut self,
        request: &Request,
        rights: &Rights,
        realm: &str,
        client: &str,
    ) -> Result<Answer, Answer> {
        if rights.need(&["view-users", "manage-users"]).is_err() {
            return Err(Answer::error(403, "You have no access to this user"));
        }
        let user = request.query("userId").unwrap_or_default().to_owned();
        let client = self.client(realm, client)?.clone();
        let asked = request.query("scope").unwrap_or_default().to_owned();
        let types = client_scope::types(&client);
        let realm = self.realm(realm)?;
        let reaches = |scope: &&Document| match types.get(text(scope, "name")) {
            Some(&"default") => true,
            Some(_) => asked.split(' ').any(|name| name == text(scope, "name")),
            None => false,
        };
        let of_scopes = realm.scopes.iter().filter(reaches).flat_map(mapper::all);
        let found = realm.users.iter().find(|known| text(known, "id") == user);
        let found = found.ok_or_else(|| Answer::error(404, "No user found"))?;
        let mut token = json!({"azp": client["clientId"], "sub": user, "typ": "Bearer",
            "preferred_username": found["username"], "scope": "openid profile email"});
        for mapper in mapper::all(&client).chain(of_scopes).filter(|mapper| mapper["protocolMapper"] == GUIDES_MAPPER) {
            let config = |name: &str| mapper["config"][name].as_str().unwrap_or_default().to_owned();
            let values = realm.values_of(found, &config("user.attribute"));
            if config("access.token.claim") == "true" && !values.is_empty() {
                token[config("claim.name")] = merged(&values).into();
            }
        }
        Ok(Answer::json(200, &token))
    }
}

impl super::Realm {
    /// The values of an attribute: the person's, and those of the person's groups and of the groups around them.
    fn values_of(&self, user: &Document, attribute: &str) -> Vec<String> {
        let mut holders = vec![user];
        let mut open: Vec<&str> =
            self.members.iter().filter(|(_, member)| member == text(user, "id")).map(|(group, _)| &**group).collect();
        while let Some(id) = open.pop() {
            let Some(group) = self.groups.iter().find(|group| text(group, "id") == id) else { continue };
            holders.push(group);
            open.extend(group.get("parentId").and_then(Json::as_str));
        }
        let values = |holder: &&Document| holder.get("attributes")?.get(attribute)?.as_array().cloned();
        let values = holders.iter().filter_map(values).flatten();
        values.filter_map(|value| value.as_str().map(str::to_owned)).collect()
    }
}

/// One text that holds a JSON array: an entry for each project, with all of its roles.
fn merged(values: &[String]) -> String {
    let mut projects = BTreeMap::<(String, String), BTreeSet<String>>::new();
    for grant in values.iter().filter_map(|value| serde_json::from_str::<Json>(value).ok()) {
        let (Some(name), roles) = (grant["name"].as_str(), grant["roles"].as_array()) else { continue };
        let roles = roles.into_iter().flatten().filter_map(|role| role["name"].as_str().map(str::to_owned));
        projects.entry((grant["domain"].to_string(), name.to_owned())).or_default().extend(roles);
    }
    let entry = |((domain, name), roles): (&(String, String), &BTreeSet<String>)| {
        let roles: Vec<Json> = roles.iter().map(|role| json!({"name": role})).collect();
        json!({"domain": serde_json::from_str::<Json>(domain).unwrap(), "name": name, "roles": roles})
    };
    projects.iter().map(entry).collect::<Json>().to_string()
}
