//! A token's claim of grants, read as Apache hands it on and Keystone's `projects_json` takes it: one text that holds a
//! JSON array (seen with `mod_auth_openidc` 2.4.12 and Keystone 29 and 30; other shapes end a login with 401 or 500).

use crate::model::Json;
use crate::model::address::Ids;
use crate::spec::grant::Grant;

use super::{Roles, add};

/// The longest name of a project that Keystone takes.
const LONGEST_NAME: usize = 64;

/// What a claim says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Claim {
    /// The token has no such claim.
    Absent,
    /// Roles in projects.
    Grants(Roles),
    /// Something that Keystone does not understand: what, in words that follow "the claim ".
    Misshapen(String),
}

impl Claim {
    /// Reads the claim `name` of a token's `claims`. A domain that is given by id is known by the name in `ids`.
    #[must_use]
    pub fn read(claims: &Json, name: &str, ids: &Ids) -> Self {
        let misshapen = |what: &str| Self::Misshapen(what.to_owned());
        match claims.get(name) {
            None | Some(Json::Null) => Self::Absent,
            Some(Json::String(text)) => Self::read_text(text, ids),
            // A list of one text reaches Keystone as that text.
            Some(Json::Array(items)) => match items.as_slice() {
                [Json::String(text)] => Self::read_text(text, ids),
                [] => misshapen("is an empty list instead of one text"),
                items if items.iter().all(Json::is_string) => misshapen(
                    "is a list of texts, which Apache joins to something that is no JSON; Keystone reads one text that \
                     holds a JSON array",
                ),
                _ => misshapen(
                    "is a list of objects, which Apache leaves out; Keystone reads one text that holds a JSON array",
                ),
            },
            Some(Json::Object(_)) => misshapen("is an object; Keystone reads one text that holds a JSON array"),
            Some(Json::Bool(_) | Json::Number(_)) => {
                misshapen("is no text; Keystone reads one that holds a JSON array")
            }
        }
    }

    /// What is wrong with the claim `name`, in a few words.
    #[must_use]
    pub fn summary(&self, name: &str) -> String {
        match self {
            Self::Absent => format!("the token has no claim `{name}`"),
            Self::Misshapen(what) => format!("the claim {what}"),
            Self::Grants(_) => "the token does not carry what is promised".to_owned(),
        }
    }

    fn read_text(text: &str, ids: &Ids) -> Self {
        if text.contains(';') {
            return Self::Misshapen("holds a `;`, where Keystone cuts it in two".to_owned());
        }
        let entries = match serde_json::from_str(text) {
            Ok(Json::Array(entries)) => entries,
            Ok(_) => return Self::Misshapen("is JSON, but no array".to_owned()),
            Err(_) => return Self::Misshapen("is no JSON".to_owned()),
        };
        let mut grants = Roles::new();
        for entry in entries {
            if let Err(what) = check(&entry) {
                return Self::Misshapen(what);
            }
            // A domain whose id nobody here knows is of a project that the spec does not speak of.
            let Some(grant) = Grant::parse(&entry.to_string(), ids) else { continue };
            let key = grant.key();
            if grants.contains_key(&key) {
                return Self::Misshapen(format!(
                    "names project {key} twice: its roles would come and go from one login to the next"
                ));
            }
            add(&mut grants, key, grant.roles);
        }
        Self::Grants(grants)
    }
}

/// What Keystone would not take about one entry.
fn check(entry: &Json) -> Result<(), String> {
    let Some(name) = entry.get("name").and_then(Json::as_str) else {
        return Err(format!("holds an entry without the name of a project: {entry}"));
    };
    if name.is_empty() || name.trim() != name {
        return Err(format!("names a project with blanks around its name: `{name}`"));
    }
    if name.chars().count() > LONGEST_NAME {
        return Err(format!("names a project with more than {LONGEST_NAME} characters: `{name}`"));
    }
    let domain = entry.get("domain").and_then(Json::as_object).into_iter().flatten();
    if domain.into_iter().any(|(key, value)| ["id", "name"].contains(&key.as_str()) && !value.is_string()) {
        return Err(format!("names the domain of project `{name}` by something that is no text"));
    }
    if !entry.get("roles").is_some_and(Json::is_array) {
        return Err(format!("says no roles in project `{name}`"));
    }
    if !Grant::is_plain(&entry.to_string()) {
        return Err(format!("says more of project `{name}` than its domain and names of roles: {entry}"));
    }
    let roles = entry.get("roles").and_then(Json::as_array).into_iter().flatten();
    let mut names = roles.map(|role| role.get("name").and_then(Json::as_str));
    if names.any(|role| role.is_none_or(str::is_empty)) {
        return Err(format!("has a role without a name in project `{name}`"));
    }
    Ok(())
}

#[cfg(test)]
mod tests;
