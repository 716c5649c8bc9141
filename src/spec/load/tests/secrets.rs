//! What may be a secret stays out of every message and every marked line.

use insta::assert_snapshot;
use serde::Deserialize;

use super::{HEAD, Name, loaded, whole};
use crate::diagnostic::Diagnostics;
use crate::spec::load::{concealed, parse, words};

#[test]
fn a_secret_written_into_the_spec_is_neither_in_the_message_nor_in_the_line() {
    let findings = whole(
        "  login: {username: admin, password: hunter2, clientSecret: 12345}\n  clients: [{clientId: c, token: hunter2}]\n",
    );
    assert!(!findings.contains("hunter2") && !findings.contains("12345"));
    assert_snapshot!(findings, @r#"
    error: spec.login.password: a secret is given by reference, never written here
     --> <stdin>:7:38
      |
    7 |   login: {username: admin, password: ****, clientSecret: ****}
      |                                      ^^^^
      |
      = help: give a reference: `{env: NAME}` or `{file: PATH}`

    error: spec.login.clientSecret: a secret is given by reference, never written here
     --> <stdin>:7:61
      |
    7 |             …username: admin, password: ****, clientSecret: ****}
      |                                                             ^^^^
      |
      = help: give a reference: `{env: NAME}` or `{file: PATH}`

    error: spec.clients[0].token: a secret is given by reference, never written here
     --> <stdin>:8:34
      |
    8 |   clients: [{clientId: c, token: ****}]
      |                                  ^^^^
      |
      = help: give a reference: `{env: NAME}` or `{file: PATH}`
    "#);
}

#[test]
fn no_error_shows_a_secret_of_its_line_or_below_a_key_that_names_one() {
    for body in [
        "  login: {usrname: admin, password: hunter2}\n",
        "  login: {password: hunter2, usrname: admin}\n",
        "  login: {username: admin, password: {value: hunter2}}\n",
        "  login: {username: admin, password: {hunter2}}\n",
        "  login: {username: admin, password: {hunter2: x}}\n",
        "  login: {username: admin, password: [hunter2, {x: hunter2, env: A, env: B}]}\n",
        "  login: {username: admin, password: {{ hunter2 }}}\n",
        "  login: {username: admin, pasword: hunter2}\n",
        "  login: {username: admin, client-secrt: hunter2}\n",
        "  login: {username: admin, password: !vault hunter2}\n",
        "  login: {username: admin, password: !hunter2 x}\n",
        "  login: {username: admin, password: &hunter2 x, y: z}\n",
        "  login: {username: admin, password: !hunter2 }\n",
        "  login: {username: admin, password: &hunter2 }\n",
        "  login:\n    username: admin\n    password: &hunter2\n",
        "  login: {username: admin, password: .nan, secret: hunter2}\n",
        "  login: {username: admin, password: hunter2, password: hunter2}\n",
        "  login:\n    username: admin\n    password: |\n      hunter2\n      hunter2\n    foo: x\n",
        "  login:\n    username: admin\n    password: \"hunter2\n    foo: x\n",
        "  login:\n    username: admin\n    password: \"hunter2\n  hunter2: x\n",
        "  login:\n    username: admin\n    password: \"a\" hunter2\n",
        "  login:\n    username: admin\n    password: a: hunter2\n",
        "  login:\n    username: admin\n    password: @hunter2\n",
        "  login:\n    username: admin\n    password hunter2\n    foo: x\n",
        "  login:\n    username: admin\n    password:\n      hunter2: x: y\n",
        "  login:\n    username: admin\n    password: >\n      hunter2\n     hunter2\n",
        "  login: {username: x, \"p\\u0061ssword\": @hunter2}\n",
        "  login: [password: hunter2, }\n",
        "  login: {\"password\": hunter2, ]\n",
        "  login: {username: x, password: hunter2\n",
        "  login: {username: x, \"password\" : 'hunter2\n",
        "  login: {username: x, clientSecret: [hunter2, \"hunter2]\n",
        "  hunter: 2 }\n  # password is hunter2 }\n  foo: }\n",
    ] {
        let findings = whole(body);
        assert!(findings.contains("error"), "{body}");
        assert!(!findings.contains("hunter2"), "{body}\n{findings}");
    }
}

#[test]
fn of_a_text_that_cannot_be_parsed_nothing_is_hidden_but_what_follows_the_name_of_a_secret() {
    let beside = whole("  login:\n    password: hunter2\n    username: a: b\n");
    assert!(beside.contains("9 |     username: a: b\n"), "{beside}");
    let before = whole("  login: {username: @x, password: hunter2}\n");
    assert!(before.contains("7 |   login: {username: @x, password: ****\n"), "{before}");
}

#[test]
fn the_name_of_a_reference_is_shown() {
    assert_snapshot!(whole("  login: {username: admin, password: {env: [PASSWORD]}, other: 1}\n"), @r#"
    error: spec.login.password.env: expected text, found a list
     --> <stdin>:7:44
      |
    7 |   login: {username: admin, password: {env: [****]}, other: 1}
      |                                            ^^^^^^

    error: unknown field `other` in spec.login
     --> <stdin>:7:57
      |
    7 |          …n: {username: admin, password: {env: [****]}, other: 1}
      |                                                         ^^^^^
      |
      = help: the fields here are `username`, `password`, `clientSecret`
    "#);
}

#[test]
fn a_reference_to_a_secret_has_exactly_one_known_form() {
    assert_snapshot!(whole("  login: {username: admin, password: {value: x}, clientSecret: {env: A, file: b}}\n"), @r#"
    error: spec.login.password: expected a reference to a secret, found a mapping
     --> <stdin>:7:38
      |
    7 |   login: {username: admin, password: {value: ****}, clientSecret: {env: A, file: b}}
      |                                      ^^^^^^^^^^^^^
      |
      = help: give a reference: `{env: NAME}` or `{file: PATH}`

    error: spec.login.clientSecret: expected exactly one of `env`, `file`
     --> <stdin>:7:64
      |
    7 |          …rname: admin, password: {value: ****}, clientSecret: {env: A, file: b}}
      |                                                                ^^^^^^^^^^^^^^^^^
    "#);
}

#[test]
fn an_error_of_the_type_itself_does_not_repeat_a_secret() {
    #[derive(Debug, Deserialize)]
    #[expect(dead_code, reason = "only its validity matters")]
    struct Odd {
        password: Name,
    }
    let document = loaded(&format!("{HEAD}spec: {{password: hunter2 hunter2}}\n"));
    let mut diagnostics = Diagnostics::new();
    assert!(parse::<Odd>(&document, "/spec", &mut diagnostics).is_none());
    let findings = diagnostics.render(false);
    assert!(findings.contains("is no client id") && !findings.contains("hunter2"), "{findings}");
    assert_eq!(words::found(&document, "/spec/password"), "a value that is not shown");
}

#[test]
fn names_of_secrets_are_recognised_even_if_misspelled() {
    for name in [
        "password",
        "initialPassword",
        "PASSWORD",
        "passwd",
        "pasword",
        "initialPasswrod",
        "clientSecret",
        "client_secrt",
        "Secrets",
    ] {
        assert!(concealed::names_secret(name), "{name}");
    }
    for name in ["username", "pass", "project", "env", "file", "", "clientId", "section", "secure", "ä"] {
        assert!(!concealed::names_secret(name), "{name}");
    }
    for (pointer, expected) in [
        ("/login/password", true),
        ("/login/password/env", false),
        ("/login/password/value", true),
        ("/login/password/0", true),
        ("/login/password/env/0", true),
        ("/client/secret/deliver", true),
        ("/client/secret/deliver/0/openrc/path", false),
        ("/client/secret/deliver/0/password", true),
        ("/client/secret/rotation/every", false),
        ("/login/username", false),
        ("/env", false),
        ("", false),
    ] {
        assert_eq!(concealed::is_concealed(pointer), expected, "{pointer}");
    }
}
