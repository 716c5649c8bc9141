//! The ground of one test: a realm, a Keystone domain, a folder, and the tool working on them.

use std::sync::atomic::{AtomicU32, Ordering};

use serde_json::{Value as Json, json};

use super::sandbox::Sandbox;
use crate::harness::http::Reply;
use crate::harness::proxy::{Passage, Proxy};
use crate::harness::secrets::leaks;
use crate::harness::tool::{Outcome, Tool};

/// Everything that one test needs; the realm and the domain are removed with it.
pub(crate) struct Ground {
    pub(crate) sandbox: Sandbox,
    pub(crate) realm: String,
    pub(crate) domain: String,
    pub(crate) domain_id: String,
    pub(crate) tool: Tool,
}

/// The password of every account that a test makes.
pub(crate) const PASSWORD: &str = "canary/initial+password\"1";

impl Ground {
    /// A realm without anything and a domain without projects, with names that nobody else has.
    pub(crate) fn new() -> Self {
        let sandbox = Sandbox::from_environment();
        let name = unique("test");
        let realm = json!({"realm": name, "enabled": true, "accessTokenLifespan": 300});
        sandbox.keycloak("POST", "realms", Some(&realm)).expect(201);
        let domain = json!({"domain": {"name": name, "description": "made by a test"}});
        let domain = sandbox.keystone("POST", "domains", Some(&domain)).expect(201).json();
        let mut tool = Tool::new();
        tool.set("KEYCLOAK_PASSWORD", &sandbox.keycloak_admin.password);
        tool.set("KEYSTONE_PASSWORD", &sandbox.keystone_admin.password);
        tool.set("INITIAL_PASSWORD", PASSWORD);
        let domain_id = domain["domain"]["id"].as_str().unwrap().to_owned();
        Self { sandbox, realm: name.clone(), domain: name, domain_id, tool }
    }

    /// Writes the spec: what is asked of the environment's Keystone, of the realm and of access.
    pub(crate) fn spec(&self, keystone: Json, realm: Json, access: Json) {
        let spec = self.spec_at(&self.sandbox.keycloak, &self.sandbox.keystone, &self.realm, keystone, realm, access);
        self.tool.write("spec.yaml", &spec);
    }

    /// A spec of the realm alone.
    pub(crate) fn realm_spec(&self, realm: Json) {
        self.spec(json!({}), realm, json!({}));
    }

    /// A spec of projects and people, in a realm that lets administrators edit every attribute.
    pub(crate) fn access_spec(&self, access: Json) {
        self.spec(json!({}), json!({"userProfile": {"unmanagedAttributes": "adminEdit"}}), access);
    }

    /// JSON is YAML: documents are put together as values, never as text.
    pub(crate) fn spec_at(
        &self,
        keycloak_url: &str,
        keystone_url: &str,
        realm_name: &str,
        keystone: Json,
        realm: Json,
        access: Json,
    ) -> String {
        let mut environment = json!({"keystone": {"url": keystone_url, "login": {"username": self.sandbox.keystone_admin.username,
            "password": {"env": "KEYSTONE_PASSWORD"}, "userDomain": "Default", "project": "admin", "projectDomain": "Default"}}});
        if keycloak_url.starts_with("https:") {
            environment["caFile"] = self.sandbox.authority.as_str().into();
        }
        extend(&mut environment["keystone"], keystone);
        let mut realm_spec = json!({"environment": "sandbox", "realm": realm_name, "keycloak": {"url": keycloak_url},
            "login": {"realm": "master", "username": self.sandbox.keycloak_admin.username, "password": {"env": "KEYCLOAK_PASSWORD"}}});
        extend(&mut realm_spec, realm);
        let mut access_spec = json!({"environment": "sandbox", "realm": "users"});
        extend(&mut access_spec, access);
        let documents =
            [("Environment", "sandbox", environment), ("Realm", "users", realm_spec), ("Access", "team", access_spec)];
        let documents = documents.map(|(kind, name, spec)| {
            json!({"apiVersion": "opcp.dev/v1alpha1", "kind": kind, "metadata": {"name": name}, "spec": spec})
                .to_string()
        });
        documents.join("\n---\n")
    }

    pub(crate) fn run(&self, command: &str, flags: &[&str]) -> Outcome {
        let outcome = self.tool.run(&[&[command, "--color", "never", "-f", "spec.yaml"], flags].concat());
        self.search(&outcome);
        outcome
    }

    pub(crate) fn plan(&self) -> String {
        self.run("plan", &[]).expect(0).stdout
    }

    /// Applies the spec, which must succeed, and applies it again, which must find nothing to do.
    pub(crate) fn apply(&self) -> String {
        let first = self.run("apply", &["--auto-approve", "-vvv"]).expect(0).stdout;
        self.unchanged();
        first
    }

    /// Applies the spec, which must find nothing to do.
    pub(crate) fn unchanged(&self) {
        let outcome = self.run("apply", &["--auto-approve"]).expect(0);
        assert!(outcome.stdout.contains("No changes."), "not converged:\n{}", outcome.stdout);
    }

    /// Applies the spec, which must fail, and gives what standard error says.
    pub(crate) fn refused(&self) -> String {
        let outcome = self.run("apply", &["--auto-approve"]);
        assert_ne!(outcome.code, Some(0), "it should have failed:\n{}", outcome.stdout);
        outcome.stderr
    }

    /// Applies the spec that stands in the folder through proxies, and gives what passed them.
    pub(crate) fn passed(&self) -> Vec<String> {
        let passage = Passage::open();
        let trusted = self.sandbox.trusted();
        let keycloak = Proxy::start(&self.sandbox.keycloak, Some(&trusted), &passage);
        let keystone = Proxy::start(&self.sandbox.keystone, Some(&trusted), &passage);
        let spec = std::fs::read_to_string(self.tool.folder().join("spec.yaml")).unwrap();
        let spec = spec.replace(&self.sandbox.keycloak, &keycloak.url).replace(&self.sandbox.keystone, &keystone.url);
        self.tool.write("proxied.yaml", &spec);
        let outcome = self.tool.run(&["apply", "--auto-approve", "--color", "never", "-f", "proxied.yaml"]).expect(0);
        assert!(outcome.stdout.contains("No changes."), "not converged:\n{}", outcome.stdout);
        passage.seen()
    }

    /// Calls Keycloak within this ground's realm.
    pub(crate) fn keycloak(&self, method: &str, path: &str, body: Option<&Json>) -> Reply {
        self.sandbox.keycloak(method, &format!("realms/{}/{path}", self.realm), body)
    }

    /// The object that a Keycloak list shows for this query; there must be exactly one.
    pub(crate) fn only(&self, list: &str) -> Json {
        let found = self.keycloak("GET", list, None).expect(200).json();
        assert_eq!(found.as_array().map(Vec::len), Some(1), "{list}: {found}");
        found[0].clone()
    }

    pub(crate) fn client(&self, id: &str) -> Json {
        self.only(&format!("clients?clientId={id}"))
    }

    pub(crate) fn user(&self, username: &str) -> Json {
        let id = self.only(&format!("users?username={username}&exact=true"))["id"].clone();
        self.keycloak("GET", &format!("users/{}", id.as_str().unwrap()), None).expect(200).json()
    }

    /// The project of this name in this ground's domain.
    pub(crate) fn project(&self, name: &str) -> Json {
        let found = self.sandbox.keystone("GET", &format!("projects?domain_id={}&name={name}", self.domain_id), None);
        let found = found.expect(200).json()["projects"].clone();
        assert_eq!(found.as_array().map(Vec::len), Some(1), "{name}: {found}");
        found[0].clone()
    }

    /// Creates a project by hand and gives its id.
    pub(crate) fn make_project(&self, mut project: Json) -> String {
        project["domain_id"] = self.domain_id.as_str().into();
        let made = self.sandbox.keystone("POST", "projects", Some(&json!({"project": project}))).expect(201);
        made.json()["project"]["id"].as_str().unwrap().to_owned()
    }

    /// Makes a service account with just these roles of the realm, and gives the login for a spec.
    pub(crate) fn robot(&mut self, roles: &[&str]) -> Json {
        self.tool.set("ROBOT_SECRET", PASSWORD);
        let robot = json!({"clientId": "robot", "serviceAccountsEnabled": true, "secret": PASSWORD});
        let robot = self.keycloak("POST", "clients", Some(&robot)).expect(201).new_id();
        let account = self.keycloak("GET", &format!("clients/{robot}/service-account-user"), None).expect(200).json();
        let management = self.client("realm-management")["id"].as_str().unwrap().to_owned();
        let role =
            |name: &&str| self.keycloak("GET", &format!("clients/{management}/roles/{name}"), None).expect(200).json();
        let roles: Json = roles.iter().map(role).collect();
        let mappings =
            format!("users/{}/role-mappings/clients/{management}", account["id"].as_str().unwrap_or_default());
        self.keycloak("POST", &mappings, Some(&roles)).expect(204);
        json!({"clientId": "robot", "clientSecret": {"env": "ROBOT_SECRET"}})
    }

    /// Lets administrators edit every attribute, as by hand.
    pub(crate) fn edit_all_attributes(&self) {
        let mut profile = self.keycloak("GET", "users/profile", None).expect(200).json();
        profile["unmanagedAttributePolicy"] = "ADMIN_EDIT".into();
        self.keycloak("PUT", "users/profile", Some(&profile)).expect(200);
    }

    fn search(&self, outcome: &Outcome) {
        let secrets =
            [PASSWORD, &self.sandbox.keycloak_admin.password, &self.sandbox.keystone_admin.password].map(str::to_owned);
        let places =
            [("stdout".to_owned(), outcome.stdout.as_bytes()), ("stderr".to_owned(), outcome.stderr.as_bytes())];
        assert_eq!(leaks(&secrets, places), []);
    }
}

impl Drop for Ground {
    fn drop(&mut self) {
        // The test's own failure says more than a failed clean-up would.
        // A test that makes realms, domains and the like starts their names with this ground's.
        let realms = self.sandbox.keycloak("GET", "realms?briefRepresentation=true", None).json();
        for realm in realms.as_array().into_iter().flatten().filter_map(|realm| realm["realm"].as_str()) {
            if realm.starts_with(&self.realm) {
                let _realm = self.sandbox.keycloak("DELETE", &format!("realms/{realm}"), None);
            }
        }
        for list in ["identity_providers", "mappings"] {
            let all = self.sandbox.keystone("GET", &format!("OS-FEDERATION/{list}"), None).json();
            for id in all[list].as_array().into_iter().flatten().filter_map(|object| object["id"].as_str()) {
                if id.starts_with(&self.domain) {
                    let _gone = self.sandbox.keystone("DELETE", &format!("OS-FEDERATION/{list}/{id}"), None);
                }
            }
        }
        let roles = self.sandbox.keystone("GET", "roles", None).json();
        for role in roles["roles"].as_array().into_iter().flatten() {
            if role["name"].as_str().is_some_and(|name| name.starts_with(&self.domain)) {
                let path = format!("roles/{}", role["id"].as_str().unwrap_or_default());
                let _unlocked =
                    self.sandbox.keystone("PATCH", &path, Some(&json!({"role": {"options": {"immutable": false}}})));
                let _gone = self.sandbox.keystone("DELETE", &path, None);
            }
        }
        let domains = self.sandbox.keystone("GET", "domains", None).json();
        for domain in domains["domains"].as_array().into_iter().flatten() {
            if domain["name"].as_str().is_some_and(|name| name.starts_with(&self.domain)) {
                let id = domain["id"].as_str().unwrap_or_default();
                // The roles of a domain stay behind, where no list shows them.
                let roles = self.sandbox.keystone("GET", &format!("roles?domain_id={id}"), None).json();
                for role in roles["roles"].as_array().into_iter().flatten().filter_map(|role| role["id"].as_str()) {
                    let _gone = self.sandbox.keystone("DELETE", &format!("roles/{role}"), None);
                }
                let path = format!("domains/{id}");
                let _disabled =
                    self.sandbox.keystone("PATCH", &path, Some(&json!({"domain": {"enabled": false, "options": {}}})));
                let _gone = self.sandbox.keystone("DELETE", &path, None);
            }
        }
    }
}

/// A name that no other test and no earlier run has.
pub(crate) fn unique(start: &str) -> String {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let time = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_millis();
    format!("{start}-{time:x}-{}", COUNT.fetch_add(1, Ordering::Relaxed))
}

/// Whether nothing but reading and logging in happened.
pub(crate) fn reads_only(passed: &[String]) -> bool {
    passed.iter().all(|request| {
        request.starts_with("GET ")
            || request.ends_with("/protocol/openid-connect/token")
            || request.ends_with("/v3/auth/tokens")
    })
}

/// A copy with other values for some fields.
pub(crate) fn with(document: &Json, fields: Json) -> Json {
    let mut copy = document.clone();
    extend(&mut copy, fields);
    copy
}

/// A copy without some fields, to compare the rest.
pub(crate) fn without(document: &Json, fields: &[&str]) -> Json {
    let mut copy = document.clone();
    for field in fields {
        copy.as_object_mut().unwrap().shift_remove(*field);
    }
    copy
}

fn extend(document: &mut Json, more: Json) {
    let Json::Object(more) = more else { panic!("not an object: {more}") };
    document.as_object_mut().unwrap().extend(more);
}
