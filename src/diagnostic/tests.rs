//! How findings are shown.

use std::ops::Range;
use std::sync::Arc;

use insta::assert_snapshot;
use proptest::prelude::*;

use super::{Diagnostic, Diagnostics};
use crate::model::source::{File, Mark, Source};

/// The place of these bytes in a file.
fn place(file: &Arc<File>, span: Range<usize>) -> Source {
    let before = &file.text[..span.start];
    let line_start = before.rfind('\n').map_or(0, |at| at + 1);
    let (line, column) = (before.matches('\n').count() + 1, before[line_start..].chars().count() + 1);
    Source::marked(Arc::clone(file), Mark { start: span.start, end: span.end, line, column })
}

fn file(path: &str, text: &str) -> Arc<File> {
    Arc::new(File::new(path, text))
}

/// A finding about the first `needle` of a text.
fn about(text: &str, needle: &str) -> Diagnostic {
    let start = text.find(needle).unwrap();
    Diagnostic::error(place(&file("a.yaml", text), start..start + needle.len()), "wrong")
}

#[test]
fn a_finding_shows_its_line_alone_and_everything_that_belongs_to_it() {
    let other = file("dir/b.yaml", "zero: 0\none: 1\n");
    let finding = about("before: x\n  name: ämne\nafter: y\n", "ämne")
        .code("OPCP-E001")
        .label("this one")
        .also(place(&other, 8..11), "first written here")
        .help("choose one");
    assert_snapshot!(finding.render(false), @r#"
    error[OPCP-E001]: wrong
     --> a.yaml:2:9
      |
    2 |   name: ämne
      |         ^^^^ this one
      |
      = help: choose one
    note: first written here
     --> dir/b.yaml:2:1
      |
    2 | one: 1
      | ---
    "#);
}

#[test]
fn colour_changes_no_word() {
    let finding = about("a: b\n", "b").help("do");
    let coloured = finding.render(true);
    assert!(coloured.contains("\u{1b}["));
    let mut plain = String::new();
    let mut inside = false;
    for character in coloured.chars() {
        inside |= character == '\u{1b}';
        plain.extend((!inside).then_some(character));
        inside &= character != 'm';
    }
    assert_eq!(plain, finding.render(false));
}

#[test]
fn a_warning_is_no_error() {
    let mut findings = Diagnostics::new();
    assert!(findings.is_empty() && !findings.has_errors());
    let source = Source::whole(file("a.yaml", ""));
    findings.push(Diagnostic::warning(source.clone(), "odd"));
    assert!(!findings.is_empty() && !findings.has_errors());
    findings.extend([Diagnostic::error(source, "wrong")]);
    assert!(findings.has_errors());
    assert_eq!(findings.render(false), "warning: odd\n--> a.yaml\n\nerror: wrong\n--> a.yaml");
    assert_eq!((findings.len(), findings.into_iter().count()), (2, 2));
}

#[test]
fn the_end_of_a_line_and_of_a_text_can_be_marked() {
    assert_snapshot!(Diagnostic::error(place(&file("a.yaml", "ab:\ncd"), 3..4), "nothing here").render(false), @r#"
    error: nothing here
     --> a.yaml:1:4
      |
    1 | ab:
      |    ^
    "#);
    assert_snapshot!(Diagnostic::error(place(&file("a.yaml", "ab"), 2..3), "nothing here").render(false), @r#"
    error: nothing here
     --> a.yaml:1:3
      |
    1 | ab
      |   ^
    "#);
}

#[test]
fn a_mark_over_several_lines_ends_with_the_first() {
    assert_snapshot!(about("a: {b: c,\n  d: e}\n", "{b: c,\n  d: e}").render(false), @r#"
    error: wrong
     --> a.yaml:1:4
      |
    1 | a: {b: c,
      |    ^^^^^^
    "#);
}

#[test]
fn hidden_parts_are_replaced_whatever_their_length_and_the_column_stays_true() {
    let text = "a: s, b: {c: much-longer-than-the-stars, d: e}, f: g\n";
    let hidden = || Arc::new(File::new("a.yaml", text).hiding(vec![3..4, 13..39]));
    let finding = |span: Range<usize>| Diagnostic::error(place(&hidden(), span), "wrong").render(false);
    assert_snapshot!(finding(6..7), @r#"
    error: wrong
     --> a.yaml:1:7
      |
    1 | …***, b: {c: ****, d: e}, f: g
      |       ^
    "#);
    assert_snapshot!(finding(15..20), @r#"
    error: wrong
     --> a.yaml:1:16
      |
    1 | … ****, b: {c: ****, d: e}, f: g
      |                ^^^^
    "#);
    assert_snapshot!(finding(44..45), @r#"
    error: wrong
     --> a.yaml:1:45
      |
    1 |                    a: ****, b: {c: ****, d: e}, f: g
      |                                             ^
    "#);
    let concealed = about("  token: abc # abc\n", "abc").conceal();
    assert_snapshot!(concealed.render(false), @r#"
    error: wrong
     --> a.yaml:1:10
      |
    1 |   token: **** # abc
      |          ^^^^
    "#);
}

#[test]
fn control_characters_do_not_reach_the_terminal() {
    let rendered = about("a: \u{1b}[31mred\u{7}\n", "red").help("\u{1b}[2J").render(false);
    assert!(!rendered.contains(['\u{1b}', '\u{7}']), "{rendered:?}");
}

proptest! {
    #[test]
    fn nothing_hidden_is_ever_shown_and_the_place_is_always_named(
        before in "[a-zä \t\n]{0,200}", secret in "[A-Z\n]{1,200}", after in "[a-z€\n]{0,200}", at in 0_usize..600, length in 0_usize..30
    ) {
        let text = format!("{before}{secret}{after}");
        let boundary = |mut at: usize| { at = at.min(text.len()); while !text.is_char_boundary(at) { at -= 1; } at };
        let span = boundary(at)..boundary(boundary(at) + length);
        let hidden = before.len()..before.len() + secret.len();
        let file = Arc::new(File::new("a.yaml", text.as_str()).hiding(Vec::from([hidden])));
        let source = place(&file, span);
        let named = source.to_string();
        let rendered = Diagnostic::error(source, "wrong").render(false);
        prop_assert!(!rendered.contains(char::is_uppercase), "{}", rendered);
        prop_assert!(text.is_empty() || rendered.contains(&named), "{} {}", named, rendered);
    }
}
