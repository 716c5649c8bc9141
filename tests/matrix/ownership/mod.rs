//! Row O: whoever owns a thing decides about it, and nobody else. Random sequences of edits of the spec, drift,
//! deletions, crashes and foreign things; after each run the servers hold what a plain account of who owns what says,
//! and everything else is what it was.
//!
//! The real binary runs on servers that stay up for a sequence: a run costs less than the half of a tenth of a second,
//! most of it in the models, and what a crash leaves behind is real.

mod drift;
mod owner;
mod said;

use std::sync::{Arc, Mutex};

use serde_json::{Value as Json, json};

use crate::cloud::{ALLOWED, Cloud, told};
use crate::harness::tool::{Outcome, Running};
use crate::model::fault::Fault;
use crate::model::list_fault::{Alteration, Deed};
use crate::random::Random;
use crate::tally::{Broken, Ending, count, is_long};
use owner::Dump;
use said::Said;

/// One thing that happens.
#[derive(Clone, Debug)]
enum Event {
    /// The spec says something else of a thing.
    Say(usize, usize),
    /// Somebody changes something by hand.
    Drift(usize, usize),
    /// A run, and whether another one must find nothing to do.
    Apply(bool),
    /// A run that is killed at a request of a server, before or after the server has done it; then another run.
    Crash { server: usize, number: usize, after: bool },
}

fn sequence(seed: u64) -> Vec<Event> {
    let mut random = Random::seeded(seed);
    let mut events = Vec::new();
    for _ in 0..3 + random.below(2) {
        for _ in 0..=random.below(5) {
            events.push(Event::Say(random.below(said::THINGS.len()), random.below(400)));
        }
        for _ in 0..random.below(4) {
            events.push(Event::Drift(random.below(drift::KINDS), random.below(100)));
        }
        events.push(if random.percent(35) {
            Event::Crash { server: random.below(2), number: 1 + random.below(30), after: random.percent(50) }
        } else {
            Event::Apply(random.percent(30))
        });
    }
    events
}

#[test]
fn what_is_foreign_stays_whatever_happens() {
    let sequences = if is_long() { 10_000 } else { 256 };
    let cases: Vec<u64> = (0..sequences).collect();
    count("O", "sequences of edit, drift, deletion, crash", 256, &cases, |seed| attempt(*seed));
}

/// Plays the sequence of this seed; one that fails is told with as few events as still fail.
fn attempt(seed: u64) -> Result<Ending, Broken> {
    let mut events = sequence(seed);
    let Err(mut broken) = play(&events) else { return Ok(Ending::Converged) };
    let mut place = 0;
    while place < events.len() {
        let mut fewer = events.clone();
        fewer.remove(place);
        match play(&fewer) {
            Err(smaller) => (events, broken) = (fewer, smaller),
            Ok(()) => place += 1,
        }
    }
    Err(broken.told(&format!("seed {seed}, {events:?}: "), ""))
}

fn play(events: &[Event]) -> Result<(), Broken> {
    let cloud = Arc::new(start());
    let mut said = Said::default();
    for event in events {
        match event {
            Event::Say(thing, word) => said.say(*thing, *word),
            Event::Drift(kind, value) => drift::happens(&cloud, *kind, *value),
            Event::Apply(again) => {
                cloud.write("spec.yaml", &said.spec());
                let before = dump(&cloud);
                let outcome = cloud.apply("spec.yaml");
                proved(&cloud, &before, &said, &outcome)?;
                if *again {
                    let (before, outcome) = (dump(&cloud), cloud.apply("spec.yaml"));
                    if !outcome.stdout.contains("No changes.") || dump(&cloud) != before {
                        return Err(Broken::Wrong("a second run does something".to_owned()).told("", &told(&outcome)));
                    }
                }
            }
            Event::Crash { server, number, after } => {
                cloud.write("spec.yaml", &said.spec());
                let before = dump(&cloud);
                crash(&cloud, *server, *number, *after);
                let outcome = cloud.apply("spec.yaml");
                proved(&cloud, &before, &said, &outcome)?;
            }
        }
    }
    Ok(())
}

fn proved(cloud: &Cloud, before: &Dump, said: &Said, outcome: &Outcome) -> Result<(), Broken> {
    if outcome.code != Some(0) {
        return Err(Broken::Wrong("the run fails".to_owned()).told("", &told(outcome)));
    }
    owner::judge(before, &dump(cloud), &said.claims()).map_err(|broken| broken.told("", &told(outcome)))
}

fn dump(cloud: &Cloud) -> Dump {
    let mut dump = cloud.models.keycloak.dump();
    dump.extend(cloud.models.keystone.dump());
    dump
}

fn crash(cloud: &Cloud, server: usize, number: usize, after: bool) {
    let running: Arc<Mutex<Option<Running>>> = Arc::default();
    let killed = Arc::clone(&running);
    let kill = move || {
        if let Some(run) = killed.lock().unwrap().as_ref() {
            run.kill();
        }
    };
    let fault = if after {
        Fault::Alter(Alteration::new(move |_, answer| {
            kill();
            answer
        }))
    } else {
        Fault::Meanwhile(Deed::new(kill))
    };
    [&cloud.models.keycloak.faults, &cloud.models.keystone.faults][server].at(number, fault);
    let fixed = ["apply", "--auto-approve", "--color", "never", "-f", "spec.yaml"];
    let _killed = cloud.tool.run_watched(&[&fixed[..], &ALLOWED].concat(), |run| {
        *running.lock().unwrap() = Some(run);
    });
    cloud.heal();
}

/// A cloud in which some of what is spoken of is there already, with more than is spoken of.
fn start() -> Cloud {
    let person = |name: &str, more: Json| {
        let mut person = json!({"username": name, "email": format!("{name}@example.com"), "firstName": "Old",
            "lastName": "Ash", "attributes": more, "futureField": {"kept": [1, null]}});
        person["enabled"] = true.into();
        person
    };
    let grant = |project: &str| {
        format!("{{\"name\":\"{project}\",\"roles\":[{{\"name\":\"admin\"}}],\"domain\":{{\"name\":\"Default\"}}}}")
    };
    let realm = json!({
        "unmanagedAttributePolicy": "ADMIN_EDIT", "roles": [{"name": "ops"}, {"name": "theirs"}],
        "users": [
            person("ann", json!({"hat": ["7", "8"], "project": ["theirs", grant("foreign")]})),
            person("foreign", json!({"shoe": ["1"], "project": [grant("one")]})),
        ],
        "groups": [{"path": "/red", "attributes": {"room": ["1"]}, "members": ["ann", "foreign"]}, {"path": "/red/foreign"}],
        "clients": [
            {"clientId": "app", "attributes": {"room": "1"}, "clientAuthenticatorType": "future-authenticator", "futureField": 1},
            {"clientId": "foreign", "protocol": "future-protocol"},
        ],
    });
    let keystone = json!({
        "projects": [{"name": "one", "domain": "Default", "tags": ["theirs"], "extra": {"a": [1]}}, {"name": "foreign", "domain": "Default"}],
        "roles": [{"name": "foreign", "description": "theirs"}],
        "users": [{"name": "svc", "domain": "Default", "future": {"kept": true}}],
        "roleAssignments": [{"role": "reader", "user": "svc", "project": "foreign"}, {"role": "reader", "user": "svc", "project": "one"}],
    });
    Cloud::new(&json!({"realms": {"pod": realm}}), &keystone)
}
