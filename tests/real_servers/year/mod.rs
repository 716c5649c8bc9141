//! A year in the life of an environment on the real servers, as one story: it comes from nothing, tenants and people come,
//! move and leave, and it goes. After every step the tool finds nothing more to do, what others have made is as it was, and
//! every person's login, through Keycloak and the door into Keystone, is worth what the spec says.

mod door;
mod foreign;
mod login;
mod spec;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value as Json, json};

use crate::directory::Directory;
use crate::ground::{Ground, PASSWORD, unique, with};
use crate::guide::shell;
use door::Door;
use foreign::{Foreign, work_in_keycloak, work_in_keystone};
use spec::{Account, Grants, Person, Roles, Spec, Tenant, person};

#[test]
fn a_year_in_the_life_of_an_environment() {
    let mut year = Year::begin();
    the_environment_comes_from_nothing(&mut year);
    others_work_in_it_too(&mut year);
    three_tenants_come(&mut year);
    an_application_gets_a_credential(&mut year);
    others_give_one_of_ours_something(&mut year);
    people_join(&mut year);
    people_move_between_tenants(&mut year);
    people_leave(&mut year);
    one_comes_back(&mut year);
    a_project_is_renamed(&mut year);
    a_role_is_split_in_two(&mut year);
    a_directory_is_attached(&mut year);
    a_tenant_goes(&mut year);
    the_environment_goes(&mut year);
}

fn the_environment_comes_from_nothing(year: &mut Year) {
    let come_with_keystone = json!({"ensure": "existing"});
    year.spec.roles = [
        ("member", come_with_keystone.clone()),
        ("reader", come_with_keystone),
        ("operator", json!({"description": "Sees and changes"})),
    ]
    .into();
    year.apply();
    year.client_secret = year.secret_of_the_client();
}

fn others_work_in_it_too(year: &mut Year) {
    let domains = year.ground.sandbox.keystone("GET", &format!("domains?name={}", year.spec.name), None).json();
    let domain = domains["domains"][0]["id"].as_str().unwrap();
    let ours = [work_in_keystone(&year.ground, domain), work_in_keycloak(&year.ground, &year.spec.name)];
    year.inside.watch(&year.ground, &ours.concat());
    year.holds();
}

fn three_tenants_come(year: &mut Year) {
    let acme = Tenant {
        projects: [("acme-prod", json!({"tags": ["prod"]})), ("acme-test", json!({}))].into(),
        groups: [("/acme", NOTHING), ("/acme/operators", &[("acme-prod", &["operator"])])].into(),
        people: [
            ("anna", person(&["/acme/operators"], &[("acme-test", &["member"])])),
            ("bert", person(&["/acme/operators"], &[("acme-test", &["operator"])])),
            ("robot", person(&[], &[("acme-prod", &["member"])])),
        ]
        .into(),
        closed: true,
    };
    let beta = Tenant {
        projects: [("beta Größe 🚀", json!({"description": "Ü"}))].into(),
        groups: [("/beta/Büro 1", NOTHING), ("/beta", &[("beta Größe 🚀", &["reader"])])].into(),
        people: [("carla", person(&["/beta/Büro 1"], &[("beta Größe 🚀", &["operator", "member"])]))].into(),
        closed: true,
    };
    let gamma = Tenant {
        projects: [("gamma-lab", json!({}))].into(),
        groups: [("/gamma", NOTHING), ("/gamma/lab", &[("gamma-lab", &["reader"])]), ("/gamma/staff", NOTHING)].into(),
        people: [
            ("dora", person(&["/gamma/lab"], &[("gamma-lab", &["operator"])])),
            ("jörg", person(&[], &[("gamma-lab", &["member"])])),
        ]
        .into(),
        closed: false,
    };
    year.spec.tenants = [("acme", acme), ("beta", beta), ("gamma", gamma)].into();
    year.apply();
    year.works_with_the_real_client("anna", "acme-test");
}

fn an_application_gets_a_credential(year: &mut Year) {
    let owner = json!({"realm": "people", "username": "robot", "password": {"env": "INITIAL_PASSWORD"}});
    let credential = json!({"environment": "cloud", "owner": owner, "project": "acme-prod", "domain": year.spec.name,
        "roles": ["member"], "expiresIn": "400d", "rotation": {"overlap": "1h"}, "deliver": [{"cloudsYaml": {"path": "clouds.yaml", "cloud": "app"}}]});
    year.spec.credential = Some(credential);
    year.apply();
    year.delivered = Some(year.file_of_the_application());
    year.holds();
}

/// An administrator gives anna, in the console, a role in a project that is none of ours, and a telephone.
fn others_give_one_of_ours_something(year: &mut Year) {
    let value = year.by_hand("reader");
    let path = year.in_the_console("anna", |anna| {
        anna["attributes"]["project"].as_array_mut().unwrap().insert(0, json!(value));
        anna["attributes"]["phone"] = json!(["+49 30 1", "+49 30 2"]);
    });
    let parts = ["/id", "/attributes/phone", "/attributes/project/0", "/createdTimestamp"];
    year.inside.watch(&year.ground, &parts.map(|part| format!("keycloak {path} #{part}")));
    year.given_by_others.insert("anna", &[("theirs", &["reader"])]);
    year.apply();
}

fn people_join(year: &mut Year) {
    year.spec.tenant("acme").people.insert("emil", person(&["/acme/operators"], NOTHING));
    year.spec.tenant("beta").people.insert("frieda", person(&["/beta"], NOTHING));
    let guest = Person { account: Account::Other, ..person(&["/gamma/lab"], &[]) };
    year.spec.tenant("gamma").people.insert("anna", guest);
    year.apply();
    year.works_with_the_real_client("emil", "acme-prod");
}

/// From one whose document says everything it is enough not to be listed; the other has to say what goes.
fn people_move_between_tenants(year: &mut Year) {
    year.spec.tenant("acme").people.remove("bert");
    year.spec.tenant("beta").people.insert("bert", person(&["/beta/Büro 1"], &[("beta Größe 🚀", &["member"])]));
    let moves = Person { left: vec!["/gamma/lab"], ..person(&[], &[]) };
    year.spec.tenant("gamma").people.insert("dora", moves);
    let comes = Person { account: Account::Other, ..person(&["/acme/operators"], &[("acme-test", &["reader"])]) };
    year.spec.tenant("acme").people.insert("dora", comes);
    year.apply();
    year.works_with_the_real_client("bert", "beta Größe 🚀");
}

fn people_leave(year: &mut Year) {
    year.spec.person("beta", "carla").account = Account::Gone;
    year.spec.person("acme", "emil").account = Account::Suspended;
    year.needs("OPCP-G001", "keycloak/");
    year.apply_allowing(&["OPCP-G001"]);
    // Of who has gone nothing has to be said any more.
    year.spec.tenant("beta").people.remove("carla");
    year.apply();
}

fn one_comes_back(year: &mut Year) {
    year.spec.person("acme", "emil").account = Account::Own;
    year.spec.tenant("beta").people.insert("carla", person(&["/beta"], NOTHING));
    year.apply();
}

/// What is granted on it, and the application, go on under the new name; nothing is left under the old one.
fn a_project_is_renamed(year: &mut Year) {
    let acme = year.spec.tenant("acme");
    acme.projects.remove("acme-prod");
    acme.projects.insert("acme-live", json!({"renamedFrom": "acme-prod", "tags": ["prod"]}));
    acme.groups.insert("/acme/operators", &[("acme-live", &["operator"])]);
    year.spec.person("acme", "robot").grants = &[("acme-live", &["member"])];
    year.spec.credential.as_mut().unwrap()["project"] = "acme-live".into();
    year.apply();
    // The new name is enough from now on.
    year.spec.tenant("acme").projects.insert("acme-live", json!({"tags": ["prod"]}));
    year.apply();
    year.works_with_the_real_client("emil", "acme-live");
}

/// First everybody who has the old role gets what it becomes; then the old one goes, but not as long as the grant that an
/// administrator has given by hand names it: with that, the person could not log in any more.
fn a_role_is_split_in_two(year: &mut Year) {
    year.spec.roles.insert("viewer", json!({"description": "Sees"}));
    year.spec.roles.insert("changer", json!({"description": "Changes"}));
    year.spec.tenant("acme").groups.insert("/acme/operators", &[("acme-live", &["viewer"])]);
    let anna = year.spec.person("acme", "anna");
    anna.grants = &[("acme-test", &["member", "viewer"]), ("acme-live", &["changer"])];
    year.spec.person("gamma", "jörg").grants = &[("gamma-lab", &["changer", "viewer"])];
    year.apply();
    year.spec.roles.insert("operator", json!({"ensure": "absent"}));
    year.needs("OPCP-G001", "keystone/role/");
    let value = year.by_hand(&year.spec.role("operator"));
    year.in_the_console("emil", |emil| emil["attributes"] = json!({"project": [value]}));
    let refused = year.ground.run("apply", &["--auto-approve", "--allow", "OPCP-G001"]).expect(3).stderr;
    assert!(refused.contains("OPCP-G005: keystone/role/") && refused.contains("/user/emil"), "{refused}");
    year.in_the_console("emil", |emil| emil["attributes"] = json!({}));
    year.apply_allowing(&["OPCP-G001"]);
    year.spec.roles.remove("operator");
    year.apply();
    year.works_with_the_real_client("anna", "acme-live");
}

/// Whoever comes through it is put into a group of gamma's, which gets a grant of its own.
fn a_directory_is_attached(year: &mut Year) {
    year.ground.tool.set("COMPANY_SECRET", PASSWORD);
    let directory = Directory::new(&year.ground, &year.spec.name);
    let staff = json!({"name": "staff", "type": "oidc-hardcoded-group-idp-mapper", "group": "/gamma/staff"});
    let words = with(&directory.words(&year.ground), json!({"mappers": [staff]}));
    year.spec.realm = json!({"identityProviders": [words], "authoritative": ["identityProviders"]});
    year.directory = Some(directory);
    year.spec.tenant("gamma").groups.insert("/gamma/staff", &[("gamma-lab", &["viewer"])]);
    year.apply();
    let erika = Person { account: Account::Directory, ..person(&["/gamma/staff"], &[]) };
    year.spec.tenant("gamma").people.insert("erika", erika);
    year.holds();
    // She has an account now, and the spec may speak of her.
    year.spec.tenant("gamma").groups.insert("/gamma/staff", &[("gamma-lab", &["reader"])]);
    year.apply();
}

/// Its project goes for good: nobody's grants may bring it back.
fn a_tenant_goes(year: &mut Year) {
    year.spec.tenant("gamma").projects.insert("gamma-lab", json!({"ensure": "absent"}));
    for grants in year.spec.tenant("gamma").groups.values_mut() {
        *grants = NOTHING;
    }
    year.spec.person("gamma", "jörg").grants = NOTHING;
    year.needs("OPCP-G001", "keystone/project/");
    year.apply_allowing(&["OPCP-G001"]);
}

/// All of it, with what others have in it; what they have beside it stays.
fn the_environment_goes(year: &mut Year) {
    let delivered = year.delivered.take().unwrap();
    year.spec.credential.as_mut().unwrap()["ensure"] = "absent".into();
    year.apply();
    assert_eq!(year.application(&delivered), None);
    year.spec.credential = None;
    year.spec.tenants.clear();
    year.spec.ends = true;
    year.needs("OPCP-G001", "keycloak/");
    year.inside = Foreign::default();
    year.apply_allowing(&["OPCP-G001"]);
    let name = &year.spec.name;
    year.ground.sandbox.keycloak("GET", &format!("realms/{name}"), None).expect(404);
    for list in ["domains", "roles", "OS-FEDERATION/mappings", "OS-FEDERATION/identity_providers"] {
        let all = year.ground.sandbox.keystone("GET", list, None).expect(200).text;
        assert!(!all.contains(name.as_str()), "{list}: {all}");
    }
}

/// The environment, what is said of it, and what is remembered.
struct Year {
    ground: Ground,
    door: Door,
    spec: Spec,
    /// The secret of the client that people log in through, as an administrator sees it.
    client_secret: String,
    directory: Option<Directory>,
    /// What others have beside the environment.
    beside: Foreign,
    /// What others have in its realm and in its domain.
    inside: Foreign,
    /// What people have who got it from nobody who writes a spec.
    given_by_others: BTreeMap<&'static str, Grants>,
    /// Everybody there has ever been.
    known: BTreeSet<&'static str>,
    /// What has been delivered to the application.
    delivered: Option<String>,
}

const NOTHING: Grants = &[];

impl Year {
    /// Others have a realm and a domain of their own, beside which the environment will be.
    fn begin() -> Self {
        let ground = Ground::new();
        ground.edit_all_attributes();
        let mut beside = Foreign::default();
        let theirs = [work_in_keystone(&ground, &ground.domain_id), work_in_keycloak(&ground, &ground.realm)];
        beside.watch(&ground, &theirs.concat());
        let export = format!("realms/{}/partial-export?exportClients=true&exportGroupsAndRoles=true", ground.realm);
        beside.watch(&ground, &[format!("keystone domains/{}", ground.domain_id), format!("export {export}")]);
        let spec = Spec {
            name: format!("{}-cloud", ground.realm),
            key: unique("key"),
            roles: BTreeMap::new(),
            realm: json!({}),
            tenants: BTreeMap::new(),
            credential: None,
            ends: false,
        };
        let door = Door::open(&ground.sandbox, &spec.name, &spec.provider(), &spec.key);
        Self {
            ground,
            door,
            spec,
            client_secret: String::new(),
            directory: None,
            beside,
            inside: Foreign::default(),
            given_by_others: BTreeMap::new(),
            known: BTreeSet::new(),
            delivered: None,
        }
    }

    /// The spec comes true, and all holds.
    fn apply(&mut self) {
        self.apply_allowing(&[]);
    }

    /// The same, with guards that are allowed.
    fn apply_allowing(&mut self, codes: &[&str]) {
        self.write();
        let allowed = codes.iter().flat_map(|code| ["--allow", code]);
        let flags: Vec<&str> = ["--auto-approve"].into_iter().chain(allowed).collect();
        self.ground.run("apply", &flags).expect(0);
        self.holds();
    }

    /// What the spec says now is not done unless this guard is allowed.
    fn needs(&self, code: &str, what: &str) {
        self.write();
        let refused = self.ground.run("apply", &["--auto-approve"]).expect(3).stderr;
        assert!(refused.contains(&format!("{code}: {what}")), "{refused}");
    }

    fn write(&self) {
        let sandbox = &self.ground.sandbox;
        let documents = self.spec.documents(&sandbox.keycloak, &self.door.url, &sandbox.authority);
        self.ground.tool.write("spec.yaml", &documents);
    }

    /// Nothing is left to be done; what others have is as it was; every login is worth what the spec says, that of the
    /// application, too, with the one credential that it has ever had.
    fn holds(&mut self) {
        self.ground.run("plan", &["--detailed-exitcode"]).expect(0);
        self.beside.is_as_it_was(&self.ground);
        self.inside.is_as_it_was(&self.ground);
        self.known.extend(self.spec.tenants.values().flat_map(|tenant| tenant.people.keys()));
        for name in &self.known {
            let through_the_directory = self
                .spec
                .tenants
                .values()
                .any(|tenant| tenant.people.get(name).is_some_and(|person| person.account == Account::Directory));
            let is =
                if through_the_directory { Some(self.login_through_the_directory(name)) } else { self.login(name) };
            assert_eq!(is, self.worth(name), "the login of {name}");
        }
        if let Some(delivered) = &self.delivered {
            assert_eq!(&self.file_of_the_application(), delivered);
            let project = self.spec.credential.as_ref().unwrap()["project"].as_str().unwrap();
            let worth = Roles::from([(project.to_owned(), ["member", "reader"].map(str::to_owned).into())]);
            assert_eq!(self.application(delivered), Some(worth));
        }
    }

    fn worth(&self, name: &str) -> Option<Roles> {
        let mut worth = self.spec.worth(name)?;
        for (project, roles) in self.given_by_others.get(name).into_iter().copied().flatten() {
            worth.entry((*project).to_owned()).or_default().extend(roles.iter().map(|role| (*role).to_owned()));
        }
        Some(worth)
    }

    /// A grant of a role in a project that is none of ours, as a person writes it.
    fn by_hand(&self, role: &str) -> String {
        let domain = &self.spec.name;
        format!("{{ \"roles\": [{{\"name\":\"{role}\"}}],\"domain\":{{\"name\":\"{domain}\"}}, \"name\":\"theirs\" }}")
    }

    /// An administrator changes a person by hand; gives the person's address.
    fn in_the_console(&self, name: &str, change: impl FnOnce(&mut Json)) -> String {
        let list = format!("realms/{}/users", self.spec.name);
        let found = self.ground.sandbox.keycloak("GET", &format!("{list}?username={name}&exact=true"), None).json();
        let path = format!("{list}/{}", found[0]["id"].as_str().unwrap());
        let mut person = self.ground.sandbox.keycloak("GET", &path, None).expect(200).json();
        change(&mut person);
        self.ground.sandbox.keycloak("PUT", &path, Some(&person)).expect(204);
        path
    }

    /// The id of a project. Keystone remembers the names in a person's list for a while, whatever they are by now (seen on 30).
    fn project(&self, name: &str) -> String {
        let domains = self.ground.sandbox.keystone("GET", &format!("domains?name={}", self.spec.name), None).json();
        let domain = domains["domains"][0]["id"].as_str().unwrap().to_owned();
        let list = format!("projects?domain_id={domain}&name={name}");
        let found = self.ground.sandbox.keystone("GET", &list, None).json();
        found["projects"][0]["id"].as_str().unwrap().to_owned()
    }

    fn secret_of_the_client(&self) -> String {
        let path = format!("realms/{}/clients?clientId=openstack-cli", self.spec.name);
        let found = self.ground.sandbox.keycloak("GET", &path, None).expect(200).json();
        found[0]["secret"].as_str().unwrap().to_owned()
    }

    /// With the file that the tool writes, the real client works in the project, and sees all that the person has.
    fn works_with_the_real_client(&self, name: &str, project: &str) {
        let asked = ["--user", name, "--project", project, "--domain", &self.spec.name, "--output", "person.sh"];
        self.ground.run("openrc", &asked).expect(0);
        let script =
            ". ./person.sh && openstack token issue -f value -c project_id && openstack project list -f value -c ID";
        let (done, said) = shell(&self.ground.tool, script, &format!("{PASSWORD}\n"));
        let worth = self.worth(name).unwrap();
        let ids: Vec<String> = worth.keys().map(|project| self.project(project)).collect();
        assert!(done && ids.iter().all(|id| said.contains(id.as_str())), "{name}: {said}");
        // The id of the project, and one for each.
        assert_eq!(said.lines().count(), 1 + ids.len() + usize::from(said.contains("password of")), "{name}: {said}");
    }
}
