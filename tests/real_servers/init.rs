//! What `init` writes, on the real servers.

use super::ground::{Ground, PASSWORD, unique};

/// The variables that `init` tells of.
fn log_in(ground: &mut Ground) {
    let sandbox = &ground.sandbox;
    let variables = [
        ("OPCP_KEYCLOAK_LOGIN_REALM", "master"),
        ("OPCP_KEYCLOAK_USERNAME", &sandbox.keycloak_admin.username),
        ("OPCP_KEYCLOAK_PASSWORD", &sandbox.keycloak_admin.password),
        ("OS_AUTH_URL", &sandbox.keystone),
        ("OS_USERNAME", &sandbox.keystone_admin.username),
        ("OS_PASSWORD", &sandbox.keystone_admin.password),
        ("OS_USER_DOMAIN_NAME", "Default"),
        ("OS_PROJECT_NAME", "admin"),
        ("OS_PROJECT_DOMAIN_NAME", "Default"),
        ("FIRST_USER_PASSWORD", PASSWORD),
        ("OPCP_PROVISION_SECRET", PASSWORD),
    ];
    let variables = variables.map(|(name, value)| (name, value.to_owned()));
    for (name, value) in &variables {
        ground.tool.set(name, value);
    }
}

/// Writes `spec.yaml` for this ground's realm.
fn init(ground: &Ground, project: &str, names: [&str; 2], more: &[&str]) {
    let sandbox = &ground.sandbox;
    let person =
        ["--username", "zo.e-1", "--email", "zoe@example.com", "--first-name", names[0], "--last-name", names[1]];
    let place =
        ["--fqdn", "cloud.example.com", "--realm", &ground.realm, "--project", project, "--output", "spec.yaml"];
    let servers = ["--keystone-url", &sandbox.keystone, "--keycloak-url", &sandbox.keycloak];
    let trust = ["--ca-file", sandbox.authority.as_str()];
    let said = ground.tool.run(&[&["init"], &person[..], &place, &servers, &trust, more].concat()).expect(0);
    assert!(said.stderr.contains("Wrote spec.yaml"), "{}", said.stderr);
}

/// Removes a project of domain `Default` with the test.
struct Project<'a>(&'a Ground, String);

impl Drop for Project<'_> {
    fn drop(&mut self) {
        let all = self.0.sandbox.keystone("GET", "projects?domain_id=default&limit=1000", None).json();
        for project in
            all["projects"].as_array().into_iter().flatten().filter(|project| project["name"] == self.1.as_str())
        {
            let id = project["id"].as_str().unwrap_or_default();
            let _gone = self.0.sandbox.keystone("DELETE", &format!("projects/{id}"), None);
        }
    }
}

#[test]
fn a_starter_converges_and_tokens_carry_what_it_promises() {
    for names in [["Alice", "Ash"], ["Zoë", "O'Neil-Ärger"]] {
        let mut ground = Ground::new();
        log_in(&mut ground);
        let project = format!("{} \"a\" #1", unique("init"));
        let _removed = Project(&ground, project.clone());
        init(&ground, &project, names, &[]);
        ground.run("validate", &[]).expect(0);
        assert!(ground.plan().contains("to add"));
        ground.apply();
        let said = ground.run("verify", &[]).expect(0).stdout;
        assert!(said.contains("✓ zo.e-1") && said.contains("1 as promised, 0 wrong, 0 not known"), "{said}");
    }
}

#[test]
fn from_nothing_is_planned_with_both_doors() {
    let mut ground = Ground::new();
    log_in(&mut ground);
    let keycloak = ground.sandbox.keycloak.clone();
    init(&ground, "acme", ["Alice", "Ash"], &["--from-nothing", "--admin-keycloak-url", &keycloak]);
    // Applied it would take the doors of all other tests for its own.
    let planned = ground.plan();
    for part in ["protocol-mapper/openstack-cli/projects", "keystone/identity-provider/keycloak"] {
        assert!(planned.contains(part), "{part}:\n{planned}");
    }
}
