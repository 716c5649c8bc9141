//! What is done about the sections of documents: each declaration follows the section that it is written in.

use crate::model::declared::At;
use crate::model::wanted::Wanted;
use crate::spec::{Mode, access, environment, local, realm};

/// Sections that say so of themselves, with what is done about them.
#[derive(Default)]
pub struct Modes(Vec<(At, Mode)>);

impl Modes {
    pub(super) fn of_environment(&mut self, modes: environment::Modes, keystone: &At) {
        let environment::Modes { domains, roles, mappings } = modes;
        self.add(keystone, [("domains", domains), ("roles", roles), ("mappings", mappings)]);
    }

    pub(super) fn of_realm(&mut self, modes: realm::Modes, document: &At) {
        let realm::Modes {
            realm,
            user_profile,
            roles,
            client_scopes,
            clients,
            default_groups,
            identity_providers,
            identity_provider,
        } = modes;
        self.0.push((document.clone(), realm));
        let inner = [
            ("userProfile", user_profile),
            ("roles", roles),
            ("clientScopes", client_scopes),
            ("clients", clients),
            ("defaultGroups", default_groups),
            ("identityProviders", identity_providers),
            ("identityProvider", identity_provider),
        ];
        self.add(document, inner);
    }

    pub(super) fn of_access(&mut self, modes: access::Modes, of_keystone: local::LocalModes, document: &At) {
        let access::Modes { projects, groups, users } = modes;
        self.add(document, [("projects", projects), ("groups", groups), ("users", users)]);
        let local::LocalModes { groups, users, role_assignments } = of_keystone;
        let inner = [("groups", groups), ("users", users), ("roleAssignments", role_assignments)];
        self.add(&document.field("keystone"), inner);
    }

    fn add<const N: usize>(&mut self, around: &At, sections: [(&str, Mode); N]) {
        self.0.extend(sections.map(|(section, mode)| (around.field(section), mode)));
    }

    /// What is done about what is declared `at` some place.
    #[must_use]
    pub fn of(&self, at: &At) -> Mode {
        // The innermost section is the last one that was added.
        self.0.iter().rev().find(|(section, _)| at.is_within(section)).map_or(Mode::Manage, |(_, mode)| *mode)
    }

    /// `wanted`, declared `at` some place, as its section has it; nothing if that is ignored.
    #[must_use]
    pub fn apply(&self, wanted: Wanted, at: &At) -> Option<Wanted> {
        match self.of(at) {
            Mode::Manage => Some(wanted),
            Mode::Verify => Some(wanted.verified()),
            Mode::Ignore => None,
        }
    }
}
