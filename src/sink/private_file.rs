//! Files that nobody else can read: 0600 from the first byte, whole or not there at all.

use std::fs::{File, Permissions};
use std::io::{self, Read as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use super::{MARK, whole_file};

/// Why a file was not written. What was there before is untouched.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// Somebody else's file stands there.
    #[error("{} exists and was not written by opcp-provision", .0.display())]
    NotOurs(PathBuf),
    /// The file system refuses.
    #[error("failed to write {}", .path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
}

/// What was written here to `path` before; nothing if there is no such file.
///
/// # Errors
/// [`WriteError`] when somebody else's file stands there.
pub fn read(path: &Path) -> Result<Option<String>, WriteError> {
    let failed = |source| WriteError::Io { path: path.to_owned(), source };
    if !ours(path).map_err(failed)? {
        return Err(WriteError::NotOurs(path.to_owned()));
    }
    match std::fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(failed(error)),
    }
}

/// Writes `text` to `path` in one go, replacing only a file that was written here before.
///
/// # Errors
/// [`WriteError`]; nothing is half-written.
pub fn write(path: &Path, text: &str) -> Result<(), WriteError> {
    let failed = |source| WriteError::Io { path: path.to_owned(), source };
    if !ours(path).map_err(failed)? {
        return Err(WriteError::NotOurs(path.to_owned()));
    }
    let put = |file: NamedTempFile| file.persist(path).map(|_| ()).map_err(|error| error.error);
    whole_file::write(path, text, Permissions::from_mode(0o600), put).map_err(failed)
}

/// Whether `path` is free, or holds what was written here before. A link is never ours.
fn ours(path: &Path) -> io::Result<bool> {
    match path.symlink_metadata() {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(true),
        Err(error) => return Err(error),
        Ok(metadata) if !metadata.is_file() => return Ok(false),
        Ok(_) => {}
    }
    let mut beginning = Vec::new();
    File::open(path)?.take(MARK.len() as u64).read_to_end(&mut beginning)?;
    Ok(beginning == MARK.as_bytes())
}

#[cfg(test)]
mod tests;
