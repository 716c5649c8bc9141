//! Row W: two runs at once, and people at work beside a run. There is one state in the end, what is foreign stays, and
//! the exit code says whether anything was written: 4 if nothing was, 7 if something was.
//!
//! One window is Keycloak's own: it replaces users and groups whole and knows no precondition, so that what somebody
//! else changes while such a request is on its way is lost to whoever comes last.

mod cloud;
mod edits;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, OnceLock};

use crate::cloud::{Cloud, State, difference, told};
use crate::harness::tool::Outcome;
use crate::model::fault::Fault;
use crate::model::list_fault::Deed;
use crate::model::log::Entry;
use crate::tally::{Broken, Ending, count, is_long};
use edits::Edit;

/// At which request something happens: the server's place, and the number counted from one.
#[derive(Clone, Copy, Debug)]
struct Moment {
    server: usize,
    number: usize,
}

/// What undisturbed runs make of the cloud.
struct Known {
    wanted: State,
    /// The same after each edit.
    edited: BTreeMap<&'static str, State>,
    requests: [usize; 2],
    /// Up to which request something is still written, on each server.
    last_writes: [usize; 2],
}

fn known() -> &'static Known {
    static KNOWN: OnceLock<Known> = OnceLock::new();
    KNOWN.get_or_init(|| {
        let cloud = cloud::start();
        let outcome = cloud.apply_in_order("spec.yaml");
        assert_eq!(outcome.code, Some(0), "{}", told(&outcome));
        let last = |entries: Vec<Entry>| entries.iter().rposition(|entry| entry.write).map_or(0, |place| place + 1);
        let last_writes = [last(cloud.models.keycloak.log.entries()), last(cloud.models.keystone.log.entries())];
        let edited = edits::ALL.iter().map(|edit| {
            let cloud = cloud::start();
            edit.make(&cloud);
            let outcome = cloud.apply("spec.yaml");
            assert_eq!(outcome.code, Some(0), "{}: {}", edit.name, told(&outcome));
            (edit.name, cloud.state())
        });
        Known { wanted: cloud.state(), edited: edited.collect(), requests: cloud.requests(), last_writes }
    })
}

/// Every request of an undisturbed run.
fn moments() -> Vec<Moment> {
    let of = |server: usize| (1..=known().requests[server]).map(move |number| Moment { server, number });
    (0..2).flat_map(of).collect()
}

#[test]
fn two_runs_of_one_spec_at_once_make_one_state() {
    count("W", "two runs of one spec at once", 40, &moments(), |moment| beside(*moment, "spec.yaml"));
}

#[test]
fn two_runs_of_different_specs_at_once_make_one_state() {
    count("W", "two runs of different specs at once", 40, &moments(), |moment| beside(*moment, "other.yaml"));
}

#[test]
fn edits_beside_a_run_are_kept_or_told() {
    let all = edits::ALL.iter().enumerate();
    let all =
        all.flat_map(|(place, edit)| moments().into_iter().map(move |moment| (place + moment.number, edit, moment)));
    let cases: Vec<_> = all.filter(|(place, ..)| is_long() || place.is_multiple_of(3)).collect();
    count("W", "edits beside a run", 200, &cases, |(_, edit, moment)| edited(edit, *moment));
}

#[test]
fn what_somebody_changes_just_before_it_is_written_is_told_and_stays() {
    let undisturbed = cloud::start();
    undisturbed.apply_in_order("spec.yaml");
    let entries = undisturbed.models.keycloak.log.entries();
    for (name, kind, address) in [
        ("alice is renamed", "users", "keycloak/pod/user/alice"),
        ("the group's floor changes", "groups", "keycloak/pod/group/acme"),
    ] {
        // The last look at the document, which decides.
        let replaces = |entry: &Entry| {
            let parts: Vec<&str> = entry.path().trim_matches('/').split('/').collect();
            entry.method == "PUT" && parts.len() == 5 && parts[3] == kind
        };
        let look = entries.iter().position(replaces).unwrap();
        assert_eq!((entries[look - 1].method.as_str(), entries[look - 1].path()), ("GET", entries[look].path()));
        let cloud = Arc::new(cloud::start());
        let (weak, theirs) = (Arc::downgrade(&cloud), Arc::new(Mutex::new(None)));
        let edit = edits::ALL.iter().find(|edit| edit.name == name).unwrap();
        let keeps = Arc::clone(&theirs);
        let deed = move || {
            let Some(cloud) = weak.upgrade() else { return };
            edit.make(&cloud);
            *keeps.lock().unwrap() = cloud.state().remove(address);
        };
        let outcome = held(&cloud, Moment { server: 0, number: look }, Deed::new(deed)).expect(7);
        assert!(outcome.stderr.contains("has been changed meanwhile"), "{name}: {}", told(&outcome));
        assert_eq!(cloud.state().remove(address), theirs.lock().unwrap().take(), "{name}: {}", told(&outcome));
    }
}

/// Runs the first spec, and while it waits at one of its requests the other one to its end.
fn beside(moment: Moment, other: &'static str) -> Result<Ending, Broken> {
    let cloud = Arc::new(cloud::start());
    let (weak, ended) = (Arc::downgrade(&cloud), Arc::new(Mutex::new(None)));
    let ends = Arc::clone(&ended);
    let deed = move || {
        let Some(cloud) = weak.upgrade() else { return };
        let before = cloud.requests();
        let outcome = cloud.apply(other);
        *ends.lock().unwrap() = Some((outcome, before, cloud.requests()));
    };
    let outcome = held(&cloud, moment, Deed::new(deed));
    let said = |broken: Broken, last: &Outcome| {
        broken.told(&format!("{other} at {moment:?}: "), &(told(&outcome) + &told(last)))
    };
    let Some((beside, before, after)) = ended.lock().unwrap().take() else {
        return Err(Broken::Wrong(format!("{moment:?}: the other run has not begun")));
    };
    if beside.code != Some(0) {
        return Err(said(Broken::Wrong("the undisturbed run fails".to_owned()), &beside));
    }
    let own = |server: usize, entries: Vec<Entry>| {
        let others = before[server]..after[server];
        entries.into_iter().enumerate().filter(move |(place, _)| !others.contains(place)).map(|(_, entry)| entry)
    };
    let entries = [cloud.models.keycloak.log.entries(), cloud.models.keystone.log.entries()];
    let written =
        entries.into_iter().enumerate().flat_map(|(server, entries)| own(server, entries)).any(|entry| wrote(&entry));
    code(&outcome, written).map_err(|broken| said(broken, &beside))?;
    let is_proof = moment.number > known().last_writes[moment.server];
    let shown = cloud.state();
    if outcome.code == Some(0) && !is_proof && other == "spec.yaml" {
        difference(&shown, &known().wanted).map_or(Ok(()), |broken| Err(said(broken, &beside)))?;
    }
    settles(&cloud, other).map_err(|(broken, last)| said(broken, &last))?;
    if other == "spec.yaml" {
        difference(&cloud.state(), &known().wanted).map_or(Ok(()), |broken| Err(said(broken, &beside)))?;
    } else if let Some(lost) = cloud::lost(&cloud.state()) {
        return Err(said(Broken::Lost(lost), &beside));
    }
    Ok(if outcome.code == Some(0) { Ending::Converged } else { Ending::Stopped })
}

/// Runs the spec, and while it waits at one of its requests somebody changes something.
fn edited(edit: &'static Edit, moment: Moment) -> Result<Ending, Broken> {
    let cloud = Arc::new(cloud::start());
    let weak = Arc::downgrade(&cloud);
    let deed = move || {
        if let Some(cloud) = weak.upgrade() {
            edit.make(&cloud);
        }
    };
    let outcome = held(&cloud, moment, Deed::new(deed));
    let said = |broken: Broken, last: &Outcome| {
        broken.told(&format!("{} at {moment:?}: ", edit.name), &(told(&outcome) + &told(last)))
    };
    let entries = [cloud.models.keycloak.log.entries(), cloud.models.keystone.log.entries()];
    let written = entries.concat().iter().any(wrote);
    code(&outcome, written).map_err(|broken| said(broken, &outcome))?;
    let held = entries[moment.server].get(moment.number - 1);
    let on_its_way = held.is_some_and(|entry| entry.method == "PUT" && moment.server == 0);
    let (wanted, edited) = (&known().wanted, &known().edited[edit.name]);
    let fits = |state: &State| match difference(state, edited) {
        Some(_) if on_its_way && difference(state, wanted).is_none() => None,
        broken => broken,
    };
    if outcome.code == Some(0) && moment.number <= known().last_writes[moment.server] {
        fits(&cloud.state()).map_or(Ok(()), |broken| Err(said(broken, &outcome)))?;
    }
    settles(&cloud, "spec.yaml").map_err(|(broken, last)| said(broken, &last))?;
    fits(&cloud.state()).map_or(Ok(()), |broken| Err(said(broken, &outcome)))?;
    Ok(if outcome.code == Some(0) { Ending::Converged } else { Ending::Stopped })
}

fn held(cloud: &Cloud, moment: Moment, deed: Deed) -> Outcome {
    let faults = [&cloud.models.keycloak.faults, &cloud.models.keystone.faults][moment.server];
    faults.at(moment.number, Fault::Meanwhile(deed));
    let outcome = cloud.apply_in_order("spec.yaml");
    cloud.heal();
    outcome
}

fn wrote(entry: &Entry) -> bool {
    entry.write && entry.status.is_some_and(|status| status < 300)
}

/// 0, 4 where nothing was written, 7 where something was; or 1 before there is a plan, when a thing goes between two of
/// the requests that look for it.
fn code(outcome: &Outcome, written: bool) -> Result<(), Broken> {
    let is_look = outcome.stderr.contains("failed to GET") && outcome.stderr.contains("404 Not Found");
    match (outcome.code, written) {
        (Some(1), false) if is_look && !outcome.stdout.contains("will make these changes") => Ok(()),
        (Some(0), _) | (Some(4), false) | (Some(7), true) => Ok(()),
        (code, _) => Err(Broken::Wrong(format!("exit {code:?}, and something was written: {written}"))),
    }
}

/// Both specs in turn, until the first one has nothing to do: what they both speak of goes to and fro.
fn settles(cloud: &Cloud, other: &str) -> Result<(), (Broken, Outcome)> {
    let run = |file: &str| {
        let outcome = cloud.apply(file);
        if outcome.code == Some(0) {
            Ok(outcome)
        } else {
            Err((Broken::Wrong(format!("a following run of {file} fails")), outcome))
        }
    };
    if other != "spec.yaml" {
        run(other)?;
    }
    run("spec.yaml")?;
    let last = run("spec.yaml")?;
    if last.stdout.contains("No changes.") {
        return Ok(());
    }
    Err((Broken::Wrong("there is always something to do".to_owned()), last))
}
