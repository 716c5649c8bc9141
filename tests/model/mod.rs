//! Stateful model servers of Keycloak's and Keystone's administration interfaces, for tests only.
//!
//! They remember what they are told, log every request and can be told to fail. They are not the
//! servers: what they answer is what the real ones were seen to answer, and `conformance` sends the
//! same requests to both.

pub(crate) mod conformance;
pub(crate) mod fault;
pub(crate) mod keycloak;
pub(crate) mod keystone;
pub(crate) mod list_fault;
pub(crate) mod log;
mod message;
mod server;

pub(crate) use message::{Answer, Request, UNKNOWN_ROUTE};
pub(crate) use server::{Model, Server};

use serde_json::Value as Json;

use keycloak::Keycloak;
use keystone::Keystone;

/// Both servers of one cloud, seeded from one document.
pub(crate) struct Models {
    pub(crate) keycloak: Server<Keycloak>,
    pub(crate) keystone: Server<Keystone>,
}

impl Models {
    /// Starts both servers on free loopback ports. `seed` is a scenario's `live.json`, in which each
    /// secret has already been put in place of its reference.
    pub(crate) fn start(seed: &Json) -> Self {
        Self {
            keycloak: Server::start(Keycloak::seeded(&seed["keycloak"])),
            keystone: Server::start(Keystone::seeded(&seed["keystone"])),
        }
    }
}

/// The tool's way to name a thing: `/` and `%` in names are percent-encoded.
fn address(parts: &[&str]) -> String {
    let encoded: Vec<String> = parts.iter().map(|part| part.replace('%', "%25").replace('/', "%2F")).collect();
    encoded.join("/")
}
