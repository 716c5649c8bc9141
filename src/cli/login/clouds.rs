//! An account in the words of the `openstack` client: an entry of a clouds.yaml, or the `OS_*` variables.

use std::path::{Path, PathBuf};

use crate::cli::variable;
use crate::keystone::session::{Credentials, Domain, Named};
use crate::model::Json;
use crate::secret::Secret;

/// Why an account cannot be used.
#[derive(Debug, thiserror::Error)]
pub(in crate::cli) enum CloudsError {
    #[error("there is no clouds.yaml; looked for {0}")]
    NoFile(String),
    #[error("failed to read {}", .path.display())]
    Unreadable { path: PathBuf, source: std::io::Error },
    #[error("failed to understand {}", .path.display())]
    Broken { path: PathBuf, source: Box<dyn std::error::Error + Send + Sync> },
    #[error("{} has no cloud `{cloud}`, only {known}", .path.display())]
    NoCloud { path: PathBuf, cloud: String, known: String },
    #[error("{origin}: `{missing}` is missing")]
    Missing { origin: String, missing: &'static str },
    #[error("{origin}: auth type `{found}` cannot be used here, only password and v3applicationcredential")]
    AuthType { origin: String, found: String },
}

/// An account, by the words that the client has for its parts: `username`, `project_name`, …
pub(in crate::cli) struct Cloud {
    origin: String,
    auth_type: Option<String>,
    auth: serde_json::Map<String, Json>,
}

/// The words that matter here; as variables they begin with `OS_`.
const WORDS: [&str; 15] = [
    "auth_url",
    "username",
    "user_id",
    "password",
    "user_domain_name",
    "user_domain_id",
    "project_name",
    "project_id",
    "project_domain_name",
    "project_domain_id",
    "default_domain",
    "default_domain_name",
    "default_domain_id",
    "application_credential_id",
    "application_credential_secret",
];

/// The entry `cloud` of the clouds.yaml that the client would find, with what secure.yaml beside it adds.
///
/// # Errors
/// [`CloudsError`] when there is no such file or entry.
pub(in crate::cli) fn find(cloud: &str) -> Result<Cloud, CloudsError> {
    let places = places();
    let Some(path) = places.iter().find(|path| path.is_file()) else {
        let looked = places.iter().map(|path| path.display().to_string()).collect::<Vec<_>>().join(", ");
        return Err(CloudsError::NoFile(looked));
    };
    let file = read(path)?;
    let Some(entry) = file.get("clouds").and_then(|clouds| clouds.get(cloud)) else {
        let known =
            file.get("clouds").and_then(Json::as_object).map(|clouds| clouds.keys().cloned().collect::<Vec<_>>());
        let known = known.unwrap_or_default().join(", ");
        return Err(CloudsError::NoCloud { path: path.clone(), cloud: cloud.to_owned(), known });
    };
    let auth = |entry: &Json| entry.get("auth").and_then(Json::as_object).cloned().unwrap_or_default();
    let mut parts = auth(entry);
    let secure = path.with_file_name("secure.yaml");
    if secure.is_file() {
        parts.extend(read(&secure)?.get("clouds").and_then(|clouds| clouds.get(cloud)).map(auth).unwrap_or_default());
    }
    let auth_type = entry.get("auth_type").and_then(Json::as_str).map(str::to_owned);
    Ok(Cloud { origin: format!("cloud `{cloud}` in {}", path.display()), auth_type, auth: parts })
}

fn places() -> Vec<PathBuf> {
    if let Some(path) = variable("OS_CLIENT_CONFIG_FILE") {
        return vec![path.into()];
    }
    let config = variable("XDG_CONFIG_HOME").or_else(|| variable("HOME").map(|home| format!("{home}/.config")));
    let mut places = vec![PathBuf::from("clouds.yaml")];
    places.extend(config.map(|config| Path::new(&config).join("openstack/clouds.yaml")));
    places.push("/etc/openstack/clouds.yaml".into());
    places
}

fn read(path: &Path) -> Result<Json, CloudsError> {
    let text =
        std::fs::read_to_string(path).map_err(|source| CloudsError::Unreadable { path: path.to_owned(), source })?;
    // The library's own excerpts would show the lines around an error, passwords included.
    let options = serde_yaml::options! { with_snippet: false };
    serde_yaml::from_str_with_options(&text, options)
        .map_err(|source| CloudsError::Broken { path: path.to_owned(), source: Box::new(source) })
}

impl Cloud {
    /// The account that the `OS_*` variables describe.
    pub(in crate::cli) fn of_variables(variable: impl Fn(&str) -> Option<String>) -> Self {
        let named = |word: &str| variable(&format!("OS_{}", word.to_uppercase()));
        let auth = WORDS.iter().filter_map(|word| Some(((*word).to_owned(), Json::String(named(word)?)))).collect();
        Self { origin: "the OS_* variables".to_owned(), auth_type: variable("OS_AUTH_TYPE"), auth }
    }

    /// Whether nothing is described.
    pub(in crate::cli) fn is_empty(&self) -> bool {
        self.auth.is_empty()
    }

    /// Keystone's address.
    pub(in crate::cli) fn auth_url(&self) -> Result<&str, CloudsError> {
        self.part("auth_url")
    }

    /// Who logs in.
    pub(in crate::cli) fn credentials(&self) -> Result<Credentials, CloudsError> {
        let by_credential = self.get("application_credential_id").is_some();
        match self.auth_type.as_deref() {
            Some("v3applicationcredential") => self.application_credential(),
            None if by_credential => self.application_credential(),
            None | Some("password" | "v3password") => self.password(),
            Some(found) => Err(CloudsError::AuthType { origin: self.origin.clone(), found: found.to_owned() }),
        }
    }

    fn application_credential(&self) -> Result<Credentials, CloudsError> {
        let secret = self.part("application_credential_secret")?;
        Ok(Credentials::ApplicationCredential {
            id: self.part("application_credential_id")?.to_owned(),
            secret: Secret::new(secret.to_owned()),
        })
    }

    fn password(&self) -> Result<Credentials, CloudsError> {
        Ok(Credentials::Password {
            user: self.named("user_id", "username", ["user_domain_id", "user_domain_name"])?,
            password: Secret::new(self.part("password")?.to_owned()),
            project: self.named("project_id", "project_name", ["project_domain_id", "project_domain_name"])?,
        })
    }

    fn named(&self, id: &str, name: &'static str, domain: [&str; 2]) -> Result<Named, CloudsError> {
        if let Some(id) = self.get(id) {
            return Ok(Named::Id(id.to_owned()));
        }
        let name = self.part(name)?.to_owned();
        let id = self.get(domain[0]).or_else(|| self.get("default_domain_id")).or_else(|| self.get("default_domain"));
        let domain = match (self.get(domain[1]).or_else(|| self.get("default_domain_name")), id) {
            (Some(name), _) => Domain::Name(name.to_owned()),
            (None, Some(id)) => Domain::Id(id.to_owned()),
            (None, None) => Domain::Id("default".to_owned()),
        };
        Ok(Named::Name { name, domain })
    }

    fn get(&self, word: &str) -> Option<&str> {
        self.auth.get(word).and_then(Json::as_str).filter(|value| !value.is_empty())
    }

    fn part(&self, word: &'static str) -> Result<&str, CloudsError> {
        self.get(word).ok_or_else(|| CloudsError::Missing { origin: self.origin.clone(), missing: word })
    }
}

#[cfg(test)]
mod tests;
