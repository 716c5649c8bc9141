//! What a person's access token would carry: Keycloak makes an example of it with the real mappers, and without a login
//! (equal to a real one but for times and ids; seen on 26.0 and 26.7). And what could be the cause if it is not as it
//! should be.

use crate::access::cause::{Mapper, Reach};
use crate::http::Reader;
use crate::http::collection::objects;
use crate::http::failure::Failure;
use crate::keycloak::{client, user_profile};
use crate::model::Json;
use crate::model::spelling::Spelling;

/// The scopes that the `openstack` client asks for.
pub const SCOPES: &str = "openid profile";

/// The claims of an example token of the person with the id `user` for the client with the id `client`.
///
/// # Errors
/// [`Failure`] of the request; it needs the roles `view-clients` and `view-users`.
pub async fn claims(reader: &Reader, realm: &str, client: &str, user: &str) -> Result<Json, Failure> {
    let route = client::clients(realm)
        .child(client)
        .child("evaluate-scopes")
        .child("generate-example-access-token")
        .with("scope", SCOPES)
        .with("userId", user);
    reader.stream(&route).await
}

/// The client's document; nothing if there is certainly no such client.
///
/// # Errors
/// [`Failure`] of the request.
pub async fn client(reader: &Reader, realm: &str, client_id: &str) -> Result<Option<Json>, Failure> {
    client::find(reader, realm, client_id).await
}

/// The mappers of the client's dedicated scope and of all other scopes of the realm, with their reach.
///
/// # Errors
/// [`Failure`] of the request; it needs the role `view-clients`.
pub async fn mappers(reader: &Reader, realm: &str, client: &Json) -> Result<Vec<Mapper>, Failure> {
    let route = super::route(realm, ["client-scopes"]);
    let answer = reader.get(&route).await?;
    let scopes = objects(reader, &route, answer.as_ref().clone())?;
    let is_one_of = |list: &str, name: &str| {
        client.get(list).and_then(Json::as_array).is_some_and(|names| names.iter().any(|known| known == name))
    };
    let mut mappers = of(client, &Reach::Always);
    for scope in &scopes {
        let name = text(scope, "name").unwrap_or_default();
        let reach = if is_one_of("defaultClientScopes", &name) {
            Reach::Always
        } else if is_one_of("optionalClientScopes", &name) {
            Reach::WhenAsked(name)
        } else {
            Reach::Never(name)
        };
        mappers.extend(of(scope, &reach));
    }
    Ok(mappers)
}

/// What the realm's profile does with `attribute`: the policy for those that it does not declare, in the spec's words;
/// nothing if it declares it.
///
/// # Errors
/// [`Failure`] of the request.
pub async fn policy(reader: &Reader, realm: &str, attribute: &str) -> Result<Option<String>, Failure> {
    let profile = reader.object(&user_profile::profile(realm)).await?;
    let declared = profile.get("attributes").and_then(Json::as_array).into_iter().flatten();
    if declared.into_iter().any(|declared| text(declared, "name").as_deref() == Some(attribute)) {
        return Ok(None);
    }
    let policy = profile.get(user_profile::POLICY).unwrap_or(&Json::Null);
    Ok(Spelling::Policy.operator(policy).as_str().map(str::to_owned))
}

/// Whether the server shows a value of `attribute` on the account with the id `user`, or on a group that the account is
/// in.
///
/// # Errors
/// [`Failure`] of a request; it needs the role `view-users`.
pub async fn has_value(reader: &Reader, realm: &str, user: &str, attribute: &str) -> Result<bool, Failure> {
    let has = |holder: &Json| {
        let values = holder.get("attributes").and_then(|attributes| attributes.get(attribute));
        values.and_then(Json::as_array).is_some_and(|values| !values.is_empty())
    };
    let account = super::route(realm, ["users", user]);
    if has(&*reader.object(&account).await?) {
        return Ok(true);
    }
    let groups = account.child("groups").with("briefRepresentation", false);
    let answer = reader.get(&groups).await?;
    Ok(objects(reader, &groups, answer.as_ref().clone())?.iter().any(has))
}

/// The mappers of a client or a scope.
fn of(holder: &Json, reach: &Reach) -> Vec<Mapper> {
    let mappers = holder.get("protocolMappers").and_then(Json::as_array).into_iter().flatten();
    let mapper = |mapper: &Json| {
        let config = mapper.get("config").cloned().unwrap_or_default();
        Mapper {
            name: text(mapper, "name").unwrap_or_default(),
            provider: text(mapper, "protocolMapper").unwrap_or_default(),
            reach: reach.clone(),
            attribute: ending(&config, "attribute"),
            claim: ending(&config, "claim.name"),
            in_access_token: text(&config, "access.token.claim").as_deref() == Some("true"),
        }
    };
    mappers.map(mapper).collect()
}

/// The value of the property whose name ends so; providers name theirs `user.attribute`, `user.attribute.name`, …
fn ending(config: &Json, end: &str) -> Option<String> {
    let named = |name: &String| name.ends_with(end) || name.ends_with(&format!("{end}.name"));
    let (_, value) = config.as_object()?.iter().find(|(name, _)| named(name))?;
    value.as_str().map(str::to_owned)
}

fn text(json: &Json, key: &str) -> Option<String> {
    json.get(key).and_then(Json::as_str).map(str::to_owned)
}
