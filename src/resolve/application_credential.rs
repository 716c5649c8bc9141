//! What an `ApplicationCredential` document means: whose credential it is, what it can do, where it is delivered to.

use std::collections::BTreeSet;
use std::path::Path;
use std::time::Duration;

use jiff::Timestamp;

use super::sink::{Login, Sink, sinks};
use super::{Resolved, anchored, name};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::model::address::{Address, KeycloakKind, KeystoneKind};
use crate::model::declared::{At, Declared};
use crate::secret::SecretRef;
use crate::spec::application_credential::{self as words, APPLICATION_CREDENTIAL, AccessRule, OPENSTACK_CLI, Rotation};
use crate::spec::grant::DEFAULT_DOMAIN;
use crate::spec::{Document, Ensure, Mode, Presence};

/// An application credential as declared, all names resolved. Its address is that of no object: the objects are its
/// generations, `NAME-g1` and so on.
#[derive(Clone)]
pub struct Credential {
    /// Whether there shall be one.
    pub ensure: Presence,
    /// Who makes it.
    pub owner: Owner,
    /// The project that it works in.
    pub project: Address,
    /// The names of its roles; nothing for all that the owner has.
    pub roles: Option<Vec<String>>,
    /// A text for people.
    pub description: Option<String>,
    /// How long each generation lasts, if that is said.
    pub expires_in: Option<Duration>,
    /// When it ends, if that is said.
    pub expires_at: Option<Timestamp>,
    /// Whether it may manage application credentials itself, if that is said.
    pub unrestricted: Option<bool>,
    /// What it may be used for; nothing for everything.
    pub access_rules: Option<Vec<AccessRule>>,
    /// How long before its end it is renewed, if that is said.
    pub renew_before: Option<Duration>,
    /// How long an old generation stays beside the new one.
    pub overlap: Duration,
    /// Where it is delivered to.
    pub sinks: Vec<Declared<Sink>>,
    /// What must be there, or made, before it is issued.
    pub requires: Vec<Address>,
}

/// Who owns an application credential, and how the owner logs in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Owner {
    /// The owner in Keystone.
    pub address: Address,
    /// The username.
    pub username: String,
    /// The password.
    pub password: SecretRef,
    /// How a person gets in; nothing for a user of Keystone's own.
    pub door: Option<Door>,
}

/// How a person gets into Keystone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Door {
    /// The name of the Realm document.
    pub realm: String,
    /// The client that the login goes through.
    pub client_id: String,
}

/// Adds what the document declares to `resolved`, whose realms are known by now.
pub(super) fn resolve(
    document: Document<words::ApplicationCredential>,
    resolved: &mut Resolved,
    diagnostics: &mut Diagnostics,
) {
    let at = document.at();
    let Document { name, spec, origin: _, directory } = document;
    let words::ApplicationCredential {
        environment: _,
        ensure,
        owner,
        project,
        domain,
        roles,
        description,
        expires_in,
        expires_at,
        unrestricted,
        access_rules,
        rotation: Rotation { renew_before, overlap },
        deliver,
    } = spec;
    let domain = domain.unwrap_or_else(|| DEFAULT_DOMAIN.to_owned());
    name::check(&project, name::KEYSTONE, &at.field("project"), diagnostics);
    name::check(&domain, name::KEYSTONE, &at.field("domain"), diagnostics);
    for (index, role) in roles.iter().flatten().enumerate() {
        name::check(role, name::ROLE, &at.field("roles").entry(index), diagnostics);
    }
    if roles.as_ref().is_some_and(Vec::is_empty) {
        let diagnostic = Diagnostic::error(at.field("roles").source(), "a credential without roles is of no use");
        diagnostics.push(diagnostic.help("leave `roles` out: all that the owner has in the project are meant then"));
    }
    if expires_in.is_some() && expires_at.is_some() {
        let diagnostic = Diagnostic::error(at.field("expiresAt").source(), "it ends once");
        diagnostics.push(diagnostic.also(at.field("expiresIn").source(), "or then").help("say one of both"));
    }
    if unrestricted == Some(true) && access_rules.is_some() {
        let message = "what it makes itself has no access rules: they restrict nobody who holds it";
        let diagnostic = Diagnostic::error(at.field("accessRules").source(), message);
        diagnostics.push(diagnostic.help("leave out either `unrestricted` or `accessRules`"));
    }
    for (index, rule) in access_rules.iter().flatten().enumerate() {
        check_path(&rule.path, &at.field("accessRules").entry(index).field("path"), diagnostics);
    }
    if deliver.is_empty() && ensure == Presence::Present {
        let diagnostic = Diagnostic::error(at.field("deliver").source(), "nobody would ever know its secret");
        diagnostics.push(diagnostic.help("say at least one place that it is delivered to, such as `cloudsYaml`"));
    }
    let sinks = sinks(deliver, &name, &Login::ApplicationCredential, &directory, &at, diagnostics);
    let project = Address::project(&domain, &project);
    let Some((owner, mut requires)) = owner_of(owner, &directory, &at.field("owner"), resolved, diagnostics) else {
        return;
    };
    if ensure == Presence::Present {
        check_ways_in(&owner, &at.field("owner"), resolved, diagnostics);
    }
    requires.push(project.clone());
    requires.extend(roles.iter().flatten().map(|role| Address::role(role)));
    let regions = sinks.iter().filter_map(|sink| sink.value.region.as_deref()).filter(|_| ensure == Presence::Present);
    let regions: BTreeSet<Address> = regions.map(|id| Address::keystone(KeystoneKind::Region, [id])).collect();
    requires.extend(regions);
    let Some(address) = Address::application_credential(&owner.address, &name) else { return };
    let value = Credential {
        ensure,
        owner,
        project,
        roles,
        description,
        expires_in: expires_in.map(Into::into),
        expires_at: expires_at.map(Into::into),
        unrestricted,
        access_rules,
        renew_before: renew_before.map(Into::into),
        overlap: overlap.map(Into::into).unwrap_or_default(),
        sinks,
        requires,
    };
    check_times(&value, &at, diagnostics);
    resolved.application_credentials.push(Declared { address, at, value });
}

/// Complains about an owner for whom the password alone, or an application credential alone, is not enough to log in.
fn check_ways_in(owner: &Owner, at: &At, resolved: &Resolved, diagnostics: &mut Diagnostics) {
    let Some(user) = resolved.local_users.iter().find(|user| user.address == owner.address) else { return };
    let Some(options) = &user.value.user.options else { return };
    let rules = user.at.field("options").field("multiFactorAuthRules").source();
    for (way, done) in [("password", "made"), (APPLICATION_CREDENTIAL, "used")] {
        if !options.let_in(way) {
            let message = format!("its owner cannot log in by `{way}` alone, by which it is {done}");
            let diagnostic =
                Diagnostic::error(at.source(), message).also(rules.clone(), "none of these sets is enough");
            diagnostics.push(diagnostic.help(format!("add `[{way}]` to them")));
        }
    }
}

/// Complains about a credential that would be due for renewal as soon as it is made.
fn check_times(credential: &Credential, at: &At, diagnostics: &mut Diagnostics) {
    let Credential { expires_in, renew_before, overlap, .. } = credential;
    let rotation = at.field("rotation");
    if let (Some(lives), Some(before)) = (expires_in, renew_before)
        && before >= lives
    {
        let message = "it would be renewed at every run: this is as long as it lives";
        let place = rotation.field("renewBefore").source();
        diagnostics.push(Diagnostic::error(place, message).also(at.field("expiresIn").source(), "how long it lives"));
    }
    let window = renew_before.or_else(|| expires_in.map(|lives| lives / 3));
    if let Some(window) = window.filter(|window| window < overlap) {
        let message = format!("an old one ends before this is over: it is renewed {} before its end", words_of(window));
        diagnostics.push(Diagnostic::warning(rotation.field("overlap").source(), message));
    }
}

fn words_of(time: Duration) -> String {
    let seconds = crate::model::Json::from(time.as_secs());
    crate::model::spelling::Spelling::Duration.operator(&seconds).as_str().unwrap_or_default().to_owned()
}

/// Complains about a path of an access rule that Keystone, or its database, would refuse.
fn check_path(path: &str, at: &At, diagnostics: &mut Diagnostics) {
    /// What its databases store (28 to 30).
    const LONGEST: usize = 128;
    if !path.starts_with('/') || path.chars().count() > LONGEST {
        let message = format!("a path begins with `/`, and has at most {LONGEST} characters");
        diagnostics.push(Diagnostic::error(at.source(), message));
    }
}

/// The owner, and what must be there before the owner can log in with the roles that are meant.
fn owner_of(
    owner: words::Owner,
    directory: &Path,
    at: &At,
    resolved: &Resolved,
    diagnostics: &mut Diagnostics,
) -> Option<(Owner, Vec<Address>)> {
    let words::Owner { realm, username, domain, password, client_id } = owner;
    let password = anchored(&password, directory);
    let Some(realm) = realm else {
        if client_id.is_some() {
            let diagnostic = Diagnostic::error(at.field("clientId").source(), "a user of Keystone's own has no client");
            diagnostics.push(diagnostic.help("say the `realm` that the owner is in"));
        }
        let domain = domain.unwrap_or_else(|| DEFAULT_DOMAIN.to_owned());
        name::check(&username, name::ROLE, &at.field("username"), diagnostics);
        name::check(&domain, name::KEYSTONE, &at.field("domain"), diagnostics);
        let address = Address::keystone(KeystoneKind::User, [domain.as_str(), &username]);
        let assigned = made(&resolved.role_assignments, resolved, |assignment| assignment.ensure);
        // Who is in which group by somebody's hand, the spec does not say.
        let is_group = |holder: &Address| matches!(holder, Address::Keystone { kind: KeystoneKind::Group, .. });
        let own = assigned
            .filter(|assignment| assignment.role_holder().is_some_and(|holder| holder == address || is_group(&holder)));
        let memberships = made(&resolved.local_memberships, resolved, |member| member.ensure);
        let own = own.chain(memberships.filter(|membership| membership.local_member().as_ref() == Some(&address)));
        let requires = [&address].into_iter().chain(own).cloned().collect();
        return Some((Owner { address, username, password, door: None }, requires));
    };
    if domain.is_some() {
        let message = "an owner of a realm has the domain that the mapping says";
        diagnostics.push(Diagnostic::error(at.field("domain").source(), message).help("leave it out"));
    }
    let site = resolved.realms.iter().find(|site| site.name == realm)?;
    let username = username.to_lowercase();
    name::check(&username, name::USERNAME, &at.field("username"), diagnostics);
    let address = site.person(&username);
    let client_id = client_id.unwrap_or_else(|| OPENSTACK_CLI.to_owned());
    let in_realm = |kind, name: &str| Address::keycloak(&site.realm, kind, [name]);
    let mut requires = vec![
        in_realm(KeycloakKind::User, &username),
        in_realm(KeycloakKind::Client, &client_id),
        Address::keystone(KeystoneKind::Protocol, [site.identity_provider.as_str(), &site.protocol]),
    ];
    let of_client = |address: &&Address| address.names().first() == Some(&client_id);
    let mappers = made(&resolved.protocol_mappers, resolved, |mapper| mapper.ensure);
    requires.extend(mappers.filter(of_client).cloned());
    let of_owner = |address: &&Address| address.name() == username;
    let memberships = made(&resolved.memberships, resolved, |membership| membership.ensure);
    requires.extend(memberships.filter(of_owner).cloned());
    requires.extend(made(&resolved.groups, resolved, |group| group.group.ensure).cloned());
    requires.sort();
    requires.dedup();
    let here = |address: &Address| address.within().is_none_or(|realm| realm == Address::realm(&site.realm));
    requires.retain(here);
    Some((Owner { address, username, password, door: Some(Door { realm, client_id }) }, requires))
}

/// The addresses of what is `declared` and made, if it is not there.
fn made<'a, T>(
    declared: &'a [Declared<T>],
    resolved: &'a Resolved,
    ensure: impl Fn(&T) -> Ensure,
) -> impl Iterator<Item = &'a Address> {
    let is_made = move |declared: &&Declared<T>| {
        ensure(&declared.value) == Ensure::Present && resolved.modes.of(&declared.at) == Mode::Manage
    };
    declared.iter().filter(is_made).map(|declared| &declared.address)
}
