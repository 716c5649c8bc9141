//! Row F: something goes wrong with requests, at every request of every step of every scenario. The run reaches what an
//! undisturbed one reaches or says that it has not, by the right exit code; and the next one reaches it.

pub(crate) mod kinds;
mod verdict;

use std::time::{Duration, Instant};

use proptest::prelude::RngExt as _;
use proptest::test_runner::{RngAlgorithm, TestRng};

use super::harness::tool::Outcome;
use super::model::fault::{Fault, Faults, Gate};
use super::scene::{self, Scene, Take, told};
use super::tally::{Broken, Ending, count, is_long};
use kinds::{KINDS, Kind};

/// How many of the kinds are tried at each request in the sample: they take turns from one request to the next.
const KINDS_AT_ONCE: usize = 4;

/// How long a run may take, whatever goes wrong: it waits for a few answers, and a while after each.
const BOUND: Duration = Duration::from_secs(90);

/// How long a run with a time limit of a second may take: what is under way then has its patience, and so has the look at
/// what was written.
const LIMIT: Duration = Duration::from_secs(30);

/// How long a run waits for an answer that does not come.
const PATIENCE: [&str; 2] = ["--request-timeout", "2s"];

/// How long a run waits for an answer that comes, on a machine with much to do.
const MUCH_PATIENCE: [&str; 2] = ["--request-timeout", "20s"];

/// What goes wrong with one request.
struct Trouble {
    kind: &'static Kind,
    /// 0 for Keycloak and 1 for Keystone.
    server: usize,
    /// The number of the request among those to its server, counted from one.
    number: usize,
}

impl Trouble {
    fn name(&self) -> String {
        let server = ["Keycloak", "Keystone"][self.server];
        format!("{} at request {} to {server}", self.kind.name, self.number)
    }
}

fn faults<'a>(take: &'a Take<'_>, server: usize) -> &'a Faults {
    let models = &take.stage.models;
    [&models.keycloak.faults, &models.keystone.faults][server]
}

/// One run with these troubles, of which at least so many must have happened, and the next one.
fn attempt(scene: &Scene, troubles: &[Trouble], least: usize) -> Result<Ending, Broken> {
    let mut take = Take::direct(scene);
    for Trouble { kind, server, number } in troubles {
        faults(&take, *server).at(*number, (kind.fault)());
    }
    let in_vain = troubles.iter().any(|trouble| trouble.kind.outlasts(Duration::from_secs(2)));
    let (outcome, time) = run(&take, if in_vain { &PATIENCE } else { &MUCH_PATIENCE });
    let happened: usize = (0..2).map(|server| faults(&take, server).happened()).sum();
    for server in 0..2 {
        faults(&take, server).clear();
    }
    if happened < least {
        return Ok(Ending::Undisturbed);
    }
    let kinds: Vec<&Kind> = troubles.iter().map(|trouble| trouble.kind).collect();
    judge(&mut take, &outcome, &kinds).and_then(|ending| bounded(time, BOUND).map(|()| ending))
}

fn run(take: &Take<'_>, options: &[&str]) -> (Outcome, Duration) {
    let begin = Instant::now();
    let outcome = take.run_watched(options, |_| ());
    (outcome, begin.elapsed())
}

fn bounded(time: Duration, bound: Duration) -> Result<(), Broken> {
    if time > bound { Err(Broken::Wrong(format!("it took {time:?}"))) } else { Ok(()) }
}

/// Whether a disturbed run ended as it may; then the next one must end as an undisturbed one.
fn judge(take: &mut Take<'_>, outcome: &Outcome, kinds: &[&Kind]) -> Result<Ending, Broken> {
    let ending = verdict::of(take, outcome, kinds);
    let ending = ending.map_err(|broken| broken.of(&told(outcome)))?;
    take.recovers()?;
    Ok(ending)
}

/// Every request of every scene: its server, and its number among those to it.
fn requests() -> impl Iterator<Item = (&'static Scene, usize, usize)> {
    scene::all().iter().flat_map(|scene| {
        (0..2).flat_map(move |server| (1..=scene.to_each[server]).map(move |number| (scene, server, number)))
    })
}

#[test]
fn one_fault_at_any_request_does_no_harm() {
    let of_request = if is_long() { KINDS.len() } else { KINDS_AT_ONCE };
    let cases = requests().enumerate().flat_map(|(place, (scene, server, number))| {
        let turn = move |kind| &KINDS[(place * of_request + kind) % KINDS.len()];
        (0..of_request).map(move |kind| (scene, [Trouble { kind: turn(kind), server, number }]))
    });
    let cases: Vec<(&Scene, [Trouble; 1])> = cases.collect();
    kinds::prepare();
    count("F", "one fault", 5000, &cases, |(scene, troubles)| {
        attempt(scene, troubles, 1).map_err(|broken| broken.of(&format!("{}, {}", scene.name, troubles[0].name())))
    });
}

/// A server that answers nothing any more from one of its requests on, and a run whose time is limited.
fn stays_away(scene: &Scene, server: usize, number: usize) -> Result<Ending, Broken> {
    let mut take = Take::direct(scene);
    faults(&take, server).from(number, Fault::Stall(Gate::closed()));
    let (outcome, time) = run(&take, &[&PATIENCE[..], &["--timeout", "1s"]].concat());
    faults(&take, server).clear();
    judge(&mut take, &outcome, &[&kinds::SILENCE]).and_then(|ending| bounded(time, LIMIT).map(|()| ending))
}

#[test]
fn a_server_that_stays_away_keeps_nobody_waiting_beyond_the_limit() {
    let every = if is_long() { 1 } else { 10 };
    let cases: Vec<(&Scene, usize, usize)> = requests().step_by(every).collect();
    count("F", "a server stays away, --timeout", 150, &cases, |(scene, server, number)| {
        let place = format!("{}, silence from request {number} to server {server} on", scene.name);
        stays_away(scene, *server, *number).map_err(|broken| broken.of(&place))
    });
}

/// Two to five faults in the neighbourhood of one request of a scene, so that one finds the run where another has left it;
/// the seed says which.
fn random(seed: u64) -> (&'static Scene, Vec<Trouble>) {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    let mut random = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes);
    let mut below = |limit: usize| random.random_range(0..limit);
    let scenes = scene::all();
    let scene = &scenes[usize::try_from(seed).unwrap() % scenes.len()];
    let place = below(scene.requests.len());
    let server = usize::from(place >= scene.to_each[0]);
    let mut number = place - server * scene.to_each[0];
    let troubles = 0..2 + below(4);
    let trouble = |_| {
        number += 1 + below(2);
        Trouble { kind: &KINDS[below(KINDS.len())], server, number }
    };
    (scene, troubles.map(trouble).collect())
}

#[test]
fn several_faults_in_one_run_do_no_harm() {
    let seeds: Vec<u64> = (0..if is_long() { 20_000 } else { 3_700 }).collect();
    kinds::prepare();
    count("F", "two to five faults", 2000, &seeds, |seed| {
        let (scene, troubles) = random(*seed);
        let names: Vec<String> = troubles.iter().map(Trouble::name).collect();
        let name = format!("seed {seed}: {}, {}", scene.name, names.join(" and "));
        attempt(scene, &troubles, 2).map_err(|broken| broken.of(&name))
    });
}
