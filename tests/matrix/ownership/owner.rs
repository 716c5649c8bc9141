//! Who owns what: a plain account, against which the servers are held.

use std::collections::BTreeMap;

use serde_json::{Value as Json, json};

use crate::tally::Broken;

/// Every object of both servers by its address.
pub(super) type Dump = BTreeMap<String, Json>;

/// What the spec claims, by address.
pub(super) type Claims = BTreeMap<String, Claim>;

/// What is claimed of one thing.
pub(super) enum Claim {
    /// It is not there.
    Gone,
    /// It is there, and these parts of it are so.
    There(Vec<Part>),
}

/// A part of a thing that the spec owns.
pub(super) enum Part {
    /// What is at this path.
    Is(Vec<&'static str>, Json),
    /// Of all values of the attribute of grants those of this project: one with this role, or none.
    Grant(&'static str, Option<&'static str>),
}

/// What is not as the account says.
pub(super) fn judge(before: &Dump, after: &Dump, claims: &Claims) -> Result<(), Broken> {
    for address in before.keys().chain(after.keys()) {
        let (was, is) = (before.get(address), after.get(address));
        match (claims.get(address), is) {
            (Some(Claim::Gone), Some(_)) => return Err(Broken::Wrong(format!("{address} is still there"))),
            (Some(Claim::Gone), None) => {}
            (Some(Claim::There(parts)), Some(is)) => there(address, was, is, parts)?,
            (None, is) if is == was => {}
            (None, None) if goes_with(address, before, claims) => {}
            (Some(Claim::There(_)), None) => return Err(Broken::Lost(format!("{address} is not there"))),
            (None, is) => {
                return Err(Broken::Lost(format!("{address} is nobody's, was\n  {was:?}\nand is\n  {is:?}")));
            }
        }
    }
    let absent =
        claims.iter().find(|(address, claim)| matches!(claim, Claim::There(_)) && !after.contains_key(*address));
    absent.map_or(Ok(()), |(address, _)| Err(Broken::Lost(format!("{address} is not there"))))
}

/// Whether a thing lies in or links one that goes.
fn goes_with(address: &str, before: &Dump, claims: &Claims) -> bool {
    let gone = claims.iter().filter(|(_, claim)| matches!(claim, Claim::Gone)).map(|(address, _)| address);
    gone.filter(|gone| before.contains_key(*gone)).any(|gone| {
        let parts: Vec<&str> = gone.split('/').collect();
        match parts.as_slice() {
            [_, _, "user", name] => {
                address.ends_with(&format!("/{name}"))
                    && (address.contains("/membership/") || address.contains("/role-mapping/"))
            }
            [_, _, "group", name] => {
                address.starts_with(&format!("keycloak/pod/group/{name}/"))
                    || address.starts_with(&format!("keycloak/pod/membership/{name}/"))
            }
            ["keystone", "project", domain, name] => address.contains(&format!("/project/{domain}/{name}/")),
            _ => false,
        }
    })
}

/// One that was there is the same but for what is owned; a new one has at least that.
fn there(address: &str, was: Option<&Json>, is: &Json, parts: &[Part]) -> Result<(), Broken> {
    let same = |one: &Json, other: &Json| plain(one.clone()) == plain(other.clone());
    let (base, what) = match was {
        Some(was) => (was, "was there and should be"),
        None => (is, "is new and should be"),
    };
    let mut should = base.clone();
    for part in parts {
        own(&mut should, part);
    }
    if same(&should, is) {
        return Ok(());
    }
    Err(Broken::Lost(format!("{address} {what}\n  {should}\nand is\n  {is}")))
}

fn own(document: &mut Json, part: &Part) {
    match part {
        Part::Is(path, value) => *path.iter().fold(document, |document, key| &mut document[*key]) = value.clone(),
        Part::Grant(project, role) => {
            let values = document["attributes"]["project"].as_array().cloned().unwrap_or_default();
            let mut values: Vec<Json> =
                values.into_iter().filter(|value| project_of(value).as_deref() != Some(project)).collect();
            values.extend(role.map(|role| {
                Json::from(
                    json!({"domain": {"name": "Default"}, "name": project, "roles": [{"name": role}]}).to_string(),
                )
            }));
            document["attributes"]["project"] = values.into();
        }
    }
}

fn project_of(value: &Json) -> Option<String> {
    let grant: Json = serde_json::from_str(value.as_str()?).ok()?;
    Some(grant["name"].as_str()?.to_owned())
}

/// Without attributes that have no value, and without the order of grants, which means nothing.
fn plain(mut document: Json) -> Json {
    if let Some(attributes) = document.get_mut("attributes").and_then(Json::as_object_mut) {
        attributes.retain(|_, values| *values != json!([]) && !values.is_null());
        if let Some(grants) = attributes.get_mut("project").and_then(Json::as_array_mut) {
            grants.sort_by_key(ToString::to_string);
        }
    }
    document
}
