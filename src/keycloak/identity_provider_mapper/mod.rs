//! A mapper of a realm's identity provider: what is done with what it tells of a person. The server takes types that it does
//! not have (seen on 26.7), so they are checked while planning.

mod wire;

use std::collections::{BTreeMap, BTreeSet};

use futures::{StreamExt as _, TryStreamExt as _, stream};

use crate::http::Reader;
use crate::http::collection::objects;
use crate::http::failure::Failure;
use crate::keycloak::identity_provider::{self, properties, word};
use crate::keycloak::sweep;
use crate::model::Json;
use crate::model::address::{Address, Ids, KeycloakKind};
use crate::model::declared::{Declared, Fields};
use crate::model::path::Path;
use crate::model::spelling::Spelling;
use crate::model::step::Step;
use crate::model::value::Value;
use crate::model::wanted::{Ensure, Live, Mode, Want, Wanted};
use crate::resource::{Ask, Found, Problem, Request, Resource, Unsendable};
use crate::spec::realm_identity_provider::IdentityProviderMapper as Words;

/// Lists that are read at once.
const AT_ONCE: usize = 4;

/// The resource `keycloak/REALM/identity-provider-mapper/ALIAS/NAME`.
pub struct IdentityProviderMapper;

impl Resource for IdentityProviderMapper {
    type Declared = Declared<Words>;

    fn bare(address: Address) -> Wanted {
        let provider = provider_of(&address);
        Wanted { requires: vec![provider], ..Wanted::entity(address) }
    }

    fn wanted(declared: &Self::Declared) -> Wanted {
        let Declared { address, at, value } = declared;
        let Words { name, ensure, provider, sync_mode, claim, claim_value, user_attribute, role, group, config } =
            value;
        let property = |name| Path::new([identity_provider::CONFIG, name]);
        let same = Spelling::Same;
        let alias = provider_of(address).name().to_owned();
        let fields = Fields::at(at)
            .identity("name", Path::new(["name"]), Value::Json(name.as_str().into()))
            .identity("provider", Path::new(["identityProviderAlias"]), Value::Json(alias.into()))
            .is("type", Path::new([wire::PROVIDER]), same, provider.as_deref())
            .is("syncMode", property("syncMode"), Spelling::Capitals, sync_mode.and_then(word))
            .is("claim", property("claim"), same, claim.as_deref())
            .is("claimValue", property("claim.value"), same, claim_value.as_deref())
            .is("userAttribute", property("user.attribute"), same, user_attribute.as_deref())
            .is("role", property("role"), same, role.as_deref())
            .is("group", property("group"), same, group.as_deref());
        let mut fields = fields.into_vec();
        fields.extend(properties(config.as_ref(), at));
        Wanted { fields, ensure: (*ensure).into(), source: Some(at.source()), ..Self::bare(address.clone()) }
    }

    async fn observe(reader: &Reader, ask: &Ask<'_>) -> Result<Found, Failure> {
        let mut found = Found::default();
        let Some(realm) = ask.realm() else { return Ok(found) };
        found.problems.extend(unknown(reader, ask).await?);
        if ask.realm_is_missing {
            return Ok(found);
        }
        let providers = identity_provider::by_alias(reader, realm).await?;
        let swept = sweep::swept(ask);
        let asked = ask.wanted.iter().filter_map(|wanted| wanted.address.names().first().map(String::as_str));
        let aliases: BTreeSet<&str> = asked.chain(swept.iter().map(|provider| provider.name())).collect();
        let there = aliases.into_iter().filter(|alias| providers.contains_key(*alias)).map(|alias| async move {
            let route = wire::mappers(realm, alias);
            let answer = reader.get(&route).await?;
            Ok::<_, Failure>((alias, objects(reader, &route, answer.as_ref().clone())?))
        });
        let there: Vec<(&str, Vec<Json>)> =
            stream::iter(there.collect::<Vec<_>>()).buffer_unordered(AT_ONCE).try_collect().await?;
        for (alias, mappers) in there {
            let mapper = |body: Json| {
                let text = |key: &str| body.get(key).and_then(Json::as_str);
                let (id, name) = (text("id").map(str::to_owned), text("name")?.to_owned());
                let names = [alias, name.as_str()];
                Some((Address::keycloak(realm, KeycloakKind::IdentityProviderMapper, names), Live { id, body }))
            };
            let mappers: BTreeMap<Address, Live> = mappers.into_iter().filter_map(mapper).collect();
            let listed = ask.wanted.iter().filter_map(|wanted| mappers.get_key_value(&wanted.address));
            found.live.extend(listed.map(|(mapper, live)| (mapper.clone(), live.clone())));
            if let Some(provider) = swept.iter().find(|provider| provider.name() == alias) {
                found.merge(sweep::strays(ask, provider, mappers, Self::bare));
            }
        }
        Ok(found)
    }

    fn write(step: &Step, ids: &Ids) -> Result<Request, Unsendable> {
        wire::write(step, provider_of(&step.address).name(), ids)
    }
}

/// A problem for each type that the server has not got.
async fn unknown(reader: &Reader, ask: &Ask<'_>) -> Result<Vec<Problem>, Failure> {
    let stays = |wanted: &&&Wanted| matches!(wanted.ensure, Ensure::Present | Ensure::Existing);
    let managed = ask.wanted.iter().filter(stays).filter(|wanted| wanted.mode == Mode::Manage);
    let path = Path::new([wire::PROVIDER]);
    let asked: Vec<_> = managed
        .flat_map(|wanted| wanted.fields.iter().map(move |field| (wanted, field)))
        .filter_map(|(wanted, field)| match &field.want {
            Want::Is(Value::Json(Json::String(provider))) if field.path == path => Some((wanted, field, provider)),
            _ => None,
        })
        .collect();
    if asked.is_empty() {
        return Ok(Vec::new());
    }
    let server = reader.object(&super::server_info()).await?;
    let known = wire::types(&server);
    let problem = |(wanted, field, provider): (&&Wanted, &crate::model::wanted::Field, &String)| Problem {
        address: wanted.address.clone(),
        source: field.source.clone().or_else(|| wanted.source.clone()),
        message: format!("this Keycloak has no mapper of type `{provider}`"),
        hint: Some(format!("there are {}", known.iter().map(String::as_str).collect::<Vec<_>>().join(", "))),
    };
    // Where nothing is told of what there is, nothing is known to be missing.
    let is_unknown = |provider: &String| !known.is_empty() && !known.contains(provider);
    Ok(asked.into_iter().filter(|(_, _, provider)| is_unknown(provider)).map(problem).collect())
}

fn provider_of(mapper: &Address) -> Address {
    let alias = mapper.names().first().map(String::as_str);
    Address::keycloak(super::realm(mapper), KeycloakKind::IdentityProvider, alias)
}

#[cfg(test)]
mod tests;
