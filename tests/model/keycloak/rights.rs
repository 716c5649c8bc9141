//! What a login may do, named as Keycloak's `realm-management` roles.

use std::collections::BTreeSet;

use super::login::Token;
use super::{Answer, Keycloak, text};

/// The roles of a login; none means all of them.
#[derive(Clone, Default)]
pub(super) struct Rights(Option<BTreeSet<String>>);

impl Rights {
    pub(super) fn only(roles: impl IntoIterator<Item = String>) -> Self {
        Self(Some(roles.into_iter().collect()))
    }

    /// These rights, too.
    fn and(self, more: Vec<String>) -> Self {
        Self(self.0.map(|mine| mine.into_iter().chain(more).collect()))
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

    /// Any right at all.
    pub(super) fn need_any(&self) -> Result<(), Answer> {
        if self.0.as_ref().is_none_or(|mine| !mine.is_empty()) { Ok(()) } else { Err(forbidden()) }
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
        if self.realms.get(realm).is_some_and(|realm| realm.is_made_by(token)) {
            return Ok(Rights::default());
        }
        let account = self.realms.get(&token.realm).and_then(|realm| realm.accounts.get(&token.holder));
        let account = account.map_or(token.holder.as_str(), |account| text(account, "id"));
        let mut by_roles = self.mapped_rights(&token.realm, account, realm, token.number);
        by_roles.extend(self.rights_elsewhere(token, account));
        let seeded = self.rights.get(&token.holder).cloned().unwrap_or_default();
        Ok(seeded.and(by_roles))
    }
}

fn forbidden() -> Answer {
    Answer::error(403, "HTTP 403 Forbidden")
}
