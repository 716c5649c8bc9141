//! What all documents have in common.

use insta::assert_snapshot;

use super::{HEAD, findings, load};

#[test]
fn a_null_is_refused_and_causes_no_further_error() {
    assert_snapshot!(findings(&format!("{HEAD}spec:\n  environment:\n  realm: ~\n  clients:\n    - clientId: null\n    - {{clientId: c, name: }}\n    -\n  login: {{username: a, password: }}\n")), @r#"
    error: spec.environment has no value (null)
     --> <stdin>:5:3
      |
    5 |   environment:
      |   ^^^^^^^^^^^
      |
      = help: what is absent is not managed: remove the line, or give it a value (`""`, `[]` and `{}` say empty)

    error: spec.realm has no value (null)
     --> <stdin>:6:3
      |
    6 |   realm: ~
      |   ^^^^^
      |
      = help: what is absent is not managed: remove the line, or give it a value (`""`, `[]` and `{}` say empty)

    error: spec.clients[0].clientId has no value (null)
     --> <stdin>:8:7
      |
    8 |     - clientId: null
      |       ^^^^^^^^
      |
      = help: what is absent is not managed: remove the line, or give it a value (`""`, `[]` and `{}` say empty)

    error: spec.clients[1].name has no value (null)
     --> <stdin>:9:21
      |
    9 |     - {clientId: c, name: }
      |                     ^^^^
      |
      = help: what is absent is not managed: remove the line, or give it a value (`""`, `[]` and `{}` say empty)

    error: spec.clients[2] has no value (null)
      --> <stdin>:10:6
       |
    10 |     -
       |      ^
       |
       = help: what is absent is not managed: remove the line, or give it a value (`""`, `[]` and `{}` say empty)

    error: spec.login.password has no value (null)
      --> <stdin>:11:24
       |
    11 |   login: {username: a, password: }
       |                        ^^^^^^^^
       |
       = help: what is absent is not managed: remove the line, or give it a value (`""`, `[]` and `{}` say empty)
    "#);
}

#[test]
fn the_header_is_checked_and_the_body_nevertheless() {
    assert_snapshot!(findings("apiVersion: opcp.dev/v1alpha1\nkind: Realm\nmetadata: {name: Pod_1, labels: {}}\nstatus: {}\nspec: {environment: a, realm: 5}\n"), @r#"
    error: metadata.name: the string "Pod_1" is not a valid name
     --> <stdin>:3:18
      |
    3 | metadata: {name: Pod_1, labels: {}}
      |                  ^^^^^
      |
      = help: lower-case letters, digits, `-` and `.`, with a letter or digit at both ends, at most 253 characters

    error: unknown field `labels` in metadata
     --> <stdin>:3:25
      |
    3 | metadata: {name: Pod_1, labels: {}}
      |                         ^^^^^^
      |
      = help: the fields here are `name`

    error: unknown field `status` at the top level
     --> <stdin>:4:1
      |
    4 | status: {}
      | ^^^^^^
      |
      = help: the fields here are `apiVersion`, `kind`, `metadata`, `spec`

    error: spec.realm: expected text, found the number 5
     --> <stdin>:5:31
      |
    5 | spec: {environment: a, realm: 5}
      |                               ^
      |
      = help: write it in quotes: "5"
    "#);
}

#[test]
fn a_missing_header_is_reported_field_by_field() {
    assert_snapshot!(findings("spec: {environment: a}\n"), @r#"
    error: missing field `apiVersion` at the top level
     --> <stdin>:1:1
      |
    1 | spec: {environment: a}
      | ^^^^

    error: missing field `kind` at the top level
     --> <stdin>:1:1
      |
    1 | spec: {environment: a}
      | ^^^^

    error: missing field `metadata` at the top level
     --> <stdin>:1:1
      |
    1 | spec: {environment: a}
      | ^^^^
    "#);
    assert_snapshot!(findings("apiVersion: opcp.dev/v1alpha1\nkind: Realm\nmetadata: {}\n"), @r#"
    error: missing field `spec` at the top level
     --> <stdin>:1:1
      |
    1 | apiVersion: opcp.dev/v1alpha1
      | ^^^^^^^^^^

    error: missing field `name` in metadata
     --> <stdin>:3:11
      |
    3 | metadata: {}
      |           ^^
    "#);
}

#[test]
fn an_unknown_kind_names_the_nearest_and_its_body_is_left_alone() {
    assert_snapshot!(findings("apiVersion: opcp.dev/v1alpha1\nkind: realms\nmetadata: {name: a}\nspec: {foo: 1}\n"), @r#"
    error: kind: there is no kind "realms"
     --> <stdin>:2:7
      |
    2 | kind: realms
      |       ^^^^^^
      |
      = help: did you mean `Realm`?
    "#);
    assert_snapshot!(findings("apiVersion: opcp.dev/v1alpha1\nkind: Deployment\nmetadata: {name: a}\n"), @r#"
    error: kind: there is no kind "Deployment"
     --> <stdin>:2:7
      |
    2 | kind: Deployment
      |       ^^^^^^^^^^
      |
      = help: the kinds are `Environment`, `Realm`, `Access`, `ApplicationCredential`
    "#);
}

#[test]
fn a_document_of_another_tool_is_refused_by_its_version_alone() {
    assert_snapshot!(findings("apiVersion: v1\nkind: ConfigMap\nmetadata: {labels: }\ndata: {a: a}\n"), @r#"
    error: apiVersion: expected `opcp.dev/v1alpha1`, found the string "v1"
     --> <stdin>:1:13
      |
    1 | apiVersion: v1
      |             ^^
    "#);
}

#[test]
fn a_document_that_is_no_mapping_is_refused() {
    assert_snapshot!(findings("- a\n- b\n---\njust text\n"), @r#"
    error: expected a document with apiVersion, kind, metadata and spec, found a list
     --> <stdin>:1:1
      |
    1 | - a
      | ^

    error: expected a document with apiVersion, kind, metadata and spec, found the string "just text"
     --> <stdin>:4:1
      |
    4 | just text
      | ^^^^^^^^^
    "#);
}

#[test]
fn names_are_those_of_kubernetes() {
    let accepted = |name: &str| load(&HEAD.replace("pod", name)).1.is_empty();
    for name in ["a", "0", "a-b.c", "acme-prod-2", &"a".repeat(253)] {
        assert!(accepted(&format!("'{name}'")), "{name}");
    }
    for name in ["A", "-a", "a-", "a.", ".a", "a_b", "ä", "a b", "a/b", &"a".repeat(254)] {
        assert!(!accepted(&format!("'{name}'")), "{name}");
    }
}

#[test]
fn a_misspelled_spec_is_not_missing_as_well() {
    let findings = findings(&format!("{HEAD}sepc: {{}}\n"));
    assert!(findings.contains("did you mean `spec`?"), "{findings}");
    assert_eq!(findings.matches("error: ").count(), 1, "{findings}");
}
