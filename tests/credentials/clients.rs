//! Secrets of Keycloak clients: delivered, made anew, and proved, on the models.

use serde_json::Value as Json;

use super::client_ground::{Ground, app};
use crate::harness::vault;
use crate::model::Request;
use crate::model::fault::Fault;

fn is_renewal(request: &Request) -> bool {
    request.method == "POST" && request.path.last().is_some_and(|last| last == "client-secret")
}

#[test]
fn what_the_server_made_is_delivered_and_proved_and_then_nothing_is_left_to_do() {
    let ground = Ground::new(false);
    let told = ground.apply(&app("")).expect(0);
    assert!(told.stdout.contains("Apply complete! 3 added, 0 changed, 0 destroyed."), "{}", told.stdout);
    assert_eq!((ground.complaint(), ground.renewals()), (None, 0));
    assert!(ground.opens("app", &ground.secret("app")));
    assert!(ground.apply(&app("")).expect(0).stdout.contains("No changes."));
    std::fs::write(ground.tool.folder().join("app.conf"), "[DEFAULT]\n# ours\nkey = value\n").unwrap();
    let plan = ground.run(&["plan"]).expect(0);
    assert!(plan.stdout.contains("Plan: 1 to add, 0 to change, 0 to destroy."), "{}", plan.stdout);
    ground.apply(&app("")).expect(0);
    assert_eq!((ground.complaint(), ground.renewals()), (None, 0));
}

#[test]
fn one_that_is_too_old_is_made_anew_and_the_plan_says_what_becomes_of_the_old_one() {
    for (keeps_old, words) in
        [(false, "hard cut: the old one ends at once"), (true, "the old one stays valid for a while")]
    {
        let ground = Ground::new(keeps_old);
        ground.apply(&app("")).expect(0);
        let old = ground.secret("app");
        ground.write_spec(&ground.models.keycloak.url, &app("rotation: {every: 30d}, "));
        let plan = ground.run(&["plan"]).expect(0);
        assert!(plan.stdout.contains("~ keycloak/pod/client-secret/app"), "{}", plan.stdout);
        assert!(plan.stdout.contains(words), "{}", plan.stdout);
        let format = ground.run(&["plan", "--format", "json"]).expect(0);
        assert!(format.stdout.contains(&format!("\"hardCut\": {}", !keeps_old)), "{}", format.stdout);
        ground.run(&["apply", "--auto-approve"]).expect(0);
        assert_eq!((ground.complaint(), ground.renewals()), (None, 1));
        assert_ne!(ground.secret("app"), old);
        assert_eq!(ground.opens("app", &old), keeps_old);
        let again = ground.run(&["apply", "--auto-approve"]).expect(0);
        assert!(again.stdout.contains("No changes."), "{}", again.stdout);
    }
}

#[test]
fn one_is_made_anew_at_once_unless_the_spec_says_what_it_is() {
    let mut ground = Ground::new(false);
    ground.apply(&app("")).expect(0);
    let old = ground.secret("app");
    ground.run(&["credentials", "rotate", "app", "--auto-approve"]).expect(0);
    assert_eq!((ground.complaint(), ground.renewals()), (None, 1));
    assert!(!ground.opens("app", &old));
    let told = ground.run(&["credentials", "rotate", "other", "--auto-approve"]).expect(64);
    assert!(
        told.stderr.contains("there is no ApplicationCredential document or client named `other`"),
        "{}",
        told.stderr
    );
    ground.tool.set("SECRET", "canary-chosen-by-hand");
    ground.apply(&app("env: SECRET, ")).expect(0);
    assert_eq!((ground.complaint(), ground.secret("app").as_str()), (None, "canary-chosen-by-hand"));
    assert!(ground.run(&["plan"]).expect(0).stdout.contains("No changes."), "in one run");
    let told = ground.run(&["credentials", "rotate", "app", "--auto-approve"]).expect(64);
    assert!(told.stderr.contains("client-secret/app: the spec says what it is"), "{}", told.stderr);
}

#[test]
fn a_lost_answer_makes_no_third_one() {
    for fault in [Fault::ResetAfter, Fault::Truncate] {
        let ground = Ground::new(true);
        ground.apply(&app("")).expect(0);
        let old = ground.secret("app");
        ground.models.keycloak.faults.on(1, is_renewal, fault);
        ground.run(&["credentials", "rotate", "app", "--auto-approve"]).expect(0);
        assert_eq!((ground.complaint(), ground.renewals()), (None, 1));
        assert!(ground.opens("app", &old), "programs work on");
    }
}

#[test]
fn a_client_that_is_made_in_the_same_run_is_delivered_too() {
    let ground = Ground::new(false);
    let client = "{clientId: new, secret: {deliver: [{openrc: {path: openrc.sh}}]}}";
    ground.apply(client).expect(0);
    assert_eq!(ground.told()["openrc.sh"], ground.secret("new"));
    assert!(ground.apply(client).expect(0).stdout.contains("No changes."));
    let turned = "{clientId: open, clientAuthentication: true, secret: {deliver: [{ini: {path: app.conf}}]}}";
    ground.apply(turned).expect(0);
    assert_eq!(ground.told()["app.conf"], ground.secret("open"));
    assert!(ground.apply(turned).expect(0).stdout.contains("No changes."));
}

#[test]
fn what_has_no_secret_and_what_the_tool_logs_in_with_is_refused() {
    let mut ground = Ground::new(false);
    let told = ground.apply("{clientId: open, secret: {deliver: [{openrc: {path: openrc.sh}}]}}").expect(1);
    assert!(
        told.stderr.contains("client/open: is a public client on the server, and has no secret"),
        "{}",
        told.stderr
    );
    ground.tool.set("OWN_SECRET", &ground.secret("app"));
    ground.write_spec(&ground.models.keycloak.url, &app("rotation: {every: 30d}, "));
    let spec = std::fs::read_to_string(ground.tool.folder().join("spec.yaml")).unwrap();
    let login = "{realm: pod, clientId: app, clientSecret: {env: OWN_SECRET}}";
    let own = spec.replace("{realm: master, username: admin, password: {env: KEYCLOAK_PASSWORD}}", login);
    ground.tool.write("spec.yaml", &own);
    let told = ground.run(&["apply", "--auto-approve"]).expect(3);
    assert!(told.stderr.contains("would be made anew, and the tool itself logs in as"), "{}", told.stderr);
    assert_eq!(ground.renewals(), 0);
}

#[test]
fn a_program_takes_it_over_and_prints_it() {
    let ground = Ground::new(false);
    vault::write(&ground.tool, "vault", "client_secret");
    let deliver = format!("{{{}, restart: {{command: [sh, -c, echo x >> restarts]}}}}", vault::DELIVERY);
    ground.write_spec(&ground.models.keycloak.url, &format!("{{clientId: app, secret: {{deliver: [{deliver}]}}}}"));
    ground.run(&["apply", "--auto-approve", "--allow-commands"]).expect(0);
    let taken: Json =
        serde_json::from_str(&std::fs::read_to_string(ground.tool.folder().join("vault")).unwrap()).unwrap();
    assert_eq!(
        (taken["client_id"].as_str(), taken["client_secret"].as_str()),
        (Some("app"), Some(ground.secret("app").as_str()))
    );
    let again = ground.run(&["apply", "--auto-approve", "--allow-commands"]).expect(0);
    assert!(again.stdout.contains("No changes."), "{}", again.stdout);
    ground.run(&["credentials", "rotate", "app", "--auto-approve", "--allow-commands"]).expect(0);
    let restarts = std::fs::read_to_string(ground.tool.folder().join("restarts")).unwrap();
    assert_eq!(restarts.lines().count(), 2, "once for each secret");
}

#[test]
fn the_example_is_delivered_and_then_nothing_is_left_to_do() {
    let ground = Ground::new(false);
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/client-secret");
    std::fs::create_dir(ground.tool.folder().join("spec")).unwrap();
    let addresses = [
        ("  keystone: {}", format!("  keystone: {{url: {}}}", ground.models.keystone.url)),
        ("  environment: prod", format!("  environment: prod\n  keycloak: {{url: {}}}", ground.models.keycloak.url)),
    ];
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let text = std::fs::read_to_string(&path).unwrap();
        let text = addresses.iter().fold(text, |text, (old, new)| text.replace(old, new));
        ground.tool.write(&format!("spec/{}", path.file_name().unwrap().to_str().unwrap()), &text);
    }
    let run = || ground.tool.run(&["apply", "-f", "spec", "--auto-approve", "--color", "never"]);
    let first = run().expect(0);
    assert!(first.stdout.contains("3 added, 0 changed, 0 destroyed"), "{}", first.stdout);
    assert!(run().expect(0).stdout.contains("No changes."));
    assert_eq!(ground.told()["clouds.yaml"], ground.secret("robot"));
    let service = std::fs::read_to_string(ground.tool.folder().join("spec/service.conf")).unwrap();
    assert!(service.contains(&format!("client_secret = {}\n", ground.secret("robot"))), "{service}");
}
