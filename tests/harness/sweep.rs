//! Runs a scenario once for each of its requests, with something going wrong at that request.

use std::path::Path;

use super::proxy::{Moment, Passage, Proxy};
use super::stage::{Stage, allowed, folder};
use super::tool::Outcome;
use crate::model::fault::Fault;

const APPLY: [&str; 6] = ["apply", "--auto-approve", "--color", "never", "-f", "spec.yaml"];

/// The arguments of an apply that nobody confirms and that these codes are allowed to.
pub(crate) fn apply(allowed: &[String]) -> Vec<&str> {
    APPLY.into_iter().chain(allowed.iter().map(String::as_str)).collect()
}

/// Kills the run before and after each of its requests; the next run must reach what an undisturbed one reaches.
pub(crate) fn kill_everywhere(name: &str) {
    let folder = folder().join(name);
    let (undisturbed, requests) = {
        let mut stage = Stage::new(&folder);
        let passage = Passage::open();
        killed(&stage, &folder, &passage).expect(0);
        (stage.state(), passage.seen().len())
    };
    for number in 1..=requests {
        for moment in [Moment::Before, Moment::After] {
            let mut stage = Stage::new(&folder);
            let passage = Passage::killing(number, moment);
            let outcome = killed(&stage, &folder, &passage);
            let when = format!("killed {moment:?} {number} of {requests}, {:?}", passage.seen().get(number - 1));
            assert_eq!(outcome.code, None, "{when}: it was not killed");
            assert_eq!(stage.leaks("apply", &outcome), [], "{when}");
            recovers(&mut stage, &folder, &undisturbed, &when);
        }
    }
}

/// Makes each request of each server go wrong in this way. The run must reach what an undisturbed one reaches,
/// or say that it has not; then the next one must.
pub(crate) fn fail_everywhere(name: &str, fault: &Fault) {
    let folder = folder().join(name);
    let (undisturbed, requests) = {
        let mut stage = Stage::new(&folder);
        direct(&stage, &folder).expect(0);
        (stage.state(), [stage.models.keycloak.log.entries().len(), stage.models.keystone.log.entries().len()])
    };
    for (server, count) in ["Keycloak", "Keystone"].iter().zip(requests) {
        for number in 1..=count {
            let mut stage = Stage::new(&folder);
            let faults =
                if *server == "Keycloak" { &stage.models.keycloak.faults } else { &stage.models.keystone.faults };
            faults.at(number, fault.clone());
            let outcome = direct(&stage, &folder);
            let when = format!("request {number} of {count} to {server}");
            let pending = stage.models.keycloak.faults.pending() + stage.models.keystone.faults.pending();
            assert_eq!(pending, 0, "{when}: the fault did not happen");
            assert!(outcome.code.is_some_and(|code| code != 101), "{when}: {outcome:?}");
            assert_eq!(stage.leaks("apply", &outcome), [], "{when}");
            if outcome.code == Some(0) {
                assert_eq!(stage.state(), undisturbed, "{when}: it says that all is well\n{}", outcome.stdout);
            } else {
                assert!(outcome.stderr.contains("error"), "{when}: it does not say why: {outcome:?}");
            }
            recovers(&mut stage, &folder, &undisturbed, &when);
        }
    }
}

/// One undisturbed run of the first step.
pub(crate) fn direct(stage: &Stage, folder: &Path) -> Outcome {
    stage.write_spec(folder, &stage.models.keycloak.url, &stage.models.keystone.url);
    stage.tool.run(&apply(&allowed(folder)))
}

/// One run that the passage may kill.
fn killed(stage: &Stage, folder: &Path, passage: &std::sync::Arc<Passage>) -> Outcome {
    let keycloak = Proxy::start(&stage.models.keycloak.url, None, passage);
    let keystone = Proxy::start(&stage.models.keystone.url, None, passage);
    stage.write_spec(folder, &keycloak.url, &keystone.url);
    stage.tool.run_watched(&apply(&allowed(folder)), |run| passage.watch(run))
}

/// The next run reaches the undisturbed state, and the one after it finds nothing to do.
fn recovers(stage: &mut Stage, folder: &Path, undisturbed: &str, when: &str) {
    let next = direct(stage, folder);
    assert_eq!(next.code, Some(0), "{when}: the next run fails\n{}\n{}", next.stdout, next.stderr);
    assert_eq!(stage.state(), undisturbed, "{when}: the next run does not converge");
    let after = direct(stage, folder);
    assert!(after.stdout.contains("No changes."), "{when}: {}", after.stdout);
}
