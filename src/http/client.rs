//! The HTTP client: trust, timeouts, no redirects, no retries of its own.

use std::time::Duration;

use reqwest::{Certificate, Client, redirect, retry};

const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// Why there is no client.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// The CA bundle holds no certificate, or a broken one.
    #[error("failed to read certificates from the CA bundle (PEM expected)")]
    Certificates(#[source] Option<reqwest::Error>),
    /// The TLS library refuses its settings.
    #[error("failed to set up TLS")]
    Tls(#[source] reqwest::Error),
}

/// A client that trusts the CAs of `bundle` (PEM), or the system's where there is none. A server that has not answered
/// to its end within `patience` is not going to.
///
/// Redirects are refused: a 302 of a login page would count as an answer, and tokens would follow it.
///
/// # Errors
/// [`ClientError`] when the bundle cannot be used.
pub fn client(bundle: Option<&[u8]>, patience: Duration) -> Result<Client, ClientError> {
    let mut builder = Client::builder()
        .user_agent(concat!(env!("CARGO_PKG_NAME"), "/", env!("CARGO_PKG_VERSION")))
        .redirect(redirect::Policy::none())
        .retry(retry::never())
        .timeout(patience)
        .connect_timeout(CONNECT_TIMEOUT)
        .pool_idle_timeout(Duration::from_secs(4));
    if let Some(bundle) = bundle {
        let certificates =
            Certificate::from_pem_bundle(bundle).map_err(|error| ClientError::Certificates(Some(error)))?;
        if certificates.is_empty() {
            return Err(ClientError::Certificates(None));
        }
        builder = builder.tls_certs_only(certificates);
    }
    builder.build().map_err(ClientError::Tls)
}

#[cfg(test)]
mod tests;
