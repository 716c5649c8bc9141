//! The text of what no API can set, with the values of a spec: as the servers tell them, or as they will be.

use futures::future::try_join_all;
use reqwest::Client;

use crate::http::failure::Failure;
use crate::keycloak::session::discovery;
use crate::report::by_hand::{ByHand, Door, render};
use crate::resolve::Resolved;
use crate::resolve::site::Realm;

/// The administrators' realm: never the first to be given a host of its own.
const ADMINISTRATORS: &str = "master";

/// With issuers and keys as the realms' discovery documents tell them.
///
/// # Errors
/// [`Failure`] when one of them cannot be read.
pub(super) async fn of_servers(resolved: &Resolved, client: &Client) -> Result<String, Failure> {
    let doors = resolved.realms.iter().map(async |site| {
        let found = discovery(client, &site.keycloak, &site.realm).await?;
        let expected = expected(site);
        let keys = found.address("jwks_uri").map_or(expected.keys, Into::into);
        Ok(Door { issuer: found.issuer, keys, ..expected })
    });
    Ok(text(resolved, try_join_all(doors).await?))
}

/// With issuers and keys as Keycloak makes them where nothing else is said.
pub(super) fn of_spec(resolved: &Resolved) -> String {
    text(resolved, resolved.realms.iter().map(expected).collect())
}

fn expected(site: &Realm) -> Door {
    let issuer = format!("{}/realms/{}", site.keycloak.as_str().trim_end_matches('/'), site.realm);
    Door {
        realm: site.realm.clone(),
        keys: format!("{issuer}/protocol/openid-connect/certs"),
        issuer,
        provider: site.identity_provider.clone(),
        protocol: site.protocol.clone(),
    }
}

fn text(resolved: &Resolved, mut doors: Vec<Door>) -> String {
    doors.sort_by_key(|door| door.realm == ADMINISTRATORS);
    let environment = &resolved.environment;
    render(&ByHand { keystone: &environment.keystone, fqdn: environment.fqdn.as_deref(), doors })
}
