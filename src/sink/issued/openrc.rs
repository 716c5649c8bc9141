//! A file of variables for a shell, quoted for `sh`. It is ours as a whole.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::dialect::Dialect;
use super::{Access, words};
use crate::secret::Secret;
use crate::sink::MARK;

/// What the file tells.
pub(super) fn read(text: &str, dialect: Dialect) -> Result<Option<Access>, String> {
    if text.is_empty() {
        return Ok(None);
    }
    if !text.starts_with(MARK) {
        return Err("it was not written by opcp-provision".to_owned());
    }
    let exported = text.lines().filter_map(|line| line.strip_prefix("export "));
    let variables: BTreeMap<String, String> = exported
        .filter_map(|line| {
            let (name, value) = line.split_once('=')?;
            Some((name.to_owned(), shlex::split(value)?.pop()?))
        })
        .collect();
    Ok(Some(variables_told(|name| variables.get(name).cloned(), dialect)))
}

/// What `OS_` variables tell.
pub(super) fn variables_told(read: impl Fn(&str) -> Option<String>, dialect: Dialect) -> Access {
    let word = |name: &str| read(&Dialect::variable(name));
    Access {
        words: words(dialect, word("auth_type").as_deref(), word),
        secret: word(dialect.secret).map(Secret::new),
        region: read("OS_REGION_NAME"),
        ca_file: read("OS_CACERT"),
        ..Access::default()
    }
}

/// The variables that tell `told`.
pub(super) fn variables(told: &Access, dialect: Dialect) -> impl Iterator<Item = (String, &str)> {
    let fixed = [
        ("OS_AUTH_TYPE", Some(dialect.auth_type)),
        ("OS_IDENTITY_API_VERSION", Some("3")),
        ("OS_INTERFACE", Some("public")),
        ("OS_REGION_NAME", told.region.as_deref()),
        ("OS_CACERT", told.ca_file.as_deref()),
    ];
    let fixed = fixed.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?)));
    let of_login = told.told(dialect).map(|(name, value)| (Dialect::variable(name), value));
    let secret = told.secret.as_ref().map(|secret| (Dialect::variable(dialect.secret), secret.expose()));
    fixed.chain(of_login).chain(secret)
}

/// The file that tells `told`; it clears what other such files have left in the shell.
pub(super) fn write(text: &str, told: &Access, dialect: Dialect) -> Result<String, String> {
    read(text, dialect)?;
    let mut text = format!(
        "{MARK}: what a program logs in with; source it with `. FILE`.\n\
         # It is private: whoever reads it can do what the program can.\n\
         for variable in $(env | sed -n 's/^\\(OS_[A-Za-z0-9_]*\\)=.*/\\1/p'); do unset \"$variable\"; done\n\
         unset variable\n",
    );
    for (name, value) in variables(told, dialect) {
        let quoted = shlex::try_quote(value).map_err(|_| "no shell can hold a zero byte".to_owned())?;
        // Writing to a string cannot fail.
        let _ = writeln!(text, "export {name}={quoted}");
    }
    Ok(text)
}
