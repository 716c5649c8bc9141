//! Rows C and F, application credentials: killed or disturbed while one is issued, renewed, delivered again, and revoked.
//! Then one run leaves one current generation, which every place holds and which opens, no orphan, and what belongs to
//! others.

#[path = "../credentials/ground.rs"]
pub(super) mod ground;

use std::collections::BTreeMap;

use serde_json::json;

use super::faults::kinds::{self, KINDS, Kind};
use super::harness::tool::{Outcome, Tool};
use super::life::{Life, Point, disturbed, killed, points, requests};
use super::model::fault::Faults;
use super::tally::{Broken, count, is_long};
use ground::Ground;

/// What is done to an application credential.
struct Deed {
    name: &'static str,
    /// What the spec says before, and then.
    before: Option<&'static str>,
    then: &'static str,
    /// What somebody does in between.
    between: fn(&Ground),
    /// How many generations there are in the end.
    generations: usize,
    /// Whether the secret stands in a file of its own: before, and then.
    secure: [bool; 2],
}

const DEEDS: [Deed; 8] = [
    Deed { name: "issue", before: None, then: "", between: |_| (), generations: 1, secure: [false; 2] },
    Deed {
        name: "rotate",
        before: Some(""),
        then: "  description: other\n",
        between: |_| (),
        generations: 1,
        secure: [false; 2],
    },
    Deed {
        name: "rotate with an overlap",
        before: Some(""),
        then: "  description: other\n  rotation: {overlap: 1d}\n",
        between: |_| (),
        generations: 2,
        secure: [false; 2],
    },
    Deed {
        name: "deliver again",
        before: Some(""),
        then: "",
        between: |ground| std::fs::remove_file(ground.tool.folder().join("openrc.sh")).unwrap(),
        generations: 1,
        secure: [false; 2],
    },
    Deed {
        name: "revoke",
        before: Some(""),
        then: "  ensure: absent\n",
        between: |_| (),
        generations: 0,
        secure: [false; 2],
    },
    Deed {
        name: "rotate with a secure.yaml",
        before: Some(""),
        then: "  description: other\n",
        between: |_| (),
        generations: 1,
        secure: [true; 2],
    },
    Deed {
        name: "rotate into a secure.yaml",
        before: Some(""),
        then: "  description: other\n",
        between: |_| (),
        generations: 1,
        secure: [false, true],
    },
    Deed {
        name: "rotate out of a secure.yaml",
        before: Some(""),
        then: "  description: other\n",
        between: |_| (),
        generations: 1,
        secure: [true, false],
    },
];

impl Life for Deed {
    type Ground = Ground;
    type Before = BTreeMap<&'static str, Option<ground::Told>>;

    fn ground(&self) -> Ground {
        let mut ground = Ground::new(&json!([]));
        ground.secure = self.secure[0];
        if let Some(before) = self.before {
            ground.apply(before).expect(0);
        }
        (self.between)(&ground);
        ground.secure = self.secure[1];
        ground
    }

    fn tool(ground: &Ground) -> &Tool {
        &ground.tool
    }

    fn server(ground: &Ground) -> &str {
        &ground.models.keystone.url
    }

    fn faults(ground: &Ground) -> &Faults {
        &ground.models.keystone.faults
    }

    fn ask(&self, ground: &Ground, url: &str) {
        ground.write_spec(url, self.then);
    }

    fn before(ground: &Ground) -> Self::Before {
        ground.told()
    }

    fn meanwhile(&self, ground: &Ground, _before: &Self::Before) -> Result<(), Broken> {
        let opens = ground.told().values().flatten().all(|told| ground.opens(told));
        if self.generations == 0 || opens {
            return Ok(());
        }
        Err(Broken::Lost("a file tells of one that does not open, after the run".to_owned()))
    }

    fn verdict(&self, ground: &Ground, before: &Self::Before) -> Result<(), Broken> {
        let names = ground.names();
        if names.len() > self.generations {
            return Err(Broken::Duplicated(format!("{} generations: {names:?}", names.len())));
        }
        if names.len() < self.generations {
            return Err(Broken::Lost(format!("{} generations: {names:?}", names.len())));
        }
        if self.generations == 0 {
            return Ok(());
        }
        let current: Vec<_> = ground.told().into_values().flatten().collect();
        if current.len() != 3 || current.iter().any(|told| *told != current[0] || !ground.opens(told)) {
            return Err(Broken::Lost("not every place holds what opens".to_owned()));
        }
        let old = before.values().flatten().next();
        if self.generations == 2 && old.is_none_or(|old| !ground.opens(old) || *old == current[0]) {
            return Err(Broken::Lost("the old one does not open during the overlap".to_owned()));
        }
        match ground.complaint() {
            Some(complaint) if self.generations == 1 => Err(Broken::Lost(complaint)),
            _ => Ok(()),
        }
    }

    fn leaks(ground: &Ground, outcome: &Outcome) -> Vec<String> {
        ground.leaks(outcome)
    }
}

#[test]
fn killed_at_any_point_of_its_life_one_run_leaves_one_that_opens() {
    let points = DEEDS.iter().flat_map(|deed| points(deed).into_iter().map(move |point| (deed, point)));
    let points: Vec<(&Deed, Point)> = points.collect();
    count("C", "SIGKILL in the life of a credential", 100, &points, |(deed, point)| {
        killed(*deed, point).map_err(|broken| broken.of(&format!("{}, {point:?}", deed.name)))
    });
}

#[test]
fn disturbed_at_any_request_of_its_life_one_run_leaves_one_that_opens() {
    let all = DEEDS.iter().flat_map(|deed| (1..=requests(deed)).map(move |number| (deed, number)));
    let every = if is_long() { 1 } else { 9 };
    let cases = all.flat_map(|(deed, number)| KINDS.iter().map(move |kind| (deed, kind, number)));
    let cases: Vec<(&Deed, &Kind, usize)> = cases.step_by(every).collect();
    kinds::prepare();
    count("F", "one fault in the life of a credential", 100, &cases, |(deed, kind, number)| {
        let case = || format!("{}, {} at request {number}", deed.name, kind.name);
        disturbed(*deed, kind, *number).map_err(|broken| broken.of(&case()))
    });
}
