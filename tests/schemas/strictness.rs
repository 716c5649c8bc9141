//! What the loader refuses, the schemas refuse.

use crate::documents::{Schemas, load};

const REALM: &str = "apiVersion: opcp.dev/v1alpha1
kind: Realm
metadata: {name: pod}
spec:
  environment: prod
  clients:
    - clientId: cli
      enabled: true
      secret: {env: CLIENT_SECRET}
  login: {clientId: tool, clientSecret: {env: SECRET}}
  accessTokenLifespan: 5m
";

/// One change of the document above, and what is wrong with it.
const WRONG: [(&str, &str, &str); 25] = [
    ("an unknown field of the document", "kind: Realm", "kind: Realm\nstatus: {}"),
    ("an unknown field of the metadata", "{name: pod}", "{name: pod, labels: {}}"),
    ("an unknown field of the spec", "environment: prod", "environment: prod\n  nonsense: 1"),
    ("an unknown field of an entry", "enabled: true", "enabeld: true"),
    ("another kind", "kind: Realm", "kind: Real"),
    ("another version", "v1alpha1", "v1"),
    ("no kind", "kind: Realm\n", ""),
    ("no name", "{name: pod}", "{}"),
    ("a name that is none", "{name: pod}", "{name: Pod_1}"),
    ("no spec", "spec:", "other:"),
    ("a field that must be there", "environment: prod", "realm: pod"),
    ("a field of an entry that must be there", "clientId: cli", "name: cli"),
    ("null", "enabled: true", "enabled:"),
    ("null in the metadata", "{name: pod}", "{name: }"),
    ("null for an entry", "- clientId: cli", "-\n    - clientId: cli"),
    ("null for a list", "clients:", "userProfile: {attributes: }\n  clients:"),
    ("a text for a boolean", "enabled: true", "enabled: \"true\""),
    ("a number for a text", "clientId: cli", "clientId: 7"),
    ("a map for a list", "clients:", "userProfile: {attributes: {}}\n  clients:"),
    ("a word that is none", "enabled: true", "ensure: gone"),
    ("a secret that is written", "{env: SECRET}", "canary"),
    ("a secret of another form", "{env: SECRET}", "{vault: SECRET}"),
    ("a secret of two forms", "{env: SECRET}", "{env: SECRET, file: secret}"),
    ("a command without a program", "{env: SECRET}", "{command: []}"),
    ("a duration without a unit", "accessTokenLifespan: 5m", "accessTokenLifespan: \"5\""),
];

#[test]
fn what_the_loader_refuses_the_schemas_refuse() {
    let schemas = Schemas::new();
    let (documents, against) = load(REALM);
    assert!(!against.has_errors(), "{}", against.render(false));
    assert_eq!(schemas.complaints(&documents[0]).concat(), Vec::<String>::new());
    for (what, right, wrong) in WRONG {
        assert!(REALM.contains(right), "{what}: there is no {right}");
        let text = REALM.replacen(right, wrong, 1);
        let (_, against) = load(&text);
        assert!(against.has_errors(), "the loader accepts {what}:\n{text}");
        let document = serde_yaml::from_str(&text).unwrap();
        for complaints in schemas.complaints(&document) {
            assert!(!complaints.is_empty(), "a schema accepts {what}:\n{text}");
        }
    }
}
