//! A protocol mapper in a client's dedicated scope, or in a client scope. What its properties are called is learnt from the server's
//! description of the provider; a provider that is not installed is found while planning.

mod provider;
mod wire;

use crate::http::Reader;
use crate::http::failure::Failure;
use crate::keycloak::{client, client_scope, sweep};
use crate::model::Json;
use crate::model::address::{Address, Ids, KeycloakKind};
use crate::model::declared::{Declared, Fields};
use crate::model::path::Path;
use crate::model::spelling::Spelling;
use crate::model::step::Step;
use crate::model::value::Value;
use crate::model::wanted::{Field, Live, Want, Wanted};
use crate::resource::{Ask, Found, Request, Resource, Unsendable};
use crate::spec::client as words;

/// The resource `keycloak/REALM/protocol-mapper/CLIENT/NAME`, and `keycloak/REALM/protocol-mapper/client-scope/SCOPE/NAME`.
pub struct ProtocolMapper;

impl Resource for ProtocolMapper {
    type Declared = Declared<words::ProtocolMapper>;

    fn bare(address: Address) -> Wanted {
        let Some(scope) = address.mapped_in() else { return Wanted::entity(address) };
        Wanted { requires: vec![scope.clone()], document: scope, ..Wanted::entity(address) }
    }

    fn wanted(declared: &Self::Declared) -> Wanted {
        let Declared { address, at, value } = declared;
        let words::ProtocolMapper {
            name,
            ensure,
            provider,
            user_attribute,
            token_claim,
            add_to_id_token,
            add_to_access_token,
            add_to_userinfo,
            add_to_introspection,
            config,
        } = value;
        let key = |key| Path::new([key]);
        let property = |name: &str| Path::new(["config", name]);
        let fields = Fields::at(at)
            .identity("name", key("name"), Value::Json(name.as_str().into()))
            .identity("protocol", key("protocol"), Value::Json("openid-connect".into()))
            .is("type", key(wire::PROVIDER), Spelling::Same, Some(provider.as_str()))
            .is("userAttribute", property(wire::USER_ATTRIBUTE), Spelling::Same, user_attribute.as_deref())
            .is("tokenClaim", property(wire::TOKEN_CLAIM), Spelling::Same, token_claim.as_deref())
            .is("addToIdToken", property(wire::ID_TOKEN), Spelling::Text, *add_to_id_token)
            .is("addToAccessToken", property(wire::ACCESS_TOKEN), Spelling::Text, *add_to_access_token)
            .is("addToUserinfo", property(wire::USERINFO), Spelling::Text, *add_to_userinfo)
            .is("addToIntrospection", property(wire::INTROSPECTION), Spelling::Text, *add_to_introspection);
        let mut fields = fields.into_vec();
        fields.extend(config.iter().flatten().map(|(name, value)| Field {
            word: format!("config.{name}"),
            path: property(name),
            spelling: Spelling::Same,
            want: Want::Is(Value::Json(value.as_str().into())),
            source: Some(at.field("config").field(name).source()),
        }));
        Wanted { fields, ensure: (*ensure).into(), source: Some(at.source()), ..Self::bare(address.clone()) }
    }

    async fn observe(reader: &Reader, ask: &Ask<'_>) -> Result<Found, Failure> {
        let mut found = Found::default();
        if ask.wanted.is_empty() && ask.sweeps.is_empty() {
            return Ok(found);
        }
        let server = reader.object(&super::server_info()).await?;
        for wanted in &ask.wanted {
            let scope = if ask.realm_is_missing { None } else { scope_of(reader, &wanted.address).await? };
            let mapper = scope.as_ref().and_then(|scope| wire::mapper(scope, wanted.address.name()));
            let (adapted, problems) = provider::adapt(wanted, mapper.is_some(), &server);
            found.adapted.push(adapted);
            found.problems.extend(problems);
            if let Some(body) = mapper {
                let id = body.get("id").and_then(Json::as_str).map(str::to_owned);
                found.live.insert(wanted.address.clone(), Live { id, body: Self::normalise(body) });
            }
        }
        for scope in sweep::swept(ask).into_iter().filter(|_| !ask.realm_is_missing) {
            found.merge(sweep::strays(ask, scope, all_of(reader, scope).await?, Self::bare));
        }
        Ok(found)
    }

    fn normalise(body: Json) -> Json {
        wire::normalise(body)
    }

    fn write(step: &Step, ids: &Ids) -> Result<Request, Unsendable> {
        let scope = step.address.mapped_in().ok_or_else(|| Unsendable(step.address.clone()))?;
        wire::write(step, &scope, ids)
    }
}

/// The mappers of a scope, but for those that come with it.
async fn all_of(reader: &Reader, scope: &Address) -> Result<Vec<(Address, Live)>, Failure> {
    let sort = matches!(scope, Address::Keycloak { kind: KeycloakKind::ClientScope, .. }).then_some("client-scope");
    let mapper = |name: &str| {
        let names = sort.into_iter().chain([scope.name(), name]);
        Address::keycloak(super::realm(scope), KeycloakKind::ProtocolMapper, names)
    };
    let Some(document) = scope_of(reader, &mapper("")).await? else { return Ok(Vec::new()) };
    let mappers = wire::mappers(&document).filter(|body| !wire::is_built_in(body)).filter_map(|body| {
        let text = |key: &str| body.get(key).and_then(Json::as_str);
        let id = text("id").map(str::to_owned);
        Some((mapper(text("name")?), Live { id, body: wire::normalise(body.clone()) }))
    });
    Ok(mappers.filter(|(mapper, _)| !is_of_built_in_scope(mapper)).collect())
}

/// The document that a mapper is in: its client's, or that of its client scope.
async fn scope_of(reader: &Reader, mapper: &Address) -> Result<Option<Json>, Failure> {
    let realm = super::realm(mapper);
    match mapper.mapped_in() {
        Some(scope @ Address::Keycloak { kind: KeycloakKind::ClientScope, .. }) => {
            client_scope::find(reader, realm, scope.name()).await
        }
        Some(client) => client::find(reader, realm, client.name()).await,
        None => Ok(None),
    }
}

/// Whether a mapper comes with a realm, in a client scope that does.
pub(super) fn is_of_built_in_scope(mapper: &Address) -> bool {
    let scope = mapper.mapped_in().filter(|_| is_in_client_scope(mapper));
    scope.is_some_and(|scope| client_scope::is_mapper_built_in(scope.name(), mapper.name()))
}

/// Whether a mapper is in a client scope, and not in the dedicated one of a client.
pub(super) fn is_in_client_scope(mapper: &Address) -> bool {
    matches!(mapper.mapped_in(), Some(Address::Keycloak { kind: KeycloakKind::ClientScope, .. }))
}

#[cfg(test)]
mod tests;
