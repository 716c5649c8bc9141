//! What the tool costs: figures for people, printed as a table. Nothing is asserted about time: `make bench`.
//!
//! The real binary, built for release, on a spec of many people; against the model servers, which answer from memory, so
//! that what is measured is the tool. `R_min` is the least number of requests in which the same could be seen.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "it is called by people, and stops at a surprise"
)]

#[expect(dead_code, reason = "the scenarios use the rest")]
#[path = "../harness/mod.rs"]
mod harness;
#[expect(dead_code, reason = "the scenarios use the rest")]
#[path = "../model/mod.rs"]
mod model;

use std::fmt::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use model::Models;
use serde_json::{Value as Json, json};
use wait4::Wait4 as _;

/// How many people and projects the servers have.
const PEOPLE: usize = 10_000;
const PROJECTS: usize = 2_000;
/// How often each run is repeated; the fastest counts.
const RUNS: usize = 3;
/// People on one page of a list.
const PAGE: usize = 250;
const PASSWORD: &str = "of-the-models";

/// What one run took.
struct Cost {
    wall: Duration,
    cpu: Duration,
    /// The most memory that it held, in bytes.
    memory: u64,
}

/// Runs the binary on `spec.yaml` of `folder`, which must end well; what the fastest run took.
fn cost(folder: &Path, arguments: &[&str], mut before: impl FnMut()) -> Cost {
    let run = || {
        before();
        let mut command = Command::new(env!("CARGO_BIN_EXE_opcp-provision"));
        command.args(arguments).args(["-f", "spec.yaml"]).current_dir(folder).env_clear();
        command.env("KEYCLOAK_PASSWORD", PASSWORD).env("KEYSTONE_PASSWORD", PASSWORD);
        let began = Instant::now();
        let ended = command.stdin(Stdio::null()).stdout(Stdio::null()).spawn().unwrap().wait4().unwrap();
        let wall = began.elapsed();
        assert!(ended.status.success(), "{arguments:?} ends with {}", ended.status);
        Cost { wall, cpu: ended.rusage.utime + ended.rusage.stime, memory: ended.rusage.maxrss }
    };
    std::iter::repeat_with(run).take(RUNS).min_by_key(|cost| cost.wall).unwrap()
}

/// Prints one line of the table.
fn row(what: &str, requests: Option<(usize, usize)>, cost: &Cost) {
    let requests = requests.map_or(["-".to_owned(), "-".to_owned()], |(sent, least)| {
        [format!("{sent} / {least}"), format!("{:.2}", ratio(sent, least))]
    });
    let Cost { wall, cpu, memory } = cost;
    let [requests, ratio] = requests;
    println!(
        "| {what:<44} | {requests:>16} | {ratio:>5} | {:>6.2} s | {:>6.2} s | {:>4} MB |",
        wall.as_secs_f64(),
        cpu.as_secs_f64(),
        memory >> 20
    );
}

#[expect(clippy::cast_precision_loss, reason = "both are small numbers of requests")]
fn ratio(sent: usize, least: usize) -> f64 {
    sent as f64 / least as f64
}

/// A spec that declares so many of the servers' people and projects.
fn spec(models: &Models, people: usize, projects: usize) -> String {
    let login = |name: &str| format!("username: admin, password: {{env: {name}_PASSWORD}}");
    let (keystone, keycloak) = (&models.keystone.url, &models.keycloak.url);
    let mut text = format!(
        "apiVersion: opcp.dev/v1alpha1\nkind: Environment\nmetadata: {{name: bench}}\n\
         spec: {{tenants: [{{access: acme, projects: ['Default/*'], roles: [member, reader]}}], keystone: {{url: '{keystone}', login: {{{}}}}}}}\n---\n\
         apiVersion: opcp.dev/v1alpha1\nkind: Realm\nmetadata: {{name: pod}}\n\
         spec: {{environment: bench, keycloak: {{url: '{keycloak}'}}, login: {{realm: master, {}}}, \
         userProfile: {{unmanagedAttributes: adminEdit}}}}\n---\n\
         apiVersion: opcp.dev/v1alpha1\nkind: Access\nmetadata: {{name: acme}}\nspec:\n  environment: bench\n  realm: pod\n",
        login("KEYSTONE"),
        login("KEYCLOAK"),
    );
    text += "  projects:\n";
    for number in 0..projects {
        writeln!(text, "    - {{name: {}}}", project(number)).unwrap();
    }
    text += "  users:\n";
    for number in 0..people {
        let name = person(number);
        writeln!(text, "    - {{username: {name}, email: {name}@example.com, firstName: First, lastName: Last,")
            .unwrap();
        writeln!(text, "       grants: [{{project: {}, roles: [member, reader]}}]}}", project(number % projects))
            .unwrap();
    }
    text
}

fn person(number: usize) -> String {
    format!("person-{number:05}")
}

fn project(number: usize) -> String {
    format!("project-{number:04}")
}

/// What the servers hold: everything that the spec declares, or nothing of it.
fn seed(full: bool) -> Json {
    let grant = |number: usize| json!({"domain": {"name": "Default"}, "name": project(number), "roles": [{"name": "member"}, {"name": "reader"}]});
    let user = |number: usize| {
        let (name, grant) = (person(number), grant(number % PROJECTS).to_string());
        let mail = format!("{name}@example.com");
        json!({"username": name, "email": mail, "firstName": "First", "lastName": "Last", "attributes": {"project": [grant]}})
    };
    let [people, projects] = if full { [PEOPLE, PROJECTS] } else { [0, 0] };
    let users: Vec<Json> = (0..people).map(user).collect();
    let projects: Vec<Json> =
        (0..projects).map(|number| json!({"name": project(number), "domain": "Default"})).collect();
    let realm = json!({"unmanagedAttributePolicy": "ADMIN_EDIT", "users": users});
    json!({
        "keycloak": {"realms": {"pod": realm}, "adminPassword": PASSWORD},
        "keystone": {"projects": projects, "adminPassword": PASSWORD},
    })
}

/// The requests without which nobody could see what `plan` says: two logins, the profile, people by pages or one by one,
/// and the lists of domains, projects and roles.
fn least(people: usize, there: usize) -> usize {
    let pages = there.div_ceil(PAGE) + 1;
    2 + 1 + pages.min(people) + 3
}

fn main() {
    let folder = tempfile::tempdir().unwrap();
    println!("{PEOPLE} people and {PROJECTS} projects; the fastest of {RUNS} runs\n");
    println!("| what | requests / R_min | ratio | wall | CPU | peak memory |");
    println!("|---|---|---|---|---|---|");
    for (full, declared, what) in [
        (true, PEOPLE, "nothing to do"),
        (true, 3, "nothing to do, three people declared"),
        (false, PEOPLE, "everything to be made"),
    ] {
        let models = Models::start(&seed(full));
        let text = spec(&models, declared, PROJECTS.min(declared));
        std::fs::write(folder.path().join("spec.yaml"), &text).unwrap();
        if full && declared == PEOPLE {
            let lines = text.lines().count();
            row(&format!("validate, one file of {lines} lines"), None, &cost(folder.path(), &["validate"], || ()));
        }
        let logs = [&models.keycloak.log, &models.keystone.log];
        let forget = || logs.iter().for_each(|log| log.clear());
        let expect = if full { &["plan", "--detailed-exitcode"][..] } else { &["plan"][..] };
        let took = cost(folder.path(), expect, forget);
        let sent: usize = logs.iter().map(|log| log.entries().len()).sum();
        row(&format!("plan, {what}"), Some((sent, least(declared, if full { PEOPLE } else { 0 }))), &took);
    }
}
