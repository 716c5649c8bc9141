//! Runs one folder of `tests/scenarios`: the real binary against the model servers.
//!
//! A folder holds `spec.yaml` (or `example`, the name of one of the examples), `live.json` (what the servers hold
//! beforehand) and the expected texts:
//! `plan.txt` (standard output of `plan`), `writes.txt` (what `apply` sends, sorted), `changes.txt` (what
//! became of the servers' objects) and, where a run is refused or fails, its exit code and standard error:
//! `plan-exit`, `plan-errors.txt`, `exit` and `errors.txt` of `apply`; `warnings.txt` where a run is warned of something
//! and goes well. Where there is an `apply.txt`, it holds what `apply` says after the plan, its lines sorted; where there
//! is a `plan.json` or an `apply.jsonl`, they hold what `--format json` makes of both, the latter sorted; where there is a
//! `verify.txt`, `verify` is run at the end; an `allow` holds the guards' codes that are allowed. `step-2/spec.yaml` goes
//! on from there.
//! `{{keycloak}}` and `{{keystone}}` stand for the servers' addresses, `{"env": "NAME"}` in `live.json` for
//! the secret that the spec means by it.
//!
//! Checked of every folder: `plan` sends nothing but GET and token requests; what is planned is what changes;
//! its documents in any order and in files of their own give the same plan; a second `apply` writes nothing and says
//! so; every request, and what it is answered, is in a story that the real servers tell too; no secret stands where it
//! must not, at any log level; what programs are told is what people are told, in the form of its schema.

use std::collections::BTreeSet;
use std::path::Path;

use super::data;
use super::readable::{changed, planned, with_new_names};
use super::snapshot::{compare, updating};
use super::stage::{Stage, allowed, folder, read, steps};
use super::tool::Outcome;
use crate::model::UNKNOWN_ROUTE;
use crate::model::conformance::told;
use crate::model::log::Entry;

/// Runs the folder `tests/scenarios/NAME` and fails with everything that is not as expected.
pub(crate) fn check(name: &str) {
    let folder = folder().join(name);
    let mut quiet = Play::new(&folder);
    let heard = quiet.play(&folder, &[]);
    let mut loud = Play::new(&folder);
    let overheard = loud.play(&folder, &["-vvv"]);
    let mut terse = Play::new(&folder);
    for step in steps(&folder) {
        terse.as_data(&step);
    }
    let mut problems = [quiet.problems, loud.problems, terse.problems].concat();
    if heard != overheard {
        problems.push("-vvv changes what is said on standard output or how it ends".to_owned());
    }
    problems.dedup();
    assert!(problems.is_empty(), "scenario {name}:\n{}", problems.join("\n"));
}

struct Play {
    stage: Stage,
    problems: Vec<String>,
}

/// What a run says where others can read it: standard output and how it ended.
type Heard = Vec<(String, Option<i32>)>;

impl Play {
    fn new(folder: &Path) -> Self {
        Self { stage: Stage::new(folder), problems: Vec::new() }
    }

    /// Plays every step of the folder. Texts are compared in the quiet run only.
    fn play(&mut self, folder: &Path, extra: &[&str]) -> Heard {
        steps(folder).iter().flat_map(|step| self.step(step, extra)).collect()
    }

    fn step(&mut self, folder: &Path, extra: &[&str]) -> Heard {
        let quiet = extra.is_empty();
        let allowed = allowed(folder);
        let extra = &[extra, &allowed.iter().map(String::as_str).collect::<Vec<_>>()].concat()[..];
        self.stage.write_spec(folder, &self.stage.models.keycloak.url, &self.stage.models.keystone.url);
        let before = self.stage.dump();

        let plan = self.run("plan", &["--compare-secrets"], extra);
        self.expect(self.stage.log().iter().all(|entry| !entry.write), "plan sends more than GET and token requests");
        let twice = read_twice(&self.stage.models.keycloak.log.entries(), &self.stage.models.keystone.log.entries());
        // What cannot be believed is looked at again before there is no plan.
        self.expect(twice.is_empty() || plan.code != Some(0), &format!("plan reads more than once: {twice:?}"));
        self.expect(self.stage.dump() == before, "plan changes something");
        if quiet {
            self.text(&folder.join("plan.txt"), &plan.stdout);
            self.ending(folder, &plan, "plan-exit", "plan-errors.txt");
            self.stage.write_permuted("permuted");
            let permuted = self.run_on("permuted", "plan", &["--compare-secrets"], extra);
            let same = (&permuted.stdout, permuted.code) == (&plan.stdout, plan.code);
            self.expect(same, &format!("its documents in another order mean something else:\n{permuted:?}"));
        }

        let apply = self.run("apply", &["--auto-approve"], extra);
        let after = self.stage.dump();
        let before = if apply.code == Some(0) { with_new_names(before, &plan.stdout) } else { before };
        if quiet {
            let writes = self.stage.writes();
            self.text(&folder.join("writes.txt"), &writes);
            let changes = self.stage.names().changes(&before, &after);
            self.text(&folder.join("changes.txt"), &changes);
            self.text_if_there(&folder.join("apply.txt"), &sorted(apply.stdout.trim_start_matches(&plan.stdout)));
            self.ending(folder, &apply, "exit", "errors.txt");
        }
        if apply.code != Some(0) {
            return heard([plan, apply]);
        }
        let (changed, planned) = (changed(&before, &after), planned(&plan.stdout));
        self.expect(changed == planned, &format!("planned: {planned:?}\nchanged: {changed:?}"));

        let again = self.run("apply", &["--auto-approve"], extra);
        self.expect(self.stage.log().iter().all(|entry| !entry.write), "a second apply writes");
        self.expect(self.stage.dump() == after, "a second apply changes something");
        let converged = again.code == Some(0) && again.stdout.contains("No changes.");
        self.expect(converged, &format!("a second apply says: {again:?}"));
        let verified = folder.join("verify.txt");
        if !verified.exists() {
            return heard([plan, apply, again]);
        }
        let verify = self.run("verify", &[], extra);
        self.expect(self.stage.log().iter().all(|entry| !entry.write), "verify writes");
        if quiet {
            self.text(&verified, &verify.stdout);
            self.ending(folder, &verify, "verify-exit", "verify-errors.txt");
        }
        heard([plan, apply, again, verify])
    }

    /// One step told to programs.
    fn as_data(&mut self, folder: &Path) {
        self.stage.write_spec(folder, &self.stage.models.keycloak.url, &self.stage.models.keystone.url);
        let allowed = allowed(folder);
        let allowed = &allowed.iter().map(String::as_str).collect::<Vec<_>>()[..];
        let text = self.run("plan", &["--compare-secrets"], allowed);
        let plan = self.run("plan", &["--compare-secrets", "--format", "json"], allowed);
        self.problems.extend(data::plan(&plan, &text.stdout));
        self.ending(folder, &plan, "plan-exit", "plan-errors.txt");
        let shown = self.stage.names().apply(&plan.stdout);
        self.text_if_there(&folder.join("plan.json"), &shown);

        let apply = self.run("apply", &["--auto-approve", "--format", "json"], allowed);
        let (writes, seen) = (self.stage.writes(), self.stage.names());
        self.text(&folder.join("writes.txt"), &writes);
        self.ending(folder, &apply, "exit", "errors.txt");
        self.problems.extend(data::events(&apply, &plan));
        self.text_if_there(&folder.join("apply.jsonl"), &sorted(&seen.apply(&apply.stdout)));
    }

    fn text_if_there(&mut self, path: &Path, actual: &str) {
        if path.exists() {
            self.text(path, actual);
        }
    }

    /// Runs one command with a fresh log, and searches all that it leaves for secrets.
    fn run(&mut self, command: &str, flags: &[&str], extra: &[&str]) -> Outcome {
        self.run_on("spec.yaml", command, flags, extra)
    }

    fn run_on(&mut self, spec: &str, command: &str, flags: &[&str], extra: &[&str]) -> Outcome {
        self.stage.clear_log();
        self.stage.learn_ids();
        let fixed = [command, "--color", "never", "-f", spec];
        let outcome = self.stage.tool.run(&[&fixed, flags, extra].concat());
        let unknown = self.stage.log().into_iter().filter(|entry| entry.status == Some(UNKNOWN_ROUTE));
        let unknown: Vec<String> = unknown.map(|entry| format!("{} {}", entry.method, entry.target)).collect();
        self.expect(unknown.is_empty(), &format!("{command} asks for what the models do not have: {unknown:?}"));
        let unproven = told::unproven(&self.stage.log());
        self.expect(unproven.is_empty(), &format!("{command} is answered what no story tells: {unproven:?}"));
        for leak in self.stage.leaks(command, &outcome) {
            self.problems.push(format!("a secret stands in {}: {}", leak.place, leak.spelling));
        }
        let [stdout, stderr] = [&outcome.stdout, &outcome.stderr].map(|text| self.stage.without_addresses(text));
        Outcome { stdout, stderr, ..outcome }
    }

    /// How a run ended; files of it are there only where it did not end well.
    fn ending(&mut self, folder: &Path, outcome: &Outcome, exit: &str, errors: &str) {
        let (exit, errors) = (folder.join(exit), folder.join(errors));
        let warnings = folder.join("warnings.txt");
        if outcome.code == Some(0) && (!outcome.stderr.is_empty() || warnings.exists()) {
            self.text(&warnings, &outcome.stderr);
        }
        let code = outcome.code.map_or_else(|| "killed".to_owned(), |code| code.to_string());
        if code != "0" {
            self.text(&exit, &(code + "\n"));
            self.text(&errors, &outcome.stderr);
        } else if updating() {
            [exit, errors].iter().filter(|path| path.exists()).for_each(|path| std::fs::remove_file(path).unwrap());
        } else if exit.exists() {
            self.problems.push(format!("exit code 0 instead of {}", read(&exit).trim()));
        }
    }

    fn text(&mut self, path: &Path, actual: &str) {
        if let Err(problem) = compare(path, actual) {
            self.problems.push(problem);
        }
    }

    fn expect(&mut self, holds: bool, otherwise: &str) {
        if !holds {
            self.problems.push(otherwise.to_owned());
        }
    }
}

/// What one observation has read of a server more than once. What was not answered is read again, and that counts for
/// nothing.
fn read_twice(keycloak: &[Entry], keystone: &[Entry]) -> Vec<String> {
    let twice = |log: &[Entry]| {
        let mut seen = BTreeSet::new();
        let read = log.iter().filter(|entry| entry.method == "GET" && entry.status.is_some_and(|status| status != 401));
        read.filter(|entry| !seen.insert(&entry.target)).map(|entry| entry.target.clone()).collect::<Vec<_>>()
    };
    [twice(keycloak), twice(keystone)].concat()
}

/// What is said without regard to the order in which steps that run side by side end.
fn heard(runs: impl IntoIterator<Item = Outcome>) -> Heard {
    runs.into_iter().map(|run| (sorted(&run.stdout), run.code)).collect()
}

fn sorted(text: &str) -> String {
    let mut lines: Vec<&str> = text.lines().filter(|line| !line.is_empty()).collect();
    lines.sort_unstable();
    lines.into_iter().map(|line| line.to_owned() + "\n").collect()
}
