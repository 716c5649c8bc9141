//! The roles of the tool's own account: those of the table are enough, and none of them can be left out.

use opcp_provision::keycloak::rights::{MAKE_A_REALM, NEEDS, Needs};
use opcp_provision::keystone::rights::ROLE;
use serde_json::{Value as Json, json};

use super::ground::{Ground, PASSWORD};
use super::ldap::{Directory, Ldap};

/// A service account of the ground's realm, whose roles are exchanged.
struct Account {
    login: Json,
    mappings: String,
    roles: Vec<Json>,
}

impl Account {
    fn new(ground: &mut Ground) -> Self {
        let login = ground.robot(&[]);
        let id = ground.user("service-account-robot")["id"].as_str().unwrap().to_owned();
        let management = ground.client("realm-management")["id"].as_str().unwrap().to_owned();
        let roles = ground.keycloak("GET", &format!("clients/{management}/roles"), None).expect(200).json();
        let mappings = format!("users/{id}/role-mappings/clients/{management}");
        Self { login, mappings, roles: roles.as_array().unwrap().clone() }
    }

    /// Gives it these roles and no others.
    fn has(&self, ground: &Ground, names: &[&str]) {
        ground.keycloak("DELETE", &self.mappings, Some(&json!(self.roles))).expect(204);
        let of_these = |role: &&Json| role["name"].as_str().is_some_and(|name| names.contains(&name));
        let roles: Vec<&Json> = self.roles.iter().filter(of_these).collect();
        assert_eq!(roles.len(), names.len(), "{names:?}");
        ground.keycloak("POST", &self.mappings, Some(&json!(roles))).expect(204);
    }
}

/// What is there already for the parts to speak of.
fn prepare(ground: &Ground) {
    ground.make_project(json!({"name": "prod"}));
    ground.edit_all_attributes();
    ground.keycloak("POST", "roles", Some(&json!({"name": "ops"}))).expect(201);
    let app = json!({"clientId": "app", "serviceAccountsEnabled": true, "directAccessGrantsEnabled": true});
    let app = ground.keycloak("POST", "clients", Some(&app)).expect(201).new_id();
    ground.keycloak("POST", &format!("clients/{app}/roles"), Some(&json!({"name": "reader"}))).expect(201);
    ground.keycloak("POST", "users", Some(&person("bob"))).expect(201);
    ground.keycloak("POST", "groups", Some(&json!({"name": "theirs"}))).expect(201);
}

fn person(username: &str) -> Json {
    let email = format!("{username}@example.com");
    json!({"username": username, "email": email, "firstName": "A", "lastName": "B", "enabled": true})
}

/// What a spec says of one part, in the order of the table: of the realm, and of access. Each speaks of its own things.
fn parts(ground: &Ground) -> [(Json, Json); 11] {
    let grants = json!([{"project": "prod", "domain": ground.domain, "roles": ["member"]}]);
    let mapper = json!({"name": "projects", "type": "aggregated-user-group-attribute-mapper", "userAttribute": "project", "tokenClaim": "projects"});
    let client = json!({"clientId": "made", "clientAuthentication": true, "secret": {"env": "INITIAL_PASSWORD"}, "dedicatedScope": {"mappers": [mapper], "clientRoles": {"app": ["reader"]}},
        "clientScopes": ["made", {"name": "phone", "type": "default"}, {"name": "address", "ensure": "absent"}]});
    let scope = json!({"name": "made", "type": "optional", "mappers": [mapper]});
    let carrier = json!({"clientId": "app", "ensure": "existing", "dedicatedScope": {"realmRoles": ["ops"]}});
    let existing = |more: Json| {
        let mut bob = json!({"username": "bob", "ensure": "existing"});
        bob.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        json!({"users": [bob]})
    };
    let mut alice = person("alice");
    alice["initialPassword"] = json!({"env": "INITIAL_PASSWORD"});
    alice["grants"] = grants.clone();
    alice["groups"] = json!(["/theirs"]);
    let provider = json!({"alias": "made", "type": "oidc", "authorizationUrl": "https://a.example/auth",
        "tokenUrl": "https://a.example/token", "clientId": "realm", "clientSecret": {"env": "INITIAL_PASSWORD"},
        "mappers": [{"name": "made", "type": "oidc-user-attribute-idp-mapper", "claim": "a", "userAttribute": "a"}]});
    let account =
        json!({"clientId": "app", "ensure": "existing", "serviceAccount": {"clientRoles": {"app": ["reader"]}}});
    [
        (json!({"displayName": "Ours"}), json!({})),
        (json!({"userProfile": {"unmanagedAttributes": "adminEdit", "attributes": [{"name": "made"}]}}), json!({})),
        (json!({"clients": [client], "clientScopes": [scope]}), json!({})),
        (json!({}), json!({"groups": [{"path": "/made", "grants": grants}]})),
        (json!({}), json!({"users": [alice]})),
        (json!({}), existing(json!({"realmRoles": ["ops"]}))),
        (json!({"clients": [account]}), existing(json!({"clientRoles": {"app": ["reader"]}}))),
        (json!({"clients": [carrier]}), json!({})),
        (json!({"clients": [{"clientId": "app", "ensure": "existing"}]}), existing(json!({}))),
        (json!({"identityProviders": [provider]}), json!({})),
        (json!({}), json!({"users": [{"username": "erika", "ensure": "existing", "email": "other@example.com"}]})),
    ]
}

/// The part as the spec of its end: what can go, goes.
fn gone(part: &Json) -> Json {
    let mut part = part.clone();
    for list in ["clients", "clientScopes", "groups", "users", "identityProviders"] {
        for entry in part.get_mut(list).and_then(Json::as_array_mut).into_iter().flatten() {
            if entry.get("ensure").is_none() {
                let name = ["alias", "clientId", "path", "username", "name"]
                    .into_iter()
                    .find(|name| entry.get(name).is_some())
                    .unwrap();
                *entry = json!({name: entry[name], "ensure": "absent"});
            }
        }
    }
    part
}

/// With each role taken away the command fails and names it; and nothing has been written. The table is that of 26.7:
/// 26.0 lets some things pass (`keycloak-rights-26.0.txt`).
fn each_is_needed(ground: &Ground, account: &Account, command: &[&str], needs: &Needs, roles: &[&str]) {
    let info = ground.sandbox.keycloak("GET", "serverinfo", None).expect(200).json();
    if info["systemInfo"]["version"].as_str().is_some_and(|version| version.starts_with("26.0.")) {
        return;
    }
    for role in roles {
        let mut rest: Vec<&str> = roles.iter().copied().filter(|other| other != role).collect();
        // Who may change a thing may look at it, so that what is refused is the change.
        let view = role.replace("manage-", "view-");
        if view != *role {
            rest.push(&view);
        }
        account.has(ground, &rest);
        let before = everything(ground);
        let outcome = ground.run(command[0], &command[1..]);
        assert_ne!(outcome.code, Some(0), "{} without {role}:\n{}", needs.part, outcome.stdout);
        assert!(outcome.stderr.contains(&format!("`{role}`")), "{} without {role}:\n{}", needs.part, outcome.stderr);
        assert!(everything(ground) == before, "{} without {role} has changed something", needs.part);
    }
}

/// What the parts change.
fn everything(ground: &Ground) -> Vec<Json> {
    let lists = [
        "",
        "users/profile",
        "clients",
        "client-scopes",
        "groups?briefRepresentation=false&search=",
        "users",
        "identity-provider/instances",
    ];
    lists.iter().map(|list| sorted(ground.keycloak("GET", list, None).expect(200).json())).collect()
}

/// The document with its lists in one order: the server shows some in any.
fn sorted(document: Json) -> Json {
    match document {
        Json::Array(items) => {
            let mut items: Vec<Json> = items.into_iter().map(sorted).collect();
            items.sort_by_key(Json::to_string);
            items.into()
        }
        Json::Object(fields) => fields.into_iter().map(|(name, value)| (name, sorted(value))).collect(),
        other => other,
    }
}

#[test]
fn the_roles_of_the_table_are_enough_for_each_part_and_each_of_them_is_needed() {
    let mut ground = Ground::new();
    let account = Account::new(&mut ground);
    prepare(&ground);
    let ldap = Ldap::start(&["erika"]);
    let _directory = Directory::new(&ground.sandbox, &ground.realm, &ldap, &[("editMode", "UNSYNCED")]);
    let parts = parts(&ground);
    for (needs, (realm, access)) in NEEDS.iter().zip(&parts) {
        let say = |realm: &Json, access: &Json| {
            let mut realm = realm.clone();
            realm["login"] = account.login.clone();
            ground.spec(json!({}), realm, access.clone());
        };
        say(realm, access);
        if needs.change.is_empty() {
            each_is_needed(&ground, &account, &["verify"], needs, needs.look);
            account.has(&ground, needs.look);
            ground.run("verify", &[]).expect(0);
            continue;
        }
        each_is_needed(&ground, &account, &["plan"], needs, needs.look);
        account.has(&ground, needs.look);
        assert!(!ground.plan().contains("No changes."), "{} says nothing", needs.part);
        each_is_needed(&ground, &account, &["apply", "--auto-approve"], needs, needs.change);
        account.has(&ground, needs.change);
        ground.apply();
        say(&gone(realm), &gone(access));
        ground.run("apply", &["--auto-approve", "--allow", "OPCP-G001"]).expect(0);
    }
}

#[test]
fn the_three_roles_of_the_example_do_everything_at_once() {
    let mut ground = Ground::new();
    let account = Account::new(&mut ground);
    prepare(&ground);
    let example = std::fs::read_to_string("examples/from-nothing/realm-master.yaml").unwrap();
    let roles = ["manage-realm", "manage-users", "manage-clients"];
    for realm in ["master-realm", "pod-realm"] {
        assert!(example.contains(&format!("{realm}: [{}]", roles.join(", "))), "the example's roles are others");
    }
    account.has(&ground, &roles);
    let mut all = (json!({"login": account.login}), json!({}));
    for (realm, access) in parts(&ground).into_iter().take(8) {
        for (all, part) in [(&mut all.0, realm), (&mut all.1, access)] {
            for (word, value) in part.as_object().unwrap() {
                match (all.get_mut(word).and_then(Json::as_array_mut), value) {
                    (Some(known), Json::Array(more)) => known.extend(more.iter().cloned()),
                    _ => all[word] = value.clone(),
                }
            }
        }
    }
    // Everything that the parts say of one user is one entry.
    let users = all.1["users"].as_array_mut().unwrap();
    let more = users.pop().unwrap();
    users.last_mut().unwrap().as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    ground.spec(json!({}), all.0.clone(), all.1.clone());
    ground.apply();
    ground.spec(json!({}), gone(&all.0), gone(&all.1));
    ground.run("apply", &["--auto-approve", "--allow", "OPCP-G001"]).expect(0);
}

#[test]
fn an_account_that_may_not_make_realms_is_told_so() {
    let mut ground = Ground::new();
    let (name, words) = (format!("{}-made", ground.realm), json!({"ensure": "present"}));
    let robot = json!({"clientId": name, "serviceAccountsEnabled": true, "secret": PASSWORD});
    let robot = ground.sandbox.keycloak("POST", "realms/master/clients", Some(&robot)).expect(201).new_id();
    ground.tool.set("ROBOT_SECRET", PASSWORD);
    let mut realm = words;
    realm["login"] = json!({"realm": "master", "clientId": name, "clientSecret": {"env": "ROBOT_SECRET"}});
    let (keycloak, keystone) = (&ground.sandbox.keycloak, &ground.sandbox.keystone);
    let spec = ground.spec_at(keycloak, keystone, &name, json!({}), realm, json!({}));
    ground.tool.write("spec.yaml", &spec);
    let outcome = ground.run("apply", &["--auto-approve"]);
    ground.sandbox.keycloak("DELETE", &format!("realms/master/clients/{robot}"), None).expect(204);
    let said = outcome.expect(1).stderr;
    assert!(said.contains(&format!("`{MAKE_A_REALM}`")), "{said}");
}

#[test]
fn keystone_names_its_administrators_role_to_an_account_with_lesser_ones() {
    let mut ground = Ground::new();
    let project = ground.make_project(json!({"name": "prod"}));
    let user = json!({"user": {"name": "robot", "domain_id": ground.domain_id, "password": PASSWORD}});
    let user = ground.sandbox.keystone("POST", "users", Some(&user)).expect(201).json()["user"]["id"].clone();
    ground.tool.set("KEYSTONE_PASSWORD", PASSWORD);
    let login = json!({"username": "robot", "password": {"env": "KEYSTONE_PASSWORD"}, "userDomain": ground.domain,
        "project": "prod", "projectDomain": ground.domain});
    let keystone = json!({"login": login, "domains": [{"name": ground.domain}], "roles": [{"name": "member"}],
        "mappings": [{"id": format!("{}-made", ground.domain), "rules": [{"local": [{"user": {"name": "{0}"}}], "remote": [{"type": "OIDC-sub"}]}]}]});
    let access = json!({"projects": [{"name": "prod", "domain": ground.domain, "description": "Ours"}]});
    ground.spec(keystone, json!({}), access);
    let roles = ground.sandbox.keystone("GET", "roles", None).expect(200).json()["roles"].clone();
    let id = |name: &str| {
        let role = roles.as_array().unwrap().iter().find(|role| role["name"] == name);
        role.and_then(|role| role["id"].as_str()).unwrap_or_else(|| panic!("no role {name}")).to_owned()
    };
    let give = |role: &str| {
        let path = format!("projects/{project}/users/{}/roles/{}", user.as_str().unwrap(), id(role));
        ground.sandbox.keystone("PUT", &path, None).expect(204);
    };
    for role in ["reader", "member", "manager"] {
        give(role);
    }
    let refused = ground.run("plan", &[]).expect(1).stderr;
    for list in ["v3/domains", "v3/roles", "v3/OS-FEDERATION/mappings"] {
        let told = format!("the role `{ROLE}` (or what this Keystone's policy asks for /{list}");
        assert!(refused.contains(&told), "{list}:\n{refused}");
    }
}
