//! Secrets and references to them. Not a store: where a value comes from is the front-end's business.
//!
//! A [`Secret`] has neither `Display` nor `Serialize`, and its `Debug` shows nothing, so that no message, log or
//! plan can hold one by accident. A [`SecretRef`] is what specs and plans hold instead.

mod command;

use std::collections::HashMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

/// What a cluster says of a secret that is given in another way: the environment, the files and the commands there are
/// those of the controller, and whoever may write a resource would read what belongs to others.
const IN_CLUSTER: &str = "in a cluster a secret is given by secretKeyRef, a key of a Secret in the same namespace; env, \
                          file and command are for the command line";

/// Whether a server shows asterisks instead of a secret: they say nothing about it, are never taken for it and never sent
/// (Keycloak 26.7 in exports; by its documentation from 26.8 on also to those who may only view).
#[must_use]
pub fn is_masked(shown: &str) -> bool {
    !shown.is_empty() && shown.chars().all(|letter| letter == '*')
}

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

/// Where a secret is found; never the secret itself. Exactly one of these.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(extend("x-kubernetes-validations" = [{"rule": "has(self.secretKeyRef)", "message": IN_CLUSTER}]))]
pub enum SecretRef {
    /// The name of an environment variable.
    Env(String),
    /// The path of a file, relative to the spec; one trailing line end is not part of the secret.
    File(PathBuf),
    /// A command and its arguments, run without a shell; it prints the secret as one line. Only with
    /// `--allow-commands`.
    Command(Argv),
    /// A key of a Kubernetes Secret in the namespace of the resource; nothing outside of a cluster can read it.
    SecretKeyRef(SecretKeyRef),
}

/// A program and its arguments.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Deserialize, Serialize, JsonSchema)]
#[serde(try_from = "Vec<String>")]
#[schemars(extend("minItems" = 1))]
pub struct Argv(Vec<String>);

impl TryFrom<Vec<String>> for Argv {
    type Error = NoProgram;

    fn try_from(words: Vec<String>) -> Result<Self, NoProgram> {
        if words.first().is_some_and(|program| !program.is_empty()) { Ok(Self(words)) } else { Err(NoProgram) }
    }
}

/// A command without a program.
#[derive(Debug, thiserror::Error)]
#[error("a command begins with the program to run")]
pub struct NoProgram;

impl Argv {
    /// The program's name or path.
    #[must_use]
    pub fn program(&self) -> &str {
        self.0.first().map_or("", String::as_str)
    }

    /// The same command, to be run from anywhere: a program that is given by a relative path is found from
    /// `directory`; one without a slash is found by the `PATH`.
    #[must_use]
    pub fn anchored(&self, directory: &Path) -> Self {
        let mut words = self.0.clone();
        if let Some(program) = words.first_mut().filter(|program| program.contains('/')) {
            *program = directory.join(&program).to_string_lossy().into_owned();
        }
        Self(words)
    }
}

/// A key of a Kubernetes Secret.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SecretKeyRef {
    /// The Secret's name.
    #[schemars(extend("x-becomes" = "nothing: it is the tool's own"))]
    pub name: String,
    /// The key in it.
    #[schemars(extend("x-becomes" = "nothing: it is the tool's own"))]
    pub key: String,
}

impl SecretRef {
    /// The same, of a command the program alone: its arguments may be secret, too.
    #[must_use]
    pub fn without_arguments(&self) -> Self {
        match self {
            Self::Command(argv) => Self::Command(Argv(vec![argv.program().to_owned()])),
            Self::Env(_) | Self::File(_) | Self::SecretKeyRef(_) => self.clone(),
        }
    }
}

impl fmt::Display for SecretRef {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Env(name) => write!(formatter, "environment variable {name}"),
            Self::File(path) => write!(formatter, "file {}", path.display()),
            Self::Command(argv) => write!(formatter, "command {}", argv.program()),
            Self::SecretKeyRef(SecretKeyRef { name, key }) => write!(formatter, "key {key} of Secret {name}"),
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
    /// Commands are not allowed.
    #[error("the secret is what the command {0} prints, and commands are not allowed to run")]
    NotAllowed(String),
    /// The command did not print a secret. What it printed is not said.
    #[error("failed to get the secret from the command {program}")]
    Command {
        /// The program.
        program: String,
        /// What was wrong.
        #[source]
        source: CommandError,
    },
    /// Only a cluster resolves it.
    #[error("the secret is {0}, which only a Kubernetes cluster can read")]
    InCluster(SecretRef),
}

impl SecretError {
    /// What to do about it, where that is more than its text says.
    #[must_use]
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::Unset(_) | Self::Unreadable { .. } | Self::Empty(_) => None,
            Self::NotAllowed(_) => Some("run it again with --allow-commands if you trust the spec"),
            Self::Command { .. } => Some("run the command by hand to see what is wrong; its words are not shown here"),
            Self::InCluster(_) => Some("here, say `{env: NAME}`, `{file: PATH}` or `{command: [PROGRAM, …]}`"),
        }
    }
}

pub use command::{CommandError, converse};

/// Reads what references point to, each once: a command may want somebody to touch a key, and what is compared must be
/// what is sent. The environment is handed in, since only front-ends read it.
pub struct Secrets {
    variable: fn(&str) -> Option<String>,
    commands: bool,
    known: Mutex<HashMap<SecretRef, Secret>>,
}

impl Secrets {
    /// Secrets whose environment variables are looked up by `variable`.
    #[must_use]
    pub fn new(variable: fn(&str) -> Option<String>) -> Self {
        Self { variable, commands: false, known: Mutex::default() }
    }

    /// The same; commands are run if they are `allowed`.
    #[must_use]
    pub fn with_commands(self, allowed: bool) -> Self {
        Self { commands: allowed, ..self }
    }

    /// The value behind `reference`, as it was when it was first read.
    ///
    /// # Errors
    /// [`SecretError`] when there is none: an empty secret is never meant.
    pub fn read(&self, reference: &SecretRef) -> Result<Secret, SecretError> {
        // Whoever asks for the same while a command still runs waits for it, instead of running it as well.
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(secret) = known.get(reference) {
            return Ok(secret.clone());
        }
        let secret = self.find(reference, command::line)?;
        known.insert(reference.clone(), secret.clone());
        Ok(secret)
    }

    /// The same of a secret that has several lines: a private key.
    ///
    /// # Errors
    /// [`SecretError`] when there is none.
    pub fn read_text(&self, reference: &SecretRef) -> Result<Secret, SecretError> {
        self.find(reference, command::text)
    }

    fn find(&self, reference: &SecretRef, printed: command::Printed) -> Result<Secret, SecretError> {
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
            SecretRef::Command(argv) if !self.commands => Err(SecretError::NotAllowed(argv.program().to_owned())),
            SecretRef::Command(argv) => printed(&argv.0, command::PATIENCE)
                .map_err(|source| SecretError::Command { program: argv.program().to_owned(), source }),
            SecretRef::SecretKeyRef(_) => Err(SecretError::InCluster(reference.clone())),
        }
    }
}

#[cfg(test)]
mod tests;
