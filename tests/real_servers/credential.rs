//! The second guide, with the real `openstack` client, keystoneauth and oslo.config: application credentials of a user of
//! Keystone's own and of a person who comes through Keycloak, issued, delivered, used, renewed without an outage, revoked.

use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use serde_json::{Value as Json, json};

use super::ground::{Ground, PASSWORD};
use super::guide::{Pod, shell};
use crate::harness::http::{Body, Http};
use crate::harness::tool::Outcome;

/// Loads the section that is named as services do, and prints the project that its token is for.
pub(crate) const AS_SERVICES_DO: &str = "
import sys
from keystoneauth1 import loading
from oslo_config import cfg
conf = cfg.ConfigOpts()
loading.register_auth_conf_options(conf, sys.argv[1])
loading.register_session_conf_options(conf, sys.argv[1])
conf([], default_config_files=['app.conf'])
auth = loading.load_auth_from_conf_options(conf, sys.argv[1])
session = loading.load_session_from_conf_options(conf, sys.argv[1], auth=auth)
session.get_token()
print('project', session.get_project_id())
";

/// Adds an `ApplicationCredential` document with these words to the spec that stands in the folder.
pub(crate) fn declare(ground: &Ground, more: &Json) {
    let path = ground.tool.folder().join("spec.yaml");
    let spec = std::fs::read_to_string(&path).unwrap();
    let others: Vec<&str> =
        spec.split("\n---\n").filter(|document| !document.contains("ApplicationCredential")).collect();
    let mut spec = json!({
        "environment": "sandbox",
        "deliver": [
            {"cloudsYaml": {"path": "clouds.yaml", "cloud": "app"}},
            {"openrc": {"path": "app-openrc.sh"}},
            {"ini": {"path": "app.conf"}},
        ],
    });
    spec.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let document = json!({"apiVersion": "opcp.dev/v1alpha1", "kind": "ApplicationCredential",
        "metadata": {"name": "app"}, "spec": spec});
    std::fs::write(path, format!("{}\n---\n{document}", others.join("\n---\n"))).unwrap();
}

/// The guide's project and user, whose role is `member`.
fn guide(ground: &Ground) {
    let user = json!({"name": "AppCredsUser", "domain": ground.domain, "initialPassword": {"env": "INITIAL_PASSWORD"}});
    let of = json!({"name": "AppCredsUser", "domain": ground.domain});
    let project = json!({"name": "AppCreds", "domain": ground.domain});
    ground.access_spec(json!({"projects": [project], "keystone": {"users": [user], "roleAssignments": [
        {"role": "member", "user": of, "project": {"name": "AppCreds", "domain": ground.domain}}]}}));
}

fn of_local(ground: &Ground, more: &Json) -> Json {
    let owner = json!({"username": "AppCredsUser", "domain": ground.domain, "password": {"env": "INITIAL_PASSWORD"}});
    let mut words = json!({"owner": owner, "project": "AppCreds", "domain": ground.domain});
    words.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    words
}

fn openstack(ground: &Ground, command: &str) -> (bool, String) {
    shell(&ground.tool, &format!("openstack --os-cloud app {command}"), "")
}

fn project_id(ground: &Ground, name: &str, domain: &str) -> String {
    let found = ground.sandbox.keystone("GET", &format!("projects?name={name}&domain_id={domain}"), None).json();
    found["projects"][0]["id"].as_str().unwrap().to_owned()
}

/// A login with what the delivered file tells at this moment.
pub(crate) fn logs_in(http: &Http, keystone: &str, delivered: &Path) -> bool {
    let text = std::fs::read_to_string(delivered).unwrap();
    let file: Json = serde_yaml::from_str(&text).unwrap();
    let auth = &file["clouds"]["app"]["auth"];
    let body = json!({"auth": {"identity": {"methods": ["application_credential"], "application_credential": {
        "id": auth["application_credential_id"], "secret": auth["application_credential_secret"]}}}});
    http.call("POST", &format!("{keystone}/v3/auth/tokens"), &[], &Body::Json(&body)).unwrap().status == 201
}

#[test]
fn the_second_guide_from_a_user_to_a_token_in_every_way_and_back() {
    let ground = Ground::new();
    guide(&ground);
    declare(&ground, &of_local(&ground, &json!({"description": "App Creds - All roles"})));
    ground.apply();
    let project = project_id(&ground, "AppCreds", &ground.domain_id);
    let (done, said) = openstack(&ground, "token issue -f value -c project_id");
    assert!(done && said.contains(&project), "clouds.yaml: {said}");
    let left = "OS_PROJECT_NAME=admin; OS_SYSTEM_SCOPE=all; export OS_PROJECT_NAME OS_SYSTEM_SCOPE";
    let openrc = format!("{left}; . ./app-openrc.sh && openstack token issue -f value -c project_id");
    let (done, said) = shell(&ground.tool, &openrc, "");
    assert!(done && said.contains(&project), "openrc, in the shell of an earlier session: {said}");
    ground.tool.write("service.py", AS_SERVICES_DO);
    let python = "$(head -n 1 \"$(command -v openstack)\" | cut -c 3-)";
    let (done, said) = shell(&ground.tool, &format!("{python} service.py keystone_authtoken"), "");
    assert!(done && said.contains(&format!("project {project}")), "ini: {said}");
    let (done, said) = openstack(&ground, "application credential create another");
    assert!(!done && said.contains("403"), "by default it makes no others: {said}");

    declare(&ground, &of_local(&ground, &json!({"roles": ["reader"]})));
    ground.apply();
    let (done, said) = openstack(&ground, "application credential list -f json");
    assert!(done && said.contains("app-g2") && !said.contains("app-g1"), "{said}");
    let listed: Json = serde_json::from_str(&said).unwrap();
    assert!(!listed.to_string().contains("member"), "one role: {listed}");

    declare(&ground, &of_local(&ground, &json!({"unrestricted": true})));
    assert!(ground.refused().contains("OPCP-G004"));
    ground.run("apply", &["--auto-approve", "--allow", "OPCP-G004"]).expect(0);
    let (done, said) = openstack(&ground, "application credential create another -f value -c name");
    assert!(done, "{said}");

    let rules = json!([{"service": "identity", "method": "GET", "path": "/v3/auth/projects"}]);
    declare(&ground, &of_local(&ground, &json!({"accessRules": rules})));
    ground.apply();
    let url = format!("{}/v3/auth", ground.sandbox.keystone);
    let token = "token=$(openstack --os-cloud app token issue -f value -c id)";
    let asked =
        |what: &str| format!("curl -sko /dev/null -w '%{{http_code}} ' -H \"X-Auth-Token: $token\" {url}/{what}");
    let (_, said) = shell(&ground.tool, &format!("{token}; {}; {}", asked("projects"), asked("domains")), "");
    assert!(said.contains("200 401"), "what the rules allow, and nothing else: {said}");

    let told =
        ground.run("credentials", &["revoke", "--user", "AppCredsUser", "--domain", &ground.domain, "--auto-approve"]);
    assert!(told.expect(0).stdout.contains("2 destroyed"), "the one that it made goes, too");
    let (done, said) = openstack(&ground, "token issue");
    assert!(!done && said.contains("Could not find Application Credential"), "{said}");
}

#[test]
fn it_is_renewed_while_programs_log_in_several_times_a_second_and_none_is_refused() {
    let ground = Ground::new();
    guide(&ground);
    let words = |number: usize| {
        of_local(&ground, &json!({"description": format!("number {number}"), "rotation": {"overlap": "1h"}}))
    };
    declare(&ground, &words(0));
    ground.apply();
    let (over, logins, refused) = (AtomicBool::new(false), AtomicUsize::new(0), AtomicUsize::new(0));
    let (trusted, keystone) = (ground.sandbox.trusted(), ground.sandbox.keystone.clone());
    let delivered = ground.tool.folder().join("clouds.yaml");
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let http = Http::new(Some(&trusted));
            while !over.load(Ordering::Relaxed) {
                logins.fetch_add(1, Ordering::Relaxed);
                refused.fetch_add(usize::from(!logs_in(&http, &keystone, &delivered)), Ordering::Relaxed);
                std::thread::sleep(Duration::from_millis(50));
            }
        });
        for number in 1..=5 {
            declare(&ground, &words(number));
            ground.apply();
        }
        over.store(true, Ordering::Relaxed);
    });
    let (logins, refused) = (logins.into_inner(), refused.into_inner());
    assert!(logins > 20, "{logins}");
    assert_eq!(refused, 0, "of {logins}");
    let (done, said) = openstack(&ground, "application credential list -f value -c Name");
    assert!(done && (1..=6).all(|number| said.contains(&format!("app-g{number}"))), "all overlap: {said}");
    declare(&ground, &of_local(&ground, &json!({"description": "number 5"})));
    ground.apply();
    let (done, said) = openstack(&ground, "application credential list -f value -c Name");
    assert!(done && said.trim() == "app-g6", "{said}");
}

pub(crate) fn listed(pod: &Pod) -> Json {
    let told: Outcome = pod.ground.run("credentials", &["list", "--format", "json"]).expect(0);
    serde_json::from_str(&told.stdout).unwrap()
}

#[test]
fn one_of_a_person_lives_and_dies_with_what_the_persons_logins_carry() {
    let mut pod = Pod::new();
    let grant = |project: &str| json!({"project": project, "roles": ["member"]});
    let other = format!("{}-b", pod.project);
    let owner = json!({"realm": "users", "username": pod.user, "password": {"env": "INITIAL_PASSWORD"}, "clientId": pod.client});
    let credential = json!({"owner": owner, "project": pod.project, "expiresIn": "90d"});
    pod.spec(&json!([grant(&pod.project), grant(&other)]));
    declare(&pod.ground, &credential);
    // The project, the person, the client and the credential: in one run.
    pod.ground.apply();
    let project = project_id(&pod.ground, &pod.project, "default");
    let (done, said) = openstack(&pod.ground, "token issue -f value -c project_id");
    assert!(done && said.contains(&project), "{said}");

    pod.spec(&json!([grant(&other)]));
    pod.ground.run("apply", &["--auto-approve"]).expect(0);
    declare(&pod.ground, &credential);
    let (done, said) = openstack(&pod.ground, "token issue -f value -c project_id");
    assert!(done, "no login has carried the news yet: {said}");
    assert_eq!(listed(&pod)["credentials"][0]["state"], "current");
    pod.ground.tool.set("OWNER_PASSWORD", PASSWORD);
    let user = pod.user.clone();
    let client = pod.client.clone();
    let login = ["--login", &user, "--client", &client, "--password-env", "OWNER_PASSWORD"];
    pod.ground.run("verify", &login).expect(0);
    let (done, said) = openstack(&pod.ground, "token issue");
    assert!(!done && said.contains("401"), "the right is gone with the next login: {said}");
    assert_eq!(listed(&pod)["credentials"][0]["state"], "dead");
    let told = pod.ground.refused();
    assert!(told.contains("carries no role in project"), "{told}");
}

#[test]
fn a_region_is_one_of_the_clouds_and_the_real_client_works_in_it() {
    let ground = Ground::new();
    guide(&ground);
    let in_region = |region: &str| {
        let deliver = json!([{"openrc": {"path": "app-openrc.sh", "region": region}}]);
        declare(&ground, &of_local(&ground, &json!({"deliver": deliver})));
    };
    in_region("nowhere");
    let said = ground.refused();
    assert!(said.contains("keystone/region/nowhere: is none of this cloud's regions"), "{said}");
    in_region("RegionOne");
    let said = ground.run("apply", &["--auto-approve"]).expect(0).stderr;
    assert!(!said.contains("endpoint"), "there are some: {said}");
    let (done, said) = shell(&ground.tool, ". ./app-openrc.sh && openstack catalog list -f value -c Name", "");
    assert!(done && said.contains("keystone"), "{said}");
}

#[test]
fn sets_of_ways_to_log_in_count_for_it_as_they_do_for_its_owner() {
    let ground = Ground::new();
    guide(&ground);
    declare(&ground, &of_local(&ground, &json!({})));
    ground.apply();
    let list = format!("users?domain_id={}&name=AppCredsUser", ground.domain_id);
    let owner = ground.sandbox.keystone("GET", &list, None).json()["users"][0]["id"].as_str().unwrap().to_owned();
    let rules = |rules: Json| {
        let change = json!({"user": {"options": {"multi_factor_auth_rules": rules}}});
        ground.sandbox.keystone("PATCH", &format!("users/{owner}"), Some(&change)).expect(200);
    };
    let rotate = || ground.run("credentials", &["rotate", "app", "--auto-approve"]);

    rules(json!([["password"]]));
    assert!(!openstack(&ground, "token issue").0);
    let said = ground.run("verify", &[]).expect(2).stderr;
    assert!(said.contains("let no application credential in") && said.contains("`[application_credential]`"), "{said}");
    let said = rotate().expect(7).stderr;
    assert!(said.contains("one of them must be `[application_credential]`"), "{said}");

    rules(json!([["application_credential"], ["password", "token"]]));
    assert!(openstack(&ground, "token issue").0);
    let said = rotate().expect(5).stderr;
    assert!(said.contains("required_auth_methods") && said.contains("by more than one way"), "{said}");

    rules(json!([["application_credential"], ["password"]]));
    rotate().expect(0);
    assert!(openstack(&ground, "token issue").0);
    ground.unchanged();
}
