//! The same access as an entry of a clouds.yaml file, beside the entries that are there. The client asks for the
//! password.

use serde_json::json;

use super::issued::entry::replace;
use super::{Delivery, MARK};
use crate::model::Json;

/// The text of the file with the cloud called `cloud`; every other byte of `existing` stays.
///
/// # Errors
/// What keeps it from being extended, without a word of the file.
pub fn render(delivery: &Delivery, cloud: &str, existing: Option<&str>) -> Result<String, String> {
    let new = format!("{MARK}.\n# It holds client secrets: keep it private. The client asks for the password.\n");
    replace(existing.unwrap_or(&new), "clouds", cloud, &entry(delivery))
}

fn entry(delivery: &Delivery) -> Json {
    let Delivery {
        auth_url,
        identity_provider,
        protocol,
        client_id,
        client_secret,
        discovery_endpoint,
        username,
        project_id,
        project_name: _,
        ca_file,
        proxies: _,
    } = delivery;
    let mut auth = json!({
        "auth_url": auth_url.as_str().trim_end_matches('/'),
        "identity_provider": identity_provider,
        "protocol": protocol,
        "client_id": client_id,
        "discovery_endpoint": discovery_endpoint.as_str(),
        "username": username,
        "project_id": project_id,
    });
    if let Some(secret) = client_secret {
        auth["client_secret"] = secret.expose().into();
    }
    let mut entry = json!({
        "auth_type": "v3oidcpassword",
        "interface": "public",
        "identity_api_version": 3,
        "auth": auth,
    });
    if let Some(ca_file) = ca_file {
        entry["cacert"] = ca_file.as_str().into();
    }
    entry
}

#[cfg(test)]
mod tests;
