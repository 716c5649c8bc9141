//! Grants: the right to some roles in one project, as people write it and as one value of a Keycloak attribute.
//!
//! The value is the JSON text `{"domain":{"name":"Default"},"name":"acme","roles":[{"name":"member"}]}` of the
//! platform's documentation. Not here: who holds a grant, and what it is worth.

use std::collections::BTreeSet;

use serde_json::json;

use crate::model::Json;
use crate::model::address::{Address, Ids, encode};

/// The domain of a project where nothing else is said.
pub const DEFAULT_DOMAIN: &str = "Default";

/// The right to some roles in one project.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    /// The name of the project's domain.
    pub domain: String,
    /// The project's name.
    pub project: String,
    /// Role names; a grant without roles takes all roles away at the next login.
    pub roles: BTreeSet<String>,
}

impl Grant {
    /// What tells grants of one holder apart: `Default/acme-prod`, parts percent-encoded as in addresses.
    #[must_use]
    pub fn key(&self) -> String {
        format!("{}/{}", encode(&self.domain), encode(&self.project))
    }

    /// The project's address.
    #[must_use]
    pub fn project(&self) -> Address {
        Address::project(&self.domain, &self.project)
    }

    /// The attribute value: compact JSON in one fixed order.
    #[must_use]
    pub fn to_value(&self) -> String {
        let roles: Vec<Json> = self.roles.iter().map(|name| json!({"name": name})).collect();
        json!({"domain": {"name": self.domain}, "name": self.project, "roles": roles}).to_string()
    }

    /// Reads an attribute value in any spelling; nothing if it is not a grant.
    ///
    /// A domain given by id is known by the name that `ids` has for it. Without a domain the value means
    /// [`DEFAULT_DOMAIN`], where the platform's mapping puts such projects.
    #[must_use]
    pub fn parse(value: &str, ids: &Ids) -> Option<Self> {
        let json: Json = serde_json::from_str(value).ok()?;
        let project = json.get("name")?.as_str()?.to_owned();
        let roles = roles(&json)?;
        let domain = match json.get("domain") {
            None => DEFAULT_DOMAIN.to_owned(),
            Some(domain) => domain_name(domain, ids)?,
        };
        Some(Self { domain, project, roles })
    }
}

impl Grant {
    /// What tells an attribute value apart from the other grants of its holder; nothing if it is not a grant.
    ///
    /// One whose domain is given by an id that `ids` has no name for is told apart by that id, behind a slash: no encoded
    /// name begins with one.
    #[must_use]
    pub fn key_of(value: &str, ids: &Ids) -> Option<String> {
        if let Some(grant) = Self::parse(value, ids) {
            return Some(grant.key());
        }
        let json: Json = serde_json::from_str(value).ok()?;
        roles(&json)?;
        let (domain, project) = (json.pointer("/domain/id")?.as_str()?, json.get("name")?.as_str()?);
        Some(format!("/{}/{}", encode(domain), encode(project)))
    }

    /// Whether an attribute value has the words of a grant and no others: project, domain by name or id or both, roles by name.
    #[must_use]
    pub fn is_plain(value: &str) -> bool {
        strangers(value).is_some_and(|strangers| strangers.is_empty())
    }
}

/// What an attribute value says besides the words of a grant, such as `note` or `roles.id`: Keystone refuses claims with
/// it. Nothing if the value is no JSON object.
#[must_use]
pub fn strangers(value: &str) -> Option<BTreeSet<String>> {
    let Ok(Json::Object(grant)) = serde_json::from_str(value) else { return None };
    let mut found: BTreeSet<String> =
        grant.keys().filter(|key| !["domain", "name", "roles"].contains(&key.as_str())).cloned().collect();
    let mut look = |place: &str, json: &Json, known: &[&str]| match json.as_object() {
        Some(object) => {
            let strangers = object.keys().filter(|key| !known.contains(&key.as_str()));
            found.extend(strangers.map(|key| format!("{place}.{key}")));
        }
        None => found.extend([place.to_owned()]),
    };
    if let Some(domain) = grant.get("domain") {
        look("domain", domain, &["id", "name"]);
    }
    for role in grant.get("roles").and_then(Json::as_array).into_iter().flatten() {
        look("roles", role, &["name"]);
    }
    Some(found)
}

/// The name of the domain that a grant's `domain` means: an id counts for more than a name, and an empty one means the
/// domain that the mapping puts such projects in (seen on 29 and 30).
fn domain_name(domain: &Json, ids: &Ids) -> Option<String> {
    let Some(id) = domain.get("id") else {
        let is_empty = domain.as_object().is_some_and(|words| !words.contains_key("name"));
        let name = domain.get("name").and_then(Json::as_str).map(str::to_owned);
        return if is_empty { Some(DEFAULT_DOMAIN.to_owned()) } else { name };
    };
    let id = id.as_str()?;
    ids.iter()
        .find(|(address, known)| *known == id && **address == Address::domain(address.name()))
        .map(|(address, _)| address.name().to_owned())
}

/// The names of the roles that an attribute value grants, wherever; nothing if it is not a grant.
#[must_use]
pub fn roles_of(value: &str) -> Option<BTreeSet<String>> {
    let json: Json = serde_json::from_str(value).ok()?;
    json.get("name")?.as_str()?;
    roles(&json)
}

fn roles(grant: &Json) -> Option<BTreeSet<String>> {
    let name = |role: &Json| role.get("name").and_then(Json::as_str).map(str::to_owned);
    match grant.get("roles") {
        None => Some(BTreeSet::new()),
        Some(roles) => roles.as_array()?.iter().map(name).collect(),
    }
}

#[cfg(test)]
mod tests;
