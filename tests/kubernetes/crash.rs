//! The tool is killed before and after each request to the API server; run again, it converges.

use serde_json::json;

use crate::delivery::{began, by_keys, declare, ground, secret, workload};
use crate::harness::proxy::{Moment, Passage};
use crate::server::Namespace;

/// An application credential in a Secret of this name, with which a workload of the same name works.
fn deliver(namespace: &str, name: &str) -> serde_json::Value {
    json!([{"kubernetesSecret": {"namespace": namespace, "name": name, "format": "keys", "labels": {"app": "acme"}},
        "restart": {"workloads": [format!("deployment/{name}")]}}])
}

const NAMESPACE: &str = "crash";

#[test]
fn killed_at_any_request_the_next_run_delivers_one_that_opens_and_workloads_begin_anew_with_it() {
    let namespace = Namespace::new(NAMESPACE);
    let (mut kills, mut number_of_case) = (0, 0);
    for renewed in [false, true] {
        // One run more than there are requests is not killed, and ends the loop.
        for (number, moment) in (1..).flat_map(|number| [(number, Moment::Before), (number, Moment::After)]) {
            number_of_case += 1;
            let name = format!("case-{number_of_case}");
            namespace.apply("apis/apps/v1", &format!("deployments/{name}"), &workload(&name));
            let mut ground = ground(&namespace);
            let deliver = deliver(NAMESPACE, &name);
            declare(&ground, &deliver, "");
            if renewed {
                ground.again("apply", &["--auto-approve"]).expect(0);
                declare(&ground, &deliver, "  description: another\n");
            }
            let passage = Passage::killing(number, moment);
            let (proxy, kubeconfig) = namespace.behind(&passage);
            let kubeconfig = ground.tool.write("kubeconfig", &kubeconfig);
            ground.tool.set("KUBECONFIG", kubeconfig.to_str().unwrap());
            let run =
                ground.tool.run_watched(&["apply", "-f", "spec.yaml", "--auto-approve"], |run| passage.watch(run));
            drop(proxy);
            let requests = passage.seen();
            let case = format!("renewed: {renewed}, {moment:?} {number}: {:?}", requests.get(number - 1));
            if requests.len() < number {
                run.expect(0);
                break;
            }
            assert_eq!(run.code, None, "{case}");
            kills += 1;
            ground.tool.set("KUBECONFIG", namespace.kubeconfig());
            ground.again("apply", &["--auto-approve"]).expect(0);
            let told = by_keys(&secret(&namespace, &name));
            assert!(ground.opens(&told), "{case}");
            assert_eq!(ground.names().len(), 1, "{case}: {:?}", ground.names());
            assert_eq!(began(&namespace, &name)[format!("credential.opcp.dev/{name}")], told.id, "{case}");
            let again = ground.again("apply", &["--auto-approve"]).expect(0);
            assert!(again.stdout.contains("No changes."), "{case}: {}", again.stdout);
        }
    }
    assert!(kills >= 20, "{kills}");
}
