//! What only a plan asks: whom its steps concern beyond their own objects. Each question costs requests where there is a
//! step that it is about, and else none.

use std::collections::{BTreeMap, BTreeSet};

use futures::future::join_all;

use super::Observation;
use crate::http::failure::{Failure, Kind};
use crate::keycloak;
use crate::keystone;
use crate::model::address::{Address, Ids, KeycloakKind, KeystoneKind};
use crate::model::renames::Renames;
use crate::model::step::{Action, Step};
use crate::resolve::Resolved;
use crate::resource::{Bereft, Estranged, Found, Named, Problem, Warning};
use crate::spec::grant::Grant;

/// What is known already when a plan asks.
pub struct Seen<'a> {
    /// What the documents mean.
    pub resolved: &'a Resolved,
    /// The ids of what was found.
    pub ids: &'a Ids,
    /// What is called otherwise on the servers.
    pub names: &'a Renames,
    /// The users who come out of a directory, each with its id.
    pub people_of_directories: &'a BTreeMap<Address, String>,
    /// What the tool logs in as.
    pub own: &'a BTreeSet<Address>,
    /// Whether people may become others in Keystone: then it is not asked who would.
    pub may_estrange: bool,
    /// Whether what grants name may go: then it is not asked whose they are.
    pub may_leave_grants: bool,
}

/// What comes of a plan beyond its own objects.
#[derive(Default)]
pub struct Consequences {
    /// What makes it impossible after all; nothing else is told then.
    pub problems: Vec<Problem>,
    /// What the operator should know.
    pub warnings: Vec<Warning>,
    /// Whom it makes others in Keystone.
    pub estranged: Vec<Estranged>,
    /// What goes although grants name it.
    pub named: Vec<Named>,
    /// The realms that it leaves without an administrator.
    pub bereft: Vec<Bereft>,
    /// What it deletes through which the tool has its rights.
    pub ended: BTreeSet<Address>,
}

/// What comes of `steps`. The servers are asked by the names that they have now, and what they answer is told by those of
/// the spec.
///
/// # Errors
/// Every [`Failure`].
pub async fn consequences(
    steps: &[Step],
    seen: &Seen<'_>,
    observation: &Observation,
) -> Result<Consequences, Vec<Failure>> {
    let Seen { resolved, ids, names, people_of_directories, own, may_estrange, may_leave_grants } = seen;
    let (there, here) = (|address: &Address| names.there(address), |address: &Address| names.here(address));
    let steps: Vec<Step> = steps.iter().map(|step| step.readdressed(&there)).collect();
    let steps = steps.as_slice();
    let people = people_of_directories.iter().map(|(person, directory)| (there(person), directory.clone())).collect();
    let reservations = of_directories(steps, &people, observation).await?;
    let Found { problems, mut warnings, .. } = reservations.readdressed(&here);
    if !problems.is_empty() {
        return Ok(Consequences { problems, ..Consequences::default() });
    }
    let site = |realm: &str| resolved.realms.iter().find(|site| site.realm == realm);
    let person = |realm: &str, username: &str| site(realm).map(|site| site.person(username));
    let realms = resolved.realms.iter().map(|site| (site.realm.as_str(), site.grant_attribute.as_str()));
    let swept = |realm: &str, key: &str| resolved.sweeps_grants(realm, key);
    let unless = |allowed: bool| if allowed { &[][..] } else { steps };
    let (told, bereft, estranged, named, ended) = futures::join!(
        deaths(steps, person, observation),
        bereft(steps, observation),
        estranged(unless(*may_estrange), ids, observation),
        named(unless(*may_leave_grants), ids, realms, swept, observation),
        ended(steps, own, observation),
    );
    let (bereft, untold) = bereft?;
    warnings.extend(Found { warnings: [told?, untold].concat(), ..Found::default() }.readdressed(&here).warnings);
    let estranged = estranged?.into_iter().map(|one| Estranged { address: here(&one.address), ..one });
    let named = named?
        .into_iter()
        .map(|one| Named { object: here(&one.object), holders: one.holders.iter().map(here).collect() });
    let bereft = bereft.into_iter().map(|one| Bereft { steps: one.steps.iter().map(here).collect(), ..one });
    Ok(Consequences {
        problems,
        warnings,
        estranged: estranged.collect(),
        named: named.collect(),
        bereft: bereft.collect(),
        ended: ended?.iter().map(here).collect(),
    })
}

/// Whom `steps` would make others, looked for where there are any that can; `ids` are those of what was found.
///
/// # Errors
/// Every [`Failure`].
async fn estranged(steps: &[Step], ids: &Ids, observation: &Observation) -> Result<Vec<Estranged>, Vec<Failure>> {
    match &observation.keystone {
        Some(reader) => keystone::estranged(reader, steps, ids).await.map_err(|failure| vec![failure]),
        None => Ok(Vec::new()),
    }
}

/// The projects and roles that `steps` delete, or take the name from, although grants name them, in the `realms`, each with
/// the attribute that holds grants; `ids` are those of what was found. Grants on projects that are swept go anyway.
///
/// # Errors
/// Every [`Failure`].
async fn named(
    steps: &[Step],
    ids: &Ids,
    realms: impl Iterator<Item = (&str, &str)>,
    is_swept: impl Fn(&str, &str) -> bool,
    observation: &Observation,
) -> Result<Vec<Named>, Vec<Failure>> {
    let goes = |step: &&Step| step.action == Action::Delete || step.renamed_from.is_some();
    let doomed = steps.iter().filter(goes).map(|step| &step.address).filter(|address| can_be_named(address));
    let doomed: BTreeSet<&Address> = doomed.collect();
    let asked = realms.filter_map(|(realm, attribute)| {
        let stays = |address: &&&Address| grant_key(address).is_none_or(|key| !is_swept(realm, &key));
        let asked: BTreeSet<Address> = doomed.iter().filter(stays).map(|address| (*address).clone()).collect();
        let reader = observation.realms.get(realm)?;
        (!asked.is_empty()).then_some((reader, realm, attribute, asked))
    });
    let asked = asked.map(|(reader, realm, attribute, asked)| async move {
        keycloak::holders(reader, realm, attribute, &asked, steps, ids).await
    });
    let mut kept = BTreeMap::<Address, Vec<Address>>::new();
    for (name, holders) in whole(join_all(asked.collect::<Vec<_>>()).await)?.into_iter().flatten() {
        kept.entry(name).or_default().extend(holders);
    }
    Ok(kept.into_iter().map(|(object, holders)| Named { object, holders }).collect())
}

/// What `steps` delete through which the tool's `own` accounts in Keycloak have their rights.
///
/// # Errors
/// Every [`Failure`].
async fn ended(
    steps: &[Step],
    own: &BTreeSet<Address>,
    observation: &Observation,
) -> Result<BTreeSet<Address>, Vec<Failure>> {
    let asked = observation.realms.iter().map(|(realm, reader)| keycloak::ended(reader, realm, own, steps));
    Ok(whole(join_all(asked).await)?.into_iter().flatten().collect())
}

/// Whether grants can name what is at this address: a project, or a role that is of no domain.
#[must_use]
pub fn can_be_named(address: &Address) -> bool {
    let Address::Keystone { kind, .. } = address else { return false };
    *kind == KeystoneKind::Project || *kind == KeystoneKind::Role && address.names().len() == 1
}

/// The realms that `steps` would leave without an administrator; and warnings where that is not told.
///
/// # Errors
/// Every [`Failure`], but for those that this account may not send.
async fn bereft(steps: &[Step], observation: &Observation) -> Result<(Vec<Bereft>, Vec<Warning>), Vec<Failure>> {
    let asked = by_realm(steps).into_iter();
    let asked = asked.filter_map(|(realm, steps)| Some((realm, steps, observation.realms.get(realm)?)));
    let asked = asked.map(|(realm, steps, reader)| async move {
        match keycloak::bereft(reader, realm, &steps).await {
            Ok(bereft) => Ok((bereft, None)),
            Err(failure) if failure.kind == Kind::Forbidden => {
                let warning = Warning {
                    address: Address::realm(realm),
                    source: steps.first().and_then(|step| step.source.clone()),
                    message: "whether an enabled administrator is left in it is not told to this account".to_owned(),
                    hint: failure.hint.clone(),
                };
                Ok((None, Some(warning)))
            }
            Err(failure) => Err(failure),
        }
    });
    let (bereft, warnings): (Vec<_>, Vec<_>) = whole(join_all(asked.collect::<Vec<_>>()).await)?.into_iter().unzip();
    Ok((bereft.into_iter().flatten().collect(), warnings.into_iter().flatten().collect()))
}

/// What dies with what `steps` delete, who loses by it, and what stays in Keystone of people whose accounts go; `person`
/// tells who somebody of a realm is there.
///
/// # Errors
/// Every [`Failure`].
async fn deaths(
    steps: &[Step],
    person: impl Fn(&str, &str) -> Option<Address>,
    observation: &Observation,
) -> Result<Vec<Warning>, Vec<Failure>> {
    let mut doomed = BTreeMap::<&str, Vec<&Step>>::new();
    let mut people = Vec::new();
    for step in steps.iter().filter(|step| step.action == Action::Delete) {
        let Address::Keycloak { realm, kind, .. } = &step.address else { continue };
        doomed.entry(realm).or_default().push(step);
        let is_user = *kind == KeycloakKind::User;
        people.extend(person(realm, step.address.name()).filter(|_| is_user).map(|person| (step, person)));
    }
    let asked = doomed.iter().filter_map(|(realm, steps)| Some((*realm, steps, observation.realms.get(*realm)?)));
    let asked = asked.map(|(realm, steps, reader)| async move { keycloak::deaths(reader, realm, steps).await });
    let of_keystone = async {
        match &observation.keystone {
            Some(reader) => keystone::deaths(reader, steps, &people).await,
            None => Ok(Vec::new()),
        }
    };
    let (of_keycloak, of_keystone) = futures::join!(join_all(asked.collect::<Vec<_>>()), of_keystone);
    Ok(whole(of_keycloak.into_iter().chain([of_keystone]))?.into_iter().flatten().collect())
}

/// What the directories say to `steps` that their `people` come out of: problems and warnings.
///
/// # Errors
/// Every [`Failure`].
async fn of_directories(
    steps: &[Step],
    people: &BTreeMap<Address, String>,
    observation: &Observation,
) -> Result<Found, Vec<Failure>> {
    let asked = by_realm(steps).into_iter();
    let asked = asked.filter_map(|(realm, steps)| Some((realm, steps, observation.realms.get(realm)?)));
    let asked = asked
        .map(|(realm, steps, reader)| async move { keycloak::of_directories(reader, realm, &steps, people).await });
    let mut found = Found::default();
    for part in whole(join_all(asked.collect::<Vec<_>>()).await)? {
        found.merge(part);
    }
    Ok(found)
}

/// All answers; or else every failure, since a view with holes says nothing.
fn whole<T>(answers: impl IntoIterator<Item = Result<T, Failure>>) -> Result<Vec<T>, Vec<Failure>> {
    let (mut whole, mut failures) = (Vec::new(), Vec::new());
    for answer in answers {
        match answer {
            Ok(answer) => whole.push(answer),
            Err(failure) => failures.push(failure),
        }
    }
    if failures.is_empty() { Ok(whole) } else { Err(failures) }
}

/// The steps in each realm.
fn by_realm(steps: &[Step]) -> BTreeMap<&str, Vec<&Step>> {
    let mut by_realm = BTreeMap::<&str, Vec<&Step>>::new();
    for step in steps {
        if let Address::Keycloak { realm, .. } = &step.address {
            by_realm.entry(realm).or_default().push(step);
        }
    }
    by_realm
}

/// The key of all grants on a project; nothing for a role.
fn grant_key(address: &Address) -> Option<String> {
    let names = address.names().iter().map(String::as_str).collect::<Vec<_>>();
    let [domain, name] = names.as_slice() else { return None };
    Some(Grant { domain: (*domain).to_owned(), project: (*name).to_owned(), roles: BTreeSet::new() }.key())
}
