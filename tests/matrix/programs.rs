//! Row C, programs: killed before and after each call of the vault that an application credential is delivered to. Then one
//! run leaves one current generation, which the vault holds and which opens, and no orphan.

use serde_json::json;

use super::credentials::ground::Ground;
use super::harness::proxy::Moment;
use super::harness::vault;
use super::tally::{Broken, Ending, count};

/// What is done to the credential: what the spec says of it before, and then, and how many generations there are in the end.
struct Deed {
    name: &'static str,
    before: Option<&'static str>,
    then: &'static str,
    generations: usize,
}

const DEEDS: [Deed; 4] = [
    Deed { name: "issue", before: None, then: "", generations: 1 },
    Deed { name: "rotate", before: Some(""), then: "  description: other\n", generations: 1 },
    Deed {
        name: "rotate with an overlap",
        before: Some(""),
        then: "  description: other\n  rotation: {overlap: 1d}\n",
        generations: 2,
    },
    Deed { name: "revoke", before: Some(""), then: "  ensure: absent\n", generations: 0 },
];

/// Where else it goes.
const ELSEWHERE: [&str; 2] = ["", "    - openrc: {path: openrc.sh}\n"];

const APPLY: [&str; 6] = ["apply", "-f", "spec.yaml", "--auto-approve", "--allow-commands", "-vvv"];

impl Deed {
    /// As it is just before, with the spec that asks for it.
    fn ground(&self, elsewhere: &str) -> Ground {
        let ground = Ground::new(&json!([]));
        if let Some(before) = self.before {
            ground.deliver_to_vault(elsewhere, before);
            ground.tool.run(&APPLY).expect(0);
        }
        ground.deliver_to_vault(elsewhere, self.then);
        ground
    }

    /// How often the vault is called.
    fn calls(&self, elsewhere: &str) -> usize {
        let ground = self.ground(elsewhere);
        let before = vault::calls(&ground.tool);
        ground.tool.run(&APPLY).expect(0);
        vault::calls(&ground.tool) - before
    }

    fn killed(&self, elsewhere: &str, number: usize, moment: Moment) -> Result<Ending, Broken> {
        let ground = self.ground(elsewhere);
        let old = ground.in_vault();
        vault::kill_at(&ground.tool, number, moment);
        let run = ground.tool.run(&APPLY);
        if run.code.is_some() {
            return Err(Broken::Wrong(format!("it was not killed: {run:?}")));
        }
        let opens = || ground.in_vault().is_none_or(|told| ground.opens(&told));
        if self.generations > 0 && !opens() {
            return Err(Broken::Lost("the vault holds one that does not open".to_owned()));
        }
        let next = ground.tool.run(&APPLY);
        if next.code != Some(0) {
            return Err(Broken::Wrong(format!("the next run fails: {next:?}")));
        }
        if let Some(leak) = [&run, &next].into_iter().flat_map(|run| ground.leaks(run)).next() {
            return Err(Broken::Leaked(leak));
        }
        let names = ground.names();
        if names.len() != self.generations {
            return Err(Broken::Duplicated(format!("{} generations and not {}", names.len(), self.generations)));
        }
        if let Some(newest) = names.last() {
            let told = ground.in_vault().filter(|told| ground.opens(told));
            let place = ground.told().remove("openrc.sh").flatten();
            if told.as_ref().is_none_or(|told| ground.credentials()[newest]["id"] != *told.id) {
                return Err(Broken::Lost("the vault does not hold the current one".to_owned()));
            }
            if place != told.filter(|_| !elsewhere.is_empty()) {
                return Err(Broken::Lost("the file does not hold the current one".to_owned()));
            }
        }
        if self.generations == 2 && old.is_none_or(|old| !ground.opens(&old)) {
            return Err(Broken::Lost("the old one does not open during the overlap".to_owned()));
        }
        let last = ground.tool.run(&APPLY);
        if last.code != Some(0) || !last.stdout.contains("No changes.") {
            return Err(Broken::Wrong(format!("the run after that is not at rest: {last:?}")));
        }
        Ok(Ending::Converged)
    }
}

#[test]
fn killed_at_any_program_one_run_leaves_one_that_opens() {
    let places = DEEDS.iter().flat_map(|deed| ELSEWHERE.map(|elsewhere| (deed, elsewhere)));
    let calls =
        places.flat_map(|(deed, elsewhere)| (1..=deed.calls(elsewhere)).map(move |call| (deed, elsewhere, call)));
    let cases = calls.flat_map(|(deed, elsewhere, call)| {
        [Moment::Before, Moment::After].map(move |moment| (deed, elsewhere, call, moment))
    });
    let cases: Vec<(&Deed, &str, usize, Moment)> = cases.collect();
    count("C", "SIGKILL at each program that takes a credential", 20, &cases, |(deed, elsewhere, call, moment)| {
        let case = || format!("{}, {moment:?} call {call}, and {elsewhere:?}", deed.name);
        deed.killed(elsewhere, *call, *moment).map_err(|broken| broken.of(&case()))
    });
}
