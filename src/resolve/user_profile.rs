//! What is declared of a realm's user profile.

use super::{Resolved, name};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::model::address::{Address, KeycloakKind};
use crate::model::declared::{At, Declared};
use crate::spec::{Ensure, realm as words};

/// Adds the profile of a realm whose people's grants stand in the attribute `grants`.
pub(super) fn declare(
    realm: &str,
    profile: words::UserProfile,
    grants: &str,
    at: &At,
    resolved: &mut Resolved,
    diagnostics: &mut Diagnostics,
) {
    check_attributes(&profile, grants, at, diagnostics);
    check_groups(&profile, at, diagnostics);
    let warning = match profile.unmanaged_attributes {
        None | Some(words::UnmanagedAttributes::AdminEdit) => None,
        Some(words::UnmanagedAttributes::Enabled) => {
            Some(("people may change their own undeclared attributes", "anybody could grant themselves projects"))
        }
        Some(words::UnmanagedAttributes::Disabled | words::UnmanagedAttributes::AdminView) => {
            Some(("administrators cannot write undeclared attributes", "grants could not be stored"))
        }
    };
    diagnostics.extend(warning.map(|(message, consequence)| {
        let place = at.field("unmanagedAttributes").source();
        Diagnostic::warning(place, message).help(format!("{consequence}; say `adminEdit` instead"))
    }));
    let address = Address::keycloak(realm, KeycloakKind::UserProfile, []);
    resolved.user_profiles.push(Declared { address, at: at.clone(), value: profile });
}

fn check_groups(profile: &words::UserProfile, at: &At, diagnostics: &mut Diagnostics) {
    for (index, group) in profile.groups.iter().enumerate() {
        let at = at.field("groups").entry(index);
        name::check(&group.name, name::KEYCLOAK, &at.field("name"), diagnostics);
        if profile.groups[..index].iter().any(|first| first.name == group.name) {
            let message = format!("group `{}` is declared twice", group.name);
            diagnostics.push(Diagnostic::error(at.field("name").source(), message));
        }
        if group.ensure == Ensure::Existing {
            let message = "a group of the profile is `present` or `absent`";
            diagnostics.push(Diagnostic::error(at.field("ensure").source(), message));
        }
    }
}

fn check_attributes(profile: &words::UserProfile, grants: &str, at: &At, diagnostics: &mut Diagnostics) {
    for (index, attribute) in profile.attributes.iter().enumerate() {
        let at = at.field("attributes").entry(index);
        name::check(&attribute.name, name::KEYCLOAK, &at.field("name"), diagnostics);
        if profile.attributes[..index].iter().any(|first| first.name == attribute.name) {
            let message = format!("attribute `{}` is declared twice", attribute.name);
            diagnostics.push(Diagnostic::error(at.field("name").source(), message));
        }
        if attribute.ensure == Ensure::Existing {
            let message = "an attribute of the profile is `present` or `absent`";
            diagnostics.push(Diagnostic::error(at.field("ensure").source(), message));
        }
        let demanded = attribute.required.as_ref().is_some_and(|who| !who.is_empty());
        if attribute.required_scopes.is_some() && !demanded {
            let diagnostic = Diagnostic::error(at.field("requiredScopes").source(), "nobody must give it a value");
            diagnostics.push(diagnostic.help("say who: `required: [user]`"));
        }
        let editors = attribute.edit.iter().flatten();
        if attribute.name == grants && editors.into_iter().any(|who| *who == words::Audience::User) {
            let place = at.field("edit").source();
            let warning = Diagnostic::warning(place, "people may change their own grants")
                .help("anybody could grant themselves projects; say `edit: [admin]` instead");
            diagnostics.push(warning);
        }
    }
}
