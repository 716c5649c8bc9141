//! Where secrets are delivered to: those of application credentials, and those of Keycloak clients.

use std::collections::BTreeMap;
use std::path::PathBuf;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{OWN, cluster};
use crate::secret::Argv;

/// A place that a secret is delivered to, with all that a program needs beside it: exactly one of these.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("x-kubernetes-validations" = cluster::never(
    &["cloudsYaml", "openrc", "ini", "command"],
    "in a cluster a secret is delivered to a Secret in the same namespace; files and commands are for the command line")))]
pub struct Delivery {
    /// An entry of a clouds.yaml; what else is in the file stays as it is.
    pub clouds_yaml: Option<CloudsYaml>,
    /// A file of variables for a shell.
    pub openrc: Option<Openrc>,
    /// A section of a file that oslo.config reads; what else is in the file stays as it is.
    pub ini: Option<Ini>,
    /// A Secret of Kubernetes, by the ordinary kubeconfig or from within the cluster; keys and labels of others stay.
    pub kubernetes_secret: Option<KubernetesSecret>,
    /// A program that takes it over, for vaults of any make; run only with `--allow-commands`, without a shell.
    pub command: Option<Command>,
    /// What works with it, and knows a new one only when it begins anew.
    pub restart: Option<Restart>,
}

/// What is begun anew after a new secret has been delivered and tried: either of both.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("x-kubernetes-validations" =
    cluster::never(&["command"], "in a cluster workloads are restarted; commands are for the command line")))]
pub struct Restart {
    /// A program, run with `--allow-commands` and without a shell, such as `[systemctl, restart, nova-api]`. A run that is
    /// killed just before does not come back to it.
    #[schemars(extend("x-becomes" = OWN))]
    pub command: Option<Argv>,
    /// Value list: workloads in the namespace of the Secret, `deployment/NAME`, `statefulset/NAME` or `daemonset/NAME`,
    /// whose pods are replaced as `kubectl rollout restart` does.
    #[schemars(extend("x-becomes" = OWN))]
    pub workloads: Option<Vec<String>>,
}

/// An entry of a clouds.yaml.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CloudsYaml {
    /// The file, relative to the spec; not among the files of a folder that is given as a spec.
    #[schemars(extend("x-becomes" = OWN))]
    pub path: PathBuf,
    /// The entry's name.
    #[schemars(extend("x-becomes" = OWN))]
    pub cloud: String,
    /// Whether the secret stands in a `secure.yaml` beside it.
    #[serde(default)]
    #[schemars(extend("x-becomes" = OWN))]
    pub secure_yaml: bool,
    /// The region; the client's own choice if absent.
    #[schemars(extend("x-becomes" = OWN))]
    pub region: Option<String>,
}

/// A file of variables for a shell.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Openrc {
    /// The file, relative to the spec; not among the files of a folder that is given as a spec.
    #[schemars(extend("x-becomes" = OWN))]
    pub path: PathBuf,
    /// The region; the client's own choice if absent.
    #[schemars(extend("x-becomes" = OWN))]
    pub region: Option<String>,
}

/// A section of a file that oslo.config reads.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Ini {
    /// The file, relative to the spec; not among the files of a folder that is given as a spec.
    #[schemars(extend("x-becomes" = OWN))]
    pub path: PathBuf,
    /// The section; `keystone_authtoken` if absent.
    #[schemars(extend("default" = KEYSTONE_AUTHTOKEN, "x-becomes" = OWN))]
    pub section: Option<String>,
    /// The region; the service's own choice if absent.
    #[schemars(extend("x-becomes" = OWN))]
    pub region: Option<String>,
}

/// A Secret of Kubernetes.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("x-kubernetes-validations" =
    cluster::never(&["namespace"], "in a cluster the Secret is in the namespace of the resource")))]
pub struct KubernetesSecret {
    /// Its namespace; that of the kubeconfig's context if absent.
    #[schemars(extend("x-becomes" = OWN))]
    pub namespace: Option<String>,
    /// Its name.
    #[schemars(extend("x-becomes" = OWN))]
    pub name: String,
    /// In which form programs find it there.
    #[serde(default)]
    #[schemars(extend("x-becomes" = OWN))]
    pub format: StoredFormat,
    /// The region; the client's own choice if absent.
    #[schemars(extend("x-becomes" = OWN))]
    pub region: Option<String>,
    /// Labels that it shall have.
    #[serde(default)]
    #[schemars(extend("x-becomes" = OWN))]
    pub labels: BTreeMap<String, String>,
    /// Annotations that it shall have.
    #[serde(default)]
    #[schemars(extend("x-becomes" = OWN))]
    pub annotations: BTreeMap<String, String>,
}

/// In which form programs find what is delivered in a Secret.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum StoredFormat {
    /// Its key `clouds.yaml` has the cloud `openstack`.
    #[default]
    CloudsYaml,
    /// Each variable of the `openstack` client is a key: `OS_AUTH_URL` and so on.
    Keys,
    /// Its key `openrc.sh` is a file for a shell.
    Openrc,
}

/// A program that takes over what is delivered.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Command {
    /// The program and its arguments; it finds what is delivered on its standard input, and nowhere else.
    #[schemars(extend("x-becomes" = OWN))]
    pub argv: Argv,
    /// The program that prints the id of the application credential that was taken over last, or nothing. Where a client's
    /// secret is delivered, it prints that secret.
    #[schemars(extend("x-becomes" = OWN))]
    pub current: Argv,
    /// In which form it is given.
    #[serde(default)]
    #[schemars(extend("x-becomes" = OWN))]
    pub stdin: CommandFormat,
    /// The region; the client's own choice if absent.
    #[schemars(extend("x-becomes" = OWN))]
    pub region: Option<String>,
}

/// In which form a program is given what is delivered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum CommandFormat {
    /// A JSON object in the words of a clouds.yaml: `auth_url`, `application_credential_id`,
    /// `application_credential_secret` of an application credential; `client_id`, `client_secret` and more of a client.
    #[default]
    Json,
    /// A clouds.yaml with the cloud `openstack`.
    CloudsYaml,
}

/// The section by which services know how to log in.
pub const KEYSTONE_AUTHTOKEN: &str = "keystone_authtoken";
