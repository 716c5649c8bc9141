//! One step of one scenario: the servers before it, and what undisturbed runs of it come to. What disturbed ones must
//! come to is measured by that.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock, Mutex};

use serde_json::Value as Json;

use super::harness::proxy::{Passage, Proxy};
use super::harness::readable::{NewNames, changed};
use super::harness::stage::{Stage, allowed, folder, steps};
use super::harness::sweep::apply;
use super::harness::tool::{Outcome, Running};
use super::tally::{Broken, only};

/// Every step of every scenario that sends a request at all, in the order of their names.
pub(super) fn all() -> &'static [Scene] {
    static ALL: LazyLock<Vec<Scene>> = LazyLock::new(|| {
        let mut folders: Vec<PathBuf> =
            std::fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().path()).collect();
        folders.sort();
        if let Some(only) = only() {
            folders.retain(|folder| folder.ends_with(&only));
        }
        let steps: Vec<(PathBuf, usize)> =
            folders.iter().flat_map(|folder| (0..steps(folder).len()).map(|step| (folder.clone(), step))).collect();
        let known = Mutex::new(BTreeMap::new());
        super::tally::side_by_side(&steps, |(folder, step)| {
            let scene = Scene::of(folder, *step);
            known.lock().unwrap().insert((folder.clone(), *step), scene);
        });
        known.into_inner().unwrap().into_values().filter(|scene| !scene.requests.is_empty()).collect()
    });
    &ALL
}

/// One step of a scenario, and what two undisturbed runs of it come to, one after the other.
#[derive(Default)]
pub(super) struct Scene {
    pub(super) name: String,
    /// The steps up to this one.
    steps: Vec<PathBuf>,
    /// How the runs end.
    pub(super) codes: [Option<i32>; 2],
    /// What the servers hold after each.
    states: [String; 2],
    /// Method and target of every request of the first run, in the order of arrival.
    pub(super) requests: Vec<String>,
    /// How many of them go to Keycloak and to Keystone.
    pub(super) to_each: [usize; 2],
    /// What is created.
    created: Vec<String>,
    /// The names that objects get.
    names: NewNames,
    /// The addresses of all that changes, by these names.
    changed: Vec<String>,
}

impl Scene {
    fn of(folder: &Path, step: usize) -> Self {
        let steps = steps(folder)[..=step].to_vec();
        let name = folder.file_name().unwrap().to_string_lossy().into_owned();
        let name = if step == 0 { name } else { format!("{name} step {}", step + 1) };
        let unknown = Self { name: name.clone(), steps: steps.clone(), ..Self::default() };
        let mut take = Take::proxied(&unknown);
        let before = take.passage.seen().len();
        let run = take.run();
        let first = (run.code, take.state());
        let names = NewNames::told(&run.stdout);
        let models = &take.stage.models;
        let to_each = [models.keycloak.log.entries().len(), models.keystone.log.entries().len()];
        let requests = take.passage.seen().split_off(before);
        let second = (take.run().code, take.state());
        Self {
            name,
            steps,
            codes: [first.0, second.0],
            states: [first.1, second.1],
            requests,
            to_each,
            created: take.stage.created(),
            changed: changed(&names.given(take.before), &names.given(take.stage.dump())),
            names,
        }
    }

    /// Whether an undisturbed run reaches what is asked for.
    pub(super) fn ends_well(&self) -> bool {
        self.codes == [Some(0); 2]
    }

    fn last(&self) -> &Path {
        self.steps.last().unwrap()
    }
}

/// One play of a scene: servers of its own, as they are before its step.
pub(super) struct Take<'a> {
    pub(super) scene: &'a Scene,
    pub(super) stage: Stage,
    pub(super) passage: Arc<Passage>,
    pub(super) before: BTreeMap<String, Json>,
    files: Vec<PathBuf>,
    proxies: Vec<Proxy>,
}

impl<'a> Take<'a> {
    /// With a proxy in front of each server, through which every run goes.
    pub(super) fn proxied(scene: &'a Scene) -> Self {
        let passage = Passage::open();
        Self::new(scene, |stage| {
            let models = &stage.models;
            [&models.keycloak.url, &models.keystone.url].map(|url| Proxy::start(url, None, &passage)).into()
        })
        .with(&passage)
    }

    /// With the servers themselves.
    pub(super) fn direct(scene: &'a Scene) -> Self {
        Self::new(scene, |_| Vec::new())
    }

    fn with(self, passage: &Arc<Passage>) -> Self {
        Self { passage: Arc::clone(passage), ..self }
    }

    fn new(scene: &'a Scene, proxies: impl FnOnce(&Stage) -> Vec<Proxy>) -> Self {
        let stage = Stage::new(scene.steps[0].as_path());
        let proxies = proxies(&stage);
        let mut take =
            Self { scene, stage, passage: Passage::open(), before: BTreeMap::new(), files: Vec::new(), proxies };
        for step in &scene.steps[..scene.steps.len() - 1] {
            take.write_spec(step);
            take.stage.tool.run(&apply(&allowed(step)));
        }
        take.write_spec(scene.last());
        take.stage.clear_log();
        take.stage.learn_ids();
        take.before = take.stage.dump();
        take.files = take.stage.tool.files().into_keys().collect();
        take
    }

    fn write_spec(&self, step: &Path) {
        let models = &self.stage.models;
        match self.proxies.as_slice() {
            [keycloak, keystone] => self.stage.write_spec(step, &keycloak.url, &keystone.url),
            _ => self.stage.write_spec(step, &models.keycloak.url, &models.keystone.url),
        }
    }

    /// One apply.
    pub(super) fn run(&self) -> Outcome {
        self.run_watched(&[], |_| ())
    }

    /// One apply with more options, that can be killed.
    pub(super) fn run_watched(&self, options: &[&str], started: impl FnOnce(Running)) -> Outcome {
        let allowed = allowed(self.scene.last());
        self.stage.tool.run_watched(&[&apply(&allowed), options].concat(), started)
    }

    /// What the servers hold, comparable with that of other takes.
    pub(super) fn state(&mut self) -> String {
        let state = self.stage.state();
        let names = ["{{keycloak}}", "{{keystone}}"];
        self.proxies.iter().zip(names).fold(state, |state, (proxy, name)| state.replace(&proxy.url, name))
    }

    /// What is left of a run, whatever has become of it: no secret, no file, no trace on what is foreign.
    pub(super) fn is_clean(&mut self, outcome: &Outcome) -> Result<(), Broken> {
        if let Some(leak) = self.stage.leaks("apply", outcome).first() {
            return Err(Broken::Leaked(format!("{leak:?}")));
        }
        if !self.stage.tool.files().into_keys().eq(self.files.iter().cloned()) {
            return Err(Broken::Wrong(format!("files are left: {:?}", self.stage.tool.files().keys())));
        }
        let names = &self.scene.names;
        let touched = changed(&names.given(self.before.clone()), &names.given(self.stage.dump()));
        let foreign: Vec<&String> = touched.iter().filter(|address| !self.scene.changed.contains(address)).collect();
        if !foreign.is_empty() {
            return Err(Broken::Lost(format!("what does not change without a disturbance is changed: {foreign:?}")));
        }
        Ok(())
    }

    /// Nothing has been created more often than without a disturbance.
    pub(super) fn has_no_duplicate(&mut self) -> Result<(), Broken> {
        let created = self.stage.created();
        let count = |list: &[String], line: &str| list.iter().filter(|other| *other == line).count();
        let twice = created.iter().find(|line| count(&created, line) > count(&self.scene.created, line).max(1));
        twice.map_or(Ok(()), |line| Err(Broken::Duplicated(format!("created more than once: {line}"))))
    }

    /// The next run ends as an undisturbed one does.
    pub(super) fn recovers(&mut self) -> Result<(), Broken> {
        let next = self.run();
        self.is_clean(&next)?;
        self.ends_as_undisturbed(&next)?;
        self.has_no_duplicate()
    }

    /// A run ended as one of the two undisturbed ones: which of them depends on how far another one has come before.
    fn ends_as_undisturbed(&mut self, outcome: &Outcome) -> Result<(), Broken> {
        if !self.scene.codes.contains(&outcome.code) {
            return Err(Broken::Wrong(format!("the next run fails: {}", told(outcome))));
        }
        self.is_as_undisturbed()
    }

    /// The servers hold what they hold after an undisturbed run.
    pub(super) fn is_as_undisturbed(&mut self) -> Result<(), Broken> {
        let state = self.state();
        if self.scene.states.contains(&state) {
            return Ok(());
        }
        Err(Broken::Lost(format!(
            "another state than without a disturbance:\n{}",
            difference(&self.scene.states[0], &state)
        )))
    }

    /// One more run finds nothing to do, or ends as the last undisturbed one.
    pub(super) fn rests(&mut self) -> Result<(), Broken> {
        let after = self.run();
        let rests =
            after.code == self.scene.codes[1] && (!self.scene.ends_well() || after.stdout.contains("No changes."));
        if !rests {
            return Err(Broken::Wrong(format!(
                "the run after that does not find all as it should be: {}",
                told(&after)
            )));
        }
        self.is_as_undisturbed()
    }
}

/// How a run ended, with all its words.
pub(super) fn told(outcome: &Outcome) -> String {
    format!("exit code {:?}\n--- stdout\n{}\n--- stderr\n{}", outcome.code, outcome.stdout, outcome.stderr)
}

/// Where two states begin to differ.
fn difference(expected: &str, actual: &str) -> String {
    let same = expected.bytes().zip(actual.bytes()).take_while(|(one, other)| one == other).count();
    let part = |text: &str| {
        let bytes = &text.as_bytes()[same.saturating_sub(200).min(text.len())..(same + 200).min(text.len())];
        String::from_utf8_lossy(bytes).into_owned()
    };
    format!("expected …{}…\nfound    …{}…", part(expected), part(actual))
}

#[test]
fn the_scenes_are_all_steps_that_send_a_request() {
    assert!(all().len() > 140, "{}", all().len());
    assert!(all().iter().any(|scene| scene.name == "profile-policy-changes step 4"));
}
