//! What nobody means: specs that are broken anywhere, and answers that are not what the server should say. Never a panic;
//! a refusal has a place, a code and words; and nothing is written on the strength of an answer that cannot be read.
//!
//! Everything is drawn from a seed, which the story of a broken promise names. What once broke one is kept in
//! `tests/specs` and tried by plain tests.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use opcp_provision::access::claim::Claim;
use opcp_provision::diagnostic::Diagnostics;
use opcp_provision::model::address::Ids;
use opcp_provision::pipeline::understand;
use opcp_provision::spec::grant::Grant;
use opcp_provision::spec::{KINDS, load};
use serde_json::{Value as Json, json};

use crate::harness::stage::{Stage, folder};
use crate::harness::sweep;
use crate::harness::tool::Outcome;
use crate::memory::weighed;
use crate::model::Answer;
use crate::model::fault::Fault;
use crate::model::list_fault::Alteration;
use crate::random::Random;
use crate::tally::{Broken, Ending, count, is_long};

/// What reading a spec may take, in bytes, whatever is in it.
const MEMORY: u64 = 100 << 20;

/// What breaks texts, wherever it stands.
const SPLINTERS: [&[u8]; 40] = [
    b"\0",
    b"\t",
    b"\r",
    b"\r\n",
    b"\xEF\xBB\xBF",
    b"\xFF\xFE",
    b"\xC3",
    b"\xF0\x9F\x92\xA9",
    b"\xE2\x80\xA8",
    b"\x1B[31m",
    b"'",
    b"\"",
    b"{",
    b"}",
    b"[",
    b"]",
    b": ",
    b":",
    b"- ",
    b"#",
    b"&a ",
    b"*a",
    b"<<: *a\n",
    b"!!binary ",
    b"!x ",
    b"|\n",
    b">-\n",
    b"? ",
    b"%YAML 1.1\n",
    b"\n---\n",
    b"\n...\n",
    b"null",
    b"~",
    b"1e999",
    b".nan",
    b"0x",
    b"2001-01-01",
    b"\\u",
    b"\"\\uD800\"",
    b",,",
];

fn splinter(dice: &mut Random) -> &'static [u8] {
    let all: &'static [&'static [u8]] = &SPLINTERS;
    all[dice.below(all.len())]
}

/// The specs that are broken here: all that the tests have.
fn seeds() -> Vec<Vec<u8>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut folders: Vec<PathBuf> = ["examples", "tests/specs", "tests/scenarios"].map(|name| root.join(name)).into();
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "yaml") {
                files.push(path);
            }
        }
    }
    files.sort();
    files.iter().map(|path| std::fs::read(path).unwrap()).collect()
}

/// One of the specs, broken in a few places; now and then nothing but noise.
fn broken_spec(seed: u64, seeds: &[Vec<u8>]) -> Vec<u8> {
    let mut dice = Random::seeded(seed);
    if dice.below(20) == 0 {
        return (0..dice.below(2000)).map(|_| u8::try_from(dice.below(256)).unwrap()).collect();
    }
    let mut text = seeds[dice.below(seeds.len())].clone();
    for _ in 0..=dice.below(4) {
        let at = dice.below(text.len() + 1);
        let end = (at + dice.below(40)).min(text.len());
        match dice.below(7) {
            0 => text.truncate(at),
            1 => drop(text.drain(at..end)),
            2 => drop(text.splice(at..at, splinter(&mut dice).iter().copied())),
            3 => drop(text.splice(at..end, splinter(&mut dice).iter().copied())),
            4 => {
                let copied = text[at..end].to_vec();
                let times = 1 + dice.below(300);
                drop(text.splice(at..at, copied.repeat(times)));
            }
            5 => {
                let other = &seeds[dice.below(seeds.len())];
                let from = dice.below(other.len().max(1));
                drop(text.splice(at..end, other[from..(from + dice.below(200)).min(other.len())].iter().copied()));
            }
            _ => {
                if let Some(byte) = text.get_mut(at) {
                    *byte ^= 1 << dice.below(8);
                }
            }
        }
    }
    text
}

/// Reads one text as a spec; whether it was refused.
fn read(text: &[u8]) -> Result<Ending, Broken> {
    let attempt = catch_unwind(AssertUnwindSafe(|| {
        let mut diagnostics = Diagnostics::new();
        let loaded = load::read(&["-".into()], text, &KINDS, &mut diagnostics);
        let understood = understand(loaded, None, &mut diagnostics).is_some();
        (understood, diagnostics.has_errors(), diagnostics.render(false))
    }));
    let Ok((understood, refused, told)) = attempt else { return Err(Broken::Wrong("a panic".to_owned())) };
    let has_place = told.contains("--> ");
    match (understood, refused) {
        (_, true) if !has_place => Err(Broken::Wrong(format!("an error without a place: {told}"))),
        (false, false) => Err(Broken::Wrong("refused without a word".to_owned())),
        (_, true) => Ok(Ending::Stopped),
        (true, false) => Ok(Ending::Converged),
    }
}

#[test]
fn no_broken_spec_breaks_the_loader() {
    let seeds = seeds();
    let number = if is_long() { 100_000 } else { 3_000 };
    let cases: Vec<u64> = (0..number).collect();
    count("B", "broken specs", 3_000, &cases, |seed| {
        let text = broken_spec(*seed, &seeds);
        read(&text).map_err(|broken| broken.told(&format!("seed {seed}: "), &String::from_utf8_lossy(&text)))
    });
}

#[test]
fn no_broken_spec_takes_much_memory() {
    let seeds = seeds();
    let number = if is_long() { 2_000 } else { 60 };
    let cases: Vec<u64> = (0..number).map(|case| 1_000_000 + case).collect();
    count("B", "broken specs, by the memory that they take", 60, &cases, |seed| {
        let folder = tempfile::tempdir().unwrap();
        let spec = folder.path().join("spec.yaml");
        std::fs::write(&spec, broken_spec(*seed, &seeds)).unwrap();
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_opcp-provision"));
        command.args(["validate", "--color", "never", "-f"]).arg(&spec).env_clear();
        let (outcome, memory) = weighed(&command);
        match outcome.code {
            Some(0) if memory < MEMORY => Ok(Ending::Converged),
            Some(64) if memory < MEMORY => Ok(Ending::Stopped),
            _ => Err(Broken::Wrong(format!("seed {seed}: {} MB, {outcome:?}", memory >> 20))),
        }
    });
}

/// Any JSON.
fn any(dice: &mut Random, depth: usize) -> Json {
    match dice.below(if depth == 0 { 6 } else { 8 }) {
        0 => Json::Null,
        1 => json!(dice.below(2) == 0),
        2 => json!(dice.below(usize::MAX)),
        3 => json!(-1.5e300),
        4 => json!(dice.one(&["", "name", "\0", "..", "/", "a;b", "\u{202e}", "x".repeat(5000).as_str(), "{}", "[]"])),
        5 => json!(String::from_utf8_lossy(splinter(dice))),
        6 => (0..dice.below(4)).map(|_| any(dice, depth - 1)).collect(),
        _ => {
            let keys = ["id", "name", "attributes", "links", "next", "error", "domain", "roles", "token", "x"];
            (0..dice.below(4))
                .map(|_| ((*dice.one(&keys)).to_owned(), any(dice, depth - 1)))
                .collect::<serde_json::Map<_, _>>()
                .into()
        }
    }
}

/// Puts something else in the place of one value of `json`, or takes it away.
fn bend(json: &mut Json, dice: &mut Random) {
    let into = dice.below(4) > 0;
    match json {
        Json::Array(items) if into && !items.is_empty() => {
            let at = dice.below(items.len());
            match dice.below(6) {
                0 => drop(items.remove(at)),
                1 => items.push(items[at].clone()),
                _ => bend(&mut items[at], dice),
            }
        }
        Json::Object(fields) if into && !fields.is_empty() => {
            let key = fields.keys().nth(dice.below(fields.len())).cloned().unwrap();
            if dice.below(6) == 0 {
                fields.remove(&key);
            } else {
                bend(&mut fields[&key], dice);
            }
        }
        other => *other = any(dice, 3),
    }
}

/// How an answer is spoilt.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Spoilt {
    /// Bytes that are no JSON, or JSON without end.
    Noise,
    /// JSON of another sort than the server's: a text or a number for a list or an object, and the other way round.
    Sort,
    /// The server's own, but for one value anywhere in it.
    Bent,
}

/// One answer that is spoilt.
struct Case {
    keycloak: bool,
    number: usize,
    /// Whether nothing but a plan is asked for.
    plan: bool,
    spoilt: Spoilt,
    seed: u64,
}

fn spoil(answer: Answer, spoilt: Spoilt, seed: u64) -> Answer {
    let mut dice = Random::seeded(seed);
    let Ok(mut truth) = serde_json::from_slice::<Json>(&answer.body) else { return answer };
    let body = match spoilt {
        Spoilt::Noise => match dice.below(4) {
            0 => (0..=dice.below(300)).map(|_| 0x80 | u8::try_from(dice.below(128)).unwrap()).collect(),
            1 => "[".repeat(100_000).into_bytes(),
            2 => answer.body[..dice.below(answer.body.len())].iter().copied().chain(*b"!").collect(),
            _ => [&answer.body[..], b"}{"].concat(),
        },
        Spoilt::Sort => {
            let other = match &truth {
                Json::Array(_) => json!({"x": any(&mut dice, 2)}),
                _ => json!([[any(&mut dice, 2)]]),
            };
            // A count is a number.
            let scalars = [json!("text"), json!(true), json!(7)];
            let scalar = scalars[dice.below(if truth.is_number() { 2 } else { 3 })].clone();
            (if dice.below(2) == 0 { other } else { scalar }).to_string().into_bytes()
        }
        Spoilt::Bent => {
            bend(&mut truth, &mut dice);
            truth.to_string().into_bytes()
        }
    };
    Answer { body, ..answer }
}

fn answered(case: &Case, undisturbed: &str) -> Result<Ending, Broken> {
    let folder = folder().join("everything-at-once");
    let mut stage = Stage::new(&folder);
    let faults = if case.keycloak { &stage.models.keycloak.faults } else { &stage.models.keystone.faults };
    let (spoilt, seed) = (case.spoilt, case.seed);
    faults.at(case.number, Fault::Alter(Alteration::new(move |_, answer| spoil(answer, spoilt, seed))));
    let outcome = if case.plan { plan(&stage, &folder) } else { sweep::direct(&stage, &folder) };
    let wrong = |what: &str| Err(Broken::Wrong(format!("{what}: {outcome:?}")));
    match outcome.code {
        Some(0..=5 | 7) => {}
        _ => return wrong("another exit code than there are"),
    }
    if outcome.stderr.contains("this is a fault of opcp-provision") || outcome.stderr.contains("panicked") {
        return wrong("a panic");
    }
    if outcome.code != Some(0) && !outcome.stderr.contains("error") {
        return wrong("it does not say why");
    }
    if let Some(leak) = stage.leaks("apply", &outcome).first() {
        return Err(Broken::Leaked(format!("{leak:?}")));
    }
    let unreadable = case.spoilt != Spoilt::Bent;
    if unreadable && case.plan && (outcome.code == Some(0) || outcome.stdout.contains("Plan:")) {
        return wrong("an answer that cannot be read is taken for something");
    }
    if unreadable && !case.plan && outcome.code == Some(0) && stage.state() != undisturbed {
        return Err(Broken::Lost(format!("it says that all is well: {outcome:?}")));
    }
    Ok(if outcome.code == Some(0) { Ending::Converged } else { Ending::Stopped })
}

/// A plan of the scenario.
fn plan(stage: &Stage, folder: &Path) -> Outcome {
    stage.write_spec(folder, &stage.models.keycloak.url, &stage.models.keystone.url);
    stage.tool.run(&["plan", "-f", "spec.yaml"])
}

#[test]
fn no_answer_breaks_the_tool_or_is_taken_for_what_it_is_not() {
    let folder = folder().join("everything-at-once");
    let requests = |stage: &Stage| {
        [(true, stage.models.keycloak.log.entries().len()), (false, stage.models.keystone.log.entries().len())]
    };
    let mut stage = Stage::new(&folder);
    plan(&stage, &folder).expect(0);
    let of_plan = requests(&stage);
    stage.clear_log();
    sweep::direct(&stage, &folder).expect(0);
    let (of_apply, undisturbed) = (requests(&stage), stage.state());
    let more = if is_long() { 20 } else { 1 };
    let mut cases = Vec::new();
    for (plan, (keycloak, count)) in of_plan.map(|of| (true, of)).into_iter().chain(of_apply.map(|of| (false, of))) {
        for number in 1..=count {
            let mut add = |spoilt, seed| cases.push(Case { keycloak, number, plan, spoilt, seed });
            for seed in 0..more {
                add(Spoilt::Noise, seed + u64::try_from(number).unwrap());
                add(Spoilt::Sort, seed + u64::try_from(number).unwrap());
            }
            (0..if plan { 1 } else { 3 } * more).for_each(|seed| add(Spoilt::Bent, seed));
        }
    }
    count("B", "answers that are not what the server should say", 180, &cases, |case| {
        let Case { keycloak, number, plan, spoilt, seed } = case;
        let name = format!("{spoilt:?} {seed} at {number} (Keycloak: {keycloak}, plan: {plan}): ");
        answered(case, &undisturbed).map_err(|broken| broken.told(&name, ""))
    });
}

#[test]
fn no_text_breaks_what_reads_grants_and_claims() {
    let cases: Vec<u64> = (0..if is_long() { 1_000_000 } else { 20_000 }).collect();
    count("B", "grants and claims of any form", 20_000, &cases, |seed| {
        let mut dice = Random::seeded(*seed);
        let grant = Grant {
            domain: String::from_utf8_lossy(splinter(&mut dice)).into_owned(),
            project: "acme".to_owned(),
            roles: ["member".to_owned(), String::from_utf8_lossy(splinter(&mut dice)).into_owned()].into(),
        };
        let mut value: Json = serde_json::from_str(&grant.to_value()).unwrap();
        bend(&mut value, &mut dice);
        let text = if dice.below(4) == 0 {
            spoil(Answer::json(200, &value), Spoilt::Noise, *seed).body
        } else {
            value.to_string().into()
        };
        let text = String::from_utf8_lossy(&text).into_owned();
        let read = catch_unwind(|| {
            let ids = Ids::new();
            let claims = [
                json!({"projects": text}),
                json!({"projects": format!("[{text}]")}),
                json!({"projects": value}),
                value.clone(),
            ];
            for claims in &claims {
                drop(Claim::read(claims, "projects", &ids));
            }
            (Grant::parse(&text, &ids), Grant::parse(&grant.to_value(), &ids))
        });
        match read {
            Err(_) => Err(Broken::Wrong(format!("seed {seed}: a panic: {text}"))),
            Ok((_, again)) if again.as_ref() != Some(&grant) => {
                Err(Broken::Lost(format!("seed {seed}: {grant:?} became {again:?}")))
            }
            Ok((Some(_), _)) => Ok(Ending::Converged),
            Ok((None, _)) => Ok(Ending::Stopped),
        }
    });
}
