//! Secrets of clients, with the real `openstack` client, keystoneauth and oslo.config: delivered into files that people and
//! services log in with, made anew, with and without a policy that keeps the old one.

use serde_json::{Value as Json, json};

use super::credential::AS_SERVICES_DO;
use super::ground::{Ground, PASSWORD};
use super::guide::{Pod, shell};
use crate::harness::http::Body;

/// Says more of the pod's client.
fn with_secret(pod: &Pod, secret: &Json) {
    pod.spec(&json!([{"project": pod.project, "roles": ["member"]}]));
    let path = pod.ground.tool.folder().join("spec.yaml");
    let spec = std::fs::read_to_string(&path).unwrap();
    let said = "\"clientAuthentication\":true";
    assert_eq!(spec.matches(said).count(), 1, "{spec}");
    std::fs::write(path, spec.replace(said, &format!("{said},\"secret\":{secret}"))).unwrap();
}

fn logs_in(pod: &Pod) {
    let (done, said) = shell(&pod.ground.tool, "openstack --os-cloud app token issue -f value -c project_id", "");
    assert!(done, "{said}");
    let python = "$(head -n 1 \"$(command -v openstack)\" | cut -c 3-)";
    pod.ground.tool.write("service.py", AS_SERVICES_DO);
    let (done, said) = shell(&pod.ground.tool, &format!("{python} service.py app"), "");
    assert!(done && said.contains("project "), "{said}");
}

#[test]
fn what_people_and_services_log_in_through_is_delivered_and_made_anew() {
    let mut pod = Pod::new();
    let (user, project) = (pod.user.clone(), pod.project.clone());
    let tool = &mut pod.ground.tool;
    // Single quotes: the password has both others.
    let person =
        format!("{{username: {user}, password: '{PASSWORD}', project_name: {project}, project_domain_name: Default}}");
    tool.write("clouds.yaml", &format!("# mine\nclouds:\n  app: {{auth_type: v3oidcpassword, auth: {person}}}\n"));
    let section =
        format!("username = {user}\npassword = {PASSWORD}\nproject_name = {project}\nproject_domain_name = Default\n");
    tool.write("app.conf", &format!("[DEFAULT]\n# ours\n[app]\n# who\n{section}"));
    // What a shell, YAML and oslo.config each have their own ideas about; of percent signs the client has wrong ones.
    tool.set("CHOSEN", "canary $x ${y} $$ 'q' \"d\" # no, \\ yes");
    let deliver = json!([{"cloudsYaml": {"path": "clouds.yaml", "cloud": "app"}}, {"ini": {"path": "app.conf", "section": "app"}}]);
    with_secret(&pod, &json!({"deliver": deliver}));
    pod.ground.apply();
    logs_in(&pod);
    let made = std::fs::read(pod.ground.tool.folder().join("clouds.yaml")).unwrap();
    let told = pod.ground.run("credentials", &["rotate", &pod.client, "--auto-approve"]).expect(0);
    assert!(told.stdout.contains("hard cut: the old one ends at once"), "{}", told.stdout);
    assert_ne!(std::fs::read(pod.ground.tool.folder().join("clouds.yaml")).unwrap(), made);
    pod.ground.unchanged();
    logs_in(&pod);
    with_secret(&pod, &json!({"env": "CHOSEN", "deliver": deliver}));
    pod.ground.apply();
    logs_in(&pod);
}

/// Whether a client proves itself with this secret.
fn proves(ground: &Ground, secret: &str) -> bool {
    let url = format!("{}/realms/{}/protocol/openid-connect/token", ground.sandbox.keycloak, ground.realm);
    let form = [("grant_type", "client_credentials"), ("client_id", "robot"), ("client_secret", secret)];
    ground.sandbox.http.call("POST", &url, &[], &Body::Form(&form)).unwrap().status == 200
}

#[test]
fn by_a_policy_the_old_one_stays_valid_beside_the_new_one() {
    let ground = Ground::new();
    let periods = json!({"expiration-period": 2_505_600, "rotated-expiration-period": 172_800, "remaining-rotation-period": 864_000});
    let profile = json!({"name": "secrets", "executors": [{"executor": "secret-rotation", "configuration": periods}]});
    ground.keycloak("PUT", "client-policies/profiles", Some(&json!({"profiles": [profile]}))).expect(204);
    let policy = json!({"name": "secrets", "enabled": true, "profiles": ["secrets"],
        "conditions": [{"condition": "any-client", "configuration": {}}]});
    ground.keycloak("PUT", "client-policies/policies", Some(&json!({"policies": [policy]}))).expect(204);
    let client = |rotation: Json| {
        let mut secret = json!({"deliver": [{"openrc": {"path": "openrc.sh"}}]});
        secret.as_object_mut().unwrap().extend(rotation.as_object().unwrap().clone());
        ground.realm_spec(json!({"clients": [{"clientId": "robot", "serviceAccountRoles": true, "secret": secret}]}));
    };
    let told = || {
        let (done, said) = shell(&ground.tool, ". ./openrc.sh && printf %s \"$OS_CLIENT_SECRET\"", "");
        assert!(done, "{said}");
        said
    };
    client(json!({}));
    ground.apply();
    let old = told();
    assert!(proves(&ground, &old));
    client(json!({"rotation": {"every": "1s"}}));
    std::thread::sleep(std::time::Duration::from_secs(2));
    let plan = ground.plan();
    assert!(plan.contains("the old one stays valid for a while"), "{plan}");
    ground.run("apply", &["--auto-approve"]).expect(0);
    let new = told();
    assert_ne!(old, new);
    assert!(proves(&ground, &old) && proves(&ground, &new), "both are valid");
    client(json!({"rotation": {"every": "90d"}}));
    ground.unchanged();
}
