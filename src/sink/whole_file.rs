//! Files that are there whole or not at all, whenever the process is killed. What a killed one has left unfinished is
//! removed by the next that writes into the same folder.

use std::fs::{File, Permissions};
use std::io::{self, Write as _};
use std::path::Path;

use tempfile::{Builder, NamedTempFile};

/// How the names of files begin that are not finished yet.
const UNFINISHED: &str = ".opcp-provision-unfinished-";

/// Writes `text` into a new file of these permissions beside `path`, which `put` then gives its name.
///
/// # Errors
/// What the file system says; nothing is half-written, and nothing is left.
pub fn write(
    path: &Path,
    text: &str,
    permissions: Permissions,
    put: impl FnOnce(NamedTempFile) -> io::Result<()>,
) -> io::Result<()> {
    let folder = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    // Where the folder cannot be listed, there is nothing to be found either.
    let _unlisted = remove_unfinished(folder);
    let mut file = Builder::new().prefix(UNFINISHED).permissions(permissions).tempfile_in(folder)?;
    // As long as this process lives, nobody takes it for a leftover. Where nothing can be locked, nobody does either.
    let _unlocked = file.as_file().lock();
    file.write_all(text.as_bytes())?;
    file.as_file().sync_all()?;
    put(file)?;
    File::open(folder)?.sync_all()
}

/// Removes the unfinished files of those that are no longer at work.
fn remove_unfinished(folder: &Path) -> io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let ours = entry.file_name().to_str().is_some_and(|name| name.starts_with(UNFINISHED));
        if ours && entry.file_type()?.is_file() && File::open(entry.path())?.try_lock().is_ok() {
            std::fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
