//! Secrets are read whole and never shown.

use std::io::Write as _;

use super::*;

const SECRETS: Secrets = Secrets { variable: |name| (name == "GIVEN").then(|| "s3cret".to_owned()), commands: false };

#[test]
fn debug_shows_nothing_of_a_secret() {
    assert_eq!(format!("{:?}", Secret::new("s3cret".to_owned())), "Secret");
}

#[test]
fn an_unset_variable_is_an_error_that_names_it() {
    let error = SECRETS.read(&SecretRef::Env("MISSING".to_owned())).unwrap_err();
    assert_eq!(error.to_string(), "environment variable MISSING is not set or empty");
    assert_eq!(SECRETS.read(&SecretRef::Env("GIVEN".to_owned())).unwrap().expose(), "s3cret");
}

#[test]
fn one_trailing_line_end_of_a_file_is_not_part_of_the_secret() {
    for (text, value) in [("a b\n", "a b"), ("a\r\n", "a"), ("a\n\n", "a\n"), ("a", "a")] {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(text.as_bytes()).unwrap();
        let read = SECRETS.read(&SecretRef::File(file.path().to_owned())).unwrap();
        assert_eq!(read.expose(), value);
    }
}

#[test]
fn an_empty_file_is_no_secret() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let error = SECRETS.read(&SecretRef::File(file.path().to_owned())).unwrap_err();
    assert!(error.to_string().ends_with("is empty"), "{error}");
}
