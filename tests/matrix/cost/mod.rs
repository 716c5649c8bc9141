//! What a run costs, in requests and in memory. Requests are counted exactly; the floor that they are compared
//! with, `R_min`, is made up of what the servers' own lists are, and of nothing that the tool does.

#![expect(clippy::print_stdout, reason = "what is counted is told, too")]

mod cloud;

use std::collections::BTreeMap;
use std::process::Command;

use crate::harness::tool::Tool;
use crate::memory::weighed;
use crate::model::Models;
use crate::tally::is_long;
use cloud::{Cloud, Declared, GROUPS, PASSWORD, PROJECTS, member_lists};

/// People on one page of a list: what serves a Keycloak best.
const PAGE: usize = 250;
/// Both logins.
const TOKENS: usize = 2;
/// Domains, projects, roles.
const KEYSTONE: usize = 3;
/// The profile, the providers of mappers, one client with its mappers.
const REALM: usize = 3;
/// How many there are, and all in one.
const TREE: usize = 2;

/// The servers of a cloud, and the tool in front of them.
struct Stage {
    models: Models,
    tool: Tool,
}

/// What one run has sent.
#[derive(Debug, PartialEq, Eq)]
struct Sent {
    logins: usize,
    reads: usize,
    writes: usize,
}

impl Sent {
    fn all(&self) -> usize {
        self.logins + self.reads + self.writes
    }
}

impl Stage {
    fn new(cloud: &Cloud) -> Self {
        let mut tool = Tool::new();
        for name in ["KEYCLOAK_PASSWORD", "KEYSTONE_PASSWORD"] {
            tool.set(name, PASSWORD);
        }
        Self { models: Models::start(&cloud.seed()), tool }
    }

    fn declares(&self, declared: &Declared) -> &Self {
        self.tool.write("spec.yaml", &declared.spec(&self.models));
        self
    }

    /// What `command` sends, which must end with this exit code.
    fn run(&self, command: &[&str], code: i32) -> Sent {
        let logs = [&self.models.keycloak.log, &self.models.keystone.log];
        for log in logs {
            log.clear();
        }
        let outcome = self.tool.run(&[command, &["-f", "spec.yaml"]].concat());
        let last: Vec<&str> = outcome.stdout.lines().rev().take(3).collect();
        assert_eq!(outcome.code, Some(code), "{last:?}\n{}", outcome.stderr);
        let entries: Vec<_> = logs.iter().flat_map(|log| log.entries()).collect();
        let logins = entries.iter().filter(|entry| entry.login).count();
        let writes = entries.iter().filter(|entry| entry.write).count();
        Sent { logins, writes, reads: entries.len() - logins - writes }
    }

    fn plan(&self, code: i32) -> Sent {
        let sent = self.run(&["plan", "--detailed-exitcode"], code);
        let twice = self.read_twice();
        assert!(twice.is_empty(), "one observation reads more than once: {twice:?}");
        sent
    }

    fn apply(&self) -> Sent {
        self.run(&["apply", "--auto-approve"], 0)
    }

    fn read_twice(&self) -> Vec<String> {
        let mut seen = BTreeMap::<(bool, String), usize>::new();
        for (keystone, log) in [(false, &self.models.keycloak.log), (true, &self.models.keystone.log)] {
            for entry in log.entries().into_iter().filter(|entry| entry.method == "GET") {
                *seen.entry((keystone, entry.target)).or_default() += 1;
            }
        }
        seen.into_iter().filter(|(_, times)| *times > 1).map(|((_, target), _)| target).collect()
    }
}

/// The pages of a list of so many people, and the request that counts them.
fn pages(people: usize) -> usize {
    people.div_ceil(PAGE) + 1
}

/// What must be read to see all of a cloud whose people are all declared, with its groups.
fn least(people: usize) -> usize {
    REALM + pages(people) + TREE + member_lists(people) + KEYSTONE
}

/// Fails when a run sends another number of requests than `exact`, or more than `percent` of what is needed.
fn judge(what: &str, sent: &Sent, exact: &Sent, least: usize, percent: usize) {
    println!("{what}: {} requests of {least} that are needed; {sent:?}", sent.all());
    assert_eq!(sent, exact, "{what}");
    assert!(sent.all() * 100 <= least * percent, "{what}: {} requests, and {least} are needed", sent.all());
}

fn sizes() -> &'static [usize] {
    &[1_000, 10_000]
}

#[test]
fn a_plan_that_names_all_reads_every_list_once() {
    for people in sizes() {
        let stage = Stage::new(&Cloud::full(*people));
        let sent = stage.declares(&Declared::all(*people)).plan(0);
        let exact = Sent { logins: TOKENS, reads: least(*people), writes: 0 };
        judge(&format!("plan of {people}, nothing to do"), &sent, &exact, TOKENS + least(*people), 105);
        let again = stage.apply();
        judge(&format!("apply of {people}, nothing to do"), &again, &exact, TOKENS + least(*people), 105);
        // A tool that reads each object for itself asks once for each person, group, project and client at least.
        let one_by_one = people + GROUPS + PROJECTS + 1;
        assert!(sent.all() * 3 < one_by_one, "{} requests, and {one_by_one} one by one", sent.all());
    }
}

#[test]
fn a_thousand_people_cost_a_twentieth_of_one_request_each() {
    let stage = Stage::new(&Cloud::full(1_000));
    let sent = stage.declares(&Declared { groups: false, ..Declared::all(1_000) }).plan(0);
    let reads = REALM + pages(1_000) + KEYSTONE;
    judge("plan of 1000 people without groups", &sent, &Sent { logins: TOKENS, reads, writes: 0 }, TOKENS + reads, 100);
    assert!(sent.all() * 20 <= 1_000 + PROJECTS + 1, "{sent:?}");
}

#[test]
fn a_plan_that_names_three_of_many_does_not_read_the_many() {
    for people in sizes() {
        let stage = Stage::new(&Cloud::full(*people));
        let sent = stage.declares(&Declared { people: 3, groups: false }).plan(0);
        let reads = REALM + 3 + KEYSTONE;
        let exact = Sent { logins: TOKENS, reads, writes: 0 };
        judge(&format!("plan of 3 of {people}"), &sent, &exact, TOKENS + reads, 100);
    }
}

#[test]
fn one_change_is_read_once_before_it_is_written_and_once_after() {
    for people in sizes() {
        let stage = Stage::new(&Cloud::full(*people).with_drift(1));
        let sent = stage.declares(&Declared::all(*people)).apply();
        let exact = Sent { logins: TOKENS, reads: least(*people) + 2, writes: 1 };
        judge(&format!("apply of {people}, one change"), &sent, &exact, TOKENS + 2 * least(*people) + 2, 110);
    }
}

#[test]
fn a_tenth_that_drifted_is_put_right_and_proved_by_pages() {
    for people in sizes() {
        let drifted = people / 10;
        let stage = Stage::new(&Cloud::full(*people).with_drift(drifted));
        let sent = stage.declares(&Declared::all(*people)).apply();
        let reads = least(*people) + drifted + pages(*people);
        let exact = Sent { logins: TOKENS, reads, writes: drifted };
        let needed = TOKENS + 2 * least(*people) + 2 * drifted;
        judge(&format!("apply of {people}, {drifted} changes"), &sent, &exact, needed, 110);
    }
}

#[test]
fn a_first_apply_writes_each_object_once() {
    let sizes = if is_long() { sizes() } else { &[1_000] };
    for people in sizes {
        let stage = Stage::new(&Cloud::empty());
        let sent = stage.declares(&Declared::all(*people)).apply();
        // The profile is replaced whole; each person is in one group.
        let writes = 1 + 1 + 1 + people + GROUPS + people + PROJECTS;
        // Of clients there is the one to be seen that every realm has; that there is nobody is believed when a page is
        // empty as well, and what only those see who may see people is shown; and somebody may be in a directory.
        let (before, whole) = (REALM + 1 + pages(0) + 2 + 1 + TREE + KEYSTONE, 1);
        // Roles were not touched: the proof does not ask for them.
        let after = least(*people) - 1;
        let exact = Sent { logins: TOKENS, reads: before + whole + after, writes };
        let needed = TOKENS + 2 * least(*people) + writes + whole;
        judge(&format!("first apply of {people}"), &sent, &exact, needed, 110);
        stage.plan(0);
    }
}

#[test]
fn of_five_hundred_realms_one_is_read() {
    let cost = |realms| {
        let stage = Stage::new(&Cloud { realms, ..Cloud::full(100) });
        stage.declares(&Declared::all(100)).plan(0)
    };
    assert_eq!(cost(500), cost(0));
}

#[test]
fn many_realms_of_one_server_share_its_login_and_its_description() {
    let realms = 20;
    let stage = Stage::new(&Cloud { realms, ..Cloud::empty() });
    stage.tool.write("spec.yaml", &Declared::realms(realms, &stage.models));
    let sent = stage.plan(2);
    // Of each the profile, its client, and the one that every realm has.
    let exact = Sent { logins: 1, reads: 1 + realms * 3, writes: 0 };
    judge("plan of 20 realms", &sent, &exact, exact.all(), 100);
}

#[test]
fn local_users_of_a_domain_are_listed_once() {
    let stage = Stage::new(&Cloud { local_users: 50, ..Cloud::empty() });
    stage.tool.write("spec.yaml", &Declared::local_users(50, &stage.models));
    let sent = stage.plan(0);
    // Domains, all users of one, and each one's document, which alone tells people of a provider apart.
    let exact = Sent { logins: 1, reads: 1 + 1 + 50, writes: 0 };
    judge("plan of 50 local users", &sent, &exact, exact.all(), 100);
}

#[test]
fn a_hundred_thousand_people_fit_into_little_memory() {
    const CROWD: usize = 100_000;
    const LIMIT: u64 = 250 << 20;
    let stage = Stage::new(&Cloud { crowd: CROWD, ..Cloud::empty() });
    for (what, spec) in [
        ("some are named", Declared::of_crowd(false, &stage.models)),
        ("some are named, and all are swept", Declared::of_crowd(true, &stage.models)),
    ] {
        stage.tool.write("spec.yaml", &spec);
        let mut command = Command::new(env!("CARGO_BIN_EXE_opcp-provision"));
        command.args(["plan", "--detailed-exitcode", "-f", "spec.yaml"]).current_dir(stage.tool.folder()).env_clear();
        command.env("KEYCLOAK_PASSWORD", PASSWORD).env("KEYSTONE_PASSWORD", PASSWORD);
        let (outcome, memory) = weighed(&command);
        println!("{CROWD} people, {what}: at most {} MB", memory >> 20);
        assert_eq!(outcome.code, Some(0), "{what}: {}", outcome.stderr);
        assert!(memory < LIMIT, "{what}: {} MB", memory >> 20);
    }
}
