//! What a secret goes through: killed before and after each request and at each operation on files, and with each fault at
//! each request. Then one run leaves what an undisturbed one leaves.

use std::collections::BTreeMap;

use super::faults::kinds::Kind;
use super::harness::proxy::{Moment, Passage, Proxy};
use super::harness::tool::{Outcome, Tool};
use super::model::fault::Faults;
use super::tally::{Broken, Ending};

/// The system calls by which files come into being and change; see `files.rs`.
const CALLS: [&str; 6] = ["openat", "flock", "fsync", "rename", "renameat", "unlink"];

/// One step in the life of a secret.
pub(super) trait Life: Sync {
    /// The server that it happens on, and the tool.
    type Ground;
    /// What there is before the step.
    type Before;

    /// As it is just before the step, but for the spec.
    fn ground(&self) -> Self::Ground;
    fn tool(ground: &Self::Ground) -> &Tool;
    /// The server's address.
    fn server(ground: &Self::Ground) -> &str;
    fn faults(ground: &Self::Ground) -> &Faults;
    /// Writes the spec that asks for the step, for a server at `url`.
    fn ask(&self, ground: &Self::Ground, url: &str);
    fn before(ground: &Self::Ground) -> Self::Before;
    /// What is wrong while the run is dead: what programs work with must open all the same.
    fn meanwhile(&self, ground: &Self::Ground, before: &Self::Before) -> Result<(), Broken>;
    /// What is wrong in the end.
    fn verdict(&self, ground: &Self::Ground, before: &Self::Before) -> Result<(), Broken>;
    /// Every secret that stands where it must not.
    fn leaks(ground: &Self::Ground, outcome: &Outcome) -> Vec<String>;
}

/// When a run is killed.
#[derive(Clone, Debug)]
pub(super) enum Point {
    /// At a request, counted from one.
    Request(usize, Moment),
    /// At a system call, counted from one among its like.
    Call(&'static str, usize),
}

const APPLY: [&str; 5] = ["apply", "-f", "spec.yaml", "--auto-approve", "-vvv"];

/// How many requests the step takes.
pub(super) fn requests<L: Life>(life: &L) -> usize {
    let ground = life.ground();
    let passage = Passage::open();
    let proxy = Proxy::start(L::server(&ground), None, &passage);
    life.ask(&ground, &proxy.url);
    L::tool(&ground).run(&APPLY).expect(0);
    passage.seen().len()
}

/// Every point of the step at which a run can be killed.
pub(super) fn points<L: Life>(life: &L) -> Vec<Point> {
    let moments = [Moment::Before, Moment::After];
    let of_requests = (1..=requests(life)).flat_map(|number| moments.map(|moment| Point::Request(number, moment)));
    let ground = life.ground();
    life.ask(&ground, L::server(&ground));
    let log = L::tool(&ground).folder().join("strace.log");
    let trace = format!("trace={}", CALLS.join(","));
    let tracer = ["strace", "-qq", "-s", "200", "-o", log.to_str().unwrap(), "-e", &trace];
    L::tool(&ground).run_below(&tracer, &APPLY).expect(0);
    let mut seen = BTreeMap::new();
    let mut of_calls = Vec::new();
    let mut begun = false;
    for line in std::fs::read_to_string(&log).unwrap().lines() {
        let Some(call) = CALLS.into_iter().find(|call| line.starts_with(&format!("{call}("))) else { continue };
        let number = *seen.entry(call).and_modify(|number| *number += 1).or_insert(1);
        begun |= line.contains(".opcp-provision-unfinished-");
        of_calls.extend(begun.then_some(Point::Call(call, number)));
    }
    of_requests.chain(of_calls).collect()
}

/// Killed at this point, and then one run.
pub(super) fn killed<L: Life>(life: &L, point: &Point) -> Result<Ending, Broken> {
    let ground = life.ground();
    let before = L::before(&ground);
    let run = match point {
        Point::Request(number, moment) => {
            let passage = Passage::killing(*number, *moment);
            let proxy = Proxy::start(L::server(&ground), None, &passage);
            life.ask(&ground, &proxy.url);
            L::tool(&ground).run_watched(&APPLY, |run| passage.watch(run))
        }
        Point::Call(call, number) => {
            life.ask(&ground, L::server(&ground));
            let (trace, inject) = (format!("trace={call}"), format!("inject={call}:signal=SIGKILL:when={number}"));
            let tracer = ["strace", "-qq", "-o", "/dev/null", "-e", &trace, "-e", &inject];
            L::tool(&ground).run_below(&tracer, &APPLY)
        }
    };
    if run.code.is_some() {
        return Err(Broken::Wrong(format!("it was not killed: {run:?}")));
    }
    recovers(life, &ground, &before, &run)?;
    Ok(Ending::Converged)
}

/// With this fault at this request, and then one run.
pub(super) fn disturbed<L: Life>(life: &L, kind: &Kind, number: usize) -> Result<Ending, Broken> {
    let ground = life.ground();
    let before = L::before(&ground);
    life.ask(&ground, L::server(&ground));
    L::faults(&ground).at(number, (kind.fault)());
    let run = L::tool(&ground).run(&[&APPLY[..], &["--request-timeout", "2s"]].concat());
    if L::faults(&ground).happened() == 0 {
        return Ok(Ending::Undisturbed);
    }
    L::faults(&ground).clear();
    let told = run.code == Some(0) || (matches!(run.code, Some(1 | 4 | 5 | 7)) && !run.stderr.is_empty());
    if !told {
        return Err(Broken::Wrong(format!("it ends in another way: {run:?}")));
    }
    if run.code == Some(0) {
        life.verdict(&ground, &before).map_err(|broken| broken.of(&format!("although it said so: {run:?}")))?;
    }
    recovers(life, &ground, &before, &run)?;
    Ok(if run.code == Some(0) { Ending::Converged } else { Ending::Stopped })
}

/// What is there works, the next run leaves what an undisturbed one leaves, and the one after that does nothing.
fn recovers<L: Life>(life: &L, ground: &L::Ground, before: &L::Before, run: &Outcome) -> Result<(), Broken> {
    life.meanwhile(ground, before).map_err(|broken| broken.of(&format!("{run:?}")))?;
    life.ask(ground, L::server(ground));
    let next = L::tool(ground).run(&APPLY);
    if next.code != Some(0) {
        return Err(Broken::Wrong(format!("the next run fails: {next:?}\nafter {run:?}")));
    }
    if let Some(leak) = [run, &next].into_iter().flat_map(|run| L::leaks(ground, run)).next() {
        return Err(Broken::Leaked(leak));
    }
    life.verdict(ground, before).map_err(|broken| broken.of(&format!("{next:?}\nafter {run:?}")))?;
    let unfinished = L::tool(ground).files().into_keys().find(|path| path.to_string_lossy().contains("unfinished"));
    if let Some(unfinished) = unfinished {
        return Err(Broken::Wrong(format!("{} is left", unfinished.display())));
    }
    let last = L::tool(ground).run(&APPLY);
    if last.code != Some(0) || !last.stdout.contains("No changes.") {
        return Err(Broken::Wrong(format!("the run after that is not at rest: {last:?}")));
    }
    Ok(())
}
