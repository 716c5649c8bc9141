//! The application credential of a person who comes through Keycloak is issued and renewed, and the tool is killed before and
//! after each of its requests; run again, it leaves one credential, which every place holds and which opens.

use serde_json::{Value as Json, json};

use super::credential::{declare, listed, logs_in};
use super::guide::Pod;
use crate::harness::proxy::{Moment, Passage, Proxy};

/// One run, on the spec that stands in the folder, through proxies.
fn run(pod: &Pod, passage: &std::sync::Arc<Passage>) -> Option<i32> {
    let sandbox = &pod.ground.sandbox;
    let trusted = sandbox.trusted();
    let keycloak = Proxy::start(&sandbox.keycloak, Some(&trusted), passage);
    let keystone = Proxy::start(&sandbox.keystone, Some(&trusted), passage);
    let spec = std::fs::read_to_string(pod.ground.tool.folder().join("spec.yaml")).unwrap();
    let spec = spec.replace(&sandbox.keycloak, &keycloak.url).replace(&sandbox.keystone, &keystone.url);
    pod.ground.tool.write("proxied.yaml", &spec);
    let arguments = ["apply", "--auto-approve", "--color", "never", "-f", "proxied.yaml"];
    pod.ground.tool.run_watched(&arguments, |run| passage.watch(run)).code
}

/// What every place tells is the one credential that there is, and it opens.
fn is_whole(pod: &Pod, when: &str) {
    pod.ground.run("apply", &["--auto-approve"]).expect(0);
    let again = pod.ground.run("apply", &["--auto-approve"]).expect(0);
    assert!(again.stdout.contains("No changes."), "{when}: {again:?}");
    let listed = listed(pod);
    let all = listed["credentials"].as_array().unwrap();
    assert_eq!(all.len(), 1, "{when}: {listed}");
    assert_eq!(all[0]["state"], "current", "{when}: {listed}");
    let folder = pod.ground.tool.folder();
    for place in ["clouds.yaml", "app-openrc.sh", "app.conf"] {
        let text = std::fs::read_to_string(folder.join(place)).unwrap();
        assert!(text.contains(all[0]["id"].as_str().unwrap()), "{when}: {place}");
    }
    let sandbox = &pod.ground.sandbox;
    assert!(logs_in(&sandbox.http, &sandbox.keystone, &folder.join("clouds.yaml")), "{when}");
}

#[test]
fn killed_while_a_persons_credential_is_made_or_renewed_the_next_run_leaves_one_that_opens() {
    let pod = Pod::new();
    pod.spec(&json!([{"project": pod.project, "roles": ["member"]}]));
    let owner = json!({"realm": "users", "username": pod.user, "password": {"env": "INITIAL_PASSWORD"}, "clientId": pod.client});
    let credential = |number: usize| -> Json {
        json!({"owner": owner, "project": pod.project, "description": format!("number {number}")})
    };
    let revoke = || {
        pod.ground.run("credentials", &["revoke", "app", "--auto-approve"]).expect(0);
    };
    declare(&pod.ground, &credential(0));
    pod.ground.apply();
    let (mut version, mut kills) = (0, 0);
    for renewed in [false, true] {
        let passage = Passage::open();
        version += 1;
        if !renewed {
            revoke();
        }
        declare(&pod.ground, &credential(version));
        assert_eq!(run(&pod, &passage), Some(0));
        let requests = passage.seen();
        // What is killed before the owner logs in has changed nothing yet.
        let first = requests.iter().position(|request| request.contains("OS-FEDERATION/identity_providers")).unwrap();
        for number in first..=requests.len() {
            for moment in [Moment::Before, Moment::After] {
                version += 1;
                if !renewed {
                    revoke();
                }
                declare(&pod.ground, &credential(version));
                let passage = Passage::killing(number, moment);
                let code = run(&pod, &passage);
                let when = format!("renewed: {renewed}, {moment:?} {number}: {:?}", passage.seen().get(number - 1));
                assert!(code.is_none() || passage.seen().len() < number, "{when}: not killed");
                kills += usize::from(code.is_none());
                is_whole(&pod, &when);
            }
        }
    }
    assert!(kills >= 20, "{kills}");
}
