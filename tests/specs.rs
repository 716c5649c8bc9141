//! Specs that are refused and specs that only look as if they should be: `validate` on every file of
//! `tests/specs/invalid` and `tests/specs/valid`, offline.
//!
//! Each invalid file breaks one rule, which is its name; beside it stands what is said of it. The word before the first
//! `-` says what it is: a `realm` is read together with an Environment document, an `access` with a Realm document too.
//! `UPDATE_SCENARIOS=1` writes what is said anew: read the difference before you commit it.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

#[path = "harness/snapshot.rs"]
mod snapshot;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use wait4::Wait4 as _;

/// What reading a spec may take, in bytes, whatever is in it.
const MEMORY: u64 = 100 * 1024 * 1024;

/// What became of a run.
struct Run {
    code: Option<i32>,
    stdout: String,
    stderr: String,
    /// The most memory that it held, in bytes.
    memory: u64,
}

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/specs").join(name)
}

/// `validate` in `folder`, on `files` of it.
fn validate(folder: &Path, files: &[&str]) -> Run {
    run(folder, &["validate"], files)
}

fn run(folder: &Path, command_line: &[&str], files: &[&str]) -> Run {
    let mut command = Command::new(env!("CARGO_BIN_EXE_opcp-provision"));
    command.args(command_line).args(["--color", "never"]).args(files.iter().flat_map(|file| ["-f", file]));
    command.current_dir(folder).env_clear();
    let (stdout, stderr) = (tempfile::NamedTempFile::new().unwrap(), tempfile::NamedTempFile::new().unwrap());
    command.stdin(Stdio::null()).stdout(stdout.reopen().unwrap()).stderr(stderr.reopen().unwrap());
    let ended = command.spawn().unwrap().wait4().unwrap();
    let read = |file: &tempfile::NamedTempFile| std::fs::read_to_string(file.path()).unwrap();
    Run { code: ended.status.code(), stdout: read(&stdout), stderr: read(&stderr), memory: ended.rusage.maxrss }
}

/// The names of the specs in a folder, sorted.
fn specs(folder: &Path) -> Vec<String> {
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let specs = files.filter(|file| file.extension().is_some_and(|extension| extension == "yaml"));
    let mut names: Vec<String> = specs.map(|file| file.file_name().unwrap().to_str().unwrap().to_owned()).collect();
    names.sort();
    names
}

/// A spec and the documents that it cannot do without.
fn with_base(name: &str) -> Vec<&str> {
    match name.split('-').next() {
        Some("realm") => vec!["../base/environment.yaml", name],
        Some("access") => vec!["../base/environment.yaml", "../base/realm.yaml", name],
        _ => vec![name],
    }
}

/// What is not as it should be with a run that refuses a file.
fn doubts(run: &Run) -> Vec<&'static str> {
    let Run { code, stdout, stderr, memory } = run;
    let first = stderr.lines().find_map(|line| line.trim_start().strip_prefix("--> "));
    let numbers = first.map(|place| place.rsplit(':').take_while(|part| part.parse::<u32>().is_ok()).count());
    let about_a_file = stderr.contains("there is no document in this file");
    let doubts = [
        (*code == Some(64), "the exit code is another"),
        (stdout.is_empty(), "something stands on standard output"),
        (numbers == Some(2) || about_a_file, "there is no line and column"),
        (!stderr.contains("hunter"), "a secret is shown"),
        (*memory < MEMORY, "it takes too much memory"),
    ];
    doubts.into_iter().filter_map(|(holds, doubt)| (!holds).then_some(doubt)).collect()
}

#[test]
fn every_invalid_spec_is_refused_with_its_place_and_the_right_words() {
    let folder = folder("invalid");
    let names = specs(&folder);
    assert!(names.len() >= 200, "{} specs", names.len());
    let mut problems = String::new();
    for name in &names {
        let run = validate(&folder, &with_base(name));
        for doubt in doubts(&run) {
            writeln!(problems, "{name}: {doubt}: {:?}\n{}{}", run.code, run.stdout, run.stderr).unwrap();
        }
        let expected = folder.join(name).with_extension("txt");
        if let Err(problem) = snapshot::compare(&expected, &run.stderr) {
            writeln!(problems, "{name}: {problem}").unwrap();
        }
    }
    assert!(problems.is_empty(), "{problems}");
}

#[test]
fn programs_are_told_of_an_invalid_spec_what_people_are_told() {
    let folder = folder("invalid");
    for name in ["document-many-errors.yaml", "text-empty.yaml", "realm-login-secret-literal-block.yaml"] {
        let people = validate(&folder, &with_base(name));
        let programs = run(&folder, &["plan", "--format", "json"], &with_base(name));
        assert_eq!((programs.code, programs.stderr.as_str()), (Some(64), people.stderr.as_str()), "{name}");
        let document: serde_json::Value = serde_json::from_str(&programs.stdout).unwrap();
        let diagnostics = document["diagnostics"].as_array().unwrap();
        assert_eq!(diagnostics.len(), people.stderr.matches("error: ").count(), "{name}: {document:#}");
        assert!(document["exitCode"] == 64 && document.get("plan").is_none(), "{name}: {document:#}");
        for diagnostic in diagnostics {
            let [message, line] = ["/message", "/source/line"].map(|field| diagnostic.pointer(field));
            let message = message.and_then(serde_json::Value::as_str).unwrap();
            assert!(
                people.stderr.contains(message) && line.is_some() != name.contains("empty"),
                "{name}: {diagnostic}"
            );
        }
    }
}

#[test]
fn what_yaml_allows_is_accepted_in_whatever_spelling() {
    let folder = folder("valid");
    for name in specs(&folder) {
        let run = validate(&folder, &with_base(&name));
        assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""), "{name}");
    }
}

/// A spec that is too large to be kept.
fn of_text(text: &str) -> Run {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("spec.yaml"), text).unwrap();
    validate(folder.path(), &["spec.yaml"])
}

/// One that is refused, within its memory.
fn refused(text: &str) -> Run {
    let run = of_text(text);
    assert_eq!(run.code, Some(64), "{}", run.stderr);
    assert!(run.memory < MEMORY, "it takes {} MB\n{}", run.memory >> 20, run.stderr);
    run
}

const ENVIRONMENT: &str = "apiVersion: opcp.dev/v1alpha1\nkind: Environment\nmetadata: {name: demo}\nspec:\n";

#[test]
fn a_line_of_a_megabyte_has_columns_too() {
    let roles = format!("{{name: a-role, description: {}}}, ", "d".repeat(1000)).repeat(1000);
    let run = refused(&format!("{ENVIRONMENT}  fqdn: cloud.example.com\n  keystone: {{roles: [{roles}{{nam: b}}]}}\n"));
    let column = "  keystone: {roles: [".len() + roles.len() + 2;
    assert!(run.stderr.contains(&format!("--> spec.yaml:6:{column}\n")), "{}", run.stderr);
    assert!(run.stderr.lines().all(|line| line.chars().count() < 200), "a line is shown whole");
}

#[test]
fn a_text_of_a_megabyte_is_not_repeated() {
    let long = "n".repeat(1 << 20);
    let run = refused(&format!("{ENVIRONMENT}  fqdn: cloud.example.com\n  {long}: 1\n"));
    assert!(run.stderr.len() < 2000, "{} bytes are said", run.stderr.len());
    let run = refused(&format!("{ENVIRONMENT}  fqdn: {long}\n"));
    assert!(run.stderr.len() < 2000, "{} bytes are said", run.stderr.len());
}

#[test]
fn depth_without_an_end_is_refused() {
    for (open, close) in [("[", "]"), ("{a: ", "}"), ("- ", "")] {
        let run = refused(&format!("{}1{}\n", open.repeat(100_000), close.repeat(100_000)));
        assert!(run.stderr.contains("deeper"), "{open}: {}", run.stderr);
    }
}

/// An Access document with `count` users, of whom every tenth breaks a rule when it is `broken`.
fn people(count: usize, broken: bool) -> String {
    let mut text = format!("{ENVIRONMENT}  fqdn: cloud.example.com\n---\n");
    text += "apiVersion: opcp.dev/v1alpha1\nkind: Realm\nmetadata: {name: pod}\n";
    text += "spec: {environment: demo, userProfile: {unmanagedAttributes: adminEdit}}\n---\n";
    text += "apiVersion: opcp.dev/v1alpha1\nkind: Access\nmetadata: {name: acme}\nspec:\n  environment: demo\n  realm: pod\n";
    text += "  users:\n";
    for number in 0..count {
        let word = if broken && number % 10 == 0 { "frstName" } else { "firstName" };
        write!(text, "    - username: user-{number:05}\n      email: user-{number:05}@example.com\n").unwrap();
        write!(text, "      {word}: First\n      lastName: Last\n      grants:\n").unwrap();
        writeln!(text, "        - {{project: project-{:04}, roles: [member, reader]}}", number % 2000).unwrap();
    }
    text
}

#[test]
fn ten_thousand_people_are_accepted() {
    let run = of_text(&people(10_000, false));
    assert!(run.code == Some(0) && !run.stderr.contains("error"), "{}", run.stderr);
    assert!(run.stdout.contains("3 documents"), "{}", run.stdout);
}

#[test]
fn ten_thousand_people_with_a_thousand_errors_fit_in_little_memory() {
    let run = refused(&people(10_000, true));
    assert!(run.stderr.contains("more than 100 problems"), "{}", run.stderr);
}
