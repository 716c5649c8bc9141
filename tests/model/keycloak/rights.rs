//! What a login may do, named as Keycloak's `realm-management` roles.

use std::collections::BTreeSet;

use super::login::Token;
use super::{Answer, Keycloak};

/// The roles of a login; none means all of them.
#[derive(Clone, Default)]
pub(super) struct Rights(Option<BTreeSet<String>>);

impl Rights {
    pub(super) fn only(roles: impl IntoIterator<Item = String>) -> Self {
        Self(Some(roles.into_iter().collect()))
    }

    /// Any one of these roles, else the server's 403.
    pub(super) fn need(&self, roles: &[&str]) -> Result<(), Answer> {
        if self.any(roles) { Ok(()) } else { Err(forbidden()) }
    }

    /// Whether a list is shown (`true`), is empty for this caller (`false`), or is forbidden.
    pub(super) fn list(&self, roles: &[&str], query: &str) -> Result<bool, Answer> {
        if self.any(roles) {
            return Ok(true);
        }
        self.need(&[query]).map(|()| false)
    }

    fn any(&self, roles: &[&str]) -> bool {
        self.0.as_ref().is_none_or(|mine| roles.iter().any(|role| mine.contains(*role)))
    }
}

impl Keycloak {
    /// The rights of a token in a realm: a token of realm master works in every realm, another only in its own.
    pub(super) fn rights_of(&self, token: &Token, realm: &str) -> Result<Rights, Answer> {
        if token.realm != "master" && token.realm != realm {
            return Err(forbidden());
        }
        let made_by = self.realms.get(realm).and_then(|realm| realm.made_by.as_ref());
        if made_by.is_some_and(|(holder, tokens)| *holder == token.holder && token.number >= *tokens) {
            return Ok(Rights::default());
        }
        Ok(self.rights.get(&token.holder).cloned().unwrap_or_default())
    }
}

fn forbidden() -> Answer {
    Answer::error(403, "HTTP 403 Forbidden")
}
