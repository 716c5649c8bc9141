//! All generations of what is declared, for people: whose they are, what they are worth, where they are delivered to.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::generation::{Generation, of};
use super::{Occasion, Rotation};
use crate::model::Json;
use crate::model::address::Address;
use crate::model::declared::Declared;
use crate::model::wanted::Live;
use crate::resolve::application_credential::Credential;
use crate::resource::Found;

/// One generation of an application credential.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The generation.
    pub address: Address,
    /// Keystone's id of it.
    pub id: String,
    /// The project, as the spec names it; its id where another project is meant.
    pub project: String,
    /// The names of its roles, those that are implied included.
    pub roles: Vec<String>,
    /// When it was made.
    pub issued: Timestamp,
    /// When it ends; nothing for never.
    pub expires: Option<Timestamp>,
    /// The places that hold it.
    pub delivered: Vec<Address>,
    /// What it is good for.
    pub state: State,
}

/// What a generation is good for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// What the places hold, and opens.
    Current,
    /// An older one that goes when the overlap is over.
    Overlapping,
    /// Its time is over.
    Expired,
    /// No place has ever held it: the next run removes it.
    Orphan,
    /// A place holds it, and it does not open: its owner, a role or the project is gone or disabled, or the secret is wrong.
    Dead,
}

/// Every generation of what is declared.
#[must_use]
pub fn register(declared: &[Declared<Credential>], found: &Found, occasion: &Occasion) -> Vec<Entry> {
    let of_each = |declared| Rotation { declared, live: &found.live, occasion }.register();
    declared.iter().flat_map(of_each).collect()
}

impl Rotation<'_> {
    fn register(&self) -> Vec<Entry> {
        let generations = of(&self.declared.address, self.live);
        let current = generations.iter().rev().find(|generation| self.works(generation)).map(|current| current.number);
        generations.iter().map(|generation| self.entry(generation, current)).collect()
    }

    fn entry(&self, generation: &Generation, current: Option<u32>) -> Entry {
        let body = self.live.get(&generation.address).map_or(&Json::Null, |live| &live.body);
        let holds = |address: &Address| {
            let held = self.live.get(address).and_then(|live| live.body.get("credential")?.as_str());
            held.is_some() && held == generation.id.as_deref()
        };
        let places = self.declared.value.sinks.iter().map(|sink| &sink.address);
        let delivered: Vec<Address> = places.filter(|address| holds(address)).cloned().collect();
        let names = body.get("roles").and_then(Json::as_array).into_iter().flatten();
        let mut roles: Vec<String> = names.filter_map(|role| role.get("name")?.as_str().map(str::to_owned)).collect();
        roles.sort();
        Entry {
            address: generation.address.clone(),
            id: generation.id.clone().unwrap_or_default(),
            project: project(&self.declared.value.project, body, self.live),
            roles,
            issued: generation.issued,
            expires: generation.expires,
            state: self.state(generation, current, &delivered),
            delivered,
        }
    }

    fn state(&self, generation: &Generation, current: Option<u32>, delivered: &[Address]) -> State {
        match current {
            _ if generation.expires.is_some_and(|end| end <= self.occasion.now) => State::Expired,
            Some(current) if current == generation.number => State::Current,
            _ if !delivered.is_empty() => State::Dead,
            Some(current) if generation.number < current => State::Overlapping,
            _ => State::Orphan,
        }
    }
}

/// The name of a credential's project, if it is the declared one.
fn project(declared: &Address, body: &Json, live: &BTreeMap<Address, Live>) -> String {
    let id = body.get("project_id").and_then(Json::as_str).unwrap_or_default();
    let known = live.get(declared).and_then(|live| live.id.as_deref());
    if known == Some(id) { declared.names().join("/") } else { id.to_owned() }
}
