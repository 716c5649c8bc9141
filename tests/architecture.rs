//! The invariants that `src/lib.rs` states about its modules, read off the sources.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::path::{Path, PathBuf};

/// The modules in the order in which they build on each other: none uses one that comes after it, or stands beside it.
const ORDER: [&[&str]; 22] = [
    &["secret"],
    &["model"],
    &["diagnostic"],
    &["spec"],
    &["resolve"],
    &["http"],
    &["resource"],
    &["shape"],
    &["access"],
    &["keycloak", "keystone", "sink"],
    &["backend"],
    &["rotation"],
    &["observe"],
    &["plan"],
    &["owner"],
    &["execute"],
    &["pipeline"],
    &["delivery", "tokens"],
    &["trial"],
    &["report"],
    &["schema"],
    &["cli"],
];

/// The modules that do no I/O, and the crates that do.
const PURE: [&str; 9] = ["model", "diagnostic", "resolve", "shape", "access", "plan", "backend", "rotation", "report"];
const WITH_IO: [&str; 6] = ["tokio::", "reqwest::", "kube::", "std::fs", "std::net", "std::process"];

/// Names that say nothing of what is in them.
const EMPTY_NAMES: [&str; 6] = ["utils", "common", "helpers", "manager", "misc", "dry_run"];

/// A source file that is not a test.
struct Source {
    /// Its path below `src/`.
    path: PathBuf,
    /// Its code, without comments.
    code: String,
}

impl Source {
    /// The module of the crate that it belongs to.
    fn module(&self) -> &str {
        self.path.iter().next().unwrap().to_str().unwrap().trim_end_matches(".rs")
    }

    /// The modules of the crate that it names.
    fn uses(&self) -> impl Iterator<Item = &str> {
        let is_part = |character: char| character.is_ascii_lowercase() || character == '_';
        let after = self.code.split("crate::").skip(1);
        after.map(move |rest| &rest[..rest.find(|character| !is_part(character)).unwrap_or(rest.len())])
    }
}

fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.file_stem().unwrap() == "tests" {
                continue;
            }
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let text = std::fs::read_to_string(&path).unwrap();
            let code = text.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n");
            found.push(Source { path: path.strip_prefix(&root).unwrap().to_owned(), code });
        }
    }
    found
}

/// The place of a module in the order; what belongs to no module (`main.rs`, `lib.rs`) may use all.
fn place(module: &str) -> Option<usize> {
    ORDER.iter().position(|beside| beside.contains(&module))
}

#[test]
fn no_module_uses_one_that_comes_after_it() {
    let mut problems = Vec::new();
    for source in sources() {
        let own = source.module();
        let Some(own_place) = place(own) else {
            assert!(["main", "lib"].contains(&own), "{own} has no place in the order");
            continue;
        };
        let later = source.uses().filter(|used| *used != own && place(used).is_none_or(|place| place >= own_place));
        problems.extend(later.map(|used| format!("{} uses {used}", source.path.display())));
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

#[test]
fn what_is_pure_uses_nothing_that_does_io() {
    let sources = sources();
    let pure = sources.iter().filter(|source| PURE.contains(&source.module()));
    let named = pure.flat_map(|source| WITH_IO.map(|name| (source, name)));
    let found: Vec<_> = named.filter(|(source, name)| source.code.contains(name)).collect();
    let words: Vec<String> =
        found.iter().map(|(source, name)| format!("{} uses {name}", source.path.display())).collect();
    assert!(words.is_empty(), "{}", words.join("\n"));
}

#[test]
fn what_a_resource_sends_is_decided_without_io() {
    for source in sources().iter().filter(|source| source.path.ends_with("wire.rs")) {
        for name in ["async", "Reader"] {
            let words = source.code.split(|letter: char| !letter.is_alphanumeric());
            assert!(words.into_iter().all(|word| word != name), "{} names {name}", source.path.display());
        }
    }
}

#[test]
fn only_execution_is_given_a_writer() {
    // The front-end logs in and hands the writer on.
    let may = ["http", "execute", "cli"];
    for source in sources().iter().filter(|source| !may.contains(&source.module())) {
        let names_it = source.code.split(|letter: char| !letter.is_alphanumeric()).any(|word| word == "Writer");
        assert!(!names_it, "{} names a writer", source.path.display());
    }
}

#[test]
fn the_environment_of_the_process_is_read_by_the_front_end_alone() {
    for source in sources().iter().filter(|source| source.module() != "cli") {
        assert!(!source.code.contains("env::var"), "{}", source.path.display());
    }
}

#[test]
fn a_name_says_what_is_in_it() {
    for source in sources() {
        let empty = source.path.iter().map(|part| part.to_str().unwrap().trim_end_matches(".rs"));
        let empty: Vec<_> = empty.filter(|name| EMPTY_NAMES.contains(name)).collect();
        assert!(empty.is_empty(), "{}", source.path.display());
        assert!(!source.code.contains("dry_run"), "{} plans and executes at once", source.path.display());
    }
}
