//! Where access is delivered to: files that hold secrets. Never standard output.

pub mod clouds_yaml;
pub mod issued;
pub mod openrc;
pub mod private_file;
pub mod whole_file;

use url::Url;

use crate::secret::Secret;

/// All that a person needs to log in with the `openstack` client, but for the password.
pub struct Delivery {
    /// Keystone's address.
    pub auth_url: Url,
    /// The Keystone identity provider.
    pub identity_provider: String,
    /// Its protocol.
    pub protocol: String,
    /// The Keycloak client.
    pub client_id: String,
    /// Its secret; nothing for a public client.
    pub client_secret: Option<Secret>,
    /// The address of the realm's discovery document.
    pub discovery_endpoint: Url,
    /// The person's username.
    pub username: String,
    /// The project's id.
    pub project_id: String,
    /// The project's name, for people.
    pub project_name: String,
    /// The path of the CA bundle to trust instead of the system's.
    pub ca_file: Option<String>,
    /// Proxy variables to set, with their values.
    pub proxies: Vec<(String, String)>,
}

/// The first line of everything that is written here: what does not begin with it is somebody else's.
const MARK: &str = "# Written by opcp-provision";
