//! A client: what a program is to Keycloak. Its protocol mappers are a resource of their own, although the server
//! keeps them in the same document.

mod wire;

use crate::http::Reader;
use crate::http::failure::Failure;
use crate::keycloak::{client_scope, settings, sweep};
use crate::model::Json;
use crate::model::address::{Address, Ids, KeycloakKind};
use crate::model::declared::{Declared, Fields};
use crate::model::path::Path;
use crate::model::spelling::Spelling;
use crate::model::step::Step;
use crate::model::value::Value;
use crate::model::wanted::{self, Live, Mode, Want, Wanted};
use crate::resource::{Ask, Found, Problem, Request, Resource, Unsendable};
use crate::secret::{Secret, is_masked};
use crate::spec::role::AuthoritativeServiceAccount;
use crate::spec::{Ensure, client};

/// The resource `keycloak/REALM/client/CLIENT`.
pub struct Client;

impl Resource for Client {
    type Declared = Declared<client::Client>;

    fn bare(address: Address) -> Wanted {
        Wanted::entity(address)
    }

    fn wanted(declared: &Self::Declared) -> Wanted {
        let Declared { address, at, value } = declared;
        let client::Client {
            client_id,
            ensure,
            renamed_from: _,
            name,
            description,
            enabled,
            client_authentication,
            authorization,
            standard_flow,
            direct_access_grants,
            implicit_flow,
            consent_required,
            pkce,
            secret,
            frontchannel_logout,
            post_logout_redirect_uris,
            service_account_roles,
            service_account,
            roles: _,
            root_url,
            home_url,
            redirect_uris,
            web_origins,
            settings,
            client_scopes: _,
            dedicated_scope,
            authoritative,
        } = value;
        let client::DedicatedScope {
            full_scope_allowed,
            mappers: _,
            realm_roles: _,
            client_roles: _,
            authoritative: of_dedicated,
        } = dedicated_scope;
        let scope_at = at.field("dedicatedScope");
        let of_client = authoritative
            .iter()
            .map(|client::AuthoritativeClient::ClientScopes| sweep::all_of(address, KeycloakKind::AssignedScope, at));
        let sweeps = client_scope::sweeps(address, of_dedicated, &scope_at).into_iter().chain(of_client);
        let key = |key| Path::new([key]);
        let attribute = |name| Path::new(["attributes", name]);
        let same = Spelling::Same;
        let fields = Fields::at(at)
            .identity("clientId", key("clientId"), Value::Json(client_id.as_str().into()))
            .is("name", key("name"), same, name.as_deref())
            .is("description", key("description"), same, description.as_deref())
            .is("enabled", key("enabled"), same, *enabled)
            .is("clientAuthentication", key(PUBLIC), Spelling::Inverted, *client_authentication)
            .is("authorization", key(wire::AUTHORIZATION), same, *authorization)
            .is("standardFlow", key("standardFlowEnabled"), same, *standard_flow)
            .is("directAccessGrants", key("directAccessGrantsEnabled"), same, *direct_access_grants)
            .is("implicitFlow", key("implicitFlowEnabled"), same, *implicit_flow)
            .is("serviceAccountRoles", key(SERVICE_ACCOUNT), same, *service_account_roles)
            .is("consentRequired", key("consentRequired"), same, *consent_required)
            .is("pkce", attribute(wire::PKCE), same, pkce.map(wire::pkce))
            .is("frontchannelLogout", key("frontchannelLogout"), same, *frontchannel_logout)
            .is(
                "postLogoutRedirectUris",
                attribute(wire::POST_LOGOUT),
                Spelling::Joined,
                post_logout_redirect_uris.clone(),
            )
            .is("rootUrl", key("rootUrl"), same, root_url.as_deref())
            .is("homeUrl", key("baseUrl"), same, home_url.as_deref())
            .values("redirectUris", key("redirectUris"), redirect_uris.as_ref())
            .values("webOrigins", key(wire::WEB_ORIGINS), web_origins.as_ref());
        let generated = || (*client_authentication != Some(false)).then_some(Want::Generated);
        let reference = secret.as_ref().and_then(|secret| secret.references().next());
        let secret = reference.map(|reference| Want::Known { reference, value: None }).or_else(generated);
        let mut fields = fields.push("secret", key(SECRET), same, secret).into_vec();
        let scope = Fields::at(&scope_at).is("fullScopeAllowed", key("fullScopeAllowed"), same, *full_scope_allowed);
        fields.extend(scope.into_vec());
        fields.extend(settings.iter().flat_map(|settings| settings::fields(settings, &at.field("settings"))));
        let account = Address::keycloak(super::realm(address), KeycloakKind::ServiceAccount, [client_id.as_str()]);
        let account_at = at.field("serviceAccount");
        let of_account = service_account
            .authoritative
            .iter()
            .map(|AuthoritativeServiceAccount::Roles| sweep::all_of(&account, KeycloakKind::RoleMapping, &account_at));
        let sweeps = sweeps.chain(of_account).filter(|_| *ensure != Ensure::Absent).collect();
        Wanted { fields, ensure: (*ensure).into(), sweeps, source: Some(at.source()), ..Self::bare(address.clone()) }
    }

    async fn observe(reader: &Reader, ask: &Ask<'_>) -> Result<Found, Failure> {
        let mut found = Found::default();
        if ask.realm_is_missing {
            return Ok(found);
        }
        for wanted in &ask.wanted {
            let address = &wanted.address;
            if let Some(body) = find(reader, super::realm(address), address.name()).await? {
                let id = body.get("id").and_then(Json::as_str).map(str::to_owned);
                found.problems.extend(secretless(wanted, &body));
                found.live.insert(address.clone(), Live { id, body: Self::normalise(body) });
            }
        }
        Ok(found)
    }

    fn normalise(body: Json) -> Json {
        wire::normalise(body)
    }

    fn write(step: &Step, ids: &Ids) -> Result<Request, Unsendable> {
        wire::write(step, ids)
    }

    fn brings(step: &Step, other: &Address) -> bool {
        let of_it = |kind| Address::keycloak(super::realm(&step.address), kind, [step.address.name()]);
        (*other == of_it(KeycloakKind::ServiceAccount) && wire::turns_account_on(step))
            || (*other == of_it(KeycloakKind::ClientSecret) && wire::turns_secret_on(step))
    }
}

/// What is wrong where a secret is asked of a client that is public on the server: such a client has none, and what is
/// sent is never shown, so that the same change would be planned for ever.
fn secretless(wanted: &Wanted, body: &Json) -> Option<Problem> {
    let field = |path: &str| wanted.fields.iter().find(|field| field.path == Path::new([path]));
    let secret = field(SECRET).filter(|field| matches!(field.want, Want::Known { .. }))?;
    let stays = wanted.mode == Mode::Manage && !matches!(wanted.ensure, wanted::Ensure::Absent | wanted::Ensure::Any);
    let refused = stays && body.get(PUBLIC) == Some(&Json::Bool(true)) && field(PUBLIC).is_none();
    refused.then(|| Problem {
        address: wanted.address.clone(),
        source: secret.source.clone().or_else(|| wanted.source.clone()),
        message: "is a public client on the server, and has no secret".to_owned(),
        hint: Some("say `clientAuthentication: true` to give it one, or leave `secret` out".to_owned()),
    })
}

/// The client's document as the server shows it, protocol mappers and all; nothing if there is certainly no such client.
///
/// # Errors
/// [`Failure`] of the request; and when no client is shown at all, not even the one that every realm has.
pub(super) async fn find(reader: &Reader, realm: &str, client_id: &str) -> Result<Option<Json>, Failure> {
    if let Some(client) = shown(reader, realm, client_id).await? {
        return Ok(Some(client));
    }
    let built_in = wire::built_in(realm);
    match shown(reader, realm, built_in).await? {
        Some(_) => Ok(None),
        None => Err(reader
            .hidden(&wire::look_up(realm, client_id), "the tool's account needs the role `view-clients` of the realm")),
    }
}

async fn shown(reader: &Reader, realm: &str, client_id: &str) -> Result<Option<Json>, Failure> {
    let route = wire::look_up(realm, client_id);
    let answer = reader.get(&route).await?;
    let clients = crate::http::collection::objects(reader, &route, answer.as_ref().clone())?;
    let exact = |client: &Json| client.get("clientId").and_then(Json::as_str) == Some(client_id);
    Ok(clients.into_iter().find(exact))
}

/// What a client proves itself with.
pub enum Credential {
    /// Its secret.
    Secret(Secret),
    /// Nothing: it is public.
    Public,
    /// Something that the server does not show to this account.
    Hidden,
    /// There is no such client.
    NoClient,
}

/// What the client proves itself with; the server shows it to those who may view clients.
///
/// # Errors
/// [`Failure`] of the request.
pub async fn credential(reader: &Reader, realm: &str, client_id: &str) -> Result<Credential, Failure> {
    let Some(client) = find(reader, realm, client_id).await? else { return Ok(Credential::NoClient) };
    if client.get(PUBLIC).and_then(Json::as_bool) == Some(true) {
        return Ok(Credential::Public);
    }
    let secret = client.get(SECRET).and_then(Json::as_str).filter(|secret| !secret.is_empty() && !is_masked(secret));
    Ok(secret.map_or(Credential::Hidden, |secret| Credential::Secret(Secret::new(secret.to_owned()))))
}

pub(super) use wire::{PUBLIC, SECRET, SERVICE_ACCOUNT, clients};

#[cfg(test)]
mod tests;
