//! What people and newer servers do to objects without asking the model's routes.

use serde_json::Value as Json;

use super::{Document, Keycloak, Realm, group, text};

impl Keycloak {
    /// Adds a user as a seed has it.
    pub(crate) fn user_appears(&mut self, realm: &str, seed: &Json) {
        self.seed_user(realm, seed);
    }

    /// Adds a group as a seed has it.
    pub(crate) fn group_appears(&mut self, realm: &str, seed: &Json) {
        let ids = self.ids_of_users(realm);
        self.seed_group(realm, seed, &ids);
    }

    /// Adds a client as a seed has it.
    pub(crate) fn client_appears(&mut self, realm: &str, seed: &Json) {
        self.seed_client(realm, seed);
    }

    /// Takes a user away, with all that links it.
    pub(crate) fn user_goes(&mut self, realm: &str, username: &str) {
        let realm = self.realms.get_mut(realm).unwrap();
        let Some(user) = realm.users.iter().find(|user| text(user, "username") == username) else { return };
        let id = text(user, "id").to_owned();
        realm.users.retain(|user| text(user, "id") != id);
        realm.forget_holder(&id);
    }

    /// Takes a group away that has none in it.
    pub(crate) fn group_goes(&mut self, realm: &str, name: &str) {
        let realm = self.realms.get_mut(realm).unwrap();
        let Some(group) = realm.groups.iter().find(|group| text(group, "name") == name) else { return };
        let id = text(group, "id").to_owned();
        realm.groups.retain(|group| text(group, "id") != id);
        realm.forget_holder(&id);
    }

    /// Takes a client away; its roles and its account go with it.
    pub(crate) fn client_goes(&mut self, realm: &str, client_id: &str) {
        let realm = self.realms.get_mut(realm).unwrap();
        realm.clients.retain(|client| text(client, "clientId") != client_id);
    }

    /// Changes the document of what has this name: a username, a client id, or the name of a client scope or a group. Whether it is there.
    pub(crate) fn edit(&mut self, realm: &str, kind: &str, name: &str, edit: impl FnOnce(&mut Document)) -> bool {
        let realm = self.realms.get_mut(realm).unwrap();
        let (list, key) = match kind {
            "users" => (&mut realm.users, "username"),
            "clients" => (&mut realm.clients, "clientId"),
            "client-scopes" => (&mut realm.scopes, "name"),
            _ => (&mut realm.groups, "name"),
        };
        list.iter_mut().find(|document| text(document, key) == name).map(edit).is_some()
    }

    /// Lets a user join or leave the group whose outermost name this is.
    pub(crate) fn member(&mut self, realm: &str, group: &str, username: &str, is_in: bool) {
        let realm: &mut Realm = self.realms.get_mut(realm).unwrap();
        let found = realm.groups.iter().find(|known| group::names(&realm.groups, known) == [group]);
        let user = realm.users.iter().find(|user| text(user, "username") == username);
        let (Some(group), Some(user)) = (found, user) else { return };
        let link = (text(group, "id").to_owned(), text(user, "id").to_owned());
        if is_in {
            realm.members.insert(link);
        } else {
            realm.members.remove(&link);
        }
    }

    /// Gives a user a role of the realm, or takes it away.
    pub(crate) fn role(&mut self, realm: &str, username: &str, role: &str, has: bool) {
        let found = self.realms.get_mut(realm).unwrap();
        let user = found.users.iter().find(|user| text(user, "username") == username);
        let Some(user) = user.map(|user| text(user, "id").to_owned()) else { return };
        let container = text(&found.document, "id").to_owned();
        let Some(id) = found.role(&container, role).map(|role| text(role, "id").to_owned()) else { return };
        found.mappings.retain(|mapping| mapping.holder != user || mapping.role != id);
        if has {
            self.seed_mappings(realm, &user, &serde_json::json!([role]), &Json::Null);
        }
    }
}
