//! The secret of a Keycloak client: where it comes from, when it is made anew, and where it is delivered to.

use std::path::PathBuf;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::delivery::Delivery;
use super::duration::Seconds;
use super::{OWN, cluster};
use crate::secret::{Argv, SecretKeyRef, SecretRef};

/// What becomes of a reference.
const STORED: &str = "Keycloak client `secret`";

/// The secret of a client. Without a reference it is the server's own: one that Keycloak has generated.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("x-kubernetes-validations" = cluster::never(
    &["env", "file", "command"],
    "in a cluster a secret is given by secretKeyRef, a key of a Secret in the same namespace; env, file and command are \
     for the command line")))]
pub struct ClientSecret {
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
    /// When the server makes a new one. Absent: never, unless `credentials rotate` says so.
    pub rotation: Option<Rotation>,
    /// Where it is delivered to.
    #[serde(default)]
    #[schemars(extend("x-becomes" = "a delivery"))]
    pub deliver: Vec<Delivery>,
}

/// When the server makes a new secret of a client. Where it has a client policy with the executor `secret-rotation`, the
/// old one stays valid for as long as that policy says; else it ends at once, a hard cut that the plan announces.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(rename = "SecretRotation")]
pub struct Rotation {
    /// How old one may get.
    #[schemars(extend("x-becomes" = OWN))]
    pub every: Seconds,
}

impl ClientSecret {
    /// The references that are given; more than one contradict each other.
    pub fn references(&self) -> impl Iterator<Item = SecretRef> {
        let Self { env, file, command, secret_key_ref, rotation: _, deliver: _ } = self;
        let given = [
            env.clone().map(SecretRef::Env),
            file.clone().map(SecretRef::File),
            command.clone().map(SecretRef::Command),
            secret_key_ref.clone().map(SecretRef::SecretKeyRef),
        ];
        given.into_iter().flatten()
    }
}
