//! Which generations of each application credential there shall be, which secrets of clients are made anew, and what each
//! place holds. Pure.
//!
//! Keystone cannot change an application credential, and shows neither its secret nor when it was made. So what changes is
//! made anew under the next number, `NAME-g2`, delivered, proved by a login, and only then the old one goes. What was asked
//! for and when it was made stands in the description; which generation is current, only the places say that hold it.

pub mod register;

mod client_secret;
mod death;
mod delivery;
mod generation;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use jiff::Timestamp;

use crate::backend::{behaviour, whatever_is_at};
use crate::model::Json;
use crate::model::address::Address;
use crate::model::declared::Declared;
use crate::model::path::Path;
use crate::model::spelling::Spelling;
use crate::model::value::{Key, Owned, Value};
use crate::model::wanted::{Ensure, Field, Live, Want, Wanted};
use crate::resolve::Resolved;
use crate::resolve::application_credential::Credential;
use crate::resolve::client_secret::ClientSecret;
use crate::resolve::sink::{How, Sink};
use crate::resource::{Found, Problem};
use crate::spec::Presence;
pub use client_secret::given;
use delivery::Load;
use generation::{Generation, digest, of};

/// When and for whom it is decided; the same in every look of a run.
#[derive(Clone, Debug)]
pub struct Occasion {
    /// The moment.
    pub now: Timestamp,
    /// Keystone's address, as programs are given it.
    pub auth_url: String,
    /// The path of the CA bundle that programs are given, from anywhere.
    pub ca_file: Option<String>,
    /// The declarations whose secrets are made anew, whether they are due or not.
    pub forced: BTreeSet<Address>,
    /// The owners all of whose application credentials go, whoever made them.
    pub revoked: BTreeSet<Address>,
}

/// What is looked for on behalf of what is declared: whose it is, what it is for, and where it is delivered to.
pub fn looked_for(spec: &Resolved) -> impl Iterator<Item = Wanted> {
    let place = |sink: &Declared<Sink>| Wanted { source: Some(sink.at.source()), ..whatever_is_at(&sink.address) };
    let of_credentials = spec.application_credentials.iter().flat_map(move |Declared { address, at, value }| {
        let requires = [&value.owner.address].into_iter().chain(&value.requires).cloned().collect();
        let of_it = Wanted { requires, source: Some(at.source()), ..whatever_is_at(address) };
        let sinks = value.sinks.iter().filter(|_| value.ensure == Presence::Present);
        let roles = value.roles.as_ref().and_then(|_| Address::effective_roles(&value.owner.address, &value.project));
        [of_it].into_iter().chain(roles.as_ref().map(whatever_is_at)).chain(sinks.map(place))
    });
    let of_clients = spec.client_secrets.iter().flat_map(move |Declared { address, at, value }| {
        let of_it = Wanted { source: Some(at.source()), ..whatever_is_at(address) };
        [of_it].into_iter().chain(value.sinks.iter().map(place))
    });
    of_credentials.chain(of_clients)
}

/// Whether the application credential at `address` is a generation of what is declared at `declared`.
#[must_use]
pub fn declares(declared: &Address, address: &Address) -> bool {
    generation::number(declared, address).is_some()
}

/// The generations that there shall be and those that shall go, the secrets of clients that are made anew, and what the
/// places shall hold; `wanted` is what the spec asks of everything else.
#[must_use]
pub fn settle(
    credentials: &[Declared<Credential>],
    clients: &[Declared<ClientSecret>],
    wanted: &[Wanted],
    found: &Found,
    occasion: &Occasion,
) -> Found {
    let mut settled = Found::default();
    for declared in credentials {
        let rotation = Rotation { declared, live: &found.live, occasion };
        settled.warnings.extend(rotation.deaths());
        settled.merge(rotation.settle());
    }
    for declared in clients {
        settled.merge(client_secret::settle(declared, wanted, &found.live, occasion));
    }
    let revoked =
        |address: &&Address| address.credential_owner().is_some_and(|owner| occasion.revoked.contains(&owner));
    let gone = |address: &Address| Wanted { ensure: Ensure::Absent, ..whatever_is_at(address) };
    settled.adapted.extend(found.live.keys().filter(revoked).map(gone));
    settled
}

struct Rotation<'a> {
    declared: &'a Declared<Credential>,
    live: &'a BTreeMap<Address, Live>,
    occasion: &'a Occasion,
}

impl Rotation<'_> {
    fn settle(&self) -> Found {
        let generations = of(&self.declared.address, self.live);
        let credential = &self.declared.value;
        if credential.ensure == Presence::Absent {
            return Found { adapted: generations.iter().map(|old| self.gone(old)).collect(), ..Found::default() };
        }
        let current = generations.iter().rev().find(|generation| self.works(generation));
        if let Some(current) = current.filter(|current| !self.is_due(current)) {
            let old = generations.iter().filter(|other| other.number != current.number);
            let over = old.filter(|old| old.number > current.number || self.is_over(old, current.issued));
            let sinks =
                credential.sinks.iter().map(|sink| self.delivery(sink, &current.address, self.holds(sink, current)));
            return Found { adapted: sinks.chain(over.map(|old| self.gone(old))).collect(), ..Found::default() };
        }
        if credential.expires_at.is_some_and(|end| end <= self.occasion.now) {
            let problem = Problem {
                address: self.declared.address.clone(),
                source: Some(self.declared.at.field("expiresAt").source()),
                message: "would have ended before it begins".to_owned(),
                hint: Some("say a later `expiresAt`, or `expiresIn`, which is renewed by itself".to_owned()),
            };
            return Found { problems: vec![problem], ..Found::default() };
        }
        if let Some(problem) = self.lacks_roles() {
            return Found { problems: vec![problem], ..Found::default() };
        }
        let next = self.next();
        let sinks = credential.sinks.iter().map(|sink| self.delivery(sink, &next.address, false));
        let over = generations.iter().filter(|old| match current {
            Some(current) if old.number > current.number => true,
            Some(current) if old.number < current.number => self.is_over(old, current.issued),
            Some(_) => self.is_over(old, self.occasion.now),
            None => self.is_left_over(old),
        });
        let adapted = sinks.chain(over.map(|old| self.gone(old))).chain([next.clone()]).collect();
        Found { adapted, ..Found::default() }
    }

    /// What is wrong where the owner certainly has not got all the roles: those of a person only a login tells, and where
    /// something is still to be made, so may an assignment be.
    fn lacks_roles(&self) -> Option<Problem> {
        let Credential { owner, project, roles, requires, .. } = &self.declared.value;
        if requires.iter().any(|required| !self.live.contains_key(required)) {
            return None;
        }
        let known = self.live.get(&Address::effective_roles(&owner.address, project)?)?;
        let known = known.body.get("roles").and_then(Json::as_array)?;
        // By their ids: they may get other names.
        let ids: BTreeSet<&str> = known.iter().filter_map(|role| role.get("id")?.as_str()).collect();
        let id = |role: &str| self.live.get(&Address::role(role))?.id.as_deref();
        let has = |role: &&String| id(role).is_some_and(|id| ids.contains(id));
        let lacking: Vec<&str> = roles.iter().flatten().filter(|role| !has(role)).map(String::as_str).collect();
        let had: BTreeSet<&str> = known.iter().filter_map(|role| role.get("name")?.as_str()).collect();
        let had = if had.is_empty() { "none".to_owned() } else { had.into_iter().collect::<Vec<_>>().join(", ") };
        (!lacking.is_empty()).then(|| Problem {
            address: self.declared.address.clone(),
            source: Some(self.declared.at.field("roles").source()),
            message: format!("cannot be made: {} has no role {} in {project}", owner.address, lacking.join(", ")),
            hint: Some(format!("a credential can do no more than its owner, whose roles there are: {had}")),
        })
    }

    /// Whether a place holds this generation, and can log in with it.
    fn holds(&self, sink: &Declared<Sink>, generation: &Generation) -> bool {
        generation.id.as_deref().is_some_and(|id| delivery::holds(self.live.get(&sink.address), "credential", id))
    }

    /// Whether any place does.
    fn works(&self, generation: &Generation) -> bool {
        self.declared.value.sinks.iter().any(|sink| self.holds(sink, generation))
    }

    /// Whether another one is needed: another one is asked for, or it ends soon, or it is not what is asked for any more.
    fn is_due(&self, generation: &Generation) -> bool {
        let Credential { renew_before, expires_in, .. } = &self.declared.value;
        let window = renew_before.or_else(|| expires_in.map(|lives| lives / 3)).unwrap_or_default();
        let ends_soon = |end: Timestamp| end <= later(self.occasion.now, window);
        // What ends at a given time ends then.
        let ends_soon = expires_in.is_some() && generation.expires.is_some_and(ends_soon);
        let forced = self.occasion.forced.contains(&self.declared.address);
        let is_another = self.is_elsewhere(generation) || generation.digest != digest(&self.declared.value);
        forced || self.is_unknown(generation) || ends_soon || is_another
    }

    /// Whether a generation works in another project than is asked for.
    fn is_elsewhere(&self, generation: &Generation) -> bool {
        let project = self.live.get(&self.declared.value.project);
        generation.project.as_deref() != project.and_then(|project| project.id.as_deref())
    }

    /// Whether a place needs the secret of a generation, and no place that can be read holds it.
    fn is_unknown(&self, generation: &Generation) -> bool {
        let sinks = &self.declared.value.sinks;
        let tells = |sink: &Declared<Sink>| !matches!(sink.value.how, How::Command { .. });
        sinks.iter().any(|sink| !self.holds(sink, generation))
            && !sinks.iter().any(|sink| tells(sink) && self.holds(sink, generation))
    }

    /// Whether the time is over during which an old generation stays beside the one that was made at `successor`.
    fn is_over(&self, old: &Generation, successor: Timestamp) -> bool {
        let now = self.occasion.now;
        old.expires.is_some_and(|end| end <= now) || later(successor, self.declared.value.overlap) <= now
    }

    /// Whether a generation that no place holds was made by a run that was killed before it could deliver it. One that is
    /// older may be what programs work with, though the place that told so is lost: it stays beside the new one.
    fn is_left_over(&self, old: &Generation) -> bool {
        let overlap = self.declared.value.overlap;
        later(old.issued, overlap) > self.occasion.now || overlap.is_zero()
    }

    /// The next generation.
    fn next(&self) -> Wanted {
        let Declared { address, at, value } = self.declared;
        let Credential { project, roles, description, expires_in, expires_at, unrestricted, access_rules, .. } = value;
        let Occasion { now, .. } = self.occasion;
        let number = generation::highest(address, self.live) + 1;
        let name = format!("{}-g{number}", address.name());
        let generation = generation::address(address, number);
        let end = expires_at.or_else(|| expires_in.map(|lives| later(*now, lives)));
        let list = |word: &str, path: &str, by, owned, items: Vec<Json>| Field {
            word: word.to_owned(),
            path: Path::new([path]),
            spelling: Spelling::Same,
            want: Want::Items { by, owned, items: items.into_iter().map(Value::Json).collect() },
            source: Some(at.field(word).source()),
        };
        let once = |word: &str, path: &str, spelling: Spelling, value: Value| Field {
            word: word.to_owned(),
            path: Path::new([path]),
            spelling,
            want: Want::Once(value),
            source: Some(at.field(word).source()),
        };
        let description = generation::description(description.as_deref(), number, *now, &digest(value));
        let mut fields = vec![
            Field {
                word: "name".to_owned(),
                path: Path::new(["name"]),
                spelling: Spelling::Same,
                want: Want::Identity(Value::Json(name.into())),
                source: None,
            },
            once("description", "description", Spelling::Same, Value::Json(description.into())),
            once("project", "project_id", Spelling::Same, Value::Id(project.clone())),
        ];
        fields.extend(roles.as_ref().map(|roles| {
            // Keystone adds those that they imply.
            let owned = Owned::Keys(roles.iter().cloned().collect());
            let items = roles.iter().map(|role| serde_json::json!({"name": role})).collect();
            list("roles", "roles", Key::Name, owned, items)
        }));
        fields.extend(end.map(|end| {
            let end = Spelling::Utc.server(&Json::String(generation::written(end)));
            once(
                if expires_at.is_some() { "expiresAt" } else { "expiresIn" },
                "expires_at",
                Spelling::Utc,
                Value::Json(end),
            )
        }));
        fields.extend(
            unrestricted.map(|is| once("unrestricted", "unrestricted", Spelling::Same, Value::Json(is.into()))),
        );
        fields.extend(access_rules.as_ref().map(|rules| {
            let items = rules.iter().map(|rule| serde_json::to_value(rule).unwrap_or_default()).collect();
            list("accessRules", "access_rules", Key::Whole, Owned::All, items)
        }));
        fields.push(Field {
            word: "secret".to_owned(),
            path: Path::new(["secret"]),
            spelling: Spelling::Same,
            want: Want::Issued(generation.clone()),
            source: None,
        });
        Wanted {
            fields,
            requires: value.requires.clone(),
            source: Some(at.source()),
            ..(behaviour(&generation).bare)(generation)
        }
    }

    /// A place, holding the generation at `address`.
    fn delivery(&self, sink: &Declared<Sink>, generation: &Address, holds: bool) -> Wanted {
        let load = Load {
            identity: ("credential", Value::Id(generation.clone())),
            words: Vec::new(),
            secret_of: generation,
            version: Some(generation),
            requires: vec![generation.clone()],
        };
        load.at(sink, holds, self.occasion)
    }

    fn gone(&self, old: &Generation) -> Wanted {
        Wanted { ensure: Ensure::Absent, source: Some(self.declared.at.source()), ..whatever_is_at(&old.address) }
    }
}

/// A moment, and a while after it.
fn later(moment: Timestamp, while_after: Duration) -> Timestamp {
    moment.saturating_add(while_after).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests;
