//! Two tenants speak of one person: in one run, and in two runs in either order, with the same result.

use serde_json::{Value as Json, json};

use super::ground::{Ground, PASSWORD};

fn document(name: &str, spec: &Json) -> String {
    json!({"apiVersion": "opcp.dev/v1alpha1", "kind": "Access", "metadata": {"name": name}, "spec": spec}).to_string()
}

/// A tenant's document: its own project, and what it says of alice.
fn tenant(ground: &Ground, name: &str, alice: &Json) -> String {
    let mut user = json!({"username": "alice", "groups": [format!("/{name}")],
        "grants": [{"project": name, "domain": ground.domain, "roles": ["member"]}]});
    user.as_object_mut().unwrap().extend(alice.as_object().unwrap().clone());
    let spec = json!({"environment": "sandbox", "realm": "users", "projects": [{"name": name, "domain": ground.domain}],
        "groups": [{"path": format!("/{name}")}], "users": [user]});
    document(name, &spec)
}

/// What both documents, or one, or the other, ask for.
fn write(ground: &Ground, documents: &[&String]) {
    ground.access_spec(json!({}));
    let spec = std::fs::read_to_string(ground.tool.folder().join("spec.yaml")).unwrap();
    let all: Vec<&str> = std::iter::once(spec.as_str()).chain(documents.iter().map(|text| text.as_str())).collect();
    ground.tool.write("spec.yaml", &all.join("\n---\n"));
}

/// What is there of alice afterwards, without what the server makes up and without the names of this ground.
fn alice(ground: &Ground) -> Json {
    let mut user = ground.user("alice");
    let id = user["id"].as_str().unwrap().to_owned();
    let groups = ground.keycloak("GET", &format!("users/{id}/groups"), None).expect(200).json();
    let mut groups: Vec<String> =
        groups.as_array().unwrap().iter().map(|group| group["path"].as_str().unwrap().to_owned()).collect();
    groups.sort();
    let values = user["attributes"]["project"].as_array_mut().unwrap();
    values.sort_by_key(ToString::to_string);
    for key in ["id", "createdTimestamp"] {
        user.as_object_mut().unwrap().remove(key);
    }
    user["groups"] = json!(groups);
    let text = user.to_string().replace(&ground.domain, "DOMAIN");
    serde_json::from_str(&text).unwrap()
}

#[test]
fn in_one_run_and_in_two_in_either_order_the_result_is_the_same() {
    let person = json!({"email": "alice@example.com", "firstName": "Alice", "lastName": "Ash",
        "initialPassword": {"env": "INITIAL_PASSWORD"}});
    let runs: [&[&[usize]]; 4] = [&[&[0, 1]], &[&[1, 0]], &[&[0], &[1]], &[&[0], &[1], &[0]]];
    let mut results = Vec::new();
    for run in runs {
        let ground = Ground::new();
        let tenants = [tenant(&ground, "acme", &person), tenant(&ground, "beta", &json!({"ensure": "existing"}))];
        for step in run {
            write(&ground, &step.iter().map(|index| &tenants[*index]).collect::<Vec<_>>());
            ground.apply();
        }
        write(&ground, &[&tenants[0], &tenants[1]]);
        ground.unchanged();
        results.push(alice(&ground));
    }
    assert_eq!(results[0]["attributes"]["project"].as_array().map(Vec::len), Some(2), "{}", results[0]);
    assert_eq!(results[0]["groups"], json!(["/acme", "/beta"]));
    assert!(results.iter().all(|result| result == &results[0]), "{results:#?}");
    assert!(!results[0].to_string().contains(PASSWORD));
}

#[test]
fn a_tenant_that_comes_first_with_a_person_of_its_own_is_joined_by_the_other() {
    let person = json!({"email": "alice@example.com", "firstName": "Alice", "lastName": "Ash"});
    let mut results = Vec::new();
    for order in [[0, 1], [1, 0]] {
        let ground = Ground::new();
        let tenants = [tenant(&ground, "acme", &person), tenant(&ground, "beta", &person)];
        for index in order {
            write(&ground, &[&tenants[index]]);
            ground.apply();
        }
        results.push(alice(&ground));
    }
    assert_eq!(results[0], results[1]);
}
