//! The same access as an entry of a clouds.yaml file, beside the entries that are there. The client asks for the
//! password.

use serde_json::{Map, json};

use super::{Delivery, MARK};
use crate::model::Json;

/// A file that could not be written or extended.
#[derive(Debug, thiserror::Error)]
pub enum YamlError {
    /// The library refuses to write.
    #[error("failed to write the access as YAML")]
    Unwritable(#[source] serde_yaml::ser::Error),
    /// The file that is there cannot be read.
    #[error("failed to understand the file that is there")]
    Broken(#[source] serde_yaml::Error),
    /// The file that is there holds something else.
    #[error("the file that is there holds no clouds")]
    NoClouds,
}

/// The text of the file with the cloud called `cloud`, and with the other clouds of `existing`.
///
/// # Errors
/// [`YamlError`] when `existing` cannot be kept, or the library refuses.
pub fn render(delivery: &Delivery, cloud: &str, existing: Option<&str>) -> Result<String, YamlError> {
    let mut clouds = match existing {
        Some(existing) => clouds(existing)?,
        None => Map::new(),
    };
    clouds.insert(cloud.to_owned(), entry(delivery));
    let options = serde_yaml::ser_options! { folded_wrap_chars: 1_000_000 };
    let mut text = format!("{MARK}.\n# It holds client secrets: keep it private. The client asks for the password.\n");
    serde_yaml::to_fmt_writer_with_options(&mut text, &json!({"clouds": clouds}), options)
        .map_err(YamlError::Unwritable)?;
    Ok(text)
}

/// The clouds of a file.
fn clouds(text: &str) -> Result<Map<String, Json>, YamlError> {
    // The library's own excerpts would show the lines around an error, secrets included.
    let options = serde_yaml::options! { with_snippet: false };
    let file: Map<String, Json> = serde_yaml::from_str_with_options(text, options).map_err(YamlError::Broken)?;
    match (file.len(), file.get("clouds")) {
        (1, Some(Json::Object(clouds))) => Ok(clouds.clone()),
        _ => Err(YamlError::NoClouds),
    }
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
