//! The places that a spec speaks of: one Keystone, and a Keycloak for each realm.

use std::path::PathBuf;

use url::{Host, Url};

use super::login::{self, KeycloakLogin, KeystoneLogin};
use super::modes::Modes;
use super::tenants::Tenants;
use super::{Resolved, anchored, name};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::model::address::{Address, KeystoneKind};
use crate::model::declared::{At, Declared};
use crate::secret::SecretRef;
use crate::spec::short::Short;
use crate::spec::{Document, Ensure, environment};

/// One cloud.
pub struct Environment {
    /// Its name.
    pub name: String,
    /// Its base domain name, when it is given.
    pub fqdn: Option<String>,
    /// The bundle of CAs to trust, instead of the system's.
    pub ca_file: Option<PathBuf>,
    /// The certificate that the tool shows of itself.
    pub client_certificate: Option<ClientCertificate>,
    /// Keystone's address, without `/v3`.
    pub keystone: Url,
    /// How the tool logs in to Keystone; nothing if by variables.
    pub login: Option<KeystoneLogin>,
    /// Where its login is declared, or would be.
    pub login_at: At,
    /// What each Access document may speak of; nothing if all of them may speak of everything.
    pub tenants: Option<Tenants>,
    /// Where its `spec` is.
    pub at: At,
}

/// A certificate that the tool shows of itself.
pub struct ClientCertificate {
    /// Its PEM file.
    pub cert_file: PathBuf,
    /// Its private key.
    pub key: SecretRef,
    /// Where it is declared.
    pub at: At,
}

/// One realm of that cloud.
pub struct Realm {
    /// Its document's name.
    pub name: String,
    /// Its name in Keycloak.
    pub realm: String,
    /// Keycloak's address.
    pub keycloak: Url,
    /// How the tool logs in to Keycloak; nothing if by variables.
    pub login: Option<KeycloakLogin>,
    /// Where its login is declared, or would be.
    pub login_at: At,
    /// The attribute that holds grants.
    pub grant_attribute: String,
    /// The Keystone identity provider of its people.
    pub identity_provider: String,
    /// That provider's protocol.
    pub protocol: String,
}

impl Realm {
    /// Who the person with this username is in Keystone.
    #[must_use]
    pub fn person(&self, username: &str) -> Address {
        let names = [self.identity_provider.as_str(), &self.protocol, &username.to_lowercase()];
        Address::keystone(KeystoneKind::FederatedUser, names)
    }
}

pub(super) fn environment(
    document: Document<environment::Environment>,
    diagnostics: &mut Diagnostics,
) -> Option<Resolved> {
    let at = document.at();
    let Document { name, spec, origin: _, directory } = document;
    let environment::Environment { fqdn, ca_file, client_certificate, keystone, tenants } = spec;
    let environment::Keystone { url, login, domains, roles, mappings, modes: declared_modes } = keystone;
    if fqdn.as_deref().is_some_and(|fqdn| !is_domain(fqdn)) {
        let diagnostic = Diagnostic::error(at.field("fqdn").source(), "this is no domain name");
        diagnostics.push(diagnostic.help("write it without `https://`, port and path: `cloud.example.com`"));
        return None;
    }
    let keystone_at = at.field("keystone");
    let mut modes = Modes::default();
    modes.of_environment(declared_modes, &keystone_at);
    let keystone = address(url, fqdn.as_deref(), "keystone", &keystone_at.field("url"), diagnostics)?;
    let login_at = keystone_at.field("login");
    let login = login.and_then(|login| login::keystone(login, &directory, &login_at, diagnostics));
    let domains = domains.into_iter().enumerate().map(|(index, domain)| {
        let at = keystone_at.field("domains").entry(index);
        name::check(&domain.name, name::KEYSTONE, &at.field("name"), diagnostics);
        name::check_tags(domain.tags.as_ref(), &at, diagnostics);
        Declared { address: Address::domain(&domain.name), at, value: domain }
    });
    let domains = domains.collect();
    let implied_roles = implied(&roles, &keystone_at.field("roles"), diagnostics);
    let roles = roles.into_iter().enumerate().map(|(index, role)| {
        let at = keystone_at.field("roles").entry(index);
        name::check(&role.name, name::ROLE, &at.field("name"), diagnostics);
        if let Some(domain) = &role.domain {
            name::check(domain, name::KEYSTONE, &at.field("domain"), diagnostics);
        }
        Declared { address: Address::role_of(role.domain.as_deref(), &role.name), at, value: role }
    });
    let roles: Vec<_> = roles.collect();
    taken_for_another(&roles, diagnostics);
    let mappings = mappings.into_iter().enumerate().map(|(index, mapping)| {
        let at = keystone_at.field("mappings").entry(index);
        name::check(&mapping.id, name::FEDERATION, &at.field("id"), diagnostics);
        if mapping.rules.as_ref().is_none_or(Vec::is_empty) && mapping.ensure == Ensure::Present {
            let message = "a mapping without rules lets nobody in, and Keystone refuses it";
            diagnostics.push(Diagnostic::error(at.field("rules").source(), message).help("say its `rules`"));
        }
        Declared { address: Address::mapping(&mapping.id), at, value: mapping }
    });
    let mappings = mappings.collect();
    let environment = Environment {
        name,
        fqdn,
        ca_file: ca_file.map(|path| directory.join(path)),
        client_certificate: client_certificate.map(|environment::ClientCertificate { cert_file, key }| {
            let key = anchored(&key, &directory);
            ClientCertificate { cert_file: directory.join(cert_file), key, at: at.field("clientCertificate") }
        }),
        keystone: without_version(keystone),
        login,
        login_at,
        tenants: tenants.map(|tenants| Tenants::new(tenants, &at.field("tenants"), diagnostics)),
        at,
    };
    Some(Resolved {
        environment,
        realms: Vec::new(),
        modes,
        sweeps: Vec::new(),
        link_sweeps: Vec::new(),
        renames: Vec::new(),
        domains,
        roles,
        implied_roles,
        mappings,
        projects: Vec::new(),
        identity_providers: Vec::new(),
        protocols: Vec::new(),
        local_groups: Vec::new(),
        local_users: Vec::new(),
        local_memberships: Vec::new(),
        role_assignments: Vec::new(),
        keycloak_realms: Vec::new(),
        user_profiles: Vec::new(),
        clients: Vec::new(),
        client_scopes: Vec::new(),
        assigned_scopes: Vec::new(),
        scope_mappings: Vec::new(),
        protocol_mappers: Vec::new(),
        realm_identity_providers: Vec::new(),
        identity_provider_mappers: Vec::new(),
        groups: Vec::new(),
        users: Vec::new(),
        memberships: Vec::new(),
        default_groups: Vec::new(),
        realm_roles: Vec::new(),
        client_roles: Vec::new(),
        composites: Vec::new(),
        role_mappings: Vec::new(),
        application_credentials: Vec::new(),
        client_secrets: Vec::new(),
    })
}

/// The roles that the `roles` imply.
fn implied(
    roles: &[environment::Role],
    at: &At,
    diagnostics: &mut Diagnostics,
) -> Vec<Declared<environment::ImpliedRole>> {
    let mut all = Vec::new();
    for (index, role) in roles.iter().enumerate() {
        for (place, Short(implied)) in role.implies.iter().enumerate() {
            let at = at.entry(index).field("implies").entry(place);
            name::check(&implied.name, name::ROLE, &at, diagnostics);
            let (of, itself) = (role.domain.as_deref(), implied.domain == role.domain && implied.name == role.name);
            if let Some(domain) = &implied.domain {
                name::check(domain, name::KEYSTONE, &at, diagnostics);
            }
            if itself {
                diagnostics.push(Diagnostic::error(at.source(), "a role cannot imply itself"));
            } else if implied.name == "admin" && implied.ensure == Ensure::Present {
                let diagnostic = Diagnostic::error(at.source(), "Keystone lets no role imply `admin`");
                diagnostics.push(diagnostic.help("give `admin` itself to those who shall have it"));
            } else if of.is_none() && implied.domain.is_some() {
                let message = "a role of no domain cannot imply one of a domain";
                diagnostics.push(Diagnostic::error(at.source(), message).help("let it imply a role of no domain"));
            } else if role.ensure != Ensure::Absent {
                let names = of.into_iter().chain([role.name.as_str()]).chain(implied.domain.as_deref());
                let address = Address::keystone(KeystoneKind::ImpliedRole, names.chain([implied.name.as_str()]));
                all.push(Declared { address, at, value: implied.clone() });
            }
        }
    }
    all
}

/// The roles that every Keystone has.
const BOOTSTRAP: [&str; 5] = ["admin", "manager", "member", "reader", "service"];

/// Warns of roles of domains whose names are those of others: a grant names a role by its name alone, and Keystone takes
/// any role of that name for it, a domain's too (read in the source of 30).
fn taken_for_another(roles: &[Declared<environment::Role>], diagnostics: &mut Diagnostics) {
    let stays = |role: &&Declared<environment::Role>| role.value.ensure != Ensure::Absent;
    for role in roles.iter().filter(stays).filter(|role| role.value.domain.is_some()) {
        let name = &role.value.name;
        let other = |other: &&Declared<environment::Role>| other.address == Address::role(name);
        let declared = roles.iter().filter(stays).find(other);
        if declared.is_none() && !BOOTSTRAP.contains(&name.as_str()) {
            continue;
        }
        let message = format!("`{name}` is the name of a role of no domain, too");
        let warning = Diagnostic::warning(role.at.field("name").source(), message).help(
            "Keystone may take this one for that which a grant names, and refuse the login: give it another name",
        );
        diagnostics.push(match declared {
            Some(declared) => warning.also(declared.at.field("name").source(), "the other one"),
            None => warning,
        });
    }
}

/// Whether this is the name of a domain, and of nothing in it.
fn is_domain(name: &str) -> bool {
    /// As in DNS.
    const LONGEST: usize = 253;
    name.len() <= LONGEST && matches!(Host::parse(name), Ok(Host::Domain(_)))
}

/// A server's address: the given one, else `https://HOST.FQDN`.
pub(super) fn address(
    given: Option<Url>,
    fqdn: Option<&str>,
    host: &str,
    at: &At,
    diagnostics: &mut Diagnostics,
) -> Option<Url> {
    let url = match (given, fqdn) {
        (Some(url), _) => url,
        (None, Some(fqdn)) => match format!("https://{host}.{fqdn}").parse() {
            Ok(url) => url,
            Err(error) => {
                diagnostics.push(Diagnostic::error(at.source(), format!("no address follows from `{fqdn}`: {error}")));
                return None;
            }
        },
        (None, None) => {
            let message = format!("the address of the {host} server is not known");
            let diagnostic = Diagnostic::error(at.source(), message)
                .help("give `fqdn` in the Environment document, or the server's `url`");
            diagnostics.push(diagnostic);
            return None;
        }
    };
    if !url.username().is_empty() || url.password().is_some() || url.query().is_some() || url.fragment().is_some() {
        let message = "an address has no account, no password and no query in it";
        diagnostics.push(Diagnostic::error(at.source(), message).help("give the account as `login`").conceal());
        return None;
    }
    if !is_private(&url) {
        let message = format!("`{url}` must begin with https:// (plain http is accepted for loopback addresses only)");
        diagnostics.push(Diagnostic::error(at.source(), message));
        return None;
    }
    Some(url)
}

/// Whether tokens can travel to this address: by https, or without leaving this very machine.
#[must_use]
pub fn is_private(url: &Url) -> bool {
    let loopback = match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    };
    (url.scheme() == "https" && url.has_host()) || (url.scheme() == "http" && loopback)
}

/// Keystone's address without the version that some people add.
#[must_use]
pub fn without_version(mut url: Url) -> Url {
    let path = url.path().trim_end_matches('/');
    let path = path.strip_suffix("/v3").unwrap_or(path).to_owned();
    url.set_path(&path);
    url
}
