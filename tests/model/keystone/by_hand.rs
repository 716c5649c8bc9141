//! What people and newer servers do to objects without asking the model's routes.

use serde_json::Value as Json;

use super::{Document, Keystone, text};

impl Keystone {
    /// Adds a project as a seed has it.
    pub(crate) fn project_appears(&mut self, seed: &Json) {
        self.seed_project(seed);
    }

    /// Adds a domain as a seed has it.
    pub(crate) fn domain_appears(&mut self, seed: &Json) {
        self.seed_domain(seed);
    }

    /// Adds a local user as a seed has it.
    pub(crate) fn user_appears(&mut self, seed: &Json) {
        self.seed_user(seed);
    }

    /// Gives a role, as a seed has it.
    pub(crate) fn assignment_appears(&mut self, seed: &Json) {
        self.seed_assignment(seed);
    }

    /// Takes all assignments of the holder of this name away.
    pub(crate) fn assignments_go(&mut self, user: &str) {
        let found = self.users.iter().find(|known| text(&known.document, "name") == user);
        let Some(id) = found.map(|user| user.id().to_owned()) else { return };
        self.assignments.retain(|assignment| assignment.holder != id);
    }

    /// Takes an application credential of the owner of this name away.
    pub(crate) fn credential_goes(&mut self, owner: &str, name: &str) {
        let owner =
            self.users.iter().find(|user| text(&user.document, "name") == owner).map(|user| user.id().to_owned());
        self.credentials.retain(|known| Some(known.user()) != owner.as_deref() || known.name() != name);
    }

    /// Takes a role away from the user of this name, wherever it was assigned.
    pub(crate) fn role_is_lost(&mut self, user: &str, role: &str) {
        let id = |document: Option<&Document>| document.map(|found| text(found, "id").to_owned()).unwrap_or_default();
        let user = id(self.users.iter().map(|user| &user.document).find(|known| text(known, "name") == user));
        let role = id(self.roles.iter().find(|known| text(known, "name") == role));
        self.assignments.retain(|one| one.holder != user || one.role != role);
    }

    /// Takes the object of this name away, with all that links it.
    pub(crate) fn goes(&mut self, kind: &str, name: &str) {
        let mut gone = Vec::new();
        let mut keep = |document: &Document| {
            let goes = text(document, "name") == name;
            gone.extend(goes.then(|| text(document, "id").to_owned()));
            !goes
        };
        match kind {
            "projects" => self.projects.retain(&mut keep),
            "roles" => self.roles.retain(&mut keep),
            "users" => self.users.retain(|user| keep(&user.document)),
            _ => self.domains.retain(&mut keep),
        }
        for id in &gone {
            self.owner_goes(id);
            self.role_goes(id);
        }
        let linked = |id: &String| gone.contains(id);
        self.assignments.retain(|one| !linked(&one.holder) && !linked(&one.target));
        self.members.retain(|(group, user)| !linked(group) && !linked(user));
    }

    /// Changes the document of what has this name, or this id where it has none. Whether it is there.
    pub(crate) fn edit(&mut self, kind: &str, name: &str, edit: impl FnOnce(&mut Document)) -> bool {
        let named = |document: &&mut Document| {
            let key = if document.contains_key("name") { "name" } else { "id" };
            text(document, key) == name
        };
        let found = match kind {
            "projects" => self.projects.iter_mut().find(named),
            "roles" => self.roles.iter_mut().find(named),
            "domains" => self.domains.iter_mut().find(named),
            "mappings" => self.mappings.iter_mut().find(named),
            "identity_providers" => self.providers.iter_mut().find(named),
            "groups" => self.groups.iter_mut().find(named),
            _ => self.users.iter_mut().map(|user| &mut user.document).find(named),
        };
        found.map(edit).is_some()
    }
}
