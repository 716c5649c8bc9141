//! The guide, with the real `openstack` client: from nothing to `openstack token issue`, and the rows of
//! its troubleshooting table.

use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::process::{Command, Stdio};
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde_json::{Value as Json, json};

use super::ground::{Ground, PASSWORD, unique};
use super::sandbox::{Sandbox, from_environment};
use crate::harness::tool::Tool;

/// What the test makes in realm `pod`, which the sandbox's Keystone trusts; all of it goes with the test.
pub(crate) struct Pod {
    pub(crate) ground: Ground,
    pub(crate) user: String,
    pub(crate) project: String,
    pub(crate) client: String,
    profile: Json,
    /// Realm `pod` is one for all tests, and so is its profile: one test at a time.
    _alone: MutexGuard<'static, ()>,
}

static ALONE: Mutex<()> = Mutex::new(());

impl Pod {
    pub(crate) fn new() -> Self {
        let alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
        let ground = Ground::new();
        let profile = ground.sandbox.keycloak("GET", "realms/pod/users/profile", None).expect(200).json();
        let (user, project, client) = (unique("alice"), unique("prod"), unique("cli"));
        Self { ground, user, project, client, profile, _alone: alone }
    }

    /// Writes the spec of the guide. Realm `pod` shall let administrators edit every attribute.
    pub(crate) fn spec(&self, grants: &Json) {
        self.spec_through("keycloak", grants);
    }

    /// The same, through another identity provider.
    pub(crate) fn spec_through(&self, provider: &str, grants: &Json) {
        let mapper = json!({"name": "projects", "type": "aggregated-user-group-attribute-mapper", "userAttribute": "project", "tokenClaim": "projects"});
        let client = json!({"clientId": self.client, "clientAuthentication": true, "directAccessGrants": true, "dedicatedScope": {"mappers": [mapper]}});
        let realm = json!({"userProfile": {"unmanagedAttributes": "adminEdit"}, "clients": [client],
            "identityProvider": {"id": provider, "protocol": "openid"}});
        let user = json!({"username": self.user, "email": format!("{}@example.com", self.user), "firstName": "Alice", "lastName": "Ash",
            "initialPassword": {"env": "INITIAL_PASSWORD"}, "grants": grants});
        let access =
            json!({"projects": [{"name": self.project}, {"name": format!("{}-b", self.project)}], "users": [user]});
        let Sandbox { keycloak, keystone, .. } = &self.ground.sandbox;
        self.ground.tool.write("spec.yaml", &self.ground.spec_at(keycloak, keystone, "pod", json!({}), realm, access));
    }

    fn openrc(&self, flags: &[&str]) -> crate::harness::tool::Outcome {
        let asked = ["--user", &self.user, "--project", &self.project, "--client", &self.client];
        self.ground.run("openrc", &[&asked, flags].concat())
    }

    /// Sources the file in a plain shell, types the password, and runs the real client.
    fn openstack(&self, file: &str, command: &str) -> (bool, String) {
        shell(&self.ground.tool, &format!(". ./{file} && openstack {command}"), &format!("{PASSWORD}\n"))
    }
}

impl Drop for Pod {
    fn drop(&mut self) {
        let sandbox = &self.ground.sandbox;
        let lists = [
            (format!("clients?clientId={}", self.client), "clients"),
            (format!("users?username={}&exact=true", self.user), "users"),
        ];
        for (list, path) in lists {
            let found = sandbox.keycloak("GET", &format!("realms/pod/{list}"), None).json();
            for object in found.as_array().into_iter().flatten() {
                let id = object["id"].as_str().unwrap_or_default();
                let _gone = sandbox.keycloak("DELETE", &format!("realms/pod/{path}/{id}"), None);
            }
        }
        let _restored = sandbox.keycloak("PUT", "realms/pod/users/profile", Some(&self.profile));
        let lists = [
            ("projects", self.project.clone()),
            ("projects", format!("{}-b", self.project)),
            ("users", self.user.clone()),
        ];
        for (list, name) in lists {
            let found = sandbox.keystone("GET", &format!("{list}?name={name}"), None).json();
            for object in found[list].as_array().into_iter().flatten() {
                let _gone =
                    sandbox.keystone("DELETE", &format!("{list}/{}", object["id"].as_str().unwrap_or_default()), None);
            }
        }
    }
}

/// Runs a script in a plain shell, in the tool's folder, with nothing in the environment but `PATH`.
pub(crate) fn shell(tool: &Tool, script: &str, input: &str) -> (bool, String) {
    let path = from_environment("PATH").unwrap();
    let mut command = Command::new("/bin/sh");
    command.arg("-c").arg(script).current_dir(tool.folder()).env_clear().env("PATH", path).env("HOME", tool.folder());
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    (output.status.success(), said)
}

#[test]
fn from_nothing_to_a_token_with_the_guides_file_and_back() {
    let pod = Pod::new();
    let grant = |project: &str| json!({"project": project, "roles": ["member"]});
    let other = format!("{}-b", pod.project);
    pod.spec(&json!([grant(&pod.project), grant(&other)]));
    pod.ground.apply();

    pod.openrc(&["--output", "openrc.sh"]).expect(0);
    let file = pod.ground.tool.folder().join("openrc.sh");
    assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    assert!(!std::fs::read_to_string(&file).unwrap().contains(PASSWORD));

    let (done, said) = pod.openstack("openrc.sh", "token issue -f json");
    assert!(done, "{said}");
    let (done, said) = pod.openstack("openrc.sh", "project list -f value -c Name");
    assert!(done && said.contains(&pod.project) && said.contains(&other), "{said}");

    pod.spec(&json!([grant(&pod.project)]));
    pod.ground.apply();
    let (done, said) = pod.openstack("openrc.sh", "project list -f value -c Name");
    assert!(done && said.contains(&pod.project) && !said.contains(&other), "the next login still has it: {said}");

    let (done, said) = shell(
        &pod.ground.tool,
        "OS_SYSTEM_SCOPE=all; OS_TOKEN=x; export OS_SYSTEM_SCOPE OS_TOKEN; . ./openrc.sh && openstack token issue -f value -c project_id",
        &format!("{PASSWORD}\n"),
    );
    assert!(done, "what an earlier session left is unset: {said}");

    pod.openrc(&["--format", "clouds-yaml", "--output", "clouds.yaml"]).expect(0);
    let file = pod.ground.tool.folder().join("clouds.yaml");
    assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    let cloud = "cloud=$(sed -n 's/^  \\([^ :]*\\):$/\\1/p' clouds.yaml | head -n 1); read -r OS_PASSWORD; export OS_PASSWORD; openstack --os-cloud \"$cloud\" token issue -f json";
    let (done, said) = shell(&pod.ground.tool, cloud, &format!("{PASSWORD}\n"));
    assert!(done, "{said}");

    let (done, said) = shell(&pod.ground.tool, ". ./openrc.sh && openstack token issue", "wrong\n");
    assert!(!done, "a wrong password is not accepted: {said}");
}

#[test]
fn a_wrong_client_secret_is_named_as_in_the_guide() {
    let mut ground = Ground::new();
    let service = json!({"clientId": "provision", "serviceAccountsEnabled": true, "secret": "right"});
    ground.keycloak("POST", "clients", Some(&service)).expect(201);
    ground.tool.set("CLIENT_SECRET", "canary/wrong+secret");
    ground.realm_spec(json!({"login": {"clientId": "provision", "clientSecret": {"env": "CLIENT_SECRET"}}, "clients": [{"clientId": "cli"}]}));
    let outcome = ground.run("plan", &[]).expect(5);
    for part in ["Invalid client credentials", "Credentials tab"] {
        assert!(outcome.stderr.contains(part), "{part}: {}", outcome.stderr);
    }
}

#[test]
fn a_wrong_discovery_address_is_named_as_in_the_guide() {
    let ground = Ground::new();
    let realm = json!({"realm": "no-such-realm", "clients": [{"clientId": "cli", "clientAuthentication": true}]});
    ground.spec(json!({}), realm, json!({"projects": [{"name": "prod", "domain": ground.domain}]}));
    let outcome =
        ground.run("openrc", &["--user", "alice", "--project", "prod", "--domain", &ground.domain, "--client", "cli"]);
    assert_ne!(outcome.code, Some(0));
    for part in ["OIDC discovery failed", "no-such-realm", "realm"] {
        assert!(outcome.stderr.contains(part), "{part}: {}", outcome.stderr);
    }
}
