//! An identity provider of a realm: a directory whose people can log in to it. Its mappers are a resource of their own.
//!
//! The server shows its secret to nobody: see `keycloak::hidden`. What a flow or a type is called is checked while planning,
//! since the server answers with an error that says nothing (seen on 26.7).

mod wire;

use std::collections::{BTreeMap, BTreeSet};

use crate::http::Reader;
use crate::http::collection::objects;
use crate::http::failure::{Failure, Kind};
use crate::keycloak::{hidden, sweep, user};
use crate::model::Json;
use crate::model::address::{Address, Ids, KeycloakKind};
use crate::model::declared::{Declared, Fields};
use crate::model::path::Path;
use crate::model::spelling::Spelling;
use crate::model::step::Step;
use crate::model::value::Value;
use crate::model::wanted::{Ensure, Field, Live, Mode, Want, Wanted};
use crate::resource::{Ask, Found, IdSource, Problem, Request, Resource, Unsendable, Warning};
use crate::spec;
use crate::spec::client::Pkce;
use crate::spec::realm_identity_provider::{AuthoritativeProvider, RealmIdentityProvider};

/// The resource `keycloak/REALM/identity-provider/ALIAS`.
pub struct IdentityProvider;

impl Resource for IdentityProvider {
    type Declared = Declared<RealmIdentityProvider>;

    fn bare(address: Address) -> Wanted {
        Wanted::entity(address)
    }

    fn wanted(declared: &Self::Declared) -> Wanted {
        let Declared { address, at, value } = declared;
        let RealmIdentityProvider {
            alias,
            ensure,
            provider,
            display_name,
            enabled,
            hide_on_login,
            display_order,
            trust_email,
            link_only,
            store_token,
            readable_tokens,
            first_login_flow,
            post_login_flow,
            sync_mode,
            authorization_url,
            token_url,
            logout_url,
            user_info_url,
            issuer,
            jwks_url,
            validate_signature,
            client_id,
            client_secret,
            client_authentication,
            default_scopes,
            pkce,
            config,
            mappers: _,
            authoritative,
        } = value;
        let key = |key| Path::new([key]);
        let property = |name| Path::new([CONFIG, name]);
        let (same, text) = (Spelling::Same, Spelling::Text);
        let provider = provider.as_deref().map(|provider| Want::Fixed(Value::Json(provider.into())));
        let fields = Fields::at(at)
            .identity("alias", key(wire::ALIAS), Value::Json(alias.as_str().into()))
            .push("type", key(wire::PROVIDER), same, provider)
            .is("displayName", key("displayName"), same, display_name.as_deref());
        let fields = match enabled {
            Some(enabled) => fields.is("enabled", key("enabled"), same, Some(*enabled)),
            None => fields.once("enabled", key("enabled"), true),
        };
        let keys = jwks_url.as_deref().map(|url| !url.is_empty());
        let method = (*pkce == Some(Pkce::S256)).then_some("S256");
        let fields = fields
            .is("hideOnLogin", key("hideOnLogin"), same, *hide_on_login)
            .is("displayOrder", property("guiOrder"), same, display_order.map(|order| order.to_string()))
            .is("trustEmail", key("trustEmail"), same, *trust_email)
            .is("linkOnly", key("linkOnly"), same, *link_only)
            .is("storeToken", key("storeToken"), same, *store_token)
            .is("readableTokens", key("addReadTokenRoleOnCreate"), same, *readable_tokens)
            .is("firstLoginFlow", key(wire::FLOWS[0]), same, first_login_flow.as_deref())
            .is("postLoginFlow", key(wire::FLOWS[1]), same, post_login_flow.as_deref())
            .is("syncMode", property("syncMode"), Spelling::Capitals, sync_mode.and_then(word))
            .is("authorizationUrl", property("authorizationUrl"), same, authorization_url.as_deref())
            .is("tokenUrl", property("tokenUrl"), same, token_url.as_deref())
            .is("logoutUrl", property("logoutUrl"), same, logout_url.as_deref())
            .is("userInfoUrl", property("userInfoUrl"), same, user_info_url.as_deref())
            .is("issuer", property("issuer"), same, issuer.as_deref())
            .is("jwksUrl", property("jwksUrl"), same, jwks_url.as_deref())
            .is("validateSignature", property(wire::VALIDATES), text, *validate_signature)
            .is("clientId", property("clientId"), same, client_id.as_deref())
            .is("clientAuthentication", property("clientAuthMethod"), same, client_authentication.and_then(word))
            .is("defaultScopes", property(wire::SCOPES), Spelling::Words, default_scopes.clone())
            .is("pkce", property(wire::PKCE), text, pkce.map(|pkce| pkce == Pkce::S256));
        let mut fields = fields.into_vec();
        // What the server wants besides, and what the same words say.
        let besides = Fields::at(at).is("jwksUrl", property(wire::USES_KEYS), text, keys).is(
            "pkce",
            property(wire::METHOD),
            same,
            method,
        );
        let named = besides.into_vec().into_iter().map(|field| Field { word: field.path.keys()[1].clone(), ..field });
        fields.extend(named);
        let secret_at = at.field("clientSecret");
        fields.extend(hidden::fields("clientSecret", &key(CONFIG), "clientSecret", client_secret.as_ref(), &secret_at));
        fields.extend(properties(config.as_ref(), at));
        let sweeps = authoritative.iter().filter(|_| *ensure != spec::Ensure::Absent);
        let sweeps = sweeps
            .map(|AuthoritativeProvider::Mappers| sweep::all_of(address, KeycloakKind::IdentityProviderMapper, at));
        let sweeps = sweeps.collect();
        Wanted { fields, ensure: (*ensure).into(), sweeps, source: Some(at.source()), ..Self::bare(address.clone()) }
    }

    async fn observe(reader: &Reader, ask: &Ask<'_>) -> Result<Found, Failure> {
        let mut found = Found::default();
        let Some(realm) = ask.realm() else { return Ok(found) };
        let mut there = if ask.realm_is_missing { BTreeMap::new() } else { by_alias(reader, realm).await? };
        found.problems.extend(unknown(reader, realm, ask).await?);
        let mut going = Vec::new();
        for wanted in &ask.wanted {
            let Some(body) = there.remove(wanted.address.name()) else { continue };
            let live = live(body);
            found.adapted.extend(hidden::resent(wanted, &live.body));
            if wanted.ensure == Ensure::Absent && wanted.mode == Mode::Manage {
                going.push((wanted.address.clone(), wanted.source.clone()));
            }
            found.live.insert(wanted.address.clone(), live);
        }
        for of in sweep::swept(ask) {
            let others = std::mem::take(&mut there).into_iter().map(|(alias, body)| {
                (Address::keycloak(realm, KeycloakKind::IdentityProvider, [alias.as_str()]), live(body))
            });
            let strays = sweep::strays(ask, of, others, Self::bare);
            let managed = strays.adapted.iter().filter(|stray| stray.mode == Mode::Manage);
            going.extend(managed.map(|stray| (stray.address.clone(), stray.source.clone())));
            found.merge(strays);
        }
        for (address, source) in going {
            let message = people(reader, realm, address.name()).await?;
            let hint = "their accounts stay, and know no password unless they have been given one".to_owned();
            found.warnings.extend(message.map(|message| Warning { address, source, message, hint: Some(hint) }));
        }
        Ok(found)
    }

    fn normalise(body: Json) -> Json {
        wire::normalise(body)
    }

    fn write(step: &Step, _ids: &Ids) -> Result<Request, Unsendable> {
        Ok(wire::write(step))
    }

    fn learns_id() -> IdSource {
        IdSource::Look
    }
}

/// The word of the language for a value that is one of few, which the server uses, too.
pub(super) fn word(value: impl serde::Serialize) -> Option<Json> {
    serde_json::to_value(value).ok()
}

/// One field for each further property, of a provider or a mapper.
pub(super) fn properties(config: Option<&BTreeMap<String, String>>, at: &crate::model::declared::At) -> Vec<Field> {
    let field = |(name, value): (&String, &String)| Field {
        word: format!("config.{name}"),
        path: Path::new([CONFIG, name]),
        spelling: Spelling::Same,
        want: Want::Is(Value::Json(value.as_str().into())),
        source: Some(at.field("config").field(name).source()),
    };
    config.into_iter().flatten().map(field).collect()
}

fn live(body: Json) -> Live {
    let id = body.get("internalId").and_then(Json::as_str).map(str::to_owned);
    Live { id, body: IdentityProvider::normalise(body) }
}

/// All identity providers of the realm, by alias. Whoever may see one sees all; others are refused (seen on 26.7).
pub(super) async fn by_alias(reader: &Reader, realm: &str) -> Result<BTreeMap<String, Json>, Failure> {
    let route = wire::all(realm);
    let answer = reader.get(&route).await?;
    let alias = |body: Json| Some((body.get(wire::ALIAS)?.as_str()?.to_owned(), body));
    Ok(objects(reader, &route, answer.as_ref().clone())?.into_iter().filter_map(alias).collect())
}

/// What the server does not know of what is asked: types of providers, and flows.
async fn unknown(reader: &Reader, realm: &str, ask: &Ask<'_>) -> Result<Vec<Problem>, Failure> {
    let stays = |wanted: &&&Wanted| matches!(wanted.ensure, Ensure::Present | Ensure::Existing);
    let managed: Vec<&Wanted> =
        ask.wanted.iter().filter(stays).filter(|wanted| wanted.mode == Mode::Manage).copied().collect();
    let mut problems = Vec::new();
    let types = asked(&managed, &[wire::PROVIDER]);
    if !types.is_empty() {
        let server = reader.object(&super::server_info()).await?;
        problems.extend(without(&types, &wire::types(&server), "this Keycloak has no identity provider of type"));
    }
    let flows = asked(&managed, &wire::FLOWS);
    if !flows.is_empty() && !ask.realm_is_missing {
        let route = wire::flows(realm);
        match reader.get(&route).await {
            Ok(answer) => {
                let known = objects(reader, &route, answer.as_ref().clone())?;
                let known = known.iter().filter_map(|flow| flow.get("alias")?.as_str()).map(str::to_owned).collect();
                problems.extend(without(&flows, &known, "the realm has no authentication flow"));
            }
            // Who may not look at them is not kept from naming one.
            Err(failure) if failure.kind == Kind::Forbidden => {}
            Err(failure) => return Err(failure),
        }
    }
    Ok(problems)
}

/// The texts, not empty ones, that are asked for under one of these keys.
fn asked<'a>(wanted: &[&'a Wanted], keys: &[&str]) -> Vec<(&'a Wanted, &'a Field, &'a str)> {
    let of = |wanted: &'a Wanted| wanted.fields.iter().map(move |field| (wanted, field));
    let text = |(wanted, field): (&'a Wanted, &'a Field)| match (&field.want, field.path.keys()) {
        (Want::Is(Value::Json(Json::String(text))) | Want::Fixed(Value::Json(Json::String(text))), [key])
            if keys.contains(&key.as_str()) && !text.is_empty() =>
        {
            Some((wanted, field, text.as_str()))
        }
        _ => None,
    };
    wanted.iter().copied().flat_map(of).filter_map(text).collect()
}

/// A problem for each text that is not `known`; none where nothing is told of what there is.
fn without(asked: &[(&Wanted, &Field, &str)], known: &BTreeSet<String>, what: &str) -> Vec<Problem> {
    let problem = |(wanted, field, text): &(&Wanted, &Field, &str)| Problem {
        address: wanted.address.clone(),
        source: field.source.clone().or_else(|| wanted.source.clone()),
        message: format!("{what} `{text}`"),
        hint: Some(format!("there are {}", known.iter().map(String::as_str).collect::<Vec<_>>().join(", "))),
    };
    let is_unknown = |text: &str| !known.is_empty() && !known.contains(text);
    asked.iter().filter(|(_, _, text)| is_unknown(text)).map(problem).collect()
}

/// How many people come through a provider, as far as this account is told; nothing for nobody.
async fn people(reader: &Reader, realm: &str, alias: &str) -> Result<Option<String>, Failure> {
    let route = wire::people(realm, alias);
    let count = match reader.get(&route).await {
        Ok(count) => count.as_u64().ok_or_else(|| reader.unreadable(&route, "the answer is not a number"))?,
        Err(failure) if failure.kind == Kind::Forbidden => return Ok(Some(UNTOLD.to_owned())),
        Err(failure) => return Err(failure),
    };
    if count > 0 {
        return Ok(Some(format!("people who come through it: {count}; they lose their links to it")));
    }
    // Nobody is what those are told who may not see anybody.
    match user::require_sight(reader, realm, &route).await {
        Ok(()) => Ok(None),
        Err(failure) if failure.kind == Kind::Forbidden => Ok(Some(UNTOLD.to_owned())),
        Err(failure) => Err(failure),
    }
}

/// What is told where nobody is shown.
const UNTOLD: &str = "how many people come through it is not told to this account, which has not got `view-users`; they \
                      lose their links to it";

pub(super) use wire::{CONFIG, one};

#[cfg(test)]
mod tests;
