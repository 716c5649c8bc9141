//! Which admin roles the parts of a spec need, and which one a refused request needed, by what it was about (Keycloak
//! 26.7; roles of the realm's client `realm-management`, for an account of realm `master` of its client `REALM-realm`).

use reqwest::Method;

use crate::http::failure::{Failure, Kind};
use crate::http::route::Route;

const VIEW_REALM: &str = "view-realm";
const MANAGE_REALM: &str = "manage-realm";
const VIEW_CLIENTS: &str = "view-clients";
const MANAGE_CLIENTS: &str = "manage-clients";
const VIEW_IDENTITY_PROVIDERS: &str = "view-identity-providers";
const MANAGE_IDENTITY_PROVIDERS: &str = "manage-identity-providers";
const VIEW_USERS: &str = "view-users";
const MANAGE_USERS: &str = "manage-users";

/// The client scopes that new clients get.
const DEFAULTS: &str = "default-default-client-scopes";
const OPTIONALS: &str = "default-optional-client-scopes";

/// What a part of a spec needs; none of it can be left out (`tests/real_servers/rights.rs`).
#[derive(Clone, Copy, Debug)]
pub struct Needs {
    /// The part, in the words of the spec.
    pub part: &'static str,
    /// The roles for looking at it.
    pub look: &'static [&'static str],
    /// All roles for changing it; who may manage something may also look at it. Empty where nothing is changed.
    pub change: &'static [&'static str],
}

/// The needs of each part of a spec.
pub const NEEDS: [Needs; 11] = [
    Needs {
        part: "the fields of a Realm, its `roles` and `defaultGroups`",
        look: &[VIEW_REALM],
        change: &[MANAGE_REALM],
    },
    Needs { part: "`userProfile`", look: &[VIEW_REALM], change: &[MANAGE_REALM] },
    Needs {
        part: "`clients` and `clientScopes`, with their mappers, secrets and roles, and who has which of them",
        look: &[VIEW_CLIENTS],
        change: &[MANAGE_CLIENTS],
    },
    Needs { part: "`groups`, with their grants", look: &[VIEW_USERS], change: &[MANAGE_USERS] },
    Needs { part: "`users`, with their memberships and grants", look: &[VIEW_USERS], change: &[MANAGE_USERS] },
    Needs {
        part: "`realmRoles` of users, groups and service accounts",
        look: &[VIEW_REALM, VIEW_USERS],
        change: &[VIEW_REALM, MANAGE_USERS],
    },
    Needs {
        part: "`clientRoles` of users, groups and service accounts",
        look: &[VIEW_CLIENTS, VIEW_USERS],
        change: &[VIEW_CLIENTS, MANAGE_USERS],
    },
    Needs {
        part: "`realmRoles` of dedicated scopes and client scopes",
        look: &[VIEW_REALM, VIEW_CLIENTS],
        change: &[MANAGE_REALM, MANAGE_CLIENTS],
    },
    Needs { part: "the example tokens of `verify`", look: &[VIEW_CLIENTS, VIEW_USERS], change: &[] },
    Needs {
        part: "`identityProviders`, with their mappers",
        look: &[VIEW_IDENTITY_PROVIDERS],
        change: &[MANAGE_IDENTITY_PROVIDERS],
    },
    Needs {
        part: "`users` who come out of a directory (user federation), with what that may own",
        look: &[VIEW_REALM, VIEW_USERS],
        change: &[VIEW_REALM, MANAGE_USERS],
    },
];

/// The role of realm `master` that making a realm needs; whoever has made it can do everything in it.
pub const MAKE_A_REALM: &str = "create-realm";

/// What a failure means for the operator, where a rule is known.
pub(super) fn explain(method: &Method, route: &Route, failure: &Failure) -> Option<String> {
    let segments: Vec<&str> = route.segments().iter().map(String::as_str).collect();
    if (failure.kind, segments.as_slice()) == (Kind::Forbidden, &["admin", "realms"]) {
        return Some(format!("the tool's account needs the role `{MAKE_A_REALM}` of realm `master`"));
    }
    let ["admin", "realms", realm, rest @ ..] = segments.as_slice() else { return None };
    match failure.kind {
        Kind::LoginRefused => Some(
            "the token was refused although it is new: do the clocks agree? Keycloak from 26.8 on also wants the client \
             scope `kc-admin-api` in it: make it a default scope of the tool's client"
                .to_owned(),
        ),
        Kind::Forbidden => {
            let role = role(method, rest)?;
            Some(format!("the tool's account needs the role `{role}` of realm `{realm}`"))
        }
        Kind::Missing if failure.words().starts_with("Realm not found") => Some(format!(
            "correct `realm` in the Realm document; or say `ensure: present` there, so that realm `{realm}` is made"
        )),
        // The directory is asked again at each look, and keeps what it gives (seen on 26.7).
        Kind::Refused if failure.words().contains("mapper mode is READ_ONLY") => Some(
            "the person has this out of a directory that is only read: take it away there, or say nothing of it".to_owned(),
        ),
        Kind::Refused => unknown_field(failure.words()).map(|field| {
            format!(
                "this Keycloak knows no field `{field}` there, which another version may: leave out the word that \
                 becomes it, which schemas/reference.md tells"
            )
        }),
        _ => None,
    }
}

/// The field of a document that the server says it does not know (seen on 26.0 and 26.7).
fn unknown_field(words: &str) -> Option<&str> {
    let (_, field) = words.split_once("Unrecognized field \"")?;
    field.split_once('"').map(|(field, _)| field)
}

fn role(method: &Method, segments: &[&str]) -> Option<&'static str> {
    let writes = *method != Method::GET;
    Some(match segments {
        [] | ["users", "profile"] | ["roles"] | ["default-groups", _] if writes => MANAGE_REALM,
        ["roles-by-id", ..] if writes => "manage-realm`, or of a client's role `manage-clients",
        ["roles-by-id", ..] => "view-realm`, or of a client's role `view-clients",
        ["users", _, "role-mappings", "clients", _] if !writes => VIEW_CLIENTS,
        ["identity-provider", ..] if writes => MANAGE_IDENTITY_PROVIDERS,
        ["identity-provider", ..] => VIEW_IDENTITY_PROVIDERS,
        ["roles", _, "users"] | ["clients", _, "roles", _, "users"] => VIEW_USERS,
        [] | ["users", "profile"] | ["roles" | "default-groups" | "components", ..] | ["authentication", "flows"] => {
            VIEW_REALM
        }
        ["users" | "groups", ..] if writes => MANAGE_USERS,
        ["users" | "groups" | "attack-detection", ..] => VIEW_USERS,
        ["clients" | "client-scopes", _, "protocol-mappers", ..] if writes => {
            "manage-clients` and, from Keycloak 26.8 on, `manage-realm"
        }
        ["clients", _, "evaluate-scopes", ..] => "view-clients` and `view-users",
        ["clients" | "client-scopes", _, "scope-mappings", "realm"] if writes => "manage-clients` and `manage-realm",
        ["clients" | "client-scopes" | DEFAULTS | OPTIONALS, ..] if writes => MANAGE_CLIENTS,
        ["clients" | "client-scopes" | DEFAULTS | OPTIONALS, ..] => VIEW_CLIENTS,
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
        assert_eq!(needed(&["default-groups"]), Some("view-realm"));
        assert_eq!(role(&Method::PUT, &["default-groups", "id"]), Some("manage-realm"));
        assert_eq!(needed(&["clients", "id", "roles"]), Some("view-clients"));
        for path in [&["roles", "ops", "users"][..], &["clients", "id", "roles", "ops", "users"], &["users", "id"]] {
            assert_eq!(needed(path), Some("view-users"), "{path:?}");
        }
        assert_eq!(needed(&["users", "id", "role-mappings", "clients", "id"]), Some("view-clients"));
        assert_eq!(needed(&["client-scopes", "id", "scope-mappings"]), Some("view-clients"));
        assert_eq!(needed(&["default-default-client-scopes"]), Some("view-clients"));
        let carried = role(&Method::POST, &["clients", "id", "scope-mappings", "realm"]);
        assert!(carried.is_some_and(|rights| rights.contains("manage-realm")), "{carried:?}");
        assert_eq!(needed(&["groups", "id", "role-mappings", "realm"]), Some("view-users"));
    }

    #[test]
    fn a_field_that_an_older_server_does_not_know_is_named() {
        let said =
            "Unrecognized field \"defaultValue\" (class org.keycloak.representations.userprofile.config.UPAttribute)";
        assert_eq!(unknown_field(said), Some("defaultValue"));
        assert_eq!(unknown_field("Unrecognized field"), None);
    }
}
