//! Expected texts in files. `UPDATE_SCENARIOS=1` writes them; without it a missing one is a failure.

use std::path::Path;

/// Compares `actual` with the file and says what differs.
pub(crate) fn compare(path: &Path, actual: &str) -> Result<(), String> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    if updating() {
        std::fs::write(path, actual).map_err(|error| format!("failed to write {name}: {error}"))?;
        return Ok(());
    }
    match std::fs::read_to_string(path) {
        Ok(expected) if expected == actual => Ok(()),
        Ok(expected) => Err(format!("{name} differs (- expected, + actual):\n{}", difference(&expected, actual))),
        Err(_) => Err(format!("{name} is missing (UPDATE_SCENARIOS=1 writes it); it would be:\n{actual}")),
    }
}

/// Whether expected texts are to be written instead of compared.
#[expect(clippy::disallowed_methods, reason = "a test has no command line to ask")]
pub(crate) fn updating() -> bool {
    std::env::var_os("UPDATE_SCENARIOS").is_some_and(|value| value == "1")
}

fn difference(expected: &str, actual: &str) -> String {
    let diff = similar::TextDiff::from_lines(expected, actual);
    diff.unified_diff().context_radius(3).to_string()
}
