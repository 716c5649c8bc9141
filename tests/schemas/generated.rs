//! The generated files of the repository. `UPDATE_SCHEMAS=1` (`make schemas`) writes them anew.

use std::path::Path;

use opcp_provision::schema::files;

#[test]
#[expect(clippy::disallowed_methods, reason = "a test has no command line to ask")]
fn the_generated_files_are_up_to_date() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let updating = std::env::var_os("UPDATE_SCHEMAS").is_some_and(|value| value == "1");
    let mut stale = Vec::new();
    for file in files() {
        let path = root.join(&file.path);
        if updating {
            std::fs::write(&path, &file.text).unwrap();
        } else if std::fs::read_to_string(&path).unwrap_or_default() != file.text {
            stale.push(file.path);
        }
    }
    assert!(stale.is_empty(), "not as the types say; make schemas writes them anew: {}", stale.join(", "));
}
