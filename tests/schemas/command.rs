//! `opcp-provision schema` prints what the repository holds.

use std::process::Command;

use crate::documents::root;

#[test]
fn the_command_prints_the_files_of_the_repository() {
    let formats = [
        (&["--format", "json-schema"][..], "schemas/opcp.schema.json"),
        (&[], "schemas/opcp.schema.json"),
        (&["--format", "draft-07"], "schemas/opcp.draft-07.schema.json"),
        (&["--format", "reference"], "schemas/reference.md"),
        (&["--format", "crds", "--kind", "Environment"], "manifests/crds/environment.yaml"),
        (&["--format", "crds", "--kind", "Realm"], "manifests/crds/realm.yaml"),
        (&["--format", "crds", "--kind", "Access"], "manifests/crds/access.yaml"),
        (&["--format", "crds", "--kind", "ApplicationCredential"], "manifests/crds/applicationcredential.yaml"),
    ];
    for (arguments, path) in formats {
        let printed = printed(arguments);
        let kept = std::fs::read_to_string(root().join(path)).unwrap();
        assert!(printed == kept, "schema {} does not print {path}", arguments.join(" "));
    }
}

#[test]
fn one_kind_is_told_without_the_others() {
    for format in ["json-schema", "draft-07", "reference"] {
        let printed = printed(&["--format", format, "--kind", "Access"]);
        assert!(printed.contains("roleAssignments") && !printed.contains("dedicatedScope"), "{format}:\n{printed}");
    }
    assert_eq!(printed(&["--format", "crds"]).matches("\n---\n").count(), 3);
}

fn printed(arguments: &[&str]) -> String {
    let done = Command::new(env!("CARGO_BIN_EXE_opcp-provision")).arg("schema").args(arguments).output().unwrap();
    assert!(done.status.success() && done.stderr.is_empty(), "{}", String::from_utf8_lossy(&done.stderr));
    String::from_utf8(done.stdout).unwrap()
}
