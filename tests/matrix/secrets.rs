//! Canaries: every secret of a scenario is unmistakable, and is searched for, in every spelling, in all that a run says,
//! writes and shows to other processes; and no file with a secret is readable by others at any moment.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::json;

use crate::credentials::ground::Ground;
use crate::harness::secrets::{canary, leaks};
use crate::harness::stage::{Stage, allowed, folder, steps};
use crate::harness::tool::{Outcome, Tool};
use crate::model::Model as _;
use crate::tally::{Broken, Ending, count, is_long};

/// What every scenario is put through, at the highest log level.
const COMMANDS: [&[&str]; 6] = [
    &["plan"],
    &["plan", "--compare-secrets", "--format", "json"],
    &["apply", "--auto-approve"],
    &["apply", "--auto-approve", "--format", "json"],
    &["verify"],
    &["validate"],
];

/// All commands on one scenario, searched.
fn searched(name: &str) -> Result<Ending, Broken> {
    let folder = folder().join(name);
    let mut stage = Stage::new(&folder);
    let allowed = allowed(&folder);
    let mut well = true;
    for step in steps(&folder) {
        stage.write_spec(&step, &stage.models.keycloak.url, &stage.models.keystone.url);
        for command in COMMANDS {
            stage.clear_log();
            let mut arguments = command.to_vec();
            if command[0] == "apply" || command[0] == "plan" {
                arguments.extend(allowed.iter().map(String::as_str));
            }
            arguments.extend(["--color", "always", "-vvv", "--allow-commands", "-f", "spec.yaml"]);
            let outcome = stage.tool.run(&arguments);
            let leaks = stage.leaks(command[0], &outcome);
            if let Some(leak) = leaks.first() {
                return Err(Broken::Leaked(format!("{name}: {} in {}", leak.spelling, leak.place)));
            }
            well &= outcome.code == Some(0);
        }
    }
    Ok(if well { Ending::Converged } else { Ending::Stopped })
}

/// Whether a scenario has more secrets than those of its logins.
fn writes_secrets(name: &str) -> bool {
    let logins = ["KEYSTONE_PASSWORD", "KEYCLOAK_PASSWORD"];
    steps(&folder().join(name)).iter().any(|step| {
        let spec = std::fs::read_to_string(step.join("spec.yaml")).unwrap_or_default();
        spec.split("env: ").skip(1).any(|rest| !logins.iter().any(|login| rest.starts_with(login)))
    })
}

#[test]
fn no_secret_of_any_scenario_is_told_or_left() {
    let entries = std::fs::read_dir(folder()).unwrap();
    let mut names: Vec<String> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    let every = if is_long() { 1 } else { 4 };
    let sampled = names.iter().enumerate().filter(|(index, name)| index % every == 0 || writes_secrets(name));
    let names: Vec<String> = sampled.map(|(_, name)| name.clone()).collect();
    count("S", "secrets of the scenarios", 30, &names, |name| searched(name));
}

/// A program that gives a secret, and writes down what every process shows of itself while it runs.
const SPY: &str = "#!/bin/sh
for process in /proc/[0-9]*; do
  tr '\\0' ' ' < $process/cmdline; echo
done > \"$2\" 2>/dev/null
grep 'Max core file size' /proc/$PPID/limits >> \"$2\"
cat \"$1\"
";

#[test]
fn no_secret_is_shown_by_a_process_and_none_leaves_a_core() {
    let folder = folder().join("login-secret-of-a-command");
    let stage = Stage::new(&folder);
    stage.write_spec(&folder, &stage.models.keycloak.url, &stage.models.keystone.url);
    let outside = tempfile::tempdir().unwrap();
    let at = |name: &str| outside.path().join(name).display().to_string();
    std::fs::write(at("spy"), SPY).unwrap();
    for name in ["KEYSTONE_PASSWORD", "KEYCLOAK_PASSWORD"] {
        std::fs::write(at(name), canary(name) + "\n").unwrap();
        let path = stage.tool.folder().join("spec.yaml");
        let spec = std::fs::read_to_string(path).unwrap();
        let spied = format!("sh, {}, {}, {}", at("spy"), at(name), at(&format!("{name}.seen")));
        let spec = spec.replace(&format!("printenv, {name}"), &spied);
        stage.tool.write("spec.yaml", &spec);
    }
    let outcome = stage.tool.run(&["apply", "--auto-approve", "-vvv", "--allow-commands", "-f", "spec.yaml"]).expect(0);
    let secrets = ["KEYSTONE_PASSWORD", "KEYCLOAK_PASSWORD"].map(canary);
    for name in ["KEYSTONE_PASSWORD", "KEYCLOAK_PASSWORD"] {
        let seen = std::fs::read_to_string(at(&format!("{name}.seen"))).unwrap();
        assert!(seen.contains("apply --auto-approve"), "the spy has not seen the run: {seen}");
        assert_eq!(leaks(&secrets, [("a command line".to_owned(), seen.as_bytes())]), []);
        let limits = seen.lines().last().unwrap_or_default();
        assert_eq!(limits.split_whitespace().collect::<Vec<_>>()[4..6], ["0", "0"], "{limits}");
    }
    assert!(outcome.stdout.contains("Apply complete!"), "{outcome:?}");
}

/// What a run does with files, by its calls of the system, whatever the mask of the user.
fn traced(tool: &Tool, arguments: &[&str]) -> (Outcome, String) {
    let folder = tool.folder();
    let tool = tool.command(arguments);
    let calls = tempfile::NamedTempFile::new().unwrap();
    let traced = "umask 0; exec strace -f -qq -y -e trace=open,openat,creat,mkdir,mkdirat,chmod,fchmod,fchmodat,rename,\
                  renameat,renameat2,link,linkat,symlink,symlinkat,prctl,execve -o \"$0\" \"$@\"";
    let mut command = Command::new("sh");
    command.args(["-c", traced]).arg(calls.path()).arg(tool.get_program()).args(tool.get_args());
    command.envs(tool.get_envs().filter_map(|(name, value)| Some((name, value?)))).current_dir(folder);
    let done = command.stdin(Stdio::null()).output().unwrap();
    let [stdout, stderr] = [done.stdout, done.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
    (Outcome { code: done.status.code(), stdout, stderr }, std::fs::read_to_string(calls.path()).unwrap())
}

/// The calls by which something comes to be in `folder` that others could read, if only for a moment.
fn readable(calls: &str, folder: &Path) -> Vec<String> {
    let folder = folder.display().to_string();
    let begins =
        |call: &&str| call.contains("O_CREAT") || ["mkdir", "chmod", "fchmod"].iter().any(|name| call.contains(name));
    let here = |call: &&str| call.contains(&folder) || call.contains("AT_FDCWD, \"") && !call.contains("\"/");
    let private = |call: &&str| call.contains(", 0600)") || call.contains(", 0700)");
    calls.lines().filter(begins).filter(here).filter(|call| !private(call)).map(str::to_owned).collect()
}

#[test]
fn what_is_written_is_never_readable_by_others() {
    let folder = folder().join("example-guide");
    let stage = Stage::new(&folder);
    crate::harness::sweep::direct(&stage, &folder).expect(0);
    let place = stage.tool.folder().to_owned();
    let user = ["--user", "alice", "--project", "acme-prod", "-f", "spec.yaml", "-vvv"];
    let openrc = [&["openrc"], &user[..]].concat();
    let clouds = [&["openrc", "--format", "clouds-yaml"], &user[..]].concat();
    let init = "init --fqdn cloud.example.com --realm pod --username alice --email alice@example.com --first-name Alice \
                --last-name Ash --project acme -o new.yaml";
    let init: Vec<&str> = init.split_whitespace().collect();
    let mut written = 0;
    // The second time, what is there is replaced.
    for arguments in [&openrc[..], &openrc, &clouds, &clouds, &init] {
        let (outcome, calls) = traced(&stage.tool, arguments);
        assert_eq!(outcome.code, Some(0), "{arguments:?}: {outcome:?}");
        assert!(calls.contains("PR_SET_DUMPABLE, SUID_DUMP_DISABLE"), "{calls}");
        written += calls.lines().filter(|call| call.contains("O_CREAT") && call.contains("O_EXCL")).count();
        let bad = if arguments[0] == "init" { Vec::new() } else { readable(&calls, &place) };
        assert!(bad.is_empty(), "{arguments:?}: {bad:#?}");
        let executed: Vec<&str> = calls.lines().filter(|call| call.contains("execve(")).collect();
        assert_eq!(executed.len(), 1, "{executed:?}");
    }
    assert!(written >= 5, "{written} files are written");
    for entry in std::fs::read_dir(&place).unwrap() {
        let path = entry.unwrap().path();
        let mode = std::fs::metadata(&path).unwrap().permissions().mode() & 0o777;
        let ours = ["openrc.sh", "clouds.yaml"].iter().any(|name| path.to_string_lossy().ends_with(name));
        assert!(!ours || mode == 0o600, "{}: {mode:o}", path.display());
    }
}

#[test]
fn what_is_delivered_is_never_readable_by_others_nor_told_to_other_processes() {
    let mut ground = Ground::new(&json!([]));
    let apply = ["apply", "--auto-approve", "-vvv", "--allow-commands", "-f", "spec.yaml"];
    // Made, made anew, and made anew into a file of secrets; and what works with it is restarted.
    for (text, secure) in [("", false), ("  description: two\n", false), ("  description: three\n", true)] {
        ground.secure = secure;
        let restart = "      restart: {command: [/bin/true]}\n";
        ground.write_spec(&ground.models.keystone.url, &format!("{restart}{text}"));
        let (outcome, calls) = traced(&ground.tool, &apply);
        assert_eq!(outcome.code, Some(0), "{outcome:?}");
        assert_eq!(ground.leaks(&outcome), [] as [String; 0]);
        assert_eq!(ground.complaint(), None);
        let written = calls.lines().filter(|call| call.contains("O_CREAT") && call.contains("O_EXCL")).count();
        assert!(written >= 3, "{written} files are written");
        let bad = readable(&calls, ground.tool.folder());
        assert!(bad.is_empty(), "{bad:#?}");
        let secrets = ground.models.keystone.with(|keystone| keystone.secrets());
        assert_eq!(leaks(&secrets, [("calls of the system".to_owned(), calls.as_bytes())]), []);
        assert!(calls.lines().any(|call| call.contains("execve(\"/bin/true\"")), "the program is run: {calls}");
    }
}

#[test]
fn the_password_of_a_proxy_is_not_for_the_file_of_a_person() {
    let folder = folder().join("example-guide");
    let mut stage = Stage::new(&folder);
    crate::harness::sweep::direct(&stage, &folder).expect(0);
    stage.tool.set("HTTPS_PROXY", "http://traveller:canary-of-the-proxy@proxy.example.com:3128");
    stage.tool.run(&["openrc", "--user", "alice", "--project", "acme-prod", "-f", "spec.yaml"]).expect(0);
    let text = std::fs::read_to_string(stage.tool.folder().join("acme-prod-openrc.sh")).unwrap();
    assert!(text.contains("http://proxy.example.com:3128") && !text.contains("canary-of-the-proxy"), "{text}");
}
