//! A file of variables for a shell, quoted for `sh`. It is ours as a whole.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::Access;
use crate::secret::Secret;
use crate::sink::MARK;

const KIND: &str = "v3applicationcredential";

/// What the file tells.
pub(super) fn read(text: &str) -> Result<Option<Access>, String> {
    if text.is_empty() {
        return Ok(None);
    }
    if !text.starts_with(MARK) {
        return Err("it was not written by opcp-provision".to_owned());
    }
    let exported = text.lines().filter_map(|line| line.strip_prefix("export "));
    let mut variables: BTreeMap<String, String> = exported
        .filter_map(|line| {
            let (name, value) = line.split_once('=')?;
            Some((name.to_owned(), shlex::split(value)?.pop()?))
        })
        .collect();
    let mut take = |name: &str| variables.remove(name);
    Ok(Some(Access {
        credential: take("OS_APPLICATION_CREDENTIAL_ID"),
        secret: take("OS_APPLICATION_CREDENTIAL_SECRET").map(Secret::new),
        auth_url: take("OS_AUTH_URL"),
        region: take("OS_REGION_NAME"),
        ca_file: take("OS_CACERT"),
        ..Access::default()
    }))
}

/// The file that tells `told`; it clears what other such files have left in the shell.
pub(super) fn write(text: &str, told: &Access) -> Result<String, String> {
    read(text)?;
    let mut text = format!(
        "{MARK}: an application credential; source it with `. FILE`.\n\
         # It is private: whoever reads it is the application.\n\
         for variable in $(env | sed -n 's/^\\(OS_[A-Za-z0-9_]*\\)=.*/\\1/p'); do unset \"$variable\"; done\n\
         unset variable\n",
    );
    let variables = [
        ("OS_AUTH_TYPE", Some(KIND)),
        ("OS_AUTH_URL", told.auth_url.as_deref()),
        ("OS_IDENTITY_API_VERSION", Some("3")),
        ("OS_INTERFACE", Some("public")),
        ("OS_REGION_NAME", told.region.as_deref()),
        ("OS_CACERT", told.ca_file.as_deref()),
        ("OS_APPLICATION_CREDENTIAL_ID", told.credential.as_deref()),
        ("OS_APPLICATION_CREDENTIAL_SECRET", told.secret.as_ref().map(Secret::expose)),
    ];
    for (name, value) in variables {
        let Some(value) = value else { continue };
        let quoted = shlex::try_quote(value).map_err(|_| "no shell can hold a zero byte".to_owned())?;
        // Writing to a string cannot fail.
        let _ = writeln!(text, "export {name}={quoted}");
    }
    Ok(text)
}
