//! How servers are reached: the CAs to trust and the certificate to show, as the spec says, else by the usual variables;
//! the proxy by the usual variables alone, since it belongs to the machine and not to the cloud.

use std::path::{Path, PathBuf};
use std::time::Duration;

use reqwest::Client;

use super::variable;
use crate::http::client::{self, ClientCertificate, ClientError, Transport, Way};
use crate::model::source::Source;
use crate::resolve::site::Environment;
use crate::secret::{SecretError, SecretRef, Secrets};

/// Why there is no client to talk with.
#[derive(Debug, thiserror::Error)]
pub(super) enum TransportError {
    #[error("failed to read the CA bundle {}", .path.display())]
    Bundle { path: PathBuf, source: std::io::Error },
    #[error("failed to read the client certificate {}", .path.display())]
    Certificate { path: PathBuf, source: std::io::Error },
    #[error("failed to read the private key of the client certificate")]
    Key { source_in_spec: Option<Source>, source: SecretError },
    #[error("the variable {0} holds no address of a proxy")]
    Proxy(&'static str),
    #[error(transparent)]
    Client(#[from] ClientError),
}

impl TransportError {
    pub(super) fn source_in_spec(&self) -> Option<&Source> {
        match self {
            Self::Key { source_in_spec, .. } => source_in_spec.as_ref(),
            Self::Bundle { .. } | Self::Certificate { .. } | Self::Proxy(_) | Self::Client(_) => None,
        }
    }

    pub(super) fn hint(&self) -> Option<&'static str> {
        match self {
            Self::Bundle { .. } | Self::Client(ClientError::Certificates(_)) => {
                Some("correct `caFile` in the Environment document, or OS_CACERT")
            }
            Self::Certificate { .. } | Self::Client(ClientError::Own(_)) => {
                Some("correct `clientCertificate` in the Environment document, or OS_CERT and OS_KEY")
            }
            Self::Client(ClientError::Tls(_)) => Some("does the key of `clientCertificate` belong to its certificate?"),
            Self::Proxy(_) | Self::Client(ClientError::Proxy(_)) => Some(
                "write http://HOST:PORT, https://HOST:PORT or socks5h://HOST:PORT, with USER:PASSWORD@ before HOST where \
                 the proxy asks for them; what it holds is not shown here",
            ),
            Self::Key { source, .. } => source.hint(),
        }
    }
}

/// A client for the servers of `environment`, which waits for an answer as long as `patience`.
pub(super) fn client(
    environment: &Environment,
    secrets: &Secrets,
    patience: Duration,
) -> Result<Client, TransportError> {
    let transport = Transport {
        authorities: authorities(environment)?,
        certificate: certificate(environment, secrets)?,
        proxy: proxy()?,
    };
    Ok(client::client(&transport, patience)?)
}

/// The bundle of CAs to trust instead of the system's: the spec's, else that of `OS_CACERT`.
fn authorities(environment: &Environment) -> Result<Option<Vec<u8>>, TransportError> {
    let path = environment.ca_file.clone().or_else(|| variable("OS_CACERT").map(PathBuf::from));
    path.map(|path| std::fs::read(&path).map_err(|source| TransportError::Bundle { path, source })).transpose()
}

/// The certificate to show: the spec's, else that of `OS_CERT`, whose key is in `OS_KEY` or in the same file.
fn certificate(environment: &Environment, secrets: &Secrets) -> Result<Option<ClientCertificate>, TransportError> {
    let declared = environment.client_certificate.as_ref();
    let (path, key, source_in_spec) = match (declared, variable("OS_CERT")) {
        (Some(declared), _) => (declared.cert_file.clone(), declared.key.clone(), Some(declared.at.source())),
        (None, Some(path)) => {
            let key = variable("OS_KEY").unwrap_or_else(|| path.clone());
            (path.into(), SecretRef::File(key.into()), None)
        }
        (None, None) => return Ok(None),
    };
    let chain = read(&path)?;
    let key = secrets.read_text(&key).map_err(|source| TransportError::Key { source_in_spec, source })?;
    Ok(Some(ClientCertificate { chain, key }))
}

fn read(path: &Path) -> Result<Vec<u8>, TransportError> {
    std::fs::read(path).map_err(|source| TransportError::Certificate { path: path.to_owned(), source })
}

/// The proxy that the usual variables name. `HTTP_PROXY` is not among them: what is not encrypted stays on this machine.
fn proxy() -> Result<Option<Way>, TransportError> {
    let names = ["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"];
    let Some((name, address)) = names.into_iter().find_map(|name| Some((name, variable(name)?))) else {
        return Ok(None);
    };
    let except = variable("no_proxy").or_else(|| variable("NO_PROXY")).unwrap_or_default();
    Way::new(&address, &except).map(Some).ok_or(TransportError::Proxy(name))
}
