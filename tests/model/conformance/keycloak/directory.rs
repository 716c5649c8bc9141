//! Directories that people come out of, as far as they can be told of without one: disabled, and where nothing listens.

use std::hash::{Hash as _, Hasher as _};

use serde_json::{Value as Json, json};

use super::{Caller, USERS};

pub(super) const COMPONENTS: &str = "/admin/realms/{place}/components";
pub(super) const STORAGE: &str = "org.keycloak.storage.UserStorageProvider";
pub(super) const NOBODY: &str = "00000000-0000-0000-0000-000000000000";

/// What the story works with: a directory that is disabled. Its id is given, since the server's own do not look like ids.
pub(super) fn company(caller: &Caller) -> Json {
    let mut hasher = std::hash::DefaultHasher::new();
    caller.place().hash(&mut hasher);
    let id = format!("{:012x}", hasher.finish() & 0xffff_ffff_ffff);
    json!({"id": format!("dddddddd-0000-4000-8000-{id}"), "name": "Die Firma 🚀", "providerId": "ldap", "providerType": STORAGE, "config": {"enabled": ["false"],
        "vendor": ["other"], "connectionUrl": ["ldap://localhost:1"], "usersDn": ["ou=people,dc=example"],
        "authType": ["none"], "usernameLDAPAttribute": ["uid"], "rdnLDAPAttribute": ["uid"],
        "uuidLDAPAttribute": ["entryUUID"], "userObjectClasses": ["inetOrgPerson"], "editMode": ["READ_ONLY"],
        "importEnabled": ["true"]}})
}

pub(super) fn directory(caller: &mut Caller) {
    caller.about("a realm without directories, and a new one");
    let all = format!("{COMPONENTS}?type={STORAGE}");
    caller.get(&all);
    let mut company = company(caller);
    let id = caller.post(COMPONENTS, &company);
    caller.describe(&all);
    caller.about("its mappers");
    caller.describe(&format!("{COMPONENTS}?parent={id}"));

    caller.about("somebody out of it while it is disabled, and nobody in it");
    let user = json!({"username": "erika", "enabled": true, "federationLink": id, "email": "erika@example.com"});
    let user = caller.post(USERS, &user);
    let one = format!("{USERS}/{user}");
    caller.get(&format!("{USERS}?username=erika&exact=true&briefRepresentation=false"));
    caller.get(&one);
    caller.put(&one, &json!({"enabled": true}));
    caller.put(&one, &json!({"firstName": "Erika"}));
    caller.get(&format!("{USERS}/f:{id}:{NOBODY}"));
    caller.get(&format!("{USERS}/f:{NOBODY}:{NOBODY}"));

    caller.about("nobody in it when it cannot be reached, and lists that do not tell");
    company["config"]["enabled"] = json!(["true"]);
    caller.put(&format!("{COMPONENTS}/{id}"), &company);
    caller.get(&format!("{USERS}/f:{id}:{NOBODY}"));
    caller.get(&format!("{USERS}?username=nobody&exact=true&briefRepresentation=false"));
}

impl Caller<'_> {
    /// Writes down each component of a list that comes in no order, as far as the tool reads it.
    fn describe(&mut self, path: &str) {
        let answer = self.quietly(path);
        let known = [
            "enabled",
            "editMode",
            "importEnabled",
            "user.model.attribute",
            "always.read.value.from.ldap",
            "read.only",
        ];
        let of = |one: &Json| {
            let config = known.iter().filter_map(|key| Some(format!(" {key} {}", one["config"].get(*key)?)));
            format!("{} {}{}", one["name"], one["providerId"], config.collect::<String>())
        };
        let mut lines: Vec<String> = answer.as_array().into_iter().flatten().map(of).collect();
        lines.sort();
        for line in lines {
            self.remark(&line);
        }
    }
}
