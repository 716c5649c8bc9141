//! Which generation is current, which is made, which goes: decided by what Keystone and the places show.

use std::sync::Arc;

use serde_json::json;

use super::*;
use crate::model::address::{KeycloakKind, SinkKind};
use crate::model::declared::At;
use crate::model::source::{File, Origin, Positions};
use crate::resolve::application_credential::Owner;
use crate::resolve::sink::{Client, Login};
use crate::secret::SecretRef;

const NOW: &str = "2026-06-01T12:00:00Z";

fn moment(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn at() -> At {
    At::new(&Origin::new(Arc::new(File::new("spec.yaml", "")), Positions::default()), "/spec")
}

fn owner() -> Address {
    Address::keystone(crate::model::address::KeystoneKind::User, ["Default", "svc"])
}

fn place(name: &str) -> Address {
    Address::sink(SinkKind::Openrc, [".", name])
}

/// A credential with an overlap of a day, delivered to two places.
fn declared() -> Declared<Credential> {
    let sinks = ["a", "b"].map(|name| Declared {
        address: place(name),
        at: at(),
        value: Sink {
            login: Login::ApplicationCredential,
            region: None,
            how: How::File { secure_yaml: false },
            restart: None,
        },
    });
    let value = Credential {
        ensure: Presence::Present,
        owner: Owner {
            address: owner(),
            username: "svc".to_owned(),
            password: SecretRef::Env("PASSWORD".to_owned()),
            door: None,
        },
        project: Address::project("Default", "acme"),
        roles: Some(vec!["member".to_owned()]),
        description: None,
        expires_in: Some(Duration::from_hours(90 * 24)),
        expires_at: None,
        unrestricted: None,
        access_rules: None,
        renew_before: Some(Duration::from_hours(14 * 24)),
        overlap: Duration::from_hours(24),
        sinks: sinks.into(),
        requires: vec![Address::project("Default", "acme")],
    };
    let address = Address::application_credential(&owner(), "ci").unwrap();
    Declared { address, at: at(), value }
}

/// What is there: generations by number and the time of their making, and what the places hold.
struct Scene {
    declared: Declared<Credential>,
    found: Found,
    occasion: Occasion,
}

impl Scene {
    fn new() -> Self {
        let occasion = Occasion {
            now: moment(NOW),
            auth_url: "https://keystone.example.com".to_owned(),
            ca_file: None,
            forced: BTreeSet::new(),
            revoked: BTreeSet::new(),
        };
        let mut found = Found::default();
        let project = Live { id: Some("acme-id".to_owned()), body: json!({}) };
        found.live.insert(Address::project("Default", "acme"), project);
        Self { declared: declared(), found, occasion }
    }

    /// A generation that was made for what is declared by now.
    fn made(mut self, number: u32, issued: &str, expires: &str) -> Self {
        let description = generation::description(None, number, moment(issued), &digest(&self.declared.value));
        let end = expires.trim_end_matches('Z').to_owned() + ".000000";
        let body = json!({"description": description, "expires_at": end, "project_id": "acme-id"});
        let id = Some(format!("id-{number}"));
        self.found.live.insert(generation::address(&self.declared.address, number), Live { id, body });
        self
    }

    fn holds(mut self, name: &str, number: u32, logs_in: bool) -> Self {
        let body = json!({"credential": format!("id-{number}"), "logsIn": logs_in});
        self.found.live.insert(place(name), Live { id: None, body });
        self
    }

    fn with(mut self, change: impl FnOnce(&mut Self)) -> Self {
        change(&mut self);
        self
    }

    /// What is decided, in short: `+` for what is made, `-` for what goes, `>` for where the secret goes.
    fn decided(&self) -> Vec<String> {
        let settled = settle(std::slice::from_ref(&self.declared), &[], &[], &self.found, &self.occasion);
        assert!(settled.problems.is_empty(), "{:?}", settled.problems);
        let told = |wanted: &Wanted| {
            let name = wanted.address.name();
            match (&wanted.address, wanted.ensure) {
                (Address::Sink { .. }, _) => {
                    let secret = wanted.fields.iter().find(|field| field.word == "secret")?;
                    let Want::Issued(of) = &secret.want else { return None };
                    Some(format!("{} > {name}", of.name()))
                }
                (_, Ensure::Absent) => Some(format!("- {name}")),
                _ => Some(format!("+ {name}")),
            }
        };
        let mut decided: Vec<String> = settled.adapted.iter().filter_map(told).collect();
        decided.sort();
        decided
    }
}

const LONG_AGO: &str = "2026-05-20T12:00:00Z";
const JUST_NOW: &str = "2026-06-01T11:59:00Z";
const LATER: &str = "2026-08-20T12:00:00Z";

#[test]
fn the_first_one_goes_to_every_place() {
    assert_eq!(Scene::new().decided(), ["+ ci-g1", "ci-g1 > a", "ci-g1 > b"]);
}

#[test]
fn what_every_place_holds_and_opens_stays() {
    let scene = Scene::new().made(1, LONG_AGO, LATER).holds("a", 1, true).holds("b", 1, true);
    assert_eq!(scene.decided(), [] as [&str; 0]);
    let forced = scene.with(|scene| {
        scene.occasion.forced.insert(scene.declared.address.clone());
    });
    assert_eq!(forced.decided(), ["+ ci-g2", "ci-g2 > a", "ci-g2 > b"], "and the old one stays for the overlap");
}

#[test]
fn one_that_ends_soon_or_is_not_what_is_asked_for_is_made_anew() {
    let soon = Scene::new().made(1, LONG_AGO, "2026-06-15T11:59:59Z").holds("a", 1, true).holds("b", 1, true);
    assert_eq!(soon.decided(), ["+ ci-g2", "ci-g2 > a", "ci-g2 > b"]);
    let fine = Scene::new().made(1, LONG_AGO, "2026-06-15T12:00:01Z").holds("a", 1, true).holds("b", 1, true);
    assert_eq!(fine.decided(), [] as [&str; 0]);
    let third = fine.with(|scene| scene.declared.value.renew_before = None);
    assert_eq!(third.decided(), ["+ ci-g2", "ci-g2 > a", "ci-g2 > b"], "a third of its life, if nothing is said");
    let other = Scene::new().made(1, LONG_AGO, LATER).holds("a", 1, true).holds("b", 1, true);
    let other = other.with(|scene| scene.declared.value.roles = None);
    assert_eq!(other.decided(), ["+ ci-g2", "ci-g2 > a", "ci-g2 > b"]);
}

#[test]
fn one_for_another_project_is_made_anew_but_not_for_one_that_is_called_otherwise_by_now() {
    let called = |id: Option<&str>| {
        let scene = Scene::new().made(1, LONG_AGO, LATER).holds("a", 1, true).holds("b", 1, true);
        scene.with(|scene| {
            let project = Address::project("Default", "other");
            let live = id.map(|id| Live { id: Some(id.to_owned()), body: json!({}) });
            scene.found.live.extend(live.map(|live| (project.clone(), live)));
            scene.declared.value.project = project;
        })
    };
    assert_eq!(called(Some("acme-id")).decided(), [] as [&str; 0]);
    let anew = ["+ ci-g2", "ci-g2 > a", "ci-g2 > b"];
    assert_eq!(called(Some("other-id")).decided(), anew);
    assert_eq!(called(None).decided(), anew, "it is still to be made");
}

#[test]
fn a_place_that_does_not_hold_the_newest_gets_it() {
    let scene = Scene::new().made(1, LONG_AGO, LATER).made(2, JUST_NOW, LATER).holds("a", 2, true).holds("b", 1, true);
    assert_eq!(scene.decided(), ["ci-g2 > b"], "and the old one stays for the overlap");
    let wrong = Scene::new().made(1, LONG_AGO, LATER).holds("a", 1, true).holds("b", 1, false);
    assert_eq!(wrong.decided(), ["ci-g1 > b"]);
}

#[test]
fn an_old_one_goes_when_the_overlap_or_its_time_is_over() {
    let both = |scene: Scene| scene.holds("a", 2, true).holds("b", 2, true);
    let now = both(Scene::new().made(1, LONG_AGO, LATER).made(2, JUST_NOW, LATER));
    assert_eq!(now.decided(), [] as [&str; 0]);
    let over = both(Scene::new().made(1, LONG_AGO, LATER).made(2, "2026-05-31T12:00:00Z", LATER));
    assert_eq!(over.decided(), ["- ci-g1"]);
    let ended = both(Scene::new().made(1, LONG_AGO, NOW).made(2, JUST_NOW, LATER));
    assert_eq!(ended.decided(), ["- ci-g1"]);
}

#[test]
fn what_was_never_delivered_goes_and_what_may_have_been_stays_for_the_overlap() {
    let newer = Scene::new().made(1, LONG_AGO, LATER).made(2, JUST_NOW, LATER).holds("a", 1, true).holds("b", 1, true);
    assert_eq!(newer.decided(), ["- ci-g2"], "a run was killed before it could deliver it");
    let only = Scene::new().made(1, JUST_NOW, LATER);
    assert_eq!(only.decided(), ["+ ci-g2", "- ci-g1", "ci-g2 > a", "ci-g2 > b"]);
    let lost = Scene::new().made(1, LONG_AGO, LATER);
    assert_eq!(lost.decided(), ["+ ci-g2", "ci-g2 > a", "ci-g2 > b"], "programs may work with it: the places are lost");
    let at_once = lost.with(|scene| scene.declared.value.overlap = Duration::ZERO);
    assert_eq!(at_once.decided(), ["+ ci-g2", "- ci-g1", "ci-g2 > a", "ci-g2 > b"]);
}

#[test]
fn what_shall_not_be_there_goes_and_what_others_made_never() {
    let theirs = |scene: &mut Scene| {
        let body = json!({"description": "by hand"});
        let address = generation::address(&scene.declared.address, 7);
        scene.found.live.insert(address, Live { id: Some("theirs".to_owned()), body });
    };
    let scene = Scene::new().made(1, LONG_AGO, LATER).with(theirs);
    let absent = scene.with(|scene| scene.declared.value.ensure = Presence::Absent);
    assert_eq!(absent.decided(), ["- ci-g1"]);
    assert_eq!(Scene::new().with(theirs).decided(), ["+ ci-g8", "ci-g8 > a", "ci-g8 > b"]);
}

#[test]
fn only_a_description_that_was_written_here_is_one() {
    let count = |description: &str| {
        let mut live = BTreeMap::new();
        let address = Address::application_credential(&owner(), "ci").unwrap();
        let body = json!({"description": description});
        live.insert(generation::address(&address, 3), Live { id: None, body });
        of(&address, &live).len()
    };
    let written = generation::description(Some("For [CI]"), 3, moment(NOW), "abc");
    assert_eq!(written, "For [CI] [opcp-provision g3 2026-06-01T12:00:00Z abc]");
    assert_eq!(count(&written), 1);
    let strange =
        ["", "[opcp-provision ]", "[opcp-provision g3 yesterday abc]", "[opcp-provision g3 2026-06-01T12:00:00Z]"];
    for description in
        strange.into_iter().chain(["[opcp-provision g4 2026-06-01T12:00:00Z abc]", &format!("{written} x")])
    {
        assert_eq!(count(description), 0, "{description}");
    }
}

/// A client whose secret is delivered to one place and may get a day old.
fn client_secret() -> Declared<ClientSecret> {
    let login = Login::Client(Box::new(Client {
        id: "app".to_owned(),
        realm: "pod".to_owned(),
        keycloak: "https://keycloak.example.com".parse().unwrap(),
        has_account: false,
        identity_provider: "keycloak".to_owned(),
        protocol: "openid".to_owned(),
        discovery_endpoint: "https://keycloak.example.com/discovery".to_owned(),
    }));
    let sink = Sink { login, region: None, how: How::File { secure_yaml: false }, restart: None };
    let sinks = vec![Declared { address: place("a"), at: at(), value: sink }];
    let of_it = |kind| Address::keycloak("pod", kind, ["app"]);
    let every = Some(Duration::from_hours(24));
    let value = ClientSecret { client: of_it(KeycloakKind::Client), every, sinks };
    Declared { address: of_it(KeycloakKind::ClientSecret), at: at(), value }
}

/// What is made anew, and where its secret is written, when it was made then and the place holds it.
fn done_about_a_client(made: &str, holds: bool, wanted: &[Wanted]) -> Vec<String> {
    let declared = client_secret();
    let mut found = Found::default();
    let body = json!({"keepsOld": false});
    found.live.insert(declared.address.clone(), Live { id: Some(made.to_owned()), body });
    let shown = json!({"secret": "shown"});
    found.live.insert(declared.value.client.clone(), Live { id: Some("uuid".to_owned()), body: shown });
    let held = json!({"clientId": "app", "logsIn": holds});
    found.live.insert(place("a"), Live { id: None, body: held });
    let settled = settle(&[], std::slice::from_ref(&declared), wanted, &found, &Scene::new().occasion);
    let written = settled.adapted.iter().filter(|wanted| {
        let moves = |field: &Field| matches!(field.want, Want::Renewed { hard_cut: true } | Want::Issued(_));
        wanted.fields.iter().any(moves)
    });
    written.map(|wanted| wanted.address.to_string()).collect()
}

#[test]
fn a_clients_secret_is_made_anew_when_it_is_old_and_goes_wherever_it_is_not() {
    let (renewed, delivered) = ("keycloak/pod/client-secret/app", "sink/openrc/./a");
    let old = (moment(NOW) - jiff::SignedDuration::from_hours(24)).as_second().to_string();
    let young = (moment(NOW) - jiff::SignedDuration::from_hours(23)).as_second().to_string();
    assert_eq!(done_about_a_client(&young, true, &[]), [] as [&str; 0]);
    assert_eq!(done_about_a_client(&young, false, &[]), [delivered]);
    assert_eq!(done_about_a_client(&old, true, &[]), [renewed, delivered]);
    assert_eq!(done_about_a_client("unknown", true, &[]), [renewed, delivered], "it may be as old as can be");
    let given = |value: &str| {
        let value = Some(crate::secret::Secret::new(value.to_owned()));
        let want = Want::Known { reference: SecretRef::Env("S".to_owned()), value };
        let word = "secret".to_owned();
        let field = Field { word, path: Path::new(["secret"]), spelling: Spelling::Same, want, source: None };
        Wanted { fields: vec![field], ..whatever_is_at(&client_secret().value.client) }
    };
    assert_eq!(done_about_a_client(&young, true, &[given("shown")]), [] as [&str; 0]);
    assert_eq!(done_about_a_client(&young, true, &[given("another")]), [delivered], "it gets that one in this run");
}
