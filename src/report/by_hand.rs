//! What no API can set: how Apache lets people in before Keystone, and what keystone.conf says of it. Text to copy, for
//! one spec's realms; nothing is looked up here.

use std::fmt::Write as _;

use url::Url;

/// The port of the first loopback host, for realms beside the first one.
const FIRST_PORT: usize = 5001;

/// What the text is about.
pub struct ByHand<'a> {
    /// Keystone's address.
    pub keystone: &'a Url,
    /// The cloud's base domain name, if it is known.
    pub fqdn: Option<&'a str>,
    /// The doors into it, one for each realm.
    pub doors: Vec<Door>,
}

/// A realm's door.
#[derive(Clone)]
pub struct Door {
    /// The realm.
    pub realm: String,
    /// Its issuer.
    pub issuer: String,
    /// The address of its keys.
    pub keys: String,
    /// The Keystone identity provider.
    pub provider: String,
    /// Its protocol.
    pub protocol: String,
}

impl Door {
    fn path(&self) -> String {
        format!("/v3/OS-FEDERATION/identity_providers/{}/protocols/{}/auth", self.provider, self.protocol)
    }
}

/// The text; every line of it can be copied.
#[must_use]
pub fn render(by_hand: &ByHand<'_>) -> String {
    let ByHand { keystone, fqdn, doors } = by_hand;
    let Some((first, others)) = doors.split_first() else { return String::new() };
    let host = keystone.host_str().unwrap_or_default();
    let mut text = format!(
        "# What no API can set. In Apache's configuration (mod_auth_openidc) beside the host of {keystone}:\n\
         OIDCPassClaimsAs environment\n\
         OIDCClaimPrefix \"OIDC-\"\n\
         OIDCOAuthRemoteUserClaim preferred_username\n\
         LimitRequestFieldSize 65536\n\
         \n\
         # Within <VirtualHost> of {host}: realm {}, identity provider {}\n",
        first.realm, first.provider,
    );
    text.push_str(&location(first));
    for (door, port) in others.iter().zip(FIRST_PORT..) {
        let path = door.path();
        // Writing to a string cannot fail.
        let _ = write!(
            text,
            "ProxyPreserveHost On\n\
             RequestHeader set X-Forwarded-Proto {}\n\
             ProxyPass {path} http://127.0.0.1:{port}{path}\n\
             \n\
             # A host has the keys of one realm. One more for realm {}, identity provider {};\n\
             # it leads to the same WSGI process as the first:\n\
             Listen 127.0.0.1:{port}\n\
             <VirtualHost 127.0.0.1:{port}>\n\
             <Location />\n    Require all denied\n</Location>\n{}</VirtualHost>\n",
            keystone.scheme(),
            door.realm,
            door.provider,
            location(door),
        );
    }
    let mut methods = vec!["password", "token", "application_credential", "mapped"];
    methods.extend(doors.iter().map(|door| door.protocol.as_str()));
    let mut once = Vec::new();
    methods.retain(|method| {
        !once.contains(method) && {
            once.push(*method);
            true
        }
    });
    let _ = write!(
        text,
        "\n# In keystone.conf:\n[auth]\nmethods = {}\n\n[federation]\nremote_id_attribute = OIDC-iss\n",
        methods.join(",")
    );
    let fqdn = fqdn.unwrap_or("FQDN");
    text.push_str("# A line for each dashboard at which people log in with their browser; correct the host's name.\n");
    for door in doors {
        let host = if door.realm == "master" { "admin.dashboard" } else { "dashboard" };
        let _ = writeln!(text, "trusted_dashboard = https://{host}.{fqdn}/auth/websso/");
    }
    text
}

/// Where the people of a door come in; the module itself checks nothing but the signature.
fn location(door: &Door) -> String {
    format!(
        "OIDCOAuthVerifyJwksUri {}\n<Location {}>\n    AuthType oauth20\n    Require claim \"iss:{}\"\n</Location>\n",
        door.keys,
        door.path(),
        door.issuer
    )
}

#[cfg(test)]
mod tests;
