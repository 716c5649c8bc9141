//! A protocol mapper in a client's dedicated scope. What its properties are called is learnt from the server's
//! description of the provider; a provider that is not installed is found while planning.

mod provider;
mod wire;

use crate::http::Reader;
use crate::http::failure::Failure;
use crate::keycloak::client;
use crate::model::Json;
use crate::model::address::{Address, Ids, KeycloakKind};
use crate::model::declared::{Declared, Fields};
use crate::model::path::Path;
use crate::model::spelling::Spelling;
use crate::model::step::Step;
use crate::model::value::Value;
use crate::model::wanted::{Ensure, Field, Live, Sweep, Swept, Want, Wanted};
use crate::resource::{Ask, Found, Request, Resource, Unsendable};
use crate::spec::realm;

/// The resource `keycloak/REALM/protocol-mapper/CLIENT/NAME`.
pub struct ProtocolMapper;

impl Resource for ProtocolMapper {
    type Declared = Declared<realm::ProtocolMapper>;

    fn bare(address: Address) -> Wanted {
        let client = client_of(&address);
        Wanted { requires: vec![client.clone()], document: client, ..Wanted::entity(address) }
    }

    fn wanted(declared: &Self::Declared) -> Wanted {
        let Declared { address, at, value } = declared;
        let realm::ProtocolMapper {
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
            let client = if ask.realm_is_missing {
                None
            } else {
                client::find(reader, super::realm(&wanted.address), client_of(&wanted.address).name()).await?
            };
            let mapper = client.as_ref().and_then(|client| wire::mapper(client, wanted.address.name()));
            let (adapted, problems) = provider::adapt(wanted, mapper.is_some(), &server);
            found.adapted.push(adapted);
            found.problems.extend(problems);
            if let Some(body) = mapper {
                let id = body.get("id").and_then(Json::as_str).map(str::to_owned);
                found.live.insert(wanted.address.clone(), Live { id, body: Self::normalise(body) });
            }
        }
        for sweep in ask.sweeps.iter().filter(|_| !ask.realm_is_missing) {
            if let Swept::Things(client) = &sweep.of {
                found.merge(strays(reader, ask, sweep, client.last().map_or("", String::as_str)).await?);
            }
        }
        Ok(found)
    }

    fn normalise(body: Json) -> Json {
        wire::normalise(body)
    }

    fn write(step: &Step, ids: &Ids) -> Result<Request, Unsendable> {
        wire::write(step, &client_of(&step.address), ids)
    }
}

/// The mappers of a client that nobody lists, asked to go.
async fn strays(reader: &Reader, ask: &Ask<'_>, sweep: &Sweep, client: &str) -> Result<Found, Failure> {
    let mut found = Found::default();
    let Some(document) = client::find(reader, &sweep.realm, client).await? else { return Ok(found) };
    for body in wire::mappers(&document).filter(|body| !wire::is_built_in(body)) {
        let Some(name) = body.get("name").and_then(Json::as_str) else { continue };
        let address = Address::keycloak(&sweep.realm, KeycloakKind::ProtocolMapper, [client, name]);
        if ask.wanted.iter().any(|wanted| wanted.address == address) {
            continue;
        }
        let id = body.get("id").and_then(Json::as_str).map(str::to_owned);
        found.adapted.push(Wanted {
            ensure: Ensure::Absent,
            mode: sweep.mode,
            source: Some(sweep.source.clone()),
            ..ProtocolMapper::bare(address.clone())
        });
        found.live.insert(address, Live { id, body: wire::normalise(body.clone()) });
    }
    Ok(found)
}

fn client_of(mapper: &Address) -> Address {
    let client = mapper.names().first().map(String::as_str);
    Address::keycloak(super::realm(mapper), KeycloakKind::Client, client)
}

#[cfg(test)]
mod tests;
