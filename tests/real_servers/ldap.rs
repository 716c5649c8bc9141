//! A company's directory: an LDAP server in memory, and the component of a realm that its people come through.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};

use serde_json::{Value as Json, json};
use tempfile::TempDir;

use super::ground::PASSWORD;
use super::sandbox::{Sandbox, variable};

const PEOPLE: &str = "ou=people,dc=example,dc=com";
const GROUPS: &str = "ou=groups,dc=example,dc=com";
const STORAGE: &str = "org.keycloak.storage.UserStorageProvider";
const MAPPER: &str = "org.keycloak.storage.ldap.mappers.LDAPStorageMapper";

/// An LDAP server with some people. It ends with the test, however that ends.
pub(crate) struct Ldap {
    /// A shell that ends the server when its own input ends.
    process: Child,
    pub(crate) url: String,
    _folder: TempDir,
}

impl Ldap {
    /// One with these people, all in the group `staff`; their first name is their username, their last name Muster, their
    /// department 7, and their password the usual one.
    pub(crate) fn start(people: &[&str]) -> Self {
        let folder = TempDir::new().unwrap();
        let entry = |dn: &str, classes: &[&str], fields: &[(&str, &str)]| {
            let classes = classes.iter().map(|class| ("objectClass", *class));
            let lines = [("dn", dn)].into_iter().chain(classes).chain(fields.iter().copied());
            lines
                .map(|(name, value)| format!("{name}: {value}\n"))
                .chain(["\n".to_owned()])
                .collect::<Vec<_>>()
                .concat()
        };
        let mut ldif = entry("dc=example,dc=com", &["domain"], &[("dc", "example")]);
        for (dn, name) in [(PEOPLE, "people"), (GROUPS, "groups")] {
            ldif += &entry(dn, &["organizationalUnit"], &[("ou", name)]);
        }
        let mut members = Vec::new();
        for name in people {
            let (dn, mail) = (format!("uid={name},{PEOPLE}"), format!("{name}@example.com"));
            let fields = [
                ("uid", *name),
                ("cn", name),
                ("sn", "Muster"),
                ("mail", &mail),
                ("departmentNumber", "7"),
                ("userPassword", PASSWORD),
            ];
            ldif += &entry(&dn, &["person", "organizationalPerson", "inetOrgPerson"], &fields);
            members.push(dn);
        }
        let members: Vec<(&str, &str)> =
            [("cn", "staff")].into_iter().chain(members.iter().map(|dn| ("member", dn.as_str()))).collect();
        ldif += &entry(&format!("cn=staff,{GROUPS}"), &["groupOfNames"], &members);
        let file = folder.path().join("people.ldif");
        std::fs::write(&file, ldif).unwrap();
        let mut command = Command::new("sh");
        command.args([
            "-c",
            "\"$@\" & cat > /dev/null; kill $!",
            "sh",
            "java",
            "-Xmx64m",
            "-XX:TieredStopAtLevel=1",
            "-cp",
        ]);
        command.args([&variable("LDAP_JAR"), "com.unboundid.ldap.listener.InMemoryDirectoryServerTool"]);
        command.args(["--port", "0", "--baseDN", "dc=example,dc=com", "--ldifFile"]).arg(&file);
        let mut process =
            command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::inherit()).spawn().unwrap();
        let mut said = String::new();
        let mut output = BufReader::new(process.stdout.take().unwrap());
        let port = loop {
            let begin = said.len();
            assert_ne!(output.read_line(&mut said).unwrap(), 0, "the LDAP server does not start: {said}");
            let listens = said[begin..].trim_end_matches(['.', '\n', '\r']).rsplit_once("on port ");
            if let Some((_, port)) = listens {
                break port.to_owned();
            }
        };
        Self { process, url: format!("ldap://localhost:{port}"), _folder: folder }
    }

    /// Ends the server: nothing listens there any more.
    pub(crate) fn stop(&mut self) {
        drop(self.process.stdin.take());
        self.process.wait().unwrap();
    }
}

impl Drop for Ldap {
    fn drop(&mut self) {
        self.stop();
    }
}

/// The directory that a realm has in an LDAP server.
pub(crate) struct Directory<'a> {
    sandbox: &'a Sandbox,
    realm: String,
    component: Json,
}

impl<'a> Directory<'a> {
    /// One that maps the department as well, and is only read unless these settings say otherwise.
    pub(crate) fn new(sandbox: &'a Sandbox, realm: &str, ldap: &Ldap, settings: &[(&str, &str)]) -> Self {
        let mut config = json!({"vendor": ["other"], "connectionUrl": [ldap.url], "usersDn": [PEOPLE], "authType": ["none"],
            "usernameLDAPAttribute": ["uid"], "rdnLDAPAttribute": ["uid"], "uuidLDAPAttribute": ["entryUUID"],
            "userObjectClasses": ["inetOrgPerson"], "editMode": ["READ_ONLY"], "importEnabled": ["true"],
            "enabled": ["true"], "cachePolicy": ["NO_CACHE"]});
        for (key, value) in settings {
            config[*key] = json!([value]);
        }
        let id = sandbox.keycloak("GET", &format!("realms/{realm}"), None).expect(200).json()["id"].clone();
        let component = json!({"name": "Die Firma / über 🚀", "providerId": "ldap", "providerType": STORAGE,
            "parentId": id, "config": config});
        let components = format!("realms/{realm}/components");
        let made = sandbox.keycloak("POST", &components, Some(&component)).expect(201).new_id();
        let component = sandbox.keycloak("GET", &format!("{components}/{made}"), None).expect(200).json();
        let this = Self { sandbox, realm: realm.to_owned(), component };
        this.map(
            "department",
            "user-attribute-ldap-mapper",
            &json!({"user.model.attribute": ["department"],
            "ldap.attribute": ["departmentNumber"], "read.only": ["true"], "always.read.value.from.ldap": ["true"]}),
        );
        this
    }

    /// Adds a mapper.
    pub(crate) fn map(&self, name: &str, provider: &str, config: &Json) {
        let mapper = json!({"name": name, "providerId": provider, "providerType": MAPPER,
            "parentId": self.component["id"], "config": config});
        self.sandbox.keycloak("POST", &format!("realms/{}/components", self.realm), Some(&mapper)).expect(201);
    }

    /// Has the groups of the directory as groups of the realm, which are only read.
    pub(crate) fn map_groups(&self) {
        let config = [
            ("groups.dn", GROUPS),
            ("group.name.ldap.attribute", "cn"),
            ("group.object.classes", "groupOfNames"),
            ("preserve.group.inheritance", "false"),
            ("membership.ldap.attribute", "member"),
            ("membership.attribute.type", "DN"),
            ("membership.user.ldap.attribute", "uid"),
            ("mode", "READ_ONLY"),
            ("user.roles.retrieve.strategy", "LOAD_GROUPS_BY_MEMBER_ATTRIBUTE"),
            ("groups.path", "/"),
        ];
        let config: Json = config.into_iter().map(|(key, value)| (key.to_owned(), json!([value]))).collect();
        self.map("groups", "group-ldap-mapper", &config);
    }

    /// Changes settings of the directory.
    pub(crate) fn set(&mut self, settings: &[(&str, &str)]) {
        for (key, value) in settings {
            self.component["config"][*key] = json!([value]);
        }
        let path = format!("realms/{}/components/{}", self.realm, self.component["id"].as_str().unwrap());
        self.sandbox.keycloak("PUT", &path, Some(&self.component)).expect(204);
    }
}

impl Drop for Directory<'_> {
    fn drop(&mut self) {
        let path = format!("realms/{}/components/{}", self.realm, self.component["id"].as_str().unwrap_or_default());
        let _gone = self.sandbox.keycloak("DELETE", &path, None);
    }
}
