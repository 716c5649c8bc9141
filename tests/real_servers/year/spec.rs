//! What the spec says in the course of the year: one table of tenants, groups and people, and both what is made of it,
//! the documents and what everybody's login is worth.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value as Json, json};

use crate::ground::with;

/// The roles in each project, by the project's name.
pub(super) type Roles = BTreeMap<String, BTreeSet<String>>;

/// Roles in projects, as the table says them.
pub(super) type Grants = &'static [(&'static str, &'static [&'static str])];

/// All that the spec says.
pub(super) struct Spec {
    /// The name of the realm, of the domain, and the beginning of what is Keystone's and has no domain.
    pub(super) name: String,
    /// What the door shows Keystone.
    pub(super) key: String,
    /// Keystone's roles, and what else is said of each.
    pub(super) roles: BTreeMap<&'static str, Json>,
    /// What is said of the realm beside its bootstrap.
    pub(super) realm: Json,
    pub(super) tenants: BTreeMap<&'static str, Tenant>,
    /// What is said of the application's credential.
    pub(super) credential: Option<Json>,
    /// Whether all of the environment shall go.
    pub(super) ends: bool,
}

/// A tenant: a document of its own.
#[derive(Default)]
pub(super) struct Tenant {
    /// Its projects, and what else is said of each.
    pub(super) projects: BTreeMap<&'static str, Json>,
    pub(super) groups: BTreeMap<&'static str, Grants>,
    pub(super) people: BTreeMap<&'static str, Person>,
    /// Whether it says everything: who is in its groups, and who has what in its projects.
    pub(super) closed: bool,
}

/// What a tenant says of a person.
#[derive(Clone, Default)]
pub(super) struct Person {
    pub(super) account: Account,
    pub(super) groups: Vec<&'static str>,
    /// The groups that the person is taken out of.
    pub(super) left: Vec<&'static str>,
    pub(super) grants: Grants,
}

/// Whose a person's account is.
#[derive(Clone, Copy, Default, PartialEq)]
pub(super) enum Account {
    /// The tenant's.
    #[default]
    Own,
    /// Another tenant's.
    Other,
    /// The directory's: the spec does not speak of the person.
    Directory,
    /// The tenant's, and closed for now.
    Suspended,
    /// It shall go.
    Gone,
}

/// A person with an account of the tenant's.
pub(super) fn person(groups: &[&'static str], grants: Grants) -> Person {
    Person { groups: groups.to_vec(), grants, ..Person::default() }
}

impl Spec {
    pub(super) fn tenant(&mut self, name: &str) -> &mut Tenant {
        self.tenants.get_mut(name).unwrap()
    }

    pub(super) fn person(&mut self, tenant: &str, name: &str) -> &mut Person {
        self.tenant(tenant).people.get_mut(name).unwrap()
    }

    /// A role's name in Keystone: those that do not come with it are named after the environment.
    pub(super) fn role(&self, name: &str) -> String {
        if ["member", "reader"].contains(&name) { name.to_owned() } else { format!("{}-{name}", self.name) }
    }

    /// What a login of this person is worth by the spec: no login, or these roles.
    pub(super) fn worth(&self, name: &str) -> Option<Roles> {
        let said = || self.tenants.values().filter_map(|tenant| tenant.people.get(name));
        let closed = |person: &Person| [Account::Suspended, Account::Gone].contains(&person.account);
        if said().next().is_none() || said().any(closed) {
            return None;
        }
        let mut roles = Roles::new();
        for person in said() {
            let groups = self.tenants.values().flat_map(|tenant| &tenant.groups);
            let within =
                |group: &str| person.groups.iter().any(|of| format!("{of}/").starts_with(&format!("{group}/")));
            let of_groups = groups.filter(|(group, _)| within(group)).flat_map(|(_, grants)| *grants);
            for (project, granted) in person.grants.iter().chain(of_groups) {
                let held = roles.entry((*project).to_owned()).or_default();
                held.extend(granted.iter().map(|role| self.role(role)));
            }
        }
        // In every Keystone a member is a reader, too.
        for held in roles.values_mut().filter(|held| held.contains("member")) {
            held.insert("reader".to_owned());
        }
        Some(roles)
    }

    /// The documents, for servers at these addresses.
    pub(super) fn documents(&self, keycloak: &str, keystone: &str, authority: &str) -> String {
        let realm = with(&self.realm_words(), json!({"keycloak": {"url": keycloak}}));
        let mut environment = with(&self.environment(), json!({"caFile": authority}));
        environment["keystone"]["url"] = keystone.into();
        let mut documents = vec![document("Environment", "cloud", &environment), document("Realm", "people", &realm)];
        documents.extend(self.tenants.iter().map(|(name, tenant)| document("Access", name, &self.access(tenant))));
        documents.extend(self.credential.iter().map(|words| document("ApplicationCredential", "app", words)));
        documents.join("\n---\n")
    }

    fn environment(&self) -> Json {
        let login = json!({"username": "admin", "password": {"env": "KEYSTONE_PASSWORD"}});
        let roles = self.roles.iter().map(|(name, more)| with(&json!({"name": self.role(name)}), more.clone()));
        let tenant = |name: &&str| {
            let roles: Vec<String> = self.roles.keys().map(|role| self.role(role)).collect();
            let projects = [format!("{}/{name}*", self.name)];
            json!({"access": name, "projects": projects, "groups": [format!("/{name}"), format!("/{name}/**")], "roles": roles})
        };
        let tenants: Vec<Json> = self.tenants.keys().map(tenant).collect();
        let keystone = json!({"login": login, "domains": [{"name": self.name, "description": "Of the year"}],
            "roles": roles.collect::<Vec<_>>(), "mappings": [{"id": self.mapping(), "rules": self.rules()}]});
        if self.ends {
            let gone = |what: &str, name: &str| json!([{what: name, "ensure": "absent"}]);
            let own = self.roles.keys().map(|role| self.role(role)).filter(|role| role.starts_with(&self.name));
            let roles: Vec<Json> = own.map(|role| json!({"name": role, "ensure": "absent"})).collect();
            let keystone =
                json!({"domains": gone("name", &self.name), "roles": roles, "mappings": gone("id", &self.mapping())});
            return json!({"keystone": with(&json!({"login": login}), keystone)});
        }
        json!({"keystone": keystone, "tenants": tenants})
    }

    /// The id of the identity provider through which the realm's people come.
    pub(super) fn provider(&self) -> String {
        format!("{}-door", self.name)
    }

    fn mapping(&self) -> String {
        format!("{}-people", self.name)
    }

    /// Who comes through the door is known by the id that Keycloak has given, and has what the token says.
    fn rules(&self) -> Json {
        let domain = json!({"name": self.name});
        let user = json!({"name": "{0}", "id": "{1}", "domain": domain});
        let known = [json!({"type": "HTTP_OIDC_PREFERRED_USERNAME"}), json!({"type": "HTTP_OIDC_SUB"})];
        let door = json!({"type": "HTTP_OIDC_KEY", "any_one_of": [self.key]});
        let with_grants = [&known[0], &known[1], &json!({"type": "HTTP_OIDC_PROJECTS"}), &door];
        let client = json!({"type": "HTTP_OIDC_AZP", "any_one_of": ["openstack-cli"]});
        json!([{"local": [{"user": user, "domain": domain, "projects_json": "{2}"}], "remote": with_grants},
            {"local": [{"user": user, "domain": domain}], "remote": [known[0], known[1], door, client]}])
    }

    fn realm_words(&self) -> Json {
        let mapper = json!({"name": "projects", "type": "aggregated-user-group-attribute-mapper",
            "userAttribute": "project", "tokenClaim": "projects"});
        let client = json!({"clientId": "openstack-cli", "clientAuthentication": true, "directAccessGrants": true,
            "redirectUris": ["https://app.example/*"], "dedicatedScope": {"mappers": [mapper]}});
        let realm = json!({"environment": "cloud", "realm": self.name, "ensure": "present", "displayName": "Über 🚀",
            "login": {"realm": "master", "username": "admin", "password": {"env": "KEYCLOAK_PASSWORD"}},
            "userProfile": {"unmanagedAttributes": "adminEdit"}, "clients": [client],
            "identityProvider": {"id": self.provider(), "mapping": self.mapping(), "domain": self.name, "enabled": true,
                "remoteIdAttribute": "HTTP_OIDC_ISS"}});
        if self.ends {
            let provider = json!({"id": self.provider(), "mapping": self.mapping(), "ensure": "absent"});
            return json!({"environment": "cloud", "realm": self.name, "ensure": "absent", "login": realm["login"],
                "identityProvider": provider});
        }
        with(&realm, self.realm.clone())
    }

    fn access(&self, tenant: &Tenant) -> Json {
        let all = |collections: &[&str]| if tenant.closed { json!(collections) } else { json!([]) };
        let projects =
            tenant.projects.iter().map(|(name, more)| with(&json!({"name": name, "domain": self.name}), more.clone()));
        let group = |(path, grants): (&&str, &Grants)| json!({"path": path, "grants": self.grants(grants), "authoritative": all(&["members"])});
        let users = tenant.people.iter().filter(|(_, person)| person.account != Account::Directory);
        json!({"environment": "cloud", "realm": "people", "projects": projects.collect::<Vec<_>>(),
            "groups": tenant.groups.iter().map(group).collect::<Vec<_>>(),
            "users": users.map(|(name, person)| self.user(name, person)).collect::<Vec<_>>(),
            "authoritative": all(&["grants"])})
    }

    fn user(&self, name: &str, person: &Person) -> Json {
        if person.account == Account::Gone {
            return json!({"username": name, "ensure": "absent"});
        }
        let left = person.left.iter().map(|path| json!({"path": path, "ensure": "absent"}));
        let groups: Vec<Json> = person.groups.iter().map(|path| json!(path)).chain(left).collect();
        let rights = json!({"username": name, "groups": groups, "grants": self.grants(person.grants)});
        match person.account {
            Account::Other => with(&rights, json!({"ensure": "existing"})),
            account => with(
                &rights,
                json!({"email": format!("{name}@example.com"), "firstName": name, "lastName": "Ö",
                "initialPassword": {"env": "INITIAL_PASSWORD"}, "enabled": account == Account::Own}),
            ),
        }
    }

    fn grants(&self, grants: Grants) -> Json {
        let grant = |(project, roles): &(&str, &[&str])| {
            let roles: Vec<String> = roles.iter().map(|role| self.role(role)).collect();
            json!({"project": project, "domain": self.name, "roles": roles})
        };
        grants.iter().map(grant).collect()
    }
}

fn document(kind: &str, name: &str, spec: &Json) -> String {
    json!({"apiVersion": "opcp.dev/v1alpha1", "kind": kind, "metadata": {"name": name}, "spec": spec}).to_string()
}
