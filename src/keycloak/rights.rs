//! Which admin role a refused request needed, by what it was about (Keycloak 26.7, its `realm-management` roles).

use reqwest::Method;

use crate::http::failure::{Failure, Kind};
use crate::http::route::Route;

/// What a failure means for the operator, where a rule is known.
pub(super) fn explain(method: &Method, route: &Route, failure: &Failure) -> Option<String> {
    let segments: Vec<&str> = route.segments().iter().map(String::as_str).collect();
    if (failure.kind, segments.as_slice()) == (Kind::Forbidden, &["admin", "realms"]) {
        return Some("the tool's account needs the role `create-realm` of realm `master`".to_owned());
    }
    let ["admin", "realms", realm, rest @ ..] = segments.as_slice() else { return None };
    match failure.kind {
        Kind::Forbidden => {
            let role = role(method, rest)?;
            Some(format!("the tool's account needs the role `{role}` of realm `{realm}`"))
        }
        Kind::Missing if failure.words().starts_with("Realm not found") => Some(format!(
            "correct `realm` in the Realm document; or say `ensure: present` there, so that realm `{realm}` is made"
        )),
        _ => None,
    }
}

fn role(method: &Method, segments: &[&str]) -> Option<&'static str> {
    let writes = *method != Method::GET;
    Some(match segments {
        [] | ["users", "profile"] if writes => "manage-realm",
        ["users", _, "role-mappings", "clients", _] | ["client-scopes"] if !writes => "view-clients",
        ["users", "profile"] | ["roles", _, "users"] | ["clients", _, "roles", _, "users"] => "view-users",
        [] | ["roles", ..] => "view-realm",
        ["users" | "groups", ..] if writes => "manage-users",
        ["users" | "groups", ..] => "view-users",
        ["clients", _, "evaluate-scopes", ..] => "view-clients` and `view-users",
        ["clients", ..] if writes => "manage-clients",
        ["clients", ..] => "view-clients",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    //! A refused request names the role that it needed.

    use super::*;

    #[test]
    fn looking_at_roles_and_at_who_has_them_needs_different_rights() {
        let needed = |path: &[&str]| role(&Method::GET, path);
        assert_eq!(needed(&["roles"]), Some("view-realm"));
        assert_eq!(needed(&["clients", "id", "roles"]), Some("view-clients"));
        for path in [&["roles", "ops", "users"][..], &["clients", "id", "roles", "ops", "users"], &["users", "id"]] {
            assert_eq!(needed(path), Some("view-users"), "{path:?}");
        }
        assert_eq!(needed(&["users", "id", "role-mappings", "clients", "id"]), Some("view-clients"));
        assert_eq!(needed(&["groups", "id", "role-mappings", "realm"]), Some("view-users"));
    }
}
