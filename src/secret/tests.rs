//! Secrets are read whole and never shown.

use std::io::Write as _;

use super::*;

fn secrets() -> Secrets {
    Secrets::new(|name| (name == "GIVEN").then(|| "s3cret".to_owned()))
}

#[test]
fn debug_shows_nothing_of_a_secret() {
    assert_eq!(format!("{:?}", Secret::new("s3cret".to_owned())), "Secret");
}

#[test]
fn an_unset_variable_is_an_error_that_names_it() {
    let error = secrets().read(&SecretRef::Env("MISSING".to_owned())).unwrap_err();
    assert_eq!(error.to_string(), "environment variable MISSING is not set or empty");
    assert_eq!(secrets().read(&SecretRef::Env("GIVEN".to_owned())).unwrap().expose(), "s3cret");
}

#[test]
fn one_trailing_line_end_of_a_file_is_not_part_of_the_secret() {
    for (text, value) in [("a b\n", "a b"), ("a\r\n", "a"), ("a\n\n", "a\n"), ("a", "a")] {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(text.as_bytes()).unwrap();
        let read = secrets().read(&SecretRef::File(file.path().to_owned())).unwrap();
        assert_eq!(read.expose(), value);
    }
}

#[test]
fn an_empty_file_is_no_secret() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let error = secrets().read(&SecretRef::File(file.path().to_owned())).unwrap_err();
    assert!(error.to_string().ends_with("is empty"), "{error}");
}

#[test]
fn a_program_with_a_relative_path_is_found_from_the_spec() {
    let anchored = |program: &str| {
        let argv = Argv::try_from(vec![program.to_owned(), "./word".to_owned()]).unwrap();
        argv.anchored(Path::new("/specs/prod")).0
    };
    assert_eq!(anchored("bin/secret"), ["/specs/prod/bin/secret", "./word"]);
    assert_eq!(anchored("/bin/secret"), ["/bin/secret", "./word"]);
    assert_eq!(anchored("secret"), ["secret", "./word"]);
}

#[test]
fn a_command_needs_a_program_and_leave_to_run() {
    assert!(Argv::try_from(vec![]).is_err());
    assert!(Argv::try_from(vec![String::new()]).is_err());
    let command = SecretRef::Command(Argv::try_from(vec!["echo".to_owned(), "s3cret".to_owned()]).unwrap());
    let error = secrets().read(&command).unwrap_err();
    assert!(matches!(error, SecretError::NotAllowed(_)), "{error}");
    assert_eq!(secrets().with_commands(true).read(&command).unwrap().expose(), "s3cret");
    assert_eq!(command.to_string(), "command echo");
}

#[test]
fn a_secret_is_looked_up_once() {
    let (secrets, mut file) = (secrets().with_commands(true), tempfile::NamedTempFile::new().unwrap());
    let count = format!("echo >> {0}; wc -l < {0}", file.path().display());
    let words = ["sh", "-c", count.as_str()].map(str::to_owned);
    let reference = SecretRef::Command(Argv::try_from(words.to_vec()).unwrap());
    let read = || secrets.read(&reference).unwrap();
    assert_eq!((read().expose(), read().expose()), ("1", "1"));
    let of_file = SecretRef::File(file.path().to_owned());
    file.write_all(b"first").unwrap();
    let read = secrets.read(&of_file).unwrap();
    file.write_all(b", and another").unwrap();
    assert_eq!(secrets.read(&of_file).unwrap(), read);
}

#[test]
fn a_secret_of_a_cluster_is_not_read_here() {
    let reference = SecretKeyRef { name: "logins".to_owned(), key: "admin".to_owned() };
    let error = secrets().read(&SecretRef::SecretKeyRef(reference)).unwrap_err();
    assert_eq!(error.to_string(), "the secret is key admin of Secret logins, which only a Kubernetes cluster can read");
    assert!(error.hint().is_some());
}
