//! `init` and the logins that `verify` tries: the real binary against the models, without a scenario's folder.

use std::collections::BTreeSet;

use serde_json::{Value as Json, json};

use crate::harness::secrets::leaks;
use crate::harness::tool::{Outcome, Tool};
use crate::model::Models;

const KEYCLOAK_PASSWORD: &str = "canary-keycloak-password";
const KEYSTONE_PASSWORD: &str = "canary-keystone-password";
const FIRST_PASSWORD: &str = "canary-first-password";
const OWN_SECRET: &str = "canary-own-secret";

/// Servers with their administrators alone, and the tool with the variables that `init` tells of.
struct Ground {
    models: Models,
    tool: Tool,
}

impl Ground {
    fn new(mut keycloak: Json, mut keystone: Json) -> Self {
        keycloak["adminPassword"] = KEYCLOAK_PASSWORD.into();
        keystone["adminPassword"] = KEYSTONE_PASSWORD.into();
        let models = Models::start(&json!({"keycloak": keycloak, "keystone": keystone}));
        let mut tool = Tool::new();
        for (name, value) in [
            ("OPCP_KEYCLOAK_LOGIN_REALM", "master"),
            ("OPCP_KEYCLOAK_USERNAME", "admin"),
            ("OPCP_KEYCLOAK_PASSWORD", KEYCLOAK_PASSWORD),
            ("OS_AUTH_URL", &models.keystone.url),
            ("OS_USERNAME", "admin"),
            ("OS_PASSWORD", KEYSTONE_PASSWORD),
            ("OS_USER_DOMAIN_NAME", "Default"),
            ("OS_PROJECT_NAME", "admin"),
            ("OS_PROJECT_DOMAIN_NAME", "Default"),
            ("FIRST_USER_PASSWORD", FIRST_PASSWORD),
            ("OPCP_PROVISION_SECRET", OWN_SECRET),
        ] {
            tool.set(name, value);
        }
        Self { models, tool }
    }

    fn run(&self, arguments: &[&str]) -> Outcome {
        let outcome = self.tool.run(&[arguments, &["--color", "never"]].concat());
        let secrets = [KEYCLOAK_PASSWORD, KEYSTONE_PASSWORD, FIRST_PASSWORD, OWN_SECRET].map(str::to_owned);
        let places =
            [("stdout".to_owned(), outcome.stdout.as_bytes()), ("stderr".to_owned(), outcome.stderr.as_bytes())];
        assert_eq!(leaks(&secrets, places), []);
        outcome
    }

    fn init(&self, person: &[&str; 7], more: &[&str]) -> Outcome {
        let flags = ["--fqdn", "--realm", "--username", "--email", "--first-name", "--last-name", "--project"];
        let answers: Vec<&str> = flags.iter().zip(person).flat_map(|(flag, answer)| [*flag, *answer]).collect();
        let (keycloak, keystone) = (&self.models.keycloak.url, &self.models.keystone.url);
        let addresses = ["--keystone-url", keystone.as_str(), "--keycloak-url", keycloak];
        self.run(&[&["init"], answers.as_slice(), &addresses, more].concat())
    }

    /// What `init` wrote is valid, is planned, is applied, needs nothing more, and gives tokens what it promises.
    fn converges(&self) {
        self.run(&["validate", "-f", "opcp.yaml"]).expect(0);
        let planned = self.run(&["plan", "-f", "opcp.yaml"]).expect(0);
        assert!(planned.stdout.contains("to add"), "{}", planned.stdout);
        self.run(&["apply", "-f", "opcp.yaml", "--auto-approve"]).expect(0);
        let again = self.run(&["apply", "-f", "opcp.yaml", "--auto-approve"]).expect(0);
        assert!(again.stdout.contains("No changes."), "{}", again.stdout);
        let verified = self.run(&["verify", "-f", "opcp.yaml"]).expect(0);
        assert!(verified.stdout.contains("1 as promised, 0 wrong, 0 not known"), "{}", verified.stdout);
    }
}

const ALICE: [&str; 7] = ["cloud.example.com", "pod", "alice", "alice@example.com", "Alice", "Ash", "acme"];

fn roles() -> Json {
    json!({"roles": [{"name": "member"}, {"name": "reader"}]})
}

#[test]
fn a_starter_converges_and_the_tokens_carry_what_it_promises() {
    let odd = ["cloud.example.com", "pod", "bo.b-1", "b@example.com", "Zoë \"Z\"", "# {{realm}}: O'N", "a #1 \"x\""];
    for person in [ALICE, odd] {
        let ground = Ground::new(json!({}), roles());
        let said = ground.init(&person, &[]).expect(0);
        assert!(
            said.stderr.contains("Wrote opcp.yaml") && said.stderr.contains("apply -f opcp.yaml"),
            "{}",
            said.stderr
        );
        assert!(said.stdout.contains("/identity_providers/keycloak/protocols/openid/auth"), "{}", said.stdout);
        ground.converges();
    }
}

#[test]
fn from_nothing_makes_both_realms_and_their_doors() {
    let ground = Ground::new(json!({}), roles());
    let admin = ground.models.keycloak.url.clone();
    let people = ["cloud.example.com", "people", "alice", "alice@example.com", "Alice", "Ash", "acme"];
    let said = ground.init(&people, &["--from-nothing", "--admin-keycloak-url", &admin]).expect(0);
    assert!(said.stdout.contains("/identity_providers/keycloak-admin/"), "{}", said.stdout);
    ground.converges();
    let made: BTreeSet<String> = ground.models.keystone.dump().into_keys().collect();
    for address in
        ["keystone/mapping/projects", "keystone/identity-provider/keycloak", "keystone/protocol/keycloak-admin/openid"]
    {
        assert!(made.contains(address), "{address}: {made:?}");
    }
    let made = ground.models.keycloak.dump();
    assert!(made.contains_key("keycloak/people/realm"), "the realm was made");
    assert!(made.contains_key("keycloak/master/client/opcp-provision"), "and the tool's own account");
}

#[test]
fn a_file_that_is_there_is_not_overwritten() {
    let ground = Ground::new(json!({}), json!({}));
    ground.tool.write("opcp.yaml", "mine");
    let said = ground.init(&ALICE, &[]).expect(64).stderr;
    assert!(said.contains("opcp.yaml is there already"), "{said}");
    assert_eq!(std::fs::read_to_string(ground.tool.folder().join("opcp.yaml")).unwrap(), "mine");
}

#[test]
fn without_a_terminal_it_is_said_what_to_give() {
    let ground = Ground::new(json!({}), json!({}));
    let said = ground.run(&["init", "--fqdn", "cloud.example.com", "--username", "alice"]).expect(6).stderr;
    assert!(said.contains("give --email, --first-name, --last-name, --project"), "{said}");
    assert!(!ground.tool.folder().join("opcp.yaml").exists());
}

#[test]
fn answers_that_make_no_spec_write_nothing() {
    let ground = Ground::new(json!({}), json!({}));
    let mut person = ALICE;
    person[6] = "";
    let said = ground.init(&person, &[]).expect(64).stderr;
    assert!(said.contains("nothing was written"), "{said}");
    assert!(!ground.tool.folder().join("opcp.yaml").exists());
    let said =
        ground.init(&["c.example.com", "master", "a", "a@b.c", "A", "B", "p"], &["--from-nothing"]).expect(64).stderr;
    assert!(said.contains("realm master is the administrators'"), "{said}");
}

#[test]
fn a_login_stops_at_the_stage_that_fails() {
    let mut ground = Ground::new(json!({}), roles());
    ground.init(&ALICE, &[]).expect(0);
    let login = ["verify", "-f", "opcp.yaml", "--login", "alice"];
    let with_password = [&login[..], &["--password-env", "FIRST_USER_PASSWORD"]].concat();
    let said = ground.run(&with_password).expect(1).stderr;
    assert!(said.contains("client/openstack-cli: does not exist"), "{said}");
    ground.run(&["apply", "-f", "opcp.yaml", "--auto-approve"]).expect(0);
    let said = ground.run(&login).expect(6).stderr;
    assert!(said.contains("--password-env NAME or --password-file FILE"), "{said}");
    // The model's tokens are no JSON Web Tokens: this is as far as a login goes there.
    let said = ground.run(&with_password).expect(1).stdout;
    assert!(said.contains("✓ token") && said.contains("✗ claim") && said.contains("? apache"), "{said}");
    ground.tool.set("FIRST_USER_PASSWORD", "canary-wrong-password");
    let said = ground.run(&with_password).expect(1).stdout;
    assert!(said.contains("✗ token") && said.contains("Invalid user credentials"), "{said}");
    ground.tool.set("SECRET", "canary-wrong-secret");
    let said = ground.run(&[&with_password[..], &["--client-secret-env", "SECRET"]].concat()).expect(1).stdout;
    assert!(said.contains("✗ token") && said.contains("Invalid client credentials: "), "{said}");
}
