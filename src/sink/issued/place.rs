//! A place as its address says it: a file, or a part of one.

use std::fs::{File, Permissions};
use std::io::{self, ErrorKind, Read as _};
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _, PermissionsExt as _, fchown};
use std::path::{Path, PathBuf};

use rustix::fs::{Access as Right, access};

use super::dialect::Dialect;
use super::{Access, SinkError, clouds_yaml, ini, openrc};
use crate::model::address::{Address, SinkKind};
use crate::sink::whole_file;

/// More is no configuration of a client.
const LARGEST: u64 = 1 << 20;

/// The names of an address that are its file's path.
pub(super) fn path_names(address: &Address) -> &[String] {
    match address {
        Address::Sink { kind: SinkKind::CloudsYaml | SinkKind::Ini, names } => names.get(1..).unwrap_or_default(),
        Address::Sink { kind: SinkKind::Openrc | SinkKind::File, names } => names,
        Address::Sink { kind: SinkKind::KubernetesSecret | SinkKind::Command, .. }
        | Address::Keycloak { .. }
        | Address::Keystone { .. } => &[],
    }
}

/// The file of a place.
fn file(address: &Address) -> PathBuf {
    match path_names(address) {
        [first, rest @ ..] if first == "." => rest.iter().collect(),
        names => Path::new("/").join(names.iter().collect::<PathBuf>()),
    }
}

/// The part of its file that a place is: the name of a cloud or of a section.
fn part(address: &Address) -> &str {
    address.names().first().map_or("", String::as_str)
}

/// Where a clouds.yaml keeps its secrets apart.
fn secure(path: &Path) -> PathBuf {
    path.with_file_name("secure.yaml")
}

/// What the place at `address` tells; nothing if there is no such place yet.
///
/// # Errors
/// [`SinkError`] when it cannot be read, or is not what it should be.
pub(super) fn read(address: &Address, dialect: Dialect) -> Result<Option<Access>, SinkError> {
    let path = file(address);
    let Some(text) = content(&path)? else { return Ok(None) };
    let found = match address {
        Address::Sink { kind: SinkKind::CloudsYaml, .. } => {
            let secrets = content(&secure(&path))?;
            clouds_yaml::read(&text, secrets.as_deref(), part(address), dialect)
        }
        Address::Sink { kind: SinkKind::Ini, .. } => ini::read(&text, part(address), dialect),
        _ => openrc::read(&text, dialect),
    };
    found.map_err(unfit(&path))
}

/// Writes what the place at `address` shall tell.
///
/// # Errors
/// [`SinkError`] when it cannot be written; nothing is half-written.
pub(super) fn write(address: &Address, told: &Access, dialect: Dialect) -> Result<(), SinkError> {
    let path = file(address);
    let text = content(&path)?;
    let text = text.as_deref().unwrap_or_default();
    let written = match address {
        Address::Sink { kind: SinkKind::CloudsYaml, .. } => {
            let (apart, cloud) = (secure(&path), part(address));
            let secrets = content(&apart)?;
            let text = clouds_yaml::write(text, told, cloud, dialect).map_err(unfit(&path))?;
            let secrets = clouds_yaml::write_apart(secrets.as_deref(), told, cloud, dialect);
            let secrets = secrets.map_err(unfit(&apart))?;
            let secrets = || secrets.iter().try_for_each(|secrets| put(&apart, secrets));
            // What stands apart counts for more: it comes before the rest, and goes after it.
            return if told.secure_yaml {
                secrets().and_then(|()| put(&path, &text))
            } else {
                put(&path, &text).and_then(|()| secrets())
            };
        }
        Address::Sink { kind: SinkKind::Ini, .. } => {
            ini::write(text, told, part(address), dialect).map_err(unfit(&path))?
        }
        _ => openrc::write(text, told, dialect).map_err(unfit(&path))?,
    };
    put(&path, &written)
}

fn unfit(path: &Path) -> impl Fn(String) -> SinkError {
    move |why| SinkError::Unfit { place: path.display().to_string(), why }
}

/// Why a place cannot be written as things are; nothing if it can.
#[must_use]
pub fn obstacle(address: &Address) -> Option<String> {
    if path_names(address).is_empty() {
        return None;
    }
    let path = file(address);
    let folder = folder(&path);
    let metadata = match folder.metadata() {
        Ok(metadata) if metadata.is_dir() => metadata,
        Ok(_) => return Some(format!("{} is no folder", folder.display())),
        Err(error) => return Some(format!("the folder {} cannot be used: {error}", folder.display())),
    };
    if metadata.mode() & 0o022 != 0 {
        return Some(format!("others may write to the folder {}, and could put another file there", folder.display()));
    }
    if let Err(error) = access(&folder, Right::WRITE_OK | Right::EXEC_OK) {
        return Some(format!("the folder {} cannot be written: {}", folder.display(), io::Error::from(error)));
    }
    let stands = path.symlink_metadata().ok().filter(|metadata| !metadata.is_file());
    stands.map(|metadata| {
        let what = if metadata.is_symlink() { "a symbolic link" } else { "no plain file" };
        format!("{} is {what}", path.display())
    })
}

fn folder(path: &Path) -> PathBuf {
    path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new(".")).to_owned()
}

/// The text of a file; nothing if there is none. A symbolic link is not followed.
fn content(path: &Path) -> Result<Option<String>, SinkError> {
    let failed = |source| SinkError::Io { what: "read", path: path.to_owned(), source };
    let flags = rustix::fs::OFlags::NOFOLLOW.bits();
    let opened = File::options().read(true).custom_flags(i32::try_from(flags).unwrap_or_default()).open(path);
    let file = match opened {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(failed(error)),
    };
    let mut text = String::new();
    file.take(LARGEST).read_to_string(&mut text).map_err(failed)?;
    Ok(Some(text))
}

/// Puts `text` into the place of a file: private from its first byte, whole or not at all. Whose file it is stays: it may be
/// a service's.
fn put(path: &Path, text: &str) -> Result<(), SinkError> {
    let owner = path.symlink_metadata().ok().map(|metadata| (metadata.uid(), metadata.gid()));
    let put = |file: tempfile::NamedTempFile| {
        let own = file.as_file().metadata().map(|metadata| (metadata.uid(), metadata.gid()))?;
        if let Some((user, group)) = owner.filter(|owner| *owner != own) {
            fchown(file.as_file(), Some(user), Some(group))?;
        }
        file.persist(path).map(|_| ()).map_err(|error| error.error)
    };
    whole_file::write(path, text, Permissions::from_mode(0o600), put).map_err(|source| SinkError::Io {
        what: "write",
        path: path.to_owned(),
        source,
    })
}
