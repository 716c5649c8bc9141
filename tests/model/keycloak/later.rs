//! What is told of Keycloak 26.8 and was never seen, since no such server could be had: unproven. It is so where a seed says
//! `"version": "26.8"`.
//!
//! Told by its release notes and advisories: who may only view clients sees asterisks instead of secrets; a change of a
//! mapper takes `manage-realm` too; a token opens the admin API only with the client scope `kc-admin-api`, which at first
//! `admin-cli` alone has.

use serde_json::Value as Json;

use super::client::MANAGE;
use super::login::Token;
use super::rights::Rights;
use super::{Answer, Keycloak, text};

const SCOPE: &str = "kc-admin-api";
const MASK: &str = "**********";

impl Keycloak {
    fn is_later(&self) -> bool {
        self.version.starts_with("26.8")
    }

    /// Refuses tokens without the scope of the admin API.
    pub(super) fn admit(&self, token: &Token) -> Result<(), Answer> {
        let clients = self.realms.get(&token.realm).map_or(&[][..], |realm| &realm.clients);
        let client = clients.iter().find(|client| text(client, "clientId") == token.client);
        let scopes = client.and_then(|client| client.get("defaultClientScopes")?.as_array());
        let has_scope = scopes.is_some_and(|scopes| scopes.iter().any(|scope| scope == SCOPE));
        if !self.is_later() || token.client == "admin-cli" || has_scope {
            return Ok(());
        }
        Err(Answer::error(401, "HTTP 401 Unauthorized"))
    }

    /// Refuses changes of mappers to those who may not manage the realm.
    pub(super) fn allow_mappers(&self, rights: &Rights) -> Result<(), Answer> {
        if self.is_later() { rights.need(&["manage-realm"]) } else { Ok(()) }
    }

    /// A client's document, or the answer of `client-secret`, as those see it who may only view clients.
    pub(super) fn masked(&self, rights: &Rights, mut shown: Json) -> Json {
        if self.is_later() && rights.need(MANAGE).is_err() {
            for key in ["secret", "value"] {
                if let Some(secret) = shown.get_mut(key) {
                    *secret = MASK.into();
                }
            }
        }
        shown
    }
}
