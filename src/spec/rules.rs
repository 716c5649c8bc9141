//! Rules of Keystone mappings, as far as they say who a person is in Keystone. Not a mapping engine: nobody's claims
//! are looked at, and whom a rule is for does not matter here.
//!
//! Keystone knows a person of an identity provider by the `id` of the first matching rule's `user`, else by its `name`
//! (seen on 30): another template makes another person of everybody, without the application credentials of the first.

use std::fmt;

use crate::model::Json;

/// Who a rule makes of a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// What the person is known by, `{}` with the variable's name in place of each index: `{OIDC-sub}`.
    pub known_by: String,
    /// The domain of new people, by name or id; nothing for the identity provider's own.
    pub domain: Option<String>,
    /// Whether a user of Keystone's own is meant.
    pub local: bool,
}

impl fmt::Display for Identity {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { known_by, domain: _, local } = self;
        write!(formatter, "`{known_by}`{}", if *local { " (a local user)" } else { "" })
    }
}

impl Identity {
    /// Whether both know everybody by the same: people stay who they are, whatever their new domain is called.
    #[must_use]
    pub fn is_same_person(&self, other: &Self) -> bool {
        self.known_by == other.known_by && self.local == other.local
    }

    /// What the person called `username` is known by, where nothing else than that name counts.
    #[must_use]
    pub fn of_username(&self, username: &str) -> Option<String> {
        let known_by =
            USERNAMES.iter().fold(self.known_by.clone(), |text, name| text.replace(&format!("{{{name}}}"), username));
        (!known_by.contains('{')).then_some(known_by)
    }
}

/// The variables in which a web server says a username, by the prefixes in use.
const USERNAMES: [&str; 4] =
    ["OIDC-preferred_username", "OIDC_CLAIM_preferred_username", "HTTP_OIDC_PREFERRED_USERNAME", "REMOTE_USER"];

/// Who the rules make of people, in their order; neighbours that do the same said once.
#[must_use]
pub fn identities(rules: &[Json]) -> Vec<Identity> {
    let mut identities: Vec<Identity> = rules.iter().filter_map(identity).collect();
    identities.dedup();
    identities
}

fn identity(rule: &Json) -> Option<Identity> {
    let variables = variables(rule);
    let locals = rule.get("local")?.as_array()?;
    let local = locals.iter().find(|local| local.get("user").is_some())?;
    let user = local.get("user")?;
    let known_by = user.get("id").or_else(|| user.get("name"))?.as_str()?;
    let home = user.get("domain").or_else(|| local.get("domain"));
    let domain = home.and_then(|home| home.get("name").or_else(|| home.get("id"))).and_then(Json::as_str);
    Some(Identity {
        known_by: variables.iter().enumerate().fold(known_by.to_owned(), |text, (index, variable)| {
            text.replace(&format!("{{{index}}}"), &format!("{{{variable}}}"))
        }),
        domain: domain.map(str::to_owned),
        local: user.get("type").and_then(Json::as_str) == Some("local"),
    })
}

/// What the indices of a rule stand for: its variables in their order, without those that only say whom it is for.
fn variables(rule: &Json) -> Vec<&str> {
    let remotes = rule.get("remote").and_then(Json::as_array).into_iter().flatten();
    let carries = |remote: &&Json| remote.get("any_one_of").is_none() && remote.get("not_any_of").is_none();
    remotes.filter(carries).filter_map(|remote| remote.get("type").and_then(Json::as_str)).collect()
}

#[cfg(test)]
mod tests;
