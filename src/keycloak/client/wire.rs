//! How Keycloak spells clients. A POST that names the protocol makes a public client with direct access grants, and derives
//! redirect URIs from the root URL; one that does not makes a confidential client with neither (seen on 26.7).
//! A PUT merges; but when it does not mention them, it switches authorization services off and derives empty web origins
//! anew from the redirect URIs (seen on 26.0 and 26.7).

use crate::http::route::Route;
use crate::model::Json;
use crate::model::address::Ids;
use crate::model::change::Change;
use crate::model::path::Path;
use crate::model::spelling::Spelling;
use crate::model::step::{Action, Step};
use crate::model::value::Value;
use crate::resource::{Body, Request, Unsendable, id};
use crate::spec::client::Pkce;

/// Shown by the server only when true.
pub(super) const AUTHORIZATION: &str = "authorizationServicesEnabled";

/// Without it, 26.0 refuses a change of a client that has authorization services.
pub(crate) const SERVICE_ACCOUNT: &str = "serviceAccountsEnabled";

/// Derived by the server wherever it is left out and empty.
pub(super) const WEB_ORIGINS: &str = "webOrigins";

/// Whether anybody may log in through the client without proving that it is this client.
pub(crate) const PUBLIC: &str = "publicClient";

/// Shown to those who may view clients, by later versions as asterisks only.
pub(crate) const SECRET: &str = "secret";

/// Attributes that have words of their own.
pub(super) const PKCE: &str = "pkce.code.challenge.method";
pub(super) const POST_LOGOUT: &str = "post.logout.redirect.uris";

/// The method of PKCE; an empty text takes the attribute away.
pub(super) fn pkce(method: Pkce) -> &'static str {
    match method {
        Pkce::S256 => "S256",
        Pkce::Off => "",
    }
}

/// The realm's clients.
pub(crate) fn clients(realm: &str) -> Route {
    crate::keycloak::route(realm, ["clients"])
}

/// The list of clients with this client id: exact and case-sensitive.
pub(super) fn look_up(realm: &str, client_id: &str) -> Route {
    clients(realm).with("clientId", client_id)
}

/// A client that every realm has: it stands for the rights on the realm.
pub(super) fn built_in(realm: &str) -> &'static str {
    if realm == "master" { "master-realm" } else { "realm-management" }
}

/// Shows what is false by being absent, gives an order to what has none, and hides what is another resource's.
pub(super) fn normalise(mut body: Json) -> Json {
    if let Json::Object(client) = &mut body {
        client.entry(AUTHORIZATION).or_insert(Json::Bool(false));
        client.shift_remove("protocolMappers");
        if let Some(addresses) = client.get_mut("attributes").and_then(|attributes| attributes.get_mut(POST_LOGOUT)) {
            *addresses = Spelling::Joined.server(&Spelling::Joined.operator(addresses));
        }
    }
    body
}

/// Whether the client has an account of its own from this step on.
pub(super) fn turns_account_on(step: &Step) -> bool {
    let on = |change: &Change| matches!(change, Change::Value { after: Value::Json(Json::Bool(true)), .. });
    let flag = Path::new([SERVICE_ACCOUNT]);
    step.action != Action::Delete && step.fields.iter().any(|field| field.path == flag && on(&field.change))
}

/// Whether the client has a secret from this step on that it did not have before.
pub(super) fn turns_secret_on(step: &Step) -> bool {
    let public = Path::new([PUBLIC]);
    let said = step.fields.iter().find(|field| field.path == public).map(|field| &field.change);
    let on = matches!(said, Some(Change::Value { after: Value::Json(Json::Bool(false)), .. }));
    on || (step.action == Action::Create && said.is_none())
}

pub(super) fn write(step: &Step, ids: &Ids) -> Result<Request, Unsendable> {
    let clients = clients(crate::keycloak::realm(&step.address));
    Ok(match step.action {
        Action::Create => Request::create(clients),
        Action::Update => Request::put(
            clients.child(id(ids, &step.address)?),
            Body::Changed { echo: &[AUTHORIZATION, SERVICE_ACCOUNT, WEB_ORIGINS] },
        ),
        Action::Delete => Request::delete(clients.child(id(ids, &step.address)?)),
    })
}
