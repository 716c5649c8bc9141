//! Row L: lists that shift while being read, are cut, lie about their length, loop or show nothing. Never is something
//! made that is there, never something taken away that should stay, and never is it said that there is nothing to do
//! where there is.

mod lies;
mod random;
mod setups;

use std::sync::OnceLock;

use crate::cloud::{State, difference, told};
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
    wanted: State,
}

fn known() -> &'static [Known] {
    static KNOWN: OnceLock<Vec<Known>> = OnceLock::new();
    KNOWN.get_or_init(|| {
        let know = |setup: Setup| {
            let cloud = setup.cloud();
            let before = cloud.state();
            let outcome = cloud.apply("spec.yaml");
            assert_eq!(outcome.code, Some(0), "{}: {}", setup.name, told(&outcome));
            let wanted = cloud.state();
            assert_ne!(before, wanted, "{}: there is nothing to do", setup.name);
            Known { setup, before, wanted }
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

fn attempt(case: &Case<'_>) -> Result<Ending, Broken> {
    let Case { setup: Known { setup, before, wanted }, lie } = case;
    let story = |broken: Broken, said: &str| broken.told(&format!("{}, {}: ", setup.name, lie.name), said);
    let cloud = setup.cloud();
    if setup.walks() {
        lies::hide_flat_groups(&cloud);
    }
    (lie.tell)(&cloud);
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
