//! A document to its type: every problem once, in words an operator understands.

use std::path::PathBuf;

use insta::assert_snapshot;
use serde_json::json;

use super::{HEAD, Spec, findings, loaded, spec, whole};
use crate::diagnostic::Diagnostics;
use crate::spec::load::parse;

#[test]
fn a_right_document_is_loaded_without_a_word() {
    let text = format!(
        "{HEAD}spec:\n  environment: demo\n  realm: pod\n  port: 8443\n  mode: verify\n  login: {{username: a, password: {{env: P}}}}\n  clients: [{{clientId: c, directAccessGrants: true}}]\n"
    );
    let document = loaded(&text);
    assert_eq!(
        (document.api_version.as_str(), document.kind.as_str(), document.name.as_str()),
        ("opcp.dev/v1alpha1", "Realm", "pod")
    );
    assert_eq!(document.value["spec"]["clients"], json!([{"clientId": "c", "directAccessGrants": true}]));
    assert_eq!(document.directory, PathBuf::from("."));
    let mut diagnostics = Diagnostics::new();
    let parsed: Option<Spec> = parse(&document, "/spec", &mut diagnostics);
    assert!(parsed.is_some() && diagnostics.is_empty());
}

#[test]
fn an_unknown_field_names_the_nearest_or_all_known_ones() {
    assert_snapshot!(whole("  clients:\n    - clientID: a\n      colour: blue\n"), @r#"
    error: unknown field `clientID` in spec.clients[0]
     --> <stdin>:8:7
      |
    8 |     - clientID: a
      |       ^^^^^^^^
      |
      = help: did you mean `clientId`?

    error: unknown field `colour` in spec.clients[0]
     --> <stdin>:9:7
      |
    9 |       colour: blue
      |       ^^^^^^
      |
      = help: the fields here are `clientId`, `name`, `directAccessGrants`, `redirectUris`, `attributes`, `token`
    "#);
}

#[test]
fn a_wrong_type_says_what_was_expected_and_what_was_found() {
    assert_snapshot!(whole("  port: \"80\"\n  clients:\n    - clientId: a\n      directAccessGrants: maybe\n      redirectUris: https://x\n      attributes: [1]\n    - just-a-word\n"), @r#"
    error: spec.port: expected a whole number from 0 to 65535, found the string "80"
     --> <stdin>:7:9
      |
    7 |   port: "80"
      |         ^^^^
      |
      = help: remove the quotes

    error: spec.clients[0].directAccessGrants: expected true or false, found the string "maybe"
      --> <stdin>:10:27
       |
    10 |       directAccessGrants: maybe
       |                           ^^^^^
       |
       = help: write `true` or `false`, without quotes

    error: spec.clients[0].redirectUris: expected a list, found the string "https://x"
      --> <stdin>:11:21
       |
    11 |       redirectUris: https://x
       |                     ^^^^^^^^^
       |
       = help: a list is written `[one, two]`, or as a line `- one` for each entry

    error: spec.clients[0].attributes: expected a mapping, found a list
      --> <stdin>:12:19
       |
    12 |       attributes: [1]
       |                   ^^^

    error: spec.clients[1]: expected a mapping, found the string "just-a-word"
      --> <stdin>:13:7
       |
    13 |     - just-a-word
       |       ^^^^^^^^^^^
    "#);
}

#[test]
fn a_number_where_text_is_expected_is_to_be_quoted_as_it_is_spelled() {
    assert_snapshot!(whole("  clients:\n    - clientId: 1.10\n      name: true\n      redirectUris: [0x1F]\n"), @r#"
    error: spec.clients[0].clientId: expected text, found the number 1.10
     --> <stdin>:8:17
      |
    8 |     - clientId: 1.10
      |                 ^^^^
      |
      = help: write it in quotes: "1.10"

    error: spec.clients[0].name: expected text, found true
     --> <stdin>:9:13
      |
    9 |       name: true
      |             ^^^^
      |
      = help: write it in quotes: "true"

    error: spec.clients[0].redirectUris[0]: expected text, found the number 0x1F
      --> <stdin>:10:22
       |
    10 |       redirectUris: [0x1F]
       |                      ^^^^
       |
       = help: write it in quotes: "0x1F"
    "#);
}

#[test]
fn numbers_out_of_range_and_words_out_of_choice_say_the_range_and_the_choice() {
    assert_snapshot!(whole("  port: 70000\n  mode: verfy\n"), @r#"
    error: spec.port: expected a whole number from 0 to 65535, found the number 70000
     --> <stdin>:7:9
      |
    7 |   port: 70000
      |         ^^^^^

    error: spec.mode: expected one of `manage`, `verify`, found the string "verfy"
     --> <stdin>:8:9
      |
    8 |   mode: verfy
      |         ^^^^^
      |
      = help: did you mean `verify`?
    "#);
    assert_snapshot!(whole("  port: -1\n  mode: {verfy: 1}\n"), @r#"
    error: spec.port: expected a whole number from 0 to 65535, found the number -1
     --> <stdin>:7:9
      |
    7 |   port: -1
      |         ^^

    error: spec.mode: expected one of `manage`, `verify`, found `verfy`
     --> <stdin>:8:9
      |
    8 |   mode: {verfy: 1}
      |         ^^^^^^^^^^
      |
      = help: did you mean `verify`?
    "#);
}

#[test]
fn every_missing_field_is_reported_once_beside_the_other_errors() {
    assert_snapshot!(spec("  clients:\n    - name: nobody\n      directAccessGrants: 3\n    - clientId: b\n      nme: x\n  login: {}\n"), @r#"
    error: missing field `environment` in spec
     --> <stdin>:5:3
      |
    5 |   clients:
      |   ^^^^^^^

    error: missing field `realm` in spec
     --> <stdin>:5:3
      |
    5 |   clients:
      |   ^^^^^^^

    error: missing field `clientId` in spec.clients[0]
     --> <stdin>:6:7
      |
    6 |     - name: nobody
      |       ^^^^

    error: spec.clients[0].directAccessGrants: expected true or false, found the number 3
     --> <stdin>:7:27
      |
    7 |       directAccessGrants: 3
      |                           ^

    error: unknown field `nme` in spec.clients[1]
     --> <stdin>:9:7
      |
    9 |       nme: x
      |       ^^^
      |
      = help: did you mean `name`?

    error: missing field `username` in spec.login
      --> <stdin>:10:10
       |
    10 |   login: {}
       |          ^^

    error: missing field `password` in spec.login
      --> <stdin>:10:10
       |
    10 |   login: {}
       |          ^^
    "#);
}

#[test]
fn a_wrong_value_of_a_required_field_is_no_missing_field_and_spares_its_neighbours() {
    assert_snapshot!(whole("  clients:\n    - clientId: two words\n    - clientId: [c]\n    - clientId: d\n      name: [d]\n"), @r#"
    error: spec.clients[0].clientId: "two words" is no client id
     --> <stdin>:8:17
      |
    8 |     - clientId: two words
      |                 ^^^^^^^^^

    error: spec.clients[1].clientId: expected text, found a list
     --> <stdin>:9:17
      |
    9 |     - clientId: [c]
      |                 ^^^

    error: spec.clients[2].name: expected text, found a list
      --> <stdin>:11:13
       |
    11 |       name: [d]
       |             ^^^
    "#);
}

#[test]
fn a_struct_is_never_read_from_a_list() {
    assert_snapshot!(whole("  login: [admin, {env: P}]\n"), @r#"
    error: spec.login: expected a mapping, found a list
     --> <stdin>:7:10
      |
    7 |   login: [admin, {env: P}]
      |          ^^^^^^^^^^^^^^^^^
    "#);
}

#[test]
fn after_a_hundred_problems_of_a_document_the_rest_is_not_shown() {
    let clients =
        |line: &str| format!("{HEAD}spec:\n  environment: demo\n  realm: pod\n  clients:\n{}", line.repeat(150));
    for line in
        ["    - {clientId: a, name: [b]}\n", "    - {clientId: a, clientId: b}\n", "    - {clientId: a, name: }\n"]
    {
        let findings = findings(&clients(line));
        assert_eq!(findings.matches("error: ").count(), 101, "{line}");
        assert!(findings.contains("more than 100 problems in this document; the rest is not shown"), "{line}");
    }
}
