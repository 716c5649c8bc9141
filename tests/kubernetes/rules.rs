//! What is not legal in a cluster is refused by the API server, with words that say what is.

use std::collections::BTreeSet;

use opcp_provision::schema::crd::definition;
use opcp_provision::spec::KINDS;
use serde_json::{Value as Json, json};

use crate::server::Namespace;

const SECRETS: &str = "in a cluster a secret is given by secretKeyRef";
const PATHS: &str = "in a cluster no path of a file is legal";
const CLOUDS: &str = "in a cluster there is no clouds.yaml";

const PLACES: &str = "in a cluster a secret is delivered to a Secret in the same namespace";
const RESTARTS: &str = "in a cluster workloads are restarted";
const NAMESPACES: &str = "in a cluster the Secret is in the namespace of the resource";

/// What the refusals say.
pub(crate) const ALL: [&str; 6] = [SECRETS, PATHS, CLOUDS, PLACES, NAMESPACES, RESTARTS];

#[test]
fn a_secret_is_given_by_a_reference_in_the_cluster_alone_wherever_there_is_one() {
    let namespace = Namespace::new("secrets");
    let legal = json!({"secretKeyRef": {"name": "logins", "key": "admin"}});
    let illegal = [json!({"env": "SECRET"}), json!({"file": "secret"}), json!({"command": ["pass", "show", "admin"]})];
    let mut places = secret_places();
    // It stands beside the path of its certificate, and is refused with it.
    places.retain(|(_, place)| !place.starts_with("/clientCertificate/"));
    assert!(places.len() >= 7, "{places:?}");
    for (kind, place) in &places {
        let kept = namespace.dry_run(&document(kind, place, &legal));
        assert!(kept.is_ok(), "{kind} {place}: {kept:?}");
        for secret in &illegal {
            let refused = namespace.dry_run(&document(kind, place, secret)).unwrap_err();
            assert!(refused.contains(SECRETS), "{kind} {place} {secret}: {refused}");
        }
        let both = json!({"secretKeyRef": legal["secretKeyRef"], "env": "SECRET"});
        assert!(namespace.dry_run(&document(kind, place, &both)).is_err(), "{kind} {place}: two secrets");
        let elsewhere = json!({"secretKeyRef": {"name": "logins", "key": "admin", "namespace": "other"}});
        let refused = namespace.dry_run(&document(kind, place, &elsewhere)).unwrap_err();
        assert!(refused.contains("field not declared in schema"), "{kind} {place}: {refused}");
    }
}

#[test]
fn no_path_and_no_clouds_yaml_is_legal() {
    let namespace = Namespace::new("paths");
    let certificate = json!({"certFile": "us.pem", "key": {"secretKeyRef": {"name": "us", "key": "key"}}});
    let places = [
        ("/caFile", PATHS, json!("ca.pem")),
        ("/clientCertificate", PATHS, certificate),
        ("/keystone/login/cloud", CLOUDS, json!("admin")),
    ];
    for (place, words, value) in places {
        let refused = namespace.dry_run(&document("Environment", place, &value)).unwrap_err();
        assert!(refused.contains(words), "{place}: {refused}");
    }
}

#[test]
fn what_the_loader_refuses_is_refused() {
    let namespace = Namespace::new("strictness");
    let wrong = [
        ("/nonsense", json!(1), "field not declared in schema"),
        ("/keystone/login/pasword", json!({}), "field not declared in schema"),
        ("/fqdn", json!(7), "expected string"),
        ("/fqdn", json!(null), "null"),
        ("/keystone/roles/0/ensure", json!("gone"), "Unsupported value"),
        ("/keystone/domains/0", json!({"description": "no name"}), "Required value"),
    ];
    let mut problems = Vec::new();
    for (place, value, words) in wrong {
        match namespace.dry_run(&document("Environment", place, &value)) {
            Ok(_) => problems.push(format!("{place}: {value} is accepted")),
            Err(refused) if refused.contains(words) => {}
            Err(refused) => problems.push(format!("{place}: {refused}")),
        }
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

/// Every place of a reference to a secret, by kind: `/clients/0/secret`.
fn secret_places() -> BTreeSet<(String, String)> {
    let mut places = BTreeSet::new();
    for kind in KINDS {
        let definition = definition(kind);
        let schema = definition.pointer("/spec/versions/0/schema/openAPIV3Schema/properties/spec").unwrap();
        find_secrets(schema, "", &mut |place| {
            places.insert((kind.to_owned(), place));
        });
    }
    places
}

fn find_secrets(schema: &Json, place: &str, found: &mut impl FnMut(String)) {
    for (word, property) in schema.get("properties").and_then(Json::as_object).into_iter().flatten() {
        if word == "secretKeyRef" {
            found(place.to_owned());
        }
        find_secrets(property, &format!("{place}/{word}"), found);
    }
    if let Some(items) = schema.get("items") {
        find_secrets(items, &format!("{place}/0"), found);
    }
}

/// A document with this value at this place, and all that must be beside it and above.
fn document(kind: &str, place: &str, value: &Json) -> Json {
    let definition = definition(kind);
    let schema = definition.pointer("/spec/versions/0/schema/openAPIV3Schema/properties/spec").unwrap();
    let steps: Vec<&str> = place.split('/').skip(1).collect();
    json!({
        "apiVersion": "opcp.dev/v1alpha1", "kind": kind, "metadata": {"name": "one"},
        "spec": with(schema, &steps, value),
    })
}

fn with(schema: &Json, steps: &[&str], value: &Json) -> Json {
    let Some((step, rest)) = steps.split_first() else { return value.clone() };
    if let Some(items) = schema.get("items") {
        return json!([with(items, rest, value)]);
    }
    let mut object = required(schema);
    object[*step] = with(schema.pointer(&format!("/properties/{step}")).unwrap_or(&Json::Null), rest, value);
    object
}

/// What must be there: lists of nothing, fields, secrets, texts.
fn required(schema: &Json) -> Json {
    let words = schema.get("required").and_then(Json::as_array).into_iter().flatten().filter_map(Json::as_str);
    let value = |word: &str| {
        let schema = &schema["properties"][word];
        match schema["type"].as_str() {
            _ if schema["properties"].get("secretKeyRef").is_some() => {
                json!({"secretKeyRef": {"name": "logins", "key": "admin"}})
            }
            Some("array") => json!([]),
            Some("object") => required(schema),
            _ => json!("x"),
        }
    };
    Json::Object(words.map(|word| (word.to_owned(), value(word))).collect())
}

#[test]
fn no_file_and_no_program_is_a_place_of_a_cluster_and_a_secret_is_in_the_namespace_of_its_resource() {
    let namespace = Namespace::new("places");
    let legal = json!({"kubernetesSecret": {"name": "one"}});
    let kept = namespace.dry_run(&document("ApplicationCredential", "/deliver/0", &legal));
    assert!(kept.is_ok(), "{kept:?}");
    let illegal = [
        (json!({"cloudsYaml": {"path": "clouds.yaml", "cloud": "one"}}), PLACES),
        (json!({"openrc": {"path": "openrc.sh"}}), PLACES),
        (json!({"ini": {"path": "nova.conf"}}), PLACES),
        (json!({"command": {"argv": ["vault"], "current": ["vault"]}}), PLACES),
        (json!({"kubernetesSecret": {"name": "one", "namespace": "other"}}), NAMESPACES),
        (json!({"kubernetesSecret": {"name": "one"}, "restart": {"command": ["reload"]}}), RESTARTS),
    ];
    for (delivery, words) in illegal {
        let refused = namespace.dry_run(&document("ApplicationCredential", "/deliver/0", &delivery)).unwrap_err();
        assert!(refused.contains(words), "{delivery}: {refused}");
    }
}
