//! The life of an application credential: the real binary against the models, without a scenario's folder, since no two
//! secrets and no two moments are the same.

mod client_ground;
mod clients;
pub(crate) mod ground;

use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::time::Duration;

use serde_json::json;

use crate::harness::readme::block;
use crate::model::fault::Fault;
use crate::model::list_fault::{Alteration, Deed};
use crate::model::{Answer, Request};
use ground::Ground;

fn is_post(request: &Request) -> bool {
    request.method == "POST" && request.path.last().is_some_and(|last| last == "application_credentials")
}

#[test]
fn it_is_issued_delivered_and_proved_and_then_nothing_is_left_to_do() {
    let ground = Ground::new(&json!([]));
    let more = "  roles: [member]\n  description: For CI\n  expiresIn: 90d\n";
    ground.write_spec(&ground.models.keystone.url, more);
    let plan = ground.again("plan", &[]).expect(0);
    assert!(plan.stdout.contains("Plan: 3 to add, 1 to change, 0 to destroy."), "{}", plan.stdout);
    assert!(plan.stdout.contains("- otherLogin"), "the old login is told to go: {}", plan.stdout);
    assert_eq!(ground.names(), [] as [&str; 0], "a plan makes nothing");
    ground.apply(more).expect(0);
    assert_eq!(ground.names(), ["ci-g1"]);
    assert_eq!(ground.complaint(), None);
    let shown = ground.credentials()["ci-g1"].clone();
    assert!(shown["description"].as_str().unwrap().starts_with("For CI [opcp-provision g1 "), "{shown}");
    assert_eq!(shown["roles"], json!(["member", "reader"]), "with what is implied");
    assert!(!std::fs::read_to_string(ground.tool.folder().join("app.conf")).unwrap().contains("password = old"));
    let again = ground.again("apply", &["--auto-approve"]).expect(0);
    assert!(again.stdout.contains("No changes."), "{}", again.stdout);
}

#[test]
fn what_keystone_cannot_change_is_made_anew_and_the_old_one_goes_after_the_overlap() {
    let ground = Ground::new(&json!([]));
    ground.apply("").expect(0);
    let old = ground.told()["clouds.yaml"].clone().unwrap();
    let changed = "  roles: [reader]\n  rotation: {overlap: 2s}\n";
    ground.apply(changed).expect(0);
    assert_eq!(ground.names(), ["ci-g1", "ci-g2"]);
    let new = ground.told()["clouds.yaml"].clone().unwrap();
    assert!(old != new && ground.opens(&old) && ground.opens(&new), "both open during the overlap");
    std::thread::sleep(Duration::from_secs(2));
    let last = ground.again("apply", &["--auto-approve"]).expect(0);
    assert!(last.stdout.contains("0 added, 0 changed, 1 destroyed."), "{}", last.stdout);
    assert_eq!(ground.complaint(), None);
    assert!(!ground.opens(&old));
}

#[test]
fn without_an_overlap_the_old_one_goes_when_the_new_one_is_proved_everywhere() {
    let ground = Ground::new(&json!([]));
    ground.apply("").expect(0);
    ground.apply("  description: another\n").expect(0);
    assert_eq!(ground.names(), ["ci-g2"]);
    assert_eq!(ground.complaint(), None);
}

#[test]
fn one_that_ends_soon_is_renewed() {
    let ground = Ground::new(&json!([]));
    let soon = "  expiresIn: 1h\n  rotation: {renewBefore: 59m59s, overlap: 1s}\n";
    ground.apply(soon).expect(0);
    std::thread::sleep(Duration::from_secs(2));
    ground.apply(soon).expect(0);
    assert_eq!(ground.names(), ["ci-g1", "ci-g2"]);
    let ended = ground.apply("  expiresAt: 2020-01-01T00:00:00Z\n").expect(1);
    assert!(ended.stderr.contains("would have ended before it begins"), "{}", ended.stderr);
}

#[test]
fn a_place_that_lost_it_gets_the_same_one_again_and_one_that_all_lost_is_made_anew() {
    let ground = Ground::new(&json!([]));
    ground.apply("").expect(0);
    std::fs::remove_file(ground.tool.folder().join("openrc.sh")).unwrap();
    ground.apply("").expect(0);
    assert_eq!(ground.names(), ["ci-g1"], "its secret stands in the other places");
    assert_eq!(ground.complaint(), None);
    for file in ["openrc.sh", "clouds.yaml", "app.conf"] {
        std::fs::remove_file(ground.tool.folder().join(file)).unwrap();
    }
    for (name, text) in ground::NEIGHBOURS {
        ground.tool.write(name, text);
    }
    ground.apply("").expect(0);
    assert_eq!(ground.names(), ["ci-g2"]);
    assert_eq!(ground.complaint(), None);
}

#[test]
fn one_that_vanished_or_does_not_open_any_more_is_made_anew() {
    let ground = Ground::new(&json!([]));
    ground.apply("").expect(0);
    ground.models.keystone.state().lock().unwrap().forget_credentials();
    ground.apply("").expect(0);
    assert_eq!(ground.names(), ["ci-g1"], "its number is free again");
    assert_eq!(ground.complaint(), None);
    let clouds = std::fs::read_to_string(ground.tool.folder().join("clouds.yaml")).unwrap();
    let secret = ground.told()["clouds.yaml"].clone().unwrap().secret;
    for file in ["clouds.yaml", "app.conf", "openrc.sh"] {
        let text = std::fs::read_to_string(ground.tool.folder().join(file)).unwrap();
        ground.tool.write(file, &text.replace(&secret, "mistyped"));
    }
    assert!(clouds.contains(&secret));
    ground.apply("").expect(0);
    assert_eq!(ground.names(), ["ci-g2"]);
    assert_eq!(ground.complaint(), None);
}

#[test]
fn what_others_made_under_such_names_stays() {
    let theirs = json!([
        {"name": "ci-g7", "user": "svc", "project": "acme", "secret": "canary-theirs", "description": "by hand"},
        {"name": "ci-g01", "user": "svc", "project": "acme", "secret": "canary-zero"},
        {"name": "ci-g1", "user": "other", "project": "acme", "secret": "canary-others"},
    ]);
    let ground = Ground::new(&theirs);
    ground.apply("").expect(0);
    assert_eq!(ground.names(), ["ci-g01", "ci-g7", "ci-g8"], "the next free number");
    ground.apply("  ensure: absent\n").expect(0);
    assert_eq!(ground.names(), ["ci-g01", "ci-g7"]);
}

#[test]
fn the_answer_to_its_creation_may_be_lost() {
    for alteration in [Fault::ResetAfter, Fault::Alter(Alteration::new(|_, _| Answer::error(500, "unknown_error")))] {
        let ground = Ground::new(&json!([]));
        ground.models.keystone.faults.on(1, is_post, alteration);
        ground.apply("").expect(0);
        assert_eq!(ground.names(), ["ci-g1"], "it is found by its name, and opens");
        assert_eq!(ground.complaint(), None);
    }
}

#[test]
fn one_that_another_run_makes_at_the_same_moment_is_not_taken_for_ours() {
    let ground = Ground::new(&json!([]));
    let state = ground.models.keystone.state();
    let theirs = Deed::new(move || {
        state.lock().unwrap().make_credential("svc", "acme", "ci-g1");
    });
    ground.models.keystone.faults.on(1, is_post, Fault::Meanwhile(theirs));
    let told = ground.apply("").expect(4);
    assert!(told.stderr.contains("ci-g1: not written, since it exists meanwhile"), "{}", told.stderr);
    assert!(ground.told()["clouds.yaml"].is_none(), "nothing is delivered");
}

#[test]
fn its_owner_makes_it_and_an_owner_who_is_refused_stops_it_before_anything_is_written() {
    let mut ground = Ground::new(&json!([]));
    ground.tool.set("OWNER_PASSWORD", "canary-wrong-password");
    let told = ground.apply("").expect(5);
    assert!(told.stderr.contains("failed to log in to Keystone as svc"), "{}", told.stderr);
    assert_eq!(ground.names(), [] as [&str; 0]);
    assert!(ground.told()["openrc.sh"].is_none());
    ground.tool.set("OWNER_PASSWORD", "");
    let told = ground.apply("").expect(64);
    assert!(told.stderr.contains("OWNER_PASSWORD is not set"), "{}", told.stderr);
}

#[test]
fn a_place_that_cannot_be_written_stops_it_before_anything_is_made() {
    type Spoil = fn(&std::path::Path);
    let spoils: [(&str, Spoil, &str); 5] = [
        ("out", |_| (), "cannot be used"),
        ("out", |folder| open(&folder.join("out"), 0o777), "others may write to the folder"),
        ("out", |folder| std::fs::write(folder.join("out"), "").unwrap(), "is no folder"),
        (".", |folder| symlink("spec.yaml", folder.join("login.sh")).unwrap(), "a symbolic link"),
        (".", |folder| std::fs::write(folder.join("login.sh"), "export A=1\n").unwrap(), "was not written by"),
    ];
    for (folder, spoil, expected) in spoils {
        let ground = Ground::new(&json!([]));
        spoil(ground.tool.folder());
        ground.write_spec(&ground.models.keystone.url, "");
        let spec = std::fs::read_to_string(ground.tool.folder().join("spec.yaml")).unwrap();
        let elsewhere = format!("    - openrc: {{path: {folder}/login.sh}}\n    - openrc: {{path: openrc.sh}}\n");
        ground.tool.write("spec.yaml", &spec.replace("    - openrc: {path: openrc.sh}\n", &elsewhere));
        let told = ground.again("apply", &["--auto-approve"]).expect(1);
        assert!(told.stderr.contains(expected), "{expected}: {}", told.stderr);
        assert_eq!(ground.names(), [] as [&str; 0], "{expected}");
    }
}

fn open(folder: &std::path::Path, mode: u32) {
    std::fs::create_dir(folder).unwrap();
    std::fs::set_permissions(folder, std::fs::Permissions::from_mode(mode)).unwrap();
}

#[test]
fn one_that_may_make_others_must_be_allowed() {
    let ground = Ground::new(&json!([]));
    let told = ground.apply("  unrestricted: true\n").expect(3);
    assert!(told.stderr.contains("OPCP-G004"), "{}", told.stderr);
    ground.again("apply", &["--auto-approve", "--allow=OPCP-G004"]).expect(0);
    assert_eq!(ground.credentials()["ci-g1"]["unrestricted"], true);
}

#[test]
fn access_rules_are_kept_and_a_change_of_them_is_another_generation() {
    let ground = Ground::new(&json!([]));
    let rule = |path: &str| format!("  accessRules: [{{service: compute, method: GET, path: {path}}}]\n");
    ground.apply(&rule("/v2.1/servers")).expect(0);
    assert_eq!(ground.credentials()["ci-g1"]["access_rules"], json!(["GET compute /v2.1/servers"]));
    assert!(ground.apply(&rule("/v2.1/servers")).expect(0).stdout.contains("No changes."));
    ground.apply(&rule("/v2.1/images")).expect(0);
    assert_eq!(ground.names(), ["ci-g2"]);
}

#[test]
fn a_role_that_is_not_there_is_told_before_anything_is_made() {
    let ground = Ground::new(&json!([]));
    let told = ground.apply("  roles: [operator]\n").expect(1);
    assert!(told.stderr.contains("keystone/role/operator, which is neither there nor planned"), "{}", told.stderr);
    assert_eq!(ground.names(), [] as [&str; 0]);
}

#[test]
fn a_region_that_the_cloud_has_not_got_is_told_before_anything_is_made() {
    let ground = Ground::new(&json!([]));
    let apply = |region: &str, more: &str| {
        ground.write_spec(&ground.models.keystone.url, more);
        let spec = std::fs::read_to_string(ground.tool.folder().join("spec.yaml")).unwrap();
        let place = format!("path: openrc.sh, region: {region}");
        ground.tool.write("spec.yaml", &spec.replace("path: openrc.sh", &place));
        ground.again("apply", &["--auto-approve"])
    };
    let told = apply("RegionTwo", "").expect(1);
    let expected = "keystone/region/RegionTwo: is none of this cloud's regions";
    assert!(told.stderr.contains(expected) && told.stderr.contains("there are: RegionOne"), "{}", told.stderr);
    assert_eq!(ground.names(), [] as [&str; 0]);
    apply("RegionOne", "").expect(0);
    assert!(apply("RegionOne", "").expect(0).stdout.contains("No changes."));
    ground.models.keystone.state().lock().unwrap().make_region("RegionTwo");
    let told = apply("RegionTwo", "").expect(0);
    let expected = "keystone/region/RegionTwo: has no public endpoint that is enabled";
    assert!(told.stderr.contains(expected) && told.stderr.contains("there are some in: RegionOne"), "{}", told.stderr);
    // Of what goes, nobody is told the region any more.
    apply("RegionThree", "  ensure: absent\n").expect(0);
    assert_eq!(ground.names(), [] as [&str; 0]);
}

#[test]
fn roles_that_the_owner_has_not_got_are_told_before_anything_is_made() {
    let ground = Ground::new(&json!([]));
    ground.write_spec(&ground.models.keystone.url, "  roles: [reader, member, manager]\n");
    let told = ground.again("plan", &[]).expect(1);
    let expected = "cannot be made: keystone/user/Default/svc has no role manager in keystone/project/Default/acme";
    assert!(told.stderr.contains(expected), "{}", told.stderr);
    assert!(told.stderr.contains("whose roles there are: member, reader"), "{}", told.stderr);
    // One that is given in the same run cannot be missed yet.
    let spec = std::fs::read_to_string(ground.tool.folder().join("spec.yaml")).unwrap();
    let access = "---\napiVersion: opcp.dev/v1alpha1\nkind: Access\nmetadata: {name: team}\nspec:\n  environment: demo\n  realm: pod\n  keystone: {roleAssignments: [{role: manager, user: {name: svc}, project: {name: acme}}]}\n";
    let realm = "---\napiVersion: opcp.dev/v1alpha1\nkind: Realm\nmetadata: {name: pod}\nspec: {environment: demo, keycloak: {url: 'http://127.0.0.1:1'}}\n";
    ground.tool.write("spec.yaml", &format!("{spec}{access}{realm}"));
    ground.again("apply", &["--auto-approve"]).expect(0);
    assert_eq!(ground.names(), ["ci-g1"]);
}

/// A spec that also has the owner svc, and the role operator, which the owner has in the project acme; by now these are
/// called `owner`, `role` and `project`.
fn write_renamed(ground: &Ground, project: &str, role: &str, owner: &str) {
    let called = |name: &str, old: &str| {
        if name == old { format!("{{name: {name}}}") } else { format!("{{name: {name}, renamedFrom: {old}}}") }
    };
    let [declared_project, declared_role, declared_owner] =
        [(project, "acme"), (role, "operator"), (owner, "svc")].map(|(name, old)| called(name, old));
    ground.write_spec(&ground.models.keystone.url, &format!("  roles: [{role}]\n"));
    let spec = std::fs::read_to_string(ground.tool.folder().join("spec.yaml")).unwrap();
    let spec = spec.replace("  project: acme\n", &format!("  project: {project}\n"));
    let spec = spec.replace("owner: {username: svc,", &format!("owner: {{username: {owner},"));
    let login = "login: {username: admin, password: {env: KEYSTONE_PASSWORD}}";
    let environment = spec.replace(login, &format!("{login}\n    roles: [{declared_role}]"));
    assert_ne!(spec, environment);
    let others = format!(
        "---
apiVersion: opcp.dev/v1alpha1
kind: Realm
metadata: {{name: pod}}
spec: {{environment: demo, keycloak: {{url: '{}'}}, login: {{realm: master, username: admin, password: {{env: KEYSTONE_PASSWORD}}}}}}
---
apiVersion: opcp.dev/v1alpha1
kind: Access
metadata: {{name: team}}
spec:
  environment: demo
  realm: pod
  projects: [{declared_project}]
  keystone:
    users: [{declared_owner}]
    roleAssignments: [{{role: {role}, user: {{name: {owner}}}, project: {{name: {project}}}}}]
",
        ground.models.keycloak.url
    );
    ground.tool.write("spec.yaml", &format!("{environment}{others}"));
}

#[test]
fn one_works_on_where_its_project_or_its_owner_gets_another_name() {
    let ground = Ground::new(&json!([]));
    let apply = |project: &str, role: &str, owner: &str| {
        write_renamed(&ground, project, role, owner);
        ground.again("apply", &["--auto-approve"]).expect(0).stdout
    };
    let made = || -> Vec<String> {
        let dump = ground.models.keystone.dump();
        let credentials =
            dump.keys().filter_map(|address| address.strip_prefix("keystone/application-credential/user/"));
        credentials.map(str::to_owned).collect()
    };
    apply("acme", "operator", "svc");
    let delivered = ground.told();
    assert!(apply("live", "operator", "svc").contains("0 added, 1 changed, 0 destroyed."));
    assert_eq!((made(), ground.told()), (vec!["Default/svc/ci-g1".to_owned()], delivered.clone()));
    assert!(apply("live", "operator", "svc").contains("No changes."));
    assert!(apply("live", "operator", "robot").contains("0 added, 1 changed, 0 destroyed."));
    assert_eq!((made(), ground.told()), (vec!["Default/robot/ci-g1".to_owned()], delivered));
    apply("live", "changer", "robot");
    let why = "Keystone adds implied roles: what was asked for, only their names tell";
    assert_eq!(made(), ["Default/robot/ci-g2"], "{why}");
}

#[test]
fn every_generation_is_listed_with_what_it_is_good_for() {
    let orphan = "left by a killed run [opcp-provision g9 2026-01-01T00:00:00Z 0123456789abcdef]";
    let ground = Ground::new(&json!([
        {"name": "ci-g9", "user": "svc", "project": "acme", "secret": "canary-orphan", "description": orphan},
        {"name": "theirs", "user": "svc", "project": "acme", "secret": "canary-theirs"},
    ]));
    let more = "  rotation: {overlap: 1d}\n";
    ground.write_spec(&ground.models.keystone.url, more);
    let list = |ground: &Ground| {
        let told = ground.again("credentials", &["list", "--format", "json"]).expect(0).stdout;
        let told: serde_json::Value = serde_json::from_str(&told).unwrap();
        let states = told["credentials"].as_array().unwrap().iter();
        let name =
            |entry: &serde_json::Value| entry["address"].as_str().unwrap().rsplit('/').next().unwrap().to_owned();
        states.map(|entry| (name(entry), entry["state"].as_str().unwrap().to_owned())).collect::<Vec<_>>()
    };
    let of = |told: &[(&str, &str)]| {
        told.iter().map(|(name, state)| ((*name).to_owned(), (*state).to_owned())).collect::<Vec<_>>()
    };
    assert_eq!(list(&ground), of(&[("ci-g9", "orphan")]));
    ground.apply(more).expect(0);
    assert_eq!(list(&ground), of(&[("ci-g9", "overlapping"), ("ci-g10", "current")]), "who knows who works with it");
    let told = ground.again("credentials", &["list"]).expect(0).stdout;
    for expected in ["ci-g10   current", "project    Default/acme", "roles      member, reader", "ends       never"] {
        assert!(told.contains(expected), "{expected}: {told}");
    }
    disable(&mut ground.models.keystone.state().lock().unwrap(), "users", "svc");
    assert_eq!(list(&ground), of(&[("ci-g9", "orphan"), ("ci-g10", "dead")]));
}

#[test]
fn one_is_renewed_at_once_and_revoked_at_once() {
    let ground = Ground::new(&json!([]));
    ground.apply("").expect(0);
    ground.again("credentials", &["rotate", "ci", "--auto-approve"]).expect(0);
    assert_eq!(ground.names(), ["ci-g2"]);
    assert_eq!(ground.complaint(), None);
    let told = ground.again("credentials", &["rotate", "cd", "--auto-approve"]).expect(64);
    assert!(told.stderr.contains("the spec has ci"), "{}", told.stderr);
    ground.again("credentials", &["revoke", "ci"]).expect(6);
    assert_eq!(ground.names(), ["ci-g2"], "nobody has said yes");
    ground.again("credentials", &["revoke", "ci", "--auto-approve"]).expect(0);
    assert_eq!(ground.names(), [] as [&str; 0]);
}

#[test]
fn all_of_a_user_go_at_once_whoever_made_them() {
    let ground = Ground::new(&json!([
        {"name": "theirs", "user": "svc", "project": "acme", "secret": "canary-theirs"},
        {"name": "of another", "user": "other", "project": "acme", "secret": "canary-other"},
    ]));
    ground.apply("").expect(0);
    let told = ground.again("credentials", &["revoke", "--user", "svc", "--auto-approve"]).expect(0);
    assert!(told.stdout.contains("2 destroyed"), "{}", told.stdout);
    assert_eq!(ground.names(), [] as [&str; 0]);
    assert!(ground.models.keystone.dump().keys().any(|address| address.ends_with("/other/of another")));
}

#[test]
fn why_what_is_delivered_does_not_log_in_any_more_is_told_with_the_remedy() {
    type Deed = fn(&mut crate::model::keystone::Keystone);
    let deeds: [(Deed, &str, &str); 5] = [
        (|keystone| keystone.forget_credentials(), "is gone from Keystone", "`apply` makes another one"),
        (|keystone| disable(keystone, "users", "svc"), "user/Default/svc is disabled", "enable the owner"),
        (|keystone| disable(keystone, "projects", "acme"), "project/Default/acme is disabled", "enable the project"),
        (
            |keystone| want_the_password(keystone),
            "`multiFactorAuthRules` of its owner",
            "add `[application_credential]`",
        ),
        (|keystone| keystone.forget_assignments(), "none of its roles", "give the owner the roles again"),
    ];
    for (deed, why, remedy) in deeds {
        let ground = Ground::new(&json!([]));
        ground.apply("").expect(0);
        deed(&mut ground.models.keystone.state().lock().unwrap());
        let told = ground.again("verify", &[]).expect(2);
        for expected in ["sink/openrc/./openrc.sh: what it holds does not log in", why, remedy] {
            assert!(told.stderr.contains(expected), "{expected}: {}", told.stderr);
        }
    }
}

#[test]
fn an_owner_who_gets_in_by_the_password_alone_is_told_to_let_the_credential_in() {
    let ground = Ground::new(&json!([]));
    want_the_password(&mut ground.models.keystone.state().lock().unwrap());
    let told = ground.apply("").expect(7);
    for expected in ["failed to log in with what was made", "one of them must be `[application_credential]`"] {
        assert!(told.stderr.contains(expected), "{expected}: {}", told.stderr);
    }
    let set = |options: serde_json::Value| {
        ground.models.keystone.state().lock().unwrap().edit("users", "svc", |user| {
            user.insert("options".to_owned(), options);
        });
    };
    set(json!({"multi_factor_auth_rules": [["application_credential"], ["totp", "password", "token"]]}));
    let told = ground.apply("").expect(5);
    for expected in [r#"required_auth_methods: [["password","token"]]"#, "must log in by more than one way"] {
        assert!(told.stderr.contains(expected), "{expected}: {}", told.stderr);
    }
    set(json!({"multi_factor_auth_enabled": false}));
    ground.apply("").expect(0);
    assert_eq!(ground.names(), ["ci-g2"], "the one that nobody could use is gone");
    assert_eq!(ground.complaint(), None);
}

fn want_the_password(keystone: &mut crate::model::keystone::Keystone) {
    keystone.edit("users", "svc", |user| {
        user.insert("options".to_owned(), json!({"multi_factor_auth_rules": [["password"]]}));
    });
}

fn disable(keystone: &mut crate::model::keystone::Keystone, list: &str, name: &str) {
    keystone.edit(list, name, |document| {
        document.insert("enabled".to_owned(), false.into());
    });
}

/// The example with this document for its application credential.
fn example(credential: &str) -> Ground {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/application");
    let mut ground = Ground::new(&json!([]));
    ground.tool.set("SVC_ACME_CI_PASSWORD", "canary-of-the-example");
    std::fs::create_dir(ground.tool.folder().join("spec")).unwrap();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let text = std::fs::read_to_string(&path).unwrap();
        let text = text.replace(
            "  keystone:\n    login",
            &format!("  keystone:\n    url: {}\n    login", ground.models.keystone.url),
        );
        ground.tool.write(&format!("spec/{}", path.file_name().unwrap().to_str().unwrap()), &text);
    }
    ground.tool.write("spec/credential-acme-ci.yaml", credential);
    ground
}

#[test]
fn the_example_and_the_page_of_the_readme_are_made_and_then_nothing_is_left_to_do() {
    let examples = include_str!("../../examples/application/credential-acme-ci.yaml");
    let page = block("## An application credential in CI", "yaml");
    for (credential, added) in [(examples, 6), (page, 5)] {
        let ground = example(credential);
        let run = || ground.tool.run(&["apply", "-f", "spec", "--auto-approve", "--color", "never"]);
        let first = run().expect(0);
        assert_eq!(ground.leaks(&first), [] as [String; 0]);
        assert!(first.stdout.contains(&format!("{added} added, 0 changed, 0 destroyed")), "{}", first.stdout);
        assert!(run().expect(0).stdout.contains("No changes."));
        assert!(ground.opens(ground.told()["clouds.yaml"].as_ref().unwrap()));
    }
}

#[test]
fn a_program_takes_it_over_by_its_standard_input_and_only_when_programs_may_be_run() {
    let ground = Ground::new(&json!([]));
    ground.deliver_to_vault("", "");
    let told = ground.again("apply", &["--auto-approve"]).expect(1);
    assert!(told.stderr.contains("--allow-commands"), "{}", told.stderr);
    ground.again("apply", &["--auto-approve", "--allow-commands"]).expect(0);
    assert!(ground.opens(&ground.in_vault().unwrap()));
    let again = ground.again("apply", &["--auto-approve", "--allow-commands"]).expect(0);
    assert!(again.stdout.contains("No changes."), "{}", again.stdout);
    ground.deliver_to_vault("    - openrc: {path: openrc.sh}\n", "");
    ground.again("apply", &["--auto-approve", "--allow-commands"]).expect(0);
    assert_eq!(ground.names(), ["ci-g2"], "a vault does not tell the secret of the first");
    assert!(ground.opens(ground.told()["openrc.sh"].as_ref().unwrap()));
}

#[test]
fn what_works_with_it_is_restarted_once_for_each_new_one() {
    let ground = Ground::new(&json!([]));
    let restart = |script: &str| {
        let spec = std::fs::read_to_string(ground.tool.folder().join("spec.yaml")).unwrap();
        let place = "    - openrc: {path: openrc.sh}\n";
        let restart = format!("{place}      restart: {{command: [/bin/sh, -c, {script}]}}\n");
        ground.tool.write("spec.yaml", &spec.replace(place, &restart));
        ground.again("apply", &["--auto-approve", "--allow-commands"])
    };
    let count = || std::fs::read_to_string(ground.tool.folder().join("restarts")).unwrap_or_default().lines().count();
    let script = "'test -s openrc.sh && echo x >> restarts'";
    ground.write_spec(&ground.models.keystone.url, "");
    let told = restart(script).expect(0);
    assert!(told.stdout.contains("+ restart"), "{}", told.stdout);
    assert_eq!(count(), 1, "after it was delivered");
    ground.write_spec(&ground.models.keystone.url, "");
    assert!(restart(script).expect(0).stdout.contains("No changes."));
    assert_eq!(count(), 1);
    ground.write_spec(&ground.models.keystone.url, "  description: another\n");
    let told = restart("'exit 3'").expect(7);
    assert!(told.stderr.contains("failed to restart what works with it"), "{}", told.stderr);
    assert_eq!(ground.names(), ["ci-g1", "ci-g2"], "the old one stays while something may not know of the new one");
}
