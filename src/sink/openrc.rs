//! The openrc file of the platform's guide: variables for the `openstack` client, quoted for `sh`. Unlike the
//! guide's helper script it holds no password, and clears what other openrc files have left in the shell.

use std::fmt::Write as _;

use shlex::QuoteError;

use super::{Delivery, MARK};

/// The text of the file.
///
/// # Errors
/// [`QuoteError`] for a value with a zero byte, which no shell can hold.
pub fn render(delivery: &Delivery) -> Result<String, QuoteError> {
    let Delivery {
        auth_url,
        identity_provider,
        protocol,
        client_id,
        client_secret,
        discovery_endpoint,
        username,
        project_id,
        project_name,
        ca_file,
        proxies,
    } = delivery;
    let project = project_name.replace(char::is_control, " ");
    let mut text = format!(
        "{MARK}: access to project {project}; source it with `. FILE`.\n\
         # It holds the client secret: keep it private. The password is asked for and stays in your shell.\n\
         for variable in $(env | sed -n 's/^\\(OS_[A-Za-z0-9_]*\\)=.*/\\1/p'); do unset \"$variable\"; done\n\
         unset variable\n",
    );
    let auth_url = without_slash(auth_url.as_str());
    let variables = [
        ("OS_INTERFACE", Some("public")),
        ("OS_IDENTITY_API_VERSION", Some("3")),
        ("OS_AUTH_URL", Some(auth_url)),
        ("OS_AUTH_TYPE", Some("v3oidcpassword")),
        ("OS_PROTOCOL", Some(protocol.as_str())),
        ("OS_IDENTITY_PROVIDER", Some(identity_provider.as_str())),
        ("OS_CLIENT_ID", Some(client_id.as_str())),
        ("OS_CLIENT_SECRET", client_secret.as_ref().map(crate::secret::Secret::expose)),
        ("OS_DISCOVERY_ENDPOINT", Some(discovery_endpoint.as_str())),
        ("OS_USERNAME", Some(username.as_str())),
        ("OS_PROJECT_ID", Some(project_id.as_str())),
        ("OS_CACERT", ca_file.as_deref()),
    ];
    let proxies = proxies.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    let variables = variables.into_iter().filter_map(|(name, value)| Some((name, value?)));
    for (name, value) in variables.chain(proxies) {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "export {name}={}", shlex::try_quote(value)?);
    }
    let prompt = shlex::try_quote(username)?;
    let _ = write!(
        text,
        "printf 'Keycloak password of %s: ' {prompt} >&2\n\
         if [ -t 0 ]; then stty -echo; fi\n\
         IFS= read -r OS_PASSWORD\n\
         if [ -t 0 ]; then stty echo; printf '\\n' >&2; fi\n\
         export OS_PASSWORD\n",
    );
    Ok(text)
}

/// An address as the guide writes it.
fn without_slash(url: &str) -> &str {
    url.trim_end_matches('/')
}

#[cfg(test)]
mod tests;
