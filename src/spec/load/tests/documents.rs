//! Texts to documents: syntax, budgets, values.

use std::time::{Duration, Instant};

use insta::assert_snapshot;
use serde_json::json;

use super::{HEAD, findings, load, loaded, whole};

#[test]
fn all_keys_written_twice_are_found_with_their_first_place_and_the_rest_is_checked() {
    assert_snapshot!(whole("  realm: other\n  clients:\n    - {clientId: a, name: x, \"name\": y}\n    - clientId: b\n      oops: 1\n"), @r#"
    error: duplicate key `realm` in spec
     --> <stdin>:7:3
      |
    7 |   realm: other
      |   ^^^^^
      |
    note: first written here
     --> <stdin>:6:3
      |
    6 |   realm: pod
      |   -----

    error: duplicate key `name` in spec.clients[0]
     --> <stdin>:9:30
      |
    9 |     - {clientId: a, name: x, "name": y}
      |                              ^^^^^^
      |
    note: first written here
     --> <stdin>:9:21
      |
    9 |     - {clientId: a, name: x, "name": y}
      |                     ----

    error: unknown field `oops` in spec.clients[1]
      --> <stdin>:11:7
       |
    11 |       oops: 1
       |       ^^^^
       |
       = help: the fields here are `clientId`, `name`, `directAccessGrants`, `redirectUris`, `attributes`, `token`
    "#);
}

#[test]
fn empty_documents_are_skipped_and_a_text_without_any_is_an_error() {
    let (loaded, diagnostics) = load(&format!("# nothing\n---\n---\n# still nothing\n---\n{HEAD}...\n---\n"));
    assert_eq!((loaded.len(), diagnostics.len()), (1, 0));
    for text in ["", "\n\n", "# only a comment\n", "---\n", "---\n---\n", "\u{feff}", "...\n", "%YAML 1.2\n"] {
        let (loaded, diagnostics) = load(text);
        assert!(loaded.is_empty());
        assert_eq!(diagnostics.render(false), "error: there is no document in this file\n--> <stdin>", "{text:?}");
    }
}

#[test]
fn a_syntax_error_leaves_the_other_documents_readable_and_their_lines_right() {
    let text = format!("{HEAD}---\na: \"x\n--- # next\n{HEAD}spec: {{environment: a, realm: b, foo: 1}}\n---\nb: [1\n");
    assert_snapshot!(findings(&text), @r#"
    error: missing field `spec` at the top level
     --> <stdin>:1:1
      |
    1 | apiVersion: opcp.dev/v1alpha1
      | ^^^^^^^^^^

    error: this quote is never closed
     --> <stdin>:5:4
      |
    5 | a: "x
      |    ^
      |
      = help: close it, or write the text without quotes

    error: unknown field `foo` in spec
      --> <stdin>:10:34
       |
    10 | spec: {environment: a, realm: b, foo: 1}
       |                                  ^^^
       |
       = help: the fields here are `environment`, `realm`, `port`, `login`, `clients`, `mode`

    error: this bracket is never closed
      --> <stdin>:12:4
       |
    12 | b: [1
       |    ^
       |
       = help: close it
    "#);
}

#[test]
fn syntax_errors_are_said_in_plain_words_at_their_place() {
    for (text, message, place) in [
        ("a:\n\t- x\n", "a tab is not allowed here", "2:2"),
        ("a: 'x\n", "this quote is never closed", "1:4"),
        ("a: \"x\n---\n", "this quote is never closed", "1:4"),
        ("a: \"x\" y\n", "nothing may follow the closing quote", "1:8"),
        ("a: \"\\q\"\n", "this backslash escape is not known", "1:4"),
        ("a: {b: 1\nc: 2\n", "expected `,` or `}` here", "2:2"),
        ("a: [1, 2\nb: 3\n", "expected `,` or `]` here", "2:2"),
        ("a: @x\n", "a value cannot begin with this character", "1:4"),
        ("a: b: c\n", "a `key: value` is not allowed here", "1:5"),
        ("a: *b\n", "no anchor of this name is written before", "1:4"),
        ("- a\nb: c\n", "expected an entry of a list", "2:1"),
        ("a: - b\n", "an entry of a list is not allowed here", "1:4"),
        ("a: {{ b }}\n", "a key must be text", "1:5"),
        ("[a]: b\n", "a key must be text", "1:1"),
        ("&x a: &y b\n*x : c\n", "a key must be text", "2:1"),
        (": b\n", "a key is missing before this `:`", "1:1"),
        ("a: !x b\n", "this tag is not supported", "1:7"),
        ("a: .inf\n", "this number is not finite", "1:4"),
        ("~: b\n", "a key must be text, not null", "1:1"),
        ("a: &x [*x]\n", "an anchor must not contain an alias to itself", "1:8"),
        ("a:\n  <<: 5\n", "a merge key `<<` takes a mapping", "2:7"),
    ] {
        let findings = findings(text);
        assert!(findings.starts_with(&format!("error: {message}")), "{text:?}\n{findings}");
        assert!(findings.contains(&format!("--> <stdin>:{place}\n")), "{text:?}\n{findings}");
        assert_eq!(findings.matches("error: ").count(), 1, "{text:?}\n{findings}");
    }
}

#[test]
fn every_syntax_error_of_a_later_document_counts_lines_from_the_start_of_the_file() {
    for (ending, name) in [("\n", "LF"), ("\r\n", "CRLF"), ("\r", "CR")] {
        for marker in ["---", "..."] {
            let text = format!("\u{feff}{HEAD}{marker}\n# one\n\na: *b\n").replace('\n', ending);
            assert!(findings(&text).contains("--> <stdin>:7:4"), "{name}, {marker}");
        }
        let text = format!("\u{feff}{HEAD}---\n# one\n\na: !x b\n").replace('\n', ending);
        let findings = findings(&text);
        assert!(findings.contains("--> <stdin>:7:7\n"), "{name}");
        assert!(findings.contains("7 | a: !x b\n"), "{name}");
    }
}

#[test]
fn deep_nesting_is_refused_with_its_place() {
    let nested = |depth: usize| format!("{HEAD}spec: {}{}\n", "[".repeat(depth), "]".repeat(depth));
    assert_eq!(load(&nested(31)).1.len(), 0);
    let findings = load(&nested(32)).1.render(false);
    assert!(findings.starts_with("error: values are nested deeper than 32 levels\n --> <stdin>:4:38\n"), "{findings}");
    for depth in [3_000, 300_000] {
        assert_eq!(load(&nested(depth)).1.len(), 1);
        let lines = (0..depth.min(3_000)).map(|level| " ".repeat(level) + "a:\n");
        let block: String = lines.collect();
        assert_eq!(load(&block).1.len(), 1);
    }
}

#[test]
fn an_anchor_that_many_users_share_is_no_bomb() {
    let users = "    - {clientId: c, redirectUris: *uris}\n".repeat(10_000);
    let text = format!(
        "{HEAD}spec:\n  environment: demo\n  realm: pod\n  clients:\n    - {{clientId: c, redirectUris: &uris [a, b]}}\n{users}"
    );
    assert_eq!(findings(&text), "");
}

#[test]
fn a_bomb_of_aliases_is_refused_quickly() {
    let mut text = format!("{HEAD}spec:\n  a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for level in 1..10 {
        let aliases = vec![format!("*a{}", level - 1); 10].join(", ");
        text.extend([format!("  a{level}: &a{level} [{aliases}]\n")]);
    }
    let started = Instant::now();
    let findings = load(&text).1.render(false);
    assert!(findings.contains("the anchors and aliases of this document expand to too much"), "{findings}");
    assert!(started.elapsed() < Duration::from_secs(20));
}

#[test]
fn values_are_those_of_yaml_1_2_and_never_guessed() {
    let document = loaded(&format!(
        "{HEAD}spec: {{a: no, b: on, c: 0755, d: 1_000, e: 2024-01-01, f: 1.5, g: true, h: 'true', i: !!str 5, on: x}}\n"
    ));
    assert_eq!(
        document.value["spec"],
        json!({"a": "no", "b": "on", "c": "0755", "d": "1_000", "e": "2024-01-01", "f": 1.5, "g": true, "h": "true", "i": "5", "on": "x"})
    );
}
