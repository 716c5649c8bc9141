//! What the documentation of other tools shows of theirs, as scenarios that begin with an empty realm and domain: the real
//! servers bring about the same plans, step by step, as the models.

use std::path::Path;

use serde_json::{Value as Json, json};

use super::ground::{Ground, with};
use crate::harness::stage::{allowed, folder, read, steps};

/// The realm, the domain and the beginning of the names of roles in these scenarios.
const NAMES: [&str; 2] = ["acme-realm", "acme-domain"];

/// A scenario's text, with the names of this ground.
fn here(ground: &Ground, text: &str) -> String {
    let [realm, domain] = NAMES;
    text.replace(realm, &ground.realm).replace(domain, &ground.domain)
}

/// Writes the spec of a step for this ground.
fn write(ground: &Ground, step: &Path) {
    let spec = here(ground, &read(&step.join("spec.yaml")));
    let ca_file = format!("\nspec:\n  caFile: {}\n  keystone:\n", ground.sandbox.authority);
    let spec = spec.replacen("\nspec:\n  keystone:\n", &ca_file, 1);
    let spec = spec.replace("{{keycloak}}", &ground.sandbox.keycloak).replace("{{keystone}}", &ground.sandbox.keystone);
    ground.tool.write("spec.yaml", &spec);
}

/// A plan without the servers that it is for.
fn changes(plan: &str) -> &str {
    plan.split_once("):\n").map_or(plan, |(_, changes)| changes)
}

/// Plays a step: the plan is that of the scenario, it is carried out, and then there is nothing to do.
fn play(ground: &Ground, step: &Path) {
    write(ground, step);
    let allowed = allowed(step);
    let allowed: Vec<&str> = allowed.iter().map(String::as_str).collect();
    let plan = ground.run("plan", &allowed).expect(0).stdout;
    assert_eq!(changes(&plan), changes(&here(ground, &read(&step.join("plan.txt")))), "{}", step.display());
    ground.run("apply", &[&["--auto-approve"], allowed.as_slice()].concat()).expect(0);
    ground.unchanged();
}

/// Plays all steps of a scenario.
fn holds(name: &str) {
    let ground = Ground::new();
    for step in steps(&folder().join(name)) {
        play(&ground, &step);
    }
}

/// Plays the first step of a scenario.
fn begun(name: &str) -> Ground {
    let ground = Ground::new();
    play(&ground, &folder().join(name));
    ground
}

#[test]
fn names_of_every_sort_are_made_changed_and_taken_away() {
    holds("names-of-every-sort");
}

#[test]
fn more_than_ten_groups_in_one_are_told_apart() {
    holds("groups-more-than-ten-in-one");
}

#[test]
fn lists_are_the_same_in_another_order() {
    holds("lists-in-another-order");
}

#[test]
fn words_that_are_left_out_are_left_alone_and_empty_ones_empty() {
    holds("words-left-out-and-empty-ones");
}

#[test]
fn what_is_no_longer_listed_stays_unless_everything_is_said() {
    holds("what-is-no-longer-listed");
}

#[test]
fn what_somebody_deletes_is_made_again() {
    let ground = begun("names-of-every-sort");
    let realm = format!("realms/{}", ground.realm);
    // What comes with a realm stays: its clients have addresses of their own, its roles and scopes no umlauts.
    let lists = [
        ("clients", "clientId", "id", ""),
        ("client-scopes", "name", "id", ""),
        ("groups", "name", "id", ""),
        ("users", "username", "id", ""),
        ("roles", "name", "id", "-by-id"),
        ("identity-provider/instances", "alias", "alias", ""),
    ];
    for (list, name, id, by) in lists {
        let found = ground.sandbox.keycloak("GET", &format!("{realm}/{list}"), None).expect(200).json();
        let ours = |one: &&Json| ["ü", "ö", "%20"].iter().any(|part| one[name].as_str().unwrap().contains(part));
        let ours: Vec<&Json> = found.as_array().unwrap().iter().filter(ours).collect();
        assert_eq!(ours.len(), 1, "{list}: {found}");
        let path = format!("{realm}/{list}{by}/{}", ours[0][id].as_str().unwrap());
        ground.sandbox.keycloak("DELETE", &path, None).expect(204);
    }
    for list in ["projects", "users", "groups"] {
        let found = ground.sandbox.keystone("GET", &format!("{list}?domain_id={}", ground.domain_id), None).json();
        let id = found[list][0]["id"].as_str().unwrap();
        ground.sandbox.keystone("DELETE", &format!("{list}/{id}"), None).expect(204);
    }
    let made = read(&folder().join("names-of-every-sort/plan.txt"));
    // All but the user profile and Keystone's role, which have not been deleted.
    let step = |line: &&str| line.starts_with("  + ") && !line.contains("keystone/role/");
    let made = here(&ground, &made);
    let made: Vec<&str> = made.lines().filter(step).collect();
    let plan = ground.plan();
    assert_eq!(plan.lines().filter(|line| line.starts_with("  + ")).collect::<Vec<_>>(), made);
    ground.apply();
}

#[test]
fn what_somebody_puts_into_another_order_is_no_change() {
    let ground = begun("lists-in-another-order");
    let turned = |list: &Json| list.as_array().unwrap().iter().rev().cloned().collect::<Json>();
    let client = ground.client("app");
    let lists = json!({"redirectUris": turned(&client["redirectUris"]), "webOrigins": turned(&client["webOrigins"])});
    let path = format!("clients/{}", client["id"].as_str().unwrap());
    ground.keycloak("PUT", &path, Some(&with(&client, lists))).expect(204);
    let mut alice = ground.user("alice");
    alice["attributes"]["phone"] = turned(&alice["attributes"]["phone"]);
    alice["requiredActions"] = turned(&alice["requiredActions"]);
    let grant: Json = serde_json::from_str(alice["attributes"]["project"][0].as_str().unwrap()).unwrap();
    let other = json!({"roles": turned(&grant["roles"]), "name": grant["name"], "domain": grant["domain"]});
    alice["attributes"]["project"] = json!([other.to_string()]);
    ground.keycloak("PUT", &format!("users/{}", alice["id"].as_str().unwrap()), Some(&alice)).expect(204);
    let project = ground.project("prod");
    let tags = json!({"tags": turned(&project["tags"])});
    ground
        .sandbox
        .keystone("PUT", &format!("projects/{}/tags", project["id"].as_str().unwrap()), Some(&tags))
        .expect(200);
    ground.unchanged();
}
