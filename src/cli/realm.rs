//! Which of a spec's realms a command is about.

use super::exit::Exit;
use super::terminal::Terminal;
use crate::pipeline::Spec;
use crate::report::trouble;
use crate::resolve::site::Realm;

/// The name in Keycloak of the realm that is meant: the only one, or the one that is called so.
///
/// # Errors
/// The ending, when that cannot be told.
pub(super) fn choose(spec: &Spec, named: Option<&str>, terminal: &Terminal) -> Result<String, Exit> {
    let realms = &spec.resolved.realms;
    let meant = |site: &&Realm| named.is_none_or(|realm| [site.name.as_str(), site.realm.as_str()].contains(&realm));
    let mut matching = realms.iter().filter(meant);
    if let (Some(site), None) = (matching.next(), matching.next()) {
        return Ok(site.realm.clone());
    }
    let known: Vec<&str> = realms.iter().map(|site| site.name.as_str()).collect();
    let message = format!("which realm is meant? The spec has {}", known.join(", "));
    terminal.error(&trouble::error(&message, None, &[], Some("choose one with --realm NAME")));
    Err(Exit::Usage)
}

/// The realm of this name in Keycloak.
///
/// # Errors
/// The ending, when the spec has no such realm.
pub(super) fn site<'a>(spec: &'a Spec, realm: &str) -> Result<&'a Realm, Exit> {
    spec.resolved.realms.iter().find(|site| site.realm == realm).ok_or(Exit::Usage)
}
