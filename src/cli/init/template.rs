//! Filling in a spec's template: each value is written as one quoted text, whatever is in it.

use std::fmt::Write as _;

/// What a template needs.
pub(super) struct Values {
    pub(super) environment: String,
    pub(super) fqdn: String,
    pub(super) realm: String,
    pub(super) username: String,
    pub(super) email: String,
    pub(super) first_name: String,
    pub(super) last_name: String,
    pub(super) project: String,
    pub(super) keystone_url: Option<String>,
    pub(super) keycloak_url: Option<String>,
    pub(super) admin_keycloak_url: Option<String>,
    pub(super) ca_file: Option<String>,
}

impl Values {
    /// The text of `template` with the values in it. A value is never looked at again.
    pub(super) fn fill(&self, template: &str) -> String {
        let mut text = String::with_capacity(template.len());
        let mut parts = template.split("{{");
        text.extend(parts.next());
        for part in parts {
            let (name, rest) = part.split_once("}}").unwrap_or((part, ""));
            text.push_str(&self.value(name));
            text.push_str(rest);
        }
        text
    }

    /// What stands for a name: a quoted text, or a line of its own that is a comment where nothing is given.
    fn value(&self, name: &str) -> String {
        let url = |word: &str, given: &Option<String>, example: &str| match given {
            Some(url) => format!("{word}{{url: {}}}", quoted(url)),
            None => format!("# {word}{{url: \"{example}\"}}"),
        };
        match name {
            "environment" => quoted(&self.environment),
            "fqdn" => quoted(&self.fqdn),
            "realm" => quoted(&self.realm),
            // The client that stands for the realm in the administrators' realm.
            "realm-client" => quoted(&format!("{}-realm", self.realm)),
            "username" => quoted(&self.username),
            "email" => quoted(&self.email),
            "first-name" => quoted(&self.first_name),
            "last-name" => quoted(&self.last_name),
            "project" => quoted(&self.project),
            "keystone" => url("keystone: ", &self.keystone_url, "https://keystone.example.com"),
            "keycloak" => url("keycloak: ", &self.keycloak_url, "https://keycloak.example.com"),
            "admin-keycloak" => url("keycloak: ", &self.admin_keycloak_url, "https://admin.keycloak.example.com"),
            "keystone-url" => match &self.keystone_url {
                Some(url) => format!("url: {}", quoted(url)),
                None => "# url: \"https://keystone.example.com\"".to_owned(),
            },
            "ca-file" => match &self.ca_file {
                Some(path) => format!("caFile: {}", quoted(path)),
                None => "# caFile: ca.crt              # where the system does not trust the servers' certificates"
                    .to_owned(),
            },
            _ => String::new(),
        }
    }
}

/// A text in quotes, as YAML and JSON both read it; what an editor would not show is escaped.
fn quoted(text: &str) -> String {
    let mut quoted = String::from('"');
    for letter in text.chars() {
        match letter {
            '"' | '\\' => quoted.extend(['\\', letter]),
            letter if letter.is_control() || matches!(letter, '\u{2028}' | '\u{2029}' | '\u{feff}') => {
                // Writing to a string cannot fail.
                let _ = write!(quoted, "\\u{:04x}", u32::from(letter));
            }
            letter => quoted.push(letter),
        }
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests;
