//! TLS and the way to the servers: who is trusted, who we are, through what, and what is never followed or swallowed.

mod authority;
mod front;
mod journey;
mod relay;

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use rustls::ServerConfig;
use tokio_rustls::TlsAcceptor;

use crate::harness::stage::{Stage, folder};
use crate::model::Answer;
use crate::model::fault::Fault;
use crate::model::list_fault::Alteration;
use crate::tally::{Broken, Ending, count};
use authority::{Authority, Validity};
use front::{Front, config};
use journey::{
    ACCOUNT, APPLY, BOMB, HTTP2, SCENARIO, Seen, Setting, add_fields, answered, apply, by_the_authority, done, expect,
    known_by, led, proxied, quiet, refused, through, trusting,
};
use relay::{HUNG_UP, Relay};

/// One way, and how the run must end.
struct Case {
    name: &'static str,
    run: fn() -> Result<Ending, Broken>,
}

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
            let hung_up = relays.iter().any(|relay| relay.asked.lock().unwrap().iter().any(|asked| asked == HUNG_UP));
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
        (case.run)().map_err(|broken| broken.told(&format!("{}: ", case.name), ""))
    });
}

/// A run whose connections break by TLS while a server answers a request, and the next one.
fn broken((undisturbed, requests): (&str, usize), server: usize, number: usize) -> Result<Ending, Broken> {
    let folder = folder().join(SCENARIO);
    let mut stage = Stage::new(&folder);
    let authority = Authority::new();
    let identity = authority.vouch(&["localhost"], Validity::Now);
    let fronts = [&stage.models.keycloak.url, &stage.models.keystone.url]
        .map(|url| Front::start(url, config(&identity, None, &HTTP2)));
    let relays = fronts.each_ref().map(|front| Relay::breaking(&format!("127.0.0.1:{}", front.port)));
    let [keycloak, keystone] = relays.each_ref().map(|(relay, _)| format!("https://localhost:{}", relay.port));
    stage.write_spec(&folder, &keycloak, &keystone);
    add_fields(&stage, "  caFile: ca.pem\n");
    stage.tool.write("ca.pem", &authority.pem);
    let breaks = relays[server].1.clone();
    let answering = Alteration::new(move |_, answer| {
        breaks.send_modify(|times| *times += 1);
        // The alert overtakes the answer.
        std::thread::sleep(Duration::from_millis(20));
        answer
    });
    let faults = [&stage.models.keycloak.faults, &stage.models.keystone.faults];
    faults[server].at(number, Fault::Alter(answering));
    let outcome = stage.tool.run(&APPLY);
    let happened = faults[server].pending() == 0;
    faults[server].clear();
    expect(happened, "the request did not arrive", &outcome)?;
    quiet(&mut stage, &outcome)?;
    expect(stage.log().len() > requests, "nothing has broken", &outcome)?;
    if outcome.code == Some(0) {
        expect(stage.state() == undisturbed, "it says that all is well", &outcome)?;
        return Ok(Ending::Converged);
    }
    expect(outcome.code.is_some_and(|code| [1, 5, 7].contains(&code)), "another exit code", &outcome)?;
    expect(outcome.stderr.lines().any(|line| line.starts_with("error: ")), "it does not say why", &outcome)?;
    let next = stage.tool.run(&APPLY);
    expect(next.code == Some(0) && stage.state() == undisturbed, "the next run does not converge", &next)?;
    Ok(Ending::Stopped)
}

#[test]
fn tls_that_breaks_at_any_request_does_no_harm() {
    let folder = folder().join(SCENARIO);
    let mut stage = Stage::new(&folder);
    crate::harness::sweep::direct(&stage, &folder).expect(0);
    let requests = [stage.models.keycloak.log.entries().len(), stage.models.keystone.log.entries().len()];
    let undisturbed = stage.state();
    let of = |server: usize| (1..=requests[server]).map(move |number| (server, number));
    let cases: Vec<(usize, usize)> = (0..2).flat_map(of).collect();
    count("T", "TLS breaks at every request", 30, &cases, |(server, number)| {
        let place = format!("request {number} to server {server}: ");
        broken((&undisturbed, requests.iter().sum()), *server, *number).map_err(|broken| broken.told(&place, ""))
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
