//! Whether the tokens of the declared people carry what the spec promises, by Keycloak's example tokens: looked up for
//! each person, judged by [`access`](crate::access). Nobody logs in, and nothing is written.

use std::collections::BTreeMap;

use futures::{StreamExt as _, stream};

use crate::access::cause::{Cause, Facts};
use crate::access::claim::Claim;
use crate::access::promise::{Difference, Promise, promises};
use crate::http::Reader;
use crate::http::failure::Failure;
use crate::keycloak::example_token;
use crate::model::Json;
use crate::model::address::{Address, Ids, KeycloakKind};
use crate::observe::Servers;
use crate::pipeline::Trouble;
use crate::resolve::Resolved;
use crate::resolve::site::Realm;
use crate::resource::Problem;
use crate::spec::Ensure;

/// The client of the guide, where the spec says nothing of clients.
pub const GUIDES_CLIENT: &str = "openstack-cli";

/// The claim of the guide, where the spec says nothing of mappers and mappings.
const GUIDES_CLAIM: &str = "projects";

/// How many tokens are asked for at once; the login's own bound may be lower.
const AT_ONCE: usize = 8;

/// What the tokens for one client carry.
pub struct Check {
    /// The realm.
    pub realm: String,
    /// The client that tokens are for.
    pub client: String,
    /// The claim that Keystone reads.
    pub claim: String,
    /// What has come of it for each person, by username.
    pub people: BTreeMap<String, Verdict>,
}

/// What a person's token carries.
pub struct Verdict {
    /// What the spec promises.
    pub promise: Promise,
    /// What the token says.
    pub carried: Carried,
}

/// What a token says.
pub enum Carried {
    /// Nobody knows: for want of this, which the spec declares and which is not there yet.
    NotYet(Address),
    /// What it should.
    AsPromised,
    /// Something else.
    Otherwise {
        /// What it says.
        claim: Claim,
        /// How that differs from the promise.
        difference: Difference,
        /// Why.
        cause: Cause,
    },
}

impl Check {
    /// How many people's tokens do not carry what they should.
    #[must_use]
    pub fn wrong(&self) -> usize {
        self.people.values().filter(|verdict| matches!(verdict.carried, Carried::Otherwise { .. })).count()
    }
}

/// What the tokens of all declared people carry, for `client` or for those clients that the spec tells; `ids` are those
/// of what the servers have.
///
/// # Errors
/// Everything that could not be seen, at once.
pub async fn look(
    resolved: &Resolved,
    client: Option<&str>,
    ids: &Ids,
    servers: &Servers,
) -> Result<Vec<Check>, Vec<Trouble>> {
    let promises = promises(resolved);
    let mut checks = Vec::new();
    let mut troubles = Vec::new();
    for site in &resolved.realms {
        let people: Vec<(&Address, &Promise)> =
            promises.iter().filter(|(address, _)| is_in(address, &site.realm)).collect();
        let Some(readers) = servers.realms.get(&site.realm).filter(|_| !people.is_empty()) else { continue };
        let reader = readers.begin();
        for client in client.map_or_else(|| clients(resolved, site), |client| vec![client.to_owned()]) {
            let place = Place { site, client_id: &client, claim: &claim(resolved, site, &client), ids };
            match place.check(resolved, &reader, &people).await {
                Ok(check) => checks.push(check),
                Err(trouble) => troubles.push(trouble),
            }
        }
    }
    if troubles.is_empty() { Ok(checks) } else { Err(troubles) }
}

/// The tokens that are looked at together.
struct Place<'a> {
    site: &'a Realm,
    client_id: &'a str,
    claim: &'a str,
    ids: &'a Ids,
}

impl Place<'_> {
    async fn check(
        &self,
        resolved: &Resolved,
        reader: &Reader,
        people: &[(&Address, &Promise)],
    ) -> Result<Check, Trouble> {
        let Self { site, client_id, claim, .. } = *self;
        let client = example_token::client(reader, &site.realm, client_id).await.map_err(failed)?;
        let declared = Address::keycloak(&site.realm, KeycloakKind::Client, [client_id]);
        if client.is_none() && !resolved.clients.iter().any(|client| client.address == declared) {
            return Err(Trouble::Problems(vec![no_client(declared)]));
        }
        let verdict = |&(address, promise): &(&Address, &Promise)| {
            let (address, promise, client) = (address.clone(), promise.clone(), client.as_ref());
            let no_client = declared.clone();
            async move {
                let carried = match client {
                    Some(client) => self.carried(reader, client, &address, &promise).await,
                    None => Ok(Carried::NotYet(no_client)),
                };
                carried.map(|carried| (address.name().to_owned(), Verdict { promise, carried }))
            }
        };
        let verdicts = stream::iter(people.iter().map(verdict).collect::<Vec<_>>()).buffer_unordered(AT_ONCE);
        let verdicts: Vec<Result<(String, Verdict), Failure>> = verdicts.collect().await;
        let people = verdicts.into_iter().collect::<Result<_, _>>().map_err(failed)?;
        Ok(Check { realm: site.realm.clone(), client: client_id.to_owned(), claim: claim.to_owned(), people })
    }

    async fn carried(
        &self,
        reader: &Reader,
        client: &Json,
        address: &Address,
        promise: &Promise,
    ) -> Result<Carried, Failure> {
        let Some(user) = self.ids.get(address) else { return Ok(Carried::NotYet(address.clone())) };
        let id = client.get("id").and_then(Json::as_str).unwrap_or_default();
        let token = example_token::claims(reader, &self.site.realm, id, user).await;
        let token = token.map_err(|failure| failure.about(address))?;
        let claim = Claim::read(&token, self.claim, self.ids);
        let difference = promise.difference(&claim);
        if difference.is_empty() && !matches!(claim, Claim::Misshapen(_)) {
            return Ok(Carried::AsPromised);
        }
        let cause = facts(reader, self.site, client, self.claim, user).await?.cause(&claim, &difference);
        Ok(Carried::Otherwise { claim, difference, cause })
    }
}

/// What is looked up about a token of the account with the id `user` that is not as it should be.
///
/// # Errors
/// [`Failure`] of a request.
pub async fn facts(reader: &Reader, site: &Realm, client: &Json, claim: &str, user: &str) -> Result<Facts, Failure> {
    let Realm { realm, grant_attribute: attribute, .. } = site;
    let (mappers, policy, has_value) = futures::try_join!(
        example_token::mappers(reader, realm, client),
        example_token::policy(reader, realm, attribute),
        example_token::has_value(reader, realm, user, attribute),
    )?;
    let client = client.get("clientId").and_then(Json::as_str).unwrap_or_default().to_owned();
    Ok(Facts { client, claim: claim.to_owned(), attribute: attribute.clone(), mappers, has_value, policy })
}

/// The clients of a realm whose tokens carry grants, as far as the spec says; else the guide's.
#[must_use]
pub fn clients(resolved: &Resolved, site: &Realm) -> Vec<String> {
    let mappers = resolved.protocol_mappers.iter().filter(|declared| {
        let mapper = &declared.value;
        is_in(&declared.address, &site.realm)
            && mapper.ensure != Ensure::Absent
            && mapper.user_attribute.as_ref() == Some(&site.grant_attribute)
    });
    let mut clients: Vec<String> = mappers.filter_map(|declared| declared.address.names().first().cloned()).collect();
    clients.dedup();
    if clients.is_empty() {
        clients.push(GUIDES_CLIENT.to_owned());
    }
    clients
}

/// The claim that Keystone reads of the tokens for a client: what the declared mapping reads, else what the declared
/// mapper writes, else the guide's.
#[must_use]
pub fn claim(resolved: &Resolved, site: &Realm, client: &str) -> String {
    let provider = Address::identity_provider(&site.identity_provider);
    let door = resolved.identity_providers.iter().find(|declared| declared.address == provider);
    let mapping = door.and_then(|declared| declared.value.written.mapping.as_deref()).map(Address::mapping);
    let mapping = resolved.mappings.iter().find(|declared| Some(&declared.address) == mapping.as_ref());
    let rules = mapping.and_then(|declared| declared.value.rules.as_deref()).unwrap_or_default();
    let written = || {
        let of_client = |address: &Address| {
            is_in(address, &site.realm) && address.names().first().is_some_and(|name| name == client)
        };
        let mut mappers = resolved.protocol_mappers.iter().filter(|declared| of_client(&declared.address));
        mappers.find_map(|declared| {
            let mapper = &declared.value;
            mapper.token_claim.clone().filter(|_| mapper.user_attribute.as_ref() == Some(&site.grant_attribute))
        })
    };
    rules.iter().find_map(read_by).or_else(written).unwrap_or_else(|| GUIDES_CLAIM.to_owned())
}

/// The claim that a mapping's rule takes for `projects_json`. Indexes count the remotes that hand on a value.
fn read_by(rule: &Json) -> Option<String> {
    let list = |key: &str| rule.get(key).and_then(Json::as_array);
    let index = list("local")?.iter().find_map(|local| local.get("projects_json")?.as_str())?;
    let index: usize = index.trim_matches(['{', '}']).parse().ok()?;
    let condition = |remote: &&Json| remote.get("any_one_of").is_some() || remote.get("not_any_of").is_some();
    let remote = list("remote")?.iter().filter(|remote| !condition(remote)).nth(index)?;
    let variable = remote.get("type")?.as_str()?;
    let prefixes = ["OIDC-", "OIDC_CLAIM_", "HTTP_OIDC_"];
    let claim = prefixes.iter().find_map(|prefix| variable.strip_prefix(prefix))?;
    Some(if variable.starts_with("HTTP_") { claim.to_lowercase() } else { claim.to_owned() })
}

fn is_in(address: &Address, realm: &str) -> bool {
    matches!(address, Address::Keycloak { realm: of, .. } if of == realm)
}

fn no_client(address: Address) -> Problem {
    Problem {
        address,
        source: None,
        message: "does not exist: nothing can be said of what tokens for it carry".to_owned(),
        hint: Some("declare the client through which people log in, or name it with --client".to_owned()),
    }
}

fn failed(failure: Failure) -> Trouble {
    Trouble::Failures(vec![failure])
}
