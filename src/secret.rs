//! Secrets and references to them. Not a store: where a value comes from is the front-end's business.
//!
//! A [`Secret`] has neither `Display` nor `Serialize`, and its `Debug` shows nothing, so that no message, log or
//! plan can hold one by accident. A [`SecretRef`] is what specs and plans hold instead.

use std::fmt;
use std::path::PathBuf;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

/// A secret value; wiped from memory when dropped.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// Takes over `value`.
    #[must_use]
    pub fn new(value: String) -> Self {
        Self(Zeroizing::new(value))
    }

    /// The value itself, for the request or file that needs it and nothing else.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Secret")
    }
}

/// Where a secret is found; never the secret itself.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum SecretRef {
    /// The name of an environment variable.
    Env(String),
    /// The path of a file, relative to the spec; one trailing line end is not part of the secret.
    File(PathBuf),
}

impl fmt::Display for SecretRef {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Env(name) => write!(formatter, "environment variable {name}"),
            Self::File(path) => write!(formatter, "file {}", path.display()),
        }
    }
}

/// A secret that could not be read.
#[derive(Debug, thiserror::Error)]
pub enum SecretError {
    /// The environment variable is unset or empty.
    #[error("environment variable {0} is not set or empty")]
    Unset(String),
    /// The file is missing, unreadable or not UTF-8.
    #[error("failed to read the secret in {}", .path.display())]
    Unreadable {
        /// The file that was tried.
        path: PathBuf,
        /// Why it could not be read.
        #[source]
        source: std::io::Error,
    },
    /// The file holds nothing.
    #[error("the secret in {} is empty", .0.display())]
    Empty(PathBuf),
}

/// Reads what references point to. The environment is handed in, since only front-ends read it.
#[derive(Clone, Copy)]
pub struct Secrets {
    variable: fn(&str) -> Option<String>,
}

impl Secrets {
    /// Secrets whose environment variables are looked up by `variable`.
    #[must_use]
    pub fn new(variable: fn(&str) -> Option<String>) -> Self {
        Self { variable }
    }

    /// The value behind `reference`.
    ///
    /// # Errors
    /// [`SecretError`] when there is none: an empty secret is never meant.
    pub fn read(&self, reference: &SecretRef) -> Result<Secret, SecretError> {
        match reference {
            SecretRef::Env(name) => (self.variable)(name)
                .filter(|value| !value.is_empty())
                .map(Secret::new)
                .ok_or_else(|| SecretError::Unset(name.clone())),
            SecretRef::File(path) => {
                let unreadable = |source| SecretError::Unreadable { path: path.clone(), source };
                let text = Secret::new(std::fs::read_to_string(path).map_err(unreadable)?);
                let line = text.expose();
                let line = line.strip_suffix('\n').unwrap_or(line);
                let value = line.strip_suffix('\r').unwrap_or(line);
                if value.is_empty() {
                    return Err(SecretError::Empty(path.clone()));
                }
                Ok(Secret::new(value.to_owned()))
            }
        }
    }
}

#[cfg(test)]
mod tests;
