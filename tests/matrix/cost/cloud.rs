//! Clouds of any size, and specs of them: what the servers hold, and how much of it is declared.

use std::fmt::Write as _;

use serde_json::{Value as Json, json};

use crate::model::Models;

pub(super) const PASSWORD: &str = "of-the-models";
pub(super) const PROJECTS: usize = 200;
/// Eight outermost groups, four in each, five in each of those.
const LEVELS: [usize; 3] = [8, 4, 5];
pub(super) const GROUPS: usize = 8 * (1 + 4 * (1 + 5));
/// People on one page of a group's members.
const PAGE: usize = 250;

/// What the servers hold.
#[derive(Default)]
pub(super) struct Cloud {
    /// People with a grant each, in one group each; none means that nothing of the spec is there.
    pub(super) people: usize,
    /// How many of them somebody has changed.
    pub(super) drifted: usize,
    /// Realms beside those that every server has.
    pub(super) realms: usize,
    /// Users of Keystone's own.
    pub(super) local_users: usize,
    /// People who are made up as they are asked for.
    pub(super) crowd: usize,
}

impl Cloud {
    pub(super) fn empty() -> Self {
        Self::default()
    }

    pub(super) fn full(people: usize) -> Self {
        Self { people, ..Self::default() }
    }

    pub(super) fn with_drift(self, drifted: usize) -> Self {
        Self { drifted, ..self }
    }

    pub(super) fn seed(&self) -> Json {
        let full = self.people > 0;
        let mut realms = serde_json::Map::new();
        for number in 0..self.realms {
            realms.insert(realm(number), json!({}));
        }
        let users: Vec<Json> = (0..self.people).map(|number| user(number, self.people, self.drifted)).collect();
        let groups: Vec<Json> =
            paths().iter().enumerate().map(|(place, path)| group(place, path, self.people)).collect();
        let mapper = json!({"name": "projects", "protocol": "openid-connect",
            "protocolMapper": "aggregated-user-group-attribute-mapper",
            "config": {"user.attribute": "project", "claim.name": "projects"}});
        let client =
            json!({"clientId": "openstack-cli", "directAccessGrantsEnabled": true, "protocolMappers": [mapper]});
        let mut pod = json!({"users": users, "crowd": {"count": self.crowd, "projects": 1000}});
        if full {
            pod["groups"] = groups.into();
            pod["clients"] = json!([client]);
        }
        if full || self.crowd > 0 {
            pod["unmanagedAttributePolicy"] = "ADMIN_EDIT".into();
        }
        realms.insert("pod".to_owned(), pod);
        let projects = if full { PROJECTS } else { usize::from(self.crowd > 0) };
        let projects: Vec<Json> = (0..projects).map(|number| json!({"name": project(number)})).collect();
        let local: Vec<Json> = (0..self.local_users).map(|number| json!({"name": local_user(number)})).collect();
        json!({
            "keycloak": {"realms": realms, "adminPassword": PASSWORD, "tokenMilliseconds": 3_600_000, "expiresIn": 3600},
            "keystone": {"projects": projects, "users": local, "adminPassword": PASSWORD},
        })
    }
}

/// How much of a cloud a spec declares.
pub(super) struct Declared {
    pub(super) people: usize,
    /// Whether all groups are declared, with their members.
    pub(super) groups: bool,
}

impl Declared {
    pub(super) fn all(people: usize) -> Self {
        Self { people, groups: true }
    }

    pub(super) fn spec(&self, models: &Models) -> String {
        let mut text = environment(models) + &realm_document("pod", models) + &access("acme");
        text += "  projects:\n";
        (0..PROJECTS).for_each(|number| writeln!(text, "    - {{name: {}}}", project(number)).unwrap());
        text += "  users:\n";
        for number in 0..self.people {
            let (name, project) = (person(number), project(number % PROJECTS));
            write!(text, "    - {{username: {name}, email: {name}@example.com, firstName: First, lastName: Last, ")
                .unwrap();
            writeln!(text, "grants: [{{project: {project}, roles: [member, reader]}}]}}").unwrap();
        }
        if self.groups {
            text += "  groups:\n";
            for (place, path) in paths().iter().enumerate() {
                let members: Vec<String> = members(place, self.people).collect();
                let grant = format!("grants: [{{project: {}, roles: [reader]}}]", project(granted(place)));
                writeln!(text, "    - {{path: {path}, {grant}, members: [{}]}}", members.join(", ")).unwrap();
            }
        }
        text
    }

    /// Realms with a client and a mapper each, and nothing of Keystone.
    pub(super) fn realms(count: usize, models: &Models) -> String {
        let realms = (0..count).map(|number| realm_document(&realm(number), models));
        environment(models) + &realms.collect::<String>()
    }

    /// Users of Keystone's own, and nothing of Keycloak.
    pub(super) fn local_users(count: usize, models: &Models) -> String {
        let mut text =
            environment(models) + &realm_document("pod", models) + &access("acme") + "  keystone:\n    users:\n";
        (0..count).for_each(|number| writeln!(text, "      - {{name: {}}}", local_user(number)).unwrap());
        text.replace("  userProfile: {unmanagedAttributes: adminEdit}\n", "").replace(CLIENTS, "")
    }

    /// A hundred people of the crowd: those who have a grant in the one project that is declared. Whether nobody else may
    /// have one.
    pub(super) fn of_crowd(swept: bool, models: &Models) -> String {
        let realm = realm_document("pod", models).replace(CLIENTS, "");
        let mut text = environment(models) + &realm + &access("acme");
        writeln!(text, "  projects: [{{name: {}}}]", project(0)).unwrap();
        if swept {
            text += "  authoritative: [grants]\n";
        }
        text += "  users:\n";
        for number in 0..100 {
            let project = project(0);
            writeln!(
                text,
                "    - {{username: crowd-{:06}, grants: [{{project: {project}, roles: [member, reader]}}]}}",
                number * 1000
            )
            .unwrap();
        }
        text
    }
}

/// The lists of members that the groups of so many people have.
pub(super) fn member_lists(people: usize) -> usize {
    (0..GROUPS).map(|place| members(place, people).count().div_ceil(PAGE)).sum()
}

fn environment(models: &Models) -> String {
    format!(
        "apiVersion: opcp.dev/v1alpha1\nkind: Environment\nmetadata: {{name: cost}}\nspec:\n  \
         keystone: {{url: '{}', login: {{username: admin, password: {{env: KEYSTONE_PASSWORD}}}}}}\n",
        models.keystone.url
    )
}

const CLIENTS: &str = "  clients:\n    - clientId: openstack-cli\n      directAccessGrants: true\n      dedicatedScope:\n        \
    mappers:\n          - {name: projects, type: aggregated-user-group-attribute-mapper, userAttribute: project, \
    tokenClaim: projects}\n";

fn realm_document(name: &str, models: &Models) -> String {
    format!(
        "---\napiVersion: opcp.dev/v1alpha1\nkind: Realm\nmetadata: {{name: {name}}}\nspec:\n  environment: cost\n  \
         keycloak: {{url: '{}'}}\n  login: {{realm: master, username: admin, password: {{env: KEYCLOAK_PASSWORD}}}}\n  \
         userProfile: {{unmanagedAttributes: adminEdit}}\n{CLIENTS}",
        models.keycloak.url
    )
}

fn access(name: &str) -> String {
    format!(
        "---\napiVersion: opcp.dev/v1alpha1\nkind: Access\nmetadata: {{name: {name}}}\nspec:\n  environment: cost\n  realm: pod\n"
    )
}

fn user(number: usize, people: usize, drifted: usize) -> Json {
    let name = person(number);
    let grant = json!({"domain": {"name": "Default"}, "name": project(number % PROJECTS),
        "roles": [{"name": "member"}, {"name": "reader"}]});
    // Those who have drifted stand in all pages.
    let has_drifted = drifted > 0 && number.is_multiple_of(people / drifted);
    let last = if has_drifted { "Changed" } else { "Last" };
    json!({"username": name, "email": format!("{name}@example.com"), "firstName": "First", "lastName": last,
        "attributes": {"project": [grant.to_string()]}})
}

fn group(place: usize, path: &str, people: usize) -> Json {
    let grant = json!({"domain": {"name": "Default"}, "name": project(granted(place)), "roles": [{"name": "reader"}]});
    json!({"path": path, "attributes": {"project": [grant.to_string()]}, "members": members(place, people).collect::<Vec<_>>()})
}

/// The number of the project that a group has a grant in: another one than its members have.
fn granted(place: usize) -> usize {
    (place + PROJECTS / 2) % PROJECTS
}

/// The paths of all groups, outer ones first.
fn paths() -> Vec<String> {
    let [outer, middle, inner] = LEVELS;
    let mut paths = Vec::new();
    for one in 0..outer {
        paths.push(format!("/g{one}"));
        for two in 0..middle {
            paths.push(format!("/g{one}/h{two}"));
            paths.extend((0..inner).map(|three| format!("/g{one}/h{two}/i{three}")));
        }
    }
    paths
}

/// Each person is in one group.
fn members(place: usize, people: usize) -> impl Iterator<Item = String> {
    (place..people).step_by(GROUPS).map(person)
}

fn person(number: usize) -> String {
    format!("person-{number:05}")
}

fn project(number: usize) -> String {
    format!("project-{number:04}")
}

fn realm(number: usize) -> String {
    format!("realm-{number:03}")
}

fn local_user(number: usize) -> String {
    format!("service-{number:03}")
}
