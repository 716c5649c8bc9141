//! The directories that people of a realm come out of (user federation): nothing here makes or changes one. What a plan
//! would change of such a person, and the directory owns or would undo, is told before anything is written.
//!
//! Keycloak answers late, and not always: what it reads anew at each look it accepts and drops, and a person whom it
//! cannot look for in a directory is not there to it (seen on 26.7).

mod wire;

use std::collections::{BTreeMap, BTreeSet};

use futures::future::try_join_all;

use crate::http::Reader;
use crate::http::collection::objects;
use crate::http::failure::{Failure, Kind};
use crate::model::address::{Address, KeycloakKind};
use crate::model::step::{Action, Step};
use crate::model::wanted::Live;
use crate::resource::{Found, Problem, Warning};
use wire::{Directory, Mapper, Mode};

/// The users who come out of a directory, each with its id.
pub(super) fn people(live: &BTreeMap<Address, Live>) -> BTreeMap<Address, String> {
    let link = |(address, live): (&Address, &Live)| Some((address.clone(), wire::link(&live.body)?.to_owned()));
    live.iter().filter(|(address, _)| is_user(address)).filter_map(link).collect()
}

/// What speaks against these steps, all in one realm, where they concern `people` who come out of a directory, or make
/// accounts that somebody in a directory may have already. Nothing is asked where they do neither.
///
/// # Errors
/// [`Failure`] of any request.
pub(super) async fn reservations(
    reader: &Reader,
    realm: &str,
    steps: &[&Step],
    people: &BTreeMap<Address, String>,
) -> Result<Found, Failure> {
    let new: Vec<&Step> = steps.iter().copied().filter(|step| makes_user(step)).collect();
    let mut concerned = BTreeMap::<&Address, Concerned<'_>>::new();
    for step in steps {
        let Some((person, link)) = person(step).and_then(|person| people.get_key_value(&person)) else { continue };
        concerned.entry(person).or_insert_with(|| Concerned { link, steps: Vec::new() }).steps.push(step);
    }
    let makes_realm = |step: &&Step| step.action == Action::Create && step.address == Address::realm(realm);
    let is_new_realm = steps.iter().any(makes_realm);
    let mut found = Found::default();
    if (new.is_empty() || is_new_realm) && concerned.is_empty() {
        return Ok(found);
    }
    let directories = match all(reader, realm).await {
        Ok(directories) => directories,
        Err(failure) if failure.kind == Kind::Forbidden => {
            found.problems = concerned.values().filter_map(|one| one.untold(realm)).collect();
            return Ok(found);
        }
        Err(failure) => return Err(failure),
    };
    let mut open = Vec::new();
    for one in concerned.values() {
        let Some(directory) = directories.get(one.link) else { continue };
        let mappers =
            if one.asks_for_mappers(directory) { mappers(reader, realm, directory).await? } else { Vec::new() };
        match one.obstacle(directory, &mappers) {
            Some(problem) => found.problems.push(problem),
            None => open.push((one, directory)),
        }
    }
    let ways = directories.values().filter(|directory| directory.enabled && !new.is_empty());
    let asked: BTreeSet<&Directory> = ways.chain(open.iter().map(|(_, directory)| *directory)).collect();
    let dead = out_of_reach(reader, realm, asked).await?;
    for (one, directory) in open {
        if dead.contains(directory) {
            found.problems.extend(one.out_of_reach(directory));
        } else {
            found.warnings.extend(one.goes_there_too(directory));
        }
    }
    for (step, directory) in new.iter().flat_map(|step| dead.iter().map(move |directory| (step, directory))) {
        let message = format!(
            "is not there, or is somebody in the directory `{}`, which Keycloak cannot reach now: a new account would \
             take that person's name",
            directory.name
        );
        found.problems.push(problem(step, message, UNREACHED));
    }
    Ok(found)
}

/// What to do where Keycloak cannot reach a directory.
const UNREACHED: &str = "the log of Keycloak says why; run again when it reaches the directory";

/// A person who comes out of a directory, and what would be done about them.
struct Concerned<'a> {
    link: &'a String,
    steps: Vec<&'a Step>,
}

impl Concerned<'_> {
    /// The steps on the account itself, not on its links.
    fn own(&self) -> impl Iterator<Item = &Step> {
        self.steps.iter().copied().filter(|step| is_user(&step.address))
    }

    /// Whether it depends on the directory's mappers what stays.
    fn asks_for_mappers(&self, directory: &Directory) -> bool {
        directory.enabled && directory.mode != Mode::ReadOnly && self.own().any(|step| step.action == Action::Update)
    }

    /// What keeps this from being done.
    fn obstacle(&self, directory: &Directory, mappers: &[Mapper]) -> Option<Problem> {
        let Directory { name, enabled, mode, imports, .. } = directory;
        let first = self.steps.first()?;
        if !enabled {
            let message =
                format!("comes out of the directory `{name}`, which is disabled: nothing of its people can be changed");
            return Some(problem(
                first,
                message,
                "enable the directory in the realm, or take the person out of the spec",
            ));
        }
        if !imports && *mode == Mode::ReadOnly {
            let message = format!(
                "comes out of the directory `{name}`, which is only read and of which nothing is kept (READ_ONLY, no \
                 import): nothing of its people can be changed"
            );
            return Some(problem(first, message, "change it in the directory, or take the person out of the spec"));
        }
        let gone = self.own().find(|step| step.action == Action::Delete);
        if let Some(step) = gone.filter(|_| matches!(mode, Mode::ReadOnly | Mode::Unsynced)) {
            let message =
                format!("comes out of the directory `{name}`, which would bring the account back at the next look");
            let hint = "let the person go in the directory; what the account may do ends with `enabled: false`";
            return Some(problem(step, message, hint));
        }
        let update = self.own().find(|step| step.action == Action::Update)?;
        let owned = words(update, |path| match mode {
            Mode::ReadOnly => wire::is_profile(path),
            _ => mappers.iter().any(|mapper| mapper.restores(path, *mode)),
        });
        if owned.is_empty() {
            return None;
        }
        let owned = owned.join(", ");
        Some(if *mode == Mode::ReadOnly {
            let message =
                format!("comes out of the directory `{name}`, which is only read (READ_ONLY), and owns {owned}");
            let hint = "change it in the directory, or take it out of the spec; grants go by groups, whose members people \
                        of a directory can be: attributes of their own want the edit mode UNSYNCED";
            problem(update, message, hint)
        } else {
            let message = format!("comes out of the directory `{name}`, which gives {owned} anew at each look");
            problem(update, message, "change it in the directory, or take it out of the spec")
        })
    }

    /// What is said where nothing is told of the directory.
    fn untold(&self, realm: &str) -> Option<Problem> {
        let (step, what) = self.own().find_map(|step| match step.action {
            Action::Delete => Some((step, "be deleted".to_owned())),
            Action::Update => {
                let words = words(step, wire::is_profile);
                (!words.is_empty()).then(|| (step, format!("be changed in {}", words.join(", "))))
            }
            Action::Create => None,
        })?;
        let message = format!("comes out of a directory, and whether it can {what} here is not told to this account");
        let hint = format!("the tool's account needs the role `view-realm` of realm `{realm}` to see the directory");
        Some(problem(step, message, &hint))
    }

    fn out_of_reach(&self, directory: &Directory) -> Option<Problem> {
        let message = format!(
            "comes out of the directory `{}`, which Keycloak cannot reach now: it shows only part of its people, and \
             changes nothing of them",
            directory.name
        );
        Some(problem(self.steps.first()?, message, UNREACHED))
    }

    /// What is told of a deletion that Keycloak carries on into the directory.
    fn goes_there_too(&self, directory: &Directory) -> Option<Warning> {
        let step =
            self.own().find(|step| step.action == Action::Delete).filter(|_| directory.mode == Mode::Writable)?;
        Some(Warning {
            address: step.address.clone(),
            source: step.source.clone(),
            message: format!("is deleted in the directory `{}`, too, which Keycloak writes to", directory.name),
            hint: Some("what the account may do ends with `enabled: false`, and the person stays there".to_owned()),
        })
    }
}

fn problem(step: &Step, message: String, hint: &str) -> Problem {
    let (address, source) = (step.address.clone(), step.source.clone());
    Problem { address, source, message, hint: Some(hint.to_owned()) }
}

fn is_user(address: &Address) -> bool {
    matches!(address, Address::Keycloak { kind: KeycloakKind::User, .. })
}

fn makes_user(step: &Step) -> bool {
    step.action == Action::Create && is_user(&step.address)
}

/// The user whom a step is about: itself, a member of a group, or the holder of a role.
fn person(step: &Step) -> Option<Address> {
    let member = || step.address.member().map(|(_, user)| user);
    let itself = || is_user(&step.address).then(|| step.address.clone());
    itself().or_else(member).or_else(|| step.address.role_holder().filter(is_user))
}

/// The operator's words of the changed fields that are `owned`, as they stand in a sentence.
fn words(step: &Step, owned: impl Fn(&[String]) -> bool) -> Vec<String> {
    let owned = step.fields.iter().filter(|field| owned(field.path.keys()));
    owned.map(|field| format!("`{}`", field.word)).collect()
}

/// All directories of a realm, by id.
async fn all(reader: &Reader, realm: &str) -> Result<BTreeMap<String, Directory>, Failure> {
    let route = wire::all(realm);
    let answer = reader.get(&route).await?;
    let known = objects(reader, &route, answer.as_ref().clone())?.into_iter();
    Ok(known.filter_map(|body| Directory::read(&body)).map(|one| (one.id.clone(), one)).collect())
}

async fn mappers(reader: &Reader, realm: &str, directory: &Directory) -> Result<Vec<Mapper>, Failure> {
    let route = wire::mappers(realm, &directory.id);
    let answer = reader.get(&route).await?;
    Ok(objects(reader, &route, answer.as_ref().clone())?.iter().filter_map(Mapper::read).collect())
}

/// Those of the directories that Keycloak cannot look into: it is asked for somebody by an id of the directory's own, and
/// fails where it otherwise says that there is nobody (seen on 26.7; a list leaves them out without a word).
async fn out_of_reach<'a>(
    reader: &Reader,
    realm: &str,
    asked: BTreeSet<&'a Directory>,
) -> Result<BTreeSet<&'a Directory>, Failure> {
    let look = async |directory: &'a Directory| {
        let person: Result<_, Failure> = reader.get(&wire::person(realm, &directory.id)).await;
        match person {
            Ok(_) => Ok(None),
            Err(failure) if failure.kind == Kind::Missing => Ok(None),
            Err(failure) if failure.kind == Kind::Unwell => Ok(Some(directory)),
            Err(failure) => Err(failure),
        }
    };
    let asked = asked.into_iter().filter(|directory| directory.enabled && directory.can_be_asked());
    Ok(try_join_all(asked.map(look)).await?.into_iter().flatten().collect())
}

#[cfg(test)]
mod tests;
