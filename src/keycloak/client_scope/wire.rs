//! How Keycloak spells client scopes, and which of them come with a realm (seen on 26.7). A PUT merges and needs the name;
//! it does not see mappers. The list shows all that one scope's own document does.

use crate::http::route::Route;
use crate::model::Json;
use crate::model::address::Ids;
use crate::model::step::{Action, Step};
use crate::resource::{Body, Request, Unsendable, id};
use crate::spec::client_scope::ClientType;

pub(super) const PROTOCOL: &str = "protocol";
/// The protocol of the clients here.
pub(super) const OPENID: &str = "openid-connect";

pub(super) const ATTRIBUTES: &str = "attributes";
/// On where it is not said.
pub(super) const ON_CONSENT_SCREEN: &str = "display.on.consent.screen";
/// On where it is not said.
pub(super) const IN_TOKEN_SCOPE: &str = "include.in.token.scope";

/// A client scope that every new realm has.
pub(super) struct BuiltIn {
    pub(super) name: &'static str,
    /// How new clients of openid-connect get it.
    pub(super) assigned: Option<ClientType>,
    pub(super) mappers: &'static [&'static str],
}

const PROFILE: [&str; 14] = [
    "birthdate",
    "family name",
    "full name",
    "gender",
    "given name",
    "locale",
    "middle name",
    "nickname",
    "picture",
    "profile",
    "updated at",
    "username",
    "website",
    "zoneinfo",
];

const DEFAULT: Option<ClientType> = Some(ClientType::Default);
const OPTIONAL: Option<ClientType> = Some(ClientType::Optional);

/// What every new realm has.
pub(super) const BUILT_IN: [BuiltIn; 15] = [
    BuiltIn { name: "AuthnContextClassRef", assigned: None, mappers: &["AuthnContextClassRef"] },
    BuiltIn { name: "acr", assigned: DEFAULT, mappers: &["acr loa level"] },
    BuiltIn { name: "address", assigned: OPTIONAL, mappers: &["address"] },
    BuiltIn { name: "basic", assigned: DEFAULT, mappers: &["auth_time", "sub"] },
    BuiltIn { name: "email", assigned: DEFAULT, mappers: &["email", "email verified"] },
    BuiltIn { name: "microprofile-jwt", assigned: OPTIONAL, mappers: &["groups", "upn"] },
    BuiltIn { name: "offline_access", assigned: OPTIONAL, mappers: &[] },
    BuiltIn { name: "organization", assigned: OPTIONAL, mappers: &["organization"] },
    BuiltIn { name: "phone", assigned: OPTIONAL, mappers: &["phone number", "phone number verified"] },
    BuiltIn { name: "profile", assigned: DEFAULT, mappers: &PROFILE },
    BuiltIn { name: "role_list", assigned: None, mappers: &["role list"] },
    BuiltIn { name: "roles", assigned: DEFAULT, mappers: &["audience resolve", "client roles", "realm roles"] },
    BuiltIn { name: "saml_organization", assigned: None, mappers: &["organization"] },
    BuiltIn { name: "service_account", assigned: None, mappers: &["Client Host", "Client ID", "Client IP Address"] },
    BuiltIn { name: "web-origins", assigned: DEFAULT, mappers: &["allowed web origins"] },
];

/// The realm's client scopes.
pub(in crate::keycloak) fn scopes(realm: &str) -> Route {
    crate::keycloak::route(realm, ["client-scopes"])
}

/// The name of a scope.
pub(in crate::keycloak) fn name(scope: &Json) -> &str {
    scope.get("name").and_then(Json::as_str).unwrap_or_default()
}

/// Whether clients of openid-connect can have the scope.
pub(in crate::keycloak) fn is_openid(scope: &Json) -> bool {
    scope.get(PROTOCOL).and_then(Json::as_str) == Some(OPENID)
}

/// Shows what is on by being absent, and hides what is another resource's.
pub(super) fn normalise(mut body: Json) -> Json {
    if let Json::Object(scope) = &mut body {
        scope.shift_remove("protocolMappers");
        let attributes = scope.entry(ATTRIBUTES).or_insert_with(|| Json::Object(serde_json::Map::new()));
        if let Json::Object(attributes) = attributes {
            for flag in [ON_CONSENT_SCREEN, IN_TOKEN_SCOPE] {
                attributes.entry(flag).or_insert_with(|| "true".into());
            }
        }
    }
    body
}

pub(super) fn write(step: &Step, ids: &Ids) -> Result<Request, Unsendable> {
    let scopes = scopes(crate::keycloak::realm(&step.address));
    Ok(match step.action {
        Action::Create => Request::create(scopes),
        Action::Update => Request::put(scopes.child(id(ids, &step.address)?), Body::Changed { echo: &["name"] }),
        Action::Delete => Request::delete(scopes.child(id(ids, &step.address)?)),
    })
}
