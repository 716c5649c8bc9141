//! What is said of one person in several places and may not come out as meant. Warnings alone: the servers take it.

use std::collections::{BTreeMap, BTreeSet};

use super::Resolved;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::model::address::{Address, KeycloakKind, KeystoneKind};
use crate::model::declared::{At, Declared};
use crate::model::source::Source;
use crate::spec::grant::DEFAULT_DOMAIN;
use crate::spec::rules::{Identity, identities};
use crate::spec::{Ensure, grant::Grant};

/// Warns of people of two realms who would be one in Keystone, and of those who have one grant from several places.
pub(super) fn check(resolved: &Resolved, diagnostics: &mut Diagnostics) {
    one_in_keystone(resolved, diagnostics);
    granted_twice(resolved, diagnostics);
}

/// A person in Keystone: a domain, and what the person is known by in it.
type Known = (String, String);

/// The first of two is let in, and the second refused: "Duplicate entry" (seen on Keystone 30).
fn one_in_keystone(resolved: &Resolved, diagnostics: &mut Diagnostics) {
    let doors: BTreeMap<&str, Vec<Identity>> =
        resolved.realms.iter().filter_map(|site| Some((site.realm.as_str(), door(resolved, &site.realm)?))).collect();
    if doors.len() < 2 {
        return;
    }
    let mut seen = BTreeMap::<Known, (&str, &At)>::new();
    for Declared { address, at, value } in resolved.users.iter().filter(|user| user.value.user.ensure != Ensure::Absent)
    {
        let Address::Keycloak { realm, .. } = address else { continue };
        for known in doors.get(realm.as_str()).into_iter().flatten().filter_map(|door| known(door, address.name())) {
            let (first, place) = *seen.entry(known.clone()).or_insert((realm, at));
            if first != realm {
                let username = &value.user.username;
                let message =
                    format!("`{username}` of realm {realm} and of realm {first} would be one user in Keystone");
                let warning = Diagnostic::warning(at.field("username").source(), message)
                    .also(place.field("username").source(), "the other one")
                    .help(format!(
                        "both are known by `{}` in domain {}, and whoever comes second is refused: take `user.id` from \
                         the claim `sub` in the rules of the mapping, or give each realm a domain",
                        known.1, known.0
                    ));
                diagnostics.push(warning);
                break;
            }
        }
    }
}

/// Whether a person of the realm who gets another username comes to Keystone as another user, by the declared mapping of the
/// realm's door.
#[must_use]
pub fn becomes_another(resolved: &Resolved, realm: &str, old: &str, new: &str) -> bool {
    let doors = door(resolved, realm).unwrap_or_default();
    doors.iter().any(|door| known(door, old) != known(door, new))
}

/// Who the people of a realm are by the declared mapping of its door.
fn door(resolved: &Resolved, realm: &str) -> Option<Vec<Identity>> {
    let site = resolved.realms.iter().find(|site| site.realm == realm)?;
    let names = [site.identity_provider.as_str(), site.protocol.as_str()];
    let address = Address::keystone(KeystoneKind::Protocol, names);
    let written = &resolved.protocols.iter().find(|protocol| protocol.address == address)?.value.written;
    let mapping = Address::mapping(written.mapping.as_deref()?);
    let rules = resolved.mappings.iter().find(|declared| declared.address == mapping)?.value.rules.as_ref()?;
    let home = written.domain.as_deref().unwrap_or(DEFAULT_DOMAIN);
    let at_home =
        |identity: Identity| Identity { domain: identity.domain.or_else(|| Some(home.to_owned())), ..identity };
    Some(identities(rules).into_iter().map(at_home).collect())
}

fn known(identity: &Identity, username: &str) -> Option<Known> {
    Some((identity.domain.clone()?, identity.of_username(username)?))
}

/// A person, by realm and username, and what has come together for each grant's key: the places that give it.
type Grants<'a> = BTreeMap<(&'a str, &'a str), BTreeMap<String, BTreeMap<String, Source>>>;

/// Keystone applies only one of two entries for one project, another one at each login (seen on 30): all is well only
/// if the token's mapper makes one of them.
fn granted_twice(resolved: &Resolved, diagnostics: &mut Diagnostics) {
    let mut people = Grants::new();
    for Declared { address, at, value } in &resolved.users {
        let Address::Keycloak { realm, .. } = address else { continue };
        for grant in value.grants.iter().flat_map(|grants| &grants.held) {
            let places = people.entry((realm, address.name())).or_default().entry(grant.key()).or_default();
            places.insert("their own".to_owned(), at.field("grants").source());
        }
    }
    let groups: BTreeMap<&Address, &[Grant]> = resolved
        .groups
        .iter()
        .filter_map(|group| Some((&group.address, group.value.grants.as_ref()?.held.as_slice())))
        .collect();
    for Declared { address, at, value } in &resolved.memberships {
        let (Address::Keycloak { realm, names, .. }, false) = (address, value.ensure == Ensure::Absent) else {
            continue;
        };
        let Some((username, path)) = names.split_last() else { continue };
        // A group gives what the groups that it is in give.
        for depth in 1..=path.len() {
            let names = path[..depth].iter().map(String::as_str);
            let group = Address::keycloak(realm, KeycloakKind::Group, names);
            for grant in groups.get(&group).into_iter().copied().flatten() {
                let places = people.entry((realm, username)).or_default().entry(grant.key()).or_default();
                places.entry(format!("those of group /{}", path[..depth].join("/"))).or_insert_with(|| at.source());
            }
        }
    }
    tell(people, diagnostics);
}

/// One warning for all who have a grant from the same places.
fn tell(people: Grants<'_>, diagnostics: &mut Diagnostics) {
    let mut alike = BTreeMap::<(String, BTreeSet<String>), Vec<(&str, Source)>>::new();
    for ((_, username), grants) in people {
        for (key, places) in grants.into_iter().filter(|(_, places)| places.len() > 1) {
            let source = places.values().next().cloned();
            let labels = places.into_keys().collect();
            alike.entry((key, labels)).or_default().extend(source.map(|source| (username, source)));
        }
    }
    for ((project, places), who) in alike {
        let Some((first, source)) = who.first() else { continue };
        let others = match who.len() {
            1 => String::new(),
            count => format!(" and {} more", count - 1),
        };
        let places = places.into_iter().collect::<Vec<_>>().join(" and ");
        let message = format!("{first}{others} would have grants on project {project} from several places: {places}");
        let warning = Diagnostic::warning(source.clone(), message).help(
            "Keystone applies one of them, another one at each login, unless the mapper of the token makes one of \
             both: look at a token, or give the roles on a project in one place",
        );
        diagnostics.push(warning);
    }
}

#[cfg(test)]
mod tests;
