//! Secrets in files are nobody else's, and nobody else's file is replaced.

use std::fs;

use super::*;

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[test]
fn a_file_is_private_and_can_be_written_again() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("openrc");
    write(&path, "# Written by opcp-provision: one\n").unwrap();
    fs::set_permissions(&path, Permissions::from_mode(0o644)).unwrap();
    write(&path, "# Written by opcp-provision: two\n").unwrap();
    assert_eq!(fs::read_to_string(&path).unwrap(), "# Written by opcp-provision: two\n");
    assert_eq!(mode(&path), 0o600);
    assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 1, "no temporary file is left");
}

#[test]
fn somebody_elses_file_stays() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("openrc");
    fs::write(&path, "export OS_CLOUD=mine\n").unwrap();
    assert!(matches!(write(&path, "# Written by opcp-provision\n"), Err(WriteError::NotOurs(_))));
    assert_eq!(fs::read_to_string(&path).unwrap(), "export OS_CLOUD=mine\n");
}

#[test]
fn a_link_is_not_followed() {
    let directory = tempfile::tempdir().unwrap();
    let (target, link) = (directory.path().join("target"), directory.path().join("link"));
    fs::write(&target, "# Written by opcp-provision\n").unwrap();
    std::os::unix::fs::symlink(&target, &link).unwrap();
    assert!(matches!(write(&link, "x"), Err(WriteError::NotOurs(_))));
}
