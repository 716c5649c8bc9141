//! One run on its way to the servers: what is on the way, what the tool has, and how it must have ended.

use std::collections::BTreeSet;
use std::io::Write as _;
use std::sync::LazyLock;

use flate2::Compression;
use flate2::write::GzEncoder;

use super::authority::{Authority, Identity, Validity};
use super::front::{Front, config};
use super::relay::Relay;
use crate::harness::stage::{Stage, folder};
use crate::harness::tool::Outcome;
use crate::memory::weighed;
use crate::model::Answer;
use crate::model::fault::Fault;
use crate::tally::{Broken, Ending};

pub(super) const SCENARIO: &str = "everything-at-once";
pub(super) const APPLY: [&str; 6] = ["apply", "--auto-approve", "--color", "never", "-f", "spec.yaml"];
/// Names that lead nowhere but through a proxy.
pub(super) const NAMES: [&str; 2] = ["keycloak.opcp.test", "keystone.opcp.test"];
pub(super) const HTTP2: [&str; 2] = ["h2", "http/1.1"];
/// A proxy's account.
pub(super) const ACCOUNT: &str = "traveller:canary-of-the-proxy";

/// What the front shows and the tool has.
pub(super) struct Setting<'a> {
    /// What the servers' certificate is for, and by whom.
    pub(super) front: &'a Identity,
    /// Whom the fronts let in.
    pub(super) clients: Option<&'a Authority>,
    pub(super) protocols: &'a [&'a str],
    /// By which names the spec calls the servers.
    pub(super) hosts: [&'a str; 2],
    /// More fields of the Environment document.
    pub(super) fields: &'a str,
    pub(super) files: &'a [(&'a str, &'a str)],
    pub(super) variables: &'a [(&'a str, &'a str)],
}

/// What has become of it.
pub(super) struct Seen {
    pub(super) outcome: Outcome,
    pub(super) versions: BTreeSet<String>,
    /// How many requests have reached the servers.
    pub(super) requests: usize,
}

/// Applies the scenario through two fronts that end TLS.
pub(super) fn apply(setting: &Setting) -> Result<Seen, Broken> {
    let folder = folder().join(SCENARIO);
    let mut stage = Stage::new(&folder);
    let fronts = [&stage.models.keycloak.url, &stage.models.keystone.url]
        .map(|url| Front::start(url, config(setting.front, setting.clients, setting.protocols)));
    let [keycloak, keystone] = [0, 1].map(|at| format!("https://{}:{}", setting.hosts[at], fronts[at].port));
    stage.write_spec(&folder, &keycloak, &keystone);
    add_fields(&stage, setting.fields);
    for (name, content) in setting.files {
        stage.tool.write(name, content);
    }
    for (name, value) in setting.variables {
        stage.tool.set(name, value);
    }
    let outcome = stage.tool.run(&[&APPLY[..], &["-vvv"]].concat());
    let versions = fronts.iter().flat_map(|front| front.versions.lock().unwrap().clone()).collect();
    quiet(&mut stage, &outcome)?;
    Ok(Seen { outcome, versions, requests: stage.log().len() })
}

/// More fields for the Environment document of the spec that is there.
pub(super) fn add_fields(stage: &Stage, fields: &str) {
    let path = stage.tool.folder().join("spec.yaml");
    let spec = std::fs::read_to_string(path).unwrap();
    let at_first = spec.replacen("spec:\n", &format!("spec:\n{fields}"), 1);
    stage.tool.write("spec.yaml", &at_first);
}

/// No secret was told, and no proxy's password.
pub(super) fn quiet(stage: &mut Stage, outcome: &Outcome) -> Result<(), Broken> {
    let said = format!("{}{}", outcome.stdout, outcome.stderr);
    let proxy =
        ["canary-of-the-proxy", "Y2FuYXJ5LW9mLXRoZS1wcm94e", "NhbmFyeS1vZi10aGUtcHJveH", "jYW5hcnktb2YtdGhlLXByb3h5"];
    if let Some(spelling) = proxy.iter().find(|spelling| said.contains(**spelling)) {
        return Err(Broken::Leaked(format!("a proxy's password as {spelling}: {said}")));
    }
    if said.contains("PRIVATE KEY") {
        return Err(Broken::Leaked(said));
    }
    // The files of the tool's folder are the test's own here.
    let leaks: Vec<_> =
        stage.leaks("apply", outcome).into_iter().filter(|leak| leak.place.contains("standard")).collect();
    if leaks.is_empty() { Ok(()) } else { Err(Broken::Leaked(format!("{leaks:?}"))) }
}

pub(super) fn expect(holds: bool, what: &str, outcome: &Outcome) -> Result<(), Broken> {
    if holds { Ok(()) } else { Err(Broken::Wrong(format!("{what}: {outcome:?}"))) }
}

/// The run did what was asked for.
pub(super) fn done(seen: &Seen) -> Result<Ending, Broken> {
    let Seen { outcome, .. } = seen;
    expect(outcome.code == Some(0) && outcome.stdout.contains("Apply complete!"), "it is not done", outcome)?;
    Ok(Ending::Converged)
}

/// The run stopped before anything was asked for, and said why by all of `words`.
pub(super) fn refused(seen: &Seen, code: i32, words: &[&str]) -> Result<Ending, Broken> {
    let Seen { outcome, .. } = seen;
    expect(outcome.code == Some(code), &format!("another exit code than {code}"), outcome)?;
    expect(seen.requests == 0, "something was asked for nevertheless", outcome)?;
    let missing: Vec<_> = words.iter().filter(|words| !outcome.stderr.contains(**words)).collect();
    expect(missing.is_empty(), &format!("it does not say {missing:?}"), outcome)?;
    Ok(Ending::Stopped)
}

/// Runs with a front by `authority` for `names`, whom the tool trusts by `caFile`.
pub(super) fn trusting(names: &[&str], hosts: [&str; 2], validity: Validity) -> Result<Seen, Broken> {
    let authority = Authority::new();
    apply(&Setting {
        front: &authority.vouch(names, validity),
        clients: None,
        protocols: &HTTP2,
        hosts,
        fields: "  caFile: ca.pem\n",
        files: &[("ca.pem", &authority.pem)],
        variables: &[],
    })
}

/// Runs against fronts that ask for a certificate, where the tool has this one.
pub(super) fn known_by(
    shown: fn(&Authority) -> Option<Identity>,
    fields: &str,
    variables: &[(&str, &str)],
) -> Result<Seen, Broken> {
    let authority = Authority::new();
    let nobody = Identity { chain: String::new(), key: String::new() };
    let shown = shown(&authority).unwrap_or(nobody);
    apply(&Setting {
        front: &authority.vouch(&["localhost"], Validity::Now),
        clients: Some(&authority),
        protocols: &HTTP2,
        hosts: ["localhost"; 2],
        fields: &format!("  caFile: ca.pem\n{fields}"),
        files: &[
            ("ca.pem", &authority.pem),
            ("us.pem", &shown.chain),
            ("us.key", &shown.key),
            ("both.pem", &format!("{}{}", shown.chain, shown.key)),
        ],
        variables: &[variables, &[("OUR_KEY", &shown.key)]].concat(),
    })
}

#[expect(clippy::unnecessary_wraps, reason = "one of several ways, and others show nothing")]
pub(super) fn by_the_authority(authority: &Authority) -> Option<Identity> {
    Some(authority.vouch(&["opcp-provision"], Validity::Now))
}

/// Runs through a proxy; `variables` gets its port in place of `PORT`.
pub(super) fn through(relay: &Relay, authority: &Authority, variables: &[(&str, &str)]) -> Result<Seen, Broken> {
    let port = relay.port.to_string();
    let variables: Vec<_> = variables.iter().map(|(name, value)| (*name, value.replace("PORT", &port))).collect();
    let names = [&NAMES[..], &["192.0.2.1"]].concat();
    apply(&Setting {
        front: &authority.vouch(&names, Validity::Now),
        clients: None,
        protocols: &HTTP2,
        hosts: NAMES,
        fields: "  caFile: ca.pem\n",
        files: &[("ca.pem", &authority.pem)],
        variables: &variables.iter().map(|(name, value)| (*name, value.as_str())).collect::<Vec<_>>(),
    })
}

/// Everything went through that proxy, and each line of its log is one of `kind` for one of the names.
pub(super) fn led(relay: &Relay, kind: &str, seen: &Seen) -> Result<Ending, Broken> {
    let asked = relay.asked.lock().unwrap().clone();
    let both = NAMES.iter().all(|name| asked.iter().any(|line| line.starts_with(&format!("{kind} {name}"))));
    expect(
        both && asked.iter().all(|line| line.starts_with(kind)),
        &format!("the proxy was asked {asked:?}"),
        &seen.outcome,
    )?;
    done(seen)
}

/// Runs through an open or a closed proxy, by these variables.
pub(super) fn proxied(account: Option<&'static str>, variables: &[(&str, &str)], kind: &str) -> Result<Ending, Broken> {
    let relay = Relay::start(account, None);
    let seen = through(&relay, &Authority::new(), variables)?;
    led(&relay, kind, &seen)
}

/// A server whose answer to the `number`-th request is `answer`; `Some(code)` if the run must end so.
pub(super) fn answered(keycloak: bool, number: usize, answer: &Answer) -> Result<(Seen, u64), Broken> {
    let folder = folder().join(SCENARIO);
    let mut stage = Stage::new(&folder);
    let faults = if keycloak { &stage.models.keycloak.faults } else { &stage.models.keystone.faults };
    faults.at(number, Fault::Answer(answer.clone()));
    stage.write_spec(&folder, &stage.models.keycloak.url, &stage.models.keystone.url);
    let (outcome, memory) = weighed(&stage.tool.command(&[&APPLY[..], &["-vvv"]].concat()));
    let pending = stage.models.keycloak.faults.pending() + stage.models.keystone.faults.pending();
    expect(pending == 0, "the answer was not asked for", &outcome)?;
    quiet(&mut stage, &outcome)?;
    Ok((Seen { outcome, versions: BTreeSet::new(), requests: stage.log().len() }, memory))
}

/// Half a gigabyte of nothing, packed.
pub(super) static BOMB: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    let spaces = vec![b' '; 1 << 20];
    (0..512).for_each(|_| encoder.write_all(&spaces).unwrap());
    encoder.finish().unwrap()
});
