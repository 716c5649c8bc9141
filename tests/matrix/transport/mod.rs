//! TLS and the way to the servers: who is trusted, who we are, through what, and what is never followed or swallowed.

mod authority;
mod front;
mod relay;

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::io::Write as _;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use flate2::Compression;
use flate2::write::GzEncoder;
use rustls::ServerConfig;
use tokio_rustls::TlsAcceptor;

use crate::harness::stage::{Stage, folder};
use crate::harness::tool::Outcome;
use crate::memory::weighed;
use crate::model::Answer;
use crate::model::fault::Fault;
use crate::tally::{Broken, Ending, count};
use authority::{Authority, Identity, Validity};
use front::{Front, config};
use relay::Relay;

const SCENARIO: &str = "everything-at-once";
const APPLY: [&str; 6] = ["apply", "--auto-approve", "--color", "never", "-f", "spec.yaml"];
/// Names that lead nowhere but through a proxy.
const NAMES: [&str; 2] = ["keycloak.opcp.test", "keystone.opcp.test"];
const HTTP2: [&str; 2] = ["h2", "http/1.1"];
/// A proxy's account.
const ACCOUNT: &str = "traveller:canary-of-the-proxy";

/// One way, and how the run must end.
struct Case {
    name: &'static str,
    run: fn() -> Result<Ending, Broken>,
}

/// What the front shows and the tool has.
struct Setting<'a> {
    /// What the servers' certificate is for, and by whom.
    front: &'a Identity,
    /// Whom the fronts let in.
    clients: Option<&'a Authority>,
    protocols: &'a [&'a str],
    /// By which names the spec calls the servers.
    hosts: [&'a str; 2],
    /// More fields of the Environment document.
    fields: &'a str,
    files: &'a [(&'a str, &'a str)],
    variables: &'a [(&'a str, &'a str)],
}

/// What has become of it.
struct Seen {
    outcome: Outcome,
    versions: BTreeSet<String>,
    /// How many requests have reached the servers.
    requests: usize,
}

/// Applies the scenario through two fronts that end TLS.
fn apply(setting: &Setting) -> Result<Seen, Broken> {
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
fn add_fields(stage: &Stage, fields: &str) {
    let path = stage.tool.folder().join("spec.yaml");
    let spec = std::fs::read_to_string(path).unwrap();
    let at_first = spec.replacen("spec:\n", &format!("spec:\n{fields}"), 1);
    stage.tool.write("spec.yaml", &at_first);
}

/// No secret was told, and no proxy's password.
fn quiet(stage: &mut Stage, outcome: &Outcome) -> Result<(), Broken> {
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

fn expect(holds: bool, what: &str, outcome: &Outcome) -> Result<(), Broken> {
    if holds { Ok(()) } else { Err(Broken::Wrong(format!("{what}: {outcome:?}"))) }
}

/// The run did what was asked for.
fn done(seen: &Seen) -> Result<Ending, Broken> {
    let Seen { outcome, .. } = seen;
    expect(outcome.code == Some(0) && outcome.stdout.contains("Apply complete!"), "it is not done", outcome)?;
    Ok(Ending::Converged)
}

/// The run stopped before anything was asked for, and said why by all of `words`.
fn refused(seen: &Seen, code: i32, words: &[&str]) -> Result<Ending, Broken> {
    let Seen { outcome, .. } = seen;
    expect(outcome.code == Some(code), &format!("another exit code than {code}"), outcome)?;
    expect(seen.requests == 0, "something was asked for nevertheless", outcome)?;
    let missing: Vec<_> = words.iter().filter(|words| !outcome.stderr.contains(**words)).collect();
    expect(missing.is_empty(), &format!("it does not say {missing:?}"), outcome)?;
    Ok(Ending::Stopped)
}

/// Runs with a front by `authority` for `names`, whom the tool trusts by `caFile`.
fn trusting(names: &[&str], hosts: [&str; 2], validity: Validity) -> Result<Seen, Broken> {
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
fn known_by(
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

fn by_the_authority(authority: &Authority) -> Option<Identity> {
    Some(authority.vouch(&["opcp-provision"], Validity::Now))
}

/// Runs through a proxy; `variables` gets its port in place of `PORT`.
fn through(relay: &Relay, authority: &Authority, variables: &[(&str, &str)]) -> Result<Seen, Broken> {
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
fn led(relay: &Relay, kind: &str, seen: &Seen) -> Result<Ending, Broken> {
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
fn proxied(account: Option<&'static str>, variables: &[(&str, &str)], kind: &str) -> Result<Ending, Broken> {
    let relay = Relay::start(account, None);
    let seen = through(&relay, &Authority::new(), variables)?;
    led(&relay, kind, &seen)
}

/// A server whose answer to the `number`-th request is `answer`; `Some(code)` if the run must end so.
fn answered(keycloak: bool, number: usize, answer: &Answer) -> Result<(Seen, u64), Broken> {
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
static BOMB: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    let spaces = vec![b' '; 1 << 20];
    (0..512).for_each(|_| encoder.write_all(&spaces).unwrap());
    encoder.finish().unwrap()
});

const CASES: [Case; 27] = [
    Case { name: "a private CA by caFile", run: || done(&trusting(&["localhost"], ["localhost"; 2], Validity::Now)?) },
    Case {
        name: "a private CA by OS_CACERT",
        run: || {
            let authority = Authority::new();
            done(&apply(&Setting {
                front: &authority.vouch(&["localhost"], Validity::Now),
                clients: None,
                protocols: &HTTP2,
                hosts: ["localhost"; 2],
                fields: "",
                files: &[("ca.pem", &authority.pem)],
                variables: &[("OS_CACERT", "ca.pem")],
            })?)
        },
    },
    Case {
        name: "an address in place of a name",
        run: || done(&trusting(&["127.0.0.1"], ["127.0.0.1"; 2], Validity::Now)?),
    },
    Case {
        name: "HTTP/2 where both know it",
        run: || {
            let seen = trusting(&["localhost"], ["localhost"; 2], Validity::Now)?;
            expect(seen.versions == BTreeSet::from(["HTTP/2.0".to_owned()]), "another version", &seen.outcome)?;
            done(&seen)
        },
    },
    Case {
        name: "HTTP/1.1 where the server knows no other",
        run: || {
            let authority = Authority::new();
            let seen = apply(&Setting {
                front: &authority.vouch(&["localhost"], Validity::Now),
                clients: None,
                protocols: &[],
                hosts: ["localhost"; 2],
                fields: "  caFile: ca.pem\n",
                files: &[("ca.pem", &authority.pem)],
                variables: &[],
            })?;
            expect(seen.versions == BTreeSet::from(["HTTP/1.1".to_owned()]), "another version", &seen.outcome)?;
            done(&seen)
        },
    },
    Case {
        name: "a CA that nobody knows",
        run: || {
            let seen = apply(&Setting {
                front: &Authority::new().vouch(&["localhost"], Validity::Now),
                clients: None,
                protocols: &HTTP2,
                hosts: ["localhost"; 2],
                fields: "",
                files: &[],
                variables: &[],
            })?;
            refused(&seen, 5, &["failed to log in to Key", "`caFile`"])
        },
    },
    Case {
        name: "a certificate that has ended",
        run: || {
            let seen = trusting(&["localhost"], ["localhost"; 2], Validity::Ended)?;
            refused(&seen, 5, &["failed to log in to Key", "expired", "the server's certificate has ended: renew it"])
        },
    },
    Case {
        name: "a certificate that is not valid yet",
        run: || {
            let seen = trusting(&["localhost"], ["localhost"; 2], Validity::NotYet)?;
            refused(&seen, 5, &["the server's certificate is not valid yet"])
        },
    },
    Case {
        name: "a certificate for another name",
        run: || {
            let seen = trusting(&["other.example.com"], ["localhost"; 2], Validity::Now)?;
            refused(&seen, 5, &["other.example.com", "is for another name: check `fqdn`"])
        },
    },
    Case {
        name: "a bundle without certificates",
        run: || {
            let authority = Authority::new();
            let seen = apply(&Setting {
                front: &authority.vouch(&["localhost"], Validity::Now),
                clients: None,
                protocols: &HTTP2,
                hosts: ["localhost"; 2],
                fields: "  caFile: ca.pem\n",
                files: &[("ca.pem", "no PEM at all")],
                variables: &[],
            })?;
            refused(&seen, 64, &["failed to read certificates from the CA bundle", "correct `caFile`"])
        },
    },
    Case {
        name: "a port that does not speak TLS",
        run: || {
            let folder = folder().join(SCENARIO);
            let mut stage = Stage::new(&folder);
            let [keycloak, keystone] = [&stage.models.keycloak.url, &stage.models.keystone.url]
                .map(|url| url.replacen("http://", "https://", 1));
            stage.write_spec(&folder, &keycloak, &keystone);
            let outcome = stage.tool.run(&APPLY);
            quiet(&mut stage, &outcome)?;
            let seen = Seen { outcome, versions: BTreeSet::new(), requests: stage.log().len() };
            refused(&seen, 5, &["does not speak TLS: check the port"])
        },
    },
    Case {
        name: "our certificate by the spec, its key in a file",
        run: || {
            let fields = "  clientCertificate: {certFile: us.pem, key: {file: us.key}}\n";
            done(&known_by(by_the_authority, fields, &[])?)
        },
    },
    Case {
        name: "our certificate by the spec, its key in a variable",
        run: || {
            let fields = "  clientCertificate: {certFile: us.pem, key: {env: OUR_KEY}}\n";
            done(&known_by(by_the_authority, fields, &[])?)
        },
    },
    Case {
        name: "our certificate by variables, in two files and in one",
        run: || {
            let two = known_by(by_the_authority, "", &[("OS_CERT", "us.pem"), ("OS_KEY", "us.key")])?;
            done(&two)?;
            done(&known_by(by_the_authority, "", &[("OS_CERT", "both.pem")])?)
        },
    },
    Case {
        name: "no certificate of ours where one is asked for",
        run: || refused(&known_by(|_| None, "", &[])?, 5, &["client certificate", "`clientCertificate`"]),
    },
    Case {
        name: "a certificate of ours by somebody else",
        run: || {
            let fields = "  clientCertificate: {certFile: us.pem, key: {file: us.key}}\n";
            let shown = |_: &Authority| by_the_authority(&Authority::new());
            refused(&known_by(shown, fields, &[])?, 5, &["client certificate", "`clientCertificate`"])
        },
    },
    Case {
        name: "a key that is none, and one that is not there",
        run: || {
            let none = "  clientCertificate: {certFile: us.pem, key: {file: us.pem}}\n";
            refused(
                &known_by(by_the_authority, none, &[])?,
                64,
                &["failed to read the client certificate or its private key"],
            )?;
            let absent = "  clientCertificate: {certFile: us.pem, key: {env: ABSENT}}\n";
            let words = ["failed to read the private key", "ABSENT is not set", "spec.yaml:6:22"];
            refused(&known_by(by_the_authority, absent, &[])?, 64, &words)
        },
    },
    Case {
        name: "a proxy by HTTPS_PROXY, upper and lower case",
        run: || {
            proxied(None, &[("HTTPS_PROXY", "http://127.0.0.1:PORT")], "CONNECT")?;
            proxied(None, &[("https_proxy", "127.0.0.1:PORT")], "CONNECT")
        },
    },
    Case {
        name: "a proxy that asks who we are",
        run: || {
            let address = format!("http://{ACCOUNT}@127.0.0.1:PORT");
            proxied(Some(ACCOUNT), &[("HTTPS_PROXY", &address)], "CONNECT")?;
            let relay = Relay::start(Some(ACCOUNT), None);
            let seen = through(&relay, &Authority::new(), &[("HTTPS_PROXY", "http://127.0.0.1:PORT")])?;
            refused(&seen, 5, &["the proxy asks for a name and a password"])?;
            let wrong = "http://traveller:canary-of-the-proxy-too@127.0.0.1:PORT";
            let seen = through(&relay, &Authority::new(), &[("HTTPS_PROXY", wrong)])?;
            refused(&seen, 5, &["the proxy asks for a name and a password"])
        },
    },
    Case {
        name: "a proxy that speaks TLS itself",
        run: || {
            let authority = Authority::new();
            let tls = config(&authority.vouch(&["localhost"], Validity::Now), None, &[]);
            let relay = Relay::start(None, Some(acceptor(tls)));
            let seen = through(&relay, &authority, &[("HTTPS_PROXY", "https://localhost:PORT")])?;
            led(&relay, "CONNECT", &seen)
        },
    },
    Case {
        name: "a SOCKS5 proxy by ALL_PROXY, with and without account",
        run: || {
            proxied(None, &[("ALL_PROXY", "socks5h://127.0.0.1:PORT")], "SOCKS5")?;
            let address = format!("socks5h://{ACCOUNT}@127.0.0.1:PORT");
            proxied(Some(ACCOUNT), &[("all_proxy", &address)], "SOCKS5")
        },
    },
    Case {
        name: "a proxy that is not there, and one that is none",
        run: || {
            let relay = Relay::start(None, None);
            let seen = through(&relay, &Authority::new(), &[("HTTPS_PROXY", "http://127.0.0.1:1")])?;
            refused(&seen, 5, &["nothing listens at this address, or at the proxy's"])?;
            let secret = "ftp://traveller:canary-of-the-proxy@127.0.0.1:PORT";
            let seen = through(&relay, &Authority::new(), &[("HTTPS_PROXY", secret)])?;
            refused(&seen, 64, &["the variable HTTPS_PROXY holds no address of a proxy", "socks5h://HOST:PORT"])
        },
    },
    Case {
        name: "NO_PROXY by name, by domain, by star",
        run: || {
            for except in ["opcp.test", ".opcp.test", "keystone.opcp.test,keycloak.opcp.test", "*"] {
                let relay = Relay::start(None, None);
                let variables = [("HTTPS_PROXY", "http://127.0.0.1:PORT"), ("NO_PROXY", except)];
                let seen = through(&relay, &Authority::new(), &variables)?;
                expect(
                    relay.asked.lock().unwrap().is_empty(),
                    &format!("NO_PROXY={except} is ignored"),
                    &seen.outcome,
                )?;
                refused(&seen, 5, &["the host name is unknown"])?;
            }
            Ok(Ending::Stopped)
        },
    },
    Case {
        name: "what is on this machine goes through no proxy",
        run: || {
            let folder = folder().join(SCENARIO);
            let mut stage = Stage::new(&folder);
            let relay = Relay::start(None, None);
            for name in ["HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "ALL_PROXY"] {
                stage.tool.set(name, &format!("http://127.0.0.1:{}", relay.port));
            }
            stage.write_spec(&folder, &stage.models.keycloak.url, &stage.models.keystone.url);
            let outcome = stage.tool.run(&APPLY);
            quiet(&mut stage, &outcome)?;
            expect(relay.asked.lock().unwrap().is_empty(), "a password went to a proxy in plain text", &outcome)?;
            done(&Seen { outcome, versions: BTreeSet::new(), requests: 0 })
        },
    },
    Case {
        name: "IPv6",
        run: || {
            let folder = folder().join(SCENARIO);
            let stage = Stage::new(&folder);
            let relays = [&stage.models.keycloak.url, &stage.models.keystone.url]
                .map(|url| Relay::impatient("[::1]:0", url.trim_start_matches("http://"), Duration::from_secs(9)));
            let [keycloak, keystone] = relays.each_ref().map(|relay| format!("http://[::1]:{}", relay.port));
            stage.write_spec(&folder, &keycloak, &keystone);
            done(&Seen { outcome: stage.tool.run(&APPLY), versions: BTreeSet::new(), requests: 0 })
        },
    },
    Case {
        name: "a server that hangs up when nobody speaks",
        run: || {
            let folder = folder().join("everything-at-once");
            let mut stage = Stage::new(&folder);
            let undisturbed = {
                let mut stage = Stage::new(&folder);
                crate::harness::sweep::direct(&stage, &folder);
                stage.state()
            };
            let relays = [&stage.models.keycloak.url, &stage.models.keystone.url].map(|url| {
                Relay::impatient("127.0.0.1:0", url.trim_start_matches("http://"), Duration::from_millis(3))
            });
            let [keycloak, keystone] = relays.each_ref().map(|relay| format!("http://127.0.0.1:{}", relay.port));
            stage.write_spec(&folder, &keycloak, &keystone);
            let outcome = stage.tool.run(&APPLY);
            let hung_up = relays.iter().any(|relay| relay.asked.lock().unwrap().len() > 8);
            expect(hung_up, "nobody has hung up", &outcome)?;
            expect(stage.state() == undisturbed && outcome.code == Some(0), "it does not converge", &outcome)?;
            Ok(Ending::Converged)
        },
    },
    Case {
        name: "what unpacks to more than anybody has to say",
        run: || {
            let answer = Answer { body: BOMB.clone(), ..Answer::empty(200) };
            let answer = answer.with("content-encoding", "gzip").with("content-type", "application/json");
            for (keycloak, number) in [(true, 1), (true, 2), (false, 1), (false, 2)] {
                let (seen, memory) = answered(keycloak, number, &answer)?;
                expect(memory < 250 << 20, &format!("it holds {} MiB", memory >> 20), &seen.outcome)?;
                expect(seen.outcome.stderr.contains("larger than 128 MiB"), "it does not say why", &seen.outcome)?;
                expect(
                    seen.outcome.code.is_some_and(|code| [1, 5].contains(&code)),
                    "another exit code",
                    &seen.outcome,
                )?;
            }
            let refusal = Answer { status: 403, ..answer };
            let (seen, memory) = answered(false, 2, &refusal)?;
            expect(memory < 100 << 20, &format!("a refusal makes it hold {} MiB", memory >> 20), &seen.outcome)?;
            Ok(Ending::Stopped)
        },
    },
];

fn acceptor(config: ServerConfig) -> TlsAcceptor {
    TlsAcceptor::from(Arc::new(config))
}

#[test]
fn every_way_to_the_servers_is_safe_or_refused() {
    count("T", "TLS and transport", CASES.len(), &CASES, |case| {
        (case.run)().map_err(|broken| {
            let mut named = String::new();
            write!(named, "{}: {broken:?}", case.name).unwrap();
            match broken {
                Broken::Leaked(_) => Broken::Leaked(named),
                _ => Broken::Wrong(named),
            }
        })
    });
}

#[test]
fn no_redirect_is_followed_whatever_it_answers() {
    let statuses: Vec<u16> = (300..=308).collect();
    let mut cases = Vec::new();
    for status in statuses {
        // The first is each server's login, the others reads.
        cases.extend(
            [(true, 1), (true, 2), (false, 1), (false, 2)].map(|(keycloak, number)| (status, keycloak, number)),
        );
    }
    count("T", "redirects", 36, &cases, |(status, keycloak, number)| {
        let elsewhere = Relay::start(None, None);
        let place = format!("http://127.0.0.1:{}/elsewhere?state=of-the-login-page", elsewhere.port);
        let (seen, _) = answered(*keycloak, *number, &Answer::empty(*status).with("location", place))?;
        let outcome = &seen.outcome;
        let told = format!("{status} at request {number}");
        expect(elsewhere.asked.lock().unwrap().is_empty(), &format!("{told}: it is followed"), outcome)?;
        expect(outcome.code.is_some_and(|code| [1, 5].contains(&code)), &format!("{told}: exit code"), outcome)?;
        expect(outcome.stderr.contains("never followed"), &format!("{told}: it does not say so"), outcome)?;
        expect(!outcome.stderr.contains("of-the-login-page"), &format!("{told}: it shows too much"), outcome)?;
        Ok(Ending::Stopped)
    });
}
