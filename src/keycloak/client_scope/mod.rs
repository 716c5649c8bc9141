//! A client scope: what the tokens of the clients that have it carry. Its protocol mappers are a resource of their own,
//! although the server keeps them in the same document; so is who has it, which its document does not tell.

mod wire;

use crate::http::Reader;
use crate::http::collection::objects;
use crate::http::failure::Failure;
use crate::keycloak::{settings, sweep};
use crate::model::Json;
use crate::model::address::{Address, Ids, KeycloakKind};
use crate::model::declared::{At, Declared, Fields};
use crate::model::path::Path;
use crate::model::spelling::Spelling;
use crate::model::step::Step;
use crate::model::value::Value;
use crate::model::wanted::{Ensure, Field, Live, Sweep, Want, Wanted};
use crate::resource::{Ask, Found, Problem, Request, Resource, Unsendable};
use crate::spec::client::AuthoritativeScope;
use crate::spec::client_scope::ClientType;
use crate::spec::{self, client_scope};

/// The resource `keycloak/REALM/client-scope/SCOPE`.
pub struct ClientScope;

impl Resource for ClientScope {
    type Declared = Declared<client_scope::ClientScope>;

    fn bare(address: Address) -> Wanted {
        Wanted::entity(address)
    }

    fn wanted(declared: &Self::Declared) -> Wanted {
        let Declared { address, at, value } = declared;
        let client_scope::ClientScope {
            name,
            ensure,
            renamed_from: _,
            description,
            assigned: _,
            display_on_consent_screen,
            consent_screen_text,
            include_in_token_scope,
            display_order,
            settings,
            mappers: _,
            realm_roles: _,
            client_roles: _,
            authoritative,
        } = value;
        let key = |key| Path::new([key]);
        let attribute = |name| Path::new([wire::ATTRIBUTES, name]);
        let (same, text) = (Spelling::Same, Spelling::Text);
        let fields = Fields::at(at)
            .identity("name", key("name"), Value::Json(name.as_str().into()))
            .identity("protocol", key(wire::PROTOCOL), Value::Json(wire::OPENID.into()))
            .is("description", key("description"), same, description.as_deref())
            .is("displayOnConsentScreen", attribute(wire::ON_CONSENT_SCREEN), text, *display_on_consent_screen)
            .is("consentScreenText", attribute("consent.screen.text"), same, consent_screen_text.as_deref())
            .is("includeInTokenScope", attribute(wire::IN_TOKEN_SCOPE), text, *include_in_token_scope)
            .is("displayOrder", attribute("gui.order"), same, display_order.map(|order| order.to_string()));
        let mut fields = fields.into_vec();
        fields.extend(settings.iter().flat_map(|settings| settings::fields(settings, &at.field("settings"))));
        let sweeps = if *ensure == spec::Ensure::Absent { Vec::new() } else { sweeps(address, authoritative, at) };
        Wanted { fields, ensure: (*ensure).into(), sweeps, source: Some(at.source()), ..Self::bare(address.clone()) }
    }

    async fn observe(reader: &Reader, ask: &Ask<'_>) -> Result<Found, Failure> {
        let mut found = Found::default();
        let Some(realm) = ask.realm() else { return Ok(found) };
        if ask.realm_is_missing {
            comes_with_the_realm(ask, &mut found);
            return Ok(found);
        }
        let scopes = all(reader, realm).await?;
        for wanted in &ask.wanted {
            let address = &wanted.address;
            let Some(body) = scopes.iter().find(|body| name(body) == address.name()) else { continue };
            found.problems.extend(of_another_protocol(wanted, body));
            found.live.insert(address.clone(), live(body));
        }
        Ok(found)
    }

    fn normalise(body: Json) -> Json {
        wire::normalise(body)
    }

    fn write(step: &Step, ids: &Ids) -> Result<Request, Unsendable> {
        wire::write(step, ids)
    }

    fn remedy() -> Option<&'static str> {
        Some("correct the name, or declare the client scope: in `clientScopes` of the Realm document")
    }
}

/// A new realm has some client scopes: they are not made, and what is said of them can be written when it is there.
fn comes_with_the_realm(ask: &Ask<'_>, found: &mut Found) {
    let present = ask.wanted.iter().filter(|wanted| wanted.ensure == Ensure::Present);
    for wanted in present.filter(|wanted| is_built_in(wanted.address.name())) {
        let changed = |field: &&Field| matches!(field.want, Want::Is(_) | Want::Items { .. });
        match wanted.fields.iter().find(changed) {
            None => found.adapted.push(Wanted { ensure: Ensure::Required, ..(*wanted).clone() }),
            Some(field) => found.problems.push(Problem {
                address: wanted.address.clone(),
                source: field.source.clone().or_else(|| wanted.source.clone()),
                message: format!("comes with the realm, and `{}` can be changed once that is there", field.word),
                hint: Some("make the realm without this first, and then say it".to_owned()),
            }),
        }
    }
}

/// What is wrong where something is asked of a scope that clients of openid-connect cannot have.
fn of_another_protocol(wanted: &Wanted, body: &Json) -> Option<Problem> {
    let protocol = body.get(wire::PROTOCOL).and_then(Json::as_str).unwrap_or_default();
    let stays = matches!(wanted.ensure, Ensure::Present | Ensure::Existing | Ensure::Required);
    (stays && protocol != wire::OPENID).then(|| Problem {
        address: wanted.address.clone(),
        source: wanted.source.clone(),
        message: format!("is a scope for clients of `{protocol}`, and those here are of `{}`", wire::OPENID),
        hint: Some("choose another name".to_owned()),
    })
}

/// All client scopes of a realm, with their mappers.
///
/// # Errors
/// [`Failure`] of the request; and when none is shown at all: every realm has some.
pub(super) async fn all(reader: &Reader, realm: &str) -> Result<Vec<Json>, Failure> {
    let route = scopes(realm);
    let scopes = objects(reader, &route, reader.get(&route).await?.as_ref().clone())?;
    if scopes.is_empty() {
        return Err(reader.hidden(&route, "the tool's account needs the role `view-clients` of the realm"));
    }
    Ok(scopes)
}

/// The document of one of them, its mappers and all; nothing if there is certainly no such scope.
///
/// # Errors
/// As [`all`].
pub(super) async fn find(reader: &Reader, realm: &str, name: &str) -> Result<Option<Json>, Failure> {
    Ok(all(reader, realm).await?.into_iter().find(|body| wire::name(body) == name))
}

/// One of them, as it is found.
pub(super) fn live(body: &Json) -> Live {
    let id = body.get("id").and_then(Json::as_str).map(str::to_owned);
    Live { id, body: wire::normalise(body.clone()) }
}

/// The sweeps of a scope, a client scope or the dedicated one of a client, that says everything of these collections
/// `at` some place.
pub(super) fn sweeps(scope: &Address, authoritative: &[AuthoritativeScope], at: &At) -> Vec<Sweep> {
    let kind = |collection: &AuthoritativeScope| match collection {
        AuthoritativeScope::Mappers => KeycloakKind::ProtocolMapper,
        AuthoritativeScope::Roles => KeycloakKind::ScopeMapping,
    };
    authoritative.iter().map(|collection| sweep::all_of(scope, kind(collection), at)).collect()
}

/// Whether every new realm has this client scope.
pub(super) fn is_built_in(scope: &str) -> bool {
    wire::BUILT_IN.iter().any(|known| known.name == scope)
}

/// Whether every new realm has this mapper of this client scope.
pub(super) fn is_mapper_built_in(scope: &str, mapper: &str) -> bool {
    wire::BUILT_IN.iter().any(|known| known.name == scope && known.mappers.contains(&mapper))
}

/// How a new client of a new realm gets this client scope, if it does.
pub(super) fn built_in_type(scope: &str) -> Option<ClientType> {
    wire::BUILT_IN.iter().find(|known| known.name == scope)?.assigned
}

/// The client scopes that come with a realm.
pub(super) fn built_in_names() -> impl Iterator<Item = &'static str> {
    wire::BUILT_IN.iter().map(|known| known.name)
}

pub(super) use wire::{is_openid, name, scopes};

#[cfg(test)]
mod tests;
