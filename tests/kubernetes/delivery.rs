//! An application credential, and the secret of a client, in a Secret of a real API server; Keystone and Keycloak being the
//! models.

#[expect(dead_code, reason = "the scenarios use the rest")]
#[path = "../credentials/client_ground.rs"]
mod client_ground;
#[expect(dead_code, reason = "the scenarios use the rest")]
#[path = "../credentials/ground.rs"]
mod ground;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value as Json, json};

use crate::harness::readme::block;
use crate::server::Namespace;
use ground::{Ground, Told};

pub(crate) fn ground(namespace: &Namespace) -> Ground {
    let mut ground = Ground::new(&json!([]));
    ground.tool.set("KUBECONFIG", namespace.kubeconfig());
    ground
}

/// Declares the credential with these deliveries.
pub(crate) fn declare(ground: &Ground, deliveries: &Json, more: &str) {
    ground.write_spec(&ground.models.keystone.url, more);
    let spec = std::fs::read_to_string(ground.tool.folder().join("spec.yaml")).unwrap();
    let (start, rest) = spec.split_once("  deliver:\n").unwrap();
    let more: Vec<&str> = rest.lines().filter(|line| !line.starts_with("    - ")).collect();
    let more = more.join("\n");
    ground.tool.write("spec.yaml", &format!("{start}  deliver: {deliveries}\n{more}"));
}

pub(crate) fn secret(namespace: &Namespace, name: &str) -> Json {
    namespace.object("api/v1", &format!("secrets/{name}"))
}

fn value(secret: &Json, key: &str) -> String {
    let encoded = secret["data"][key].as_str().unwrap_or_else(|| panic!("no {key}: {secret}"));
    String::from_utf8(STANDARD.decode(encoded).unwrap()).unwrap()
}

pub(crate) fn by_keys(secret: &Json) -> Told {
    Told {
        id: value(secret, "OS_APPLICATION_CREDENTIAL_ID"),
        secret: value(secret, "OS_APPLICATION_CREDENTIAL_SECRET"),
    }
}

#[test]
fn a_secret_gets_it_in_every_form_and_keys_of_others_stay() {
    let namespace = Namespace::new("delivery");
    let ground = ground(&namespace);
    let theirs = json!({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "keys", "labels": {"theirs": "1"}},
        "data": {"other": STANDARD.encode("kept")}});
    namespace.apply("api/v1", "secrets/keys", &theirs);
    let of = |name: &str, format: &str| {
        json!({"kubernetesSecret": {"namespace": "delivery", "name": name, "format": format,
            "labels": {"app": "acme"}, "annotations": {"acme.example.com/team": "ci"}}})
    };
    let deliveries = json!([of("keys", "keys"), of("clouds", "cloudsYaml"), of("shell", "openrc")]);
    declare(&ground, &deliveries, "");
    ground.again("apply", &["--auto-approve"]).expect(0);
    let again = ground.again("apply", &["--auto-approve"]).expect(0);
    assert!(again.stdout.contains("No changes."), "{}", again.stdout);

    let keys = secret(&namespace, "keys");
    assert!(ground.opens(&by_keys(&keys)));
    assert_eq!(value(&keys, "other"), "kept");
    assert_eq!(keys["metadata"]["labels"], json!({"app": "acme", "theirs": "1"}));
    assert_eq!(keys["metadata"]["annotations"]["acme.example.com/team"], "ci");
    let clouds: Json = serde_yaml::from_str(&value(&secret(&namespace, "clouds"), "clouds.yaml")).unwrap();
    let auth = &clouds["clouds"]["openstack"]["auth"];
    assert_eq!(auth["application_credential_secret"], by_keys(&keys).secret);
    assert!(value(&secret(&namespace, "shell"), "openrc.sh").contains(&by_keys(&keys).secret));

    declare(&ground, &deliveries, "  description: another\n");
    ground.again("apply", &["--auto-approve"]).expect(0);
    let renewed = by_keys(&secret(&namespace, "keys"));
    assert!(renewed != by_keys(&keys) && ground.opens(&renewed));
    assert_eq!(ground.names(), ["ci-g2"]);
    assert_eq!(value(&secret(&namespace, "keys"), "other"), "kept");
}

#[test]
fn a_label_is_put_right_and_a_cluster_that_is_not_reached_stops_it_before_anything_is_made() {
    let namespace = Namespace::new("delivery-labels");
    let mut ground = ground(&namespace);
    let of = |label: &str| json!([{"kubernetesSecret": {"namespace": "delivery-labels", "name": "one", "labels": {"app": label}}}]);
    declare(&ground, &of("old"), "");
    ground.again("apply", &["--auto-approve"]).expect(0);
    declare(&ground, &of("new"), "");
    let told = ground.again("apply", &["--auto-approve"]).expect(0);
    assert!(told.stdout.contains("0 added, 1 changed, 0 destroyed"), "{}", told.stdout);
    assert_eq!(secret(&namespace, "one")["metadata"]["labels"]["app"], "new");
    assert_eq!(ground.names(), ["ci-g1"]);
    declare(&ground, &of("new"), "  description: another\n");
    ground.tool.set("KUBECONFIG", "/nowhere/kubeconfig");
    let told = ground.again("apply", &["--auto-approve"]).expect(1);
    assert!(told.stderr.contains("sink/kubernetes-secret/delivery-labels/one"), "{}", told.stderr);
    assert_eq!(ground.names(), ["ci-g1"]);
}

#[test]
fn workloads_begin_anew_with_a_new_one_and_with_no_other() {
    let namespace = Namespace::new("delivery-restart");
    let ground = ground(&namespace);
    namespace.apply("apis/apps/v1", "deployments/acme", &workload("acme"));
    let began = || began(&namespace, "acme");
    let of = json!([{"kubernetesSecret": {"namespace": "delivery-restart", "name": "one", "format": "keys"},
        "restart": {"workloads": ["deployment/acme"]}}]);
    declare(&ground, &of, "");
    let told = ground.again("apply", &["--auto-approve"]).expect(0);
    assert!(told.stdout.contains("restarted.deployment/acme"), "{}", told.stdout);
    let first = by_keys(&secret(&namespace, "one"));
    assert_eq!(began(), json!({"credential.opcp.dev/one": first.id, "theirs": "1"}));
    assert!(ground.again("apply", &["--auto-approve"]).expect(0).stdout.contains("No changes."));

    let mut old = workload("acme");
    old["spec"]["template"]["metadata"]["annotations"]["credential.opcp.dev/one"] =
        "as a killed run has left it".into();
    namespace.take_over("apis/apps/v1", "deployments/acme", &old);
    ground.again("apply", &["--auto-approve"]).expect(0);
    assert_eq!(began()["credential.opcp.dev/one"], first.id, "what was left is made up for");
    assert_eq!(by_keys(&secret(&namespace, "one")), first);

    declare(&ground, &of, "  description: another\n");
    ground.again("apply", &["--auto-approve"]).expect(0);
    let second = by_keys(&secret(&namespace, "one"));
    assert!(second != first);
    assert_eq!(began()["credential.opcp.dev/one"], second.id);
}

/// The annotations of the pods that there shall be.
pub(crate) fn began(namespace: &Namespace, workload: &str) -> Json {
    let workload = namespace.object("apis/apps/v1", &format!("deployments/{workload}"));
    workload["spec"]["template"]["metadata"]["annotations"].clone()
}

/// A Deployment of this name, whose pods somebody else has annotated.
pub(crate) fn workload(name: &str) -> Json {
    let labels = json!({"app": name});
    json!({"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": name}, "spec": {
        "selector": {"matchLabels": labels}, "template": {"metadata": {"labels": labels, "annotations": {"theirs": "1"}},
        "spec": {"containers": [{"name": "acme", "image": "acme"}]}}}})
}

#[test]
fn the_secret_of_a_client_arrives_and_workloads_begin_anew_with_each() {
    let namespace = Namespace::new("delivery-client");
    let mut ground = client_ground::Ground::new(true);
    ground.tool.set("KUBECONFIG", namespace.kubeconfig());
    namespace.apply("apis/apps/v1", "deployments/acme", &workload("acme"));
    let deliver = json!([{"kubernetesSecret": {"namespace": "delivery-client", "name": "one", "format": "keys"},
        "restart": {"workloads": ["deployment/acme"]}}]);
    let client = format!("{{clientId: app, serviceAccountRoles: true, secret: {{deliver: {deliver}}}}}");
    ground.apply(&client).expect(0);
    let told = || value(&secret(&namespace, "one"), "OS_CLIENT_SECRET");
    assert_eq!((told(), value(&secret(&namespace, "one"), "OS_CLIENT_ID").as_str()), (ground.secret("app"), "app"));
    let first = began(&namespace, "acme")["credential.opcp.dev/one"].clone();
    assert!(first.is_string(), "{first}");
    assert!(ground.apply(&client).expect(0).stdout.contains("No changes."));
    ground.run(&["credentials", "rotate", "app", "--auto-approve"]).expect(0);
    assert_eq!(told(), ground.secret("app"));
    assert_ne!(began(&namespace, "acme")["credential.opcp.dev/one"], first);
    assert!(ground.apply(&client).expect(0).stdout.contains("No changes."));
}

#[test]
fn the_pages_of_the_readme_are_made_and_then_nothing_is_left_to_do() {
    let namespace = Namespace::new("acme");
    namespace.apply("apis/apps/v1", "deployments/acme", &workload("acme"));
    let page = |heading: &str| serde_yaml::from_str::<Json>(block(heading, "yaml")).unwrap();
    let ground = ground(&namespace);
    declare(&ground, &page("### In Kubernetes")["deliver"], "");
    ground.again("apply", &["--auto-approve"]).expect(0);
    assert!(ground.again("apply", &["--auto-approve"]).expect(0).stdout.contains("No changes."));
    assert!(ground.opens(&by_keys(&secret(&namespace, "openstack"))));

    let mut of_client = client_ground::Ground::new(false);
    of_client.tool.set("KUBECONFIG", namespace.kubeconfig());
    let client = page("## The secret of a Keycloak client")["clients"][0].to_string();
    of_client.write_spec(&of_client.models.keycloak.url, &client);
    let folder = of_client.tool.folder();
    std::fs::create_dir(folder.join("spec")).unwrap();
    std::fs::rename(folder.join("spec.yaml"), folder.join("spec/spec.yaml")).unwrap();
    let run = || of_client.tool.run(&["apply", "-f", "spec", "--auto-approve", "--color", "never"]).expect(0);
    run();
    assert!(run().stdout.contains("No changes."));
    assert_eq!(value(&secret(&namespace, "keycloak-client"), "OS_CLIENT_SECRET"), of_client.secret("robot"));
    assert_eq!(of_client.told()["clouds.yaml"], of_client.secret("robot"));
    let began = began(&namespace, "acme");
    let marks = ["openstack", "keycloak-client"].map(|name| began[format!("credential.opcp.dev/{name}")].is_string());
    assert_eq!(marks, [true, true], "{began}");
}
