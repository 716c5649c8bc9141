//! The user profile: which attributes are declared, what happens to all others.

use serde_json::{Value as Json, json};

use super::rights::Rights;
use super::{Answer, Document, Keycloak, Request, representation};

/// The key of the policy for attributes that are not declared.
pub(super) const POLICY: &str = "unmanagedAttributePolicy";

/// What an administrator may do with an attribute.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Access {
    /// Neither seen nor written; writes vanish without a word.
    Hidden,
    /// Seen; writes vanish without a word.
    Seen,
    /// Seen where declared so; a change of it is refused.
    Refused {
        seen: bool,
    },
    Edited,
}

impl Access {
    pub(super) fn visible(self) -> bool {
        matches!(self, Self::Seen | Self::Edited | Self::Refused { seen: true })
    }
}

impl Keycloak {
    pub(super) fn user_profile(&mut self, request: &Request, rights: &Rights, realm: &str) -> Result<Answer, Answer> {
        match request.method.as_str() {
            "GET" => {
                rights.need(&["query-users", "view-users", "view-realm", "manage-users", "manage-realm"])?;
            }
            "PUT" => {
                rights.need(&["manage-realm"])?;
                let mut profile = representation::read(request, &representation::profile(), |_| ())?;
                if let Some(missing) = ["username", "email"].iter().find(|name| removed(&profile, name)) {
                    let text = format!("[The attribute '{missing}' can not be removed]");
                    return Err(Answer::json(400, &json!({"errorMessage": text})));
                }
                profile.entry("groups").or_insert_with(|| json!([]));
                tidy(&mut profile)?;
                self.realm(realm)?.profile = profile;
            }
            _ => return Err(Answer::unknown_route()),
        }
        Ok(Answer::json(200, &Json::Object(self.realm(realm)?.profile.clone())))
    }
}

/// What is null is not there; whether there are several values is always said; attributes are in groups that are there.
fn tidy(profile: &mut Document) -> Result<(), Answer> {
    let entries =
        |profile: &Document, list: &str| profile.get(list).and_then(Json::as_array).cloned().unwrap_or_default();
    let groups: Vec<Json> = entries(profile, "groups").iter().map(|group| group["name"].clone()).collect();
    let mut lost = Vec::new();
    for list in ["attributes", "groups"] {
        for entry in profile.get_mut(list).and_then(Json::as_array_mut).into_iter().flatten() {
            let Some(entry) = entry.as_object_mut() else { continue };
            entry.retain(|_, value| !value.is_null());
            if list == "groups" {
                continue;
            }
            entry.entry("multivalued").or_insert(false.into());
            if let Some(group) = entry.get("group").filter(|group| !groups.contains(group)) {
                let [name, group] = [&entry["name"], group].map(|text| text.as_str().unwrap_or_default());
                lost.push(format!("Attribute '{name}' references unknown group '{group}'"));
            }
        }
    }
    let refused = || Answer::json(400, &json!({"errorMessage": format!("[{}]", lost.join(", "))}));
    if lost.is_empty() { Ok(()) } else { Err(refused()) }
}

/// Whether a list of attributes leaves this one out; no list at all is let through.
fn removed(profile: &Document, name: &str) -> bool {
    profile.contains_key("attributes") && declared(profile, name).is_none()
}

/// What an administrator may do with this attribute of a user.
pub(super) fn access(profile: &Document, name: &str) -> Access {
    let Some(declaration) = declared(profile, name) else {
        return match profile.get(POLICY).and_then(Json::as_str) {
            Some("ENABLED" | "ADMIN_EDIT") => Access::Edited,
            Some("ADMIN_VIEW") => Access::Seen,
            _ => Access::Hidden,
        };
    };
    let admin = |list: &str| {
        let who = declaration["permissions"][list].as_array();
        who.is_some_and(|who| who.iter().any(|who| who == "admin"))
    };
    if admin("edit") { Access::Edited } else { Access::Refused { seen: admin("view") } }
}

pub(super) fn declared<'a>(profile: &'a Document, name: &str) -> Option<&'a Json> {
    profile.get("attributes").and_then(Json::as_array)?.iter().find(|declared| declared["name"] == name)
}

/// Whether a user has all that a user must have to log in.
pub(super) fn complete(profile: &Document, user: &Document) -> bool {
    ["email", "firstName", "lastName"].iter().all(|name| {
        let required = declared(profile, name).is_some_and(|declared| !declared["required"].is_null());
        !required || user.contains_key(*name)
    })
}

/// The profile of a new realm.
pub(super) fn default() -> Document {
    let both = json!({"view": ["admin", "user"], "edit": ["admin", "user"]});
    let of_users = json!({"roles": ["user"]});
    let name = |name: &str| {
        json!({"name": name, "displayName": format!("${{{name}}}"), "required": of_users, "permissions": both, "multivalued": false,
            "validations": {"length": {"max": 255}, "person-name-prohibited-characters": {}}})
    };
    let profile = json!({
        "attributes": [
            {"name": "username", "displayName": "${username}", "permissions": both, "multivalued": false,
             "validations": {"length": {"min": 3, "max": 255}, "username-prohibited-characters": {},
                "up-username-not-idn-homograph": {}}},
            {"name": "email", "displayName": "${email}", "required": of_users, "permissions": both, "multivalued": false,
             "validations": {"email": {}, "length": {"max": 255}}},
            name("firstName"), name("lastName"),
        ],
        "groups": [{"name": "user-metadata", "displayHeader": "User metadata",
            "displayDescription": "Attributes, which refer to user metadata"}],
    });
    profile.as_object().cloned().unwrap_or_default()
}
