//! How Keycloak spells user federation: a directory is a component of the realm, its mappers are components of the
//! directory, every value of a configuration is a list of texts (seen on 26.7). A user's full representation names the
//! directory that it comes out of.

use crate::http::route::Route;
use crate::model::Json;

const STORAGE: &str = "org.keycloak.storage.UserStorageProvider";
/// The type of directory whose people can be asked for by name.
const LDAP: &str = "ldap";
/// What a mapper of one attribute is called.
const OF_ATTRIBUTE: &str = "user-attribute-ldap-mapper";

/// What a user has got besides its attributes, and a directory gives.
const ROOT: [&str; 4] = ["username", "email", "firstName", "lastName"];
const ATTRIBUTES: &str = "attributes";

/// Somebody whom no directory has.
const NOBODY: &str = "00000000-0000-0000-0000-000000000000";

/// What Keycloak does with changes to the people of a directory.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Mode {
    /// It refuses them: of the profile, and of every attribute (seen on 26.7).
    ReadOnly,
    /// It keeps them beside the directory.
    Unsynced,
    /// It writes them to the directory.
    Writable,
    /// Nothing is known.
    Unknown,
}

/// A directory of a realm.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Directory {
    pub(super) id: String,
    pub(super) name: String,
    provider: String,
    pub(super) enabled: bool,
    pub(super) mode: Mode,
    /// Whether Keycloak keeps an account for each of its people.
    pub(super) imports: bool,
}

impl Directory {
    pub(super) fn read(body: &Json) -> Option<Self> {
        let text = |key: &str| body.get(key).and_then(Json::as_str);
        Some(Self {
            id: text("id")?.to_owned(),
            name: text("name")?.to_owned(),
            provider: text("providerId")?.to_owned(),
            enabled: config(body, "enabled") != Some("false"),
            mode: match config(body, "editMode") {
                Some("READ_ONLY") => Mode::ReadOnly,
                Some("UNSYNCED") => Mode::Unsynced,
                Some("WRITABLE") => Mode::Writable,
                _ => Mode::Unknown,
            },
            imports: config(body, "importEnabled") != Some("false"),
        })
    }

    /// Whether somebody can be looked for in it by name.
    pub(super) fn can_be_asked(&self) -> bool {
        self.provider == LDAP
    }
}

/// A mapper of one attribute.
pub(super) struct Mapper {
    attribute: String,
    always_read: bool,
    read_only: bool,
}

impl Mapper {
    /// Nothing of mappers of other sorts.
    pub(super) fn read(body: &Json) -> Option<Self> {
        let is_of_attribute = body.get("providerId").and_then(Json::as_str) == Some(OF_ATTRIBUTE);
        is_of_attribute.then_some(())?;
        let is_on = |key| config(body, key) == Some("true");
        Some(Self {
            attribute: config(body, "user.model.attribute")?.to_owned(),
            always_read: is_on("always.read.value.from.ldap"),
            read_only: is_on("read.only"),
        })
    }

    /// Whether the value of a user's field is the directory's again at the next look, whatever is written: Keycloak then
    /// says yes, and drops it.
    pub(super) fn restores(&self, path: &[String], mode: Mode) -> bool {
        let field = match path {
            [root] if ROOT.contains(&root.as_str()) => root,
            [attributes, name] if attributes == ATTRIBUTES => name,
            _ => return false,
        };
        *field == self.attribute && self.always_read && (self.read_only || mode == Mode::Unsynced)
    }
}

/// Whether a user's field is one of those that a directory that is only read owns: its profile, and all its attributes,
/// those that the directory has never heard of, too (seen on 26.7).
pub(super) fn is_profile(path: &[String]) -> bool {
    path.first().is_some_and(|first| first == ATTRIBUTES || ROOT.contains(&first.as_str()))
}

fn config<'a>(body: &'a Json, key: &str) -> Option<&'a str> {
    body.get("config")?.get(key)?.get(0)?.as_str()
}

/// The id of the directory that a user comes out of.
pub(super) fn link(user: &Json) -> Option<&str> {
    user.get("federationLink").and_then(Json::as_str).filter(|link| !link.is_empty())
}

/// All directories of a realm.
pub(super) fn all(realm: &str) -> Route {
    crate::keycloak::route(realm, ["components"]).with("type", STORAGE)
}

/// The mappers of a directory.
pub(super) fn mappers(realm: &str, directory: &str) -> Route {
    crate::keycloak::route(realm, ["components"]).with("parent", directory)
}

/// Nobody, looked for in a directory.
pub(super) fn person(realm: &str, directory: &str) -> Route {
    crate::keycloak::route(realm, ["users", &format!("f:{directory}:{NOBODY}")])
}
