//! The HTTP client: trust, what is shown of us, the way there, timeouts, no redirects, no retries of its own.

use std::time::Duration;

use reqwest::{Certificate, Client, Identity, NoProxy, Proxy, redirect, retry};
use url::Url;
use zeroize::Zeroizing;

use crate::secret::Secret;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// What never goes through a proxy: a proxy's own loopback is another machine's, and what goes to ours is not encrypted.
const LOOPBACK: &str = "localhost,127.0.0.0/8,::1";

/// What a client trusts, shows of itself, and goes through.
#[derive(Default)]
pub struct Transport {
    /// The CAs that are trusted (PEM), instead of the system's.
    pub authorities: Option<Vec<u8>>,
    /// What is shown to whoever asks who we are.
    pub certificate: Option<ClientCertificate>,
    /// The way to every server but those on this machine.
    pub proxy: Option<Way>,
}

/// A certificate of our own.
pub struct ClientCertificate {
    /// It and those between it and its CA (PEM).
    pub chain: Vec<u8>,
    /// Its private key (PEM).
    pub key: Secret,
}

/// A proxy, and what does not go through it. Without `Debug`: the address may hold a password.
pub struct Way {
    address: Url,
    except: String,
}

/// The kinds of proxy that there are.
const SCHEMES: [&str; 6] = ["http", "https", "socks4", "socks4a", "socks5", "socks5h"];

impl Way {
    /// The way through the proxy at `address`, which is `http://` if it does not say, but for the hosts, domains and
    /// networks of `except`. Nothing if that is no address of a proxy.
    #[must_use]
    pub fn new(address: &str, except: &str) -> Option<Self> {
        let address = if address.contains("://") { address.to_owned() } else { format!("http://{address}") };
        let address: Url = address.parse().ok()?;
        let usable = SCHEMES.contains(&address.scheme()) && address.has_host();
        usable.then(|| Self { address, except: format!("{except},{LOOPBACK}") })
    }
}

/// Why there is no client.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// The CA bundle holds no certificate, or a broken one.
    #[error("failed to read certificates from the CA bundle (PEM expected)")]
    Certificates(#[source] Option<reqwest::Error>),
    /// The certificate of our own, or its key, cannot be read.
    #[error("failed to read the client certificate or its private key (PEM expected, the key not encrypted)")]
    Own(#[source] reqwest::Error),
    /// The proxy cannot be used.
    #[error("failed to set up the proxy")]
    Proxy(#[source] reqwest::Error),
    /// The TLS library refuses its settings.
    #[error("failed to set up TLS")]
    Tls(#[source] reqwest::Error),
}

/// A client that talks as `transport` says. A server that has not answered to its end within `patience` is not going to.
///
/// Redirects are refused: a 302 of a login page would count as an answer, and tokens would follow it.
///
/// # Errors
/// [`ClientError`] when a part of it cannot be used.
pub fn client(transport: &Transport, patience: Duration) -> Result<Client, ClientError> {
    let mut builder = Client::builder()
        .user_agent(concat!(env!("CARGO_PKG_NAME"), "/", env!("CARGO_PKG_VERSION")))
        .redirect(redirect::Policy::none())
        .retry(retry::never())
        .timeout(patience)
        .connect_timeout(CONNECT_TIMEOUT)
        .pool_idle_timeout(Duration::from_secs(4))
        .no_proxy();
    if let Some(bundle) = &transport.authorities {
        let certificates =
            Certificate::from_pem_bundle(bundle).map_err(|error| ClientError::Certificates(Some(error)))?;
        if certificates.is_empty() {
            return Err(ClientError::Certificates(None));
        }
        builder = builder.tls_certs_only(certificates);
    }
    if let Some(ClientCertificate { chain, key }) = &transport.certificate {
        let both = Zeroizing::new([chain, b"\n".as_slice(), key.expose().as_bytes()].concat());
        builder = builder.identity(Identity::from_pem(&both).map_err(ClientError::Own)?);
    }
    if let Some(Way { address, except }) = &transport.proxy {
        let proxy = Proxy::https(address.clone()).map_err(|error| ClientError::Proxy(error.without_url()))?;
        builder = builder.proxy(proxy.no_proxy(NoProxy::from_string(except)));
    }
    builder.build().map_err(ClientError::Tls)
}

#[cfg(test)]
mod tests;
