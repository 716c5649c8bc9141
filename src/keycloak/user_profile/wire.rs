//! How Keycloak spells the user profile. A PUT replaces it whole: one that names the policy alone would drop all
//! declared attributes (seen on 26.7).

use serde_json::json;

use crate::http::route::Route;
use crate::model::Json;
use crate::model::path::Path;
use crate::resource::{Body, Request};
use crate::spec::realm::{ProfileAttribute, ProfileGroup};

/// The key of the policy; absent when disabled.
pub(crate) const POLICY: &str = "unmanagedAttributePolicy";

/// The key of the list of declared attributes.
pub(super) const ATTRIBUTES: &str = "attributes";

/// The key of the list of groups that they are shown in.
pub(super) const GROUPS: &str = "groups";

/// An attribute in the server's words: what is said of it and nothing else.
pub(super) fn attribute(attribute: &ProfileAttribute) -> Json {
    let ProfileAttribute {
        name,
        ensure: _,
        display_name,
        multivalued,
        view,
        edit,
        required,
        required_scopes,
        scopes,
        default_value,
        group,
        annotations,
        validations,
    } = attribute;
    let mut item = json!({"name": name});
    let mut set = |keys: &[&str], value: Option<Json>| {
        if let Some(value) = value {
            Path::new(keys.iter().copied()).set(&mut item, value);
        }
    };
    set(&["displayName"], display_name.as_deref().map(Json::from));
    set(&["multivalued"], multivalued.map(Json::from));
    set(&["permissions", "view"], view.as_ref().map(|view| json!(view)));
    set(&["permissions", "edit"], edit.as_ref().map(|edit| json!(edit)));
    let nobody = required.as_ref().is_some_and(Vec::is_empty);
    set(&["required", "roles"], required.as_ref().filter(|_| !nobody).map(|who| json!(who)));
    set(&["required", "scopes"], required_scopes.as_ref().map(|scopes| json!(scopes)));
    set(&["selector", "scopes"], scopes.as_ref().map(|scopes| json!(scopes)));
    set(&["defaultValue"], default_value.as_deref().map(Json::from));
    let nowhere = group.as_deref() == Some("");
    set(&["group"], group.as_deref().filter(|_| !nowhere).map(Json::from));
    set(&["annotations"], annotations.clone().map(Json::Object));
    set(&["validations"], validations.clone().map(Json::Object));
    // An object without a word would demand it of everybody, and no group has an empty name: what is not so is not there.
    for key in
        [("required", nobody), ("group", nowhere)].into_iter().filter(|(_, is_gone)| *is_gone).map(|(key, _)| key)
    {
        item[key] = Json::Null;
    }
    item
}

/// A group of attributes in the server's words: what is said of it and nothing else.
pub(super) fn group(group: &ProfileGroup) -> Json {
    let ProfileGroup { name, ensure: _, display_header, display_description, annotations } = group;
    let mut item = serde_json::Map::from_iter([("name".to_owned(), Json::from(name.as_str()))]);
    let texts = [("displayHeader", display_header), ("displayDescription", display_description)];
    let texts = texts.into_iter().filter_map(|(key, text)| Some((key.to_owned(), Json::from(text.as_deref()?))));
    item.extend(texts);
    item.extend(annotations.clone().map(|annotations| ("annotations".to_owned(), Json::Object(annotations))));
    Json::Object(item)
}

/// The realm's profile document.
pub(crate) fn profile(realm: &str) -> Route {
    crate::keycloak::route(realm, ["users", "profile"])
}

pub(super) fn replace(realm: &str) -> Request {
    Request::put(profile(realm), Body::Whole)
}

/// The attributes that every new realm declares, and which of them it demands (seen on 26.0 and 26.7).
pub(super) fn of_a_new_realm() -> Json {
    let demanded = json!({"roles": ["user"]});
    json!({"attributes": [
        {"name": "username"},
        {"name": "email", "required": demanded},
        {"name": "firstName", "required": demanded},
        {"name": "lastName", "required": demanded},
    ]})
}

/// Whether the profile demands this attribute of people who log in.
pub(crate) fn requires(profile: &Json, attribute: &str) -> bool {
    let attributes = profile.get("attributes").and_then(Json::as_array).map_or(&[][..], Vec::as_slice);
    attributes.iter().any(|declared| {
        declared.get("name").and_then(Json::as_str) == Some(attribute)
            && declared.get("required").is_some_and(|required| !required.is_null())
    })
}
