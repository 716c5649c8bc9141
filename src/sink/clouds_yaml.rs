//! The same access as an entry of a clouds.yaml file. The client asks for the password.

use serde_json::{Map, json};

use super::{Delivery, MARK};
use crate::model::Json;

/// A file that could not be put into YAML.
#[derive(Debug, thiserror::Error)]
#[error("failed to write the access as YAML")]
pub struct YamlError(#[source] serde_yaml::ser::Error);

/// The text of the file, with one cloud called `cloud`.
///
/// # Errors
/// [`YamlError`] when the library refuses.
pub fn render(delivery: &Delivery, cloud: &str) -> Result<String, YamlError> {
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
    let clouds: Map<String, Json> = [(cloud.to_owned(), entry)].into_iter().collect();
    let options = serde_yaml::ser_options! { folded_wrap_chars: 1_000_000 };
    let mut text =
        format!("{MARK}.\n# It holds the client secret: keep it private. The client asks for the password.\n");
    serde_yaml::to_fmt_writer_with_options(&mut text, &json!({"clouds": clouds}), options).map_err(YamlError)?;
    Ok(text)
}

#[cfg(test)]
mod tests;
