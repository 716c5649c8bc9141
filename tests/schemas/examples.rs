//! Every example and every scenario is accepted by the schemas; every example tells editors where its schema is.

use std::process::Command;

use crate::documents::{Schemas, files, load, root};

#[test]
fn every_example_and_scenario_fits_the_schemas() {
    let schemas = Schemas::new();
    let texts = ["examples", "tests/scenarios", "tests/sandbox/templates"].map(|folder| files(folder, "yaml")).concat();
    assert!(texts.len() > 50, "only {} files were found", texts.len());
    let mut complaints = Vec::new();
    for path in texts {
        let text = std::fs::read_to_string(&path).unwrap();
        // What scenarios and the demonstration fill in: addresses, and grants for which an empty list stands here.
        let text = text.replace("{{keycloak}}", "https://a").replace("{{keystone}}", "https://b");
        let text = text.replace("${keycloak_url}", "https://a").replace("${keystone_url}", "https://b");
        let text = text.replace("${grants}", "        []").replace("${", "$");
        let (documents, against) = load(&text);
        assert!(!documents.is_empty() && !against.has_errors(), "{}: {}", path.display(), against.render(false));
        for document in documents {
            let found = schemas.complaints(&document).concat();
            complaints.extend(found.into_iter().map(|complaint| format!("{}: {complaint}", path.display())));
        }
    }
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}

#[test]
fn every_example_begins_with_a_line_that_leads_editors_to_its_schema() {
    let schema = std::fs::canonicalize(root().join("schemas/opcp.draft-07.schema.json")).unwrap();
    for path in files("examples", "yaml") {
        let text = std::fs::read_to_string(&path).unwrap();
        let line = text.lines().next().unwrap_or_default();
        let named = line.strip_prefix("# yaml-language-server: $schema=").unwrap_or_default();
        let leads_to = path.parent().unwrap().join(named);
        assert_eq!(std::fs::canonicalize(leads_to).ok().as_ref(), Some(&schema), "{}: {line}", path.display());
    }
}

#[test]
fn every_folder_of_examples_is_a_valid_spec() {
    for entry in std::fs::read_dir(root().join("examples")).unwrap() {
        let folder = entry.unwrap().path();
        let done = Command::new(env!("CARGO_BIN_EXE_opcp-provision")).args(["validate", "-f"]).arg(&folder).output();
        let done = done.unwrap();
        assert!(done.status.success(), "{}: {}", folder.display(), String::from_utf8_lossy(&done.stderr));
        assert!(done.stderr.is_empty(), "{}: {}", folder.display(), String::from_utf8_lossy(&done.stderr));
    }
}
