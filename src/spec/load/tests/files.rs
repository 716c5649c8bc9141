//! Paths to texts.

use std::fs;
use std::io::Read as _;
use std::path::PathBuf;

use insta::assert_snapshot;

use super::{HEAD, KINDS, Spec};
use crate::diagnostic::Diagnostics;
use crate::spec::load::{parse, read};

#[test]
fn a_file_that_is_not_utf_8_is_refused_with_offset_and_line_but_no_text() {
    let mut diagnostics = Diagnostics::new();
    let bytes: &[u8] = b"a: 1\r\npassword: hunter2 \xff\n";
    assert!(read(&[PathBuf::from("-")], bytes, &KINDS, &mut diagnostics).is_empty());
    assert_snapshot!(diagnostics.render(false), @r#"
    error: this file is not UTF-8: byte 0xff at offset 24
    --> <stdin>:2:19
     = help: save it in the encoding UTF-8
    "#);
}

#[test]
fn a_file_that_is_too_large_is_refused_and_not_read_to_its_end() {
    let mut diagnostics = Diagnostics::new();
    assert!(read(&[PathBuf::from("-")], std::io::repeat(b'#'), &KINDS, &mut diagnostics).is_empty());
    assert_eq!(diagnostics.render(false), "error: this file is larger than 64 MiB\n--> <stdin>");
    let mut diagnostics = Diagnostics::new();
    let largest = std::io::repeat(b'#').take(64 << 20);
    assert!(read(&[PathBuf::from("-")], largest, &KINDS, &mut diagnostics).is_empty());
    assert_eq!(diagnostics.render(false), "error: there is no document in this file\n--> <stdin>");
}

#[test]
fn directories_are_read_recursively_sorted_without_hidden_and_foreign_files() {
    let directory = tempfile::tempdir().unwrap();
    let root = directory.path();
    for name in ["b.yaml", "a/c.yml", "a/.hidden.yaml", ".git/d.yaml", "a/e.json", "c.yaml", "a/z.yaml"] {
        let path = root.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, HEAD.replace("pod", &name.replace(['/', '.'], "-").replace("-hidden", "hidden"))).unwrap();
    }
    std::os::unix::fs::symlink(root, root.join("a/loop")).unwrap();
    std::os::unix::fs::symlink(root.join("c.yaml"), root.join("a/link.yaml")).unwrap();
    let mut diagnostics = Diagnostics::new();
    let paths =
        [root.join("b.yaml"), root.to_owned(), PathBuf::from("-"), root.join("a/.hidden.yaml"), PathBuf::from("-")];
    let loaded = read(&paths, HEAD.as_bytes(), &KINDS, &mut diagnostics);
    assert!(diagnostics.is_empty(), "{}", diagnostics.render(false));
    let names: Vec<&str> = loaded.iter().map(|document| document.name.as_str()).collect();
    assert_eq!(names, ["b-yaml", "a-c-yml", "c-yaml", "a-z-yaml", "pod", "a-hidden-yaml"]);
    assert_eq!(loaded[1].directory, root.join("a"));
    assert_eq!(loaded[1].origin.file().path, root.join("a/c.yml"));
}

#[test]
fn paths_that_lead_to_nothing_are_all_reported() {
    let directory = tempfile::tempdir().unwrap();
    let root = directory.path();
    fs::create_dir(root.join("empty")).unwrap();
    fs::write(root.join("blank.yaml"), "\n").unwrap();
    let mut diagnostics = Diagnostics::new();
    let paths = [root.join("none.yaml"), root.join("empty"), root.join("blank.yaml")];
    assert!(read(&paths, std::io::empty(), &KINDS, &mut diagnostics).is_empty());
    insta::with_settings!({filters => vec![(root.to_str().unwrap(), "ROOT")]}, {
        assert_snapshot!(diagnostics.render(false), @r#"
        error: there is no document in this file
        --> ROOT/blank.yaml

        error: no `*.yaml` or `*.yml` file is in this directory
        --> ROOT/empty

        error: failed to read this path: No such file or directory (os error 2)
        --> ROOT/none.yaml
        "#);
    });
}

#[test]
fn findings_of_several_files_are_sorted_by_file_and_line() {
    let directory = tempfile::tempdir().unwrap();
    let path = |name: &str| directory.path().join(name);
    fs::write(path("b.yaml"), format!("{HEAD}spec: {{}}\n")).unwrap();
    fs::write(path("a.yaml"), format!("{HEAD}bar: 1\n---\na: *b\n---\n{HEAD}foo: 1\n")).unwrap();
    let mut diagnostics = Diagnostics::new();
    let loaded = read(&[path("b.yaml"), path("a.yaml")], std::io::empty(), &KINDS, &mut diagnostics);
    assert_eq!(loaded.len(), 3);
    let _: Option<Spec> = parse(&loaded[0], "/spec", &mut diagnostics);
    let places: Vec<String> = diagnostics
        .sorted()
        .iter()
        .map(|found| found.source.to_string().split_off(directory.path().to_str().unwrap().len() + 1))
        .collect();
    assert_eq!(places, ["a.yaml:4:1", "a.yaml:6:4", "a.yaml:11:1", "b.yaml:4:7", "b.yaml:4:7"]);
}
