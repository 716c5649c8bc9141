//! Runs one folder of `tests/scenarios`: the real binary against the model servers.
//!
//! A folder holds `spec.yaml`, `live.json` (what the servers hold beforehand) and the expected texts:
//! `plan.txt` (standard output of `plan`), `writes.txt` (what `apply` sends, sorted), `changes.txt` (what
//! became of the servers' objects) and, where a run is refused or fails, its exit code and standard error:
//! `plan-exit`, `plan-errors.txt`, `exit` and `errors.txt` of `apply`. `step-2/spec.yaml` goes on from there.
//! `{{keycloak}}` and `{{keystone}}` stand for the servers' addresses, `{"env": "NAME"}` in `live.json` for
//! the secret that the spec means by it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde_json::{Value as Json, json};

use super::readable::{Names, changed, planned};
use super::secrets::{canary, leaks};
use super::snapshot::{compare, updating};
use super::tool::{Outcome, Tool};
use crate::model::log::Entry;
use crate::model::{Model, Models, UNKNOWN_ROUTE};

/// The variables of the logins that every scenario may use.
const LOGINS: [&str; 2] = ["KEYCLOAK_PASSWORD", "KEYSTONE_PASSWORD"];

/// Runs the folder `tests/scenarios/NAME` and fails with everything that is not as expected.
pub(crate) fn check(name: &str) {
    let folder = folder().join(name);
    let mut quiet = Stage::new(&folder);
    let heard = quiet.play(&folder, &[]);
    let mut loud = Stage::new(&folder);
    let overheard = loud.play(&folder, &["-vvv"]);
    let mut problems = [quiet.problems, loud.problems].concat();
    if heard != overheard {
        problems.push("-vvv changes what is said on standard output or how it ends".to_owned());
    }
    problems.dedup();
    assert!(problems.is_empty(), "scenario {name}:\n{}", problems.join("\n"));
}

/// The folder of all scenarios.
pub(crate) fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/scenarios")
}

struct Stage {
    models: Models,
    tool: Tool,
    secrets: BTreeSet<String>,
    problems: Vec<String>,
}

/// What a run says where others can read it: standard output and how it ended.
type Heard = Vec<(String, Option<i32>)>;

impl Stage {
    fn new(folder: &Path) -> Self {
        let mut names: BTreeSet<String> = LOGINS.iter().map(|name| (*name).to_owned()).collect();
        for step in steps(folder) {
            names.extend(variables(&read(&step.join("spec.yaml"))));
        }
        let mut seed: Json = serde_json::from_str(&read(&folder.join("live.json"))).unwrap();
        reveal(&mut seed);
        for (server, name) in ["keycloak", "keystone"].iter().zip(LOGINS) {
            seed[*server]["adminPassword"] = canary(name).into();
        }
        let mut tool = Tool::new();
        names.iter().for_each(|name| tool.set(name, &canary(name)));
        let secrets = names.iter().map(|name| canary(name)).collect();
        Self { models: Models::start(&seed), tool, secrets, problems: Vec::new() }
    }

    /// Plays every step of the folder. Texts are compared in the quiet run only.
    fn play(&mut self, folder: &Path, extra: &[&str]) -> Heard {
        steps(folder).iter().flat_map(|step| self.step(step, extra)).collect()
    }

    fn step(&mut self, folder: &Path, extra: &[&str]) -> Heard {
        let quiet = extra.is_empty();
        let spec = read(&folder.join("spec.yaml"));
        let spec = spec.replace("{{keycloak}}", &self.models.keycloak.url).replace("{{keystone}}", &self.models.keystone.url);
        self.tool.write("spec.yaml", &spec);
        let before = self.dump();

        let plan = self.run("plan", &[], extra);
        self.expect(self.log().iter().all(|entry| !entry.write), "plan sends more than GET and token requests");
        self.expect(self.dump() == before, "plan changes something");
        if quiet {
            self.texts(folder, "plan.txt", &plan, "plan-exit", "plan-errors.txt");
        }

        let apply = self.run("apply", &["--auto-approve"], extra);
        let after = self.dump();
        if quiet {
            let names = self.names();
            let writes = self.writes(&names);
            self.text(&folder.join("writes.txt"), &writes);
            self.text(&folder.join("changes.txt"), &names.changes(&before, &after));
            let apply = Outcome { stdout: String::new(), ..apply.clone() };
            self.texts(folder, "", &apply, "exit", "errors.txt");
        }
        if apply.code != Some(0) {
            return [plan, apply].into_iter().map(|run| (run.stdout, run.code)).collect();
        }
        let changed = changed(&before, &after);
        let planned = planned(&plan.stdout);
        self.expect(changed == planned, &format!("planned: {planned:?}\nchanged: {changed:?}"));

        let again = self.run("apply", &["--auto-approve"], extra);
        self.expect(self.log().iter().all(|entry| !entry.write), "a second apply writes");
        self.expect(self.dump() == after, "a second apply changes something");
        self.expect(again.code == Some(0) && again.stdout.contains("No changes."), &format!("a second apply says: {again:?}"));
        [plan, apply, again].into_iter().map(|run| (run.stdout, run.code)).collect()
    }

    /// Runs one command with a fresh log, and searches all that it leaves for secrets.
    fn run(&mut self, command: &str, flags: &[&str], extra: &[&str]) -> Outcome {
        self.models.keycloak.log.clear();
        self.models.keystone.log.clear();
        let fixed = [command, "--color", "never", "-f", "spec.yaml"];
        let outcome = self.tool.run(&[&fixed, flags, extra].concat());
        let unknown = self.log().into_iter().filter(|entry| entry.status == Some(UNKNOWN_ROUTE));
        let unknown: Vec<String> = unknown.map(|entry| format!("{} {}", entry.method, entry.target)).collect();
        self.expect(unknown.is_empty(), &format!("{command} asks for what the models do not have: {unknown:?}"));
        self.search(command, &outcome);
        Outcome { stdout: self.unaddressed(&outcome.stdout), stderr: self.unaddressed(&outcome.stderr), ..outcome }
    }

    fn search(&mut self, command: &str, outcome: &Outcome) {
        self.secrets.extend(self.models.keycloak.with(|model| model.secrets()));
        self.secrets.extend(self.models.keystone.with(|model| model.secrets()));
        let secrets: Vec<String> = self.secrets.iter().cloned().collect();
        let files = self.tool.files();
        let targets: String = self.log().iter().map(|entry| entry.target.clone() + "\n").collect();
        let mut places = vec![
            (format!("standard output of {command}"), outcome.stdout.as_bytes()),
            (format!("standard error of {command}"), outcome.stderr.as_bytes()),
            (format!("an address that {command} asked for"), targets.as_bytes()),
        ];
        places.extend(files.iter().map(|(path, bytes)| (path.display().to_string(), bytes.as_slice())));
        for leak in leaks(&secrets, places) {
            self.problems.push(format!("a secret stands in {}: {}", leak.place, leak.spelling));
        }
    }

    fn texts(&mut self, folder: &Path, stdout: &str, outcome: &Outcome, exit: &str, errors: &str) {
        if !stdout.is_empty() {
            self.text(&folder.join(stdout), &outcome.stdout);
        }
        let (exit, errors) = (folder.join(exit), folder.join(errors));
        let code = outcome.code.map_or_else(|| "killed".to_owned(), |code| code.to_string());
        if code == "0" {
            let expected = if exit.exists() && !updating() { read(&exit) } else { String::new() };
            self.expect(expected.is_empty(), &format!("exit code 0 instead of {expected}"));
            [exit, errors].iter().filter(|path| updating() && path.exists()).for_each(|path| std::fs::remove_file(path).unwrap());
        } else {
            self.text(&exit, &(code + "\n"));
            self.text(&errors, &outcome.stderr);
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

    fn dump(&self) -> BTreeMap<String, Json> {
        let mut dump = self.models.keycloak.dump();
        dump.extend(self.models.keystone.dump());
        dump
    }

    fn log(&self) -> Vec<Entry> {
        [self.models.keycloak.log.entries(), self.models.keystone.log.entries()].concat()
    }

    /// One line for each write, sorted: the order is the tool's own affair as far as this text goes.
    fn writes(&self, names: &Names) -> String {
        let line = |server: &str, entry: &Entry| {
            let body = entry.body.as_ref().map_or_else(String::new, |body| names.compact(body));
            format!("{} {server}{} {body}", entry.method, names.apply(&entry.target)).trim_end().to_owned() + "\n"
        };
        let keycloak = self.models.keycloak.log.writes();
        let keystone = self.models.keystone.log.writes();
        let mut lines: Vec<String> = keycloak.iter().map(|entry| line("{{keycloak}}", entry)).collect();
        lines.extend(keystone.iter().map(|entry| line("{{keystone}}", entry)));
        lines.sort();
        lines.concat()
    }

    /// Names for every id and secret that the servers know.
    fn names(&self) -> Names {
        let mut names = Names::default();
        let ids = self.models.keycloak.with(|model| model.names());
        let more = self.models.keystone.with(|model| model.names());
        ids.iter().chain(&more).for_each(|(id, name)| names.add(id, &format!("<{name}>")));
        self.secrets.iter().for_each(|secret| names.add(secret, "<secret>"));
        names
    }

    fn unaddressed(&self, text: &str) -> String {
        let mut names = Names::default();
        for (url, name) in [(&self.models.keycloak.url, "keycloak"), (&self.models.keystone.url, "keystone")] {
            names.add(url, &format!("{{{{{name}}}}}"));
            names.add(url.trim_start_matches("http://"), &format!("{name}.example.com"));
        }
        names.apply(text)
    }
}

/// The folder itself, and the steps that follow it.
fn steps(folder: &Path) -> Vec<PathBuf> {
    let following = (2..).map(|number| folder.join(format!("step-{number}"))).take_while(|step| step.exists());
    std::iter::once(folder.to_owned()).chain(following).collect()
}

/// The names in `{env: NAME}` of a spec.
fn variables(spec: &str) -> Vec<String> {
    let after = spec.split("env:").skip(1);
    after.map(|rest| rest.trim_start().chars().take_while(|character| character.is_ascii_alphanumeric() || *character == '_').collect()).collect()
}

/// Puts each secret in the place of its reference.
fn reveal(seed: &mut Json) {
    if let Some(name) = seed.get("env").and_then(Json::as_str) {
        *seed = json!(canary(name));
        return;
    }
    match seed {
        Json::Array(items) => items.iter_mut().for_each(reveal),
        Json::Object(fields) => fields.values_mut().for_each(reveal),
        _ => {}
    }
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("failed to read {}: {error}", path.display()))
}
