//! Nothing unfinished stays, and what is still being written is left alone.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use super::*;

fn put_at(path: &Path) -> impl FnOnce(NamedTempFile) -> io::Result<()> {
    move |file| file.persist(path).map(|_| ()).map_err(|error| error.error)
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn what_a_killed_run_has_left_is_removed_by_the_next() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("file");
    fs::write(folder.path().join(format!("{UNFINISHED}a1b2c3")), "half").unwrap();
    write(&path, "whole", Permissions::from_mode(0o600), put_at(&path)).unwrap();
    assert_eq!(names(folder.path()), ["file"]);
}

#[test]
fn what_another_run_is_writing_stays() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("file");
    let other = format!("{UNFINISHED}d4e5f6");
    let held = File::create(folder.path().join(&other)).unwrap();
    held.lock().unwrap();
    write(&path, "whole", Permissions::from_mode(0o600), put_at(&path)).unwrap();
    assert_eq!(names(folder.path()), [other.as_str(), "file"]);
}

#[test]
fn what_cannot_be_put_in_its_place_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let refused = |_| Err(io::ErrorKind::AlreadyExists.into());
    let path = folder.path().join("file");
    assert!(write(&path, "whole", Permissions::from_mode(0o600), refused).is_err());
    assert_eq!(names(folder.path()), Vec::<String>::new());
}
