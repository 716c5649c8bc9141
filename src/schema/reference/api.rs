//! The page the other way round: the fields of the servers' objects, and which word of the language says each. What fields there are
//! stands in `fields.json`, which the tests compare with what is known of the servers' APIs; which word says one is read off
//! what becomes of the words; what `settings` can hold is asked of who refuses the rest. Only why something has no word at
//! all is written down here, and a test asks for that.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::becomes::Servers;
use super::field::Kind;
use super::path;
use crate::resolve::settings::{self, Of};

/// The fields of the servers' objects, by what sort of thing they are.
const FIELDS: &str = include_str!("fields.json");

const HEAD: &str = "
## The servers' fields
The other way round: the fields of each object as the server calls them, those of Keycloak 26.8 and of Keystone 30, and the
words that say them. What an object can hold under names of one's own is `NAME`. Consoles show these fields, under titles of
their own. An older server may not know all of them, and says so.
";

/// What has `settings`, and how the page calls it.
const WITH_SETTINGS: [(&str, Of); 3] =
    [("Keycloak realm", Of::Realm), ("Keycloak client", Of::Client), ("Keycloak client-scope", Of::ClientScope)];

const ID: &str = "ids are the server's";
const TOLD: &str = "the server tells it and does not take it";
const OUTDATED: &str = "of older servers";
const ITS_PLACE: &str = "its place in the spec says it";
const THEIRS: &str = "it is the person's own, who gives or makes it";

/// What has no word and no place in `settings`, and why; what has a word in another place is told by that place.
const UNMANAGED: [(&[&str], &[&str], &str); 38] = [
    (&["Keycloak protocol-mapper", "Keycloak identity-provider-mapper"], &["id"], ID),
    (&["Keycloak realm-role", "Keycloak client-role"], &["id"], ID),
    (&["Keycloak group", "Keycloak user"], &["id"], ID),
    (&["Keycloak identity-provider"], &["internalId"], ID),
    (&["Keycloak protocol-mapper"], &["consentRequired", "consentText"], OUTDATED),
    (&["Keycloak protocol-mapper"], &["protocol"], "mappers here are openid-connect"),
    (&["Keycloak identity-provider-mapper"], &["identityProviderAlias"], ITS_PLACE),
    (&["Keycloak user-profile"], &["attributes"], "`spec.userProfile.attributes`, each for itself"),
    (&["Keycloak user-profile"], &["groups"], "`spec.userProfile.groups`, each for itself"),
    (&["Keycloak realm-role", "Keycloak client-role"], &["clientRole", "containerId"], ITS_PLACE),
    (&["Keycloak realm-role", "Keycloak client-role"], &["composite"], TOLD),
    (&["Keycloak realm-role"], &["composites"], "`spec.roles[].composites`, each for itself"),
    (&["Keycloak client-role"], &["composites"], "`spec.clients[].roles[].composites`, each for itself"),
    (&["Keycloak realm-role", "Keycloak client-role"], &["scopeParamRequired"], OUTDATED),
    (&["Keycloak group"], &["access", "subGroupCount"], TOLD),
    (&["Keycloak group"], &["path", "parentId"], "`spec.groups[].path`"),
    (&["Keycloak group"], &["subGroups"], "`spec.groups`, each for itself"),
    (&["Keycloak group"], &["realmRoles"], "`spec.groups[].realmRoles`, each for itself"),
    (&["Keycloak group"], &["clientRoles"], "`spec.groups[].clientRoles`, each for itself"),
    (&["Keycloak user"], &["groups"], "`spec.users[].groups`, each for itself"),
    (&["Keycloak user"], &["realmRoles"], "`spec.users[].realmRoles`, each for itself"),
    (&["Keycloak user"], &["clientRoles"], "`spec.users[].clientRoles`, each for itself"),
    (
        &["Keycloak user"],
        &[
            "access",
            "createdTimestamp",
            "disableableCredentialTypes",
            "federationLink",
            "origin",
            "self",
            "serviceAccountClientId",
            "totp",
            "userProfileMetadata",
        ],
        TOLD,
    ),
    (
        &["Keycloak user"],
        &["clientConsents", "federatedIdentities", "issuedVerifiableCredentials", "verifiableCredentials"],
        THEIRS,
    ),
    (&["Keycloak user"], &["notBefore"], "an action, which ends the sessions of a person"),
    (&["Keycloak user"], &["applicationRoles", "socialLinks"], OUTDATED),
    (&["Keycloak identity-provider"], &["types"], TOLD),
    (&["Keycloak identity-provider"], &["organizationLinks"], "things of their own"),
    (
        &["Keycloak identity-provider"],
        &["authenticateByDefault", "organizationId", "updateProfileFirstLogin", "updateProfileFirstLoginMode"],
        OUTDATED,
    ),
    (&["Keystone domain", "Keystone project", "Keystone role", "Keystone user", "Keystone group"], &["id"], ID),
    (&["Keystone identity-provider"], &["id"], "`spec.identityProvider.id`"),
    (&["Keystone protocol"], &["id"], "`spec.identityProvider.protocol`"),
    (&["Keystone protocol"], &["idp_id"], ITS_PLACE),
    (&["Keystone mapping"], &["id"], "`spec.keystone.mappings[].id`"),
    (
        &[
            "Keystone domain",
            "Keystone project",
            "Keystone role",
            "Keystone user",
            "Keystone group",
            "Keystone identity-provider",
            "Keystone mapping",
            "Keystone protocol",
        ],
        &["links"],
        TOLD,
    ),
    (&["Keystone project", "Keystone user"], &["extra"], "what the server has no field for; it stays as it is"),
    (&["Keystone project"], &["is_domain"], "a project that is a domain is one of `spec.keystone.domains`"),
    (&["Keystone user"], &["federated", "password_expires_at"], TOLD),
];

/// What a table says of one field.
pub(super) struct Row {
    /// The field, or a part of it.
    pub(super) field: String,
    /// The words that say it, or why there are none; nothing if nothing is known.
    pub(super) said: Option<String>,
}

/// Which words say which field of which sort of object.
pub(super) struct Words(BTreeMap<(String, String), Vec<String>>);

impl Words {
    /// The words of these kinds.
    pub(super) fn of(kinds: &[&Kind], servers: &Servers) -> Self {
        let mut words = BTreeMap::<(String, String), Vec<String>>::new();
        for (kind, field) in kinds.iter().flat_map(|kind| kind.fields.iter().map(move |field| (kind, field))) {
            for target in servers.becomes(kind, field).iter().filter_map(|becomes| target(becomes)) {
                let told = words.entry(target).or_default();
                let word = path(&field.pointer);
                // What is in a field of which it is told already is not told again.
                let is_told = |known: &String| {
                    word.strip_prefix(known.as_str()).is_some_and(|rest| !rest.starts_with(char::is_alphanumeric))
                };
                if !told.iter().any(is_told) {
                    told.push(word);
                }
            }
        }
        Self(words)
    }

    fn exactly(&self, sort: &str, field: &str) -> Option<String> {
        self.0.get(&(sort.to_owned(), field.to_owned())).map(|words| listed(words))
    }

    /// The parts of a field that have words of their own, and these.
    fn within<'a>(&'a self, sort: &'a str, field: &'a str) -> impl Iterator<Item = (&'a str, String)> {
        let parts = self.0.iter().filter(move |((of, _), _)| of == sort);
        parts.filter_map(move |((_, path), words)| {
            let inner = path.strip_prefix(field)?.strip_prefix('.')?;
            Some((inner, listed(words)))
        })
    }

    /// Whether anything is said of such objects.
    pub(super) fn speak_of(&self, sort: &str) -> bool {
        self.0.keys().any(|(of, _)| of == sort)
    }

    /// Everything that is said, with the keys by which `settings` would hold it.
    #[cfg(test)]
    pub(super) fn said_of_what_has_settings(&self) -> Vec<(Of, &str, Option<&str>)> {
        let said = self.0.keys().filter_map(|(sort, path)| {
            let (_, of) = WITH_SETTINGS.iter().find(|(known, _)| known == sort)?;
            let (key, inner) = path.split_once('.').map_or((path.as_str(), None), |(key, inner)| (key, Some(inner)));
            (key != ANY_NAME).then_some((*of, key, inner))
        });
        said.collect()
    }
}

fn listed(words: &[String]) -> String {
    words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ")
}

/// What stands for a name that can be any.
const ANY_NAME: &str = "NAME";

/// The sort of object and the field of it that something becomes, if it is one.
fn target(becomes: &str) -> Option<(String, String)> {
    let (sort, rest) = becomes.split_once(" `")?;
    let (path, how) = rest.split_once('`')?;
    let part = how.strip_prefix(" of the ").map_or_else(String::new, |part| format!(" {part}"));
    Some((format!("{sort}{part}"), path.to_owned()))
}

/// The sorts of objects, and their fields.
pub(super) fn sorts() -> BTreeMap<String, Vec<String>> {
    serde_json::from_str(FIELDS).unwrap_or_default()
}

/// What is said of the fields of one sort of object.
pub(super) fn rows(sort: &str, fields: &[String], words: &Words) -> Vec<Row> {
    fields.iter().flat_map(|field| of_field(sort, field, words)).collect()
}

fn of_field(sort: &str, field: &str, words: &Words) -> Vec<Row> {
    let settings = WITH_SETTINGS.iter().find(|(known, _)| *known == sort).map(|(_, of)| *of);
    let refused = settings.and_then(|of| settings::instead(of, field, None));
    let passes = || Some(words.exactly(sort, ANY_NAME)?).filter(|_| settings.is_some() && refused.is_none());
    let row = |field: String, said| Row { field, said };
    let mut rows: Vec<Row> =
        words.exactly(sort, field).map(|said| row(field.to_owned(), Some(said))).into_iter().collect();
    let parts: Vec<(&str, String)> = words.within(sort, field).collect();
    let any = parts.iter().any(|(inner, _)| *inner == ANY_NAME);
    rows.extend(parts.iter().map(|(inner, said)| row(format!("{field}.{inner}"), Some(said.clone()))));
    if !rows.is_empty() {
        let others = passes().filter(|_| !parts.is_empty() && !any);
        rows.extend(others.map(|said| row(format!("{field}.{ANY_NAME}"), Some(format!("{said}, as it is")))));
        return rows;
    }
    let unmanaged = || {
        let known = UNMANAGED.iter().find(|(sorts, fields, _)| sorts.contains(&sort) && fields.contains(&field));
        known.map(|(.., why)| (*why).to_owned())
    };
    let said = passes().map(|said| format!("{said}, as it is"));
    // A word of its own would have been found.
    let refused = refused.as_ref().filter(|instead| !instead.contains("own word")).cloned();
    vec![row(field.to_owned(), said.or(refused).or_else(unmanaged))]
}

/// The section about the objects that `kinds` speak of.
pub(super) fn section(page: &mut String, kinds: &[&Kind], servers: &Servers) {
    let words = Words::of(kinds, servers);
    let sorts = sorts();
    let told: Vec<_> = sorts.iter().filter(|(sort, _)| words.speak_of(sort)).collect();
    if told.is_empty() {
        return;
    }
    page.push_str(HEAD);
    for (sort, fields) in told {
        let _ = write!(page, "\n### {sort}\n| field | in a spec |\n|---|---|\n");
        for Row { field, said } in rows(sort, fields, &words) {
            let _ = writeln!(page, "| `{field}` | {} |", said.unwrap_or_default());
        }
    }
}

#[cfg(test)]
pub(super) fn unmanaged() -> impl Iterator<Item = (&'static str, &'static str, &'static str)> {
    let each = |(sorts, fields, why): &(&'static [&'static str], &'static [&'static str], &'static str)| {
        let (sorts, fields, why) = (*sorts, *fields, *why);
        sorts.iter().flat_map(move |sort| fields.iter().map(move |field| (*sort, *field, why))).collect::<Vec<_>>()
    };
    UNMANAGED.iter().flat_map(each)
}
