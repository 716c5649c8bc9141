//! What a plan is about: the environment, and its servers with the accounts that are used there.

use std::fmt;

use url::Url;

/// What a plan is about.
pub struct Header {
    /// The environment's name.
    pub environment: String,
    /// Its servers.
    pub servers: Vec<Server>,
}

/// A server, and who we are there.
pub struct Server {
    /// The Keycloak realm; nothing for Keystone.
    pub realm: Option<String>,
    /// Its address.
    pub url: Url,
    /// The account that is used there.
    pub account: String,
}

impl fmt::Display for Server {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { realm, url, account } = self;
        if let Some(realm) = realm {
            write!(formatter, "realm {realm} at ")?;
        }
        write!(formatter, "{} as {account}", url.authority())
    }
}
