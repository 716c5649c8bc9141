//! Where things are written.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use insta::assert_snapshot;
use proptest::prelude::*;
use serde_json::json;

use super::{HEAD, findings, load, loaded, whole};

#[test]
fn a_byte_order_mark_and_windows_line_ends_keep_positions_right() {
    let text = format!("\u{feff}{HEAD}spec:\n  environment: 'ä'\n  realm: b\n  ähm: x\n").replace('\n', "\r\n");
    assert_snapshot!(findings(&text), @r#"
    error: unknown field `ähm` in spec
     --> <stdin>:7:3
      |
    7 |   ähm: x
      |   ^^^
      |
      = help: the fields here are `environment`, `realm`, `port`, `login`, `clients`, `mode`
    "#);
    let document = loaded(&format!("\u{feff}{HEAD}spec: {{'ää': x, b: y}}\r\n"));
    assert!(document.origin.file().text.starts_with("apiVersion"));
    assert_eq!(document.origin.at("").to_string(), "<stdin>:1:1");
    assert_eq!(document.origin.at("/spec/b").to_string(), "<stdin>:4:20");
}

#[test]
fn anchors_and_aliases_are_accepted_and_placed_at_the_alias() {
    let text = format!(
        "{HEAD}spec:\n  a: &a {{b: [1, 2]}}\n  c: *a\n  d:\n    <<: *a\n    e: f\n  g:\n    <<: [*a, {{h: i}}]\n  j: {{<<: {{k: l}}}}\n"
    );
    let document = loaded(&text);
    let spec = &document.value["spec"];
    assert_eq!(
        (&spec["c"]["b"][1], &spec["d"], &spec["g"]["h"]),
        (&json!(2), &json!({"b": [1, 2], "e": "f"}), &json!("i"))
    );
    let at = |pointer: &str| document.origin.at(pointer).to_string();
    assert_eq!(at("/spec/a/b/1"), "<stdin>:5:17");
    assert_eq!(at("/spec/c/b/1"), "<stdin>:6:6");
    assert_eq!(at("/spec/d/b/0"), "<stdin>:8:9");
    assert_eq!(at("/spec/d/e"), "<stdin>:9:8");
    assert_eq!(at("/spec/g/h"), "<stdin>:11:9");
    assert_eq!(document.origin.key_at("/spec/d/b").to_string(), "<stdin>:8:9");
}

#[test]
fn a_long_line_is_cut_to_a_window_around_the_mark() {
    let long = "x".repeat(1_000_000);
    let started = Instant::now();
    let findings = whole(&format!("  clients: [{{clientId: {long}, oops: 1, name: {long}}}]\n"));
    assert!(started.elapsed() < Duration::from_secs(20));
    assert_snapshot!(findings, @r#"
    error: unknown field `oops` in spec.clients[0]
     --> <stdin>:7:1000026
      |
    7 | ...   …xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx, oops: 1, name: xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…
      |                                                          ^^^^
      |
      = help: the fields here are `clientId`, `name`, `directAccessGrants`, `redirectUris`, `attributes`, `token`
    "#);
}

#[test]
fn places_answer_for_keys_values_and_what_is_not_written() {
    let document = loaded(&format!(
        "{HEAD}spec:\n  users:\n    - name: alice\n      \"e/mail~\": 'x'\n    - {{name: bob}}\n  text: |\n    line\n  empty: []\n"
    ));
    let at = |pointer: &str| document.origin.at(pointer).to_string();
    let key_at = |pointer: &str| document.origin.key_at(pointer).to_string();
    assert_eq!(at(""), "<stdin>:1:1");
    assert_eq!((at("/spec/users/0"), key_at("/spec/users/0")), ("<stdin>:6:7".into(), "<stdin>:6:7".into()));
    assert_eq!(
        (at("/spec/users/0/e~1mail~0"), key_at("/spec/users/0/e~1mail~0")),
        ("<stdin>:7:18".into(), "<stdin>:7:7".into())
    );
    assert_eq!((at("/spec/users/1/name"), key_at("/spec/users/1/name")), ("<stdin>:8:14".into(), "<stdin>:8:8".into()));
    assert_eq!(
        (at("/spec/users/1/email"), key_at("/spec/users/1/email")),
        ("<stdin>:8:7".into(), "<stdin>:8:7".into())
    );
    assert_eq!((at("/spec/users"), at("/spec/users/7/email/x")), ("<stdin>:6:5".into(), "<stdin>:6:5".into()));
    assert_eq!(at("/spec/text"), "<stdin>:10:5");
    assert_eq!(at("/spec/empty/0"), "<stdin>:11:10");
    assert_eq!(at("/metadata/name"), "<stdin>:3:18");
}

#[test]
fn a_value_that_is_left_out_is_placed_at_its_key() {
    let (documents, diagnostics) = load(&format!("{HEAD}spec:\n  \"a/b~c\":\n  d: ~\n"));
    let origin = &documents[0].origin;
    assert_eq!(origin.at("/spec/a~1b~0c").to_string(), "<stdin>:5:3");
    assert_eq!(origin.at("/spec/d").to_string(), "<stdin>:6:6");
    let rendered = diagnostics.render(false);
    assert!(rendered.contains("error: spec[\"a/b~c\"] has no value (null)\n --> <stdin>:5:3\n"), "{rendered}");
}

/// A value whose scalars are all text, and how to write it.
#[derive(Clone, Debug)]
enum Tree {
    Scalar(String),
    List(Vec<Tree>),
    Mapping(BTreeMap<String, Tree>),
}

fn tree() -> impl Strategy<Value = Tree> {
    let text = || prop_oneof!["[a-zäöü€🔑]{1,8}", "[ -~]{0,12}", "[a-z:#'\"\\\\ ]{0,6}"];
    text().prop_map(Tree::Scalar).prop_recursive(5, 60, 5, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Tree::List),
            prop::collection::btree_map(text(), inner, 0..5).prop_map(Tree::Mapping),
        ]
    })
}

/// Write a value as block or flow, by turns; each scalar's pointer and spelling is noted.
fn write(tree: &Tree, depth: usize, flow: bool, pointer: &str, out: &mut String, scalars: &mut Vec<(String, String)>) {
    let quoted = |text: &str| {
        if text.len().is_multiple_of(2) {
            format!("'{}'", text.replace('\'', "''"))
        } else {
            serde_json::to_string(text).unwrap()
        }
    };
    let escape = |key: &str| key.replace('~', "~0").replace('/', "~1");
    let flow = flow
        || depth % 4 == 3
        || matches!(tree, Tree::List(list) if list.is_empty())
        || matches!(tree, Tree::Mapping(entries) if entries.is_empty());
    let entries: Vec<(String, String, &Tree)> = match tree {
        Tree::Scalar(text) => {
            let plain = !text.is_empty() && text.chars().all(char::is_alphabetic) && text != "null";
            let spelling = if plain { text.clone() } else { quoted(text) };
            scalars.push((pointer.to_owned(), spelling.clone()));
            out.push_str(&spelling);
            return;
        }
        Tree::List(list) => list
            .iter()
            .enumerate()
            .map(|(index, entry)| {
                (format!("{pointer}/{index}"), if flow { String::new() } else { "- ".to_owned() }, entry)
            })
            .collect(),
        Tree::Mapping(map) => map
            .iter()
            .map(|(key, entry)| (format!("{pointer}/{}", escape(key)), format!("{}: ", quoted(key)), entry))
            .collect(),
    };
    let mapping = matches!(tree, Tree::Mapping(_));
    if flow {
        out.push(if mapping { '{' } else { '[' });
    }
    for (index, (pointer, lead, entry)) in entries.iter().enumerate() {
        if flow {
            out.push_str(if index > 0 { ", " } else { "" });
        } else {
            out.push('\n');
            out.push_str(&"  ".repeat(depth));
        }
        out.push_str(lead);
        write(entry, depth + 1, flow, pointer, out, scalars);
    }
    if flow {
        out.push(if mapping { '}' } else { ']' });
    }
}

proptest! {
    #[test]
    fn every_scalar_is_found_where_it_is_written(tree in tree(), windows in any::<bool>()) {
        let (mut text, mut scalars) = (format!("# ü\n{HEAD}spec: "), Vec::new());
        write(&tree, 1, false, "/spec", &mut text, &mut scalars);
        text.push('\n');
        let text = if windows { text.replace('\n', "\r\n") } else { text };
        let document = loaded(&text);
        for (pointer, spelling) in scalars {
            let source = document.origin.at(&pointer);
            prop_assert_eq!(&document.origin.file().text[source.span.clone()], &spelling);
            let line = text.lines().nth(source.line - 1).unwrap();
            let from_column: String = line.chars().skip(source.column - 1).collect();
            prop_assert!(from_column.starts_with(&spelling), "{} at {}", spelling, source);
        }
    }

    #[test]
    fn no_text_makes_the_loader_panic(text in "([a-z:&*!|>'\"\\[\\]{}#%@,? \t\r\n~<-]|password|---|\n  |: |- |ä|\u{feff}){0,60}") {
        findings(&text);
        findings(&format!("{HEAD}spec: {text}"));
    }
}
