//! Row C, application credentials: the binary is killed before and after each request, and at each operation on the files
//! that it delivers to, while one is issued, renewed, delivered again, and revoked. Then one run leaves one current
//! generation, which every place holds and which opens, no orphan, and what belongs to others.

#[path = "../credentials/ground.rs"]
mod ground;

use std::collections::BTreeMap;

use serde_json::json;

use super::harness::proxy::{Moment, Passage, Proxy};
use super::tally::{Broken, Ending, count};
use ground::Ground;

/// The system calls by which files come into being and change; see `files.rs`.
const CALLS: [&str; 6] = ["openat", "flock", "fsync", "rename", "renameat", "unlink"];

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

/// When a run is killed.
#[derive(Clone, Debug)]
enum Point {
    /// At a request, counted from one.
    Request(usize, Moment),
    /// At a system call, counted from one among its like.
    Call(&'static str, usize),
}

impl Deed {
    /// As it is just before the deed.
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

    fn points(&self) -> Vec<Point> {
        let ground = self.ground();
        let passage = Passage::open();
        let proxy = Proxy::start(&ground.models.keystone.url, None, &passage);
        ground.write_spec(&proxy.url, self.then);
        ground.again("apply", &["--auto-approve"]).expect(0);
        let requests = passage.seen().len();
        let moments = [Moment::Before, Moment::After];
        let requests = (1..=requests).flat_map(|number| moments.map(|moment| Point::Request(number, moment)));
        let ground = self.ground();
        ground.write_spec(&ground.models.keystone.url, self.then);
        let log = ground.tool.folder().join("strace.log");
        let trace = format!("trace={}", CALLS.join(","));
        let tracer = ["strace", "-qq", "-s", "200", "-o", log.to_str().unwrap(), "-e", &trace];
        ground.tool.run_below(&tracer, &["apply", "-f", "spec.yaml", "--auto-approve"]).expect(0);
        let mut seen = BTreeMap::new();
        let mut calls = Vec::new();
        let mut begun = false;
        for line in std::fs::read_to_string(&log).unwrap().lines() {
            let Some(call) = CALLS.into_iter().find(|call| line.starts_with(&format!("{call}("))) else { continue };
            let number = *seen.entry(call).and_modify(|number| *number += 1).or_insert(1);
            begun |= line.contains(".opcp-provision-unfinished-");
            calls.extend(begun.then_some(Point::Call(call, number)));
        }
        requests.chain(calls).collect()
    }

    fn attempt(&self, point: &Point) -> Result<Ending, Broken> {
        let ground = self.ground();
        let apply = ["apply", "-f", "spec.yaml", "--auto-approve", "-vvv"];
        let old = ground.told();
        let killed = match point {
            Point::Request(number, moment) => {
                let passage = Passage::killing(*number, *moment);
                let proxy = Proxy::start(&ground.models.keystone.url, None, &passage);
                ground.write_spec(&proxy.url, self.then);
                ground.tool.run_watched(&apply, |run| passage.watch(run))
            }
            Point::Call(call, number) => {
                ground.write_spec(&ground.models.keystone.url, self.then);
                let (trace, inject) = (format!("trace={call}"), format!("inject={call}:signal=SIGKILL:when={number}"));
                let tracer = ["strace", "-qq", "-o", "/dev/null", "-e", &trace, "-e", &inject];
                ground.tool.run_below(&tracer, &apply)
            }
        };
        if killed.code.is_some() {
            return Err(Broken::Wrong(format!("it was not killed: {killed:?}")));
        }
        // What programs work with meanwhile opens: the old one, or the new one.
        for told in ground.told().values().flatten() {
            if self.generations > 0 && !ground.opens(told) {
                return Err(Broken::Lost("a file tells of one that does not open, while the run is dead".to_owned()));
            }
        }
        ground.write_spec(&ground.models.keystone.url, self.then);
        let next = ground.tool.run(&apply);
        if next.code != Some(0) {
            return Err(Broken::Wrong(format!("the next run fails: {next:?}")));
        }
        if let Some(leak) = [&killed, &next].into_iter().flat_map(|run| ground.leaks(run)).next() {
            return Err(Broken::Leaked(leak));
        }
        self.verdict(&ground, &old)?;
        let last = ground.tool.run(&apply);
        if last.code != Some(0) || !last.stdout.contains("No changes.") {
            return Err(Broken::Wrong(format!("the run after that is not at rest: {last:?}")));
        }
        Ok(Ending::Converged)
    }

    fn verdict(&self, ground: &Ground, old: &BTreeMap<&'static str, Option<ground::Told>>) -> Result<(), Broken> {
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
        let old = old.values().flatten().next();
        if self.generations == 2 && old.is_none_or(|old| !ground.opens(old) || *old == current[0]) {
            return Err(Broken::Lost("the old one does not open during the overlap".to_owned()));
        }
        let unfinished = ground.tool.files().into_keys().find(|path| path.to_string_lossy().contains("unfinished"));
        if let Some(unfinished) = unfinished {
            return Err(Broken::Wrong(format!("{} is left", unfinished.display())));
        }
        match ground.complaint() {
            Some(complaint) if self.generations == 1 => Err(Broken::Lost(complaint)),
            _ => Ok(()),
        }
    }
}

#[test]
fn killed_at_any_point_of_its_life_one_run_leaves_one_that_opens() {
    let points = DEEDS.iter().flat_map(|deed| deed.points().into_iter().map(move |point| (deed, point)));
    let points: Vec<(&Deed, Point)> = points.collect();
    count("C", "SIGKILL in the life of a credential", 100, &points, |(deed, point)| {
        deed.attempt(point).map_err(|broken| broken.of(&format!("{}, {point:?}", deed.name)))
    });
}
