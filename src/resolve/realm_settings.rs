//! What a Realm document says of the realm itself: whether that is anything at all, and whether it can be so.

use std::path::Path;

use super::{Resolved, hidden_secret, settings};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::model::address::Address;
use crate::model::declared::{At, Declared};
use crate::model::spelling::AND;
use crate::spec::realm as words;
use crate::spec::realm_settings::Email;

/// Adds the realm of this name to `resolved`, if the document says anything of it.
pub(super) fn declare(
    mut declared: words::Realm,
    realm: &str,
    directory: &Path,
    at: &At,
    resolved: &mut Resolved,
    diagnostics: &mut Diagnostics,
) {
    if !says_anything(&declared) {
        return;
    }
    settings::of_realm(declared.settings.as_ref(), &at.field("settings"), diagnostics);
    check_password_policy(declared.password_policy.as_deref(), &at.field("passwordPolicy"), diagnostics);
    check_duplicate_emails(&declared, at, diagnostics);
    if let Some(email) = &mut declared.email {
        check_email(email, directory, &at.field("email"), diagnostics);
    }
    resolved.keycloak_realms.push(Declared { address: Address::realm(realm), at: at.clone(), value: declared });
}

/// Whether anything is said of the realm itself, and not only of what is in it.
fn says_anything(declared: &words::Realm) -> bool {
    let words::Realm {
        environment: _,
        realm: _,
        ensure,
        display_name,
        display_name_html,
        enabled,
        require_ssl,
        login_with_email,
        duplicate_emails,
        email_as_username,
        registration,
        remember_me,
        reset_password,
        verify_email,
        edit_username,
        access_token_lifespan,
        sso_session_idle,
        sso_session_max,
        sessions,
        tokens,
        password_policy,
        otp_policy,
        brute_force_protection,
        email,
        events,
        internationalization,
        themes,
        frontend_url,
        settings,
        keycloak: _,
        login: _,
        grant_attribute: _,
        user_profile: _,
        roles: _,
        clients: _,
        identity_providers: _,
        authoritative: _,
        modes: _,
        client_scopes: _,
        default_groups: _,
        identity_provider: _,
    } = declared;
    let flags = [
        enabled,
        login_with_email,
        duplicate_emails,
        email_as_username,
        registration,
        remember_me,
        reset_password,
        verify_email,
        edit_username,
    ];
    let lifespans = [access_token_lifespan, sso_session_idle, sso_session_max];
    let texts = [display_name, display_name_html, frontend_url];
    let groups = [
        ensure.is_some(),
        require_ssl.is_some(),
        sessions.is_some(),
        tokens.is_some(),
        password_policy.is_some(),
        otp_policy.is_some(),
        brute_force_protection.is_some(),
        email.is_some(),
        events.is_some(),
        internationalization.is_some(),
        themes.is_some(),
        settings.is_some(),
    ];
    groups.contains(&true)
        || flags.iter().any(|flag| flag.is_some())
        || lifespans.iter().any(|lifespan| lifespan.is_some())
        || texts.iter().any(|text| text.is_some())
}

/// The server turns one of them off by itself (seen on 26.7).
fn check_duplicate_emails(declared: &words::Realm, at: &At, diagnostics: &mut Diagnostics) {
    let by_address = [declared.login_with_email, declared.email_as_username].contains(&Some(true));
    if declared.duplicate_emails == Some(true) && by_address {
        let message = "an address that several people have does not say who logs in";
        let diagnostic = Diagnostic::error(at.field("duplicateEmails").source(), message);
        let help = "Keycloak has one or the other: say `false` of `loginWithEmail` and `emailAsUsername`";
        diagnostics.push(diagnostic.help(help));
    }
}

/// The secrets that a mail server wants to see, their references followed from anywhere.
fn check_email(email: &mut Email, directory: &Path, at: &At, diagnostics: &mut Diagnostics) {
    let places = [at.field("password"), at.field("tokenClientSecret")];
    if let (Some(_), Some(_)) = (&email.password, &email.token_client_secret) {
        let diagnostic = Diagnostic::error(places[1].source(), "Keycloak keeps a password or this, and not both");
        diagnostics.push(diagnostic.also(places[0].source(), "the password"));
    }
    let is_used = email.authentication == Some(true);
    for (secret, at) in [&mut email.password, &mut email.token_client_secret].into_iter().zip(&places) {
        let Some(given) = secret.take() else { continue };
        if !is_used {
            let diagnostic = Diagnostic::error(at.source(), "Keycloak keeps no secret that is not used");
            diagnostics.push(diagnostic.help("say `authentication: true`, too"));
        }
        *secret = Some(hidden_secret::checked(given, directory, at, diagnostics));
    }
}

/// Complains about what the server would take for several policies, or for another one.
fn check_password_policy(policies: Option<&[String]>, at: &At, diagnostics: &mut Diagnostics) {
    let mut seen = Vec::new();
    for (index, policy) in policies.unwrap_or_default().iter().enumerate() {
        let place = at.entry(index).source();
        let name = policy.split('(').next().unwrap_or_default();
        let is_whole = policy == name || policy.ends_with(')');
        if name.is_empty() || !is_whole || policy.contains(AND) || policy.trim() != policy {
            let diagnostic = Diagnostic::error(place, "this is no policy for passwords");
            let help = "each is a word of the server, with a value or without: `length(12)`, `notUsername`";
            diagnostics.push(diagnostic.help(help));
        } else if seen.contains(&name) {
            let message = format!("`{name}` is said twice, and the server keeps the last one alone");
            diagnostics.push(Diagnostic::error(place, message));
        }
        seen.push(name);
    }
}
