//! People who come out of a company's directory (LDAP): what is theirs, what is the realm's, and a real login.

use serde_json::{Value as Json, json};

use super::ground::{Ground, reads_only, with};
use super::guide::Pod;
use super::ldap::{Directory, Ldap};

const NAME: &str = "Die Firma / über 🚀";

fn users(ground: &Ground, users: &[Json]) {
    let projects = json!([{"name": "prod", "domain": ground.domain}]);
    ground.access_spec(json!({"projects": projects, "users": users}));
}

/// What the tool says when this user cannot be made so.
fn refused(ground: &Ground, user: &Json) -> String {
    users(ground, std::slice::from_ref(user));
    let said = ground.refused();
    assert!(said.contains(NAME), "{said}");
    said
}

fn grants(ground: &Ground) -> Json {
    json!([{"project": "prod", "domain": ground.domain, "roles": ["member"]}])
}

#[test]
fn what_a_directory_owns_is_told_and_what_is_the_realms_is_written() {
    let ground = Ground::new();
    let ldap = Ldap::start(&["erika", "jürgen"]);
    let directory = Directory::new(&ground.sandbox, &ground.realm, &ldap, &[]);
    ground.edit_all_attributes();
    // Nobody has looked for them yet: they are not made.
    let erika = json!({"username": "erika", "email": "Erika@example.com", "firstName": "erika", "lastName": "Muster",
        "attributes": {"department": ["7"]}});
    let same = json!({"username": "jürgen", "ensure": "existing", "lastName": "Muster"});
    users(&ground, &[erika.clone(), same.clone()]);
    ground.apply();
    assert_eq!(ground.user("erika")["attributes"]["department"], json!(["7"]));

    for (field, value, word) in [
        ("email", json!("other@example.com"), "`email`"),
        ("firstName", json!("Erika"), "`firstName`"),
        ("attributes", json!({"department": ["8"]}), "`attributes.department`"),
        ("attributes", json!({"desk": ["1"]}), "`attributes.desk`"),
        ("grants", grants(&ground), "`grants`"),
    ] {
        let said = refused(&ground, &with(&erika, json!({field: value})));
        assert!(said.contains(word) && said.contains("READ_ONLY"), "{word}: {said}");
    }
    let said = refused(&ground, &json!({"username": "erika", "ensure": "absent"}));
    assert!(said.contains("back at the next look"), "{said}");

    let ours = json!({"emailVerified": true, "enabled": false, "requiredActions": ["CONFIGURE_TOTP"], "groups": ["/cloud"],
        "realmRoles": ["offline_access"]});
    let groups = json!([{"path": "/cloud", "grants": grants(&ground)}]);
    let projects = json!([{"name": "prod", "domain": ground.domain}]);
    let access = json!({"projects": projects, "groups": groups, "users": [with(&erika, ours), same]});
    ground.access_spec(access);
    ground.apply();
    assert!(reads_only(&ground.passed()));
    let live = ground.user("erika");
    assert_eq!((&live["enabled"], &live["emailVerified"]), (&json!(false), &json!(true)));
    drop(directory);
}

#[test]
fn a_directory_that_lets_itself_be_changed_has_what_stays() {
    let ground = Ground::new();
    let ldap = Ldap::start(&["erika", "wilma"]);
    // What a directory maps depends on how it begins.
    let mut directory = Directory::new(&ground.sandbox, &ground.realm, &ldap, &[]);
    directory.set(&[("editMode", "UNSYNCED")]);
    ground.edit_all_attributes();
    let erika =
        json!({"username": "erika", "ensure": "existing", "email": "new@example.com", "grants": grants(&ground)});
    users(&ground, std::slice::from_ref(&erika));
    ground.apply();
    assert_eq!(ground.user("erika")["email"], "new@example.com");
    for field in [json!({"firstName": "Other"}), json!({"attributes": {"department": ["8"]}})] {
        let said = refused(&ground, &with(&erika, field));
        assert!(said.contains("anew at each look"), "{said}");
    }
    let said = refused(&ground, &json!({"username": "wilma", "ensure": "absent"}));
    assert!(said.contains("back at the next look"), "{said}");

    directory.set(&[("editMode", "WRITABLE")]);
    users(
        &ground,
        &[
            json!({"username": "erika", "ensure": "existing", "grants": []}),
            json!({"username": "wilma", "ensure": "absent"}),
        ],
    );
    let outcome = ground.run("apply", &["--auto-approve", "--allow", "OPCP-G001"]).expect(0);
    assert!(outcome.stderr.contains("is deleted in the directory"), "{}", outcome.stderr);
    ground.unchanged();
}

#[test]
fn a_directory_that_does_not_answer_is_not_an_empty_one() {
    let ground = Ground::new();
    let mut ldap = Ldap::start(&["erika", "neu"]);
    let mut directory = Directory::new(&ground.sandbox, &ground.realm, &ldap, &[]);
    let groups = json!([{"path": "/cloud"}]);
    let erika = json!({"username": "erika", "ensure": "existing", "groups": ["/cloud"]});
    ground.access_spec(json!({"groups": groups, "users": [erika]}));
    ground.apply();
    ldap.stop();
    // Its people are shown as disabled then.
    ground.access_spec(json!({"users": [{"username": "erika", "ensure": "existing", "enabled": true}]}));
    let said = ground.refused();
    assert!(said.contains("cannot reach") && said.contains("/user/erika") && said.contains(NAME), "{said}");
    let neu = json!({"username": "neu", "email": "neu@example.com", "firstName": "N", "lastName": "M"});
    assert!(refused(&ground, &neu).contains("would take that person's name"));
    directory.set(&[("enabled", "false")]);
    let said = refused(&ground, &json!({"username": "erika", "enabled": true}));
    assert!(said.contains("is disabled"), "{said}");
}

#[test]
fn a_group_that_a_directory_gives_cannot_be_taken_away() {
    let ground = Ground::new();
    let ldap = Ldap::start(&["erika"]);
    let directory = Directory::new(&ground.sandbox, &ground.realm, &ldap, &[]);
    directory.map_groups();
    let erika = json!({"username": "erika", "ensure": "existing", "groups": ["/staff"]});
    // The group comes with the first look at the person's groups.
    let id = ground.user("erika")["id"].as_str().unwrap().to_owned();
    ground.keycloak("GET", &format!("users/{id}/groups"), None).expect(200);
    users(&ground, std::slice::from_ref(&erika));
    ground.apply();
    users(
        &ground,
        &[json!({"username": "erika", "ensure": "existing", "groups": [{"path": "/staff", "ensure": "absent"}]})],
    );
    let said = ground.refused();
    assert!(said.contains("take it away there"), "{said}");
}

#[test]
fn a_person_of_a_directory_logs_in_to_the_cloud_by_a_group_and_by_grants_of_their_own() {
    let pod = Pod::new();
    let ldap = Ldap::start(&[&pod.user]);
    let mut directory = Directory::new(&pod.ground.sandbox, "pod", &ldap, &[]);
    let say = |more: Json, grants: Json| {
        pod.spec(&json!([]));
        let spec = std::fs::read_to_string(pod.ground.tool.folder().join("spec.yaml")).unwrap();
        let mut documents: Vec<Json> = spec.split("\n---\n").map(|text| serde_json::from_str(text).unwrap()).collect();
        let access = &mut documents[2]["spec"];
        access["users"] = json!([with(&json!({"username": pod.user, "ensure": "existing"}), more)]);
        access["groups"] = json!([{"path": format!("/{}", pod.user), "grants": grants}]);
        let texts: Vec<String> = documents.iter().map(Json::to_string).collect();
        pod.ground.tool.write("spec.yaml", &texts.join("\n---\n"));
    };
    let logs_in = || {
        let flags = ["--login", &pod.user, "--password-env", "INITIAL_PASSWORD"];
        let said = pod.ground.run("verify", &flags).expect(0).stdout;
        assert!(said.contains(&format!("Default/{}: member", pod.project)), "{said}");
    };
    let grant = json!([{"project": pod.project, "roles": ["member"]}]);
    let group = format!("/{}", pod.user);
    say(json!({"groups": [group]}), grant.clone());
    pod.ground.apply();
    logs_in();

    directory.set(&[("editMode", "UNSYNCED")]);
    say(json!({"grants": grant}), json!([]));
    pod.ground.apply();
    logs_in();
    say(json!({"grants": []}), json!([]));
    let gone =
        pod.ground.sandbox.keycloak("GET", &format!("realms/pod/groups?search={}", pod.user), None).expect(200).json();
    let id = gone[0]["id"].as_str().unwrap();
    pod.ground.sandbox.keycloak("DELETE", &format!("realms/pod/groups/{id}"), None).expect(204);
}
