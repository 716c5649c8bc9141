//! Row L: lists that shift while being read, are cut, lie about their length, loop or show nothing. Never is something
//! made that is there, never something taken away that should stay, and never is it said that there is nothing to do
//! where there is.

mod lies;
mod random;
mod setups;

use std::sync::OnceLock;

use crate::cloud::{Cloud, State, difference, told};
use crate::harness::tool::Outcome;
use crate::tally::{Broken, Ending, count, is_long};
use lies::Lie;
use setups::Setup;

/// What is tried: one way to be lied to on one cloud.
struct Case<'a> {
    setup: &'a Known,
    lie: Lie,
}

/// A setup, and what an undisturbed run makes of it.
struct Known {
    setup: Setup,
    before: State,
    /// What a plan shows.
    plan: String,
    wanted: State,
}

fn known() -> &'static [Known] {
    static KNOWN: OnceLock<Vec<Known>> = OnceLock::new();
    KNOWN.get_or_init(|| {
        let know = |setup: Setup| {
            let cloud = setup.cloud();
            let before = cloud.state();
            let plan = changes(&cloud.plan("spec.yaml"));
            let outcome = cloud.apply("spec.yaml");
            assert_eq!(outcome.code, Some(0), "{}: {}", setup.name, told(&outcome));
            let wanted = cloud.state();
            assert_ne!(before, wanted, "{}: there is nothing to do", setup.name);
            Known { setup, before, plan, wanted }
        };
        setups::all().into_iter().map(know).collect()
    })
}

#[test]
fn a_list_that_cannot_be_believed_is_not_believed() {
    let cases: Vec<Case<'_>> = known().iter().flat_map(lies::of).collect();
    count("L", "lies of lists, by hand", 50, &cases, attempt);
}

#[test]
fn lists_that_shift_at_random_lose_nothing() {
    let number = if is_long() { 4000 } else { 240 };
    let cases: Vec<Case<'_>> = (0..number).map(|seed| random::case(known(), seed)).collect();
    count("L", "lies of lists, at random", 200, &cases, attempt);
}

/// A plan has no proof behind it: what it overlooks, nobody gets to see.
#[test]
fn a_plan_of_lists_that_cannot_be_believed_overlooks_nothing() {
    let cases: Vec<Case<'_>> = known().iter().flat_map(lies::of).collect();
    count("L", "plans from lies of lists", 50, &cases, plan);
}

fn plan(case: &Case<'_>) -> Result<Ending, Broken> {
    let outcome = case.cloud().plan("spec.yaml");
    match outcome.code {
        Some(2) if changes(&outcome) == case.setup.plan => Ok(Ending::Converged),
        Some(0 | 2) => Err(case.story(Broken::Lost("another plan".to_owned()), &told(&outcome))),
        Some(1 | 5) if outcome.stderr.contains("error: ") => Ok(Ending::Stopped),
        _ => Err(case.story(Broken::Wrong("another ending".to_owned()), &told(&outcome))),
    }
}

/// What a plan would change, without the addresses of the servers.
fn changes(plan: &Outcome) -> String {
    plan.stdout.split_once("\n\n").map(|(_, changes)| changes.to_owned()).unwrap_or_default()
}

impl Case<'_> {
    /// A cloud that lies so.
    fn cloud(&self) -> Cloud {
        let setup = &self.setup.setup;
        let cloud = setup.cloud();
        if setup.walks() {
            lies::hide_flat_groups(&cloud);
        }
        (self.lie.tell)(&cloud);
        cloud
    }

    fn story(&self, broken: Broken, said: &str) -> Broken {
        broken.told(&format!("{}, {}: ", self.setup.setup.name, self.lie.name), said)
    }
}

fn attempt(case: &Case<'_>) -> Result<Ending, Broken> {
    let Known { before, wanted, .. } = case.setup;
    let story = |broken: Broken, said: &str| case.story(broken, said);
    let cloud = case.cloud();
    let outcome = cloud.apply("spec.yaml");
    let said = told(&outcome);
    let refused = cloud.conflicts();
    if !refused.is_empty() {
        return Err(story(Broken::Duplicated(format!("asked for what is there: {refused:?}")), &said));
    }
    let state = cloud.state();
    match outcome.code {
        Some(0) => match difference(&state, wanted) {
            Some(broken) => return Err(story(broken, &said)),
            None => return Ok(Ending::Converged),
        },
        Some(1 | 4 | 5 | 7) if outcome.stderr.contains("error: ") => {}
        _ => return Err(story(Broken::Wrong("another ending".to_owned()), &said)),
    }
    if let Some(broken) = neither(&state, before, wanted) {
        return Err(story(broken, &said));
    }
    cloud.heal();
    let next = cloud.apply("spec.yaml");
    match difference(&cloud.state(), wanted) {
        None if next.code == Some(0) => Ok(Ending::Stopped),
        None => Err(story(Broken::Wrong("the next run fails".to_owned()), &told(&next))),
        Some(broken) => Err(story(broken, &told(&next))),
    }
}

/// What is neither as before nor as asked for.
fn neither(state: &State, before: &State, wanted: &State) -> Option<Broken> {
    let addresses = state.keys().chain(before.keys()).chain(wanted.keys());
    let fits = |address: &&String| [before, wanted].iter().any(|known| known.get(*address) == state.get(*address));
    let stray = addresses.into_iter().find(|address| !fits(address))?;
    Some(Broken::Lost(format!("{stray} is neither as it was nor as it should be: {:?}", state.get(stray))))
}
