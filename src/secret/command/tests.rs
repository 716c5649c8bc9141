//! A command gives one line, or an error that repeats nothing of what it printed.

use std::error::Error as _;

use super::*;

fn shell(script: &str, patience: Duration) -> Result<Secret, CommandError> {
    line(&["sh", "-c", script].map(str::to_owned), patience)
}

#[test]
fn the_one_line_is_the_secret() {
    for script in ["echo 'a  b'", "printf 'a  b'", "printf 'a  b\\r\\n'"] {
        assert_eq!(shell(script, PATIENCE).unwrap().expose(), "a  b", "{script}");
    }
}

#[test]
fn no_word_is_interpreted() {
    let words = ["echo", "$HOME", "`id`", ";", "exit", "1"].map(str::to_owned);
    assert_eq!(line(&words, PATIENCE).unwrap().expose(), "$HOME `id` ; exit 1");
}

#[test]
fn what_is_not_one_line_is_no_secret_and_is_not_repeated() {
    let refused = [
        ("true", "it printed nothing instead of one line of text"),
        ("echo", "it printed nothing instead of one line of text"),
        ("echo canary; echo canary", "it printed several lines instead of one line of text"),
        ("printf 'canary\\377'", "it printed what is no UTF-8 instead of one line of text"),
        ("echo canary; echo canary >&2; exit 3", "it ended with exit status: 3"),
    ];
    for (script, message) in refused {
        let error = shell(script, PATIENCE).unwrap_err();
        assert_eq!(error.to_string(), message, "{script}");
        assert!(error.source().is_none());
    }
}

#[test]
fn a_command_that_is_not_there_is_an_error() {
    let error = line(&["no-such-program".to_owned()], PATIENCE).unwrap_err();
    assert_eq!(error.to_string(), "failed to run it");
    assert!(line(&[], PATIENCE).is_err());
}

#[test]
fn a_command_that_takes_too_long_is_ended() {
    for script in ["exec sleep 600", "exec >&-; exec sleep 600"] {
        let error = shell(script, Duration::from_millis(300)).unwrap_err();
        assert!(matches!(error, CommandError::Slow(_)), "{script}: {error}");
    }
}

#[test]
fn a_command_that_never_stops_printing_is_an_error() {
    assert!(shell("yes", PATIENCE).is_err());
}
