//! What the tool says of a claim, and what the mapping engine of the sandbox's Keystone makes of it: one process for all.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use opcp_provision::access::claim::Claim;
use opcp_provision::model::address::{Address, Ids};
use proptest::prelude::{Just, Strategy as _};
use proptest::strategy::{BoxedStrategy, ValueTree as _};
use proptest::test_runner::TestRunner;
use proptest::{collection, option, prop_oneof};
use serde_json::{Map, Value as Json, json};

use super::sandbox::from_environment;

/// Refusals that come after the engine: names that Keystone cannot store, roles that nobody has, and grants that would
/// come and go from one login to the next.
const LATER: [&str; 4] = ["blanks around its name", "more than 64 characters", "role without a name", "twice"];

fn pairs() -> usize {
    if from_environment("OPCP_MATRIX").is_some_and(|size| size == "long") { 50_000 } else { 600 }
}

/// Some values for a word of a grant, or none at all; the first ones are right and come more often.
fn one_of(right: &[Json], wrong: &[Json]) -> BoxedStrategy<Option<Json>> {
    let pick = |values: &[Json]| proptest::sample::select(values.to_vec());
    prop_oneof![8 => option::weighted(0.95, pick(right)), 1 => option::weighted(0.7, pick(wrong))].boxed()
}

fn entry() -> BoxedStrategy<Json> {
    let names = ["acme", "b/c", "Zoë", "a \"b\" 'c'", "x{0}"].map(Json::from);
    let odd_names = [json!(""), json!(" acme"), json!("a;b"), json!(7), Json::Null, "x".repeat(65).into()];
    let domains = [json!({"name": "Default"}), json!({"name": "other"}), json!({"id": "default"})];
    let odd_domains = [
        json!({}),
        json!({"id": "default", "name": "other"}),
        json!({"id": "unknown"}),
        json!({"id": "unknown", "name": "Default"}),
        json!({"name": 7}),
        json!({"name": "Default", "note": "x"}),
        Json::Null,
        json!("Default"),
        json!([]),
    ];
    let role = |name: &str| json!({"name": name});
    let roles = [json!([role("member")]), json!([role("reader"), role("member")]), json!([])];
    let odd_roles = [
        json!([role("")]),
        json!([{"name": "member", "id": "1"}]),
        json!(["member"]),
        json!([{}]),
        json!([{"name": 7}]),
        json!({}),
        Json::Null,
        json!([role("member"), role("member")]),
    ];
    let words = (one_of(&names, &odd_names), one_of(&domains, &odd_domains), one_of(&roles, &odd_roles));
    let more = option::weighted(0.05, Just(json!("x")));
    let object = (words, more).prop_map(|((name, domain, roles), note)| {
        let words = [("name", name), ("domain", domain), ("roles", roles), ("description", note)];
        let words = words.into_iter().filter_map(|(word, value)| Some((word.to_owned(), value?)));
        Json::Object(words.collect::<Map<_, _>>())
    });
    prop_oneof![40 => object, 1 => Just(json!("acme")), 1 => Just(json!([]))].boxed()
}

/// The text of a claim.
fn claim() -> BoxedStrategy<String> {
    let list = collection::vec(entry(), 0..4).prop_map(|entries| Json::Array(entries).to_string());
    let odd = proptest::sample::select(vec!["", "{", "null", "7", "\"acme\"", "{}", " [ ] ", "[}", "[],[]", "member"]);
    prop_oneof![20 => list, 1 => entry().prop_map(|entry| entry.to_string()), 1 => odd.prop_map(str::to_owned)].boxed()
}

/// The Python that Keystone and the `openstack` client of the sandbox are installed for.
fn python() -> PathBuf {
    let path = from_environment("PATH").unwrap_or_default();
    let client = std::env::split_paths(&path).map(|folder| folder.join("openstack")).find(|program| program.exists());
    let client = client.unwrap_or_else(|| panic!("there is no openstack client: . .sandbox/env.sh"));
    client.canonicalize().unwrap().with_file_name("python3")
}

/// What the engine says of each claim.
fn engine(claims: &[String]) -> Vec<Json> {
    let mapping: Json = serde_json::from_str(include_str!("../sandbox/templates/mapping.json")).unwrap();
    let mut lines = vec![json!({"id": "projects", "rules": mapping["rules"], "schema_version": "3.0"}).to_string()];
    lines.extend(
        claims.iter().map(|claim| {
            json!({"OIDC-preferred_username": "alice", "OIDC-sub": "1", "OIDC-projects": claim}).to_string()
        }),
    );
    let script = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/real_servers/mapping_engine.py");
    let mut child = Command::new(python())
        .args(["-W", "ignore"])
        .arg(script)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    let writing = std::thread::spawn(move || input.write_all((lines.join("\n") + "\n").as_bytes()));
    let output = child.wait_with_output().unwrap();
    writing.join().unwrap().unwrap();
    let said: Vec<Json> =
        String::from_utf8(output.stdout).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(said.len(), claims.len(), "the engine stopped: {}", output.status);
    said
}

/// The roles in each project that the engine found; those in a domain that nobody here knows are left out.
fn granted(projects: &Json, ids: &Ids) -> BTreeMap<String, BTreeSet<String>> {
    let mut granted = BTreeMap::<String, BTreeSet<String>>::new();
    for project in projects.as_array().into_iter().flatten() {
        let domain = match project["domain"]["id"].as_str() {
            Some(id) => ids.iter().find(|(_, known)| *known == id).map(|(address, _)| address.name().to_owned()),
            None => project["domain"]["name"].as_str().map(str::to_owned),
        };
        let Some(domain) = domain else { continue };
        let key = opcp_provision::spec::grant::Grant {
            domain,
            project: project["name"].as_str().unwrap_or_default().to_owned(),
            roles: BTreeSet::new(),
        };
        let roles = project["roles"].as_array().into_iter().flatten().filter_map(|role| role["name"].as_str());
        granted.entry(key.key()).or_default().extend(roles.map(str::to_owned));
    }
    granted
}

#[test]
fn a_claim_is_worth_what_keystones_own_engine_makes_of_it() {
    let mut runner = TestRunner::deterministic();
    let strategy = claim();
    let claims: Vec<String> = (0..pairs()).map(|_| strategy.new_tree(&mut runner).unwrap().current()).collect();
    let ids = Ids::from([(Address::domain("Default"), "default".to_owned())]);
    let mut problems = Vec::new();
    let (mut read, mut refused) = (0, 0);
    for (claim, said) in claims.iter().zip(engine(&claims)) {
        let ours = Claim::read(&json!({"projects": claim}), "projects", &ids);
        let same = match (&ours, &said["projects"]) {
            (Claim::Grants(roles), projects @ Json::Array(_)) => {
                read += 1;
                *roles == granted(projects, &ids)
            }
            (Claim::Misshapen(_), Json::Null) => {
                refused += 1;
                true
            }
            (Claim::Misshapen(why), Json::Array(_)) => LATER.iter().any(|later| why.contains(later)),
            _ => false,
        };
        if !same {
            problems.push(format!("{claim}\n  ours: {ours:?}\n  Keystone: {said}"));
        }
    }
    assert!(
        problems.is_empty(),
        "{} of {}:\n{}",
        problems.len(),
        claims.len(),
        problems[..problems.len().min(10)].join("\n")
    );
    assert!(read > claims.len() / 4 && refused > claims.len() / 10, "{read} are read and {refused} refused");
}
