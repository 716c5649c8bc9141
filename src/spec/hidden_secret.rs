//! A secret that a server keeps and never shows, in other places than a client's: what it is cannot be compared.

use std::path::PathBuf;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::cluster;
use crate::secret::{Argv, SecretKeyRef, SecretRef};

/// What becomes of a reference.
const STORED: &str = "the secret itself";

/// A secret that the server never shows again. It is sent when there is none, and when its `version` is another one.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("x-kubernetes-validations" = cluster::never(
    &["env", "file", "command"],
    "in a cluster a secret is given by secretKeyRef, a key of a Secret in the same namespace; env, file and command are \
     for the command line")))]
pub struct HiddenSecret {
    /// The name of an environment variable that holds it.
    #[schemars(extend("x-becomes" = STORED))]
    pub env: Option<String>,
    /// The path of a file that holds it, relative to the spec; one trailing line end is not part of it.
    #[schemars(extend("x-becomes" = STORED))]
    pub file: Option<PathBuf>,
    /// A command and its arguments, run without a shell, that prints it as one line. Only with `--allow-commands`.
    #[schemars(extend("x-becomes" = STORED))]
    pub command: Option<Argv>,
    /// A key of a Kubernetes Secret in the namespace of the resource; nothing outside of a cluster can read it.
    #[schemars(extend("x-becomes" = STORED))]
    pub secret_key_ref: Option<SecretKeyRef>,
    /// Which one it is, in a word of yours: another word than before has it sent again. The server does not show the
    /// secret, so that a new one behind the same reference is not noticed by itself. The word is kept beside it there.
    pub version: Option<String>,
}

impl HiddenSecret {
    /// The references that are given; more than one contradict each other.
    pub fn references(&self) -> impl Iterator<Item = SecretRef> {
        let Self { env, file, command, secret_key_ref, version: _ } = self;
        let given = [
            env.clone().map(SecretRef::Env),
            file.clone().map(SecretRef::File),
            command.clone().map(SecretRef::Command),
            secret_key_ref.clone().map(SecretRef::SecretKeyRef),
        ];
        given.into_iter().flatten()
    }
}
