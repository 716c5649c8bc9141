//! SIGINT and SIGTERM at every request: what is under way ends, nothing new begins, what was done is told, and the next
//! run goes on from there. And what a terminal is shown of what takes long.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use crate::harness::readable::changed;
use crate::harness::stage::{Stage, allowed, folder};
use crate::harness::sweep;
use crate::harness::tool::Outcome;
use crate::model::fault::{Fault, Gate};
use crate::model::{Answer, Request};
use crate::tally::{Broken, Ending, count};

const SCENARIO: &str = "everything-at-once";
/// Nothing here takes longer, unless it hangs.
const PATIENCE: Duration = Duration::from_mins(1);
/// What is told at once of a signal, where something is under way.
const TOLD: &str = "interrupted: what is under way ends first";

/// One request at which a signal arrives.
struct Case {
    keycloak: bool,
    number: usize,
    signal: Signal,
}

/// A run whose words can be read while it works.
struct Live {
    child: Child,
    words: mpsc::Receiver<String>,
    stdout: thread::JoinHandle<String>,
}

impl Live {
    fn start(stage: &Stage, arguments: &[&str]) -> Self {
        let mut command = stage.tool.command(arguments);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let (sender, words) = mpsc::channel();
        let stderr = BufReader::new(child.stderr.take().unwrap());
        thread::spawn(move || stderr.lines().map_while(Result::ok).try_for_each(|line| sender.send(line)));
        let mut pipe = child.stdout.take().unwrap();
        let stdout = thread::spawn(move || {
            let mut text = String::new();
            pipe.read_to_string(&mut text).unwrap();
            text
        });
        Self { child, words, stdout }
    }

    fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.child), signal).unwrap();
    }

    /// Standard error until a line begins like this, or to its end.
    fn heard(&self, beginning: &str) -> Vec<String> {
        let mut heard = Vec::new();
        while let Ok(line) = self.words.recv_timeout(PATIENCE) {
            let found = line.starts_with(beginning);
            heard.push(line);
            if found {
                break;
            }
        }
        heard
    }

    /// How it ended, after what was `heard` already.
    fn end(mut self, mut heard: Vec<String>) -> Outcome {
        heard.extend(self.words.iter());
        let code = self.child.wait().unwrap().code();
        Outcome { code, stdout: self.stdout.join().unwrap(), stderr: heard.join("\n") }
    }
}

/// Waits for something that happens in another process.
fn until(holds: impl Fn() -> bool) -> bool {
    let deadline = Instant::now() + PATIENCE;
    while !holds() && Instant::now() < deadline {
        thread::sleep(Duration::from_millis(1));
    }
    holds()
}

fn wrong(what: &str, outcome: &Outcome) -> Broken {
    Broken::Wrong(format!("{what}: {outcome:?}"))
}

fn arguments(folder: &Path) -> Vec<String> {
    let apply = ["apply", "--auto-approve", "--color", "never", "-f", "spec.yaml"].map(str::to_owned);
    apply.into_iter().chain(allowed(folder)).collect()
}

/// A stage whose `number`-th request to one of the servers waits at the gate.
fn held(folder: &Path, keycloak: bool, number: usize) -> (Stage, Gate) {
    let stage = Stage::new(folder);
    let gate = Gate::closed();
    let faults = if keycloak { &stage.models.keycloak.faults } else { &stage.models.keystone.faults };
    faults.at(number, Fault::Stall(gate.clone()));
    stage.write_spec(folder, &stage.models.keycloak.url, &stage.models.keystone.url);
    (stage, gate)
}

/// Whether the request that waits has arrived.
fn is_held(stage: &Stage) -> bool {
    stage.models.keycloak.faults.pending() + stage.models.keystone.faults.pending() == 0
}

fn interrupted(case: &Case, undisturbed: &str) -> Result<Ending, Broken> {
    let folder = folder().join(SCENARIO);
    let (mut stage, gate) = held(&folder, case.keycloak, case.number);
    let before = stage.dump();
    // One request at a time, so that it is known what was under way; or as many as there may be.
    let alone = case.signal == Signal::INT;
    let parallelism = format!("--parallelism={}", if alone { 1 } else { 8 });
    let arguments = [arguments(&folder), vec![parallelism]].concat();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let live = Live::start(&stage, &arguments);
    let arrived = until(|| is_held(&stage));
    live.signal(case.signal);
    // Where nothing is under way that must end first, the run is over by now.
    let heard = live.heard(TOLD);
    let held_writes = stage.log().iter().filter(|entry| entry.write).count();
    gate.open();
    let outcome = live.end(heard);
    if !arrived {
        return Err(wrong("the request did not arrive", &outcome));
    }
    let code = 128 + case.signal.as_raw();
    // Where all had been written already, it is all done.
    let all_done = outcome.code == Some(0) && stage.state() == undisturbed;
    if outcome.code != Some(code) && !all_done {
        return Err(wrong(&format!("another exit code than {code}"), &outcome));
    }
    if alone && stage.log().iter().filter(|entry| entry.write).count() != held_writes {
        return Err(wrong("something new was written", &outcome));
    }
    if let Some(entry) = stage.log().iter().find(|entry| entry.write && entry.status.is_none()) {
        return Err(wrong(&format!("{} {} was given up", entry.method, entry.target), &outcome));
    }
    let told = format!("{}{}", outcome.stdout, outcome.stderr);
    let changed = changed(&before, &stage.dump()).into_iter();
    let untold: Vec<String> = changed.filter(|address| !told.contains(address.as_str())).collect();
    if !untold.is_empty() {
        return Err(wrong(&format!("it does not tell of {untold:?}"), &outcome));
    }
    if let Some(leak) = stage.leaks("apply", &outcome).first() {
        return Err(Broken::Leaked(format!("{leak:?}")));
    }
    let next = sweep::direct(&stage, &folder);
    if next.code != Some(0) || stage.state() != undisturbed {
        return Err(Broken::Lost(format!("the next run does not converge: {next:?}")));
    }
    Ok(if all_done { Ending::Converged } else { Ending::Stopped })
}

#[test]
fn a_signal_at_any_request_ends_what_is_under_way_and_begins_nothing() {
    let folder = folder().join(SCENARIO);
    let mut stage = Stage::new(&folder);
    sweep::direct(&stage, &folder).expect(0);
    let requests = [stage.models.keycloak.log.entries().len(), stage.models.keystone.log.entries().len()];
    let undisturbed = stage.state();
    let mut cases = Vec::new();
    for (keycloak, count) in [(true, requests[0]), (false, requests[1])] {
        for number in 1..=count {
            cases.extend([Signal::INT, Signal::TERM].map(|signal| Case { keycloak, number, signal }));
        }
    }
    count("T", "SIGINT and SIGTERM at every request", 60, &cases, |case| {
        let name = format!("{:?} at {} (Keycloak: {}): ", case.signal, case.number, case.keycloak);
        interrupted(case, &undisturbed).map_err(|broken| broken.told(&name, ""))
    });
}

#[test]
fn a_second_signal_ends_the_waiting_for_the_last_look() {
    let folder = folder().join("project-is-created");
    let reads = {
        let stage = Stage::new(&folder);
        sweep::direct(&stage, &folder).expect(0);
        stage.models.keystone.log.entries().len()
    };
    // The last request to Keystone is one of the look after the writes.
    let (stage, gate) = held(&folder, false, reads);
    let live = Live::start(&stage, &["apply", "--auto-approve", "-f", "spec.yaml"]);
    assert!(until(|| is_held(&stage)));
    live.signal(Signal::INT);
    let heard = live.heard(TOLD);
    let again = Instant::now();
    live.signal(Signal::INT);
    let outcome = live.end(heard).expect(130);
    gate.open();
    // After one signal the look is waited for, but not without end.
    assert!(again.elapsed() < Duration::from_secs(15), "it waits all the same");
    assert!(outcome.stderr.contains("look at what was written, before it had to stop"), "{outcome:?}");
    assert!(outcome.stdout.contains("keystone/project/Default/acme-prod"), "{outcome:?}");
}

/// A write is refused for its token, and the login that follows hangs: nothing is under way.
#[test]
fn a_signal_ends_the_wait_for_a_login_in_the_middle_of_a_run() {
    let folder = folder().join(SCENARIO);
    let mut arguments = arguments(&folder);
    arguments.extend(["--parallelism=1", "--request-timeout=50s"].map(str::to_owned));
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let undisturbed = Stage::new(&folder);
    undisturbed.write_spec(&folder, &undisturbed.models.keycloak.url, &undisturbed.models.keystone.url);
    undisturbed.tool.run(&arguments).expect(0);
    let write = undisturbed.models.keycloak.log.entries().iter().position(|entry| entry.write).unwrap() + 1;
    let stage = Stage::new(&folder);
    stage.write_spec(&folder, &stage.models.keycloak.url, &stage.models.keystone.url);
    let log = stage.models.keycloak.log.clone();
    let again = move |request: &Request| request.is_login() && log.entries().len() > write;
    stage.models.keycloak.faults.at(write, Fault::Answer(Answer::error(401, "HTTP 401 Unauthorized")));
    stage.models.keycloak.faults.on(1, again, Fault::Stall(Gate::closed()));
    let live = Live::start(&stage, &arguments);
    assert!(until(|| is_held(&stage)));
    let asked = Instant::now();
    live.signal(Signal::INT);
    let outcome = live.end(Vec::new()).expect(130);
    // What Keystone was told before is looked at for twenty seconds at most.
    assert!(asked.elapsed() < Duration::from_secs(40), "{outcome:?}");
    assert!(format!("{}{}", outcome.stdout, outcome.stderr).contains("Not begun:"), "{outcome:?}");
}

const QUESTION: &str = "Only `yes` is taken for yes: ";

#[test]
fn only_a_yes_is_taken_for_yes() {
    let folder = folder().join("project-is-created");
    let planned = reads_of_plan(&folder);
    for (answer, goes_on) in [("yes\n", true), ("y\n", false), ("no\n", false), ("\u{4}", false)] {
        let stage = Stage::new(&folder);
        stage.write_spec(&folder, &stage.models.keycloak.url, &stage.models.keystone.url);
        let mut terminal = Terminal::start(&stage, "apply -f spec.yaml");
        assert!(terminal.shows(QUESTION).ends_with(QUESTION));
        assert_eq!(stage.models.keystone.log.entries().len(), planned);
        terminal.types(answer);
        let (status, rest) = terminal.end();
        let log = stage.models.keystone.log.entries();
        if goes_on {
            assert!(status.success() && rest.contains("Apply complete"), "{rest}");
            assert!(log[planned].write, "what was planned a moment ago is looked at again: {log:?}");
        } else {
            assert!(status.code() == Some(1) && rest.contains("Not confirmed: nothing was written."), "{rest}");
            assert_eq!(log.len(), planned, "{log:?}");
        }
    }
}

#[test]
fn the_second_look_at_a_plan_that_is_old_can_be_interrupted() {
    let folder = folder().join("project-is-created");
    let (stage, gate) = held(&folder, false, reads_of_plan(&folder) + 1);
    let mut terminal = Terminal::start(&stage, "apply -f spec.yaml");
    assert!(terminal.shows(QUESTION).ends_with(QUESTION));
    let asked = Instant::now();
    assert!(until(|| asked.elapsed() > Duration::from_secs(31)));
    terminal.types("yes\n");
    assert!(until(|| is_held(&stage)), "there is no second look");
    terminal.types(INTERRUPT);
    let (status, rest) = terminal.end();
    gate.open();
    assert!(status.code() == Some(130) && rest.contains("interrupted; nothing was written"), "{rest}");
    assert!(stage.log().iter().all(|entry| !entry.write), "{rest}");
}

/// How many requests to Keystone a plan takes.
fn reads_of_plan(folder: &Path) -> usize {
    let stage = Stage::new(folder);
    stage.write_spec(folder, &stage.models.keycloak.url, &stage.models.keystone.url);
    stage.tool.run(&["plan", "-f", "spec.yaml"]).expect(0);
    stage.models.keystone.log.entries().len()
}

/// What a terminal makes SIGINT of.
const INTERRUPT: &str = "\u{3}";

/// Runs the tool on a terminal of its own, and reads what that shows.
struct Terminal {
    child: Child,
    keys: ChildStdin,
    shown: mpsc::Receiver<u8>,
}

impl Terminal {
    fn start(stage: &Stage, arguments: &str) -> Self {
        let tool = stage.tool.command(&[]);
        let line = format!("{} {arguments}", tool.get_program().to_str().unwrap());
        let mut command = Command::new("script");
        command.args(["-qefc", &line, "/dev/null"]).current_dir(stage.tool.folder()).env_clear();
        command.envs(tool.get_envs().filter_map(|(name, value)| Some((name, value?)))).env("TERM", "xterm");
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let keys = child.stdin.take().unwrap();
        let (sender, shown) = mpsc::channel();
        let pipe = BufReader::new(child.stdout.take().unwrap());
        thread::spawn(move || pipe.bytes().map_while(Result::ok).try_for_each(|byte| sender.send(byte)));
        Self { child, keys, shown }
    }

    fn types(&mut self, text: &str) {
        self.keys.write_all(text.as_bytes()).unwrap();
    }

    /// What is shown until these words are, or to the end.
    fn shows(&self, words: &str) -> String {
        let mut shown = Vec::new();
        while let Ok(byte) = self.shown.recv_timeout(PATIENCE) {
            shown.push(byte);
            if shown.ends_with(words.as_bytes()) {
                break;
            }
        }
        String::from_utf8_lossy(&shown).into_owned()
    }

    fn end(mut self) -> (ExitStatus, String) {
        let rest = String::from_utf8_lossy(&self.shown.iter().collect::<Vec<_>>()).into_owned();
        (self.child.wait().unwrap(), rest)
    }
}

#[test]
fn a_terminal_is_shown_what_takes_long_and_nobody_else_is() {
    let folder = folder().join("project-is-created");
    // A read of the plan, and the first write.
    for (request, words) in [(2, "reading the servers"), (0, "writing")] {
        let number = if request == 0 { first_write(&folder) } else { request };
        let [(on_terminal, gate), (in_pipe, other)] = [held(&folder, false, number), held(&folder, false, number)];
        let pipe = Live::start(&in_pipe, &["apply", "--auto-approve", "-f", "spec.yaml"]);
        assert!(until(|| is_held(&in_pipe)));
        // The other run has been waiting for as long when this one has shown its line.
        let terminal = Terminal::start(&on_terminal, "apply --auto-approve -f spec.yaml");
        let shown = terminal.shows(words);
        assert!(shown.ends_with(words), "{words}: {shown}");
        gate.open();
        other.open();
        let (status, rest) = terminal.end();
        assert!(status.success() && rest.contains("Apply complete"), "{words}: {rest}");
        let quiet = pipe.end(Vec::new()).expect(0);
        assert_eq!(quiet.stderr, "", "{words}");
        assert!(!quiet.stdout.contains(words) && !quiet.stdout.contains('\u{1b}'), "{words}: {}", quiet.stdout);
    }
}

/// Which request to Keystone is the first write.
fn first_write(folder: &Path) -> usize {
    let stage = Stage::new(folder);
    sweep::direct(&stage, folder).expect(0);
    stage.models.keystone.log.entries().iter().position(|entry| entry.write).unwrap() + 1
}
